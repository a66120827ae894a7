/*
 * glance.c: a person of a passenger list, who passes by in memory (puente.h). The name, the birth date and the numbers of the documents are
 * weighed against the alerts as a declared party's are; nothing else of the list is looked at, and nothing stays but a hit. An alert that
 * comes later cannot find who passed: such hits are neither made nor withdrawn by what comes after (basis "person").
 */
#include "screening/internal.h"

/* A party, as what is found is told of one; it is never appended. */
static void read_passer(struct arena *a, const struct passer *p, struct subject *s)
{
    struct record *r = record_new(a, schema_kind(S("party")));
    struct str rest = p->documents, one;
    const char *class = str_eq(p->document_type, S("passport")) ? "passport" : "other";
    struct key *k = &s->key[0];

    *s = (struct subject){.r = r, .birth = {p->birth}};
    k->basis = BASIS_NAME;
    k->of = NAME_PERSON;
    k->field = schema_field(r->kind, S("name"));
    k->value = k->original =
        arena_fmt(a, p->given.n ? "%.*s, %.*s" : "%.*s%.*s", STR_ARG(p->family), STR_ARG(p->given));
    s->read[0] = name_read(a, k->value, k->of);
    s->n = k->value.n > 0;
    while (s->n < KEYS_MAX && str_split(&rest, '\n', &one)) {
        k = &s->key[s->n];
        *k = (struct key){.basis = BASIS_IDENTIFIER, .class = class, .original = one};
        k->field = schema_field(r->kind, S("identifier"));
        k->value = normal_identifier(a, class, one);
        s->n += k->value.n > 0;
        class = "other"; /* what the further ones are is not said */
    }
}

int screening_glance(struct ctx *c, const struct passer *p, const struct glance *to)
{
    struct subject s;
    struct finding f;

    finding_init(&f, c);
    read_passer(c->arena, p, &s);
    if (find_for_subject(&f, &s) < 0)
        return -1;
    for (const struct found *x = f.first; x; x = x->next) {
        struct record *hit = screening_hit(c, x);
        screening_put(hit, "basis", S("person"));
        if (to->hit(to->arg, hit) < 0)
            return -1;
    }
    return 0;
}

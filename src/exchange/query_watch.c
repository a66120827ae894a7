/*
 * query_watch.c: working while the line is down. Nothing can be evaluated then, so a node has its own values (the
 * plates, numbers and names of its alerts) evaluated while the line is up. When a newer set arrives, by line or on a
 * stick, it is matched here, without a question. A hit, found either way, opens the second step: a request for
 * disclosure that people decide on, with its clock.
 */
#include "exchange/query.h"

#include <stdlib.h>

#define HOUR INT64_C(3600000000)

/* ---- evaluating own values ---- */

static int by_tag(const void *a, const void *b)
{
    return memcmp(((const struct watched_value *)a)->tag, ((const struct watched_value *)b)->tag, 16);
}

/* Own values, with the entries that are known already; those in `fresh` have none yet. Sorted by tag, each once. */
struct own {
    struct watched s;
    struct str *token;
    size_t *fresh, fresh_n;
};

static int gather(struct ctx *c, const struct query_terms *t, int64_t epoch, struct own *o)
{
    struct watched known;
    struct query_value *v;
    size_t n;

    if (query_watched_open(c, t, epoch, &known) < 0 || query_values(c, t, false, &v, &n) < 0)
        return -1;
    if (known.n)
        qsort(known.value, known.n, sizeof *known.value, by_tag);
    *o = (struct own){.s = known};
    o->s.n = n;
    o->s.value = arena_alloc(c->arena, (n + 1) * sizeof *o->s.value);
    o->token = arena_alloc(c->arena, (n + 1) * sizeof *o->token);
    o->fresh = arena_alloc(c->arena, (n + 1) * sizeof *o->fresh);
    for (size_t i = 0; i < n; i++) {
        struct watched_value *to = &o->s.value[i];
        const struct watched_value *before;
        query_tag(to->tag, known.mask, v[i].token);
        to->scheme[0] = 0;
        to->scheme[1] = (uint8_t)v[i].scheme;
        memcpy(to->id, v[i].id, 16);
        o->token[i] = v[i].token;
        before = known.n ? bsearch(to, known.value, known.n, sizeof *known.value, by_tag) : NULL;
        if (before)
            memcpy(to->entry, before->entry, QUERY_ENTRY);
        else
            o->fresh[o->fresh_n++] = i;
    }
    return 0;
}

/* One question's worth of the fresh values of one scheme, from o->fresh[*at] on. 1 = asked, 0 = none left. */
static int ask_some(struct ctx *c, const struct query_terms *t, const struct link *l, struct own *o,
                    struct asking *a, size_t *at)
{
    struct str *tokens = arena_alloc(c->arena, QUERY_MOST * sizeof *tokens);
    size_t *whose = arena_alloc(c->arena, QUERY_MOST * sizeof *whose);

    *a = (struct asking){.scheme = a->scheme, .tokens = tokens};
    for (; *at < o->fresh_n && a->n < QUERY_MOST; ++*at)
        if (o->s.value[o->fresh[*at]].scheme[1] == a->scheme) {
            whose[a->n] = o->fresh[*at];
            tokens[a->n++] = o->token[o->fresh[*at]];
        }
    if (a->n == 0)
        return 0;
    if (query_ask(c, t, l, a) < 0)
        return -1;
    if (str_eq(a->outcome, S("answered")))
        for (size_t i = 0; i < a->n; i++)
            memcpy(o->s.value[whose[i]].entry, a->entry[i], QUERY_ENTRY);
    return 1;
}

/* Values without an entry are not kept: the next time they are fresh again. */
static void drop_unevaluated(struct watched *s)
{
    static const uint8_t none[QUERY_ENTRY];
    size_t n = 0;

    for (size_t i = 0; i < s->n; i++)
        if (memcmp(s->value[i].entry, none, QUERY_ENTRY) != 0)
            s->value[n++] = s->value[i];
    s->n = n;
}

int query_watch(struct ctx *c, const struct query_terms *t, const struct link *l, size_t *fresh,
                struct str *outcome)
{
    struct asking a = {.scheme = -1};
    struct own o;
    int64_t epoch;
    int asked = 0;

    *fresh = 0;
    if (query_ask(c, t, l, &a) < 0) /* the set, and with it the key epoch */
        return -1;
    *outcome = a.outcome;
    if (!str_eq(a.outcome, S("answered")))
        return 0;
    epoch = a.held.head.epoch;
    if (gather(c, t, epoch, &o) < 0)
        return -1;
    for (a.scheme = 0; a.scheme < QUERY_SCHEMES && asked >= 0 && str_eq(*outcome, S("answered"));
         a.scheme++)
        for (size_t at = 0; (asked = ask_some(c, t, l, &o, &a, &at)) == 1;) {
            *outcome = a.outcome;
            if (!str_eq(a.outcome, S("answered")))
                break;
            if (a.held.head.epoch != epoch) /* a new key in the middle: begin again next time */
                return err_set(c->err, ERR_CONFLICT, N_("%.*s began a new key epoch meanwhile: ask again"),
                               STR_ARG(t->holder));
            *fresh += a.n;
        }
    drop_unevaluated(&o.s);
    return query_watched_save(c, t, &o.s) < 0 || asked < 0 ? -1 : 0;
}

/* ---- matching ---- */

int query_match(struct ctx *c, const struct query_terms *t, size_t *matches, size_t *opened)
{
    struct query_held held;
    struct watched s;

    *matches = *opened = 0;
    if (query_held_open(c, t, &held) < 0)
        return -1;
    if (!held.have)
        return 0;
    if (query_watched_open(c, t, held.head.epoch, &s) < 0)
        return -1;
    for (size_t i = 0; i < s.n; i++) {
        int made;
        if (!query_held_has(&held, s.value[i].entry))
            continue;
        ++*matches;
        made = query_disclose(c, t, s.value[i].scheme[1] % QUERY_SCHEMES, s.value[i].entry);
        if (made < 0)
            return -1;
        *opened += made == 1;
    }
    return 0;
}

int query_offline(struct ctx *c, const struct query_terms *t, struct str token, struct query_held *held)
{
    struct watched s;
    uint8_t tag[16];

    if (query_held_open(c, t, held) < 0)
        return -1;
    if (!held->have)
        return -2;
    if (query_watched_open(c, t, held->head.epoch, &s) < 0)
        return -1;
    query_tag(tag, s.mask, token);
    for (size_t i = 0; i < s.n; i++)
        if (memcmp(s.value[i].tag, tag, sizeof tag) == 0)
            return query_held_has(held, s.value[i].entry);
    return -2;
}

/* ---- the second step ---- */

int query_disclose(struct ctx *c, const struct query_terms *t, int scheme, const uint8_t entry[QUERY_ENTRY])
{
    struct record *r = record_new(c->arena, schema_kind(S("request")));
    struct str reference = hex_encode(c->arena, str_n(entry, QUERY_ENTRY)), key;
    char due[TIME_SIZE];

    key = arena_fmt(c->arena, "puente/query-hit/%.*s/%.*s", STR_ARG(reference),
                    STR_ARG(str_trim(c->the_case)));
    time_format(c->world->now(c->world->arg) + QUERY_DISCLOSE_HOURS * HOUR, due);
    field_text(r, "number", arena_fmt(c->arena, "ask-%.*s", STR_ARG(reference)));
    field_text(r, "office", t->asker);
    field_text(r, "peer", t->holder);
    field_text(r, "form", S("disclosure"));
    field_text(r, "subject",
               arena_fmt(c->arena, tr(c->lang, N_("Disclosure after a private query: %s, reference %.*s")),
                         token_scheme_name(scheme), STR_ARG(reference)));
    field_text(r, "text",
               str_z(tr(c->lang,
                        N_("A value that this office asked for privately is known to yours. The reference "
                           "names your record: “ask-find REFERENCE” shows it. Please disclose what may be "
                           "disclosed, or refuse with a reason."))));
    field_text(r, "agreement", str_n(t->agreement, 16));
    field_text(r, "purpose", str_trim(c->purpose));
    field_text(r, "urgency", S("48h"));
    field_text(r, "due", arena_copy(c->arena, str_z(due)));
    r->head.author = c->author.n ? c->author : t->asker;
    r->head.purpose = str_trim(c->purpose);
    r->head.handling = S("H1");
    return node_append_once(c, key, &r, 1);
}

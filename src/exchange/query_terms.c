/* query_terms.c: which clause lets a peer ask, for which schemes, how often. */
#include "exchange/query.h"

#define DAY INT64_C(86400000000)

static bool clause_names(const struct clause *clause, const char *scheme)
{
    struct str rest = clause->asks, word;

    while (str_split(&rest, ' ', &word))
        if (str_eq(word, str_z(scheme)))
            return true;
    return false;
}

static void take_clauses(struct query_terms *t)
{
    for (size_t i = 0; i < t->program->clauses; i++) {
        const struct clause *clause = &t->program->clause[i];
        if (clause->asks.n == 0 || !str_eq(clause->giver, t->holder) || !str_eq(clause->taker, t->asker))
            continue;
        for (int scheme = 0; scheme < QUERY_SCHEMES; scheme++)
            if (!(t->schemes >> scheme & 1) && clause_names(clause, token_scheme_name(scheme))) {
                t->schemes |= UINT32_C(1) << scheme;
                t->clause[scheme] = clause;
            }
    }
}

static bool take_keys(struct query_terms *t)
{
    const struct program *p = t->program;
    int holder = str_eq(p->office[0], t->holder) ? 0 : 1;

    return str_eq(p->office[holder], t->holder) && str_eq(p->office[1 - holder], t->asker) &&
           note_verifier_parse(p->key[holder], &t->holder_key) &&
           note_verifier_parse(p->key[1 - holder], &t->asker_key);
}

/* An office's name begins with its country: "us.cbp". */
static struct str country_of(struct arena *a, struct str office)
{
    struct str country = arena_copy(a, str_n(office.p, 2));

    for (size_t i = 0; i < country.n; i++)
        ((char *)(uintptr_t)country.p)[i] = (char)(country.p[i] & ~0x20);
    return country;
}

static bool is_over(enum standing s)
{
    return s == STANDING_SUSPENDED || s == STANDING_EXPIRED || s == STANDING_ENDED;
}

int query_terms_open(struct ctx *c, const uint8_t agreement[16], struct str holder, struct str asker,
                     struct query_terms *t)
{
    struct release *r = release_open(c, agreement, holder, asker, c->world->now(c->world->arg));

    if (!r)
        return -1;
    *t = (struct query_terms){.holder = arena_copy(c->arena, holder), .asker = arena_copy(c->arena, asker)};
    memcpy(t->agreement, agreement, 16);
    t->standing = release_standing(r);
    t->program = release_program(r);
    if (t->program && !take_keys(t))
        t->program = NULL; /* others' agreement */
    if (is_over(t->standing))
        return query_forget(c, agreement);
    if (t->standing != STANDING_IN_FORCE || !t->program)
        return 0;
    take_clauses(t);
    t->country[0] = country_of(c->arena, holder);
    t->country[1] = country_of(c->arena, asker);
    return 0;
}

int query_terms_between(struct ctx *c, struct str holder, struct str asker, int scheme,
                        struct query_terms *t)
{
    uint8_t(*agreement)[16];
    size_t n;

    if (release_between(c, holder, asker, &agreement, &n) < 0)
        return -1;
    for (size_t i = 0; i < n; i++) {
        if (query_terms_open(c, agreement[i], holder, asker, t) < 0)
            return -1;
        if (scheme < 0 ? t->schemes != 0 : (t->schemes >> scheme & 1) != 0)
            return 1;
    }
    return 0;
}

int query_terms_find(struct ctx *c, struct str peer, int scheme, struct query_terms *t)
{
    int rc = query_terms_between(c, peer, node_office(c), scheme, t);

    if (rc != 0)
        return rc < 0 ? -1 : 0;
    if (scheme < 0)
        return err_set(c->err, ERR_DENIED, N_("no agreement in force lets this node ask %.*s privately"),
                       STR_ARG(peer));
    return err_set(c->err, ERR_DENIED, N_("no agreement in force lets this node ask %.*s for “%s”"),
                   STR_ARG(peer), token_scheme_name(scheme));
}

int query_used(struct ctx *c, const struct query_terms *t, int scheme, int64_t *used)
{
    struct query *q = views_query(
        c->views,
        "SELECT scheme, sum(count) FROM v_query WHERE agreement = ?1 AND peer = ?2 AND side = 'answered'"
        " AND outcome = 'answered' AND h_recorded >= ?3 GROUP BY scheme",
        c->err);
    int64_t now = c->world->now(c->world->arg);
    int row;

    *used = 0;
    if (!q)
        return -1;
    query_bind_blob(q, 1, str_n(t->agreement, 16));
    query_bind_text(q, 2, t->asker);
    query_bind_int(q, 3, now - now % DAY);
    while ((row = query_step(q, c->err)) == 1) {
        int other = token_scheme(query_text(q, 0));
        if (other >= 0 && t->clause[other] == t->clause[scheme])
            *used += query_int(q, 1);
    }
    query_done(q);
    return row;
}

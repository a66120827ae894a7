/*
 * outgoing.c: a record of the node and all that refers to it, as JSON lines for the writer: references between them by number,
 * in the order in which they entered; before them what is known of the message that brought them, and behind them
 * what was kept beside it.
 */
#include "intake/internal.h"

#include <stdlib.h>

#define OUTGOING_MOST 200000u /* records of one message */

static const char *const kinds[] = {"trip", "consignment", "equipment", "item", "party"};

struct outgoing {
    struct ctx *c;
    struct arena *arena;
    struct one {
        struct record *r;
        uint64_t seq;
    } * one;
    size_t n, cap;
};

static bool known(const struct outgoing *g, const uint8_t id[16])
{
    for (size_t i = 0; i < g->n; i++)
        if (memcmp(g->one[i].r->head.id, id, 16) == 0)
            return true;
    return false;
}

static int keep(struct outgoing *g, struct record *r, uint64_t seq)
{
    if (g->n == OUTGOING_MOST)
        return err_set(g->c->err, ERR_LIMIT, N_("a message has too many records"));
    if (g->n == g->cap) {
        g->cap = g->cap ? g->cap * 2 : 64;
        g->one = xrealloc(g->one, g->cap * sizeof *g->one);
    }
    g->one[g->n++] = (struct one){r, seq};
    return 0;
}

/* The rows of a kind whose column is this id; corrected and erased ones are passed over. */
static int take(struct outgoing *g, const struct kind *k, const char *column, const uint8_t id[16])
{
    struct str sql =
        arena_fmt(g->arena,
                  "SELECT * FROM \"v_%s\" WHERE \"%s\" = ?1 AND superseded IS NULL AND erased = 0 "
                  "ORDER BY seq",
                  k->name, column);
    struct query *q = views_query(g->c->views, sql.p, g->c->err);
    struct views_mark m;
    int rc;

    if (q == NULL)
        return -1;
    query_bind_blob(q, 1, str_n(id, 16));
    while ((rc = query_step(q, g->c->err)) == 1) {
        struct record *r = views_row(g->arena, q, k, &m);
        if (!known(g, r->head.id) && keep(g, r, m.seq) != 0) {
            rc = -1;
            break;
        }
    }
    query_done(q);
    return rc;
}

/* What refers to record i. */
static int children(struct outgoing *g, size_t i)
{
    for (size_t k = 0; k < COUNT(kinds); k++) {
        const struct kind *kind = schema_kind(str_z(kinds[k]));
        for (int f = 0; f < kind->fields; f++)
            if (kind->field[f].type == T_REF && strcmp(kind->field[f].name, "message") != 0 &&
                take(g, kind, kind->field[f].name, g->one[i].r->head.id) != 0)
                return -1;
    }
    return 0;
}

static int by_seq(const void *a, const void *b)
{
    const struct one *x = a, *y = b;
    return x->seq < y->seq ? -1 : x->seq > y->seq;
}

/* Ids become numbers; a reference to something else is left out. */
static void number_references(struct outgoing *g, struct record *r)
{
    for (int f = 0; f < r->kind->fields; f++) {
        struct str id = record_get(r, f);
        if (r->kind->field[f].type != T_REF || !record_has(r, f))
            continue;
        record_text(r, f, (struct str){NULL, 0});
        for (size_t i = 0; i < g->n && id.n == 16; i++)
            if (memcmp(g->one[i].r->head.id, id.p, 16) == 0)
                record_int(r, f, (int64_t)i + 1);
    }
}

static void line(struct buf *to, const struct record *r, uint64_t hide)
{
    buf_fmt(to, "{\"kind\":\"%s\",\"fields\":", r->kind->name);
    schema_json_fields(to, r, hide);
    buf_z(to, r->head.exercise ? ",\"exercise\":true}\n" : "}\n");
}

/* Personal data leaves the node here: only for a purpose and a case, and the look is recorded. */
static int look(struct outgoing *g, const struct kind *k, const struct record *head, uint64_t count)
{
    struct look l = look_at(g->c, k);

    if (count == 0 || l.personal == 0)
        return 0;
    if (!l.named)
        return err_set(g->c->err, ERR_DENIED,
                       N_("%s holds personal data: writing it needs a purpose and a case"), k->name);
    return look_log(g->c, &l, &(struct looked){"write", str_n(head->head.id, 16), S(""), count});
}

static int look_all(struct outgoing *g, const struct record *head)
{
    for (size_t k = 0; k < COUNT(kinds); k++) {
        const struct kind *kind = schema_kind(str_z(kinds[k]));
        uint64_t count = 0;
        for (size_t i = 0; i < g->n; i++)
            count += g->one[i].r->kind == kind && (g->one[i].r->have & look_at(g->c, kind).personal) != 0;
        if (look(g, kind, head, count) != 0)
            return -1;
    }
    return 0;
}

/* The message that brought the head record, and what was kept beside it. */
static int message_lines(struct outgoing *g, const uint8_t id[16], struct buf *to, struct buf *kept)
{
    struct outgoing m = {.c = g->c, .arena = g->arena}, parts = {.c = g->c, .arena = g->arena};
    int ret = -1;

    if (take(&m, schema_kind(S("message")), "id", id) != 0 ||
        take(&parts, schema_kind(S("fragment")), "message", id) != 0 ||
        (m.n && look(g, schema_kind(S("fragment")), m.one[0].r, parts.n) != 0))
        goto out;
    if (m.n) {
        record_text(m.one[0].r, schema_field(m.one[0].r->kind, S("verbatim")), (struct str){NULL, 0});
        line(to, m.one[0].r, 0);
    }
    for (size_t i = 0; i < parts.n; i++) {
        record_text(parts.one[i].r, schema_field(parts.one[i].r->kind, S("message")),
                    (struct str){NULL, 0});
        line(kept, parts.one[i].r, 0);
    }
    ret = 0;
out:
    free(m.one);
    free(parts.one);
    return ret;
}

int outgoing_lines(struct ctx *c, struct str id, const char *kind, struct buf *to)
{
    struct outgoing g = {.c = c, .arena = c->arena};
    struct buf kept;
    uint8_t bytes[16];
    int message, ret = -1;

    buf_init(&kept, to->max);
    if (!uuid_parse(id, bytes) || take(&g, schema_kind(str_z(kind)), "id", bytes) != 0)
        goto out;
    if (g.n == 0) {
        err_set(c->err, ERR_NOT_FOUND, N_("there is no %s with this id"), kind);
        goto out;
    }
    for (size_t i = 0; i < g.n; i++)
        if (children(&g, i) != 0)
            goto out;
    if (look_all(&g, g.one[0].r) != 0)
        goto out;
    message = schema_field(g.one[0].r->kind, S("message"));
    if (record_get(g.one[0].r, message).n == 16 &&
        message_lines(&g, (const uint8_t *)record_get(g.one[0].r, message).p, to, &kept) != 0)
        goto out;
    qsort(g.one, g.n, sizeof *g.one, by_seq);
    for (size_t i = 0; i < g.n; i++)
        number_references(&g, g.one[i].r);
    for (size_t i = 0; i < g.n; i++)
        line(to, g.one[i].r, 0);
    buf_str(to, buf_view(&kept));
    ret = to->over ? err_set(c->err, ERR_LIMIT, N_("a message has too many records")) : 0;
out:
    free(g.one);
    buf_free(&kept);
    return ret;
}

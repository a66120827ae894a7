/* peer.c: the peers that were met, from the views; the op `peers`. */
#include "exchange/peer.h"

#define CURRENT "superseded IS NULL AND erased = 0 AND h_origin = ?1"

static struct str get(const struct record *r, const char *name)
{
    return record_get(r, schema_field(r->kind, str_z(name)));
}

/* The row the query stands on. */
static int read_row(struct ctx *c, struct arena *a, const struct query *q, struct peer *out)
{
    struct views_mark m;
    const struct record *r = views_row(a, q, schema_kind(S("peer")), &m);
    int64_t now = c->world->now(c->world->arg);
    size_t pin, box;

    *out = (struct peer){.office = get(r, "office"),
                         .country = get(r, "country"),
                         .exercise = r->head.exercise,
                         .key = get(r, "key"),
                         .certificate = get(r, "certificate"),
                         .urls = get(r, "urls"),
                         .card = get(r, "card"),
                         .safety_number = get(r, "safety_number"),
                         .confirmed_by = get(r, "confirmed_by")};
    memcpy(out->id, r->head.id, sizeof out->id);
    (void)tls_check(out->certificate, now, &out->about);
    if (!note_verifier_parse(out->key, &out->verifier) ||
        !hex_decode(get(r, "pin"), out->pin, sizeof out->pin, &pin) || pin != sizeof out->pin ||
        !hex_decode(get(r, "box_key"), out->box_key, sizeof out->box_key, &box) ||
        box != sizeof out->box_key)
        return err_set(c->err, ERR_CORRUPT, N_("the record of the peer %.*s is damaged"),
                       STR_ARG(out->office));
    return 0;
}

int peer_look(struct ctx *c, struct arena *a, struct str office, struct peer *out, bool *known)
{
    struct query *q = views_query(
        c->views, "SELECT * FROM v_peer WHERE " CURRENT " AND office = ?2 ORDER BY seq DESC LIMIT 1",
        c->err);
    int rc;

    *known = false;
    if (q == NULL)
        return -1;
    query_bind_text(q, 1, node_office(c));
    query_bind_text(q, 2, office);
    rc = query_step(q, c->err);
    *known = rc == 1;
    if (rc == 1)
        rc = read_row(c, a, q, out);
    query_done(q);
    return rc < 0 ? -1 : 0;
}

int peer_find(struct ctx *c, struct arena *a, struct str office, struct peer *out)
{
    bool known;

    if (peer_look(c, a, office, out, &known) < 0)
        return -1;
    if (!known)
        return err_set(c->err, ERR_NOT_FOUND,
                       N_("this node has not met “%.*s”; `puente peers` lists whom it has"),
                       (int)(office.n > 64 ? 64 : office.n), office.p);
    return 0;
}

/* ---- peers ---- */

void peer_say(struct out *o, struct arena *a, const struct peer *p)
{
    struct str urls = p->urls, url;
    char until[TIME_SIZE];

    time_format(p->about.until, until);
    out_str(o, "office", p->office);
    out_str(o, "country", p->country);
    if (p->safety_number.n)
        out_str(o, "safety_number", p->safety_number);
    out_list(o, "urls");
    while (str_split(&urls, '\n', &url))
        if (url.n)
            out_str(o, NULL, url);
    out_end(o);
    if (p->confirmed_by.n)
        out_str(o, "confirmed_by", p->confirmed_by);
    out_str(o, "certificate_until", arena_copy(a, str_z(until)));
}

static int run_peers(struct ctx *c, const struct args *args, struct out *o)
{
    struct query *q =
        views_query(c->views, "SELECT * FROM v_peer WHERE " CURRENT " ORDER BY office, seq DESC", c->err);
    int64_t now = c->world->now(c->world->arg);
    struct str last = S("");
    int rc = -1;

    (void)args;
    if (q == NULL)
        return -1;
    query_bind_text(q, 1, node_office(c));
    out_list(o, "peers");
    while ((rc = query_step(q, c->err)) == 1) {
        struct peer p;
        if ((rc = read_row(c, c->arena, q, &p)) < 0)
            break;
        if (str_eq(last, p.office))
            continue;
        last = p.office;
        out_open(o, NULL);
        peer_say(o, c->arena, &p);
        out_bool(o, "expired", now >= p.about.until);
        out_close(o);
    }
    out_end(o);
    query_done(q);
    return rc < 0 ? -1 : 0;
}

const struct op op_peers = {
    .name = "peers",
    .summary = N_("list the nodes that this one has met"),
    .help = N_("Each with the safety number of its key, where its node answers, who compared the "
               "safety number, and until "
               "when its certificate holds."),
    .flags = OP_NODE,
    .method = "GET",
    .path = "/peers",
    .run = run_peers,
    .example = "peers",
};

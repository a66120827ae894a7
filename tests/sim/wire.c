/*
 * wire.c: every message as an eavesdropper with the whole story sees it. Two looks, which know nothing of one
 * another: every text that an officer wrote holds a token that names its record and field, and is found wherever in
 * the bytes it stands; and the entries of channels are taken apart.
 */
#include <stdlib.h>

#include "base/cbor.h"
#include "journal/merkle.h"
#include "tests/sim/sim.h"

#define BUCKETS 1024

/* Something that was said once and must not be said otherwise: a channel's number, a head. */
struct said {
    uint8_t key[HASH_SIZE], value[HASH_SIZE];
    struct said *next;
};
struct seen {
    struct said *bucket[BUCKETS];
};

/* False when something else was said under this key before. */
static bool said_once(struct sim *s, const struct str *key, size_t n, const uint8_t value[HASH_SIZE])
{
    uint8_t k[HASH_SIZE];
    struct said **at;

    if (s->wire == NULL)
        s->wire = arena_alloc(s->arena, sizeof *s->wire);
    sha256(k, key, n);
    for (at = &s->wire->bucket[(k[0] << 8 | k[1]) % BUCKETS]; *at; at = &(*at)->next)
        if (memcmp((*at)->key, k, HASH_SIZE) == 0)
            return memcmp((*at)->value, value, HASH_SIZE) == 0;
    *at = arena_alloc(s->arena, sizeof **at);
    memcpy((*at)->key, k, HASH_SIZE);
    memcpy((*at)->value, value, HASH_SIZE);
    return true;
}

/* ---- what may be seen ---- */

/* All that `from` may let `to` see of the record now, over every agreement of theirs. */
static uint64_t may_see(const struct sim *s, unsigned from, unsigned to, const struct mrecord *x)
{
    uint64_t all = 0;

    for (unsigned i = 0; i < s->agreements; i++) {
        const struct magreement *g = &s->agreement[i];
        const struct mversion *v;
        unsigned giver = g->party[0] == from ? 0 : 1;
        if (g->party[giver] != from || g->party[!giver] != to || (v = papers_in_force(s, from, i)) == NULL)
            continue;
        for (unsigned c = 0; c < v->clauses; c++)
            if (v->clause[c].giver == giver)
                all |= papers_mask(s, g, &v->clause[c], x);
    }
    return all;
}

static void may_not(struct sim *s, unsigned from, unsigned to, int record, int field, const char *how)
{
    const struct mrecord *x = &s->record[record];

    violation(s, "%s let %s see %s of record %d (%s) without a clause in force (%s)", s->node[from].name,
              s->node[to].name, field < 0 ? "something" : x->kind->field[field].name, record, x->kind->name,
              how);
}

static int hex_of(const char *p, int n)
{
    int v = 0;

    for (int i = 0; i < n; i++) {
        int d = str_hex(p[i]);
        if (d < 0)
            return -1;
        v = v * 16 + d;
    }
    return v;
}

bool token_next(const struct sim *s, struct str *rest, int *record, int *field)
{
    const char *p;

    while (rest->n >= TOKEN && (p = memmem(rest->p, rest->n, "zq", 2)) != NULL) {
        size_t left = rest->n - (size_t)(p - rest->p);
        *rest = str_n(p + 2, left - 2);
        if (left < TOKEN || p[12] != 'q' || p[13] != 'z')
            continue;
        *record = hex_of(p + 2, 8);
        *field = hex_of(p + 10, 2);
        if (*record >= 0 && (unsigned)*record < s->records && *field >= 0 &&
            *field < s->record[*record].kind->fields)
            return true;
    }
    return false;
}

static void look_for_tokens(struct sim *s, unsigned from, unsigned to, struct str bytes)
{
    int record, field;

    while (!broken(s) && token_next(s, &bytes, &record, &field)) {
        struct mrecord *x = &s->record[record];
        uint64_t may = may_see(s, from, to, x);
        x->allowed[to] |= may;
        if (!(may >> field & 1))
            may_not(s, from, to, record, field, "in plain bytes");
    }
}

/* ---- channels ---- */

struct give {
    unsigned from, to;
    struct str agreement;
    int64_t epoch;
};

static bool number_at(struct str *in, int64_t key, int64_t *out)
{
    struct cbor_item k, v;

    if (!cbor_expect(in, CBOR_INT, &k) || k.i != key || !cbor_expect(in, CBOR_INT, &v))
        return false;
    *out = v.i;
    return true;
}

static bool bytes_at(struct str *in, int64_t key, struct str *out)
{
    struct cbor_item k, v;

    if (!cbor_expect(in, CBOR_INT, &k) || k.i != key || !cbor_expect(in, CBOR_BYTES, &v))
        return false;
    *out = v.s;
    return true;
}

/* A map of seven: number, version, clause, fields, record, commitment, disclosure; or of two: number, leaf. */
bool wire_entry_read(struct str in, struct wire_said *out)
{
    struct str whole = in, fields, id;
    struct cbor_item map;
    struct buf b;

    *out = (struct wire_said){0};
    if (!cbor_expect(&in, CBOR_MAP, &map) || !number_at(&in, 1, &out->number))
        return false;
    if (map.i == 2) {
        if (!bytes_at(&in, 8, &id) || id.n != HASH_SIZE)
            return false;
        memcpy(out->leaf, id.p, HASH_SIZE);
        return true;
    }
    if (map.i != 7 || !number_at(&in, 2, &out->version) || !number_at(&in, 3, &out->clause) ||
        !bytes_at(&in, 4, &fields) || fields.n != 8 || !bytes_at(&in, 5, &id) || id.n != 16 ||
        !bytes_at(&in, 6, &out->commitment) || out->commitment.n != HASH_SIZE)
        return false;
    for (size_t i = 0; i < 8; i++)
        out->fields = out->fields << 8 | (uint8_t)fields.p[i];
    memcpy(out->id, id.p, 16);
    /* the leaf is over the map of the first six alone */
    buf_init(&b, whole.n);
    cbor_map(&b, 6);
    buf_put(&b, whole.p + 1, (size_t)(in.p - whole.p) - 1);
    merkle_leaf(out->leaf, buf_view(&b));
    buf_free(&b);
    out->full = true;
    return bytes_at(&in, 7, &out->disclosure);
}

static void look_at_entry(struct sim *s, const struct give *g, struct str bytes)
{
    struct wire_said e;
    struct disclosed d;
    struct err err = {0};
    struct arena *a;
    struct str key[5];
    uint8_t place[17];
    int record;

    if (!wire_entry_read(bytes, &e)) {
        violation(s, "%s sent an entry that cannot be read", s->node[g->from].name);
        return;
    }
    place[16] = (uint8_t)g->from;
    for (int i = 0; i < 8; i++) {
        place[i] = (uint8_t)((uint64_t)g->epoch >> (8 * i));
        place[8 + i] = (uint8_t)((uint64_t)e.number >> (8 * i));
    }
    key[0] = S("number");
    key[1] = g->agreement;
    key[2] = str_n(place, sizeof place);
    /* When both came back from backups older than an epoch, nobody is left who knows of its numbers. */
    if (!said_once(s, key, 3, e.leaf) && !(s->node[g->from].restored && s->node[g->to].restored))
        violation(s, "%s gave number %lld of epoch %lld twice, with other contents", s->node[g->from].name,
                  (long long)e.number, (long long)g->epoch);
    if (!e.full || broken(s))
        return;
    a = arena_new();
    record = record_find(s, e.id);
    if (schema_disclosed(a, e.disclosure, &d, &err) < 0 ||
        memcmp(d.commitment, e.commitment.p, HASH_SIZE) != 0)
        violation(s, "%s sent a disclosure that does not verify: %s", s->node[g->from].name, err.text);
    else if (record >= 0) {
        struct mrecord *x = &s->record[record];
        uint64_t may = may_see(s, g->from, g->to, x);
        x->allowed[g->to] |= may;
        if (e.clause != 0 && d.record->have & ~may)
            may_not(s, g->from, g->to, record, __builtin_ctzll(d.record->have & ~may), "in a channel");
    } else if (strcmp(d.record->kind->name, "retraction") != 0) {
        violation(s, "%s gave %s a %s that nobody wrote", s->node[g->from].name, s->node[g->to].name,
                  d.record->kind->name);
    }
    arena_free(a);
}

static void look_at_head(struct sim *s, unsigned from, unsigned to, struct str note)
{
    struct checkpoint c;
    struct note n;
    char size[24];
    struct str key[3] = {S("head")};

    if (!note_parse(note, &n) || !checkpoint_parse(n.text, &c))
        return;
    key[1] = c.origin;
    key[2] = str_n(size, (size_t)snprintf(size, sizeof size, "%llu", (unsigned long long)c.size));
    if (!said_once(s, key, 3, c.root) && !(s->node[from].restored && s->node[to].restored))
        violation(s, "%s signed two heads of size %s for %.*s", s->node[from].name, size,
                  STR_ARG(c.origin));
}

/* {1: 3, 2: agreement, 3: epoch, 4: first, 5: acknowledged, 6: more, 7: checkpoint, 8: [entry, ...]} */
static bool look_at_give(struct sim *s, unsigned from, unsigned to, struct str in)
{
    struct give g = {.from = from, .to = to};
    int64_t first, acknowledged;
    struct cbor_item x;
    struct str head;

    if (!bytes_at(&in, 2, &g.agreement) || !number_at(&in, 3, &g.epoch) || !number_at(&in, 4, &first) ||
        !number_at(&in, 5, &acknowledged) || !cbor_expect(&in, CBOR_INT, &x) || x.i != 6 ||
        !cbor_expect(&in, CBOR_BOOL, &x) || !bytes_at(&in, 7, &head) || !cbor_expect(&in, CBOR_INT, &x) ||
        x.i != 8 || !cbor_expect(&in, CBOR_ARRAY, &x))
        return false;
    if (head.n)
        look_at_head(s, from, to, head);
    for (int64_t i = x.i; i > 0 && !broken(s); i--) {
        if (!cbor_expect(&in, CBOR_BYTES, &x))
            return false;
        look_at_entry(s, &g, x.s);
    }
    return true;
}

/* One item with all that is in it. */
static bool skip(struct str *in)
{
    struct cbor_item x;

    for (int64_t todo = 1; todo > 0; todo--) {
        if (!cbor_read(in, &x))
            return false;
        todo += x.type == CBOR_ARRAY ? x.i : x.type == CBOR_MAP ? 2 * x.i : 0;
    }
    return true;
}

/* One part off the front; false when it cannot be read. */
static bool look_at_part(struct sim *s, unsigned from, unsigned to, struct str *in)
{
    struct str part = *in;
    struct cbor_item map;
    int64_t type;

    if (!skip(in))
        return false;
    part.n -= in->n;
    if (!cbor_expect(&part, CBOR_MAP, &map) || !number_at(&part, 1, &type))
        return false;
    return type != 3 || look_at_give(s, from, to, part);
}

void wire_message(struct sim *s, unsigned from, unsigned to, struct str bytes)
{
    struct cbor_item list = {0};
    bool good;

    look_for_tokens(s, from, to, bytes);
    good = cbor_expect(&bytes, CBOR_ARRAY, &list);
    for (int64_t i = 0; good && i < list.i && !broken(s); i++)
        good = look_at_part(s, from, to, &bytes);
    if (!good && !broken(s))
        violation(s, "%s sent what is no message", s->node[from].name);
}

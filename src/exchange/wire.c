/*
 * wire.c: what two nodes say to one another, as deterministic CBOR. A message is an array of parts; a part is a map
 * whose key 1 tells what it is:
 *
 *     letter   {1: 1, 2: [paper, ...], 3: [held, ...], 4: digest}           papers (C2SP notes), as signed so far;
 *                                                                           which of yours arrived; and of all
 *                                                                           that there are here (paper_digest), or
 *                                                                           no bytes
 *     ask      {1: 2, 2: agreement, 3: epoch, 4: size, 5: root, 6: receipt} "I have that much of your channel"; the
 *                                                                           receipt, or no bytes
 *     give     {1: 3, 2: agreement, 3: epoch, 4: first, 5: acknowledged, 6: more, 7: checkpoint, 8: [entry, ...]}
 *     query    {1: 4, 2: bytes}                                             ask.c has what is in them
 *     refusal  {1: 5, 2: agreement, 3: code}
 *
 * An ask says where its sender stands as the taker; a give answers it, so either side can open a conversation. A
 * bundle on a stick is one message.
 *
 * An entry of a channel is {1: number, 2: version, 3: clause, 4: fields, 5: record, 6: commitment, 7: disclosure}:
 * version and clause of the agreement's text that it rests on, the fields shown (8 bytes, big-endian, bit i = field
 * i + 1), the record by its originator's id, the commitment to all of it, and what schema/disclose.c makes. When the
 * giver has erased the record since, it is {1: number, 8: leaf}.
 *
 * Leaf data = the map of 1 to 6 alone: the leaf of an erased record stays what it was, and whoever shows fewer of
 * the fields later still shows that same leaf.
 */
#include "base/cbor.h"
#include "exchange/internal.h"

enum { E_NUMBER = 1, E_VERSION, E_CLAUSE, E_FIELDS, E_RECORD, E_COMMITMENT, E_DISCLOSURE, E_LEAF };
enum { ENTRY_FULL = 7, ENTRY_ERASED = 2, LEAF_ITEMS = 6, LEAF_DATA_MAX = 128 };

static void put_key(struct buf *b, int64_t key, const void *p, size_t n)
{
    cbor_int(b, key);
    cbor_bytes(b, str_n(p, n));
}

static void put_int(struct buf *b, int64_t key, uint64_t value)
{
    cbor_int(b, key);
    cbor_int(b, (int64_t)value);
}

static void big_endian(uint8_t *to, uint64_t u, int n)
{
    for (int i = 0; i < n; i++)
        to[i] = (uint8_t)(u >> (8 * (n - 1 - i)));
}

static uint64_t from_big_endian(const char *p, int n)
{
    uint64_t u = 0;

    for (int i = 0; i < n; i++)
        u = u << 8 | (uint8_t)p[i];
    return u;
}

/* ---- entries ---- */

static void put_place(struct buf *b, const struct wire_entry *w)
{
    uint8_t fields[8];

    big_endian(fields, w->fields, 8);
    put_int(b, E_NUMBER, w->number);
    put_int(b, E_VERSION, w->version);
    put_int(b, E_CLAUSE, w->clause);
    put_key(b, E_FIELDS, fields, sizeof fields);
    put_key(b, E_RECORD, w->id, sizeof w->id);
    put_key(b, E_COMMITMENT, w->commitment, sizeof w->commitment);
}

void entry_leaf_data(struct buf *b, const struct wire_entry *w)
{
    cbor_map(b, LEAF_ITEMS);
    put_place(b, w);
}

void entry_leaf(uint8_t leaf[HASH_SIZE], const struct wire_entry *w)
{
    char room[LEAF_DATA_MAX];
    struct buf b = {.p = room, .cap = sizeof room, .max = sizeof room};

    entry_leaf_data(&b, w);
    merkle_leaf(leaf, buf_view(&b));
}

void entry_put(struct buf *b, const struct wire_entry *w)
{
    if (w->disclosure.n == 0) {
        cbor_map(b, ENTRY_ERASED);
        put_int(b, E_NUMBER, w->number);
        put_key(b, E_LEAF, w->leaf, sizeof w->leaf);
        return;
    }
    cbor_map(b, ENTRY_FULL);
    put_place(b, w);
    put_key(b, E_DISCLOSURE, w->disclosure.p, w->disclosure.n);
}

static bool item(struct str *in, int64_t key, enum cbor_type type, struct cbor_item *out)
{
    struct cbor_item k;
    return cbor_expect(in, CBOR_INT, &k) && k.i == key && cbor_expect(in, type, out);
}

static bool take_bytes(struct str *in, int64_t key, void *to, size_t n)
{
    struct cbor_item x;

    if (!item(in, key, CBOR_BYTES, &x) || x.s.n != n)
        return false;
    memcpy(to, x.s.p, n);
    return true;
}

static bool take_uint(struct str *in, int64_t key, uint64_t most, uint64_t *out)
{
    struct cbor_item x;

    if (!item(in, key, CBOR_INT, &x) || x.i < 0 || (uint64_t)x.i > most)
        return false;
    *out = (uint64_t)x.i;
    return true;
}

bool entry_get(struct str in, struct wire_entry *out)
{
    uint64_t version, clause;
    struct cbor_item x;
    char fields[8];

    *out = (struct wire_entry){0};
    if (!cbor_expect(&in, CBOR_MAP, &x) || !take_uint(&in, E_NUMBER, INT64_MAX, &out->number))
        return false;
    if (x.i == ENTRY_ERASED)
        return take_bytes(&in, E_LEAF, out->leaf, HASH_SIZE) && in.n == 0;
    if (x.i != ENTRY_FULL || !take_uint(&in, E_VERSION, UINT16_MAX, &version) ||
        !take_uint(&in, E_CLAUSE, UINT16_MAX, &clause) || !take_bytes(&in, E_FIELDS, fields, 8) ||
        !take_bytes(&in, E_RECORD, out->id, 16) ||
        !take_bytes(&in, E_COMMITMENT, out->commitment, HASH_SIZE) ||
        !item(&in, E_DISCLOSURE, CBOR_BYTES, &x) || x.s.n == 0 || in.n)
        return false;
    out->version = (uint16_t)version;
    out->clause = (uint16_t)clause;
    out->fields = from_big_endian(fields, 8);
    out->disclosure = x.s;
    entry_leaf(out->leaf, out);
    return true;
}

/* ---- messages, out ---- */

void message_begin(struct buf *b, size_t parts)
{
    cbor_array(b, parts);
}

static void put_items(struct buf *b, int64_t key, const struct str *item, size_t n)
{
    cbor_int(b, key);
    cbor_array(b, n);
    for (size_t i = 0; i < n; i++)
        cbor_bytes(b, item[i]);
}

static void put_give(struct buf *b, const struct part *p)
{
    put_key(b, 2, p->agreement, sizeof p->agreement);
    put_int(b, 3, p->at.epoch);
    put_int(b, 4, p->at.size);
    put_int(b, 5, p->acknowledged);
    cbor_int(b, 6);
    cbor_bool(b, p->more);
    put_key(b, 7, p->note.p, p->note.n);
    put_items(b, 8, p->item, p->items);
}

static void put_ask(struct buf *b, const struct part *p)
{
    put_key(b, 2, p->agreement, sizeof p->agreement);
    put_int(b, 3, p->at.epoch);
    put_int(b, 4, p->at.size);
    put_key(b, 5, p->at.root, HASH_SIZE);
    put_key(b, 6, p->note.p, p->note.n);
}

void part_put(struct buf *b, const struct part *p)
{
    static const size_t pairs[] = {
        [M_LETTER] = 4, [M_ASK] = 6, [M_GIVE] = 8, [M_QUERY] = 2, [M_REFUSAL] = 3};

    cbor_map(b, pairs[p->type]);
    put_int(b, 1, p->type);
    switch (p->type) {
    case M_LETTER:
        put_items(b, 2, p->item, p->items);
        put_items(b, 3, p->held, p->helds);
        put_key(b, 4, p->body.p, p->body.n);
        return;
    case M_ASK:
        put_ask(b, p);
        return;
    case M_GIVE:
        put_give(b, p);
        return;
    case M_QUERY:
        put_key(b, 2, p->body.p, p->body.n);
        return;
    case M_REFUSAL:
        put_key(b, 2, p->agreement, sizeof p->agreement);
        cbor_int(b, 3);
        cbor_text(b, p->text);
        return;
    }
}

/* ---- messages, in ---- */

struct items {
    struct str *item;
    size_t n;
};

static bool take_items(struct arena *a, struct str *in, int64_t key, struct items *out)
{
    struct cbor_item x;

    /* An item is a byte at least: a list is never longer than what is left. */
    if (!item(in, key, CBOR_ARRAY, &x) || (uint64_t)x.i > in->n || x.i > GIVE_ENTRIES)
        return false;
    out->item = arena_alloc(a, (size_t)x.i * sizeof *out->item);
    for (out->n = 0; out->n < (size_t)x.i; out->n++) {
        struct cbor_item one;
        if (!cbor_expect(in, CBOR_BYTES, &one))
            return false;
        out->item[out->n] = one.s;
    }
    return true;
}

static bool take_note(struct str *in, int64_t key, struct str *out)
{
    struct cbor_item x;

    if (!item(in, key, CBOR_BYTES, &x) || x.s.n > NOTE_MAX)
        return false;
    *out = x.s;
    return true;
}

static bool letter_parse(struct arena *a, struct str *in, struct part *p)
{
    struct items papers, held;
    struct cbor_item digest;

    if (!take_items(a, in, 2, &papers) || !take_items(a, in, 3, &held) ||
        !item(in, 4, CBOR_BYTES, &digest) || (digest.s.n && digest.s.n != HASH_SIZE))
        return false;
    p->body = digest.s;
    p->item = papers.item;
    p->items = papers.n;
    p->held = held.item;
    p->helds = held.n;
    if (p->items > PAPERS_MOST || p->helds > PAPERS_MOST)
        return false;
    for (size_t i = 0; i < p->helds; i++)
        if (p->held[i].n != HELD_SIZE)
            return false;
    return true;
}

static bool give_parse(struct arena *a, struct str *in, struct part *p)
{
    struct items entries;
    struct cbor_item x;

    if (!take_bytes(in, 2, p->agreement, 16) || !take_uint(in, 3, INT64_MAX, &p->at.epoch) ||
        !take_uint(in, 4, INT64_MAX, &p->at.size) || !take_uint(in, 5, INT64_MAX, &p->acknowledged) ||
        !item(in, 6, CBOR_BOOL, &x) || !take_note(in, 7, &p->note))
        return false;
    p->more = x.i;
    if (!take_items(a, in, 8, &entries))
        return false;
    p->item = entries.item;
    p->items = entries.n;
    return true;
}

static bool ask_parse(struct str *in, struct part *p)
{
    return take_bytes(in, 2, p->agreement, 16) && take_uint(in, 3, INT64_MAX, &p->at.epoch) &&
           take_uint(in, 4, INT64_MAX, &p->at.size) && take_bytes(in, 5, p->at.root, HASH_SIZE) &&
           take_note(in, 6, &p->note);
}

static bool part_parse(struct arena *a, struct str *in, struct part *p)
{
    static const int64_t pairs[] = {
        [M_LETTER] = 4, [M_ASK] = 6, [M_GIVE] = 8, [M_QUERY] = 2, [M_REFUSAL] = 3};
    struct cbor_item map, x;
    uint64_t type;

    if (!cbor_expect(in, CBOR_MAP, &map) || !take_uint(in, 1, M_REFUSAL, &type) || type < M_LETTER ||
        map.i != pairs[type])
        return false;
    p->type = (enum part_type)type;
    switch (p->type) {
    case M_LETTER:
        return letter_parse(a, in, p);
    case M_ASK:
        return ask_parse(in, p);
    case M_GIVE:
        return give_parse(a, in, p);
    case M_QUERY:
        if (!item(in, 2, CBOR_BYTES, &x))
            return false;
        p->body = x.s;
        return true;
    case M_REFUSAL:
        if (!take_bytes(in, 2, p->agreement, 16) || !item(in, 3, CBOR_TEXT, &x) || x.s.n > REFUSAL_MAX)
            return false;
        p->text = x.s;
        return true;
    }
    return false;
}

bool message_parse(struct arena *a, struct str in, struct message *out)
{
    struct cbor_item x;

    *out = (struct message){0};
    if (!cbor_expect(&in, CBOR_ARRAY, &x) || x.i < 0 || x.i > PARTS_MAX || (uint64_t)x.i > in.n)
        return false;
    out->part = arena_alloc(a, (size_t)x.i * sizeof *out->part);
    for (; out->parts < (size_t)x.i; out->parts++)
        if (!part_parse(a, &in, &out->part[out->parts]))
            return false;
    return in.n == 0;
}

int exchange_fuzz_message(const uint8_t *p, size_t n)
{
    struct arena *a = arena_new();
    struct str in = arena_copy(a, str_n(p, n));
    struct message m;
    struct wire_entry w;
    struct buf b;

    buf_init(&b, n + 1);
    if (message_parse(a, in, &m)) {
        message_begin(&b, m.parts);
        for (size_t i = 0; i < m.parts; i++) {
            part_put(&b, &m.part[i]);
            for (size_t j = 0; m.part[i].type == M_GIVE && j < m.part[i].items; j++)
                entry_get(m.part[i].item[j], &w);
        }
        assert(str_eq(buf_view(&b), in)); /* what is read is written back as it came */
    }
    buf_reset(&b);
    if (entry_get(in, &w)) {
        entry_put(&b, &w);
        assert(str_eq(buf_view(&b), in));
    }
    buf_free(&b);
    arena_free(a);
    return 0;
}

/*
 * query_held.c: what an asker keeps of the other side's prepared set, and what it had evaluated of its own values
 * while the line was up. Disposable: it is asked for again.
 *
 *     asking/AGREEMENT-held.set        length of the signed head (8, big-endian), the head, the entries
 *     asking/AGREEMENT-held.watched    key epoch (8, big-endian), a key for tags (32); each value: entry (10),
 *                                      tag (16), scheme (2), record (16)
 *
 * A set is believed when the holder signed its head, the head is of these terms, the entries are as many as it says,
 * sorted and of its digest, and its keys are those of the set before it, unless a new key epoch began: a key that
 * changes in the middle of an epoch would let the holder tell questions apart.
 */
#include "exchange/query.h"

#include <stdlib.h>
#include <unistd.h>

#define HELD_MOST    (8 + NOTE_MAX + SET_MOST * QUERY_ENTRY)
#define WATCHED_HEAD 40
#define WATCHED_MOST (WATCHED_HEAD + SET_MOST * sizeof(struct watched_value))

_Static_assert(sizeof(struct watched_value) == 44, "written as it stands");

void query_tag(uint8_t out[16], const uint8_t mask[32], struct str token)
{
    uint8_t whole[32];

    blake2b(whole, mask, token);
    memcpy(out, whole, 16);
}

static uint64_t number(struct str b)
{
    uint64_t n = 0;

    for (size_t i = 0; i < 8; i++)
        n = n << 8 | (uint8_t)b.p[i];
    return n;
}

static void put_number(struct buf *b, uint64_t n)
{
    for (int i = 56; i >= 0; i -= 8)
        buf_char(b, (char)(uint8_t)(n >> i));
}

/* 1 = read, 0 = not there, -1. */
static int read_file(struct ctx *c, const struct query_terms *t, const char *name, size_t most,
                     struct str *out)
{
    const char *path = query_file(c, t->agreement, name);

    if (!path)
        return -1;
    if (access(path, F_OK) != 0)
        return 0;
    return file_read(c->arena, path, most, out, c->err) < 0 ? -1 : 1;
}

/* Head and entries belong together, and to these terms. */
static bool fits(const struct query_terms *t, struct query_held *h)
{
    uint8_t digest[HASH_SIZE];
    struct note note;

    if (!note_parse(h->note, &note) || !note_verify(&note, &t->holder_key) ||
        !set_head_read(note.text, &h->head) || !str_eq(h->head.from, t->holder) ||
        !str_eq(h->head.to, t->asker) || memcmp(h->head.agreement, t->agreement, 16) != 0 ||
        h->head.normaliser != TOKENS_VERSION || h->entries.n != (size_t)h->head.count * QUERY_ENTRY)
        return false;
    for (size_t i = QUERY_ENTRY; i < h->entries.n; i += QUERY_ENTRY)
        if (memcmp(h->entries.p + i - QUERY_ENTRY, h->entries.p + i, QUERY_ENTRY) >= 0)
            return false;
    sha256_one(digest, h->entries);
    sha256_one(h->digest, note.text);
    return memcmp(digest, h->head.entries, HASH_SIZE) == 0;
}

int query_held_open(struct ctx *c, const struct query_terms *t, struct query_held *h)
{
    struct str b;
    int got;

    *h = (struct query_held){.have = false};
    got = read_file(c, t, "held.set", HELD_MOST, &b);
    if (got != 1)
        return got;
    if (b.n < 8 || number(b) > b.n - 8)
        return 0;
    h->note = str_n(b.p + 8, (size_t)number(b));
    h->entries = str_n(h->note.p + h->note.n, b.n - 8 - h->note.n);
    h->have = fits(t, h);
    return 0;
}

static int save(struct ctx *c, const struct query_terms *t, const struct query_held *h)
{
    const char *path = query_file(c, t->agreement, "held.set");
    struct buf b;
    int rc = -1;

    buf_init(&b, HELD_MOST);
    put_number(&b, h->note.n);
    buf_str(&b, h->note);
    buf_str(&b, h->entries);
    if (path)
        rc = file_write(path, buf_view(&b), 0600, c->err);
    buf_free(&b);
    return rc;
}

/* held - removed + added; what is not there cannot be removed, what is there cannot be added: the digest tells. */
static struct str changed(struct ctx *c, struct str held, struct str removed, struct str added)
{
    uint8_t *to = arena_alloc(c->arena, held.n + added.n + 1);
    size_t n = 0, r = 0, a = 0;

    for (size_t i = 0; i < held.n || a < added.n;) {
        bool from_held = i < held.n && (a >= added.n || memcmp(held.p + i, added.p + a, QUERY_ENTRY) < 0);
        const char *p = from_held ? held.p + i : added.p + a;
        i += from_held ? QUERY_ENTRY : 0;
        a += from_held ? 0 : QUERY_ENTRY;
        if (from_held && r < removed.n && memcmp(removed.p + r, p, QUERY_ENTRY) == 0) {
            r += QUERY_ENTRY;
            continue;
        }
        memcpy(to + n, p, QUERY_ENTRY);
        n += QUERY_ENTRY;
    }
    return str_n(to, n);
}

static bool same_keys(const struct set_head *a, const struct set_head *b)
{
    for (int i = 0; i < QUERY_SCHEMES; i++)
        if ((a->schemes & b->schemes) >> i & 1 && memcmp(a->key[i], b->key[i], OPRF_SIZE) != 0)
            return false;
    return true;
}

int query_held_take(struct ctx *c, const struct query_terms *t, const struct set_part *p,
                    struct query_held *h)
{
    struct query_held next = {.note = arena_copy(c->arena, p->note)};

    if (p->form == SET_SAME)
        return h->have
                   ? 0
                   : err_set(c->err, ERR_DATA, N_("no prepared set came from %.*s"), STR_ARG(t->holder));
    next.entries = p->form == SET_CHANGE ? changed(c, h->entries, p->removed, p->added)
                                         : arena_copy(c->arena, p->added);
    if (!fits(t, &next))
        return err_set(c->err, ERR_DATA, N_("the prepared set of %.*s does not verify"),
                       STR_ARG(t->holder));
    if (h->have && (next.head.epoch < h->head.epoch ||
                    (next.head.epoch == h->head.epoch && !same_keys(&next.head, &h->head))))
        return err_set(
            c->err, ERR_DATA,
            N_("%.*s changed its key for private queries within an epoch: it could tell questions apart"),
            STR_ARG(t->holder));
    next.have = true;
    if (save(c, t, &next) < 0)
        return -1;
    *h = next;
    return 0;
}

static int by_entry(const void *a, const void *b)
{
    return memcmp(a, b, QUERY_ENTRY);
}

bool query_held_has(const struct query_held *h, const uint8_t entry[QUERY_ENTRY])
{
    return h->have && h->entries.n &&
           bsearch(entry, h->entries.p, h->entries.n / QUERY_ENTRY, QUERY_ENTRY, by_entry) != NULL;
}

/* ---- own values ---- */

int query_watched_open(struct ctx *c, const struct query_terms *t, int64_t epoch, struct watched *out)
{
    struct str b;
    int got = read_file(c, t, "held.watched", WATCHED_MOST, &b);

    *out = (struct watched){.epoch = epoch};
    if (got < 0)
        return -1;
    if (got == 0 || b.n < WATCHED_HEAD || (b.n - WATCHED_HEAD) % sizeof *out->value != 0 ||
        number(b) != (uint64_t)epoch) { /* of another epoch: it matches nothing any more */
        c->world->random(c->world->arg, out->mask, sizeof out->mask);
        return 0;
    }
    memcpy(out->mask, b.p + 8, sizeof out->mask);
    out->value = (struct watched_value *)(uintptr_t)(b.p + WATCHED_HEAD);
    out->n = (b.n - WATCHED_HEAD) / sizeof *out->value;
    return 0;
}

int query_watched_save(struct ctx *c, const struct query_terms *t, const struct watched *s)
{
    const char *path = query_file(c, t->agreement, "held.watched");
    struct buf b;
    int rc = -1;

    buf_init(&b, WATCHED_MOST);
    put_number(&b, (uint64_t)s->epoch);
    buf_put(&b, s->mask, sizeof s->mask);
    if (s->n)
        buf_put(&b, s->value, s->n * sizeof *s->value);
    if (b.over)
        err_set(c->err, ERR_LIMIT, N_("too many values of this node to ask for"));
    else if (path)
        rc = file_write(path, buf_view(&b), 0600, c->err);
    buf_free(&b);
    return rc;
}

int query_watched_drop(struct ctx *c, const uint8_t agreement[16], struct str id)
{
    struct query_terms t = {.schemes = 0};
    struct watched w;
    struct str b;
    size_t n = 0;

    memcpy(t.agreement, agreement, 16);
    if (read_file(c, &t, "held.watched", WATCHED_MOST, &b) != 1 || b.n < 8)
        return 0;
    if (query_watched_open(c, &t, (int64_t)number(b), &w) < 0)
        return -1;
    for (size_t i = 0; i < w.n; i++)
        if (memcmp(w.value[i].id, id.p, 16) != 0)
            w.value[n++] = w.value[i];
    if (n == w.n)
        return 0;
    w.n = n;
    return query_watched_save(c, &t, &w);
}

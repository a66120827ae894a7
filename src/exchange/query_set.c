/*
 * query_set.c: the prepared set: the first 80 bits of F(key, token) for every value that the clauses let the other
 * side ask for, sorted, padded with chance to a power of four from 256 on, under a signed head. It tells its taker
 * nothing: to look for a value in it, the value must first be evaluated here, question by question, within the quota.
 *
 * A change travels as what went and what came. As many of each: dummies are replaced along with values, until their
 * number is 16, 256, or a multiple of 2048, so that the taker learns no more than that something changed. Dummies are
 * numbered and made from the key: the same ones stand in the next set, or the taker could tell them from values by
 * comparing the two.
 *
 * Beside the node's views, disposable: made again whole when they are lost or do not fit the head.
 *
 *     asking/AGREEMENT-own.set       stamp of the values (64 digits, LF), then the signed head
 *     asking/AGREEMENT-own.entries   number of the first dummy (8, big-endian); each value: tag (16), entry (10),
 *                                    record (16)
 */
#include "exchange/query.h"

#include <assert.h>
#include <stdlib.h>
#include <unistd.h>

struct own_value {
    uint8_t tag[16]; /* of the token, so that what is known is not evaluated again */
    uint8_t entry[QUERY_ENTRY];
    uint8_t id[16];
};
_Static_assert(sizeof(struct own_value) == 42, "written as it stands");

struct own_set {
    bool have;
    struct set_head head;
    struct str stamp, note;
    uint8_t digest[HASH_SIZE];
    struct own_value *value; /* sorted by tag */
    size_t values;
    uint64_t dummy; /* the first one's number */
    size_t dummies;
};

#define STAMP_TEXT (2 * HASH_SIZE + 1)
#define OWN_MOST   (8 + SET_MOST * sizeof(struct own_value))

static int by_entry(const void *a, const void *b)
{
    return memcmp(a, b, QUERY_ENTRY);
}

static int by_tag(const void *a, const void *b)
{
    return memcmp(((const struct own_value *)a)->tag, ((const struct own_value *)b)->tag, 16);
}

/* All entries of the set in order. */
static struct str entries_of(struct ctx *c, const struct query_keys *k, const struct own_set *s)
{
    size_t n = s->values + s->dummies;
    uint8_t *p = arena_alloc(c->arena, n * QUERY_ENTRY + 1), whole[32];

    for (size_t i = 0; i < s->values; i++)
        memcpy(p + i * QUERY_ENTRY, s->value[i].entry, QUERY_ENTRY);
    for (size_t i = 0; i < s->dummies; i++) {
        uint64_t number = s->dummy + i;
        blake2b(whole, k->mask, arena_fmt(c->arena, "dummy %llu", (unsigned long long)number));
        memcpy(p + (s->values + i) * QUERY_ENTRY, whole, QUERY_ENTRY);
    }
    qsort(p, n, QUERY_ENTRY, by_entry);
    return str_n(p, n * QUERY_ENTRY);
}

/* ---- the files ---- */

/* 1: own.set begins with a stamp and the signed note of a head; 0: it does not, or is not there; -1 with err. */
static int read_head(struct ctx *c, const uint8_t agreement[16], struct own_set *s)
{
    const char *path = query_file(c, agreement, "own.set");
    struct str text;
    struct note note;

    *s = (struct own_set){.have = false};
    if (!path)
        return -1;
    if (access(path, F_OK) != 0)
        return 0;
    if (file_read(c->arena, path, NOTE_MAX, &text, c->err) < 0)
        return -1;
    if (text.n <= STAMP_TEXT)
        return 0;
    s->stamp = str_n(text.p, STAMP_TEXT - 1);
    s->note = str_n(text.p + STAMP_TEXT, text.n - STAMP_TEXT);
    if (!note_parse(s->note, &note) || !set_head_read(note.text, &s->head))
        return 0;
    sha256_one(s->digest, note.text);
    return 1;
}

/* The head alone: enough to say that nothing changed. Whatever does not fit leaves have = false. */
static int load_head(struct ctx *c, const struct query_terms *t, const struct query_keys *k,
                     struct own_set *s)
{
    int rc = read_head(c, t->agreement, s);

    s->have = rc == 1 && s->head.epoch == k->epoch && s->head.schemes == t->schemes &&
              s->head.normaliser == TOKENS_VERSION;
    return rc < 0 ? -1 : 0;
}

/* The entries behind a head that is there; have becomes false when they are not its. */
static int load_entries(struct ctx *c, const struct query_terms *t, const struct query_keys *k,
                        struct own_set *s)
{
    const char *path = query_file(c, t->agreement, "own.entries");
    uint8_t digest[HASH_SIZE];
    struct str b;

    if (!path)
        return -1;
    s->have = s->have && access(path, F_OK) == 0;
    if (!s->have)
        return 0;
    if (file_read(c->arena, path, OWN_MOST, &b, c->err) < 0)
        return -1;
    s->have = b.n >= 8 && (b.n - 8) % sizeof *s->value == 0 &&
              (b.n - 8) / sizeof *s->value <= (size_t)s->head.count;
    if (!s->have)
        return 0;
    s->dummy = 0;
    for (size_t i = 0; i < 8; i++)
        s->dummy = s->dummy << 8 | (uint8_t)b.p[i];
    s->values = (b.n - 8) / sizeof *s->value;
    s->value = (struct own_value *)(uintptr_t)(b.p + 8); /* bytes only: no alignment to mind */
    s->dummies = (size_t)s->head.count - s->values;
    sha256_one(digest, entries_of(c, k, s));
    s->have = memcmp(digest, s->head.entries, sizeof digest) == 0;
    return 0;
}

static int save_head(struct ctx *c, const struct query_terms *t, const struct own_set *s)
{
    const char *path = query_file(c, t->agreement, "own.set");

    return path ? file_write(path, arena_fmt(c->arena, "%.*s\n%.*s", STR_ARG(s->stamp), STR_ARG(s->note)),
                             0600, c->err)
                : -1;
}

static int save_entries(struct ctx *c, const struct query_terms *t, const struct own_set *s)
{
    const char *path = query_file(c, t->agreement, "own.entries");
    struct buf b;
    int rc = -1;

    buf_init(&b, OWN_MOST);
    for (int i = 56; i >= 0; i -= 8)
        buf_char(&b, (char)(uint8_t)(s->dummy >> i));
    buf_put(&b, s->value, s->values * sizeof *s->value);
    if (path && !b.over)
        rc = file_write(path, buf_view(&b), 0600, c->err);
    buf_free(&b);
    return rc;
}

/* ---- making ---- */

/* The values that the old set does not know yet, scheme by scheme, since each has a key of its own. */
static int evaluate(struct ctx *c, const struct query_keys *k, const struct query_value *v,
                    struct own_value *to, const size_t *fresh, size_t n)
{
    struct str *input = arena_alloc(c->arena, (n + 1) * sizeof *input);
    size_t *at = arena_alloc(c->arena, (n + 1) * sizeof *at);
    uint8_t *output = xmalloc((n + 1) * OPRF_OUTPUT);
    bool ok = true;

    for (int scheme = 0; ok && scheme < QUERY_SCHEMES; scheme++) {
        size_t m = 0;
        for (size_t i = 0; i < n; i++)
            if (v[fresh[i]].scheme == scheme) {
                input[m] = v[fresh[i]].token;
                at[m++] = fresh[i];
            }
        ok = m == 0 || oprf_output(&k->key[scheme], input, m, output);
        for (size_t i = 0; ok && i < m; i++)
            memcpy(to[at[i]].entry, output + i * OPRF_OUTPUT, QUERY_ENTRY);
    }
    wipe(output, (n + 1) * OPRF_OUTPUT);
    free(output);
    return ok ? 0 : err_set(c->err, ERR_DATA, N_("a value cannot be evaluated"));
}

/* Fills s->value from the node's values; *added and *removed: against the old ones. */
static int fill(struct ctx *c, const struct query_terms *t, const struct query_keys *k,
                const struct own_set *old, struct own_set *s)
{
    struct query_value *v;
    size_t n, fresh_n = 0, *fresh;

    if (query_values(c, t, true, &v, &n) < 0)
        return -1;
    if (n > SET_MOST / 2)
        return err_set(c->err, ERR_LIMIT, N_("a prepared set has at most %ld values"),
                       (long)(SET_MOST / 2));
    s->value = arena_alloc(c->arena, (n + 1) * sizeof *s->value);
    fresh = arena_alloc(c->arena, (n + 1) * sizeof *fresh);
    for (size_t i = 0; i < n; i++) {
        const struct own_value *known = NULL;
        query_tag(s->value[i].tag, k->mask, v[i].token);
        memcpy(s->value[i].id, v[i].id, 16);
        if (old->have)
            known = bsearch(&s->value[i], old->value, old->values, sizeof *old->value, by_tag);
        if (known)
            memcpy(s->value[i].entry, known->entry, QUERY_ENTRY);
        else
            fresh[fresh_n++] = i;
    }
    if (evaluate(c, k, v, s->value, fresh, fresh_n) < 0)
        return -1;
    qsort(s->value, n, sizeof *s->value, by_tag);
    for (size_t i = 0; i < n; i++) /* two alerts on one plate are one entry */
        if (i == 0 || by_tag(&s->value[s->values - 1], &s->value[i]) != 0)
            s->value[s->values++] = s->value[i];
    return 0;
}

/* How many values of `a` are not in `b`. */
static size_t beyond(const struct own_set *a, const struct own_set *b)
{
    size_t n = 0;

    for (size_t i = 0; i < a->values; i++)
        n += b->values == 0 || bsearch(&a->value[i], b->value, b->values, sizeof *b->value, by_tag) == NULL;
    return n;
}

/* Dummies up to the bucket. As many go and come as hides the number of values that did, when there are enough. */
static void pad(const struct own_set *old, struct own_set *s, size_t added, size_t removed)
{
    size_t changed = added > removed ? added : removed, hidden = query_bucket(changed < 16 ? 16 : changed);
    size_t go = hidden > removed ? hidden - removed : 0;

    s->dummies = query_set_bucket(s->values) - s->values;
    s->dummy = old->have ? old->dummy + (go < old->dummies ? go : old->dummies) : 0;
}

static void sign(struct ctx *c, const struct query_terms *t, const struct query_keys *k, struct own_set *s)
{
    struct set_head *h = &s->head;
    char now[TIME_SIZE];
    struct buf text, note;

    *h = (struct set_head){.from = t->holder,
                           .to = t->asker,
                           .epoch = k->epoch,
                           .normaliser = TOKENS_VERSION,
                           .schemes = t->schemes,
                           .count = (int64_t)(s->values + s->dummies)};
    memcpy(h->agreement, t->agreement, 16);
    for (int i = 0; i < QUERY_SCHEMES; i++)
        memcpy(h->key[i], k->key[i].public, OPRF_SIZE);
    sha256_one(h->entries, entries_of(c, k, s));
    time_format(c->world->now(c->world->arg), now);
    h->time = str_z(now);
    buf_init(&text, NOTE_MAX);
    buf_init(&note, NOTE_MAX);
    set_head_put(&text, h);
    journal_sign(c->journal, buf_view(&text), &note);
    sha256_one(s->digest, buf_view(&text));
    s->note = arena_copy(c->arena, buf_view(&note));
    h->time = str_n(NULL, 0);
    buf_free(&text);
    buf_free(&note);
    s->have = true;
}

/* Brings the set up to date. *s is the current one with its entries, *old what it was before; `same` when the head
 * did not have to change. */
static int renew(struct ctx *c, const struct query_terms *t, const struct query_keys *k,
                 struct own_set *old, struct own_set *s)
{
    size_t added, removed;

    *s = (struct own_set){.stamp = s->stamp};
    if (load_entries(c, t, k, old) < 0 || fill(c, t, k, old, s) < 0)
        return -1;
    added = beyond(s, old);
    removed = beyond(old, s);
    if (old->have && added == 0 && removed == 0) { /* other records, the same values */
        struct str stamp = s->stamp;
        memcpy(old->value, s->value, s->values * sizeof *s->value);
        *s = *old;
        s->stamp = stamp;
    } else {
        pad(old, s, added, removed);
        sign(c, t, k, s);
    }
    return save_entries(c, t, s) < 0 ? -1 : save_head(c, t, s);
}

/* ---- shipping ---- */

/* The entries of `a` that are not in `b`, both sorted. */
static struct str without(struct ctx *c, struct str a, struct str b)
{
    uint8_t *to = arena_alloc(c->arena, a.n + 1);
    size_t n = 0;

    for (size_t i = 0, j = 0; i < a.n; i += QUERY_ENTRY) {
        while (j < b.n && memcmp(b.p + j, a.p + i, QUERY_ENTRY) < 0)
            j += QUERY_ENTRY;
        if (j < b.n && memcmp(b.p + j, a.p + i, QUERY_ENTRY) == 0)
            continue;
        memcpy(to + n, a.p + i, QUERY_ENTRY);
        n += QUERY_ENTRY;
    }
    return str_n(to, n);
}

int query_set_make(struct ctx *c, const struct query_terms *t, const struct query_keys *k,
                   const uint8_t held[HASH_SIZE], struct set_part *out, uint8_t digest[HASH_SIZE])
{
    uint8_t stamp[HASH_SIZE];
    struct own_set old, s = {.have = false};

    *out = (struct set_part){.form = SET_SAME};
    if (load_head(c, t, k, &old) < 0 || query_values_stamp(c, t, stamp) < 0)
        return -1;
    s.stamp = hex_encode(c->arena, str_n(stamp, sizeof stamp));
    if (old.have && str_eq(old.stamp, s.stamp)) {
        s = old;
        if (memcmp(held, s.digest, HASH_SIZE) == 0) {
            memcpy(digest, s.digest, HASH_SIZE);
            return 0;
        }
        if (load_entries(c, t, k, &s) < 0)
            return -1;
    }
    if (!s.have && renew(c, t, k, &old, &s) < 0)
        return -1;
    memcpy(digest, s.digest, HASH_SIZE);
    if (memcmp(held, s.digest, HASH_SIZE) == 0)
        return 0;
    out->note = s.note;
    out->added = entries_of(c, k, &s);
    out->form = SET_WHOLE;
    if (old.have && old.value && memcmp(held, old.digest, HASH_SIZE) == 0) {
        struct str before = entries_of(c, k, &old), after = out->added;
        out->form = SET_CHANGE;
        out->removed = without(c, before, after);
        out->added = without(c, after, before);
    }
    return 0;
}

int query_set_find(struct ctx *c, const struct query_terms *t, const struct query_keys *k,
                   const uint8_t entry[QUERY_ENTRY], uint8_t id[16])
{
    struct own_set s;

    if (load_head(c, t, k, &s) < 0 || load_entries(c, t, k, &s) < 0)
        return -1;
    for (size_t i = 0; s.have && i < s.values; i++)
        if (memcmp(s.value[i].entry, entry, QUERY_ENTRY) == 0) {
            memcpy(id, s.value[i].id, 16);
            return 1;
        }
    return 0;
}

int query_set_taker(struct ctx *c, const uint8_t agreement[16], struct str *taker)
{
    struct own_set s;
    int rc = read_head(c, agreement, &s);

    if (rc == 1)
        *taker = s.head.to;
    return rc;
}

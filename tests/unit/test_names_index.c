/*
 * The index of names against comparing all: the same names, the same bits, the same order, whatever was put, replaced
 * and removed before, also after the file. And what internal.h promises the index.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "names/index_parts.h"

enum { MADE = 2600, REAL = 1500, IDS_MOST = 6000 };

static char path[] = "/tmp/names-index-XXXXXX";
static struct arena *arena;
static const struct name *pool[MADE + REAL];
static size_t pool_n;
static uint32_t state = 4;

static uint32_t chance(uint32_t n)
{
    state = state * 1664525u + 1013904223u;
    return (uint32_t)(((uint64_t)state * n) >> 32);
}

/* ---- names ---- */

static const char *const given[] = {
    "José",  "Juan",     "María",      "Pepe",  "Mohamed", "Muhammad",      "Abdul",
    "J.",    "Ana",      "Владимир",   "Yusuf", "Joseph",  "Guadalupe",     "Wei",
    "Maria", "Fernanda", "Hernandito", "Xiu",   "Dr.",     "Abd al-Rahman", "Luz"};
static const char *const family[] = {
    "García",   "Garcia",  "Hernández", "de la Cruz", "Delacruz", "López", "Gonzalez",
    "Al Qaeda", "Alqaida", "Zambada",   "Ivanov",     "Путин",    "Kim",   "O'Neill",
    "Guzmán",   "Loera",   "bin Laden", "binladin",   "Xi",       "Li",    "Núñez y Peña"};
static const char *const business[] = {
    "Aero",    "Caribbean",     "Trading",  "Banco",    "Nacional", "Cuba",    "Transportes",
    "Del Sur", "Maritime",      "Shipping", "12",       "Group",    "III",     "Import",
    "Export",  "AeroCaribbean", "X",        "Oriental", "Petro",    "Quimicos"};
static const char *const forms[] = {"S.A. de C.V.", "LLC", "Ltd", "GmbH", ""};

static struct str made(enum name_of *of)
{
    char text[400];
    int n = 0;

    *of = (enum name_of)chance(4);
    if (chance(2) && *of < NAME_COMPANY) {
        for (uint32_t i = 0, k = 1 + chance(2); i < k; i++)
            n += snprintf(text + n, sizeof text - (size_t)n, "%s ", given[chance(COUNT(given))]);
        for (uint32_t i = 0, k = 1 + chance(2); i < k; i++)
            n += snprintf(text + n, sizeof text - (size_t)n, "%s ", family[chance(COUNT(family))]);
    } else {
        for (uint32_t i = 0, k = 1 + chance(3); i < k; i++)
            n += snprintf(text + n, sizeof text - (size_t)n, "%s ", business[chance(COUNT(business))]);
        n += snprintf(text + n, sizeof text - (size_t)n, "%s", forms[chance(COUNT(forms))]);
    }
    return arena_fmt(arena, "%s", text);
}

/* A letter dropped, doubled, changed or swapped, a blank put in or taken out, words left out: or nothing. */
static struct str changed(struct str s)
{
    char text[500];
    size_t n = s.n < 400 ? s.n : 400;

    memcpy(text, s.p, n);
    for (uint32_t times = chance(4); times > 0 && n > 2; times--) {
        size_t at = chance((uint32_t)n - 1);

        switch (chance(6)) {
        case 0:
            memmove(text + at, text + at + 1, n-- - at - 1);
            break;
        case 1:
            memmove(text + at + 1, text + at, n++ - at);
            break;
        case 2:
            text[at] = (char)('a' + chance(26));
            break;
        case 3: {
            char c = text[at];
            text[at] = text[at + 1];
            text[at + 1] = c;
            break;
        }
        case 4:
            memmove(text + at + 1, text + at, n++ - at);
            text[at] = ' ';
            break;
        case 5:
            for (size_t i = 0; i < n; i++)
                if (text[i] == ' ') {
                    memmove(text + i, text + i + 1, n-- - i - 1);
                    break;
                }
            break;
        }
    }
    return arena_copy(arena, str_n(text, n));
}

/* Names of the real list of the shared collection, where it is there. */
static void read_real(void)
{
    const char *shared = getenv("PUENTE_SHARED");
    char list[1024], line[2000];
    FILE *f;
    int at = 0;

    snprintf(list, sizeof list, "%s/data/watchlists/ofac_2021-07-07_sdn.csv",
             shared ? shared : "../shared");
    f = fopen(list, "r");
    if (!f) {
        printf("[ SKIPPED ] the real names: no %s\n", list);
        return;
    }
    while (pool_n < COUNT(pool) && fgets(line, sizeof line, f)) {
        char *from = strchr(line, '"'), *to = from ? strchr(from + 1, '"') : NULL;

        if (to && at++ % 6 == 0)
            pool[pool_n++] = name_read(arena, arena_copy(arena, str_n(from + 1, (size_t)(to - from - 1))),
                                       (enum name_of)chance(4));
    }
    fclose(f);
}

static int setup(void **unused)
{
    int fd = mkstemp(path);

    (void)unused;
    if (fd < 0)
        return -1;
    close(fd);
    arena = arena_new();
    while (pool_n < MADE) {
        enum name_of of;
        struct str s = made(&of);

        pool[pool_n++] = name_read(arena, changed(s), of);
    }
    read_real();
    return 0;
}

static int teardown(void **unused)
{
    (void)unused;
    unlink(path);
    arena_free(arena);
    return 0;
}

/* ---- what internal.h promises ---- */

/* As the index looks: a key of bones counts only for words that are near enough. */
static bool share_key(const struct token *a, const struct token *b)
{
    uint64_t of_a[TOKEN_KEYS_MAX], of_b[TOKEN_KEYS_MAX];
    size_t a_near, b_near, n = token_keys(a, of_a, &a_near), m = token_keys(b, of_b, &b_near);
    struct near x = near_of(a), y = near_of(b);

    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < m; k++)
            if (of_a[i] == of_b[k] && (i < a_near || near_enough(&x, &y)))
                return true;
    return false;
}

static void words_that_agree_share_a_key(void **unused)
{
    static const struct token *word[2000];
    size_t n = 0, agreed = 0;

    (void)unused;
    for (size_t i = 0; i < pool_n; i++)
        for (size_t k = 0; k < pool[i]->n && n < COUNT(word); k++)
            if (pool[i]->token[k].class != TOKEN_INITIAL && chance(5) == 0)
                word[n++] = &pool[i]->token[k];
    for (size_t i = 0; i < n; i++)
        for (size_t k = i; k < n; k++) {
            if (token_gain(word[i], word[k], NULL) <= 0)
                continue;
            agreed++;
            if (!share_key(word[i], word[k]))
                fail_msg("%s and %s agree and share no key", word[i]->text, word[k]->text);
        }
    assert_true(agreed > n);
}

/* ---- against comparing all ---- */

struct model {
    enum names_side side;
    const struct name *stored[IDS_MOST]; /* by id; NULL: not there */
    size_t n;
};

static int in_order(const void *a, const void *b)
{
    const struct names_found *x = a, *y = b;
    return x->bits != y->bits ? (x->bits > y->bits ? -1 : 1) : x->id < y->id ? -1 : x->id > y->id;
}

static size_t compare_all(const struct model *m, const struct name *q, int least, struct names_found *out)
{
    size_t n = 0;

    for (uint32_t id = 0; id < IDS_MOST; id++) {
        const struct name *s = m->stored[id];
        int bits;

        if (!s || (q->of != NAME_ANY && s->of != NAME_ANY && q->of != s->of))
            continue;
        bits = m->side == NAMES_LISTED ? names_compare(q, s, NULL) : names_compare(s, q, NULL);
        if (bits >= least)
            out[n++] = (struct names_found){id, bits};
    }
    qsort(out, n, sizeof *out, in_order);
    return n;
}

static size_t check(const struct model *m, const struct names_index *ix, size_t queries)
{
    static struct names_found all[IDS_MOST], got[IDS_MOST];
    static const int leasts[] = {NAMES_MATCH, NAMES_MATCH, NAMES_MATCH / 2, NAMES_MATCH * 2};
    size_t seen = 0;

    assert_int_equal(names_index_count(ix), m->n);
    for (size_t i = 0; i < queries; i++) {
        const struct name *from = pool[chance((uint32_t)pool_n)];
        const struct name *q = name_read(arena, changed(from->written), (enum name_of)chance(4));
        struct names_search how = {leasts[chance(COUNT(leasts))], chance(3) ? 1 + chance(40) : IDS_MOST};
        uint64_t beyond;
        size_t n = compare_all(m, q, how.least, all), k = names_index_search(ix, q, how, got, &beyond);

        seen += n;
        if (k != (n < how.most ? n : how.most) || beyond != n - k ||
            memcmp(all, got, k * sizeof *got) != 0) {
            for (size_t j = 0; j < n; j++)
                if (j >= k || all[j].id != got[j].id || all[j].bits != got[j].bits)
                    fail_msg("'%.*s' of %d from %d bits on: '%.*s' has %d", STR_ARG(q->written), (int)q->of,
                             how.least, STR_ARG(m->stored[all[j].id]->written), all[j].bits);
            fail_msg("'%.*s': %zu instead of %zu names", STR_ARG(q->written), k, n);
        }
    }
    return seen;
}

static void change(struct model *m, struct names_index *ix, size_t times)
{
    struct err e = {0};

    for (size_t i = 0; i < times; i++) {
        uint32_t id = chance(IDS_MOST);

        if (chance(4) == 0) {
            assert_int_equal(names_index_remove(ix, id), m->stored[id] != NULL);
            m->n -= m->stored[id] != NULL;
            m->stored[id] = NULL;
            continue;
        }
        m->n += m->stored[id] == NULL;
        m->stored[id] = pool[chance((uint32_t)pool_n)];
        assert_int_equal(names_index_put(ix, id, m->stored[id], &e), 0);
    }
}

/* ---- the file ---- */

static void save(const struct names_index *ix, uint64_t mark)
{
    struct err e = {0};

    assert_int_equal(names_index_save(ix, path, mark, &e), 0);
}

static struct names_index *through_file(struct names_index *ix)
{
    struct names_index *opened;
    struct err e = {0};
    uint64_t mark = 0;

    save(ix, 0x1234567890abcdef);
    opened = names_index_open(path, &mark, &e);
    assert_non_null(opened);
    assert_true(mark == 0x1234567890abcdef);
    names_index_free(ix);
    return opened;
}

static void refused(struct str bytes, enum err_code code)
{
    struct err e = {0};
    uint64_t mark;

    assert_int_equal(file_write(path, bytes, 0600, &e), 0);
    assert_null(names_index_open(path, &mark, &e));
    assert_int_equal(e.code, code);
}

static void a_damaged_file_is_none(void **unused)
{
    struct names_index *ix = names_index_new(NAMES_LISTED);
    struct err e = {0};
    struct str file;
    uint64_t mark;
    char *bytes;

    (void)unused;
    for (uint32_t id = 0; id < 40; id++)
        assert_int_equal(names_index_put(ix, id, pool[id], &e), 0);
    save(ix, 7);
    assert_int_equal(file_read(arena, path, 1 << 24, &file, &e), 0);
    bytes = arena_alloc(arena, file.n + 64);
    for (size_t i = 0; i < file.n; i += i < 500 ? 13 : file.n / 60) {
        memcpy(bytes, file.p, file.n);
        bytes[i] = (char)(bytes[i] ^ 1 << chance(8));
        refused(str_n(bytes, file.n), ERR_CONFLICT);
    }
    memcpy(bytes, file.p, file.n);
    memset(bytes + file.n, 0, 64);
    refused(str_n(bytes, file.n + 64), ERR_CONFLICT);
    refused(str_n(bytes, file.n - 64), ERR_CONFLICT);
    refused(str_n(bytes, 17), ERR_CONFLICT);
    refused(str_n(bytes, 0), ERR_CONFLICT);
    unlink(path);
    assert_null(names_index_open(path, &mark, &e));
    assert_int_equal(e.code, ERR_NOT_FOUND);
    assert_int_equal(names_index_save(ix, "/nowhere/at/all", 7, &e), -1);
    names_index_free(ix);
}

static void nothing_is_missed(enum names_side side)
{
    static struct model m;
    struct names_index *ix = names_index_new(side);
    size_t seen = 0;

    m = (struct model){.side = side};
    seen += check(&m, ix, 5);
    assert_int_equal(seen, 0);
    for (size_t round = 0; round < 4; round++) {
        change(&m, ix, round == 0 ? 700 : 2500);
        seen += check(&m, ix, 80);
        change(&m, ix, 20);
        seen += check(&m, ix, 20);
        if (round % 2)
            ix = through_file(ix);
        seen += check(&m, ix, 20);
    }
    assert_true(seen > 200);
    names_index_free(ix);
}

/* ---- many at once ---- */

struct asker {
    const struct names_index *ix;
    size_t from;
    struct names_found found[64];
};

static void *asks(void *arg)
{
    struct asker *a = arg;

    for (size_t i = 0; i < COUNT(a->found); i++) {
        struct names_search how = {NAMES_MATCH, 1};

        if (names_index_search(a->ix, pool[(a->from + i * 7) % pool_n], how, &a->found[i], NULL) == 0)
            a->found[i] = (struct names_found){0};
    }
    return NULL;
}

static void several_search_at_once(void **unused)
{
    static struct asker asker[8];
    struct names_index *ix = names_index_new(NAMES_LISTED);
    struct err e = {0};
    pthread_t thread[8];

    (void)unused;
    for (uint32_t id = 0; id < 2000; id++)
        assert_int_equal(names_index_put(ix, id, pool[id], &e), 0);
    for (size_t i = 0; i < COUNT(asker); i++) {
        asker[i] = (struct asker){.ix = ix, .from = i % 2};
        assert_int_equal(pthread_create(&thread[i], NULL, asks, &asker[i]), 0);
    }
    for (size_t i = 0; i < COUNT(asker); i++)
        assert_int_equal(pthread_join(thread[i], NULL), 0);
    for (size_t i = 2; i < COUNT(asker); i++)
        assert_memory_equal(asker[i].found, asker[i % 2].found, sizeof asker[i].found);
    names_index_free(ix);
}

static void listed_names_are_all_found(void **unused)
{
    (void)unused;
    nothing_is_missed(NAMES_LISTED);
}

static void asked_names_are_all_found(void **unused)
{
    (void)unused;
    nothing_is_missed(NAMES_ASKED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_that_agree_share_a_key), cmocka_unit_test(listed_names_are_all_found),
        cmocka_unit_test(asked_names_are_all_found),    cmocka_unit_test(a_damaged_file_is_none),
        cmocka_unit_test(several_search_at_once),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}

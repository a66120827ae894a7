/* journal_help.h: what the journal's tests share: folders that come and go, a node in one, records to put in. */
#ifndef TESTS_JOURNAL_HELP_H
#define TESTS_JOURNAL_HELP_H

#include "journal/internal.h"

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static inline int help_remove(const char *path, const struct stat *st, int flag, struct FTW *f)
{
    (void)st;
    (void)flag;
    (void)f;
    return remove(path);
}

static inline void help_clear(const char *dir)
{
    nftw(dir, help_remove, 16, FTW_DEPTH | FTW_PHYS);
}

/* An empty folder of this test's own; the caller frees the name with help_clear. */
static inline void help_dir(char out[64])
{
    const char *base = getenv("TMPDIR");
    int n = snprintf(out, 64, "%s/puente-test-XXXXXX", base && strlen(base) < 40 ? base : "/tmp");
    assert_true(n > 0 && n < 64);
    assert_non_null(mkdtemp(out));
}

#define assert_ok(call, err)                                                                               \
    do {                                                                                                   \
        if ((call) < 0) {                                                                                  \
            fprintf(stderr, "%s: %s\n", #call, (err).text);                                                \
            fail();                                                                                        \
        }                                                                                                  \
    } while (0)

static inline struct journal_options help_options(const char *dir, bool write)
{
    return (struct journal_options){.dir = dir, .world = world_real(), .write = write};
}

static inline void help_create(const char *dir)
{
    const struct journal_options o = help_options(dir, true);
    const struct journal_identity who = {"us.cbp", "US", false, 0};
    struct err e = {0};

    assert_ok(journal_create(&o, &who, &e), e);
}

static inline struct journal *help_open(const char *dir, bool write)
{
    const struct journal_options o = help_options(dir, write);
    struct err e = {0};
    struct journal *j = journal_open(&o, &e);

    if (j == NULL)
        fprintf(stderr, "journal_open: %s\n", e.text);
    assert_non_null(j);
    return j;
}

/* Opening must fail so. */
static inline void help_refused(const char *dir, bool write, enum err_code code)
{
    const struct journal_options o = help_options(dir, write);
    struct err e = {0};

    assert_null(journal_open(&o, &e));
    assert_int_equal(e.code, code);
}

/* A small record whose text is `name`. */
static inline struct record *help_record(struct arena *a, const char *name)
{
    struct record *r = record_new(a, schema_kind(S("alert_name")));

    r->head.author = S("us.cbp");
    r->head.handling = S("H1");
    record_text(r, schema_field(r->kind, S("list")), S("us.cbp"));
    record_text(r, schema_field(r->kind, S("number")), S("1"));
    record_text(r, schema_field(r->kind, S("name")), arena_copy(a, str_z(name)));
    return r;
}

static inline uint64_t help_append(struct journal *j, const char *name, uint8_t id[16])
{
    struct arena *a = arena_new();
    struct record *r = help_record(a, name);
    struct err e = {0};
    uint64_t seq = UINT64_MAX;

    assert_ok(journal_append(j, &r, 1, &seq, &e), e);
    if (id)
        memcpy(id, r->head.id, 16);
    arena_free(a);
    return seq;
}

static inline struct verify_report help_verify(struct journal *j)
{
    struct verify_report v;
    struct err e = {0};

    assert_ok(journal_verify(j, NULL, &v, &e), e);
    return v;
}

static inline void help_good(struct journal *j, uint64_t entries)
{
    struct verify_report v = help_verify(j);

    if (!v.good)
        fprintf(stderr, "verify: %s\n", v.what);
    assert_true(v.good);
    assert_int_equal(v.entries, entries);
}

/* A node for each test. */
static inline int node(void **state)
{
    char *dir = malloc(64);

    help_dir(dir);
    help_create(dir);
    *state = dir;
    return 0;
}

static inline int no_node(void **state)
{
    help_clear(*state);
    free(*state);
    return 0;
}

static inline const char *in(const char *dir, const char *name)
{
    static char path[4][128];
    static int i;

    i = (i + 1) % 4;
    snprintf(path[i], sizeof path[i], "%s/%s", dir, name);
    return path[i];
}

#endif

/*
 * listed ENGINE LISTED.tsv ASKED.tsv: names looked for among listed ones, one core, in memory. ENGINE is `puente` (our index, the
 * asked name's kind not told, as in `names screen`) or `fts5` (SQLite's FTS5 with its trigram tokenizer: any of the name's trigrams, by
 * bm25; its own match is for substrings and finds no other spelling). bench/listed.mjs makes what is read:
 *   LISTED: entity, kind (person, company, vessel), name      ASKED: number of a listed line that is not to be found, or -1, and name
 * and reads what is written: for each pass a line with its name, then for each asked name microseconds and "entity:score" of the best
 * ten, best first. Passes: cold are the first 200 or so after opening, warm is all; wide (ours) goes down to half the threshold.
 */
#include <ctype.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "names/names.h"

enum { FILE_MOST = 64 << 20, BEST = 10, QUERY_MOST = 16 << 10 };

struct listed {
    int64_t entity;
    struct str kind, name;
};
struct asked {
    int64_t self;
    struct str name;
};
struct lists {
    struct arena *arena;
    struct listed *listed;
    struct asked *asked;
    size_t n_listed, n_asked;
};
struct found {
    uint32_t row;
    double score;
};
struct pass {
    const char *name;
    size_t each; /* of how many asked names one is asked */
    int least;   /* ours: bits */
};

static _Noreturn void die(const char *why)
{
    fprintf(stderr, "listed: %s\n", why);
    exit(2);
}

static double now(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (double)ts.tv_sec * 1e6 + (double)ts.tv_nsec / 1e3;
}

/* The next line's fields; false at the end. */
static bool line_next(struct str *rest, struct str *field, size_t n)
{
    struct str line;

    if (!str_split(rest, '\n', &line) || line.n == 0)
        return false;
    for (size_t i = 0; i < n; i++)
        if (!str_split(&line, '\t', &field[i]))
            die("a line has too few fields");
    return true;
}

static struct str file(struct arena *a, const char *path, size_t *lines)
{
    struct err e = {0};
    struct str all;

    if (file_read(a, path, FILE_MOST, &all, &e) < 0)
        die(e.text);
    *lines = 0;
    for (size_t i = 0; i < all.n; i++)
        *lines += all.p[i] == '\n';
    return all;
}

static void lists_read(struct lists *l, const char *listed, const char *asked)
{
    struct str rest, f[3];

    l->arena = arena_new();
    rest = file(l->arena, listed, &l->n_listed);
    l->listed = arena_alloc(l->arena, l->n_listed * sizeof *l->listed);
    for (size_t i = 0; i < l->n_listed && line_next(&rest, f, 3); i++) {
        l->listed[i] = (struct listed){.kind = f[1], .name = f[2]};
        if (!str_int(f[0], &l->listed[i].entity))
            die("an entity is no number");
    }
    rest = file(l->arena, asked, &l->n_asked);
    l->asked = arena_alloc(l->arena, l->n_asked * sizeof *l->asked);
    for (size_t i = 0; i < l->n_asked && line_next(&rest, f, 2); i++) {
        l->asked[i].name = f[1];
        if (!str_int(f[0], &l->asked[i].self))
            die("a line number is no number");
    }
}

/* The time of asked name i, and the best ten but for the line that is not to be found. */
static void told(const struct lists *l, size_t i, double us, const struct found *found, size_t n)
{
    size_t said = 0;

    printf("%.2f\t", us);
    for (size_t k = 0; k < n && said < BEST; k++) {
        if ((int64_t)found[k].row == l->asked[i].self)
            continue;
        printf("%s%lld:%.4f", said ? "," : "", (long long)l->listed[found[k].row].entity, found[k].score);
        said++;
    }
    putchar('\n');
}

static size_t cold_each(const struct lists *l)
{
    return l->n_asked > 200 ? l->n_asked / 200 : 1;
}

/* ---- ours ---- */

static enum name_of kind_of(struct str kind)
{
    if (str_eq(kind, S("person")))
        return NAME_PERSON;
    return str_eq(kind, S("vessel")) ? NAME_VESSEL : NAME_COMPANY;
}

static void ours_pass(const struct lists *l, const struct names_index *ix, struct pass pass)
{
    struct arena *a = arena_new();

    puts(pass.name);
    for (size_t i = 0; i < l->n_asked; i += pass.each) {
        struct names_found hit[BEST + 1];
        struct found found[BEST + 1];
        size_t n;
        double from = now();

        n = names_index_search(ix, name_read(a, l->asked[i].name, NAME_ANY),
                               (struct names_search){pass.least, COUNT(hit)}, hit, NULL);
        from = now() - from;
        for (size_t k = 0; k < n; k++)
            found[k] = (struct found){hit[k].id, (double)hit[k].bits / NAMES_BIT};
        told(l, i, from, found, n);
        arena_reset(a);
    }
    arena_free(a);
}

static void ours(const struct lists *l)
{
    struct names_index *ix = names_index_new(NAMES_LISTED);
    struct err e = {0};

    for (size_t i = 0; i < l->n_listed; i++)
        if (names_index_put(ix, (uint32_t)i,
                            name_read(l->arena, l->listed[i].name, kind_of(l->listed[i].kind)), &e) < 0)
            die(e.text);
    ours_pass(l, ix, (struct pass){"cold", cold_each(l), NAMES_MATCH});
    ours_pass(l, ix, (struct pass){"warm", 1, NAMES_MATCH});
    ours_pass(l, ix, (struct pass){"wide", 1, NAMES_MATCH / 2});
    names_index_free(ix);
}

/* ---- SQLite FTS5 ---- */

static sqlite3_stmt *prepared(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *s;

    if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) != SQLITE_OK)
        die(sqlite3_errmsg(db));
    return s;
}

/* "abc" OR "bcd": three letters each, cut between whole UTF-8 characters. */
static struct str trigrams(struct buf *b, struct str name)
{
    size_t at[4] = {0};

    buf_reset(b);
    while (at[0] < name.n) {
        for (int k = 1; k < 4; k++)
            for (at[k] = at[k - 1] + (at[k - 1] < name.n);
                 at[k] < name.n && ((unsigned char)name.p[at[k]] & 0xc0) == 0x80; at[k]++)
                ;
        if (at[2] >= name.n)
            break;
        buf_z(b, b->n ? " OR \"" : "\"");
        for (size_t i = at[0]; i < at[3]; i++) {
            if (name.p[i] == '"')
                buf_char(b, '"');
            buf_char(b, name.p[i]);
        }
        buf_char(b, '"');
        at[0] = at[1];
    }
    return buf_view(b);
}

static void fts5_pass(const struct lists *l, sqlite3_stmt *query, struct pass pass)
{
    struct buf b;

    puts(pass.name);
    buf_init(&b, QUERY_MOST);
    for (size_t i = 0; i < l->n_asked; i += pass.each) {
        struct found found[BEST + 1];
        size_t n = 0;
        double from = now();
        struct str text = trigrams(&b, l->asked[i].name);

        sqlite3_bind_text(query, 1, text.p, (int)text.n, SQLITE_STATIC);
        while (text.n && n < COUNT(found) && sqlite3_step(query) == SQLITE_ROW) {
            found[n].row = (uint32_t)sqlite3_column_int64(query, 0);
            found[n++].score = -sqlite3_column_double(query, 1);
        }
        sqlite3_reset(query);
        told(l, i, now() - from, found, n);
    }
    buf_free(&b);
}

static void fts5(const struct lists *l)
{
    sqlite3 *db;
    sqlite3_stmt *put, *query;

    if (sqlite3_open(":memory:", &db) != SQLITE_OK)
        die(sqlite3_errmsg(db));
    sqlite3_exec(db, "CREATE VIRTUAL TABLE listed USING fts5(name, tokenize = 'trigram'); BEGIN", NULL,
                 NULL, NULL);
    put = prepared(db, "INSERT INTO listed(rowid, name) VALUES(?, ?)");
    for (size_t i = 0; i < l->n_listed; i++) {
        sqlite3_bind_int64(put, 1, (sqlite3_int64)i);
        sqlite3_bind_text(put, 2, l->listed[i].name.p, (int)l->listed[i].name.n, SQLITE_STATIC);
        if (sqlite3_step(put) != SQLITE_DONE)
            die(sqlite3_errmsg(db));
        sqlite3_reset(put);
    }
    sqlite3_finalize(put);
    sqlite3_exec(db, "INSERT INTO listed(listed) VALUES('optimize'); COMMIT", NULL, NULL, NULL);
    query = prepared(db, "SELECT rowid, rank FROM listed WHERE listed MATCH ? ORDER BY rank LIMIT 11");
    fts5_pass(l, query, (struct pass){"cold", cold_each(l), 0});
    fts5_pass(l, query, (struct pass){"warm", 1, 0});
    sqlite3_finalize(query);
    sqlite3_close(db);
}

int main(int argc, char **argv)
{
    struct lists l = {0};

    if (argc != 4)
        die("listed puente|fts5 LISTED.tsv ASKED.tsv");
    lists_read(&l, argv[2], argv[3]);
    if (strcmp(argv[1], "puente") == 0)
        ours(&l);
    else if (strcmp(argv[1], "fts5") == 0)
        fts5(&l);
    else
        die("no such engine");
    arena_free(l.arena);
    return 0;
}

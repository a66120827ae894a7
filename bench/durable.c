/*
 * durable DIR RECORDS: how many records a second become durable, and at how many fsyncs, against raw SQLite
 * inserts of the same bytes with the same hashes and nothing else. Both write 2,000 records a commit, in the same
 * process, in turn: ours, raw, ours, raw, ... five times. One JSON line.
 *
 * The fsyncs are counted by standing in front of libc's: SQLite calls ours.
 */
#include "journal/journal.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { COMMIT_EVERY = 2000, ROUNDS = 5 };

static uint64_t syncs;

int fsync(int fd)
{
    syncs++;
    return (int)syscall(SYS_fsync, fd);
}

int fdatasync(int fd)
{
    syncs++;
    return (int)syscall(SYS_fdatasync, fd);
}

static double now(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static _Noreturn void die(const char *what)
{
    fprintf(stderr, "durable: %s\n", what);
    exit(2);
}

/* A consignment as a manifest carries it: fourteen fields. */
static struct record *consignment(struct arena *a, uint64_t i)
{
    static const char *const values[][2] = {
        {"issuer", "BRPO"},    {"lading", "35177"},   {"lading_scheme", "schedule-k"},
        {"receipt", "SANTOS"}, {"discharge", "1803"}, {"discharge_scheme", "schedule-d"},
        {"quantity", "534"},   {"package", "PKG"},    {"gross_weight", "17364"},
        {"volume", "70"},      {"direction", "in"},   {"goods", "TRUCK TIRES"},
    };
    const struct kind *k = schema_kind(S("consignment"));
    struct record *r = record_new(a, k);
    struct faults none = {0};

    for (size_t n = 0; n < COUNT(values); n++)
        schema_set(a, r, schema_field(k, str_z(values[n][0])), str_z(values[n][1]), (struct place){0},
                   &none);
    record_text(r, schema_field(k, S("bill")), arena_fmt(a, "BRPO%09ju", (uintmax_t)i));
    return r;
}

static double ours(struct journal *j, uint64_t n)
{
    struct arena *a = arena_new();
    struct err e = {0};
    double from = now();

    for (uint64_t done = 0; done < n;) {
        struct batch *b = batch_begin(j, &e);
        if (b == NULL)
            die(e.text);
        for (int i = 0; i < COMMIT_EVERY && done < n; i++, done++) {
            arena_reset(a);
            if (batch_put(b, consignment(a, done), &e) < 0)
                die(e.text);
        }
        if (batch_commit(b, &e) < 0)
            die(e.text);
    }
    from = now() - from;
    arena_free(a);
    return from;
}

static sqlite3 *raw_open(const char *path)
{
    sqlite3 *db;
    if (sqlite3_open(path, &db) != SQLITE_OK ||
        sqlite3_exec(
            db,
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
            "CREATE TABLE entry(seq INTEGER PRIMARY KEY, id BLOB UNIQUE, kind INTEGER, header BLOB,"
            " fields BLOB, seed BLOB, commitment BLOB)",
            NULL, NULL, NULL) != SQLITE_OK)
        die(sqlite3_errmsg(db));
    return db;
}

static void raw_insert(sqlite3_stmt *s, const struct record *r, struct buf bytes[2])
{
    uint8_t seed[32], commitment[32];

    world_real()->random(NULL, seed, sizeof seed);
    buf_reset(&bytes[0]);
    buf_reset(&bytes[1]);
    schema_encode_header(&bytes[0], r);
    schema_encode_values(&bytes[1], r);
    schema_commit(commitment, seed, buf_view(&bytes[0]), buf_view(&bytes[1]));
    sqlite3_bind_blob(s, 1, r->head.id, 16, SQLITE_STATIC);
    sqlite3_bind_int(s, 2, r->kind->number);
    sqlite3_bind_blob(s, 3, bytes[0].p, (int)bytes[0].n, SQLITE_STATIC);
    sqlite3_bind_blob(s, 4, bytes[1].p, (int)bytes[1].n, SQLITE_STATIC);
    sqlite3_bind_blob(s, 5, seed, 32, SQLITE_STATIC);
    sqlite3_bind_blob(s, 6, commitment, 32, SQLITE_STATIC);
    if (sqlite3_step(s) != SQLITE_DONE)
        die("raw insert");
    sqlite3_reset(s);
}

static double raw(sqlite3 *db, uint64_t n)
{
    struct arena *a = arena_new();
    struct buf bytes[2];
    sqlite3_stmt *s;
    double from = now();

    buf_init(&bytes[0], BYTES_MAX);
    buf_init(&bytes[1], BYTES_MAX);
    sqlite3_prepare_v2(db, "INSERT INTO entry VALUES(NULL,?1,?2,?3,?4,?5,?6)", -1, &s, NULL);
    for (uint64_t done = 0; done < n;) {
        sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
        for (int i = 0; i < COMMIT_EVERY && done < n; i++, done++) {
            struct record *r;
            arena_reset(a);
            r = consignment(a, done);
            uuid_v7(world_real(), r->head.id);
            r->head.origin = r->head.author = S("us.cbp");
            r->head.recorded = world_real()->now(NULL);
            raw_insert(s, r, bytes);
        }
        if (sqlite3_exec(db, "COMMIT", NULL, NULL, NULL) != SQLITE_OK)
            die(sqlite3_errmsg(db));
    }
    from = now() - from;
    sqlite3_finalize(s);
    buf_free(&bytes[0]);
    buf_free(&bytes[1]);
    arena_free(a);
    return from;
}

int main(int argc, char **argv)
{
    uint64_t n = argc == 3 ? strtoull(argv[2], NULL, 10) : 0, our_syncs = 0;
    struct journal_options o = {.dir = argc == 3 ? argv[1] : NULL, .world = world_real(), .write = true};
    struct journal_identity who = {"us.cbp", "US", true, 0};
    struct err e = {0};
    struct arena *a = arena_new();
    struct journal *j;
    sqlite3 *db;

    if (n == 0)
        return fputs("usage: durable NEW-FOLDER RECORDS\n", stderr), 2;
    if (journal_create(&o, &who, &e) < 0 || (j = journal_open(&o, &e)) == NULL)
        die(e.text);
    db = raw_open(path_join(a, argv[1], "raw.db").p);
    printf("{\"records\":%ju,\"ours\":[", (uintmax_t)n);
    double raws[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
        uint64_t before = syncs;
        printf("%s%.0f", i ? "," : "", (double)n / ours(j, n));
        our_syncs += syncs - before;
        raws[i] = (double)n / raw(db, n);
    }
    printf("],\"raw\":[");
    for (int i = 0; i < ROUNDS; i++)
        printf("%s%.0f", i ? "," : "", raws[i]);
    printf("],\"fsyncs_a_record\":%.6f}\n", (double)our_syncs / (double)(n * ROUNDS));
    journal_close(j);
    sqlite3_close(db);
    arena_free(a);
    return 0;
}

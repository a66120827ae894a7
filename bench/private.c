/*
 * private DIR: what a private question costs before the network. Two nodes in this process, an agreement in force, the
 * holder with 33,000 plates: one question (both sides, both journals with their fsyncs), a batch of 10,000, the set
 * made whole and after 1,000 new alerts. One JSON line with every run, in milliseconds.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "exchange/query.h"

enum { ROUNDS = 5, SINGLES = 40, BATCH = 10000, VALUES = 33000, CHANGED = 1000 };

struct side {
    struct ctx c;
    struct err err;
};
static const struct room *const rooms[] = {&release_room, NULL};
static struct side us, mx;
static const char id[] = "0193b5c0-8f3e-7cc1-9d52-3a4b5c6d7e8f";
static double holder; /* seconds that the last call spent on the other side */

static double now(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static _Noreturn void die(const struct err *e)
{
    fprintf(stderr, "private: %s\n", e->text);
    exit(2);
}

static void open_side(struct side *s, const char *dir, const char *office, const char *country)
{
    struct journal_options o = {.dir = dir, .world = world_real(), .write = true};
    struct journal_identity who = {.office = office, .country = country};

    s->c = (struct ctx){.world = world_real(),
                        .rooms = rooms,
                        .dir = dir,
                        .arena = arena_new(),
                        .err = &s->err,
                        .purpose = S("bench"),
                        .the_case = S("bench")};
    if (journal_create(&o, &who, &s->err) < 0 || node_open(&s->c, true) < 0)
        die(&s->err);
}

static void enter(struct side *s, struct str paper)
{
    struct record *act;
    bool known;

    if (paper_check(&s->c, paper, S("us.cbp"), &act, &known) < 0 || node_append(&s->c, &act, 1, NULL) < 0)
        die(&s->err);
}

static void agree(void)
{
    struct arena *a = us.c.arena;
    struct str text = arena_fmt(
        a,
        "puente agreement v1\nid %s\nversion 1\ntitle en Questions\ntitle es Consultas\nparty us.cbp %s\n"
        "party mx.anam %s\nscope full\nbasis bench\nfrom 2020-01-01\nuntil 2099-12-31\nduty retraction\n\n"
        "clause 1\n  giver mx.anam\n  taker us.cbp\n  asks plate quota 100000000\n  purpose bench\n  en "
        "a\n  es b\n",
        id, journal_key(us.c.journal), journal_key(mx.c.journal));
    struct buf one, two;
    struct note note;

    buf_init(&one, NOTE_MAX);
    buf_init(&two, NOTE_MAX);
    journal_sign(us.c.journal, text, &one);
    note_parse(buf_view(&one), &note);
    journal_countersign(mx.c.journal, &note, &two);
    enter(&us, buf_view(&two));
    enter(&mx, buf_view(&two));
    buf_free(&one);
    buf_free(&two);
}

static struct record *record(struct arena *a, const char *kind, const char *const *pairs)
{
    struct record *r = record_new(a, schema_kind(str_z(kind)));
    struct faults none = {0};

    for (; pairs[0]; pairs += 2)
        schema_set(a, r, schema_field(r->kind, str_z(pairs[0])), str_z(pairs[1]), (struct place){0}, &none);
    r->head.handling = S("H1");
    r->head.author = S("mx.anam");
    return r;
}

static void alerts(int from, int n)
{
    struct record **r = xmalloc(2 * (size_t)n * sizeof *r);
    size_t m = 0;

    for (int i = from; i < from + n; i++) {
        const char *number = arena_fmt(mx.c.arena, "%d", i).p;
        const char *plate = arena_fmt(mx.c.arena, "PL%06d", i).p;
        r[m++] = record(mx.c.arena, "alert",
                        (const char *const[]){"list", "stolen", "number", number, "authority", "FGR",
                                              "subject", "vehicle", "reason", "stolen", NULL});
        r[m++] = record(mx.c.arena, "alert_identifier",
                        (const char *const[]){"list", "stolen", "number", number, "scheme", "plate",
                                              "value", plate, "country", "MX", NULL});
    }
    if (node_append(&mx.c, r, m, NULL) < 0)
        die(&mx.err);
    free(r);
}

static int call(void *arg, struct str request, struct buf *answer, struct err *e)
{
    double from = now();
    int rc = exchange_answer(&mx.c, S("us.cbp"), request, answer);

    (void)arg;
    holder = now() - from;
    if (rc < 0)
        *e = mx.err;
    return rc;
}

/* Seconds on both sides; the last answer's hits in *hits. */
static double ask(size_t n, int first, size_t *hits)
{
    static const struct link link = {.call = call, .arg = NULL};
    struct query_terms t;
    struct asking a;
    struct str *tokens;
    uint8_t agreement[16];
    double from = now(), took;

    tokens = arena_alloc(us.c.arena, n * sizeof *tokens);
    uuid_parse(str_z(id), agreement);
    for (size_t i = 0; i < n; i++)
        token_make(us.c.arena, token_scheme(S("plate")), arena_fmt(us.c.arena, "MX|PL%06d", first + (int)i),
                   &tokens[i]);
    a = (struct asking){.scheme = token_scheme(S("plate")), .tokens = tokens, .n = n};
    if (query_terms_open(&us.c, agreement, S("mx.anam"), S("us.cbp"), &t) < 0 ||
        query_ask(&us.c, &t, &link, &a) < 0)
        die(&us.err);
    took = now() - from;
    *hits = a.hits;
    arena_reset(us.c.arena);
    arena_reset(mx.c.arena);
    return took;
}

static void row(const char *name, const double *runs, size_t n)
{
    printf("\"%s\":[", name);
    for (size_t i = 0; i < n; i++)
        printf("%s%.3f", i ? "," : "", runs[i] * 1e3);
    printf("],");
}

int main(int argc, char **argv)
{
    static double single[SINGLES], asker[SINGLES], other[SINGLES], batch[ROUNDS], update[ROUNDS], whole;
    char dir[2][1024];
    size_t hits;

    if (argc != 2)
        return 2;
    snprintf(dir[0], sizeof dir[0], "%s/us", argv[1]);
    snprintf(dir[1], sizeof dir[1], "%s/mx", argv[1]);
    open_side(&us, dir[0], "us.cbp", "US");
    open_side(&mx, dir[1], "mx.anam", "MX");
    agree();
    alerts(0, VALUES);
    arena_reset(mx.c.arena);
    whole = ask(1, 0, &hits); /* makes the set */
    for (int i = 0; i < SINGLES; i++) {
        single[i] = ask(1, VALUES - SINGLES / 2 + i, &hits);
        other[i] = holder;
        asker[i] = single[i] - holder;
    }
    for (int i = 0; i < ROUNDS; i++)
        batch[i] = ask(BATCH, VALUES - BATCH / 2, &hits);
    for (int i = 0; i < ROUNDS; i++) {
        alerts(VALUES + i * CHANGED, CHANGED);
        ask(1, 0, &hits);
        update[i] = holder;
    }
    printf("{");
    row("single", single, SINGLES);
    row("asker", asker, SINGLES);
    row("holder", other, SINGLES);
    row("batch", batch, ROUNDS);
    row("update", update, ROUNDS);
    printf("\"whole\":%.3f,\"values\":%d,\"batch_of\":%d,\"batch_hits\":%d,\"changed\":%d}\n", whole * 1e3,
           VALUES, BATCH, BATCH / 2, CHANGED);
    node_close(&us.c);
    node_close(&mx.c);
    return 0;
}

/*
 * pair.h: two nodes, us.cbp and mx.anam, for the measures of what goes between them: in folders of their own, with
 * all rooms, the real clock and an agreement in force.
 */
#ifndef PUENTE_BENCH_PAIR_H
#define PUENTE_BENCH_PAIR_H

#include "admin/admin.h"
#include "coordination/coordination.h"
#include "exchange/link_https.h"
#include "intake/intake.h"
#include "records/records.h"
#include "release/release.h"
#include "screening/screening.h"
#include "server/server.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

/* As main.c has them: whatever happens to a record in a node happens here. */
static const struct room *const rooms[] = {
    &admin_room,    &intake_room,    &records_room,      &release_room,
    &exchange_room, &screening_room, &coordination_room, NULL,
};

struct node {
    char dir[256];
    struct arena *arena;
    struct err err;
    struct ctx c;
};

static _Noreturn void die(const char *what, const char *why)
{
    fprintf(stderr, "exchange: %s: %s\n", what, why);
    _Exit(2);
}

static void node_down(struct node *n)
{
    node_close(&n->c);
    arena_free(n->arena);
}

static void node_up(struct node *n, const char *top, const char *name)
{
    *n = (struct node){.arena = arena_new()};
    snprintf(n->dir, sizeof n->dir, "%s/%s", top, name);
    n->c = (struct ctx){
        .world = world_real(), .rooms = rooms, .dir = n->dir, .arena = n->arena, .err = &n->err};
    if (node_open(&n->c, true) < 0)
        die("open", n->err.text);
    n->c.author = str_z(journal_who(n->c.journal)->office);
}

static void node_make(const char *top, const char *name, const struct journal_identity *who)
{
    char dir[256];
    struct journal_options o = {.dir = dir, .world = world_real(), .write = true};
    struct err e = {0};

    snprintf(dir, sizeof dir, "%s/%s", top, name);
    if (journal_create(&o, who, &e) < 0)
        die("create", e.text);
}

/* ---- records ---- */

static void say_fault(void *arg, const struct fault *f)
{
    (void)arg;
    fprintf(stderr, "exchange: %s: %.*s\n", f->def->code, STR_ARG(f->place.tag));
}

/* From pairs "field", "value", ..., NULL, which must last as long as the record. */
static struct record *record_of(struct arena *a, const char *kind, const char *const *pairs)
{
    const struct kind *k = schema_kind(str_z(kind));
    struct record *r = record_new(a, k);
    struct faults faults = {.put = say_fault};

    for (; pairs[0]; pairs += 2)
        if (!schema_set(a, r, schema_field(k, str_z(pairs[0])), str_z(pairs[1]), (struct place){0},
                        &faults))
            die(kind, pairs[0]);
    if (!schema_check(r, (struct place){0}, &faults))
        die(kind, "not a record of its kind");
    return r;
}

static void append(struct node *n, struct record *const *r, size_t count)
{
    if (node_append(&n->c, r, count, NULL) < 0)
        die("append", n->err.text);
}

static int64_t count_of(struct node *n, const char *sql)
{
    struct query *q = views_query(n->c.views, sql, &n->err);
    int64_t found;

    if (q == NULL || query_step(q, &n->err) != 1)
        die(sql, n->err.text);
    found = query_int(q, 0);
    query_done(q);
    return found;
}

/* ---- the agreement ---- */

#define AGREEMENT "0193b5c0-8f3e-7cc1-9d52-3a4b5c6d7e8f"
#define CLAUSE(number, giver, taker, kind, fields)                                                         \
    "\nclause " number "\n  giver " giver "\n  taker " taker "\n  kind " kind "\n  fields " fields "\n"    \
    "  purpose customs-control\n  handling H1\n  keep 365\n  onward no\n  en Cargo.\n  es Carga.\n"
#define BOTH_WAYS(a, b, kind, fields)                                                                      \
    CLAUSE(a, "us.cbp", "mx.anam", kind, fields) CLAUSE(b, "mx.anam", "us.cbp", kind, fields)

static const char clauses[] = CLAUSE(
    "1", "us.cbp", "mx.anam", "consignment",
    "trip bill issuer lading lading_scheme discharge discharge_scheme quantity package"
    " gross_weight direction goods")
    CLAUSE("2", "us.cbp", "mx.anam", "trip",
           "mode direction carrier trip_number conveyance conveyance_scheme port port_scheme arrival")
        BOTH_WAYS("3", "4", "request", "number office peer form subject text purpose urgency due")
            BOTH_WAYS("5", "6", "answer", "request outcome text conditions answered")
                BOTH_WAYS("7", "8", "alert", "list number authority subject reason issued") BOTH_WAYS(
                    "9", "10", "alert_identifier",
                    "list number scheme value country") "\nclause 11\n  giver mx.anam\n  taker us.cbp\n  "
                                                        "asks container plate vin quota 1000000\n"
                                                        "  purpose stolen vehicles\n  en May ask.\n  es "
                                                        "Puede preguntar.\n";

static void file_paper(struct node *n, struct str note, const char *from)
{
    struct record *act;
    bool known;

    if (paper_check(&n->c, note, str_z(from), &act, &known) < 0)
        die("paper", n->err.text);
    if (act)
        append(n, &act, 1);
}

static void agree(struct node *us, struct node *mx)
{
    struct str text = arena_fmt(us->arena,
                                "puente agreement v1\nid " AGREEMENT
                                "\nversion 1\ntitle en Measures\ntitle es Medidas\nparty us.cbp %s\n"
                                "party mx.anam %s\nscope full\nbasis Agreement of 2000, article 4\n"
                                "from 2026-01-01\nuntil 2099-12-31\nduty retraction\n%s",
                                journal_key(us->c.journal), journal_key(mx->c.journal), clauses);
    struct buf one, two;
    struct note note;

    buf_init(&one, NOTE_MAX);
    buf_init(&two, NOTE_MAX);
    journal_sign(us->c.journal, text, &one);
    if (!note_parse(buf_view(&one), &note))
        die("agreement", "no note");
    journal_countersign(mx->c.journal, &note, &two);
    file_paper(us, buf_view(&two), "mx.anam");
    file_paper(mx, buf_view(&two), "us.cbp");
    buf_free(&one);
    buf_free(&two);
}

/* ---- meeting ---- */

static void run_op(struct node *n, const struct op *op, const char *const *words)
{
    struct args *a = args_new(n->arena);
    struct buf b;

    for (; *words; words += 2)
        args_add(a, str_z(words[0]), str_z(words[1]));
    buf_init(&b, (size_t)1 << 20);
    if (args_check(a, op, &n->err) < 0 || op->run(&n->c, a, out_to_json(n->arena, &b, LANG_EN)) != 0)
        die(op->name, n->err.text);
    buf_free(&b);
}

/* `of` hands its card to `to`, who has heard the number. */
static void meet(struct node *of, struct node *to, unsigned port)
{
    const char *file = arena_fmt(of->arena, "%s.card", of->dir).p;
    const char *url = arena_fmt(of->arena, "https://127.0.0.1:%u", port).p;
    char number[SAFETY_SIZE];

    run_op(of, &op_card, (const char *const[]){"out", file, "url", url, NULL});
    card_safety(number, str_z(journal_key(of->c.journal)));
    run_op(to, &op_meet, (const char *const[]){"file", file, "safety-number", number, NULL});
}

/* ---- both ends have the same ---- */

static struct channel_state state_of(struct node *n, bool from_us)
{
    struct channel ch = {.giver = from_us ? S("us.cbp") : S("mx.anam"),
                         .taker = from_us ? S("mx.anam") : S("us.cbp")};
    struct channel_state s;

    if (!uuid_parse(S(AGREEMENT), ch.agreement) || channel_state(&n->c, &ch, &s) < 0)
        die("channel", n->err.text);
    return s;
}

static void same(struct node *us, struct node *mx, uint64_t records)
{
    struct channel_state a = state_of(us, true), b = state_of(mx, true);
    int64_t rows =
        count_of(mx, "SELECT (SELECT count(*) FROM v_consignment) + (SELECT count(*) FROM v_trip)");

    if (a.size != records || b.size != records || memcmp(a.root, b.root, HASH_SIZE) != 0 ||
        a.acknowledged != records || rows != (int64_t)records)
        die("compare", "the nodes differ");
}

static void same_in(const char *top, uint64_t records)
{
    struct node us, mx;

    node_up(&us, top, "us");
    node_up(&mx, top, "mx");
    same(&us, &mx, records);
    node_down(&us);
    node_down(&mx);
}

#endif

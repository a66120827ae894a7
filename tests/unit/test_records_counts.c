/*
 * What `overview` tells is kept as records come: after any additions, corrections and erasures it is what counting
 * anew gives, and what a rebuild gives.
 */
#include "node.h"

#include "admin/admin.h"
#include "records/records.h"

static const struct room *const rooms[] = {&admin_room, &records_room, NULL};

#define LIVE "superseded IS NULL AND erased = 0"

/* Each: rows of the kept table that are not in the count, or the other way round. */
static const struct {
    const char *kept, *counted;
} oracle[] = {
    {"SELECT place, scheme, direction, mode, trips, consignments FROM rec_trip",
     "SELECT coalesce(port, port_name, ''), CASE WHEN port IS NULL THEN '' ELSE ifnull(port_scheme, '') "
     "END,"
     " ifnull(direction, ''), ifnull(mode, ''), count(*), sum((SELECT count(*) FROM v_consignment c"
     "  WHERE c.trip = t.id AND c.superseded IS NULL AND c.erased = 0))"
     " FROM v_trip t WHERE " LIVE " GROUP BY 1, 2, 3, 4"},
    {"SELECT code, severity, n FROM rec_fault",
     "SELECT code, severity, count(*) FROM v_fault WHERE " LIVE " GROUP BY 1, 2"},
    {"SELECT format, verdict, messages, records, faults FROM rec_message",
     "SELECT format, verdict, count(*), sum(ifnull(records, 0)), sum(ifnull(faults, 0)) FROM v_message"
     " WHERE " LIVE " GROUP BY 1, 2"},
    {"SELECT place, scheme, direction, lane, minutes, n, latest FROM rec_wait",
     "SELECT port, ifnull(port_scheme, ''), ifnull(direction, ''), ifnull(lane, ''), minutes, count(*),"
     " max(observed) FROM v_wait WHERE minutes IS NOT NULL AND " LIVE " GROUP BY 1, 2, 3, 4, 5"},
    {"SELECT place, scheme, direction, commodity, unit, n FROM rec_seizure",
     "SELECT ifnull(place, ''), ifnull(place_scheme, ''), ifnull(direction, ''), commodity, ifnull(unit, "
     "''),"
     " count(*) FROM v_seizure WHERE " LIVE " GROUP BY 1, 2, 3, 4, 5"},
    {"SELECT n FROM kind_count WHERE kind = 100",
     "SELECT count(*) FROM v_trip WHERE " LIVE " HAVING count(*) > 0"},
};

static int setup(void **state)
{
    struct test_node *t = malloc(sizeof *t);

    test_node_start(t, rooms);
    *state = t;
    return 0;
}

static int teardown(void **state)
{
    test_node_end(*state);
    free(*state);
    return 0;
}

static const struct op *op(const char *name)
{
    return op_find(rooms, str_z(name));
}

static void agree(struct test_node *t)
{
    for (size_t i = 0; i < sizeof oracle / sizeof oracle[0]; i++) {
        const char *sql =
            arena_fmt(t->arena,
                      "SELECT (SELECT count(*) FROM (SELECT * FROM (%s) EXCEPT SELECT * FROM (%s)))"
                      " + (SELECT count(*) FROM (SELECT * FROM (%s) EXCEPT SELECT * FROM (%s)))",
                      oracle[i].kept, oracle[i].counted, oracle[i].counted, oracle[i].kept)
                .p;
        if (test_count(t, sql) != 0)
            fail_msg("not what is there: %s", oracle[i].kept);
    }
}

static unsigned below(struct test_node *t, unsigned n)
{
    uint32_t x;

    t->fake.world.random(&t->fake.world, &x, sizeof x);
    return x % n;
}

static const char *pick(struct test_node *t, const char *key, const char *const *from, unsigned n)
{
    return arena_fmt(t->arena, "%s=%s", key, from[below(t, n)]).p;
}

/* As intake writes one; says its id as `add` would. */
static void add_message(struct test_node *t)
{
    static const char *const pairs[] = {
        "format",  "cfdi", "verdict", "taken",
        "records", "3",    "digest",  "0000000000000000000000000000000000000000000000000000000000000000",
        NULL};
    struct record *r = test_record(t, "message", pairs);
    char id[UUID_SIZE];

    test_append(t, r);
    uuid_format(r->head.id, id);
    json_decref(t->said);
    t->said = json_pack("{s:s}", "id", id);
}

static const char *add_one(struct test_node *t, const char *trip)
{
    static const char *const ports[] = {"2304", "2506", "24", ""}, *const ways[] = {"north", "south", ""};
    static const char *const minutes[] = {"5", "10", "45", ""}, *const goods[] = {"cash", "firearms"};
    static const char *const times[] = {"2026-11-21T08:30", "2026-11-22T09:00", "2026-11-20"};
    const char *port = pick(t, "+port", ports, 4), *way = pick(t, "+direction", ways, 3);

    switch (below(t, 5)) {
    case 0:
        return RUN(t, op("add"), "kind=trip", "+mode=road", port, way, NULL) == 0 ? "trip" : NULL;
    case 1:
        return RUN(t, op("add"), "kind=consignment", "+bill=B1", arena_fmt(t->arena, "+trip=%s", trip).p,
                   NULL) == 0
                   ? "consignment"
                   : NULL;
    case 2:
        return RUN(t, op("add"), "kind=wait", pick(t, "+port", ports, 3), "+port_scheme=schedule-d",
                   "+mode=road", "+lane=general", "+method=camera", "+source=us.cbp", way,
                   pick(t, "+minutes", minutes, 4), pick(t, "+observed", times, 3), NULL) == 0
                   ? "wait"
                   : NULL;
    case 3:
        return RUN(t, op("add"), "kind=seizure", pick(t, "+place", ports, 4), "+mode=road", way,
                   pick(t, "+commodity", goods, 2), pick(t, "+occurred", times, 3), NULL) == 0
                   ? "seizure"
                   : NULL;
    default:
        add_message(t);
        return "message";
    }
}

#define STEPS 200

static void counts_are_kept(void **state)
{
    struct test_node *t = *state;
    const char *ids[STEPS], *trip = "0199e6a2-7c1e-7b3f-8a5d-1f2e3d4c5b6a";
    unsigned n = 0, corrected = 0, erased = 0;
    char check[96];
    bool same = false;

    for (unsigned i = 0; i < STEPS; i++) {
        unsigned what = below(t, 10);
        if (n < 5 || what < 6) {
            const char *kind = add_one(t, trip);
            if (kind == NULL)
                fail_msg("%s %s", t->err.text, t->said ? json_dumps(t->said, 0) : "");
            ids[n++] = arena_z(t->arena, str_z(test_text(t->said, "id")));
            if (strcmp(kind, "trip") == 0)
                trip = ids[n - 1];
        } else if (what < 8) { /* of one that was corrected or erased already it is refused */
            const char *id = arena_fmt(t->arena, "id=%s", ids[below(t, n)]).p;
            if (RUN(t, op("correct"), id, "+direction=south", NULL) == 0) {
                corrected++;
                ids[n++] = arena_z(t->arena, str_z(test_text(t->said, "id")));
            }
        } else {
            const char *id = arena_fmt(t->arena, "id=%s", ids[below(t, n)]).p;
            erased += RUN(t, op("erase"), id, "reason=court", "basis=x", NULL) == 0;
        }
        err_clear(&t->err);
        agree(t);
    }
    assert_true(corrected > 5 && erased > 5);
    snprintf(check, sizeof check, "%s/check", t->top);
    assert_int_equal(mkdir(check, 0700), 0);
    assert_int_equal(node_rebuild_check(&t->c, check, &same), 0);
    assert_true(same);
}

/* A consignment that came before its trip is counted with it. */
static void a_trip_takes_up_what_waits(void **state)
{
    struct test_node *t = *state;
    struct record *r = record_new(t->arena, schema_kind(S("trip"))), *c;
    uint8_t id[16];
    const json_t *place;

    uuid_v7(&t->fake.world, id);
    c = record_new(t->arena, schema_kind(S("consignment")));
    c->head.author = r->head.author = S("us.cbp");
    record_text(c, schema_field(c->kind, S("bill")), S("B1"));
    record_text(c, schema_field(c->kind, S("trip")), str_n(id, 16));
    assert_int_equal(node_append(&t->c, &c, 1, NULL), 0);
    memcpy(r->head.id, id, 16);
    record_text(r, schema_field(r->kind, S("mode")), S("rail"));
    assert_int_equal(node_append(&t->c, &r, 1, NULL), 0);
    agree(t);
    assert_int_equal(RUN(t, op("overview"), NULL), 0);
    place = json_array_get(json_object_get(t->said, "places"), 0);
    assert_string_equal(test_text(place, "place_name"), "not stated");
    assert_int_equal(test_int(place, "consignments"), 1);
    assert_null(json_object_get(place, "place"));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(counts_are_kept),
        TEST(a_trip_takes_up_what_waits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

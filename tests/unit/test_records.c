/* records: every verb of the room through its run function, on a node; laws 8 and 9; filters; paging. */
#include "node.h"

#include "records/records.h"

static const struct room *const rooms[] = {&records_room, NULL};

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
    const struct op *o = op_find(rooms, str_z(name));

    assert_non_null(o);
    return o;
}

static void good(struct test_node *t, int rc)
{
    if (rc != 0)
        fail_msg("%d: %s %s", rc, t->err.text, t->said ? json_dumps(t->said, 0) : "");
}

static const char *add_wait(struct test_node *t, const char *port, const char *minutes)
{
    char p[32], m[32];

    snprintf(p, sizeof p, "+port=%s", port);
    snprintf(m, sizeof m, "+minutes=%s", minutes);
    good(t,
         RUN(t, op("add"), "kind=wait", p, m, "+port_scheme=schedule-d", "+direction=north", "+mode=road",
             "+lane=general", "+method=camera", "+observed=2026-11-21T08:30", "+source=us.cbp", NULL));
    return arena_z(t->arena, str_z(test_text(t->said, "id")));
}

static const char *add_party(struct test_node *t, const char *name)
{
    char n[64];

    snprintf(n, sizeof n, "+name=%s", name);
    good(t, RUN(t, op("add"), "kind=party", "+parent=0199e6a2-7c1e-7b3f-8a5d-1f2e3d4c5b6a", "+role=driver",
                n, "+city=Laredo", NULL));
    return arena_z(t->arena, str_z(test_text(t->said, "id")));
}

static const char *word(struct test_node *t, const char *key, const char *value)
{
    return arena_fmt(t->arena, "%s=%s", key, value).p;
}

static size_t listed(const struct test_node *t)
{
    return json_array_size(json_object_get(t->said, "records"));
}

static const json_t *field(const struct test_node *t, size_t i, const char *name)
{
    const json_t *r = json_array_get(json_object_get(t->said, "records"), i);
    return json_object_get(json_object_get(r, "fields"), name);
}

static void as(struct test_node *t, const char *purpose, const char *the_case)
{
    t->c.purpose = str_z(purpose);
    t->c.the_case = str_z(the_case);
}

static void added_listed_shown(void **state)
{
    struct test_node *t = *state;
    const char *id = add_wait(t, "2304", "45");

    assert_int_equal(test_int(t->said, "seq"), 0);
    good(t, RUN(t, op("list"), "kind=wait", NULL));
    assert_int_equal(listed(t), 1);
    assert_int_equal(json_integer_value(field(t, 0, "minutes")), 45);
    good(t, RUN(t, op("show"), word(t, "id", id), NULL));
    assert_string_equal(test_text(json_object_get(t->said, "record"), "id"), id);
    good(t, RUN(t, op("add"), "kind=wait",
                "values={\"port\":\"2305\",\"mode\":\"road\",\"port_scheme\":\"schedule-d\",\"direction\":"
                "\"north\",\"lane\":\"general\",\"minutes\":1,\"observed\":\"2026-11-21T08:30\"}",
                NULL));
}

static void what_breaks_a_rule_is_not_stored(void **state)
{
    struct test_node *t = *state;
    const json_t *faults;

    assert_int_equal(RUN(t, op("add"), "kind=wait", "+minutes=many", "+port_scheme=nonsense", NULL), 1);
    faults = json_object_get(t->said, "faults");
    assert_true(json_array_size(faults) >= 2);
    assert_string_equal(test_text(json_array_get(faults, 0), "field"), "minutes");
    assert_int_equal(RUN(t, op("add"), "kind=wait", "+port=2304", NULL), 1); /* observed is missing */
    assert_int_equal(RUN(t, op("add"), "kind=wait", "+nonsense=1", NULL), -1);
    assert_int_equal(t->err.code, ERR_USAGE);
    assert_int_equal(RUN(t, op("add"), "kind=wait", "values={\"port\":", NULL), 1);
    assert_int_equal(RUN(t, op("add"), "kind=wait", "values=/nonexistent/file", NULL), -1);
    assert_int_equal(RUN(t, op("add"), "kind=nonsense", NULL), -1);
    good(t, RUN(t, op("list"), "kind=wait", NULL));
    assert_int_equal(listed(t), 0);
    assert_string_not_equal(test_text(t->said, "nothing"), "");
}

/* What this program vouches for, nobody types: a peer that was not met, a receipt that nobody signed. */
static void what_the_verbs_write_is_not_typed(void **state)
{
    struct test_node *t = *state;

    for (const struct kind *const *k = schema_kinds; *k; k++) {
        if (!(*k)->made)
            continue;
        assert_true((*k)->local);
        assert_int_equal(RUN(t, op("add"), arena_fmt(t->arena, "kind=%s", (*k)->name).p, NULL), -1);
        assert_int_equal(t->err.code, ERR_DENIED);
    }
}

static void a_correction_carries_over_what_it_does_not_change(void **state)
{
    struct test_node *t = *state;
    const char *id = add_wait(t, "2304", "45"), *second;

    good(t, RUN(t, op("correct"), word(t, "id", id), "+minutes=40", "+lane=", NULL));
    second = arena_z(t->arena, str_z(test_text(t->said, "id")));
    good(t, RUN(t, op("list"), "kind=wait", NULL));
    assert_int_equal(listed(t), 1);
    assert_int_equal(json_integer_value(field(t, 0, "minutes")), 40);
    assert_string_equal(json_string_value(field(t, 0, "port")), "2304");
    assert_null(field(t, 0, "lane"));
    good(t, RUN(t, op("list"), "kind=wait", "all=", NULL));
    assert_int_equal(listed(t), 2);
    good(t, RUN(t, op("show"), word(t, "id", id), NULL));
    assert_string_equal(test_text(t->said, "superseded"), second);

    /* the old one again: refused, and the newest is named */
    assert_int_equal(RUN(t, op("correct"), word(t, "id", id), "+minutes=41", NULL), -1);
    assert_int_equal(t->err.code, ERR_CONFLICT);
    assert_non_null(strstr(t->err.text, second));
    assert_int_equal(RUN(t, op("correct"), word(t, "id", second), "+minutes=40", NULL),
                     -1); /* nothing new */
    assert_int_equal(t->err.code, ERR_USAGE);
    assert_int_equal(RUN(t, op("correct"), word(t, "id", second), "+minutes=soon", NULL), 1);

    for (int i = 0; i < 2; i++) { /* from either end */
        good(t, RUN(t, op("history"), word(t, "id", i ? id : second), NULL));
        assert_int_equal(listed(t), 2);
        assert_int_equal(json_integer_value(field(t, 0, "minutes")), 45);
        assert_int_equal(json_integer_value(field(t, 1, "minutes")), 40);
    }
}

static void personal_fields_are_withheld(void **state)
{
    struct test_node *t = *state;
    const char *id = add_party(t, "Juan Pérez");
    const json_t *r;

    good(t, RUN(t, op("list"), "kind=party", NULL));
    assert_null(field(t, 0, "name"));
    assert_string_equal(json_string_value(field(t, 0, "city")), "Laredo");
    assert_string_equal(json_string_value(json_array_get(json_object_get(t->said, "withheld"), 0)), "name");
    assert_string_not_equal(test_text(t->said, "withheld_because"), "");
    good(t, RUN(t, op("show"), word(t, "id", id), NULL));
    r = json_object_get(t->said, "record");
    assert_null(json_object_get(json_object_get(r, "fields"), "name"));
    good(t, RUN(t, op("history"), word(t, "id", id), NULL));
    assert_null(field(t, 0, "name"));
    for (int i = 0; i < 2; i++) {
        good(t, RUN(t, op("export"), "kind=party", i ? "format=json" : "format=csv", NULL));
        assert_null(strstr(json_string_value(t->said), "Juan"));
        assert_non_null(strstr(json_string_value(t->said), "Laredo"));
    }
    assert_int_equal(test_count(t, "SELECT count(*) FROM v_access"), 0);
}

static void asking_by_them_is_refused(void **state)
{
    struct test_node *t = *state;
    static const char *const filters[] = {"+name=Juan", "+name^=J", "+name!=x", "+name>=A", "+name<=Z"};

    add_party(t, "Juan");
    for (size_t i = 0; i < COUNT(filters); i++) {
        assert_int_equal(RUN(t, op("list"), "kind=party", filters[i], NULL), -1);
        assert_int_equal(t->err.code, ERR_DENIED);
        assert_int_equal(RUN(t, op("export"), "kind=party", filters[i], NULL), -1);
        assert_int_equal(t->err.code, ERR_DENIED);
    }
    assert_int_equal(RUN(t, op("list"), "kind=party", "order=name", NULL), -1);
    assert_int_equal(t->err.code, ERR_DENIED);
    assert_int_equal(RUN(t, op("list"), "kind=party", "order=-name", NULL), -1);
    as(t, "control", ""); /* a purpose without a case is none */
    assert_int_equal(RUN(t, op("list"), "kind=party", "+name=Juan", NULL), -1);
    as(t, "  ", "X-1");
    assert_int_equal(RUN(t, op("list"), "kind=party", "+name=Juan", NULL), -1);
}

static void every_look_is_recorded_before_the_answer(void **state)
{
    struct test_node *t = *state;
    const char *id = add_party(t, "Juan");

    as(t, "border control", "X-1");
    good(t, RUN(t, op("list"), "kind=party", "+name=Juan", NULL));
    assert_string_equal(json_string_value(field(t, 0, "name")), "Juan");
    assert_null(json_object_get(t->said, "withheld"));
    assert_int_equal(
        test_count(t, "SELECT count FROM v_access WHERE op = 'list' AND kind = 'party' AND \"case\" = 'X-1'"
                      " AND purpose = 'border control' AND query = 'name=Juan'"),
        1);
    good(t, RUN(t, op("list"), "kind=party", "+name=Nobody", NULL)); /* asking is a look, whatever comes */
    assert_int_equal(test_count(t, "SELECT count(*) FROM v_access WHERE count = 0"), 1);
    good(t, RUN(t, op("show"), word(t, "id", id), NULL));
    assert_int_equal(test_count(t, "SELECT count(*) FROM v_access a JOIN v_party p ON a.about = p.id"), 1);
    good(t, RUN(t, op("history"), word(t, "id", id), NULL));
    good(t, RUN(t, op("export"), "kind=party", NULL));
    assert_non_null(strstr(json_string_value(t->said), "Juan"));
    assert_int_equal(test_count(t, "SELECT count(*) FROM v_access"), 5);
    add_wait(t, "2304", "45");
    good(t, RUN(t, op("list"), "kind=wait", NULL)); /* no personal field: no look */
    assert_int_equal(test_count(t, "SELECT count(*) FROM v_access"), 5);
    as(t, arena_z(t->arena, str_n(memset(arena_alloc(t->arena, 5000), 'x', 5000), 5000)), "X-1");
    assert_int_equal(RUN(t, op("list"), "kind=party", NULL), -1); /* what cannot be recorded is not shown */
    assert_null(t->said);
}

static void filters_find_what_fits(void **state)
{
    struct test_node *t = *state;
    static const struct {
        const char *filter;
        size_t n;
    } cases[] = {
        {"+port=2304", 2},
        {"+port!=2304", 2},
        {"+port^=23", 3},
        {"+minutes>=45", 3},
        {"+minutes<=45", 2},
        {"+minutes=45", 1},
        {"+minutes>=-1", 4},
        {"+observed<=2026-11-21", 4},
        {"+observed<=2026-11-20", 0},
        {"+observed>=2026-11-21", 4},
        {"+source=us.cbp", 4},
        {"+author=us.cbp", 4},
        {"+office=mx.anam", 0},
        {"+seq>=2", 2},
        {"+recorded>=2026-01-01", 4},
        {"+recorded<=2026-01-01", 0},
        {"+direction=north", 4},
        {"+port=' OR 1=1 --", 0},
        {"+port^=%", 0},
        {"+port=\"", 0},
    };

    add_wait(t, "2304", "30");
    add_wait(t, "2304", "45");
    add_wait(t, "2305", "60");
    add_wait(t, "2501", "90");
    for (size_t i = 0; i < COUNT(cases); i++) {
        if (RUN(t, op("list"), "kind=wait", cases[i].filter, NULL) != 0)
            fail_msg("%s: %s", cases[i].filter, t->err.text);
        if (listed(t) != cases[i].n)
            fail_msg("%s finds %zu instead of %zu", cases[i].filter, listed(t), cases[i].n);
    }
    good(t, RUN(t, op("list"), "kind=wait", "+port=2304", "+minutes>=40", NULL));
    assert_int_equal(listed(t), 1);
}

static void filters_of_several_values(void **state)
{
    struct test_node *t = *state;

    good(t, RUN(t, op("add"), "kind=equipment", "+number=MSKU0000006", "+kind=container", "+seals=A1; B22",
                NULL));
    good(t, RUN(t, op("list"), "kind=equipment", "+seals=B22", NULL));
    assert_int_equal(listed(t), 1);
    good(t, RUN(t, op("list"), "kind=equipment", "+seals=B2", NULL));
    assert_int_equal(listed(t), 0);
    good(t, RUN(t, op("list"), "kind=equipment", "+seals!=B22", NULL));
    assert_int_equal(listed(t), 0);
}

static void garbage_is_refused(void **state)
{
    struct test_node *t = *state;
    static const char *const garbage[] = {
        "+nonsense=1",
        "+=1",
        "+>=1",
        "+minutes=x",
        "+minutes^=1",
        "+minutes>=1.5",
        "+observed>=now",
        "+message=12",
        "+seq=x",
        "+recorded>=soon",
        "+port\"; DROP TABLE v_wait; --=1",
        "+seq^=1",
        "+port=\xff\xfe",
        "+message>=0199e6a2-7c1e-7b3f-8a5d-1f2e3d4c5b6a",
    };

    for (size_t i = 0; i < COUNT(garbage); i++)
        if (RUN(t, op("list"), "kind=wait", garbage[i], NULL) != -1 || t->err.code != ERR_USAGE)
            fail_msg("%s is taken", garbage[i]);
    assert_int_equal(RUN(t, op("list"), "kind=wait", "limit=0", NULL), -1);
    assert_int_equal(RUN(t, op("list"), "kind=wait", "limit=1001", NULL), -1);
    assert_int_equal(RUN(t, op("list"), "kind=wait", "cursor=-5", NULL), -1);
    assert_int_equal(RUN(t, op("list"), "kind=wait", "order=nonsense", NULL), -1);
    assert_int_equal(RUN(t, op("list"), "kind=wait", "order=port\"; --", NULL), -1);
    assert_int_equal(RUN(t, op("show"), "id=nonsense", NULL), -1);
    assert_int_equal(t->err.code, ERR_USAGE);
    assert_int_equal(RUN(t, op("show"), "id=0199e6a2-7c1e-7b3f-8a5d-1f2e3d4c5b6a", NULL), -1);
    assert_int_equal(t->err.code, ERR_NOT_FOUND);
    assert_int_equal(RUN(t, op("correct"), "id=0199e6a2-7c1e-7b3f-8a5d-1f2e3d4c5b6a", "+minutes=1", NULL),
                     -1);
    assert_int_equal(t->err.code, ERR_NOT_FOUND);
}

/* Page by page while more comes in: each record once. */
static void pages_are_complete_and_never_repeat(void **state)
{
    struct test_node *t = *state;
    static const char *const orders[] = {"order=seq", "order=-seq", "order=port", "order=-port",
                                         "order=minutes"};

    for (int i = 0; i < 23; i++)
        add_wait(t, i % 3 ? "2304" : "2305", i % 2 ? "10" : "20");
    for (size_t k = 0; k < COUNT(orders); k++) {
        char seen[64][40], cursor[40] = "cursor=0";
        size_t n = 0;
        bool first = true, more = true;
        while (more) {
            good(t, first ? RUN(t, op("list"), "kind=wait", "limit=5", orders[k], NULL)
                          : RUN(t, op("list"), "kind=wait", "limit=5", orders[k], cursor, NULL));
            first = false;
            for (size_t i = 0; i < listed(t); i++) {
                const char *id = test_text(json_array_get(json_object_get(t->said, "records"), i), "id");
                for (size_t j = 0; j < n; j++)
                    assert_string_not_equal(seen[j], id);
                assert_true(n < COUNT(seen));
                snprintf(seen[n++], sizeof seen[0], "%s", id);
            }
            more = json_object_get(t->said, "next") != NULL;
            if (more)
                snprintf(cursor, sizeof cursor, "cursor=%lld", test_int(t->said, "next"));
            if (more && k == 0 && n < 20)
                add_wait(t, "2306", "30"); /* comes in between */
        }
        assert_int_equal(n, test_count(t, "SELECT count(*) FROM v_wait"));
    }
}

static void an_empty_page_says_why(void **state)
{
    struct test_node *t = *state;

    good(t, RUN(t, op("list"), "kind=trip", NULL));
    assert_non_null(strstr(test_text(t->said, "nothing"), "no record of this kind"));
    add_wait(t, "2304", "45");
    good(t, RUN(t, op("list"), "kind=wait", "+port=9999", NULL));
    assert_non_null(strstr(test_text(t->said, "nothing"), "nothing fits"));
    good(t, RUN(t, op("list"), "kind=wait", "cursor=99", NULL));
    assert_non_null(strstr(test_text(t->said, "nothing"), "after this cursor"));
}

static void exported_as_csv_and_json_lines(void **state)
{
    struct test_node *t = *state;
    const char *z;

    add_wait(t, "2304", "45");
    add_wait(t, "2305", "60");
    good(t, RUN(t, op("export"), "kind=wait", NULL));
    z = json_string_value(t->said);
    assert_true(strncmp(z, "message,port,", 13) == 0);
    assert_non_null(strstr(z, "2305"));
    good(t, RUN(t, op("export"), "kind=wait", "format=json", "+port=2304", NULL));
    z = json_string_value(t->said);
    assert_non_null(strstr(z, "\"port\":\"2304\""));
    assert_null(strstr(z, "2305"));
    good(t, RUN(t, op("export"), "kind=trip", NULL)); /* of nothing: the head line */
    assert_non_null(strstr(json_string_value(t->said), "carrier"));
}

static void kinds_tell_what_a_record_may_say(void **state)
{
    struct test_node *t = *state;
    size_t n = 0;

    while (schema_kinds[n])
        n++;
    good(t, RUN(t, op("kinds"), NULL));
    assert_int_equal(json_array_size(json_object_get(t->said, "kinds")), n);
    good(t, RUN(t, op("kinds"), "kind=wait", NULL));
    assert_string_equal(test_text(t->said, "kind"), "wait");
    good(t, RUN(t, op("kind"), "kind=wait", "schema=", NULL));
    assert_true(json_is_object(json_object_get(t->said, "properties")));
    assert_int_equal(RUN(t, op("kinds"), "schema=", NULL), -1);
}

static void the_overview_counts(void **state)
{
    struct test_node *t = *state;
    const json_t *wait;

    add_wait(t, "2304", "30");
    add_wait(t, "2304", "45");
    add_wait(t, "2304", "90");
    good(t, RUN(t, op("add"), "kind=trip", "+mode=road", "+direction=north", "+carrier=ABCD", "+port=2304",
                "+port_scheme=schedule-d", "+trip_number=1", NULL));
    good(t, RUN(t, op("add"), "kind=consignment", word(t, "+trip", test_text(t->said, "id")), "+bill=B1",
                NULL));
    good(t, RUN(t, op("overview"), NULL));
    assert_string_equal(test_text(t->said, "office"), "us.cbp");
    assert_int_equal(test_int(json_object_get(t->said, "head"), "size"), 5);
    wait = json_array_get(json_object_get(t->said, "waits"), 0);
    assert_int_equal(test_int(wait, "measured"), 3);
    assert_int_equal(test_int(wait, "median"), 45);
    assert_int_equal(test_int(wait, "longest"), 90);
    assert_string_equal(test_text(wait, "place"), "2304");
    assert_string_equal(test_text(wait, "place_name"), "Laredo, TX");
    assert_int_equal(test_int(json_array_get(json_object_get(t->said, "places"), 0), "consignments"), 1);
    assert_int_equal(json_array_size(json_object_get(t->said, "kinds")), 3);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(added_listed_shown),
        TEST(what_breaks_a_rule_is_not_stored),
        TEST(what_the_verbs_write_is_not_typed),
        TEST(a_correction_carries_over_what_it_does_not_change),
        TEST(personal_fields_are_withheld),
        TEST(asking_by_them_is_refused),
        TEST(every_look_is_recorded_before_the_answer),
        TEST(filters_find_what_fits),
        TEST(filters_of_several_values),
        TEST(garbage_is_refused),
        TEST(pages_are_complete_and_never_repeat),
        TEST(an_empty_page_says_why),
        TEST(exported_as_csv_and_json_lines),
        TEST(kinds_tell_what_a_record_may_say),
        TEST(the_overview_counts),
    };
    return cmocka_run_group_tests_name("records", tests, NULL, NULL);
}

/* Screening: what equal means. */
#include "screening_node.h"

static void assert_name(const char *written, const char *normal)
{
    struct arena *a = arena_new();
    struct str got = normal_name(a, str_z(written));

    if (!str_eq(got, str_z(normal)))
        fail_msg("\"%s\" became \"%.*s\", not \"%s\"", written, STR_ARG(got), normal);
    arena_free(a);
}

static void names_are_equal_however_written(void **state)
{
    static const char *const same[][2] = {
        {"PEREZ LOPEZ, JUAN", "JUAN LOPEZ PEREZ"},
        {"Juan P\xc3\xa9rez L\xc3\xb3pez", "JUAN LOPEZ PEREZ"},
        {"  juan   pe\xcc\x81rez-lopez ", "JUAN LOPEZ PEREZ"}, /* a combining accent: ICU */
        {"Mu\xc3\xb1oz", "MUNOZ"},
        {"STRA\xc3\x9f"
         "E",
         "STRASSE"},
        {"\xd0\x98\xd0\xb2\xd0\xb0\xd0\xbd \xd0\x9f\xd0\xb5\xd1\x82\xd1\x80\xd0\xbe\xd0\xb2",
         "IVAN PETROV"},
        {"Transportes del Norte, S.A. de C.V.", "DEL NORTE SACV TRANSPORTES"},
        {"TRANSPORTES DEL NORTE SA DE CV", "DEL NORTE SACV TRANSPORTES"},
        {"transportes del norte S. A.  DE C. V", "DEL NORTE SACV TRANSPORTES"},
        {"Transportes del Norte Sociedad An\xc3\xb3nima de Capital Variable", "DEL NORTE SACV TRANSPORTES"},
        {"Maquila S. de R.L. de C.V.", "MAQUILA SRLCV"},
        {"Acme Freight, L.L.C.", "ACME FREIGHT LLC"},
        {"Acme Freight Limited Liability Company", "ACME FREIGHT LLC"},
        {"SA DE CV", "CV DE SA"},     /* nothing but a form is a name */
        {"Rosa de Cv", "CV DE ROSA"}, /* words are not cut in two to find one */
        {"AB", ""},
        {"- . -", ""},
        {"", ""},
    };
    (void)state;

    for (size_t i = 0; i < COUNT(same); i++)
        assert_name(same[i][0], same[i][1]);
}

/* The table of the fast path says what ICU says, letter by letter. */
static void fast_path_agrees_with_icu(void **state)
{
    struct arena *a = arena_new();
    (void)state;

    for (unsigned u = 0xa0; u < 0x100; u++) {
        char name[] = {'X', 'A', (char)(0xc0 | u >> 6), (char)(0x80 | (u & 0x3f)), 'B', 'X', 0};
        struct str fast = normal_name(a, str_z(name)), slow = normal_transliterate(a, str_z(name));
        slow = normal_name(a, slow);
        if (!str_eq(fast, slow))
            fail_msg("U+%04X: \"%.*s\" by the table, \"%.*s\" by ICU", u, STR_ARG(fast), STR_ARG(slow));
    }
    arena_free(a);
}

static void any_bytes_are_a_name(void **state)
{
    struct arena *a = arena_new();
    struct world_fake w;
    char bytes[3000];
    (void)state;

    world_fake(&w, 0, 1, 42);
    for (int i = 0; i < 300; i++) {
        struct str got;
        w.world.random(w.world.arg, bytes, sizeof bytes);
        got = normal_name(a, str_n(bytes, (size_t)i * 10));
        assert_true(got.n <= NORMAL_MAX);
        assert_true(str_utf8(got));
        arena_reset(a);
    }
    arena_free(a);
}

static void identifiers_are_equal_however_written(void **state)
{
    static const char *const same[][3] = {
        {"imo", "IMO 9283186", "9283186"},
        {"imo", "9283186", "9283186"},
        {"plate", "abc-12-34", "ABC1234"},
        {"plate", "ABC 1234", "ABC1234"},
        {"container", "msku 123456-5", "MSKU1234565"},
        {"tax", "\xc3\xb1&a010101ab1", "\xc3\x91&A010101AB1"},
        {"document", "26 24 1234 6000001", "262412346000001"},
        {"plate", "-", ""},
    };
    struct arena *a = arena_new();
    (void)state;

    for (size_t i = 0; i < COUNT(same); i++) {
        struct str got = normal_identifier(a, same[i][0], str_z(same[i][1]));
        assert_true(str_eq(got, str_z(same[i][2])));
    }
    arena_free(a);
}

/* Law 8: what is compared is in one table, and nothing about a person but name and numbers is in it. */
static void nothing_personal_takes_part(void **state)
{
    static const char *const never[] = {"country",  "birth_date", "nationality", "sex",     "gender",
                                        "religion", "language",   "ethnicity",   "address", "role"};
    struct arena *a = arena_new();
    (void)state;

    for (size_t k = 0; schema_kinds[k]; k++) {
        const struct kind *kind = schema_kinds[k];
        struct record *r = record_new(a, kind);
        struct key keys[KEYS_MAX];
        for (int f = 0; f < kind->fields; f++)
            if (kind->field[f].type == T_TEXT || kind->field[f].type == T_CODE)
                record_text(r, f, S("person"));
        for (size_t n = keys_of(a, r, keys), i = 0; i < n; i++)
            for (size_t j = 0; j < COUNT(never); j++)
                assert_string_not_equal(kind->field[keys[i].field].name, never[j]);
    }
    arena_free(a);
}

/* ---- a node ---- */

static void whichever_comes_later_finds_the_other(void **state)
{
    struct node n;
    (void)state;

    node_new(&n); /* alert first */
    plate_alert(&n, "1", "active", NULL);
    plate_identifier(&n, "1", "ABC-12-34");
    assert_int_equal(hits(&n), 0);
    truck(&n, "abc 1234");
    assert_int_equal(hits(&n), 1);
    truck(&n, "ABC1235");
    assert_int_equal(hits(&n), 1);
    assert_int_equal(ask(&n,
                         "SELECT count(*) FROM v_hit WHERE field = 'conveyance' AND basis = 'identifier' "
                         "AND matched = 'ABC1234' AND alert_value = 'ABC-12-34' AND declared_value = "
                         "'abc 1234' AND status = 'open' AND number = '1'"),
                     1);
    node_gone(&n);

    node_new(&n); /* declaration first, then the number, then the alert itself */
    truck(&n, "abc 1234");
    plate_identifier(&n, "1", "ABC-12-34");
    assert_int_equal(hits(&n), 0);
    plate_alert(&n, "1", "active", NULL);
    assert_int_equal(hits(&n), 1);
    node_gone(&n);
}

static void names_match_both_ways(void **state)
{
    struct node n;
    struct record *trip;
    char parent[UUID_SIZE];
    (void)state;

    node_new(&n);
    trip = truck(&n, "ZZZ9999");
    uuid_format(trip->head.id, parent);
    add(&n, "party", "parent", parent, "role", "consignee", "name", "Juan P\xc3\xa9rez L\xc3\xb3pez", NULL);
    add(&n, "alert", "list", "ofac-sdn", "number", "7", "authority", "OFAC", "subject", "person", "name",
        "PEREZ LOPEZ, JUAN", NULL);
    assert_int_equal(hits(&n), 1);
    add(&n, "alert", "list", "ofac-sdn", "number", "8", "authority", "OFAC", "subject", "company", "name",
        "NOBODY SA DE CV", NULL);
    add(&n, "alert_name", "list", "ofac-sdn", "number", "8", "name", "Transportes del Norte, S.A. de C.V.",
        NULL);
    add(&n, "party", "parent", parent, "role", "carrier", "name", "TRANSPORTES DEL NORTE SA DE CV", NULL);
    assert_int_equal(hits(&n), 2);
    /* The name of a ship is not the name of a person. */
    add(&n, "alert", "list", "ofac-sdn", "number", "9", "authority", "OFAC", "subject", "vessel", "name",
        "Juan Perez Lopez", NULL);
    assert_int_equal(hits(&n), 2);
    add(&n, "trip", "mode", "sea", "conveyance_name", "JUAN PEREZ LOPEZ", NULL);
    assert_int_equal(hits(&n), 3);
    assert_int_equal(ask(&n, "SELECT count(*) FROM v_hit WHERE number = '9' AND field = 'conveyance_name'"),
                     1);
    node_gone(&n);
}

/* A common name is not enough; a birth date that the RFC holds makes it so, and another one does not. Both ways. */
static void what_else_is_said_lifts_a_name(void **state)
{
    static const char *const rfcs[] = {"PEJU620317AA3", "PEJU700317AAA", NULL};
    (void)state;

    for (int first = 0; first < 2; first++)
        for (size_t i = 0; i < COUNT(rfcs); i++) {
            struct node n;
            node_new(&n);
            for (int turn = 0; turn < 2; turn++)
                if (turn == first)
                    add(&n, "alert", "list", "us.cbp", "number", "1", "authority", "CBP", "subject",
                        "person", "name", "Juan Carlos Perez Lopez", "birth_date", "1962-03-17", NULL);
                else
                    add(&n, "party", "parent", "01a20018-5048-78e3-99e8-871400000000", "role", "driver",
                        "name", "PEREZ, JUAN", rfcs[i] ? "identifier" : NULL, rfcs[i], "identifier_scheme",
                        "rfc", NULL);
            assert_int_equal(hits(&n), i == 0);
            node_gone(&n);
        }
}

/* An alias that its authority calls weak needs a birth date that agrees. */
static void a_weak_alias_does_not_match_alone(void **state)
{
    struct node n;
    (void)state;

    node_new(&n);
    add(&n, "alert", "list", "us.cbp", "number", "1", "authority", "CBP", "subject", "person", "name",
        "Evaristo Bermejillo Xochihua", "birth_date", "1962-03-17", NULL);
    add(&n, "alert_name", "list", "us.cbp", "number", "1", "name", "Juan Carlos Zaldivar Quintanilla",
        "quality", "weak", NULL);
    add(&n, "party", "parent", "01a20018-5048-78e3-99e8-871400000000", "role", "driver", "name",
        "Juan Carlos Zaldivar Quintanilla", NULL);
    assert_int_equal(hits(&n), 0);
    add(&n, "party", "parent", "01a20018-5048-78e3-99e8-871400000000", "role", "driver", "name",
        "Juan Carlos Zaldivar Quintanilla", "identifier", "ZAQJ620317AB6", "identifier_scheme", "rfc",
        NULL);
    assert_int_equal(hits(&n), 1);
    node_gone(&n);
}

/* The list no longer has the name: what it made is withdrawn, and comes back with it. */
static void a_withdrawn_name_takes_its_hits_along(void **state)
{
    struct record *name;
    struct node n;
    (void)state;

    node_new(&n);
    add(&n, "alert", "list", "us.cbp", "number", "1", "authority", "CBP", "subject", "person", "name",
        "Evaristo Bermejillo Xochihua", NULL);
    name = add(&n, "alert_name", "list", "us.cbp", "number", "1", "name",
               "Juan Carlos Zaldivar Quintanilla", NULL);
    add(&n, "party", "parent", "01a20018-5048-78e3-99e8-871400000000", "role", "driver", "name",
        "Juan Carlos Zaldivar Quintanilla", NULL);
    assert_int_equal(hits(&n), 1);
    name = correct(&n, name, "alert_name", "list", "us.cbp", "number", "1", "name",
                   "Juan Carlos Zaldivar Quintanilla", "status", "withdrawn", NULL);
    assert_int_equal(hits(&n), 0);
    correct(&n, name, "alert_name", "list", "us.cbp", "number", "1", "name",
            "Juan Carlos Zaldivar Quintanilla", NULL);
    assert_int_equal(hits(&n), 1);
    assert_int_equal(ask(&n, "SELECT count(*) FROM v_hit WHERE earlier IS NOT NULL AND status = 'open'"),
                     1);
    node_gone(&n);
}

/* The index is a cache: a saved one of another log, or one that holds what was erased, is not used. */
static void a_saved_index_is_of_this_log(void **state)
{
    struct str path, bytes;
    struct record *gone, *e;
    struct stat st;
    struct node n;
    (void)state;

    node_new(&n);
    path = path_join(n.c.arena, n.dir, VIEWS_LISTED);
    bytes = arena_fmt(n.c.arena, "%s", "not an index");
    assert_int_equal(file_write(path.p, bytes, 0600, &n.e), 0);
    gone = add(&n, "alert", "list", "us.cbp", "number", "1", "authority", "CBP", "subject", "person",
               "name", "Evaristo Bermejillo Xochihua", NULL);
    {
        struct names_index *ix = names_index_new(NAMES_LISTED); /* empty, and says that it holds all */
        assert_int_equal(names_index_save(ix, path.p, UINT64_C(1) << 32 | 12345, &n.e), 0);
        names_index_free(ix);
    }
    add(&n, "party", "parent", "01a20018-5048-78e3-99e8-871400000000", "role", "driver", "name",
        "Evaristo Bermejillo Xochihua", NULL);
    assert_int_equal(hits(&n), 1);
    assert_int_equal(stat(path.p, &st), 0);
    e = record_new(n.c.arena, schema_kind(S("erasure")));
    e->head.author = S("us.cbp");
    record_text(e, schema_field(e->kind, S("about")), str_n(gone->head.id, 16));
    record_text(e, schema_field(e->kind, S("reason")), S("test"));
    assert_int_equal(journal_erase(n.c.journal, gone->head.id, e, &n.e), 0);
    assert_int_equal(node_catch_up(&n.c), 0);
    assert_int_equal(hits(&n), 0);
    assert_int_equal(stat(path.p, &st), -1);
    node_gone(&n);
}

static void only_alerts_that_hold_fire(void **state)
{
    struct node n;
    struct record *a, *withdrawn;
    (void)state;

    node_new(&n);
    plate_alert(&n, "1", "withdrawn", NULL);
    plate_identifier(&n, "1", "AAA1111");
    plate_alert(&n, "2", "active", "2026-11-20"); /* the day before */
    plate_identifier(&n, "2", "BBB2222");
    plate_alert(&n, "3", "active", "2026-11-21"); /* its last day */
    plate_identifier(&n, "3", "CCC3333");
    a = plate_alert(&n, "4", "active", NULL);
    plate_identifier(&n, "4", "DDD4444");
    withdrawn = correct(&n, a, "alert", "list", "us.cbp", "number", "4", "authority", "CBP", "subject",
                        "vehicle", "status", "withdrawn", NULL);
    truck(&n, "AAA1111");
    truck(&n, "BBB2222");
    truck(&n, "DDD4444");
    assert_int_equal(hits(&n), 0);
    truck(&n, "CCC3333");
    assert_int_equal(hits(&n), 1);
    /* Active again: what was declared meanwhile is found. */
    correct(&n, withdrawn, "alert", "list", "us.cbp", "number", "4", "authority", "CBP", "subject",
            "vehicle", "status", "active", NULL);
    assert_int_equal(hits(&n), 2);
    node_gone(&n);
}

static void a_correction_is_screened_again(void **state)
{
    struct node n;
    struct record *t;
    (void)state;

    node_new(&n);
    plate_alert(&n, "1", "active", NULL);
    plate_identifier(&n, "1", "AAA1111");
    t = truck(&n, "AAA1112");
    assert_int_equal(hits(&n), 0);
    t = correct(&n, t, "trip", "mode", "road", "conveyance", "AAA1111", "conveyance_scheme", "plate", NULL);
    assert_int_equal(hits(&n), 1);
    /* Something else is corrected: a hit of the new version, which points to the one before. */
    t = correct(&n, t, "trip", "mode", "road", "conveyance", "AAA-1111", "conveyance_scheme", "plate",
                "trip_number", "T1", NULL);
    assert_int_equal(hits(&n), 1);
    assert_int_equal(withdrawn(&n), 1);
    assert_int_equal(ask(&n,
                         "SELECT count(*) FROM v_hit h JOIN v_hit e ON e.id = h.earlier WHERE h.status = "
                         "'open' AND h.declared_value = 'AAA-1111' AND e.declared_value = 'AAA1111'"),
                     1);
    assert_int_equal(
        ask(&n, "SELECT count(*) FROM v_hit WHERE status = 'withdrawn' AND (matched IS NOT NULL OR "
                "alert_value IS NOT NULL OR declared_value IS NOT NULL OR parts IS NOT NULL)"),
        0);
    /* The plate is corrected away: an alert on the old one finds nothing. */
    correct(&n, t, "trip", "mode", "road", "conveyance", "EEE5555", "conveyance_scheme", "plate", NULL);
    plate_alert(&n, "2", "active", NULL);
    plate_identifier(&n, "2", "AAA1111");
    assert_int_equal(hits(&n), 0);
    assert_int_equal(withdrawn(&n), 2);
    node_gone(&n);
}

static void plates_of_two_countries_differ(void **state)
{
    struct node n;
    (void)state;

    node_new(&n);
    plate_alert(&n, "1", "active", NULL);
    add(&n, "alert_identifier", "list", "us.cbp", "number", "1", "scheme", "plate", "value", "AAA1111",
        "country", "MX", NULL);
    add(&n, "trip", "mode", "road", "conveyance", "AAA1111", "conveyance_scheme", "plate",
        "conveyance_country", "US", NULL);
    assert_int_equal(hits(&n), 0);
    add(&n, "trip", "mode", "road", "conveyance", "AAA1111", "conveyance_scheme", "plate",
        "conveyance_country", "MX", NULL);
    truck(&n, "AAA1111"); /* of no country: it may be the same */
    assert_int_equal(hits(&n), 2);
    node_gone(&n);
}

/* A crash between commit and reaction: the journal has the declaration, nobody has reacted to it. */
static void a_crash_gives_one_hit(void **state)
{
    struct node n;
    struct record *r;
    uint64_t first;
    (void)state;

    node_new(&n);
    plate_alert(&n, "1", "active", NULL);
    plate_identifier(&n, "1", "AAA1111");
    r = record_new(n.c.arena, schema_kind(S("trip")));
    record_text(r, schema_field(r->kind, S("mode")), S("road"));
    record_text(r, schema_field(r->kind, S("conveyance")), S("AAA1111"));
    assert_int_equal(journal_append(n.c.journal, &r, 1, &first, &n.e), 0);
    stop(&n);
    start(&n);
    assert_int_equal(hits(&n), 1);
    stop(&n);
    start(&n);
    assert_int_equal(hits(&n), 1);
    assert_int_equal(node_rebuild(&n.c), 0);
    assert_int_equal(node_catch_up(&n.c), 0);
    assert_int_equal(hits(&n), 1);
    node_gone(&n);
}

static void rebuilt_tables_are_the_same(void **state)
{
    struct node n;
    struct record *t;
    char to[80];
    bool same = false;
    (void)state;

    node_new(&n);
    plate_alert(&n, "1", "active", NULL);
    plate_identifier(&n, "1", "AAA1111");
    t = truck(&n, "AAA1112");
    correct(&n, t, "trip", "mode", "road", "conveyance", "AAA1111", "conveyance_scheme", "plate", NULL);
    assert_int_equal(ask(&n, "SELECT count(*) FROM scr_declared"), 1);
    snprintf(to, sizeof to, "%s/again", n.dir);
    assert_int_equal(mkdir(to, 0700), 0);
    if (node_rebuild_check(&n.c, to, &same) != 0)
        fail_msg("%s", n.e.text);
    assert_true(same);
    node_gone(&n);
}

/* As many as there are, whichever comes first. */
static void a_common_name_gives_every_hit(void **state)
{
    struct record *many[130];
    struct node n;
    (void)state;

    node_new(&n);
    for (size_t i = 0; i < COUNT(many); i++) {
        many[i] = record_new(n.c.arena, schema_kind(S("trip")));
        record_text(many[i], schema_field(many[i]->kind, S("mode")), S("sea"));
        record_text(many[i], schema_field(many[i]->kind, S("conveyance_name")), S("MARIA SENUELO DEL MAR"));
    }
    assert_int_equal(node_append(&n.c, many, COUNT(many), NULL), 0);
    add(&n, "alert", "list", "us.cbp", "number", "1", "authority", "CBP", "subject", "vessel", "name",
        "Maria Se\xc3\xb1uelo del Mar", NULL);
    assert_int_equal(hits(&n), COUNT(many));
    assert_int_equal(ask(&n, "SELECT count(*) FROM memo_scr_declared"), 1);
    node_gone(&n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_equal_however_written),
        cmocka_unit_test(fast_path_agrees_with_icu),
        cmocka_unit_test(any_bytes_are_a_name),
        cmocka_unit_test(identifiers_are_equal_however_written),
        cmocka_unit_test(nothing_personal_takes_part),
        cmocka_unit_test(whichever_comes_later_finds_the_other),
        cmocka_unit_test(names_match_both_ways),
        cmocka_unit_test(what_else_is_said_lifts_a_name),
        cmocka_unit_test(a_weak_alias_does_not_match_alone),
        cmocka_unit_test(a_withdrawn_name_takes_its_hits_along),
        cmocka_unit_test(a_saved_index_is_of_this_log),
        cmocka_unit_test(only_alerts_that_hold_fire),
        cmocka_unit_test(a_correction_is_screened_again),
        cmocka_unit_test(plates_of_two_countries_differ),
        cmocka_unit_test(a_crash_gives_one_hit),
        cmocka_unit_test(rebuilt_tables_are_the_same),
        cmocka_unit_test(a_common_name_gives_every_hit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

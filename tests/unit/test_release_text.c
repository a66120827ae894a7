/* release: the text of an agreement and the conditions in it: what is read, each fault, the examples. */
#include "release_text.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
/* cmocka wants the above first */
#include <cmocka.h>

struct heard {
    char code[40][40];
    uint32_t line[40];
    size_t n;
};

struct fixture {
    struct arena *arena;
    struct text_parties parties;
    struct heard heard;
    struct faults faults;
};

static void hear(void *arg, const struct fault *f)
{
    struct heard *h = arg;

    if (h->n == COUNT(h->code))
        return;
    snprintf(h->code[h->n], sizeof h->code[0], "%s", f->def->code);
    h->line[h->n++] = f->place.segment;
}

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);

    f->arena = arena_new();
    text_parties(&f->parties);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;

    arena_free(f->arena);
    free(f);
    return 0;
}

static struct program *parse(struct fixture *f, struct str text)
{
    f->heard.n = 0;
    f->faults = (struct faults){.put = hear, .arg = &f->heard};
    return program_parse(f->arena, text, &f->faults);
}

static struct program *parse_blocks(struct fixture *f, const char *blocks)
{
    return parse(f, text_agreement(f->arena, &f->parties, blocks));
}

static void refused(struct fixture *f, struct str text, const char *code)
{
    if (parse(f, text))
        fail_msg("it was taken, without %s", code);
    for (size_t i = 0; i < f->heard.n; i++)
        if (strcmp(f->heard.code[i], code) == 0)
            return;
    fail_msg("%s was not said, but %s", code, f->heard.n ? f->heard.code[0] : "nothing");
}

/* The text with `from` written as `to`. */
static struct str with(struct fixture *f, const char *from, const char *to)
{
    struct str text = text_agreement(f->arena, &f->parties, TEXT_TRIP);
    const char *at = strstr(text.p, from);

    assert_non_null(at);
    return arena_fmt(f->arena, "%.*s%s%s", (int)(at - text.p), text.p, to, at + strlen(from));
}

static void a_text_is_read(void **state)
{
    struct fixture *f = *state;
    struct program *p =
        parse_blocks(f, TEXT_TRIP "\nobjective 1 trade\n  en Faster trade.\n  es Comercio ágil.\n"
                                  "clause 7\n  giver mx.anam\n  taker us.cbp\n  asks container  plate "
                                  "quota 500\n  purpose search\n  en Ask.\n  es Preguntar.\n");

    assert_non_null(p);
    assert_int_equal(p->clauses, 3);
    assert_int_equal(p->objectives, 1);
    assert_true(str_eq(p->objective[0].number, S("1")) && str_eq(p->objective[0].area, S("trade")));
    assert_true(str_eq(program_clause(p, 7)->asks, S("container plate")));
    assert_int_equal(program_clause(p, 7)->quota, 500);
    assert_null(program_clause(p, 2));
    assert_int_equal(__builtin_popcountll(program_clause(p, 1)->fields), 5);
    assert_true(program_clause(p, 1)->onward);
    assert_int_equal(program_clause(p, 1)->handling, 1);
    assert_string_equal(program_clause(p, 0)->kind->name, "retraction");
    assert_int_equal(
        program_clause(p, 0)->fields >> schema_field(schema_kind(S("retraction")), S("holders")) & 1, 0);
    assert_int_equal(p->until - p->from, INT64_C(731) * 86400 * 1000000);
}

static const struct {
    const char *code, *from, *to;
} faulty[] = {
    {"agreement.start", "puente agreement v1", "puente agreement v2"},
    {"agreement.value", "id 0193", "id x193"},
    {"agreement.value", "version 1", "version 0"},
    {"agreement.value", "version 1", "version -1"},
    {"agreement.value", "version 1", "version 65536"},
    {"agreement.amends", "version 1", "version 2"},
    {"agreement.amends", "version 1",
     "version 1\namends 0000000000000000000000000000000000000000000000000000000000000000"},
    {"agreement.value", "version 1", "version 2\namends 00"},
    {"agreement.missing", "title en Cargo\n", ""},
    {"agreement.missing", TEXT_DUTY, ""},
    {"agreement.value", TEXT_DUTY, "duty none\n"},
    {"agreement.twice", "version 1", "version 1\nversion 1"},
    {"agreement.party", "party us.cbp us.cbp+", "party us.cbp us.xbp+"},
    {"agreement.party", "party us.cbp us.cbp", "party us.dea us.cbp"},
    {"agreement.party", "giver us.cbp", "giver us.dea"},
    {"agreement.party", "giver us.cbp", "giver mx.anam"},
    {"agreement.value", "scope full", "scope all"},
    {"agreement.scope", "scope full", "scope aggregates"},
    {"agreement.value", "from 2026-11-01", "from 2026-11-31"},
    {"agreement.period", "until 2028-10-31", "until 2026-10-31"},
    {"agreement.number", "clause 1", "clause 0"},
    {"agreement.number", "clause 1", "clause one"},
    {"agreement.kind", "kind trip", "kind trips"},
    {"agreement.local", "kind trip", "kind act"},
    {"agreement.field", "fields mode", "fields nonsense mode"},
    {"agreement.twice", "fields mode", "fields mode mode"},
    {"agreement.missing", "  fields mode direction carrier trip_number port\n", ""},
    {"agreement.language", "  es Camiones hacia el sur.\n", ""},
    {"agreement.value", "handling H1", "handling H4"},
    {"agreement.value", "keep 365", "keep 36501"},
    {"agreement.value", "onward consent", "onward yes"},
    {"agreement.statement", "  keep 365", "  keeps 365"},
    {"agreement.statement", "version 1", "  version 1"},
    {"agreement.statement", "  keep 365", "keep 365"},
    {"agreement.value", "  purpose customs-control", "  purpose"},
    {"agreement.asks", "  keep 365", "  keep 365\n  asks container quota 5"},
    {"agreement.text", "Southbound", "South\tbound"},
    {"agreement.text", "Southbound",
     "South\xe2\x80\xae"
     "bound"},
    {"agreement.text", "Southbound", "South\xff"},
    {"agreement.personal", "when mode = road", "when has notes"},
    {"agreement.attribute", "when mode = road", "when nationality = MX"},
    {"agreement.attribute", "when mode = road", "when sex in (1, 2)"},
    {"agreement.field", "when mode = road", "when colour = red"},
    {"agreement.condition", "when mode = road", "when mode"},
    {"agreement.condition", "when mode = road", "when mode = road or mode = rail"},
    {"agreement.condition", "when mode = road", "when (mode = road"},
    {"agreement.condition", "when mode = road", "when mode = \"road"},
    {"agreement.condition", "when mode = road", "when mode in road"},
    {"agreement.condition", "when mode = road", "when carrier = $nobody"},
    {"agreement.condition.type", "when mode = road", "when mode = bicycle"},
    {"agreement.condition.type", "when mode = road", "when mode < road"},
    {"agreement.condition.type", "when mode = road", "when arrival > tomorrow"},
    {"agreement.condition.type", "when mode = road", "when bills = many"},
    {"agreement.condition.type", "when mode = road", "when message = 1"},
    {"agreement.large", "when mode = road",
     "when not not not not not not not not not not not not not not not not mode = road"},
};

static void each_fault_is_said(void **state)
{
    struct fixture *f = *state;
    assert_non_null(parse(f, text_agreement(f->arena, &f->parties, TEXT_TRIP)));
    for (size_t i = 0; i < COUNT(faulty); i++)
        refused(f, with(f, faulty[i].from, faulty[i].to), faulty[i].code);
    refused(f, S(""), "agreement.text");
    refused(f, S("puente agreement v1"), "agreement.text");
    refused(f, S("puente agreement v1\n"), "agreement.missing");
    refused(
        f,
        with(
            f,
            "kind trip\n  fields mode direction carrier trip_number port\n  when mode = road and direction "
            "= south",
            "kind disclosure\n  fields wire"),
        "agreement.local");
}

static void faults_tell_their_line(void **state)
{
    struct fixture *f = *state;

    refused(f, with(f, "keep 365", "keep x"), "agreement.value");
    assert_int_equal(f->heard.line[0], 22);
    refused(f, with(f, "when mode = road", "when mode = x"), "agreement.condition.type");
    assert_int_equal(f->heard.line[0], 19);
}

static void limits_hold(void **state)
{
    struct fixture *f = *state;
    struct buf b;

    buf_init(&b, 2 * PROGRAM_BYTES);
    while (b.n < PROGRAM_BYTES)
        buf_z(&b, "example 1\n");
    refused(f, text_agreement(f->arena, &f->parties, arena_z(f->arena, buf_view(&b))), "agreement.large");
    b.n = 0;
    for (int i = 0; i < 300; i++)
        buf_fmt(&b, "clause %d\n", i + 1);
    refused(f, text_agreement(f->arena, &f->parties, arena_z(f->arena, buf_view(&b))), "agreement.large");
    b.n = 0;
    buf_z(&b, "when carrier in (a");
    for (int i = 0; i < 200; i++)
        buf_z(&b, ", b");
    buf_z(&b, ")");
    refused(f, with(f, "when mode = road and direction = south", arena_z(f->arena, buf_view(&b))),
            "agreement.large");
    buf_free(&b);
}

/* ---- conditions ---- */

#define YES 1
#define NO  0

static void holds(struct fixture *f, const char *kind, const char *when, const char *fields, int is)
{
    struct str text =
        arena_fmt(f->arena,
                  "\nclause 1\n  giver us.cbp\n  taker mx.anam\n  kind %s\n  fields %s\n  when %s\n"
                  "  purpose p\n  handling H3\n  keep 1\n  en e\n  es e\nexample 1\n  giver us.cbp\n"
                  "  taker mx.anam\n  record {\"kind\":\"%s\",\"fields\":%s}\n  gives %s\n",
                  kind, strcmp(kind, "trip") == 0 ? "mode" : "title", when, kind, fields,
                  is == NO                    ? "nothing"
                  : strcmp(kind, "trip") == 0 ? "mode"
                                              : "title");
    struct program *p = parse_blocks(f, text.p);

    if (!p)
        fail_msg("%s: %s", when, f->heard.code[0]);
    if (!program_try(f->arena, p, &f->faults))
        fail_msg("%s is not so of %s", when, fields);
}

static void conditions_hold_or_not(void **state)
{
    struct fixture *f = *state;
    const char *trip =
        "{\"mode\":\"road\",\"direction\":\"south\",\"carrier\":\"ABCD\",\"bills\":3,\"distance\":12.5,"
        "\"arrival\":\"2026-11-21T08:30:00Z\"}";
    static const struct {
        const char *when;
        int is;
    } cases[] = {
        {"mode = road", YES},
        {"mode != road", NO},
        {"mode in (sea, road)", YES},
        {"mode in (sea)", NO},
        {"mode = sea or direction = south", YES},
        {"mode = sea and direction = south", NO},
        {"mode = road and (carrier = X or carrier = ABCD)", YES},
        {"not (mode = sea)", YES},
        {"not not mode = road", YES},
        {"carrier = \"ABCD\"", YES},
        {"carrier=ABCD", YES},
        {"has carrier", YES},
        {"has port", NO},
        {"not has port", YES},
        /* what is not there is neither so nor not so */
        {"port = 2304", NO},
        {"port != 2304", NO},
        {"not port = 2304", NO},
        {"port = 2304 or mode = road", YES},
        {"not (port = 2304 and mode = sea)", YES},
        {"bills >= 3", YES},
        {"bills > 3", NO},
        {"bills < 10", YES}, /* as numbers, not as texts */
        {"distance > 9", YES},
        {"distance <= 12.5", YES},
        {"distance = 12.50", YES},
        {"arrival >= 2026-11-21", YES},
        {"arrival <= 2026-11-21", YES}, /* all of that day */
        {"arrival < 2026-11-21", NO},
        {"arrival = 2026-11-21", YES},
        {"arrival < 2026-11-21T09:00:00Z", YES},
        {"arrival < 2026-11-21T09:00:00+02:00", NO},
        {"carrier = $taker", NO},
    };

    for (size_t i = 0; i < COUNT(cases); i++)
        holds(f, "trip", cases[i].when, trip, cases[i].is);
    holds(f, "trip", "carrier = $giver", "{\"mode\":\"road\",\"carrier\":\"us.cbp\"}", YES);
    trip = "{\"form\":\"memorandum\",\"title\":\"x\",\"offices\":[\"us.cbp\",\"mx.anam\"]}";
    holds(f, "agreement", "offices = mx.anam", trip, YES);
    holds(f, "agreement", "offices != mx.anam", trip, NO);
    holds(f, "agreement", "offices = $giver and not public = true", trip, NO); /* public is not said */
    holds(f, "agreement", "offices = mx", trip, NO);
}

static void an_example_that_does_not_hold_is_a_fault(void **state)
{
    struct fixture *f = *state;
    const char *example =
        TEXT_TRIP "example 1\n  giver us.cbp\n  taker mx.anam\n  record "
                  "{\"kind\":\"trip\",\"fields\":{\"mode\":\"road\",\"direction\":\"south\"}}\n  "
                  "gives %s\n";
    struct program *p = parse_blocks(f, arena_fmt(f->arena, example, "mode direction").p);

    assert_true(program_try(f->arena, p, &f->faults));
    p = parse_blocks(f, arena_fmt(f->arena, example, "mode").p);
    assert_false(program_try(f->arena, p, &f->faults));
    assert_string_equal(f->heard.code[0], "agreement.example.gives");
    p = parse_blocks(f, arena_fmt(f->arena, example, "nothing").p);
    assert_false(program_try(f->arena, p, &f->faults));
    refused(f, text_agreement(f->arena, &f->parties, arena_fmt(f->arena, example, "nonsense").p),
            "agreement.field");
    refused(
        f,
        text_agreement(
            f->arena, &f->parties,
            "example 1\n  giver us.cbp\n  taker mx.anam\n  record {\"kind\":\"trip\"}\n  gives nothing\n"),
        "agreement.example.record");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_text_is_read, setup, teardown),
        cmocka_unit_test_setup_teardown(each_fault_is_said, setup, teardown),
        cmocka_unit_test_setup_teardown(faults_tell_their_line, setup, teardown),
        cmocka_unit_test_setup_teardown(limits_hold, setup, teardown),
        cmocka_unit_test_setup_teardown(conditions_hold_or_not, setup, teardown),
        cmocka_unit_test_setup_teardown(an_example_that_does_not_hold_is_a_fault, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* AIS and ADS-B: what is decoded is right, what is kept is a count and nothing else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <math.h>

#include "feeds/ais.h"
#include "feeds/presence.h"
#include "feeds_sink.h"

#define NONE ((struct feeds_options){.as = NULL})

static void no_fault(void *arg, const char *code, int found, int expected)
{
    (void)code, (void)found, (void)expected;
    ++*(size_t *)arg;
}

static FILE *shared(const char *path)
{
    const char *root = getenv("PUENTE_SHARED");
    char name[4096];
    FILE *f;

    snprintf(name, sizeof name, "%s/data/%s", root ? root : "../shared", path);
    f = fopen(name, "r");
    if (!f)
        fprintf(stderr, "skipped: no shared data (%s)\n", path);
    return f;
}

static double number(const json_t *o, const char *name, double otherwise)
{
    const json_t *j = json_object_get(o, name);

    return json_is_number(j) ? json_number_value(j) : otherwise;
}

/* One message of each type against what another program decoded. */
static void as_another_program_decodes(void **state)
{
    FILE *nmea = shared("manifests/ais/libais_typeexamples.nmea");
    FILE *json = shared("manifests/ais/libais_typeexamples.json");
    size_t faults = 0, n = 0, placed = 0;
    struct ais_stream stream = {.fault = no_fault, .arg = &faults};
    char line[4096], said[4096];

    (void)state;
    if (!nmea || !json)
        skip();
    while (fgets(line, sizeof line, nmea) && fgets(said, sizeof said, json)) {
        json_t *j = json_loads(said, 0, NULL);
        struct ais_report r;
        int64_t seconds;

        assert_non_null(j);
        assert_true(ais_line(&stream, str_z(line), &r, &seconds));
        assert_int_equal(r.type, (int)number(j, "type", -1));
        assert_int_equal(r.mmsi, (int)number(j, "mmsi", -1));
        assert_true(seconds > 1325000000 && seconds < 1326000000);
        if (r.type == 1 || r.type == 2 || r.type == 3 || r.type == 18 || r.type == 27) {
            assert_true(fabs(r.longitude - number(j, "lon", -999)) < 1e-4);
            assert_true(fabs(r.latitude - number(j, "lat", -999)) < 1e-4);
            placed += r.placed;
        }
        if (r.type == 5 || r.type == 24)
            assert_int_equal(r.ship_type, (int)number(j, "shiptype", -1));
        json_decref(j);
        n++;
    }
    fclose(nmea);
    fclose(json);
    assert_int_equal(n, 26);
    assert_int_equal(faults, 0);
    assert_int_equal(placed, 3);
}

static const struct log {
    const struct feeds_reader *reader;
    const char *path;
    uint64_t observations;
    struct {
        const char *code;
        size_t times;
    } fault[4];
} logs[] = {
    {&reader_ais, "manifests/ais/libais_test_1.aivdm", 18, {{"ais.mmsi", 1}}},
    {&reader_ais, "manifests/ais/libais_typeexamples.nmea", 2, {{"ais.position", 2}}},
    {&reader_ais,
     "manifests/ais/pyais_sample_1.nmea",
     19,
     {{"ais.empty", 69}, {"ais.parts", 13}, {"ais.time", 1}}},
    {&reader_adsb, "manifests/adsb/pymodes_adsb_1.csv", 3, {{NULL, 0}}},
};

static void every_shared_log(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(logs); i++) {
        struct said *s = said_shared(logs[i].reader, logs[i].path);
        size_t faults = 0;

        if (!s)
            skip();
        for (size_t k = 0; k < COUNT(logs[i].fault) && logs[i].fault[k].code; k++) {
            assert_int_equal(said_count(s, logs[i].fault[k].code), logs[i].fault[k].times);
            faults += logs[i].fault[k].times;
        }
        if (s->listed != faults || s->records != logs[i].observations + 1)
            said_print(s);
        assert_int_equal(s->listed, faults);
        assert_int_equal(s->messages, 2); /* the log, and what is counted */
        assert_int_equal(s->verdicts[FEEDS_TAKEN], 2);
        assert_int_equal(s->records, logs[i].observations + 1);
        said_free(s);
    }
}

/* The published example of a pair: 52.2572 N, 3.9194 E (Sun, The 1090 Megahertz Riddle, ch. 5). */
static void a_published_pair(void **state)
{
    struct said *s = said_text(&reader_adsb,
                               "1457996400,8D40621D58C386435CC412692AD6\n"
                               "1457996402,8D40621D58C382D690C8AC2863A7\n",
                               NONE);

    (void)state;
    assert_int_equal(s->listed, 0);
    assert_true(said_has(s, "\"place\":\"N52E003\""));
    assert_true(said_has(s, "\"unit\":\"aircraft\""));
    assert_true(said_has(s, "\"hour\":23"));
    said_free(s);
}

/* Whatever a log says, no record and no fault has an identity in it, and nothing refuses it: what is refused is
 * kept as it came. */
static void no_identity_comes_out(void **state)
{
    static const char text[] = "!AIVDM,1,1,,A,15918@@000I2ljP>Um`000000000,0*59,1767276000\n"
                               "!AIVDM,1,1,,A,15918@@000I2ljP>Um`000000000,0*58,1767276000\n"
                               "!AIVDM,2,1,4,B,55918@@00000000000000000000000000000,0*12\n"
                               "345000001 is where?\n";
    struct said *s = said_text(&reader_ais, text, NONE);

    (void)state;
    assert_int_equal(s->verdicts[FEEDS_TAKEN], 2);
    assert_int_equal(s->records, 2);
    assert_true(s->personal);
    assert_int_equal(s->listed, 3);
    assert_false(said_has(s, "345000001"));
    for (size_t i = 0; i < s->listed; i++) {
        assert_true(strlen(s->fault[i].found) <= 3);
        assert_true(strlen(s->fault[i].expected) <= 3);
    }
    said_free(s);
    s = said_text(&reader_adsb, "1457996400,8D40621D58C386435CC412692AD7\nx,40621D\n", NONE);
    assert_int_equal(s->verdicts[FEEDS_TAKEN], 1);
    assert_int_equal(s->listed, 2);
    for (size_t i = 0; i < s->listed; i++)
        assert_int_equal(strlen(s->fault[i].found), 0);
    assert_true(s->personal);
    said_free(s);
    assert_true(feeds_personal(S("damaged\n!AIVDM,1")));
}

static void counted_once_and_no_further_than_the_limit(void **state)
{
    struct presence *p = presence_new();
    size_t refused = 0;

    (void)state;
    for (uint32_t i = 0; i < 100000; i++)
        assert_true(presence_heard(p, i % 7, 25.5, -97.5, 1767276000));
    for (uint32_t i = 0; i < PRESENCE_MAX + 1000; i++)
        refused += !presence_heard(p, i * 2654435761u, 25.5, -97.5, 1767276000);
    assert_true(refused > 0);
    presence_free(p);
    presence_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_another_program_decodes),
        cmocka_unit_test(every_shared_log),
        cmocka_unit_test(a_published_pair),
        cmocka_unit_test(no_identity_comes_out),
        cmocka_unit_test(counted_once_and_no_further_than_the_limit),
    };
    return cmocka_run_group_tests_name("presence", tests, NULL, NULL);
}

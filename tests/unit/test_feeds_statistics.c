/* Official statistics and border waits: every shared table is read whole, and each true defect of it has a name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "feeds_sink.h"

#define NONE ((struct feeds_options){.as = NULL})

static void crossings_become_observations(void **state)
{
    struct said *s =
        said_text(&reader_statistics,
                  "Port Name,State,Port Code,Border,Date,Measure,Value,Latitude,Longitude,Point\n"
                  "Laredo,Texas,2304,US-Mexico Border,Feb 2024,Trucks,245000,27.5,-99.5,POINT (1 2)\n"
                  "Portland,Maine,101,US-Canada Border,01/01/2024 12:00:00 AM,Buses,7,43.6,-70.2,x\n"
                  "Laredo,Texas,2304,US-Mexico Border,Feb 2024,Trucks,245000,27.5,-99.5,POINT (1 2)\n"
                  "Laredo,Texas,2304,US-Mexico Border,2024-02-01,Trucks,1,27.5,-99.5,x\n"
                  "Laredo,Texas,2304,US-Mexico Border,Feb 2024,Trains,many,27.5,-99.5,x\n"
                  "Laredo,Texas,2304,US-Mexico Border,Foo 2024,Trucks,1,27.5,-99.5,x\n"
                  "Laredo,Texas\n",
                  NONE);

    (void)state;
    assert_int_equal(s->messages, 8); /* the header's message brings the series */
    assert_int_equal(s->verdicts[FEEDS_TAKEN], 4);
    assert_true(said_has(s, "series {\"name\":\"bts-entries-vehicles\""));
    assert_true(
        said_has(s, "\"place\":\"2304\",\"place_scheme\":\"schedule-d\",\"place_name\":\"Laredo\""));
    assert_true(said_has(s, "\"from\":\"2024-02-01\",\"until\":\"2024-02-29\""));
    assert_true(said_has(s, "\"place\":\"0101\""));
    assert_true(said_has(s, "\"direction\":\"north\""));
    assert_true(said_has(s, "\"direction\":\"in\""));
    assert_int_equal(said_count(s, "series.duplicate"), 1);
    assert_int_equal(said_count(s, "series.conflict"), 1);
    assert_string_equal(s->fault[0].expected, "line 2");
    assert_int_equal(s->fault[0].line, 4);
    assert_int_equal(said_count(s, "series.value"), 1);
    assert_int_equal(said_count(s, "series.date"), 1);
    assert_int_equal(said_count(s, "csv.columns"), 1);
    said_free(s);
}

/* October of fiscal year 2020 is October 2019; pounds become kilograms; tiny is not nothing. */
static void fiscal_months_and_pounds(void **state)
{
    struct said *s =
        said_text(&reader_statistics,
                  "FY,Month (abbv),Component,Region,Land Filter,Branch,Drug Type,Count of Event,Sum Qty "
                  "(lbs)\n"
                  "2020,OCT,AMO,Southwest Border,Land,Laredo,Cocaine,1,1000\n"
                  "2020,SEP,AMO,Southwest Border,Land,Laredo,Cocaine,1,2.2e-05\n",
                  NONE);

    (void)state;
    assert_true(said_has(s, "\"from\":\"2019-10-01\",\"until\":\"2019-10-31\",\"value\":453.592"));
    assert_true(said_has(s, "\"from\":\"2020-09-01\",\"until\":\"2020-09-30\",\"value\":0,"));
    assert_int_equal(said_count(s, "series.rounded"), 1);
    assert_true(said_has(s, "\"unit\":\"kg\""));
    assert_true(said_has(s, "\"unit\":\"events\""));
    said_free(s);
}

/* A cell without a figure gives no record: absence is no zero. */
static void an_empty_cell_is_no_zero(void **state)
{
    struct said *s = said_text(&reader_statistics,
                               "year,coo_name,coo,coo_iso,coa_name,coa,coa_iso,refugees,asylum_seekers,"
                               "refugee_like,oip\n1998,Stateless,STA,XXA,Mexico,MEX,MEX,,0,,\n",
                               NONE);

    (void)state;
    assert_int_equal(s->records, 2); /* the series, and the zero that was written */
    assert_true(said_has(s, "\"value\":0"));
    assert_true(said_has(s, "\"note\":\"cooiso: XXA\""));
    assert_false(said_has(s, "nationality"));
    said_free(s);
}

static const struct shared {
    const char *path;
    uint64_t rows, series, observations;
    struct {
        const char *code;
        size_t times;
    } fault[3];
} shared[] = {
    {"bts_border_crossing_entry_1996_2022.csv.gz",
     379735,
     3,
     379724,
     {{"series.duplicate", 10}, {"series.conflict", 1}}},
    {"bts_transborder_port_commodity_2020-01_2022-08.csv.gz", 497103, 3, 1140219, {{NULL, 0}}},
    {"cbp_drug_seizures_fy2019_fy2022.csv.gz", 10092, 2, 20184, {{"series.rounded", 255}}},
    {"cbp_amo_drug_seizures_fy2019_fy2022.csv", 1772, 2, 3544, {{NULL, 0}}},
    {"cbp_nationwide_encounters_state_fy2020_fy2022.csv.gz", 29103, 1, 29103, {{NULL, 0}}},
    {"usbp_monthly_apprehensions_by_sector_fy2000_fy2020.csv", 252, 3, 252 * 25, {{NULL, 0}}},
    {"unhcr_population_region_to2022.csv.gz", 9247, 1, 9247 * 9 - 9204, {{NULL, 0}}},
    {"unhcr_flows_region_to2022.csv.gz", 6915, 1, 6915 * 4 - 6693 - 183 - 6907 - 6881, {{NULL, 0}}},
    {"unhcr_asylum_applications_region_to2022.csv.gz", 9348, 2, 9348, {{NULL, 0}}},
    {"unhcr_asylum_decisions_region_to2022.csv.gz", 8868, 4, 8868 * 5, {{"series.sum", 29}}},
};

static void every_shared_table(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(shared); i++) {
        const struct shared *f = &shared[i];
        char path[200];
        struct said *s;
        size_t faults = 0, refused = 0;

        snprintf(path, sizeof path, "statistics/%s", f->path);
        s = said_shared(&reader_statistics, path);
        if (!s)
            skip();
        for (size_t k = 0; k < COUNT(f->fault) && f->fault[k].code; k++) {
            assert_int_equal(said_count(s, f->fault[k].code), f->fault[k].times);
            faults += f->fault[k].times;
            refused += strcmp(f->fault[k].code, "series.conflict") == 0;
        }
        if (s->listed != faults || s->records != f->series + f->observations) {
            fprintf(stderr, "%s\n", path);
            said_print(s);
        }
        assert_int_equal(s->messages, f->rows + 1);
        assert_int_equal(s->listed, faults);
        assert_int_equal(s->verdicts[FEEDS_REFUSED], refused);
        assert_int_equal(s->verdicts[FEEDS_NOT_UNDERSTOOD], 0);
        assert_int_equal(s->records, f->series + f->observations);
        said_free(s);
    }
}

/* ---- border waits ---- */

static const struct {
    const char *path;
    uint64_t messages, waits;
    size_t odd_ports; /* a port's number is "l24501" in both snapshots, eight years apart */
} waits[] = {
    {"statistics/cbp_bwt_snapshot_2022-06-29.json.gz", 76, 238, 1},
    {"statistics/cbp_bwt_snapshot_2014-04-28.xml.gz", 1, 116 + 46 + 53, 1},
    {"statistics/cbp_bwt_elpaso_series_2026-08_a.csv.gz", 4676, 915 + 2127, 0},
};

static void every_shared_wait(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(waits); i++) {
        struct said *s = said_shared(&reader_waits, waits[i].path);

        if (!s)
            skip();
        if (s->records != waits[i].waits || s->listed != waits[i].odd_ports)
            said_print(s);
        assert_int_equal(s->messages, waits[i].messages);
        assert_int_equal(s->verdicts[FEEDS_TAKEN], waits[i].messages);
        assert_int_equal(s->records, waits[i].waits);
        assert_int_equal(s->listed, waits[i].odd_ports);
        assert_int_equal(said_count(s, "wait.port"), waits[i].odd_ports);
        said_free(s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(crossings_become_observations),
        cmocka_unit_test(fiscal_months_and_pounds),
        cmocka_unit_test(an_empty_cell_is_no_zero),
        cmocka_unit_test(every_shared_table),
        cmocka_unit_test(every_shared_wait),
    };
    return cmocka_run_group_tests_name("statistics", tests, NULL, NULL);
}

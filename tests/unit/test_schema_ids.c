/* test_schema_ids.c: known good and bad identifiers; then the real lists, where the shared data is there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/base.h"
#include "schema/ids.h"

#include <stdio.h>
#include <stdlib.h>

static const struct {
    enum shape shape;
    const char *text;
    bool good;
} cases[] = {
    {SHAPE_ANY, "anything", true},
    {SHAPE_CONTAINER, "CSQU3054383", true}, /* the example of ISO 6346 */
    {SHAPE_CONTAINER, "MSCU6639870", true},
    {SHAPE_CONTAINER, "CSQU3054384", false},
    {SHAPE_CONTAINER, "CSQU305438", false},
    {SHAPE_CONTAINER, "csqu3054383", false},
    {SHAPE_CONTAINER, "", false},
    {SHAPE_IMO, "9074729", true}, /* the example of the IMO resolution */
    {SHAPE_IMO, "IMO 9074729", true},
    {SHAPE_IMO, "IMO9283186", true},
    {SHAPE_IMO, "9074728", false},
    {SHAPE_IMO, "907472", false},
    {SHAPE_MMSI, "345070123", true},
    {SHAPE_MMSI, "812345678", false},
    {SHAPE_MMSI, "367000001", true},
    {SHAPE_MMSI, "699000001", false},
    {SHAPE_ICAO_ADDRESS, "A1B2C3", true},
    {SHAPE_ICAO_ADDRESS, "0d0123", true},
    {SHAPE_ICAO_ADDRESS, "000000", false},
    {SHAPE_ICAO_ADDRESS, "A1B2G3", false},
    {SHAPE_MMSI, "34507012", false},
    {SHAPE_VIN, "1M8GDM9AXKP042788", true}, /* the example of 49 CFR 565 literature */
    {SHAPE_VIN, "11111111111111111", true},
    {SHAPE_VIN, "1M8GDM9A1KP042788", false},
    {SHAPE_VIN, "WVWZZZ1JZXW000001", true}, /* outside North America: no check digit */
    {SHAPE_VIN, "1M8GDM9AXKP04278O", false},
    {SHAPE_VIN, "1M8GDM9AXKP04278", false},
    {SHAPE_CURP, "BOXW310820HNERXN09", true},
    {SHAPE_CURP, "HEGG560427MVZRRL04", true},
    {SHAPE_CURP, "BOXW310820HNERXN08", false},
    {SHAPE_CURP, "HEGG561327MVZRRL04", false},
    {SHAPE_CURP, "HEGG560427MVZRRL0", false},
    {SHAPE_RFC, "XAXX010101000", true},
    {SHAPE_RFC, "XEXX010101000", true},
    {SHAPE_RFC, "SAT970701NN3", true},
    {SHAPE_RFC, "EKU9003173C9", true}, /* the tax service's test taxpayer */
    {SHAPE_RFC, "GODE561231GR8", true},
    {SHAPE_RFC, "SAT970701NN4", false},
    {SHAPE_RFC, "SAT971701NN3", false},
    {SHAPE_RFC, "SAT970701", false},
    {SHAPE_PEDIMENTO, "21  47  3807  8003832", true},
    {SHAPE_PEDIMENTO, "21 47 3807 8003832", false},
    {SHAPE_PEDIMENTO, "214738078003832", false},
    {SHAPE_CAS, "7732-18-5", true}, /* water */
    {SHAPE_CAS, "21409-26-7", true},
    {SHAPE_CAS, "7732-18-4", false},
    {SHAPE_CAS, "7732185", false},
    {SHAPE_CAS, "--------", false},
    {SHAPE_AWB, "057-76215436", true},
    {SHAPE_AWB, "05776215436", true},
    {SHAPE_AWB, "057-76215435", false},
    {SHAPE_HS, "8471", true},
    {SHAPE_HS, "8471300100", true},
    {SHAPE_HS, "847", false},
    {SHAPE_HS, "8471.30", false},
    {SHAPE_HS, "847130010012", false},
    {SHAPE_UNDG, "1203", true},
    {SHAPE_UNDG, "UN1203", false},
    {SHAPE_LOCODE, "MXLZC", true},
    {SHAPE_LOCODE, "US2AB", true},
    {SHAPE_LOCODE, "MXLZ", false},
    {SHAPE_LOCODE, "MXL1C", false},
    {SHAPE_SCAC, "MSCU", true},
    {SHAPE_SCAC, "UP", true},
    {SHAPE_SCAC, "M5CU", false},
    {SHAPE_SCAC, "MSCUX", false},
    {SHAPE_SHA256, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", true},
    {SHAPE_SHA256, "E3B0", false},
};

static void good_and_bad(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        if (ids_shape(cases[i].shape, str_z(cases[i].text)) != cases[i].good)
            fail_msg("%s: %s must be %s", ids_name(cases[i].shape), cases[i].text,
                     cases[i].good ? "good" : "bad");
}

/* Any bytes: an answer, never a crash (the sanitizers watch). */
static void any_bytes(void **state)
{
    char bytes[24];
    (void)state;
    srand(7);
    for (int i = 0; i < 20000; i++) {
        size_t n = (size_t)rand() % sizeof bytes;
        for (size_t k = 0; k < n; k++)
            bytes[k] = (char)(i % 2 ? rand() : "0123456789ABCXYZ-&\xc3\x91 "[rand() % 22]);
        for (int shape = SHAPE_ANY; shape <= SHAPE_SHA256; shape++)
            ids_shape((enum shape)shape, str_n(bytes, n));
    }
}

static FILE *shared(const char *name)
{
    const char *dir = getenv("PUENTE_SHARED");
    char path[1024];
    FILE *f;

    snprintf(path, sizeof path, "%s/data/%s", dir ? dir : "../shared", name);
    f = fopen(path, "r");
    if (f == NULL)
        print_message("skipped: %s is not there\n", name);
    return f;
}

/* How many of the column's words have the shape. */
static void count_column(const char *file, int column, enum shape shape, size_t *good, size_t *all)
{
    char line[4096];
    FILE *f = shared(file);

    *good = *all = 0;
    while (f && fgets(line, sizeof line, f)) {
        struct str rest = str_trim(str_z(line)), cell = {0};
        for (int i = 0; i <= column; i++)
            if (!str_split(&rest, ',', &cell))
                cell = str_n(NULL, 0);
        if (++*all == 1 || cell.n == 0)
            continue; /* the header */
        *good += ids_shape(shape, cell);
    }
    if (f)
        fclose(f);
}

static int column_of(const char *file, const char *name)
{
    char line[4096];
    FILE *f = shared(file);
    struct str rest, cell;
    int i = 0, found = -1;

    if (f && fgets(line, sizeof line, f)) {
        rest = str_trim(str_z(line));
        for (; str_split(&rest, ',', &cell); i++)
            if (str_eq(cell, str_z(name)))
                found = i;
    }
    if (f)
        fclose(f);
    return found;
}

static void real_lists(void **state)
{
    static const char precursors[] = "codes/incb_precursors.csv";
    int column = column_of(precursors, "cas");
    size_t good, all;

    (void)state;
    if (column < 0)
        skip();
    count_column(precursors, column, SHAPE_CAS, &good, &all);
    print_message("%zu of %zu precursors have a CAS number that holds\n", good, all - 1);
    assert_true(good >= 30);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(good_and_bad), cmocka_unit_test(any_bytes),
                                       cmocka_unit_test(real_lists)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Screening: what equal means. */
#include "screening/internal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_equal_however_written),
        cmocka_unit_test(fast_path_agrees_with_icu),
        cmocka_unit_test(any_bytes_are_a_name),
        cmocka_unit_test(identifiers_are_equal_however_written),
        cmocka_unit_test(nothing_personal_takes_part),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

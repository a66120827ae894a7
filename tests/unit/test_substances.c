/* Precursors: every one is found by number, code and name, in either language; what only sounds like one is not. */
#include "schema/ids.h"
#include "precursors/substances.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const struct substance *find(struct arena *a, const char *hs, const char *text,
                                    enum substance_by *by)
{
    struct goods g = {.hs = str_z(hs), .text = str_z(text)};
    struct substance_found f;

    if (!substance_find(a, &g, &f))
        return NULL;
    if (by)
        *by = f.by;
    return f.substance;
}

static void the_table_is_sound(void **state)
{
    size_t names = 0;
    (void)state;

    for (size_t i = 0; i < substances_count; i++) {
        const struct substance *s = &substances[i];
        struct str rest = str_z(s->cas), one;
        while (str_split(&rest, ';', &one))
            if (!ids_shape(SHAPE_CAS, one))
                fail_msg("%s: CAS %.*s", s->name, STR_ARG(one));
        assert_int_equal(strlen(s->hs), 6);
        assert_true(s->table == 1 || s->table == 2);
        assert_true(strcmp(s->since, "1987") > 0 && strcmp(s->since, "2027") < 0);
        rest = str_z(s->names);
        while (str_split(&rest, ';', &one))
            names++;
        for (size_t j = 0; s->own && j < i; j++)
            assert_false(substances[j].own && strcmp(substances[j].hs, s->hs) == 0);
    }
    assert_true(names + 2 * substances_count < 400); /* the room of the finder */
}

static void each_is_found_by_all_it_is_called(void **state)
{
    struct arena *a = arena_new();
    (void)state;

    for (size_t i = 0; i < substances_count; i++) {
        const struct substance *s = &substances[i];
        struct str rest = str_z(s->names), one;
        enum substance_by by;
        assert_ptr_equal(find(a, "", s->name, NULL), s);
        assert_ptr_equal(find(a, "290000", s->name_es, NULL), s);
        while (str_split(&rest, ';', &one))
            if (find(a, "", arena_fmt(a, "12 DRUMS %.*s, 25 KG", STR_ARG(one)).p, NULL) != s)
                fail_msg("%s is not found by %.*s", s->name, STR_ARG(one));
        rest = str_z(s->cas);
        while (str_split(&rest, ';', &one)) {
            assert_ptr_equal(find(a, "", arena_fmt(a, "CAS:%.*s 200 KG", STR_ARG(one)).p, &by), s);
            assert_int_equal(by, SUBSTANCE_BY_CAS);
        }
        assert_true(s->own == (find(a, s->hs, "CHEMICALS", NULL) == s));
        arena_reset(a);
    }
    arena_free(a);
}

static void what_only_sounds_like_one_is_none(void **state)
{
    static const char *const none[][2] = {
        {"330430", "NAIL POLISH REMOVER, ACETONE FREE"},
        {"330430", "NAIL POLISH REMOVER WITH ACETONE"},
        {"290000", "REMOVEDOR SIN ACETONA"},
        {"300490", "PSEUDOEPHEDRINE TABLETS 60 MG"},
        {"847130", "LAPTOP MEK 4 AP"},
        {"", "PIPERIDINES ACETONES TOLUENES"},
        {"", "1-2-3 4-4"},
        {"", ""},
    };
    struct arena *a = arena_new();
    (void)state;

    for (size_t i = 0; i < COUNT(none); i++)
        if (find(a, none[i][0], none[i][1], NULL))
            fail_msg("\"%s\" is taken for %s", none[i][1], find(a, none[i][0], none[i][1], NULL)->name);
    arena_free(a);
}

static void spelling_and_place_do_not_matter(void **state)
{
    static const char *const same[][3] = {
        {"293337", "n phenethyl 4 piperidone", "N-Phenethyl-4-piperidone"},
        {"", "20 BAGS N-PHENETHYL-4-PIPERIDONE 99%", "N-Phenethyl-4-piperidone"},
        {"390000", "RESIN 1-BOC-4-PIPERIDONE", "1-boc-4-Piperidone"},
        {"", "1-boc-4-AP", "tert-Butyl 4-(phenylamino)piperidine-1-carboxylate"},
        {"",
         "TAMBORES CON ANH\xc3\x8d"
         "DRIDO AC\xc3\x89TICO",
         "Acetic anhydride"},
        {"", "ANHIDRIDO ACETICO", "Acetic anhydride"},
        {"290000", "METHYL ETHYL KETONE", "Methyl ethyl ketone"},
        {"291634", "OTHER ACIDS", "Phenylacetic acid"},
        {"2915240100", "", "Acetic anhydride"},
    };
    struct arena *a = arena_new();
    (void)state;

    for (size_t i = 0; i < COUNT(same); i++) {
        const struct substance *s = find(a, same[i][0], same[i][1], NULL);
        assert_non_null(s);
        assert_string_equal(s->name, same[i][2]);
    }
    assert_string_equal(substance_named(a, S("2915.24"))->name, "Acetic anhydride");
    assert_string_equal(substance_named(a, S("103-79-7"))->name, "1-Phenyl-2-propanone");
    assert_string_equal(substance_named(a, S("NPP"))->name, "N-Phenethyl-4-piperidone");
    assert_null(substance_named(a, S("water")));
    arena_free(a);
}

static void a_listing_has_a_date(void **state)
{
    struct arena *a = arena_new();
    const struct substance *anhydride = substance_named(a, S("108-24-7"));
    const struct substance *piperidone = substance_named(a, S("41661-47-6"));
    (void)state;

    assert_int_equal(substance_table_on(anhydride, S("1987-12-31")), 0);
    assert_int_equal(substance_table_on(anhydride, S("1999-01-01")), 2);
    assert_int_equal(substance_table_on(anhydride, S("2001-01-01")), 1);
    assert_int_equal(substance_table_on(piperidone, S("2023-12-31")), 0);
    assert_int_equal(substance_table_on(piperidone, S("")), 1);
    arena_free(a);
}

static void any_bytes_are_goods(void **state)
{
    struct arena *a = arena_new();
    char bytes[2000];
    unsigned x = 7;
    (void)state;

    for (int i = 0; i < 400; i++) {
        struct goods g = {.text = str_n(bytes, (size_t)i * 5), .chemical = str_n(bytes, (size_t)i)};
        struct substance_found f;
        for (size_t j = 0; j < sizeof bytes; j++)
            bytes[j] = (char)((x = x * 1103515245u + 12345u) >> 16);
        if (i % 2)
            for (size_t j = 0; j < sizeof bytes; j++)
                bytes[j] = "4-ANPIEHYLD 1(,)"[(unsigned char)bytes[j] % 16];
        substance_find(a, &g, &f);
        arena_reset(a);
    }
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_is_sound),
        cmocka_unit_test(each_is_found_by_all_it_is_called),
        cmocka_unit_test(what_only_sounds_like_one_is_none),
        cmocka_unit_test(spelling_and_place_do_not_matter),
        cmocka_unit_test(a_listing_has_a_date),
        cmocka_unit_test(any_bytes_are_goods),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

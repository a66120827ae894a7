/* Identifiers: repair, what an agreement is worth, and what a CURP or an RFC says of its bearer. */
#include "screening/internal.h"

#include "schema/ids.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
/* cmocka wants the above first */
#include <cmocka.h>

static void a_repair_restores_the_check_digit(void **state)
{
    static const struct {
        const char *class, *declared, *listed;
        bool repairs;
    } pairs[] = {
        {"container", "CSQU3054388", "CSQU3054383", true},  /* the check digit itself */
        {"container", "CSQU3054338", "CSQU3054383", true},  /* two swapped */
        {"container", "CSQU305438", "CSQU3054383", true},   /* one left out */
        {"container", "CSQU30543833", "CSQU3054383", true}, /* one too many */
        {"container", "CSQV3054388", "CSQU3054383", false}, /* two are wrong */
        {"container", "CSQU3054383", "CSQU3054388", false}, /* the listed one fails */
        {"imo", "9074792", "9074729", true},
        {"imo", "9074719", "9074729", true},
        {"imo", "9176187", "9074729", false},
        {"tax", "GODE561231GR9", "GODE561231GR8", true},
        {"tax", "123456788", "123456789", false}, /* no RFC: no check digit */
        {"plate", "ABC1235", "ABC1234", false},
        {"passport", "G12345678", "G12345679", false},
    };
    (void)state;

    for (size_t i = 0; i < COUNT(pairs); i++)
        if (number_repairs(pairs[i].class, str_z(pairs[i].declared), str_z(pairs[i].listed)) !=
            pairs[i].repairs)
            fail_msg("%s %s %s", pairs[i].class, pairs[i].declared, pairs[i].listed);
    /* Both check: they are two ships. */
    assert_true(ids_shape(SHAPE_IMO, S("9074729")) && ids_shape(SHAPE_IMO, S("9176187")));
    assert_true(number_contrary("imo", S("9074729"), S("9176187")) < 0);
    assert_int_equal(number_contrary("imo", S("9074729"), S("9074719")), 0);
    assert_int_equal(number_contrary("passport", S("G1234567"), S("G7654321")), 0);
}

struct seen {
    const char *class;
    struct str number, wanted;
    bool listed; /* the number is an alert's */
    size_t n;
    bool found;
};

static int see(void *arg, struct str value)
{
    struct seen *s = arg;
    bool good =
        s->listed ? number_repairs(s->class, value, s->number) : number_repairs(s->class, s->number, value);

    if (!good)
        fail_msg("%.*s is no repair of %.*s", STR_ARG(value), STR_ARG(s->number));
    s->n++;
    s->found |= str_eq(value, s->wanted);
    return 0;
}

/* Both ways round: whatever repairs is among the edits, and every edit repairs. */
static void edits_are_the_repairs(void **state)
{
    static const char *const good[][2] = {{"container", "CSQU3054383"},       {"imo", "9074729"},
                                          {"tax", "GODE561231GR8"},           {"tax", "BAFJ701213SBA"},
                                          {"national", "HEGG560427MVZRRL04"}, {"vin", "1M8GDM9AXKP042788"}};
    static const char signs[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    (void)state;

    for (size_t i = 0; i < COUNT(good); i++) {
        struct str listed = str_z(good[i][1]);
        char text[64];
        unsigned chance = 7;
        if (!number_checks(good[i][0], listed))
            continue; /* one of them is here for its sign, whatever it checks to */
        for (int round = 0; round < 200; round++) {
            struct str declared = str_n(text, listed.n);
            size_t at;
            memcpy(text, listed.p, listed.n);
            chance = chance * 1103515245u + 12345u;
            at = (chance >> 16) % listed.n;
            chance = chance * 1103515245u + 12345u;
            if (round % 4 == 0 && at + 1 < listed.n) {
                text[at] = listed.p[at + 1];
                text[at + 1] = listed.p[at];
            } else if (round % 4 == 1) {
                memmove(text + at, listed.p + at + 1, listed.n - at - 1);
                declared.n--;
            } else {
                text[at] = signs[(chance >> 16) % 36];
            }
            if (!number_repairs(good[i][0], declared, listed))
                continue; /* nothing changed, or it checks by chance */
            struct seen to = {good[i][0], declared, listed, false, 0, false};
            struct seen from = {good[i][0], listed, declared, true, 0, false};
            assert_int_equal(number_edits(good[i][0], declared, true, see, &to), 0);
            assert_int_equal(number_edits(good[i][0], listed, false, see, &from), 0);
            if (!to.found || !from.found)
                fail_msg("%.*s and %.*s do not find each other", STR_ARG(declared), STR_ARG(listed));
        }
    }
}

static void any_number_can_be_edited(void **state)
{
    struct seen s = {"container", S("x"), S(""), false, 0, false};
    char text[80];
    (void)state;

    memset(text, 'A', sizeof text);
    for (size_t n = 0; n < sizeof text; n++) {
        s.number = str_n(text, n);
        assert_int_equal(number_edits("container", s.number, true, see, &s), 0);
        assert_int_equal(number_edits("none", s.number, true, see, &s), 0);
        number_repairs("vin", s.number, S("1M8GDM9AXKP042788"));
    }
    assert_int_equal(s.n, 0);
}

static void rows_of_signs_are_worth_little(void **state)
{
    (void)state;
    assert_true(number_bits(S("0000000")) < 7 * NAMES_BIT);
    assert_true(number_bits(S("1234567")) < 7 * NAMES_BIT);
    assert_true(number_bits(S("9074729")) > 20 * NAMES_BIT);
    assert_true(number_bits(S("CSQU3054383")) > number_bits(S("9074729")));
    assert_true(number_bits(S("CSQU3054383CSQU3054383CSQU3054383")) == 40 * NAMES_BIT);
}

/* The examples of SAT and RENAPO, and what people make of their names. */
static void letters_are_made_from_the_name(void **state)
{
    static const struct {
        const char *number, *name;
        enum identity fit;
    } said[] = {
        {"HEGG560427MVZRRL04",
         "Gloria Hern\xc3\xa1ndez Garc\xc3\xad"
         "a",
         IDENTITY_FITS},
        {"HEGG560427MVZRRL04", "HERNANDEZ GARCIA, GLORIA", IDENTITY_FITS},
        {"HEGG560427MVZRRL04", "HERNANDEZ GARCIA MARIA GLORIA", IDENTITY_FITS},
        {"HEGG560427MVZRRL04", "Gloria Hern\xc3\xa1ndez de la Garza", IDENTITY_FITS},
        {"HEGG560427MVZRRL04", "Pedro Ruiz Salas", IDENTITY_DIFFERS},
        {"HEGG560427MVZRRL04", "Gloria", IDENTITY_SILENT},
        {"GODE561231GR8",
         "Emma G\xc3\xb3mez D\xc3\xad"
         "az",
         IDENTITY_FITS},
        {"GODE561231GR8", "Gomez Diaz Emma", IDENTITY_FITS},
        {"GODE561231GR8", "Zoila Vaca", IDENTITY_DIFFERS},
        {"BAFJ701213SBA", "Juan Barrios Fern\xc3\xa1ndez", IDENTITY_FITS},
        {"SAT970701NN3", "Servicio de Administraci\xc3\xb3n Tributaria", IDENTITY_SILENT}, /* a company's */
        {"9074729", "Gloria Hernandez", IDENTITY_SILENT},
        {"", "Gloria Hernandez", IDENTITY_SILENT},
    };
    struct arena *a = arena_new();
    char date[2][11];
    (void)state;

    for (size_t i = 0; i < COUNT(said); i++) {
        const struct name *n = name_read(a, str_z(said[i].name), NAME_PERSON);
        if (identity_name(str_z(said[i].number), n) != said[i].fit)
            fail_msg("%s %s: %d", said[i].number, said[i].name, identity_name(str_z(said[i].number), n));
    }
    assert_int_equal(identity_birth(S("HEGG560427MVZRRL04"), date), 1);
    assert_string_equal(date[0], "1956-04-27");
    assert_int_equal(identity_birth(S("HEGG060427MVZRRLA4"), date), 1);
    assert_string_equal(date[0], "2006-04-27");
    assert_int_equal(identity_birth(S("GODE561231GR8"), date), 2);
    assert_string_equal(date[0], "1956-12-31");
    assert_string_equal(date[1], "2056-12-31");
    assert_int_equal(identity_birth(S("SAT970701NN3"), date), 0);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_repair_restores_the_check_digit),
        cmocka_unit_test(edits_are_the_repairs),
        cmocka_unit_test(any_number_can_be_edited),
        cmocka_unit_test(rows_of_signs_are_worth_little),
        cmocka_unit_test(letters_are_made_from_the_name),
    };
    return cmocka_run_group_tests_name("screening: numbers", tests, NULL, NULL);
}

/* Tokens, version 1: what is the same, what is not, what cannot be asked. These lines are the published vectors. */
#include "exchange/tokens.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static const struct {
    const char *scheme, *value, *token; /* NULL: no token */
} vectors[] = {
    {"plate", "MX|abc-12-34", "1|plate|MX|ABC1234"},
    {"plate", "mx| ABC 1234 ", "1|plate|MX|ABC1234"},
    {"plate", "US|ABC1234", "1|plate|US|ABC1234"},
    {"plate", "ABC1234", NULL},
    {"plate", "MEX|ABC1234", NULL},
    {"plate", "MX|ABC1234|", NULL},
    {"plate", "MX|A-1", NULL},
    {"vin", "1fujgldr5csbf1234", "1|vin|1FUJGLDR5CSBF1234"},
    {"vin", "US|1FUJGLDR5CSBF1234", NULL},
    {"container", "MSCU 663387-9", "1|container|MSCU6633879"},
    {"imo", "IMO 9074729", "1|imo|9074729"},
    {"imo", "9074729", "1|imo|9074729"},
    {"curp", "badd110313hcmlns09", "1|curp|BADD110313HCMLNS09"},
    {"rfc", "ABC&680524-P76", "1|rfc|ABC&680524P76"},
    {"passport", "MX|G-12345678", "1|passport|MX|G12345678"},
    {"person", "Juan P\xc3\xa9rez L\xc3\xb3pez|1968-03-12", "1|person|JUAN LOPEZ PEREZ|1968-03-12"},
    {"person", "PEREZ LOPEZ, JUAN|1968-03-12", "1|person|JUAN LOPEZ PEREZ|1968-03-12"},
    {"person", "PEREZ LOPEZ, JUAN|1968", NULL},
    {"person", "PEREZ LOPEZ, JUAN|1968-02-30", NULL},
    {"person", "PEREZ LOPEZ, JUAN", NULL},
    {"firearm", "FN Herstal|Five-seveN|386-123456", "1|firearm|FNHERSTAL|FIVESEVEN|386123456"},
    {"firearm", "FN||386123456", "1|firearm|FN||386123456"},
    {"firearm", "|M4|386123456", NULL},
    {"vin", "", NULL},
    {"vin", "---", NULL},
    {"vin", "\xff\xfe\xfd\xfc", NULL},
};

static void the_published_vectors(void **state)
{
    struct arena *a = arena_new();
    struct str token;
    (void)state;

    for (size_t i = 0; i < COUNT(vectors); i++) {
        int scheme = token_scheme(str_z(vectors[i].scheme));
        bool made;
        assert_true(scheme >= 0);
        made = token_make(a, scheme, str_z(vectors[i].value), &token);
        if (made != (vectors[i].token != NULL) || (made && !str_eq(token, str_z(vectors[i].token))))
            fail_msg("%s %s: %.*s", vectors[i].scheme, vectors[i].value, STR_ARG(token));
    }
    arena_free(a);
}

static void schemes_are_in_order(void **state)
{
    (void)state;
    for (size_t i = 0; i < token_schemes(); i++) {
        assert_int_equal(token_scheme(str_z(token_scheme_name((int)i))), i);
        assert_true(i == 0 || strcmp(token_scheme_name((int)i - 1), token_scheme_name((int)i)) < 0);
    }
    assert_int_equal(token_scheme(S("other")), -1);
    assert_int_equal(token_scheme(S("nationality")), -1);
    assert_true(token_has_country(token_scheme(S("plate"))));
    assert_false(token_has_country(token_scheme(S("vin"))));
}

/* A part as long as a part can be, and longer. */
static void long_values_do_no_harm(void **state)
{
    struct arena *a = arena_new();
    struct str token;
    size_t n = 200000;
    char *p = arena_alloc(a, n);
    (void)state;

    memset(p, 'Q', n);
    assert_true(token_make(a, token_scheme(S("vin")), str_n(p, n), &token));
    assert_true(token.n < 500);
    memcpy(p + n - 11, "|1968-03-12", 11);
    assert_true(token_make(a, token_scheme(S("person")), str_n(p, n), &token));
    memset(p, '|', n);
    assert_false(token_make(a, token_scheme(S("firearm")), str_n(p, n), &token));
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_published_vectors),
        cmocka_unit_test(schemes_are_in_order),
        cmocka_unit_test(long_values_do_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

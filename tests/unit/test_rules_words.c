/* The words of a pattern: a text without them cannot match. */
#include "rules/words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void words_are_needed(void **state)
{
    static const struct {
        const char *pattern, *words; /* joined by a comma; "" = none */
        bool caseless;
    } of[] = {
        {"fentan", "fentan", false},
        {"(?i)tablet press", "tablet pre", true}, /* an s ends it */
        {"(?i)(fentanilo|anhidrido acetico)", "fentanilo,anhidrido acetico", true},
        {"(?:cocaine|heroin)", "cocaine,heroin", false},
        {"colou?r paint", "r paint", false},
        {"abcd*efgh", "efgh", false},
        {"\\x41bcd", "", false},
        {"\\pL123", "", false},
        {"\\dabcd", "abcd", false},
        {"abc{0,3}xyz", "xyz", false},
        {"^prensa de tableta", "prensa de tableta", false},
        {"ab|cdef", "", false},
        {"a.b", "", false},
        {"[abc]defgh", "defgh", false},
        {"[]abcdef]xyz", "xyz", false},
        {"[[:alpha:]x]yzw", "", false},
        {"x\\babcd", "abcd", false},
        {"(abc|def)ghi", "", false},
        {"abc(def)?", "", false},
        {"abc\\|def", "abc", false},
        {"[|]abc|xyz", "", false},
        {"", "", false},
    };
    (void)state;

    for (size_t i = 0; i < COUNT(of); i++) {
        struct str rest = str_z(of[i].words), one;
        struct words w;
        size_t n = 0;
        words_of_pattern(str_z(of[i].pattern), &w);
        while (rest.n && str_split(&rest, ',', &one)) {
            if (n >= w.n || !str_eq(one, w.word[n]))
                fail_msg("%s: word %zu is not %.*s", of[i].pattern, n, STR_ARG(one));
            n++;
        }
        if (n != w.n)
            fail_msg("%s: %zu words", of[i].pattern, w.n);
        assert_true(n == 0 || w.caseless == of[i].caseless);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(words_are_needed)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * Names: what matches and what does not, in all scripts; what is promised of tokens, keys, scores; and that nothing
 * written, however broken, does harm.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h>

#include "names/internal.h"

static struct arena *arena;
static uint32_t state = 7;

static uint32_t chance(uint32_t n)
{
    state = state * 1664525u + 1013904223u;
    return (uint32_t)(((uint64_t)state * n) >> 32);
}

static const struct name *read_name(const char *z, enum name_of of)
{
    return name_read(arena, str_z(z), of);
}

/* ---- verdicts ---- */

struct verdict {
    enum name_of of;
    bool match;
    const char *asked, *listed;
};

static const struct verdict verdicts[] = {
    {NAME_PERSON, true, "Juan Pérez López", "PEREZ LOPEZ, JUAN"},
    {NAME_PERSON, true, "Juan Pérez", "Juan Pérez López"},
    {NAME_PERSON, false, "Juan Pérez López", "Juan Pérez Gómez"},
    {NAME_PERSON, false, "Juan Pérez López", "Juan López Pérez"},
    {NAME_PERSON, false, "Carlos Hernández", "Carlos Fernández"},
    {NAME_PERSON, false, "Mario Rossi", "Maria Rossi"},
    {NAME_PERSON, false, "Aleksandr Ivanov", "Aleksandra Ivanova"},
    {NAME_PERSON, true, "Elena Ivanova", "Elena Ivanov"},
    {NAME_PERSON, true, "José Gómez Robles", "Pepe Gomez Robles"},
    {NAME_PERSON, true, "Joaquín \"El Chapo\" Guzmán Loera", "Joaquin Guzman Loera"},
    {NAME_PERSON, true, "Juan Delacruz Reyes Zubia", "Juan de la Cruz Reyes Zubia"},
    {NAME_PERSON, true, "Garc\xc3\x83\xc2\xad\x61 Z\xc3\x83\xc2\xba\xc3\x83\xc2\xb1iga, Ana",
     "Ana García Zúñiga"},
    {NAME_PERSON, true, "C4RL0S SLIM HELU", "Carlos Slim Helú"},
    {NAME_PERSON, true, "Владимир Владимирович Путин", "Vladimir Putin"},
    {NAME_PERSON, false, "Ivan Sergeyevich Petrov", "Ivan Nikolayevich Petrov"},
    {NAME_PERSON, true, "عبد الرحمن السديس", "Abdul Rahman Al-Sudais"},
    {NAME_PERSON, true, "محمد علي", "Mohammed Ali"},
    {NAME_PERSON, true, "Abd al-Aziz ibn Saud", "Abdulaziz bin Saud"},
    {NAME_PERSON, false, "Hassan Khalil", "Hussein Khalil"},
    {NAME_PERSON, true, "习近平", "Xi Jinping"},
    {NAME_PERSON, true, "Mao Zedong", "Mao Tse-tung"},
    {NAME_PERSON, true, "김정은", "Kim Jong Un"},
    {NAME_PERSON, true, "בנימין נתניהו", "Benjamin Netanyahu"},
    {NAME_PERSON, true, "Αλέξης Τσίπρας", "Alexis Tsipras"},
    {NAME_PERSON, true, "नरेन्द्र मोदी", "Narendra Modi"},
    {NAME_PERSON, true, "John F. Kennedy", "John Fitzgerald Kennedy"},
    {NAME_PERSON, false, "John F. Kennedy", "John D. Kennedy"},
    {NAME_PERSON, false, "Henry Ford II", "Henry Ford III"},
    {NAME_PERSON, false, "Smith", "John Smith"},
    {NAME_PERSON, true, "Wang Wei", "Wei Wang"},
    {NAME_COMPANY, true, "Transportes del Norte S.A. de C.V.", "TRANSPORTES DEL NORTE SA DE CV"},
    {NAME_COMPANY, true, "Zeta, Sociedad Anónima de Capital Variable", "Zeta SA de CV"},
    {NAME_COMPANY, true, "ООО «Стройгазмонтаж»", "Stroygazmontazh LLC"},
    {NAME_COMPANY, true, "IRISL", "Islamic Republic of Iran Shipping Lines"},
    {NAME_COMPANY, true, "J.P. Morgan Chase", "JPMorgan Chase"},
    {NAME_COMPANY, true, "11420 CORP.", "11420 Corporation"},
    {NAME_COMPANY, false, "11420 Corp", "11421 Corp"},
    {NAME_COMPANY, false, "Sokol Fund II", "Sokol Fund III"},
    {NAME_COMPANY, true, "First National Bank", "1st National Bank"},
    {NAME_COMPANY, false, "Delta", "Delta Airlines"},
    {NAME_COMPANY, true, "Delta", "Delta"},
    {NAME_COMPANY, false, "Emma LLC", "Emma Daniels Consulting LLC"},
    {NAME_COMPANY, false, "Acme (Mexico) SA", "Acme (Panama) SA"},
    {NAME_COMPANY, false, "Bank of China", "Bank of India"},
    {NAME_COMPANY, true, "al-Qa'ida", "Al Qaeda"},
    {NAME_VESSEL, true, "M/V Ocean Star", "OCEAN STAR"},
    {NAME_VESSEL, false, "Ocean 1", "Ocean 2"},
    {NAME_ANY, true, "Acme Trading LLC", "Acme Trading"},
    {NAME_ANY, true, "Viktor Bout", "Bout, Viktor"},
    {NAME_ANY, false, "", ""},
    {NAME_ANY, false, "., -", "., -"},
};

static void verdicts_stand(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < COUNT(verdicts); i++) {
        const struct verdict *v = &verdicts[i];
        int bits = names_compare(read_name(v->asked, v->of), read_name(v->listed, v->of), NULL);
        if ((bits >= NAMES_MATCH) != v->match)
            fail_msg("%s | %s: %d", v->asked, v->listed, bits);
    }
}

static void the_parts_add_up(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < COUNT(verdicts); i++) {
        const struct name *a = read_name(verdicts[i].asked, verdicts[i].of);
        const struct name *b = read_name(verdicts[i].listed, verdicts[i].of);
        struct comparison c;
        int sum = 0, bits = names_compare(a, b, &c);
        for (size_t k = 0; k < c.n; k++)
            sum += c.part[k].bits;
        assert_int_equal(bits, c.bits);
        assert_int_equal(bits, sum);
        assert_int_equal(bits, names_compare(a, b, NULL));
    }
}

/* ---- tokens ---- */

/* A word of the verdicts. */
static struct token any_token(enum name_of *of)
{
    const struct verdict *v = &verdicts[chance(COUNT(verdicts) - 2)]; /* the last two have none */
    const struct name *n = read_name(chance(2) ? v->asked : v->listed, v->of);

    *of = v->of;
    return n->token[chance(n->n)];
}

/* The same with up to three letters changed. */
static struct token mutant(struct token t, enum name_of of)
{
    static const char letters[] = "aeiouhjkxszcgbvtdlrnm";

    for (uint32_t k = chance(4); k && t.n > 1 && t.class == TOKEN_WORD; k--) {
        uint32_t at = chance(t.n);
        if (chance(2)) {
            t.text[at] = letters[chance(sizeof letters - 1)];
        } else {
            memmove(t.text + at, t.text + at + 1, (size_t)(t.n - at));
            t.n--;
        }
    }
    t.canon = 0;
    memset(t.kin, 0, sizeof t.kin);
    t.flags &= TOKEN_UNVOWELLED | TOKEN_LETTERS;
    token_finish(&t, of);
    return t;
}

static bool share_a_key(const struct token *a, const struct token *b)
{
    uint64_t one[TOKEN_KEYS_MAX], other[TOKEN_KEYS_MAX];
    size_t near, n = token_keys(a, one, &near), m = token_keys(b, other, &near);

    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < m; k++)
            if (one[i] == other[k])
                return true;
    return false;
}

static void what_gains_shares_a_key(void **unused)
{
    size_t gained = 0;

    (void)unused;
    for (int i = 0; i < 60000; i++) {
        enum name_of of;
        struct token any = any_token(&of), a = mutant(any, of),
                     b = mutant(chance(2) ? any : any_token(&of), of);
        int gain = token_gain(&a, &b, NULL);
        int most = a.bits > a.lift ? a.bits : a.lift;
        arena_reset(arena);
        assert_int_equal(gain, token_gain(&b, &a, NULL));
        assert_true(gain <= most);
        if (gain <= 0 || a.class == TOKEN_INITIAL || b.class == TOKEN_INITIAL)
            continue;
        gained++;
        if (!share_a_key(&a, &b))
            fail_msg("%s and %s gain %d and share no key", a.text, b.text, gain);
    }
    assert_true(gained > 500);
}

/* ---- whatever is written ---- */

static void garbage_is_harmless(void **unused)
{
    char text[900];

    (void)unused;
    for (int i = 0; i < 3000; i++) {
        size_t n = chance(sizeof text);
        const struct name *a, *b;
        struct comparison c;
        for (size_t k = 0; k < n; k++)
            text[k] = (char)(chance(3) ? "aeiostrnl ,.-'(\"/&0123"[chance(22)] : (char)chance(256));
        a = name_read(arena, str_n(text, n), (enum name_of)chance(4));
        b = name_read(arena, str_n(text, n / 2), (enum name_of)chance(4));
        assert_true(a->n <= NAME_TOKENS_MAX);
        assert_true(str_utf8(a->folded));
        assert_int_equal(names_compare(a, b, &c), names_compare(a, b, NULL));
        for (size_t k = 0; k < c.n; k++)
            assert_true(evidence_words(arena, LANG_ES, &c.part[k]).n > 0);
        if (i % 100 == 0)
            arena_reset(arena);
    }
}

static void only_the_first_bytes_are_read(void **unused)
{
    char text[2 * NAME_BYTES_MAX];

    (void)unused;
    memset(text, 'x', sizeof text);
    memcpy(text, "Juan ", 5);
    text[NAME_BYTES_MAX] = ' ';
    assert_true(str_eq(name_read(arena, str_n(text, sizeof text), NAME_PERSON)->folded,
                       name_read(arena, str_n(text, NAME_BYTES_MAX), NAME_PERSON)->folded));
}

/* ---- beside the name ---- */

static int birth(const char *asked, const char *listed)
{
    struct comparison c = {.n = 0};
    int bits = names_birth(&c, str_z(asked), str_z(listed));

    assert_int_equal(bits, c.bits);
    return bits;
}

static void birth_dates_speak(void **unused)
{
    (void)unused;
    assert_true(birth("1962-03-04", "1962-03-04") > birth("1962", "1962-03-04"));
    assert_true(birth("1962-03-04", "1962-04-03") > birth("1962", "1962-03-04"));
    assert_true(birth("1962", "1962-03-04") > birth("circa 1962", "1963"));
    assert_true(birth("circa 1962", "1963") > 0);
    assert_true(birth("1960 to 1962", "1961-05-06") > 0);
    assert_true(birth("1962-03-04", "1962-09-11") < 0);
    assert_true(birth("1962-03-04", "1985-03-04") < 0);
    assert_int_equal(birth("", "1962"), 0);
    assert_int_equal(birth("unknown", "1962"), 0);
}

static void countries_and_numbers_speak(void **unused)
{
    struct comparison c = {.n = 0};

    (void)unused;
    assert_true(names_country(&c, S("mx"), S("MX")) > 0);
    assert_true(names_country(&c, S("MX"), S("IR")) < 0);
    assert_int_equal(names_country(&c, S(""), S("IR")), 0);
    assert_int_equal(names_identifier(&c, S("AB-123 456"), S("ab123456"), 1200), 1200);
    assert_true(names_identifier(&c, S("AB123456"), S("AB123457"), 1200) < 0);
    assert_int_equal(names_identifier(&c, S("--"), S("AB123457"), 1200), 0);
}

static void scores_grow_with_bits(void **unused)
{
    (void)unused;
    assert_int_equal(names_score(NAMES_MATCH), 500);
    for (int bits = -6000; bits < 9000; bits++) {
        assert_true(names_score(bits) <= names_score(bits + 1));
        assert_in_range(names_score(bits), 0, 1000);
    }
}

static int set_up(void **unused)
{
    (void)unused;
    arena = arena_new();
    return 0;
}

static int tear_down(void **unused)
{
    (void)unused;
    arena_free(arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(verdicts_stand),
        cmocka_unit_test(the_parts_add_up),
        cmocka_unit_test(what_gains_shares_a_key),
        cmocka_unit_test(garbage_is_harmless),
        cmocka_unit_test(only_the_first_bytes_are_read),
        cmocka_unit_test(birth_dates_speak),
        cmocka_unit_test(countries_and_numbers_speak),
        cmocka_unit_test(scores_grow_with_bits),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}

/* test_cosign.c: cosignatures (c2sp.org/tlog-cosignature), and notes that several have signed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "journal/note.h"

#define WHEN UINT64_C(1795000000)

struct bench {
    struct signer giver, taker, other;
    struct buf head, cosigned, more;
    struct note n; /* the head */
};

static void signer_of(struct signer *s, const char *name, uint8_t seed)
{
    uint8_t k[32];

    memset(k, seed, sizeof k);
    note_signer_make(s, str_z(name), k);
}

static int bench_new(void **state)
{
    static struct bench t;
    const struct checkpoint c = {.origin = S("us.cbp/to/mx.anam/1"), .size = 1234, .root = {1, 2, 3}};
    struct buf text;

    signer_of(&t.giver, "us.cbp", 1);
    signer_of(&t.taker, "mx.anam", 2);
    signer_of(&t.other, "mx.anam", 3); /* the same name, another key */
    buf_init(&t.head, NOTE_MAX);
    buf_init(&t.cosigned, NOTE_MAX);
    buf_init(&t.more, NOTE_MAX);
    buf_init(&text, NOTE_MAX);
    checkpoint_text(&text, &c);
    note_sign(&t.head, buf_view(&text), &t.giver, 1);
    assert_true(note_parse(buf_view(&t.head), &t.n));
    note_cosign(&t.cosigned, &t.n, &t.taker, WHEN);
    buf_free(&text);
    *state = &t;
    return 0;
}

static int bench_free(void **state)
{
    struct bench *t = *state;

    buf_free(&t->head);
    buf_free(&t->cosigned);
    buf_free(&t->more);
    return 0;
}

static struct note parsed(struct str s)
{
    struct note n;

    assert_true(note_parse(s, &n));
    return n;
}

static void a_cosignature_has_its_time(void **state)
{
    struct bench *t = *state;
    struct note n = parsed(buf_view(&t->cosigned));
    uint64_t when = 0;

    assert_true(str_eq(n.text, t->n.text));
    assert_true(note_verify(&n, &t->giver.public)); /* the giver's own line is still there */
    assert_true(note_cosigned(&n, &t->taker.public, &when));
    assert_true(when == WHEN);
    assert_false(note_verify(&n, &t->taker.public)); /* to have is not to say */
}

static void nobody_else_cosigned(void **state)
{
    struct bench *t = *state;
    struct note n = parsed(buf_view(&t->cosigned));
    uint64_t when;

    assert_false(note_cosigned(&n, &t->other.public, &when));
    assert_false(note_cosigned(&n, &t->giver.public, &when)); /* a signature is no cosignature */
    assert_false(note_cosigned(&t->n, &t->taker.public, &when));
}

/* Any bit: the text, either signature, the time inside the line. */
static void no_bit_can_change(void **state)
{
    struct bench *t = *state;

    for (size_t bit = 0; bit < 8 * t->cosigned.n; bit++) {
        char *p = t->cosigned.p + bit / 8;
        struct note n;
        uint64_t when;
        *p = (char)(*p ^ 1 << bit % 8);
        if (note_parse(buf_view(&t->cosigned), &n) && note_cosigned(&n, &t->taker.public, &when))
            assert_false(note_verify(&n, &t->giver.public)); /* then it was in the giver's line */
        *p = (char)(*p ^ 1 << bit % 8);
    }
}

static void one_bad_line_spoils_it(void **state)
{
    struct bench *t = *state;
    struct note n;
    uint64_t when;
    char *last;

    /* The same cosigner again, over another time: both must verify. */
    n = parsed(buf_view(&t->cosigned));
    note_cosign(&t->more, &n, &t->taker, WHEN + 60);
    n = parsed(buf_view(&t->more));
    assert_true(note_cosigned(&n, &t->taker.public, &when));
    assert_true(when == WHEN + 60);
    last = t->more.p + t->more.n - 10;
    *last = *last == 'A' ? 'B' : 'A';
    n = parsed(buf_view(&t->more));
    assert_false(note_cosigned(&n, &t->taker.public, &when));
}

static void merging_keeps_every_line_once(void **state)
{
    struct bench *t = *state;
    struct buf second, third;
    struct note a = parsed(buf_view(&t->cosigned)), b, c;
    uint64_t when;

    buf_init(&second, NOTE_MAX);
    buf_init(&third, NOTE_MAX);
    note_cosign(&second, &t->n, &t->other, WHEN);
    b = parsed(buf_view(&second));
    assert_true(note_merge(&t->more, &a, &b));
    c = parsed(buf_view(&t->more));
    assert_true(note_verify(&c, &t->giver.public));
    assert_true(note_cosigned(&c, &t->taker.public, &when) && note_cosigned(&c, &t->other.public, &when));
    assert_int_equal(t->more.n, t->cosigned.n + second.n - t->head.n); /* the giver's line stands once */
    assert_true(note_merge(&third, &c, &a));
    assert_true(str_eq(buf_view(&third), buf_view(&t->more))); /* nothing new */
    buf_free(&third);
    buf_free(&second);
}

static void other_texts_do_not_merge(void **state)
{
    struct bench *t = *state;
    struct buf other;
    struct note b;

    buf_init(&other, NOTE_MAX);
    note_sign(&other, S("us.cbp/to/mx.anam/1\n1235\nAAAA\n"), &t->giver, 1);
    b = parsed(buf_view(&other));
    assert_false(note_merge(&t->more, &t->n, &b));
    assert_int_equal(t->more.n, 0);
    buf_free(&other);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, bench_new, bench_free)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_cosignature_has_its_time),
        TEST(nobody_else_cosigned),
        TEST(no_bit_can_change),
        TEST(one_bad_line_spoils_it),
        TEST(merging_keeps_every_line_once),
        TEST(other_texts_do_not_merge),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

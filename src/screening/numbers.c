/*
 * numbers.c: what identifiers are worth. Two that are the same in their normal form are a hit, whatever they are; how
 * many bits that is tells their place in the queue: as many as their signs say, and next to nothing for a row of
 * equal or counting signs, which people write who have no number.
 *
 * Repair: a declared number that fails its check digit was mistyped. When one edit makes it an alert's number, whose
 * check digit holds, it is taken for that one. Never the other way round: a number that checks is itself.
 */
#include "screening/internal.h"

#include "schema/ids.h"

#define DIGIT_BITS  332 /* log2 10 */
#define LETTER_BITS 470 /* log2 26 */
#define ROW_BITS    50  /* a sign that follows from the one before it */
#define BITS_MOST   (40 * NAMES_BIT)
#define SIGNS_MOST  18 /* of a number with a check digit: the CURP */

/* The classes whose numbers have a check digit. A tax number is an RFC, a national one a CURP, when it has the form. */
static const struct {
    const char *class;
    enum shape shape;
    size_t least, most; /* signs */
    int contrary;       /* two of them that check and differ: nobody has two */
} checked[] = {
    {"container", SHAPE_CONTAINER, 11, 11, 0},         {"imo", SHAPE_IMO, 7, 7, -12 * NAMES_BIT},
    {"national", SHAPE_CURP, 18, 18, -12 * NAMES_BIT}, {"tax", SHAPE_RFC, 12, 13, -8 * NAMES_BIT},
    {"vin", SHAPE_VIN, 17, 17, -12 * NAMES_BIT},
};

static int row_of(const char *class)
{
    for (size_t i = 0; i < COUNT(checked); i++)
        if (strcmp(class, checked[i].class) == 0)
            return (int)i;
    return -1;
}

bool number_checks(const char *class, struct str value)
{
    int i = row_of(class);
    return i >= 0 && ids_shape(checked[i].shape, value);
}

int number_contrary(const char *class, struct str a, struct str b)
{
    int i = row_of(class);

    if (i < 0 || str_eq(a, b) || !ids_shape(checked[i].shape, a) || !ids_shape(checked[i].shape, b))
        return 0;
    return checked[i].contrary;
}

int number_bits(struct str v)
{
    int bits = 0;

    for (size_t i = 0; i < v.n; i++) {
        bool digit = v.p[i] >= '0' && v.p[i] <= '9';
        bool row = i && (v.p[i] == v.p[i - 1] || v.p[i] == v.p[i - 1] + 1 || v.p[i] + 1 == v.p[i - 1]);
        bits += row ? ROW_BITS : digit ? DIGIT_BITS : LETTER_BITS;
    }
    return bits < BITS_MOST ? bits : BITS_MOST;
}

/* ---- one edit ---- */

/* Signs, not bytes: the N with tilde of Mexican numbers is one. */
struct signs {
    size_t n;
    uint8_t sign[SIGNS_MOST + 2];
};
#define ENYE 1

/* 36 signs that numbers have, then those that only an RFC or a CURP has. */
static const uint8_t alphabet[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ&\001";

static bool to_signs(struct str s, struct signs *out)
{
    out->n = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (out->n == COUNT(out->sign))
            return false;
        if (i + 1 < s.n && memcmp(s.p + i, "\xc3\x91", 2) == 0) {
            out->sign[out->n++] = ENYE;
            i++;
        } else {
            out->sign[out->n++] = (uint8_t)s.p[i];
        }
    }
    return true;
}

static struct str to_text(const struct signs *s, char text[2 * SIGNS_MOST + 4])
{
    size_t n = 0;

    for (size_t i = 0; i < s->n; i++) {
        if (s->sign[i] == ENYE)
            text[n++] = '\xc3';
        text[n++] = s->sign[i] == ENYE ? '\x91' : (char)s->sign[i];
    }
    return str_n(text, n);
}

struct edits {
    int row;
    bool checks;
    number_fn *fn;
    void *arg;
};

static int offer(const struct edits *e, const struct signs *s)
{
    char text[2 * SIGNS_MOST + 4];
    struct str value = to_text(s, text);

    if (ids_shape(checked[e->row].shape, value) != e->checks)
        return 0;
    return e->fn(e->arg, value);
}

static int changed(const struct edits *e, const struct signs *s)
{
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < s->n; i++) {
        struct signs x = *s;
        for (const uint8_t *p = alphabet; rc == 0 && *p; p++)
            if (*p != s->sign[i]) {
                x.sign[i] = *p;
                rc = offer(e, &x);
            }
        x = *s;
        if (rc == 0 && i + 1 < s->n && s->sign[i] != s->sign[i + 1]) {
            x.sign[i] = s->sign[i + 1];
            x.sign[i + 1] = s->sign[i];
            rc = offer(e, &x);
        }
    }
    return rc;
}

static int left_out(const struct edits *e, const struct signs *s)
{
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < s->n; i++) {
        struct signs x = *s;
        if (i && s->sign[i] == s->sign[i - 1])
            continue;
        memmove(x.sign + i, x.sign + i + 1, s->n - i - 1);
        x.n--;
        rc = offer(e, &x);
    }
    return rc;
}

static int put_in(const struct edits *e, const struct signs *s)
{
    int rc = 0;

    for (size_t i = 0; rc == 0 && i <= s->n; i++) {
        struct signs x = *s;
        memmove(x.sign + i + 1, x.sign + i, s->n - i);
        x.n++;
        for (const uint8_t *p = alphabet; rc == 0 && *p; p++) {
            x.sign[i] = *p;
            rc = offer(e, &x);
        }
    }
    return rc;
}

int number_edits(const char *class, struct str value, bool checks, number_fn *fn, void *arg)
{
    struct edits e = {.row = row_of(class), .checks = checks, .fn = fn, .arg = arg};
    struct signs s;
    size_t least, most;
    int rc = 0;

    if (e.row < 0 || !to_signs(value, &s))
        return 0;
    least = checked[e.row].least;
    most = checked[e.row].most;
    /* What must check has the length of such numbers; what must not may have any. */
    if (!checks || (s.n >= least && s.n <= most))
        rc = changed(&e, &s);
    if (rc == 0 && (!checks || s.n > least) && s.n <= most + 1)
        rc = left_out(&e, &s);
    if (rc == 0 && (!checks || s.n < most) && s.n + 1 >= least && s.n <= most)
        rc = put_in(&e, &s);
    return rc;
}

static bool one_edit(const struct signs *a, const struct signs *b)
{
    size_t i = 0, tail = 0, la, lb;

    while (i < a->n && i < b->n && a->sign[i] == b->sign[i])
        i++;
    while (tail < a->n - i && tail < b->n - i && a->sign[a->n - 1 - tail] == b->sign[b->n - 1 - tail])
        tail++;
    la = a->n - i - tail;
    lb = b->n - i - tail;
    if (la + lb == 1 || (la == 1 && lb == 1))
        return true;
    return la == 2 && lb == 2 && a->sign[i] == b->sign[i + 1] && a->sign[i + 1] == b->sign[i];
}

bool number_repairs(const char *class, struct str declared, struct str listed)
{
    struct signs a, b;

    if (!number_checks(class, listed) || number_checks(class, declared))
        return false;
    return to_signs(declared, &a) && to_signs(listed, &b) && one_edit(&a, &b);
}

/* An exercise: the same seed, the same bytes; numbers that hold; expected.json that says what is there. */
#include "exercise/internal.h"
#include "schema/ids.h"

#include <dirent.h>
#include <jansson.h>
#include <setjmp.h>
#include <stdlib.h>
#include <unistd.h>
/* cmocka wants the above first */
#include <cmocka.h>

static struct arena *arena;

static const char *fresh_dir(void)
{
    char path[] = "/tmp/puente-exercise-XXXXXX";

    assert_non_null(mkdtemp(path));
    return arena_z(arena, str_z(path));
}

static struct cast cast_of(uint64_t seed, int64_t scale, const char *only)
{
    struct cast c = {.seed = seed, .scale = scale};

    for (const struct pair *p = exercise_pairs; p->name; p++)
        if (!only || strcmp(p->name, only) == 0)
            c.pair[c.pairs++] = p;
    return c;
}

#define DAY INT64_C(20710)

static const char *written(const struct cast *c, struct tally *t)
{
    const char *dir = fresh_dir();
    struct err e = {.code = ERR_NONE};

    *t = (struct tally){0};
    if (day_write(c, &(struct day_order){dir, DAY, 100000000}, t, &e))
        fail_msg("%s", e.text);
    return dir;
}

static struct str content(const char *dir, const char *name)
{
    struct str s;
    struct err e = {.code = ERR_NONE};

    if (file_read(arena, path_join(arena, dir, name).p, 1 << 26, &s, &e))
        fail_msg("%s", e.text);
    return s;
}

/* Calls back for each file in order. */
static void each_file(const char *dir, void (*fn)(void *, const char *name, struct str), void *arg)
{
    struct dirent **list;
    int n = scandir(dir, &list, NULL, alphasort);

    assert_true(n > 2);
    for (int i = 0; i < n; i++) {
        if (list[i]->d_name[0] != '.')
            fn(arg, list[i]->d_name, content(dir, list[i]->d_name));
        free(list[i]);
    }
    free(list);
}

static void remove_one(void *arg, const char *name, struct str s)
{
    (void)s;
    unlink(path_join(arena, arg, name).p);
}

static void forget(const char *dir)
{
    each_file(dir, remove_one, (void *)(uintptr_t)dir);
    rmdir(dir);
}

static void add_digest(void *arg, const char *name, struct str s)
{
    sha256_add(arg, str_z(name));
    sha256_add(arg, s);
}

static void digest_of(const struct cast *c, uint8_t out[HASH_SIZE])
{
    struct tally t;
    const char *dir = written(c, &t);
    struct sha256_run *h = sha256_new();

    each_file(dir, add_digest, h);
    sha256_end(h, out);
    forget(dir);
}

static void the_same_seed_writes_the_same_bytes(void **state)
{
    struct cast one = cast_of(7, 300, NULL), other = cast_of(8, 300, NULL);
    uint8_t a[HASH_SIZE], b[HASH_SIZE], c[HASH_SIZE];

    (void)state;
    digest_of(&one, a);
    digest_of(&one, b);
    digest_of(&other, c);
    assert_memory_equal(a, b, HASH_SIZE);
    assert_memory_not_equal(a, c, HASH_SIZE);
}

/* ---- numbers ---- */

static void check_digits_hold(void **state)
{
    struct dice d = dice_for(3, 1, 2, 3);
    char z[32];

    (void)state;
    for (int i = 0; i < 3000; i++) {
        number_container(z, "ZXEU", i * 331);
        assert_true(ids_shape(SHAPE_CONTAINER, str_z(z)));
        number_imo(z, i * 61);
        assert_true(ids_shape(SHAPE_IMO, str_z(z)));
        number_vin(z, &d);
        assert_true(ids_shape(SHAPE_VIN, str_z(z)));
        number_rfc(z, i % 2 ? "ABX" : "EXFJ", i * 7);
        assert_true(ids_shape(SHAPE_RFC, str_z(z)));
        number_awb(z, i * 997);
        assert_true(ids_shape(SHAPE_AWB, str_z(z)));
        number_plate(z, &d);
        assert_true(strlen(z) == 6 && z[2] <= 'H'); /* planted ones have a Z there */
    }
    for (size_t i = 0; i < exercise_good_count; i++) {
        const struct good *g = &exercise_goods[i];
        assert_true(strlen(g->hs) == 10 && ids_shape(SHAPE_HS, str_z(g->hs)));
        assert_true(!g->cas || ids_shape(SHAPE_CAS, str_z(g->cas)));
        assert_true(!g->undg || ids_shape(SHAPE_UNDG, str_z(g->undg)));
        assert_true(strlen(g->english) <= 45); /* X12 N1002 */
    }
}

static void every_way_has_goods_both_ways(void **state)
{
    static const int ways[] = {GOOD_ROAD, GOOD_SEA, GOOD_AIR};

    (void)state;
    for (size_t w = 0; w < COUNT(ways); w++)
        for (int to = GOOD_NORTH; to <= GOOD_SOUTH; to++) {
            int n = 0;
            for (size_t i = 0; i < exercise_good_count; i++)
                n += (exercise_goods[i].flags & (ways[w] | to)) == (ways[w] | to);
            assert_true(n > 0);
        }
}

/* ---- formats ---- */

static int count(struct str s, const char *what)
{
    int n = 0;
    const char *p = s.p, *end = s.p + s.n;

    while ((p = memmem(p, (size_t)(end - p), what, strlen(what))) != NULL) {
        n++;
        p++;
    }
    return n;
}

static struct shipment *shipment(const struct cast *c, enum form form, const char *pair)
{
    for (size_t i = 0; i < c->pairs; i++)
        if (strcmp(c->pair[i]->name, pair) == 0)
            return shipment_new(arena, c,
                                &(struct order){form, c->pair[i], form != FORM_CUSCAR_SEA, {DAY, 600}, 5});
    return NULL;
}

static void envelopes_count_right(void **state)
{
    struct cast c = cast_of(1, 1000, NULL);
    struct buf b;
    int segments, said;

    (void)state;
    buf_init(&b, 1 << 24);
    message_write(arena, &b, shipment(&c, FORM_309_SEA, "altamira-houston"), 123456789);
    assert_int_equal(b.p[105], '~'); /* ISA is 106 bytes long */
    assert_memory_equal(b.p + 35, EXERCISE_MARK, 15);
    segments = count(buf_view(&b), "~\n") - 4; /* without ISA, GS, GE, IEA */
    assert_int_equal(sscanf(strstr(b.p, "\nSE*"), "\nSE*%d*6789~", &said), 1);
    assert_int_equal(said, segments);

    buf_reset(&b);
    message_write(arena, &b, shipment(&c, FORM_CUSCAR_SEA, "altamira-houston"), 42);
    segments = count(buf_view(&b), "'\n") - 2; /* without UNB, UNZ */
    assert_int_equal(sscanf(strstr(b.p, "\nUNT+"), "\nUNT+%d+42'", &said), 1);
    assert_int_equal(said, segments);

    buf_reset(&b);
    message_write(arena, &b, shipment(&c, FORM_CUSCAR_ROAD, "laredo"), 43);
    segments = count(buf_view(&b), "'\n") - 4; /* without UNB, UNG, UNE, UNZ */
    assert_int_equal(sscanf(strstr(b.p, "\nUNT+"), "\nUNT+%d+43'", &said), 1);
    assert_int_equal(said, segments);
    buf_free(&b);
}

static void delimiters_are_released(void **state)
{
    struct cast c = cast_of(1, 1000, NULL);
    struct shipment *s = shipment(&c, FORM_CUSCAR_SEA, "veracruz-houston");
    struct buf b;

    (void)state;
    buf_init(&b, 1 << 24);
    snprintf(s->bill[0].from.name, sizeof s->bill[0].from.name, "O'Né+il: a*b~?");
    message_write(arena, &b, s, 1);
    assert_int_equal(count(buf_view(&b), "O?'NE?+IL?: A*B~??"), 1);
    buf_reset(&b);
    s = shipment(&c, FORM_309_ROAD, "laredo");
    snprintf(s->bill[0].from.name, sizeof s->bill[0].from.name, "a*b~c>d^e");
    message_write(arena, &b, s, 1);
    assert_int_equal(count(buf_view(&b), "N1*SH*A B C D E~"), 1);
    buf_reset(&b);
    s = shipment(&c, FORM_CFDI_ROAD, "laredo");
    snprintf(s->driver.name, sizeof s->driver.name, "a&b<c\"d");
    message_write(arena, &b, s, 1);
    assert_int_equal(count(buf_view(&b), "NombreFigura=\"a&amp;b&lt;c&quot;d\""), 1);
    assert_int_equal(count(buf_view(&b), "TranspInternac=\"Sí\""), 1);
    buf_free(&b);
}

static void summer_and_winter_differ(void **state)
{
    char z[TIME_SIZE];

    (void)state;
    when_utc(&exercise_pairs[0], (struct when){date_days(2026, 3, 7), 600}, z);
    assert_string_equal(z, "2026-03-07T16:00:00Z");
    when_utc(&exercise_pairs[0], (struct when){date_days(2026, 3, 8), 600}, z);
    assert_string_equal(z, "2026-03-08T15:00:00Z");
    when_utc(&exercise_pairs[0], (struct when){date_days(2026, 10, 31), 600}, z);
    assert_string_equal(z, "2026-10-31T15:00:00Z");
    when_utc(&exercise_pairs[0], (struct when){date_days(2026, 11, 1), 600}, z);
    assert_string_equal(z, "2026-11-01T16:00:00Z");
}

/* ---- what is expected is there ---- */

static void lines_are_good(void *arg, const char *name, struct str s)
{
    struct str line;
    int *n = arg;

    if (!strstr(name, ".jsonl"))
        return;
    while (str_split(&s, '\n', &line)) {
        struct faults f = {.put = NULL, .limit = 1};
        struct record *r;
        if (line.n == 0)
            continue;
        r = schema_from_json(arena, NULL, line, (struct place){0}, &f);
        if (!r || !schema_check(r, (struct place){0}, &f) || f.count[SEV_ERROR] || f.count[SEV_WARNING])
            fail_msg("%s: %.*s", name, STR_ARG(line));
        assert_true(r->head.exercise);
        (*n)++;
    }
}

static void marked(void *arg, const char *name, struct str s)
{
    (void)arg;
    if (!strstr(name, ".jsonl") && !count(s, EXERCISE_MARK) && strcmp(name, "expected.json") != 0)
        fail_msg("%s has no mark", name);
}

/* The declared value as its format writes it. */
static bool declares(const char *dir, const json_t *x)
{
    const char *value = json_string_value(json_object_get(x, "declared_value"));
    struct str s = content(dir, json_string_value(json_object_get(x, "file"))), upper = fold(arena, value),
               family;

    if (count(s, value) || count(s, arena_z(arena, upper)))
        return true;
    /* A container is in two elements of X12; a person's family name goes first in EDIFACT. */
    if (upper.n == 11 && count(s, arena_fmt(arena, "%.4s*%.7s", upper.p, upper.p + 4).p))
        return true;
    for (family = upper; family.n && memchr(family.p, ' ', family.n);)
        family = str_n(family.p + 1, family.n - 1);
    upper.n -= family.n;
    return upper.n > 1 &&
           count(s, arena_fmt(arena, "+%.*s %.*s'", STR_ARG(family), (int)upper.n - 1, upper.p).p);
}

static void what_is_expected_is_there(void **state)
{
    struct cast c = cast_of(7, 1000, NULL);
    struct tally t;
    const char *dir = written(&c, &t);
    struct str s = content(dir, "expected.json");
    json_t *j = json_loadb(s.p, s.n, 0, NULL), *x;
    uint64_t all = 0;
    size_t i;
    int n = 0;

    (void)state;
    assert_non_null(j);
    assert_int_equal(json_array_size(json_object_get(j, "find")), PLANTS - 1);
    assert_int_equal(json_array_size(json_object_get(j, "find_withdrawn")), 1);
    assert_int_equal(t.found, PLANTS - 1);
    json_array_foreach(json_object_get(j, "find"), i, x)
    {
        if (!declares(dir, x))
            fail_msg("%s is not in its file", json_string_value(json_object_get(x, "number")));
    }
    json_array_foreach(json_object_get(j, "broken"), i, x)
    {
        assert_true(content(dir, json_string_value(json_object_get(x, "file"))).n > 100);
    }
    assert_int_equal(json_array_size(json_object_get(j, "broken")), t.broken);
    assert_int_equal(t.broken, 8);
    each_file(dir, lines_are_good, &n);
    assert_int_equal(n, t.lines);
    each_file(dir, marked, NULL);
    for (i = 0; i < FORMS; i++)
        all += t.messages[i];
    assert_in_range(all, 300, 600);
    json_decref(j);
    forget(dir);
}

static void one_pair_alone_plants_what_it_can(void **state)
{
    struct cast c = cast_of(1, 1000, "laredo");
    struct tally t;
    const char *dir = written(&c, &t);

    (void)state;
    assert_int_equal(t.messages[FORM_309_SEA], 0);
    assert_true(t.messages[FORM_309_ROAD] > 20);
    assert_int_equal(t.found, 7); /* the ones on the road */
    forget(dir);
}

static void scale_multiplies(void **state)
{
    struct cast one = cast_of(1, 1000, "laredo"), ten = cast_of(1, 10000, "laredo");
    struct tally a, b;

    (void)state;
    forget(written(&one, &a));
    forget(written(&ten, &b));
    assert_in_range(b.messages[FORM_309_ROAD], 9 * a.messages[FORM_309_ROAD],
                    11 * a.messages[FORM_309_ROAD]);
}

static void a_folder_that_cannot_be_written_is_an_error(void **state)
{
    struct cast c = cast_of(1, 100, "laredo");
    struct tally t = {0};
    struct err e = {.code = ERR_NONE};

    (void)state;
    assert_int_equal(day_write(&c, &(struct day_order){"/proc/nowhere", DAY, 1}, &t, &e), -1);
    assert_int_equal(e.code, ERR_IO);
}

int main(void)
{
    int failed;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_seed_writes_the_same_bytes),
        cmocka_unit_test(check_digits_hold),
        cmocka_unit_test(every_way_has_goods_both_ways),
        cmocka_unit_test(envelopes_count_right),
        cmocka_unit_test(delimiters_are_released),
        cmocka_unit_test(summer_and_winter_differ),
        cmocka_unit_test(what_is_expected_is_there),
        cmocka_unit_test(one_pair_alone_plants_what_it_can),
        cmocka_unit_test(scale_multiplies),
        cmocka_unit_test(a_folder_that_cannot_be_written_is_an_error),
    };

    arena = arena_new();
    failed = cmocka_run_group_tests_name("exercise", tests, NULL, NULL);
    arena_free(arena);
    return failed;
}

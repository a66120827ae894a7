/* What an op says, as text and as JSON. */
#include "cli/internal.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdlib.h>
/* cmocka wants the above first */
#include <cmocka.h>

struct shown {
    struct arena *arena;
    struct page page;
    struct out *out;
    char *text;
    size_t n;
};

static struct shown begin(int width)
{
    struct shown s = {.arena = arena_new()};
    return (s.page = (struct page){NULL, s.arena, LANG_EN, width, false}), s;
}

static void show(struct shown *s, void (*say)(struct out *), const char *expected)
{
    s->page.to = open_memstream(&s->text, &s->n);
    s->out = tree_new(&s->page);
    say(s->out);
    tree_show(s->out);
    fclose(s->page.to);
    assert_string_equal(s->text, expected);
    free(s->text);
    arena_free(s->arena);
}

static void say_pairs(struct out *o)
{
    out_open(o, NULL);
    out_z(o, "name", "José");
    out_int(o, "entries", -12);
    out_bool(o, "good", true);
    out_list(o, "files");
    out_z(o, NULL, "a");
    out_z(o, NULL, "b");
    out_end(o);
    out_list(o, "hits");
    out_end(o);
    out_open(o, "head");
    out_int(o, "epoch", 1);
    out_z(o, "two_lines", "one\ntwo");
    out_close(o);
    out_close(o);
}

static void pairs_are_aligned(void **state)
{
    struct shown s = begin(0);

    (void)state;
    show(&s, say_pairs,
         "name     José\nentries  -12\ngood     yes\nfiles    a, b\nhits     none\n\nhead\n"
         "  epoch      1\n  two lines  one\n             two\n");
}

static void say_rows(struct out *o)
{
    out_list(o, NULL);
    for (int i = 1; i < 1000; i *= 30) {
        out_open(o, NULL);
        out_z(o, "id", "abcdefgh");
        out_z(o, "name", i == 1 ? "日本" : "Peñasco de la Sierra Madre Oriental");
        out_int(o, "count", i);
        out_close(o);
    }
    out_end(o);
}

static void rows_are_a_table(void **state)
{
    struct shown s = begin(0);

    (void)state;
    show(&s, say_rows,
         "id        name                                 count\n"
         "abcdefgh  日本                                     1\n"
         "abcdefgh  Peñasco de la Sierra Madre Oriental     30\n"
         "abcdefgh  Peñasco de la Sierra Madre Oriental    900\n");
}

static void a_terminal_cuts_but_not_ids(void **state)
{
    struct shown s = begin(40);

    (void)state;
    show(&s, say_rows,
         "id        name                     count\n"
         "abcdefgh  日本                         1\n"
         "abcdefgh  Peñasco de la Sierra M…     30\n"
         "abcdefgh  Peñasco de la Sierra M…    900\n");
}

static void a_narrow_terminal_is_told(void **state)
{
    struct shown s = begin(24);

    (void)state;
    show(&s, say_rows,
         "id        name\n"
         "abcdefgh  日本\n"
         "abcdefgh  Peñasco de …\n"
         "abcdefgh  Peñasco de …\n"
         "(no room for: count; a wider window, a file or --json shows them)\n");
}

static void say_nothing(struct out *o)
{
    out_list(o, NULL);
    out_end(o);
}

static void nothing_is_said(void **state)
{
    struct shown s = begin(0);

    (void)state;
    show(&s, say_nothing, "nothing found\n");
}

static void say_hostile(struct out *o)
{
    out_str(o, "name",
            str_n("a\033[2J\x7f\t\xe2\x80\xae"
                  "b\xff\r",
                  13));
}

static void hostile_bytes_do_not_steer(void **state)
{
    struct shown s = begin(0);

    (void)state;
    show(&s, say_hostile,
         "name  a\xef\xbf\xbd[2J\xef\xbf\xbd \xef\xbf\xbd"
         "b\xef\xbf\xbd\xef\xbf\xbd\n");
}

static void say_line_between(struct out *o)
{
    out_int(o, "size", 1);
    out_line(o, S("raw\n"));
    out_int(o, "size", 2);
}

static void lines_keep_their_place(void **state)
{
    struct shown s = begin(0);

    (void)state;
    show(&s, say_line_between, "size  1\nraw\nsize  2\n");
}

/* ---- records ---- */

static struct record *a_trip(struct arena *a)
{
    struct record *r = record_new(a, schema_kind(S("trip")));

    r->head.origin = S("us.cbp");
    r->head.handling = S("H1");
    r->head.exercise = true;
    record_text(r, schema_field(r->kind, S("mode")), S("road"));
    record_text(r, schema_field(r->kind, S("carrier")), S("ABCD"));
    record_int(r, schema_field(r->kind, S("bills")), 3);
    return r;
}

static void say_trip(struct out *o)
{
    struct arena *a = arena_new();
    struct record *r = a_trip(a);

    out_list(o, NULL);
    out_record(o, r, 0);
    out_record(o, r, (uint64_t)1 << schema_field(r->kind, S("carrier")));
    out_end(o);
    arena_free(a);
}

static void records_show_what_is_withheld(void **state)
{
    struct shown s = begin(0);

    (void)state;
    s.page.to = open_memstream(&s.text, &s.n);
    s.out = tree_new(&s.page);
    say_trip(s.out);
    tree_show(s.out);
    fclose(s.page.to);
    assert_non_null(strstr(s.text, "ABCD"));
    assert_non_null(strstr(s.text, "(withheld)"));
    assert_null(strstr(s.text, "us.cbp")); /* of the header only the id stands in a table */
    free(s.text);
    arena_free(s.arena);
}

/* ---- JSON ---- */

static void json_is(void (*say)(struct out *), const char *expected)
{
    struct arena *a = arena_new();
    struct buf b;
    json_error_t e;
    json_t *j;

    buf_init(&b, 1 << 20);
    say(out_to_json(a, &b, LANG_EN));
    j = json_loadb(b.p, b.n, JSON_DECODE_ANY, &e);
    if (!j)
        fail_msg("%.*s: %s", STR_ARG(buf_view(&b)), e.text);
    if (expected)
        assert_true(str_eq(buf_view(&b), str_z(expected)));
    json_decref(j);
    buf_free(&b);
    arena_free(a);
}

static void say_bare(struct out *o)
{
    out_int(o, "a", 1);
    out_list(o, "b");
    out_list(o, NULL);
    out_json(o, NULL, S("null"));
    out_end(o);
    out_open(o, NULL);
    out_close(o);
    out_end(o);
    out_open(o, "c");
    out_close(o);
    out_bool(o, "d", false);
}

static void say_one_record(struct out *o)
{
    struct arena *a = arena_new();

    out_open(o, NULL);
    out_int(o, "seq", 7);
    out_record(o, a_trip(a), 0);
    out_close(o);
    arena_free(a);
}

static void json_is_valid(void **state)
{
    (void)state;
    json_is(say_pairs,
            "{\"name\":\"José\",\"entries\":-12,\"good\":true,\"files\":[\"a\",\"b\"],\"hits\":[],"
            "\"head\":{\"epoch\":1,\"two_lines\":\"one\\ntwo\"}}");
    json_is(say_bare, "{\"a\":1,\"b\":[[null],{}],\"c\":{},\"d\":false}");
    json_is(say_nothing, "[]");
    json_is(say_rows, NULL);
    json_is(say_hostile, NULL);
    json_is(say_trip, NULL);
    json_is(say_one_record,
            "{\"seq\":7,\"record\":{\"id\":\"00000000-0000-0000-0000-000000000000\",\"kind\":\"trip\","
            "\"origin\":\"us.cbp\",\"handling\":\"H1\",\"exercise\":true,\"fields\":{\"mode\":\"road\","
            "\"carrier\":\"ABCD\",\"bills\":3}}}");
}

static void json_names_what_is_withheld(void **state)
{
    struct arena *a = arena_new();
    struct record *r = a_trip(a);
    struct buf b;

    (void)state;
    buf_init(&b, 1 << 20);
    out_record(out_to_json(a, &b, LANG_EN), r, UINT64_MAX);
    buf_char(&b, '\0');
    assert_non_null(strstr(b.p, "\"fields\":{},\"withheld\":[\"mode\",\"carrier\",\"bills\"]"));
    buf_free(&b);
    arena_free(a);
}

/* ---- progress ---- */

static void progress_speaks_in_time(void **state)
{
    struct world_fake w;
    struct progress p;
    char *text;
    size_t n;
    FILE *to = open_memstream(&text, &n);

    (void)state;
    world_fake(&w, 0, 1000000, 1);
    progress_init(&p, &w.world, LANG_EN, to, false);
    for (uint64_t i = 1; i <= 10; i++)
        progress_tick(&p, "records", i * 100, 2000);
    progress_end(&p);
    fclose(to);
    assert_string_equal(text, "records: 500 of 2000, 25%, 125 a second, 12 s left\n"
                              "records: 1000 of 2000, 50%, 111 a second, 9 s left\n");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pairs_are_aligned),
        cmocka_unit_test(rows_are_a_table),
        cmocka_unit_test(a_terminal_cuts_but_not_ids),
        cmocka_unit_test(a_narrow_terminal_is_told),
        cmocka_unit_test(nothing_is_said),
        cmocka_unit_test(hostile_bytes_do_not_steer),
        cmocka_unit_test(lines_keep_their_place),
        cmocka_unit_test(records_show_what_is_withheld),
        cmocka_unit_test(json_is_valid),
        cmocka_unit_test(json_names_what_is_withheld),
        cmocka_unit_test(progress_speaks_in_time),
    };

    return cmocka_run_group_tests_name("cli text", tests, NULL, NULL);
}

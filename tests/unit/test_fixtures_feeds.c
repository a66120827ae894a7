/*
 * Every file below tests/fixtures/feeds/<format>/, whose name is a verdict; read as that format, or as what it is
 * detected to be. Beside it stand, in .json, exactly the lines
 * that `puente parse` writes, and in .messages, where there is such a file, one line for each message: format, version,
 * profile, verdict, what was tolerated. Each file is read at once and again byte by byte: the
 * lines must be the same. With PUENTE_BLESS=1 the expected lines are written
 * instead of compared, for review.
 */
#include "base/json.h"
#include "feeds/feeds.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <cmocka.h>

#define FOLDER    "tests/fixtures/feeds"
#define FILE_MOST ((size_t)1 << 20)

struct reading {
    struct str bytes;
    size_t used, step; /* step: bytes given at once; 0 = all */
    struct buf said, messages;
    struct feeds_sink lines;
    void (*end)(void *arg, const struct feeds_message *m);
};

static long give(void *arg, void *to, size_t most)
{
    struct reading *r = arg;
    size_t n = r->bytes.n - r->used;

    if (n > most)
        n = most;
    if (r->step && n > r->step)
        n = r->step;
    if (n)
        memcpy(to, r->bytes.p + r->used, n);
    r->used += n;
    return (long)n;
}

static void keep(void *arg, struct str line)
{
    buf_str(&((struct reading *)arg)->said, line);
}

static void text_field(struct buf *b, const char *key, struct str s)
{
    if (s.n) {
        json_key(b, key);
        json_str(b, s);
    }
}

static void sink_begin(void *arg, const struct feeds_message *m)
{
    struct reading *r = arg;
    r->lines.begin(r->lines.arg, m);
}

static void sink_record(void *arg, struct record *rec)
{
    struct reading *r = arg;
    r->lines.record(r->lines.arg, rec);
}

static void sink_fault(void *arg, const struct fault *f)
{
    struct reading *r = arg;
    r->lines.fault(r->lines.arg, f);
}

static void sink_end(void *arg, const struct feeds_message *m)
{
    static const char *const verdicts[] = {"taken", "refused", "not-understood"};
    struct reading *r = arg;
    struct buf *b = &r->messages;

    r->lines.end(r->lines.arg, m);
    buf_char(b, '{');
    text_field(b, "format", m->format);
    text_field(b, "version", m->version);
    text_field(b, "profile", m->profile);
    text_field(b, "sender", m->sender);
    text_field(b, "receiver", m->receiver);
    text_field(b, "control", m->control);
    text_field(b, "reference", m->reference);
    text_field(b, "tolerated", m->tolerated);
    text_field(b, "exercise", m->exercise ? S("yes") : S(""));
    text_field(b, "verdict", str_z(verdicts[m->verdict]));
    buf_z(b, "}\n");
}

/* The folder's name, where it names a format; else it is detected. */
static const char *format_of(const char *folder)
{
    const char *name = strrchr(folder, '/') + 1;

    for (const struct feeds_format *f = feeds_formats; f->name; f++)
        if (strcmp(f->name, name) == 0)
            return f->name;
    return NULL;
}

static void parse(struct reading *r, struct str bytes, size_t step, const char *folder, const char *name)
{
    struct feeds_lines lines;
    struct feeds_input in = {give, r, name};
    struct feeds_sink to = {sink_begin, sink_record, sink_fault, sink_end, r, NULL};
    struct feeds_options options = {.as = format_of(folder)};
    struct err err = {0};

    *r = (struct reading){.bytes = bytes, .step = step};
    buf_init(&r->said, (size_t)16 << 20);
    buf_init(&r->messages, (size_t)16 << 20);
    r->lines = feeds_lines(&lines, LANG_EN, keep, r);
    if (feeds_parse(&in, &options, &to, &err) != 0) {
        buf_z(&r->said, "{\"unreadable\":");
        json_str(&r->said, str_z(err.text));
        buf_z(&r->said, "}\n");
    }
    feeds_lines_free(&lines);
}

static bool bless(void)
{
    const char *z = getenv("PUENTE_BLESS");
    return z && *z == '1';
}

/* Compares with the file, or writes it. `always`: it must exist. */
static void hold(struct arena *a, struct str path, struct str said, bool always)
{
    struct str expected = {0};
    struct err err = {0};
    bool exists = file_read(a, path.p, FILE_MOST * 4, &expected, &err) == 0;

    if (!exists && !always)
        return;
    if (bless()) {
        if (file_write(path.p, said, 0644, &err) != 0)
            fail_msg("%s", err.text);
    } else if (!exists || !str_eq(expected, said)) {
        fail_msg("%s: expected\n%.*s\nbut it says\n%.*s\n(make bless rewrites it, for review)", path.p,
                 STR_ARG(expected), STR_ARG(said));
    }
}

static void one(struct arena *a, const char *folder, const char *name)
{
    struct str path = path_join(a, folder, name), bytes;
    struct str stem = str_n(name, (size_t)(strrchr(name, '.') - name));
    struct reading whole, split;
    struct err err = {0};

    if (file_read(a, path.p, FILE_MOST, &bytes, &err) != 0)
        fail_msg("%s: %s", path.p, err.text);
    parse(&whole, bytes, 0, folder, name);
    parse(&split, bytes, 1, folder, name);
    if (!str_eq(buf_view(&whole.said), buf_view(&split.said)) ||
        !str_eq(buf_view(&whole.messages), buf_view(&split.messages)))
        fail_msg("%s: read byte by byte it says something else:\n%.*s", path.p,
                 STR_ARG(buf_view(&split.said)));
    hold(a, arena_fmt(a, "%s/%.*s.json", folder, STR_ARG(stem)), buf_view(&whole.said), true);
    hold(a, arena_fmt(a, "%s/%.*s.messages", folder, STR_ARG(stem)), buf_view(&whole.messages), false);
    buf_free(&whole.said);
    buf_free(&whole.messages);
    buf_free(&split.said);
    buf_free(&split.messages);
}

static int folder_walk(const char *folder)
{
    struct dirent **entry;
    int n = scandir(folder, &entry, NULL, alphasort), done = 0;
    struct arena *a = arena_new();

    for (int i = 0; i < n; i++) {
        const char *dot = strrchr(entry[i]->d_name, '.');
        struct str path = path_join(a, folder, entry[i]->d_name);
        struct stat st;
        if (entry[i]->d_name[0] != '.' && stat(path.p, &st) == 0) {
            if (S_ISDIR(st.st_mode)) {
                done += folder_walk(path.p);
            } else if (dot && strcmp(dot, ".json") != 0 && strcmp(dot, ".map") != 0 &&
                       strcmp(dot, ".messages") != 0) {
                one(a, folder, entry[i]->d_name);
                done++;
            }
        }
        free(entry[i]);
    }
    if (n >= 0)
        free(entry);
    arena_free(a);
    return done;
}

static void all(void **state)
{
    (void)state;
    assert_true(folder_walk(FOLDER) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(all)};
    return cmocka_run_group_tests_name("fixtures of feeds", tests, NULL, NULL);
}

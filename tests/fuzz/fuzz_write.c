/*
 * Both directions, over any bytes: with what is kept beside the records the bytes come back; from the records alone comes a
 * message that says the same, unless somebody was told otherwise. The writer of lines reads any lines.
 */
#include "feeds/feeds.h"
#include "feeds/write.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define OUT_MAX ((size_t)16 << 20)

static long give(void *arg, void *to, size_t most)
{
    struct str *s = arg;
    size_t n = s->n < most ? s->n : most;

    if (n)
        memcpy(to, s->p, n);
    *s = str_n(s->p + n, s->n - n);
    return (long)n;
}

/* Faults are not compared: another day may have another profile. */
static void line(void *arg, struct str text)
{
    if (!str_starts(text, S("{\"fault\"")))
        buf_str(arg, text);
}

static void count(void *arg, const struct fault *f)
{
    (void)f;
    ++*(uint64_t *)arg;
}

static const char *format_of(const struct buf *lines)
{
    static const char *const formats[][2] = {{"\"format\":\"x12-309\"", "x12-309"},
                                             {"\"format\":\"edifact-cuscar\"", "edifact-cuscar"},
                                             {"\"format\":\"cfdi\"", "cartaporte"}};

    for (size_t i = 0; i < COUNT(formats); i++)
        if (lines->n && memmem(lines->p, lines->n, formats[i][0], strlen(formats[i][0])))
            return formats[i][1];
    return NULL;
}

/* Reads to lines; whether there was one message, taken, without any fault. */
static bool read_lines(struct str bytes, bool whole, struct buf *to, bool *taken)
{
    const struct feeds_options o = {.whole = whole};
    const struct feeds_input in = {give, &bytes, NULL};
    struct feeds_lines l;
    struct feeds_sink sink = feeds_lines(&l, LANG_EN, line, to);
    struct err e = {0};
    bool clean;

    l.whole = whole;
    *taken = feeds_parse(&in, &o, &sink, &e) == 0 && l.messages == 1 && l.verdicts[FEEDS_TAKEN] == 1 &&
             l.records;
    clean = *taken && l.faults[0] + l.faults[1] + l.faults[2] == 0;
    feeds_lines_free(&l);
    return clean;
}

static int write_lines(struct str lines, const char *format, bool plain, struct buf *out, uint64_t *faults)
{
    const struct feeds_input in = {give, &lines, NULL};
    struct faults to = {.put = count, .arg = faults};
    const struct feeds_write how = {
        .format = format, .plain = plain, .faults = &to, .now = INT64_C(1795303200000000), .number = 1};
    struct err e = {0};

    return feeds_write_lines(&in, &how, out, &e);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str bytes = str_n(data, size);
    struct buf lines, out, before, after;
    uint64_t faults = 0;
    bool clean, taken, again;
    const char *format;

    buf_init(&lines, OUT_MAX);
    buf_init(&out, OUT_MAX);
    buf_init(&before, OUT_MAX);
    buf_init(&after, OUT_MAX);
    clean = read_lines(bytes, true, &lines, &taken);
    format = format_of(&lines);
    if (taken && format && !(size >= 2 && data[0] == 0x1f)) { /* a packed file comes back unpacked */
        if (write_lines(buf_view(&lines), format, false, &out, &faults) != 0 ||
            !str_eq(buf_view(&out), bytes))
            abort();
        buf_reset(&out);
        if (write_lines(buf_view(&lines), format, true, &out, &faults) == 0 && clean && faults == 0) {
            read_lines(bytes, false, &before, &again);
            read_lines(buf_view(&out), false, &after, &again);
            if (!str_eq(buf_view(&before), buf_view(&after)))
                abort();
        }
    }
    write_lines(bytes, "x12-309", false, &out, &faults);
    write_lines(bytes, "edifact-cuscar", true, &out, &faults);
    write_lines(bytes, "cartaporte", true, &out, &faults);
    buf_free(&lines);
    buf_free(&out);
    buf_free(&before);
    buf_free(&after);
    return 0;
}

/* A sink that remembers what a parse said, for the tests of the readers. */
#ifndef PUENTE_TEST_FEEDS_SINK_H
#define PUENTE_TEST_FEEDS_SINK_H

#include "feeds/internal.h"

#include <stdio.h>
#include <stdlib.h>

#define SAID_FAULTS 4096

struct said {
    uint64_t messages, records, verdicts[3], faults[3];
    struct {
        char code[40], tag[120], found[120], expected[120];
        uint32_t line;
        uint64_t offset;
    } fault[SAID_FAULTS];
    size_t listed;
    struct buf lines; /* the records, one JSON object a line */
    bool exercise, open;
    bool personal;      /* a message was one whose bytes are not kept */
    uint8_t digest[32]; /* the last message's */
};

static void said_copy(char *to, size_t most, struct str s)
{
    snprintf(to, most, "%.*s", (int)(s.n < most ? s.n : most - 1), s.n ? s.p : "");
}

static void said_begin(void *arg, const struct feeds_message *m)
{
    struct said *s = arg;

    if (s->open)
        abort();
    s->open = true;
    s->messages++;
    (void)m;
}

static void said_record(void *arg, struct record *r)
{
    struct said *s = arg;

    if (!s->open)
        abort();
    s->records++;
    if (s->lines.n > (size_t)1 << 20)
        return;
    buf_z(&s->lines, r->kind->name);
    buf_char(&s->lines, ' ');
    schema_json_fields(&s->lines, r, 0);
    buf_char(&s->lines, '\n');
}

static void said_fault(void *arg, const struct fault *f)
{
    struct said *s = arg;

    s->faults[f->severity]++;
    if (s->listed == SAID_FAULTS)
        return;
    said_copy(s->fault[s->listed].code, sizeof s->fault->code, str_z(f->def->code));
    said_copy(s->fault[s->listed].tag, sizeof s->fault->tag, f->place.tag);
    said_copy(s->fault[s->listed].found, sizeof s->fault->found, f->found);
    said_copy(s->fault[s->listed].expected, sizeof s->fault->expected, f->expected);
    s->fault[s->listed].line = f->place.segment;
    s->fault[s->listed++].offset = f->place.offset;
}

static void said_end(void *arg, const struct feeds_message *m)
{
    struct said *s = arg;

    if (!s->open)
        abort();
    s->open = false;
    s->verdicts[m->verdict]++;
    s->exercise = s->exercise || m->exercise;
    s->personal = s->personal || m->personal;
    memcpy(s->digest, m->digest, sizeof s->digest);
}

struct said_source {
    struct str left;
    FILE *file;
    size_t most; /* bytes a read: 1 finds every seam */
};

static long said_read(void *arg, void *to, size_t most)
{
    struct said_source *s = arg;

    if (s->most && most > s->most)
        most = s->most;
    if (s->file) {
        size_t n = fread(to, 1, most, s->file);

        return ferror(s->file) ? -1 : (long)n;
    }
    if (most > s->left.n)
        most = s->left.n;
    if (most)
        memcpy(to, s->left.p, most);
    s->left = (struct str){s->left.p + most, s->left.n - most};
    return (long)most;
}

static inline void said_free(struct said *s)
{
    if (s)
        buf_free(&s->lines);
    free(s);
}

/* Parses with one reader, as feeds_parse would. */
static struct said *said_parse(const struct feeds_reader *reader, struct said_source *from,
                               struct feeds_options o, const char *name, struct err *e)
{
    struct said *s = calloc(1, sizeof *s);
    struct feeds_sink sink = {said_begin, said_record, said_fault, said_end, s, NULL};
    struct feeds_input in = {said_read, from, name};

    if (!s)
        abort();
    buf_init(&s->lines, (size_t)2 << 20);
    o.as = reader->format;
    if (feeds_parse(&in, &o, &sink, e) != 0) {
        said_free(s);
        return NULL;
    }
    return s;
}

static inline struct said *said_text(const struct feeds_reader *reader, const char *text,
                                     struct feeds_options o)
{
    struct err e = {.lang = LANG_EN};
    struct said_source from = {.left = str_z(text)};

    return said_parse(reader, &from, o, NULL, &e);
}

/* A file of the shared data; NULL, with the reason printed, when it is not there. */
static inline struct said *said_shared(const struct feeds_reader *reader, const char *path)
{
    const char *root = getenv("PUENTE_SHARED");
    char name[4096];
    struct said_source from = {.most = 0};
    struct err e = {.lang = LANG_EN};
    struct said *s;

    snprintf(name, sizeof name, "%s/data/%s", root ? root : "../shared", path);
    from.file = fopen(name, "rb");
    if (!from.file) {
        fprintf(stderr, "skipped: no shared data (%s)\n", path);
        return NULL;
    }
    s = said_parse(reader, &from, (struct feeds_options){0}, path, &e);
    fclose(from.file);
    return s;
}

/* How often a fault was given. */
static inline size_t said_count(const struct said *s, const char *code)
{
    size_t n = 0;

    for (size_t i = 0; i < s->listed; i++)
        n += strcmp(s->fault[i].code, code) == 0;
    return n;
}

static inline bool said_has(const struct said *s, const char *text)
{
    return s->lines.n && memmem(s->lines.p, s->lines.n, text, strlen(text));
}

static inline void said_print(const struct said *s)
{
    fprintf(stderr, "messages %llu records %llu taken %llu refused %llu not understood %llu\n",
            (unsigned long long)s->messages, (unsigned long long)s->records,
            (unsigned long long)s->verdicts[0], (unsigned long long)s->verdicts[1],
            (unsigned long long)s->verdicts[2]);
    for (size_t i = 0; i < s->listed && i < 60; i++)
        fprintf(stderr, "  %s line %u at %llu %s found <%s> expected <%s>\n", s->fault[i].code,
                s->fault[i].line, (unsigned long long)s->fault[i].offset, s->fault[i].tag,
                s->fault[i].found, s->fault[i].expected);
}

#endif

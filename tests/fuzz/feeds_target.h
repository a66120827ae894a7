/* One reader over any bytes, in small pieces and under small limits; every text that it says is looked at. */
#ifndef PUENTE_FUZZ_FEEDS_TARGET_H
#define PUENTE_FUZZ_FEEDS_TARGET_H

#include "feeds/feeds.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct target {
    struct str left;
    size_t piece;
    uint64_t faults;
    bool open;
};

static long target_read(void *arg, void *to, size_t most)
{
    struct target *t = arg;
    size_t n = t->left.n < t->piece ? t->left.n : t->piece;

    n = n < most ? n : most;
    if (n)
        memcpy(to, t->left.p, n);
    t->left = (struct str){t->left.p + n, t->left.n - n};
    return (long)n;
}

static void target_begin(void *arg, const struct feeds_message *m)
{
    struct target *t = arg;

    if (t->open || !m->format.n)
        __builtin_trap();
    t->open = true;
}

static void target_counted(void *arg, const struct fault *f)
{
    struct target *t = arg;

    t->faults++;
    if (!str_utf8(f->found) || !str_utf8(f->expected) || !str_utf8(f->place.tag))
        __builtin_trap();
}

static void target_record(void *arg, struct record *r)
{
    struct faults to = {.put = NULL};
    struct buf b;

    if (!((struct target *)arg)->open)
        __builtin_trap();
    schema_check(r, (struct place){.offset = 0}, &to);
    buf_init(&b, (size_t)1 << 20);
    schema_json_fields(&b, r, 0);
    buf_free(&b);
}

static void target_end(void *arg, const struct feeds_message *m)
{
    struct target *t = arg;

    if (!t->open || !str_utf8(m->sender) || !str_utf8(m->control))
        __builtin_trap();
    t->open = false;
}

static void target_person(void *arg, const struct feeds_person *p)
{
    const struct str part[] = {p->role, p->family, p->given, p->birth, p->document_type, p->documents};

    if (!((struct target *)arg)->open || p->role.n == 0)
        __builtin_trap();
    for (size_t i = 0; i < sizeof part / sizeof *part; i++)
        if (!str_utf8(part[i]))
            __builtin_trap();
}

static struct str target_profiles; /* further tables, for who sets them */

static void target_run(const char *as, struct str mapping, const uint8_t *data, size_t size)
{
    static const struct feeds_limits small = {
        .segment = 4096, .elements = 32, .depth = 16, .message = 1 << 20, .records = 1000, .faults = 100};
    struct target t = {.left = str_n(data, size), .piece = size % 97 + 1};
    struct feeds_input in = {target_read, &t, NULL};
    struct feeds_options o = {.as = as, .mapping = mapping, .limits = &small, .profiles = target_profiles};
    struct feeds_sink to = {target_begin, target_record, target_counted, target_end, &t, target_person};
    struct err e = {.lang = LANG_EN};

    if (feeds_parse(&in, &o, &to, &e) == 0 && t.open)
        __builtin_trap();
}

#endif

/* What a compromised parser could send its parent: any bytes. They are refused or decode; nothing else happens. */
#include "intake/frames.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int on_message(void *arg, const struct feeds_message *m)
{
    (void)m;
    (*(uint64_t *)arg)++;
    return 0;
}

static void on_check(void *arg, const struct fault *f)
{
    (void)f;
    (*(uint64_t *)arg)++;
}

static int on_record(void *arg, struct record *r)
{
    struct faults to = {.put = on_check, .arg = arg};
    schema_check(r, (struct place){0}, &to);
    return 0;
}

static int on_fault(void *arg, const struct fault *f)
{
    on_check(arg, f);
    return 0;
}

static int on_person(void *arg, const struct feeds_person *p)
{
    *(uint64_t *)arg += p->documents.n;
    return 0;
}

static int on_lines(void *arg, struct str text)
{
    *(uint64_t *)arg += text.n;
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint64_t seen = 0;
    const struct frames_sink to = {on_message, on_record, on_fault, on_message, on_lines, &seen, on_person};
    struct frames_in in;
    size_t used;

    frames_in_init(&in, &to);
    frames_take(&in, str_n(data, size), &used);
    if (used > size)
        __builtin_trap();
    frames_in_free(&in);
    return 0;
}

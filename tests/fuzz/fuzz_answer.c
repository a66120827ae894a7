/* Answers: whatever comes in, what goes out ends its last segment and can be answered in its turn. */
#include "feeds/feeds.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct bytes {
    const char *p;
    size_t n;
};

static long give(void *arg, void *to, size_t most)
{
    struct bytes *b = arg;
    size_t n = b->n < most ? b->n : most;

    if (n == 0)
        return 0;
    memcpy(to, b->p, n);
    b->p += n;
    b->n -= n;
    return (long)n;
}

static void collect(void *arg, struct str text)
{
    buf_str(arg, text);
}

#define ANSWER_MAX ((size_t)8 << 20)

static void answer(struct bytes in, enum lang lang, struct buf *out)
{
    const struct feeds_input source = {give, &in, NULL};
    const struct feeds_options options = {0};
    const struct feeds_answer how = {.now = INT64_C(1795303200000000), .control = 1, .lang = lang};
    const struct feeds_answer_to to = {collect, out, NULL};
    struct err e = {0};

    if (feeds_answer(&source, &options, &how, &to, &e) == 0 && (out->n == 0 || out->p[out->n - 1] != '\n'))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buf once, twice;

    buf_init(&once, ANSWER_MAX);
    buf_init(&twice, ANSWER_MAX);
    answer((struct bytes){(const char *)data, size}, LANG_ES, &once);
    answer((struct bytes){once.p, once.n}, LANG_EN, &twice);
    buf_free(&once);
    buf_free(&twice);
    return 0;
}

/*
 * Any bytes as a record: canonical bytes, JSON, values as text. They are refused with a reason, or they
 * are a record whose own encoding comes back; nothing else happens. First byte: the way in; second: the
 * kind.
 */
#include "base/base.h"
#include "schema/schema.h"

#include <assert.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void count(void *arg, const struct fault *f)
{
    (*(size_t *)arg) += f->found.n;
}

/* The record, through check, commitment and canonical bytes, back to itself. */
static void round_trip(struct arena *a, const struct record *r, struct faults *to)
{
    struct buf header, values, again;
    struct record *back;
    struct err e = {0};
    uint8_t seed[32] = {0}, commitment[32];

    buf_init(&header, 1 << 16);
    buf_init(&values, 1 << 22);
    buf_init(&again, 1 << 22);
    schema_encode_header(&header, r);
    schema_encode_values(&values, r);
    schema_commit(commitment, seed, buf_view(&header), buf_view(&values));
    if (schema_check(r, (struct place){0}, to)) {
        int decoded = schema_decode(a, buf_view(&header), buf_view(&values), &back, &e);
        assert(decoded == 0);
        schema_encode_values(&again, back);
        assert(str_eq(buf_view(&values), buf_view(&again)));
    }
    buf_free(&header);
    buf_free(&values);
    buf_free(&again);
}

static void as_cbor(struct arena *a, const struct kind *k, struct str s, struct faults *to)
{
    struct record *empty = record_new(a, k), *r;
    struct buf header, again;
    struct err e = {0};
    uint8_t seed[32] = {0}, commitment[32];

    buf_init(&header, 1 << 16);
    buf_init(&again, 1 << 22);
    schema_encode_header(&header, empty);
    schema_commit(commitment, seed, s, s);
    if (schema_decode(a, s, s, &r, &e) == 0 || schema_decode(a, buf_view(&header), s, &r, &e) == 0) {
        schema_encode_values(&again, r);
        assert(str_eq(s, buf_view(&again)));
        schema_json_record(&again, r, 0);
        schema_check(r, (struct place){0}, to);
    }
    buf_free(&header);
    buf_free(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static size_t kinds;
    size_t seen = 0;
    struct faults to = {.put = count, .arg = &seen};
    struct arena *a;
    const struct kind *k;
    struct record *r;
    struct str s;

    while (schema_kinds[kinds])
        kinds++;
    if (size < 2)
        return 0;
    a = arena_new();
    k = schema_kinds[data[1] % kinds];
    s = arena_copy(a, str_n(data + 2, size - 2));
    if (data[0] % 4 == 0) {
        as_cbor(a, k, s, &to);
    } else if (data[0] % 4 == 3) {
        r = record_new(a, k);
        for (int i = 0; i < k->fields; i++)
            schema_set(a, r, i, s, (struct place){0}, &to);
        round_trip(a, r, &to);
    } else {
        r = schema_from_json(a, data[0] % 4 == 1 ? k : NULL, s, (struct place){0}, &to);
        if (r)
            round_trip(a, r, &to);
    }
    arena_free(a);
    return 0;
}

/*
 * commit.c: the commitment to a record, field by field (hot: every record that enters passes here).
 *
 *   salt(number)  = BLAKE2b-256(key = seed, number as 2 bytes, big-endian)
 *   leaf(number)  = SHA-256("puente/leaf/v1" ‖ salt ‖ number as 2 bytes ‖ canonical value)
 *   commitment    = SHA-256("puente/record/v1" ‖ for each leaf, ascending: number as 2 bytes ‖ leaf)
 *
 * The header is leaf number 0.
 */
#include "base/cbor.h"
#include "base/crypto.h"
#include "schema/internal.h"

#define LEAF_DOMAIN   "puente/leaf/v1"
#define RECORD_DOMAIN "puente/record/v1"

enum { NUMBER = 2, ENTRY = NUMBER + HASH_SIZE };

static void number_bytes(uint8_t to[NUMBER], unsigned number)
{
    to[0] = (uint8_t)(number >> 8);
    to[1] = (uint8_t)number;
}

void commit_salt(uint8_t salt[32], const uint8_t seed[32], unsigned number)
{
    uint8_t n[NUMBER];

    number_bytes(n, number);
    blake2b(salt, seed, str_n(n, sizeof n));
}

void commit_leaf(uint8_t out[HASH_SIZE], const uint8_t salt[32], unsigned number, struct str value)
{
    uint8_t n[NUMBER];
    const struct str parts[4] = {S(LEAF_DOMAIN), str_n(salt, 32), str_n(n, sizeof n), value};

    number_bytes(n, number);
    sha256(out, parts, COUNT(parts));
}

void commit_begin(struct commit_run *run)
{
    memcpy(run->leaves, RECORD_DOMAIN, sizeof RECORD_DOMAIN - 1);
    run->n = sizeof RECORD_DOMAIN - 1;
}

void commit_add(struct commit_run *run, unsigned number, const uint8_t leaf[HASH_SIZE])
{
    assert(run->n + ENTRY <= sizeof run->leaves);
    number_bytes(run->leaves + run->n, number);
    memcpy(run->leaves + run->n + NUMBER, leaf, HASH_SIZE);
    run->n += ENTRY;
}

void commit_end(const struct commit_run *run, uint8_t commitment[HASH_SIZE])
{
    sha256_one(commitment, str_n(run->leaves, run->n));
}

static void add_value(struct commit_run *run, const uint8_t seed[32], unsigned number, struct str value)
{
    uint8_t salt[32], leaf[HASH_SIZE];

    commit_salt(salt, seed, number);
    commit_leaf(leaf, salt, number, value);
    commit_add(run, number, leaf);
}

/* One whole value off the front. False on bytes that are no canonical value. */
bool commit_skip(struct str *in, struct str *whole)
{
    const char *from = in->p;
    struct cbor_item x, one;

    if (!cbor_read(in, &x) || x.type == CBOR_MAP)
        return false;
    for (int64_t i = 0; x.type == CBOR_ARRAY && i < x.i; i++)
        if (!cbor_expect(in, CBOR_TEXT, &one))
            return false;
    *whole = str_n(from, (size_t)(in->p - from));
    return true;
}

void schema_commit(uint8_t commitment[32], const uint8_t seed[32], struct str header, struct str values)
{
    struct commit_run run;
    struct cbor_item map = {0}, key = {0};
    struct str rest = values, value;
    int64_t last = 0;
    bool good;

    commit_begin(&run);
    add_value(&run, seed, 0, header);
    good = cbor_expect(&rest, CBOR_MAP, &map);
    for (int64_t i = 0; good && i < map.i; i++, last = key.i) {
        good = cbor_expect(&rest, CBOR_INT, &key) && key.i > last && key.i <= FIELD_MAX &&
               commit_skip(&rest, &value);
        if (good)
            add_value(&run, seed, (unsigned)key.i, value);
    }
    /* Bytes that are not canonical (a damaged store) are committed to whole, as one last leaf: nothing in
     * them can change without changing the commitment. */
    if (!good || rest.n)
        add_value(&run, seed, UINT16_MAX, values);
    commit_end(&run, commitment);
}

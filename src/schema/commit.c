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

/* Appends number ‖ leaf at `to`. */
static void leaf(uint8_t to[ENTRY], const uint8_t seed[32], unsigned number, struct str value)
{
    uint8_t salt[32];
    struct str parts[4];

    to[0] = (uint8_t)(number >> 8);
    to[1] = (uint8_t)number;
    blake2b(salt, seed, str_n(to, NUMBER));
    parts[0] = S(LEAF_DOMAIN);
    parts[1] = str_n(salt, sizeof salt);
    parts[2] = str_n(to, NUMBER);
    parts[3] = value;
    sha256(to + NUMBER, parts, COUNT(parts));
}

/* One whole value off the front. False on bytes that are no canonical value. */
static bool skip(struct str *in, struct str *whole)
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
    uint8_t leaves[sizeof RECORD_DOMAIN - 1 + (FIELD_MAX + 2) * ENTRY];
    uint8_t *to = leaves;
    struct cbor_item map = {0}, key = {0};
    struct str rest = values, value;
    int64_t last = 0;
    bool good;

    memcpy(to, RECORD_DOMAIN, sizeof RECORD_DOMAIN - 1);
    to += sizeof RECORD_DOMAIN - 1;
    leaf(to, seed, 0, header);
    to += ENTRY;
    good = cbor_expect(&rest, CBOR_MAP, &map);
    for (int64_t i = 0; good && i < map.i; i++, last = key.i) {
        good =
            cbor_expect(&rest, CBOR_INT, &key) && key.i > last && key.i <= FIELD_MAX && skip(&rest, &value);
        if (good) {
            leaf(to, seed, (unsigned)key.i, value);
            to += ENTRY;
        }
    }
    /* Bytes that are not canonical (a damaged store) are committed to whole, as one last leaf: nothing in
     * them can change without changing the commitment. */
    if (!good || rest.n) {
        leaf(to, seed, UINT16_MAX, values);
        to += ENTRY;
    }
    sha256_one(commitment, str_n(leaves, (size_t)(to - leaves)));
}

/*
 * mutate.c: faults put into the program on purpose, to show that the simulator would see them. The linker sends
 * calls of some functions through here (--wrap, in sim.mk); without --mutate they pass.
 */
#include <stdlib.h>

#include "coordination/internal.h"
#undef DAY /* sim.h has its own of these */
#undef VERSIONS
#include "exchange/internal.h"
#include "release/internal.h"
#include "tests/sim/sim.h"

unsigned mutation;

const char *const mutations[] = {
    NULL,
    "release: every field of every record of a kind in a clause",
    "release: one record in four is forgotten",
    "release: conditions are not looked at",
    "release: a suspension does not count",
    "release: handling codes are not looked at",
    "schema: a disclosure shows one field more",
    "papers: they do not travel, and nobody compares them",
    "journal: a disk that forgets what it has acknowledged",
    "node: a batch loses its last record",
    "release: what was given counts as never given",
    "channel: heads are signed over something else",
    "journal: what is to be erased stays",
    "bundle: whose signature it bears is not looked at",
    "bundle: it is not sealed",
    "coordination: an answer stops no clock",
    "coordination: whoever must confirm an erasure is not shown",
    "release: the receipt for an erasure stays",
    "node: what must enter once does not enter",
    NULL,
};

enum mutant {
    M_NONE,
    M_ALL_FIELDS,
    M_FORGETS,
    M_NO_CONDITION,
    M_NO_SUSPENSION,
    M_HANDLING,
    M_ONE_MORE,
    M_NO_PAPERS,
    M_DISK,
    M_LAST_RECORD,
    M_AGAIN,
    M_WRONG_ROOT,
    M_NOT_ERASED,
    M_NO_SIGNATURE,
    M_NOT_SEALED,
    M_NO_STOP,
    M_NO_HOLDER,
    M_NO_RECEIPT,
    M_NEVER
};

int __real_release_decide(struct release *r, const struct record *x, struct decision *out);
int __wrap_release_decide(struct release *r, const struct record *x, struct decision *out);
enum truth __real_condition_holds(const struct condition *c, const struct record *x);
enum truth __wrap_condition_holds(const struct condition *c, const struct record *x);
int __real_state_load(struct ctx *c, const uint8_t agreement[16], int64_t now, struct state *out);
int __wrap_state_load(struct ctx *c, const uint8_t agreement[16], int64_t now, struct state *out);
void __real_schema_disclose(struct buf *b, const uint8_t seed[32], struct str header, struct str values,
                            uint64_t show);
void __wrap_schema_disclose(struct buf *b, const uint8_t seed[32], struct str header, struct str values,
                            uint64_t show);
int __real_paper_owed(struct ctx *c, struct str peer, uint8_t (**digest)[HASH_SIZE], size_t *n);
int __wrap_paper_owed(struct ctx *c, struct str peer, uint8_t (**digest)[HASH_SIZE], size_t *n);
int __real_node_append(struct ctx *c, struct record *const *r, size_t n, uint64_t *first);
int __wrap_node_append(struct ctx *c, struct record *const *r, size_t n, uint64_t *first);
int __real_paper_digest(struct ctx *c, struct str peer, uint8_t out[HASH_SIZE]);
int __wrap_paper_digest(struct ctx *c, struct str peer, uint8_t out[HASH_SIZE]);
int __real_release_given(struct release *r, const uint8_t id[16], uint64_t *fields);
int __wrap_release_given(struct release *r, const uint8_t id[16], uint64_t *fields);
int __real_journal_erase(struct journal *j, const uint8_t id[16], struct record *erasure, struct err *e);
int __wrap_journal_erase(struct journal *j, const uint8_t id[16], struct record *erasure, struct err *e);
void __real_channel_text(struct buf *out, const struct channel *ch, const struct merkle *m,
                         const struct position *previous);
void __wrap_channel_text(struct buf *out, const struct channel *ch, const struct merkle *m,
                         const struct position *previous);

bool __real_note_verify(const struct note *n, const struct verifier *v);
bool __wrap_note_verify(const struct note *n, const struct verifier *v);
bool __real_box_seal(uint8_t *out, struct str plain, const uint8_t public_key[32]);
bool __wrap_box_seal(uint8_t *out, struct str plain, const uint8_t public_key[32]);
bool __real_box_open(uint8_t *out, struct str sealed, const uint8_t secret[32]);
bool __wrap_box_open(uint8_t *out, struct str sealed, const uint8_t secret[32]);
int __real_clock_put(struct ctx *c, const struct clock *k);
int __wrap_clock_put(struct ctx *c, const struct clock *k);
int __real_node_append_once(struct ctx *c, struct str key, struct record *const *r, size_t n);
int __wrap_node_append_once(struct ctx *c, struct str key, struct record *const *r, size_t n);

bool mutation_disk(void)
{
    return mutation == M_DISK;
}

int __wrap_release_decide(struct release *r, const struct record *x, struct decision *out)
{
    struct record open = *x;
    int rc;

    open.head.handling = S("H0");
    rc = __real_release_decide(r, mutation == M_HANDLING ? &open : x, out);
    if (rc == 0 && mutation == M_ALL_FIELDS && out->fields)
        out->fields = x->have;
    if (rc == 0 && mutation == M_FORGETS && x->head.id[15] % 4 == 0)
        out->fields = 0;
    if (rc == 0 && mutation == M_NO_RECEIPT && strcmp(x->kind->name, "retraction") == 0 &&
        text_of(x, "receipt_of").n)
        out->fields = 0;
    return rc;
}

enum truth __wrap_condition_holds(const struct condition *c, const struct record *x)
{
    return mutation == M_NO_CONDITION ? TRUE_ : __real_condition_holds(c, x);
}

int __wrap_state_load(struct ctx *c, const uint8_t agreement[16], int64_t now, struct state *out)
{
    int rc = __real_state_load(c, agreement, now, out);

    if (rc == 0 && mutation == M_NO_SUSPENSION && out->standing == STANDING_SUSPENDED)
        out->standing = STANDING_IN_FORCE;
    return rc;
}

void __wrap_schema_disclose(struct buf *b, const uint8_t seed[32], struct str header, struct str values,
                            uint64_t show)
{
    __real_schema_disclose(b, seed, header, values, mutation == M_ONE_MORE ? show | (show + 1) : show);
}

int __wrap_paper_owed(struct ctx *c, struct str peer, uint8_t (**digest)[HASH_SIZE], size_t *n)
{
    int rc = __real_paper_owed(c, peer, digest, n);

    if (mutation == M_NO_PAPERS)
        *n = 0;
    return rc;
}

int __wrap_node_append(struct ctx *c, struct record *const *r, size_t n, uint64_t *first)
{
    return __real_node_append(c, r, mutation == M_LAST_RECORD && n > 2 ? n - 1 : n, first);
}

int __wrap_paper_digest(struct ctx *c, struct str peer, uint8_t out[HASH_SIZE])
{
    int rc = __real_paper_digest(c, peer, out);

    if (mutation == M_NO_PAPERS)
        memset(out, 0, HASH_SIZE);
    return rc;
}

int __wrap_release_given(struct release *r, const uint8_t id[16], uint64_t *fields)
{
    int rc = __real_release_given(r, id, fields);

    if (mutation == M_AGAIN)
        *fields = 0;
    return rc;
}

int __wrap_journal_erase(struct journal *j, const uint8_t id[16], struct record *erasure, struct err *e)
{
    return mutation == M_NOT_ERASED ? journal_append(j, &erasure, 1, NULL, e)
                                    : __real_journal_erase(j, id, erasure, e);
}

void __wrap_channel_text(struct buf *out, const struct channel *ch, const struct merkle *m,
                         const struct position *previous)
{
    struct merkle other = *m;

    for (unsigned h = 0; mutation == M_WRONG_ROOT && h < MERKLE_HEIGHT; h++)
        other.hash[h][0] ^= 1;
    __real_channel_text(out, ch, &other, previous);
}

bool __wrap_note_verify(const struct note *n, const struct verifier *v)
{
    return (mutation == M_NO_SIGNATURE && str_starts(n->text, S("puente bundle v1\n"))) ||
           __real_note_verify(n, v);
}

bool __wrap_box_seal(uint8_t *out, struct str plain, const uint8_t public_key[32])
{
    if (mutation != M_NOT_SEALED)
        return __real_box_seal(out, plain, public_key);
    memset(out, 0, BOX_EXTRA);
    memcpy(out + BOX_EXTRA, plain.p, plain.n);
    return true;
}

bool __wrap_box_open(uint8_t *out, struct str sealed, const uint8_t secret[32])
{
    if (mutation != M_NOT_SEALED)
        return __real_box_open(out, sealed, secret);
    memcpy(out, sealed.p + BOX_EXTRA, sealed.n - BOX_EXTRA);
    return true;
}

int __wrap_clock_put(struct ctx *c, const struct clock *k)
{
    struct clock runs = *k;

    runs.stopped = false;
    if (mutation == M_NO_HOLDER && strcmp(k->kind->name, "retraction") == 0)
        return 0;
    return __real_clock_put(c, mutation == M_NO_STOP && strcmp(k->kind->name, "request") == 0 ? &runs : k);
}

int __wrap_node_append_once(struct ctx *c, struct str key, struct record *const *r, size_t n)
{
    return mutation == M_NEVER ? 0 : __real_node_append_once(c, key, r, n);
}

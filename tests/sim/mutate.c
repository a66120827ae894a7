/*
 * mutate.c: faults put into the program on purpose, to show that the simulator would see them. The linker sends
 * calls of some functions through here (--wrap, in sim.mk); without --mutate they pass.
 */
#include <stdlib.h>

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
    "papers: none is ever owed",
    "journal: a disk that forgets what it has acknowledged",
    "node: a batch loses its last record",
    "channel: a restored giver goes on as if nothing had happened",
    "channel: heads are signed over something else",
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
    M_NO_EPOCH,
    M_WRONG_ROOT
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
int __real_channel_had(struct ctx *c, const struct channel_state *s, const struct position *p);
int __wrap_channel_had(struct ctx *c, const struct channel_state *s, const struct position *p);
void __real_channel_text(struct buf *out, const struct channel *ch, const struct merkle *m,
                         const struct position *previous);
void __wrap_channel_text(struct buf *out, const struct channel *ch, const struct merkle *m,
                         const struct position *previous);

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

int __wrap_channel_had(struct ctx *c, const struct channel_state *s, const struct position *p)
{
    return mutation == M_NO_EPOCH ? 1 : __real_channel_had(c, s, p);
}

void __wrap_channel_text(struct buf *out, const struct channel *ch, const struct merkle *m,
                         const struct position *previous)
{
    struct merkle other = *m;

    for (unsigned h = 0; mutation == M_WRONG_ROOT && h < MERKLE_HEIGHT; h++)
        other.hash[h][0] ^= 1;
    __real_channel_text(out, ch, &other, previous);
}

/*
 * store.h: a store (journal/backend.h) in memory, for the simulator: fast, and its owner decides at which write the
 * process dies and what a lying disk forgets.
 */
#ifndef PUENTE_TESTS_SIM_STORE_H
#define PUENTE_TESTS_SIM_STORE_H

#include "journal/journal.h"

extern const struct backend backend_memory;

/* The store of the node in this folder; NULL when there is none. It outlives the node's process. */
struct memory;
struct memory *memory_of(const char *dir);
/* The process dies at its n-th write from now on (1 = the next): that write and everything after it fails, an open
 * transaction is undone. A commit counts twice: dying at the first of the two it did not happen, at the second it
 * did, and nobody was told. 0 = it lives on. */
void memory_die_at(struct memory *m, uint64_t n);
bool memory_dead(const struct memory *m);
/* The process is started again: handles of the dead one stay dead. */
void memory_revive(struct memory *m);
uint64_t memory_writes(const struct memory *m); /* since it was made */
/* The disk lies: what is committed from now on is gone when the process dies. */
void memory_forget(struct memory *m);
/* The store of `from` becomes a copy that does not know that it is one: what a forger does. */
void memory_clone(const char *from, const char *to);
void memory_rename(const char *from, const char *to); /* what stood at `to` is gone */
/* True when these bytes stand in any entry's header or values. */
bool memory_holds(const struct memory *m, struct str bytes);
void memory_clear(void); /* all of them */

#endif

/* machine.h: what run.c and loops.c share: the machine that runs a program. */
#ifndef PUENTE_CEL_MACHINE_H
#define PUENTE_CEL_MACHINE_H

#include "cel/internal.h"

struct loop {
    const struct loop_info *info;
    struct cel_value range, result;
    const struct cel_map *map;
    struct cel_map *out_map;
    struct cel_value *out;
    uint32_t i, n, hits;
};

struct machine {
    struct run run;
    const struct cel_program *p;
    const struct cel_value *vars;
    struct cel_value *sp; /* the top */
    uint32_t pc;          /* of the next instruction */
    unsigned depth;       /* loops */
    bool stopped;         /* no more steps to spend */
    struct cel_value slot[SLOTS_MAX];
    struct loop loop[SLOTS_MAX];
};

/* A fresh error gets the place of the instruction that made it. */
static inline struct cel_value cel_machine_placed(const struct machine *m, struct cel_value v)
{
    if (v.type == CEL_ERROR && v.n == UINT32_MAX)
        v.n = m->p->at[m->pc - 1];
    return v;
}

static inline struct cel_value cel_machine_fail(const struct machine *m, enum fault_code code)
{
    return cel_machine_placed(m, cel_fail(code));
}

/* loops.c: the instructions of comprehensions, and one more entry of a map (the map, or an error). */
void cel_machine_loop(struct machine *m, const struct loop_info *info);
void cel_machine_test(struct machine *m);
void cel_machine_next(struct machine *m);
struct cel_value cel_machine_entry(struct cel_value map, struct cel_value k, struct cel_value v);

#endif

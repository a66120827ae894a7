/* loops.c: all, exists, map, filter and their kin: a loop begins, tests, goes on. */
#include "cel/machine.h"

struct cel_value cel_machine_entry(struct cel_value map, struct cel_value k, struct cel_value v)
{
    if (k.type == CEL_ERROR || v.type == CEL_ERROR)
        return k.type == CEL_ERROR ? k : v;
    if (!cel_is_key(k))
        return cel_fail(E_KEY_TYPE);
    if (!cel_map_put((struct cel_map *)(uintptr_t)map.map, k, v))
        return cel_fail(E_KEY_TWICE);
    map.n++;
    return map;
}

static void bind(struct machine *m, struct loop *l)
{
    const struct loop_info *x = l->info;
    const struct cel_value *item = l->map ? &l->map->kv[2 * (size_t)l->i] : &l->range.list[l->i];

    if (x->names == 1) {
        m->slot[x->slot] = *item;
    } else {
        m->slot[x->slot] = l->map ? item[0] : cel_int(l->i);
        m->slot[x->slot2] = l->map ? item[1] : item[0];
    }
}

static void leave(struct machine *m, struct cel_value v)
{
    *++m->sp = v;
    m->pc = m->loop[--m->depth].info->end;
}

/* sortBy: the keys are in l->out. */
static struct cel_value sorted(struct machine *m, struct loop *l)
{
    struct cel_value *with = arena_alloc(m->run.arena, (2 * (size_t)l->n + 1) * sizeof *with);

    for (uint32_t i = 0; i < l->n; i++)
        with[i] = l->map ? l->map->kv[2 * (size_t)i] : l->range.list[i];
    return cel_sort(&m->run, l->out, with, l->n) ? cel_list(with, l->n) : cel_machine_fail(m, E_OVERLOAD);
}

/* The loop has seen all. */
static void finish(struct machine *m, struct loop *l)
{
    switch ((enum macro)l->info->macro) {
    case M_ALL:
    case M_EXISTS:
        leave(m, l->result);
        break;
    case M_EXISTS_ONE:
        leave(m, cel_bool(l->hits == 1));
        break;
    case M_MAP:
    case M_FILTER:
    case M_MAP_FILTER:
    case M_LIST:
    case M_LIST_FILTER:
        leave(m, cel_list(l->out, l->hits));
        break;
    case M_SORT:
        leave(m, sorted(m, l));
        break;
    case M_TO_MAP:
    case M_TO_MAP_FILTER:
    case M_TO_ENTRY:
    case M_TO_ENTRY_FILTER:
        leave(m, l->result);
        break;
    case M_FLAT_MAP:
        break;
    }
}

void cel_machine_loop(struct machine *m, const struct loop_info *info)
{
    struct cel_value range = *m->sp--;
    struct loop *l = &m->loop[m->depth++];

    *l = (struct loop){.info = info, .range = range, .n = range.n};
    if (range.type != CEL_LIST && range.type != CEL_MAP) {
        leave(m, range.type == CEL_ERROR ? range : cel_machine_fail(m, E_OVERLOAD));
        return;
    }
    l->map = range.type == CEL_MAP ? range.map : NULL;
    if (info->macro == M_ALL || info->macro == M_EXISTS) {
        l->result = cel_bool(info->macro == M_ALL);
    } else if (info->macro >= M_TO_MAP) {
        l->result = (struct cel_value){.type = CEL_MAP, .map = cel_map_new(m->run.arena, l->n)};
    } else if (info->macro != M_EXISTS_ONE) {
        l->out = arena_alloc(m->run.arena, (2 * (size_t)l->n + 1) * sizeof *l->out);
    }
    if (l->n == 0)
        finish(m, l);
    else
        bind(m, l);
}

static void advance(struct machine *m, struct loop *l)
{
    if (++l->i == l->n) {
        finish(m, l);
        return;
    }
    bind(m, l);
    m->pc = l->info->body;
}

void cel_machine_test(struct machine *m)
{
    struct loop *l = &m->loop[m->depth - 1];
    struct cel_value v = *m->sp--;

    if (v.type != CEL_BOOL)
        leave(m, v.type == CEL_ERROR ? v : cel_machine_fail(m, E_OVERLOAD));
    else if (!v.i)
        advance(m, l);
}

/* Several entries at once: the map may have to grow. */
static struct cel_value entries(struct machine *m, struct cel_value into, struct cel_value more)
{
    struct cel_map *grown;

    if (more.type != CEL_MAP)
        return more.type == CEL_ERROR ? more : cel_fail(E_OVERLOAD);
    m->run.steps += more.n;
    if (into.map->most - into.n < more.n) { /* twice the room, so that copies cost no more than entries */
        grown = cel_map_new(m->run.arena, 2 * (into.n + more.n));
        for (uint32_t i = 0; i < into.n; i++)
            cel_map_put(grown, into.map->kv[2 * (size_t)i], into.map->kv[2 * (size_t)i + 1]);
        into.map = grown;
    }
    for (uint32_t i = 0; i < more.n && into.type == CEL_MAP; i++)
        into = cel_machine_entry(into, more.map->kv[2 * (size_t)i], more.map->kv[2 * (size_t)i + 1]);
    return into;
}

/* all, exists: as && and || over the elements. False when the loop has ended. */
static bool decide(struct machine *m, struct loop *l, struct cel_value v)
{
    bool ends = l->info->macro == M_EXISTS;

    if (v.type == CEL_BOOL && (v.i != 0) == ends) {
        leave(m, v);
        return false;
    }
    if (v.type != CEL_BOOL && l->result.type != CEL_ERROR)
        l->result = v.type == CEL_ERROR ? v : cel_machine_fail(m, E_OVERLOAD);
    return true;
}

void cel_machine_next(struct machine *m)
{
    struct loop *l = &m->loop[m->depth - 1];
    struct cel_value v = *m->sp--, key;
    enum macro macro = (enum macro)l->info->macro;

    if (!cel_spend(&m->run, 0)) {
        m->stopped = true;
        return;
    }
    if (macro == M_ALL || macro == M_EXISTS) {
        if (decide(m, l, v))
            advance(m, l);
        return;
    }
    if ((macro == M_FILTER || macro == M_EXISTS_ONE) && v.type != CEL_BOOL && v.type != CEL_ERROR)
        v = cel_machine_fail(m, E_OVERLOAD);
    if (macro >= M_TO_MAP && v.type != CEL_ERROR) {
        key = l->map ? l->map->kv[2 * (size_t)l->i] : cel_int(l->i);
        v = l->result = cel_machine_placed(m, macro >= M_TO_ENTRY ? entries(m, l->result, v)
                                                                  : cel_machine_entry(l->result, key, v));
    }
    if (v.type == CEL_ERROR) {
        leave(m, v);
        return;
    }
    if (macro == M_EXISTS_ONE)
        l->hits += v.i != 0;
    else if (macro == M_FILTER && v.i)
        l->out[l->hits++] = l->map ? l->map->kv[2 * (size_t)l->i] : l->range.list[l->i];
    else if (macro != M_FILTER && macro < M_TO_MAP)
        l->out[l->hits++] = v;
    advance(m, l);
}

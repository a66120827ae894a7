/*
 * regex.c: patterns by Thompson's construction: all states at once, one code point after another, so the time is
 * bounded by text times pattern, whatever the pattern. Whether there is a match is all that is asked, so greediness
 * and groups mean nothing. Literal patterns and literal beginnings are looked for with memmem.
 */
#include "cel/regex.h"

#include <stdlib.h>

#define FEW  128    /* states that need no arena */
#define WORK 100000 /* nodes passed while compiling: an empty group repeated makes no states */

enum rx_op { X_CLASS, X_SPLIT, X_JUMP, X_ASSERT, X_MATCH };

struct rx_state {
    uint8_t op, kind;   /* kind: enum rx_kind of an assertion */
    uint16_t to, other; /* X_SPLIT: both; X_JUMP: to */
    const struct class *class;
};

struct regex {
    struct rx_state *state;
    uint32_t n, work;
    bool over, literal, anchored; /* literal: prefix is all of it */
    struct str prefix;
};

/* ---- compiling ---- */

static uint16_t put(struct regex *x, enum rx_op op)
{
    if (x->n == REGEX_MAX - 1) {
        x->over = true;
        return 0;
    }
    x->state[x->n].op = (uint8_t)op;
    return (uint16_t)x->n++;
}

static void emit(struct regex *x, const struct rx *t);

static void repeat(struct regex *x, const struct rx *t)
{
    uint16_t split, last;

    for (int i = 0; i < t->least && !x->over; i++)
        emit(x, t->first);
    if (t->most < 0) {
        split = put(x, X_SPLIT);
        emit(x, t->first);
        last = put(x, X_JUMP);
        x->state[last].to = split;
        x->state[split].to = (uint16_t)(split + 1);
        x->state[split].other = (uint16_t)x->n;
        return;
    }
    for (int i = t->least; i < t->most && !x->over; i++) { /* each may be left out */
        split = put(x, X_SPLIT);
        emit(x, t->first);
        x->state[split].to = (uint16_t)(split + 1);
        x->state[split].other = (uint16_t)x->n;
    }
}

static void alternatives(struct regex *x, const struct rx *t)
{
    uint16_t split, jump, chain = 0;
    bool any = false;

    for (const struct rx *a = t->first; a && !x->over; a = a->next) {
        if (!a->next) {
            emit(x, a);
            break;
        }
        split = put(x, X_SPLIT);
        x->state[split].to = (uint16_t)(split + 1);
        emit(x, a);
        jump = put(x, X_JUMP);
        x->state[jump].other = any ? chain : jump; /* the jumps to the end, one linked to the other */
        chain = jump;
        any = true;
        x->state[split].other = (uint16_t)x->n;
    }
    while (any && !x->over) {
        uint16_t before = x->state[chain].other;
        x->state[chain].to = (uint16_t)x->n;
        any = before != chain;
        chain = before;
    }
}

static void emit(struct regex *x, const struct rx *t)
{
    uint16_t s;

    if (x->over || ++x->work > WORK) {
        x->over = true;
        return;
    }
    switch (t->kind) {
    case RX_EMPTY:
        break;
    case RX_CLASS:
        s = put(x, X_CLASS);
        x->state[s].class = t->class;
        break;
    case RX_CAT:
        for (const struct rx *p = t->first; p && !x->over; p = p->next)
            emit(x, p);
        break;
    case RX_ALT:
        alternatives(x, t);
        break;
    case RX_REPEAT:
        repeat(x, t);
        break;
    case RX_LINE_START:
    case RX_LINE_END:
    case RX_START:
    case RX_END:
    case RX_WORD:
    case RX_NO_WORD:
        s = put(x, X_ASSERT);
        x->state[s].kind = (uint8_t)t->kind;
        break;
    }
}

/* The text that every match starts with; all of it when the pattern is nothing else. */
static void find_prefix(struct arena *a, struct regex *x, const struct rx *t, size_t room)
{
    char *p = arena_alloc(a, room * 4 + 4);
    const struct rx *part = t->kind == RX_CAT ? t->first : t;
    size_t n = 0;

    if (part && part->kind == RX_START) {
        x->anchored = true;
        part = part->next;
    }
    for (; part && part->kind == RX_CLASS && part->only != UINT32_MAX; part = part->next)
        n += cel_utf8_put(p + n, part->only);
    x->prefix = str_n(p, n);
    x->literal = part == NULL && (t->kind == RX_CAT || t->kind == RX_CLASS);
}

const struct regex *cel_regex(struct arena *a, struct str pattern, const char **why)
{
    struct rx *t = cel_rx_parse(a, pattern, why);
    struct regex *x, *out;

    if (!t)
        return NULL;
    x = xmalloc(sizeof *x);
    *x = (struct regex){.state = xmalloc(REGEX_MAX * sizeof *x->state)};
    memset(x->state, 0, REGEX_MAX * sizeof *x->state);
    emit(x, t);
    put(x, X_MATCH);
    out = NULL;
    if (x->over) {
        *why = N_("the pattern is too large");
    } else {
        out = arena_alloc(a, sizeof *out);
        *out = *x;
        out->state = arena_alloc(a, x->n * sizeof *x->state);
        memcpy(out->state, x->state, x->n * sizeof *x->state);
        find_prefix(a, out, t, pattern.n);
    }
    free(x->state);
    free(x);
    return out;
}

uint32_t cel_regex_size(const struct regex *x)
{
    return x->n;
}

/* ---- matching ---- */

struct states {
    uint16_t *dense, *sparse, n;
};

struct search {
    const struct regex *x;
    struct states now, next;
    uint16_t *stack;
    uint32_t before, after; /* the code points on both sides; RX_POINT + 1 at an end */
};
#define NO_POINT (RX_POINT + 1)

static bool in_states(const struct states *s, uint16_t i)
{
    return s->sparse[i] < s->n && s->dense[s->sparse[i]] == i;
}

static void put_state(struct states *s, uint16_t i)
{
    s->sparse[i] = s->n;
    s->dense[s->n++] = i;
}

static bool word(uint32_t c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
}

static bool holds(const struct search *s, enum rx_kind kind)
{
    bool edge = word(s->before) != word(s->after);

    return kind == RX_START        ? s->before == NO_POINT
           : kind == RX_END        ? s->after == NO_POINT
           : kind == RX_LINE_START ? s->before == NO_POINT || s->before == '\n'
           : kind == RX_LINE_END   ? s->after == NO_POINT || s->after == '\n'
           : kind == RX_WORD       ? edge
                                   : !edge;
}

/* A state and what follows from it without a code point. True: it is a match. */
static bool follow(struct search *s, struct states *to, uint16_t from)
{
    uint32_t n = 0;

    if (in_states(to, from))
        return false;
    put_state(to, from);
    s->stack[n++] = from;
    while (n) {
        uint16_t i = s->stack[--n], other[2];
        const struct rx_state *st = &s->x->state[i];
        unsigned k = 0;
        if (st->op == X_MATCH)
            return true;
        if (st->op == X_SPLIT || st->op == X_JUMP)
            other[k++] = st->to;
        if (st->op == X_SPLIT)
            other[k++] = st->other;
        if (st->op == X_ASSERT && holds(s, (enum rx_kind)st->kind))
            other[k++] = (uint16_t)(i + 1);
        while (k) {
            if (!in_states(to, other[--k])) {
                put_state(to, other[k]);
                s->stack[n++] = other[k];
            }
        }
    }
    return false;
}

static bool in_class(const struct class *c, uint32_t point)
{
    uint32_t low = 0, high = c->n;

    if (point < 128)
        return c->ascii[point >> 6] >> (point & 63) & 1;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (c->range[middle].to < point)
            low = middle + 1;
        else
            high = middle;
    }
    return low < c->n && c->range[low].from <= point;
}

static uint32_t point_at(struct str s, size_t at, size_t *len)
{
    uint32_t c = NO_POINT;

    *len = at < s.n ? cel_utf8_get(str_n(s.p + at, s.n - at), &c) : 0;
    return c;
}

static bool search(struct search *s, struct str text)
{
    const struct regex *x = s->x;
    size_t at = 0, len, ahead;

    s->before = NO_POINT;
    for (;;) {
        if (s->now.n == 0 && x->prefix.n && !x->anchored) { /* nothing has begun: go where something can */
            const char *p = text.n > at ? memmem(text.p + at, text.n - at, x->prefix.p, x->prefix.n) : NULL;
            if (!p)
                return false;
            for (; at < (size_t)(p - text.p); at += len)
                s->before = point_at(text, at, &len);
        }
        s->after = point_at(text, at, &len);
        if ((!x->anchored || at == 0) && follow(s, &s->now, 0))
            return true;
        if (at >= text.n || (s->now.n == 0 && x->anchored))
            return false;
        uint32_t c = s->after;
        at += len;
        s->before = c;
        s->after = point_at(text, at, &ahead);
        s->next.n = 0;
        for (uint16_t i = 0; i < s->now.n; i++) {
            const struct rx_state *st = &x->state[s->now.dense[i]];
            if (st->op == X_CLASS && in_class(st->class, c) &&
                follow(s, &s->next, (uint16_t)(s->now.dense[i] + 1)))
                return true;
        }
        struct states t = s->now;
        s->now = s->next;
        s->next = t;
    }
}

bool cel_regex_find(struct run *r, const struct regex *x, struct str s, bool *found)
{
    uint16_t few[5 * FEW], *p = few;
    struct search m = {.x = x};

    *found = false;
    if (x->literal) {
        *found = x->anchored   ? str_starts(s, x->prefix)
                 : x->prefix.n ? s.n && memmem(s.p, s.n, x->prefix.p, x->prefix.n)
                               : true;
        return cel_spend(r, s.n / 16);
    }
    if (!cel_spend(r, cel_regex_cost(s.n, x->n)))
        return false;
    if (x->n > FEW)
        p = arena_alloc(r->arena, 5 * x->n * sizeof *p);
    m.now = (struct states){p, p + x->n, 0};
    m.next = (struct states){p + 2 * x->n, p + 3 * x->n, 0};
    m.stack = p + 4 * x->n;
    memset(m.now.sparse, 0, x->n * sizeof *p);
    memset(m.next.sparse, 0, x->n * sizeof *p);
    *found = search(&m, s);
    return true;
}

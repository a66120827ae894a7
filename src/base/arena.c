/*
 * arena.c: blocks in a list; each at least twice the one before, up to BLOCK_MAX; nothing is freed
 * singly. Out of memory ends the process here and nowhere else.
 */
#include "base/base.h"

#include <stdio.h>
#include <stdlib.h>

#define BLOCK_MIN ((size_t)4 * 1024)
#define BLOCK_MAX ((size_t)1024 * 1024)
#define ALIGN     ((size_t)16)

struct block {
    struct block *next;
    size_t size, used; /* of data */
    _Alignas(16) char data[];
};

struct arena {
    struct block *first, *now;
    size_t used; /* in all blocks before `now` */
};

void *xmalloc(size_t n)
{
    void *p = malloc(n ? n : 1);
    if (p == NULL) {
        fputs("puente: out of memory\n", stderr);
        abort();
    }
    return p;
}

void *xrealloc(void *old, size_t n)
{
    void *p = realloc(old, n ? n : 1);
    if (p == NULL) {
        fputs("puente: out of memory\n", stderr);
        abort();
    }
    return p;
}

char *xstrdup(const char *z)
{
    size_t n = strlen(z) + 1;
    return memcpy(xmalloc(n), z, n);
}

static struct block *block_new(size_t size)
{
    struct block *b = xmalloc(sizeof *b + size);
    b->next = NULL;
    b->size = size;
    b->used = 0;
    return b;
}

struct arena *arena_new(void)
{
    struct arena *a = xmalloc(sizeof *a);
    a->first = a->now = block_new(BLOCK_MIN);
    a->used = 0;
    return a;
}

static void blocks_free(struct block *b)
{
    while (b) {
        struct block *next = b->next;
        free(b);
        b = next;
    }
}

void arena_free(struct arena *a)
{
    if (a == NULL)
        return;
    blocks_free(a->first);
    free(a);
}

void arena_reset(struct arena *a)
{
    /* Keep the largest ordinary block, so that a loop over messages settles on one block. */
    struct block *keep = a->first;
    for (struct block *b = a->first; b; b = b->next)
        if (b->size > keep->size && b->size <= BLOCK_MAX)
            keep = b;
    for (struct block *b = a->first; b;) {
        struct block *next = b->next;
        if (b != keep)
            free(b);
        b = next;
    }
    keep->next = NULL;
    keep->used = 0;
    a->first = a->now = keep;
    a->used = 0;
}

size_t arena_used(const struct arena *a)
{
    return a->used + a->now->used;
}

void *arena_alloc(struct arena *a, size_t n)
{
    struct block *b = a->now;
    void *p;

    if (n > SIZE_MAX - ALIGN - sizeof *b) {
        fputs("puente: out of memory\n", stderr);
        abort();
    }
    n = (n + ALIGN - 1) & ~(ALIGN - 1);
    if (b->size - b->used < n) {
        size_t size = b->size < BLOCK_MAX ? b->size * 2 : BLOCK_MAX;
        a->used += b->used;
        b->next = block_new(size > n ? size : n);
        a->now = b = b->next;
    }
    p = b->data + b->used;
    b->used += n;
    return memset(p, 0, n);
}

char *arena_z(struct arena *a, struct str s)
{
    char *p = arena_alloc(a, s.n + 1);
    if (s.n)
        memcpy(p, s.p, s.n);
    return p;
}

struct str arena_copy(struct arena *a, struct str s)
{
    return str_n(arena_z(a, s), s.n);
}

struct str arena_fmt(struct arena *a, const char *fmt, ...)
{
    struct block *b = a->now;
    size_t room = b->size - b->used;
    char *p = b->data + b->used; /* where there is nearly always room enough */
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = vsnprintf(p, room, fmt, ap);
    va_end(ap);
    if (n < 0) /* an argument that cannot be written in this locale */
        return str_n(arena_alloc(a, 1), 0);
    if ((size_t)n + ALIGN < room) {
        b->used += ((size_t)n + ALIGN) & ~(ALIGN - 1);
        return str_n(p, (size_t)n);
    }
    p = arena_alloc(a, (size_t)n + 1);
    va_start(ap, fmt);
    vsnprintf(p, (size_t)n + 1, fmt, ap);
    va_end(ap);
    return str_n(p, (size_t)n);
}

/*
 * gunzip.c: inflates while it is read, in constant memory; the one file that knows zlib. Members that follow one
 * another are one input (RFC 1952 §2.2). A bomb costs time, not memory, and is stopped by its ratio or its size.
 */
#include "feeds/gunzip.h"

#include <stdlib.h>
#include <zlib.h>

#define IN_SIZE     ((size_t)64 << 10)
#define RATIO_MAX   250                  /* bytes out for a byte in, ... */
#define RATIO_AFTER ((uint64_t)16 << 20) /* ... once there are this many */
#define OUT_MAX     ((uint64_t)64 << 30) /* bytes out */

struct gunzip {
    struct feeds_run *run;
    const struct feeds_input *source;
    struct feeds_input input;
    z_stream z;
    unsigned char in[IN_SIZE];
    uint64_t taken, given; /* compressed bytes read, bytes handed out */
    bool eof, done, between, failed;
};

bool gunzip_is(struct str head)
{
    return head.n >= 3 && memcmp(head.p, "\x1f\x8b\x08", 3) == 0;
}

static long fail(struct gunzip *g, const char *code)
{
    struct faults to = {.put = g->run->to->fault, .arg = g->run->to->arg};
    struct place at = {.offset = g->taken - g->z.avail_in};

    fault_at(&to, code, at, (struct str){NULL, 0}, (struct str){NULL, 0});
    g->failed = true;
    return err_set(g->run->err, ERR_DATA, "%s", tr(g->run->err->lang, schema_fault(code)->message));
}

/* More compressed bytes. False at the end, or when the source failed. */
static bool refill(struct gunzip *g)
{
    long n = g->eof ? 0 : g->source->read(g->source->arg, g->in, IN_SIZE);

    if (n < 0) {
        g->failed = true;
        err_set(g->run->err, ERR_IO, N_("the input cannot be read"));
    }
    g->eof = n <= 0;
    if (n <= 0)
        return false;
    g->taken += (uint64_t)n;
    g->z.next_in = g->in;
    g->z.avail_in = (unsigned)n;
    return true;
}

/* Behind a member: another one, or the end. Zeros pad some tapes. */
static bool next_member(struct gunzip *g)
{
    while (g->z.avail_in || refill(g)) {
        if (*g->z.next_in == 0) {
            g->z.next_in++;
            g->z.avail_in--;
            continue;
        }
        if (*g->z.next_in != 0x1f)
            return false;
        inflateReset(&g->z);
        g->between = false;
        return true;
    }
    g->done = !g->failed;
    return false;
}

static long read_some(void *arg, void *to, size_t most)
{
    struct gunzip *g = arg;
    size_t room = most < (size_t)1 << 30 ? most : (size_t)1 << 30, n;

    if (g->failed)
        return -1;
    g->z.next_out = to;
    g->z.avail_out = (unsigned)room;
    while (g->z.avail_out == room && !g->done) {
        int got;

        if (g->between && !next_member(g)) {
            if (g->done)
                break;
            return g->failed ? -1 : fail(g, "gzip.trailing");
        }
        if (!g->z.avail_in && !refill(g))
            return g->failed ? -1 : fail(g, "gzip.truncated");
        got = inflate(&g->z, Z_NO_FLUSH);
        if (got == Z_STREAM_END)
            g->between = true;
        else if (got != Z_OK && got != Z_BUF_ERROR)
            return fail(g, "gzip.damaged");
    }
    n = room - g->z.avail_out;
    g->given += n;
    if (g->given > OUT_MAX || (g->given > RATIO_AFTER && g->given / RATIO_MAX > g->taken))
        return fail(g, "gzip.bomb");
    return (long)n;
}

struct gunzip *gunzip_new(struct feeds_run *run, struct str head)
{
    struct gunzip *g = xmalloc(sizeof *g);

    *g = (struct gunzip){.run = run, .source = run->in, .taken = head.n};
    g->input = (struct feeds_input){read_some, g, run->in->name};
    if (inflateInit2(&g->z, 15 + 16) != Z_OK)
        abort(); /* out of memory */
    /* The head lives as long as the run. */
    g->z.next_in = (z_const Bytef *)head.p;
    g->z.avail_in = (unsigned)head.n;
    return g;
}

void gunzip_free(struct gunzip *g)
{
    if (g)
        inflateEnd(&g->z);
    free(g);
}

const struct feeds_input *gunzip_input(const struct gunzip *g)
{
    return &g->input;
}

/*~ 3
 * intake.c: the way in. Its ops are parse.c and feed.c; here is what they share: opening what they are given.
 * child.c runs the parser behind a sandbox ("~ 4" is in feeds/feeds.c: bytes to records and faults); "~ 5" is in
 * taking.c, where what it says becomes records of the journal.
 */
#include "intake/intake.h"

#include "intake/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAPPING_MAX ((size_t)1 << 20)
#define SPOOL_PART  ((size_t)64 << 10)

static const char *last_part(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash && slash[1] ? slash + 1 : path;
}

/* A file of the node's folder that has no name any more: what came by a pipe may have to be kept verbatim, and
 * is personal. */
static int spool_open(struct ctx *c)
{
    char *path = arena_z(c->arena, path_join(c->arena, c->dir, ".spool-XXXXXX"));
    int fd = mkostemp(path, O_CLOEXEC);

    if (fd < 0)
        return err_set(c->err, ERR_IO, N_("%s: %s"), path, strerror(errno));
    unlink(path);
    return fd;
}

static int spool(struct ctx *c, int from)
{
    char *part = arena_alloc(c->arena, SPOOL_PART);
    int to = spool_open(c);
    ssize_t n = 0;

    while (to >= 0 && (n = read(from, part, SPOOL_PART)) != 0) {
        if (n < 0 && errno == EINTR)
            continue;
        for (ssize_t at = 0, w; n > 0 && at < n; at += w)
            if ((w = write(to, part + at, (size_t)(n - at))) < 0) {
                err_set(c->err, errno == ENOSPC ? ERR_FULL : ERR_IO, N_("the input cannot be kept: %s"),
                        strerror(errno));
                n = -1;
                w = 0;
            }
        if (n < 0)
            break;
    }
    if (to >= 0 && (n < 0 || lseek(to, 0, SEEK_SET) != 0)) {
        if (c->err->code == ERR_NONE)
            err_set(c->err, ERR_IO, N_("the input cannot be read"));
        close(to);
        to = -1;
    }
    return to;
}

int input_open(struct ctx *c, struct str path, bool seek, struct input *out)
{
    const char *z = arena_z(c->arena, path);
    bool standard = str_eq(path, S("-"));
    struct stat st;

    *out = (struct input){.name = standard ? "-" : last_part(z)};
    out->fd = standard ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3) : open(z, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (out->fd < 0 || fstat(out->fd, &st) != 0) {
        err_set(c->err, errno == ENOENT ? ERR_USAGE : ERR_IO, N_("%s: %s"), z, strerror(errno));
        goto fail;
    }
    if (S_ISDIR(st.st_mode)) {
        err_set(c->err, ERR_USAGE, N_("%s: %s"), z, strerror(EISDIR));
        goto fail;
    }
    if (seek && !S_ISREG(st.st_mode)) {
        int kept = spool(c, out->fd);
        close(out->fd);
        out->fd = kept;
        if (kept < 0 || fstat(kept, &st) != 0)
            goto fail;
    }
    out->size = S_ISREG(st.st_mode) ? (uint64_t)st.st_size : 0;
    return 0;
fail:
    input_close(out);
    return -1;
}

/* ---- gzip ---- */

struct unpacking {
    struct ctx *c;
    int to;
};

static int put_unpacked(void *arg, struct str bytes)
{
    struct unpacking *u = arg;

    while (bytes.n) {
        ssize_t n = write(u->to, bytes.p, bytes.n);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return err_set(u->c->err, errno == ENOSPC ? ERR_FULL : ERR_IO,
                           N_("the input cannot be kept: %s"), strerror(errno));
        bytes.p += n;
        bytes.n -= (size_t)n;
    }
    return 0;
}

int input_unpack(struct ctx *c, struct input *in, struct err *why)
{
    static const struct feeds_options none;
    struct child_job job = {
        .fd = in->fd, .name = in->name, .options = &none, .unpack = true, .lang = c->lang};
    struct unpacking u = {.c = c};
    const struct frames_sink sink = {.lines = put_unpacked, .arg = &u};
    struct child_result got;
    struct stat st;
    char magic[2];

    *why = (struct err){.lang = c->err->lang};
    if (pread(in->fd, magic, 2, 0) != 2 || memcmp(magic, "\x1f\x8b", 2) != 0)
        return 0;
    if ((u.to = spool_open(c)) < 0)
        return -1;
    if (child_run(&job, &sink, &got, c->err) != 0 || fstat(u.to, &st) != 0 ||
        lseek(u.to, 0, SEEK_SET) != 0) {
        close(u.to);
        return -1;
    }
    if (got.end == CHILD_UNREADABLE)
        *why = got.why;
    else if (got.end == CHILD_DIED)
        err_set(why, ERR_DATA, N_("%s: the parser ended before its time (%s)"), in->name, got.how);
    close(in->fd);
    in->fd = u.to;
    in->size = (uint64_t)st.st_size;
    return 0;
}

void input_close(struct input *in)
{
    if (in->fd >= 0)
        close(in->fd);
    in->fd = -1;
}

const struct param intake_reading[] = {
    {.name = "file",
     .type = P_FILE,
     .positional = true,
     .required = true,
     .many = true,
     .help = N_("what to read; - for standard input")},
    {.name = "as", .type = P_TEXT, .help = N_("the format; detected when not given")},
    {.name = "mapping", .type = P_FILE, .help = N_("for CSV: which column is which field")},
    {.name = "profile",
     .type = P_TEXT,
     .help = N_("the partner's profile; found by sender when not given")},
    {.name = "profiles", .type = P_FILE, .help = N_("folder of your own profiles (*.tbl), or one file")},
    {.name = "whole",
     .type = P_FLAG,
     .help = N_("also what no field holds, so that write can give the message back byte for byte")},
    {0},
};

int intake_options(struct ctx *c, const struct args *a, struct feeds_options *out)
{
    struct feeds_profiles *known;

    *out = (struct feeds_options){.whole = arg_given(a, "whole")};
    if (arg_given(a, "as"))
        out->as = arena_z(c->arena, arg(a, "as"));
    if (intake_profiles(c, a, &known, &out->profiles) != 0)
        return -1;
    if (arg_given(a, "profile")) {
        out->profile = arena_z(c->arena, arg(a, "profile"));
        if (intake_profile_known(c, known, arg(a, "profile")) != 0)
            return -1;
    }
    if (!arg_given(a, "mapping"))
        return 0;
    return file_read(c->arena, arena_z(c->arena, arg(a, "mapping")), MAPPING_MAX, &out->mapping, c->err);
}

static const struct op *const ops[] = {&op_parse,   &op_feed,   &op_ack,     &op_write,
                                       &op_profile, &op_update, &op_persons, NULL};

const struct room intake_room = {.name = "intake", .ops = ops};

/* file.c: whole files in and out; a file is replaced in one step or not at all. */
#include "base/base.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

struct str path_join(struct arena *a, const char *dir, const char *name)
{
    size_t n = strlen(dir);
    return arena_fmt(a, "%s%s%s", dir, n && dir[n - 1] == '/' ? "" : "/", name);
}

static int read_all(int fd, struct buf *b)
{
    char chunk[65536];
    ssize_t got;

    while ((got = read(fd, chunk, sizeof chunk)) != 0) {
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        buf_put(b, chunk, (size_t)got);
        if (b->over)
            break;
    }
    return 0;
}

int file_read(struct arena *a, const char *path, size_t max, struct str *out, struct err *e)
{
    struct buf b;
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return err_set(e, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO, N_("cannot read %s: %s"), path,
                       strerror(errno));
    buf_init(&b, max);
    if (read_all(fd, &b) < 0) {
        err_set(e, ERR_IO, N_("cannot read %s: %s"), path, strerror(errno));
        goto fail;
    }
    if (b.over) {
        err_set(e, ERR_LIMIT, N_("%s is larger than %zu bytes"), path, max);
        goto fail;
    }
    *out = arena_copy(a, buf_view(&b));
    buf_free(&b);
    close(fd);
    return 0;
fail:
    buf_free(&b);
    close(fd);
    return -1;
}

static int write_all(int fd, struct str s)
{
    while (s.n) {
        ssize_t put = write(fd, s.p, s.n);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return -1;
        s.p += put;
        s.n -= (size_t)put;
    }
    return fsync(fd);
}

/* A rename is on disk only when its folder is. */
static int folder_sync(struct arena *a, const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *dir = slash ? arena_z(a, str_n(path, slash == path ? 1 : (size_t)(slash - path))) : ".";
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int rc = fd < 0 ? -1 : fsync(fd);

    if (fd >= 0)
        close(fd);
    return rc;
}

int file_write(const char *path, struct str bytes, unsigned mode, struct err *e)
{
    struct arena *a = arena_new();
    const char *tmp = arena_fmt(a, "%s.%ld.tmp", path, (long)getpid()).p;
    int fd = open(tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, (mode_t)mode);

    if (fd < 0)
        goto fail0;
    if (fchmod(fd, (mode_t)mode) < 0 || write_all(fd, bytes) < 0)
        goto fail2;
    if (close(fd) < 0)
        goto fail1;
    if (rename(tmp, path) < 0 || folder_sync(a, path) < 0)
        goto fail1;
    arena_free(a);
    return 0;
fail2:
    close(fd);
fail1:
    unlink(tmp);
fail0:
    err_set(e, errno == ENOSPC ? ERR_FULL : ERR_IO, N_("cannot write %s: %s"), path, strerror(errno));
    arena_free(a);
    return -1;
}

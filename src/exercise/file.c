/*
 * file.c: the files of one day. What is written to a file leaves memory as it grows.
 */
#include "exercise/internal.h"

#include <errno.h>

static int failed(const struct files *f, struct err *e)
{
    return err_set(e, errno == ENOSPC ? ERR_FULL : ERR_IO, N_("%s/%s cannot be written: %s"), f->dir,
                   f->name, strerror(errno));
}

int file_begin(struct files *f, int minute, const char *name, struct err *e)
{
    char path[4200];

    snprintf(f->name, sizeof f->name, "%05d-%02d%02d-%s", ++f->n, minute / 60 % 100, minute % 60, name);
    snprintf(path, sizeof path, "%s/%s", f->dir, f->name);
    buf_reset(&f->buf);
    f->to = fopen(path, "wx"); /* never over another file */
    return f->to ? 0 : failed(f, e);
}

int file_drain(struct files *f, struct err *e)
{
    size_t n = f->buf.n;

    f->tally->bytes += n;
    buf_reset(&f->buf);
    return fwrite(f->buf.p ? f->buf.p : "", 1, n, f->to) == n ? 0 : failed(f, e);
}

int file_end(struct files *f, struct err *e)
{
    int ret = file_drain(f, e);

    if (fclose(f->to) != 0 && ret == 0)
        ret = failed(f, e);
    f->to = NULL;
    f->tally->files++;
    return ret;
}

/*
 * query_keys.c: the keys that private queries are evaluated with. One file an agreement and epoch,
 * keys/oprf-AGREEMENT-EPOCH.key, mode 0600: 32 bytes of chance in hexadecimal and a line feed. The key of a scheme is
 * RFC 9497's DeriveKeyPair of them with
 *
 *     info = "puente/query/v1" || agreement (16) || epoch (8, big-endian) || normaliser (2) || scheme's name
 *
 * An epoch ends when the key is rotated, or the agreement suspended or over: the file is overwritten and removed, and
 * whatever was evaluated with it matches nothing any more. The next epoch has a greater number, also after a restored
 * backup: it is the time.
 */
#include "exchange/query.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define SEED_TEXT 65 /* 64 digits and a line feed */

_Static_assert(QUERY_SCHEMES <= 32, "schemes are bits");

static const char *key_path(struct ctx *c, const uint8_t agreement[16], int64_t epoch)
{
    char id[UUID_SIZE];

    uuid_format(agreement, id);
    return path_join(c->arena, c->dir, arena_fmt(c->arena, "keys/oprf-%s-%lld.key", id, (long long)epoch).p)
        .p;
}

const char *query_file(struct ctx *c, const uint8_t agreement[16], const char *name)
{
    struct str folder = path_join(c->arena, c->dir, "asking");
    char id[UUID_SIZE];

    if (mkdir(folder.p, 0700) < 0 && errno != EEXIST) {
        err_set(c->err, ERR_IO, N_("cannot make the folder %s: %s"), folder.p, strerror(errno));
        return NULL;
    }
    uuid_format(agreement, id);
    return path_join(c->arena, folder.p, arena_fmt(c->arena, "%s-%s", id, name).p).p;
}

/* The epoch in a file's name "PREFIX-EPOCH.SUFFIX", or -1. */
static int64_t epoch_of(const char *file, struct str prefix, struct str suffix)
{
    struct str name = str_z(file), digits;
    int64_t epoch;

    if (!str_starts(name, prefix) || name.n <= prefix.n + suffix.n ||
        !str_eq(str_n(name.p + name.n - suffix.n, suffix.n), suffix))
        return -1;
    digits = str_n(name.p + prefix.n, name.n - prefix.n - suffix.n);
    return str_int(digits, &epoch) ? epoch : -1;
}

/* The latest epoch whose key is there; 0 = none. */
static int latest(struct ctx *c, const uint8_t agreement[16], int64_t *epoch)
{
    char id[UUID_SIZE];
    struct str prefix, keys = path_join(c->arena, c->dir, "keys");
    struct dirent *one;
    DIR *d = opendir(keys.p);

    *epoch = 0;
    if (!d)
        return err_set(c->err, ERR_IO, N_("cannot read the folder %s: %s"), keys.p, strerror(errno));
    uuid_format(agreement, id);
    prefix = arena_fmt(c->arena, "oprf-%s-", id);
    while ((one = readdir(d)) != NULL) {
        int64_t e = epoch_of(one->d_name, prefix, S(".key"));
        if (e > *epoch)
            *epoch = e;
    }
    closedir(d);
    return 0;
}

/* Overwrites what is there before the name goes. A file that is not there is destroyed already. */
static int destroy(struct ctx *c, const char *path)
{
    static const char zeros[SEED_TEXT];
    int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);

    if (fd < 0 && errno == ENOENT)
        return 0;
    if (fd < 0 || write(fd, zeros, sizeof zeros) != (ssize_t)sizeof zeros || fsync(fd) != 0 ||
        unlink(path) != 0) {
        err_set(c->err, ERR_IO, N_("cannot destroy the key %s: %s"), path, strerror(errno));
        if (fd >= 0)
            close(fd);
        return -1;
    }
    close(fd);
    return 0;
}

/* All files of the agreement in `folder` but the one named `keep`. */
static int destroy_all(struct ctx *c, const char *folder, struct str prefix, struct str keep)
{
    struct str path = path_join(c->arena, c->dir, folder);
    struct dirent *one;
    DIR *d = opendir(path.p);
    int rc = 0;

    if (!d)
        return errno == ENOENT
                   ? 0
                   : err_set(c->err, ERR_IO, N_("cannot read the folder %s: %s"), path.p, strerror(errno));
    while (rc == 0 && (one = readdir(d)) != NULL) {
        struct str name = str_z(one->d_name);
        if (str_starts(name, prefix) && !str_eq(name, keep))
            rc = destroy(c, path_join(c->arena, path.p, one->d_name).p);
    }
    closedir(d);
    return rc;
}

int query_forget(struct ctx *c, const uint8_t agreement[16])
{
    char id[UUID_SIZE];

    uuid_format(agreement, id);
    if (destroy_all(c, "keys", arena_fmt(c->arena, "oprf-%s-", id), S("")) < 0)
        return -1;
    return destroy_all(c, "asking", arena_fmt(c->arena, "%s-", id), S(""));
}

static int make(struct ctx *c, const uint8_t agreement[16], int64_t epoch)
{
    uint8_t seed[OPRF_SIZE];
    struct str text;
    int rc;

    c->world->random(c->world->arg, seed, sizeof seed);
    text = hex_encode(c->arena, str_n(seed, sizeof seed));
    ((char *)(uintptr_t)text.p)[text.n] = '\n'; /* over its NUL */
    rc = file_write(key_path(c, agreement, epoch), str_n(text.p, text.n + 1), 0600, c->err);
    wipe((char *)(uintptr_t)text.p, text.n);
    wipe(seed, sizeof seed);
    return rc;
}

static bool derive(struct query_keys *k, const struct query_terms *t, const uint8_t seed[OPRF_SIZE])
{
    bool ok = true;

    blake2b(k->mask, seed, S("puente/query/mask/v1"));
    for (int i = 0; i < QUERY_SCHEMES; i++) {
        struct buf info;
        if (!(t->schemes >> i & 1))
            continue;
        buf_init(&info, 128);
        buf_z(&info, "puente/query/v1");
        buf_put(&info, t->agreement, 16);
        for (int n = 56; n >= 0; n -= 8)
            buf_char(&info, (char)(uint8_t)(k->epoch >> n));
        buf_char(&info, 0);
        buf_char(&info, TOKENS_VERSION);
        buf_z(&info, token_scheme_name(i));
        ok = ok && oprf_derive(&k->key[i], OPRF_VERIFIABLE, seed, buf_view(&info));
        buf_free(&info);
    }
    return ok;
}

int query_keys_open(struct ctx *c, const struct query_terms *t, struct query_keys *out)
{
    uint8_t seed[OPRF_SIZE];
    struct str text;
    const char *path;
    size_t n;
    bool ok;

    *out = (struct query_keys){.epoch = 0};
    if (latest(c, t->agreement, &out->epoch) < 0)
        return -1;
    if (out->epoch == 0 && query_keys_rotate(c, t, &out->epoch) < 0)
        return -1;
    path = key_path(c, t->agreement, out->epoch);
    if (file_read(c->arena, path, SEED_TEXT, &text, c->err) < 0)
        return -1;
    ok = text.n == SEED_TEXT && hex_decode(str_n(text.p, SEED_TEXT - 1), seed, sizeof seed, &n) &&
         n == sizeof seed && derive(out, t, seed);
    wipe((char *)(uintptr_t)text.p, text.n);
    wipe(seed, sizeof seed);
    return ok ? 0 : err_set(c->err, ERR_CORRUPT, N_("%s is not a key for private queries"), path);
}

/* The greatest epoch that a question was answered under. */
static int last_answered(struct ctx *c, const struct query_terms *t, int64_t *epoch)
{
    struct query *q = views_query(
        c->views,
        "SELECT coalesce(max(key_epoch), 0) FROM v_query WHERE agreement = ?1 AND side = 'answered'",
        c->err);
    int row;

    if (!q)
        return -1;
    query_bind_blob(q, 1, str_n(t->agreement, 16));
    row = query_step(q, c->err);
    *epoch = row == 1 ? query_int(q, 0) : 0;
    query_done(q);
    return row < 0 ? -1 : 0;
}

int query_keys_rotate(struct ctx *c, const struct query_terms *t, int64_t *epoch)
{
    int64_t there, answered, next = c->world->now(c->world->arg) / 1000;
    char id[UUID_SIZE];

    if (latest(c, t->agreement, &there) < 0 || last_answered(c, t, &answered) < 0)
        return -1;
    if (next <= there)
        next = there + 1;
    if (next <= answered)
        next = answered + 1;
    if (make(c, t->agreement, next) < 0)
        return -1;
    uuid_format(t->agreement, id);
    *epoch = next;
    return destroy_all(c, "keys", arena_fmt(c->arena, "oprf-%s-", id),
                       arena_fmt(c->arena, "oprf-%s-%lld.key", id, (long long)next));
}

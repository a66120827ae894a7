/*
 * epoch.c: no number is issued twice. A store that is older than what this node has answered for must not
 * go on under the same name: it would give other records the numbers that peers hold proofs of.
 *
 * After each commit the node notes in the file `promised` what it has answered for:
 *
 *     epoch size root inode check LF       (4 digits, 20 digits, 64 hex, 20 digits, 8 hex)
 *
 * inode is that of the file itself, so that a copied folder is noticed; check the first 4 bytes of SHA-256 over
 * what stands before it. The file is overwritten in place without fsync: after a power failure it may lag
 * behind the store, and it cannot lead it. On opening for writing, the tree as it was at `size` must have had
 * `root`. If it had not, or the store says that it is a backup, or the note is missing, the next epoch starts
 * with a record of kind epoch, and checkpoints carry another origin from there on: "us.cbp/epoch/2".
 *
 * What this cannot see is a folder put back whole, note included, onto its own inode (a snapshot of the whole
 * disk). Peers see it: their cosignatures are on the later head.
 */
#include "journal/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define PROMISE_SIZE     121
#define EPOCH_RECORD_MAX 4096

struct promise {
    uint64_t epoch, size, inode;
    uint8_t root[HASH_SIZE];
};

void epoch_origin(char out[ORIGIN_MAX], const char *office, uint64_t epoch)
{
    if (epoch == 1)
        snprintf(out, ORIGIN_MAX, "%s", office);
    else
        snprintf(out, ORIGIN_MAX, "%s/epoch/%" PRIu64, office, epoch);
}

static void hex_text(char *out, const uint8_t *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        snprintf(out + 2 * i, 3, "%02x", p[i]);
}

static void promise_text(char out[PROMISE_SIZE + 1], const struct state *s, uint64_t inode)
{
    char root[2 * HASH_SIZE + 1], check[9];
    uint8_t h[HASH_SIZE];
    int n;

    hex_text(root, s->root, HASH_SIZE);
    n = snprintf(out, PROMISE_SIZE + 1, "%04u %020" PRIu64 " %s %020" PRIu64 " ",
                 (unsigned)s->epoch % 10000, s->size, root, inode);
    sha256_one(h, str_n(out, (size_t)n));
    hex_text(check, h, 4);
    snprintf(out + n, (size_t)(PROMISE_SIZE + 1 - n), "%s\n", check);
}

static bool number(struct str *s, uint64_t *out)
{
    struct str part;
    int64_t i;

    if (!str_split(s, ' ', &part) || part.n > 20)
        return false;
    /* Twenty digits with leading zeros: the first is one. */
    if (part.n == 20 && part.p[0] == '0')
        part = str_n(part.p + 1, 19);
    if (!str_int(part, &i) || i < 0)
        return false;
    *out = (uint64_t)i;
    return true;
}

static bool promise_parse(struct str s, struct promise *out)
{
    uint8_t h[HASH_SIZE], check[4];
    struct str root;
    size_t n;

    if (s.n != PROMISE_SIZE || s.p[PROMISE_SIZE - 1] != '\n')
        return false;
    sha256_one(h, str_n(s.p, PROMISE_SIZE - 9));
    s.n--;
    return number(&s, &out->epoch) && number(&s, &out->size) && str_split(&s, ' ', &root) &&
           hex_decode(root, out->root, HASH_SIZE, &n) && n == HASH_SIZE && number(&s, &out->inode) &&
           hex_decode(s, check, sizeof check, &n) && n == sizeof check &&
           memcmp(check, h, sizeof check) == 0;
}

static uint64_t inode_of(int fd)
{
    struct stat st;
    return fstat(fd, &st) == 0 ? (uint64_t)st.st_ino & INT64_MAX : 0;
}

int promise_open(struct journal *j, bool *fresh, struct err *e)
{
    struct arena *a = arena_new();
    const char *path = path_join(a, j->dir, "promised").p;
    int rc = 0;

    *fresh = access(path, F_OK) < 0;
    j->promise = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (j->promise < 0)
        rc = err_set(e, ERR_IO, N_("cannot write %s: %s"), path, strerror(errno));
    arena_free(a);
    return rc;
}

void promise_write(struct journal *j)
{
    char text[PROMISE_SIZE + 1];
    ssize_t ignored;

    if (j->promise < 0)
        return;
    /* Should it fail, the note lags, as after a power failure; the commit stands. */
    promise_text(text, &j->state, inode_of(j->promise));
    ignored = pwrite(j->promise, text, PROMISE_SIZE, 0);
    (void)ignored;
}

/* Why the store cannot go on as it is: a code of the list epoch_reason; NULL when it can. */
static int reason(struct journal *j, bool fresh, struct promise *p, const char **why, struct err *e)
{
    struct tile_reader tiles = {.backend = j->backend, .store = j->store};
    const struct merkle_source from = {tile_reader_node, &tiles};
    char text[PROMISE_SIZE + 1];
    uint8_t root[HASH_SIZE];
    ssize_t n = pread(j->promise, text, sizeof text, 0);

    *why = NULL;
    *p = (struct promise){0};
    if (n < 0)
        return err_set(e, ERR_IO, N_("cannot read %s: %s"), "promised", strerror(errno));
    if (j->state.copied)
        *why = "restored";
    else if (fresh)
        *why = "promise-missing";
    else if (!promise_parse(str_n(text, (size_t)n), p))
        *why = "promise-damaged";
    else if (p->epoch > j->state.epoch || p->size > j->state.size)
        *why = "older";
    else if (p->inode != inode_of(j->promise))
        *why = "moved";
    if (*why)
        return 0;
    if (merkle_root_at(&from, p->size, root, e) < 0)
        return -1;
    if (memcmp(root, p->root, HASH_SIZE) != 0)
        *why = "other-history";
    return 0;
}

static void set_text(struct record *r, const char *field, struct str s)
{
    record_text(r, schema_field(r->kind, str_z(field)), s);
}

static struct record *epoch_record(struct arena *a, const struct journal *j, uint64_t next, const char *why)
{
    struct record *r = record_new(a, schema_kind(S("epoch")));

    r->head.author = str_z(j->who.office);
    r->head.handling = S("H0");
    record_int(r, schema_field(r->kind, S("number")), (int64_t)next);
    record_int(r, schema_field(r->kind, S("previous_size")), (int64_t)j->state.size);
    set_text(r, "previous_root", hex_encode(a, str_n(j->state.root, HASH_SIZE)));
    set_text(r, "reason", str_z(why));
    set_text(r, "key", str_z(j->key));
    return r;
}

/* In the open transaction. */
static int start_next(struct journal *j, uint64_t after, const char *why, struct err *e)
{
    struct arena *a = arena_new();
    uint64_t next = (after > j->state.epoch ? after : j->state.epoch) + 1;
    struct buf b;
    struct row row;
    int rc = -1;

    buf_init(&b, EPOCH_RECORD_MAX);
    if (next > EPOCHS_MAX) {
        err_set(e, ERR_LIMIT, N_("this log has had %d epochs; it takes no more"), EPOCHS_MAX);
        goto done;
    }
    if (row_make(j, epoch_record(a, j, next, why), &b, &row, e) < 0 || row_put(j, &row, e) != 1)
        goto done;
    /* Epochs that only the lost store knew begin here too: they have no entries in this one. */
    for (uint64_t i = j->state.epoch; i < next; i++)
        j->state.start[i] = row.seq;
    j->state.epoch = next;
    rc = 0;
done:
    buf_free(&b);
    arena_free(a);
    return rc;
}

int epoch_check(struct journal *j, bool fresh, struct err *e)
{
    struct promise p;
    const char *why;

    if (write_begin(j, e) < 0)
        return -1;
    if (reason(j, fresh, &p, &why, e) < 0 || (why && start_next(j, p.epoch, why, e) < 0)) {
        write_abort(j);
        return -1;
    }
    if (why)
        return write_commit(j, e);
    promise_write(j); /* it may have lagged */
    return j->backend->end(j->store, NULL, e);
}

/*
 * journal.c: making, opening and closing a node's journal. The folder:
 *
 *     node.json keys/    identity.c
 *     journal.db         the store, sqlite.c
 *     promised           what was answered for, epoch.c
 *     lock               held by the process that writes; its pid in decimal
 */
#include "journal/internal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- the lock ---- */

static int busy(int fd, struct err *e)
{
    char pid[16] = {0};
    ssize_t n = pread(fd, pid, sizeof pid - 1, 0);

    if (n > 0)
        return err_set(e, ERR_BUSY, N_("the node is in use by process %.*s"), (int)strcspn(pid, "\n"), pid);
    return err_set(e, ERR_BUSY, N_("the node is in use by another process"));
}

static int lock_take(struct journal *j, struct err *e)
{
    struct arena *a = arena_new();
    const char *path = path_join(a, j->dir, "lock").p;
    char pid[16];
    int n = snprintf(pid, sizeof pid, "%ld\n", (long)getpid()), rc = -1;

    j->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (j->lock < 0)
        err_set(e, ERR_IO, N_("cannot write %s: %s"), path, strerror(errno));
    else if (flock(j->lock, LOCK_EX | LOCK_NB) < 0)
        errno == EWOULDBLOCK ? busy(j->lock, e)
                             : err_set(e, ERR_IO, N_("cannot lock %s: %s"), path, strerror(errno));
    /* A full disk leaves the pid out; the lock holds all the same. */
    else if (ftruncate(j->lock, 0) < 0 || pwrite(j->lock, pid, (size_t)n, 0) < 0)
        rc = errno == ENOSPC ? 0 : err_set(e, ERR_IO, N_("cannot write %s: %s"), path, strerror(errno));
    else
        rc = 0;
    arena_free(a);
    return rc;
}

/* ---- open, close ---- */

static struct journal *journal_new(const struct journal_options *o)
{
    struct journal *j = xmalloc(sizeof *j);

    memset(j, 0, sizeof *j);
    j->backend = o->backend ? o->backend : &backend_sqlite;
    j->world = o->world;
    j->dir = xstrdup(o->dir);
    j->lock = j->promise = -1;
    j->tree.backend = j->backend;
    j->queue_end = &j->queue;
    pthread_mutex_init(&j->mutex, NULL);
    pthread_mutex_init(&j->pool_mutex, NULL);
    pthread_cond_init(&j->turn, NULL);
    return j;
}

void journal_close(struct journal *j)
{
    if (j == NULL)
        return;
    while (j->pooled)
        j->backend->close(j->pool[--j->pooled]);
    j->backend->close(j->store);
    if (j->promise >= 0)
        close(j->promise);
    if (j->lock >= 0)
        close(j->lock);
    wipe(&j->signer, sizeof j->signer);
    wipe(j->once_key, sizeof j->once_key);
    pthread_mutex_destroy(&j->mutex);
    pthread_mutex_destroy(&j->pool_mutex);
    pthread_cond_destroy(&j->turn);
    free((void *)(uintptr_t)j->who.office);
    free((void *)(uintptr_t)j->who.country);
    free(j->dir);
    free(j);
}

bool head_signed(const struct journal *j, const struct state *s)
{
    char origin[ORIGIN_MAX];
    struct note note;
    struct checkpoint c;

    epoch_origin(origin, j->who.office, s->epoch);
    return note_parse(str_z(s->checkpoint), &note) && note_verify(&note, &j->verifier) &&
           checkpoint_parse(note.text, &c) && str_eq(c.origin, str_z(origin)) && c.size == s->size &&
           memcmp(c.root, s->root, HASH_SIZE) == 0;
}

static int open_for_writing(struct journal *j, struct err *e)
{
    bool fresh;

    if (lock_take(j, e) < 0 || promise_open(j, &fresh, e) < 0)
        return -1;
    j->store = j->tree.store = j->backend->open(j->dir, STORE_WRITE, e);
    if (j->store == NULL || epoch_check(j, fresh, e) < 0)
        return -1;
    if (!head_signed(j, &j->state))
        return err_set(e, ERR_CORRUPT,
                       N_("the journal is damaged: its head is not signed with the node's key; run "
                          "\"puente verify\""));
    return 0;
}

/* Opening once tells at once whether there is a store to read. */
static int open_for_reading(struct journal *j, struct err *e)
{
    struct state now;
    struct store *s = reader_begin(j, &now, e);

    if (s == NULL)
        return -1;
    reader_end(j, s);
    return 0;
}

struct journal *journal_open(const struct journal_options *o, struct err *e)
{
    struct journal *j = journal_new(o);

    if (identity_load(j, e) < 0 || identity_keys(j, o->write, e) < 0 ||
        (o->write ? open_for_writing(j, e) : open_for_reading(j, e)) < 0) {
        journal_close(j);
        return NULL;
    }
    return j;
}

const struct journal_identity *journal_who(const struct journal *j)
{
    return &j->who;
}

const char *journal_key(const struct journal *j)
{
    return j->key;
}

size_t journal_number(const struct head *h, uint64_t seq, char out[NUMBER_SIZE])
{
    uint64_t epoch = h->epoch;

    while (epoch > 1 && h->start[epoch - 1] > seq)
        epoch--;
    return (size_t)snprintf(out, NUMBER_SIZE, "%" PRIu64 ".%" PRIu64, epoch, seq);
}

/* ---- create ---- */

int folder_make(const char *dir, struct err *e)
{
    struct dirent *x;
    int n = 0;
    DIR *d;

    if (mkdir(dir, 0700) == 0)
        return 0;
    if (errno != EEXIST)
        return err_set(e, ERR_IO, N_("cannot make the folder %s: %s"), dir, strerror(errno));
    d = opendir(dir);
    if (d == NULL)
        return err_set(e, ERR_IO, N_("cannot read %s: %s"), dir, strerror(errno));
    while ((x = readdir(d)) != NULL)
        n += strcmp(x->d_name, ".") != 0 && strcmp(x->d_name, "..") != 0;
    closedir(d);
    if (n)
        return err_set(e, ERR_USAGE, N_("the folder %s is not empty"), dir);
    if (chmod(dir, 0700) < 0)
        return err_set(e, ERR_IO, N_("cannot make the folder %s: %s"), dir, strerror(errno));
    return 0;
}

void folder_clear(const char *dir)
{
    static const char *const name[] = {"node.json",     "lock",           "promised",
                                       "journal.db",    "journal.db-wal", "journal.db-journal",
                                       "journal.db-shm"};
    struct arena *a = arena_new();
    const char *keys = path_join(a, dir, "keys").p;
    DIR *d = opendir(keys);
    struct dirent *x;

    for (size_t i = 0; i < COUNT(name); i++)
        unlink(path_join(a, dir, name[i]).p);
    while (d && (x = readdir(d)) != NULL)
        if (x->d_type == DT_REG)
            unlink(path_join(a, keys, x->d_name).p);
    if (d)
        closedir(d);
    rmdir(keys);
    arena_free(a);
}

static int country_ok(const char *z)
{
    return strlen(z) == 2 && z[0] >= 'A' && z[0] <= 'Z' && z[1] >= 'A' && z[1] <= 'Z';
}

/* The store with its first head: signed, of size 0. */
static int create_store(struct journal *j, struct err *e)
{
    bool fresh;

    if (lock_take(j, e) < 0 || promise_open(j, &fresh, e) < 0)
        return -1;
    j->store = j->tree.store = j->backend->open(j->dir, STORE_CREATE, e);
    if (j->store == NULL)
        return -1;
    j->tree_good = true; /* the empty tree, which no root stands for yet */
    if (write_begin(j, e) < 0 || write_commit(j, e) < 0)
        return -1;
    return fsync(j->promise) == 0
               ? 0
               : err_set(e, ERR_IO, N_("cannot write %s: %s"), "promised", strerror(errno));
}

int journal_create(const struct journal_options *o, const struct journal_identity *who, struct err *e)
{
    struct journal *j;
    int rc = -1;

    if (!journal_office_ok(str_z(who->office)))
        return err_set(
            e, ERR_USAGE,
            N_("\"%s\" is not an office's name: two letters of a country, then parts in lower case, as in "
               "us.cbp"),
            who->office);
    if (!country_ok(who->country))
        return err_set(e, ERR_USAGE, N_("\"%s\" is not an ISO 3166 country code, as in US"), who->country);
    if (folder_make(o->dir, e) < 0)
        return -1;
    j = journal_new(o);
    j->who = (struct journal_identity){xstrdup(who->office), xstrdup(who->country), who->exercise,
                                       who->contact_report_days};
    if (identity_create(o->dir, o->world, who, e) == 0 && identity_keys(j, true, e) == 0 &&
        create_store(j, e) == 0)
        rc = identity_publish(o->dir, who, e);
    journal_close(j);
    if (rc < 0)
        folder_clear(o->dir);
    return rc;
}

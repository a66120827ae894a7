/*
 * The disk fails. A layer between SQLite and the system makes the Nth call that changes or opens a file fail,
 * for N = 1, 2, 3 ... until a whole run needs fewer calls: once, or from then on; as an error (the write half
 * done), or as a full disk. Whatever was answered with success is there afterwards, the log verifies, and the
 * node takes records again. Then a disk that really is full, and folders that cannot be written.
 */
#include "journal_help.h"

#include <errno.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/wait.h>

/* ---- the failing file system ---- */

static struct {
    long calls, fail_at; /* fail_at 0: all is well */
    bool sticky, full;
} fault;

static bool fails(void)
{
    if (fault.fail_at == 0)
        return false;
    fault.calls++;
    return fault.sticky ? fault.calls >= fault.fail_at : fault.calls == fault.fail_at;
}

struct file {
    sqlite3_file base;
    sqlite3_file *real; /* behind this struct */
};

#define REAL(f) (((struct file *)(f))->real)

static int f_close(sqlite3_file *f)
{
    return REAL(f)->pMethods->xClose(REAL(f));
}

static int f_read(sqlite3_file *f, void *p, int n, sqlite3_int64 at)
{
    return REAL(f)->pMethods->xRead(REAL(f), p, n, at);
}

static int f_write(sqlite3_file *f, const void *p, int n, sqlite3_int64 at)
{
    if (!fails())
        return REAL(f)->pMethods->xWrite(REAL(f), p, n, at);
    if (fault.full)
        return SQLITE_FULL;
    REAL(f)->pMethods->xWrite(REAL(f), p, n / 2, at); /* torn */
    return SQLITE_IOERR_WRITE;
}

static int f_truncate(sqlite3_file *f, sqlite3_int64 n)
{
    return fails() ? SQLITE_IOERR_TRUNCATE : REAL(f)->pMethods->xTruncate(REAL(f), n);
}

static int f_sync(sqlite3_file *f, int flags)
{
    return fails() ? SQLITE_IOERR_FSYNC : REAL(f)->pMethods->xSync(REAL(f), flags);
}

static int f_size(sqlite3_file *f, sqlite3_int64 *n)
{
    return REAL(f)->pMethods->xFileSize(REAL(f), n);
}

static int f_lock(sqlite3_file *f, int how)
{
    return REAL(f)->pMethods->xLock(REAL(f), how);
}

static int f_unlock(sqlite3_file *f, int how)
{
    return REAL(f)->pMethods->xUnlock(REAL(f), how);
}

static int f_reserved(sqlite3_file *f, int *out)
{
    return REAL(f)->pMethods->xCheckReservedLock(REAL(f), out);
}

static int f_control(sqlite3_file *f, int op, void *arg)
{
    return REAL(f)->pMethods->xFileControl(REAL(f), op, arg);
}

static int f_sector(sqlite3_file *f)
{
    return REAL(f)->pMethods->xSectorSize(REAL(f));
}

static int f_traits(sqlite3_file *f)
{
    return REAL(f)->pMethods->xDeviceCharacteristics(REAL(f));
}

static int f_shm_map(sqlite3_file *f, int page, int size, int extend, void volatile **out)
{
    return REAL(f)->pMethods->xShmMap(REAL(f), page, size, extend, out);
}

static int f_shm_lock(sqlite3_file *f, int at, int n, int flags)
{
    return REAL(f)->pMethods->xShmLock(REAL(f), at, n, flags);
}

static void f_shm_barrier(sqlite3_file *f)
{
    REAL(f)->pMethods->xShmBarrier(REAL(f));
}

static int f_shm_unmap(sqlite3_file *f, int delete)
{
    return REAL(f)->pMethods->xShmUnmap(REAL(f), delete);
}

static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = f_close,
    .xRead = f_read,
    .xWrite = f_write,
    .xTruncate = f_truncate,
    .xSync = f_sync,
    .xFileSize = f_size,
    .xLock = f_lock,
    .xUnlock = f_unlock,
    .xCheckReservedLock = f_reserved,
    .xFileControl = f_control,
    .xSectorSize = f_sector,
    .xDeviceCharacteristics = f_traits,
    .xShmMap = f_shm_map,
    .xShmLock = f_shm_lock,
    .xShmBarrier = f_shm_barrier,
    .xShmUnmap = f_shm_unmap,
};

static sqlite3_vfs *below, shim;

static int v_open(sqlite3_vfs *v, const char *name, sqlite3_file *f, int flags, int *out)
{
    struct file *x = (struct file *)f;
    int rc;

    (void)v;
    x->base.pMethods = NULL;
    if (fails())
        return SQLITE_CANTOPEN;
    x->real = (sqlite3_file *)(x + 1);
    rc = below->xOpen(below, name, x->real, flags, out);
    if (x->real->pMethods)
        x->base.pMethods = &methods;
    return rc;
}

static int v_delete(sqlite3_vfs *v, const char *name, int sync)
{
    (void)v;
    return fails() ? SQLITE_IOERR_DELETE : below->xDelete(below, name, sync);
}

static int register_shim(void **state)
{
    (void)state;
    /* Thousands of small nodes, none of which needs a real disk. */
    if (access("/dev/shm", W_OK) == 0)
        setenv("TMPDIR", "/dev/shm", 1);
    below = sqlite3_vfs_find(NULL);
    shim = *below;
    shim.zName = "failing";
    shim.szOsFile = (int)sizeof(struct file) + below->szOsFile;
    shim.xOpen = v_open;
    shim.xDelete = v_delete;
    return sqlite3_vfs_register(&shim, 1);
}

/* ---- the run ---- */

struct run {
    char dir[64];
    uint8_t id[64][16]; /* of records that were answered for */
    size_t n;
    uint8_t gone[16]; /* one whose erasure was answered for */
    bool erased;
    int once; /* 1: the key's entry was answered for */
};

static void answered(struct run *x, const struct record *r)
{
    memcpy(x->id[x->n++], r->head.id, 16);
}

static void plausible(const struct err *e)
{
    if (e->code != ERR_IO && e->code != ERR_FULL && e->code != ERR_BUSY)
        fprintf(stderr, "code %d: %s\n", (int)e->code, e->text);
    assert_true(e->code == ERR_IO || e->code == ERR_FULL || e->code == ERR_BUSY);
}

static void one(struct run *x, struct journal *j, struct arena *a, const char *name)
{
    struct record *r = help_record(a, name);
    struct err e = {0};

    if (journal_append(j, &r, 1, NULL, &e) == 0)
        answered(x, r);
    else
        plausible(&e);
}

static void messages(struct run *x, struct journal *j, struct arena *a)
{
    static const uint8_t key[HASH_SIZE] = {42};
    struct record *kept[8];
    struct err e = {0};
    struct batch *b = batch_begin(j, &e);
    bool good = b != NULL;

    for (int i = 0; i < 8; i++)
        kept[i] = help_record(a, "kept");
    good = good && batch_once(b, key, &e) == 1;
    for (int i = 0; good && i < 4; i++)
        good = batch_put(b, kept[i], &e) == 0;
    good = good && batch_mark(b, &e) == 0;
    for (int i = 0; good && i < 300; i++)
        good = batch_put(b, help_record(a, "refused"), &e) == 0;
    good = good && batch_rewind(b, &e) == 0;
    for (int i = 4; good && i < 8; i++)
        good = batch_put(b, kept[i], &e) == 0;
    if (good && batch_commit(b, &e) == 0) {
        for (int i = 0; i < 8; i++)
            answered(x, kept[i]);
        x->once = 1;
        return;
    }
    plausible(&e);
    if (!good)
        batch_abort(b);
}

static void forget(struct run *x, struct journal *j, struct arena *a)
{
    struct record *r = record_new(a, schema_kind(S("erasure")));
    struct err e = {0};

    r->head.author = S("us.cbp");
    r->head.handling = S("H1");
    record_text(r, schema_field(r->kind, S("about")), str_n(x->id[0], 16));
    if (journal_erase(j, x->id[0], r, &e) == 0) {
        memcpy(x->gone, x->id[0], 16);
        x->erased = true;
        answered(x, r);
    } else {
        plausible(&e);
    }
}

static void workload(struct run *x)
{
    const struct journal_options o = help_options(x->dir, true);
    struct arena *a = arena_new();
    struct err e = {0};
    struct journal *j = journal_open(&o, &e);

    if (j) {
        one(x, j, a, "one");
        messages(x, j, a);
        one(x, j, a, "two");
        forget(x, j, a);
        one(x, j, a, "three");
    } else {
        plausible(&e);
    }
    journal_close(j);
    arena_free(a);
}

static void all_is_there(struct run *x)
{
    static const uint8_t key[HASH_SIZE] = {42};
    struct journal *j = help_open(x->dir, true);
    struct arena *a = arena_new();
    struct err e = {0};
    struct entry got;
    struct head h;
    struct batch *b;
    struct verify_report v = help_verify(j);

    if (!v.good)
        fprintf(stderr, "call %ld: %s\n", fault.fail_at, v.what);
    assert_true(v.good);
    for (size_t i = 0; i < x->n; i++)
        assert_ok(journal_get(j, a, x->id[i], &got, &e), e);
    if (x->erased) {
        assert_ok(journal_get(j, a, x->gone, &got, &e), e);
        assert_true(got.erased);
    }
    b = batch_begin(j, &e);
    assert_non_null(b);
    if (x->once)
        assert_int_equal(batch_once(b, key, &e), 0);
    batch_abort(b);
    help_append(j, "and on", NULL);
    assert_ok(journal_head(j, a, &h, &e), e);
    assert_int_equal(h.epoch, 1);
    help_good(j, v.entries + 1);
    arena_free(a);
    journal_close(j);
}

static void until_it_runs_through(bool sticky, bool full)
{
    long n = 0;
    bool reached;

    do {
        struct run x = {.n = 0};
        struct journal *j;
        help_dir(x.dir);
        help_create(x.dir);
        j = help_open(x.dir, true);
        help_append(j, "zero", x.id[x.n]);
        x.n++;
        journal_close(j);
        fault.calls = 0;
        fault.fail_at = ++n;
        fault.sticky = sticky;
        fault.full = full;
        workload(&x);
        reached = fault.calls >= n;
        fault.fail_at = 0;
        all_is_there(&x);
        help_clear(x.dir);
        assert_true(reached || (x.n >= 12 && x.erased));
    } while (reached);
    assert_true(n > 40); /* the layer was there */
}

static void an_error_once(void **state)
{
    (void)state;
    until_it_runs_through(false, false);
}

static void errors_from_then_on(void **state)
{
    (void)state;
    until_it_runs_through(true, false);
}

static void full_once(void **state)
{
    (void)state;
    until_it_runs_through(false, true);
}

static void full_from_then_on(void **state)
{
    (void)state;
    until_it_runs_through(true, true);
}

/* A creation that fails leaves a folder in which the next one succeeds. */
static void creation_fails_clean(void **state)
{
    const struct journal_identity who = {"us.cbp", "US", false, 0};
    struct journal_options o;
    char dir[64];
    bool reached;
    long n = 0;
    (void)state;

    do {
        struct err e = {0};
        help_dir(dir);
        o = help_options(dir, true);
        fault.calls = 0;
        fault.fail_at = ++n;
        fault.sticky = fault.full = false;
        if (journal_create(&o, &who, &e) < 0)
            plausible(&e);
        reached = fault.calls >= n;
        fault.fail_at = 0;
        if (e.code != ERR_NONE)
            help_create(dir);
        journal_close(help_open(dir, true));
        help_clear(dir);
    } while (reached);
    assert_true(n > 5);
}

/* A backup that fails leaves nothing that looks like a node. */
static void a_backup_fails_clean(void **state)
{
    struct journal *j;
    char dir[64], to[96];
    bool reached;
    long n = 0;
    (void)state;

    help_dir(dir);
    help_create(dir);
    j = help_open(dir, true);
    help_append(j, "x", NULL);
    snprintf(to, sizeof to, "%s/copy", dir);
    do {
        struct err e = {0};
        fault.calls = 0;
        fault.fail_at = ++n;
        fault.sticky = fault.full = false;
        if (journal_backup(j, to, &e) < 0)
            plausible(&e);
        reached = fault.calls >= n;
        fault.fail_at = 0;
        if (e.code != ERR_NONE) {
            help_refused(to, false, ERR_USAGE);
        } else {
            struct journal *copy = help_open(to, false);
            help_good(copy, 1);
            journal_close(copy);
        }
        help_clear(to);
        help_append(j, "x", NULL);
        journal_close(j);
        help_clear(dir);
        help_dir(dir);
        help_create(dir);
        j = help_open(dir, true);
        help_append(j, "x", NULL);
        snprintf(to, sizeof to, "%s/copy", dir);
    } while (reached);
    assert_true(n > 3);
    journal_close(j);
    help_clear(dir);
}

/* ---- a disk that is really full ---- */

static void limit_files(rlim_t bytes)
{
    struct rlimit l;

    assert_int_equal(getrlimit(RLIMIT_FSIZE, &l), 0);
    l.rlim_cur = bytes;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &l), 0);
}

static void full_and_usable_again(void **state)
{
    struct journal *j;
    struct arena *a = arena_new();
    struct err e = {0};
    struct record *r;
    uint64_t stored = 0;
    char dir[64], large[4000];
    (void)state;

    memset(large, 'z', sizeof large - 1);
    large[sizeof large - 1] = 0;
    signal(SIGXFSZ, SIG_IGN);
    help_dir(dir);
    help_create(dir);
    j = help_open(dir, true);
    limit_files(400000);
    do {
        r = help_record(a, large);
        assert_true(stored < 1000);
    } while (journal_append(j, &r, 1, NULL, &e) == 0 && ++stored);
    assert_int_equal(e.code, ERR_FULL);
    for (int i = 0; i < 3; i++) {
        r = help_record(a, large);
        assert_int_equal(journal_append(j, &r, 1, NULL, &e), -1);
        assert_int_equal(e.code, ERR_FULL);
    }
    help_good(j, stored);
    limit_files(RLIM_INFINITY);
    help_append(j, large, NULL);
    help_good(j, stored + 1);
    journal_close(j);
    help_clear(dir);
    arena_free(a);
}

/* As somebody who may not write there; root may everywhere, so a child gives that up. */
static void a_folder_one_may_not_write(void **state)
{
    char dir[64];
    int status;
    pid_t pid;
    (void)state;

    help_dir(dir);
    help_create(dir);
    assert_int_equal(chmod(dir, 0555), 0);
    pid = fork();
    if (pid == 0) {
        const struct journal_options o = help_options(dir, true);
        struct err e = {0};
        if (geteuid() == 0 && (chown(dir, 1, 1) < 0 || setuid(65534) < 0))
            _exit(77);
        _exit(journal_open(&o, &e) == NULL && (e.code == ERR_IO || e.code == ERR_DENIED) ? 0 : 1);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) == 77)
        skip();
    assert_int_equal(WEXITSTATUS(status), 0);
    assert_int_equal(chmod(dir, 0755), 0);
    help_clear(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_error_once),
        cmocka_unit_test(errors_from_then_on),
        cmocka_unit_test(full_once),
        cmocka_unit_test(full_from_then_on),
        cmocka_unit_test(creation_fails_clean),
        cmocka_unit_test(a_backup_fails_clean),
        cmocka_unit_test(full_and_usable_again),
        cmocka_unit_test(a_folder_one_may_not_write),
    };
    return cmocka_run_group_tests(tests, register_shim, NULL);
}

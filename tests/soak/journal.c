/*
 * journal: the long loops of the journal.
 *
 *     journal kill ROUNDS     a child appends from several threads and tells each answer through a pipe; the
 *                             parent kills it with -9 at a random moment, ROUNDS times, on one node
 *     journal load DIR        makes a node in DIR and appends until it dies or the disk does; answers to stdout
 *     journal check DIR       reads those answers from standard input
 *
 * What must hold after each death: every record answered for is there under its number, the log verifies, no
 * new epoch was started, and the node takes records. An answer is 24 bytes: id, sequence number.
 */
#include "journal/journal.h"

#include <errno.h>
#include <ftw.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define APPENDERS 3

struct answer {
    uint8_t id[16];
    uint64_t seq;
};

static _Noreturn void die(const char *what, const char *why)
{
    fprintf(stderr, "soak: %s: %s\n", what, why);
    exit(1);
}

static struct journal *open_node(const char *dir, bool write)
{
    const struct journal_options o = {.dir = dir, .world = world_real(), .write = write};
    struct err e = {0};
    struct journal *j = journal_open(&o, &e);

    if (j == NULL)
        die("cannot open the node", e.text);
    return j;
}

static void create_node(const char *dir)
{
    const struct journal_options o = {.dir = dir, .world = world_real(), .write = true};
    const struct journal_identity who = {"us.cbp", "US", false, 0};
    struct err e = {0};

    if (journal_create(&o, &who, &e) < 0)
        die("cannot make a node", e.text);
}

/* ---- the load ---- */

struct load {
    struct journal *j;
    int out;
};

static struct record *some_record(struct arena *a)
{
    struct record *r = record_new(a, schema_kind(S("alert_name")));
    char *text = arena_alloc(a, 2000);
    uint16_t n;

    world_real()->random(NULL, &n, sizeof n);
    memset(text, 'x', 2000);
    r->head.author = S("us.cbp");
    r->head.handling = S("H1");
    record_text(r, schema_field(r->kind, S("list")), S("us.cbp"));
    record_text(r, schema_field(r->kind, S("number")), S("1"));
    record_text(r, schema_field(r->kind, S("name")), str_n(text, 1 + n % 2000));
    return r;
}

/* One write of less than PIPE_BUF is whole or not at all. */
static void tell(int out, struct record *const *r, size_t n, uint64_t first)
{
    struct answer x[16];

    for (size_t i = 0; i < n; i++) {
        memcpy(x[i].id, r[i]->head.id, 16);
        x[i].seq = first + i;
    }
    if (write(out, x, n * sizeof *x) < 0)
        _exit(0);
}

/* Appends until the disk says no. */
static void *appender(void *arg)
{
    const struct load *l = arg;
    struct arena *a = arena_new();
    struct err e = {0};

    for (size_t n = 1;; n = n % 4 + 1) {
        struct record *r[4];
        uint64_t first;
        arena_reset(a);
        for (size_t i = 0; i < n; i++)
            r[i] = some_record(a);
        if (journal_append(l->j, r, n, &first, &e) < 0)
            break;
        tell(l->out, r, n, first);
    }
    arena_free(a);
    return NULL;
}

/* Messages that are kept and messages that are refused, in one transaction. */
static int batch(struct load *l, struct arena *a, struct err *e)
{
    struct record *kept[8];
    uint8_t key[HASH_SIZE];
    struct batch *b = batch_begin(l->j, e);
    struct head h;

    if (b == NULL)
        return -1;
    world_real()->random(NULL, key, sizeof key);
    if (journal_head(l->j, a, &h, e) < 0 || batch_once(b, key, e) < 0)
        goto fail;
    for (size_t i = 0; i < COUNT(kept); i++) {
        if (batch_put(b, kept[i] = some_record(a), e) < 0 || batch_mark(b, e) < 0)
            goto fail;
        for (int k = 0; k < 20; k++)
            if (batch_put(b, some_record(a), e) < 0)
                goto fail;
        if (batch_rewind(b, e) < 0)
            goto fail;
    }
    if (batch_commit(b, e) < 0)
        return -1;
    tell(l->out, kept, COUNT(kept), h.size);
    return 0;
fail:
    batch_abort(b);
    return -1;
}

static void load(struct journal *j, int out)
{
    struct load l = {j, out};
    struct arena *a = arena_new();
    struct err e = {0};
    pthread_t t[APPENDERS];

    for (size_t i = 0; i < APPENDERS; i++)
        if (pthread_create(&t[i], NULL, appender, &l) != 0)
            die("cannot start a thread", strerror(errno));
    while (batch(&l, a, &e) == 0)
        arena_reset(a);
    for (size_t i = 0; i < APPENDERS; i++)
        pthread_join(t[i], NULL);
    arena_free(a);
}

/* ---- the check ---- */

static void check_answer(struct journal *j, struct arena *a, const struct answer *x)
{
    struct err e = {0};
    struct entry got;

    arena_reset(a);
    if (journal_get(j, a, x->id, &got, &e) < 0)
        die("LOST: a record that was answered for", e.text);
    if (got.seq != x->seq)
        die("MOVED", "a record has another number than was answered");
}

static void check_log(struct journal *j, uint64_t *size)
{
    struct arena *a = arena_new();
    struct verify_report v;
    struct err e = {0};
    struct head h;

    if (journal_verify(j, NULL, &v, &e) < 0)
        die("cannot verify", e.text);
    if (!v.good)
        die("the log does not verify", v.what);
    if (journal_head(j, a, &h, &e) < 0 || h.epoch != 1)
        die("epoch", "a new epoch was started for no reason");
    *size = v.entries;
    arena_free(a);
}

static uint64_t check_all(const char *dir, const struct answer *x, size_t n)
{
    struct journal *j = open_node(dir, true);
    struct arena *a = arena_new();
    uint64_t size;

    for (size_t i = 0; i < n; i++)
        check_answer(j, a, &x[i]);
    check_log(j, &size);
    arena_free(a);
    journal_close(j);
    return size;
}

struct answers {
    struct answer *x;
    size_t n, cap;
};

/* Until the other end is closed. The last answer may be cut: it was not given. */
static void collect(int in, struct answers *to)
{
    size_t have = 0;
    ssize_t got;

    for (;;) {
        if (to->n == to->cap) {
            to->cap = to->cap ? to->cap * 2 : 4096;
            to->x = xrealloc(to->x, to->cap * sizeof *to->x);
        }
        got = read(in, (char *)&to->x[to->n] + have, (to->cap - to->n) * sizeof *to->x - have);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return;
        have += (size_t)got;
        to->n += have / sizeof *to->x;
        have %= sizeof *to->x;
    }
}

/* ---- kill -9 ---- */

static void wait_ms(unsigned ms)
{
    const struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000};
    nanosleep(&t, NULL);
}

struct victim {
    pid_t pid;
    unsigned ms;
};

static void *killer(void *arg)
{
    const struct victim *v = arg;

    wait_ms(v->ms);
    kill(v->pid, SIGKILL);
    return NULL;
}

static void kill_once(const char *dir, unsigned ms, struct answers *all)
{
    struct victim v = {.ms = ms};
    pthread_t t;
    int fd[2];

    if (pipe(fd) < 0)
        die("pipe", strerror(errno));
    v.pid = fork();
    if (v.pid == 0) {
        close(fd[0]);
        load(open_node(dir, true), fd[1]);
        _exit(0);
    }
    close(fd[1]);
    if (v.pid < 0 || pthread_create(&t, NULL, killer, &v) != 0)
        die("cannot start", strerror(errno));
    collect(fd[0], all);
    pthread_join(t, NULL);
    waitpid(v.pid, NULL, 0);
    close(fd[0]);
}

static int entry_remove(const char *path, const struct stat *st, int flag, struct FTW *f)
{
    (void)st;
    (void)flag;
    (void)f;
    return remove(path);
}

static int kill_rounds(unsigned rounds)
{
    struct answers all = {0};
    char dir[] = "/tmp/puente-kill-XXXXXX";
    uint64_t size = 0, checked = 0;
    uint16_t chance;

    if (mkdtemp(dir) == NULL)
        die(dir, strerror(errno));
    create_node(dir);
    for (unsigned i = 0; i < rounds; i++) {
        world_real()->random(NULL, &chance, sizeof chance);
        kill_once(dir, 2 + chance % 60, &all);
        /* Everything each time would be quadratic: what is new now, everything in the end. */
        size = check_all(dir, all.x + checked, all.n - checked);
        checked = all.n;
    }
    size = check_all(dir, all.x, all.n);
    printf("%u kills, %zu records answered for, all there; %" PRIu64 " entries verify\n", rounds, all.n,
           size);
    nftw(dir, entry_remove, 16, FTW_DEPTH | FTW_PHYS);
    free(all.x);
    return 0;
}

int main(int argc, char **argv)
{
    signal(SIGPIPE, SIG_IGN);
    if (argc == 3 && strcmp(argv[1], "kill") == 0)
        return kill_rounds((unsigned)strtoul(argv[2], NULL, 10));
    if (argc == 3 && strcmp(argv[1], "load") == 0) {
        create_node(argv[2]);
        load(open_node(argv[2], true), STDOUT_FILENO);
        return 0;
    }
    if (argc == 3 && strcmp(argv[1], "check") == 0) {
        struct answers all = {0};
        uint64_t size;
        collect(STDIN_FILENO, &all);
        size = check_all(argv[2], all.x, all.n);
        printf("%zu records answered for, all there; %" PRIu64 " entries verify\n", all.n, size);
        free(all.x);
        return all.n == 0;
    }
    fputs("usage: journal kill ROUNDS | load DIR | check DIR\n", stderr);
    return 2;
}

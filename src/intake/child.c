/* child.c: fork, limits, sandbox, parse; and the parent's reading loop. See child.h. */
#include "intake/child.h"

#include "base/crypto.h"
#include "base/sandbox.h"
#include "feeds/write.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHILD_MEMORY       ((rlim_t)256 << 20) /* on top of what the parent had */
#define CHILD_CPU_SECONDS  ((rlim_t)30)        /* and one more for each CHILD_CPU_BYTES of input */
#define CHILD_CPU_BYTES    ((rlim_t)2 << 20)
#define CHILD_CPU_UNSIZED  ((rlim_t)24 * 3600) /* a pipe: nobody knows how much will come */
#define CHILD_STALL_MS     (120 * 1000)        /* a child that says nothing for so long is stuck */
#define PIPE_SIZE          (1 << 20)
#define READ_SIZE          ((size_t)256 << 10)
#define FIRST_FD_TO_CLOSE  3u
#define WRITE_MAX          ((size_t)128 << 20) /* bytes of a message that is written */
#define WRITE_FAULTS       10000u
#define CHILD_EXIT_GOOD    0
#define CHILD_EXIT_NO_PIPE 3

/* ---- in the child ---- */

static long read_input(void *arg, void *to, size_t most)
{
    (void)arg;
    for (;;) {
        ssize_t n = read(STDIN_FILENO, to, most);
        if (n >= 0 || errno != EINTR)
            return (long)n;
    }
}

static void limit(int what, rlim_t most)
{
    struct rlimit l = {most, most};
    setrlimit((__rlimit_resource_t)what, &l); /* only ever lowers: it cannot fail for lack of rights */
}

static void limits_set(const struct child_job *job)
{
    struct stat st;
    bool sized = fstat(job->fd, &st) == 0 && S_ISREG(st.st_mode);
    rlim_t cpu = sized ? CHILD_CPU_SECONDS + (rlim_t)st.st_size / CHILD_CPU_BYTES : CHILD_CPU_UNSIZED;

    limit(RLIMIT_CPU, cpu);
    limit(RLIMIT_CORE, 0); /* a dump would hold what the message says */
#if !defined(__SANITIZE_ADDRESS__)
    unsigned long pages = 0;
    FILE *statm = fopen("/proc/self/statm", "re");
    if (statm) {
        if (fscanf(statm, "%lu", &pages) == 1)
            limit(RLIMIT_AS, (rlim_t)pages * (rlim_t)sysconf(_SC_PAGESIZE) + CHILD_MEMORY);
        fclose(statm);
    }
#endif
}

/* Input on 0, pipe on 1, messages of a dying library on 2, nothing else open: not the journal, not a key. */
static bool only_these_open(int in, int out)
{
    int in2 = fcntl(in, F_DUPFD, (int)FIRST_FD_TO_CLOSE),
        out2 = fcntl(out, F_DUPFD, (int)FIRST_FD_TO_CLOSE);

    return in2 >= 0 && out2 >= 0 && dup2(in2, STDIN_FILENO) >= 0 && dup2(out2, STDOUT_FILENO) >= 0 &&
           close_range(FIRST_FD_TO_CLOSE, ~0u, 0) == 0;
}

static void put_bytes(void *arg, struct str bytes)
{
    frames_bytes(arg, bytes);
}

static int answer(const struct child_job *job, const struct feeds_input *in, struct frames_out *f,
                  struct err *e)
{
    const struct feeds_answer_to to = {
        .put = put_bytes, .arg = f, .refused = &f->lines.verdicts[FEEDS_REFUSED]};
    return feeds_answer(in, job->options, job->answer, &to, e);
}

static int write_message(const struct child_job *job, const struct feeds_input *in, struct frames_out *f,
                         struct err *e)
{
    struct feeds_sink sink = frames_records(f);
    struct faults faults = {.put = sink.fault, .arg = sink.arg, .limit = WRITE_FAULTS};
    struct feeds_write how = *job->write;
    struct buf out;
    int ret;

    how.faults = &faults;
    buf_init(&out, WRITE_MAX);
    ret = feeds_write_lines(in, &how, &out, e);
    for (struct str rest = buf_view(&out); ret == 0 && rest.n;) {
        size_t n = rest.n < FRAME_FLUSH ? rest.n : FRAME_FLUSH;
        frames_bytes(f, str_n(rest.p, n));
        rest = str_n(rest.p + n, rest.n - n);
    }
    buf_free(&out);
    return ret;
}

static int work(const struct child_job *job, struct frames_out *f, struct err *e)
{
    struct feeds_input in = {.read = read_input, .name = job->name};
    struct feeds_sink sink;

    if (sandbox_enter(e) != 0)
        return -1;
    if (job->unpack)
        return feeds_unpack(&in, put_bytes, f, e);
    if (job->answer)
        return answer(job, &in, f, e);
    if (job->write)
        return write_message(job, &in, f, e);
    sink = job->lines ? frames_lines(f, job->lang, job->lines_prefix) : frames_records(f);
    if (!job->persons)
        sink.person = NULL;
    f->lines.whole = job->options->whole;
    return feeds_parse(&in, job->options, &sink, e);
}

static _Noreturn void child_main(const struct child_job *job, int out)
{
    struct err e = {.lang = job->lang};
    struct frames_out f;
    int status;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    signal(SIGPIPE, SIG_IGN);
    limits_set(job);
    if (!only_these_open(job->fd, out))
        _exit(CHILD_EXIT_NO_PIPE);
    frames_out_init(&f, STDOUT_FILENO);
    status = work(job, &f, &e);
    _exit(frames_done(&f, status, &e) ? CHILD_EXIT_GOOD : CHILD_EXIT_NO_PIPE);
}

/* ---- in the parent ---- */

struct reading {
    int pipe;
    const struct child_job *job;
    struct frames_in frames;
    char *p; /* bytes read and not yet taken */
    size_t n, cap;
};

/* More bytes behind what is there. 1, 0 at the end, -1 when the child says nothing any more. */
static int read_more(struct reading *r, int stall)
{
    struct pollfd wait = {.fd = r->pipe, .events = POLLIN};
    ssize_t n;
    int ready;

    if (r->cap - r->n < READ_SIZE) {
        r->cap = r->cap ? r->cap * 2 : 4 * READ_SIZE;
        r->p = xrealloc(r->p, r->cap);
    }
    do
        ready = poll(&wait, 1, stall);
    while (ready < 0 && errno == EINTR);
    if (ready <= 0)
        return -1;
    do
        n = read(r->pipe, r->p + r->n, r->cap - r->n);
    while (n < 0 && errno == EINTR);
    if (n <= 0)
        return n < 0 ? -1 : 0;
    r->n += (size_t)n;
    return 1;
}

static void tick(const struct child_job *job)
{
    off_t at = job->tick ? lseek(job->fd, 0, SEEK_CUR) : -1; /* the child's reads move it: one open file */
    if (at >= 0)
        job->tick(job->tick_arg, (uint64_t)at);
}

static enum frames_result read_all(struct reading *r, const char **how)
{
    struct stat st;
    int stall = fstat(r->job->fd, &st) == 0 && S_ISREG(st.st_mode) ? CHILD_STALL_MS : -1, more;
    enum frames_result got = FRAMES_GOOD;
    size_t used;

    while ((more = read_more(r, stall)) == 1) {
        got = frames_take(&r->frames, str_n(r->p, r->n), &used);
        if (got != FRAMES_GOOD)
            break;
        r->n -= used;
        if (used && r->n)
            memmove(r->p, r->p + used, r->n);
        tick(r->job);
    }
    if (more < 0)
        *how = "stalled";
    else if (got == FRAMES_BROKEN || (more == 0 && r->n))
        *how = "protocol";
    return got;
}

/* Ends the child if it still runs, and says how it ended. */
static void reap(pid_t pid, bool kill_it, const char *how, struct child_result *out)
{
    int status = 0;

    if (kill_it)
        kill(pid, SIGKILL);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    if (how)
        snprintf(out->how, sizeof out->how, "%s", how);
    else if (WIFSIGNALED(status))
        snprintf(out->how, sizeof out->how, "signal %d", WTERMSIG(status));
    else if (WEXITSTATUS(status) != CHILD_EXIT_GOOD)
        snprintf(out->how, sizeof out->how, "exit %d", WEXITSTATUS(status));
}

static void conclude(const struct frames_in *f, struct child_result *out)
{
    if (out->how[0] == '\0' && !f->done)
        snprintf(out->how, sizeof out->how, "silent");
    if (out->how[0] != '\0') {
        out->end = CHILD_DIED;
    } else if (f->status != 0) {
        out->end = CHILD_UNREADABLE;
        out->why = f->why;
    } else {
        out->end = CHILD_READ;
        out->clean = f->not_clean == 0;
    }
}

/* Libraries that read a file or ask for chance on their first call do it before the fork: the child may not, and
 * must not find them half-way through it in another thread. Tables are read once here, not in every child. */
static void warm_up(void)
{
    struct arena *a = arena_new();
    struct faults none = {.put = NULL, .limit = 0};
    uint8_t digest[HASH_SIZE];

    sha256_one(digest, S("puente"));
    feeds_ready();
    if (schema_kinds[0])
        schema_from_json(a, schema_kinds[0], S("{}"), (struct place){0}, &none);
    arena_free(a);
}

int child_run(const struct child_job *job, const struct frames_sink *to, struct child_result *out,
              struct err *e)
{
    struct reading r = {.job = job};
    const char *how = NULL;
    enum frames_result got;
    int ends[2];
    pid_t pid;

    *out = (struct child_result){0};
    if (pipe2(ends, O_CLOEXEC) != 0)
        return err_set(e, ERR_IO, N_("the parser cannot be started: %s"), strerror(errno));
    fcntl(ends[1], F_SETPIPE_SZ, PIPE_SIZE); /* fewer switches; a smaller pipe works too */
    warm_up();
    pid = fork();
    if (pid == 0)
        child_main(job, ends[1]);
    close(ends[1]);
    if (pid < 0) {
        close(ends[0]);
        return err_set(e, ERR_IO, N_("the parser cannot be started: %s"), strerror(errno));
    }
    r.pipe = ends[0];
    frames_in_init(&r.frames, to);
    got = read_all(&r, &how);
    close(ends[0]);
    reap(pid, got != FRAMES_GOOD || how, how, out);
    conclude(&r.frames, out);
    frames_in_free(&r.frames);
    free(r.p);
    return got == FRAMES_STOPPED ? -1 : 0;
}

/*
 * told.h: the processes of a measure and what each tells of itself, in shared memory: clocks, peak memory, bytes on
 * sockets, fsyncs. The last two are counted by standing in front of libc's send, recv, fsync and fdatasync.
 */
#ifndef PUENTE_BENCH_TOLD_H
#define PUENTE_BENCH_TOLD_H

#include "pair.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define QUIET 200 /* syncs with nothing to do after each round */

/* What a process tells of itself; shared memory. */
struct told {
    _Atomic uint64_t syncs, sent, received;
    _Atomic bool ready, over;
    _Atomic uint64_t asked, answered; /* pairs: how many to answer; how many are */
    struct synced moved;
    double wall, cpu, their_cpu, peak_mib;
    uint64_t fsyncs;
    double quiet[QUIET];
    uint64_t quiet_wire, quiet_requests;
};
static struct told *caller, *server, *mine;

/* ---- in front of libc ---- */

int fsync(int fd)
{
    if (mine)
        mine->syncs++;
    return (int)syscall(SYS_fsync, fd);
}

int fdatasync(int fd)
{
    if (mine)
        mine->syncs++;
    return (int)syscall(SYS_fdatasync, fd);
}

ssize_t send(int fd, const void *p, size_t n, int flags)
{
    ssize_t done = syscall(SYS_sendto, fd, p, n, flags, NULL, 0);

    if (mine && done > 0)
        mine->sent += (uint64_t)done;
    return done;
}

ssize_t recv(int fd, void *p, size_t n, int flags)
{
    ssize_t done = syscall(SYS_recvfrom, fd, p, n, flags, NULL, NULL);

    if (mine && done > 0)
        mine->received += (uint64_t)done;
    return done;
}

/* ---- processes ---- */

static double now(clockid_t clock)
{
    struct timespec ts;
    clock_gettime(clock, &ts);
    return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static double peak_mib(void)
{
    struct rusage use;
    getrusage(RUSAGE_SELF, &use);
    return (double)use.ru_maxrss / 1024;
}

static void *shared(size_t n)
{
    void *p = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED)
        die("memory", "none");
    return p;
}

static double cpu_of(pid_t pid)
{
    clockid_t clock;
    return clock_getcpuclockid(pid, &clock) == 0 ? now(clock) : 0;
}

static pid_t child(struct told *told)
{
    pid_t pid;

    fflush(stdout);
    pid = fork();
    if (pid < 0)
        die("fork", "failed");
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL); /* a measure that dies leaves nobody behind */
        mine = told;
    }
    return pid;
}

static void wait_for(pid_t pid)
{
    int status;
    if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
        die("child", "ended badly");
}

#endif

/*
 * parse FILE: one run of feeds_parse over FILE, from the file to records and faults.
 * parse MEGABYTES FILE...: the files in turn, from memory, each parsed as an input of its own, until so many bytes are
 * done: for formats in which a file is one document.
 *
 * Nothing is printed but one JSON line: seconds by the clock and of this process' work, bytes, segments, messages,
 * records, faults, memory; and the seconds that reading the file alone takes, in the same process, right before. The
 * built-in tables are read before, as the parent of the sandboxed parsers does it.
 */
#include "feeds/feeds.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define FILES_MAX 64
#define FILE_MAX  ((size_t)64 << 20)

struct tally {
    uint64_t messages, records, faults;
    int fd;          /* the file; else: */
    struct str left; /* of the document at hand */
};

/* What reading alone finds. */
struct alone {
    uint64_t bytes, segments;
    double seconds;
};

static double now(clockid_t clock)
{
    struct timespec ts;
    clock_gettime(clock, &ts);
    return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static long more(void *arg, void *to, size_t most)
{
    struct tally *t = arg;
    size_t n = t->left.n < most ? t->left.n : most;

    if (t->fd >= 0)
        return read(t->fd, to, most);
    memcpy(to, t->left.p, n);
    t->left = str_n(t->left.p + n, t->left.n - n);
    return (long)n;
}

static void on_message(void *arg, const struct feeds_message *m)
{
    (void)m;
    ((struct tally *)arg)->messages++;
}

static void on_record(void *arg, struct record *r)
{
    (void)r;
    ((struct tally *)arg)->records++;
}

static void on_fault(void *arg, const struct fault *f)
{
    (void)f;
    ((struct tally *)arg)->faults++;
}

static void on_end(void *arg, const struct feeds_message *m)
{
    (void)arg;
    (void)m;
}

static int parse(struct tally *t, const char *name)
{
    struct feeds_input in = {more, t, name};
    struct feeds_sink to = {on_message, on_record, on_fault, on_end, t, NULL};
    struct feeds_options options = {0};
    struct err err = {0};

    if (feeds_parse(&in, &options, &to, &err) == 0)
        return 0;
    fprintf(stderr, "parse: %s: %s\n", name, err.text);
    return -1;
}

/* The byte that ends a segment, by the first bytes of a file. */
static char terminator(struct str head)
{
    if (head.n > 105 && memcmp(head.p, "ISA", 3) == 0)
        return head.p[105];
    if (head.n > 8 && memcmp(head.p, "UNA", 3) == 0)
        return head.p[8];
    return '\'';
}

static uint64_t count(struct str s, char of)
{
    uint64_t n = 0;

    for (size_t i = 0; i < s.n; i++)
        n += s.p[i] == of;
    return n;
}

static struct alone read_alone(const char *path)
{
    static char chunk[65536];
    struct alone a = {0};
    char end = '\0';
    double from = now(CLOCK_MONOTONIC);
    int fd = open(path, O_RDONLY);
    long got;

    while ((got = read(fd, chunk, sizeof chunk)) > 0)
        a.bytes += (uint64_t)got;
    a.seconds = now(CLOCK_MONOTONIC) - from;
    if (lseek(fd, 0, SEEK_SET) == 0)
        while ((got = read(fd, chunk, sizeof chunk)) > 0) {
            end = end ? end : terminator(str_n(chunk, (size_t)got));
            a.segments += count(str_n(chunk, (size_t)got), end);
        }
    close(fd);
    return a;
}

static int one_file(struct tally *t, const char *path)
{
    int ret;

    if ((t->fd = open(path, O_RDONLY)) < 0)
        return fprintf(stderr, "parse: %s cannot be opened\n", path), -1;
    ret = parse(t, path);
    close(t->fd);
    return ret;
}

/* What is read and counted of the documents comes to `all`. */
static int in_turn(struct tally *t, struct alone *all, char **path, int files, uint64_t bytes)
{
    struct arena *a = arena_new();
    struct str doc[FILES_MAX];
    struct err err = {0};
    int ret = 0;

    t->fd = -1;
    for (int i = 0; i < files && ret == 0; i++)
        ret = file_read(a, path[i], FILE_MAX, &doc[i], &err);
    if (ret)
        fprintf(stderr, "parse: %s\n", err.text);
    for (int i = 0; ret == 0 && all->bytes < bytes; i = (i + 1) % files) {
        t->left = doc[i];
        ret = parse(t, path[i]);
        all->bytes += doc[i].n;
    }
    arena_free(a);
    return ret;
}

int main(int argc, char **argv)
{
    struct tally t = {0};
    struct alone alone = {0};
    struct rusage use;
    double wall, work;
    int ret;

    if (argc < 2 || argc - 2 > FILES_MAX)
        return fputs("usage: parse FILE | parse MEGABYTES FILE...\n", stderr), 2;
    feeds_ready();
    if (argc == 2)
        alone = read_alone(argv[1]);
    wall = now(CLOCK_MONOTONIC);
    work = now(CLOCK_PROCESS_CPUTIME_ID);
    ret = argc == 2 ? one_file(&t, argv[1])
                    : in_turn(&t, &alone, argv + 2, argc - 2, strtoull(argv[1], NULL, 10) * 1000000);
    wall = now(CLOCK_MONOTONIC) - wall;
    work = now(CLOCK_PROCESS_CPUTIME_ID) - work;
    if (ret)
        return 2;
    getrusage(RUSAGE_SELF, &use);
    printf("{\"seconds\":%.6f,\"cpu_seconds\":%.6f,\"read_seconds\":%.6f,\"bytes\":%ju,\"segments\":%ju,"
           "\"messages\":%ju,\"records\":%ju,\"faults\":%ju,\"rss_mb\":%ld}\n",
           wall, work, alone.seconds, (uintmax_t)alone.bytes, (uintmax_t)alone.segments,
           (uintmax_t)t.messages, (uintmax_t)t.records, (uintmax_t)t.faults, use.ru_maxrss / 1024);
    return 0;
}

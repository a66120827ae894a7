/*
 * parse FILE: one run of feeds_parse over FILE, from the file to records and faults, nothing printed but one JSON
 * line: seconds, bytes, records, faults, and the seconds that reading the file alone takes, in the same process,
 * right before.
 */
#include "feeds/feeds.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

struct tally {
    uint64_t messages, records, faults;
    int fd;
};

static double now(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static long more(void *arg, void *to, size_t most)
{
    struct tally *t = arg;
    return read(t->fd, to, most);
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
    struct tally *t = arg;
    if (t->faults++ == 0)
        fprintf(stderr, "parse: first fault: %s, found %.*s\n", f->def->code, STR_ARG(f->found));
}

static void on_end(void *arg, const struct feeds_message *m)
{
    (void)arg;
    (void)m;
}

static double read_alone(const char *path, uint64_t *bytes)
{
    static char chunk[65536];
    double from = now();
    int fd = open(path, O_RDONLY);
    long got;

    *bytes = 0;
    while ((got = read(fd, chunk, sizeof chunk)) > 0)
        *bytes += (uint64_t)got;
    close(fd);
    return now() - from;
}

int main(int argc, char **argv)
{
    struct tally t = {.fd = argc == 2 ? open(argv[1], O_RDONLY) : -1};
    struct feeds_input in = {more, &t, argc == 2 ? argv[1] : NULL};
    struct feeds_sink to = {on_message, on_record, on_fault, on_end, &t, NULL};
    struct feeds_options options = {0};
    struct err err = {0};
    struct rusage use;
    uint64_t bytes;
    double alone, from;

    if (t.fd < 0)
        return fputs("usage: parse FILE\n", stderr), 2;
    alone = read_alone(argv[1], &bytes);
    from = now();
    if (feeds_parse(&in, &options, &to, &err) < 0)
        return fprintf(stderr, "parse: %s\n", err.text), 2;
    from = now() - from;
    getrusage(RUSAGE_SELF, &use);
    printf("{\"seconds\":%.6f,\"read_seconds\":%.6f,\"bytes\":%ju,\"messages\":%ju,\"records\":%ju,"
           "\"faults\":%ju,"
           "\"rss_mb\":%ld}\n",
           from, alone, (uintmax_t)bytes, (uintmax_t)t.messages, (uintmax_t)t.records, (uintmax_t)t.faults,
           use.ru_maxrss / 1024);
    return 0;
}

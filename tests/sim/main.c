/*
 * main.c: the simulator's command line.
 *
 *     build/sim [--from SEED] [--count N] [--jobs J] [--skip MASK] [--loud] [--mutate N] [--all] [--no-shrink]
 *
 *     build/sim --mutations [--from SEED] [--count N]         faults put in on purpose: each must be seen
 *
 * --all names every violation. Says "seeds N, violations V". Of the first violation it tells the seed, the steps that are needed for it, and the
 * command that plays them again. Exit 1 when there is one.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/sim/sim.h"

struct options {
    uint64_t from, count, skip;
    unsigned jobs, mutate;
    bool loud, shrink, all, mutations;
};

static bool run_seed(struct sim *s, const struct options *o, uint64_t seed, uint64_t skip)
{
    memset(s, 0, sizeof *s);
    s->seed = seed;
    s->skip = skip;
    s->loud = o->loud;
    s->deep = seed % 8 == 0;
    sim_run(s);
    return !broken(s);
}

/* Leaves out every step without which it still goes wrong in the same way. */
static uint64_t shrink(struct sim *s, const struct options *o, uint64_t seed)
{
    struct options quiet = *o;
    uint64_t skip = o->skip;
    const char *what = s->what;

    quiet.loud = false;
    for (unsigned i = s->steps; i > 0; i--) {
        uint64_t less = skip | UINT64_C(1) << (i - 1);
        if (less != skip && !run_seed(s, &quiet, seed, less) && s->what == what)
            skip = less;
    }
    run_seed(s, &quiet, seed, skip);
    return skip;
}

static void report(struct sim *s, const struct options *o, uint64_t seed)
{
    uint64_t skip = o->skip;
    char mutant[32] = "";

    printf("seed %" PRIu64 ": %s\n", seed, s->violation);
    if (o->shrink)
        skip = shrink(s, o, seed);
    if (o->mutate)
        snprintf(mutant, sizeof mutant, " --mutate %u", o->mutate);
    printf("the steps that it takes:\n");
    plan_print(s, stdout);
    printf("%s\nreplay: build/sim --from %" PRIu64 " --count 1 --skip 0x%" PRIx64 "%s --loud\n",
           s->violation, seed, skip, mutant);
    fflush(stdout);
}

/* What a process says at the end of a seed. */
struct word {
    uint64_t seed;
    bool bad;
    struct tally tally;
};

/* Every jobs-th seed, from the `first` of these on. */
static void run_share(const struct options *o, unsigned first, int to)
{
    struct sim *s = xmalloc(sizeof *s);

    for (uint64_t i = first; i < o->count; i += o->jobs) {
        struct word w = {.seed = o->from + i};
        w.bad = !run_seed(s, o, w.seed, o->skip);
        w.tally = s->tally;
        if (o->all && w.bad)
            printf("%" PRIu64 ": %s\n", w.seed, s->violation);
        if (write(to, &w, sizeof w) != sizeof w)
            abort();
    }
    free(s);
}

static void add(struct tally *to, const struct tally *t)
{
    to->messages += t->messages;
    to->lost += t->lost;
    to->late += t->late;
    to->deaths += t->deaths;
    to->restored += t->restored;
    to->papers += t->papers;
    to->entries += t->entries;
    to->epochs += t->epochs;
    to->forks += t->forks;
    to->erased += t->erased;
    to->bundles += t->bundles;
    to->refused += t->refused;
    to->answers += t->answers;
    to->receipts += t->receipts;
}

static void say_tally(const struct tally *t)
{
    printf("messages %" PRIu64 ", lost %" PRIu64 ", late %" PRIu64 ", deaths %" PRIu64 ", restored %" PRIu64
           ", papers %" PRIu64 ", entries %" PRIu64 ", epochs %" PRIu64 ", forks %" PRIu64
           ", erased %" PRIu64 ", bundles %" PRIu64 ", refused %" PRIu64 ", answers %" PRIu64
           ", receipts %" PRIu64 "\n",
           t->messages, t->lost, t->late, t->deaths, t->restored, t->papers, t->entries, t->epochs,
           t->forks, t->erased, t->bundles, t->refused, t->answers, t->receipts);
}

static int run_all(const struct options *o)
{
    uint64_t violations = 0, first = UINT64_MAX;
    struct tally sum = {0};
    struct word w;
    struct sim *s;
    int pipe_[2], status, failed = 0;

    if (pipe(pipe_) < 0)
        return 2;
    for (unsigned j = 0; j < o->jobs; j++) {
        if (fork() != 0)
            continue;
        close(pipe_[0]);
        if (scratch_start() < 0)
            _exit(2);
        run_share(o, j, pipe_[1]);
        scratch_end();
        fflush(stdout);
        _exit(0);
    }
    close(pipe_[1]);
    while (read(pipe_[0], &w, sizeof w) == sizeof w) {
        violations += w.bad;
        first = w.bad && w.seed < first ? w.seed : first;
        add(&sum, &w.tally);
    }
    while (wait(&status) > 0)
        failed |= !WIFEXITED(status) || WEXITSTATUS(status) != 0;
    if (failed)
        printf("a process of the simulator ended badly\n");
    printf("seeds %" PRIu64 ", violations %" PRIu64 "\n", o->count, violations);
    say_tally(&sum);
    fflush(stdout);
    if (violations && scratch_start() == 0) {
        s = xmalloc(sizeof *s);
        if (run_seed(s, o, first, o->skip))
            printf("seed %" PRIu64 " went wrong, but not a second time\n", first);
        else
            report(s, o, first);
        free(s);
        scratch_end();
    }
    return failed ? 2 : violations > 0;
}

/* Each fault that is put in on purpose must be seen within the seeds given. */
static int run_mutations(const struct options *o)
{
    struct sim *s = xmalloc(sizeof *s);
    unsigned missed = 0, all = 0;

    if (scratch_start() < 0)
        return 2;
    for (mutation = 1; mutations[mutation]; mutation++) {
        uint64_t i = 0;
        while (i < o->count && run_seed(s, o, o->from + i, 0))
            i++;
        all++;
        missed += i == o->count;
        if (i == o->count)
            printf("mutation %2u NOT SEEN in %" PRIu64 " seeds: %s\n", mutation, o->count,
                   mutations[mutation]);
        else
            printf("mutation %2u seen at seed %" PRIu64 ": %s\n             %s\n", mutation, o->from + i,
                   mutations[mutation], s->violation);
        fflush(stdout);
    }
    free(s);
    scratch_end();
    printf("mutations %u, not seen %u\n", all, missed);
    return missed > 0;
}

static uint64_t number(const char *z)
{
    return strtoull(z ? z : "0", NULL, 0);
}

int main(int argc, char **argv)
{
    struct options o = {.from = 1, .count = 1, .shrink = true};

    o.jobs = (unsigned)sysconf(_SC_NPROCESSORS_ONLN);
    for (int i = 1; i < argc; i++) {
        const char *value = i + 1 < argc ? argv[i + 1] : NULL;
        if (strcmp(argv[i], "--loud") == 0)
            o.loud = true;
        else if (strcmp(argv[i], "--all") == 0)
            o.all = true;
        else if (strcmp(argv[i], "--mutations") == 0)
            o.mutations = true;
        else if (strcmp(argv[i], "--no-shrink") == 0)
            o.shrink = false;
        else if (strcmp(argv[i], "--from") == 0 && i++)
            o.from = number(value);
        else if (strcmp(argv[i], "--count") == 0 && i++)
            o.count = number(value);
        else if (strcmp(argv[i], "--skip") == 0 && i++)
            o.skip = number(value);
        else if (strcmp(argv[i], "--jobs") == 0 && i++)
            o.jobs = (unsigned)number(value);
        else if (strcmp(argv[i], "--mutate") == 0 && i++)
            o.mutate = (unsigned)number(value);
        else
            return fprintf(stderr, "sim: what is %s?\n", argv[i]), 2;
    }
    if (o.jobs < 1 || o.jobs > o.count)
        o.jobs = o.jobs < 1 ? 1 : (unsigned)o.count;
    mutation = o.mutate;
    return o.mutations ? run_mutations(&o) : run_all(&o);
}

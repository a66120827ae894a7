/*
 * names [listed|million|ten-million]: what the index of names costs, without a node around it.
 *   listed       33 thousand listed names (OFAC's of the shared collection, where they are; else made), asked for
 *                made names of people, companies and vessels, one in twenty a listed one spelt differently
 *   million      the same against a million made names
 *   ten-million  new alerts against ten million made names that were declared before: takes minutes and 4 GB
 * One JSON line. Microseconds are of the wall clock with name_read, cpu_us of this thread; a batch is names that were
 * not asked before, so that "warm" is what traffic finds, not what a repetition finds.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "names/lexicon.h"

enum { ROUNDS = 5, BATCH = 20000, COLD = 1000, PARTS_MOST = 100000, EXHAUSTIVE = 40 };

static double now(clockid_t clock)
{
    struct timespec ts;
    clock_gettime(clock, &ts);
    return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

/* ---- made names: parts with the frequencies of the lexicon, and a long tail of made words ---- */

static uint64_t state = 42;

static uint32_t chance(uint32_t n)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(((state >> 32) * n) >> 32);
}

struct parts {
    struct str word[PARTS_MOST];
    double upto[PARTS_MOST];
    size_t n;
};
static struct parts given, family, trade;
static struct arena *kept;

static void part(struct parts *p, struct str word, double share)
{
    p->word[p->n] = word;
    p->upto[p->n] = share + (p->n ? p->upto[p->n - 1] : 0);
    p->n++;
}

/* The words of the lists, each as often as its bits say. */
static void parts_of(struct parts *p, const struct lex_list *lists)
{
    for (; lists->words; lists++) {
        struct str rest = str_z(lists->words), word;
        double share = 1;

        if (lists->kind == LEX_FORM || lists->kind == LEX_NUMBER || lists->kind == LEX_KIN ||
            lists->bits == 0)
            continue;
        for (int i = 0; i < lists->bits; i += NAMES_BIT)
            share /= 2;
        while (str_split(&rest, ' ', &word)) {
            if (word.n && word.p[word.n - 1] == ',')
                word.n--;
            if (word.n > 1 && p->n < PARTS_MOST)
                part(p, word, share);
        }
    }
}

/* Words of two to four syllables, by Zipf: together as many as `share` of all. */
static void tail_of(struct parts *p, size_t n, double share)
{
    static const char *const syllable[] = {"ba",  "car", "den", "el",  "fo", "gar", "hi",  "ja",  "kov",
                                           "la",  "mon", "ne",  "or",  "pe", "qui", "ran", "sal", "tor",
                                           "ur",  "ven", "xo",  "yam", "zu", "chi", "ly",  "ma",  "dro",
                                           "sto", "bri", "tza", "man", "ez", "ski"};
    double all = 0, given_out = p->n ? p->upto[p->n - 1] : 0;

    for (size_t i = 0; i < n; i++)
        all += 1 / (double)(i + 20);
    for (size_t i = 0; i < n && p->n < PARTS_MOST; i++) {
        char text[32] = "";
        size_t at = 0;

        for (uint32_t k = 0, parts = 2 + chance(3); k < parts; k++)
            at += (size_t)snprintf(text + at, sizeof text - at, "%s", syllable[chance(COUNT(syllable))]);
        part(p, arena_copy(kept, str_n(text, at)),
             given_out * share / (1 - share) / (double)(i + 20) / all);
    }
}

static struct str drawn(const struct parts *p)
{
    double at = p->upto[p->n - 1] * ((double)chance(1u << 30) / (1u << 30));
    size_t from = 0, to = p->n - 1;

    while (from < to) {
        size_t mid = (from + to) / 2;

        if (p->upto[mid] <= at)
            from = mid + 1;
        else
            to = mid;
    }
    return p->word[from];
}

static struct str made(struct arena *a, enum name_of *of)
{
    static const char *const form[] = {"S.A. de C.V.", "LLC", "S. de R.L. de C.V.", "Ltd", "Inc", "GmbH"};
    struct str s[4] = {drawn(&given), drawn(&given), drawn(&family), drawn(&family)};
    uint32_t sort = chance(20);

    *of = sort < 13 ? NAME_PERSON : sort < 18 ? NAME_COMPANY : NAME_VESSEL;
    if (sort < 5)
        return arena_fmt(a, "%.*s %.*s %.*s %.*s", STR_ARG(s[0]), STR_ARG(s[1]), STR_ARG(s[2]),
                         STR_ARG(s[3]));
    if (sort < 9)
        return arena_fmt(a, "%.*s %.*s %.*s", STR_ARG(s[0]), STR_ARG(s[2]), STR_ARG(s[3]));
    if (sort < 13)
        return arena_fmt(a, "%.*s %.*s", STR_ARG(s[0]), STR_ARG(s[2]));
    s[0] = drawn(&trade);
    s[1] = drawn(&trade);
    if (sort < 18)
        return arena_fmt(a, "%.*s %.*s %.*s %s", STR_ARG(s[0]), STR_ARG(s[1]), STR_ARG(s[2]),
                         form[chance(COUNT(form))]);
    return chance(2) ? arena_fmt(a, "%.*s %.*s", STR_ARG(s[0]), STR_ARG(s[2]))
                     : arena_fmt(a, "%.*s", STR_ARG(s[3]));
}

static void make_parts(void)
{
    kept = arena_new();
    parts_of(&given, lexicon_ine_given);
    tail_of(&given, 20000, 0.1);
    parts_of(&family, lexicon_family);
    tail_of(&family, 80000, 0.6);
    parts_of(&trade, lexicon_words);
    parts_of(&trade, lexicon_places);
    tail_of(&trade, 60000, 0.7);
}

/* A letter of it another one. */
static struct str misspelt(struct arena *a, struct str s)
{
    struct str copy = arena_copy(a, s);
    char *p = (char *)(uintptr_t)copy.p + chance((uint32_t)s.n);

    if (*p >= 'a' && *p <= 'z')
        *p = (char)('a' + chance(26));
    return copy;
}

/* ---- listed names ---- */

struct listed {
    struct str text;
    enum name_of of;
};
static struct listed *listed;
static size_t listed_n;

/* The column of a comma-separated line. */
static struct str column(struct str line, int at)
{
    size_t i = 0, from;

    for (;; at--) {
        bool quoted = i < line.n && line.p[i] == '"';

        from = i += quoted;
        while (i < line.n && line.p[i] != (quoted ? '"' : ','))
            i++;
        if (at == 0 || i >= line.n)
            return at == 0 ? str_trim(str_n(line.p + from, i - from)) : (struct str){0};
        i += quoted ? 2 : 1;
    }
}

static void read_list(const char *file, int name, int type)
{
    const char *shared = getenv("PUENTE_SHARED");
    struct arena *a = arena_new();
    struct err e = {0};
    struct str rest, line;
    const char *path = arena_fmt(kept, "%s/data/watchlists/%s", shared ? shared : "../shared", file).p;

    if (file_read(a, path, 1 << 26, &rest, &e) == 0)
        while (str_split(&rest, '\n', &line)) {
            struct str s = column(line, name), t = type < 0 ? (struct str){0} : column(line, type);

            if (s.n == 0)
                continue;
            listed = xrealloc(listed, (listed_n + 1) * sizeof *listed);
            listed[listed_n++] =
                (struct listed){arena_copy(kept, s), str_eq(t, S("individual")) ? NAME_PERSON
                                                     : str_eq(t, S("vessel"))   ? NAME_VESSEL
                                                                                : NAME_ANY};
        }
    arena_free(a);
}

/* ---- measuring ---- */

static _Noreturn void die(const struct err *e)
{
    fprintf(stderr, "names: %s\n", e->text);
    exit(2);
}

static int by_value(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

static void row(const char *name, const double *runs, size_t n)
{
    printf("\"%s\":[", name);
    for (size_t i = 0; i < n; i++)
        printf("%s%.3f", i ? "," : "", runs[i]);
    printf("],");
}

struct batch {
    struct listed ask[BATCH];
    double us[BATCH];
};

static void fill(struct batch *b, struct arena *a)
{
    for (size_t i = 0; i < BATCH; i++) {
        b->ask[i].text = made(a, &b->ask[i].of);
        if (listed_n && chance(20) == 0) {
            b->ask[i] = listed[chance((uint32_t)listed_n)];
            b->ask[i].text = misspelt(a, b->ask[i].text);
        }
    }
}

static uint64_t hits;

/* Asks the first n; mean of thread time a name. */
static double ask(const struct names_index *ix, struct batch *b, size_t n)
{
    struct arena *a = arena_new();
    double cpu = now(CLOCK_THREAD_CPUTIME_ID), from = now(CLOCK_MONOTONIC);

    for (size_t i = 0; i < n; i++) {
        struct names_found found[5];
        double to;

        arena_reset(a);
        hits += names_index_search(ix, name_read(a, b->ask[i].text, b->ask[i].of),
                                   (struct names_search){NAMES_MATCH, COUNT(found)}, found, NULL);
        to = now(CLOCK_MONOTONIC);
        b->us[i] = (to - from) * 1e6;
        from = to;
    }
    cpu = (now(CLOCK_THREAD_CPUTIME_ID) - cpu) * 1e6 / (double)n;
    arena_free(a);
    qsort(b->us, n, sizeof *b->us, by_value);
    return cpu;
}

static double mean(const double *us, size_t n)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += us[i];
    return sum / (double)n;
}

static struct names_index *build(enum names_side side, size_t n, bool real)
{
    struct names_index *ix = names_index_new(side);
    struct arena *a = arena_new();
    struct err e = {0};
    double from = now(CLOCK_THREAD_CPUTIME_ID), reading = 0;

    for (uint32_t id = 0; id < n; id++) {
        struct listed one;
        const struct name *name;
        double before;

        arena_reset(a);
        if (real)
            one = listed[id];
        else
            one.text = made(a, &one.of);
        before = now(CLOCK_MONOTONIC);
        name = name_read(a, one.text, one.of);
        reading += now(CLOCK_MONOTONIC) - before;
        if (names_index_put(ix, id, name, &e) < 0)
            die(&e);
    }
    from = now(CLOCK_THREAD_CPUTIME_ID) - from;
    arena_free(a);
    printf("\"names\":%zu,\"put_a_second\":%.0f,\"name_read_us\":%.2f,\"bytes_a_name\":%.1f,", n,
           (double)n / from, reading / (double)n * 1e6, (double)names_index_bytes(ix) / (double)n);
    return ix;
}

/* The file: how long to write and to open it, bytes; returns the opened one. */
static struct names_index *reopened(struct names_index *ix)
{
    char path[] = "/tmp/bench-names-XXXXXX";
    int fd = mkstemp(path);
    double from = now(CLOCK_MONOTONIC), saved;
    struct err e = {0};
    uint64_t mark;
    struct stat st;

    if (fd < 0 || names_index_save(ix, path, 1, &e) < 0)
        die(&e);
    saved = now(CLOCK_MONOTONIC);
    names_index_free(ix);
    stat(path, &st);
    printf("\"save_ms\":%.1f,\"file_mb\":%.1f,", (saved - from) * 1e3, (double)st.st_size / 1e6);
    from = now(CLOCK_MONOTONIC);
    ix = names_index_open(path, &mark, &e);
    if (!ix)
        die(&e);
    printf("\"open_ms\":%.2f,", (now(CLOCK_MONOTONIC) - from) * 1e3);
    close(fd);
    unlink(path);
    return ix;
}

/* Names asked for, with what comparing all finds: how much of it the index found. */
static void against_all(const struct names_index *ix, struct batch *b)
{
    struct arena *a = arena_new();
    const struct name **stored = xmalloc(listed_n * sizeof *stored);
    size_t expected = 0, got = 0;
    double took = now(CLOCK_MONOTONIC);

    for (size_t i = 0; i < listed_n; i++)
        stored[i] = name_read(a, listed[i].text, listed[i].of);
    for (size_t i = 0; i < EXHAUSTIVE; i++) {
        const struct name *q = name_read(a, b->ask[i].text, b->ask[i].of);
        struct names_found one;
        uint64_t beyond;

        for (size_t k = 0; k < listed_n; k++)
            expected += (q->of == NAME_ANY || stored[k]->of == NAME_ANY || q->of == stored[k]->of) &&
                        names_compare(q, stored[k], NULL) >= NAMES_MATCH;
        got += names_index_search(ix, q, (struct names_search){NAMES_MATCH, 1}, &one, &beyond) + beyond;
    }
    took = now(CLOCK_MONOTONIC) - took;
    printf("\"compared_with_all\":%d,\"expected\":%zu,\"found\":%zu,\"comparing_all_us\":%.0f,", EXHAUSTIVE,
           expected, got, took / EXHAUSTIVE * 1e6);
    free(stored);
    arena_free(a);
}

static void declarations(size_t n, bool real)
{
    static struct batch b;
    double cold, cpu[ROUNDS], means[ROUNDS], p50[ROUNDS], p99[ROUNDS];
    struct arena *a = arena_new();
    struct names_index *ix = reopened(build(NAMES_LISTED, n, real));

    fill(&b, a);
    ask(ix, &b, COLD);
    cold = mean(b.us, COLD);
    printf("\"cold_us\":%.2f,\"cold_p99_us\":%.1f,", cold, b.us[COLD * 99 / 100]);
    ask(ix, &b, BATCH);
    for (size_t i = 0; i < ROUNDS; i++) {
        fill(&b, a);
        hits = 0;
        cpu[i] = ask(ix, &b, BATCH);
        means[i] = mean(b.us, BATCH);
        p50[i] = b.us[BATCH / 2];
        p99[i] = b.us[BATCH * 99 / 100];
    }
    row("us", means, ROUNDS);
    row("cpu_us", cpu, ROUNDS);
    row("p50_us", p50, ROUNDS);
    row("p99_us", p99, ROUNDS);
    printf("\"hits_a_name\":%.4f,\"bytes_a_name_warm\":%.1f,", (double)hits / BATCH,
           (double)names_index_bytes(ix) / (double)n);
    if (real)
        against_all(ix, &b);
    names_index_free(ix);
    arena_free(a);
}

/* A new alert against all that was declared. */
static void alerts(size_t n)
{
    static double ms[ROUNDS * 200];
    struct arena *a = arena_new();
    struct names_index *ix = reopened(build(NAMES_ASKED, n, false));
    static struct names_found found[10000];

    for (size_t i = 0; i < COUNT(ms); i++) {
        enum name_of of;
        struct str s = made(a, &of);
        double from;

        if (listed_n && i % 2) {
            s = listed[chance((uint32_t)listed_n)].text;
            of = NAME_ANY;
        }
        from = now(CLOCK_MONOTONIC);
        hits += names_index_search(ix, name_read(a, s, of),
                                   (struct names_search){NAMES_MATCH, COUNT(found)}, found, NULL);
        ms[i] = (now(CLOCK_MONOTONIC) - from) * 1e3;
    }
    qsort(ms, COUNT(ms), sizeof *ms, by_value);
    printf("\"alerts\":%zu,\"alert_ms\":%.3f,\"alert_p50_ms\":%.3f,\"alert_p99_ms\":%.3f,\"alert_most_ms\":"
           "%.3f,\"hits_an_alert\":%.1f,",
           COUNT(ms), mean(ms, COUNT(ms)), ms[COUNT(ms) / 2], ms[COUNT(ms) * 99 / 100], ms[COUNT(ms) - 1],
           (double)hits / COUNT(ms));
    names_index_free(ix);
    arena_free(a);
}

int main(int argc, char **argv)
{
    struct str what = str_z(argc > 1 ? argv[1] : "listed");
    struct rusage use;

    make_parts();
    read_list("ofac_sdn_2024-05-03.csv", 1, 2);
    read_list("ofac_alt_2024-09-25.csv", 3, -1);
    printf("{\"listed\":%zu,", listed_n);
    if (str_eq(what, S("listed")))
        declarations(listed_n ? listed_n : 33000, listed_n > 0);
    else if (str_eq(what, S("million")))
        declarations(1000000, false);
    else
        alerts(str_eq(what, S("ten-million")) ? 10000000 : 1000000);
    getrusage(RUSAGE_SELF, &use);
    printf("\"peak_mib\":%ld}\n", use.ru_maxrss / 1024);
    free(listed);
    arena_free(kept);
    return 0;
}

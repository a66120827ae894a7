/*
 * rules: what a declared item costs against many rules. The rules are made as offices write them — a tariff code or the
 * beginning of one, words of a description, a mode, a place, a quantity, two to four parts each — from a seed; the items too.
 * Beside the set, in the same run, the same rules are asked one by one, which is what an evaluator without an index does. One JSON line:
 * for each number of rules the mean and the 99th percentile in microseconds an item, the time one by one, how many rules were looked at,
 * how many fired, and how long the set took to make.
 */
#include "rules/set.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define ITEMS  20000
#define ONE_BY 200 /* items that are asked one by one */
#define ROUNDS 5

static uint64_t seed = 20261122;

static uint64_t upto(uint64_t n)
{
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (seed >> 33) % n;
}

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static _Noreturn void die(const char *what)
{
    fprintf(stderr, "rules: %s\n", what);
    exit(2);
}

static const char *const syllables[] = {"ta", "ble", "pre",  "ssa", "mo",  "tor", "pi",
                                        "pe", "val", "ve",   "lin", "ker", "do",  "zi",
                                        "ma", "rex", "chem", "oil", "fo",  "nil"};

static const char *word(struct arena *a)
{
    struct str s = arena_fmt(a, "%s%s", syllables[upto(20)], syllables[upto(20)]);

    return arena_fmt(a, "%.*s%s", STR_ARG(s), syllables[upto(20)]).p; /* 8,000 words */
}

static struct str description(struct arena *a)
{
    struct str s = str_z(word(a));

    for (uint64_t n = 3 + upto(8); n; n--)
        s = arena_fmt(a, "%.*s %s", STR_ARG(s), word(a));
    return s;
}

static const char *const modes[] = {"road", "rail", "sea", "air"};

static struct str rule(struct arena *a)
{
    struct str first;

    switch (upto(5)) {
    case 0:
        first = arena_fmt(a, "item.hs == \"%08llu\"", (unsigned long long)upto(100000000));
        break;
    case 1:
        first = arena_fmt(a, "item.hs.startsWith(\"%04llu%02llu\")", (unsigned long long)upto(9999),
                          (unsigned long long)upto(99));
        break;
    case 2:
        first = arena_fmt(a, "item.hs.startsWith(\"%02llu\") && item.description.contains(\"%s\")",
                          (unsigned long long)upto(97), word(a));
        break;
    case 3:
        first = arena_fmt(a, "item.description.contains(\"%s %s\")", word(a), word(a));
        break;
    default:
        first = arena_fmt(a, "item.description.matches(\"(?i)%s.*%s\")", word(a), word(a));
    }
    if (upto(2))
        first = arena_fmt(a, "%.*s && trip.mode == \"%s\"", STR_ARG(first), modes[upto(4)]);
    if (upto(2))
        first = arena_fmt(a, "%.*s && item.gross_weight > %llu", STR_ARG(first),
                          (unsigned long long)(100 * upto(50)));
    if (upto(3) == 0)
        first = arena_fmt(a, "%.*s && has(item.origin) && consignment.discharge == \"%llu\"",
                          STR_ARG(first), (unsigned long long)(1800 + upto(100)));
    return first;
}

static void put(struct arena *a, struct record *r, const char *field, struct str value)
{
    struct faults none = {0};

    schema_set(a, r, schema_field(r->kind, str_z(field)), value, (struct place){0}, &none);
}

struct subject {
    const struct record *vars[RULES_VARS];
};

static struct subject *subjects(struct arena *a)
{
    struct subject *list = arena_alloc(a, ITEMS * sizeof *list);

    for (size_t i = 0; i < ITEMS; i++) {
        struct record *item = record_new(a, schema_kind(S("item")));
        struct record *bill = record_new(a, schema_kind(S("consignment"))),
                      *trip = record_new(a, schema_kind(S("trip")));
        put(a, item, "hs", arena_fmt(a, "%08llu", (unsigned long long)upto(100000000)));
        put(a, item, "description", description(a));
        put(a, item, "gross_weight", arena_fmt(a, "%llu", (unsigned long long)upto(9000)));
        put(a, item, "quantity", arena_fmt(a, "%llu", (unsigned long long)upto(900)));
        put(a, item, "origin", S("MX"));
        put(a, bill, "bill", arena_fmt(a, "B%llu", (unsigned long long)upto(1000000)));
        put(a, bill, "discharge", arena_fmt(a, "%llu", (unsigned long long)(1800 + upto(100))));
        put(a, trip, "mode", str_z(modes[upto(4)]));
        list[i] = (struct subject){{item, bill, trip}};
    }
    return list;
}

static int rising(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

struct measured {
    double made, mean[ROUNDS], p99[ROUNDS], one_by_one, looked_at, asked, fired;
};

static void ask_all(const struct rules_set *set, const struct subject *list, struct measured *m)
{
    struct rules_run *run = rules_run_new(set);
    uint32_t *out = malloc((rules_set_count(set) + 1) * sizeof *out);
    double *each = malloc(ITEMS * sizeof *each);

    if (!out || !each)
        die("memory");
    for (int round = 0; round < ROUNDS; round++) {
        double began = now(), last = began;
        m->looked_at = m->asked = m->fired = 0;
        for (size_t i = 0; i < ITEMS; i++) {
            struct rules_work w;
            double t;
            m->fired += (double)rules_run(run, list[i].vars, out) / ITEMS;
            w = rules_run_work(run);
            m->looked_at += (double)w.looked_at / ITEMS;
            m->asked += (double)w.asked / ITEMS;
            t = now();
            each[i] = t - last;
            last = t;
        }
        m->mean[round] = (last - began) / ITEMS;
        qsort(each, ITEMS, sizeof *each, rising);
        m->p99[round] = each[ITEMS / 100 * 99];
    }
    qsort(m->mean, ROUNDS, sizeof(double), rising);
    qsort(m->p99, ROUNDS, sizeof(double), rising);
    rules_run_free(run);
    free(out);
    free(each);
}

static void measure(size_t n, const struct rules_subject *s, const struct subject *list, struct measured *m)
{
    struct arena *a = arena_new(), *each = arena_new();
    struct rules_set *set = rules_set_new(s);
    struct cel_program **alone = arena_alloc(a, n * sizeof(struct cel_program *));
    struct cel_wrong wrong;
    struct err e = {0};
    uint64_t fired = 0;
    double began;

    for (size_t i = 0; i < n; i++)
        if (rules_compile(a, s, LANG_EN, rule(a), &alone[i], &wrong) < 0)
            die(wrong.text);
    seed = 20261122 + n;
    began = now();
    for (size_t i = 0; i < n; i++)
        if (rules_set_add(set, rule(each), &wrong) < 0)
            die(wrong.text);
    if (rules_set_ready(set, &e) < 0)
        die(e.text);
    m->made = now() - began;
    ask_all(set, list, m);
    began = now();
    for (size_t k = 0; k < ONE_BY; k++) {
        struct cel_value v[RULES_VARS];
        for (size_t i = 0; i < RULES_VARS; i++)
            v[i] = cel_record(list[k].vars[i]);
        for (size_t i = 0; i < n; i++) {
            struct cel_run run = {.arena = each};
            fired += cel_run(alone[i], v, &run) == 0 && run.value.i;
        }
        arena_reset(each);
    }
    m->one_by_one = (now() - began) / ONE_BY;
    if (fired > n * ONE_BY)
        die("more fired than there are");
    rules_set_free(set);
    arena_free(a);
    arena_free(each);
}

int main(void)
{
    static const size_t sizes[] = {1000, 10000};
    const struct rules_subject *s = rules_subject(schema_kind(S("item")));
    struct arena *a = arena_new();
    const struct subject *list = subjects(a);

    printf("{");
    for (size_t i = 0; i < COUNT(sizes); i++) {
        struct measured m = {0};
        measure(sizes[i], s, list, &m);
        printf("%s\"%zu\":{\"mean\":[%.3f,%.3f,%.3f,%.3f,%.3f],\"p99\":[%.2f,%.2f,%.2f],\"one_by_one\":%."
               "1f,\"looked_"
               "at\":%.2f,"
               "\"asked\":%.2f,\"fired\":%.4f,\"made_ms\":%.1f}",
               i ? "," : "", sizes[i], m.mean[0], m.mean[1], m.mean[2], m.mean[3], m.mean[4],
               m.p99[ROUNDS / 2], m.p99[0], m.p99[ROUNDS - 1], m.one_by_one, m.looked_at, m.asked, m.fired,
               m.made / 1e3);
    }
    printf("}\n");
    arena_free(a);
    return 0;
}

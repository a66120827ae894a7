/*
 * exercise.c: the op. A seeded, synthetic day (or year) at named port pairs of the border between Mexico and the United
 * States, as the messages of that day, for training officers and for our own load. Everything carries the mark
 * PUENTE-EXERCISE: a real node refuses it, a demonstration node takes nothing else. The room writes messages and never
 * reads them.
 */
#include "exercise/internal.h"

#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>

#define DAYS_MOST   3660
#define SCALE_MOST  1000000 /* thousandths */
#define FIRST_DAY   "2026-09-14"
#define CONTROL_DAY 250000 /* control numbers kept for a day */

struct run {
    struct cast cast;
    const char *dir;
    int64_t first, days;
    struct tally tally;
};

/* "2.5" -> 2500 */
static int read_scale(struct str s, int64_t *scale, struct err *e)
{
    struct str rest = s, whole;
    int64_t w = 0, f = 0;
    bool good;

    str_split(&rest, '.', &whole);
    good = str_int(whole, &w) && w >= 0 && w <= SCALE_MOST;
    if (rest.p)
        good = good && rest.n > 0 && rest.n <= 3 && rest.p[0] != '-' && str_int(rest, &f);
    for (size_t i = rest.p ? rest.n : 3; i < 3; i++)
        f *= 10;
    *scale = w * 1000 + f;
    if (!good || *scale < 1 || *scale > SCALE_MOST)
        return err_set(e, ERR_USAGE, N_("--scale is a number from 0.001 to 1000, not “%.*s”"), STR_ARG(s));
    return 0;
}

static int read_time(struct run *r, const struct args *a, struct err *e)
{
    struct str from = arg_given(a, "date") ? arg(a, "date") : S(FIRST_DAY);
    bool zoned;
    int64_t us;

    if (from.n != 10 || !time_parse(from, &us, &zoned))
        return err_set(e, ERR_USAGE, N_("--date is a day like 2026-09-14, not “%.*s”"), STR_ARG(from));
    r->first = us / (INT64_C(86400) * 1000000);
    r->days = arg_int(a, "days", arg_given(a, "year") ? 365 : 1);
    if (r->days < 1 || r->days > DAYS_MOST)
        return err_set(e, ERR_USAGE, N_("--days is from 1 to %d"), DAYS_MOST);
    return 0;
}

static int read_cast(struct run *r, const struct args *a, struct err *e)
{
    int64_t seed = arg_int(a, "seed", 1);

    if (seed < 0)
        return err_set(e, ERR_USAGE, N_("--seed is 0 or more"));
    r->cast.seed = (uint64_t)seed;
    r->cast.scale = 1000;
    if (arg_given(a, "scale") && read_scale(arg(a, "scale"), &r->cast.scale, e))
        return -1;
    for (const struct pair *p = exercise_pairs; p->name; p++) {
        bool in = !arg_given(a, "port");
        for (size_t i = 0; i < arg_count(a, "port") && !in; i++)
            in = str_eq(arg_nth(a, "port", i), str_z(p->name));
        if (in)
            r->cast.pair[r->cast.pairs++] = p;
    }
    return 0;
}

/* Makes the folder, or takes it when it is empty. */
static int make_dir(const char *dir, struct err *e)
{
    DIR *d;
    const struct dirent *x;
    int n = 0;

    if (mkdir(dir, 0755) == 0)
        return 0;
    if (errno != EEXIST)
        return err_set(e, ERR_IO, N_("the folder %s cannot be made: %s"), dir, strerror(errno));
    if ((d = opendir(dir)) == NULL)
        return err_set(e, ERR_IO, N_("%s cannot be read: %s"), dir, strerror(errno));
    while ((x = readdir(d)) != NULL)
        n += strcmp(x->d_name, ".") != 0 && strcmp(x->d_name, "..") != 0;
    closedir(d);
    return n ? err_set(e, ERR_CONFLICT, N_("%s is not empty; an exercise is written into a new folder"),
                       dir)
             : 0;
}

static int write_days(struct run *r, struct ctx *c)
{
    struct dice d = dice_for(r->cast.seed, 51, 0, 0);
    uint64_t control = (uint64_t)dice_between(&d, 1, 6) * 100000000;

    for (int64_t i = 0; i < r->days; i++) {
        struct day_order o = {r->dir, r->first + i, control + (uint64_t)i * CONTROL_DAY};
        struct when at = {r->first + i, 0};
        struct arena *a = arena_new();
        int ret = 0;
        if (r->days > 1) {
            o.dir = path_join(a, r->dir, when_date(a, at, "Y-M-D")).p;
            ret = make_dir(o.dir, c->err);
        }
        if (ret == 0)
            ret = day_write(&r->cast, &o, &r->tally, c->err);
        arena_free(a);
        if (ret)
            return -1;
        if (c->progress)
            c->progress(c->progress_arg, N_("days"), (uint64_t)i + 1, (uint64_t)r->days);
    }
    return 0;
}

static void tell_messages(struct out *o, const struct tally *t)
{
    static const char *const said[] = {"x12-309", "edifact-cuscar", "cfdi"};

    out_list(o, "messages");
    for (size_t i = 0; i < COUNT(said); i++) {
        uint64_t n = 0;
        for (int f = 0; f < FORMS; f++)
            n += strcmp(form_name((enum form)f), said[i]) == 0 ? t->messages[f] : 0;
        out_open(o, NULL);
        out_z(o, "format", said[i]);
        out_int(o, "messages", (int64_t)n);
        out_close(o);
    }
    out_open(o, NULL);
    out_z(o, "format", "jsonl");
    out_int(o, "messages", (int64_t)t->lines);
    out_close(o);
    out_end(o);
}

static void tell(struct ctx *c, const struct run *r, struct out *o)
{
    const struct tally *t = &r->tally;
    struct when first = {r->first, 0}, last = {r->first + r->days - 1, 0};

    out_open(o, NULL);
    out_z(o, "dir", r->dir);
    out_int(o, "seed", (int64_t)r->cast.seed);
    out_z(o, "first_day", when_date(c->arena, first, "Y-M-D"));
    if (r->days > 1)
        out_z(o, "last_day", when_date(c->arena, last, "Y-M-D"));
    out_list(o, "ports");
    for (size_t i = 0; i < r->cast.pairs; i++)
        out_z(o, NULL, r->cast.pair[i]->name);
    out_end(o);
    out_int(o, "files", (int64_t)t->files);
    out_int(o, "bytes", (int64_t)t->bytes);
    tell_messages(o, t);
    out_int(o, "alerts", (int64_t)t->alerts);
    out_int(o, "to_be_found", (int64_t)t->found);
    out_int(o, "broken_on_purpose", (int64_t)t->broken);
    out_str(o, "next",
            arena_fmt(c->arena, "puente -C NODE feed %s/%s", r->dir, r->days > 1 ? "*/[0-9]*" : "[0-9]*"));
    out_close(o);
}

static int run_exercise(struct ctx *c, const struct args *a, struct out *o)
{
    struct run r = {.dir = "exercise"};

    if (arg_given(a, "out"))
        r.dir = arena_z(c->arena, arg(a, "out"));
    if (read_cast(&r, a, c->err) || read_time(&r, a, c->err) || make_dir(r.dir, c->err) ||
        write_days(&r, c))
        return -1;
    tell(c, &r, o);
    return 0;
}

static const char *const ports[] = {"laredo",
                                    "otay-mesa",
                                    "el-paso",
                                    "hidalgo",
                                    "nogales",
                                    "eagle-pass",
                                    "calexico-east",
                                    "brownsville",
                                    "altamira-houston",
                                    "veracruz-houston",
                                    "manzanillo-los-angeles",
                                    "mexico-los-angeles",
                                    "monterrey-dallas",
                                    "guadalajara-houston",
                                    NULL};

static const struct op exercise_op = {
    .name = "exercise",
    .summary = N_("write an invented day at the border, as messages to practise on"),
    .help = N_(
        "Writes the files of a day, or of many, into a new folder: manifests (X12 309 and EDIFACT CUSCAR), "
        "Mexican "
        "waybills (CFDI with Carta Porte), and lines of JSON for waits, crossings, flights, seizures and "
        "alerts. "
        "The files are numbered in the order of the day, so that feeding them in that order plays it.\n\n"
        "Some alerts are planted to be found, and some messages are broken on purpose: expected.json, in "
        "the same "
        "folder, says which.\n\n"
        "The same seed writes the same bytes. Everything is marked as an exercise: only a node made with "
        "--exercise takes it in."),
    .params =
        (const struct param[]){
            {.name = "out", .type = P_FILE, .help = N_("the new folder; “exercise” when not given")},
            {.name = "seed", .type = P_INT, .help = N_("another number, another day; 1 when not given")},
            {.name = "date", .help = N_("the first day; 2026-09-14 when not given")},
            {.name = "days", .type = P_INT, .help = N_("how many days; each gets a folder of its own")},
            {.name = "year", .type = P_FLAG, .help = N_("365 days")},
            {.name = "port",
             .type = P_CHOICE,
             .many = true,
             .choices = ports,
             .help = N_("only this pair of ports; may be given several times")},
            {.name = "scale", .help = N_("so many times the usual traffic: 0.1, 2, 50")},
            {0},
        },
    .flags = OP_LOCAL,
    .run = run_exercise,
    .example = "exercise --seed 7 --out day",
};

static const struct op *const ops[] = {&exercise_op, NULL};
const struct room exercise_room = {.name = "exercise", .ops = ops};

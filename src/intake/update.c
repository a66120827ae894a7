/*
 * update.c: `puente lists update`: a newer edition of a list against the node's. The files are read as by feed; what an edition says of a
 * list is compared with what stands, record for record, and only differences enter the journal, all in one commit: what is
 * new, what changed (a correction), what the edition no longer has (a correction that says withdrawn). An edition that is missing
 * a good part of what stands is more likely half a file: of such a kind nothing is withdrawn unless it is said that
 * it is complete.
 */
#include "intake/internal.h"

#include <stdlib.h>

#define EDITION_MOST 2000000 /* records of one edition */
#define MISSING_FEW  20      /* so many may be missing without a question, */
#define MISSING_PART 5       /* and one in so many */
#define LISTS_MOST   16      /* lists in the files of one edition */

static const char *const kinds[] = {"alert", "alert_name", "alert_identifier", "alert_address"};
#define ALERT 0

struct piece {
    struct record *r;
    uint64_t hash;
    bool known; /* stands already */
};

struct found {
    uint64_t had, missing, new, changed, same;
};

/* Records in the edition's arena. */
struct pile {
    struct record **r;
    size_t n, room;
};

struct edition {
    struct ctx *c;
    struct arena *arena;
    struct piece *piece; /* as they came; sorted by hash when the files are read */
    size_t n, room;
    struct str list[LISTS_MOST];
    size_t lists;
    uint64_t refused; /* messages */
    struct str files; /* their names */
    const struct input *in;
    struct pile change; /* what will be appended */
};

static struct str get(const struct record *r, const char *field)
{
    return record_get(r, schema_field(r->kind, str_z(field)));
}

static int kind_of(const struct record *r)
{
    for (size_t i = 0; i < COUNT(kinds); i++)
        if (strcmp(kinds[i], r->kind->name) == 0)
            return (int)i;
    return -1;
}

static void pile_up(struct pile *p, struct record *r)
{
    if (p->n == p->room) {
        p->room = p->room ? 2 * p->room : 64;
        p->r = xrealloc(p->r, p->room * sizeof(struct record *));
    }
    p->r[p->n++] = r;
}

/* ---- reading ---- */

/* Of list and number for an alert, of all but the status for what belongs to one. */
static uint64_t hash_of(const struct record *r)
{
    struct buf b;
    uint8_t digest[HASH_SIZE];
    uint64_t h;

    buf_init(&b, (size_t)1 << 20);
    buf_char(&b, (char)kind_of(r));
    for (int i = 0; i < r->kind->fields; i++) {
        bool names =
            strcmp(r->kind->field[i].name, "list") == 0 || strcmp(r->kind->field[i].name, "number") == 0;
        if (record_has(r, i) &&
            (kind_of(r) == ALERT ? names : strcmp(r->kind->field[i].name, "status") != 0))
            schema_encode_field(&b, r, i);
    }
    sha256_one(digest, buf_view(&b));
    buf_free(&b);
    memcpy(&h, digest, sizeof h);
    return h;
}

static int note_list(struct edition *e, struct str list)
{
    for (size_t i = 0; i < e->lists; i++)
        if (str_eq(e->list[i], list))
            return 0;
    if (e->lists == LISTS_MOST)
        return err_set(e->c->err, ERR_LIMIT, N_("the files hold more than %d lists"), LISTS_MOST);
    e->list[e->lists++] = arena_copy(e->arena, list);
    return 0;
}

static int on_record(void *arg, struct record *r)
{
    struct edition *e = arg;
    struct record *own;

    if (kind_of(r) < 0)
        return 0; /* no part of a list */
    if (e->n == EDITION_MOST)
        return err_set(e->c->err, ERR_LIMIT, N_("the edition has more than %d records"), EDITION_MOST);
    own = record_new(e->arena, r->kind);
    own->have = r->have;
    for (int i = 0; i < r->kind->fields; i++)
        if (record_has(r, i)) {
            own->v[i].i = r->v[i].i;
            own->v[i].s = arena_copy(e->arena, r->v[i].s);
        }
    if (e->n == e->room) {
        e->room = e->room ? 2 * e->room : 1024;
        e->piece = xrealloc(e->piece, e->room * sizeof *e->piece);
    }
    e->piece[e->n++] = (struct piece){.r = own, .hash = hash_of(own)};
    return note_list(e, get(own, "list"));
}

static int on_message(void *arg, const struct feeds_message *m)
{
    (void)arg;
    (void)m;
    return 0;
}

static int on_end(void *arg, const struct feeds_message *m)
{
    struct edition *e = arg;

    e->refused += m->verdict != FEEDS_TAKEN;
    return 0;
}

static int on_fault(void *arg, const struct fault *f)
{
    (void)arg;
    (void)f;
    return 0;
}

static void on_tick(void *arg, uint64_t done)
{
    struct edition *e = arg;

    if (e->c->progress)
        e->c->progress(e->c->progress_arg, e->in->name, done, e->in->size);
}

static int read_file(struct edition *e, struct str path, const struct feeds_options *options)
{
    const struct frames_sink sink = {
        .begin = on_message, .record = on_record, .fault = on_fault, .end = on_end, .arg = e};
    struct child_job job = {.options = options, .lang = e->c->lang, .tick = on_tick, .tick_arg = e};
    struct child_result got;
    struct input in;
    struct err why;
    int ret = -1;

    if (input_open(e->c, path, true, &in) != 0)
        return -1;
    e->in = &in;
    e->files = arena_fmt(e->arena, "%.*s%s%s", STR_ARG(e->files), e->files.n ? ", " : "", in.name);
    if (input_unpack(e->c, &in, &why) == 0) {
        job.fd = in.fd;
        job.name = in.name;
        ret = child_run(&job, &sink, &got, e->c->err);
        if (ret == 0 && got.end != CHILD_READ)
            ret = err_set(e->c->err, ERR_USAGE, N_("%.*s cannot be read: %.*s"), STR_ARG(str_z(in.name)),
                          STR_ARG(str_z(got.end == CHILD_DIED ? got.how : got.why.text)));
    }
    input_close(&in);
    return ret;
}

/* ---- comparing ---- */

static int by_hash(const void *a, const void *b)
{
    const struct piece *x = a, *y = b;
    return (x->hash > y->hash) - (x->hash < y->hash);
}

static struct piece *piece_of(struct edition *e, uint64_t hash)
{
    struct piece key = {.hash = hash};
    struct piece *p = e->n ? bsearch(&key, e->piece, e->n, sizeof key, by_hash) : NULL;

    while (p && p > e->piece && p[-1].hash == hash)
        p--;
    return p;
}

static bool says_the_same(const struct record *a, const struct record *b)
{
    struct buf x, y;
    bool same;

    buf_init(&x, (size_t)1 << 20);
    buf_init(&y, (size_t)1 << 20);
    schema_encode_values(&x, a);
    schema_encode_values(&y, b);
    same = str_eq(buf_view(&x), buf_view(&y));
    buf_free(&x);
    buf_free(&y);
    return same;
}

static void will_append(struct edition *e, struct record *r, const struct record *instead)
{
    const struct journal_identity *who = journal_who(e->c->journal);

    r->head = (struct header){.author = e->c->author.n ? e->c->author : str_z(who->office),
                              .handling = S("H0"),
                              .exercise = who->exercise};
    if (instead)
        memcpy(r->head.replaces, instead->head.id, sizeof r->head.replaces);
    pile_up(&e->change, r);
}

static struct record *withdrawn(struct edition *e, const struct record *old)
{
    struct record *r = record_new(e->arena, old->kind);

    r->have = old->have;
    for (int i = 0; i < old->kind->fields; i++)
        if (record_has(old, i)) {
            r->v[i].i = old->v[i].i;
            r->v[i].s = arena_copy(e->arena, old->v[i].s);
        }
    record_text(r, schema_field(r->kind, S("status")), S("withdrawn"));
    return r;
}

/* One that stands: in the edition, changed, or missing (*gone gets what would withdraw it). */
static void compare(struct edition *e, const struct record *old, struct found *f, struct pile *gone)
{
    struct piece *p = piece_of(e, hash_of(old));
    bool stands = !str_eq(get(old, "status"), S("withdrawn"));
    struct record *r;

    f->had += stands;
    if (p && p->known)
        return; /* an earlier one of the same number: the latest counts */
    if (!p && !stands)
        return;
    if (!p) {
        f->missing++;
        r = withdrawn(e, old);
        memcpy(r->head.replaces, old->head.id, sizeof r->head.replaces);
        pile_up(gone, r);
        return;
    }
    for (size_t i = 0; p + i < e->piece + e->n && p[i].hash == p->hash; i++)
        p[i].known = true;
    if (kind_of(old) == ALERT && !says_the_same(old, p->r)) {
        f->changed++;
        will_append(e, p->r, old);
    } else if (!stands)
        p->known = false; /* it is back: a new record */
    else
        f->same++;
}

/* Whether the files can be an edition of what stands of this kind. */
static bool plausible(const struct found *f)
{
    return f->missing <= MISSING_FEW || f->missing * MISSING_PART <= f->had;
}

static int compare_kind(struct edition *e, struct str list, int kind, struct found *f, bool complete)
{
    const struct kind *k = schema_kind(str_z(kinds[kind]));
    struct str sql =
        arena_fmt(e->arena,
                  "SELECT * FROM \"v_%s\" WHERE list = ?1 AND superseded IS NULL AND erased = 0 "
                  "ORDER BY seq DESC",
                  k->name);
    struct query *q = views_query(e->c->views, sql.p, e->c->err);
    struct arena *each = arena_new();
    struct views_mark mark;
    struct pile gone = {0};
    int row = -1;

    if (q)
        query_bind_text(q, 1, list);
    while (q && (row = query_step(q, e->c->err)) == 1) {
        compare(e, views_row(each, q, k, &mark), f, &gone);
        arena_reset(each);
    }
    query_done(q);
    arena_free(each);
    for (size_t i = 0; row == 0 && (complete || plausible(f)) && i < gone.n; i++) {
        struct record old;
        memcpy(old.head.id, gone.r[i]->head.replaces, sizeof old.head.id);
        will_append(e, gone.r[i], &old);
    }
    free(gone.r);
    return row;
}

static void add_new(struct edition *e, struct str list, struct found f[])
{
    for (size_t i = 0; i < e->n; i++) {
        struct piece *p = &e->piece[i];
        if (p->known || !str_eq(get(p->r, "list"), list))
            continue;
        for (size_t j = i; j < e->n && e->piece[j].hash == p->hash; j++)
            e->piece[j].known = true; /* said twice is once */
        f[kind_of(p->r)].new ++;
        will_append(e, p->r, NULL);
    }
}

/* ---- the edition as a record and an answer ---- */

static void put_int(struct record *r, const char *field, uint64_t n)
{
    record_int(r, schema_field(r->kind, str_z(field)), (int64_t)n);
}

struct sums {
    uint64_t entries, added, changed, withdrawn, unchanged;
    struct str left;
};

static struct record *edition_record(struct edition *e, struct str list, const struct sums *s)
{
    struct record *r = record_new(e->arena, schema_kind(S("list_edition")));

    record_text(r, schema_field(r->kind, S("list")), list);
    record_text(r, schema_field(r->kind, S("file")), intake_text(e->arena, e->files, 400));
    put_int(r, "entries", s->entries);
    put_int(r, "added", s->added);
    put_int(r, "changed", s->changed);
    put_int(r, "withdrawn", s->withdrawn);
    put_int(r, "unchanged", s->unchanged);
    record_text(r, schema_field(r->kind, S("left")), s->left);
    return r;
}

static void say_kind(struct out *o, const char *kind, const struct found *f, bool left)
{
    out_open(o, NULL);
    out_z(o, "kind", kind);
    out_int(o, "before", (int64_t)f->had);
    out_int(o, "added", (int64_t)f->new);
    out_int(o, "changed", (int64_t)f->changed);
    out_int(o, "withdrawn", left ? 0 : (int64_t)f->missing);
    out_int(o, "unchanged", (int64_t)f->same);
    if (left && f->missing)
        out_int(o, "missing", (int64_t)f->missing);
    out_close(o);
}

static int update_list(struct edition *e, struct str list, bool complete, struct out *o)
{
    struct found f[COUNT(kinds)] = {0};
    struct sums s = {.left = S("")};

    for (int k = 0; k < (int)COUNT(kinds); k++)
        if (compare_kind(e, list, k, &f[k], complete) < 0)
            return -1;
    add_new(e, list, f);
    out_open(o, NULL);
    out_str(o, "list", list);
    out_list(o, "kinds");
    for (size_t k = 0; k < COUNT(kinds); k++) {
        bool left = !complete && !plausible(&f[k]);
        say_kind(o, kinds[k], &f[k], left);
        s.added += f[k].new;
        s.changed += f[k].changed;
        s.withdrawn += left ? 0 : f[k].missing;
        s.unchanged += f[k].same;
        if (left)
            s.left = arena_fmt(e->arena, "%.*s%s%s", STR_ARG(s.left), s.left.n ? "\n" : "", kinds[k]);
    }
    out_end(o);
    s.entries = f[ALERT].new + f[ALERT].changed + f[ALERT].same;
    if (s.left.n)
        out_z(o, "left",
              tr(o->lang,
                 N_("too much of what stands is missing in these files for them to be the whole edition: "
                    "nothing of those kinds was withdrawn (give all files of the edition, or "
                    "--complete)")));
    out_close(o);
    will_append(e, edition_record(e, list, &s), NULL);
    return s.left.n ? 1 : 0;
}

static void on_bad(void *arg, const struct fault *f)
{
    struct ctx *c = arg;

    if (c->err->code == ERR_NONE)
        err_set(c->err, ERR_DATA, N_("%.*s: %s"), STR_ARG(f->place.tag), tr(c->lang, f->def->message));
}

static int append_all(struct edition *e)
{
    struct faults to = {.put = on_bad, .arg = e->c};

    for (size_t i = 0; i < e->change.n; i++)
        if (!schema_check(e->change.r[i], (struct place){0}, &to))
            return -1;
    return node_append(e->c, e->change.r, e->change.n, NULL);
}

static int run(struct ctx *c, const struct args *a, struct out *o)
{
    struct edition e = {.c = c, .arena = arena_new()};
    struct feeds_options options;
    int ret = intake_options(c, a, &options), left = 0;

    for (size_t i = 0; ret == 0 && i < arg_count(a, "file"); i++) {
        ret = read_file(&e, arg_nth(a, "file", i), &options);
    }
    if (ret == 0 && e.lists == 0)
        ret = err_set(c->err, ERR_DATA, N_("there is no list in these files"));
    if (ret == 0) {
        if (e.n)
            qsort(e.piece, e.n, sizeof *e.piece, by_hash);
        out_list(o, "lists");
        for (size_t i = 0; i < e.lists && ret >= 0; i++) {
            ret = update_list(&e, e.list[i], arg_given(a, "complete"), o);
            left |= ret == 1;
        }
        out_end(o);
        if (e.refused)
            out_int(o, "refused", (int64_t)e.refused);
        ret = ret < 0 ? -1 : append_all(&e);
    }
    free(e.change.r);
    free(e.piece);
    arena_free(e.arena);
    return ret < 0 ? -1 : left || e.refused;
}

static const struct param params[] = {
    {"file", P_FILE, .positional = true, .required = true, .many = true,
     .help = N_("all files of the edition, such as sdn.csv alt.csv add.csv")},
    {"complete", P_FLAG, .help = N_("the files are the whole edition, however much is missing")},
    {"as", P_TEXT, .help = N_("the format; detected when not given")},
    {"mapping", P_FILE, .help = N_("for CSV: which column is which field")},
    {"profile", P_TEXT, .help = N_("the partner's profile; found by sender when not given")},
    {"profiles", P_FILE, .help = N_("folder of your own profiles (*.tbl), or one file")},
    {0},
};

const struct op op_update = {
    .name = "lists-update",
    .summary = N_("compare a newer edition of a list with the node's, and take in what changed"),
    .help =
        N_("Reads all files of an edition and journals only differences: alerts, names, numbers and "
           "addresses that are new, "
           "changed, or no longer there (withdrawn, with their hits). Exit status: 0 done, 1 something was "
           "left as it was because too much of it is missing, or rows were refused."),
    .params = params,
    .flags = OP_NODE | OP_WRITES,
    .method = "POST",
    .path = "/lists",
    .run = run,
    .example = "lists update sdn.csv alt.csv add.csv",
};

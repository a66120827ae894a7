/*
 * write.c: records into bytes. The writer of the format puts them together; then the reader of the format reads them, and what
 * it finds is compared with what was to be said: only what no reader refuses goes out, and what came out otherwise is
 * told, field by field.
 */
#include "feeds/write.h"

#include "feeds/cfdi_write.h"
#include "feeds/edi_write.h"
#include "feeds/whole.h"

#include <stdlib.h>

const struct feeds_write_format feeds_write_formats[] = {
    {"x12-309", "trip", N_("ANSI X12 309, Customs Manifest, 003040 to 008060")},
    {"edifact-cuscar", "trip", N_("UN/EDIFACT CUSCAR, Customs Cargo Report, D.95B to D.10B")},
    {"cartaporte", "trip", N_("Mexican invoice CFDI 4.0 with Carta Porte 2.0, 3.0 or 3.1, to be sealed")},
    {"comercio-exterior", "consignment",
     N_("Mexican invoice CFDI 4.0 with Comercio Exterior 2.0, to be sealed")},
    {NULL, NULL, NULL},
};

struct checking {
    struct arena *arena;
    const struct edi_writer *w;
    struct record *const *r;
    size_t n, records;
    struct record **back; /* as read again */
    size_t backs, back_cap;
    struct faults *to;
    bool refused;
    const char *warned; /* the last warning, and where: a profile may refuse for it */
    struct place warned_at;
};

/* ---- what a reader says of it ---- */

/* The record and field that a fault of the reader is about: the place's map rows name them. */
static struct place blame(struct checking *k, const struct fault *f)
{
    const struct edi_writer *w = k->w; /* NULL: no EDI */
    struct place at = {.element = f->place.element, .component = f->place.component};
    struct str segment = f->place.tag;
    const struct edi_row *row;
    size_t line = f->place.segment;

    at.tag = arena_copy(k->arena, segment);
    if (w == NULL || line < 2 || line - 2 >= w->lines || f->place.element == 0)
        return at;
    row = &w->t->row[w->line[line - 2]];
    for (int o = 0; o < row->ops; o++) {
        const struct edi_op *op = &row->op[o];
        for (int i = 0; i < op->srcs && op->kind != OP_LET; i++)
            if (op->src[i].from == FROM_PART && op->src[i].e == f->place.element &&
                (f->place.component == 0 || op->src[i].c == f->place.component)) {
                const struct kind *kind = w->t->tables->kind[op->slot];
                at.tag = arena_fmt(k->arena, "%s.%s (%.*s)", kind->name, kind->field[op->field].name,
                                   STR_ARG(segment));
                return at;
            }
    }
    return at;
}

static void on_fault(void *arg, const struct fault *f)
{
    static const char *const missing[] = {"edi.element.missing", "edi.component.missing",
                                          "edi.segment.missing", "edi.message.core"};
    struct checking *k = arg;
    struct place at = blame(k, f);

    for (size_t i = 0; i < COUNT(missing); i++)
        if (strcmp(f->def->code, missing[i]) == 0) {
            struct str what = f->expected.n ? f->expected : f->place.tag;
            if (f->place.element)
                what = arena_fmt(k->arena, "%.*s%02u", STR_ARG(f->place.tag), f->place.element);
            fault_at(k->to, "write.missing", at, (struct str){0}, what);
            k->refused = true;
            return;
        }
    if (f->severity == SEV_ERROR) {
        fault_at(k->to, "write.refused", at, f->found, str_z(f->def->code));
        k->refused = true;
    } else if (f->severity == SEV_WARNING) {
        struct fault x = *f;
        x.place = at;
        fault_put(k->to, &x);
        k->warned = f->def->code;
        k->warned_at = at;
    }
}

static void on_record(void *arg, struct record *r)
{
    struct checking *k = arg;

    if (k->backs == k->back_cap) {
        k->back_cap = k->back_cap ? k->back_cap * 2 : 64;
        k->back = xrealloc(k->back, k->back_cap * sizeof *k->back);
    }
    k->back[k->backs] = record_new(k->arena, r->kind);
    for (uint64_t have = r->have; have; have &= have - 1) {
        int f = __builtin_ctzll(have);
        k->back[k->backs]->v[f] = (struct value){arena_copy(k->arena, r->v[f].s), r->v[f].i};
    }
    k->back[k->backs++]->have = r->have;
}

static void on_begin(void *arg, const struct feeds_message *m)
{
    (void)arg;
    (void)m;
}

static void on_end(void *arg, const struct feeds_message *m)
{
    struct checking *k = arg;

    if (m->verdict == FEEDS_TAKEN || k->refused)
        return;
    fault_at(k->to, "write.refused", k->warned_at, (struct str){0}, str_z(k->warned));
    k->refused = true;
}

/* ---- what came of each record ---- */

static struct str text_of(struct checking *k, const struct record *r, int f)
{
    struct str s = record_has(r, f) ? schema_text(k->arena, r, f) : (struct str){0};
    return s.n > FOUND_MAX ? str_n(s.p, FOUND_MAX) : s;
}

static bool same(const struct record *a, const struct record *b, int f)
{
    const struct value *x = &a->v[f], *y = &b->v[f];

    if (record_has(a, f) != record_has(b, f))
        return false;
    return !record_has(a, f) || (str_eq(x->s, y->s) && x->i == y->i);
}

static void compare(struct checking *k, size_t i, const struct record *back)
{
    const struct record *r = k->r[i];

    for (int f = 0; f < r->kind->fields; f++) {
        struct place at = {.segment = (uint32_t)i + 1};
        if (r->kind->field[f].type == T_REF || same(r, back, f))
            continue;
        at.tag = arena_fmt(k->arena, "%s.%s", r->kind->name, r->kind->field[f].name);
        fault_at(k->to, record_has(r, f) && !record_has(back, f) ? "write.lost" : "write.changed", at,
                 text_of(k, back, f), text_of(k, r, f));
    }
}

/* The n-th record that was written is the n-th that is read. */
static void compare_all(struct checking *k, const int *order, size_t written)
{
    bool *found = arena_alloc(k->arena, k->n + 1);

    for (size_t i = 0; i < written; i++) {
        found[order[i]] = true;
        if (i < k->backs && k->back[i]->kind == k->r[order[i]]->kind)
            compare(k, (size_t)order[i], k->back[i]);
    }
    for (size_t i = 0; i < k->n; i++)
        if (!found[i])
            fault_at(k->to, "write.record",
                     (struct place){.segment = (uint32_t)i + 1, .tag = str_z(k->r[i]->kind->name)},
                     (struct str){0}, (struct str){0});
}

static int check(struct checking *k, const struct feeds_write *how, struct str bytes, struct err *e)
{
    const struct feeds_input in = {whole_read, &bytes, NULL};
    const struct feeds_sink sink = {on_begin, on_record, on_fault, on_end, k, NULL};
    const struct feeds_options options = {.as = k->w == NULL                 ? "cfdi"
                                                : k->w->syntax == SYNTAX_X12 ? "x12"
                                                                             : "edifact",
                                          .limits = how->limits,
                                          .profiles = how->profiles,
                                          .profile =
                                              how->profile.n ? arena_z(k->arena, how->profile) : NULL};

    return feeds_parse(&in, &options, &sink, e);
}

/* ---- EDI ---- */

static const struct edi_table *table_for(struct edi_writer *w, const struct feeds_write *how,
                                         struct str type, struct err *e)
{
    struct edi_table *cache = NULL;
    struct edi_wanted wanted = {.syntax = w->syntax,
                                .type = type,
                                .sender = how->sender,
                                .receiver = how->receiver,
                                .profile = how->profile.n ? arena_z(w->arena, how->profile) : NULL};
    char *version = arena_z(w->arena, how->version), *colon = strchr(version, ':');
    const struct edi_tables *all = edi_tables_builtin();
    const struct edi_table *t;

    if (how->profiles.n)
        all = edi_tables_parse(w->arena, all, how->profiles, "--profiles", e);
    if (all == NULL)
        return NULL;

    if (colon)
        *colon = '.';
    wanted.version = str_z(version);
    t = edi_version(w->syntax, wanted.version) ? edi_table_for(w->arena, all, &cache, &wanted) : NULL;
    if (t == NULL)
        err_set(e, ERR_USAGE, N_("there is no directory of version \"%s\" for this format"), version);
    return t;
}

static void records_take(struct edi_writer *w, struct record *const *r, size_t n)
{
    w->rec = arena_alloc(w->arena, (n + 1) * sizeof *w->rec);
    w->recs = n;
    for (size_t i = 0; i < n; i++)
        w->rec[i] = (struct edi_written){.r = r[i],
                                         .at = arena_alloc(w->arena, FIELD_MAX * sizeof(size_t)),
                                         .last = arena_alloc(w->arena, FIELD_MAX * sizeof(size_t))};
    w->order = arena_alloc(w->arena, (n + 1) * sizeof *w->order);
}

static int edi(struct edi_writer *w, const struct feeds_write *how, struct checking *k, struct err *e)
{
    struct feeds_write full = *how;

    if (full.version.n == 0)
        full.version = w->syntax == SYNTAX_X12 ? S("004010") : S("D:95B");
    w->t = table_for(w, &full, w->syntax == SYNTAX_X12 ? S("309") : S("CUSCAR"), e);
    if (w->t == NULL)
        return -1;
    records_take(w, k->r, k->n);
    k->w = w;
    if (edi_write_interchange(w, &full, e) != 0)
        return -1;
    if (how->unchecked)
        return 0;
    if (check(k, &full, buf_view(w->out), e) != 0)
        return -1;
    compare_all(k, w->order, w->opened);
    return k->refused ? err_set(e, ERR_DATA, N_("the records lack what the format asks for")) : 0;
}

static int edi_from(const struct feeds_write *how, struct checking *k, struct buf *out, struct err *e)
{
    static const struct edi_delims x12 = {.term = '~', .elem = '*', .comp = '>'},
                                   edifact = {
                                       .term = '\'', .elem = '+', .comp = ':', .rel = '?', .mark = '.'};
    struct edi_writer w = {.arena = k->arena, .out = out};
    int ret;

    w.syntax = strncmp(how->format, "x12-", 4) == 0 ? SYNTAX_X12 : SYNTAX_EDIFACT;
    w.d = w.syntax == SYNTAX_X12 ? x12 : edifact;
    ret = edi(&w, how, k, e);
    free(w.undo);
    free(w.line);
    return ret;
}

/* ---- CFDI ---- */

static bool is_trade(const struct feeds_write *how)
{
    return strcmp(how->format, "comercio-exterior") == 0;
}

/* 0 = there is no such version. */
static int cfdi_version(const struct feeds_write *how)
{
    if (is_trade(how)) /* its message's version may be that of the Carta Porte beside it */
        return how->version.n == 0 || str_eq(how->version, S("2.0")) ||
                       str_eq(how->version, S("comercio-exterior-2.0"))
                   ? V31
                   : 0;
    return str_eq(how->version, S("2.0"))                          ? V20
           : str_eq(how->version, S("3.0"))                        ? V30
           : how->version.n == 0 || str_eq(how->version, S("3.1")) ? V31
                                                                   : 0;
}

static int cfdi(const struct feeds_write *how, struct checking *k, struct buf *out, struct err *e)
{
    const struct feeds_records what = {k->r, k->n};
    struct cfdi_writer w = {
        .arena = k->arena, .out = out, .how = how, .what = &what, .trade = is_trade(how)};

    w.version = cfdi_version(how);
    if (w.version == 0)
        return err_set(e, ERR_USAGE, N_("there is no directory of version \"%s\" for this format"),
                       arena_z(k->arena, how->version));
    w.order = arena_alloc(k->arena, (k->n + 3) * sizeof *w.order);
    if (w.trade)
        cfdi_write_trade(&w);
    else
        cfdi_write(&w);
    if (how->unchecked)
        return 0;
    k->refused = w.missing;
    if (!w.missing) {
        if (check(k, how, buf_view(out), e) != 0)
            return -1;
        compare_all(k, w.order, w.written);
    }
    return k->refused ? err_set(e, ERR_DATA, N_("the records lack what the format asks for")) : 0;
}

int feeds_write(struct arena *a, const struct feeds_records *what, const struct feeds_write *how,
                struct buf *out, struct err *e)
{
    struct checking k = {.arena = a, .r = what->r, .n = what->n, .to = how->faults};
    struct buf own;
    int ret;

    err_clear(e);
    buf_init(&own, out->max);
    ret = strcmp(how->format, "cartaporte") == 0 || is_trade(how) ? cfdi(how, &k, &own, e)
                                                                  : edi_from(how, &k, &own, e);
    if (ret == 0)
        buf_str(out, buf_view(&own));
    free(k.back);
    buf_free(&own);
    return ret;
}

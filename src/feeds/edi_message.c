/*
 * edi_message.c: one message. Which table holds for it, where each of its segments stands, what is missing when a
 * group ends, and what is said of the whole: taken, refused, not understood.
 *
 * A digest names a message: SHA-256 over its bytes as they came, from the first of UNH or ST to the last of the
 * terminator of UNT or SE (line breaks between included), followed by sender, receiver, interchange control
 * reference and message reference, each with a NUL behind it. The same message sent again has the same digest.
 */
#include "feeds/edi.h"

#include <stdio.h>
#include <stdlib.h>

static void faults_put(void *arg, const struct fault *f)
{
    struct edi_run *r = arg;
    struct fault x = *f;

    for (const struct edi_treat *t = r->t && r->t->profile ? r->t->profile->treat : NULL; t; t = t->next)
        if (t->def == f->def) {
            if (t->kind == TREAT_TOLERATE) {
                edi_tolerate(r, f->def->code);
                return;
            }
            if (t->kind == TREAT_SEVERITY)
                x.severity = t->severity;
            if (t->kind == TREAT_REJECT)
                r->refused = true;
        }
    r->run->to->fault(r->run->to->arg, &x);
}

int edi_run_init(struct edi_run *r, struct feeds_run *run)
{
    *r = (struct edi_run){.run = run};
    r->tables = edi_tables_builtin();
    r->between = arena_new();
    r->passing = arena_new();
    r->arena = arena_new();
    buf_init(&r->tolerated, 4096);
    buf_init(&r->identity, 4096);
    r->faults = (struct faults){.put = faults_put, .arg = r, .limit = run->limits->faults};
    edi_lex_init(&r->lex, run);
    r->lex.settle = edi_map_settle;
    r->lex.arg = r;
    r->first = 1;
    if (run->options->profiles.n)
        r->tables = edi_tables_parse(run->arena, r->tables, run->options->profiles, "--profiles", run->err);
    return r->tables ? 0 : -1;
}

void edi_run_free(struct edi_run *r)
{
    edi_lex_free(&r->lex);
    arena_free(r->between);
    arena_free(r->passing);
    arena_free(r->arena);
    buf_free(&r->tolerated);
    buf_free(&r->identity);
    free(r->live);
}

struct str edi_number(struct edi_run *r, uint64_t n)
{
    char *to = r->number[r->numbers++ % COUNT(r->number)];
    return str_n(to, (size_t)snprintf(to, sizeof r->number[0], "%llu", (unsigned long long)n));
}

/* What a fault quotes of the input: as much as fits, whole characters. */
static struct str quote(struct str s, char to[2 * FOUND_MAX])
{
    if (s.n > FOUND_MAX) {
        s.n = FOUND_MAX;
        while (s.n > FOUND_MAX - 4 && !str_utf8(s))
            s.n--;
    }
    return edi_clean(s, to);
}

void edi_fault_at(struct edi_run *r, const char *code, struct place at, struct str found,
                  struct str expected)
{
    char text[3][2 * FOUND_MAX], shape[2][FOUND_MAX];

    at.tag = quote(edi_pax_tag(r, at.tag, shape[0]), text[0]);
    found = quote(edi_pax_found(r, code, found, shape[1]), text[1]);
    fault_at(&r->faults, code, at, found, quote(expected, text[2]));
}

void edi_fault(struct edi_run *r, const char *code, unsigned e, unsigned c, struct str found,
               struct str expected)
{
    edi_fault_at(r, code, edi_place(&r->seg, e, c), found, expected);
}

void edi_tolerate(struct edi_run *r, const char *what)
{
    struct str all = buf_view(&r->tolerated), one;

    while (str_split(&all, '\n', &one))
        if (str_eq(one, str_z(what)))
            return;
    if (r->tolerated.n)
        buf_char(&r->tolerated, '\n');
    buf_z(&r->tolerated, what);
}

void edi_tolerate_odd(struct edi_run *r)
{
    static const char *const names[] = {
        "line-breaks", "blanks-before-tag", "wrapped",       "blank-in-tag", "bom",
        "type-b",      "lower-case-tag",    "empty-segments"};

    for (unsigned i = 0; i < COUNT(names); i++)
        if (r->lex.odd >> i & 1)
            edi_tolerate(r, names[i]);
    if (r->lex.odd & ~r->odd_said & ODD_SOFT)
        edi_fault(r, "wrap.coding", 0, 0, S("="), S("RFC 2045 §6.7"));
    r->odd_said |= r->lex.odd;
    r->lex.odd = 0;
}

/* ---- begin ---- */

void edi_message_begin(struct edi_run *r, const struct edi_begin *b)
{
    struct edi_wanted w = {.syntax = b->syntax,
                           .type = b->type,
                           .version = b->version,
                           .sender = r->sender,
                           .receiver = r->receiver,
                           .date = r->date,
                           .profile = r->run->options->profile,
                           .untyped = b->untyped};

    r->t = edi_table_for(r->run->arena, r->tables, &r->compiled, &w);
    r->understood = r->t != NULL;
    r->open = true;
    r->refused = false;
    r->row = r->standing = -1;
    r->foreign = false;
    r->pax = (struct edi_pax){.part = b->part};
    r->faults.count[0] = r->faults.count[1] = r->faults.count[2] = 0;
    r->m = (struct feeds_message){.version = b->shown,
                                  .sender = r->sender,
                                  .receiver = r->receiver,
                                  .control = r->control,
                                  .reference = b->reference,
                                  .exercise = r->exercise,
                                  .offset = b->offset};
    r->m.format = r->t ? r->t->message->format
                       : arena_fmt(r->passing, "%s-%.*s", b->syntax == SYNTAX_X12 ? "x12" : "edifact",
                                   STR_ARG(b->type));
    r->m.personal = edi_pax_type(r->tables, b->type);
    r->personal |= r->m.personal;
    if (r->t && r->t->profile)
        r->m.profile = r->t->profile->name;
    if (r->t) {
        r->count = arena_alloc(r->passing, (size_t)(r->t->rows + 1) * sizeof *r->count);
        r->seen = arena_alloc(r->passing, (size_t)(r->t->rows + 1) * sizeof *r->seen);
        r->hit = arena_alloc(r->passing, (size_t)r->t->rows + 1);
    }
    edi_map_reset(r);
    edi_tolerate_odd(r);
    r->m.tolerated = buf_view(&r->tolerated);
    r->run->to->begin(r->run->to->arg, &r->m);
    if (!r->understood)
        edi_fault(r, "edi.message.unknown", 0, 0, b->type, (struct str){0});
}

/* ---- where a segment stands ---- */

/* Row -1 is the message itself: its entries come first. */
static uint32_t *count_of(struct edi_run *r, int row)
{
    return &r->count[row + 1];
}

static struct str row_tag(const struct edi_run *r, int row, char to[4])
{
    for (int j = 0; j < 4; j++)
        to[j] = (char)(r->t->row[row].tag >> (24 - 8 * j));
    return str_trim(str_n(to, 4));
}

static void group_end(struct edi_run *r, int g)
{
    const struct edi_table *t = r->t;
    uint64_t missing = (g < 0 ? t->top_must : t->row[g].must) & ~r->seen[g + 1];
    int end = g < 0 ? t->rows : t->row[g].last + 1;

    for (int i = g + 1; missing && i < end; i = t->row[i].last + 1)
        if (missing & t->row[i].bit) {
            char tag[4];
            edi_fault(r, "edi.segment.missing", 0, 0, (struct str){0}, row_tag(r, i, tag));
            missing &= ~t->row[i].bit;
        }
    if (g < 0 || t->row[g].owns)
        edi_map_group_end(r, g);
}

static void group_begin(struct edi_run *r, int g)
{
    size_t n = (size_t)(r->t->row[g].last - g);

    memset(count_of(r, g + 1), 0, n * sizeof *r->count);
    r->seen[g + 1] = 0;
    memset(&r->seen[g + 2], 0, n * sizeof *r->seen);
}

/* Moves the cursor to row `to`: ends the groups that it leaves, begins the one that it opens. */
static void move(struct edi_run *r, int to, bool keep)
{
    const struct edi_row *row = r->t->row;
    int g = r->row < 0 ? -1 : row[r->row].trigger ? r->row : row[r->row].group;

    while (g >= 0 && !(to > g && to <= row[g].last)) {
        group_end(r, g);
        r->row = g; /* should a fault on the way ask: still in there */
        g = row[g].group;
    }
    r->seen[row[to].group + 1] |= row[to].bit;
    if (++*count_of(r, to) == row[to].max + 1)
        edi_fault(r, "edi.segment.repeat", 0, 0, edi_number(r, *count_of(r, to)),
                  edi_number(r, row[to].max));
    if (row[to].trigger)
        group_begin(r, to);
    if (!keep || row[to].trigger)
        r->row = to;
    r->hit[to] = 1;
}

/* The row that is meant when the first element says that it is not this one. */
static int16_t another(const struct edi_run *r, int16_t to)
{
    const struct edi_row *row = &r->t->row[to & ~EDI_MISPLACED];
    struct str list = row->no, one, is = edi_part(&r->seg, 1, 1);

    while (str_split(&list, '|', &one))
        if (str_eq(one, is))
            return row->alt;
    return to;
}

/* Elements that the profile wants left out. */
static void unused(struct edi_run *r, uint32_t bits)
{
    for (; bits; bits &= bits - 1) {
        unsigned e = (unsigned)__builtin_ctz(bits);
        if (edi_part(&r->seg, e, 1).n)
            edi_fault(r, "edi.element.unused", e, 0, edi_part(&r->seg, e, 1), r->t->profile->name);
    }
}

static void directory(struct edi_run *r)
{
    const struct edi_table *t = r->t;
    int tag = edi_tag_index(t, r->seg.tag);
    int16_t to;

    r->standing = -1;
    if (tag < 0) {
        if (!t->message->lenient)
            edi_fault(r, "edi.segment.unknown", 0, 0, edi_tag_text(&r->seg), (struct str){0});
        else if (!r->foreign)
            edi_fault(r, "pax.segment.foreign", 0, 0, edi_tag_text(&r->seg), (struct str){0});
        r->foreign = true;
        return;
    }
    to = t->next[(size_t)(r->row + 1) * (size_t)t->tags + (size_t)tag];
    if (to == EDI_NOWHERE) {
        edi_fault(r, "edi.segment.nowhere", 0, 0, edi_tag_text(&r->seg), (struct str){0});
        return;
    }
    if (t->row[to & ~EDI_MISPLACED].alt >= 0)
        to = another(r, to);
    r->standing = to & ~EDI_MISPLACED;
    if (to & EDI_MISPLACED) {
        edi_fault(r, "edi.segment.order", 0, 0, edi_tag_text(&r->seg), (struct str){0});
        to = (int16_t)(to & ~EDI_MISPLACED);
        move(r, to, true);
    } else {
        move(r, to, false);
    }
    r->number_said = false;
    if (t->row[to].def)
        edi_check(r, t->row[to].def);
    if (t->row[to].unused)
        unused(r, t->row[to].unused);
    if (t->row[to].ops && (!t->message->personal || t->row[to].masked || edi_pax_plain(r)))
        edi_map(r, &t->row[to]);
}

void edi_message_segment(struct edi_run *r)
{
    if (r->lex.odd & ~r->odd_said)
        edi_tolerate_odd(r);
    if (r->seg.cut)
        edi_fault(r, "edi.segment.elements", 0, 0, (struct str){0},
                  edi_number(r, r->run->limits->elements));
    if (r->seg.offset + r->seg.n - r->m.offset > r->run->limits->message) {
        if (!r->refused)
            edi_fault(r, "edi.limit.message", 0, 0, (struct str){0},
                      edi_number(r, r->run->limits->message));
        r->refused = true;
        return;
    }
    if (r->understood)
        directory(r);
}

/* ---- end ---- */

static void digest(struct edi_run *r)
{
    const struct str part[] = {r->sender, r->receiver, r->control, r->m.reference};

    edi_hash_feed(&r->lex, r->lex.pos);
    buf_reset(&r->identity);
    for (size_t i = 0; i < COUNT(part); i++) {
        buf_str(&r->identity, part[i]);
        buf_char(&r->identity, '\0');
    }
    sha256_add(r->lex.hash, buf_view(&r->identity));
    sha256_end(r->lex.hash, r->m.digest);
    r->lex.hash = NULL;
}

static void needed(struct edi_run *r)
{
    for (int i = 0; i < r->t->needs; i++) {
        char tag[4];
        int row = r->t->need[i];
        if (r->hit[row])
            continue;
        edi_fault(r, "edi.message.core", 0, 0, (struct str){0}, row_tag(r, row, tag));
        r->refused = true;
    }
}

/* Beyond the limit faults were only counted: say so. */
static void faults_counted(struct edi_run *r)
{
    uint64_t n = r->faults.count[0] + r->faults.count[1] + r->faults.count[2], limit = r->faults.limit;

    if (n <= limit)
        return;
    r->faults.limit = 0;
    edi_fault(r, "edi.limit.faults", 0, 0, edi_number(r, n), edi_number(r, limit));
    r->faults.limit = limit;
}

void edi_message_end(struct edi_run *r, bool complete)
{
    if (!r->open)
        return;
    if (r->understood) {
        int g = r->row < 0 ? -1 : r->t->row[r->row].trigger ? r->row : r->t->row[r->row].group;
        for (; g >= 0; g = r->t->row[g].group)
            group_end(r, g);
        group_end(r, -1);
        needed(r);
        edi_map_reset(r);
        if (r->t->message->personal)
            edi_pax_end(r);
    }
    if (!complete)
        r->refused = true;
    digest(r);
    faults_counted(r);
    edi_tolerate_odd(r);
    r->m.bytes = r->lex.base + r->lex.pos - r->m.offset;
    r->m.tolerated = buf_view(&r->tolerated);
    r->m.verdict = r->refused ? FEEDS_REFUSED : r->understood ? FEEDS_TAKEN : FEEDS_NOT_UNDERSTOOD;
    r->run->to->end(r->run->to->arg, &r->m);
    buf_reset(&r->tolerated);
    r->odd_said = r->lex.odd = 0;
    arena_reset(r->passing);
    r->open = false;
    r->t = NULL;
}

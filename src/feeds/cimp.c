/*
 * cimp.c: IATA Cargo-IMP (Cargo Interchange Message Procedures): lines of at most 69 characters, "/" between
 * elements, a line that starts with "/" goes on with the one before, most lines start with three letters that name
 * them. A message starts with its name and version ("FFM/8"); only FFM says where it ends. They come one after the
 * other in a file, behind a Type B header (addresses, then a line that starts with a full stop and the sender's
 * address) or a mail's text, and with a mail's tail.
 */
#include "feeds/cimp.h"

#include <stdio.h>

#define LINE_MOST ((size_t)69)
#define KEPT_MAX  ((size_t)16 << 20) /* bytes of what is kept of one waybill until its end */

struct place cimp_place(const struct cimp *c, size_t at)
{
    struct place p = {.offset = c->row.offset + (size_t)(c->line.p - c->row.bytes.p) + at,
                      .segment = c->row.line};

    p.element = 1;
    for (size_t i = 0; i < at && i < c->line.n; i++)
        p.element = (uint16_t)(p.element + (c->line.p[i] == '/'));
    p.tag = c->last && *c->last->id ? str_z(c->last->id) : c->type ? str_z(c->type->id) : AIR_NONE;
    return p;
}

static void say(struct cimp *c, const char *code, size_t at, struct str words[2], bool mild)
{
    const struct fault_def *def = schema_fault(code);
    struct fault f = {.def = def,
                      .severity = mild && def->severity == SEV_ERROR ? SEV_WARNING : def->severity,
                      .place = cimp_place(c, at),
                      .found = text_clean(c->scratch, words[0], FOUND_MAX),
                      .expected = words[1]};

    fault_put(&c->d.faults, &f);
}

void cimp_fault(struct cimp *c, const char *code, size_t at, struct str found, struct str expected)
{
    say(c, code, at, (struct str[]){found, expected}, false);
}

void cimp_warn(struct cimp *c, const char *code, size_t at, struct str found, struct str expected)
{
    say(c, code, at, (struct str[]){found, expected}, true);
}

bool cimp_fits(struct cimp *c, const struct cimp_line *row, struct str line, struct cimp_match *m)
{
    size_t from = strlen(row->id);
    struct str text = line, found;
    const char *slash;

    if (line.p[0] == '/')
        from = 0; /* it goes on with the row */
    text = str_n(line.p + from, line.n - from);
    if (cimp_match(row->pattern, text, m)) {
        for (size_t i = 0; i < m->n; i++)
            m->c[i].at += from;
        if (m->too_long >= 0)
            say(c, "cimp.element.long", m->c[m->too_long].at,
                (struct str[]){m->c[m->too_long].s, arena_fmt(c->scratch, "%zu", m->too_long_most)}, true);
        return true;
    }
    found = str_n(text.p + m->at, text.n - m->at);
    slash = found.n > 1 ? memchr(found.p + 1, '/', found.n - 1) : NULL;
    if (slash)
        found.n = (size_t)(slash - found.p);
    say(c, "cimp.element", from + m->at, (struct str[]){found, m->expected.n ? m->expected : S("CRLF")},
        !(row->flags & CIMP_CORE));
    return false;
}

/* ---- a message ---- */

static void hash_line(struct cimp *c)
{
    sha256_add(c->hash, c->line);
    sha256_add(c->hash, S("\n"));
    c->end = c->row.offset + c->row.bytes.n;
}

static void message_begin(struct cimp *c, const struct cimp_type *type, int64_t version)
{
    struct deliver *d = &c->d;

    deliver_open(d, c->row.offset);
    d->m.format = arena_fmt(d->arena, "%s%lld", type->format, (long long)version);
    d->m.version = arena_fmt(d->arena, "%lld", (long long)version);
    d->m.sender = text_clean(d->arena, str_z(c->sender), sizeof c->sender);
    d->m.exercise = c->exercise;
    deliver_context(d, d->m.sender);
    c->hash = sha256_new();
    sha256_add(c->hash, str_n(d->context, sizeof d->context));
    c->type = type;
    c->version = version;
    c->open = true;
    c->ended = false;
    c->seen = 0;
    c->odd = 0;
    c->last = NULL;
    c->trip = NULL;
    c->trip_ordinal = 0;
    c->lading[0] = c->point[0] = c->unit[0] = c->master[0] = '\0';
    c->pieces = c->weight = c->master_pieces = c->master_weight = c->items = 0;
    cimp_flush(c);
    hash_line(c);
    if (!type->bit) {
        d->ungrasped = true;
        cimp_fault(c, "cimp.unknown", 0, str_z(type->id), S("FFM, FWB, FHL"));
    } else if (version < type->least || version > type->most) {
        cimp_fault(c, "cimp.version", 0, d->m.version,
                   arena_fmt(c->scratch, "%d-%d", type->least, type->most));
    }
}

static void tolerate(struct buf *b, bool really, const char *what)
{
    if (!really)
        return;
    if (b->n)
        buf_char(b, '\n');
    buf_z(b, what);
}

static void message_end(struct cimp *c)
{
    uint8_t digest[HASH_SIZE];
    struct buf b;

    if (!c->open)
        return;
    if (c->type->bit)
        cimp_finish(c);
    if (!c->d.begun)
        deliver_begin(&c->d);
    buf_init(&b, 256);
    tolerate(&b, c->bom, "bom");
    tolerate(&b, c->type_b, "type-b");
    tolerate(&b, c->head, "mail-head");
    tolerate(&b, c->odd & CIMP_ODD_TAIL, "mail-tail");
    tolerate(&b, c->odd & CIMP_ODD_LOWER, "lower-case");
    tolerate(&b, c->odd & CIMP_ODD_CONTROL, "control-characters");
    c->d.m.tolerated = buf_view(&b);
    sha256_end(c->hash, digest);
    deliver_end_digest(&c->d, c->end - c->d.m.offset, digest);
    buf_free(&b);
    c->open = c->bom = c->type_b = c->head = c->exercise = false;
    c->sender[0] = '\0';
    c->last = NULL;
}

/* ---- lines ---- */

/* Without what a telex or a mail puts around it. */
static struct str clean(struct cimp *c)
{
    struct str s = c->row.bytes;
    size_t before;

    while (s.n && strchr(" \t\r", s.p[s.n - 1]) && s.p[s.n - 1])
        s.n--;
    before = s.n;
    while (s.n && (unsigned char)s.p[s.n - 1] < ' ')
        s.n--;
    while (s.n && (unsigned char)s.p[0] < ' ')
        s = str_n(s.p + 1, s.n - 1);
    c->odd |= s.n != before ? CIMP_ODD_CONTROL : 0;
    return s;
}

/* ".FRAFMLH 211200": the sender's line of a Type B header. */
static bool is_origin(struct str s)
{
    struct cimp_match m;

    return str_starts(s, S("." FEEDS_WATERMARK)) ||
           (cimp_match(".m7", s, &m) || (!m.expected.n && s.p[m.at] == ' '));
}

/* "QU MEXFMAM LREFMXX": priority and addresses. */
static bool is_address(struct str s)
{
    struct str word = AIR_NONE;
    struct cimp_match m;

    if (!cimp_match("'Q'a1", s, &m) && (m.expected.n || s.p[m.at] != ' '))
        return false;
    str_split(&s, ' ', &word);
    while (str_split(&s, ' ', &word))
        if (word.n && !cimp_match("m7", word, &m))
            return false;
    return true;
}

/* A line outside any message. */
static void preface(struct cimp *c)
{
    struct str word = AIR_NONE, rest = c->line;

    if (is_origin(c->line)) {
        str_split(&rest, ' ', &word);
        snprintf(c->sender, sizeof c->sender, "%.*s", (int)(word.n < 32 ? word.n - 1 : 31), word.p + 1);
        c->type_b = true;
        c->exercise = memmem(c->line.p, c->line.n, FEEDS_WATERMARK, strlen(FEEDS_WATERMARK)) != NULL;
    } else if (is_address(c->line)) {
        c->type_b = true;
    } else if (!c->type_b && !str_eq(c->line, S("NNNN"))) {
        c->head = true;
    }
}

static void broken(struct cimp *c)
{
    struct cimp_match m;

    if (c->line.n >= 4 && !cimp_match("a3/", c->line, &m) && !m.expected.n) {
        cimp_fault(c, "cimp.line.unknown", 0, str_n(c->line.p, 3), AIR_NONE);
        c->last = NULL;
        return;
    }
    cimp_fault(c, "cimp.line.broken", 0, c->line, S("/"));
    if (c->last)
        cimp_continue(c, c->line, 0);
}

/* More lines than anyone writes about one waybill: passed over until the next. */
static bool is_full(struct cimp *c, const struct cimp_line *row)
{
    if (arena_used(c->group) + arena_used(c->d.arena) <= KEPT_MAX || (row && row->flags & CIMP_CORE))
        return false;
    if (!c->pending_full)
        cimp_fault(c, "cimp.limit", 0, AIR_NONE, arena_fmt(c->scratch, "%zu", KEPT_MAX));
    c->pending_full = true;
    return true;
}

static void message_line(struct cimp *c, bool gap)
{
    const struct cimp_line *row = NULL;

    if (c->type->bit && c->line.p[0] != '/')
        row = cimp_line(c->type->bit, c->line, !c->seen);
    if (c->ended || (gap && !row && c->line.p[0] != '/' && c->type->bit) || c->odd & CIMP_ODD_TAIL) {
        c->odd |= str_eq(c->line, S("NNNN")) ? 0 : CIMP_ODD_TAIL;
        return;
    }
    hash_line(c);
    if (!c->type->bit)
        return;
    for (size_t i = 0; i < c->line.n && !(c->odd & CIMP_ODD_LOWER); i++)
        c->odd |= c->line.p[i] >= 'a' && c->line.p[i] <= 'z' ? CIMP_ODD_LOWER : 0;
    if (c->row.over || c->line.n > LINE_MOST)
        say(c, "cimp.line.long", LINE_MOST, (struct str[]){AIR_NONE, S("69")}, !c->row.over);
    if (is_full(c, row))
        return;
    if (row) {
        c->last = row;
        c->more = 0;
        cimp_take(c, row);
    } else if (c->line.p[0] != '/') {
        broken(c);
    } else if (c->last) {
        cimp_continue(c, str_n(c->line.p + 1, c->line.n - 1), 1);
    } else if (!c->seen) {
        cimp_fault(c, "cimp.continuation", 0, c->line, AIR_NONE);
    }
}

static void take(struct cimp *c, bool gap)
{
    const struct cimp_type *type;
    int64_t version;

    arena_reset(c->scratch);
    c->line = clean(c);
    if (!c->line.n)
        return;
    if (cimp_header(c->line, &type, &version)) {
        message_end(c);
        message_begin(c, type, version);
        return;
    }
    if (c->open && (is_origin(c->line) || is_address(c->line)))
        message_end(c);
    if (c->open)
        message_line(c, gap);
    else
        preface(c);
}

static int parse(struct feeds_run *run)
{
    struct cimp c = {.scratch = arena_new(), .group = arena_new()};
    struct rows rows;
    uint32_t line = 0;
    uint64_t messages = 0;
    int got;

    deliver_init(&c.d, run, "cargo-imp");
    rows_init(&rows, run, ROWS_LINES);
    while ((got = rows_next(&rows, &c.row)) == 1) {
        c.bom = c.bom || (rows.bom && !messages && !c.open);
        take(&c, c.row.line > line + 1);
        messages += c.open && !messages;
        line = c.row.line;
    }
    if (got == 0) {
        arena_reset(c.scratch);
        c.line = c.row.bytes = AIR_NONE;
        message_end(&c);
        if (!messages)
            got = err_set(run->err, ERR_DATA, N_("there is no Cargo-IMP message in it"));
    } else if (c.open) {
        sha256_end(c.hash, (uint8_t[HASH_SIZE]){0});
    }
    rows_free(&rows);
    deliver_free(&c.d);
    arena_free(c.group);
    arena_free(c.scratch);
    return got;
}

/* A header among the first lines. */
static int sniff(struct str head, const char *name)
{
    const struct cimp_type *type;
    struct str line;
    int64_t version;

    (void)name;
    if (str_starts(head, S("\xef\xbb\xbf")))
        head = str_n(head.p + 3, head.n - 3);
    for (int i = 0; i < 40 && str_split(&head, '\n', &line); i++) {
        line = str_trim(line);
        if (line.n && line.p[0] == 2)
            line = str_n(line.p + 1, line.n - 1);
        if (line.n < 8 && cimp_header(line, &type, &version))
            return i < 6 ? 85 : 40;
    }
    return 0;
}

const struct feeds_reader reader_cimp = {"cargo-imp", sniff, parse};

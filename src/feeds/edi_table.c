/*
 * edi_table.c: reads the tables of the EDI formats. One text format serves directory, map and profile, so that a
 * partner's peculiarity is a few lines in a file and no compiler is needed. `data/` holds the built-in tables.
 *
 * Lines; "#" starts a comment; two blanks of indentation are one level. At the margin stand the blocks:
 *
 *   syntax x12                           what the following blocks belong to: x12 or edifact
 *
 *   segment N1 ..004060 : 01 id2..3! 02 an..60 03 id..2 04 an2..80 | R0203 P0304
 *     Elements in order: its number, its type (an a n id r dt tm), its length ("2" exactly, "2..3", "..60"), "!" when it is
 *     mandatory, "*5" when it may repeat. A composite is C507!(2005 id..3! 2380 an..35). Behind "|" X12's
 *     conditions between elements. Indented lines continue. Versions: "D.95B..D.98B", "004010..", "..004060" or none.
 *
 *   message CUSCAR D.95B..D.98B edifact-cuscar       type, versions, the format's name
 *     needs BGM CNI/RFF        without one of these it is refused
 *     guess 85 785             what BGM says when UNH forgot to name the type
 *     personal but BGM TDT     a list of persons: faults quote and maps read only what stands at these places; persons
 *                              are counted and given to the sink's `person`, no record holds them
 *     lenient                  senders add segments of their own: one warning a message
 *     BGM 1                    segments in order with how often; deeper ones below the first segment of their group
 *     CNI 0..9999 since D.96A
 *       RFF 0..9999
 *     NAD 0..5 not FL|FM       with one of these in its first element, the next NAD row is meant (places: NAD, NAD#2)
 *
 *   codes transport-mode       a translation: what we say, then what the sender may say
 *     road 3 03 J
 *
 *   map CUSCAR                 what becomes a record, place by place; see edi_table_map.c
 *     at CNI/RFF
 *       open consignment
 *
 *   profile ace-truck-2007 of CUSCAR D.03B..D.03B
 *     valid 20071013..         by the interchange's date
 *     when receiver CBP-ACE*   also: sender, date; `when untyped`: UNH names no type. All must hold
 *     add DOC 0..9 below CNI   or `after CNI/CNT`
 *     remove GEI, occurs SEL 0..99, loosen MEA (no element of it is mandatory)
 *     tolerate CODE, reject CODE, severity CODE note
 *     unused VID 09            an element that this partner asks to leave out: a fault when it is there
 *     needs BGM
 *     group                    a writer puts its messages in a group (UNG)
 *     at ...                   further map rows, after the message's own
 *
 * A later profile goes before an earlier one; the user's tables go before the built-in ones.
 */
#include "feeds/edi.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#define BUILTIN(symbol, file)                                                                              \
    __asm__(".section .rodata\n" #symbol ":\n.incbin \"src/feeds/data/" file "\"\n" #symbol                \
            "_end:\n.byte 0\n.previous\n");                                                                \
    extern const char symbol[], symbol##_end[]

BUILTIN(puente_tbl_codes, "codes.tbl");
BUILTIN(puente_tbl_edifact, "edifact.tbl");
BUILTIN(puente_tbl_cuscar, "cuscar.tbl");
BUILTIN(puente_tbl_paxlst, "paxlst.tbl");
BUILTIN(puente_tbl_pnrgov, "pnrgov.tbl");
BUILTIN(puente_tbl_usedifact, "usedifact.tbl");
BUILTIN(puente_tbl_customs_reply, "customs-reply.tbl");
BUILTIN(puente_tbl_containers, "containers.tbl");
BUILTIN(puente_tbl_forwarding, "forwarding.tbl");
BUILTIN(puente_tbl_x12_309, "x12-309.tbl");
BUILTIN(puente_tbl_x12_customs, "x12-customs.tbl");
BUILTIN(puente_tbl_x12_ocean, "x12-ocean.tbl");
BUILTIN(puente_tbl_answers, "answers.tbl");

#define ELEMS_MAX 160 /* of a segment, components counted */
#define DEPTH_MAX 12

int edi_bad(struct edi_reader *r, const char *what, struct str found)
{
    return err_set(r->err, ERR_DATA, N_("table %s, line %u: %s: \"%.*s\""), r->name, r->number,
                   tr(r->err->lang, what), STR_ARG(found));
}

bool edi_word(struct edi_reader *r, struct str *word)
{
    bool quoted = false;
    size_t n = 0;

    r->line = str_trim(r->line);
    for (; n < r->line.n && (quoted || r->line.p[n] != ' '); n++)
        quoted ^= r->line.p[n] == '"';
    *word = str_n(r->line.p, n);
    r->line.p += n;
    r->line.n -= n;
    return n > 0;
}

/* ---- ranges and numbers ---- */

bool edi_read_range(struct str s, struct str *from, struct str *to)
{
    for (size_t i = 0; i + 1 < s.n; i++)
        if (s.p[i] == '.' && s.p[i + 1] == '.') {
            *from = str_n(s.p, i);
            *to = str_n(s.p + i + 2, s.n - i - 2);
            return true;
        }
    return false;
}

int edi_read_versions(struct edi_reader *r, struct str s, struct edi_versions *v)
{
    struct str from, to;

    if (!edi_read_range(s, &from, &to))
        return edi_bad(r, N_("a range of versions is missing"), s);
    v->from = edi_version(r->syntax, from);
    v->until = edi_version(r->syntax, to);
    if ((from.n && !v->from) || (to.n && !v->until))
        return edi_bad(r, N_("no such version"), s);
    return 0;
}

int edi_read_counts(struct edi_reader *r, struct str s, uint32_t *min, uint32_t *max)
{
    struct str from = s, to = s;
    int64_t a, b;

    edi_read_range(s, &from, &to);
    if (!str_int(from, &a) || !str_int(to, &b) || a < 0 || b < a || b > 10 * 1000 * 1000)
        return edi_bad(r, N_("a number of times is missing"), s);
    *min = (uint32_t)a;
    *max = (uint32_t)b;
    return 0;
}

int edi_read_tag(struct edi_reader *r, struct str s, uint32_t *tag)
{
    if (s.n < 2 || s.n > 3 || s.p[0] < 'A' || s.p[0] > 'Z')
        return edi_bad(r, N_("a segment's tag is missing"), s);
    *tag = edi_tag(s.p, s.n);
    return 0;
}

/* ---- segment ---- */

static const char *const type_names[] = {"an", "a", "n", "id", "r", "dt", "tm"};

static bool take_number(struct str *s, unsigned *n)
{
    size_t i = 0;

    for (*n = 0; i < s->n && i < 5 && s->p[i] >= '0' && s->p[i] <= '9'; i++)
        *n = *n * 10 + (unsigned)(s->p[i] - '0');
    s->p += i;
    s->n -= i;
    return i > 0;
}

static bool take(struct str *s, const char *z)
{
    size_t n = strlen(z);

    if (s->n < n || memcmp(s->p, z, n) != 0)
        return false;
    s->p += n;
    s->n -= n;
    return true;
}

/* "an2..35!*9" */
static int elem_type(struct edi_reader *r, struct str s, struct edi_elem *e)
{
    struct str all = s;
    unsigned min = 0, max = 0, repeat = 1, type = 0;
    size_t longest = 0;

    for (unsigned i = 0; i < COUNT(type_names); i++)
        if (str_starts(s, str_z(type_names[i])) && strlen(type_names[i]) > longest) {
            longest = strlen(type_names[i]);
            type = i;
        }
    s.p += longest;
    s.n -= longest;
    take_number(&s, &min);
    max = min;
    if (take(&s, ".."))
        take_number(&s, &max);
    e->must = take(&s, "!");
    if (take(&s, "*"))
        take_number(&s, &repeat);
    if (longest == 0 || max < min || max == 0 || s.n)
        return edi_bad(r, N_("no element's type and length"), all);
    e->type = (uint8_t)type;
    e->text = type == TYPE_AN || type == TYPE_A || type == TYPE_ID;
    e->min = (uint16_t)min;
    e->max = (uint16_t)max;
    e->repeat = (uint16_t)repeat;
    e->parts = 1;
    return 0;
}

static struct edi_elem *elem_add(struct edi_reader *r)
{
    struct edi_segdef *d = r->segdef;
    return d->elems < ELEMS_MAX ? &d->elem[d->elems++] : NULL;
}

static void least(struct edi_segdef *d)
{
    uint16_t pos = 1;

    for (const struct edi_elem *e = d->elem; e < d->elem + d->elems; e += e->parts, pos++)
        if (e->must)
            d->least = pos;
}

/* "P0304" behind "|" */
static int condition(struct edi_reader *r, struct str s)
{
    struct edi_condition *c = &r->segdef->condition[r->segdef->conditions];
    struct str all = s;

    if (r->segdef->conditions == COUNT(r->segdef->condition) || s.n < 5 || !strchr("PRCEL", s.p[0]))
        return edi_bad(r, N_("no condition between elements"), all);
    c->kind = s.p[0];
    for (s.p++, s.n--; s.n >= 2 && c->n < COUNT(c->e); s.p += 2, s.n -= 2)
        c->e[c->n++] = (uint8_t)((s.p[0] - '0') * 10 + s.p[1] - '0');
    for (int i = c->n; i-- > 0;) {
        c->first = UINT64_C(1) << (c->e[i] & 63);
        c->all |= c->first;
        if (c->e[i] > 63)
            return edi_bad(r, N_("no condition between elements"), all);
    }
    if (s.n)
        return edi_bad(r, N_("no condition between elements"), all);
    r->segdef->conditions++;
    return 0;
}

/* Elements up to the end of the line. `(` and `)` are set off by blanks here. */
static int elements(struct edi_reader *r)
{
    struct edi_elem *composite = NULL, *e;
    struct str id, type;
    bool conditions = false;

    while (edi_word(r, &id)) {
        unsigned number = 0;
        struct str s = id;
        if (str_eq(id, S("|"))) {
            conditions = true;
        } else if (conditions) {
            if (condition(r, id) != 0)
                return -1;
        } else if (str_eq(id, S(")")) && composite) {
            composite = NULL;
        } else {
            bool opens = take(&s, "C") || take(&s, "S");
            if (!take_number(&s, &number) || (e = elem_add(r)) == NULL)
                return edi_bad(r, N_("no element"), id);
            e->id = (uint16_t)number;
            if (opens) {
                e->composite = true;
                e->must = take(&s, "!");
                e->repeat = e->parts = 1;
                if (!edi_word(r, &type) || !str_eq(type, S("(")))
                    return edi_bad(r, N_("no element"), id);
                composite = e;
            } else if (s.n || !edi_word(r, &type) || elem_type(r, type, e) != 0) {
                return r->err->code ? -1 : edi_bad(r, N_("no element"), id);
            } else if (composite) {
                composite->parts++;
            }
        }
    }
    least(r->segdef);
    return 0;
}

static int block_segment(struct edi_reader *r)
{
    struct edi_segdef *d = arena_alloc(r->t->arena, sizeof *d);
    struct str w;

    d->elem = arena_alloc(r->t->arena, ELEMS_MAX * sizeof *d->elem);
    d->syntax = r->syntax;
    if (!edi_word(r, &w) || edi_read_tag(r, w, &d->tag) != 0)
        return -1;
    if (!edi_word(r, &w) || (!str_eq(w, S(":")) && edi_read_versions(r, w, &d->versions) != 0))
        return -1;
    if (!str_eq(w, S(":")) && (!edi_word(r, &w) || !str_eq(w, S(":"))))
        return edi_bad(r, N_("a colon is missing"), w);
    d->next = r->t->segdef;
    r->t->segdef = r->segdef = d;
    return elements(r);
}

/* ---- message ---- */

static int block_message(struct edi_reader *r)
{
    struct edi_message *m = arena_alloc(r->t->arena, sizeof *m);
    struct str w;

    m->syntax = r->syntax;
    if (!edi_word(r, &m->type) || !edi_word(r, &w) || edi_read_versions(r, w, &m->versions) != 0 ||
        !edi_word(r, &m->format))
        return r->err->code ? -1 : edi_bad(r, N_("a message needs type, versions and format"), m->type);
    m->next = r->t->message;
    r->t->message = r->message = m;
    r->node = &m->node;
    r->depth = 0;
    return 0;
}

static int message_row(struct edi_reader *r, unsigned indent)
{
    struct edi_node *n = arena_alloc(r->t->arena, sizeof *n);
    struct str w;

    edi_word(r, &w);
    if (str_eq(w, S("needs"))) {
        r->message->needs = str_trim(r->line);
        return 0;
    }
    if (str_eq(w, S("guess"))) {
        r->message->guess = str_trim(r->line);
        return 0;
    }
    if (str_eq(w, S("lenient"))) {
        r->message->lenient = true;
        return 0;
    }
    if (str_eq(w, S("personal"))) {
        r->message->personal = true;
        if (edi_word(r, &w) && !str_eq(w, S("but")))
            return edi_bad(r, N_("no such row"), w);
        r->message->open = str_trim(r->line);
        return 0;
    }
    if (edi_read_tag(r, w, &n->tag) != 0 || !edi_word(r, &w) ||
        edi_read_counts(r, w, &n->min, &n->max) != 0)
        return r->err->code ? -1 : edi_bad(r, N_("a number of times is missing"), w);
    while (edi_word(r, &w)) {
        bool since = str_eq(w, S("since"));
        uint32_t v;
        if (str_eq(w, S("not")) && edi_word(r, &n->no))
            continue;
        if ((!since && !str_eq(w, S("until"))) || !edi_word(r, &w) || !(v = edi_version(r->syntax, w)))
            return edi_bad(r, N_("no such version"), w);
        *(since ? &n->versions.from : &n->versions.until) = v;
    }
    if (indent > r->depth + 1u || indent > DEPTH_MAX)
        return edi_bad(r, N_("the indentation skips a level"), w);
    n->depth = r->depth = (uint8_t)indent;
    *r->node = n;
    r->node = &n->next;
    return 0;
}

/* ---- codes ---- */

#define CODES_MAX 256

static int block_codes(struct edi_reader *r)
{
    struct edi_codes *c = arena_alloc(r->t->arena, sizeof *c);

    if (!edi_word(r, &c->name))
        return edi_bad(r, N_("a name is missing"), r->line);
    c->pair = arena_alloc(r->t->arena, CODES_MAX * sizeof *c->pair);
    c->next = r->t->codes;
    r->t->codes = r->codes = c;
    return 0;
}

static int codes_row(struct edi_reader *r)
{
    struct str to, from;

    edi_word(r, &to);
    while (edi_word(r, &from)) {
        if (r->codes->n == CODES_MAX)
            return edi_bad(r, N_("too many codes"), from);
        r->codes->pair[r->codes->n][0] = from;
        r->codes->pair[r->codes->n++][1] = to;
    }
    return 0;
}

const struct edi_codes *edi_codes_find(const struct edi_tables *t, struct str name)
{
    for (; t; t = t->base)
        for (const struct edi_codes *c = t->codes; c; c = c->next)
            if (str_eq(c->name, name))
                return c;
    return NULL;
}

bool edi_codes_get(const struct edi_codes *l, struct str from, struct str *to)
{
    for (size_t i = 0; i < l->n; i++)
        if (str_eq(l->pair[i][0], from) || str_eq(l->pair[i][0], S("*"))) {
            *to = l->pair[i][1];
            return true;
        }
    return false;
}

/* ---- lines ---- */

static int block_map(struct edi_reader *r)
{
    struct edi_map *m = arena_alloc(r->t->arena, sizeof *m);

    m->syntax = r->syntax;
    if (!edi_word(r, &m->type))
        return edi_bad(r, N_("a message's type is missing"), r->line);
    m->next = r->t->map;
    r->t->map = r->map = m;
    return 0;
}

static int block(struct edi_reader *r)
{
    static const struct {
        const char *word;
        int (*read)(struct edi_reader *);
    } blocks[] = {{"segment", block_segment},
                  {"message", block_message},
                  {"codes", block_codes},
                  {"map", block_map},
                  {"profile", edi_block_profile}};
    struct str w;

    r->segdef = NULL;
    r->message = NULL;
    r->profile = NULL;
    r->map = NULL;
    r->codes = NULL;
    r->at = NULL;
    edi_word(r, &w);
    if (str_eq(w, S("syntax"))) {
        edi_word(r, &w);
        if (!str_eq(w, S("x12")) && !str_eq(w, S("edifact")))
            return edi_bad(r, N_("a syntax is x12 or edifact"), w);
        r->syntax = str_eq(w, S("x12")) ? SYNTAX_X12 : SYNTAX_EDIFACT;
        return 0;
    }
    for (size_t i = 0; i < COUNT(blocks); i++)
        if (str_eq(w, str_z(blocks[i].word)))
            return blocks[i].read(r);
    return edi_bad(r, N_("no such block"), w);
}

static int at_row(struct edi_reader *r, struct edi_at **list)
{
    struct edi_at *a = arena_alloc(r->t->arena, sizeof *a);
    struct str w;

    edi_word(r, &w);
    if (!edi_word(r, &a->path))
        return edi_bad(r, N_("a place is missing"), w);
    while (*list)
        list = &(*list)->next;
    *list = r->at = a;
    r->op = &a->op;
    return 0;
}

static int row(struct edi_reader *r, unsigned indent)
{
    bool at = str_starts(r->line, S("at "));

    if (r->segdef)
        return elements(r);
    if (r->message)
        return message_row(r, indent - 1);
    if (r->codes)
        return codes_row(r);
    if ((r->map || r->profile) && indent == 1 && at)
        return at_row(r, r->map ? &r->map->at : &r->profile->at);
    if (r->at && indent == 2)
        return edi_statement(r);
    if (r->profile && indent == 1)
        return edi_profile_row(r);
    return edi_bad(r, N_("a row without its block"), r->line);
}

/* A line without its comment, with parentheses set off by blanks. */
static struct str line_clean(struct arena *a, struct str s)
{
    char *to = arena_alloc(a, s.n * 3 + 1);
    size_t n = 0;

    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '#' && (i == 0 || s.p[i - 1] == ' '))
            break;
        if (s.p[i] == '(' || s.p[i] == ')') {
            to[n++] = ' ';
            to[n++] = s.p[i];
            to[n++] = ' ';
        } else {
            to[n++] = s.p[i];
        }
    }
    return str_n(to, n);
}

const struct edi_tables *edi_tables_parse(struct arena *a, const struct edi_tables *base, struct str text,
                                          const char *name, struct err *e)
{
    struct edi_tables *t = arena_alloc(a, sizeof *t);
    struct edi_reader r = {.t = t, .name = name, .err = e};
    struct str line;

    t->arena = a;
    t->base = base;
    if (base) {
        memcpy(t->kind, base->kind, sizeof t->kind);
        memcpy(t->var, base->var, sizeof t->var);
        t->kinds = base->kinds;
        t->vars = base->vars;
    }
    err_clear(e);
    while (str_split(&text, '\n', &line)) {
        unsigned blanks = 0;
        r.number++;
        line = line_clean(a, line);
        while (blanks < line.n && line.p[blanks] == ' ')
            blanks++;
        r.line = str_trim(line);
        if (r.line.n == 0)
            continue;
        if (!str_utf8(line)) {
            edi_bad(&r, N_("the text is not UTF-8"), S("?"));
            return NULL;
        }
        if (memchr(line.p, '\t', line.n) || (blanks % 2 && !r.segdef)) {
            edi_bad(&r, N_("indentation is two blanks a level"), r.line);
            return NULL;
        }
        if ((blanks ? row(&r, blanks / 2) : block(&r)) != 0)
            return NULL;
    }
    return t;
}

static const struct edi_tables *builtin;
static pthread_once_t builtin_once = PTHREAD_ONCE_INIT;

static void builtin_read(void)
{
    struct arena *a = arena_new(); /* lives as long as the program */
    struct err e = {0};
    const struct {
        const char *name, *from, *to;
    } files[] = {{"codes.tbl", puente_tbl_codes, puente_tbl_codes_end},
                 {"edifact.tbl", puente_tbl_edifact, puente_tbl_edifact_end},
                 {"cuscar.tbl", puente_tbl_cuscar, puente_tbl_cuscar_end},
                 {"paxlst.tbl", puente_tbl_paxlst, puente_tbl_paxlst_end},
                 {"pnrgov.tbl", puente_tbl_pnrgov, puente_tbl_pnrgov_end},
                 {"usedifact.tbl", puente_tbl_usedifact, puente_tbl_usedifact_end},
                 {"customs-reply.tbl", puente_tbl_customs_reply, puente_tbl_customs_reply_end},
                 {"containers.tbl", puente_tbl_containers, puente_tbl_containers_end},
                 {"forwarding.tbl", puente_tbl_forwarding, puente_tbl_forwarding_end},
                 {"x12-309.tbl", puente_tbl_x12_309, puente_tbl_x12_309_end},
                 {"x12-customs.tbl", puente_tbl_x12_customs, puente_tbl_x12_customs_end},
                 {"x12-ocean.tbl", puente_tbl_x12_ocean, puente_tbl_x12_ocean_end},
                 {"answers.tbl", puente_tbl_answers, puente_tbl_answers_end}};

    for (size_t i = 0; i < COUNT(files); i++) {
        struct str text = str_n(files[i].from, (size_t)(files[i].to - files[i].from));
        builtin = edi_tables_parse(a, builtin, text, files[i].name, &e);
        if (builtin == NULL) {
            fprintf(stderr, "puente: %s\n", e.text);
            abort();
        }
    }
}

const struct edi_tables *edi_tables_builtin(void)
{
    pthread_once(&builtin_once, builtin_read);
    return builtin;
}

void edi_ready(void)
{
    edi_tables_builtin();
}

/*
 * mapping.c: the mapping file of a CSV feed. Plain text, UTF-8, one statement a line, '#' begins a comment,
 * texts with blanks stand in quotes ("" is a quote within):
 *
 *   kind seizure                                   the kind of every row
 *   separator ;                                    , ; | or tab; without it, it is detected
 *   column "Fecha" -> occurred date dd/mm/yyyy     a date, or a time: yyyy yy mm dd hh mi ss, the rest literal
 *   column "Cantidad" -> quantity decimal ,        decimal mark; the other mark and blanks group thousands
 *   column "Lugar" -> place                        as it is
 *   ignore "Observaciones"                         known, not wanted (an unknown column is a fault)
 *   const mode road                                every row has it
 *   value "Norte" -> direction north               where the field would be "Norte", it is north
 *   absent "N/A"                                   means: nothing
 *   exercise                                       the rows are synthetic
 *
 * A mapping of nothing but `kind K` leaves the header names to be field names.
 */
#include "feeds/mapping.h"

#define LINES_MAX 1000 /* statements in a mapping */
#define WORDS_MAX 8

struct reading {
    struct arena *a;
    struct mapping *m;
    struct err *e;
    int line;
    struct str word[WORDS_MAX];
    size_t words;
};

static bool wrong(struct reading *r, const char *what)
{
    err_set(r->e, ERR_USAGE, N_("mapping, line %d: %s"), r->line, tr(r->e->lang, what));
    return false;
}

/* A quoted word; *s begins behind its first quote. */
static bool quoted(struct reading *r, struct str *s, struct str *out)
{
    char *p = arena_alloc(r->a, s->n + 1);
    size_t n = 0, i = 0;

    for (; i < s->n; i++) {
        if (s->p[i] == '"') {
            if (i + 1 >= s->n || s->p[i + 1] != '"')
                break;
            i++;
        }
        p[n++] = s->p[i];
    }
    if (i >= s->n)
        return wrong(r, N_("a quotation mark is missing"));
    *s = (struct str){s->p + i + 1, s->n - i - 1};
    *out = (struct str){p, n};
    return true;
}

static bool blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static bool split(struct reading *r, struct str s)
{
    r->words = 0;
    for (;;) {
        struct str w;
        size_t n = 0;

        while (s.n && blank(*s.p))
            s = (struct str){s.p + 1, s.n - 1};
        if (!s.n || *s.p == '#')
            return true;
        if (r->words == WORDS_MAX)
            return wrong(r, N_("too many words"));
        if (*s.p == '"') {
            s = (struct str){s.p + 1, s.n - 1};
            if (!quoted(r, &s, &w))
                return false;
        } else {
            while (n < s.n && !blank(s.p[n]))
                n++;
            w = (struct str){s.p, n};
            s = (struct str){s.p + n, s.n - n};
        }
        r->word[r->words++] = w;
    }
}

static bool field_of(struct reading *r, struct str name, int *field)
{
    if (!r->m->kind)
        return wrong(r, N_("the kind must be named first"));
    *field = schema_field(r->m->kind, name);
    return *field >= 0 ? true : wrong(r, N_("the kind has no such field"));
}

/* ---- statements: words[0] is their name, and there are as many words as the table says ---- */

static bool on_kind(struct reading *r)
{
    if (r->m->kind)
        return wrong(r, N_("the kind is named twice"));
    r->m->kind = schema_kind(r->word[1]);
    return r->m->kind ? true : wrong(r, N_("there is no such kind"));
}

static bool on_separator(struct reading *r)
{
    struct str s = r->word[1];

    if (str_eq(s, S("tab")))
        r->m->separator = '\t';
    else if (s.n == 1 && strchr(",;|\t", *s.p))
        r->m->separator = *s.p;
    else
        return wrong(r, N_("a separator is one of: , ; | tab"));
    return true;
}

static bool on_column(struct reading *r)
{
    struct mapping_column *c = &r->m->column[r->m->columns++];

    *c = (struct mapping_column){.header = r->word[1], .at = -1, .line = (unsigned)r->line};
    if (!str_eq(r->word[2], S("->")))
        return wrong(r, N_("expected: column \"HEADER\" -> FIELD"));
    if (!field_of(r, r->word[3], &c->field))
        return false;
    if (r->words == 4)
        return true;
    if (r->words >= 6 && r->words <= 7 && str_eq(r->word[4], S("date"))) {
        c->date = r->words == 6 ? r->word[5]
                                : arena_fmt(r->a, "%.*s %.*s", STR_ARG(r->word[5]), STR_ARG(r->word[6]));
        return true;
    }
    if (r->words == 6 && str_eq(r->word[4], S("decimal")) && r->word[5].n == 1 &&
        strchr(".,", *r->word[5].p)) {
        c->mark = *r->word[5].p;
        return true;
    }
    return wrong(r, N_("after the field: nothing, date PATTERN, decimal , or decimal ."));
}

static bool on_ignore(struct reading *r)
{
    r->m->column[r->m->columns++] =
        (struct mapping_column){.header = r->word[1], .field = -1, .at = -1, .line = (unsigned)r->line};
    return true;
}

static bool on_const(struct reading *r)
{
    struct mapping_value *v = &r->m->constant[r->m->constants++];

    v->to = r->word[2];
    return field_of(r, r->word[1], &v->field);
}

static bool on_value(struct reading *r)
{
    struct mapping_value *v = &r->m->value[r->m->values++];

    if (!str_eq(r->word[2], S("->")))
        return wrong(r, N_("expected: value \"TEXT\" -> FIELD VALUE"));
    v->text = r->word[1];
    v->to = r->word[4];
    return field_of(r, r->word[3], &v->field);
}

static bool on_absent(struct reading *r)
{
    r->m->absent[r->m->absents++] = r->word[1];
    return true;
}

static bool on_exercise(struct reading *r)
{
    r->m->exercise = true;
    return true;
}

static const struct {
    const char *name;
    size_t least, most; /* words, its name included */
    bool (*take)(struct reading *r);
} statements[] = {
    {"kind", 2, 2, on_kind},     {"separator", 2, 2, on_separator}, {"column", 4, 7, on_column},
    {"ignore", 2, 2, on_ignore}, {"const", 3, 3, on_const},         {"value", 5, 5, on_value},
    {"absent", 2, 2, on_absent}, {"exercise", 1, 1, on_exercise},
};

static bool statement(struct reading *r)
{
    for (size_t i = 0; i < COUNT(statements); i++) {
        if (!str_eq(r->word[0], str_z(statements[i].name)))
            continue;
        if (r->words < statements[i].least || r->words > statements[i].most)
            return wrong(r, N_("too few or too many words"));
        return statements[i].take(r);
    }
    return wrong(
        r, N_("a line begins with kind, separator, column, ignore, const, value, absent or exercise"));
}

int mapping_read(struct arena *a, struct str text, struct mapping *m, struct err *e)
{
    struct reading r = {.a = a, .m = m, .e = e};
    struct str line;

    *m = (struct mapping){.kind = NULL};
    m->column = arena_alloc(a, LINES_MAX * sizeof *m->column);
    m->value = arena_alloc(a, LINES_MAX * sizeof *m->value);
    m->constant = arena_alloc(a, LINES_MAX * sizeof *m->constant);
    m->absent = arena_alloc(a, LINES_MAX * sizeof *m->absent);
    if (str_starts(text, S("\xef\xbb\xbf")))
        text = (struct str){text.p + 3, text.n - 3};
    if (!str_utf8(text))
        return err_set(e, ERR_USAGE, N_("the mapping file is not UTF-8"));
    while (str_split(&text, '\n', &line)) {
        r.line++;
        if (r.line > LINES_MAX)
            return err_set(e, ERR_LIMIT, N_("the mapping has more than %d lines"), LINES_MAX);
        if (!split(&r, line) || (r.words && !statement(&r)))
            return -1;
    }
    return 0;
}

/* ---- values ---- */

/* "1.234,50" with mark ',' -> "1234.50" */
static struct str decimal(struct arena *a, char mark, struct str in)
{
    char *p = arena_alloc(a, in.n + 1);
    char group = mark == ',' ? '.' : ',';
    size_t n = 0;

    for (size_t i = 0; i < in.n; i++) {
        if (in.n - i >= 2 && memcmp(in.p + i, "\xc2\xa0", 2) == 0)
            i++; /* no-break space */
        else if (in.p[i] != group && in.p[i] != ' ' && in.p[i] != '\'')
            p[n++] = in.p[i] == mark ? '.' : in.p[i];
    }
    return (struct str){p, n};
}

/* The parts of a date, in the order of their letters in a pattern. */
enum { YEAR, MONTH, DAY, HOUR, MINUTE, SECOND, PARTS };

static const struct {
    const char *letters;
    int part;
} letters[] = {{"yyyy", YEAR}, {"yy", YEAR},   {"mm", MONTH}, {"dd", DAY},
               {"hh", HOUR},   {"mi", MINUTE}, {"ss", SECOND}};

/* Takes up to `most` digits off; false when there is none. */
static bool digits(struct str *in, size_t most, int *out)
{
    size_t n = 0;

    *out = 0;
    while (n < most && n < in->n && in->p[n] >= '0' && in->p[n] <= '9')
        *out = *out * 10 + (in->p[n++] - '0');
    *in = (struct str){in->p + n, in->n - n};
    return n > 0;
}

static bool date_parts(struct str pattern, struct str in, int part[PARTS])
{
    while (pattern.n) {
        size_t i = 0;

        while (i < COUNT(letters) && !str_starts(pattern, str_z(letters[i].letters)))
            i++;
        if (i == COUNT(letters)) {
            if (!in.n || *in.p != *pattern.p)
                return false;
            in = (struct str){in.p + 1, in.n - 1};
            pattern = (struct str){pattern.p + 1, pattern.n - 1};
            continue;
        }
        if (!digits(&in, strlen(letters[i].letters), &part[letters[i].part]))
            return false;
        if (i == 1) /* two digits: 1970 to 2069 */
            part[YEAR] += part[YEAR] < 70 ? 2000 : 1900;
        pattern =
            (struct str){pattern.p + strlen(letters[i].letters), pattern.n - strlen(letters[i].letters)};
    }
    return in.n == 0;
}

static bool date(struct arena *a, struct str pattern, struct str in, struct str *out)
{
    int p[PARTS] = {0, 1, 1, -1, 0, 0};

    if (!date_parts(pattern, in, p) || !date_valid(p[YEAR], p[MONTH], p[DAY]))
        return false;
    *out = arena_fmt(a, "%04d-%02d-%02d", p[YEAR], p[MONTH], p[DAY]);
    if (p[HOUR] >= 0)
        *out = arena_fmt(a, "%.*sT%02d:%02d:%02d", STR_ARG(*out), p[HOUR], p[MINUTE], p[SECOND]);
    return true;
}

bool mapping_text(struct arena *a, const struct mapping *m, const struct mapping_column *c, struct str in,
                  struct str *out)
{
    *out = in;
    for (size_t i = 0; i < m->absents; i++) {
        if (str_eq(in, m->absent[i])) {
            *out = (struct str){NULL, 0};
            return true;
        }
    }
    for (size_t i = 0; i < m->values; i++) {
        if (m->value[i].field == c->field && str_eq(in, m->value[i].text)) {
            *out = m->value[i].to;
            return true;
        }
    }
    if (in.n && c->date.n)
        return date(a, c->date, in, out);
    if (in.n && c->mark)
        *out = decimal(a, c->mark, in);
    return true;
}

/*
 * json_in.c: records from JSON text, with jansson (only here). Two things jansson does not give us: exact
 * decimals (it makes doubles) and integers of any size (it refuses the whole text). So a first pass over the
 * text turns each number into a string that starts with NUMBER_MARK, and the number is read from that
 * (docs/decisions/0010).
 */
#include "schema/internal.h"

#include <jansson.h>

/* U+0001 as JSON escapes it. A text that starts so by itself would be refused as a control character anyway. */
#define NUMBER_MARK "\\u0001"

static size_t digits(struct str s, size_t i)
{
    size_t n = 0;

    while (i + n < s.n && s.p[i + n] >= '0' && s.p[i + n] <= '9')
        n++;
    return n;
}

/* The length of the number (RFC 8259 §6) at i; 0 when none starts there. */
static size_t number_length(struct str s, size_t i)
{
    size_t at = i + (s.p[i] == '-'), n = digits(s, at);

    if (n == 0 || (n > 1 && s.p[at] == '0'))
        return 0;
    at += n;
    if (at < s.n && s.p[at] == '.') {
        if ((n = digits(s, at + 1)) == 0)
            return 0;
        at += n + 1;
    }
    if (at < s.n && (s.p[at] == 'e' || s.p[at] == 'E')) {
        at += at + 1 < s.n && (s.p[at + 1] == '+' || s.p[at + 1] == '-') ? 2 : 1;
        if ((n = digits(s, at)) == 0)
            return 0;
        at += n;
    }
    return at - i;
}

/* The string at i (its quotation mark), copied; returns where it ends. */
static size_t copy_string(struct buf *b, struct str s, size_t i)
{
    size_t from = i++;

    while (i < s.n && s.p[i] != '"')
        i += s.p[i] == '\\' && i + 1 < s.n ? 2 : 1;
    i = i < s.n ? i + 1 : s.n;
    buf_put(b, s.p + from, i - from);
    return i;
}

static void mark_numbers(struct buf *b, struct str s)
{
    for (size_t i = 0, n; i < s.n;) {
        if (s.p[i] == '"') {
            i = copy_string(b, s, i);
        } else if ((s.p[i] == '-' || (s.p[i] >= '0' && s.p[i] <= '9')) && (n = number_length(s, i)) > 0) {
            buf_z(b, "\"" NUMBER_MARK);
            buf_put(b, s.p + i, n);
            buf_char(b, '"');
            i += n;
        } else {
            buf_char(b, s.p[i++]);
        }
    }
}

struct reading {
    struct arena *arena;
    struct record *r;
    struct place at;
    struct faults *to;
};

static struct str string_of(const json_t *j)
{
    return str_n(json_string_value(j), json_string_length(j));
}

static bool is_number(struct str s)
{
    return s.n && s.p[0] == 1;
}

static void wrong(struct reading *x, const char *code, int field, struct str found)
{
    check_put(x->to, code, &x->r->kind->field[field], x->at, found);
}

/* ["a", "b"] -> "a\nb". A line feed inside would make two of one. */
static void read_many(struct reading *x, int field, const json_t *j)
{
    size_t n = 0, size = json_array_size(j);
    char *p, *end;

    for (size_t i = 0; i < size; i++) {
        const json_t *one = json_array_get(j, i);
        struct str s = string_of(one);
        if (!json_is_string(one) || s.n == 0 || is_number(s) || memchr(s.p, '\n', s.n)) {
            wrong(x, "field.type", field, s);
            return;
        }
        n += s.n + 1;
    }
    if (n == 0)
        return;
    p = end = arena_alloc(x->arena, n);
    for (size_t i = 0; i < size; i++) {
        struct str s = string_of(json_array_get(j, i));
        if (i)
            *end++ = '\n';
        memcpy(end, s.p, s.n);
        end += s.n;
    }
    record_text(x->r, field, str_n(p, n - 1));
}

static void read_number(struct reading *x, int field, struct str s)
{
    const struct field *f = &x->r->kind->field[field];
    bool number = f->type == T_INT || f->type == T_DECIMAL;

    /* A decimal may also come as a string: many systems do so to stay exact. */
    if (is_number(s))
        s = str_n(s.p + 1, s.n - 1);
    else if (f->type == T_INT)
        number = false;
    if (number)
        schema_set(x->arena, x->r, field, s, x->at, x->to);
    else
        wrong(x, "field.type", field, s);
}

static void read_member(struct reading *x, int field, const json_t *j)
{
    const struct field *f = &x->r->kind->field[field];
    struct str s = string_of(j);
    bool is_text = json_is_string(j) && !is_number(s);

    if (json_is_null(j))
        return;
    if (json_is_string(j) && (f->type == T_INT || f->type == T_DECIMAL)) {
        read_number(x, field, s);
    } else if (f->type == T_BOOL && json_is_boolean(j)) {
        record_int(x->r, field, json_is_true(j));
    } else if (f->flags & F_MANY && json_is_array(j)) {
        read_many(x, field, j);
    } else if (is_text && (f->type == T_REF || f->type == T_BYTES)) {
        schema_set(x->arena, x->r, field, s, x->at, x->to);
    } else if (is_text && !(f->flags & F_MANY) && f->type != T_BOOL) {
        record_text(x->r, field, arena_copy(x->arena, s)); /* schema_check judges it */
    } else {
        wrong(x, "field.type", field, is_number(s) ? str_n(s.p + 1, s.n - 1) : s);
    }
}

static void read_fields(struct reading *x, json_t *object)
{
    const char *name;
    json_t *j;

    json_object_foreach(object, name, j)
    {
        int field = schema_field(x->r->kind, str_z(name));
        struct place at = x->at;
        if (field >= 0) {
            read_member(x, field, j);
            continue;
        }
        at.tag = str_z(name);
        fault_at(x->to, "field.unknown", at, str_z(name), str_n(NULL, 0));
    }
}

/* The header's members that whoever writes the text may choose. Identity, author and time are the journal's to
 * give: an exported record brings them, and they are passed over. */
static bool read_head(struct reading *x, const char *name, const json_t *j)
{
    struct header *h = &x->r->head;
    struct str s = string_of(j), *to;

    if (strcmp(name, "exercise") == 0) {
        h->exercise = json_is_true(j);
        return json_is_boolean(j);
    }
    if (strcmp(name, "replaces") == 0)
        return json_is_string(j) && uuid_parse(s, h->replaces);
    to = strcmp(name, "handling") == 0  ? &h->handling
         : strcmp(name, "purpose") == 0 ? &h->purpose
         : strcmp(name, "basis") == 0   ? &h->basis
         : strcmp(name, "grading") == 0 ? &h->grading
                                        : NULL;
    if (to == NULL || !json_is_string(j) || is_number(s) || s.n > TEXT_MAX)
        return false;
    *to = arena_copy(x->arena, s);
    return true;
}

static struct record *read_wrapped(struct reading *x, json_t *root)
{
    static const char *const passed[] = {"kind", "fields", "id", "origin", "author", "recorded", "seq"};
    const json_t *kind = json_object_get(root, "kind");
    json_t *fields = json_object_get(root, "fields"), *j;
    const struct kind *k = json_is_string(kind) ? schema_kind(string_of(kind)) : NULL;
    const char *name;

    if (k == NULL) {
        fault_at(x->to, "json.kind", x->at, string_of(kind), S("{\"kind\":...,\"fields\":{...}}"));
        return NULL;
    }
    x->r = record_new(x->arena, k);
    json_object_foreach(root, name, j)
    {
        bool known = false;
        struct place at = x->at;
        for (size_t i = 0; i < COUNT(passed); i++)
            known = known || strcmp(name, passed[i]) == 0;
        at.tag = str_z(name);
        if (!known && !read_head(x, name, j))
            fault_at(x->to, "field.unknown", at, str_z(name), str_n(NULL, 0));
    }
    if (json_is_object(fields))
        read_fields(x, fields);
    else
        fault_at(x->to, "json.kind", x->at, S("fields"), S("{\"kind\":...,\"fields\":{...}}"));
    return x->r;
}

static json_t *load(struct str json, struct place at, struct faults *to)
{
    json_error_t why;
    struct buf marked;
    json_t *root = NULL;

    /* A number grows by its mark and two quotation marks: at most ninefold. */
    buf_init(&marked, json.n < SIZE_MAX / 16 ? json.n * 9 + 1 : SIZE_MAX);
    mark_numbers(&marked, json);
    why.text[JSON_ERROR_TEXT_LENGTH - 1] = json_error_unknown;
    if (!marked.over)
        root = json_loadb(marked.p ? marked.p : "", marked.n, JSON_REJECT_DUPLICATES, &why);
    if (root == NULL) {
        bool twice = json_error_code(&why) == json_error_duplicate_key;
        fault_at(to, twice ? "json.duplicate" : "json.syntax", at, str_n(NULL, 0), str_n(NULL, 0));
    }
    buf_free(&marked);
    return root;
}

struct record *schema_from_json(struct arena *a, const struct kind *k, struct str json, struct place at,
                                struct faults *to)
{
    struct reading x = {a, NULL, at, to};
    json_t *root = load(json, at, to);

    if (root == NULL)
        return NULL;
    if (!json_is_object(root)) {
        fault_at(to, "json.kind", at, str_n(NULL, 0), S("{}"));
    } else if (k == NULL) {
        x.r = read_wrapped(&x, root);
    } else {
        x.r = record_new(a, k);
        read_fields(&x, root);
    }
    json_decref(root);
    return x.r;
}

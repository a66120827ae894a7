/*
 * jsonl.c: records as JSON, {"kind": "wait", "fields": {...}}: one a line, in an array, or printed over several
 * lines. Every object is a message of its own, so a bad one refuses only itself. {"exercise": true, ...} sets
 * the watermark. `puente parse` writes this form and its output can be read back: what it says of faults is
 * passed over with a note.
 *
 * With options.whole, lines belong together: {"kind": "message", "fields": {"format": ...}} begins a message, as `puente
 * parse --whole` writes it, and "#3" is the third record behind it.
 */
#include "feeds/deliver.h"
#include "feeds/rows.h"

#include <strings.h>

struct jsonl {
    struct deliver d;
    struct row row;
    bool whole, open; /* several lines are one message; one is open */
    struct sha256_run *hash;
};

static struct place at(const struct jsonl *j)
{
    return (struct place){.offset = j->row.offset, .segment = j->row.line};
}

/* "#3" means the third record of its message; here a message has one. */
static void refuse_references(struct jsonl *j, const struct record *r)
{
    for (int i = 0; i < r->kind->fields; i++) {
        struct place p = at(j);

        if (r->kind->field[i].type != T_REF || !record_has(r, i) || r->v[i].s.n)
            continue;
        p.tag = str_z(r->kind->field[i].name);
        fault_at(&j->d.faults, "json.reference", p, arena_fmt(j->d.arena, "#%lld", (long long)r->v[i].i),
                 S("UUID"));
    }
}

static bool is_fault_line(struct str s)
{
    static const char *const words[] = {"{", "\"fault\"", ":"};

    for (size_t i = 0; i < COUNT(words); i++) {
        s = str_trim(s);
        if (!str_starts(s, str_z(words[i])))
            return false;
        s = (struct str){s.p + strlen(words[i]), s.n - strlen(words[i])};
    }
    return true;
}

static void take(struct jsonl *j)
{
    struct record *r = NULL;

    deliver_open(&j->d, j->row.offset);
    if (j->row.over)
        fault_at(&j->d.faults, "json.long", at(j), (struct str){NULL, 0},
                 arena_fmt(j->d.arena, "%zu", j->d.run->limits->segment));
    else if (is_fault_line(j->row.bytes))
        fault_at(&j->d.faults, "json.fault", at(j), (struct str){NULL, 0}, (struct str){NULL, 0});
    else
        r = schema_from_json(j->d.arena, NULL, j->row.bytes, at(j), &j->d.faults);
    if (r) {
        refuse_references(j, r);
        j->d.m.exercise = r->head.exercise;
    }
    deliver_begin(&j->d);
    if (r)
        deliver_record(&j->d, r);
    deliver_end(&j->d, j->row.bytes);
}

/* ---- several lines that are one message ---- */

static void group_end(struct jsonl *j, uint64_t until)
{
    uint8_t digest[HASH_SIZE];

    if (!j->open)
        return;
    sha256_end(j->hash, digest);
    j->hash = NULL;
    j->open = false;
    deliver_end_digest(&j->d, until - j->d.m.offset, digest);
}

/* What the line {"kind":"message"} says of the message that it begins; NULL = there is none. */
static void group_begin(struct jsonl *j, const struct record *r)
{
    const struct {
        const char *name;
        struct str *to;
    } text[] = {{"format", &j->d.m.format},      {"version", &j->d.m.version},
                {"profile", &j->d.m.profile},    {"sender", &j->d.m.sender},
                {"receiver", &j->d.m.receiver},  {"control", &j->d.m.control},
                {"reference", &j->d.m.reference}};
    struct str values[COUNT(text)];

    for (size_t i = 0; r && i < COUNT(text); i++)
        values[i] = arena_copy(j->d.run->arena, record_get(r, schema_field(r->kind, str_z(text[i].name))));
    group_end(j, j->row.offset);
    deliver_open(&j->d, j->row.offset);
    j->d.m.format = S("jsonl");
    j->d.m.version = (struct str){NULL, 0};
    for (size_t i = 0; r && i < COUNT(text); i++)
        *text[i].to = values[i];
    j->d.m.exercise = r && r->head.exercise;
    j->hash = sha256_new();
    j->open = true;
    deliver_begin(&j->d);
}

static void group_take(struct jsonl *j)
{
    struct record *r;

    if (is_fault_line(j->row.bytes))
        return;
    if (j->row.over) {
        if (!j->open)
            group_begin(j, NULL);
        fault_at(&j->d.faults, "json.long", at(j), (struct str){NULL, 0},
                 arena_fmt(j->d.arena, "%zu", j->d.run->limits->segment));
        return;
    }
    if (!j->open)
        deliver_open(&j->d, j->row.offset);
    r = schema_from_json(j->d.arena, NULL, j->row.bytes, at(j), &j->d.faults);
    if (r && strcmp(r->kind->name, "message") == 0) {
        group_begin(j, r);
    } else {
        if (!j->open) {
            group_begin(j, NULL); /* which forgets what was read: once more */
            r = schema_from_json(j->d.arena, NULL, j->row.bytes, at(j), &j->d.faults);
        }
        if (r)
            deliver_record(&j->d, r);
    }
    sha256_add(j->hash, j->row.bytes);
}

static struct str without_mark(struct str s)
{
    if (str_starts(s, S("\xef\xbb\xbf")))
        s = (struct str){s.p + 3, s.n - 3};
    return str_trim(s);
}

/* Lines, unless the first one is no whole object. */
static enum rows_of shape(struct str head)
{
    struct str line = {NULL, 0};
    int depth = 0;
    bool in_quotes = false;

    head = without_mark(head);
    if (!head.n || *head.p == '[')
        return ROWS_JSON;
    if (!str_split(&head, '\n', &line) || !head.p)
        return ROWS_LINES; /* one line, or one longer than the head: either reading is right */
    for (size_t i = 0; i < line.n; i++) {
        if (in_quotes && line.p[i] == '\\')
            i++;
        else if (line.p[i] == '"')
            in_quotes = !in_quotes;
        else if (!in_quotes)
            depth += (line.p[i] == '{') - (line.p[i] == '}');
    }
    return depth > 0 && !in_quotes ? ROWS_JSON : ROWS_LINES;
}

static int parse(struct feeds_run *run)
{
    struct jsonl j = {.row = {.line = 0}};
    struct rows rows;
    int got;

    deliver_init(&j.d, run, "jsonl");
    rows_init(&rows, run, shape(run->head));
    j.whole = run->options->whole;
    while ((got = rows_next(&rows, &j.row)) == 1)
        if (j.whole)
            group_take(&j);
        else
            take(&j);
    if (got == 0)
        group_end(&j, run->offset);
    else if (j.hash)
        sha256_end(j.hash, (uint8_t[HASH_SIZE]){0});
    rows_free(&rows);
    deliver_free(&j.d);
    return got;
}

static int sniff(struct str head, const char *name)
{
    const char *dot = name ? strrchr(name, '.') : NULL;

    head = without_mark(head);
    if (!head.n || (*head.p != '{' && *head.p != '['))
        return 0;
    if (memmem(head.p, head.n, "\"kind\"", 6))
        return 90;
    return dot && (strcasecmp(dot, ".jsonl") == 0 || strcasecmp(dot, ".ndjson") == 0) ? 30 : 0;
}

const struct feeds_reader reader_jsonl = {"jsonl", sniff, parse};

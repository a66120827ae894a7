/*
 * program.c: the text of an agreement, which a minister and a machine read alike.
 *
 *     puente agreement v1
 *     id 0193b5c0-8f3e-7cc1-9d52-3a4b5c6d7e8f
 *     version 1                             from 2 on also: amends DIGEST, the SHA-256 of an earlier version's text
 *     title en Sharing of advance cargo data
 *     title es Intercambio de datos anticipados de carga
 *     party us.cbp us.cbp+2ab3c4d5+AZ...    an office and the key of its log; exactly two
 *     party mx.anam mx.anam+...
 *     scope full                            or: aggregates
 *     basis Customs Mutual Assistance Agreement of 2000, article 4
 *     from 2026-12-01
 *     until 2028-11-30                      the last day
 *     duty retraction
 *
 *     objective 1 trade                     a code of the list `area`
 *       en ...
 *       es ...
 *
 *     clause 1
 *       giver us.cbp
 *       taker mx.anam
 *       kind trip
 *       fields mode carrier trip_number port
 *       schema 5f2c...                      SHA-256 of what kind and fields are called (program_names): optional
 *       when mode = road and direction = south      (condition.c); without it: every record of the kind
 *       purpose customs-control
 *       handling H1                         a record with a stricter code stays
 *       keep 365                            days
 *       onward consent                      or: no, as when it is not said
 *       since 2026-01-01                    records recorded before stay; not said: all
 *       en ...
 *       es ...
 *
 *     clause 2                              a clause on private questions
 *       giver us.cbp                        answers
 *       taker mx.anam                       asks
 *       asks container plate quota 500      codes of the list `query_scheme`; values a day
 *       purpose ...
 *       en ...
 *       es ...
 *
 *     example 1
 *       giver us.cbp
 *       taker mx.anam
 *       record {"kind":"trip","fields":{...}}
 *       gives mode carrier                  or: gives nothing
 *
 * One statement a line. What is indented belongs to the block above; empty lines are for the eye. Numbers of
 * objectives, clauses and examples only grow. There are no comments: everything that is signed counts. What is signed
 * is the bytes as they are; nothing is ever written out again.
 */
#include "release/program.h"

/* What a reader cannot see must not be signed: control signs, and those that turn text round or have no width. */
bool program_plain(struct str s)
{
    if (!str_utf8(s))
        return false;
    for (size_t i = 0; i < s.n; i++) {
        uint8_t c = (uint8_t)s.p[i], d = i + 1 < s.n ? (uint8_t)s.p[i + 1] : 0,
                e = i + 2 < s.n ? (uint8_t)s.p[i + 2] : 0;

        if ((c < ' ' && c != '\n') || c == 0x7f || (c == 0xc2 && (d < 0xa0 || d == 0xad)) ||
            (c == 0xe2 && d == 0x80 && (e >= 0x8b && e <= 0x8f)) ||
            (c == 0xe2 && d == 0x80 && (e >= 0xa8 && e <= 0xae)) ||
            (c == 0xe2 && d == 0x81 && e >= 0xa0 && e <= 0xaf) || (c == 0xef && d == 0xbb && e == 0xbf))
            return false;
    }
    return true;
}

/* The statement that the line is; `party` stands twice. WORDS when there is none of this name here. */
static unsigned word_of(const struct parser *r, struct str line, struct str *value)
{
    for (unsigned w = 0; w < WORDS; w++) {
        struct str word = str_z(program_words[w].word);

        if (!(program_words[w].may & r->block) || !str_starts(line, word) ||
            (line.n > word.n && line.p[word.n] != ' ') || (w == W_PARTY && r->at[w]))
            continue;
        *value = str_trim(str_n(line.p + word.n, line.n - word.n));
        return w;
    }
    return WORDS;
}

/* Titles and purposes stand in records too, whose fields are short. */
static size_t most_of(enum word w)
{
    return w == W_TITLE_EN || w == W_TITLE_ES || w == W_PURPOSE ? 400
           : w == W_RECORD                                      ? PROGRAM_BYTES
                                                                : PROGRAM_LINE;
}

static void statement(struct parser *r, struct str line)
{
    struct str value = {NULL, 0}, word = line, name = {NULL, 0};
    unsigned w = word_of(r, line, &value);

    if (w == WORDS) {
        program_cut(&word, &name);
        program_bad(r, "agreement.statement", program_place(r->line, NULL), name, NULL);
        return;
    }
    if (r->at[w]) {
        program_bad(r, "agreement.twice", program_place(r->line, program_words[w].word), line, NULL);
        return;
    }
    if (value.n == 0)
        program_bad(r, "agreement.value", program_place(r->line, program_words[w].word), line, NULL);
    if (value.n > most_of((enum word)w))
        program_bad(r, "agreement.large", program_place(r->line, program_words[w].word), value, NULL);
    r->at[w] = r->line;
    r->value[w] = value;
}

/* "clause 4": closes the block before. False when it begins none. */
static bool begin(struct parser *r, struct str line)
{
    static const struct {
        const char *word;
        enum block block;
    } blocks[] = {{"objective", OBJECTIVE}, {"clause", CLAUSE}, {"example", EXAMPLE}};
    struct str word, rest = line, digits;
    int64_t number = 0;
    size_t i = 0;

    if (!program_cut(&rest, &word))
        return false;
    while (i < COUNT(blocks) && !str_eq(word, str_z(blocks[i].word)))
        i++;
    if (i == COUNT(blocks))
        return false;
    program_close(r);
    r->block = blocks[i].block;
    r->number = digits = str_trim(rest);
    r->first = r->line;
    if (r->block == OBJECTIVE)
        program_cut(&rest, &digits);
    if (!str_int(digits, &number) || number <= r->last[i] || number > UINT16_MAX)
        program_bad(r, "agreement.number", program_place(r->line, blocks[i].word), digits, NULL);
    else
        r->last[i] = number;
    return true;
}

/* How many blocks of each sort there may be, before there is room for them. */
static bool make_room(struct parser *r)
{
    struct str rest = r->p->text, line;
    size_t clauses = 1, examples = 0, objectives = 0;

    while (str_split(&rest, '\n', &line)) {
        clauses += str_starts(line, S("clause"));
        examples += str_starts(line, S("example"));
        objectives += str_starts(line, S("objective"));
    }
    if (clauses > PROGRAM_CLAUSES || examples > PROGRAM_EXAMPLES || objectives > PROGRAM_OBJECTIVES)
        return program_bad(r, "agreement.large", program_place(0, NULL), str_n(NULL, 0), "256");
    r->p->clause = arena_alloc(r->arena, clauses * sizeof *r->p->clause);
    r->p->example = arena_alloc(r->arena, (examples + 1) * sizeof *r->p->example);
    r->p->objective = arena_alloc(r->arena, (objectives + 1) * sizeof *r->p->objective);
    return true;
}

/* What was given under this can be taken back, and whoever does so has a receipt: both ways, in every agreement.
 * Words and holders stay: they may say too much. */
static void put_duty(struct program *p)
{
    static const char *const fields[] = {"about", "office", "reason", "required", "due", "receipt_of"};
    struct clause *c = &p->clause[p->clauses++];

    *c = (struct clause){
        .kind = schema_kind(S("retraction")),
        .purpose = S("retraction"),
        .handling = 3,
        .keep_days = 36500,
        .since = INT64_MIN,
        .en = S("What was given can be taken back; whoever has it confirms."),
        .es = S("Lo que se entregó puede retirarse; quien lo tiene lo confirma."),
    };
    for (size_t i = 0; i < COUNT(fields); i++)
        c->fields |= UINT64_C(1) << schema_field(c->kind, str_z(fields[i]));
}

static void read_lines(struct parser *r)
{
    struct str rest = r->p->text, line;

    str_split(&rest, '\n', &line);
    r->line = 1;
    if (!str_eq(line, S("puente agreement v1"))) {
        program_bad(r, "agreement.start", program_place(1, NULL), line, "puente agreement v1");
        return;
    }
    r->block = HEAD;
    r->first = 1;
    while (str_split(&rest, '\n', &line)) {
        bool indented = line.n && line.p[0] == ' ';

        r->line++;
        line = str_trim(line);
        if (line.n == 0)
            continue;
        if (!indented && begin(r, line))
            continue;
        if (indented == (r->block == HEAD))
            program_bad(r, "agreement.statement", program_place(r->line, NULL), line, NULL);
        else
            statement(r, line);
    }
    program_close(r);
}

struct program *program_parse(struct arena *a, struct str text, struct faults *to)
{
    struct parser r = {.arena = a, .to = to};
    uint64_t before = to->count[SEV_ERROR];

    r.p = arena_alloc(a, sizeof *r.p);
    r.p->text = text;
    sha256_one(r.p->digest, text);
    if (text.n > PROGRAM_BYTES)
        program_bad(&r, "agreement.large", program_place(0, NULL), str_n(NULL, 0), "60000");
    else if (text.n == 0 || text.p[text.n - 1] != '\n' || !program_plain(text))
        program_bad(&r, "agreement.text", program_place(0, NULL), str_n(NULL, 0), NULL);
    else if (make_room(&r)) {
        put_duty(r.p);
        read_lines(&r);
    }
    return r.errors || to->count[SEV_ERROR] > before ? NULL : r.p;
}

void program_names(const struct kind *k, uint64_t fields, char hex[2 * HASH_SIZE + 1])
{
    static const char digits[] = "0123456789abcdef";
    uint8_t digest[HASH_SIZE];
    struct buf b;

    buf_init(&b, SCHEMA_NAMES_MAX);
    schema_names(&b, k, fields);
    sha256_one(digest, buf_view(&b));
    buf_free(&b);
    for (size_t i = 0; i < HASH_SIZE; i++) {
        hex[2 * i] = digits[digest[i] >> 4];
        hex[2 * i + 1] = digits[digest[i] & 15];
    }
    hex[2 * HASH_SIZE] = '\0';
}

const struct clause *program_clause(const struct program *p, unsigned number)
{
    for (size_t i = 0; i < p->clauses; i++)
        if (p->clause[i].number == number)
            return &p->clause[i];
    return NULL;
}

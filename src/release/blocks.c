/*
 * blocks.c: what the statements of an agreement's text say (program.c has the format): each block of them is read
 * when it is whole, so that their order within it does not matter.
 */
#include "release/program.h"

#include "journal/note.h"

#define DAY INT64_C(86400000000)

const struct word_def program_words[WORDS] = {
    [W_ID] = {"id", HEAD, HEAD},
    [W_VERSION] = {"version", HEAD, HEAD},
    [W_AMENDS] = {"amends", HEAD, 0},
    [W_TITLE_EN] = {"title en", HEAD, HEAD},
    [W_TITLE_ES] = {"title es", HEAD, HEAD},
    [W_PARTY] = {"party", HEAD, HEAD},
    [W_PARTY_2] = {"party", HEAD, HEAD},
    [W_SCOPE] = {"scope", HEAD, HEAD},
    [W_BASIS] = {"basis", HEAD, HEAD},
    [W_FROM] = {"from", HEAD, HEAD},
    [W_UNTIL] = {"until", HEAD, HEAD},
    [W_DUTY] = {"duty", HEAD, HEAD},
    [W_GIVER] = {"giver", CLAUSE | EXAMPLE, CLAUSE | EXAMPLE},
    [W_TAKER] = {"taker", CLAUSE | EXAMPLE, CLAUSE | EXAMPLE},
    [W_KIND] = {"kind", CLAUSE, CLAUSE},
    [W_FIELDS] = {"fields", CLAUSE, CLAUSE},
    [W_SCHEMA] = {"schema", CLAUSE, 0},
    [W_WHEN] = {"when", CLAUSE, 0},
    [W_ASKS] = {"asks", CLAUSE, 0},
    [W_PURPOSE] = {"purpose", CLAUSE, CLAUSE},
    [W_HANDLING] = {"handling", CLAUSE, CLAUSE},
    [W_KEEP] = {"keep", CLAUSE, CLAUSE},
    [W_ONWARD] = {"onward", CLAUSE, 0},
    [W_SINCE] = {"since", CLAUSE, 0},
    [W_RECORD] = {"record", EXAMPLE, EXAMPLE},
    [W_GIVES] = {"gives", EXAMPLE, EXAMPLE},
    [W_EN] = {"en", OBJECTIVE | CLAUSE, OBJECTIVE | CLAUSE},
    [W_ES] = {"es", OBJECTIVE | CLAUSE, OBJECTIVE | CLAUSE},
};

/* What a clause on questions has no use for. */
#define NOT_ASKING                                                                                         \
    (1U << W_KIND | 1U << W_FIELDS | 1U << W_SCHEMA | 1U << W_WHEN | 1U << W_HANDLING | 1U << W_KEEP |     \
     1U << W_ONWARD | 1U << W_SINCE)

/* Texts in a fault are for a reader: not too long, and whole signs. */
static struct str some(struct str s)
{
    if (s.n > 80)
        for (s.n = 80; s.n && ((uint8_t)s.p[s.n] & 0xc0) == 0x80;)
            s.n--;
    return s;
}

bool program_bad(struct parser *r, const char *code, struct place at, struct str found,
                 const char *expected)
{
    fault_at(r->to, code, at, some(found), str_z(expected));
    r->errors++;
    return false;
}

static bool bad_word(struct parser *r, const char *code, enum word w, const char *expected)
{
    return program_bad(r, code, program_place(r->at[w] ? r->at[w] : r->first, program_words[w].word),
                       r->value[w], expected);
}

static bool bad_value(struct parser *r, enum word w, const char *expected)
{
    return bad_word(r, "agreement.value", w, expected);
}

bool program_cut(struct str *rest, struct str *part)
{
    *rest = str_trim(*rest);
    return rest->n && str_split(rest, ' ', part);
}

/* ---- values ---- */

static bool read_int(struct parser *r, enum word w, int64_t most, int64_t *out)
{
    return (str_int(r->value[w], out) && *out >= 0 && *out <= most) || bad_value(r, w, "0-9");
}

static bool read_date(struct parser *r, enum word w, int64_t *out)
{
    bool zoned;

    return (r->value[w].n == 10 && time_parse(r->value[w], out, &zoned)) || bad_value(r, w, "YYYY-MM-DD");
}

static int party_of(const struct program *p, struct str office)
{
    return office.n == 0 ? -1 : str_eq(office, p->office[0]) ? 0 : str_eq(office, p->office[1]) ? 1 : -1;
}

static void read_sides(struct parser *r, struct str *giver, struct str *taker)
{
    int g = party_of(r->p, r->value[W_GIVER]), t = party_of(r->p, r->value[W_TAKER]);

    *giver = r->value[W_GIVER];
    *taker = r->value[W_TAKER];
    if (g < 0 && r->at[W_GIVER])
        bad_word(r, "agreement.party", W_GIVER, "party");
    if (t < 0 && r->at[W_TAKER])
        bad_word(r, "agreement.party", W_TAKER, "party");
    if (g >= 0 && g == t)
        bad_word(r, "agreement.party", W_TAKER, "giver, taker");
}

static void read_fields(struct parser *r, enum word w, const struct kind *k, uint64_t *out)
{
    struct str rest = r->value[w], name;

    while (program_cut(&rest, &name)) {
        int i = schema_field(k, name);

        if (i < 0)
            program_bad(r, "agreement.field", program_place(r->at[w], program_words[w].word), name,
                        k->name);
        else if (*out >> i & 1)
            program_bad(r, "agreement.twice", program_place(r->at[w], program_words[w].word), name, NULL);
        else if (k->field[i].class == C_SEALED)
            program_bad(r, "agreement.sealed", program_place(r->at[w], program_words[w].word), name, NULL);
        else
            *out |= UINT64_C(1) << i;
    }
}

/* ---- blocks ---- */

static bool missing(struct parser *r, unsigned but)
{
    bool all = true;

    for (unsigned w = 0; w < WORDS; w++)
        if ((program_words[w].must & r->block) && !r->at[w] && !(but >> w & 1))
            all = program_bad(r, w == W_EN || w == W_ES ? "agreement.language" : "agreement.missing",
                              program_place(r->first, program_words[w].word), str_n(NULL, 0),
                              program_words[w].word);
    return all;
}

static void read_party(struct parser *r, enum word w, int i)
{
    struct str rest = r->value[w];
    struct program *p = r->p;
    struct verifier v;

    if (!program_cut(&rest, &p->office[i]) || !note_name_ok(p->office[i]) || p->office[i].n > 64) {
        bad_value(r, w, "OFFICE KEY");
        return;
    }
    p->key[i] = str_trim(rest);
    if (!note_verifier_parse(p->key[i], &v) || !str_eq(str_z(v.name), p->office[i]))
        bad_word(r, "agreement.party", w, "OFFICE OFFICE+KEY");
}

static void close_head(struct parser *r)
{
    struct program *p = r->p;
    int64_t version = 0;
    size_t n;

    if (!missing(r, 0))
        return;
    if (!uuid_parse(r->value[W_ID], p->id))
        bad_value(r, W_ID, "UUID");
    if (read_int(r, W_VERSION, UINT16_MAX, &version) && version == 0)
        bad_value(r, W_VERSION, "1");
    p->version = (unsigned)version;
    p->has_amends = r->at[W_AMENDS] != 0;
    if (p->has_amends != (version > 1))
        bad_word(r, "agreement.amends", W_AMENDS, version > 1 ? "amends" : NULL);
    else if (p->has_amends && (!hex_decode(r->value[W_AMENDS], p->amends, HASH_SIZE, &n) || n != HASH_SIZE))
        bad_value(r, W_AMENDS, "SHA-256");
    p->title_en = r->value[W_TITLE_EN];
    p->title_es = r->value[W_TITLE_ES];
    p->basis = r->value[W_BASIS];
    read_party(r, W_PARTY, 0);
    read_party(r, W_PARTY_2, 1);
    if (str_eq(p->office[0], p->office[1]))
        bad_word(r, "agreement.party", W_PARTY_2, "two");
    p->aggregates = str_eq(r->value[W_SCOPE], S("aggregates"));
    if (!p->aggregates && !str_eq(r->value[W_SCOPE], S("full")))
        bad_value(r, W_SCOPE, "full, aggregates");
    if (read_date(r, W_FROM, &p->from) && read_date(r, W_UNTIL, &p->until) && p->until < p->from)
        bad_word(r, "agreement.period", W_UNTIL, NULL);
    p->until += DAY;
    if (!str_eq(r->value[W_DUTY], S("retraction")))
        bad_value(r, W_DUTY, "retraction");
}

static void close_objective(struct parser *r)
{
    struct objective *o = &r->p->objective[r->p->objectives++];
    struct str rest = r->number;

    missing(r, 0);
    *o = (struct objective){.en = r->value[W_EN], .es = r->value[W_ES]};
    program_cut(&rest, &o->number);
    o->area = str_trim(rest);
    if (!schema_code(schema_kind(S("objective"))->field[2].codes, o->area))
        program_bad(r, "agreement.value", program_place(r->first, "objective"), o->area, "area");
}

/* "container plate quota 500" */
static void close_asks(struct parser *r, struct clause *c)
{
    const struct kind *k = schema_kind(S("query"));
    const struct codelist *schemes = k->field[schema_field(k, S("scheme"))].codes;
    struct str rest = r->value[W_ASKS], one;
    struct buf b;
    bool quota = false;

    for (unsigned w = 0; w < WORDS; w++)
        if ((NOT_ASKING >> w & 1) && r->at[w])
            bad_word(r, "agreement.asks", (enum word)w, "asks");
    buf_init(&b, 1024);
    while (!quota && program_cut(&rest, &one)) {
        quota = str_eq(one, S("quota"));
        if (!quota && !schema_code(schemes, one))
            program_bad(r, "agreement.asks", program_place(r->at[W_ASKS], "asks"), one, schemes->name);
        if (!quota)
            buf_fmt(&b, "%s%.*s", b.n ? " " : "", STR_ARG(one));
    }
    c->asks = arena_copy(r->arena, buf_view(&b));
    if (b.over || b.n == 0 || !quota || !str_int(str_trim(rest), &c->quota) || c->quota < 1)
        bad_value(r, W_ASKS, "asks SCHEME quota N");
    buf_free(&b);
}

/* Both sides mean the same by the names: what they stand for is signed with them. */
static void close_schema(struct parser *r, const struct clause *c)
{
    char names[2 * HASH_SIZE + 1];

    program_names(c->kind, c->fields, names);
    if (!str_eq(r->value[W_SCHEMA], str_z(names)))
        bad_word(r, "agreement.schema", W_SCHEMA, str_z(arena_z(r->arena, str_z(names))).p);
}

static void close_kind(struct parser *r, struct clause *c)
{
    struct program *p = r->p;
    const struct kind *k = schema_kind(r->value[W_KIND]);

    if (!k) {
        bad_word(r, "agreement.kind", W_KIND, NULL);
        return;
    }
    c->kind = k;
    if (k->local)
        bad_word(r, "agreement.local", W_KIND, NULL);
    if (p->aggregates && !k->aggregate)
        bad_word(r, "agreement.scope", W_KIND, "aggregates");
    read_fields(r, W_FIELDS, k, &c->fields);
    if (r->at[W_SCHEMA])
        close_schema(r, c);
    if (r->at[W_WHEN])
        c->when =
            condition_compile(r->arena,
                              &(struct condition_text){k, c->when_text = r->value[W_WHEN], c->giver,
                                                       c->taker, program_place(r->at[W_WHEN], "when")},
                              r->to);
    r->errors += r->at[W_WHEN] && !c->when;
}

static void close_clause(struct parser *r)
{
    static const char *const handling[] = {"H0", "H1", "H2", "H3"};
    struct clause *c = &r->p->clause[r->p->clauses++];
    struct str onward = r->value[W_ONWARD];

    *c = (struct clause){.number = (unsigned)r->last[1],
                         .purpose = r->value[W_PURPOSE],
                         .since = INT64_MIN,
                         .en = r->value[W_EN],
                         .es = r->value[W_ES]};
    read_sides(r, &c->giver, &c->taker);
    if (!missing(r, r->at[W_ASKS] ? NOT_ASKING : 0))
        return;
    if (r->at[W_ASKS]) {
        close_asks(r, c);
        return;
    }
    close_kind(r, c);
    while (c->handling < COUNT(handling) && !str_eq(r->value[W_HANDLING], str_z(handling[c->handling])))
        c->handling++;
    if (c->handling == COUNT(handling))
        bad_value(r, W_HANDLING, "H0, H1, H2, H3");
    read_int(r, W_KEEP, 36500, &c->keep_days);
    c->onward = str_eq(onward, S("consent"));
    if (r->at[W_ONWARD] && !c->onward && !str_eq(onward, S("no")))
        bad_value(r, W_ONWARD, "no, consent");
    if (r->at[W_SINCE])
        read_date(r, W_SINCE, &c->since);
}

static void close_example(struct parser *r)
{
    struct example *x = &r->p->example[r->p->examples++];

    *x = (struct example){.number = r->number};
    read_sides(r, &x->giver, &x->taker);
    if (!missing(r, 0))
        return;
    x->record = schema_from_json(r->arena, NULL, r->value[W_RECORD],
                                 program_place(r->at[W_RECORD], "record"), r->to);
    if (!x->record || !schema_check(x->record, program_place(r->at[W_RECORD], "record"), r->to)) {
        bad_word(r, "agreement.example.record", W_RECORD, NULL);
        return;
    }
    if (!str_eq(r->value[W_GIVES], S("nothing")))
        read_fields(r, W_GIVES, x->record->kind, &x->gives);
}

void program_close(struct parser *r)
{
    switch (r->block) {
    case HEAD:
        close_head(r);
        break;
    case OBJECTIVE:
        close_objective(r);
        break;
    case CLAUSE:
        close_clause(r);
        break;
    case EXAMPLE:
        close_example(r);
        break;
    }
    memset(r->at, 0, sizeof r->at);
    memset(r->value, 0, sizeof r->value);
}

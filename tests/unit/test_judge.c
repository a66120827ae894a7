/* test_judge.c: what `proof` writes, puente-judge holds to be so; and nothing else. */
#include "exchange_pair.h"

#include <libgen.h>
#include <limits.h>
#include <sys/wait.h>

/* The verifier stands beside the folder of the tests. */
static const char *judge(char room[PATH_MAX])
{
    char self[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);

    assert_true(n > 0);
    self[n] = '\0';
    snprintf(room, PATH_MAX, "%s/puente-judge", dirname(dirname(self)));
    return room;
}

static int ask_judge(struct pair *p, const char *options, struct str proof, struct str *says)
{
    char path[128], out[128], room[PATH_MAX], command[PATH_MAX + 512];
    int rc;

    snprintf(path, sizeof path, "%s/proof", p->us.top);
    snprintf(out, sizeof out, "%s/says", p->us.top);
    assert_int_equal(file_write(path, proof, 0600, &p->us.err), 0);
    snprintf(command, sizeof command, "'%s' %s '%s' >'%s' 2>&1", judge(room), options, path, out);
    rc = system(command);
    assert_int_equal(file_read(p->us.arena, out, 1 << 20, says, &p->us.err), 0);
    assert_true(WIFEXITED(rc) && WEXITSTATUS(rc) <= 2);
    return WEXITSTATUS(rc);
}

static bool has(struct str s, const char *z)
{
    return memmem(s.p, s.n, z, strlen(z)) != NULL;
}

/* A sink for an op whose answer is a file. */
static void keep_line(struct out *o, struct str s);
static const struct out_ops keeping = {.line = keep_line};
struct keeper {
    struct out out;
    struct buf b;
};
static void keep_line(struct out *o, struct str s)
{
    buf_str(&((struct keeper *)o)->b, s);
}

static int try_proof(struct test_node *n, struct str id, const char *field, struct str *out)
{
    struct args *a = args_new(n->arena);
    struct keeper k = {.out = {&keeping, LANG_EN}};
    char text[UUID_SIZE];
    int rc;

    uuid_format((const uint8_t *)id.p, text);
    args_add(a, S("id"), str_z(text));
    if (field)
        args_add(a, S("fields"), str_z(field));
    buf_init(&k.b, 1 << 20);
    err_clear(n->c.err);
    rc = op_proof.run(&n->c, a, &k.out);
    *out = arena_copy(n->arena, buf_view(&k.b));
    buf_free(&k.b);
    return rc;
}

static struct str proof_of(struct test_node *n, struct str id, const char *field)
{
    struct str out;

    if (try_proof(n, id, field, &out) != 0)
        fail_msg("%s", n->err.text);
    return out;
}

static void both_sides_can_prove_it(void **state)
{
    struct pair *p = *state;
    struct str id = {NULL, 0}, says, keys;

    for (int i = 0; i < 7; i++) {
        struct str one = pair_wait(&p->us, arena_fmt(p->us.arena, "4%d", i).p);
        if (i == 3)
            id = one;
        pair_sync(p, true);
    }
    keys = arena_fmt(p->us.arena, "--key %s --key %s", journal_key(p->us.c.journal),
                     journal_key(p->mx.c.journal));
    for (int side = 0; side < 2; side++) {
        struct str proof = proof_of(side ? &p->us : &p->mx, id, NULL);

        if (ask_judge(p, keys.p, proof, &says) != 0)
            fail_msg("%.*s", STR_ARG(says));
        assert_true(has(says, "us.cbp told mx.anam, as entry 3, a record of kind wait"));
        assert_true(has(says, "minutes        43\n"));
        assert_true(has(says, "clause 1\n"));
        assert_true(has(says, "mx.anam acknowledged it on "));
        assert_true(has(says, "channel's head of 7 entries"));
        assert_true(has(says, "Key as you gave it: us.cbp+"));
        assert_int_equal(ask_judge(p, "--lang es", proof, &says), 0);
        assert_true(has(says, "LA PRUEBA SE SOSTIENE"));
    }
}

/* Fewer fields, the same leaf: it still holds. */
static void fewer_fields_hold(void **state)
{
    struct pair *p = *state;
    struct str id = pair_wait(&p->us, "44"), says, proof;

    pair_sync(p, true);
    proof = proof_of(&p->mx, id, "port");
    if (ask_judge(p, "", proof, &says) != 0)
        fail_msg("%.*s", STR_ARG(says));
    assert_true(has(says, "port           2402\n"));
    assert_false(has(says, "minutes"));
}

static void nothing_to_prove(void **state)
{
    struct pair *p = *state;
    struct str id = pair_wait(&p->us, "44"), proof;

    assert_int_equal(try_proof(&p->us, id, NULL, &proof), -1); /* it went nowhere yet */
    assert_int_equal(p->us.err.code, ERR_NOT_FOUND);
    pair_sync(p, true);
    assert_int_equal(try_proof(&p->us, id, "nosuch", &proof), -1);
    assert_int_equal(p->us.err.code, ERR_USAGE);
}

/* The value of the line that begins with this word. */
static struct str part(struct str proof, const char *word)
{
    struct str line;

    while (str_split(&proof, '\n', &line))
        if (str_starts(line, str_z(word)))
            return str_n(line.p + strlen(word), line.n - strlen(word));
    fail_msg("no line %s", word);
    return proof;
}

static void swap_parts(struct pair *p, struct str a, struct str b, const char *word)
{
    struct str from = part(a, word), with = part(b, word), says;
    struct str made = arena_fmt(p->us.arena, "%.*s%.*s%.*s", (int)(from.p - a.p), a.p, STR_ARG(with),
                                (int)(a.n - (size_t)(from.p + from.n - a.p)), from.p + from.n);

    if (!str_eq(from, with) && ask_judge(p, "", made, &says) == 0)
        fail_msg("%s of another proof was taken:\n%.*s", word, STR_ARG(says));
}

static void parts_of_other_proofs_do_not_hold(void **state)
{
    static const char *const word[] = {"entry ",    "disclosure ", "receipt ",
                                       "included ", "latest ",     "paper "};
    struct pair *p = *state;
    struct str id[2], a, b, says;

    pair_wait(&p->us, "43");
    id[0] = pair_wait(&p->us, "44");
    pair_sync(p, true);
    pair_wait(&p->us, "45");
    id[1] = pair_wait(&p->us, "46");
    pair_sync(p, true);
    a = proof_of(&p->mx, id[0], NULL);
    pair_wait(&p->us, "47");
    pair_sync(p, true);
    b = proof_of(&p->mx, id[1], NULL);
    assert_int_equal(ask_judge(p, "", a, &says), 0);
    assert_int_equal(ask_judge(p, "", b, &says), 0);
    for (size_t i = 0; i < COUNT(word); i++) {
        swap_parts(p, a, b, word[i]);
        swap_parts(p, b, a, word[i]);
    }
}

/* One sign changed anywhere in what is signed, hashed or compared. */
static void no_sign_can_change(void **state)
{
    struct pair *p = *state;
    struct str id = pair_wait(&p->us, "44"), proof, says;
    struct str bad;

    pair_sync(p, true);
    pair_wait(&p->us, "45");
    pair_sync(p, true);
    proof = proof_of(&p->mx, id, NULL);
    assert_int_equal(ask_judge(p, "", proof, &says), 0);
    for (size_t i = 0; i < proof.n; i += 1 + proof.n / 150) {
        char *bytes;
        bad = arena_copy(p->us.arena, proof);
        bytes = (char *)(uintptr_t)bad.p;
        if (bytes[i] == '\n' || bytes[i] == '=')
            continue;
        bytes[i] = bytes[i] == 'B' ? 'C' : 'B';
        if (ask_judge(p, "", bad, &says) == 0)
            fail_msg("sign %zu of %zu can change", i, proof.n);
    }
    for (size_t n = 0; n < proof.n; n += 1 + proof.n / 50)
        if (ask_judge(p, "", str_n(proof.p, n), &says) == 0 && n < proof.n - 40)
            fail_msg("%zu of %zu bytes are enough", n, proof.n);
}

static struct str replace_once(struct pair *p, struct str in, const char *from, const char *to)
{
    const char *at = memmem(in.p, in.n, from, strlen(from));

    assert_non_null(at);
    return arena_fmt(p->us.arena, "%.*s%s%.*s", (int)(at - in.p), in.p, to,
                     (int)(in.n - (size_t)(at - in.p) - strlen(from)), at + strlen(from));
}

/* Port and direction change names: without `schema` the judge is told that names are not signed, with it refuses. */
static void names_are_signed(void **state)
{
    struct pair *p = *state;
    const struct kind *k = schema_kind(S("wait"));
    static const char *const named[] = {"port", "port_scheme", "direction", "mode", "observed", "minutes"};
    struct str id = pair_wait(&p->us, "44"), proof, other, says, text;
    char schema[2 * HASH_SIZE + 1];
    uint64_t fields = 0;

    pair_sync(p, true);
    assert_int_equal(ask_judge(p, "", proof_of(&p->us, id, NULL), &says), 0);
    assert_true(has(says, "not signed"));
    for (size_t i = 0; i < COUNT(named); i++)
        fields |= UINT64_C(1) << schema_field(k, str_z(named[i]));
    program_names(k, fields, schema);
    text =
        pair_text(p, 2, pair_digest(p, pair_text(p, 1, NULL, PAIR_BLOCKS)),
                  arena_fmt(p->us.arena, PAIR_WAITS("us.cbp", "mx.anam", "1", "\n  schema %s"), schema).p);
    pair_agree(p, text);
    id = pair_wait(&p->us, "45");
    pair_sync(p, true);
    proof = proof_of(&p->us, id, NULL);
    if (ask_judge(p, "", proof, &says) != 0)
        fail_msg("%.*s", STR_ARG(says));
    assert_false(has(says, "not signed"));
    other = replace_once(
        p, replace_once(p, replace_once(p, proof, " port 0", " x 0"), " direction 0", " port 0"), " x 0",
        " direction 0");
    assert_int_equal(ask_judge(p, "", other, &says), 1);
    assert_true(has(says, "not called what both offices have signed"));
}

/* Another text of the same version that only one office has signed: nobody's proof rests on it. */
static void a_text_that_one_has_signed(void **state)
{
    struct pair *p = *state;
    const char *first = pair_digest(p, pair_text(p, 1, NULL, PAIR_BLOCKS));
    struct str id, says, text;

    pair_agree(p, pair_text(p, 2, first, PAIR_WAITS("us.cbp", "mx.anam", "1", "")));
    id = pair_wait(&p->us, "44");
    pair_sync(p, true);
    text = pair_text(p, 2, first, PAIR_WAITS("us.cbp", "mx.anam", "1", " lane"));
    pair_file(&p->us, pair_sign(&p->mx, text), "mx.anam");
    if (ask_judge(p, "", proof_of(&p->us, id, NULL), &says) != 0)
        fail_msg("%.*s", STR_ARG(says));
}

static void another_key_does_not_hold(void **state)
{
    struct pair *p = *state;
    struct str id = pair_wait(&p->us, "44"), proof, says, key;

    pair_sync(p, true);
    proof = proof_of(&p->us, id, NULL);
    /* mx.anam's key under the name of us.cbp */
    key = arena_fmt(p->us.arena, "--key us.cbp%s", strchr(journal_key(p->mx.c.journal), '+'));
    assert_int_equal(ask_judge(p, key.p, proof, &says), 1);
    assert_true(has(says, "not the one you gave"));
    assert_int_equal(ask_judge(p, "--key nonsense", proof, &says), 2);
}

/* ---- proofs that the two offices themselves made up ---- */

/* A channel of one entry, signed by both, over whatever header is given. */
static struct str made_up(struct pair *p, struct str header)
{
    struct channel ch = pair_channel(true);
    struct wire_entry w = {.version = 1, .clause = 1};
    struct position none = {0};
    struct merkle m = {0};
    struct buf d, leaf, text, note, both, out;
    const struct kind *k = schema_kind(S("wait"));
    int port = schema_field(k, S("port"));
    struct str values = arena_fmt(p->us.arena, "\xa1%c\x64%s", port + 1, "2402"), paper;
    uint8_t seed[32] = {1}, digest[HASH_SIZE];
    struct note n;

    w.fields = UINT64_C(1) << port;
    memset(w.id, 5, sizeof w.id);
    buf_init(&d, 1 << 16);
    buf_init(&leaf, 1 << 10);
    buf_init(&text, NOTE_MAX);
    buf_init(&note, NOTE_MAX);
    buf_init(&both, NOTE_MAX);
    buf_init(&out, 1 << 20);
    schema_commit(w.commitment, seed, header, values);
    schema_disclose(&d, seed, header, values, w.fields);
    w.disclosure = buf_view(&d);
    entry_leaf(w.leaf, &w);
    entry_leaf_data(&leaf, &w);
    merkle_push(&m, w.leaf, NULL, NULL);
    ch.epoch = 1;
    channel_text(&text, &ch, &m, &none);
    journal_sign(p->us.c.journal, buf_view(&text), &note);
    assert_true(note_parse(buf_view(&note), &n));
    journal_cosign(p->mx.c.journal, &n, &both);
    sha256_one(digest, pair_text(p, 1, NULL, PAIR_BLOCKS));
    assert_int_equal(paper_get(&p->us.c, digest, &paper), 1);
    buf_z(&out, "puente proof v1\ngiver us.cbp\ntaker mx.anam\nagreement " TEXT_ID "\nepoch 1\nnumber 0\n");
    for (int i = 0; i < 5; i++) {
        static const char *const word[] = {"paper ", "entry ", "disclosure ", "receipt ", "latest "};
        const struct str part[] = {paper, buf_view(&leaf), buf_view(&d), buf_view(&both), buf_view(&both)};
        buf_z(&out, word[i]);
        base64_put(&out, part[i]);
        buf_char(&out, '\n');
    }
    buf_fmt(&out, "kind %u wait\nfield %d port 0\n", k->number, port + 1);
    paper = arena_copy(p->us.arena, buf_view(&out));
    buf_free(&d);
    buf_free(&leaf);
    buf_free(&text);
    buf_free(&note);
    buf_free(&both);
    buf_free(&out);
    return paper;
}

static struct str header_of(struct pair *p, const char *id, const char *kind, const char *origin,
                            const char *rest)
{
    return arena_fmt(p->us.arena, "%s%s%s\x06\x1a\x01\x01\x01\x01%s", id, kind, origin, rest);
}

#define ID_5     "\x01\x50\5\5\5\5\5\5\5\5\5\5\5\5\5\5\5\5"
#define BY_US    "\x04\x66us.cbp"
#define BY_OTHER "\x04\x66gt.sat"

static void headers_that_lie(void **state)
{
    struct pair *p = *state;
    unsigned number = schema_kind(S("wait"))->number;
    char kind[] = {2, 0x18, (char)number, 0}, other[] = {2, 0x18, (char)(number + 1), 0};
    struct str says;

    assert_in_range(number, 24, 254);
    struct {
        struct str header;
        int holds;
        const char *says;
    } const cases[] = {
        {header_of(p, "\xa4" ID_5, kind, BY_US, ""), 0, "told mx.anam"},
        {header_of(p, "\xa4" ID_5, kind, BY_OTHER, ""), 0, "said by        gt.sat, in the words of us.cbp"},
        {header_of(p, "\xa5" ID_5, kind, BY_US, "\x0c\xf5"), 0, "EXERCISE"},
        {header_of(p, "\xa4" ID_5, other, BY_US, ""), 1, NULL},
        {header_of(p, "\xa3", kind, BY_US, ""), 1, NULL},                     /* no id */
        {header_of(p, "\xa3" ID_5, "", BY_US, ""), 1, NULL},                  /* no kind */
        {header_of(p, "\xa4" ID_5, kind, "\x04\x05", ""), 1, NULL},           /* its origin is a number */
        {header_of(p, "\xa5" ID_5, kind, BY_OTHER BY_US, ""), 1, NULL},       /* two origins */
        {header_of(p, "\xa4" ID_5, kind, BY_US, "x"), 1, NULL},               /* more behind it */
        {header_of(p, "\xa4" ID_5, kind, "\x04\x78\x06us.cbp", ""), 1, NULL}, /* longer than it need be */
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        int rc = ask_judge(p, "", made_up(p, cases[i].header), &says);
        if (rc != cases[i].holds || (cases[i].says && !has(says, cases[i].says)))
            fail_msg("case %zu: %d\n%.*s", i, rc, STR_ARG(says));
        if (rc == 1) /* nothing is told before all is checked */
            assert_true(str_starts(says, S("DOES NOT HOLD")));
    }
}

/* Lines left out, twice, or elsewhere; a stranger's key; the names of the duty to take back. */
static void lines_are_what_they_are(void **state)
{
    struct pair *p = *state;
    struct str id = pair_wait(&p->us, "44"), proof, less, says, from, key;
    struct record *back;

    pair_sync(p, true);
    proof = proof_of(&p->us, id, NULL);
    from = part(proof, "disclosure ");
    less = arena_fmt(p->us.arena, "%.*s%.*s", (int)(from.p - 11 - proof.p), proof.p,
                     (int)(proof.p + proof.n - (from.p + from.n + 1)), from.p + from.n + 1);
    assert_int_equal(ask_judge(p, "", less, &says), 0); /* it still was given; the judge cannot know why */
    assert_false(has(says, "were erased"));
    assert_int_equal(ask_judge(p, "", replace_once(p, proof, "number 0\n", "number 0\nnumber 0\n"), &says),
                     1);
    assert_int_equal(
        ask_judge(p, "", replace_once(p, proof, "epoch 1\nnumber 0\n", "number 0\nepoch 1\n"), &says), 1);
    assert_int_equal(ask_judge(p, "", replace_once(p, proof, "field 5 ", "field 4 "), &says), 1);
    key = arena_fmt(p->us.arena, "--key gt.sat%s", strchr(journal_key(p->us.c.journal), '+'));
    assert_int_equal(ask_judge(p, key.p, proof, &says), 1);
    back = retract_record(&p->us.c, (const uint8_t *)id.p, "wrong", "erase");
    test_append(&p->us, back);
    pair_sync(p, true);
    proof = proof_of(&p->us, str_n((const char *)back->head.id, 16), NULL);
    if (ask_judge(p, "", proof, &says) != 0)
        fail_msg("%.*s", STR_ARG(says));
    assert_false(has(says, "not signed"));
    assert_int_equal(ask_judge(p, "", replace_once(p, proof, " reason 0", " region 0"), &says), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(both_sides_can_prove_it, pair_new, pair_free),
        cmocka_unit_test_setup_teardown(fewer_fields_hold, pair_new, pair_free),
        cmocka_unit_test_setup_teardown(nothing_to_prove, pair_new, pair_free),
        cmocka_unit_test_setup_teardown(parts_of_other_proofs_do_not_hold, pair_new, pair_free),
        cmocka_unit_test_setup_teardown(no_sign_can_change, pair_new, pair_free),
        cmocka_unit_test_setup_teardown(names_are_signed, pair_new, pair_free),
        cmocka_unit_test_setup_teardown(a_text_that_one_has_signed, pair_new, pair_free),
        cmocka_unit_test_setup_teardown(headers_that_lie, pair_new, pair_free),
        cmocka_unit_test_setup_teardown(lines_are_what_they_are, pair_new, pair_free),
        cmocka_unit_test_setup_teardown(another_key_does_not_hold, pair_new, pair_free),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

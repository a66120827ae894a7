/*
 * query_note.c: the signed texts and the messages of a private query.
 *
 *     puente query v1                    puente query-answer v1         puente query-set v1
 *     from us.cbp                        from mx.anam                   from mx.anam
 *     to mx.anam                         to us.cbp                      to us.cbp
 *     agreement UUID                     question SHA256                agreement UUID
 *     scheme plate                       outcome answered               epoch 1795000000123
 *     normaliser 1                       epoch 1795000000123            normaliser 1
 *     count 16                           evaluated SHA256               schemes plate vin
 *     elements SHA256                    set SHA256                     keys HEX HEX
 *     set SHA256                                                        count 256
 *     time 2026-11-21T20:59:00Z                                         entries SHA256
 *     purpose TEXT                                                      time 2026-11-21T20:59:00Z
 *     case TEXT
 *
 * All lines stand, in this order, each with something behind its name. Messages are deterministic CBOR:
 * question [note, blinded], answer [note, evaluated, proof, set form, set note, removed, added].
 */
#include "exchange/query.h"

#include <assert.h>

#include "base/cbor.h"

/* ---- lines ---- */

#define LINES_MOST 11

static bool read_lines(struct str text, const char *first, const char *const *names, struct str *value)
{
    struct str rest = text, line;

    if (text.n == 0 || text.p[text.n - 1] != '\n' || !str_split(&rest, '\n', &line) ||
        !str_eq(line, str_z(first)))
        return false;
    for (; *names; names++, value++) {
        struct str name = str_z(*names);
        if (!str_split(&rest, '\n', &line) || line.n < name.n + 2 || !str_starts(line, name) ||
            line.p[name.n] != ' ')
            return false;
        *value = str_n(line.p + name.n + 1, line.n - name.n - 1);
    }
    return str_split(&rest, '\n', &line) && line.n == 0 && rest.p == NULL;
}

/* One way to write each value: no capitals in hexadecimal. */
static bool is_small(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] >= 'A' && s.p[i] <= 'F')
            return false;
    return true;
}

static bool read_id(struct str s, uint8_t out[16])
{
    return is_small(s) && uuid_parse(s, out);
}

static bool read_digest(struct str s, uint8_t out[HASH_SIZE])
{
    size_t n;

    return is_small(s) && s.n == 2 * HASH_SIZE && hex_decode(s, out, HASH_SIZE, &n) && n == HASH_SIZE;
}

static bool read_count(struct str s, int64_t *out)
{
    return str_int(s, out) && *out >= 0 && s.p[0] != '-' && (s.n == 1 || s.p[0] != '0');
}

static void put_digest(struct buf *b, const char *name, const uint8_t digest[HASH_SIZE])
{
    buf_fmt(b, "%s ", name);
    for (size_t i = 0; i < HASH_SIZE; i++)
        buf_fmt(b, "%02x", digest[i]);
    buf_char(b, '\n');
}

static void put_id(struct buf *b, const uint8_t id[16])
{
    char text[UUID_SIZE];

    uuid_format(id, text);
    buf_fmt(b, "agreement %s\n", text);
}

static void put_parties(struct buf *b, const char *first, struct str from, struct str to)
{
    buf_fmt(b, "%s\nfrom %.*s\nto %.*s\n", first, STR_ARG(from), STR_ARG(to));
}

bool query_line_ok(struct str s, size_t most)
{
    if (s.n > most || str_trim(s).n == 0 || !str_utf8(s))
        return false;
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] < ' ' || s.p[i] == 0x7f)
            return false;
    return true;
}

/* ---- the three texts ---- */

#define QUESTION_FIRST "puente query v1"
#define REPLY_FIRST    "puente query-answer v1"
#define SET_FIRST      "puente query-set v1"

void question_put(struct buf *b, const struct question *q)
{
    put_parties(b, QUESTION_FIRST, q->from, q->to);
    put_id(b, q->agreement);
    buf_fmt(b, "scheme %.*s\nnormaliser %lld\ncount %lld\n", STR_ARG(q->scheme), (long long)q->normaliser,
            (long long)q->count);
    put_digest(b, "elements", q->elements);
    put_digest(b, "set", q->set);
    buf_fmt(b, "time %.*s\npurpose %.*s\ncase %.*s\n", STR_ARG(q->time), STR_ARG(q->purpose),
            STR_ARG(q->the_case));
}

bool question_read(struct str text, struct question *q)
{
    static const char *const names[] = {"from",     "to",  "agreement", "scheme",  "normaliser", "count",
                                        "elements", "set", "time",      "purpose", "case",       NULL};
    struct str v[LINES_MOST];

    if (!read_lines(text, QUESTION_FIRST, names, v))
        return false;
    *q = (struct question){
        .from = v[0], .to = v[1], .scheme = v[3], .time = v[8], .purpose = v[9], .the_case = v[10]};
    return read_id(v[2], q->agreement) && read_count(v[4], &q->normaliser) && read_count(v[5], &q->count) &&
           read_digest(v[6], q->elements) && read_digest(v[7], q->set) &&
           query_line_ok(q->purpose, QUERY_PURPOSE) && query_line_ok(q->the_case, QUERY_CASE);
}

void reply_put(struct buf *b, const struct reply *r)
{
    put_parties(b, REPLY_FIRST, r->from, r->to);
    put_digest(b, "question", r->question);
    buf_fmt(b, "outcome %.*s\nepoch %lld\n", STR_ARG(r->outcome), (long long)r->epoch);
    put_digest(b, "evaluated", r->evaluated);
    put_digest(b, "set", r->set);
}

bool reply_read(struct str text, struct reply *r)
{
    static const char *const names[] = {"from",  "to",        "question", "outcome",
                                        "epoch", "evaluated", "set",      NULL};
    struct str v[LINES_MOST];

    if (!read_lines(text, REPLY_FIRST, names, v))
        return false;
    *r = (struct reply){.from = v[0], .to = v[1], .outcome = v[3]};
    return read_digest(v[2], r->question) && read_count(v[4], &r->epoch) &&
           read_digest(v[5], r->evaluated) && read_digest(v[6], r->set);
}

void set_head_put(struct buf *b, const struct set_head *s)
{
    put_parties(b, SET_FIRST, s->from, s->to);
    put_id(b, s->agreement);
    buf_fmt(b, "epoch %lld\nnormaliser %lld\nschemes", (long long)s->epoch, (long long)s->normaliser);
    for (int i = 0; i < QUERY_SCHEMES; i++)
        if (s->schemes >> i & 1)
            buf_fmt(b, " %s", token_scheme_name(i));
    buf_z(b, "\nkeys");
    for (int i = 0; i < QUERY_SCHEMES; i++)
        if (s->schemes >> i & 1) {
            buf_char(b, ' ');
            for (size_t n = 0; n < OPRF_SIZE; n++)
                buf_fmt(b, "%02x", s->key[i][n]);
        }
    buf_fmt(b, "\ncount %lld\n", (long long)s->count);
    put_digest(b, "entries", s->entries);
    buf_fmt(b, "time %.*s\n", STR_ARG(s->time));
}

/* Schemes in the order of their names, as many keys; each a group element. */
static bool read_schemes(struct set_head *s, struct str schemes, struct str keys)
{
    struct str name, key;
    int last = -1;

    while (str_split(&schemes, ' ', &name)) {
        int scheme = token_scheme(name);
        size_t n;
        if (scheme <= last || !str_split(&keys, ' ', &key) || key.n != 2 * OPRF_SIZE ||
            !hex_decode(key, s->key[scheme], OPRF_SIZE, &n) || !oprf_element_ok(s->key[scheme]))
            return false;
        s->schemes |= UINT32_C(1) << scheme;
        last = scheme;
    }
    return keys.p == NULL;
}

bool set_head_read(struct str text, struct set_head *s)
{
    static const char *const names[] = {"from", "to",    "agreement", "epoch", "normaliser", "schemes",
                                        "keys", "count", "entries",   "time",  NULL};
    struct str v[LINES_MOST];

    if (!read_lines(text, SET_FIRST, names, v))
        return false;
    *s = (struct set_head){.from = v[0], .to = v[1], .time = v[9]};
    return read_id(v[2], s->agreement) && read_count(v[3], &s->epoch) && read_count(v[4], &s->normaliser) &&
           read_schemes(s, v[5], v[6]) && read_count(v[7], &s->count) && (uint64_t)s->count <= SET_MOST &&
           read_digest(v[8], s->entries);
}

/* ---- messages ---- */

void query_put_question(struct buf *b, const struct query_message *m)
{
    cbor_array(b, 2);
    cbor_bytes(b, m->note);
    cbor_bytes(b, m->elements);
}

void query_put_answer(struct buf *b, const struct query_message *m)
{
    cbor_array(b, 7);
    cbor_bytes(b, m->note);
    cbor_bytes(b, m->elements);
    cbor_bytes(b, m->proof);
    cbor_int(b, m->set.form);
    cbor_bytes(b, m->set.note);
    cbor_bytes(b, m->set.removed);
    cbor_bytes(b, m->set.added);
}

static bool read_bytes(struct str *in, struct str *out)
{
    struct cbor_item i;

    if (!cbor_expect(in, CBOR_BYTES, &i))
        return false;
    *out = i.s;
    return true;
}

static bool read_head(struct str *in, int64_t items)
{
    struct cbor_item i;

    return cbor_expect(in, CBOR_ARRAY, &i) && i.i == items;
}

bool query_read_question(struct str in, struct query_message *m)
{
    *m = (struct query_message){.set.form = SET_SAME};
    return read_head(&in, 2) && read_bytes(&in, &m->note) && read_bytes(&in, &m->elements) && in.n == 0 &&
           m->elements.n % OPRF_SIZE == 0 && m->elements.n / OPRF_SIZE <= QUERY_MOST;
}

static bool entries_ok(struct str s)
{
    if (s.n % QUERY_ENTRY != 0 || s.n / QUERY_ENTRY > SET_MOST)
        return false;
    for (size_t i = QUERY_ENTRY; i < s.n; i += QUERY_ENTRY)
        if (memcmp(s.p + i - QUERY_ENTRY, s.p + i, QUERY_ENTRY) >= 0)
            return false;
    return true;
}

bool query_read_answer(struct str in, struct query_message *m)
{
    struct cbor_item form;

    *m = (struct query_message){.set.form = SET_SAME};
    if (!read_head(&in, 7) || !read_bytes(&in, &m->note) || !read_bytes(&in, &m->elements) ||
        !read_bytes(&in, &m->proof) || !cbor_expect(&in, CBOR_INT, &form) || form.i < SET_SAME ||
        form.i > SET_CHANGE || !read_bytes(&in, &m->set.note) || !read_bytes(&in, &m->set.removed) ||
        !read_bytes(&in, &m->set.added))
        return false;
    m->set.form = (enum set_form)form.i;
    return in.n == 0 && m->elements.n % OPRF_SIZE == 0 && m->elements.n / OPRF_SIZE <= QUERY_MOST &&
           m->proof.n == (m->elements.n ? OPRF_PROOF : 0) && entries_ok(m->set.removed) &&
           entries_ok(m->set.added);
}

/* ---- padding ---- */

size_t query_bucket(size_t n)
{
    static const size_t buckets[] = {0, 1, 16, 256};

    for (size_t i = 0; i < COUNT(buckets); i++)
        if (n <= buckets[i])
            return buckets[i];
    return n > QUERY_MOST ? 0 : (n + QUERY_STEP - 1) / QUERY_STEP * QUERY_STEP;
}

size_t query_set_bucket(size_t n)
{
    size_t bucket = 256;

    while (bucket < n)
        bucket *= 4;
    return bucket;
}

/* ---- libFuzzer's door ---- */

static void fuzz_note(struct str text)
{
    struct question q;
    struct reply r;
    struct set_head h;
    struct buf b;

    buf_init(&b, NOTE_MAX);
    if (question_read(text, &q)) { /* what reads, writes itself again */
        question_put(&b, &q);
        assert(str_eq(buf_view(&b), text));
    } else if (reply_read(text, &r)) {
        reply_put(&b, &r);
        assert(str_eq(buf_view(&b), text));
    } else {
        set_head_read(text, &h);
    }
    buf_free(&b);
}

int exchange_fuzz_query(const uint8_t *p, size_t n)
{
    struct str in = str_n(p, n), token;
    struct query_message m;
    struct note note;
    struct arena *a = arena_new();

    fuzz_note(in);
    if ((query_read_question(in, &m) || query_read_answer(in, &m)) && note_parse(m.note, &note))
        fuzz_note(note.text);
    if (n > 0)
        token_make(a, p[0] % QUERY_SCHEMES, str_n(p + 1, n - 1), &token);
    arena_free(a);
    return 0;
}

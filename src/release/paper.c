/*
 * paper.c: papers that come and go: texts of agreements, and what one side alone says about one:
 *
 *     puente suspension v1                  or: resumption, end
 *     agreement 0193b5c0-8f3e-7cc1-9d52-3a4b5c6d7e8f
 *     by us.cbp
 *     at 2026-12-24T18:00:00.000001Z        the side's own clock; of its papers the latest counts
 *     reason ...                            one line; a resumption may have none
 *
 * Each is a C2SP note, signed with the keys of the offices' logs. What enters the journal is the text as it came and
 * the signatures on it that hold; lines of others are left out.
 */
#include "release/internal.h"

/* ---- reading ---- */

static bool line(struct str *rest, const char *word, struct str *value)
{
    struct str first, w = str_z(word);

    if (!str_split(rest, '\n', &first) || !str_starts(first, w) || first.n <= w.n || first.p[w.n] != ' ')
        return false;
    *value = str_n(first.p + w.n + 1, first.n - w.n - 1);
    return value->n > 0;
}

static bool read_side(struct paper *p)
{
    static const struct {
        const char *first, *form;
    } forms[] = {{"puente suspension v1", "suspension"},
                 {"puente resumption v1", "resumption"},
                 {"puente end v1", "end"}};
    struct str rest = p->note.text, first, value;
    bool zoned = false;

    str_split(&rest, '\n', &first);
    for (size_t i = 0; i < COUNT(forms); i++)
        if (str_eq(first, str_z(forms[i].first)))
            p->form = forms[i].form;
    if (!p->form || !line(&rest, "agreement", &value) || !uuid_parse(value, p->agreement) ||
        !line(&rest, "by", &p->by) || !line(&rest, "at", &value) || !time_parse(value, &p->at, &zoned) ||
        !zoned)
        return false;
    if (rest.n && !line(&rest, "reason", &p->reason))
        return false;
    return rest.n == 0 && (p->reason.n || strcmp(p->form, "resumption") == 0);
}

bool paper_read(struct arena *a, struct str note, struct faults *to, struct paper *out)
{
    *out = (struct paper){0};
    if (!note_parse(note, &out->note))
        return false;
    sha256_one(out->digest, out->note.text);
    if (!str_starts(out->note.text, S("puente agreement ")))
        return read_side(out);
    out->form = "agreement";
    out->program = program_parse(a, out->note.text, to);
    if (out->program)
        memcpy(out->agreement, out->program->id, 16);
    return out->program != NULL;
}

void paper_text(struct buf *b, const struct paper *p)
{
    char id[UUID_SIZE], at[TIME_SIZE];

    uuid_format(p->agreement, id);
    time_format(p->at, at);
    buf_fmt(b, "puente %s v1\nagreement %s\nby %.*s\nat %s\n", p->form, id, STR_ARG(p->by), at);
    if (p->reason.n)
        buf_fmt(b, "reason %.*s\n", STR_ARG(p->reason));
}

/* The first line of this key that verifies by itself. */
static bool signature_of(struct arena *a, const struct note *n, const struct verifier *v, struct str *out)
{
    struct str rest = n->signatures, one;

    while (str_split(&rest, '\n', &one)) {
        struct note single = {n->text, arena_fmt(a, "%.*s\n", STR_ARG(one))};

        if (one.n && note_verify(&single, v)) {
            *out = single.signatures;
            return true;
        }
    }
    return false;
}

size_t paper_signatures(struct arena *a, const struct paper *p, const struct program *parties,
                        struct signed_by out[2])
{
    size_t n = 0;

    for (int i = 0; i < 2; i++) {
        struct verifier v;

        if (p->by.n && !str_eq(p->by, parties->office[i]))
            continue;
        if (!note_verifier_parse(parties->key[i], &v) || !signature_of(a, &p->note, &v, &out[n].line))
            continue;
        out[n++].office = parties->office[i];
    }
    return n;
}

/* ---- what the journal has ---- */

static int has_signature(struct ctx *c, const uint8_t digest[HASH_SIZE], struct str signer,
                         struct str holder)
{
    struct query *q = views_query(
        c->views,
        "SELECT 1 FROM release_signature WHERE digest = ?1 AND signer = ?2 AND holder = ?3 LIMIT 1",
        c->err);
    int rc = -1;

    if (q) {
        query_bind_blob(q, 1, str_n(digest, HASH_SIZE));
        query_bind_text(q, 2, signer);
        query_bind_text(q, 3, holder);
        rc = query_step(q, c->err);
    }
    query_done(q);
    return rc;
}

int paper_get(struct ctx *c, const uint8_t digest[HASH_SIZE], struct str *note)
{
    struct str text, last = {NULL, 0};
    struct query *q;
    struct buf b;
    int rc;

    q = state_query(c, "SELECT text FROM release_paper WHERE digest = ?1 LIMIT 1", str_n(digest, HASH_SIZE),
                    &rc);
    text = rc == 1 ? arena_copy(c->arena, query_text(q, 0)) : str_n(NULL, 0);
    query_done(q);
    if (rc != 1)
        return rc;
    buf_init(&b, NOTE_MAX);
    buf_str(&b, text);
    buf_char(&b, '\n');
    q = state_query(c, "SELECT signer, line FROM release_signature WHERE digest = ?1 ORDER BY signer, seq",
                    str_n(digest, HASH_SIZE), &rc);
    for (; rc == 1; rc = query_step(q, c->err)) {
        if (str_eq(query_text(q, 0), last))
            continue;
        last = arena_copy(c->arena, query_text(q, 0));
        buf_str(&b, query_text(q, 1));
    }
    query_done(q);
    *note = arena_copy(c->arena, buf_view(&b));
    buf_free(&b);
    return rc < 0 ? -1 : 1;
}

static int digests(struct query *q, struct ctx *c, struct str peer, uint8_t (**digest)[HASH_SIZE],
                   size_t *n)
{
    size_t room = 0;
    int rc = -1;

    *digest = NULL;
    *n = 0;
    if (q) {
        query_bind_text(q, 1, peer);
        while ((rc = query_step(q, c->err)) == 1) {
            if (*n == room) {
                uint8_t(*more)[HASH_SIZE] = arena_alloc(c->arena, (room = 2 * room + 8) * HASH_SIZE);

                if (*n)
                    memcpy(more, *digest, *n * HASH_SIZE);
                *digest = more;
            }
            memcpy((*digest)[(*n)++], query_blob(q, 0).p, HASH_SIZE);
        }
    }
    query_done(q);
    return rc < 0 ? -1 : 0;
}

int paper_owed(struct ctx *c, struct str peer, uint8_t (**digest)[HASH_SIZE], size_t *n)
{
    struct query *q = views_query(
        c->views,
        "SELECT p.digest FROM release_paper p WHERE (p.one = ?1 OR p.two = ?1) AND EXISTS (SELECT 1 FROM "
        "release_signature s WHERE s.digest = p.digest AND NOT EXISTS (SELECT 1 FROM release_signature h "
        "WHERE h.digest = s.digest AND h.signer = s.signer AND h.holder = ?1)) GROUP BY p.digest ORDER BY "
        "min(p.seq)",
        c->err);

    return digests(q, c, peer, digest, n);
}

int paper_all(struct ctx *c, struct str peer, uint8_t (**digest)[HASH_SIZE], size_t *n)
{
    struct query *q = views_query(c->views,
                                  "SELECT digest FROM release_paper WHERE one = ?1 OR two = ?1 "
                                  "GROUP BY digest ORDER BY min(seq)",
                                  c->err);

    return digests(q, c, peer, digest, n);
}

int paper_digest(struct ctx *c, struct str peer, uint8_t out[HASH_SIZE])
{
    struct query *q =
        views_query(c->views,
                    "SELECT DISTINCT s.digest, s.signer FROM release_signature s JOIN release_paper p ON "
                    "p.digest = s.digest WHERE p.one = ?1 OR p.two = ?1 ORDER BY s.digest, s.signer",
                    c->err);
    struct buf all;
    int rc = -1;

    buf_init(&all, (size_t)64 << 20);
    if (q) {
        query_bind_text(q, 1, peer);
        while ((rc = query_step(q, c->err)) == 1) {
            buf_str(&all, query_blob(q, 0));
            buf_str(&all, query_text(q, 1));
            buf_char(&all, '\n');
        }
    }
    query_done(q);
    sha256_one(out, buf_view(&all));
    buf_free(&all);
    return rc < 0 ? -1 : 0;
}

/* ---- taking one in ---- */

static struct record *make_act(struct ctx *c, const struct paper *p, struct str note, struct str from)
{
    const struct kind *k = schema_kind(S("act"));
    struct record *r = record_new(c->arena, k);
    struct str office = arena_copy(c->arena, node_office(c));

    r->head.author = c->author.n ? c->author : office;
    record_text(r, schema_field(k, S("agreement")), arena_copy(c->arena, str_n(p->agreement, 16)));
    record_text(r, schema_field(k, S("form")), str_z(p->form));
    if (p->program)
        record_int(r, schema_field(k, S("version")), p->program->version);
    record_text(r, schema_field(k, S("digest")), hex_encode(c->arena, str_n(p->digest, HASH_SIZE)));
    record_text(r, schema_field(k, S("note")), note);
    record_text(r, schema_field(k, S("from")), from);
    return r;
}

static int fails(struct ctx *c, const char *why)
{
    return err_set(c->err, ERR_DATA, N_("the paper is not taken: %s"), tr(c->err->lang, why));
}

int paper_key(struct ctx *c, struct str office, struct str *key)
{
    struct query *q = views_query(c->views,
                                  "SELECT \"key\" FROM v_peer WHERE office = ?1 AND superseded IS NULL AND "
                                  "erased = 0 ORDER BY seq DESC LIMIT 1",
                                  c->err);
    int rc = -1;

    *key = str_n(NULL, 0);
    if (q) {
        query_bind_text(q, 1, office);
        rc = query_step(q, c->err);
        if (rc == 1)
            *key = arena_copy(c->arena, query_text(q, 0));
    }
    query_done(q);
    return rc < 0 ? -1 : 0;
}

static int check_parties(struct ctx *c, const struct program *p)
{
    struct str me = node_office(c), mine = str_z(journal_key(c->journal)), key;
    int i = str_eq(p->office[0], me) ? 0 : 1;

    if (!str_eq(p->office[i], me))
        return fails(c, N_("this office is not party to it"));
    if (!str_eq(p->key[i], mine))
        return fails(c, N_("the key that it gives for this office is not this node's"));
    if (paper_key(c, p->office[!i], &key) < 0)
        return -1;
    if (key.n && !str_eq(key, p->key[!i]))
        return fails(c, N_("the key that it gives for the other office is not the one on its card"));
    return 0;
}

/* An earlier version that both have signed, with the same parties and keys, is what an amendment amends. */
static int check_version(struct ctx *c, const struct program *p)
{
    struct faults ignored = {0};
    struct program *old = NULL;
    struct str text;
    int rc;

    if (!p->has_amends) {
        rc = state_signed(c, p->id, &old);
        if (rc == 1 && memcmp(old->digest, p->digest, HASH_SIZE) != 0)
            return fails(c, N_("both have signed another text with this id: amend that one"));
        return rc < 0 ? -1 : 0;
    }
    if ((rc = paper_get(c, p->amends, &text)) < 0)
        return -1;
    if (rc == 1) {
        struct note n;
        if (note_parse(text, &n))
            old = program_parse(c->arena, n.text, &ignored);
    }
    if (!old || memcmp(old->id, p->id, 16) != 0 || old->version >= p->version)
        return fails(c, N_("it amends a text that this node does not have"));
    for (int i = 0; i < 2; i++) {
        struct signed_by by[2];
        struct paper was = {.program = old};
        if (!str_eq(old->office[i], p->office[i]) || !str_eq(old->key[i], p->key[i]))
            return fails(c, N_("an amendment leaves the parties and their keys as they are"));
        if (!note_parse(text, &was.note) || paper_signatures(c->arena, &was, old, by) != 2)
            return fails(c, N_("it amends a text that both have not signed"));
    }
    return 0;
}

struct first_fault {
    struct ctx *c;
    bool any;
};

static void note_fault(void *arg, const struct fault *f)
{
    struct first_fault *first = arg;

    if (f->severity == SEV_ERROR && !first->any)
        err_set(first->c->err, ERR_DATA, N_("the paper is not taken: line %u: %s"), f->place.segment,
                tr(first->c->err->lang, f->def->message));
    first->any = first->any || f->severity == SEV_ERROR;
}

/* 0, and whose signatures on it may count: `parties`. */
static int check_content(struct ctx *c, struct str note, struct paper *p, struct program **parties)
{
    struct first_fault first = {.c = c};
    struct faults to = {.put = note_fault, .arg = &first};
    int rc;

    if (!paper_read(c->arena, note, &to, p))
        return first.any ? -1 : fails(c, N_("it is no paper under an agreement"));
    *parties = p->program;
    if (p->program) {
        if (!program_try(c->arena, p->program, &to))
            return -1;
        return check_parties(c, p->program) < 0 || check_version(c, p->program) < 0 ? -1 : 0;
    }
    rc = state_signed(c, p->agreement, parties);
    if (rc == 0)
        return fails(c, N_("this node has no such agreement that both have signed"));
    return rc < 0 ? -1 : 0;
}

/* ---- how many ---- */

#define OPEN_MOST 64  /* texts of one office that wait for this one's signature */
#define SIDE_MOST 256 /* suspensions, resumptions and notices of one office under one agreement */

/* ?1 the office; ?2 the agreement, or this node's own office when that is empty. */
static int count_of(struct ctx *c, const char *sql, struct str office, struct str agreement, int64_t *n)
{
    struct query *q = views_query(c->views, sql, c->err);
    int rc = -1;

    if (q) {
        query_bind_text(q, 1, office);
        if (agreement.n)
            query_bind_blob(q, 2, agreement);
        else
            query_bind_text(q, 2, node_office(c));
        rc = query_step(q, c->err);
        *n = rc == 1 ? query_int(q, 0) : 0;
    }
    query_done(q);
    return rc < 0 ? -1 : 0;
}

/* Papers are signed by whoever sends them, and still nobody may fill this journal with them. What stops things is
 * always taken: it is what starts them again that finds its end, and what would change nothing any more. */
static int check_room(struct ctx *c, const struct paper *p, struct str from)
{
    static const char open[] =
        "SELECT count(DISTINCT p.digest) FROM release_paper p WHERE p.form = 'agreement' AND p.holder = ?1 "
        "AND "
        "NOT EXISTS (SELECT 1 FROM release_signature s WHERE s.digest = p.digest AND s.signer = ?2)";
    static const char sides[] = "SELECT count(DISTINCT digest) FROM release_paper WHERE office = ?1 AND "
                                "agreement = ?2";
    struct state s;
    int64_t n;

    if (str_eq(from, node_office(c)))
        return 0;
    if (p->program) {
        if (count_of(c, open, from, S(""), &n) < 0)
            return -1;
        return n < OPEN_MOST ? 0 : fails(c, N_("too many of its texts wait for a signature already"));
    }
    if (count_of(c, sides, p->by, str_n(p->agreement, 16), &n) < 0)
        return -1;
    if (n < SIDE_MOST)
        return 0;
    if (state_load(c, p->agreement, c->world->now(c->world->arg), &s) < 0)
        return -1;
    if (strcmp(p->form, "resumption") == 0 || s.ended_by.n ||
        (strcmp(p->form, "suspension") == 0 &&
         (str_eq(s.suspended[0], p->by) || str_eq(s.suspended[1], p->by))))
        return fails(c, N_("this office has suspended and resumed it too often: end it and sign anew"));
    return 0;
}

int paper_check(struct ctx *c, struct str note, struct str from, struct record **act, bool *known)
{
    struct program *parties;
    struct signed_by by[2];
    struct paper p;
    struct buf b;
    size_t n;

    *act = NULL;
    *known = true;
    if (check_content(c, note, &p, &parties) < 0)
        return -1;
    if (!str_eq(from, parties->office[0]) && !str_eq(from, parties->office[1]))
        return fails(c, N_("the office that brings it is not party to it"));
    n = paper_signatures(c->arena, &p, parties, by);
    if (n == 0)
        return fails(c, N_("no signature on it holds"));
    buf_init(&b, NOTE_MAX);
    buf_str(&b, p.note.text);
    buf_char(&b, '\n');
    for (size_t i = 0; i < n; i++) {
        int has = has_signature(c, p.digest, by[i].office, from);
        if (has < 0) {
            buf_free(&b);
            return -1;
        }
        *known = *known && has == 1;
        buf_str(&b, by[i].line);
    }
    if (!*known && check_room(c, &p, from) < 0) {
        buf_free(&b);
        return -1;
    }
    if (!*known)
        *act = make_act(c, &p, arena_copy(c->arena, buf_view(&b)), arena_copy(c->arena, from));
    buf_free(&b);
    return 0;
}

int paper_held(struct ctx *c, struct str peer, const uint8_t digest[HASH_SIZE], struct record **act)
{
    struct faults ignored = {0};
    struct paper p;
    struct str note;
    int rc = paper_get(c, digest, &note);

    if (rc < 0)
        return -1;
    if (rc == 0 || !paper_read(c->arena, note, &ignored, &p))
        return err_set(c->err, ERR_NOT_FOUND, N_("this node has no such paper"));
    *act = make_act(c, &p, note, arena_copy(c->arena, peer));
    return 0;
}

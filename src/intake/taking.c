/*~ 5
 * taking.c: a message is taken in whole or not at all. Its records go into the open batch as they come, behind a
 * mark; when the message ends it is known whether it stays, and if not the batch goes back to the mark. Many
 * small messages share a commit; a huge one is one commit, and neither is ever in memory.
 *
 * Ids. A message draws one UUIDv7, whose last four bytes are zero; its n-th record has n there. So references
 * forward and back resolve without a table of ids (docs/decisions/0080).
 *
 * Lists of persons are not kept. Each person passes by once, while the list is read: rooms glance at them (puente.h), and what
 * stays is a hit on the message.
 *
 * What enters once (journal's once, keyed):
 *   "puente/message/v1" digest        a message that was taken: sending it again changes nothing
 *   "puente/refused/v1" digest        one that was refused: it may still be taken after a profile learns it
 *   "puente/control/v1" sender ...    a control number of a sender: another message under it is a fault
 *
 * "~ 6" is in journal/append.c: how a record is committed to, and put on disk.
 */
#include "intake/internal.h"

#include <assert.h>
#include <stdlib.h>

#define COMMIT_RECORDS 20000u          /* records that share a commit */
#define COMMIT_MICROS  INT64_C(250000) /* or this much time */
#define ID_COUNTER     12              /* the first byte of the record's number in its id */

/* Beside the kinds that only a node itself writes (`made`), no message may bring these. */
static const char *const reserved[] = {"hit", "disposition", "retraction"};

static size_t kinds_count(void)
{
    size_t n = 0;
    while (schema_kinds[n])
        n++;
    return n;
}

void taking_init(struct taking *t, struct ctx *c, struct summary *s)
{
    *t = (struct taking){.c = c, .sum = s, .arena = arena_new(), .file = arena_new()};
    t->exercise = journal_who(c->journal)->exercise;
    t->kinds = xmalloc(kinds_count() * sizeof *t->kinds + 1);
    faults_clear(&t->faults);
    faults_clear(&t->stray);
}

void taking_free(struct taking *t)
{
    batch_abort(t->batch);
    arena_free(t->arena);
    arena_free(t->file);
    free(t->kinds);
    *t = (struct taking){0};
}

void taking_file(struct taking *t, const struct input *in, struct str as)
{
    arena_reset(t->file);
    faults_clear(&t->stray);
    t->in = in;
    t->as = as;
    t->open = t->last_new = false;
    t->seen = t->end = 0;
}

static int64_t now(const struct taking *t)
{
    return t->c->world->now(t->c->world->arg);
}

int taking_commit(struct taking *t)
{
    struct batch *b = t->batch;

    t->batch = NULL;
    return b ? batch_commit(b, t->c->err) : 0;
}

static int commit_when_due(struct taking *t)
{
    if (batch_count(t->batch) < COMMIT_RECORDS && now(t) - t->batch_since < COMMIT_MICROS)
        return 0;
    return taking_commit(t);
}

/* ---- while a message comes ---- */

static void copy_message(struct arena *a, struct feeds_message *to, const struct feeds_message *from)
{
    struct str *text[] = {&to->format,   &to->version, &to->profile,   &to->sender,
                          &to->receiver, &to->control, &to->reference, &to->tolerated};

    *to = *from;
    for (size_t i = 0; i < COUNT(text); i++)
        *text[i] = arena_copy(a, *text[i]);
}

static int start(struct taking *t, const struct feeds_message *m)
{
    arena_reset(t->arena);
    faults_clear(&t->faults);
    copy_message(t->arena, &t->m, m);
    t->now = now(t);
    uuid_v7(t->c->world, t->id);
    memset(t->id + ID_COUNTER, 0, 16 - ID_COUNTER);
    t->records = t->farthest = 0;
    t->bad = false;
    memset(t->kinds, 0, kinds_count() * sizeof *t->kinds);
    if (!t->batch) {
        t->batch = batch_begin(t->c->journal, t->c->err);
        t->batch_since = t->now;
    }
    t->open = t->batch != NULL;
    return t->open ? batch_mark(t->batch, t->c->err) : -1;
}

static int take_begin(void *arg, const struct feeds_message *m)
{
    return start(arg, m);
}

static void note_fault(void *arg, const struct fault *f)
{
    struct taking *t = arg;
    fault_keep(&t->faults, t->arena, f);
}

/* The second look at a record, on this side of the sandbox: what the parser has said already is not said again, and
 * a warning is the parser's to give. */
static void note_second_look(void *arg, const struct fault *f)
{
    struct taking *t = arg;

    if (f->severity != SEV_ERROR)
        return;
    for (const struct kept_fault *k = t->faults.first; k; k = k->next)
        if (k->f.def == f->def && str_eq(k->f.place.tag, f->place.tag) && str_eq(k->f.found, f->found))
            return;
    note_fault(t, f);
}

static void refuse(struct taking *t, const char *code, struct place at, struct str found,
                   struct str expected)
{
    struct faults to = {.put = note_fault, .arg = t};

    fault_at(&to, code, at, found, expected);
    t->bad = true;
}

static bool is_reserved(const struct kind *k)
{
    for (size_t i = 0; i < COUNT(reserved); i++)
        if (strcmp(reserved[i], k->name) == 0)
            return true;
    return k->made;
}

static void id_of(const struct taking *t, uint32_t n, uint8_t out[16])
{
    memcpy(out, t->id, 16);
    for (int i = 0; i < 4; i++)
        out[15 - i] = (uint8_t)(n >> (8 * i));
}

/* References by number become ids; the message that brought the record is named in it. */
static void resolve(struct taking *t, struct record *r, uint8_t (*ids)[16])
{
    for (int i = 0; i < r->kind->fields; i++) {
        uint64_t n;
        if (r->kind->field[i].type != T_REF)
            continue;
        if (!record_has(r, i)) {
            if (strcmp(r->kind->field[i].name, "message") == 0)
                record_text(r, i, str_n(t->id, 16));
        } else if (r->v[i].s.n == 0 && r->v[i].i > 0) {
            n = (uint64_t)r->v[i].i <= UINT32_MAX ? (uint64_t)r->v[i].i : UINT32_MAX;
            id_of(t, (uint32_t)n, ids[i]);
            r->v[i].s = str_n(ids[i], 16);
            t->farthest = n > t->farthest ? (uint32_t)n : t->farthest;
        }
    }
}

static void count_kind(struct taking *t, const struct kind *k)
{
    for (size_t i = 0; schema_kinds[i]; i++)
        if (schema_kinds[i] == k) {
            t->kinds[i]++;
            return;
        }
}

static int take_record(void *arg, struct record *r)
{
    struct taking *t = arg;
    struct place at = {.offset = t->m.offset};
    struct faults to = {.put = note_second_look, .arg = t};
    uint8_t ids[FIELD_MAX][16];

    if (t->records == UINT32_MAX)
        return err_set(t->c->err, ERR_LIMIT, N_("a message has too many records"));
    t->records++;
    resolve(t, r, ids);
    if (is_reserved(r->kind) && !(t->whole && r->kind == schema_kind(S("fragment"))))
        refuse(t, "record.kind.reserved", at, str_z(r->kind->name), S(""));
    else if (!schema_check(r, at, &to))
        t->bad = true;
    if (t->bad)
        return 0;
    id_of(t, t->records, r->head.id);
    r->head.recorded = t->now;
    r->head.author = t->c->author;
    r->head.handling = S("H0");
    r->head.exercise = t->exercise;
    count_kind(t, r->kind);
    if (batch_put(t->batch, r, t->c->err) == 0)
        return 0;
    if (t->c->err->code != ERR_LIMIT)
        return -1;
    refuse(t, "field.length", at, str_z(r->kind->name),
           S("")); /* more than the journal holds in one record */
    err_clear(t->c->err);
    return 0;
}

/* ---- persons of a list that is kept nowhere ---- */

/* A hit on one of them: on the message, which is all that stays. */
static int take_hit(void *arg, struct record *hit)
{
    struct taking *t = arg;

    record_text(hit, schema_field(hit->kind, S("subject")), str_n(t->id, 16));
    hit->head.recorded = t->now;
    hit->head.exercise = t->exercise;
    count_kind(t, hit->kind);
    return batch_put(t->batch, hit, t->c->err);
}

static int take_person(void *arg, const struct feeds_person *p)
{
    struct taking *t = arg;
    struct ctx sub = *t->c;
    struct passer who = {p->role, p->family, p->given, p->birth, p->document_type, p->documents};
    int ret = 0;

    if (t->bad)
        return 0;
    sub.arena = arena_new();
    for (const struct room *const *r = sub.rooms; *r && ret == 0; r++)
        if ((*r)->glance)
            ret = (*r)->glance(&sub, &who, &(struct glance){take_hit, t});
    arena_free(sub.arena);
    return ret;
}

static int take_fault(void *arg, const struct fault *f)
{
    struct taking *t = arg;

    if (t->open) {
        note_fault(t, f);
        return 0;
    }
    if (t->seen == 0) {
        fault_keep(&t->stray, t->file, f);
        return 0;
    }
    if (!t->last_new)
        return 0;
    if (!t->batch) {
        t->batch = batch_begin(t->c->journal, t->c->err);
        t->batch_since = now(t);
        if (!t->batch)
            return -1;
    }
    return keep_fault(t, f, t->last_id);
}

/* ---- when it ends ---- */

static int once(struct taking *t, const char *domain, const struct str *parts, size_t n)
{
    struct str all[12] = {str_n(domain, strlen(domain) + 1)};
    uint8_t lengths[11][4], key[HASH_SIZE];
    size_t k = 1;

    assert(2 * n + 1 <= COUNT(all));
    for (size_t i = 0; i < n; i++) {
        for (int b = 0; b < 4; b++)
            lengths[i][b] = (uint8_t)(parts[i].n >> (8 * b));
        all[k++] = str_n(lengths[i], 4);
        all[k++] = parts[i];
    }
    sha256(key, all, k);
    return batch_once(t->batch, key, t->c->err);
}

static int once_digest(struct taking *t, const char *domain)
{
    struct str digest = str_n(t->m.digest, sizeof t->m.digest);
    return once(t, domain, &digest, 1);
}

/* Warns of another message under the same numbers; a number can only be reused by who gave one. */
static int check_control(struct taking *t)
{
    const struct str parts[] = {t->m.sender, t->m.receiver, t->m.format, t->m.control, t->m.reference};
    struct faults to = {.put = note_fault, .arg = t};
    int fresh;

    if (t->m.control.n == 0 || t->m.sender.n == 0)
        return 0;
    fresh = once(t, "puente/control/v1", parts, COUNT(parts));
    if (fresh == 0)
        fault_at(&to, "message.control.reused", (struct place){.offset = t->m.offset}, t->m.control, S(""));
    return fresh < 0 ? -1 : 0;
}

static int already_known(struct taking *t)
{
    summary_known(t->sum, &t->m);
    t->last_new = false;
    return batch_rewind(t->batch, t->c->err);
}

static int finish_taken(struct taking *t)
{
    int fresh = once_digest(t, "puente/message/v1");

    if (fresh < 0)
        return -1;
    if (fresh == 0)
        return already_known(t);
    if (check_control(t) != 0)
        return -1;
    for (size_t i = 0; schema_kinds[i]; i++)
        t->sum->kinds[i] += t->kinds[i];
    t->sum->file->records += t->records;
    return keep_message(t, FEEDS_TAKEN);
}

static int finish_refused(struct taking *t, enum feeds_verdict v)
{
    int fresh;

    if (batch_rewind(t->batch, t->c->err) != 0 || (fresh = once_digest(t, "puente/message/v1")) < 0)
        return -1;
    if (fresh == 0)
        return already_known(t);
    if (batch_rewind(t->batch, t->c->err) != 0 || (fresh = once_digest(t, "puente/refused/v1")) < 0)
        return -1;
    return fresh == 0 ? already_known(t) : keep_message(t, v);
}

/* Exercise data does not enter a real node: only the fault stays. (What enters a demonstration node is marked as
 * exercise, whatever it was.) */
static int finish_watermark(struct taking *t)
{
    struct fault f = {
        .def = schema_fault("exercise.refused"), .place = {.offset = t->m.offset}, .found = t->m.format};
    int fresh;

    f.severity = f.def->severity;
    t->last_new = false;
    if (batch_rewind(t->batch, t->c->err) != 0 || (fresh = once_digest(t, "puente/refused/v1")) < 0)
        return -1;
    t->sum->file->exercise++;
    if (fresh == 0) {
        summary_fault(t->sum, &f);
        return 0;
    }
    return keep_fault(t, &f, NULL);
}

static int finish(struct taking *t)
{
    enum feeds_verdict v = t->m.verdict;

    t->open = false;
    t->seen++;
    t->end = t->m.offset + t->m.bytes;
    t->last_new = true;
    memcpy(t->last_id, t->id, 16);
    if (t->m.exercise && !t->exercise)
        return finish_watermark(t);
    if (t->farthest > t->records)
        refuse(t, "message.ref.dangling", (struct place){.offset = t->m.offset},
               arena_fmt(t->arena, "#%u", t->farthest), arena_fmt(t->arena, "#%u", t->records));
    if (t->bad && v == FEEDS_TAKEN)
        v = FEEDS_REFUSED;
    return v == FEEDS_TAKEN ? finish_taken(t) : finish_refused(t, v);
}

static int take_end(void *arg, const struct feeds_message *m)
{
    struct taking *t = arg;

    copy_message(t->arena, &t->m, m);
    if (finish(t) != 0)
        return -1;
    return commit_when_due(t);
}

struct frames_sink taking_sink(struct taking *t)
{
    return (struct frames_sink){take_begin, take_record, take_fault, take_end, NULL, t, take_person};
}

/* The rest of the file was not understood: it becomes a message of its own, bytes and all. */
static int not_understood(struct taking *t, const struct child_result *r)
{
    struct feeds_message m = {.format = t->as.n ? t->as : S("unknown"), .offset = t->end};
    struct faults to = {.put = note_fault, .arg = t};

    if (t->open) {
        copy_message(t->file, &m, &t->m);
        if (batch_rewind(t->batch, t->c->err) != 0)
            return -1;
    }
    m.verdict = FEEDS_NOT_UNDERSTOOD;
    m.exercise = t->exercise; /* nobody could read a watermark */
    m.offset = m.offset < t->in->size ? m.offset : 0;
    m.bytes = t->in->size - m.offset;
    if (!m.personal && input_personal(t->c, t->in, m.offset, &m.personal) != 0)
        return -1;
    if (input_digest(t->c, t->in, m.offset, m.digest) != 0 || start(t, &m) != 0)
        return -1;
    if (r->end != CHILD_READ)
        fault_at(&to, "parser.died", (struct place){.offset = m.offset},
                 str_z(r->end == CHILD_DIED ? r->how : r->why.text), S(""));
    return finish(t);
}

int taking_file_end(struct taking *t, const struct child_result *r)
{
    if (r->end == CHILD_UNREADABLE && t->seen == 0) {
        t->sum->file->unreadable = true;
        t->sum->file->why = arena_copy(t->sum->arena, str_z(r->why.text));
        return 0;
    }
    if (r->end != CHILD_READ || t->seen == 0) {
        if (not_understood(t, r) != 0)
            return -1;
    }
    return t->batch ? commit_when_due(t) : 0;
}

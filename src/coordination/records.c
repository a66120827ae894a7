/* records.c: what this room's verbs share: reading and writing one record. */
#include "coordination/internal.h"

#include <assert.h>

int field_named(const struct record *r, const char *name)
{
    int i = schema_field(r->kind, str_z(name));

    assert(i >= 0);
    return i;
}

struct str get(const struct record *r, const char *field)
{
    return record_get(r, field_named(r, field));
}

bool get_flag(const struct record *r, const char *field)
{
    int i = field_named(r, field);

    return record_has(r, i) && r->v[i].i != 0;
}

void put(struct record *r, const char *field, struct str s)
{
    if (s.n)
        record_text(r, field_named(r, field), s);
}

void put_short(struct record *r, const char *field, struct str s)
{
    const struct field *f = &r->kind->field[field_named(r, field)];
    size_t max = f->max ? f->max : TEXT_MAX;

    if (s.n > max)
        for (s.n = max; s.n && ((unsigned char)s.p[s.n] & 0xc0) == 0x80;)
            s.n--;
    put(r, field, s);
}

struct str id_text(struct arena *a, struct str id)
{
    char text[UUID_SIZE];

    assert(id.n == 16);
    uuid_format((const uint8_t *)id.p, text);
    return arena_copy(a, str_z(text));
}

int64_t now_of(const struct ctx *c)
{
    return c->world->now(c->world->arg);
}

struct str now_text(struct ctx *c, int64_t now)
{
    char text[TIME_SIZE];

    return arena_copy(c->arena, str_n(text, time_format(now, text)));
}

struct record *own_record(struct ctx *c, const char *kind)
{
    const struct journal_identity *who = journal_who(c->journal);
    struct record *r = record_new(c->arena, schema_kind(str_z(kind)));

    r->head.author = c->author.n ? c->author : str_z(who->office);
    r->head.purpose = c->purpose;
    r->head.exercise = who->exercise;
    return r;
}

static void first_fault(void *arg, const struct fault *f)
{
    struct ctx *c = arg;
    const char *told = tr(c->lang, f->def->message);

    if (f->severity != SEV_ERROR || c->err->code != ERR_NONE)
        return;
    if (f->found.n)
        err_set(c->err, ERR_DATA, N_("%.*s: %s (%.*s)"), STR_ARG(f->place.tag), told, STR_ARG(f->found));
    else
        err_set(c->err, ERR_DATA, N_("%.*s: %s"), STR_ARG(f->place.tag), told);
}

static bool check(struct ctx *c, const struct record *r)
{
    struct faults faults = {.put = first_fault, .arg = c};

    return schema_check(r, (struct place){0}, &faults);
}

int store(struct ctx *c, struct record *r)
{
    return check(c, r) ? node_append(c, &r, 1, NULL) : -1;
}

int store_once(struct ctx *c, struct str key, struct record *r)
{
    return check(c, r) ? node_append_once(c, key, &r, 1) : -1;
}

int find(struct ctx *c, struct str id_given, const char *kind, struct entry *out)
{
    uint8_t id[16];

    if (!uuid_parse(id_given, id))
        return err_set(c->err, ERR_USAGE, N_("“%.*s” is not the id of a record"),
                       (int)(id_given.n > 64 ? 64 : id_given.n), id_given.p);
    if (journal_get(c->journal, c->arena, id, out, c->err) < 0)
        return -1;
    if (strcmp(out->kind->name, kind) != 0)
        return err_set(c->err, ERR_USAGE, N_("record %.*s is of kind %s, not %s"), STR_ARG(id_given),
                       out->kind->name, kind);
    if (out->erased)
        return err_set(c->err, ERR_CONFLICT, N_("this record was erased"));
    return 0;
}

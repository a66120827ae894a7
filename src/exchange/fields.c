/* fields.c: this room's records by the names of their fields; a name that the kind does not have is a bug. */
#include "exchange/internal.h"

struct str rec_text(const struct record *r, const char *field)
{
    return record_get(r, schema_field(r->kind, str_z(field)));
}

uint64_t rec_number(const struct record *r, const char *field)
{
    int i = schema_field(r->kind, str_z(field));

    return record_has(r, i) ? (uint64_t)r->v[i].i : 0;
}

struct channel rec_channel(const struct record *r)
{
    struct channel ch = {
        .giver = rec_text(r, "giver"), .taker = rec_text(r, "taker"), .epoch = rec_number(r, "epoch")};
    struct str id = rec_text(r, "agreement");

    if (id.n == sizeof ch.agreement)
        memcpy(ch.agreement, id.p, id.n);
    return ch;
}

void rec_set(struct record *r, const char *field, struct str s)
{
    record_text(r, schema_field(r->kind, str_z(field)), s);
}

void rec_set_hex(struct ctx *c, struct record *r, const char *field, const uint8_t hash[HASH_SIZE])
{
    rec_set(r, field, hex_encode(c->arena, str_n(hash, HASH_SIZE)));
}

void rec_set_number(struct record *r, const char *field, uint64_t n)
{
    record_int(r, schema_field(r->kind, str_z(field)), (int64_t)n);
}

struct record *rec_own(struct ctx *c, const char *kind)
{
    struct record *r = record_new(c->arena, schema_kind(str_z(kind)));

    r->head.author = node_office(c);
    return r;
}

struct record *rec_of_channel(struct ctx *c, const char *kind, const struct channel *ch)
{
    struct record *r = rec_own(c, kind);

    rec_set(r, "agreement", arena_copy(c->arena, str_n(ch->agreement, 16)));
    rec_set(r, "giver", ch->giver);
    rec_set(r, "taker", ch->taker);
    rec_set_number(r, "epoch", ch->epoch);
    return r;
}

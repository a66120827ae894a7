/*
 * series.c: definitions as records.
 */
#include "feeds/series.h"

static void set(struct record *r, const char *field, const char *text)
{
    if (text)
        record_text(r, schema_field(r->kind, str_z(field)), str_z(text));
}

void series_give(struct deliver *d, const struct series_def *list, const char *source, uint64_t bytes)
{
    struct sha256_run *hash = sha256_new();
    uint8_t digest[HASH_SIZE];

    deliver_begin(d);
    sha256_add(hash, S("series\n"));
    sha256_add(hash, str_z(source));
    for (const struct series_def *s = list; s->name; s++) {
        struct record *r = record_new(d->arena, schema_kind(S("series")));
        const char *const texts[] = {s->name, s->label, s->unit, s->definition};

        set(r, "name", s->name);
        set(r, "label", s->label);
        set(r, "unit", s->unit);
        set(r, "definition", s->definition);
        set(r, "source", source);
        set(r, "environment", s->environment);
        set(r, "frequency", s->frequency);
        set(r, "fiscal_year", s->fiscal_year);
        if (s->threshold)
            record_int(r, schema_field(r->kind, S("threshold")), s->threshold);
        deliver_record(d, r);
        for (size_t i = 0; i < COUNT(texts); i++)
            sha256_add(hash, str_n(texts[i], strlen(texts[i]) + 1));
    }
    sha256_end(hash, digest);
    deliver_end_digest(d, bytes, digest);
}

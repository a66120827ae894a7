/*
 * deliver: begin, faults and records, end; in this order whatever order a reader learns them in.
 */
#include "feeds/deliver.h"

struct held {
    struct fault f;
    struct held *next;
};

/* A fault lives until the callback returns, so what is held is copied. */
static void hold(struct deliver *d, const struct fault *f)
{
    struct held *h = arena_alloc(d->arena, sizeof *h);

    h->f = *f;
    h->f.found = arena_copy(d->arena, f->found);
    h->f.expected = arena_copy(d->arena, f->expected);
    h->f.place.tag = arena_copy(d->arena, f->place.tag);
    *d->tail = h;
    d->tail = &h->next;
}

static void put(void *arg, const struct fault *f)
{
    struct deliver *d = arg;

    if (d->begun)
        d->run->to->fault(d->run->to->arg, f);
    else
        hold(d, f);
}

void deliver_context(struct deliver *d, struct str context)
{
    sha256(d->context, (struct str[]){d->m.format, S("\n"), context}, 3);
}

void deliver_init(struct deliver *d, struct feeds_run *run, const char *format)
{
    *d = (struct deliver){.run = run, .arena = arena_new()};
    d->m.format = str_z(format);
    deliver_context(d, (struct str){NULL, 0});
}

void deliver_free(struct deliver *d)
{
    arena_free(d->arena);
    d->arena = NULL;
}

void deliver_open(struct deliver *d, uint64_t offset)
{
    struct str format = d->m.format, version = d->m.version;

    arena_reset(d->arena);
    d->m = (struct feeds_message){.format = format, .version = version, .offset = offset};
    d->faults = (struct faults){.put = put, .arg = d, .limit = d->run->limits->faults};
    d->records = 0;
    d->begun = d->ungrasped = false;
    d->held = NULL;
    d->tail = &d->held;
}

void deliver_begin(struct deliver *d)
{
    const struct feeds_sink *to = d->run->to;

    to->begin(to->arg, &d->m);
    d->begun = true;
    for (const struct held *h = d->held; h; h = h->next)
        to->fault(to->arg, &h->f);
    d->held = NULL;
}

int64_t deliver_record(struct deliver *d, struct record *r)
{
    if (d->records >= d->run->limits->records) {
        if (d->records++ == d->run->limits->records)
            fault_at(&d->faults, "feeds.limit.records", (struct place){.offset = d->m.offset},
                     (struct str){NULL, 0},
                     arena_fmt(d->arena, "%llu", (unsigned long long)d->run->limits->records));
        return 0;
    }
    d->run->to->record(d->run->to->arg, r);
    return (int64_t)++d->records;
}

void deliver_end(struct deliver *d, struct str bytes)
{
    uint8_t digest[32];

    sha256(digest, (struct str[]){str_n(d->context, sizeof d->context), bytes}, 2);
    deliver_end_digest(d, bytes.n, digest);
}

void deliver_end_digest(struct deliver *d, uint64_t bytes, const uint8_t digest[32])
{
    d->m.bytes = bytes;
    memcpy(d->m.digest, digest, sizeof d->m.digest);
    d->m.verdict = d->ungrasped                 ? FEEDS_NOT_UNDERSTOOD
                   : d->faults.count[SEV_ERROR] ? FEEDS_REFUSED
                                                : FEEDS_TAKEN;
    d->run->to->end(d->run->to->arg, &d->m);
}

/* ---- text ---- */

/* Windows-1252 0x80 to 0x9f; 0 where the code page has nothing. */
static const uint16_t cp1252[32] = {0x20ac, 0,      0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
                                    0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0,      0x017d, 0,
                                    0,      0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
                                    0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,      0x017e, 0x0178};

struct str text_latin1(struct arena *a, struct str s)
{
    char *p = arena_alloc(a, s.n * 3 + 1);
    size_t n = 0;

    for (size_t i = 0; i < s.n; i++) {
        unsigned c = (unsigned char)s.p[i];

        if (c >= 0x80 && c < 0xa0)
            c = cp1252[c - 0x80] ? cp1252[c - 0x80] : 0xfffd;
        if (c < 0x80) {
            p[n++] = (char)c;
        } else if (c < 0x800) {
            p[n++] = (char)(0xc0 | c >> 6);
            p[n++] = (char)(0x80 | (c & 0x3f));
        } else {
            p[n++] = (char)(0xe0 | c >> 12);
            p[n++] = (char)(0x80 | (c >> 6 & 0x3f));
            p[n++] = (char)(0x80 | (c & 0x3f));
        }
    }
    return (struct str){p, n};
}

struct str text_clean(struct arena *a, struct str s, size_t most)
{
    char *p;

    /* Cut before anything is looked at: the cost is bounded whatever the input is. Three bytes more than
     * wanted, so that a character across the cut can be seen whole. */
    if (s.n > most) {
        s.n = most;
        for (int i = 0; i < 3 && s.n && ((unsigned char)s.p[s.n] & 0xc0) == 0x80; i++)
            s.n--;
    }
    if (!str_utf8(s))
        s = text_latin1(a, s);
    p = arena_z(a, s);
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)p[i] < 0x20 || p[i] == 0x7f)
            p[i] = ' ';
    return (struct str){p, s.n};
}

void text_set(struct record *r, const char *field, struct str s)
{
    if (s.n)
        record_text(r, schema_field(r->kind, str_z(field)), s);
}

/* json_out.c: records and faults as JSON (hot: `puente parse` writes a line a record). Nothing is allocated. */
#include "base/crypto.h"
#include "base/json.h"
#include "schema/internal.h"

/* "name": with the comma before it. Names of fields need no escapes. */
static void key(struct buf *b, bool first, const char *name)
{
    size_t n = strlen(name);
    char *p = buf_room(b, n + 4), *from = p;

    if (p == NULL)
        return;
    if (!first)
        *p++ = ',';
    *p++ = '"';
    memcpy(p, name, n);
    p += n;
    *p++ = '"';
    *p++ = ':';
    b->n += (size_t)(p - from);
}

static void lines(struct buf *b, struct str s)
{
    struct str one;
    char before = '[';

    while (str_split(&s, '\n', &one)) {
        buf_char(b, before);
        json_str(b, one);
        before = ',';
    }
    buf_char(b, ']');
}

static void uuid(struct buf *b, const uint8_t id[16])
{
    char text[UUID_SIZE];

    uuid_format(id, text);
    buf_char(b, '"');
    buf_put(b, text, UUID_SIZE - 1);
    buf_char(b, '"');
}

static void ref(struct buf *b, const struct value *v)
{
    if (v->s.n == 16) {
        uuid(b, (const uint8_t *)v->s.p);
        return;
    }
    buf_put(b, "\"#", 2);
    json_int(b, v->i);
    buf_char(b, '"');
}

static void value(struct buf *b, const struct field *f, const struct value *v)
{
    switch (f->type) {
    case T_TEXT:
    case T_CODE:
    case T_DATE:
    case T_TIME:
        if (f->flags & F_MANY)
            lines(b, v->s);
        else
            json_str(b, v->s);
        return;
    case T_INT:
        json_int(b, v->i);
        return;
    case T_DECIMAL:
        json_decimal(b, v->i, f->scale);
        return;
    case T_BOOL:
        buf_z(b, v->i ? "true" : "false");
        return;
    case T_REF:
        ref(b, v);
        return;
    case T_BYTES:
        buf_char(b, '"');
        base64_put(b, v->s);
        buf_char(b, '"');
        return;
    }
}

void schema_json_fields(struct buf *b, const struct record *r, uint64_t hide)
{
    uint64_t left = r->have & ~hide;
    bool first = true;

    buf_char(b, '{');
    for (; left; first = false) {
        int i = set_next(&left);
        key(b, first, r->kind->field[i].name);
        value(b, &r->kind->field[i], &r->v[i]);
    }
    buf_char(b, '}');
}

static void text_member(struct buf *b, const char *name, struct str s)
{
    if (s.n) {
        key(b, false, name);
        json_str(b, s);
    }
}

void schema_json_record(struct buf *b, const struct record *r, uint64_t hide)
{
    static const uint8_t none[16];
    const struct header *h = &r->head;
    char at[TIME_SIZE];

    buf_char(b, '{');
    key(b, true, "kind");
    json_str(b, str_z(r->kind->name));
    key(b, false, "id");
    uuid(b, h->id);
    text_member(b, "origin", h->origin);
    text_member(b, "author", h->author);
    text_member(b, "recorded", str_n(at, time_format(h->recorded, at)));
    if (memcmp(h->replaces, none, 16) != 0) {
        key(b, false, "replaces");
        uuid(b, h->replaces);
    }
    text_member(b, "handling", h->handling);
    text_member(b, "purpose", h->purpose);
    text_member(b, "basis", h->basis);
    text_member(b, "grading", h->grading);
    if (h->exercise) {
        key(b, false, "exercise");
        buf_z(b, "true");
    }
    key(b, false, "fields");
    schema_json_fields(b, r, hide);
    buf_char(b, '}');
}

static void place_member(struct buf *b, const char *name, uint64_t i)
{
    if (i) {
        key(b, false, name);
        json_uint(b, i);
    }
}

void schema_json_fault(struct buf *b, const struct fault *f, enum lang lang)
{
    static const char *const severities[] = {"note", "warning", "error"};

    buf_char(b, '{');
    key(b, true, "code");
    json_str(b, str_z(f->def->code));
    key(b, false, "severity");
    json_str(b, str_z(severities[f->severity]));
    key(b, false, "place");
    buf_char(b, '{');
    key(b, true, "offset");
    json_uint(b, f->place.offset);
    place_member(b, "segment", f->place.segment);
    text_member(b, "tag", f->place.tag);
    place_member(b, "element", f->place.element);
    place_member(b, "component", f->place.component);
    buf_char(b, '}');
    key(b, false, "rule");
    json_str(b, str_z(f->def->rule));
    key(b, false, "message");
    json_str(b, str_z(tr(lang, f->def->message)));
    text_member(b, "found", f->found);
    text_member(b, "expected", f->expected);
    buf_char(b, '}');
}

/*
 * lines.c: what a parse says, as JSON lines: {"kind":...,"fields":{...}} for a record, {"fault":{...}} for a
 * fault. `puente parse` writes exactly these, and the fixtures of this room hold them.
 */
#include "feeds/feeds.h"

#include "base/json.h"

#define LINE_MAX ((size_t)16 << 20)

static void emit(struct feeds_lines *l)
{
    buf_char(&l->line, '\n');
    l->put(l->arg, buf_view(&l->line));
    buf_reset(&l->line);
}

static void line_record(void *arg, struct record *r)
{
    struct feeds_lines *l = arg;

    l->records++;
    buf_z(&l->line, "{\"kind\":");
    json_str(&l->line, str_z(r->kind->name));
    buf_z(&l->line, ",\"fields\":");
    schema_json_fields(&l->line, r, 0);
    buf_char(&l->line, '}');
    emit(l);
}

static void line_fault(void *arg, const struct fault *f)
{
    struct feeds_lines *l = arg;

    l->faults[f->severity]++;
    buf_z(&l->line, "{\"fault\":");
    schema_json_fault(&l->line, f, l->lang);
    buf_char(&l->line, '}');
    emit(l);
}

static void line_begin(void *arg, const struct feeds_message *m)
{
    struct feeds_lines *l = arg;
    const struct {
        const char *name;
        struct str s;
    } field[] = {{"format", m->format},      {"version", m->version},   {"profile", m->profile},
                 {"sender", m->sender},      {"receiver", m->receiver}, {"control", m->control},
                 {"reference", m->reference}};
    const char *between = "";

    if (!l->whole)
        return;
    buf_z(&l->line, "{\"kind\":\"message\",\"fields\":{");
    for (size_t i = 0; i < COUNT(field); i++) {
        if (field[i].s.n == 0)
            continue;
        buf_fmt(&l->line, "%s\"%s\":", between, field[i].name);
        json_str(&l->line, field[i].s);
        between = ",";
    }
    buf_z(&l->line, m->exercise ? "},\"exercise\":true}" : "}}");
    emit(l);
}

static void line_end(void *arg, const struct feeds_message *m)
{
    struct feeds_lines *l = arg;

    l->messages++;
    l->verdicts[m->verdict]++;
}

struct feeds_sink feeds_lines(struct feeds_lines *l, enum lang lang,
                              void (*put)(void *arg, struct str line), void *arg)
{
    *l = (struct feeds_lines){.lang = lang, .put = put, .arg = arg};
    buf_init(&l->line, LINE_MAX);
    return (struct feeds_sink){line_begin, line_record, line_fault, line_end, l, NULL};
}

void feeds_lines_free(struct feeds_lines *l)
{
    buf_free(&l->line);
}

/* summary.c: what a feed took in: counted as it goes, told at the end. */
#include "intake/internal.h"

static size_t faults_count(void)
{
    size_t n = 0;
    while (schema_faults[n].code)
        n++;
    return n;
}

static size_t kinds_count(void)
{
    size_t n = 0;
    while (schema_kinds[n])
        n++;
    return n;
}

void summary_init(struct summary *s, struct arena *a, size_t files)
{
    *s = (struct summary){.arena = a};
    s->files = arena_alloc(a, files * sizeof *s->files + 1);
    s->kinds = arena_alloc(a, kinds_count() * sizeof *s->kinds + 1);
    s->faults = arena_alloc(a, faults_count() * sizeof *s->faults + 1);
}

void summary_file(struct summary *s, struct str name)
{
    s->files[s->nfiles].name = arena_copy(s->arena, name);
    s->file = &s->files[s->nfiles++].t;
}

static size_t format_row(struct summary *s, struct str format)
{
    size_t i = 0;

    while (i < s->nformats && !str_eq(s->formats[i].format, format))
        i++;
    if (i == s->nformats && i < SUMMARY_FORMATS) {
        bool last = i == SUMMARY_FORMATS - 1;
        s->formats[i].format = last ? S("other") : arena_copy(s->arena, intake_text(s->arena, format, 64));
        s->nformats++;
    }
    return i < SUMMARY_FORMATS ? i : SUMMARY_FORMATS - 1;
}

void summary_message(struct summary *s, struct str format, enum feeds_verdict v)
{
    s->file->messages[v]++;
    s->formats[format_row(s, format)].verdict[v]++;
}

void summary_known(struct summary *s, const struct feeds_message *m)
{
    struct summary_known *k = &s->known[s->nknown];

    s->file->known++;
    s->formats[format_row(s, m->format)].known++;
    if (s->nknown == SUMMARY_KNOWN)
        return;
    s->nknown++;
    k->file = s->files[s->nfiles - 1].name;
    k->reference =
        arena_copy(s->arena, intake_text(s->arena, m->control.n ? m->control : m->reference, 64));
    k->digest = hex_encode(s->arena, str_n(m->digest, sizeof m->digest));
}

void summary_fault(struct summary *s, const struct fault *f)
{
    s->file->faults[f->severity]++;
    s->faults[f->def - schema_faults][f->severity]++;
}

int summary_status(const struct summary *s)
{
    uint64_t wrong = 0;

    for (size_t i = 0; i < s->nfiles; i++) {
        const struct tally *t = &s->files[i].t;
        wrong += t->messages[FEEDS_REFUSED] + t->messages[FEEDS_NOT_UNDERSTOOD] + t->exercise +
                 t->faults[SEV_WARNING] + t->faults[SEV_ERROR];
    }
    return wrong != 0;
}

/* ---- telling ---- */

static void show_uint(struct out *o, const char *key, uint64_t n)
{
    out_int(o, key, n <= INT64_MAX ? (int64_t)n : INT64_MAX);
}

static void show_files(const struct summary *s, struct out *o)
{
    out_list(o, "files");
    for (size_t i = 0; i < s->nfiles; i++) {
        const struct tally *t = &s->files[i].t;
        out_open(o, NULL);
        out_str(o, "file", s->files[i].name);
        if (t->unreadable)
            out_str(o, "unreadable", t->why);
        show_uint(o, "taken", t->messages[FEEDS_TAKEN]);
        show_uint(o, "already_known", t->known);
        show_uint(o, "refused", t->messages[FEEDS_REFUSED] + t->exercise);
        show_uint(o, "not_understood", t->messages[FEEDS_NOT_UNDERSTOOD]);
        show_uint(o, "records", t->records);
        show_uint(o, "errors", t->faults[SEV_ERROR]);
        show_uint(o, "warnings", t->faults[SEV_WARNING]);
        show_uint(o, "notes", t->faults[SEV_NOTE]);
        out_close(o);
    }
    out_end(o);
}

static void show_messages(const struct summary *s, struct out *o)
{
    out_list(o, "messages");
    for (size_t i = 0; i < s->nformats; i++) {
        out_open(o, NULL);
        out_str(o, "format", s->formats[i].format);
        show_uint(o, "taken", s->formats[i].verdict[FEEDS_TAKEN]);
        show_uint(o, "already_known", s->formats[i].known);
        show_uint(o, "refused", s->formats[i].verdict[FEEDS_REFUSED]);
        show_uint(o, "not_understood", s->formats[i].verdict[FEEDS_NOT_UNDERSTOOD]);
        out_close(o);
    }
    out_end(o);
}

static void show_records(const struct summary *s, struct out *o)
{
    out_list(o, "records");
    for (size_t i = 0; schema_kinds[i]; i++) {
        if (!s->kinds[i])
            continue;
        out_open(o, NULL);
        out_z(o, "kind", schema_kinds[i]->name);
        show_uint(o, "count", s->kinds[i]);
        out_close(o);
    }
    out_end(o);
}

static void show_faults(const struct summary *s, struct out *o)
{
    static const char *const severities[] = {"note", "warning", "error"};

    out_list(o, "faults");
    for (int v = SEV_ERROR; v >= SEV_NOTE; v--)
        for (size_t i = 0; schema_faults[i].code; i++) {
            if (!s->faults[i][v])
                continue;
            out_open(o, NULL);
            out_z(o, "code", schema_faults[i].code);
            out_z(o, "severity", severities[v]);
            show_uint(o, "count", s->faults[i][v]);
            out_z(o, "rule", schema_faults[i].rule);
            out_z(o, "message", tr(o->lang, schema_faults[i].message));
            out_close(o);
        }
    out_end(o);
}

static void show_known(const struct summary *s, struct out *o)
{
    out_list(o, "already_taken");
    for (size_t i = 0; i < s->nknown; i++) {
        out_open(o, NULL);
        out_str(o, "file", s->known[i].file);
        out_str(o, "reference", s->known[i].reference);
        out_str(o, "message", s->known[i].id);
        out_str(o, "taken_on", s->known[i].when);
        out_close(o);
    }
    out_end(o);
}

void summary_show(const struct summary *s, struct out *o)
{
    uint64_t records = 0, known = 0;

    for (size_t i = 0; i < s->nfiles; i++) {
        records += s->files[i].t.records;
        known += s->files[i].t.known;
    }
    out_open(o, NULL);
    show_files(s, o);
    show_messages(s, o);
    show_records(s, o);
    show_faults(s, o);
    show_known(s, o);
    show_uint(o, "records_taken", records);
    show_uint(o, "already_known", known);
    show_uint(o, "hits", s->hits);
    out_close(o);
}

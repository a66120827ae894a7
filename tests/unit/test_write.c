/*
 * Both directions: every message of a fixture that was taken without an error is written from its records and read
 * again: the records must be the same.
 */
#include "feeds/feeds.h"
#include "feeds/write.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define MOST 256 /* messages in a file */

struct message {
    struct feeds_message m;
    struct record **r;
    size_t n, cap;
    uint64_t faults[3];
    bool missing;
};

struct got {
    struct arena *arena;
    struct message message[MOST];
    size_t messages;
    struct buf lines;
};

static struct str keep(struct got *g, struct str s)
{
    return arena_copy(g->arena, s);
}

static void on_begin(void *arg, const struct feeds_message *m)
{
    struct got *g = arg;

    assert_true(g->messages < MOST);
    g->message[g->messages++] = (struct message){.m = *m};
}

static void on_record(void *arg, struct record *r)
{
    struct got *g = arg;
    struct message *m = &g->message[g->messages - 1];
    struct record *copy = record_new(g->arena, r->kind);

    for (int i = 0; i < r->kind->fields; i++)
        copy->v[i] = (struct value){keep(g, r->v[i].s), r->v[i].i};
    copy->have = r->have;
    copy->head.exercise = r->head.exercise;
    if (m->n == m->cap) {
        m->cap = m->cap ? m->cap * 2 : 64;
        m->r = realloc(m->r, m->cap * sizeof *m->r);
    }
    m->r[m->n++] = copy;
    buf_z(&g->lines, r->kind->name);
    schema_json_fields(&g->lines, r, 0);
    buf_char(&g->lines, '\n');
}

static void on_fault(void *arg, const struct fault *f)
{
    struct got *g = arg;

    if (g->messages) {
        struct message *m = &g->message[g->messages - 1];
        m->faults[f->severity]++;
        m->missing |=
            strstr(f->def->code, ".missing") != NULL || strstr(f->def->code, "segment.order") != NULL;
    }
    if (getenv("WRITE_SHOW"))
        fprintf(stderr, "      %s %.*s found <%.*s> expected <%.*s>\n", f->def->code, STR_ARG(f->place.tag),
                STR_ARG(f->found), STR_ARG(f->expected));
}

static void on_end(void *arg, const struct feeds_message *m)
{
    struct got *g = arg;
    struct feeds_message *to = &g->message[g->messages - 1].m;

    *to = *m;
    to->format = keep(g, m->format);
    to->version = keep(g, m->version);
    to->profile = keep(g, m->profile);
    to->sender = keep(g, m->sender);
    to->receiver = keep(g, m->receiver);
    to->control = keep(g, m->control);
    to->reference = keep(g, m->reference);
}

static void put_line(void *arg, struct str line)
{
    buf_str(arg, line);
}

static long give(void *arg, void *to, size_t most)
{
    struct str *s = arg;
    size_t n = s->n < most ? s->n : most;

    if (n)
        memcpy(to, s->p, n);
    *s = str_n(s->p + n, s->n - n);
    return (long)n;
}

static int read_all(struct got *g, struct str bytes, const char *name)
{
    struct feeds_input in = {give, &bytes, name};
    struct feeds_sink to = {on_begin, on_record, on_fault, on_end, g, NULL};
    struct err e = {0};

    *g = (struct got){.arena = arena_new()};
    buf_init(&g->lines, (size_t)64 << 20);
    return feeds_parse(&in, NULL, &to, &e);
}

static void got_free(struct got *g)
{
    for (size_t i = 0; i < g->messages; i++)
        free(g->message[i].r);
    buf_free(&g->lines);
    arena_free(g->arena);
}

static bool is_format(struct str format, const char *name)
{
    return str_eq(format, str_z(name)) || (str_eq(format, S("cfdi")) && strcmp(name, "cartaporte") == 0);
}

static const struct feeds_write_format *format_of(struct str name)
{
    const struct feeds_write_format *f = feeds_write_formats;

    while (f->name && !is_format(name, f->name))
        f++;
    return f->name ? f : NULL;
}

static void say_fault(void *arg, const struct fault *f)
{
    (void)arg;
    if (getenv("WRITE_SHOW"))
        fprintf(stderr, "    %s #%u %.*s found <%.*s> expected <%.*s>\n", f->def->code, f->place.segment,
                STR_ARG(f->place.tag), STR_ARG(f->found), STR_ARG(f->expected));
}

/* What the fields of a Carta Porte do not hold. */
static const char *const cfdi_values[][2] = {
    {"Emisor/@RegimenFiscal", "601"},
    {"Receptor/@RegimenFiscalReceptor", "601"},
    {"PermSCT", "TPAF01"},
    {"Autotransporte/@PermSCT", "TPAF01"},
    {"TransporteAereo/@PermSCT", "TPTA01"},
    {"TransporteAereo/@NumPermisoSCT", "1"},
    {"TransporteAereo/@CodigoTransportista", "CA001"},
    {"IdentificacionVehicular/@AnioModeloVM", "2020"},
    {"IdentificacionVehicular/@PesoBrutoVehicular", "30"},
    {"Seguros/@AseguraRespCivil", "Seguros"},
    {"Seguros/@PolizaRespCivil", "123"},
    {"TransporteMaritimo/@Matricula", "1234567"},
    {"TransporteMaritimo/@UnidadesDeArqBruto", "1000"},
    {"TransporteMaritimo/@TipoCarga", "CGC"},
    {"TransporteMaritimo/@NumCertITC", "123"},
    {"TransporteFerroviario/@TipoDeServicio", "TS01"},
    {"TransporteFerroviario/@TipoDeTrafico", "TT01"},
    {"Carro/@ToneladasNetasCarro", "10"},
    {"DocumentacionAduanera/@TipoDocumento", "20"},
    {"GuiasIdentificacion/@DescripGuiaIdentificacion", "Guia"},
    {"GuiasIdentificacion/@PesoGuiaIdentificacion", "1"},
    {"TimbreFiscalDigital/@Version", "1.1"},
    {"TimbreFiscalDigital/@FechaTimbrado", "2026-11-21T08:00:10"},
    {"TimbreFiscalDigital/@RfcProvCertif", "SPR190613I52"},
    {"TimbreFiscalDigital/@SelloCFD", "x"},
    {"TimbreFiscalDigital/@NoCertificadoSAT", "30001000000500003456"},
    {"TimbreFiscalDigital/@SelloSAT", "y"},
};

/* 1 = the same records, 0 = not written or others, -1 = not looked at. */
static int one_message(const struct message *m, const char *name)
{
    struct feeds_write how = {.version = m->m.version,
                              .profile = m->m.profile,
                              .sender = m->m.sender,
                              .receiver = m->m.receiver,
                              .control = m->m.control,
                              .reference = m->m.reference,
                              .number = 77,
                              .now = INT64_C(1795252500000000)};
    const struct feeds_write_format *f = format_of(m->m.format);
    struct faults faults = {.put = say_fault};
    struct arena *a;
    struct err e = {0};
    struct buf out, lines;
    struct got again;
    struct feeds_value values[COUNT(cfdi_values)];
    int same = 0;

    if (f == NULL || m->m.verdict != FEEDS_TAKEN)
        return -1;
    a = arena_new();
    how.format = f->name;
    for (size_t i = 0; i < COUNT(cfdi_values); i++)
        values[i] = (struct feeds_value){str_z(cfdi_values[i][0]), str_z(cfdi_values[i][1])};
    how.values = values;
    how.nvalues = COUNT(values);
    buf_init(&out, (size_t)64 << 20);
    buf_init(&lines, (size_t)64 << 20);
    for (size_t i = 0; i < m->n; i++) {
        buf_z(&lines, m->r[i]->kind->name);
        schema_json_fields(&lines, m->r[i], 0);
        buf_char(&lines, '\n');
    }
    how.faults = &faults;
    if (feeds_write(a, &(struct feeds_records){m->r, m->n}, &how, &out, &e) == 0) {
        assert_int_equal(read_all(&again, buf_view(&out), name), 0);
        same = str_eq(buf_view(&lines), buf_view(&again.lines));
        got_free(&again);
    } else if (getenv("WRITE_SHOW")) {
        fprintf(stderr, "    not written: %s\n", e.text);
    }
    if (getenv("WRITE_SHOW"))
        fprintf(stderr, "%.*s", STR_ARG(buf_view(&out)));
    buf_free(&out);
    buf_free(&lines);
    arena_free(a);
    return same;
}

/* With what was kept beside the records: the bytes themselves. 1 = the same, -1 = there is nothing to write. */
static int whole(struct str bytes, const char *name)
{
    struct feeds_options o = {.whole = true};
    struct str left = bytes;
    struct feeds_input in = {give, &left, name};
    struct buf lines, out;
    struct feeds_lines to;
    struct faults faults = {.put = say_fault};
    struct feeds_write how = {.faults = &faults};
    struct err e = {0};
    struct feeds_sink sink = feeds_lines(&to, LANG_EN, put_line, &lines);
    int ret = -1;

    buf_init(&lines, (size_t)64 << 20);
    buf_init(&out, (size_t)64 << 20);
    to.whole = true;
    assert_int_equal(feeds_parse(&in, &o, &sink, &e), 0);
    if (to.verdicts[FEEDS_TAKEN] == to.messages && to.messages) {
        how.format = memmem(lines.p, lines.n, "\"x12-309\"", 9)           ? "x12-309"
                     : memmem(lines.p, lines.n, "\"edifact-cuscar\"", 16) ? "edifact-cuscar"
                                                                          : "cartaporte";
        left = buf_view(&lines);
        if (feeds_write_lines(&in, &how, &out, &e) == 0)
            ret = str_eq(buf_view(&out), bytes);
    }
    feeds_lines_free(&to);
    buf_free(&lines);
    buf_free(&out);
    return ret;
}

static void file(const char *folder, const char *name, size_t *looked)
{
    struct arena *a = arena_new();
    struct err e = {0};
    struct str bytes;
    struct got g;

    assert_int_equal(file_read(a, arena_z(a, path_join(a, folder, name)), (size_t)64 << 20, &bytes, &e), 0);
    if (read_all(&g, bytes, name) == 0)
        for (size_t i = 0; i < g.messages; i++) {
            const struct message *m = &g.message[i];
            int same = one_message(m, name);
            if (same < 0)
                continue;
            (*looked)++;
            if (same == 0 || getenv("WRITE_SHOW"))
                fprintf(stderr, "%s %s message %zu%s\n", same ? "same" : "NOT", name, i + 1,
                        m->missing     ? " (lacks or misplaces something)"
                        : m->faults[2] ? " (errors)"
                                       : "");
            if (!m->missing && m->faults[SEV_ERROR] == 0)
                assert_int_equal(same, 1);
            if (g.messages == 1)
                assert_int_equal(whole(bytes, name), 1);
        }
    got_free(&g);
    arena_free(a);
}

static size_t folder(const char *path)
{
    DIR *d = opendir(path);
    size_t looked = 0;

    if (d == NULL)
        return 0;
    for (struct dirent *x; (x = readdir(d)) != NULL;) {
        const char *dot = strrchr(x->d_name, '.');
        if (strstr(x->d_name, "cce20")) /* foreign trade: below */
            continue;
        if (dot && (strcmp(dot, ".edi") == 0 || strcmp(dot, ".xml") == 0))
            file(path, x->d_name, &looked);
    }
    closedir(d);
    return looked;
}

static void fixtures(void **state)
{
    (void)state;
    assert_true(folder("tests/fixtures/feeds/x12-309") > 15);
    assert_true(folder("tests/fixtures/feeds/cuscar") > 7);
    assert_true(folder("tests/fixtures/feeds/x12") > 3);
    assert_true(folder("tests/fixtures/feeds/edifact") > 3);
    assert_true(folder("tests/fixtures/feeds/cfdi") > 8);
}

/* ---- foreign trade ---- */

static void plain_lines(void *arg, struct str line)
{
    if (!str_starts(line, S("{\"fault\"")))
        buf_str(arg, line);
}

/* The records of an invoice, written as one and read again. */
static void trade_of(struct str bytes, struct buf *first, struct buf *again)
{
    const struct feeds_value values[] = {{S("Emisor/@RegimenFiscal"), S("601")},
                                         {S("Receptor/@RegimenFiscalReceptor"), S("601")}};
    struct faults faults = {.put = say_fault};
    const struct feeds_write how = {.format = "comercio-exterior",
                                    .now = INT64_C(1795303200000000),
                                    .faults = &faults,
                                    .values = values,
                                    .nvalues = COUNT(values)};
    struct feeds_options o = {.as = "cfdi"};
    struct str left = bytes;
    struct feeds_input in = {give, &left, NULL};
    struct feeds_lines l;
    struct feeds_sink sink = feeds_lines(&l, LANG_EN, plain_lines, first);
    struct err e = {0};
    struct buf out;

    buf_init(&out, (size_t)1 << 20);
    assert_int_equal(feeds_parse(&in, &o, &sink, &e), 0);
    feeds_lines_free(&l);
    left = buf_view(first);
    assert_int_equal(feeds_write_lines(&in, &how, &out, &e), 0);
    assert_int_equal(faults.count[SEV_WARNING] + faults.count[SEV_ERROR], 0);
    left = buf_view(&out);
    sink = feeds_lines(&l, LANG_EN, plain_lines, again);
    assert_int_equal(feeds_parse(&in, &o, &sink, &e), 0);
    feeds_lines_free(&l);
    buf_free(&out);
}

static void foreign_trade_is_written_from_records(void **state)
{
    struct arena *a = arena_new();
    struct buf first, again;
    struct err e = {0};
    struct str bytes;

    (void)state;
    assert_int_equal(
        file_read(a, "tests/fixtures/feeds/cfdi/cce20-export-taken.xml", (size_t)1 << 20, &bytes, &e), 0);
    buf_init(&first, (size_t)1 << 20);
    buf_init(&again, (size_t)1 << 20);
    trade_of(bytes, &first, &again);
    assert_true(first.n > 1000);
    assert_true(str_eq(buf_view(&first), buf_view(&again)));
    buf_free(&first);
    buf_free(&again);
    arena_free(a);
}

static void shared(void **state)
{
    const char *root = getenv("PUENTE_SHARED");
    char path[4096];
    size_t n = 0;

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s/data/manifests/%s", root ? root : "../shared",
                 (const char *[]){"cuscar", "x12_transport", "cartaporte"}[i]);
        n += folder(path);
    }
    if (n == 0)
        fprintf(stderr, "skipped: no shared data\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(fixtures),
                                       cmocka_unit_test(foreign_trade_is_written_from_records),
                                       cmocka_unit_test(shared)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*~ 4
 * feeds.c: which reader takes the bytes. Detection looks at the head of the input only; --as overrides it.
 * A reader is one row of the table below and one row of feeds_formats, so that help, completion and --as know it.
 * "~ 5" is in intake/taking.c, where records and faults arrive.
 */
#include "feeds/gunzip.h"
#include "feeds/internal.h"
#include "feeds/whole.h"
#include "feeds/wrap.h"

#include <string.h>

#define UNPACK_SIZE ((size_t)64 << 10)
/* The surest that a reader ever is: no other is asked. */
#define SURE 95

const struct feeds_limits feeds_limits_default = {
    .segment = (size_t)1 << 20,
    .elements = 1024,
    .depth = 64,
    .message = (uint64_t)4 << 30,
    .records = 50u * 1000 * 1000,
    .faults = 10u * 1000,
};

/* One a line. */
/* clang-format off */
static const struct feeds_reader *const readers[] = {
    &reader_x12,
    &reader_edifact,
    &reader_cfdi,
    &reader_cimp,
    &reader_cargoxml,
    &reader_onerecord,
    &reader_jsonl,
    &reader_csv,
    &reader_ofac_sdn,
    &reader_ofac_alt,
    &reader_ofac_add,
    &reader_wco,
    &reader_statistics,
    &reader_un,
    &reader_bis_dpl,
    &reader_sat_69b,
    &reader_waits,
    &reader_ais,
    &reader_adsb,
    NULL,
};
/* clang-format on */

const struct feeds_format feeds_formats[] = {
    {"x12", N_("ANSI X12: customs manifests, their answers and events; ocean freight")},
    {"edifact",
     N_("UN/EDIFACT: cargo, conveyance, container and consignment reports; passenger lists, as counts")},
    {"cfdi", N_("Mexican invoice CFDI 4.0 with Carta Porte 2.0 to 3.1 or Comercio Exterior 2.0")},
    {"cargo-imp", N_("Air cargo, IATA Cargo-IMP: FFM manifest, FWB and FHL waybills")},
    {"cargo-xml", N_("Air cargo, IATA Cargo-XML: XFWB, XFZB waybills, XFFM manifest")},
    {"onerecord", N_("Air cargo, IATA ONE Record (JSON-LD)")},
    {"jsonl", N_("Records as JSON lines")},
    {"csv", N_("Tables (CSV), with a mapping file or with field names as header")},
    {"ofac-sdn", N_("OFAC sanctions lists: entries")},
    {"ofac-alt", N_("OFAC sanctions lists: aliases")},
    {"ofac-add", N_("OFAC sanctions lists: addresses")},
    {"wco", N_("WCO Data Model XML: customs declarations and responses")},
    {"statistics", N_("Official statistics: BTS, CBP, Border Patrol, UNHCR tables")},
    {"un-consolidated", N_("United Nations Security Council: consolidated list")},
    {"bis-dpl", N_("United States Denied Persons List (BIS)")},
    {"sat-69b", N_("Mexican taxpayers under article 69-B (SAT)")},
    {"border-waits", N_("CBP border waiting times: snapshots in JSON and XML, polled tables")},
    {"ais", N_("AIS logs of ships (NMEA 0183), as counts by area and hour")},
    {"adsb", N_("ADS-B logs of aircraft, as counts by area and hour")},
    {NULL, NULL},
};

long run_read(struct feeds_run *run, void *to, size_t most)
{
    size_t left = run->head.n - run->head_used;
    long got;

    if (left) {
        size_t n = left < most ? left : most;
        memcpy(to, run->head.p + run->head_used, n);
        run->head_used += n;
        run->offset += n;
        return (long)n;
    }
    got = run->in->read(run->in->arg, to, most);
    if (got > 0)
        run->offset += (uint64_t)got;
    if (got < 0 && run->err->code == ERR_NONE)
        err_set(run->err, ERR_IO, N_("the input cannot be read"));
    return got;
}

/* Fills the head. -1 with err when the source fails or is empty. */
static int head_read(struct feeds_run *run)
{
    char *to = arena_alloc(run->arena, FEEDS_HEAD);
    size_t n = 0;

    while (n < FEEDS_HEAD) {
        long got = run->in->read(run->in->arg, to + n, FEEDS_HEAD - n);
        if (got < 0)
            return run->err->code != ERR_NONE ? -1
                                              : err_set(run->err, ERR_IO, N_("the input cannot be read"));
        if (got == 0)
            break;
        n += (size_t)got;
    }
    run->head = str_n(to, n);
    if (n == 0)
        return err_set(run->err, ERR_DATA, N_("the input is empty"));
    return 0;
}

const struct feeds_reader *feeds_reader_for(struct str head, const char *name, int least)
{
    const struct feeds_reader *best = NULL;
    int sure = least - 1;

    for (size_t i = 0; readers[i] && sure < SURE; i++) {
        int s = readers[i]->sniff(head, name);
        if (s > sure) {
            sure = s;
            best = readers[i];
        }
    }
    return best;
}

const struct feeds_reader *feeds_reader_named(const char *name, struct str head, int least)
{
    for (size_t i = 0; readers[i]; i++)
        if (strcmp(name, readers[i]->format) == 0)
            return least == 0 || readers[i]->sniff(head, NULL) >= least ? readers[i] : NULL;
    return NULL;
}

/* What is carried in nothing: the reader that is named, or the one that knows it. */
static int parse_plain(struct feeds_run *run)
{
    const char *as = run->options->as;
    const struct feeds_reader *r =
        as ? feeds_reader_named(as, run->head, 0) : feeds_reader_for(run->head, run->in->name, SURE_ENOUGH);

    if (r)
        return r->parse(run);
    if (as)
        return err_set(run->err, ERR_USAGE, N_("there is no format \"%s\""), as);
    return err_set(run->err, ERR_DATA, N_("no known format was recognised; name one with --as"));
}

void feeds_ready(void)
{
    edi_ready();
    cfdi_ready();
}

int feeds_parse(const struct feeds_input *in, const struct feeds_options *o, const struct feeds_sink *to,
                struct err *e)
{
    static const struct feeds_options none;
    struct feeds_run run = {.in = in, .options = o ? o : &none, .to = to, .err = e};
    const struct wrap_kind *wrapped;
    struct gunzip *gunzip = NULL;
    int ret = -1;

    err_clear(e);
    if (run.options->whole && !(run.options->as && strcmp(run.options->as, "jsonl") == 0))
        return whole_parse(in, run.options, to, e);
    run.limits = run.options->limits ? run.options->limits : &feeds_limits_default;
    run.arena = arena_new();
    if (head_read(&run) != 0)
        goto out;
    if (gunzip_is(run.head)) {
        gunzip = gunzip_new(&run, run.head);
        run.in = gunzip_input(gunzip);
        if (head_read(&run) != 0)
            goto out;
    }
    wrapped = wrap_find(run.head, in->name, false);
    ret = wrapped ? wrap_parse(&run, wrapped) : parse_plain(&run);
out:
    gunzip_free(gunzip);
    arena_free(run.arena);
    return ret;
}

bool feeds_personal(struct str bytes)
{
    /* As text; in UTF-16 of either order but for the first or last zero; in Base64, wherever a group begins. */
    const struct str marks[] = {
        S("PAXLST"),  S("paxlst"),           S("PNRGOV"),           S("pnrgov"),   S("!AIVDM,"),
        S("!AIVDO,"), S("P\0A\0X\0L\0S\0T"), S("P\0N\0R\0G\0O\0V"), S("UEFYTFNU"), S("BBWExTV"),
        S("QQVhMU1"), S("UE5SR09W"),         S("BOUkdPV"),          S("QTlJHT1"),
    };

    for (size_t i = 0; i < COUNT(marks); i++)
        if (bytes.n && memmem(bytes.p, bytes.n, marks[i].p, marks[i].n))
            return true;
    return false;
}

static void unheard(void *arg, const struct fault *f)
{
    (void)arg;
    (void)f;
}

int feeds_unpack(const struct feeds_input *in, void (*put)(void *arg, struct str bytes), void *arg,
                 struct err *e)
{
    static const struct feeds_options none;
    static const struct feeds_sink silent = {.fault = unheard};
    struct feeds_run run = {
        .in = in, .options = &none, .limits = &feeds_limits_default, .to = &silent, .err = e};
    struct gunzip *gunzip = NULL;
    long got = -1;
    char *part;

    run.arena = arena_new();
    part = arena_alloc(run.arena, UNPACK_SIZE);
    if (head_read(&run) != 0)
        goto out;
    if (gunzip_is(run.head)) {
        gunzip = gunzip_new(&run, run.head);
        run.in = gunzip_input(gunzip);
        run.head = (struct str){NULL, 0};
    }
    while ((got = run_read(&run, part, UNPACK_SIZE)) > 0)
        put(arg, (struct str){part, (size_t)got});
    if (got < 0 && e->code == ERR_NONE)
        err_set(e, ERR_IO, N_("the input cannot be read"));
out:
    gunzip_free(gunzip);
    arena_free(run.arena);
    return got < 0 ? -1 : 0;
}

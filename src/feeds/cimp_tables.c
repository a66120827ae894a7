/*
 * cimp_tables.c: the lines of FFM (flight manifest), FWB (master air waybill) and FHL (house waybills), as data; and
 * the names of the messages that are known by their header only. What a version does differently is told apart by
 * what stands on the line: FWB/16 has a party's name on a line of its own behind SHP, FWB/17 behind NAM.
 */
#include "feeds/cimp.h"

#define ALL  (CIMP_FFM | CIMP_FWB | CIMP_FHL)
#define BILL "n3-n8a3a3/a1n1-5a1d1-9('MC'd1-9)('CF'd1-9)('CC'd1-9)('CI'd1-9)('DG'n1-2)('T'n1-5)"

const struct cimp_line cimp_lines[] = {
    /* the first line of FFM: "1/SU1145/01JAN0400/AAQ/VPBLN/RU/01JAN0555/SVO" */
    {"", CIMP_FFM, "n1-2/m2(a1)n1-5(a1)/n2a3(n4)/a3(/(t1-10)(/a2/n2a3(n4)/a3))", DO_FLIGHT,
     CIMP_CORE | CIMP_MANDATORY, "n1-2/"},
    {"", CIMP_FFM, BILL "(/t1-15)", DO_BILL, CIMP_CORE, "n3-"},
    {"", CIMP_FWB, BILL, DO_BILL, CIMP_CORE | CIMP_MANDATORY, "n3-"},
    {"ULD", CIMP_FFM, "(/m9-11(-m1)(/r))", DO_ULD, CIMP_CORE, NULL},
    {"LAST", CIMP_FFM, "", DO_END, 0, NULL},
    {"CONT", CIMP_FFM, "", DO_END, 0, NULL},
    {"MBI", CIMP_FHL, "/n3-n8a3a3/a1n1-5a1d1-9", DO_MASTER, CIMP_CORE | CIMP_MANDATORY, NULL},
    {"HBS", CIMP_FHL, "/t1-12/a3a3/n1-5/a1d1-9/(n1-6)/t1-15", DO_HOUSE, CIMP_CORE | CIMP_MANDATORY, NULL},
    {"TXT", CIMP_FHL, "/r", DO_GOODS, 0, NULL},
    {"HTS", CIMP_FHL, "/m6-18(/r)", DO_TARIFF, 0, NULL},
    {"SHP", CIMP_FWB, "(/r)", DO_PARTY, CIMP_MANDATORY, "shipper"},
    {"SHP", CIMP_FHL, "(/r)", DO_PARTY, 0, "shipper"},
    {"CNE", CIMP_FWB, "(/r)", DO_PARTY, CIMP_MANDATORY, "consignee"},
    {"CNE", CIMP_FHL, "(/r)", DO_PARTY, 0, "consignee"},
    {"NFY", CIMP_FWB | CIMP_FHL, "(/r)", DO_PARTY, 0, "notify"},
    {"AGT", CIMP_FWB, "(/(t1-14)(/(n7)(/(n4)(/r))))", DO_AGENT, 0, "agent"},
    {"NAM", CIMP_FWB | CIMP_FHL, "/t1-35", DO_PARTY_NAME, 0, NULL},
    {"ADR", CIMP_FWB | CIMP_FHL, "/t1-35", DO_PARTY_ADDRESS, 0, NULL},
    {"LOC", CIMP_FWB | CIMP_FHL, "/t1-17(/t1-9)", DO_PARTY_PLACE, 0, NULL},
    {"CVD", CIMP_FWB, "/a3/(m2)/(a2)/(t1-12)/(t1-12)/(t1-12)", DO_DECLARED, CIMP_MANDATORY, NULL},
    {"CVD", CIMP_FHL, "/a3/(a2)/(t1-12)/(t1-12)/(t1-12)", DO_DECLARED, 0, NULL},
    {"RTD", CIMP_FWB, "/n1-2(/r)", DO_RATE, CIMP_MANDATORY, NULL},
    {"RTG", CIMP_FWB, "/a3r", DO_REFERENCE, CIMP_MANDATORY, NULL},
    {"FLT", CIMP_FWB, "/r", DO_REFERENCE, 0, NULL},
    {"ISU", CIMP_FWB, "/n2a3n2/r", DO_REFERENCE, CIMP_MANDATORY, NULL},
    {"REF", CIMP_FWB, "/r", DO_SENDER, CIMP_MANDATORY, NULL},
    {"SPH", CIMP_FWB | CIMP_FHL, "/r", DO_HANDLING, 0, NULL},
    {"SSR", ALL, "/r", DO_NOTES, 0, NULL},
    {"OSI", ALL, "/r", DO_NOTES, 0, NULL},
    {"COR", ALL, "/m1-2", DO_REFERENCE, 0, NULL},
    {"SCI", ALL, "/m1-2", DO_REFERENCE, 0, NULL},
    {"OCI", ALL, "/(a2)/(a2-3)/(m1-2)/(t1-35)", DO_CUSTOMS, 0, NULL},
    {"DIM", ALL, "/r", DO_NOTHING, 0, NULL},
    {"ACC", CIMP_FWB, "/r", DO_NOTHING, 0, NULL},
    {"OTH", CIMP_FWB, "/r", DO_NOTHING, 0, NULL},
    {"PPD", CIMP_FWB, "/r", DO_NOTHING, 0, NULL},
    {"COL", CIMP_FWB, "/r", DO_NOTHING, 0, NULL},
    {"CER", CIMP_FWB, "/r", DO_NOTHING, 0, NULL},
    {"CDC", CIMP_FWB, "/r", DO_NOTHING, 0, NULL},
    {"COI", CIMP_FWB, "/r", DO_NOTHING, 0, NULL},
    {"SII", CIMP_FWB, "/r", DO_NOTHING, 0, NULL},
    {"ARD", CIMP_FWB, "/r", DO_NOTHING, 0, NULL},
    {"NOM", CIMP_FWB, "/r", DO_NOTHING, 0, NULL},
    {"SRI", CIMP_FWB, "/r", DO_REFERENCE, 0, NULL},
    {"OPI", CIMP_FWB, "/r", DO_NOTHING, 0, NULL},
    {"TRA", CIMP_FWB, "/r", DO_NOTHING, 0, NULL},
    /* three letters by themselves: what follows is unloaded there */
    {"", CIMP_FFM, "a3(/('NIL')(n2a3n4)(/n2a3n4))", DO_POINT, CIMP_CORE, "a3"},
    {NULL, 0, NULL, DO_NOTHING, 0, NULL},
};

const struct cimp_field cimp_fields[] = {
    {DO_FLIGHT, 8, CIMP_PLACE, "origin", "origin_scheme"},
    {DO_FLIGHT, 14, CIMP_PLACE, "destination", "destination_scheme"},
    {DO_FLIGHT, 14, CIMP_PLACE, "port", "port_scheme"},
    {DO_FLIGHT, 9, CIMP_TEXT, "conveyance", NULL},
    {DO_BILL, 5, CIMP_NUMBER, "quantity", NULL},
    {DO_BILL, 7, CIMP_KG, "gross_weight", NULL},
    {DO_BILL, 8, CIMP_M3, "volume", "MC"},
    {DO_BILL, 9, CIMP_M3, "volume", "CF"},
    {DO_BILL, 10, CIMP_M3, "volume", "CC"},
    {DO_BILL, 11, CIMP_M3, "volume", "CI"},
    {DO_BILL, 14, CIMP_TEXT, "goods", NULL},
    {DO_MASTER, 2, CIMP_PLACE, "lading", "lading_scheme"},
    {DO_MASTER, 3, CIMP_PLACE, "discharge", "discharge_scheme"},
    {DO_MASTER, 5, CIMP_NUMBER, "quantity", NULL},
    {DO_MASTER, 7, CIMP_KG, "gross_weight", NULL},
    {DO_HOUSE, 0, CIMP_TEXT, "bill", NULL},
    {DO_HOUSE, 1, CIMP_PLACE, "lading", "lading_scheme"},
    {DO_HOUSE, 2, CIMP_PLACE, "discharge", "discharge_scheme"},
    {DO_HOUSE, 3, CIMP_NUMBER, "quantity", NULL},
    {DO_HOUSE, 5, CIMP_KG, "gross_weight", NULL},
    {DO_HOUSE, 7, CIMP_TEXT, "goods", NULL},
    {DO_NOTHING, 0, CIMP_TEXT, NULL, NULL},
};

const struct cimp_type cimp_types[] = {
    {"FFM", CIMP_FFM, 4, 8, "cimp-ffm-"},
    {"FWB", CIMP_FWB, 8, 17, "cimp-fwb-"},
    {"FHL", CIMP_FHL, 2, 5, "cimp-fhl-"},
    {"FBL", 0, 0, 0, "cimp-fbl-"}, /* booked list */
    {"FSU", 0, 0, 0, "cimp-fsu-"}, /* status update */
    {"FSA", 0, 0, 0, "cimp-fsa-"}, /* status answer */
    {"FSR", 0, 0, 0, "cimp-fsr-"}, /* status request */
    {"FFA", 0, 0, 0, "cimp-ffa-"}, /* allotment answer */
    {"FFR", 0, 0, 0, "cimp-ffr-"}, /* allotment request */
    {"FMA", 0, 0, 0, "cimp-fma-"}, /* acknowledgement */
    {"FNA", 0, 0, 0, "cimp-fna-"}, /* rejection */
    {"FAD", 0, 0, 0, "cimp-fad-"}, /* discrepancy advice */
    {"FSN", 0, 0, 0, "cimp-fsn-"}, /* customs status */
    {"FRI", 0, 0, 0, "cimp-fri-"}, /* air manifest to customs */
    {"FZB", 0, 0, 0, "cimp-fzb-"}, /* house waybill */
    {"FWR", 0, 0, 0, "cimp-fwr-"}, /* waybill request */
    {"FVR", 0, 0, 0, "cimp-fvr-"}, /* schedule request */
    {"FVA", 0, 0, 0, "cimp-fva-"}, /* schedule answer */
    {NULL, 0, 0, 0, NULL},
};

bool cimp_header(struct str line, const struct cimp_type **type, int64_t *version)
{
    struct cimp_match m;

    if (!cimp_match("a3/n1-2", line, &m) || !str_int(m.c[1].s, version))
        return false;
    for (const struct cimp_type *t = cimp_types; t->id; t++) {
        if (str_eq(m.c[0].s, str_z(t->id))) {
            *type = t;
            return true;
        }
    }
    return false;
}

static bool has_id(const struct cimp_line *row, struct str line)
{
    size_t n = strlen(row->id);

    return str_starts(line, str_z(row->id)) && (line.n == n || line.p[n] == '/');
}

/* The line starts as the shape says; "a3": and then ends, or has a slash. */
static bool has_shape(const struct cimp_line *row, struct str line)
{
    struct cimp_match m;

    cimp_match(row->word, line, &m);
    return !m.expected.n && (m.at == line.n || strcmp(row->word, "a3") != 0 || line.p[m.at] == '/');
}

const struct cimp_line *cimp_line(unsigned message, struct str line, bool first)
{
    for (const struct cimp_line *row = cimp_lines; row->id; row++) {
        if (!(row->in & message) || (row->act == DO_FLIGHT) != (first && message == CIMP_FFM))
            continue;
        if (*row->id ? has_id(row, line) : has_shape(row, line) || row->act == DO_FLIGHT)
            return row;
    }
    return NULL;
}

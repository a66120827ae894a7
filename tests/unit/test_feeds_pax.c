/*
 * Lists of persons: the samples of the shared collection with each real defect named, who is given to the sink's
 * `person`, and that no name or document number gets into a record or a fault, however broken the list is.
 */
#include "feeds/feeds.h"

#include "base/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define SAID_MAX ((size_t)4 << 20)

struct reading {
    struct str left;
    struct feeds_lines lines;
    struct feeds_sink inner;
    struct buf said;   /* the lines that `puente parse` writes */
    struct buf people; /* role|family|given|birth|type|documents, one a line */
    char codes[4096];  /* of the faults, each once, in order */
    char format[40], profile[40], version[20];
    uint64_t messages, persons, records;
    int verdict;
    bool personal, kinds_only; /* kinds_only: no record but trip and observation */
};

static long give(void *arg, void *to, size_t most)
{
    struct reading *r = arg;
    size_t n = r->left.n < most ? r->left.n : most;

    if (n)
        memcpy(to, r->left.p, n);
    r->left = str_n(r->left.p + n, r->left.n - n);
    return (long)n;
}

static void keep(void *arg, struct str line)
{
    buf_str(&((struct reading *)arg)->said, line);
}

static void on_begin(void *arg, const struct feeds_message *m)
{
    struct reading *r = arg;
    r->inner.begin(r->inner.arg, m);
}

static void on_record(void *arg, struct record *rec)
{
    struct reading *r = arg;

    r->records++;
    r->kinds_only &= strcmp(rec->kind->name, "trip") == 0 || strcmp(rec->kind->name, "observation") == 0;
    r->inner.record(r->inner.arg, rec);
}

static void on_fault(void *arg, const struct fault *f)
{
    struct reading *r = arg;
    size_t n = strlen(r->codes);

    if (strstr(r->codes, f->def->code) == NULL && n + 64 < sizeof r->codes)
        snprintf(r->codes + n, sizeof r->codes - n, "%s%s", n ? " " : "", f->def->code);
    r->inner.fault(r->inner.arg, f);
}

static void on_end(void *arg, const struct feeds_message *m)
{
    struct reading *r = arg;

    r->messages++;
    r->verdict = (int)m->verdict;
    r->personal = m->personal;
    snprintf(r->format, sizeof r->format, "%.*s", STR_ARG(m->format));
    snprintf(r->profile, sizeof r->profile, "%.*s", STR_ARG(m->profile));
    snprintf(r->version, sizeof r->version, "%.*s", STR_ARG(m->version));
    r->inner.end(r->inner.arg, m);
}

static void on_person(void *arg, const struct feeds_person *p)
{
    const struct str part[] = {p->role, p->family, p->given, p->birth, p->document_type, p->documents};
    struct reading *r = arg;

    r->persons++;
    for (size_t i = 0; i < COUNT(part); i++) {
        buf_str(&r->people, part[i]);
        buf_char(&r->people, i + 1 < COUNT(part) ? '|' : '\n');
    }
}

static void read_with(struct reading *r, struct str text, struct str profiles)
{
    struct feeds_options o = {.as = "edifact", .profiles = profiles};
    struct feeds_input in = {give, r, "list.edi"};
    struct feeds_sink to = {on_begin, on_record, on_fault, on_end, r, on_person};
    struct err e = {0};

    *r = (struct reading){.left = text, .kinds_only = true};
    buf_init(&r->said, SAID_MAX);
    buf_init(&r->people, SAID_MAX);
    r->inner = feeds_lines(&r->lines, LANG_EN, keep, r);
    if (feeds_parse(&in, &o, &to, &e) != 0)
        fail_msg("%s", e.text);
    feeds_lines_free(&r->lines);
}

static void read_text(struct reading *r, const char *text)
{
    read_with(r, str_z(text), (struct str){0});
}

static void done(struct reading *r)
{
    buf_free(&r->said);
    buf_free(&r->people);
}

static bool says(const struct buf *b, struct str what)
{
    return b->n && what.n && memmem(b->p, b->n, what.p, what.n) != NULL;
}

static void hold_count(const struct reading *r, const char *series, const char *measure, uint64_t n)
{
    struct str all = buf_view(&r->said), line;
    char a[100], b[100], c[100];

    snprintf(a, sizeof a, "\"series\":\"%s\"", series);
    snprintf(b, sizeof b, "\"measure\":\"%s\"", measure);
    snprintf(c, sizeof c, "\"value\":%llu,", (unsigned long long)n);
    while (str_split(&all, '\n', &line))
        if (memmem(line.p, line.n, a, strlen(a)) && memmem(line.p, line.n, b, strlen(b)) &&
            memmem(line.p, line.n, c, strlen(c)))
            return;
    fail_msg("no %s of %s = %llu in:\n%.*s", measure, series, (unsigned long long)n,
             STR_ARG(buf_view(&r->said)));
}

/* No piece of an identity that is long enough to be one is in what was said. */
static void hold_no_leak(const struct reading *r, const char *file)
{
    struct str all = buf_view(&r->people), line, part, word;

    while (str_split(&all, '\n', &line)) {
        str_split(&line, '|', &part); /* the role */
        for (int i = 0; i < 5 && str_split(&line, '|', &part); i++)
            while (i != 3 && str_split(&part, ' ', &word))
                if (word.n >= 4 && says(&r->said, word))
                    fail_msg("%s: \"%.*s\" of a person is in what was said", file, STR_ARG(word));
    }
    assert_true(r->kinds_only);
}

/* ---- the shared samples ---- */

#define UNT  "edifact.unt.count"
#define REFS "edifact.unt.reference edifact.unz.reference"

/* What is really wrong with each, and how many persons it has. */
static const struct sample {
    const char *file;
    uint64_t persons;
    const char *codes;
} samples[] = {
    {"paxlst/ace_crew_d03b.edi", 1, ""},
    /* RFF twice where one may stand; UNT says 16 of 17 */
    {"paxlst/ace_crew_d03b_bad.edi", 1, "edi.segment.repeat " UNT},
    /* excerpts: CNT and UNT are of the whole list, of which A is the second part; a mail scanner's line behind UNZ */
    {"paxlst/ediclean_A_original.txt", 1, UNT " edi.interchange.tail"},
    {"paxlst/ediclean_A_reference.txt", 1, UNT},
    {"paxlst/ediclean_F_original.txt", 1, UNT " pax.count edi.interchange.tail"},
    {"paxlst/ediclean_F_reference.txt", 1, UNT " pax.count"},
    /* an excerpt, the tenth part of a list; UNT's reference has a blank in it; YEU is in no list of ours */
    {"paxlst/gtas_airline2_d02b.edi", 10, "field.listed " UNT " edifact.unt.reference"},
    {"paxlst/gtas_flight1_d02b.edi", 10, "edi.element.missing " UNT}, /* a DOC without its type */
    {"paxlst/gtas_flight2_d02b.edi", 10, "edi.element.missing " UNT},
    {"paxlst/gtas_multi_leg.edi", 2, "edi.interchange.tail"}, /* a date behind UNZ */
    /* lower case under UNOA; the first part of several, so that CNT need not add up */
    {"paxlst/gtas_test3_d02b.edi", 260, "edifact.charset " UNT},
    {"paxlst/gtas_usedifact_1.edi", 4, UNT},
    /* LOC without their DTM; a place of three letters */
    {"paxlst/gtas_usedifact_3.edi", 20, "edi.segment.missing edi.element.short"},
    {"pnrgov/gtas_l_adult_and_infant.edi", 2, ""},
    {"pnrgov/gtas_l_codeshare.edi", 2, "edifact.una " UNT}, /* UNA lacks the decimal mark */
    /* TVL's arrival is an hour where the date should be; EQN counts persons, not reservations */
    {"pnrgov/gtas_l_multiple_flight_leg_pnr.txt", 2, "edi.element.date " UNT " pax.count " REFS},
    {"pnrgov/gtas_l_pnr3.txt", 4, "edi.element.date " UNT " pax.count " REFS},
    {"pnrgov/gtas_l_pnrMessageExample.txt", 5, "edi.element.date " UNT " " REFS},
    {"pnrgov/gtas_p_bigMessagePnr.txt", 7, "edi.element.date " UNT " pax.count " REFS},
    {"pnrgov/gtas_p_bigbigPnr.txt", 86, "edi.element.date " UNT " pax.count " REFS},
    {"pnrgov/gtas_p_danglingMetaCharacter.txt", 1, "edi.element.date " UNT " " REFS},
    {"pnrgov/gtas_p_pnrAddressPhoneCTCM.txt", 1, "edi.element.date " UNT " " REFS},
    {"pnrgov/gtas_p_pnrEdge.txt", 1, "edi.element.date " UNT " " REFS},
    /* printed quotes in place of terminators: segments run into one another and their neighbours are lost */
    {"pnrgov/gtas_p_pnrMessagePg75.txt", 1,
     "edi.segment.nowhere edi.segment.order edi.segment.repeat " UNT},
    {"pnrgov/gtas_p_pnrNoOrgMsg.txt", 1, "edi.element.date edi.segment.missing " UNT " " REFS},
    {"pnrgov/gtas_p_pnrPhoneCTCM.txt", 1, "edi.element.date " UNT " " REFS},
    {"pnrgov/gtas_p_pnrSeatFormats.txt", 1, "edi.element.date " UNT " " REFS},
    {"pnrgov/gtas_p_pnrWithBags.txt", 268, "edi.element.date " UNT " pax.count " REFS},
    {"pnrgov/gtas_p_pnrWithPrefixesAndBookingDetailBags.txt", 2,
     "edi.element.date " UNT " pax.count " REFS},
};

/* Both say the same codes, in any order. */
static bool same_codes(const char *a, const char *b)
{
    struct str all = str_z(a), one;

    if (strlen(a) != strlen(b))
        return false;
    while (str_split(&all, ' ', &one))
        if (memmem(b, strlen(b), one.p, one.n) == NULL)
            return false;
    return true;
}

static void shared_samples(void **state)
{
    const char *root = getenv("PUENTE_SHARED");
    struct arena *a = arena_new();
    (void)state;

    for (size_t i = 0; i < COUNT(samples); i++) {
        const struct sample *s = &samples[i];
        struct str text, path = arena_fmt(a, "%s/data/manifests/%s", root ? root : "../shared", s->file);
        struct reading r;
        struct err e = {0};
        if (file_read(a, path.p, (size_t)1 << 20, &text, &e) != 0) {
            print_message("skipped: no shared data (%s)\n", s->file);
            break;
        }
        read_with(&r, text, (struct str){0});
        if (r.messages != 1 || r.verdict != (int)FEEDS_TAKEN || !same_codes(r.codes, s->codes))
            fail_msg("%s: verdict %d, faults [%s], expected [%s]", s->file, r.verdict, r.codes, s->codes);
        hold_count(&r, str_starts(str_z(s->file), S("pnr")) ? "passengers-booked" : "passengers-aboard",
                   "person", s->persons);
        if (r.persons < s->persons)
            fail_msg("%s: %llu identities", s->file, (unsigned long long)r.persons);
        hold_no_leak(&r, s->file);
        done(&r);
    }
    arena_free(a);
}

/* ---- lists of our own ---- */

#define UNB    "UNB+UNOC:3+ZZ AIR+GOV+261121:0915+1'"
#define UNH    "UNH+1+PAXLST:D:05B:UN:IATA'"
#define LEG    "TDT+20+ZZ123'LOC+125+MEX'DTM+189:2611211000:201'LOC+87+LAX'DTM+232:2611211300:201'"
#define END(n) "UNT+" n "+1'UNZ+1+1'"
#define ONE    "NAD+FL+++FICTICIO:AURELIO:TOMAS'DTM+329:500101'DOC+P+X0000001'"
#define NAMES  "FICTICIO AURELIO TOMAS X0000001 INVENTADA"

static void hold_names_hidden(const struct reading *r)
{
    struct str all = S(NAMES), one;

    while (str_split(&all, ' ', &one))
        if (says(&r->said, one))
            fail_msg("\"%.*s\" in:\n%.*s", STR_ARG(one), STR_ARG(buf_view(&r->said)));
    assert_true(r->kinds_only && r->personal);
}

static void who_is_given(void **state)
{
    struct reading r;
    (void)state;

    read_text(&r, UNB UNH "BGM+745'NAD+MS+++OFICINA DE ENLACE'" LEG ONE
                          "NAD+FM+++INVENTADA:LUZ'DTM+329:19880229:102'DOC+L+55'DOC+P+X0000002'"
                          "NAD+DDU+++MUESTRA/ANA'DTM+329:261121'"
                          "NAD+FL+++NACIDA:HOY'DTM+329:261122'"
                          "NAD+FL+++SINFECHA:SOL'DTM+329:999999'"
                          "CNT+42:4'CNT+41:1'" END("24"));
    assert_true(
        str_eq(buf_view(&r.people), S("passenger|FICTICIO|AURELIO TOMAS|1950-01-01|passport|X0000001\n"
                                      "crew|INVENTADA|LUZ|1988-02-29|licence|55\nX0000002\n"
                                      "transit-passenger|MUESTRA/ANA||2026-11-21||\n"
                                      "passenger|NACIDA|HOY|1926-11-22||\n"
                                      "passenger|SINFECHA|SOL|||\n")));
    assert_string_equal(r.profile, "pax-us");
    hold_count(&r, "passengers-aboard", "person", 5);
    hold_count(&r, "passengers-aboard", "passenger", 3);
    hold_count(&r, "passengers-aboard", "transit-passenger", 1);
    hold_count(&r, "passengers-aboard", "crew", 1);
    hold_count(&r, "passengers-aboard", "document-passport", 1);
    hold_count(&r, "passengers-aboard", "document-licence", 1);
    hold_count(&r, "passengers-aboard", "document-none", 3);
    assert_null(strstr(r.codes, "pax.count"));
    hold_names_hidden(&r);
    done(&r);
}

static void reservations(void **state)
{
    struct reading r;
    (void)state;

    read_text(&r,
              "UNA:+.?*'UNB+IATA:1+ZZ+GOV+261121:0915+1'UNH+1+PNRGOV:12:1:IA'MSG+:22'ORG+ZZ:MEX'"
              "TVL+211126:1000:211126:1300+MEX+LAX+ZZ+123'EQN+2'SRC'RCI+ZZ:ABC123'"
              "SSR+DOCS:HK:1:ZZ:::::/V/MX/V0000009/MX/29FEB88/F/01JAN30/INVENTADA/LUZ'"
              "TIF+FICTICIO+AURELIO MR:A:1:1'SSR+DOCS:HK:1:ZZ:::::/P/MX/X0000001/MX/01JAN50/M//FICTICIO/A'"
              "TIF+FICTICIO+NINA:IN:2'ZZZ+FICTICIO'YYY+X0000001'"
              "TVL+211126:1000:211126:1300+MEX+LAX+ZZ+123:Y'RPI+1+HK'DAT+2'TRI++1'TIF+FICTICIO+AURELIO'"
              "SRC'RCI+ZZ:ABC124'EQN+1'RCI+ZZ:ABC125'" END("23"));
    assert_true(str_eq(buf_view(&r.people), S("named|INVENTADA|LUZ|1988-02-29|visa|V0000009\n"
                                              "passenger|FICTICIO|AURELIO MR|1950-01-01|passport|X0000001\n"
                                              "infant|FICTICIO|NINA|||\n")));
    hold_count(&r, "passengers-booked", "person", 2);
    hold_count(&r, "passengers-booked", "reservation", 2);
    hold_count(&r, "passengers-booked", "checked-in", 1);
    hold_count(&r, "passengers-booked", "infant", 1);
    assert_true(same_codes(r.codes, "pax.segment.foreign"));
    hold_names_hidden(&r);
    done(&r);
}

static void what_a_list_is_of(void **state)
{
    static const struct {
        const char *bgm, *series, *action;
    } kinds[] = {
        {"BGM+745'", "passengers-aboard", "original"},
        {"BGM+250+C'", "passengers-aboard", "original"},
        {"BGM+745+CP'", "passengers-changed", "change"},
        {"BGM+745+XR'", "passengers-cancelled", "cancel"},
        {"BGM+745+RP'", "passengers-cancelled", "cancel"},
        {"BGM+266+CL'", "passengers-aboard-at-close", "change"},
        {"BGM+266+CLNB'", "passengers-not-boarded", "change"},
        {"BGM+266+CLOB'", "passengers-aboard-at-close", "change"},
        {"BGM+266+XF'", "passengers-cancelled", "cancel"},
        {"BGM+266+CF'", "passengers-changed", "change"},
        {"BGM+336+G'", "crew-listed", "original"},
        {"BGM+655'", "gate-passes", "original"},
    };
    (void)state;

    for (size_t i = 0; i < COUNT(kinds); i++) {
        struct reading r;
        char text[1000], action[40];
        bool full = strcmp(kinds[i].series, "passengers-aboard") == 0;
        snprintf(text, sizeof text, "%s%s%s%s%s%s", UNB, UNH, kinds[i].bgm, LEG, ONE,
                 "CNT+42:9'" END("12"));
        read_text(&r, text);
        hold_count(&r, kinds[i].series, "person", 1);
        snprintf(action, sizeof action, "\"action\":\"%s\"", kinds[i].action);
        assert_true(says(&r.said, str_z(action)));
        /* only a whole list must add up */
        if (!same_codes(r.codes, full ? "pax.count" : ""))
            fail_msg("%s [%s]", kinds[i].bgm, r.codes);
        hold_names_hidden(&r);
        done(&r);
    }
}

/* A list in several messages: the total is of all of them; more than it cannot be. */
static void a_part_need_not_add_up(void **state)
{
    static const struct {
        const char *unh, *cnt, *codes;
    } parts[] = {
        {"+1:C", "9", ""}, {"+02", "9", ""},           {"+3:F", "9", ""},      {"+3:F", "0", "pax.count"},
        {"", "1", ""},     {"+1:F", "9", "pax.count"}, {"", "9", "pax.count"}, {"+01", "9", "pax.count"},
    };
    (void)state;

    for (size_t i = 0; i < COUNT(parts); i++) {
        struct reading r;
        char text[1000];
        snprintf(text, sizeof text, "%sUNH+1+PAXLST:D:05B:UN:IATA+ZZ123%s'BGM+745'%s%sCNT+42:%s'%s", UNB,
                 parts[i].unh, LEG, ONE, parts[i].cnt, END("12"));
        read_text(&r, text);
        if (!same_codes(r.codes, parts[i].codes))
            fail_msg("part %s total %s: [%s]", parts[i].unh, parts[i].cnt, r.codes);
        done(&r);
    }
}

static void an_empty_list_says_so(void **state)
{
    struct reading r;
    (void)state;

    read_text(&r, UNB UNH "BGM+745'" LEG "CNT+42:0'" END("9"));
    hold_count(&r, "passengers-aboard", "person", 0);
    assert_int_equal(r.records, 2);
    assert_true(r.verdict == (int)FEEDS_TAKEN && r.codes[0] == '\0');
    done(&r);
}

/* A master crew list has no leg; what is sent without one is still counted as persons, not taken for the reporter. */
static void persons_without_a_leg(void **state)
{
    struct reading r;
    (void)state;

    read_text(&r, UNB UNH
              "BGM+336+G'NAD+MS+++OFICINA'NAD+FM+++FICTICIO:AURELIO'NAD+FM+++INVENTADA:LUZ'" END("6"));
    hold_count(&r, "crew-listed", "crew", 2);
    hold_names_hidden(&r);
    done(&r);
}

/* However a list is broken, faults give the place and the shape. */
static void broken_lists_quote_nobody(void **state)
{
    static const char *const lists[] = {
        /* a terminator inside a name: pieces of it stand where tags should */
        UNB UNH "BGM+745'" LEG "NAD+FL+++O'FICTICIO:AURELIO'X0000001'" END("11"),
        /* a terminator lost: the name runs into an open segment */
        UNB UNH "BGM+745'TDT+20+ZZ123\nNAD+FL+++FICTICIO:AURELIO'DOC+P+X0000001'" END("5"),
        UNB UNH "BGM+745'TDT+20+ZZ123'LOC+125+MEX+NAD+FL+++FICTICIO:AURELIO'" END("5"),
        UNB UNH "BGM+745'TDT+20+ZZ123'LOC+125+MEX\nNAD+FL:INVENTADA:FICTICIO:AURELIO'" END("5"),
        /* too long, too many, not a number, no date, an unknown code */
        UNB UNH "BGM+745'" LEG
                "NAD+FL+++FICTICIO:AURELIO::::::::X0000001+A+B+C+D+E+INVENTADA+F+G+H'ATT+FICTICIO'"
                "MEA+INVENTADA+FICTICIO+KGM:AURELIO'DTM+FICTICIO:INVENTADA:X0000001'"
                "QTY+FICTICIO:AURELIO'DOC+FICTICIO+X0000001+INVENTADA+INVENTADA+INVENTADA'" END("14"),
        /* the reporter is a person too */
        UNB UNH "BGM+745'NAD+MS+++FICTICIO:AURELIO:TOMAS:X:X:X:INVENTADA'COM+FICTICIO'" LEG END("11"),
        /* behind the end, and outside of any message */
        UNB UNH "BGM+745'" LEG ONE END("11") "\r\nFICTICIO AURELIO X0000001\r\n",
        UNB UNH "BGM+745'" LEG "UNT+8+1'NAD+FL+++FICTICIO:AURELIO'FICTICIO'UNZ+1+1'",
        /* cut off in a name; characters that the syntax has not */
        UNB UNH "BGM+745'" LEG "NAD+FL+++FICTICIO:AURELIO",
        "UNB+UNOA:4+ZZ+GOV+261121:0915+1'" UNH "BGM+745'" LEG "NAD+FL+++FICTICIO:AURELIO:José'" END("10"),
        /* no directory for the version: nothing is read, nothing is quoted */
        UNB "UNH+1+PAXLST:D:85A:UN'FICTICIO+AURELIO'NAD+FL+++FICTICIO'" END("4"),
        /* nor a version that anybody can read: taken for UN's newest */
        UNB "UNH+1+PAXLST:Q:99Z:UN'FICTICIO+AURELIO'NAD+FL+++FICTICIO'" END("4"),
        UNB UNH "BGM+745'TDT+20+ZZ123\nNAD+FL++FICTICIO:AURELIO'DOC+P+X0000001'" END("5"),
        /* UNH forgot the type */
        UNB "UNH+1'BGM+745'" LEG ONE END("12"),
        /* the form before UN's */
        UNB "UNH+1+PAXLST:001:000:NZ'TDT++ZZ123'LOC+005+NZAKL:50'LOC+008+USLAX:50'UNS+D'"
            "PDT+P/X0000001:9909:MEXICO+FICTICIO:AURELIO:TOMAS:INVENTADA:MASC:X+PASSENGER+FICTICIO'"
            "FICTICIO+X0000001'" END("8"),
        /* no envelope */
        UNH "BGM+745'" LEG ONE "UNT+11+1'",
        /* a name where a number should be */
        UNB UNH "BGM+745'" LEG ONE "CNT+42:FICTICIO'CNT+INVENTADA:1'" END("13"),
    };
    (void)state;

    for (size_t i = 0; i < COUNT(lists); i++) {
        struct reading r;
        read_text(&r, lists[i]);
        hold_names_hidden(&r);
        done(&r);
    }
}

/* A table of the user's cannot carry a person into a record. */
static void tables_cannot_either(void **state)
{
    static const char table[] = "syntax edifact\n"
                                "profile leaky of PAXLST D.02B..\n"
                                "  at NAD#2\n"
                                "    open party\n"
                                "    party.name = 4.1\n"
                                "    trip.manifest := 4.1\n"
                                "    let name = 4.1\n"
                                "  at CNT\n"
                                "    open party\n"
                                "    party.name = $name\n"
                                "    trip.document := person.family\n"
                                "    trip.document := $name\n";
    struct reading r;
    (void)state;

    read_with(&r, S(UNB UNH "BGM+745'" LEG ONE "CNT+42:1'" END("12")), S(table));
    assert_string_equal(r.profile, "leaky");
    hold_names_hidden(&r);
    done(&r);
}

static void unread_bytes_are_judged(void **state)
{
    (void)state;
    assert_true(feeds_personal(S("xx PAXLST:D:05B xx")));
    assert_true(feeds_personal(S("PNRGOV")));
    assert_false(feeds_personal(S("CUSCAR PAXLS")));
    assert_false(feeds_personal((struct str){0}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shared_samples),         cmocka_unit_test(who_is_given),
        cmocka_unit_test(reservations),           cmocka_unit_test(what_a_list_is_of),
        cmocka_unit_test(a_part_need_not_add_up), cmocka_unit_test(an_empty_list_says_so),
        cmocka_unit_test(persons_without_a_leg),  cmocka_unit_test(broken_lists_quote_nobody),
        cmocka_unit_test(tables_cannot_either),   cmocka_unit_test(unread_bytes_are_judged),
    };
    return cmocka_run_group_tests_name("lists of persons", tests, NULL, NULL);
}

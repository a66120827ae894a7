/*
 * Real transport messages of the shared collection: each is taken, each fault that we name is there for the reason that
 * stands beside it, and there is no other. Skips, saying so, where the collection is not at hand.
 */
#include "feeds_sink.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define MOST 8

struct sample {
    const char *file;
    unsigned messages, records;
    const char *fault[MOST]; /* code, tag, what was found; NULL at the end */
};

/* Names as X12 and EDIFACT have them: the reader is told by the folder of the format. */
static const struct sample x12[] = {
    /* an excerpt of a 301 without envelope; its ship has an IMO number that does not add up */
    {"x12_301_4010_1.edi", 1, 4, {"edi.header.missing ST ST", "field.shape conveyance 3465322"}},
    {"x12_301_4010_3.edi", 1, 4, {NULL}},
    {"x12_301_4010_5.edi", 1, 4, {NULL}},
    /* lines were taken out of it, and numbers changed by hand, not everywhere the same */
    {"x12_310_4010_1.edi",
     1,
     8,
     {"x12.se.count SE 49", "x12.se.reference SE 32353", "x12.ge.reference GE 61916",
      "x12.iea.reference IEA 000061216"}},
    {"x12_310_4010_2.edi",
     1,
     8,
     {"edi.header.missing ST ST", "x12.se.count SE 49", "x12.se.reference SE 32353"}},
    /* owners' letters masked: no container number has four of X and that check digit */
    {"x12_310_4010_4.edi", 1, 11, {"field.shape number XXXX5119399", "field.shape number XXXX9447680"}},
    /* the ship's number does not add up either, nor the container's, though its check digit is sent apart */
    {"x12_315_4010_1.edi", 1, 3, {"field.shape conveyance 9330141", "field.shape number GMCU6094137"}},
    /* truck load tender and its status: not customs' business, only the envelope is read */
    {"edinet_214-MGCTLYST-SAMPLE.EDI", 1, 0, {"edi.message.unknown ST 214"}},
    {0}};

static const struct sample edifact[] = {
    {"baplie_d95b.edi", 1, 4, {NULL}},
    {"coarri_d95b.edi", 2, 23, {NULL}},
    /* a container number made up by hand; the interchange's number changed in one place */
    {"d00b_iftsta.edi", 1, 3, {"field.shape number TRHU4561222", "edifact.unz.reference UNZ 2805570"}},
    /* no UNB; a day where day and time are announced, twice; containers taken out and made up */
    {"d95b_coprar.edi",
     1,
     3,
     {"edi.header.missing UNH UNH", "edi.element.date DTM 20121124", "edi.element.date DTM 20121125",
      "field.shape number MSTI6415664", "field.shape number MSTI6415664", "edifact.unt.count UNT 56"}},
    /* goods' names in lower case under UNOA; serial numbers as package codes; 760 segments taken out */
    {"ifcsum_d01b.edi",
     1,
     7,
     {"edi.element.long GID 350114081527920321", "edifact.charset FTX oreverStrong 06 DeepRed 12",
      "edi.element.long GID 350114081527920321", "edifact.unt.count UNT 787"}},
    {0}};

static void check(const struct feeds_reader *reader, const char *folder, const struct sample *all)
{
    for (; all->file; all++) {
        char path[256], one[300];
        struct said *s;
        size_t n = 0;

        snprintf(path, sizeof path, "manifests/%s/%s", folder, all->file);
        s = said_shared(reader, path);
        if (!s)
            continue;
        while (n < MOST && all->fault[n])
            n++;
        for (size_t i = 0; i < s->listed; i++) {
            snprintf(one, sizeof one, "%s %s %s", s->fault[i].code, s->fault[i].tag, s->fault[i].found);
            if (i >= n || strcmp(one, all->fault[i]) != 0)
                fail_msg("%s: fault %zu is \"%s\", expected \"%s\"", all->file, i, one,
                         i < n ? all->fault[i] : "none");
        }
        assert_int_equal(s->listed, n);
        assert_int_equal(s->messages, all->messages);
        if (s->records != all->records)
            fail_msg("%s: %u records, expected %u", all->file, (unsigned)s->records, all->records);
        assert_int_equal(s->verdicts[FEEDS_REFUSED], 0);
        said_free(s);
    }
}

static void ocean(void **state)
{
    (void)state;
    check(&reader_x12, "x12_transport", x12);
}

static void ports(void **state)
{
    (void)state;
    check(&reader_edifact, "transport", edifact);
}

/* What stands where: an element out of each layer of a stowage plan. */
static void stowage(void **state)
{
    struct said *s = said_shared(&reader_edifact, "manifests/transport/baplie_d95b.edi");
    struct str all;

    (void)state;
    if (!s)
        return;
    all = buf_view(&s->lines);
    assert_non_null(memmem(all.p, all.n, "\"conveyance\":\"VRIB3\"", 20));
    assert_non_null(memmem(all.p, all.n, "\"gross_weight\":26000,\"position\":\"0100114\"", 41));
    assert_non_null(memmem(all.p, all.n, "\"discharge\":\"TWKHH\"", 19));
    said_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(ocean), cmocka_unit_test(ports),
                                       cmocka_unit_test(stowage)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

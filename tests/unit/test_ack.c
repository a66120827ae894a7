/* Answers: every fault of an EDI message has its codes; the envelopes count and refer as they must; nothing of a person goes
 * back; and what we write is read by our own reader without a fault. */
#include "feeds/answer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define NOW INT64_C(1795303200000000) /* 2026-11-21T23:20:00Z */

struct source {
    struct str text;
    size_t at;
};

static long give(void *arg, void *to, size_t most)
{
    struct source *s = arg;
    size_t n = s->text.n - s->at < most ? s->text.n - s->at : most;

    if (n)
        memcpy(to, s->text.p + s->at, n);
    s->at += n;
    return (long)n;
}

static void collect(void *arg, struct str text)
{
    buf_str(arg, text);
}

static char answer[65536];
static uint64_t refused;
static struct err said;

static int answer_to(struct str text, unsigned kinds, enum lang lang)
{
    struct source s = {text, 0};
    struct feeds_input in = {give, &s, NULL};
    struct feeds_options o = {0};
    struct feeds_answer how = {.kinds = kinds, .now = NOW, .control = 999999999, .lang = lang};
    struct buf b;
    struct feeds_answer_to to = {collect, &b, &refused};
    int ret;

    refused = 0;
    err_clear(&said);
    buf_init(&b, sizeof answer - 1);
    ret = feeds_answer(&in, &o, &how, &to, &said);
    assert_false(b.over);
    if (b.n)
        memcpy(answer, b.p, b.n);
    answer[b.n] = '\0';
    buf_free(&b);
    return ret;
}

static void has(const char *z)
{
    if (!strstr(answer, z))
        fail_msg("the answer lacks \"%s\":\n%s", z, answer);
}

static void lacks(const char *z)
{
    if (strstr(answer, z))
        fail_msg("the answer has \"%s\":\n%s", z, answer);
}

/* ---- our own reader ---- */

struct read_back {
    uint64_t messages, taken, unknown;
    char faults[4096];
};

static void on_begin(void *arg, const struct feeds_message *m)
{
    ((struct read_back *)arg)->messages++;
    (void)m;
}

static void on_record(void *arg, struct record *r)
{
    (void)arg;
    (void)r;
}

static void on_fault(void *arg, const struct fault *f)
{
    struct read_back *b = arg;
    size_t n = strlen(b->faults);

    if (strcmp(f->def->code, "edi.message.unknown") == 0)
        b->unknown++; /* 355 or CUSRES, when their tables are not there */
    else
        snprintf(b->faults + n, sizeof b->faults - n, "%s at %.*s, ", f->def->code, STR_ARG(f->place.tag));
}

static void on_end(void *arg, const struct feeds_message *m)
{
    ((struct read_back *)arg)->taken += m->verdict == FEEDS_TAKEN;
}

static void reads_back(uint64_t messages)
{
    struct source s = {str_z(answer), 0};
    struct feeds_input in = {give, &s, NULL};
    struct read_back b = {0};
    struct feeds_sink sink = {
        .begin = on_begin, .record = on_record, .fault = on_fault, .end = on_end, .arg = &b};
    struct err e = {0};

    assert_int_equal(feeds_parse(&in, NULL, &sink, &e), 0);
    if (b.faults[0])
        fail_msg("%s\n%s", b.faults, answer);
    assert_int_equal(b.messages, messages);
    assert_int_equal(b.taken + b.unknown, messages);
}

/* ---- the table ---- */

static void test_every_edi_fault_has_its_codes(void **state)
{
    static const char *const families[] = {"edi.", "x12.", "edifact.", "pax."};

    (void)state;
    for (const struct fault_def *d = schema_faults; d->code; d++) {
        bool edi = false;
        for (size_t i = 0; i < COUNT(families); i++)
            edi |= str_starts(str_z(d->code), str_z(families[i]));
        if (edi && !answer_code(str_z(d->code)))
            fail_msg("%s has no row in answer_codes", d->code);
    }
}

static void test_every_row_is_of_a_fault(void **state)
{
    (void)state;
    for (const struct answer_code *c = answer_codes; c->fault; c++) {
        bool found = false;
        for (const struct fault_def *d = schema_faults; d->code && !found; d++)
            found = str_starts(str_z(d->code), str_z(c->fault));
        if (!found)
            fail_msg("answer_codes: there is no fault %s", c->fault);
        assert_int_equal(strlen(c->ta1), 3);
        assert_int_equal(strlen(c->erc), 3);
        assert_true(c->ak && c->ik && c->contrl);
    }
}

/* ---- X12 ---- */

#define ISA(asked, version)                                                                                \
    "ISA*00*          *00*          *02*MSCU           *ZZ*CBPACE         *261121*1015*U*" version         \
    "*000000007*" asked "*T*>~\n"
#define HEAD_309                                                                                           \
    "ST*309*0007~\nM10*MSCU*O*LR*9283186*MONTE CERVANTES*320N*1007**1*L~\nP4*1803*20261124~\n"             \
    "LX*1~\nM11*BILL1*35177*390*PKG*14404*K******MSCU~\n"
#define REST_309 "VID*4B*MSCU*6639870*SEAL77~\nN10*390*TRUCK TIRES**J*401120~\n"
#define GOOD_309                                                                                           \
    ISA("0", "00401")                                                                                      \
    "GS*SO*MSCU*CBPACE*20261121*1015*7*X*004010~\n" HEAD_309 REST_309                                      \
    "SE*8*0007~\nGE*1*7~\nIEA*1*000000007~\n"

static void test_a_clean_309_is_accepted(void **state)
{
    (void)state;
    assert_int_equal(answer_to(S(GOOD_309), 0, LANG_EN), 0);
    assert_int_equal(refused, 0);
    has("*ZZ*CBPACE         *02*MSCU           *261121*2320*U*00401*999999999*0*T*>~");
    lacks("TA1*");
    has("GS*FA*CBPACE*MSCU*20261121*2320*999999999*X*004010~");
    has("AK1*SO*7~\nAK2*309*0007~\nAK5*A~\nAK9*A*1*1*1~\nSE*6*0001~\nGE*1*999999999~\n");
    has("ST*355*0001~\nM10*MSCU*O*LR*9283186*MONTE "
        "CERVANTES*320N*1007**1*L~\nK1*ACCEPTED~\nP4*1803*20261124~\nSE*5*0001~");
    has("IEA*2*999999999~");
    reads_back(2);
}

static void test_ta1_when_asked(void **state)
{
    (void)state;
    assert_int_equal(answer_to(S(ISA("1", "00401") "IEA*0*000000007~\n"), 0, LANG_EN), 0);
    has("TA1*000000007*261121*1015*A*000~\nIEA*0*999999999~");
    lacks("GS*");
    reads_back(0);
}

static void test_ta1_when_the_envelope_is_wrong(void **state)
{
    (void)state;
    assert_int_equal(answer_to(S(ISA("0", "00401") "IEA*3*000000007~\n"), 0, LANG_EN), 0);
    has("TA1*000000007*261121*1015*E*021~");
    assert_int_equal(refused, 1);
    assert_int_equal(answer_to(S(ISA("0", "00401")), 0, LANG_EN), 0);
    has("*E*023~");
}

#define BAD_BODY                                                                                           \
    HEAD_309                                                                                               \
    "N1*SH*MARIA LOPEZ WITH A NAME THAT IS LONGER THAN ANY SIXTY CHARACTERS COULD EVER BE~\n"              \
    "VID*4B*MSCU*6639870*SEAL77~\nN10*3X0*TIRES**J*401120~\nLX*2~\nM11*BILL2**1*PKG*1*K******MSCU~\n"      \
    "ZZZ*1~\nSE*99*0007~\n"

#define BAD_309                                                                                            \
    ISA("0", "00401")                                                                                      \
    "GS*SO*MSCU*CBPACE*20261121*1015*7*X*004010~\n" BAD_BODY "GE*1*7~\nIEA*1*000000007~"                   \
    "\n"

static void test_faults_by_segment_and_element(void **state)
{
    (void)state;
    assert_int_equal(answer_to(S(BAD_309), 0, LANG_EN), 0);
    has("AK3*N1*6*N1*8~\nAK4*2**5~\n"); /* no copy: it is somebody's name */
    lacks("LOPEZ");
    has("AK3*N10*8*N10*8~\nAK4*1**6*3X0~\n");
    has("AK3*M11*10*LX*8~\nAK4*2**1~\n");
    has("AK3*ZZZ*11*LX*1~\n");
    has("AK5*E*5*4~\nAK9*E*1*1*1~\n");
    has("LX*1~\nM11*BILL1*35177*390*PKG*14404*K******MSCU~\nK1*305 N1 6-02*");
    has("K1*306 N10 8-01*3X0~\nLX*2~\nM11*BILL2**1*PKG*1*K******MSCU~\nK1*301 M11 10-02*");
    has("K1*109 SE 12-01*99~"); /* of the whole: behind M10 */
    assert_true(refused > 0);
    assert_int_equal(answer_to(S(BAD_309), ANSWER_997, LANG_EN), 0);
    reads_back(1); /* the 355 mirrors the bad M11, and our reader says so */
}

static void test_999_from_5010_on(void **state)
{
    (void)state;
    assert_int_equal(
        answer_to(S(ISA("0", "00501") "GS*AQ*MSCU*CBPACE*20261121*1015*7*X*005010~\nST*309*0007*005010~\n"
                                      "ZZZ*1~\nSE*3*0007~\nGE*1*7~\nIEA*1*000000007~\n"),
                  0, LANG_EN),
        0);
    has("ST*999*0001*005010~\nAK1*AQ*7*005010~\nAK2*309*0007*005010~\n");
    has("IK3*ZZZ*2**1~\n");
    has("IK3*M10*");
    has("IK5*R*5~\nAK9*R*1*1*0~\n");
    lacks("AK3*");
    reads_back(1); /* without M10 there is nothing to mirror */
}

static void test_partly_accepted(void **state)
{
    (void)state;
    assert_int_equal(
        answer_to(S(ISA("0", "00401") "GS*SO*MSCU*CBPACE*20261121*1015*7*X*004010~\n" HEAD_309 REST_309
                                      "SE*8*0007~\nST*309*0008~\nSE*2*0008~\nGE*2*7~\nIEA*1*000000007~\n"),
                  ANSWER_997, LANG_EN),
        0);
    has("AK2*309*0007~\nAK5*A~\nAK2*309*0008~\n");
    has("AK5*R*5~\nAK9*P*2*2*1~\n");
    lacks("ST*355");
    reads_back(1);
}

static void test_an_acknowledgement_is_not_acknowledged(void **state)
{
    (void)state;
    assert_int_equal(
        answer_to(
            S(ISA("0", "00401") "GS*FA*MSCU*CBPACE*20261121*1015*7*X*004010~\nST*997*0001~\nAK1*SO*1~\n"
                                "AK9*A*0*0*0~\nSE*4*0001~\nGE*1*7~\nIEA*1*000000007~\n"),
            0, LANG_EN),
        -1);
    assert_int_equal(said.code, ERR_DATA);
    assert_string_equal(answer, "");
}

static void test_one_interchange_after_the_other(void **state)
{
    (void)state;
    assert_int_equal(answer_to(S(GOOD_309 GOOD_309), ANSWER_997, LANG_EN), 0);
    has("*999999999*0*T*>~");
    has("*000000000*0*T*>~"); /* nine digits: it starts again */
    reads_back(2);
}

/* ---- EDIFACT ---- */

#define UNB_A       "UNB+UNOA:3+TXPC:ZZ+ADUANA:ZZ+261121:1015+77'\n"
#define CUSCAR_HEAD "UNH+M1+CUSCAR:D:03B:UN'\nBGM+85+TRIP?+1+9'\n"

static void test_contrl_and_cusres(void **state)
{
    (void)state;
    assert_int_equal(
        answer_to(S(UNB_A CUSCAR_HEAD
                    "NAD+CA+SCAC:172'\nTDT+11++03+BT'\nEQD+TL+TRAILER77:::US'\nCNI+1'\n"
                    "RFF+BM:BILL1'\nNAD+CN+++MARIA LOPEZ:A:B:C:D:TOO MUCH'\nGID+1+X:PKG'\nQQQ+1'\n"
                    "UNT+11+M1'\nUNZ+1+77'\n"),
                  0, LANG_EN),
        0);
    has("UNB+UNOA:3+ADUANA:ZZ+TXPC:ZZ+261121:2320+999999999'\nUNH+1+CONTRL:D:3:UN'\nUCI+77+TXPC:ZZ+ADUANA:"
        "ZZ+7'\n");
    has("UCM+M1+CUSCAR:D:03B:UN+7");
    has("UCS+9'\nUCD+37+2:1'\n");
    has("UCS+10+15'\n");
    has("BGM+963+TRIP?+1+11+CA'\nDTM+137:202611212320:203'\nRFF+ACW:M1'\n");
    has("DOC+714+BILL1'\n");
    has("ERP+2:BILL1:9+GID:2.1'\nRFF+BM:BILL1'\nERC+306'\nFTX+AAO+++THIS IS NOT A NUMBER.:X'\n");
    has("ERC+205'");
    lacks("LOPEZ");
    lacks("TOO MUCH");
    reads_back(2);
}

static void test_old_directory_old_form(void **state)
{
    (void)state;
    assert_int_equal(
        answer_to(S(UNB_A "UNH+M1+CUSCAR:D:95B:UN'\nBGM+785+T1+9'\nTDT+20+1'\nDTM+132:XX:102'\nUNT+5+M1'\n"
                          "UNZ+1+77'\n"),
                  ANSWER_CUSRES, LANG_ES),
        0);
    has("UNH+1+CUSRES:D:95B:UN'\nBGM+963+T1+11+");
    has("\nERP+1::");
    has("RFF+ACW:M1'\nUNT+");
    lacks("CONTRL");
    lacks("DOC+");
}

static void test_no_directory_no_cusres(void **state)
{
    (void)state;
    assert_int_equal(
        answer_to(S(UNB_A "UNH+M1+PAXLST:001:000:NZ'\nTDT++SA812+40+SA'\nUNT+3+M1'\nUNZ+1+77'\n"), 0,
                  LANG_EN),
        0);
    has("CONTRL");
    lacks("CUSRES");
    reads_back(1);
}

static void test_a_group_that_lost_its_version(void **state)
{
    (void)state;
    assert_int_equal(
        answer_to(S(ISA("0", "00401") "GS*SO*MSCU*CBPACE*20261121*1015*7*X~\n" HEAD_309 REST_309
                                      "SE*8*0007~\nGE*1*7~\nIEA*1*000000007~\n"),
                  ANSWER_997, LANG_EN),
        0);
    has("*X*004010~\nST*997*0001~\nAK1*SO*7~");
    reads_back(1);
}

static void test_a_rejected_message(void **state)
{
    (void)state;
    assert_int_equal(answer_to(S(UNB_A "UNH+M1+CUSCAR:D:03B:UN'\nDTM+137:1'\nUNT+9+M2'\nUNZ+1+77'\n"),
                               ANSWER_CONTRL, LANG_EN),
                     0);
    has("UCM+M1+CUSCAR:D:03B:UN+4+29+UNT+1'\n");
    has("UCS+3+13'\n");
    reads_back(1);
}

static void test_a_type_without_directory(void **state)
{
    (void)state;
    assert_int_equal(
        answer_to(S(UNB_A "UNH+M1+ORDERS:D:96A:UN'\nBGM+220'\nUNT+3+M1'\nUNZ+1+77'\n"), 0, LANG_EN), 0);
    has("UCM+M1+ORDERS:D:96A:UN+4+14+UNH+2'\n");
    reads_back(1);
}

static void test_groups_are_named(void **state)
{
    (void)state;
    assert_int_equal(answer_to(S(UNB_A "UNG+CUSCAR+TXPC+ADUANA+261121:1015+G1+UN+D:03B'\n" CUSCAR_HEAD
                                       "UNT+3+M1'\nUNE+5+G1'\nUNZ+1+77'\n"),
                               0, LANG_EN),
                     0);
    has("UCF+G1+TXPC+ADUANA+7+29+UNE+1'\n");
    has("UCM+M1+CUSCAR:D:03B:UN+4+12'\nUCS+3+13'\nUNT+");
    has("ERP+1::2'\nERC+311'\nFTX+AAO+++A REQUIRED FIELD IS MISSING.:MODE'\n"); /* CUSCAR says no mode: ours */
    has("UNG+CUSRES+ADUANA+TXPC+20261121:2320+1+UN+D:03B'\n");
    has("UNE+1+1'\nUNZ+1+");
    reads_back(2);
}

static void test_other_delimiters_are_kept(void **state)
{
    (void)state;
    assert_int_equal(answer_to(S("UNA:*.? |UNB*UNOB:3*TXPC*ADUANA*261121:1015*7?*7|UNH*M1*CUSCAR:D:03B:UN|"
                                 "BGM*85*A?*B?|C*9|UNT*3*M1|UNZ*1*7?*7|"),
                               0, LANG_EN),
                     0);
    has("UNA:*.? |\nUNB*UNOB:3*ADUANA*TXPC*");
    has("UCI*7?*7*TXPC*ADUANA*");
    has("BGM*963*A?*B?|C*11*");
    reads_back(2);
}

static void test_hostile_input_is_answered_or_not(void **state)
{
    static const char *const junk[] = {"",
                                       "ISA",
                                       "UNB+",
                                       "UNB+UNOA:3'UNH'UNT'UNZ'",
                                       "ST*309*1~M10~SE~",
                                       "UNA'''''''UNB''",
                                       GOOD_309 "UNB+UNOA:3+A+B+261121:1015+1'UNZ+0+1'"};
    char cut[sizeof GOOD_309];

    (void)state;
    for (size_t i = 0; i < COUNT(junk); i++)
        answer_to(str_z(junk[i]), 0, LANG_ES);
    for (size_t n = 0; n < sizeof GOOD_309; n++) {
        memcpy(cut, GOOD_309, n);
        answer_to(str_n(cut, n), 0, LANG_ES);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_edi_fault_has_its_codes),
        cmocka_unit_test(test_every_row_is_of_a_fault),
        cmocka_unit_test(test_a_clean_309_is_accepted),
        cmocka_unit_test(test_ta1_when_asked),
        cmocka_unit_test(test_ta1_when_the_envelope_is_wrong),
        cmocka_unit_test(test_faults_by_segment_and_element),
        cmocka_unit_test(test_999_from_5010_on),
        cmocka_unit_test(test_partly_accepted),
        cmocka_unit_test(test_an_acknowledgement_is_not_acknowledged),
        cmocka_unit_test(test_one_interchange_after_the_other),
        cmocka_unit_test(test_contrl_and_cusres),
        cmocka_unit_test(test_old_directory_old_form),
        cmocka_unit_test(test_no_directory_no_cusres),
        cmocka_unit_test(test_a_group_that_lost_its_version),
        cmocka_unit_test(test_a_rejected_message),
        cmocka_unit_test(test_a_type_without_directory),
        cmocka_unit_test(test_groups_are_named),
        cmocka_unit_test(test_other_delimiters_are_kept),
        cmocka_unit_test(test_hostile_input_is_answered_or_not),
    };
    return cmocka_run_group_tests_name("ack", tests, NULL, NULL);
}

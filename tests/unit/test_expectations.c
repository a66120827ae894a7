/*
 * The real EDIFACT and X12 messages of the shared collection (PUENTE_SHARED, else ../shared), against what another
 * reader saw in them (EXPECTATIONS.tsv): how many segments, which messages, which trailers count or refer wrongly. That
 * reading is no authority: where we differ and are right, the file stands in the list below with the reason. Skipped,
 * aloud, when the collection is not there.
 *
 * With PUENTE_TABLE set (`make expectations`) it prints, file by file for the whole collection: the verdict, the
 * records, the defects named, and how that compares.
 */
#include "feeds/feeds.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define FILE_MOST   ((size_t)8 << 20)
#define FAULTS_MOST 64
#define FILES_MOST  256

/* What we differ in, and why we are right. */
static const struct {
    const char *file;
    const char *why;
} known[] = {
    {"gtas_l_codeshare.edi", "its UNA lacks the decimal mark: read so, it has a UNH"},
    {"edinet_x12.214.edi", "a byte-order mark and a wrapped ISA hide nothing: one 214"},
    {"staedi_ts214_ellipses_segterm.edi",
     "its segments end in an ellipsis of three bytes: a whole 214 with its IEA"},
    {"gtas_usedifact_3.edi", "000027 is 27: leading zeros are no defect"},
    {"d95b_coprar.edi", "it has no UNB, so it can lack no UNZ"},
    {"gtas_l_multiple_flight_leg_pnr.txt", "UNT lacks its reference, UNZ has another"},
    {"gtas_l_pnr3.txt", "UNT lacks its reference, UNZ has another"},
    {"gtas_l_pnrMessageExample.txt", "UNT lacks its reference, UNZ has another"},
    {"gtas_p_bigMessagePnr.txt", "UNT lacks its reference, UNZ has another"},
    {"gtas_p_bigbigPnr.txt", "UNT lacks its reference, UNZ has another"},
    {"gtas_p_danglingMetaCharacter.txt", "UNT lacks its reference, UNZ has another"},
    {"gtas_p_pnrAddressPhoneCTCM.txt", "UNT lacks its reference, UNZ has another"},
    {"gtas_p_pnrEdge.txt", "UNT lacks its reference, UNZ has another"},
    {"gtas_p_pnrNoOrgMsg.txt", "UNT lacks its reference, UNZ has another"},
    {"gtas_p_pnrPhoneCTCM.txt", "UNT lacks its reference, UNZ has another"},
    {"gtas_p_pnrSeatFormats.txt", "UNT lacks its reference, UNZ has another"},
    {"gtas_p_pnrWithBags.txt", "UNT lacks its reference, UNZ has another"},
    {"gtas_p_pnrWithPrefixesAndBookingDetailBags.txt", "UNT lacks its reference, UNZ has another"},
};

/* The other reader knows EDIFACT and X12 only. Of all else we expect that it is taken, but for these. */
static const struct {
    const char *file;
    const char *why;
} refused[] = {
    {"libais_typeexamples.json", "the decoded form of the log beside it, no message"},
    {"fbl4.txt", "Cargo-IMP FBL, a booking list: none of ours"},
    {"ffa4.txt", "Cargo-IMP FFA, an answer to a booking: none of ours"},
    {"fsa15.txt", "Cargo-IMP FSA, status answers: none of ours"},
    {"Company.json", "a company alone: nothing that moves"},
    {"CustomsInformation.json", "customs information alone: nothing that moves"},
    {"CustomsInformation_2.json", "customs information alone: nothing that moves"},
    {"cp20_sw_dotnet.xml", "a draft: the schema requires NoCertificado and Certificado"},
    {"TT_EX002a__TT_EX002a.xml", "a comment with -- in it is not well-formed XML"},
    {"TT_EX022a__TT_EX022a_Declaration1_(Step1).xml", "a comment with -- in it is not well-formed XML"},
};

struct seen {
    struct str bytes;
    size_t used;
    uint64_t messages, records, verdicts[3];
    struct buf defects; /* "UNT 53 actual 52\n..." as the other reader writes them */
    struct buf types;   /* "CUSCAR,CUSCAR" */
    struct {
        const char *code;
        unsigned n;
    } fault[FAULTS_MOST]; /* what we name, in the order in which it was first met */
    size_t faults;
};

static long give(void *arg, void *to, size_t most)
{
    struct seen *s = arg;
    size_t n = s->bytes.n - s->used < most ? s->bytes.n - s->used : most;

    memcpy(to, s->bytes.p + s->used, n);
    s->used += n;
    return (long)n;
}

static void on_begin(void *arg, const struct feeds_message *m)
{
    struct seen *s = arg;
    const char *dash = memchr(m->format.p, '-', m->format.n);
    struct str type = m->format;

    if (dash)
        type = str_n(dash + 1, m->format.n - (size_t)(dash + 1 - m->format.p));
    buf_fmt(&s->types, "%s%.*s", s->messages++ ? "," : "", STR_ARG(type));
}

static void on_record(void *arg, struct record *r)
{
    (void)r;
    ((struct seen *)arg)->records++;
}

static void on_end(void *arg, const struct feeds_message *m)
{
    ((struct seen *)arg)->verdicts[m->verdict]++;
}

static void count_fault(struct seen *s, const char *code)
{
    size_t i = 0;

    while (i < s->faults && s->fault[i].code != code)
        i++;
    if (i == FAULTS_MOST)
        return;
    s->faults += i == s->faults;
    s->fault[i].code = code;
    s->fault[i].n++;
}

/* The defects that both readers look for. */
static void on_fault(void *arg, const struct fault *f)
{
    static const struct {
        const char *code, *as;
    } both[] = {{"edifact.unt.count", "UNT"},         {"x12.se.count", "SE"},
                {"edifact.unt.reference", "UNT ref"}, {"x12.se.reference", "SE02"},
                {"x12.iea.reference", "IEA02"},       {"x12.ge.reference", "GE02"},
                {"edi.trailer.interchange", "end"},   {"edi.trailer.stray", "stray"},
                {"edi.interchange.tail", "tail"}};
    struct seen *s = arg;

    count_fault(s, f->def->code);
    for (size_t i = 0; i < COUNT(both); i++)
        if (strcmp(f->def->code, both[i].code) == 0) {
            if (strstr(both[i].code, ".count"))
                buf_fmt(&s->defects, "%s %.*s actual %.*s; ", both[i].as, STR_ARG(f->found),
                        STR_ARG(f->expected));
            else
                buf_fmt(&s->defects, "%s; ", both[i].as);
        }
}

/* One of the other reader's defects, in the words of on_fault; empty for what is none. */
static void theirs(struct buf *b, struct str defects)
{
    struct str one;

    while (str_split(&defects, ';', &one)) {
        one = str_trim(one);
        if (str_starts(one, S("UNT ref")))
            buf_z(b, "UNT ref; ");
        else if (str_starts(one, S("UNT w/o")))
            buf_z(b, "stray; ");
        else if (str_starts(one, S("UNT ")) || str_starts(one, S("SE ")))
            buf_fmt(b, "%.*s; ", STR_ARG(one));
        else if (str_starts(one, S("SE02")))
            buf_z(b, "SE02; ");
        else if (str_starts(one, S("IEA02")))
            buf_z(b, "IEA02; ");
        else if (str_starts(one, S("GE02")))
            buf_z(b, "GE02; ");
        else if (str_starts(one, S("tail")))
            buf_z(b, "tail; ");
        else if (str_starts(one, S("UNZx0")) || str_starts(one, S("ISA 1 IEA 0")))
            buf_z(b, "end; ");
    }
}

/* "CUSCAR:D:03B:UN,..." -> "CUSCAR,..." */
static void types_of(struct buf *b, struct str messages, bool untyped_cuscar)
{
    struct str one, type;
    bool first = true;

    while (str_split(&messages, ',', &one)) {
        size_t n = 0;
        while (n < one.n && one.p[n] != ':' && one.p[n] != '*')
            n++;
        type = str_n(one.p, n);
        buf_fmt(b, "%s%.*s", first ? "" : ",", STR_ARG(type));
        if (n == 0 && untyped_cuscar)
            buf_z(b, "cuscar");
        first = false;
    }
}

static bool same_text(struct str a, struct str b)
{
    if (a.n != b.n)
        return false;
    for (size_t i = 0; i < a.n; i++)
        if ((a.p[i] | 0x20) != (b.p[i] | 0x20))
            return false;
    return true;
}

/* In any order: the other reader sorts by kind. */
static bool same_defects(struct str a, struct str b)
{
    struct str one, other, rest;
    size_t n = 0, m = 0;

    for (rest = b; str_split(&rest, ';', &one);)
        n += str_trim(one).n > 0;
    while (str_split(&a, ';', &one)) {
        bool found = str_trim(one).n == 0;
        m += !found;
        for (rest = b; !found && str_split(&rest, ';', &other);)
            found = str_eq(str_trim(one), str_trim(other));
        if (!found)
            return false;
    }
    return n == m;
}

static const char *reason(struct str file)
{
    for (size_t i = 0; i < COUNT(known); i++)
        if (str_eq(file, str_z(known[i].file)))
            return known[i].why;
    return NULL;
}

/* One file through our reader; seen_free afterwards. */
static void see(struct arena *a, struct str path, struct seen *s)
{
    struct feeds_sink to = {on_begin, on_record, on_fault, on_end, s, NULL};
    struct feeds_options options = {0};
    struct feeds_input in = {give, s, path.p};
    struct err err = {0};

    if (file_read(a, path.p, FILE_MOST, &s->bytes, &err) != 0)
        fail_msg("%s", err.text);
    buf_init(&s->defects, 1 << 16);
    buf_init(&s->types, 1 << 16);
    if (feeds_parse(&in, &options, &to, &err) != 0)
        buf_fmt(&s->defects, "unreadable: %s; ", err.text);
}

static void seen_free(struct seen *s)
{
    buf_free(&s->defects);
    buf_free(&s->types);
}

/* A line of the table: file, verdict, messages, records, defects, what is expected, how it compares. */
static void tell(struct str folder, struct str file, const struct seen *s, struct str expected,
                 const char *how)
{
    static const char *const verdicts[] = {"taken", "refused", "not understood"};
    bool any = false;

    if (getenv("PUENTE_TABLE") == NULL)
        return;
    printf("%.*s/%.*s\t", STR_ARG(folder), STR_ARG(file));
    for (size_t i = 0; i < COUNT(verdicts); i++)
        if (s->verdicts[i]) {
            printf(s->messages > 1 ? "%s%s %ju" : "%s%s", any ? ", " : "", verdicts[i],
                   (uintmax_t)s->verdicts[i]);
            any = true;
        }
    printf("%s\t%ju\t%ju\t", any ? "" : "unreadable", (uintmax_t)s->messages, (uintmax_t)s->records);
    for (size_t i = 0; i < s->faults; i++)
        printf(s->fault[i].n > 1 ? "%s%s (%u)" : "%s%s", i ? ", " : "", s->fault[i].code, s->fault[i].n);
    printf("\t%.*s\t%s\n", STR_ARG(expected), how);
}

/* 0 = as the other reader saw it, or rightly not; 1 = neither. */
static int compare(struct arena *a, const char *root, struct str column[7])
{
    struct seen s = {0};
    struct buf expected, types;
    const char *why = reason(column[1]), *how = "equal";
    int bad = 0;

    buf_init(&expected, 1 << 16);
    buf_init(&types, 1 << 16);
    see(a, arena_fmt(a, "%s/data/manifests/%.*s/%.*s", root, STR_ARG(column[0]), STR_ARG(column[1])), &s);
    theirs(&expected, column[6]);
    types_of(&types, column[4], true);
    if (!same_defects(buf_view(&s.defects), buf_view(&expected)) ||
        !same_text(buf_view(&s.types), buf_view(&types))) {
        bad = why == NULL;
        how = why ? arena_fmt(a, "differs: %s", why).p : "WRONG";
        if (bad || getenv("PUENTE_TABLE") == NULL)
            printf("%s %.*s: we say [%.*s] %.*s\n      they say [%.*s] %.*s%s%s\n",
                   bad ? "WRONG" : "differs", STR_ARG(column[1]), STR_ARG(buf_view(&s.types)),
                   STR_ARG(buf_view(&s.defects)), STR_ARG(buf_view(&types)), STR_ARG(buf_view(&expected)),
                   why ? "\n      because " : "", why ? why : "");
    } else if (why) {
        printf("WRONG %.*s: listed as different, but it is not\n", STR_ARG(column[1]));
        bad = 1;
    }
    tell(column[0], column[1], &s, column[6].n ? column[6] : S("no defect"), how);
    seen_free(&s);
    buf_free(&expected);
    buf_free(&types);
    return bad;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The names in a folder, sorted, without those that begin with a dot. */
static size_t names(struct arena *a, const char *folder, const char *name[FILES_MOST])
{
    DIR *d = opendir(folder);
    struct dirent *e;
    size_t n = 0;

    while (d && n < FILES_MOST && (e = readdir(d)) != NULL)
        if (e->d_name[0] != '.')
            name[n++] = arena_z(a, str_z(e->d_name));
    if (d)
        closedir(d);
    qsort(name, n, sizeof *name, by_name);
    return n;
}

/* How a file of another format came out; bad when it is not as we expect. */
static const char *judge(const char *file, const struct seen *s, bool *bad)
{
    bool taken = s->verdicts[FEEDS_TAKEN] && s->verdicts[FEEDS_TAKEN] == s->messages;

    for (size_t i = 0; i < COUNT(refused); i++)
        if (strcmp(file, refused[i].file) == 0) {
            *bad = taken;
            return refused[i].why;
        }
    *bad = !taken;
    return taken ? "as expected" : "WRONG";
}

/* The formats that the other reader does not know. */
static int others(struct arena *a, const char *root, struct str table, int *count)
{
    const char *folder[FILES_MOST], *file[FILES_MOST];
    const char *all = arena_fmt(a, "%s/data/manifests", root).p;
    size_t folders = names(a, all, folder);
    int wrong = 0;

    for (size_t i = 0; i < folders; i++) {
        size_t files = names(a, arena_fmt(a, "%s/%s", all, folder[i]).p, file);

        for (size_t k = 0; k < files; k++) {
            struct str row = arena_fmt(a, "\n%s\t%s\t", folder[i], file[k]);
            struct seen s = {0};
            const char *how;
            bool bad;

            if (memmem(table.p, table.n, row.p, row.n))
                continue;
            see(a, arena_fmt(a, "%s/%s/%s", all, folder[i], file[k]), &s);
            how = judge(file[k], &s, &bad);
            tell(str_z(folder[i]), str_z(file[k]), &s, S("taken"), how);
            if (bad)
                printf("WRONG %s: %s\n", file[k], how);
            wrong += bad;
            ++*count;
            seen_free(&s);
        }
    }
    return wrong;
}

static void collection(void **state)
{
    const char *root = getenv("PUENTE_SHARED") ? getenv("PUENTE_SHARED") : "../shared";
    struct arena *a = arena_new();
    struct str table, all, line, path = arena_fmt(a, "%s/data/manifests/EXPECTATIONS.tsv", root);
    struct err err = {0};
    int files = 0, bad = 0;

    (void)state;
    if (file_read(a, path.p, FILE_MOST, &table, &err) != 0) {
        printf("skip: the shared collection of messages is not there (PUENTE_SHARED)\n");
        arena_free(a);
        skip();
    }
    all = table;
    if (getenv("PUENTE_TABLE"))
        printf("file\tverdict\tmessages\trecords\tdefects named\texpected\tcomparison\n");
    str_split(&table, '\n', &line);
    while (str_split(&table, '\n', &line)) {
        struct str column[7] = {{0}};
        for (int i = 0; i < 7 && str_split(&line, '\t', &column[i]); i++)
            ;
        if (!str_eq(column[2], S("EDIFACT")) && !str_eq(column[2], S("X12")))
            continue;
        files++;
        bad += compare(a, root, column);
    }
    bad += others(a, root, all, &files);
    printf("%d files, %d of them wrong\n", files, bad);
    arena_free(a);
    assert_int_equal(bad, 0);
    assert_true(files > 150);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(collection)};
    return cmocka_run_group_tests_name("messages of the shared collection", tests, NULL, NULL);
}

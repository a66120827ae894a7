/*
 * page.c: the server's own addresses: the first page with its style and script, its texts, and the API's
 * description. The assets are linked in, each a text that ends with NUL, so the page needs no folder and no other
 * origin. Its texts come from the one catalogue: an element <h1 data-t="KEY"></h1> is filled here in the language
 * asked for, and page.js fills it again from texts.json when the reader switches, without losing the place.
 */
#include "server/internal.h"

#include "base/json.h"

#define ASSET(symbol, file)                                                                                \
    __asm__(".section .rodata\n" symbol ":\n.incbin \"src/server/assets/" file "\"\n.byte 0\n.previous\n")

ASSET("server_index_html", "index.html");
ASSET("server_page_css", "page.css");
ASSET("server_page_js", "page.js");
ASSET("server_icon_svg", "icon.svg");
extern const char server_index_html[], server_page_css[], server_page_js[], server_icon_svg[];

enum own { OWN_INDEX, OWN_CSS, OWN_JS, OWN_ICON, OWN_TEXTS, OWN_OPENAPI };

static const struct {
    const char *path, *type;
    enum own what;
} own[] = {
    {"/", "text/html; charset=utf-8", OWN_INDEX},
    {"/assets/page.css", "text/css; charset=utf-8", OWN_CSS},
    {"/assets/page.js", "text/javascript; charset=utf-8", OWN_JS},
    {"/assets/icon.svg", "image/svg+xml", OWN_ICON},
    {"/assets/texts.json", "application/json", OWN_TEXTS},
    {API "/openapi.json", "application/json", OWN_OPENAPI},
};

static const struct {
    const char *key, *msgid;
} texts[] = {
    {"title", N_("puente: this node")},
    {"skip", N_("Skip to the content")},
    {"exercise", N_("EXERCISE.")},
    {"exercise-more", N_("Everything on this page is synthetic: nobody and nothing here is real.")},
    {"heading", N_("What this node holds")},
    {"again", N_("Look again")},
    {"noscript", N_("This page needs its script to fetch the figures. They are also at /api/v1/overview, "
                    "or on the command line: puente overview.")},
    {"node", N_("This node")},
    {"node-note", N_("From this node's own journal. The checkpoint is the signed head of the journal: "
                     "whoever holds it can prove later what this node held.")},
    {"hits", N_("Latest hits")},
    {"hits-note", N_("A hit says: look here, because. It is a match of an authority's alert with something "
                     "declared, found by this node; it decides nothing. Only a named officer disposes of "
                     "it. The newest ten, newest first.")},
    {"channels", N_("Given and taken")},
    {"channels-note",
     N_("What went to each counterpart under the agreements that both have signed, and what came "
        "from it; its taker signs for what it has. Behind the office: all that goes, what stays, "
        "and why.")},
    {"due", N_("What is due")},
    {"due-note", N_("Every clock that runs, on either side: a life at risk first, then the earliest.")},
    {"places", N_("By place and direction")},
    {"places-note", N_("Trips and consignments as declared in the messages that this node took in, "
                       "corrected ones once. These are declarations, not counted crossings.")},
    {"messages", N_("Latest messages")},
    {"messages-note", N_("What senders sent, and what came of it: taken in whole, refused whole, or not "
                         "understood and kept as it came. The newest ten, newest first.")},
    {"faults", N_("Faults, by code")},
    {"faults-note", N_("What was wrong with what was sent. A fault does not always refuse a message: what "
                       "is known and harmless is tolerated, and counted here.")},
    {"verdicts", N_("Verdicts, by format")},
    {"verdicts-note", N_("Every message that reached this node, by what came of it, with the records it "
                         "brought and the faults found in it.")},
    {"waits", N_("Waits at the ports")},
    {"waits-note", N_("Minutes in the queue as this node's own records of waits say, corrected ones once; "
                      "the median and the longest of all that were measured.")},
    {"seizures", N_("Seizures")},
    {"seizures-note", N_("How many records of a seizure, not how much was seized: quantities have units "
                         "that cannot be added up.")},
    {"kinds", N_("Records, by kind")},
    {"kinds-note", N_("Every record in this node's journal that was not corrected or erased since.")},
    {"programs", N_("For programs")},
    {"programs-note", N_("Everything on this page comes from the same interface that other programs use.")},
    {"link-openapi", N_("The description of the interface (OpenAPI 3.1)")},
    {"link-kinds", N_("The kinds of record and their fields")},
    {"link-trips", N_("The first ten trips, as JSON")},
    {"footer",
     N_("This page is served by the node itself, to this machine only. It asks nobody else for anything.")},
    {"loading", N_("Looking…")},
    {"no-data", N_("No data:")},
    {"denied", N_("No right to see this:")},
    {"no-answer", N_("The node gave no answer:")},
    {"not-offered", N_("This node does not offer this.")},
    {"nothing-yet", N_("No data: nothing has been taken in yet. Nothing is withheld from you.")},
    {"nothing-hits", N_("No data: no alert and no declaration match. Nothing is withheld from you.")},
    {"nothing-channels", N_("No data: this node has met no other. Nothing is withheld from you.")},
    {"nothing-due", N_("No data: nothing is due. Nothing is withheld from you.")},
    {"nothing-places",
     N_("No data: no trip or consignment has been taken in yet. Nothing is withheld from you.")},
    {"nothing-messages", N_("No data: no message has been taken in yet. Nothing is withheld from you.")},
    {"nothing-faults",
     N_("No data: nothing was wrong with what was taken in. Nothing is withheld from you.")},
    {"nothing-waits", N_("No data: no wait has been recorded yet. Nothing is withheld from you.")},
    {"nothing-seizures", N_("No data: no seizure has been recorded yet. Nothing is withheld from you.")},
    {"withheld",
     N_("Withheld here, because personal data is shown only for a purpose and a case: {fields}.")},
    {"unreachable", N_("This page cannot reach the node. What you see is from: {age}.")},
    {"never", N_("never")},
    {"asof", N_("This node's figures, as of {age}.")},
    {"not-said", N_("not said")},
    {"fact-size", N_("Entries in the journal")},
    {"fact-size-more", N_("every record ever taken in, with corrections and erasures")},
    {"fact-epoch", N_("Epoch")},
    {"fact-epoch-more", N_("1 since the node was made; one more for each restored backup")},
    {"fact-checkpoint", N_("Checkpoint")},
    {"fact-checkpoint-of", N_("of {n} entries")},
    {"fact-checkpoint-more", N_("the head that {office} signed for this answer, root {root}…")},
    {"fact-messages", N_("Messages")},
    {"fact-messages-more", N_("from the senders; the newest came in {age}")},
    {"fact-messages-none", N_("none has come in yet")},
    {"fact-hits", N_("Hits")},
    {"fact-hits-more", N_("found by this node's own screening")},
    {"col-place", N_("Place")},
    {"col-direction", N_("Direction")},
    {"col-trips", N_("Trips")},
    {"col-consignments", N_("Consignments")},
    {"col-fault", N_("What was wrong")},
    {"col-count", N_("How often")},
    {"col-kind", N_("Kind")},
    {"col-records", N_("Records")},
    {"col-when", N_("When")},
    {"col-alert", N_("Alert")},
    {"col-why", N_("Because")},
    {"col-asked", N_("Asked for")},
    {"col-record", N_("Record")},
    {"all", N_("Show all {n}")},
    {"fewer", N_("Show the first {n}")},
    {"col-mode", N_("Mode")},
    {"col-messages", N_("Messages")},
    {"col-lane", N_("Lane")},
    {"col-median", N_("Median, min")},
    {"col-longest", N_("Longest, min")},
    {"col-measured", N_("Measured")},
    {"col-commodity", N_("Commodity")},
    {"col-status", N_("Status")},
    {"col-format", N_("Format")},
    {"col-sender", N_("Sender")},
    {"col-reference", N_("Reference")},
    {"col-verdict", N_("Verdict")},
    {"col-faults", N_("Faults")},
    {"col-office", N_("Counterpart")},
    {"col-way", N_("Way")},
    {"col-acknowledged", N_("Signed for")},
    {"col-due", N_("Due")},
    {"col-duty", N_("Duty")},
    {"col-side", N_("Whose")},
    {"col-matter", N_("Matter")},
    {"way-given", N_("given")},
    {"way-taken", N_("taken in")},
    {"way-none", N_("nothing so far")},
    {"channel-even", N_("all signed for")},
    {"channel-owed", N_("a receipt is owed")},
    {"channel-still", N_("stands still")},
    {"side-ours", N_("ours")},
    {"side-theirs", N_("theirs")},
    {"late-by", N_("late by {span}")},
    {"life-at-risk", N_("life at risk")},
    {"duty-answer", N_("answer the request")},
    {"duty-commitment", N_("keep the promise")},
    {"duty-confirmation", N_("confirm the retraction")},
    {"duty-consent", N_("renew the consent or take back")},
    {"duty-contact-report", N_("hand in the contact report")},
    {"duty-disclosure", N_("disclose or refuse")},
    {"duty-incident", N_("close the incident")},
    {"duty-rights", N_("answer the rights request")},
};

bool page_text(size_t i, const char **key, const char **msgid)
{
    if (i >= COUNT(texts))
        return false;
    *key = texts[i].key;
    *msgid = texts[i].msgid;
    return true;
}

static const char *text_of(struct str key, enum lang lang)
{
    for (size_t i = 0; i < COUNT(texts); i++)
        if (str_eq(key, str_z(texts[i].key)))
            return tr(lang, texts[i].msgid);
    return "";
}

static void put_text(struct buf *b, struct str key, const char *text)
{
    json_comma(b);
    json_str(b, key);
    buf_char(b, ':');
    json_str(b, str_z(text));
}

/* What the page shows row by row, and the code lists in it. */
static const char *const shown_kinds[] = {"message", "hit", NULL};
static const char *const shown_lists[] = {"direction", "verdict",  "hit_basis", "hit_status", "iso3166",
                                          "mode",      "severity", "lane",      "commodity",  NULL};

static bool is_one_of(const char *name, const char *const *names)
{
    for (; *names; names++)
        if (strcmp(*names, name) == 0)
            return true;
    return false;
}

/* Kinds, codes and faults are named by the schema, so that the page says what forms and exports say. */
static void kind_texts(struct buf *b, struct arena *a, const struct kind *k, enum lang lang)
{
    put_text(b, arena_fmt(a, "kind.%s", k->name), tr(lang, k->label));
    if (!is_one_of(k->name, shown_kinds))
        return;
    for (uint16_t i = 0; i < k->fields; i++) {
        const struct field *f = &k->field[i];
        put_text(b, arena_fmt(a, "field.%s.%s", k->name, f->name), tr(lang, f->label));
    }
}

static void list_texts(struct buf *b, struct arena *a, const struct codelist *l, enum lang lang)
{
    for (size_t i = 0; i < l->n; i++)
        put_text(b, arena_fmt(a, "code.%s.%s", l->name, l->codes[i].code), tr(lang, l->codes[i].label));
}

static void schema_texts(struct buf *b, enum lang lang)
{
    const struct codelist *done[16];
    struct arena *a = arena_new();
    size_t n = 0;

    for (const struct kind *const *k = schema_kinds; *k; k++) {
        kind_texts(b, a, *k, lang);
        for (uint16_t i = 0; i < (*k)->fields; i++) {
            const struct codelist *l = (*k)->field[i].codes;
            bool again = l == NULL || !is_one_of(l->name, shown_lists) || n == COUNT(done);
            for (size_t d = 0; d < n && !again; d++)
                again = done[d] == l;
            if (!again)
                list_texts(b, a, done[n++] = l, lang);
        }
    }
    for (const struct fault_def *f = schema_faults; f->code; f++)
        put_text(b, arena_fmt(a, "fault.%s", f->code), tr(lang, f->message));
    arena_free(a);
}

static void write_texts(struct buf *b, enum lang lang)
{
    buf_char(b, '{');
    for (size_t i = 0; i < COUNT(texts); i++)
        put_text(b, str_z(texts[i].key), tr(lang, texts[i].msgid));
    schema_texts(b, lang);
    buf_z(b, "}\n");
}

static void put_html(struct buf *b, const char *z)
{
    for (; *z; z++) {
        if (*z == '&')
            buf_z(b, "&amp;");
        else if (*z == '<')
            buf_z(b, "&lt;");
        else
            buf_char(b, *z);
    }
}

/* Copies the page; behind the '>' of every element that has data-t="KEY" comes its text. */
static void write_index(struct buf *b, enum lang lang)
{
    struct str rest = str_z(server_index_html), tag;
    static const char mark[] = " data-t=\"", language[] = "<html lang=\"en\"";

    while (str_split(&rest, '>', &tag)) {
        const char *key = memmem(tag.p, tag.n, mark, sizeof mark - 1);
        if (memmem(tag.p, tag.n, language, sizeof language - 1))
            buf_fmt(b, "%.*s<html lang=\"%s\"", (int)(tag.n - (sizeof language - 1)), tag.p,
                    lang_tag(lang));
        else
            buf_str(b, tag);
        if (rest.p == NULL)
            return;
        buf_char(b, '>');
        if (key) {
            struct str after =
                           str_n(key + sizeof mark - 1, (size_t)(tag.p + tag.n - key) - (sizeof mark - 1)),
                       name;
            if (str_split(&after, '"', &name))
                put_html(b, text_of(name, lang));
        }
    }
}

bool page_is_own(struct str path)
{
    for (size_t i = 0; i < COUNT(own); i++)
        if (str_eq(path, str_z(own[i].path)))
            return true;
    return false;
}

void page_answer(const struct room *const *rooms, struct str path, enum lang lang, struct answer *w)
{
    size_t i = 0;

    while (!str_eq(path, str_z(own[i].path)))
        i++; /* page_is_own has found it */
    w->status = 200;
    w->type = own[i].type;
    switch (own[i].what) {
    case OWN_INDEX:
        write_index(&w->body, lang);
        return;
    case OWN_CSS:
        buf_z(&w->body, server_page_css);
        return;
    case OWN_JS:
        buf_z(&w->body, server_page_js);
        return;
    case OWN_ICON:
        buf_z(&w->body, server_icon_svg);
        return;
    case OWN_TEXTS:
        write_texts(&w->body, lang);
        return;
    case OWN_OPENAPI:
        openapi_write(&w->body, rooms, lang);
        return;
    }
}

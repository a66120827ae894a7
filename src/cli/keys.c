/*
 * keys.c: what an answer's keys are called in text. A key that is not here is shown with its underscores as
 * blanks, which tr() may know too.
 */
#include "cli/internal.h"

static const struct {
    const char *key, *label;
} known[] = {
    {"acknowledged", N_("acknowledged")},
    {"action", N_("action")},
    {"action_requested", N_("action requested")},
    {"advice", N_("what to do")},
    {"after", N_("after")},
    {"aggregate", N_("counts of people")},
    {"agreement", N_("agreement")},
    {"agreements", N_("agreements")},
    {"alert", N_("alert")},
    {"alert_holds", N_("alert holds")},
    {"alert_value", N_("in the alert")},
    {"alerts", N_("alerts")},
    {"all_hits", N_("all hits")},
    {"already_known", N_("already known")},
    {"already_taken", N_("already taken in")},
    {"also_suspended_by", N_("and by")},
    {"answer", N_("answer")},
    {"answers", N_("answers")},
    {"applied", N_("applied")},
    {"applies", N_("applies")},
    {"as_of", N_("as of")},
    {"asks", N_("asks for")},
    {"at", N_("at")},
    {"author", N_("author")},
    {"authority", N_("authority")},
    {"bad", N_("not good")},
    {"bad_seq", N_("first bad entry")},
    {"basis", N_("basis")},
    {"because", N_("because")},
    {"bits", N_("bits")},
    {"broken_on_purpose", N_("broken on purpose")},
    {"bytes", N_("bytes")},
    {"bytes_in", N_("bytes received")},
    {"bytes_out", N_("bytes sent")},
    {"came", N_("came from there")},
    {"card", N_("card")},
    {"certificate_until", N_("certificate until")},
    {"change", N_("change")},
    {"changes", N_("changes")},
    {"channels", N_("channels")},
    {"check", N_("check")},
    {"checkpoint", N_("checkpoint")},
    {"checks", N_("checks")},
    {"class", N_("class")},
    {"clause", N_("clause")},
    {"clauses", N_("clauses")},
    {"clocks", N_("clocks")},
    {"code", N_("code")},
    {"codes", N_("codes")},
    {"coming_version", N_("coming version")},
    {"commitment", N_("commitment")},
    {"commodity", N_("commodity")},
    {"confirmed_by", N_("confirmed by")},
    {"consignments", N_("consignments")},
    {"contact", N_("contact")},
    {"contact_report_days", N_("days for a contact report")},
    {"control", N_("control sample")},
    {"count", N_("count")},
    {"counterpart", N_("counterpart")},
    {"country", N_("country")},
    {"decided", N_("decided")},
    {"decision", N_("decision")},
    {"declared_value", N_("in the declaration")},
    {"differences", N_("differences")},
    {"digest", N_("digest")},
    {"dir", N_("folder")},
    {"direction", N_("direction")},
    {"due", N_("due")},
    {"duty", N_("duty")},
    {"earlier", N_("earlier hit")},
    {"ended_by", N_("ended by")},
    {"engine", N_("engine")},
    {"entries", N_("entries")},
    {"epoch", N_("epoch")},
    {"erased", N_("erased")},
    {"erasure", N_("erasure")},
    {"errors", N_("errors")},
    {"evaluated", N_("evaluated")},
    {"evidence", N_("evidence")},
    {"examined", N_("examined")},
    {"examples", N_("examples")},
    {"exercise", N_("exercise")},
    {"expected", N_("expected")},
    {"expired", N_("expired")},
    {"explanation", N_("explanation")},
    {"family", N_("family")},
    {"faults", N_("faults")},
    {"field", N_("field")},
    {"fields", N_("fields")},
    {"fields_withheld", N_("fields withheld")},
    {"file", N_("file")},
    {"filed", N_("handed in on")},
    {"files", N_("files")},
    {"fired", N_("fired")},
    {"first_day", N_("first day")},
    {"fork", N_("fork")},
    {"form", N_("form")},
    {"format", N_("format")},
    {"found", N_("found")},
    {"found_percent", N_("found, %")},
    {"from", N_("from")},
    {"from_percent", N_("at least, %")},
    {"given", N_("given")},
    {"given_to", N_("given to")},
    {"giver", N_("giver")},
    {"goes", N_("goes there")},
    {"good", N_("good")},
    {"grading", N_("grading")},
    {"handling", N_("handling")},
    {"head", N_("head")},
    {"help", N_("explanation")},
    {"hit", N_("hit")},
    {"hits", N_("hits")},
    {"id", N_("id")},
    {"ids", N_("ids")},
    {"in_time", N_("in time")},
    {"keep_days", N_("kept, days")},
    {"kept_too_long", N_("kept too long")},
    {"kept_until", N_("kept until")},
    {"key", N_("key")},
    {"key_epoch", N_("key epoch")},
    {"kind", N_("kind")},
    {"kinds", N_("kinds")},
    {"label", N_("label")},
    {"lane", N_("lane")},
    {"last_day", N_("last day")},
    {"last_useful", N_("last useful")},
    {"late", N_("late")},
    {"late_by", N_("late by")},
    {"latest", N_("latest")},
    {"legal_basis", N_("legal basis")},
    {"life_at_risk", N_("life at risk")},
    {"line", N_("line")},
    {"list", N_("list")},
    {"lists", N_("lists")},
    {"longest", N_("longest")},
    {"many", N_("several")},
    {"matched", N_("matched")},
    {"matched_by", N_("matched by")},
    {"matches", N_("matches")},
    {"matter", N_("matter")},
    {"meaning", N_("meaning")},
    {"measured", N_("measured")},
    {"median", N_("median")},
    {"message", N_("message")},
    {"messages", N_("messages")},
    {"met", N_("met")},
    {"milliseconds", N_("milliseconds")},
    {"missing", N_("missing")},
    {"mode", N_("mode")},
    {"more", N_("more")},
    {"name", N_("name")},
    {"next", N_("next")},
    {"next_step", N_("next step")},
    {"node", N_("node")},
    {"not_understood", N_("not understood")},
    {"note", N_("note")},
    {"notes", N_("notes")},
    {"nothing", N_("nothing")},
    {"number", N_("number in list")},
    {"observed", N_("observed")},
    {"office", N_("office")},
    {"one_in", N_("one in")},
    {"origin", N_("origin")},
    {"outcome", N_("outcome")},
    {"padded_to", N_("padded to")},
    {"papers", N_("papers")},
    {"papers_owed", N_("papers owed")},
    {"peer", N_("counterpart")},
    {"peers", N_("counterparts")},
    {"place", N_("place code")},
    {"place_name", N_("place")},
    {"places", N_("places")},
    {"pointed_to_by", N_("pointed to by")},
    {"port", N_("port")},
    {"ports", N_("ports")},
    {"problem", N_("problem")},
    {"purpose", N_("purpose")},
    {"quota", N_("a day")},
    {"reacted", N_("reacted")},
    {"read_as", N_("read as")},
    {"reason", N_("reason")},
    {"record", N_("record")},
    {"recorded", N_("recorded")},
    {"records", N_("records")},
    {"records_taken", N_("records taken in")},
    {"ref", N_("refers to")},
    {"reference", N_("reference")},
    {"refused", N_("refused")},
    {"replaces", N_("replaces")},
    {"request_number", N_("number")},
    {"requests", N_("requests")},
    {"requests_opened", N_("requests opened")},
    {"required", N_("required")},
    {"result", N_("result")},
    {"retracted", N_("retracted")},
    {"root", N_("root")},
    {"rows", N_("rows")},
    {"rule", N_("rule")},
    {"rules", N_("rules")},
    {"safety_number", N_("safety number")},
    {"says", N_("says")},
    {"schema", N_("schema")},
    {"scope", N_("scope")},
    {"score", N_("score of 1000")},
    {"seed", N_("seed")},
    {"seizures", N_("seizures")},
    {"sent", N_("sent")},
    {"seq", N_("entry")},
    {"severity", N_("severity")},
    {"should_not_stand", N_("should not stand")},
    {"side", N_("side")},
    {"signed_by", N_("signed by")},
    {"size", N_("size")},
    {"source", N_("source")},
    {"standing", N_("standing")},
    {"stands_still", N_("stands still")},
    {"status", N_("status")},
    {"stays", N_("stays here")},
    {"subject", N_("matched record")},
    {"such_as", N_("such as")},
    {"superseded", N_("corrected by")},
    {"suspended_by", N_("suspended by")},
    {"syntax", N_("syntax")},
    {"tag", N_("tag")},
    {"taken", N_("taken in")},
    {"taken_on", N_("taken in on")},
    {"taker", N_("taker")},
    {"title", N_("title")},
    {"to_be_found", N_("to be found")},
    {"to_percent", N_("at most, %")},
    {"travels", N_("travels")},
    {"trips", N_("trips")},
    {"type", N_("type")},
    {"under_profile", N_("under this profile")},
    {"unit", N_("unit")},
    {"unknown", N_("not known")},
    {"unreadable", N_("unreadable")},
    {"until", N_("until")},
    {"urls", N_("addresses")},
    {"valid_from", N_("valid from")},
    {"valid_until", N_("valid until")},
    {"value", N_("value")},
    {"values", N_("values")},
    {"verdict", N_("verdict")},
    {"verdicts", N_("verdicts")},
    {"version", N_("version")},
    {"versions", N_("versions")},
    {"waits", N_("waits, in minutes")},
    {"warned", N_("warned")},
    {"warning", N_("warning")},
    {"warnings", N_("warnings")},
    {"what", N_("what")},
    {"when", N_("when")},
    {"why", N_("why")},
    {"with", N_("with")},
    {"withdrawn", N_("withdrawn")},
    {"withheld", N_("withheld")},
    {"withheld_because", N_("withheld because")},
    {"without", N_("without")},
    {"written", N_("as written")},
};

/* Codes that are in no kind's list. Sorted by key, then code. */
static const struct {
    const char *key, *code, *label;
} codes[] = {
    {"duty", "answer", N_("answer the request")},
    {"duty", "commitment", N_("keep the promise")},
    {"duty", "confirmation", N_("confirm the retraction")},
    {"duty", "consent", N_("renew the consent or take back")},
    {"duty", "contact-report", N_("hand in the contact report")},
    {"duty", "disclosure", N_("disclose or refuse")},
    {"duty", "incident", N_("close the incident")},
    {"duty", "rights", N_("answer the rights request")},
    {"side", "ours", N_("ours")},
    {"side", "theirs", N_("theirs")},
};

const char *keys_label(struct arena *a, enum lang lang, const char *key)
{
    char *label;

    for (size_t i = 0; i < COUNT(known); i++)
        if (strcmp(known[i].key, key) == 0)
            return tr(lang, known[i].label);
    label = arena_z(a, str_z(key));
    for (char *p = label; *p; p++)
        if (*p == '_')
            *p = ' ';
    return tr(lang, label);
}

/* The closed lists that fields of this name have, in any kind. */
static void learn(struct keys_memo *m, const char *key)
{
    size_t at = m->n++;

    m->of[at].key = key;
    m->of[at].n = 0;
    for (const struct kind *const *k = schema_kinds; *k; k++) {
        int f = schema_field(*k, str_z(key));
        const struct codelist *l = f < 0 ? NULL : (*k)->field[f].codes;
        bool seen = l == NULL;
        for (size_t i = 0; i < m->of[at].n && !seen; i++)
            seen = m->of[at].list[i] == l;
        if (!seen && m->of[at].n < COUNT(m->of[at].list))
            m->of[at].list[m->of[at].n++] = l;
    }
}

const char *keys_code(struct keys_memo *m, enum lang lang, const char *key, struct str value)
{
    size_t at = 0;

    if (value.n == 0 || value.n > 40 || value.p[0] < 'a' || value.p[0] > 'z')
        return NULL;
    for (size_t i = 0; i < COUNT(codes); i++)
        if (strcmp(codes[i].key, key) == 0 && str_eq(value, str_z(codes[i].code)))
            return tr(lang, codes[i].label);
    while (at < m->n && strcmp(m->of[at].key, key) != 0)
        at++;
    if (at == m->n && m->n == COUNT(m->of))
        return NULL;
    if (at == m->n)
        learn(m, key);
    for (size_t i = 0; i < m->of[at].n; i++) {
        const struct code *c = schema_code(m->of[at].list[i], value);
        if (c && c->label && c->label[0])
            return tr(lang, c->label);
    }
    return NULL;
}

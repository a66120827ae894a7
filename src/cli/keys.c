/*
 * keys.c: what an answer's keys are called in text. A key that is not here is shown with its underscores as
 * blanks, which tr() may know too.
 */
#include "cli/internal.h"

static const struct {
    const char *key, *label;
} known[] = {
    {"action", N_("action")},
    {"alerts", N_("alerts")},
    {"applied", N_("applied")},
    {"bytes", N_("bytes")},
    {"by_kind", N_("by kind")},
    {"check", N_("check")},
    {"checkpoint", N_("checkpoint")},
    {"class", N_("class")},
    {"code", N_("code")},
    {"codes", N_("codes")},
    {"commitment", N_("commitment")},
    {"count", N_("count")},
    {"country", N_("country")},
    {"dir", N_("folder")},
    {"digest", N_("digest")},
    {"entries", N_("entries")},
    {"epoch", N_("epoch")},
    {"erased", N_("erased")},
    {"exercise", N_("exercise")},
    {"expected", N_("expected")},
    {"family", N_("family")},
    {"faults", N_("faults")},
    {"field", N_("field")},
    {"fields", N_("fields")},
    {"file", N_("file")},
    {"files", N_("files")},
    {"first_seq", N_("first number")},
    {"format", N_("format")},
    {"found", N_("found")},
    {"good", N_("good")},
    {"handling", N_("handling")},
    {"head", N_("head")},
    {"help", N_("explanation")},
    {"hits", N_("hits")},
    {"id", N_("id")},
    {"key", N_("key")},
    {"kind", N_("kind")},
    {"kinds", N_("kinds")},
    {"label", N_("label")},
    {"last_seq", N_("last number")},
    {"message", N_("message")},
    {"messages", N_("messages")},
    {"name", N_("name")},
    {"next", N_("next")},
    {"node", N_("node")},
    {"not_understood", N_("not understood")},
    {"office", N_("office")},
    {"origin", N_("origin")},
    {"author", N_("author")},
    {"port", N_("port")},
    {"purpose", N_("purpose")},
    {"basis", N_("legal basis")},
    {"grading", N_("grading")},
    {"reacted", N_("reacted")},
    {"recorded", N_("recorded")},
    {"record", N_("record")},
    {"records", N_("records")},
    {"refused", N_("refused")},
    {"replaces", N_("replaces")},
    {"result", N_("result")},
    {"root", N_("root")},
    {"rule", N_("rule")},
    {"seconds", N_("seconds")},
    {"seed", N_("seed")},
    {"seq", N_("number")},
    {"severity", N_("severity")},
    {"size", N_("size")},
    {"status", N_("status")},
    {"superseded", N_("corrected by")},
    {"taken", N_("taken in")},
    {"total", N_("total")},
    {"type", N_("type")},
    {"unit", N_("unit")},
    {"value", N_("value")},
    {"verdict", N_("verdict")},
    {"version", N_("version")},
    {"what", N_("what")},
    {"withheld", N_("withheld")},
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

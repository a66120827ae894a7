/*
 * wco_references.c: values that no field takes are not lost: each becomes a reference, "Path/To/Value:value", of the
 * item or the consignment that it stands in; documents, statements, errors and the like become one reference each.
 */
#include "feeds/wco.h"

/* Elements that say one thing with several values. `tight`: so many of them are written without a blank. */
static const struct {
    const char *element, *qualifier, *part[3];
    int tight;
} composites[] = {
    {"AdditionalDocument", "DOCUMENT", {"CategoryCode", "TypeCode", "ID"}, 2},
    {"PreviousDocument", "PREVIOUS", {"CategoryCode", "TypeCode", "ID"}, 1},
    {"AdditionalInformation",
     "STATEMENT",
     {"StatementTypeCode", "StatementCode", "StatementDescription"},
     1},
    {"Classification", "CLASS", {"IdentificationTypeCode", "ID"}, 1},
    {"GovernmentProcedure", "PROCEDURE", {"CurrentCode", "PreviousCode"}, 2},
    {"AuthorisationHolder", "AUTHORISATION", {"CategoryCode", "ID"}, 1},
    {"AEOMutualRecognitionParty", "AEO", {"RoleCode", "ID"}, 1},
    {"Error", "ERROR", {"ValidationCode"}, 1},
    {"Amendment", "AMENDMENT", {"ChangeReasonCode"}, 1},
};

void wco_reference(struct wco *w, struct record *r, const struct tree_node *n, struct str qualifier,
                   struct str value)
{
    int f = schema_field(r->kind, S("references"));
    struct str old = record_get(r, f);

    if (!value.n)
        return;
    if (old.n + qualifier.n + value.n + 2 > TEXT_MAX) {
        if (!w->cut)
            wco_fault(w, "wco.long", n, qualifier, arena_fmt(w->d.arena, "%d", TEXT_MAX));
        w->cut = w->cut || !w->dry;
        return;
    }
    record_text(r, f,
                arena_fmt(w->scratch, "%.*s%s%.*s:%.*s", STR_ARG(old), old.n ? "\n" : "",
                          STR_ARG(qualifier), STR_ARG(value)));
}

/* "42A/17C#2/R144": where in the declaration; each pointer goes one step further down. */
static struct str pointers(struct wco *w, const struct tree_node *n)
{
    struct str s = {NULL, 0};

    for (struct tree_node *p = tree_child(n, "Pointer"); p && s.n < FOUND_MAX; p = tree_again(p)) {
        struct tree_node *section = tree_child(p, "DocumentSectionCode"),
                         *at = tree_child(p, "SequenceNumeric"), *tag = tree_child(p, "TagID");

        s = arena_fmt(w->scratch, "%.*s%s%.*s%s%.*s%s%.*s", STR_ARG(s), s.n ? "/" : "",
                      STR_ARG(section ? section->text : S("")), at ? "#" : "",
                      STR_ARG(at ? at->text : S("")), tag ? "/" : "", STR_ARG(tag ? tag->text : S("")));
    }
    return s;
}

static int composite_of(const struct tree_node *n)
{
    for (size_t i = 0; n && i < COUNT(composites); i++)
        if (str_eq(n->name, str_z(composites[i].element)))
            return (int)i;
    return -1;
}

static bool is_part(const struct tree_node *n)
{
    int c = composite_of(n->parent);

    if (n->parent && str_eq(n->parent->name, S("Pointer")) && composite_of(n->parent->parent) >= 0)
        return true;
    for (size_t i = 0; c >= 0 && i < COUNT(composites[c].part); i++)
        if (composites[c].part[i] && str_eq(n->name, str_z(composites[c].part[i])))
            return true;
    return false;
}

static void composite(struct wco *w, struct record *r, const struct tree_node *n, int c)
{
    struct str s = {NULL, 0}, at;

    for (int i = 0; i < 3 && composites[c].part[i]; i++) {
        struct tree_node *part = tree_child(n, composites[c].part[i]);

        if (part && part->used)
            return; /* a field has it */
        if (part && part->text.n)
            s = arena_fmt(w->scratch, "%.*s%s%.*s", STR_ARG(s), s.n && i >= composites[c].tight ? " " : "",
                          STR_ARG(part->text));
    }
    at = pointers(w, n);
    if (at.n)
        s = arena_fmt(w->scratch, "%.*s%s%.*s", STR_ARG(s), s.n ? " " : "", STR_ARG(at));
    wco_reference(w, r, n, str_z(composites[c].qualifier), s);
}

/* A value with what its attributes add: "270.00 GBP", "10 KGM"; a date as ISO 8601 writes it. */
static struct str leaf_text(struct wco *w, const struct tree_node *n)
{
    struct str unit = tree_attribute(n, "currencyID"), date = wco_date(w->scratch, n);

    if (!unit.n)
        unit = tree_attribute(n, "unitCode");
    if (date.n)
        return date;
    return arena_fmt(w->scratch, "%.*s%s%.*s", STR_ARG(n->text), unit.n ? " " : "", STR_ARG(unit));
}

bool wco_is_item(const struct tree_node *n)
{
    return str_eq(n->name, S("GovernmentAgencyGoodsItem"));
}

/* What no field took of `scope`, without its items. */
void wco_leftovers(struct wco *w, struct record *r, const struct tree_node *scope)
{
    struct tree_node *n = tree_next(scope, scope);

    while (n) {
        int c = composite_of(n);

        if (wco_is_item(n)) {
            n = tree_past(n, scope);
            continue;
        }
        if (c >= 0)
            composite(w, r, n, c);
        else if (!n->first && !n->used && !is_part(n) && n->text.n &&
                 !str_eq(n->name, S("SequenceNumeric")))
            wco_reference(
                w, r, n, tree_path(w->scratch, str_eq(n->name, S("DateTimeString")) ? n->parent : n, scope),
                leaf_text(w, n));
        n = tree_next(n, scope);
    }
}

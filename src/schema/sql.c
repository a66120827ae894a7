/*
 * sql.c: the view table of a kind. Texts, codes, dates and times are TEXT (F_MANY: one a line), numbers
 * INTEGER (a decimal in its units), references and bytes BLOB. STRICT: a value of another type is refused. The
 * header's columns carry h_, because kinds have an `origin` of their own.
 */
#include "schema/internal.h"

static const struct {
    const char *name, *type;
} head[] = {
    {"seq", "INTEGER PRIMARY KEY"},
    {"id", "BLOB NOT NULL"},
    {"h_origin", "TEXT"},
    {"h_author", "TEXT"},
    {"h_recorded", "INTEGER NOT NULL"},
    {"h_replaces", "BLOB"},
    {"superseded", "INTEGER"},
    {"h_handling", "TEXT"},
    {"h_exercise", "INTEGER NOT NULL"},
    {"erased", "INTEGER NOT NULL DEFAULT 0"},
};

static const char *sql_type(enum type t)
{
    switch (t) {
    case T_TEXT:
    case T_CODE:
    case T_DATE:
    case T_TIME:
        return "TEXT";
    case T_INT:
    case T_DECIMAL:
    case T_BOOL:
        return "INTEGER";
    case T_REF:
    case T_BYTES:
        return "BLOB";
    }
    return "";
}

/* What a row that ceases to be current does to the count; views add those that come, many at once. */
static void sql_count(struct buf *b, const struct kind *k)
{
    buf_fmt(b,
            "CREATE TRIGGER \"v_%s/out\" AFTER UPDATE OF superseded, erased ON \"v_%s\""
            " WHEN OLD.superseded IS NULL AND OLD.erased = 0"
            " AND (NEW.superseded IS NOT NULL OR NEW.erased <> 0)"
            " BEGIN INSERT INTO kind_count VALUES(%u, -1) ON CONFLICT DO UPDATE SET n = n - 1; END;\n",
            k->name, k->name, k->number);
}

void schema_sql_create(struct buf *b, const struct kind *k)
{
    buf_fmt(b, "CREATE TABLE \"v_%s\"(", k->name);
    for (size_t i = 0; i < COUNT(head); i++)
        buf_fmt(b, "%s\n  \"%s\" %s", i ? "," : "", head[i].name, head[i].type);
    for (int i = 0; i < k->fields; i++)
        buf_fmt(b, ",\n  \"%s\" %s", k->field[i].name, sql_type(k->field[i].type));
    buf_z(b, "\n) STRICT;\n");
    buf_fmt(b, "CREATE INDEX \"v_%s/id\" ON \"v_%s\"(\"id\");\n", k->name, k->name);
    for (int i = 0; i < k->fields; i++)
        if (k->field[i].flags & F_KEY)
            buf_fmt(b, "CREATE INDEX \"v_%s/%s\" ON \"v_%s\"(\"%s\") WHERE \"%s\" IS NOT NULL;\n", k->name,
                    k->field[i].name, k->name, k->field[i].name, k->field[i].name);
    sql_count(b, k);
}

/* OR FAIL: a row that does not fit undoes the whole transaction, so SQLite need not be able to undo what triggers did for
 * this one row: it would copy each page that they touch. */
void schema_sql_insert(struct buf *b, const struct kind *k)
{
    size_t n = COUNT(head) + k->fields;

    buf_fmt(b, "INSERT OR FAIL INTO \"v_%s\" VALUES(", k->name);
    for (size_t i = 1; i <= n; i++)
        buf_fmt(b, i == 1 ? "?%zu" : ",?%zu", i);
    buf_char(b, ')');
}

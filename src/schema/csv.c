/*
 * csv.c: records as comma-separated values (RFC 4180): one header line of field names, CRLF, quotation
 * marks where needed. Values are written as they are: a text that a spreadsheet would take for a formula is
 * not changed, because what is read back must be what was recorded.
 */
#include "base/crypto.h"
#include "base/json.h"
#include "schema/internal.h"

static bool plain(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] == '"' || s.p[i] == ',' || s.p[i] == '\n' || s.p[i] == '\r')
            return false;
    /* A reader may trim blanks that no quotation marks guard. */
    return s.n == 0 || (s.p[0] != ' ' && s.p[s.n - 1] != ' ');
}

static void cell(struct buf *b, struct str s)
{
    if (plain(s)) {
        buf_str(b, s);
        return;
    }
    buf_char(b, '"');
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '"')
            buf_char(b, '"');
        buf_char(b, s.p[i]);
    }
    buf_char(b, '"');
}

void schema_csv_header(struct buf *b, const struct kind *k)
{
    for (int i = 0; i < k->fields; i++) {
        if (i)
            buf_char(b, ',');
        buf_z(b, k->field[i].name);
    }
    buf_put(b, "\r\n", 2);
}

void schema_csv_row(struct buf *b, const struct record *r, uint64_t hide)
{
    struct arena *a = arena_new();

    for (int i = 0; i < r->kind->fields; i++) {
        if (i)
            buf_char(b, ',');
        if (!(hide >> i & 1))
            cell(b, schema_text(a, r, i));
    }
    buf_put(b, "\r\n", 2);
    arena_free(a);
}

/* refused.c: the bounded log of refusals, in memory and as a file. */
#include "base/refused.h"

#include <stdio.h>

#define FILE_NAME "refused"
#define FILE_MOST ((size_t)64 << 10)
#define HEADING   "puente refused v1"

void refused_init(struct refused *r)
{
    *r = (struct refused){.row = {{.address = "others"}}, .n = 1};
}

static struct refused_row *find(struct refused *r, const char *address)
{
    struct refused_row *oldest = NULL;

    for (size_t i = 1; i < r->n; i++) {
        if (strcmp(r->row[i].address, address) == 0)
            return &r->row[i];
        if (oldest == NULL || r->row[i].last < oldest->last)
            oldest = &r->row[i];
    }
    if (r->n < REFUSED_ROWS) {
        oldest = &r->row[r->n++];
    } else { /* the one not heard of for longest joins the others */
        struct refused_row *others = &r->row[0];
        if (others->count == 0 || oldest->first < others->first)
            others->first = oldest->first;
        if (oldest->last > others->last) {
            others->last = oldest->last;
            others->why = oldest->why;
        }
        others->count += oldest->count;
    }
    *oldest = (struct refused_row){0};
    snprintf(oldest->address, sizeof oldest->address, "%s", address);
    return oldest;
}

struct refused_row *refused_put(struct refused *r, const struct refused_row *what)
{
    struct refused_row *row = find(r, what->address);

    if (row->count++ == 0)
        row->first = what->last;
    row->last = what->last;
    row->why = what->why;
    snprintf(row->office, sizeof row->office, "%s", what->office);
    return row;
}

/* ---- the file ---- */

static bool word(struct str *line, char *to, size_t size)
{
    struct str w;

    if (!str_split(line, ' ', &w) || w.n == 0 || w.n >= size)
        return false;
    memcpy(to, w.p, w.n);
    to[w.n] = '\0';
    return true;
}

static bool when(struct str *line, int64_t *us)
{
    struct str w;
    bool zoned;

    return str_split(line, ' ', &w) && time_parse(w, us, &zoned);
}

static bool parse(struct str line, struct refused_row *row)
{
    struct str count, code;
    int64_t n;

    *row = (struct refused_row){0};
    if (!word(&line, row->address, sizeof row->address) || !str_split(&line, ' ', &count) ||
        !str_int(count, &n) || n <= 0 || !when(&line, &row->first) || !when(&line, &row->last) ||
        !str_split(&line, ' ', &code) || !word(&line, row->office, sizeof row->office))
        return false;
    row->count = (uint64_t)n;
    row->why = tls_verdict_parse(code);
    if (strcmp(row->office, "-") == 0)
        row->office[0] = '\0';
    return str_utf8(str_z(row->address)) && str_utf8(str_z(row->office));
}

int refused_load(const char *dir, struct refused *out, struct err *e)
{
    struct arena *a = arena_new();
    struct refused_row row;
    struct str text, line;
    int rc = -1;

    refused_init(out);
    if (file_read(a, path_join(a, dir, FILE_NAME).p, FILE_MOST, &text, e) < 0) {
        if (e->code == ERR_NOT_FOUND)
            rc = (err_clear(e), 0);
        goto done;
    }
    while (str_split(&text, '\n', &line))
        if (parse(line, &row)) {
            if (strcmp(row.address, out->row[0].address) == 0)
                out->row[0] = row;
            else if (out->n < REFUSED_ROWS)
                out->row[out->n++] = row;
        }
    rc = 0;
done:
    arena_free(a);
    return rc;
}

int refused_save(const char *dir, const struct refused *r, struct err *e)
{
    struct arena *a = arena_new();
    char first[TIME_SIZE], last[TIME_SIZE];
    struct buf b;
    int rc;

    buf_init(&b, FILE_MOST);
    buf_z(&b, HEADING "\n");
    for (size_t i = 0; i < r->n; i++) {
        const struct refused_row *row = &r->row[i];
        if (row->count == 0)
            continue;
        time_format(row->first, first);
        time_format(row->last, last);
        buf_fmt(&b, "%s %llu %s %s %s %s\n", row->address, (unsigned long long)row->count, first, last,
                tls_verdict_code(row->why), row->office[0] ? row->office : "-");
    }
    rc = file_write(path_join(a, dir, FILE_NAME).p, buf_view(&b), 0600, e);
    buf_free(&b);
    arena_free(a);
    return rc;
}

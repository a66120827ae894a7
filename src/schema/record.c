/* record.c: records in memory, and where faults go. */
#include "schema/internal.h"

#include <assert.h>
#include <stdlib.h>

struct record *record_new(struct arena *a, const struct kind *k)
{
    /* One piece: the values follow the record. */
    struct record *r = arena_alloc(a, sizeof *r + k->fields * sizeof *r->v);

    r->kind = k;
    r->v = (struct value *)(r + 1);
    return r;
}

void fault_put(struct faults *to, const struct fault *f)
{
    uint64_t before = to->count[SEV_NOTE] + to->count[SEV_WARNING] + to->count[SEV_ERROR];

    to->count[f->severity]++;
    if (to->put && (to->limit == 0 || before < to->limit))
        to->put(to->arg, f);
}

void fault_at(struct faults *to, const char *code, struct place at, struct str found, struct str expected)
{
    const struct fault_def *def = schema_fault(code);
    struct fault f = {
        .def = def, .severity = def->severity, .place = at, .found = found, .expected = expected};

    fault_put(to, &f);
}

static int by_code(const void *key, const void *row)
{
    return strcmp(key, ((const struct fault_def *)row)->code);
}

const struct fault_def *schema_fault(const char *code)
{
    static size_t n; /* the same whoever counts */
    const struct fault_def *def;

    if (n == 0) {
        size_t rows = 0;
        while (schema_faults[rows].code)
            rows++;
        n = rows;
    }
    def = bsearch(code, schema_faults, n, sizeof *schema_faults, by_code);
    assert(def && "a fault code that faults.c does not list");
    return def;
}

/* rules.c: what holds between fields, where several kinds need the same. */
#include "schema/ids.h"
#include "schema/internal.h"

void rule_period(const struct record *r, struct faults *to)
{
    struct str from = record_get(r, schema_field(r->kind, S("from")));
    struct str until = record_get(r, schema_field(r->kind, S("until")));

    /* Dates as YYYY-MM-DD order as texts do. */
    if (from.n && until.n && str_cmp(until, from) < 0)
        fault_at(to, "field.order", (struct place){.tag = S("until")}, until, from);
}

void rule_scheme(const struct record *r, int scheme, int value, struct faults *to)
{
    static const struct {
        const char *scheme;
        enum shape shape;
    } shapes[] = {
        {"container", SHAPE_CONTAINER},
        {"curp", SHAPE_CURP},
        {"icao-address", SHAPE_ICAO_ADDRESS},
        {"imo", SHAPE_IMO},
        {"mmsi", SHAPE_MMSI},
        {"rfc", SHAPE_RFC},
        {"scac", SHAPE_SCAC},
        {"vin", SHAPE_VIN},
    };
    const struct str is = record_get(r, scheme - 1), s = record_get(r, value - 1);

    if (is.n == 0 || s.n == 0)
        return;
    for (size_t i = 0; i < COUNT(shapes); i++)
        if (is.p[0] == shapes[i].scheme[0] && str_eq(is, str_z(shapes[i].scheme)) &&
            !ids_shape(shapes[i].shape, s))
            fault_at(to, "field.shape", (struct place){.tag = str_z(r->kind->field[value - 1].name)}, s,
                     str_z(ids_name(shapes[i].shape)));
}

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

void rule_scheme(const struct record *r, const char *scheme, const char *value, struct faults *to)
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
    struct str is = record_get(r, schema_field(r->kind, str_z(scheme))), s;

    if (is.n == 0)
        return;
    s = record_get(r, schema_field(r->kind, str_z(value)));
    for (size_t i = 0; s.n && i < COUNT(shapes); i++)
        if (str_eq(is, str_z(shapes[i].scheme)) && !ids_shape(shapes[i].shape, s))
            fault_at(to, "field.shape", (struct place){.tag = str_z(value)}, s,
                     str_z(ids_name(shapes[i].shape)));
}

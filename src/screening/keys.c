/*
 * keys.c: which fields of which kinds are compared, as one table. Nothing about a person but the name and the
 * numbers that an authority and a declaration both write is in it (law 8).
 */
#include "screening/internal.h"

struct source {
    const char *kind, *field;
    enum side side;
    enum basis basis;
    const char *class;   /* when it is always the same; else by scheme */
    const char *scheme;  /* the field that names the scheme */
    const char *country; /* the field with the country of issue */
};

static const struct source sources[] = {
    {"trip", "conveyance", SIDE_DECLARED, BASIS_IDENTIFIER, NULL, "conveyance_scheme",
     "conveyance_country"},
    {"trip", "conveyance_name", SIDE_DECLARED, BASIS_NAME, CLASS_CONVEYANCE, NULL, NULL},
    {"trip", "carrier_name", SIDE_DECLARED, BASIS_NAME, CLASS_PARTY, NULL, NULL},
    {"trip", "document", SIDE_DECLARED, BASIS_IDENTIFIER, "document", NULL, NULL},
    {"consignment", "bill", SIDE_DECLARED, BASIS_IDENTIFIER, "document", NULL, NULL},
    {"consignment", "document", SIDE_DECLARED, BASIS_IDENTIFIER, "document", NULL, NULL},
    {"consignment", "pedimento", SIDE_DECLARED, BASIS_IDENTIFIER, "document", NULL, NULL},
    {"equipment", "number", SIDE_DECLARED, BASIS_IDENTIFIER, "container", NULL, NULL},
    {"equipment", "plate", SIDE_DECLARED, BASIS_IDENTIFIER, "plate", NULL, "plate_country"},
    {"crossing", "conveyance", SIDE_DECLARED, BASIS_IDENTIFIER, "plate", NULL, NULL},
    {"party", "name", SIDE_DECLARED, BASIS_NAME, CLASS_PARTY, NULL, NULL},
    {"party", "identifier", SIDE_DECLARED, BASIS_IDENTIFIER, NULL, "identifier_scheme", NULL},
    {"party", "licence", SIDE_DECLARED, BASIS_IDENTIFIER, "other", NULL, NULL},
    {"alert", "name", SIDE_ALERT, BASIS_NAME, NULL, "subject", NULL},
    {"alert_name", "name", SIDE_ALERT, BASIS_NAME, NULL, NULL, NULL},
    {"alert_identifier", "value", SIDE_ALERT, BASIS_IDENTIFIER, NULL, "scheme", "country"},
};

/* Schemes of declarations and alerts -> the class in which they are compared. What alerts have no scheme for is
 * compared with their "other" numbers; a carrier's SCAC is no number that an alert has. */
static const struct {
    const char *scheme, *class;
} classes[] = {
    {"ace", "other"},
    {"call-sign", "call-sign"},
    {"container", "container"},
    {"curp", "national"},
    {"fleet", "other"},
    {"icao-address", "icao-address"},
    {"imo", "imo"},
    {"licence", "other"},
    {"mmsi", "mmsi"},
    {"national-id", "national"},
    {"other", "other"},
    {"passport", "passport"},
    {"plate", "plate"},
    {"registration", "registration"},
    {"rfc", "tax"},
    {"swift", "swift"},
    {"tax-id", "tax"},
    {"vin", "vin"},
};

const char *keys_class(struct str scheme)
{
    for (size_t i = 0; i < COUNT(classes); i++)
        if (str_eq(scheme, str_z(classes[i].scheme)))
            return classes[i].class;
    return NULL;
}

const char *keys_subject_class(struct str subject)
{
    if (str_eq(subject, S("person")) || str_eq(subject, S("company")))
        return CLASS_PARTY;
    if (str_eq(subject, S("vessel")) || str_eq(subject, S("vehicle")) || str_eq(subject, S("aircraft")))
        return CLASS_CONVEYANCE;
    return NULL;
}

static struct str named(const struct record *r, const char *field)
{
    return field ? record_get(r, schema_field(r->kind, str_z(field))) : str_n(NULL, 0);
}

/* A conveyance whose scheme is not given, or is not one we know, is taken for what such conveyances are known
 * by: real CUSCAR says "146", which is any identification at all, for IMO numbers. */
static const char *class_by_mode(const struct record *r)
{
    struct str mode = named(r, "mode");

    if (str_eq(mode, S("road")))
        return "plate";
    if (str_eq(mode, S("sea")))
        return "imo";
    return str_eq(mode, S("air")) ? "registration" : "other";
}

/* False when this field of this record is not compared. */
static bool classify(const struct source *s, const struct record *r, struct key *k)
{
    struct str scheme = named(r, s->scheme);

    k->side = s->side;
    k->basis = s->basis;
    k->class = s->class;
    if (s->class || !s->scheme)
        return true;
    if (s->basis == BASIS_IDENTIFIER) {
        k->class = scheme.n ? keys_class(scheme) : "other";
        if (strcmp(s->kind, "trip") == 0 && k->class && strcmp(k->class, "other") == 0)
            k->class = class_by_mode(r);
        return k->class != NULL;
    }
    /* What an alert on a container or a document has as its name is that thing's number. */
    k->class = keys_subject_class(scheme);
    if (str_eq(scheme, S("container")) || str_eq(scheme, S("document"))) {
        k->basis = BASIS_IDENTIFIER;
        k->class = str_eq(scheme, S("container")) ? "container" : "document";
    }
    return k->class != NULL;
}

bool keys_has(const struct kind *k)
{
    for (size_t i = 0; i < COUNT(sources); i++)
        if (strcmp(sources[i].kind, k->name) == 0)
            return true;
    return false;
}

size_t keys_of(struct arena *a, const struct record *r, struct key *out)
{
    size_t n = 0;

    for (size_t i = 0; i < COUNT(sources) && n < KEYS_MAX; i++) {
        struct key *k = &out[n];
        if (strcmp(sources[i].kind, r->kind->name) != 0)
            continue;
        *k = (struct key){.field = schema_field(r->kind, str_z(sources[i].field))};
        k->original = record_get(r, k->field);
        if (k->original.n == 0 || !classify(&sources[i], r, k))
            continue;
        k->value = k->basis == BASIS_NAME ? normal_name(a, k->original)
                                          : normal_identifier(a, k->class, k->original);
        k->country = named(r, sources[i].country);
        n += k->value.n > 0;
    }
    return n;
}

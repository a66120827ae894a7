/*
 * keys.c: which fields of which kinds are compared, as one table. Nothing about a person but the name and the
 * numbers that an authority and a declaration both write, and the country of an address, is in it (law 8).
 */
#include "screening/internal.h"

#include "base/crypto.h"

struct source {
    const char *kind, *field;
    enum basis basis;
    enum name_of of;     /* of a name; a driver's and a crew member's is a person's */
    const char *class;   /* of a number, when it is always the same; else by scheme */
    const char *scheme;  /* the field that names the scheme */
    const char *country; /* the field with the country */
};

static const struct source sources[] = {
    {"trip", "conveyance", BASIS_IDENTIFIER, 0, NULL, "conveyance_scheme", "conveyance_country"},
    {"trip", "conveyance_name", BASIS_NAME, NAME_VESSEL, NULL, NULL, "conveyance_country"},
    {"trip", "carrier_name", BASIS_NAME, NAME_ANY, NULL, NULL, NULL},
    {"trip", "document", BASIS_IDENTIFIER, 0, "document", NULL, NULL},
    {"consignment", "bill", BASIS_IDENTIFIER, 0, "document", NULL, NULL},
    {"consignment", "document", BASIS_IDENTIFIER, 0, "document", NULL, NULL},
    {"consignment", "pedimento", BASIS_IDENTIFIER, 0, "document", NULL, NULL},
    {"equipment", "number", BASIS_IDENTIFIER, 0, "container", NULL, NULL},
    {"equipment", "plate", BASIS_IDENTIFIER, 0, "plate", NULL, "plate_country"},
    {"crossing", "conveyance", BASIS_IDENTIFIER, 0, "plate", NULL, NULL},
    {"party", "name", BASIS_NAME, NAME_ANY, NULL, NULL, "country"},
    {"party", "identifier", BASIS_IDENTIFIER, 0, NULL, "identifier_scheme", NULL},
    {"party", "licence", BASIS_IDENTIFIER, 0, "other", NULL, NULL},
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

static const struct {
    const char *subject;
    bool named; /* what stands as its name is a name; else, with a class, its number */
    enum name_of of;
    const char *class;
} subjects[] = {
    {"aircraft", true, NAME_VESSEL, NULL}, {"company", true, NAME_COMPANY, NULL},
    {"container", false, 0, "container"},  {"document", false, 0, "document"},
    {"person", true, NAME_PERSON, NULL},   {"vehicle", true, NAME_VESSEL, NULL},
    {"vessel", true, NAME_VESSEL, NULL},
};

const char *keys_class(struct str scheme)
{
    for (size_t i = 0; i < COUNT(classes); i++)
        if (str_eq(scheme, str_z(classes[i].scheme)))
            return classes[i].class;
    return NULL;
}

const char *keys_class_nth(size_t i)
{
    static const char *const each[] = {"container", "document",     "plate",     "imo",          "vin",
                                       "tax",       "national",     "passport",  "registration", "mmsi",
                                       "swift",     "icao-address", "call-sign", "other"};

    return i < COUNT(each) ? each[i] : NULL;
}

bool keys_subject(struct str subject, enum name_of *of)
{
    for (size_t i = 0; i < COUNT(subjects); i++)
        if (str_eq(subject, str_z(subjects[i].subject))) {
            *of = subjects[i].of;
            return subjects[i].named;
        }
    return false;
}

const char *keys_subject_number(struct str subject)
{
    for (size_t i = 0; i < COUNT(subjects); i++)
        if (str_eq(subject, str_z(subjects[i].subject)))
            return subjects[i].class;
    return NULL;
}

bool keys_comparable(enum name_of declared, enum name_of listed)
{
    if (declared == NAME_ANY)
        return listed != NAME_VESSEL;
    return declared == listed;
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

static const char *class_of(const struct source *s, const struct record *r)
{
    struct str scheme = named(r, s->scheme);
    const char *class = s->class;

    if (class || !s->scheme)
        return class;
    class = scheme.n ? keys_class(scheme) : "other";
    if (strcmp(s->kind, "trip") == 0 && class && strcmp(class, "other") == 0)
        class = class_by_mode(r);
    return class;
}

/* The two RFC that SAT gives to whoever has none are nobody's. */
static bool nobodys(struct str number)
{
    return str_eq(number, S("XAXX010101000")) || str_eq(number, S("XEXX010101000"));
}

/* False when this field of this record is not compared. */
static bool read_key(struct arena *a, const struct source *s, const struct record *r, struct key *k)
{
    struct str role = named(r, "role");

    if (s->basis == BASIS_NAME) {
        k->of = str_eq(role, S("driver")) || str_eq(role, S("crew")) ? NAME_PERSON : s->of;
        k->value = str_trim(k->original);
        return k->value.n > 0;
    }
    k->class = class_of(s, r);
    if (!k->class)
        return false;
    k->value = normal_identifier(a, k->class, k->original);
    return k->value.n > 0 && !nobodys(k->value);
}

bool keys_has(const struct kind *k)
{
    for (size_t i = 0; i < COUNT(sources); i++)
        if (strcmp(sources[i].kind, k->name) == 0)
            return true;
    return false;
}

bool keys_alert(const struct kind *k)
{
    return strcmp(k->name, "alert") == 0 || strcmp(k->name, "alert_name") == 0 ||
           strcmp(k->name, "alert_identifier") == 0;
}

size_t keys_of(struct arena *a, const struct record *r, struct key *out)
{
    size_t n = 0;

    for (size_t i = 0; i < COUNT(sources) && n < KEYS_MAX; i++) {
        const struct source *s = &sources[i];
        struct key *k = &out[n];
        if (strcmp(s->kind, r->kind->name) != 0)
            continue;
        *k = (struct key){.basis = s->basis, .field = schema_field(r->kind, str_z(s->field))};
        k->original = record_get(r, k->field);
        if (k->original.n == 0 || !read_key(a, s, r, k))
            continue;
        k->country = named(r, s->country);
        n++;
    }
    return n;
}

void keys_digest(const struct key *k, uint8_t out[KEY_SIZE])
{
    const char of = (char)('0' + k->of);
    struct str part[3] = {S("puente/screening/key/v1"), str_n(&of, 1), k->value};
    uint8_t digest[HASH_SIZE];

    if (k->basis == BASIS_IDENTIFIER)
        part[1] = str_n(k->class, strlen(k->class) + 1);
    sha256(digest, part, COUNT(part));
    memcpy(out, digest, KEY_SIZE);
}

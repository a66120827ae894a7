/*
 * schema: what a record may say, as data. A kind is a const table of fields; checks, canonical bytes,
 * JSON, CSV, SQL, JSON Schema and docs/kinds.md are loops over it. Adding a kind is one table entry in a
 * kinds_*.c, its row in kinds.c, and its fixtures.
 */
#ifndef PUENTE_SCHEMA_H
#define PUENTE_SCHEMA_H

#include <assert.h>

#include "base/base.h"
#include "base/clock.h"

/* ---- the tables ---- */

enum type {
    T_TEXT,    /* UTF-8, no control characters but line feed; max = most bytes                       */
    T_CODE,    /* text from a code list                                                              */
    T_INT,     /* 64-bit                                                                             */
    T_DECIMAL, /* exact: an integer of 10^-scale units                                               */
    T_BOOL,    /*                                                                                    */
    T_DATE,    /* YYYY-MM-DD                                                                         */
    T_TIME,    /* RFC 3339; may lack zone, seconds or time of day where the source does              */
    T_REF,     /* the id of another record (16 bytes; UUID in JSON; "#3" = third record of a message) */
    T_BYTES    /* Base64 in JSON                                                                     */
};

enum sensitivity { C_OPEN, C_OFFICIAL, C_PERSONAL, C_SEALED };

enum {
    F_REQUIRED = 1, /* a record without it has a fault                                                */
    F_MANY = 2,     /* several texts or codes: in memory and CSV joined by LF and "; ", else an array */
    F_KEY = 4       /* asked for often: the view table has an index on it                             */
};

/* Check digits and shapes that a text can be held to; see ids.h for each formula's source. */
enum shape {
    SHAPE_ANY,
    SHAPE_CONTAINER, /* ISO 6346 */
    SHAPE_IMO,
    SHAPE_MMSI,
    SHAPE_ICAO_ADDRESS, /* 24 bits */
    SHAPE_VIN,
    SHAPE_CURP,
    SHAPE_RFC,
    SHAPE_PEDIMENTO,
    SHAPE_CAS,
    SHAPE_AWB,
    SHAPE_HS,     /* 2 to 10 digits, even */
    SHAPE_UNDG,   /* 4 digits */
    SHAPE_LOCODE, /* 5 characters */
    SHAPE_SCAC,
    SHAPE_SHA256
};

struct code {
    const char *code;
    const char *label; /* msgid */
};

struct codelist {
    const char *name;         /* "mode", "iso3166", ... */
    const struct code *codes; /* sorted by code */
    size_t n;
    bool open; /* other codes are kept, with a warning */
};

struct field {
    const char *name; /* snake_case, the field's standard term */
    enum type type;
    unsigned flags;
    enum sensitivity class;
    const char *label, *help;     /* msgids */
    const struct codelist *codes; /* T_CODE */
    const char *unit;             /* "kg", "m3", "min"; NULL when none */
    const char *ref;              /* T_REF: the kind's name, or NULL for any */
    enum shape shape;
    int scale;           /* T_DECIMAL */
    size_t max;          /* bytes; 0 = TEXT_MAX */
    int64_t least, most; /* T_INT, T_DECIMAL (in units); both 0 = any */
};

#define FIELD_MAX 64 /* a presence bit each */
#define TEXT_MAX  4096
#define BYTES_MAX ((size_t)1 << 20)

struct record;
struct faults;

struct kind {
    uint16_t number;  /* stable for ever: it is in the commitment */
    uint16_t version; /* of the field list; fields are only added */
    const char *name, *family;
    const char *label, *help;  /* msgids */
    const struct field *field; /* field[i] has number i + 1, stable for ever */
    uint16_t fields;
    bool local;     /* tells of this node alone: no clause may name it, no peer may send it */
    bool made;      /* only this program's own verbs write it: nobody types one, no message brings one */
    bool aggregate; /* counts of people: cells below the threshold are suppressed on publication */
    void (*rule)(const struct record *, struct faults *); /* what holds between fields; NULL when nothing */
};

extern const struct kind *const schema_kinds[]; /* the one list, by hand; ends with NULL */
const struct kind *schema_kind(struct str name);
const struct kind *schema_kind_number(unsigned number);
/* The index into kind->field, or -1. */
int schema_field(const struct kind *k, struct str name);
const struct code *schema_code(const struct codelist *l, struct str code);

/* ---- records ---- */

struct value {
    struct str s; /* all types but the next; T_REF: 16 bytes, or empty with i = ordinal in the message */
    int64_t i;    /* T_INT, T_DECIMAL, T_BOOL */
};

struct header {
    uint8_t id[16];       /* UUIDv7 */
    struct str origin;    /* the node, "us.cbp" */
    struct str author;    /* the office or officer, "us.cbp" */
    int64_t recorded;     /* microseconds since 1970, UTC; advisory: order comes from the log */
    uint8_t replaces[16]; /* zero when it corrects nothing */
    struct str handling;  /* Europol handling codes: "H0".."H3" */
    struct str purpose, basis, grading; /* may be empty; grading 4x4: "A1".."X4" */
    bool exercise;                      /* synthetic: a real node refuses it */
};

struct record {
    const struct kind *kind;
    struct header head;
    uint64_t have;   /* bit i: field i is present */
    struct value *v; /* kind->fields of them */
};

struct record *record_new(struct arena *a, const struct kind *k);
static inline bool record_has(const struct record *r, int field)
{
    return field >= 0 && (r->have >> field & 1);
}
/* The setters keep a view: the bytes live in the caller's arena. A field index of -1 is a bug. */
static inline void record_text(struct record *r, int field, struct str s) /* empty: takes the field away */
{
    assert(field >= 0 && field < r->kind->fields);
    r->v[field] = (struct value){.s = s};
    r->have = (r->have & ~(UINT64_C(1) << field)) | (uint64_t)(s.n > 0) << field;
}
static inline void record_int(struct record *r, int field,
                              int64_t i) /* T_REF: the ordinal in the message */
{
    assert(field >= 0 && field < r->kind->fields);
    r->v[field] = (struct value){.i = i};
    r->have |= UINT64_C(1) << field;
}
static inline struct str record_get(const struct record *r, int field) /* empty when absent */
{
    return record_has(r, field) ? r->v[field].s : (struct str){NULL, 0};
}

/* ---- faults: what is wrong with a piece of data ---- */

enum severity { SEV_NOTE, SEV_WARNING, SEV_ERROR };

struct fault_def {
    const char *code; /* stable: "edi.count.segments" */
    enum severity severity;
    const char *rule;    /* the clause broken: "X12.6 SE01", "ISO 9735 UNT 0074"; not translated */
    const char *message; /* msgid: one sentence, without found and expected */
};
extern const struct fault_def schema_faults[];          /* the one list, by hand; ends with a NULL code */
const struct fault_def *schema_fault(const char *code); /* asserts that it exists */

struct place {
    uint64_t offset;             /* byte in the file, from 0 */
    uint32_t segment;            /* from 1 in the message; XML, CSV or JSON: the line; 0 = none */
    uint16_t element, component; /* from 1; 0 = none */
    struct str tag;              /* segment tag, XML path, CSV column, or field name */
};

struct fault {
    const struct fault_def *def;
    enum severity severity; /* the profile may have changed it */
    struct place place;
    struct str found, expected;
};

/* Where faults go: a callback, so that a parser can stream. At most `limit` are passed on; the rest are
 * counted. */
struct faults {
    void (*put)(void *arg, const struct fault *f);
    void *arg;
    uint64_t count[3]; /* by severity */
    uint64_t limit;    /* 0 = no limit */
};
void fault_put(struct faults *to, const struct fault *f);
/* The short form for checks: code, place, found, expected. */
void fault_at(struct faults *to, const char *code, struct place at, struct str found, struct str expected);

/* ---- loops over the tables ---- */

/* The header's texts, required fields, types, limits, code lists, shapes, the kind's own rule. `at` names
 * the record's place in its input; tag is set to the field. True when nothing of SEV_ERROR was found. */
bool schema_check(const struct record *r, struct place at, struct faults *to);
/* The same of a record of which some fields are withheld from us: they may be missing, and the kind's own rule, which
 * may need them, is left to whoever made it. */
bool schema_check_shown(const struct record *r, uint64_t withheld, struct place at, struct faults *to);

/* Canonical bytes: deterministic CBOR. The header is a map {1: id, 2: kind, 3: version, ...}, the values a
 * map {field number: value}. field_encode writes one value as its leaf commits to it. */
void schema_encode_header(struct buf *b, const struct record *r);
void schema_encode_values(struct buf *b, const struct record *r);
void schema_encode_field(struct buf *b, const struct record *r, int field);
/* The way back; strings point into the input. -1 with err (ERR_CORRUPT). An unknown field is corrupt. */
int schema_decode(struct arena *a, struct str header, struct str values, struct record **out,
                  struct err *e);
/* SEED and commitment: leaf(i) = SHA-256("puente/leaf/v1" ‖ salt ‖ number (2 bytes, big-endian) ‖ value),
 * salt = keyed BLAKE2b(seed, number), header = number 0;
 * commitment = SHA-256("puente/record/v1" ‖ leaves in ascending number, each as number ‖ digest). */
void schema_commit(uint8_t commitment[32], const uint8_t seed[32], struct str header, struct str values);

/* Some fields of a record, `show`, with what proves that they are in its commitment (disclose.c has the format).
 * Header and values are canonical bytes; appends to b. */
void schema_disclose(struct buf *b, const uint8_t seed[32], struct str header, struct str values,
                     uint64_t show);
struct disclosed {
    struct record *record; /* only the fields shown */
    struct str header, values;
    uint64_t withheld; /* fields that the record has and does not show */
    uint8_t commitment[32];
};
/* Strings point into `in` and the arena. Total over any bytes; ERR_DATA, ERR_CORRUPT. Whether the commitment is the
 * one that somebody signed is the caller's to check. */
int schema_disclosed(struct arena *a, struct str in, struct disclosed *out, struct err *e);
/* The same disclosure with fewer fields shown: whoever got some can pass on fewer. Appends to b. */
int schema_narrow(struct buf *b, struct str in, uint64_t show, struct err *e);

/* How a kind and some of its fields are called, for whoever has only numbers: "kind NUMBER NAME LF", then "field
 * NUMBER NAME SCALE LF" for each, ascending. Fields keep their number and name for ever, so these bytes never
 * change. Appends to b. */
#define SCHEMA_NAMES_MAX 8192
void schema_names(struct buf *b, const struct kind *k, uint64_t fields);

/* JSON. schema_json_fields writes {"field": value, ...}; schema_json_record adds kind, id and header.
 * `hide` is a bit set of fields to leave out. Reading: k given = an object of fields; k NULL = {"kind":
 * ..., "fields": {...}}, of whose header only handling, purpose, basis, grading, replaces and exercise are
 * taken (identity, author and time are not the writer's to choose). Faults for unknown fields, wrong
 * types; what is a text but wrong (a code, a date, a length) is kept for schema_check to judge. Decimals
 * are exact: JSON numbers or strings. NULL only when it is no JSON object, has a name twice, or names no
 * kind. */
void schema_json_fields(struct buf *b, const struct record *r, uint64_t hide);
void schema_json_record(struct buf *b, const struct record *r, uint64_t hide);
void schema_json_fault(struct buf *b, const struct fault *f, enum lang lang);
struct record *schema_from_json(struct arena *a, const struct kind *k, struct str json, struct place at,
                                struct faults *to);
/* One value from its text form (CSV, command line, mapping files): decimals with a point, "true", "false",
 * "1", "0", UUID or "#3", Base64; several values separated by "; " or line feeds. False, with a fault,
 * when it is not one; the field is then absent. An empty text leaves the field absent. */
bool schema_set(struct arena *a, struct record *r, int field, struct str text, struct place at,
                struct faults *to);
/* The text form of a field, the reverse of schema_set. */
struct str schema_text(struct arena *a, const struct record *r, int field);
void schema_csv_header(struct buf *b, const struct kind *k);
void schema_csv_row(struct buf *b, const struct record *r, uint64_t hide);
/* Every field of these classes and above, as a bit set. */
uint64_t schema_class_mask(const struct kind *k, enum sensitivity from);

/* The view table of a kind: "v_<name>"(seq INTEGER PRIMARY KEY, id BLOB, h_origin, h_author, h_recorded,
 * h_replaces (blob or NULL), superseded (the seq of the correction), h_handling, h_exercise, erased
 * INTEGER NOT NULL DEFAULT 0, <fields>), with indexes on id and on each F_KEY field. The header's columns
 * carry h_, because kinds have an `origin` of their own; no field is NOT NULL, because an erased row keeps
 * seq, id and header only. A trigger takes rows that cease to be
 * current off kind_count(kind, n), which views makes and adds to. */
void schema_sql_create(struct buf *b, const struct kind *k);
void schema_sql_insert(struct buf *b, const struct kind *k); /* INSERT, ?1.. in the order above */
void schema_json_schema(struct buf *b, const struct kind *k, enum lang lang); /* JSON Schema 2020-12 */
void schema_docs(struct buf *b, enum lang lang);                              /* docs/kinds.md */
void schema_docs_kind(struct buf *b, const struct kind *k, enum lang lang);   /* one kind's part of it */
const char *schema_type_name(enum type t);
const char *schema_class_name(enum sensitivity c);

#endif

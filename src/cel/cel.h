/*
 * cel: rules as text. The Common Expression Language (github.com/google/cel-spec, doc/langdef.md), without
 * protocol buffers: text is parsed, checked against the declared variables, bounded in cost, and compiled to a flat
 * program that any number of threads may run. A pure library: no input or output, no clock, no globals.
 *
 *     struct cel_var var = {.name = S("consignment"), .kind = schema_kind(S("consignment"))};
 *     struct cel_env env = {.var = &var, .vars = 1, .strict = true};
 *     if (cel_compile(arena, &env, text, &program, &wrong) < 0) ... wrong.text, wrong.line, wrong.column
 *     value = cel_record(record);
 *     cel_run(program, &value, &run) ... run.value
 *
 * A record's fields: texts and codes are strings (several: a list of them), whole numbers int, decimals the double
 * nearest to them (so that `quantity == 2.5` holds when the document says 2.5), yes or no bool, dates and times
 * timestamps (without a zone: UTC), references the UUID as a string, bytes bytes. A field that is absent is no value: to read it is an
 * error, has() asks for it. Units are the schema's (docs/kinds.md).
 *
 * What is out: messages of protocol buffers and their enumerations; refused when compiled.
 * Extensions that are in: strings, math, sets, lists, encoders, bindings, two-variable comprehensions, optional values.
 */
#ifndef PUENTE_CEL_H
#define PUENTE_CEL_H

#include "schema/schema.h"

#define CEL_TEXT_MAX     ((size_t)64 * 1024) /* bytes of an expression */
#define CEL_DEPTH_MAX    240                 /* expressions within one another; JSON likewise */
#define CEL_VARS_MAX     4096
#define CEL_COST_DEFAULT UINT64_C(10000000) /* steps, at the worst: texts as long as their fields allow */

/* ---- values ---- */

enum cel_type {
    CEL_NULL,
    CEL_BOOL,
    CEL_INT,
    CEL_UINT,
    CEL_DOUBLE,
    CEL_STRING,
    CEL_BYTES,
    CEL_LIST,
    CEL_MAP,
    CEL_TIMESTAMP,
    CEL_DURATION,
    CEL_TYPE,
    CEL_OPTIONAL,
    CEL_RECORD,
    CEL_ERROR
};

struct cel_map;
/* 16 bytes, by value. What it points to belongs to the program, the run's arena or whoever made it. */
struct cel_value {
    uint8_t type; /* enum cel_type */
    uint32_t
        n; /* bytes, elements, entries; nanoseconds of a timestamp or duration; of an error, the place */
    union {
        int64_t i; /* BOOL, INT, TYPE (an enum cel_type); TIMESTAMP and DURATION: seconds, rounded down */
        uint64_t u;
        double d;
        const char *p;                /* STRING, BYTES */
        const struct cel_value *list; /* LIST; OPTIONAL: its value, or NULL */
        const struct cel_map *map;
        const struct record *record;
    };
};

static inline struct cel_value cel_record(const struct record *r)
{
    return (struct cel_value){.type = CEL_RECORD, .record = r};
}
static inline struct cel_value cel_string(struct str s) /* UTF-8 */
{
    return (struct cel_value){.type = CEL_STRING, .n = (uint32_t)s.n, .p = s.p};
}
static inline struct str cel_str(struct cel_value v) /* of a string or bytes */
{
    return str_n(v.p, v.n);
}

/* CEL's equality: numbers by value whatever their type, NaN equals nothing. */
bool cel_equal(struct cel_value a, struct cel_value b);
const char *cel_type_name(enum cel_type t); /* "int", "google.protobuf.Timestamp" */

/* JSON text into a value: whole numbers that fit are int, others double. False when it is none. */
bool cel_from_json(struct arena *a, struct str json, struct cel_value *out);
/* A value as JSON: uint and int as numbers, NaN and infinities as strings, bytes in Base64, timestamps in RFC 3339,
 * durations as "1.5s", types by name, keys of maps as strings, an empty optional as null. */
void cel_to_json(struct buf *b, struct cel_value v);
/* Bytes, elements and entries, all told: what cel_var.size wants. */
uint64_t cel_value_size(struct cel_value v);
/* Entry i of a map, in the order in which it was made. */
void cel_map_entry(struct cel_value map, uint32_t i, struct cel_value *key, struct cel_value *value);

/* ---- compiling ---- */

struct cel_var {
    struct str name;         /* may have dots */
    const struct kind *kind; /* a record of this kind; NULL: any value */
    uint64_t size; /* of any value: the most bytes, elements and entries it has, all told; 0 = 65536 */
};

struct cel_env {
    const struct cel_var *var;
    size_t vars;
    bool strict; /* a comparison that cannot hold, a wrong type or code anywhere, is an error already now */
    uint64_t costs; /* the limit of the static cost; 0 = CEL_COST_DEFAULT */
    /* May refuse a field that is read: the reason (already in the reader's language), or NULL. */
    const char *(*refuse)(void *arg, const struct kind *k, int field);
    void *arg;
    enum lang lang; /* of messages */
};

struct cel_wrong {
    uint32_t offset, line, column; /* line and column from 1; column in characters */
    char text[320];                /* "1:5: ..." */
};

struct cel_program;
/* Text into a program, which lives in the arena and keeps pointers into `text` and the env's names. -1 with what is
 * wrong: syntax, an undeclared name, a type, the cost. Time: O(bytes), and no recursion deeper than CEL_DEPTH_MAX. */
int cel_compile(struct arena *a, const struct cel_env *env, struct str text, struct cel_program **out,
                struct cel_wrong *wrong);
uint64_t cel_cost(const struct cel_program *p); /* no run takes more steps */
bool cel_is_bool(const struct cel_program *p);  /* the result is surely a bool (or an error) */

/* ---- running ---- */

struct cel_run {
    struct arena *arena; /* for what strings, lists and maps an expression makes; simple ones make none */
    struct cel_value value; /* the result; CEL_ERROR when it failed */
    uint64_t steps;         /* what it took */
};
/* `vars` are the values in the order of the env. 0, or -1 with an error in run->value. Any thread. */
int cel_run(const struct cel_program *p, const struct cel_value *vars, struct cel_run *run);
/* An error value in words. */
void cel_explain(const struct cel_program *p, struct cel_value error, enum lang lang,
                 struct cel_wrong *out);
/* Whether an error says no more than that a field or key was not there. */
bool cel_absent(struct cel_value error);

/* ---- the checked expression, for whoever indexes rules ---- */

struct cel_node;
/* The parts of the top-level conjunction `a && b && c`, or the whole as its one part. */
size_t cel_parts(const struct cel_program *p);
const struct cel_node *cel_part(const struct cel_program *p, size_t i);
/* A part as a program of its own, of the same variables; its cost is its own. */
struct cel_program *cel_part_program(struct arena *a, const struct cel_program *p,
                                     const struct cel_node *part);
struct str cel_node_text(const struct cel_program *p, const struct cel_node *n); /* as it was written */

/* What a part says when it is a question about one field and constants. */
enum cel_form {
    CEL_OTHER, /* anything else: run it */
    CEL_IS,
    CEL_IS_NOT,
    CEL_BELOW, /* < */
    CEL_AT_MOST,
    CEL_ABOVE,
    CEL_AT_LEAST,
    CEL_IN,       /* constant is a list */
    CEL_HAS_ITEM, /* "constant" in field, a field of several texts */
    CEL_STARTS,
    CEL_ENDS,
    CEL_CONTAINS,
    CEL_MATCHES,
    CEL_HAS,
    CEL_TRUE /* a bool field itself */
};
struct cel_predicate {
    enum cel_form form;
    bool negated; /* under ! */
    size_t var;   /* in the env */
    int field;    /* of the var's kind; -1: the variable itself, or a path in it: CEL_OTHER then */
    struct cel_value constant;
};
/* `3 < x.a` comes out as x.a above 3. */
struct cel_predicate cel_predicate(const struct cel_program *p, const struct cel_node *part);

/* Every field read, in the order of the text, has() included. */
struct cel_read {
    size_t var;
    int field; /* -1: the variable as a whole */
    uint32_t offset;
    bool has; /* asked for by has() only */
};
size_t cel_reads(const struct cel_program *p);
struct cel_read cel_read(const struct cel_program *p, size_t i);

/* libFuzzer's door: any bytes as an expression, and after a NUL as JSON. Always 0. */
int cel_fuzz(const uint8_t *p, size_t n);

#endif

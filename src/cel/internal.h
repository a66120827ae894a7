/* internal.h: what the files of cel share. Text -> lex.c -> parse.c, macros.c -> nodes -> check.c, cost.c -> types
 * and bounds -> emit.c -> instructions -> run.c, which calls the functions that funcs.c lists. */
#ifndef PUENTE_CEL_INTERNAL_H
#define PUENTE_CEL_INTERNAL_H

#include "cel/cel.h"

#define HEIGHT_MAX  600 /* nodes within one another: long chains of operators are as deep as they are long */
#define SLOTS_MAX   64  /* variables of macros that hold at one place */
#define REPEAT_MAX  100000 /* elements of lists.range; the precision of format has a limit of its own */
#define SIZE_ANY    UINT64_C(65536)
#define REGEX_MAX   8192 /* states of a pattern */
#define FORMAT_ITEM 512  /* bytes of a number that format() writes, at most */
#define TEXT_OUT    40   /* bytes of a number, time or type as text, at most */

/* ---- errors ---- */

enum fault_code {
    E_OVERLOAD,
    E_OVERFLOW,
    E_DIVIDE,
    E_MODULUS,
    E_KEY,
    E_ABSENT,
    E_INDEX,
    E_KEY_TYPE,
    E_KEY_TWICE,
    E_RANGE,
    E_CONVERT,
    E_UTF8,
    E_TIME,
    E_ZONE,
    E_PATTERN,
    E_NO_VALUE,
    E_ARGUMENT,
    E_FORMAT,
    E_LIMIT,
    E_CODES
};

static inline struct cel_value cel_fail(enum fault_code code)
{
    return (struct cel_value){.type = CEL_ERROR, .n = UINT32_MAX, .i = code};
}

/* ---- types ---- */

#define DYN 15 /* beside the types of values */
struct ctype {
    uint8_t t; /* enum cel_type or DYN */
    const struct ctype *a,
        *b; /* of elements, of keys and values, of an optional's value; NULL when unknown */
    const struct kind *kind; /* CEL_RECORD */
};
#define BIT(t)  (1u << (t))
#define ANY     0xffffu
#define NUMBERS (BIT(CEL_INT) | BIT(CEL_UINT) | BIT(CEL_DOUBLE))

/* ---- nodes ---- */

enum node_kind {
    N_CONST,
    N_NAME,   /* until the check: afterwards one of the next three */
    N_VAR,    /* index */
    N_LOCAL,  /* slot */
    N_FIELD,  /* index and field of a var that is a record */
    N_SELECT, /* arg[0].name; optional: .? */
    N_HAS,    /* has(arg[0].name) */
    N_HAS_FIELD,
    N_INDEX, /* arg[0][arg[1]]; optional: [?] */
    N_OP,    /* op */
    N_CALL,  /* func; arg[0] is the receiver when member */
    N_LIST,
    N_MAP, /* key, value, key, value */
    N_AND,
    N_OR,
    N_COND,
    N_LOOP,   /* macro; arg: range, body, perhaps a second body; names */
    N_BIND,   /* arg: value, body */
    N_OPT_MAP /* arg: optional, body; macro says whether the body is optional itself */
};

enum macro {
    M_ALL,
    M_EXISTS,
    M_EXISTS_ONE,
    M_MAP,
    M_FILTER,
    M_MAP_FILTER, /* arg: range, test, value */
    M_LIST,       /* transformList */
    M_LIST_FILTER,
    M_SORT,   /* sortBy */
    M_TO_MAP, /* transformMap */
    M_TO_MAP_FILTER,
    M_TO_ENTRY, /* transformMapEntry */
    M_TO_ENTRY_FILTER,
    M_FLAT_MAP /* optFlatMap; optMap is M_MAP */
};

enum op {
    OP_NOT,
    OP_NEG,
    OP_ADD,
    OP_SUB,
    OP_MUL,
    OP_DIV,
    OP_MOD,
    OP_EQ,
    OP_NE,
    OP_LT,
    OP_LE,
    OP_GT,
    OP_GE,
    OP_IN,
    /* the rest are instructions only */
    OP_CONST,
    OP_VAR,
    OP_LOCAL,
    OP_STORE,
    OP_FIELD,
    OP_HAS_FIELD,
    OP_SELECT,
    OP_HAS,
    OP_INDEX,
    OP_OPT_SELECT,
    OP_OPT_INDEX,
    OP_AND, /* first operand: jump when false */
    OP_ANDS,
    OP_OR,
    OP_ORS,
    OP_COND,
    OP_JUMP,
    OP_CALL,
    OP_MATCH,
    OP_LIST,
    OP_PUT,
    OP_PUT_OPT,
    OP_MAP,
    OP_ENTRY,
    OP_ENTRY_OPT,
    OP_LOOP,
    OP_TEST,
    OP_NEXT,
    OP_OPT_BIND,
    OP_OPT_WRAP,
    OP_OR_ELSE,
    OP_FIELD_IS, /* a field and a constant at once */
    OP_FIELD_CMP,
    OP_VAR_IS,
    OP_VAR_CMP,
    OP_END
};

struct func;
struct size {
    uint64_t n;   /* most bytes, elements, entries */
    uint64_t all; /* most bytes, elements and entries, its own and those within */
};

struct cel_node {
    uint8_t kind, op, macro;
    bool optional; /* .?x and [?x] */
    bool question; /* an item of a list, a key of a map: ?x */
    bool parentheses;
    bool constant; /* the same whatever the variables are */
    bool member;   /* x.f(), not f(x) */
    bool rooted;   /* .x */
    bool escaped;
    bool uuid; /* a field that is a reference */
    uint16_t height, args;
    uint16_t names;
    uint32_t at, from, to; /* where it is told of, and its extent */
    uint32_t slot, slot2;
    size_t var;
    int field;
    struct str name, name2;
    struct cel_node **arg, *next;
    struct cel_value value;
    const struct func *func;
    const struct regex *regex;
    const struct ctype *type;
    struct size size;
    uint64_t cost;
};

/* ---- lex.c ---- */

enum lex {
    LEX_END,
    LEX_NAME,
    LEX_ESCAPED, /* `a-name` */
    LEX_INT,
    LEX_UINT,
    LEX_DOUBLE,
    LEX_STRING,
    LEX_BYTES,
    LEX_SIGN /* sign: one or two characters */
};

struct token {
    enum lex type;
    uint32_t from, to;
    uint16_t sign; /* SIGN('&', '&') */
    struct str text;
    struct cel_value value;
};
#define SIGN(a, b) ((uint16_t)((unsigned char)(a) << 8 | (unsigned char)(b)))

struct compiler {
    struct arena *arena;
    const struct cel_env *env;
    struct str text;
    struct cel_wrong *wrong;
    bool failed;
    /* lex.c, parse.c */
    uint32_t pos;
    struct token tok;
    char *strings; /* room for what the literals stand for: never more than the text */
    unsigned depth;
    /* check.c */
    struct scope {
        struct str name;
        uint32_t slot;
        const struct ctype *type;
        struct size size;
    } scope[SLOTS_MAX];
    unsigned scopes, maybe;
    uint64_t folded; /* steps spent on constants */
    struct cel_read *reads;
    size_t n_reads, cap_reads;
};

/* The first thing that is wrong; NULL. `fmt` is a msgid. */
struct cel_node *cel_bad(struct compiler *c, uint32_t at, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void cel_place(struct str text, uint32_t at, struct cel_wrong *w); /* line and column */
bool cel_lex(struct compiler *c);                                  /* the next token into c->tok */
/* A code point as UTF-8: its bytes. The first code point of s, which is UTF-8: its length. */
size_t cel_utf8_put(char out[4], uint32_t c);
size_t cel_utf8_get(struct str s, uint32_t *c);
bool cel_double(struct str s, double *out); /* decimal digits, point, exponent */

/* ---- parse.c, macros.c ---- */

struct cel_node *cel_parse(struct compiler *c);
struct cel_node *cel_node_new(struct compiler *c, enum node_kind kind, uint32_t at);
struct cel_node *cel_node_args(struct compiler *c, struct cel_node *n, struct cel_node *first,
                               unsigned args);
/* A call that may be a macro: the node of the macro, or the call itself; NULL when it is a macro written wrong. */
struct cel_node *cel_macro(struct compiler *c, struct cel_node *call);

/* ---- check.c, cost.c ---- */

bool cel_check(struct compiler *c, struct cel_node *n);
bool cel_resolve(struct compiler *c,
                 struct cel_node *n); /* names.c: a chain of names; false: something is wrong */
/* math.least(x): the function that receiver and name together mean; false when they mean none. */
bool cel_namespace(struct compiler *c, const struct cel_node *call, const struct func **f);
extern const struct ctype cel_types[16];
const struct ctype *cel_list_of(struct compiler *c, const struct ctype *t);
const struct ctype *cel_map_of(struct compiler *c, const struct ctype *k, const struct ctype *v);
const struct ctype *cel_optional_of(struct compiler *c, const struct ctype *t);
const struct ctype *cel_join(const struct ctype *a, const struct ctype *b);
struct str cel_type_text(struct arena *a, const struct ctype *t);
/* The wrong type: an error now, or left to the run, where it may not matter. */
bool cel_mismatch(struct compiler *c, struct cel_node *n, const char *what);
void cel_bound(struct cel_node *n); /* size and cost, of a node whose parts have them */
struct size cel_size(struct cel_value v);

static inline uint64_t cel_plus(uint64_t a, uint64_t b)
{
    return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}
static inline uint64_t cel_times(uint64_t a, uint64_t b)
{
    uint64_t r;
    return __builtin_mul_overflow(a, b, &r) ? UINT64_MAX : r;
}

/* ---- programs: emit.c, run.c ---- */

struct instr {
    uint16_t op, a;
    uint32_t b;
};

/* A field or variable and a constant at once. */
struct fused {
    uint32_t var;
    int32_t field;
    enum op op;
    struct cel_value constant;
};

struct loop_info {
    uint8_t macro, names;
    uint32_t slot, slot2, body, end;
};

struct cel_program {
    struct str text;
    const struct cel_env *env;
    struct cel_node *root;
    const struct instr *code;
    const uint32_t *at; /* each instruction's place in the text */
    const struct cel_value *consts;
    const struct func *const *funcs;
    const struct regex *const *patterns;
    const struct fused *fused;
    const struct loop_info *loops;
    uint32_t n, stack;
    uint64_t cost;
    const struct cel_read *reads;
    size_t n_reads;
};

struct cel_program *cel_emit(struct arena *a, struct cel_node *root);
/* What is constant is worked out now; `n` becomes a constant. */
void cel_fold(struct compiler *c, struct cel_node *n);

struct run {
    struct arena *arena;
    uint64_t steps, most;
};
/* Counts work; false when there is no more to spend. */
static inline bool cel_spend(struct run *r, uint64_t steps)
{
    r->steps += steps;
    return r->steps <= r->most;
}

/* ---- value.c ---- */

struct cel_map {
    uint32_t n, most, mask; /* mask: slots - 1; 0: no table, few entries */
    struct cel_value *kv;
    uint32_t *slot; /* entry + 1; 0 = free */
};
enum order { ORDER_NONE = 2, ORDER_LESS = -1, ORDER_SAME = 0, ORDER_MORE = 1 };
enum order cel_compare(struct cel_value a,
                       struct cel_value b); /* ORDER_NONE: NaN, or types without an order */
bool cel_comparable(struct cel_value a, struct cel_value b);
/* The same as cel_equal, and counts; r may be NULL. */
bool cel_same(struct run *r, struct cel_value a, struct cel_value b);
struct cel_map *cel_map_new(struct arena *a, uint32_t most);
bool cel_map_put(struct cel_map *m, struct cel_value k,
                 struct cel_value v); /* false: it has the key. n < most */
const struct cel_value *cel_map_get(const struct cel_map *m, struct cel_value k);
static inline bool cel_is_key(struct cel_value k)
{
    return BIT(k.type) & (BIT(CEL_BOOL) | BIT(CEL_INT) | BIT(CEL_UINT) | BIT(CEL_STRING));
}
static inline struct cel_value cel_bool(bool b)
{
    return (struct cel_value){.type = CEL_BOOL, .i = b};
}
static inline struct cel_value cel_int(int64_t i)
{
    return (struct cel_value){.type = CEL_INT, .i = i};
}
static inline struct cel_value cel_uint(uint64_t u)
{
    return (struct cel_value){.type = CEL_UINT, .u = u};
}
static inline struct cel_value cel_double_of(double d)
{
    return (struct cel_value){.type = CEL_DOUBLE, .d = d};
}
static inline struct cel_value cel_list(const struct cel_value *v, size_t n)
{
    return (struct cel_value){.type = CEL_LIST, .n = (uint32_t)n, .list = v};
}
static inline struct cel_value cel_optional(const struct cel_value *v)
{
    return (struct cel_value){.type = CEL_OPTIONAL, .list = v};
}
/* In the arena. */
struct cel_value *cel_keep(struct arena *a, struct cel_value v);
struct cel_value cel_field(struct arena *a, const struct record *r, int field);

/* ---- arith.c ---- */

struct cel_value cel_arith(struct run *r, enum op op, struct cel_value a, struct cel_value b);
struct cel_value cel_negate(struct cel_value v);

/* ---- funcs.c: the functions ---- */

enum style { GLOBAL = 1, MEMBER = 2 };
enum result_rule {
    R_TYPE,     /* func->result */
    R_SAME,     /* the first argument's */
    R_ITEM,     /* an optional's value, a list's element */
    R_OPT,      /* optional of the argument */
    R_OPT_ITEM, /* optional of a list's element */
    R_STRINGS,  /* list(string) */
    R_INTS,
    R_FLAT,
    R_JOIN /* of all arguments, or of the elements of the one list */
};
enum size_rule {
    Z_ONE,
    Z_TEXT,
    Z_SAME,
    Z_SUM,
    Z_REPLACE,
    Z_JOIN,
    Z_FORMAT,
    Z_RANGE,
    Z_SPLIT,
    Z_QUOTE,
    Z_ITEM
};
enum cost_rule { C_ONE, C_LINEAR, C_DEEP, C_PRODUCT, C_PATTERN };
#define FUNC_ARGS 4
struct func {
    const char *name;
    uint8_t style, least, most; /* arguments, the receiver counted */
    uint8_t result;             /* enum cel_type or DYN */
    uint8_t rule, size, cost;
    struct cel_value (*run)(struct run *r, const struct cel_value *arg, unsigned n);
    uint32_t may[FUNC_ARGS]; /* types of each argument; the last goes for the rest */
};
const struct func *cel_func(struct str name, enum style style, unsigned args, bool *named);
static inline uint32_t cel_func_may(const struct func *f, unsigned i)
{
    uint32_t may = f->may[i < FUNC_ARGS ? i : FUNC_ARGS - 1];
    while (may == 0 && i > 0) /* a shorter row: its last goes for the rest */
        may = f->may[--i < FUNC_ARGS ? i : FUNC_ARGS - 1];
    return may;
}
extern const struct func cel_func_optional; /* passes an optional on, and nothing else */
extern const struct func cel_funcs_convert[], cel_funcs_text[], cel_funcs_list[], cel_funcs_math[],
    cel_funcs_time[];
/* lists.c: stable, by keys that have one type and an order; what belongs to each key goes with it. False: they have
 * none. `n` values of room behind both. */
bool cel_sort(struct run *r, struct cel_value *key, struct cel_value *with, size_t n);
/* format.c */
struct cel_value cel_format(struct run *r, const struct cel_value *arg, unsigned n);
struct cel_value cel_quote(struct run *r, const struct cel_value *arg, unsigned n);

/* ---- convert.c, times.c, zone.c ---- */

#define TWO_63        9223372036854775808.0 /* the first doubles beyond an int and a uint */
#define TWO_64        18446744073709551616.0
#define SECONDS_LEAST INT64_C(-62135596800) /* 0001-01-01T00:00:00Z */
#define SECONDS_MOST  INT64_C(253402300799) /* 9999-12-31T23:59:59Z */
#define DURATION_MOST INT64_C(9223372036)   /* 2^63 nanoseconds, as the language has it: 292 years */
struct cel_value cel_timestamp(int64_t seconds, int64_t nanos); /* an error when out of range */
struct cel_value cel_duration(int64_t seconds, int64_t nanos);
struct cel_value cel_time_parse(struct str s);
struct cel_value cel_duration_parse(struct str s);
size_t cel_time_text(struct cel_value v, char out[TEXT_OUT]);
size_t cel_duration_text(struct cel_value v, char out[TEXT_OUT]);
size_t cel_double_text(double d, char out[TEXT_OUT]);
struct cel_value cel_text(struct arena *a, const char *p, size_t n); /* a copy, as a string */
/* The offset from UTC of a zone at a time, in seconds; false when there is no such zone. */
bool cel_zone_offset(struct str zone, int64_t seconds, int64_t *offset);
/* zones.c: the same, of what ICU does not know yet; else false, and *zone may have another name for ICU. */
bool cel_zone_changed(struct str *zone, int64_t seconds, int64_t *offset);

/* ---- regex.c ---- */

struct regex;
/* RE2's syntax; NULL with what is wrong. */
const struct regex *cel_regex(struct arena *a, struct str pattern, const char **why);
bool cel_regex_find(struct run *r, const struct regex *x, struct str s, bool *found); /* false: limit */
uint32_t cel_regex_size(const struct regex *x);
static inline uint64_t cel_regex_cost(uint64_t bytes, uint64_t states)
{
    return cel_plus(cel_times(cel_plus(bytes, 1), states / 4 + 1), 1);
}

#endif

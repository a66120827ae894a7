/*
 * feeds/edi_table.h: the directory, profile and map tables, as rows and compiled. The text format is described
 * at the top of edi_table.c.
 */
#ifndef PUENTE_FEEDS_EDI_TABLE_H
#define PUENTE_FEEDS_EDI_TABLE_H

#include "schema/schema.h"

/* Persons in lists of persons: opened and filled by maps like a record, counted, and given to the sink's `person`. It is
 * no kind of the schema: nothing can keep it. */
extern const struct kind edi_person_kind; /* edi_pax.c */

enum edi_syntax { SYNTAX_X12, SYNTAX_EDIFACT };

/* ---- rows, as written ---- */

struct edi_versions {
    uint32_t from, until; /* edi_version() numbers; until 0 = for ever */
};

enum edi_type { TYPE_AN, TYPE_A, TYPE_N, TYPE_ID, TYPE_R, TYPE_DATE, TYPE_TIME };

struct edi_elem {      /* an element, or one component of a composite */
    uint16_t min, max; /* characters */
    uint8_t type;      /* enum edi_type */
    bool must;         /* within its composite, when that is there */
    bool text;         /* any characters will do: AN, A, ID */
    bool composite;    /* opens one: `parts` components follow */
    uint16_t parts;    /* components; 1 for a simple element */
    uint16_t repeat;   /* how often it may stand, with the repetition separator */
    uint16_t id;       /* data element, or its position in X12 */
};

struct edi_condition { /* X12 relational condition: kind and positions */
    char kind;         /* P R C E L */
    uint8_t n, e[8];
    uint64_t first, all; /* the same as sets: bit e */
};

struct edi_segdef {
    uint32_t tag;
    enum edi_syntax syntax;
    struct edi_versions versions;
    struct edi_elem *elem; /* composites flattened */
    uint16_t elems;        /* rows of elem */
    uint16_t least;        /* elements up to the last mandatory one */
    struct edi_condition condition[6];
    uint8_t conditions;
    struct edi_segdef *next;
};

enum edi_op_kind { OP_OPEN, OP_SEAL, OP_SET, OP_PUT, OP_JOIN, OP_LET, OP_FILL };
enum edi_transform { AS_TEXT, AS_DATE, AS_SCALED, AS_CODES, AS_UNDG, AS_CARRIER };
enum edi_source { FROM_PART, FROM_LITERAL, FROM_FIELD, FROM_VAR, FROM_COUNT };

struct edi_src {
    uint8_t from;     /* enum edi_source */
    uint8_t e, c, c2; /* FROM_PART: components c to c2 */
    uint8_t cut;      /* FROM_PART: only this piece of the text, from 1, with / between; 0 = all */
    int8_t slot, var;
    int16_t field;
    struct str text; /* FROM_LITERAL */
};

enum edi_cond_kind {
    IF_PRESENT,
    IF_ABSENT,
    IF_ANY,
    IF_IS,
    IF_NOT,
    IF_FIELD,
    IF_NO_FIELD,
    IF_FULL,
    IF_NONE,
    IF_WRITING
};
struct edi_cond {
    uint8_t kind; /* enum edi_cond_kind */
    uint8_t e, c;
    int8_t slot;
    int16_t field;
    uint16_t n; /* IF_FULL: bytes */
    bool but;   /* IF_WRITING: none of them */
    uint8_t wants;
    struct str values;      /* IF_ANY: elements, a byte each */
    const struct str *want; /* IF_IS, IF_NOT, IF_WRITING: wants of them; "23*": starts so */
};

#define EDI_SRC  4
#define EDI_COND 4

struct edi_op {       /* one cache line: a segment runs through all of its place */
    uint8_t kind, as; /* enum edi_op_kind, edi_transform */
    uint8_t e, c;     /* the value is in this element (else 0), in this component (0: several) */
    int8_t slot, of, var;
    uint8_t srcs, conds;
    bool many, number; /* the field: takes several texts, takes a number */
    bool identity;     /* only for the sink's `person`: passed over when it has none */
    int16_t field;
    int16_t owner; /* OP_OPEN: row of the owning group, found when compiled */
    uint16_t cut;  /* OP_JOIN: length at which a piece is known to be cut */
    struct edi_src *src;
    struct edi_cond *cond;
    const struct edi_codes *codes; /* AS_CODES, AS_SCALED (units) */
    struct edi_more {
        struct edi_src by, time; /* AS_DATE: format; time.  AS_SCALED: unit */
        struct str in;           /* OP_OPEN: path of the owner, as written */
    } * more;
    struct edi_op *next;
};

struct edi_at { /* the map rows of one place */
    struct str path;
    struct edi_op *op;
    struct edi_at *next;
};

struct edi_codes {
    struct str name;
    size_t n;
    struct str (*pair)[2];
    struct edi_codes *next;
};

struct edi_node { /* a segment row as written */
    uint32_t tag;
    uint32_t min, max;
    uint8_t depth;
    bool trigger;
    struct edi_versions versions;
    struct str no; /* when the first element is one of these, the next row of this tag is meant */
    struct edi_node *next;
};

struct edi_message {
    struct str type, format;
    enum edi_syntax syntax;
    struct edi_versions versions;
    struct edi_node *node;
    struct str needs; /* paths, blank between */
    struct str guess; /* BGM codes that tell it when UNH does not */
    bool personal;    /* a list of persons: only what stands at the places of `open` is quoted or kept */
    bool lenient;     /* segments that the directory has not are named once a message */
    struct str open;
    struct edi_message *next;
};

enum edi_change_kind { CHANGE_ADD, CHANGE_REMOVE, CHANGE_OCCURS, CHANGE_LOOSEN };
struct edi_change {
    enum edi_change_kind kind;
    struct str path; /* after or below which, or of which */
    bool below;      /* CHANGE_ADD: as its first child */
    uint32_t tag, min, max;
    struct edi_change *next;
};

enum edi_treat_kind { TREAT_TOLERATE, TREAT_REJECT, TREAT_SEVERITY };
struct edi_treat {
    enum edi_treat_kind kind;
    const struct fault_def *def;
    enum severity severity;
    struct edi_treat *next;
};

struct edi_when {
    uint8_t what; /* 's'ender, 'r'eceiver, 'v'ersion, 'u'ntyped, 'd'ate */
    struct str glob;
    struct edi_when *next;
};

struct edi_unused { /* an element that the partner wants left out */
    uint32_t tag;
    uint8_t e;
    struct edi_unused *next;
};

struct edi_profile {
    struct str name, type;
    enum edi_syntax syntax;
    struct edi_versions versions;
    struct str from, until; /* YYYYMMDD */
    struct edi_when *when;
    struct edi_change *change;
    struct edi_treat *treat;
    struct edi_unused *unused;
    struct edi_at *at; /* read before the message's own */
    bool group;        /* messages are written in a group */
    bool has_needs;
    struct str needs;
    struct edi_profile *next;
};

struct edi_map { /* map rows of a message type */
    struct str type;
    enum edi_syntax syntax;
    struct edi_at *at;
    struct edi_map *next;
};

#define EDI_KINDS 8 /* slots: kinds that maps open */
struct edi_tables {
    struct arena *arena;
    const struct edi_tables *base; /* the built-in ones, below those of the user */
    struct edi_segdef *segdef;     /* this list and the next ones: later rows first */
    struct edi_message *message;
    struct edi_profile *profile;
    struct edi_map *map;
    struct edi_codes *codes;
    const struct kind *kind[EDI_KINDS];
    struct str var[24];
    int kinds, vars;
};

/* The built-in tables: parsed once, then shared by all threads. Never NULL: a bad one is a bug. */
const struct edi_tables *edi_tables_builtin(void);
/* Further tables over the built-in ones, in the arena. NULL with err (ERR_DATA: the line). */
const struct edi_tables *edi_tables_parse(struct arena *a, const struct edi_tables *base, struct str text,
                                          const char *name, struct err *e);
/* "004010" or "D.03B" as a number that sorts by age; 0 when it is neither. */
uint32_t edi_version(enum edi_syntax syntax, struct str s);
#define EDI_VERSION_UN                                                                                     \
    (UINT32_C(1970) * 256) /* UN's directories begin here; below are EDIFACT's other bodies */

const struct edi_codes *edi_codes_find(const struct edi_tables *t, struct str name);
/* The translation; false when the list has none. */
bool edi_codes_get(const struct edi_codes *l, struct str from, struct str *to);

/* ---- between edi_table.c, edi_table_profile.c and edi_table_map.c ---- */

struct edi_reader { /* of one table text */
    struct edi_tables *t;
    struct str line; /* what is left of the line at hand */
    const char *name;
    unsigned number;
    struct err *err;
    enum edi_syntax syntax;
    /* the block at hand */
    struct edi_segdef *segdef;
    struct edi_message *message;
    struct edi_node **node;
    struct edi_profile *profile;
    struct edi_map *map;
    struct edi_codes *codes;
    struct edi_at *at;
    struct edi_op **op;
    uint8_t depth;
};
int edi_bad(struct edi_reader *r, const char *what, struct str found); /* err with the line; -1 */
bool edi_word(struct edi_reader *r, struct str *word);                 /* the next one; false at the end */
/* "D.95B..D.98B", "0..99", "BGM"; -1 with err. The range itself: false when there is no "..". */
int edi_read_versions(struct edi_reader *r, struct str s, struct edi_versions *v);
int edi_read_counts(struct edi_reader *r, struct str s, uint32_t *min, uint32_t *max);
int edi_read_tag(struct edi_reader *r, struct str s, uint32_t *tag);
bool edi_read_range(struct str s, struct str *from, struct str *to);
int edi_block_profile(struct edi_reader *r);
int edi_profile_row(struct edi_reader *r);
int edi_statement(struct edi_reader *r); /* one row of an `at` */

/* ---- compiled: what one message of a type, version and profile is held against ---- */

struct edi_row {
    uint32_t tag, max;
    int16_t group; /* row of the trigger of the group it stands in; -1 = top */
    int16_t last;  /* trigger: last row of its group; else itself */
    bool trigger;
    bool masked; /* in a list of persons, and not open */
    bool loose;  /* nothing in it is mandatory */
    bool owns;   /* trigger: records end with its group */
    int16_t alt; /* the row to take for values in `no`; EDI_NOWHERE = none */
    uint16_t ops, fills;
    struct edi_op *op;  /* one behind the other; then what only a writer needs: `fills` of them */
    struct str no;      /* separated by | */
    uint64_t bit, must; /* in its group's mask; of its own group, when it is a trigger */
    const struct edi_segdef *def;
    uint32_t unused; /* elements that the profile wants left out, a bit each */
};

#define EDI_MISPLACED 0x4000 /* in next: known in this group, but earlier */
#define EDI_NOWHERE   (-1)

#define EDI_HASH       22 /* bits shifted out: 1024 slots */
#define EDI_HASH_SLOTS (1 << (32 - EDI_HASH))

struct edi_table {
    const struct edi_message *message;
    const struct edi_profile *profile; /* NULL = none */
    uint32_t version;
    const struct edi_tables *tables;
    struct edi_row *row;
    int rows;
    uint32_t multiplier; /* tag -> slot[(tag * multiplier) >> EDI_HASH] */
    struct {
        uint32_t tag;
        int16_t index;
    } slot[EDI_HASH_SLOTS];
    int tags;
    int16_t *next; /* [(row + 1) * tags + tag's index] -> row, with EDI_MISPLACED; or EDI_NOWHERE */
    uint64_t top_must;
    int8_t ref[EDI_KINDS][EDI_KINDS]; /* the field of a kind that refers to another; -1 = none */
    int8_t parent[EDI_KINDS];
    int8_t person; /* the slot of persons; -1 = none */
    int16_t *need; /* rows without which a message is refused */
    int needs;
    struct edi_table *chain;
};

static inline int edi_tag_index(const struct edi_table *t, uint32_t tag)
{
    uint32_t h = (uint32_t)(tag * t->multiplier) >> EDI_HASH;
    return t->slot[h].tag == tag ? t->slot[h].index : -1;
}

/* NULL when there is no directory for it. `a` keeps it; `cache` is a list that the caller holds. */
struct edi_wanted {
    enum edi_syntax syntax;
    struct str type, version, sender, receiver, date;
    const char *profile; /* by name; NULL = by what fits */
    bool untyped;        /* the message did not say its type */
};
const struct edi_table *edi_table_for(struct arena *a, const struct edi_tables *t, struct edi_table **cache,
                                      const struct edi_wanted *w);

#endif

/*~ 1
 * puente.h: the vocabulary. Read this first, then main.c, then follow the numbers: "~ 2" in main.c, and so
 * on through one message's life.
 *
 * A *node* is one agency's installation. What crosses and what is agreed enter it as *records* in a signed
 * journal (journal/). *Rooms* turn records into answers: each room is a folder of src/ with one public
 * header that exports one `struct room`. A verb is an *op*: one const struct, from which the command line,
 * the HTTP API, help, man page and completion come.
 */
#ifndef PUENTE_H
#define PUENTE_H

#define PUENTE_VERSION "0.1.0"

#include "base/base.h"
#include "base/clock.h"
#include "journal/journal.h"
#include "schema/schema.h"
#include "views/views.h"

struct out;
struct args;
struct room;
struct follows;

/* Everything an op or a room may touch; passed first, never global. One per command or request. */
struct ctx {
    const struct world *world;
    const struct room *const *rooms; /* main.c's list; ends with NULL */
    const char *dir;                 /* the node's folder; NULL for ops that need no node */
    struct journal *journal;         /* NULL likewise */
    const struct backend *backend;   /* where journals are kept (journal/backend.h); NULL = SQLite */
    struct views *views;
    struct arena *arena; /* this request's; everything an op returns lives here */
    struct err *err;
    enum lang lang;
    struct str author;            /* office or officer on whose behalf */
    struct str purpose, the_case; /* why personal data is looked at; empty = it is withheld */
    struct str peer; /* the office whose pinned certificate spoke; empty but in an OP_PEER op */
    /* Progress of a long job to whoever waits; may be NULL. `of` 0 = unknown. */
    void (*progress)(void *arg, const char *what, uint64_t done, uint64_t of);
    void *progress_arg;
    struct follows *follows; /* what a reaction wants appended; NULL outside react */
};

/* ---- ops ---- */

enum op_flags {
    OP_NODE = 1,   /* needs a node folder */
    OP_WRITES = 2, /* takes the node's lock */
    OP_LOCAL = 4,  /* command line only: not served over HTTP */
    OP_STREAM = 8, /* its answer is a sequence of lines, written as they come */
    OP_RAW = 16,   /* its answer is text or a file (a proof, a man page), not fields */
    OP_PEER =
        32 /* for other nodes: served on the peers' TLS listener only, with ctx->peer set; its one param, a
                      P_TEXT, gets the request's body as it came; answers with OP_RAW, as application/cbor */
};

/* P_INT a whole number, P_ID a UUID, P_KIND a kind's name, P_FLAG nothing, or true or false over HTTP. */
enum param_type { P_TEXT, P_INT, P_FLAG, P_FILE, P_JSON, P_KIND, P_ID, P_CHOICE };

struct param {
    const char *name; /* "limit": --limit N, ?limit=N */
    enum param_type type;
    bool positional, required, many;
    const char *help;           /* msgid */
    const char *const *choices; /* P_CHOICE; ends with NULL */
    bool rest;                  /* also takes --field=value pairs of the kind given (filters, values) */
};

struct op {
    const char *name;           /* "list", "verify-proof" */
    const char *summary;        /* msgid, one line */
    const char *help;           /* msgid, paragraphs; may be NULL */
    const struct param *params; /* ends with a NULL name; may be NULL */
    unsigned flags;
    const char *method, *path; /* "GET", "/records/{kind}"; NULL = not served over HTTP */
    int (*run)(struct ctx *, const struct args *, struct out *); /* exit status 0, 1; -1 with ctx->err */
    const char *example;                                         /* one command line, without "puente" */
};

/* Arguments, already checked against the params. */
struct str arg(const struct args *a, const char *name); /* empty when not given; the first when many */
bool arg_given(const struct args *a, const char *name);
int64_t arg_int(const struct args *a, const char *name, int64_t otherwise);
size_t arg_count(const struct args *a, const char *name);
struct str arg_nth(const struct args *a, const char *name, size_t i);
/* The --field=value pairs that `rest` let through, in order; false past the last. */
bool arg_rest(const struct args *a, size_t i, struct str *name, struct str *value);
/* The way in for whoever builds arguments (cli, server, tests). */
struct args *args_new(struct arena *a);
void args_add(struct args *a, struct str name, struct str value);      /* a param */
void args_add_rest(struct args *a, struct str name, struct str value); /* a field */
/* Required, types, choices, unknown and repeated names; -1 with err (ERR_USAGE). A flag said to be false is
 * afterwards not given. */
int args_check(struct args *a, const struct op *op, struct err *e);

/* What an op says: a tree of keys and values. The command line shows it as aligned text and tables, the
 * API and --json as JSON. Keys are snake_case English; the text form translates them (cli/keys.c names the
 * known ones). At the top stands one object or one list; keyed values said at the top make an object too. A
 * key that is NULL inside an object is a bug, but for a record, whose key is then "record". */
struct out_ops;
struct out {
    const struct out_ops *ops;
    enum lang lang;
};
void out_open(struct out *o, const char *key); /* an object; key NULL inside a list or at the top */
void out_close(struct out *o);
void out_list(struct out *o, const char *key); /* a list: of objects (a table), or of texts */
void out_end(struct out *o);
void out_str(struct out *o, const char *key, struct str s);
void out_z(struct out *o, const char *key, const char *z);
void out_int(struct out *o, const char *key, int64_t i);
void out_bool(struct out *o, const char *key, bool v);
void out_json(struct out *o, const char *key, struct str json); /* a value that is JSON already */
/* A record with its header; fields in `hide` are shown as withheld, by name. */
void out_record(struct out *o, const struct record *r, uint64_t hide);
void out_line(struct out *o, struct str line); /* OP_STREAM, OP_RAW: bytes as they are */

struct out_ops {
    void (*open)(struct out *, const char *key);
    void (*close)(struct out *);
    void (*list)(struct out *, const char *key);
    void (*end)(struct out *);
    void (*value)(struct out *, const char *key, struct str text, bool quoted);
    void (*record)(struct out *, const struct record *, uint64_t hide);
    void (*line)(struct out *, struct str);
};

/* The JSON form, for --json and the API: writes into `to`, which the caller owns. */
struct out *out_to_json(struct arena *a, struct buf *to, enum lang lang);

/* ---- rooms ---- */

/* Somebody whom a list declares, while the list is read. No record holds this and nothing may keep it. */
struct passer {
    struct str role;          /* "passenger", "crew", ... */
    struct str family, given; /* a name in one piece is all in family */
    struct str birth;         /* YYYY-MM-DD; empty when not declared */
    struct str document_type; /* "passport", "visa", ...; of the first document */
    struct str documents;     /* numbers, LF between */
};
/* Where a glance puts its hits: records without subject, which whoever reads the list gives them. 0, or -1 with err. */
struct glance {
    int (*hit)(void *arg, struct record *hit);
    void *arg;
};

struct room {
    const char *name;
    const struct op *const *ops; /* ends with NULL; may be NULL */
    const char *const *tables;   /* SQL that creates its views; ends with NULL; may be NULL */
    /* Pure projection into its tables, inside views' transaction; replayed by rebuild. An entry that was erased
     * has no record; on an `erasure` a room clears what it derived from the record named. 0, or -1 with err. */
    int (*apply)(struct ctx *, const struct entry *);
    /* After the views know the entry: may node_follow (a hit, a link); never in rebuild. 0, or -1 with err. */
    int (*react)(struct ctx *, const struct entry *);
    /* Looks at a person who passes by, in memory. May be NULL. 0, or -1 with err. */
    int (*glance)(struct ctx *, const struct passer *, const struct glance *);
};

/* ---- looking at personal data (look.c; laws 8 and 9) ---- */

/* What may be seen of a kind in this request. */
struct look {
    const struct kind *kind;
    uint64_t personal; /* fields that need a purpose and a case */
    uint64_t sealed;   /* fields that are never shown by an op */
    uint64_t hide;     /* those of the above that are withheld from this request */
    bool named;        /* purpose and case are given */
};
struct look look_at(const struct ctx *c, const struct kind *k);
/* Filtering or ordering by a withheld field would tell its value: ERR_DENIED. */
int look_ask(struct ctx *c, const struct look *l, int field);
/* Appends the `access` record when personal fields are about to be shown. Call it before the answer; on -1 there
 * must be none. */
struct looked {
    const char *op;
    struct str id;    /* of one record (16 bytes), or empty */
    struct str query; /* or what was asked, in words */
    uint64_t count;   /* records in the answer */
};
int look_log(struct ctx *c, const struct look *l, const struct looked *what);
/* Says which of the fields in `have` are withheld, and why. */
void look_say(struct out *o, const struct look *l, uint64_t have);

/* ---- hits in words (because.c) ---- */

/* The sentence of a hit; `values`: with what matched, which is personal. */
struct str because(struct arena *a, enum lang lang, const struct record *hit, bool values);
struct str because_fact(const struct record *hit,
                        const char *name); /* "subject_kind"; empty when not told */

/* ---- the node: what ties journal, views and rooms together (node.c) ---- */

/* Opens journal and views of ctx->dir and brings the views up to date. Without `write` the node is not locked and
 * the journal not touched; when another process keeps the views, they are read as they are. -1 with err. */
int node_open(struct ctx *c, bool write);
void node_close(struct ctx *c);
/* A node opened to read is opened again to write: to sign something. 0, or -1 with err (ERR_BUSY). */
int node_writable(struct ctx *c);
/* Whose node it is. The journal's memory: node_writable, and what appends to a node opened to read, end it. */
struct str node_office(const struct ctx *c);
/* schema_check has passed. Appends all or none, then apply and react of every room. -1: nothing was stored.
 * 0: stored, durable, and the views know it; should the views fail (a full disk), it is still 0, ctx->err says
 * why, and the next catch-up goes on from there. *first (may be NULL) is the first sequence number. A node
 * opened for reading takes the lock now, or ERR_BUSY. Any thread, each with a ctx of its own. */
int node_append(struct ctx *c, struct record *const *r, size_t n, uint64_t *first);
/* The same, unless `key` (any bytes, named by the caller's use of it) entered before: 1 = appended, 0 = it had
 * entered and nothing was done. Two at once with one key: one of them enters. */
int node_append_once(struct ctx *c, struct str key, struct record *const *r, size_t n);
/* Inside react only: `r` follows from the entry and is appended once for `key` (any bytes), even when a crash or
 * a lost views.db makes the entry react again. Whole groups of entries share one commit; the record goes to
 * apply and react like any other. It and all it points to lives in ctx->arena, which lasts as long as the group. */
void node_follow(struct ctx *c, struct str key, struct record *r);
/* The rooms' CREATE statements, for views_open; in ctx->arena. */
const char *const *node_tables(struct ctx *c);
/* Applies and reacts to whatever the journal has and the views have not: after a batch, after a crash. */
int node_catch_up(struct ctx *c);
/* Drops every view and makes it again. Nothing reacts. */
int node_rebuild(struct ctx *c);
/* The same into an empty folder `to`, beside the node's own views, which are not touched: *same tells whether
 * both have the same digest. */
int node_rebuild_check(struct ctx *c, const char *to, bool *same);

/* ---- ops by name ---- */

const struct op *op_find(const struct room *const *rooms, struct str name);

/* "Did you mean": offer it every candidate; `best` is the nearest one within a typing error or two (optimal
 * string alignment), or NULL. O(product of the lengths) a candidate. */
struct op_nearest {
    struct str word;
    const char *best;
    size_t distance;
};
void op_nearest_try(struct op_nearest *n, const char *candidate);

#endif

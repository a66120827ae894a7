/* internal.h: what the files of intake share. */
#ifndef PUENTE_INTAKE_INTERNAL_H
#define PUENTE_INTAKE_INTERNAL_H

#include "intake/child.h"
#include "puente.h"

/* ---- intake.c: the files an op is given ---- */

struct input {
    int fd;
    const char *name; /* the last part of the path; "-" for standard input */
    uint64_t size;    /* 0 = not known */
};
/* Opens the i-th `file`; with `seek`, what cannot be read twice is copied into an unlinked file of the node's
 * folder first. -1 with err. */
int input_open(struct ctx *c, struct str path, bool seek, struct input *out);
void input_close(struct input *in);
/* A gzip file is replaced by what it holds, unpacked by a sandboxed child into an unlinked file of the node's
 * folder: what is refused can be kept as it was before it was packed. 0, with *why->code set when it cannot be
 * unpacked; -1 with err. */
int input_unpack(struct ctx *c, struct input *in, struct err *why);
/* What parse and feed take: the files, and how to read them. */
extern const struct param intake_reading[];
/* --as, --mapping, --profile, --profiles. -1 with err. */
int intake_options(struct ctx *c, const struct args *a, struct feeds_options *out);
/* The built-in profiles and the user's: *.tbl of --profiles (a folder or one file), or else of the node's folder
 * `profiles`. `text` (may be NULL) is for feeds_options. -1 with err: a bad table says file and line. */
int intake_profiles(struct ctx *c, const struct args *a, struct feeds_profiles **out, struct str *text);
/* -1 with err when no profile has this name; an empty name is none. */
int intake_profile_known(struct ctx *c, const struct feeds_profiles *known, struct str name);

extern const struct op op_parse;   /* parse.c */
extern const struct op op_feed;    /* feed.c */
extern const struct op op_ack;     /* ack.c */
extern const struct op op_profile; /* profile.c */
extern const struct op op_write;   /* write.c */
extern const struct op op_update;  /* update.c */
extern const struct op op_persons; /* persons.c */

/* ---- outgoing.c: records of the node for the writer ---- */

/* The record of this kind and id, all that refers to it, the message that brought it. -1 with err: ERR_NOT_FOUND,
 * ERR_DENIED without a purpose and a case. */
int outgoing_lines(struct ctx *c, struct str id, const char *kind, struct buf *to);

/* ---- summary.c: what a feed took in, counted ---- */

#define SUMMARY_FORMATS 64 /* further ones are counted under "other" */
#define SUMMARY_KNOWN   20 /* messages named as already taken in; the rest are counted */

struct tally {
    uint64_t messages[3]; /* by enum feeds_verdict */
    uint64_t known;       /* taken in before */
    uint64_t exercise;    /* kept out: exercise data in a real node, or the other way round */
    uint64_t records, faults[3];
    bool unreadable;
    struct str why;
};

struct summary_known {
    struct str file, reference, digest;
    struct str when, id; /* of its message record; known once the views have caught up */
};

struct summary {
    struct arena *arena;
    struct tally *file; /* the current one */
    struct {
        struct str name;
        struct tally t;
    } * files;
    size_t nfiles;
    struct {
        struct str format;
        uint64_t verdict[3], known;
    } formats[SUMMARY_FORMATS];
    size_t nformats;
    struct summary_known known[SUMMARY_KNOWN];
    size_t nknown;
    uint64_t *kinds;       /* by index in schema_kinds */
    uint64_t (*faults)[3]; /* by index in schema_faults and severity */
    uint64_t hits;
};

void summary_init(struct summary *s, struct arena *a, size_t files);
void summary_file(struct summary *s, struct str name);
void summary_message(struct summary *s, struct str format, enum feeds_verdict v);
void summary_known(struct summary *s, const struct feeds_message *m);
void summary_fault(struct summary *s, const struct fault *f);
void summary_show(const struct summary *s, struct out *o);
int summary_status(const struct summary *s); /* 0 all taken clean, 1 not */

/* ---- taking.c: frames -> journal batches; a message whole or not at all ---- */

struct kept_fault {
    struct fault f; /* its strings are copies */
    struct kept_fault *next;
};
struct fault_list {
    struct kept_fault *first, **last;
    size_t n;
    uint64_t beyond; /* not kept one by one */
};

struct taking {
    struct ctx *c;
    struct summary *sum;
    bool exercise; /* the node is a demonstration node */
    bool whole;    /* what no field holds is kept too: the parser gives fragments */
    struct batch *batch;
    int64_t batch_since;
    const struct input *in;
    struct str as;          /* the format asked for; empty = detected */
    struct arena *arena;    /* the message's */
    struct arena *file;     /* the file's: faults that stand before its first message */
    bool open;              /* between begin and end */
    struct feeds_message m; /* strings in arena */
    uint8_t id[16];         /* of the message record; its records follow by number */
    int64_t now;            /* when it came */
    uint32_t records;       /* of the open message */
    uint32_t farthest;      /* the highest record number referred to */
    bool bad;               /* it breaks a rule of the schema: it will be refused */
    uint64_t *kinds;        /* of the open message, by index in schema_kinds */
    struct fault_list faults, stray;
    uint64_t seen; /* messages ended in this file */
    uint64_t end;  /* where the last one ended */
    bool last_new; /* the last message was new: what follows it belongs to it */
    uint8_t last_id[16];
};

void taking_init(struct taking *t, struct ctx *c, struct summary *s);
void taking_free(struct taking *t); /* gives up what is not committed */
void taking_file(struct taking *t, const struct input *in, struct str as);
struct frames_sink taking_sink(struct taking *t);
/* The child has ended. -1 with err. */
int taking_file_end(struct taking *t, const struct child_result *r);
int taking_commit(struct taking *t);

/* ---- keep.c: the records that intake itself writes ---- */

void fault_keep(struct fault_list *l, struct arena *a, const struct fault *f);
void faults_clear(struct fault_list *l);
/* Text as a field may hold it: UTF-8, no control characters, at most `max` bytes; the original when it is so. */
struct str intake_text(struct arena *a, struct str s, size_t max);
/* -1 with err. */
int keep_message(struct taking *t, enum feeds_verdict v);
int keep_faults(struct taking *t, const struct fault_list *l, const uint8_t message[16]);
int keep_fault(struct taking *t, const struct fault *f, const uint8_t message[16]);
int input_digest(struct ctx *c, const struct input *in, uint64_t from, uint8_t out[HASH_SIZE]);
/* Whether the input from there on looks like a list of persons. -1 with err. */
int input_personal(struct ctx *c, const struct input *in, uint64_t from, bool *personal);

#endif

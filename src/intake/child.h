/*
 * child.h: a parser in a process of its own. The child holds the input, the pipe and nothing else that is open;
 * its memory and time are limited, and the sandbox leaves it read, write and exit (base/sandbox.h). Whatever the
 * bytes do to it, the worst that comes out is frames that the parent refuses.
 */
#ifndef PUENTE_INTAKE_CHILD_H
#define PUENTE_INTAKE_CHILD_H

#include "intake/frames.h"

struct feeds_write; /* feeds/write.h */

struct child_job {
    int fd;                              /* open input, read from where it stands; the caller closes it */
    const char *name;                    /* of the file; detection may look at it */
    const struct feeds_options *options; /* its strings live until child_run returns */
    bool persons;                        /* persons of lists too, for a look in memory */
    bool lines;                          /* JSON lines instead of records */
    bool unpack;                         /* the bytes themselves, unpacked, as lines; nothing is parsed */
    const struct feeds_answer *answer;   /* the answers to the sender, as lines; NULL = parse */
    const struct feeds_write *write;     /* the input is JSON lines, to be written: lines, and faults */
    enum lang lang;                      /* of messages */
    struct str lines_prefix;             /* goes into each line behind its opening brace; may be empty */
    void (*tick)(void *arg, uint64_t offset); /* how far the child has read; may be NULL */
    void *tick_arg;
};

enum child_end {
    CHILD_READ,       /* to the end */
    CHILD_UNREADABLE, /* nothing recognised, or the source failed: *why */
    CHILD_DIED        /* crashed, was killed by a limit or the sandbox, stalled, or spoke nonsense */
};

struct child_result {
    enum child_end end;
    bool clean;     /* no fault from SEV_WARNING up, every message taken; with `lines` and `answer` only */
    struct err why; /* CHILD_UNREADABLE */
    char how[64];   /* CHILD_DIED: "signal 31", ...; for the fault's `found` */
};

/* Runs the job; what the child says goes to `to`. 0 with *out, or -1 with err: the system has no process or
 * pipe left, or the sink stopped. */
int child_run(const struct child_job *job, const struct frames_sink *to, struct child_result *out,
              struct err *e);

#endif

/*
 * ack.c: `puente ack`: what the sender of a message is answered. The message is read and the answer written in the
 * sandboxed child (feeds/answer.h); here it is only passed on.
 */
#include "intake/internal.h"

#define MICROSECONDS INT64_C(1000000)
#define CONTROL_MAX  UINT64_C(1000000000) /* ISA13 has nine digits */

static int put_lines(void *arg, struct str text)
{
    out_line(arg, text);
    return 0;
}

static const struct {
    const char *name;
    enum feeds_answer_kind kind;
} kinds[] = {{"ta1", ANSWER_TA1},       {"997", ANSWER_997}, {"999", ANSWER_999},
             {"contrl", ANSWER_CONTRL}, {"355", ANSWER_355}, {"cusres", ANSWER_CUSRES}};

static int run(struct ctx *c, const struct args *a, struct out *o)
{
    int64_t now = c->world->now(c->world->arg);
    struct feeds_answer how = {.now = now, .lang = c->lang};
    const struct frames_sink sink = {.lines = put_lines, .arg = o};
    struct child_job job = {.answer = &how, .lang = c->lang};
    struct child_result got = {0};
    struct feeds_options options;
    struct input in;
    int ret = -1;

    how.control = (uint64_t)arg_int(a, "control", now / MICROSECONDS) % CONTROL_MAX;
    for (size_t i = 0; i < COUNT(kinds); i++)
        if (str_eq(arg(a, "kind"), str_z(kinds[i].name)))
            how.kinds = kinds[i].kind;
    if (intake_options(c, a, &options) != 0)
        return -1;
    if (input_open(c, arg(a, "file"), false, &in) != 0)
        return -1;
    job.fd = in.fd;
    job.name = in.name;
    job.options = &options;
    if (child_run(&job, &sink, &got, c->err) != 0)
        goto out;
    if (got.end == CHILD_READ)
        ret = got.clean ? 0 : 1;
    else if (got.end == CHILD_DIED)
        err_set(c->err, ERR_IO, N_("%s: the parser ended before its time (%s)"), in.name, got.how);
    else /* exit status 2: nothing was answered */
        err_set(c->err, got.why.code == ERR_DATA ? ERR_USAGE : got.why.code, N_("%s: %s"), in.name,
                got.why.text);
out:
    input_close(&in);
    return ret;
}

static const char *const kind_names[] = {"ta1", "997", "999", "contrl", "355", "cusres", NULL};

static const struct param params[] = {
    {.name = "file",
     .type = P_FILE,
     .positional = true,
     .required = true,
     .help = N_("the message to answer; - for standard input")},
    {.name = "kind",
     .type = P_CHOICE,
     .choices = kind_names,
     .help = N_("only this answer; what the standard asks for when not given")},
    {.name = "control",
     .type = P_INT,
     .help =
         N_("the control number of the answer, up to nine digits; taken from the clock when not given")},
    {.name = "profile",
     .type = P_TEXT,
     .help = N_("the partner's profile; found by sender when not given")},
    {.name = "profiles", .type = P_FILE, .help = N_("folder of your own profiles (*.tbl), or one file")},
    {0},
};

const struct op op_ack = {
    .name = "ack",
    .summary = N_("write the answer that the sender of a message is owed"),
    .help = N_("Reads an X12 or EDIFACT file and writes the answers to it, ready to be sent: TA1 when it "
               "is asked for or the "
               "envelope has faults, 997 (999 from version 005010 on) for each group, 355 for a manifest "
               "309; CONTRL for each "
               "EDIFACT interchange, CUSRES for CUSCAR, CUSREP and PAXLST. Sender and receiver are "
               "swapped; what describes "
               "people is not sent back. No node is needed. Exit status: 0 everything accepted as it is, 1 "
               "with faults or "
               "refusals, 2 nothing in it can be answered."),
    .params = params,
    .flags = OP_RAW,
    .method = "POST",
    .path = "/ack",
    .run = run,
    .example = "ack manifest.309",
};

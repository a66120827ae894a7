/*
 * cli/internal.h: what the files of this room share.
 *
 *   words.c       argv -> an op, its args, the global options
 *   cli.c         runs the op: node, exit status, errors, the JSON form
 *   tree.c        what an op says, kept as a tree for the text form
 *   render.c      the tree as text: aligned pairs, tables, indented objects; keys.c names the keys
 *   progress.c    how far a long job is
 *   help.c, man.c, completion.c   three ways to read the op tables aloud
 */
#ifndef PUENTE_CLI_INTERNAL_H
#define PUENTE_CLI_INTERNAL_H

#include "cli/cli.h"

#include <stdio.h>

/* ---- words.c ---- */

struct words {
    const struct room *const *rooms;
    struct arena *arena;
    enum lang lang;
    const char *dir; /* -C or PUENTE_DIR; NULL when neither */
    bool json, help;
    struct str author, purpose, the_case;
    const struct op *op; /* NULL when none was named */
    struct args *args;   /* not yet checked */
};

/* The options that every op takes, before it or after; for help, man and completion too. */
struct global_option {
    const char *name, *value; /* "--lang", "en|es"; value NULL for a flag */
    const char *help;         /* msgid */
};
extern const struct global_option words_globals[]; /* ends with a NULL name */

/* Reads argv and the environment. Sets w->lang first, so that even the first error is in it. -1 with err
 * (ERR_USAGE), whose text says what was meant where that can be guessed. */
int words_read(struct words *w, int argc, char **argv, struct err *e);

/* ---- tree.c, render.c, keys.c ---- */

enum shape_of { NODE_OBJECT, NODE_LIST, NODE_TEXT, NODE_NUMBER };

struct node {
    struct node *next, *first, **last; /* children in order */
    const char *label;                 /* in the user's language; NULL inside a list */
    const char *key;                   /* as the op said it, or the field's name */
    struct str text;                   /* of a leaf, safe to print: no control characters but LF */
    struct str brief;                  /* of a leaf, the short form for a table's cell */
    struct str code;                   /* the value as the op said it, when the text is its label */
    enum shape_of shape;
    int order; /* of a record's field: its number; else 0 */
    bool head; /* of a record's header: shown for one record, not in a table */
};

/* How the text form is written. */
struct page {
    FILE *to;
    struct arena *arena;
    enum lang lang;
    int width;   /* columns of the terminal; 0 when it is none: nothing is cut */
    bool colour; /* emphasis, and colour that repeats what a word says */
};

struct out *tree_new(const struct page *p);
void tree_show(struct out *o); /* shows what was said since the last time */

void render(const struct page *p, const struct node *root);
size_t render_width(struct str s); /* columns on a terminal; s is UTF-8 */
/* Paragraphs (split by LF) broken at blanks so that `indent` + text fits `width`; each line indented. */
void render_wrap(struct buf *b, struct str text, int indent, int width);
/* A copy without control characters (but LF), invisible direction marks, or bytes that are not UTF-8: what
 * came from outside must not steer the terminal. */
struct str render_safe(struct arena *a, struct str s);

const char *keys_label(struct arena *a, enum lang lang, const char *key);
/* What `value` of `key` is called, where it is a word of one of our code lists; or NULL. Remembers, in `memo`,
 * which lists a key may have. */
struct keys_memo {
    struct {
        const char *key;
        const struct codelist *list[8];
        size_t n;
    } of[32];
    size_t n;
};
const char *keys_code(struct keys_memo *memo, enum lang lang, const char *key, struct str value);

/* ---- progress.c ---- */

struct progress {
    const struct world *world;
    enum lang lang;
    FILE *to;
    bool terminal, shown;
    const char *what;
    int64_t began, last;
};
void progress_init(struct progress *p, const struct world *w, enum lang lang, FILE *to, bool terminal);
void progress_tick(void *arg, const char *what, uint64_t done, uint64_t of); /* ctx.progress */
void progress_end(struct progress *p);                                       /* clears the line */

/* ---- help.c, man.c, completion.c ---- */

struct help {
    const struct room *const *rooms;
    enum lang lang;
    int width;
    struct buf *to;
};
void help_short(const struct help *h);
void help_all(const struct help *h);
void help_op(const struct help *h, const struct op *op);
const char *help_room_title(const struct room *r); /* msgid */
const char *help_metavar(const struct param *p);   /* "N", "FILE", "a|b": msgid for the words */
void help_usage(struct buf *b, const struct op *op, enum lang lang); /* "feed FILE… [--as FORMAT]" */
void man_page(const struct help *h);
void completion_bash(const struct help *h);
void completion_zsh(const struct help *h);
void completion_fish(const struct help *h);

extern const struct op help_op_def, man_op, completion_op, version_op;

#endif

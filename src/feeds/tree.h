/*
 * feeds/tree.h: a piece of an XML document as a tree, for readers that must look at it as a whole (a customs
 * declaration, one entry of a watch list). It is built from xml.h's calls, in an arena, up to a named size; what
 * is beyond it is only counted. Names are local: these formats are sent with a namespace, with another one, and
 * without.
 */
#ifndef PUENTE_FEEDS_TREE_H
#define PUENTE_FEEDS_TREE_H

#include "feeds/xml.h"

#define TREE_MAX  ((size_t)24 << 20) /* bytes kept of one tree */
#define TREE_TEXT ((size_t)64 << 10) /* bytes of one element's text */

struct tree_node {
    struct str name,
        text; /* text: clean UTF-8 without blanks at its ends; only of an element without children */
    struct tree_node *parent, *first, *last, *next; /* next: its sibling */
    struct place place;                             /* of its start tag */
    bool used;                                      /* the reader's: its value was taken */
    size_t attributes;
    struct {
        struct str name, value;
    } attribute[];
};

struct tree {
    struct arena *arena;    /* the reader's */
    struct faults *faults;  /* text between elements, a text or a tree too large */
    const struct xml *xml;  /* set by the reader before the first call */
    struct tree_node *root; /* complete when `top` is NULL again */
    struct tree_node *top;  /* the open element */
    struct buf text;
    size_t kept, skipping; /* skipping: open elements that were not kept */
    bool full;
};

void tree_init(struct tree *t, struct arena *a, struct faults *faults, const struct xml *xml);
void tree_free(struct tree *t);
void tree_start(struct tree *t, struct str name, const struct xml_attribute *a, size_t n);
void tree_text(struct tree *t, struct str piece);
void tree_end(struct tree *t);

/* The next node in document order below `within`; NULL at its end. */
struct tree_node *tree_next(const struct tree_node *n, const struct tree_node *within);
/* The same, but behind everything below n. */
struct tree_node *tree_past(const struct tree_node *n, const struct tree_node *within);
/* The first child of this name, and the next one behind a child; n may be NULL. */
struct tree_node *tree_child(const struct tree_node *n, const char *name);
struct tree_node *tree_again(const struct tree_node *child);
/* The first node at "A/B/C" below n; NULL = none. Marks nothing. */
struct tree_node *tree_find(const struct tree_node *n, const char *path);
/* Its text, which is then used; empty when there is none. */
struct str tree_take(const struct tree_node *n, const char *path);
struct str tree_attribute(const struct tree_node *n, const char *name);
/* Its place with the path from below `root` as tag, allocated in `a`. */
struct place tree_place(struct arena *a, const struct tree_node *n);
struct str tree_path(struct arena *a, const struct tree_node *n, const struct tree_node *below);

#endif

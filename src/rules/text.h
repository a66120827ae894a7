/*
 * text: many words and patterns in one pass over a text (Hyperscan). The one file that knows the library.
 */
#ifndef PUENTE_RULES_TEXT_H
#define PUENTE_RULES_TEXT_H

#include "base/base.h"

struct text_set;
struct text_word {
    struct str text; /* literal bytes */
    uint32_t id;     /* told when it is found */
    bool caseless;   /* letters of ASCII in either case */
};
/* -1 with err. *out is to be freed. */
int text_set_new(const struct text_word *w, size_t n, struct text_set **out, struct err *e);
void text_set_free(struct text_set *t); /* NULL is harmless */
/* A thread's scratch for any of the sets given to it. */
struct text_scratch;
struct text_scratch *text_scratch_new(void);
int text_scratch_for(struct text_scratch *s, const struct text_set *t); /* -1: out of memory */
void text_scratch_free(struct text_scratch *s);
/* `found` is called once for each word that stands in `text`, whatever else overlaps it. */
void text_find(const struct text_set *t, struct text_scratch *s, struct str text,
               void (*found)(void *arg, uint32_t id), void *arg);

#endif

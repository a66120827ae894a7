/*
 * lexicon.c: what is known of words, from the lists in lexicon_*.c: one hash table, made when it is first asked.
 */
#include "names/lexicon.h"

#include <pthread.h>
#include <stdlib.h>

#define SLOTS      (1u << 16) /* the lists hold some 20,000 words */
#define WORD_MOST  63         /* letters; legal forms written as one are the longest */
#define KIN_BITS   750        /* of a given name that is in no other list */
#define KIN_OFFSET 30000      /* kin and canon are numbered apart, for people who read a dump */

struct slot {
    const char *word; /* in its list, ends with anything but a letter or digit */
    uint8_t n;
    struct lex lex;
};

static struct slot *slots;
static size_t count;
static uint16_t canons, kins = KIN_OFFSET, tongues = TOKEN_TONGUES;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static uint32_t hash(const char *p, size_t n)
{
    uint32_t h = 2166136261u;

    for (size_t i = 0; i < n; i++)
        h = (h ^ (unsigned char)p[i]) * 16777619u;
    return h ^ h >> 15;
}

static struct slot *slot_of(const char *p, size_t n)
{
    for (uint32_t i = hash(p, n);; i++) {
        struct slot *s = &slots[i % SLOTS];
        if (!s->word || (s->n == n && memcmp(s->word, p, n) == 0))
            return s;
    }
}

static void rarer(uint16_t *bits, uint16_t other)
{
    if (*bits == 0 || other < *bits)
        *bits = other;
}

static void add_kin(struct lex *x, uint16_t kin)
{
    for (size_t i = 0; i < COUNT(x->kin); i++)
        if (x->kin[i] == 0 || x->kin[i] == kin) {
            x->kin[i] = kin;
            return;
        }
}

/* What being in list `l` says of a word. */
static void learn(struct lex *x, const struct lex_list *l)
{
    switch (l->kind) {
    case LEX_WOMEN:
        x->flags |= TOKEN_WOMAN | TOKEN_GIVEN;
        rarer(&x->person, l->bits);
        break;
    case LEX_MEN:
        x->flags |= TOKEN_MAN | TOKEN_GIVEN;
        rarer(&x->person, l->bits);
        break;
    case LEX_GIVEN:
        x->flags |= TOKEN_GIVEN;
        rarer(&x->person, l->bits);
        break;
    case LEX_KIN:
    case LEX_TONGUE:
        if (!(x->flags & TOKEN_KNOWN))
            x->flags |= TOKEN_GIVEN;
        if (x->person == 0)
            x->person = KIN_BITS;
        break;
    case LEX_FAMILY:
        x->flags |= TOKEN_FAMILY;
        rarer(&x->person, l->bits);
        break;
    case LEX_COMMON:
        rarer(&x->company, l->bits);
        break;
    case LEX_WORD:
        x->flags |= TOKEN_BUSINESS;
        rarer(&x->company, l->bits);
        break;
    case LEX_DULL:
        x->flags |= TOKEN_BUSINESS | TOKEN_DULL;
        rarer(&x->company, l->bits);
        break;
    case LEX_PLACE:
        x->flags |= TOKEN_PLACE;
        rarer(&x->company, l->bits);
        break;
    case LEX_TITLE:
        x->class = TOKEN_TITLE;
        break;
    case LEX_PARTICLE:
        x->class = TOKEN_PARTICLE;
        break;
    case LEX_NUMBER:
    case LEX_FORM:
        break;
    }
}

/* Words that stand together: one number for all of them. */
struct group {
    const struct lex_list *l;
    size_t words; /* so far */
    struct lex *first;
    uint16_t number;
};

static void add_word(struct group *g, const char *p, size_t n)
{
    struct slot *s = slot_of(p, n);
    struct lex *x = &s->lex;

    if (!s->word) {
        if (count >= SLOTS / 2)
            abort(); /* the lists have outgrown the table: a bug */
        count++;
        s->word = p;
        s->n = (uint8_t)n;
    }
    learn(x, g->l);
    if (g->l->kind == LEX_KIN) {
        add_kin(x, g->words ? kins : ++kins);
    } else if (g->l->kind == LEX_TONGUE) {
        add_kin(x, g->words ? tongues : ++tongues);
    } else if (g->l->kind == LEX_NUMBER) {
        x->number = (uint16_t)(g->number + 1);
    } else if (g->l->kind == LEX_FORM) {
        x->form = g->words ? g->first->form : x->form ? x->form : ++canons;
        x->form_kin = (uint16_t)(g->l->bits + 1);
    } else if (g->words == 1 && !g->first->canon) { /* a group of two at least */
        g->first->canon = x->canon ? x->canon : ++canons;
    }
    if (g->words && g->l->kind != LEX_KIN && g->l->kind != LEX_TONGUE && g->l->kind != LEX_FORM &&
        !x->canon)
        x->canon = g->first->canon;
    if (g->words++ == 0)
        g->first = x;
}

static void add_list(const struct lex_list *l)
{
    struct group g = {.l = l, .number = l->bits};

    for (const char *p = l->words; *p;) {
        size_t n = strspn(p, "abcdefghijklmnopqrstuvwxyz0123456789");
        if (n) {
            add_word(&g, p, n);
            p += n;
            continue;
        }
        if (*p == ',') {
            g.words = 0;
            g.number++;
        }
        p++;
    }
}

/* What is said of one spelling holds for all spellings of the name. */
static void share_kin(void)
{
    struct lex *of = xmalloc((canons + 1u) * sizeof *of);

    memset(of, 0, (canons + 1u) * sizeof *of);
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < SLOTS; i++) {
            struct lex *x = &slots[i].lex, *all = &of[x->canon];
            for (size_t k = 0; x->canon && k < COUNT(x->kin); k++)
                if (pass == 0 && x->kin[k])
                    add_kin(all, x->kin[k]);
                else if (pass == 1 && all->kin[k])
                    add_kin(x, all->kin[k]);
        }
    free(of);
}

static void make(void)
{
    static const struct lex_list *const all[] = {lexicon_given,  lexicon_family, lexicon_words,
                                                 lexicon_places, lexicon_forms,  lexicon_ine_given,
                                                 lexicon_kin};

    slots = xmalloc(SLOTS * sizeof *slots);
    memset(slots, 0, SLOTS * sizeof *slots);
    for (size_t i = 0; i < COUNT(all); i++)
        for (const struct lex_list *l = all[i]; l->words; l++)
            add_list(l);
    share_kin();
}

const struct lex *lexicon_find(const char *text, size_t n)
{
    const struct slot *s;

    pthread_once(&once, make);
    if (n == 0 || n > WORD_MOST)
        return NULL;
    s = slot_of(text, n);
    return s->word ? &s->lex : NULL;
}

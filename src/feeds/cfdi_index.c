/*
 * cfdi_index.c: what follows from the CFDI tables and is asked for at every element: each one's children, and the
 * patterns compiled. Made once a program, never changed afterwards, like the built-in tables of EDI.
 */
#include "feeds/cfdi.h"

#include <assert.h>
#include <pthread.h>

static struct cfdi_index made;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void put_children(void)
{
    short last[CFDI_ELEMENTS];

    for (int i = 0; i < CFDI_ELEMENTS; i++)
        made.first[i] = made.next[i] = last[i] = CFDI_NONE;
    for (short i = 0; i < CFDI_ELEMENTS; i++) {
        int parent = cfdi_element(i)->parent;

        if (parent == CFDI_NONE)
            continue;
        made.rank[i] = last[parent] == CFDI_NONE ? 0 : (unsigned char)(made.rank[last[parent]] + 1);
        assert(made.rank[i] < CFDI_CHILDREN);
        *(last[parent] == CFDI_NONE ? &made.first[parent] : &made.next[last[parent]]) = i;
        last[parent] = i;
    }
}

static void put_pattern(const char *pattern)
{
    for (size_t i = 0; i < made.patterns; i++)
        if (made.pattern[i].text == pattern)
            return;
    assert(made.patterns < COUNT(made.pattern));
    made.pattern[made.patterns].text = pattern;
    made.pattern[made.patterns++].compiled = xml_pattern_new(pattern);
}

static void make(void)
{
    put_children();
    for (int i = 0; i < CFDI_ELEMENTS; i++) {
        const struct cfdi_element *e = cfdi_element(i);

        for (size_t k = 0; k < e->attributes; k++)
            if (e->attribute[k].type->pattern)
                put_pattern(e->attribute[k].type->pattern);
    }
}

const struct cfdi_index *cfdi_index(void)
{
    pthread_once(&once, make);
    return &made;
}

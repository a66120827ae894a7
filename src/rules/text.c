/* text.c: text.h over Hyperscan 5.4. Literals only: what a pattern means is CEL's to say. */
#include "rules/text.h"

#include <hs.h>
#include <stdlib.h>

struct text_set {
    hs_database_t *db;
};
struct text_scratch {
    hs_scratch_t *hs;
};

int text_set_new(const struct text_word *w, size_t n, struct text_set **out, struct err *e)
{
    const char **text = xmalloc((n + 1) * sizeof *text);
    unsigned *flags = xmalloc((n + 1) * sizeof *flags), *ids = xmalloc((n + 1) * sizeof *ids);
    size_t *sizes = xmalloc((n + 1) * sizeof *sizes);
    hs_compile_error_t *wrong = NULL;
    hs_error_t rc;
    int ret = 0;

    *out = xmalloc(sizeof **out);
    for (size_t i = 0; i < n; i++) {
        text[i] = w[i].text.p;
        sizes[i] = w[i].text.n;
        ids[i] = w[i].id;
        flags[i] = HS_FLAG_SINGLEMATCH | (w[i].caseless ? HS_FLAG_CASELESS : 0);
    }
    rc = hs_compile_lit_multi(text, flags, ids, sizes, (unsigned)n, HS_MODE_BLOCK, NULL, &(*out)->db,
                              &wrong);
    if (rc != HS_SUCCESS) {
        ret = err_set(e, ERR_LIMIT, N_("the words of the rules cannot be searched for at once: %s"),
                      wrong ? wrong->message : "?");
        hs_free_compile_error(wrong);
        free(*out);
        *out = NULL;
    }
    free(text);
    free(flags);
    free(ids);
    free(sizes);
    return ret;
}

void text_set_free(struct text_set *t)
{
    if (t == NULL)
        return;
    hs_free_database(t->db);
    free(t);
}

struct text_scratch *text_scratch_new(void)
{
    struct text_scratch *s = xmalloc(sizeof *s);

    s->hs = NULL;
    return s;
}

int text_scratch_for(struct text_scratch *s, const struct text_set *t)
{
    return hs_alloc_scratch(t->db, &s->hs) == HS_SUCCESS ? 0 : -1;
}

void text_scratch_free(struct text_scratch *s)
{
    if (s == NULL)
        return;
    hs_free_scratch(s->hs);
    free(s);
}

struct telling {
    void (*found)(void *arg, uint32_t id);
    void *arg;
};

static int tell(unsigned id, unsigned long long from, unsigned long long to, unsigned flags, void *arg)
{
    const struct telling *t = arg;
    (void)from;
    (void)to;
    (void)flags;

    t->found(t->arg, id);
    return 0;
}

void text_find(const struct text_set *t, struct text_scratch *s, struct str text,
               void (*found)(void *arg, uint32_t id), void *arg)
{
    struct telling telling = {found, arg};

    hs_scan(t->db, text.p, (unsigned)text.n, 0, s->hs, tell, &telling);
}

/*
 * index.c: who among many has enough in common with a name. The contract is in names.h; here is how, and why nothing
 * is missed.
 *
 * What there is. An *image*: one block without pointers, made once, mapped from a file or held in memory
 * (index_image.c, index_file.c): distinct words under the keys of token_keys, each with the names that say it, and the
 * names as numbers of words. A *tail* of what was put since (index_tail.c), in the same terms but growing; words are
 * numbered over both. What was removed is marked. When the tail has grown to a part of the image, both become a new
 * image: a name is copied a bounded number of times on average.
 *
 * Why nothing is missed. By internal.h, names_compare(asked, listed) is at most NAMES_BONUS_MOST plus the gains of the
 * alignments, in which each asked word stands once at most. So a name of at least `least` bits has alignments that
 * come to need = least - NAMES_BONUS_MOST > 0. Let c(i, name) be the most that asked word i gains with any word of
 * the name, with any run of the name's neighbours written as one, or together with the asked words behind it written
 * as one with any word of the name. Every alignment is counted in the c of its first asked word: so the sum of the c
 * is at least need.
 *   - Every pair with a gain is found: words share a key (token_keys); what is written as one has the text or skeleton
 *     of the other side, and so its join_key; a listed initial is found by its letter. Asked initials are not looked
 *     up: what they can gain, at most their bits, is added to every name, and if this alone suffices all names are read.
 *   - Let the asked words be in any order, and i the first with c(i, name) > 0, by the match m that gains most. The sum
 *     is c(i) and at most the largest gains of those behind i. So m's list is read (open_lists), and the sieve,
 *     which counts the largest gain of every asked word behind i that the name may agree with, lets the name
 *     pass. That it is considered only as opened by this m (add_match) makes each name considered once.
 *   - suffices() counts the same c by words of the name: not less than the sum. Then names_compare decides.
 */
#include "names/index_parts.h"

#include <assert.h>
#include <stdlib.h>

enum { TAIL_LEAST = 1024 }; /* names in the tail before it is worth a new image */

struct names_index *names_index_new(enum names_side side)
{
    struct names_index *ix = xmalloc(sizeof *ix);
    struct image none = {0};

    *ix = (struct names_index){.side = side, .base = &none};
    ix->base = image_build(ix, 0);
    ix->memo = memo_new(0);
    return ix;
}

void names_index_free(struct names_index *ix)
{
    if (ix == NULL)
        return;
    image_free(ix->base);
    tail_free(&ix->tail);
    memo_free(ix->memo);
    free(ix->removed);
    free(ix);
}

static void merge(struct names_index *ix)
{
    struct image *made = image_build(ix, 0);

    image_free(ix->base);
    tail_free(&ix->tail);
    memo_free(ix->memo);
    free(ix->removed);
    ix->base = made;
    ix->removed = NULL;
    ix->removals = 0;
    ix->memo = memo_new(made->names);
}

bool names_index_remove(struct names_index *ix, uint32_t id)
{
    const struct image *b = ix->base;
    uint32_t from = 0, to = b->names, k = tail_find(&ix->tail, id);

    if (k != NONE) {
        ix->tail.id[k] = NONE;
        ix->tail.dead++;
        return true;
    }
    while (from < to) {
        uint32_t mid = from + (to - from) / 2;

        if (b->ids[mid] < id)
            from = mid + 1;
        else
            to = mid;
    }
    if (from == b->names || b->ids[from] != id || base_removed(ix, from))
        return false;
    if (ix->removed == NULL) {
        size_t words = (size_t)b->names / 64 + 1;

        ix->removed = xmalloc(words * sizeof *ix->removed);
        memset(ix->removed, 0, words * sizeof *ix->removed);
    }
    ix->removed[from / 64] |= UINT64_C(1) << (from % 64);
    ix->removals++;
    return true;
}

int names_index_put(struct names_index *ix, uint32_t id, const struct name *n, struct err *e)
{
    assert(id != NONE);
    names_index_remove(ix, id);
    if ((uint64_t)ix->base->words + ix->tail.words > WORDS_MOST - NAME_TOKENS_MAX ||
        (uint64_t)ix->base->runs + ix->tail.runs > RUN - NAME_TOKENS_MAX * JOINED_MOST ||
        (uint64_t)ix->base->head->section[SAID].n + ix->tail.said_n > NONE - NAME_TOKENS_MAX)
        return err_set(e, ERR_LIMIT, N_("the index of names is full"));
    tail_add(ix, id, n);
    if (ix->tail.names > TAIL_LEAST + ix->base->names / 2)
        merge(ix);
    return 0;
}

size_t names_index_count(const struct names_index *ix)
{
    return (size_t)(ix->base->names - ix->removals) + (ix->tail.names - ix->tail.dead);
}

size_t names_index_bytes(const struct names_index *ix)
{
    return sizeof *ix + ix->base->head->size + (ix->removed ? ix->base->names / 8 : 0) +
           tail_bytes(&ix->tail, ix->base->words) + memo_bytes(ix->memo);
}

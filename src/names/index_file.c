/*
 * index_file.c: an image as a file. The file is the image's bytes (index_parts.h: enum section), numbers as this machine
 * writes them: a cache, for this machine. A sum over all bytes tells a damaged one, and
 * whatever the bytes are, what is opened does not lead out of them.
 */
#include "names/index_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define LAYOUT 1
static const char magic[8] = "pnames\r\n";

/* Four lanes, each a bijection of what it reads: no single damaged word is missed. */
uint64_t image_sum(const struct image_head *h)
{
    const uint64_t prime = UINT64_C(0x9e3779b97f4a7c15);
    uint64_t lane[4] = {1, 2, 3, 4}, sum = 0;
    const char *p = (const char *)h;

    for (uint64_t i = 0; i < h->size; i += sizeof lane) {
        uint64_t four[4];

        memcpy(four, p + i, sizeof four);
        if (i / sizeof lane == offsetof(struct image_head, sum) / sizeof lane)
            four[offsetof(struct image_head, sum) % sizeof lane / 8] = 0;
        for (size_t k = 0; k < 4; k++) {
            lane[k] = (lane[k] ^ four[k]) * prime;
            lane[k] ^= lane[k] >> 29;
        }
    }
    for (size_t k = 0; k < 4; k++) {
        sum = (sum ^ lane[k]) * prime;
        sum ^= sum >> 32;
    }
    return sum;
}

void image_sign(struct image_head *h, enum names_side side, uint64_t mark, uint64_t size)
{
    memcpy(h->magic, magic, sizeof magic);
    memcpy(h->engine, NAMES_ENGINE, sizeof NAMES_ENGINE);
    h->layout = LAYOUT;
    h->token_size = sizeof(struct token);
    h->joined_most = JOINED_MOST;
    h->side = side;
    h->mark = mark;
    h->size = size;
}

static const void *at(const struct image_head *h, enum section s)
{
    return (const char *)h + h->section[s].at;
}

void image_view(struct image *im, struct image_head *h, bool mapped)
{
    *im = (struct image){
        .head = h,
        .mapped = mapped,
        .names = (uint32_t)h->section[IDS].n,
        .words = (uint32_t)h->section[WORDS].n,
        .runs = (uint32_t)h->section[RUNS].n,
        .initials = (uint32_t)h->section[INITIALS].n,
        .ids = at(h, IDS),
        .first = at(h, FIRST),
        .kinds = at(h, KINDS),
        .said = at(h, SAID),
        .word = at(h, WORDS),
        .near = at(h, NEARS),
        .post = at(h, POST),
        .slots = at(h, SLOTS),
        .signs = at(h, SIGNS),
        .run = at(h, RUNS),
        .initial = at(h, INITIALS),
        .keys = {at(h, KEY_AT), at(h, KEY_REF), at(h, KEY_PRINT), (uint32_t)h->section[KEY_AT].n - 1},
        .joins = {at(h, JOIN_AT), at(h, JOIN_REF), at(h, JOIN_PRINT), (uint32_t)h->section[JOIN_AT].n - 1},
    };
}

void image_free(struct image *im)
{
    if (im == NULL)
        return;
    if (im->mapped)
        munmap(im->head, im->head->size);
    else
        free(im->head);
    free(im);
}

/* ---- what is read: nothing in it leads out of it ---- */

/* The head fits the engine and the file, each section lies within it and has as many elements as its neighbours say. */
static bool head_fits(const struct image_head *h, uint64_t size)
{
    struct image_head want = {0};

    if (h->side != NAMES_LISTED && h->side != NAMES_ASKED)
        return false;
    image_sign(&want, (enum names_side)h->side, h->mark, size);
    if (memcmp(h, &want, offsetof(struct image_head, sum)) != 0 || size % 64 != 0)
        return false;
    for (int s = 0; s < SECTIONS; s++) {
        uint64_t begin = h->section[s].at, n = h->section[s].n;

        if (begin % 64 != 0 || begin < sizeof *h || begin > size || n >= NONE ||
            n * section_size((enum section)s) > size - begin)
            return false;
    }
    return h->section[FIRST].n == h->section[IDS].n + 1 && h->section[KINDS].n == h->section[IDS].n &&
           h->section[POST].n == h->section[WORDS].n + 1 && h->section[NEARS].n == h->section[WORDS].n &&
           h->section[SIGNS].n == h->section[SLOTS].n && h->section[KEY_AT].n > 1 &&
           h->section[KEY_PRINT].n == h->section[KEY_REF].n && h->section[JOIN_AT].n > 1 &&
           h->section[JOIN_PRINT].n == h->section[JOIN_REF].n && h->section[WORDS].n <= WORDS_MOST &&
           h->section[RUNS].n <= RUN && h->sum == image_sum(h);
}

static bool all_below(const struct image_head *h, enum section s, uint32_t limit)
{
    const uint32_t *p = at(h, s);
    bool below = true;

    for (uint64_t i = 0; i < h->section[s].n; i++)
        below &= p[i] < limit;
    return below;
}

/* Where things begin in section `of`: from 0 to its end, never back, at most `most` each. */
static bool all_ascend(const struct image_head *h, enum section s, enum section of, uint32_t most)
{
    const uint32_t *p = at(h, s);
    uint64_t n = h->section[s].n;
    bool ascend = p[0] == 0 && p[n - 1] == h->section[of].n;

    for (uint64_t i = 1; i < n; i++)
        ascend &= p[i] >= p[i - 1] && p[i] - p[i - 1] <= most;
    return ascend;
}

static bool word_fits(const struct token *t)
{
    bool fits = t->n <= TOKEN_MAX && t->sounds <= TOKEN_MAX && t->class <= TOKEN_NUMBER;

    for (size_t i = 0; fits && i < sizeof t->text; i++) {
        char c = t->text[i], s = t->sound[i];

        fits = i < t->n ? (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') : c == '\0';
        fits &= i < t->sounds ? (s >= 'a' && s <= 'z') || (s >= 'A' && s <= 'Z') || (s >= '0' && s <= '9')
                              : s == '\0';
    }
    return fits;
}

static bool words_fit(const struct image *im)
{
    const uint32_t *join = im->joins.ref;

    for (uint32_t i = 0; i < im->words; i++)
        if (!word_fits(&im->word[i]))
            return false;
    for (uint32_t i = 0; i < im->names; i++)
        if ((im->kinds[i] & 15) > NAME_VESSEL || im->kinds[i] >> 4 > NAME_VESSEL)
            return false;
    for (uint64_t i = 0; i < im->head->section[JOIN_REF].n; i++)
        if (join[i] & RUN ? (join[i] & ~RUN) >= im->runs : join[i] >= im->words)
            return false;
    for (uint32_t i = 0; i < im->runs; i++) {
        const uint32_t *run = im->run + (size_t)i * JOINED_MOST;
        uint16_t bits = 0;

        for (size_t k = 0; k < JOINED_MOST && (k < 2 || run[k] != NONE); k++) {
            if (run[k] >= im->words)
                return false;
            bits |= im->word[run[k]].bits;
        }
        if (bits == 0) /* its names are found by a word that tells something */
            return false;
    }
    return true;
}

static bool body_fits(const struct image *im)
{
    const struct image_head *h = im->head;

    for (uint32_t i = 1; i < im->names; i++)
        if (im->ids[i] <= im->ids[i - 1])
            return false;
    return all_ascend(h, FIRST, SAID, NAME_TOKENS_MAX) && all_ascend(h, POST, SLOTS, NONE) &&
           all_ascend(h, KEY_AT, KEY_REF, NONE) && all_ascend(h, JOIN_AT, JOIN_REF, NONE) &&
           all_below(h, SAID, im->words << 2) && all_below(h, SLOTS, im->names) &&
           all_below(h, KEY_REF, im->words) && all_below(h, INITIALS, im->words) && words_fit(im);
}

static bool image_fits(struct image *im, void *bytes, uint64_t size)
{
    if (!head_fits(bytes, size))
        return false;
    image_view(im, bytes, true);
    return body_fits(im);
}

int names_index_save(const struct names_index *ix, const char *path, uint64_t mark, struct err *e)
{
    struct image *im = image_build(ix, mark);
    int rc;

    im->head->sum = image_sum(im->head);
    rc = file_write(path, str_n(im->head, im->head->size), 0600, e);
    image_free(im);
    return rc;
}

struct names_index *names_index_open(const char *path, uint64_t *mark, struct err *e)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct names_index *ix;
    struct image im;
    struct stat st;
    void *p;

    if (fd < 0 || fstat(fd, &st) < 0) {
        err_set(e, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO, N_("cannot read %s: %s"), path,
                strerror(errno));
        goto fail1;
    }
    if (st.st_size < (off_t)sizeof(struct image_head))
        goto damaged;
    p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
    if (p == MAP_FAILED) {
        err_set(e, ERR_IO, N_("cannot read %s: %s"), path, strerror(errno));
        goto fail1;
    }
    if (!image_fits(&im, p, (uint64_t)st.st_size)) {
        munmap(p, (size_t)st.st_size);
        goto damaged;
    }
    close(fd);
    ix = xmalloc(sizeof *ix);
    *ix = (struct names_index){.side = (enum names_side)im.head->side, .base = xmalloc(sizeof *ix->base)};
    *ix->base = im;
    ix->memo = memo_new(ix->base->names);
    *mark = ix->base->head->mark;
    return ix;
damaged:
    err_set(e, ERR_CONFLICT, N_("%s is damaged, or not an index of names of this engine (%s)"), path,
            NAMES_ENGINE);
fail1:
    if (fd >= 0)
        close(fd);
    return NULL;
}

/*
 * set.c: the index of set.h. Parts are kept once each, by their text. A rule is filed under the part of it that is
 * likely true the least often, of those that can be filed:
 *
 *   value    field == constant, field in [constants], "constant" in field: under a hash of field and value
 *   start    field.startsWith(constant): likewise, one look for each length that occurs
 *   word     field.contains(constant), field.matches(pattern): under words found in one pass over the field's text
 *   bound    field > constant and so on: sorted by constant, those that hold are a run from one end
 *   always   what is none of these
 *
 * A record's values bring up parts, the parts their rules; each of those is then asked part by part, and what a part says is
 * kept for the other rules that have it.
 */
#include "rules/index.h"
#include "rules/words.h"

#include <stdlib.h>

/* ---- growing ---- */

/* Room for one more: sizes are powers of two, from 16. */
static void *room(void *list, size_t n, size_t size)
{
    if (n && (n < 16 || (n & (n - 1))))
        return list;
    return xrealloc(list, (n ? 2 * n : 16) * size);
}

static uint64_t mix(uint64_t h, const void *p, size_t n)
{
    const unsigned char *c = p;

    for (size_t i = 0; i < n; i++)
        h = (h ^ c[i]) * UINT64_C(0x100000001b3);
    return h;
}

#define SEED UINT64_C(0xcbf29ce484222325)

static uint64_t finish(uint64_t h) /* the low bits of FNV alone are poor */
{
    h ^= h >> 32;
    h *= UINT64_C(0x9e3779b97f4a7c15);
    return h ^ h >> 29;
}

/* ---- parts ---- */

static void by_text_grow(struct rules_set *s)
{
    size_t size = s->by_text_size ? 2 * s->by_text_size : 64;
    uint32_t *fresh = xmalloc(size * sizeof *fresh);

    memset(fresh, 0, size * sizeof *fresh);
    for (size_t i = 0; i < s->parts_n; i++) {
        size_t at = finish(mix(SEED, s->parts[i].text.p, s->parts[i].text.n)) & (size - 1);
        while (fresh[at])
            at = (at + 1) & (size - 1);
        fresh[at] = (uint32_t)i + 1;
    }
    free(s->by_text);
    s->by_text = fresh;
    s->by_text_size = size;
}

static uint32_t part_of(struct rules_set *s, const struct cel_program *p, const struct cel_node *node)
{
    struct str text = str_trim(cel_node_text(p, node));
    size_t at;

    if (2 * s->parts_n >= s->by_text_size)
        by_text_grow(s);
    at = finish(mix(SEED, text.p, text.n)) & (s->by_text_size - 1);
    for (; s->by_text[at]; at = (at + 1) & (s->by_text_size - 1))
        if (str_eq(s->parts[s->by_text[at] - 1].text, text))
            return s->by_text[at] - 1;
    s->parts = room(s->parts, s->parts_n, sizeof *s->parts);
    s->parts[s->parts_n] = (struct part){
        .program = cel_part_program(s->arena, p, node), .is = cel_predicate(p, node), .text = text};
    s->by_text[at] = (uint32_t)++s->parts_n;
    return (uint32_t)s->parts_n - 1;
}

int rules_set_add(struct rules_set *s, struct str text, struct cel_wrong *wrong)
{
    struct cel_program *p;
    struct rule *r;

    if (rules_compile(s->arena, s->subject, LANG_EN, arena_copy(s->arena, text), &p, wrong) < 0)
        return -1;
    s->rules = room(s->rules, s->rules_n, sizeof *s->rules);
    r = &s->rules[s->rules_n++];
    *r = (struct rule){.first = (uint32_t)s->of_n, .n = (uint32_t)cel_parts(p)};
    for (size_t i = 0; i < r->n; i++) {
        s->of = room(s->of, s->of_n, sizeof *s->of);
        s->of[s->of_n++] = part_of(s, p, cel_part(p, i));
    }
    for (size_t i = 0; i < cel_reads(p); i++)
        s->reads[cel_read(p, i).var] = true;
    return 0;
}

/* ---- how often a part is true: guesses, for choosing where to file ---- */

static double chance_of_value(const struct field *f)
{
    if (f->codes)
        return f->codes->n ? 1.0 / (double)f->codes->n : 0.01;
    return f->type == T_BOOL ? 0.5 : 0.001;
}

/* What run.c brings up by value. Decimals are fractions rounded to doubles: two ways of getting there may differ in
 * the last bit. */
static bool can_file(const struct field *f, struct cel_value v)
{
    bool known = f->type == T_TEXT || f->type == T_CODE || f->type == T_INT || f->type == T_BOOL;

    return known && (v.type == CEL_STRING || v.type == CEL_BOOL || v.type == CEL_INT ||
                     v.type == CEL_UINT || v.type == CEL_DOUBLE);
}

static double chance_of(const struct rules_set *s, const struct part *p)
{
    static const double start[] = {1, 0.1, 0.02, 0.01, 0.003, 0.001};
    const struct field *f;
    struct words w;

    if (p->is.form == CEL_OTHER || p->is.field < 0 || p->is.negated)
        return 1;
    f = &s->kinds[p->is.var]->field[p->is.field];
    if (f->type == T_REF || f->type == T_BYTES)
        return 1;
    switch (p->is.form) {
    case CEL_IS:
        return can_file(f, p->is.constant) ? chance_of_value(f) : 1;
    case CEL_IN:
        for (uint32_t i = 0; i < p->is.constant.n; i++)
            if (!can_file(f, p->is.constant.list[i]))
                return 1;
        return chance_of_value(f) * (double)p->is.constant.n;
    case CEL_HAS_ITEM:
        return 0.002;
    case CEL_STARTS:
        return start[p->is.constant.n < 5 ? p->is.constant.n : 5];
    case CEL_CONTAINS:
        return p->is.constant.n > 2 ? 0.002 : p->is.constant.n ? 0.05 : 1;
    case CEL_MATCHES:
        words_of_pattern(cel_str(p->is.constant), &w);
        return w.n ? 0.003 * (double)w.n : 1;
    case CEL_BELOW:
    case CEL_AT_MOST:
    case CEL_ABOVE:
    case CEL_AT_LEAST:
        return p->is.constant.type == CEL_INT || p->is.constant.type == CEL_DOUBLE ? 0.3 : 1;
    case CEL_OTHER:
    case CEL_IS_NOT:
    case CEL_ENDS:
    case CEL_HAS:
    case CEL_TRUE:
        return 1;
    }
    return 1;
}

/* ---- filing ---- */

static size_t slot_of(const struct part *p)
{
    return p->is.var * 64 + (size_t)p->is.field;
}

uint64_t index_hash(size_t slot, struct cel_value v, char form)
{
    uint64_t h = mix(mix(SEED, &slot, sizeof slot), &form, 1);
    double d;

    switch ((enum cel_type)v.type) {
    case CEL_STRING:
        return finish(mix(h, v.p, v.n)) | 1;
    case CEL_BOOL:
        d = v.i ? 1 : 0;
        break;
    case CEL_INT:
        d = (double)v.i;
        break;
    case CEL_UINT:
        d = (double)v.u;
        break;
    case CEL_DOUBLE:
        d = v.d == 0 ? 0 : v.d;
        break;
    case CEL_NULL:
    case CEL_BYTES:
    case CEL_LIST:
    case CEL_MAP:
    case CEL_TIMESTAMP:
    case CEL_DURATION:
    case CEL_TYPE:
    case CEL_OPTIONAL:
    case CEL_RECORD:
    case CEL_ERROR:
        return 0;
    }
    return finish(mix(h, &d, sizeof d)) | 1;
}

static void file_value(struct rules_set *s, uint32_t part, struct cel_value v, char form)
{
    s->keys = room(s->keys, s->keys_n, sizeof *s->keys);
    s->keys[s->keys_n++] = (struct value_key){index_hash(slot_of(&s->parts[part]), v, form), part};
}

static void file_bound(struct rules_set *s, uint32_t part)
{
    const struct part *p = &s->parts[part];
    struct slot *slot = &s->slot[slot_of(p)];
    struct cel_value v = p->is.constant;
    struct bound b = {v.type == CEL_INT ? (double)v.i : v.d, part};

    if (p->is.form == CEL_ABOVE || p->is.form == CEL_AT_LEAST) {
        slot->above = room(slot->above, slot->above_n, sizeof b);
        slot->above[slot->above_n++] = b;
    } else {
        slot->below = room(slot->below, slot->below_n, sizeof b);
        slot->below[slot->below_n++] = b;
    }
}

/* Words wait in a list of all slots until the index is built. */
struct waiting {
    size_t slot;
    struct str text;
    bool caseless;
    uint32_t part;
};
struct filing {
    struct waiting *words;
    size_t n;
};

static void file_words(const struct rules_set *s, struct filing *f, uint32_t part)
{
    const struct part *p = &s->parts[part];
    struct words w = {.n = 1, .word[0] = cel_str(p->is.constant)};

    if (p->is.form == CEL_MATCHES)
        words_of_pattern(cel_str(p->is.constant), &w);
    for (size_t i = 0; i < w.n; i++) {
        f->words = room(f->words, f->n, sizeof *f->words);
        f->words[f->n++] = (struct waiting){slot_of(p), w.word[i], w.caseless, part};
    }
}

static uint32_t start_of(const struct part *p)
{
    return p->is.constant.n < START_MOST ? p->is.constant.n : START_MOST;
}

static void file_part(struct rules_set *s, struct filing *f, uint32_t part)
{
    const struct part *p = &s->parts[part];
    struct slot *slot;

    if (p->chance >= 1) {
        s->always = room(s->always, s->always_n, sizeof *s->always);
        s->always[s->always_n++] = part;
        return;
    }
    slot = &s->slot[slot_of(p)];
    if (p->is.form == CEL_STARTS) {
        slot->lengths |= UINT64_C(1) << start_of(p);
        file_value(s, part, (struct cel_value){.type = CEL_STRING, .n = start_of(p), .p = p->is.constant.p},
                   's');
    } else if (p->is.form == CEL_CONTAINS || p->is.form == CEL_MATCHES) {
        file_words(s, f, part);
    } else if (p->is.form == CEL_IN) {
        slot->values = true;
        for (uint32_t i = 0; i < p->is.constant.n; i++)
            file_value(s, part, p->is.constant.list[i], 'v');
    } else if (p->is.form == CEL_IS || p->is.form == CEL_HAS_ITEM) {
        slot->values = true;
        file_value(s, part, p->is.constant, 'v');
    } else
        file_bound(s, part);
}

/* ---- ready ---- */

static int by_hash(const void *a, const void *b)
{
    const struct value_key *x = a, *y = b;
    return x->hash != y->hash ? (x->hash < y->hash ? -1 : 1) : (x->part > y->part) - (x->part < y->part);
}

static int rising(const void *a, const void *b)
{
    const struct bound *x = a, *y = b;
    return (x->constant > y->constant) - (x->constant < y->constant);
}

static int falling(const void *a, const void *b)
{
    return rising(b, a);
}

static void sort(void *list, size_t n, size_t size, int (*by)(const void *, const void *))
{
    if (n)
        qsort(list, n, size, by);
}

static int by_slot(const void *a, const void *b)
{
    const struct waiting *x = a, *y = b;
    return (x->slot > y->slot) - (x->slot < y->slot);
}

/* One search for all words of a slot. */
static int ready_words(struct rules_set *s, struct filing *f, struct err *e)
{
    struct text_word *w = xmalloc((f->n + 1) * sizeof *w);
    int ret = 0;

    sort(f->words, f->n, sizeof *f->words, by_slot);
    for (size_t i = 0, n; i < f->n && ret == 0; i += n) {
        struct slot *slot = &s->slot[f->words[i].slot];
        for (n = 0; i + n < f->n && f->words[i + n].slot == f->words[i].slot; n++)
            w[n] = (struct text_word){f->words[i + n].text, (uint32_t)n, f->words[i + n].caseless};
        slot->word_part = xmalloc(n * sizeof *slot->word_part);
        slot->words_n = n;
        for (size_t k = 0; k < n; k++)
            slot->word_part[k] = f->words[i + k].part;
        ret = text_set_new(w, n, &slot->words, e);
    }
    free(w);
    return ret;
}

/* Which rules stand under which part. */
static void ready_rules(struct rules_set *s)
{
    uint32_t at = 0;

    for (size_t r = 0; r < s->rules_n; r++) {
        struct rule *rule = &s->rules[r];
        rule->under = s->of[rule->first];
        for (uint32_t i = 1; i < rule->n; i++)
            if (s->parts[s->of[rule->first + i]].chance < s->parts[rule->under].chance)
                rule->under = s->of[rule->first + i];
        s->parts[rule->under].n++;
    }
    s->filed = xmalloc((s->rules_n + 1) * sizeof *s->filed);
    for (size_t p = 0; p < s->parts_n; p++) {
        s->parts[p].first = at;
        at += s->parts[p].n;
        s->parts[p].n = 0;
    }
    for (size_t r = 0; r < s->rules_n; r++) {
        struct part *p = &s->parts[s->rules[r].under];
        s->filed[p->first + p->n++] = (uint32_t)r;
    }
}

int rules_set_ready(struct rules_set *s, struct err *e)
{
    struct filing f = {0};
    int ret;

    for (size_t p = 0; p < s->parts_n; p++)
        s->parts[p].chance = chance_of(s, &s->parts[p]);
    ready_rules(s);
    for (uint32_t p = 0; p < s->parts_n; p++)
        if (s->parts[p].n)
            file_part(s, &f, p);
    sort(s->keys, s->keys_n, sizeof *s->keys, by_hash);
    for (size_t i = 0; i < SLOTS; i++) {
        sort(s->slot[i].above, s->slot[i].above_n, sizeof(struct bound), rising);
        sort(s->slot[i].below, s->slot[i].below_n, sizeof(struct bound), falling);
    }
    ret = ready_words(s, &f, e);
    free(f.words);
    return ret;
}

/* ---- made and freed ---- */

struct rules_set *rules_set_new(const struct rules_subject *subject)
{
    struct rules_set *s = xmalloc(sizeof *s);

    memset(s, 0, sizeof *s);
    s->arena = arena_new();
    s->subject = subject;
    for (size_t i = 0; i < RULES_VARS && subject->with[i]; i++) {
        s->kinds[i] = schema_kind(str_z(subject->with[i]));
        s->absent[i] = record_new(s->arena, s->kinds[i]);
    }
    return s;
}

void rules_set_free(struct rules_set *s)
{
    if (s == NULL)
        return;
    for (size_t i = 0; i < SLOTS; i++) {
        text_set_free(s->slot[i].words);
        free(s->slot[i].word_part);
        free(s->slot[i].above);
        free(s->slot[i].below);
    }
    free(s->parts);
    free(s->rules);
    free(s->of);
    free(s->filed);
    free(s->always);
    free(s->keys);
    free(s->by_text);
    arena_free(s->arena);
    free(s);
}

size_t rules_set_count(const struct rules_set *s)
{
    return s->rules_n;
}

bool rules_set_reads(const struct rules_set *s, size_t var)
{
    return s->reads[var];
}

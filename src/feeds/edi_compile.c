/*
 * edi_compile.c: the rows of one message type, for one version, under one profile -> direct indexes.
 *
 * Where a segment may stand after another is fixed by the rows, so it is worked out once, for each row and each tag:
 * the same row again; further on in its group; then outwards: the group once more, or further on behind it. First
 * match wins. What is only found earlier in an open group is taken there, as misplaced.
 */
#include "feeds/edi.h"

#define ROWS_MAX  2048 /* below EDI_MISPLACED */
#define GROUP_MAX 64   /* segments and groups directly in a group: one bit each */
#define TAGS_MAX  128

struct making {
    struct arena *arena;
    struct edi_table *t;
    struct edi_row *row;
    uint32_t *min;
    uint8_t *depth;
    int rows, cap;
};

static bool within(const struct edi_versions *v, uint32_t version)
{
    return (v->from == 0 || version == 0 || version >= v->from) &&
           (v->until == 0 || version == 0 || version <= v->until);
}

/* Versions of other bodies than UN (edi_version) have rows of their own, which come first for them, and last for a version
 * that nobody can read. */
static bool of_one_body(const struct edi_versions *v, uint32_t version)
{
    return (v->until && v->until < EDI_VERSION_UN) == (version && version < EDI_VERSION_UN);
}

static const struct edi_segdef *segdef_find(const struct edi_tables *t, enum edi_syntax syntax,
                                            uint32_t tag, uint32_t version)
{
    const struct edi_segdef *other = NULL;

    for (; t; t = t->base)
        for (const struct edi_segdef *d = t->segdef; d; d = d->next) {
            if (d->tag != tag || d->syntax != syntax || !within(&d->versions, version))
                continue;
            if (syntax == SYNTAX_X12 || of_one_body(&d->versions, version))
                return d;
            other = other ? other : d;
        }
    return other;
}

static void insert(struct making *m, int at, uint32_t tag, uint8_t depth, const uint32_t times[2])
{
    if (m->rows == m->cap)
        return;
    memmove(m->row + at + 1, m->row + at, (size_t)(m->rows - at) * sizeof *m->row);
    memmove(m->min + at + 1, m->min + at, (size_t)(m->rows - at) * sizeof *m->min);
    memmove(m->depth + at + 1, m->depth + at, (size_t)(m->rows - at));
    m->row[at] = (struct edi_row){.tag = tag, .max = times[1]};
    m->min[at] = times[0];
    m->depth[at] = depth;
    m->rows++;
}

static void insert_node(struct making *m, const struct edi_node *n)
{
    int at = m->rows;

    insert(m, at, n->tag, n->depth, (uint32_t[]){n->min, n->max});
    if (at < m->rows)
        m->row[at].no = n->no;
}

static int block_end(const struct making *m, int row)
{
    int end = row + 1;
    while (end < m->rows && m->depth[end] > m->depth[row])
        end++;
    return end;
}

/* The row of a path of tags, "NAD#2" being the second of its kind in its group; -1 when there is none. */
static int find(const struct making *m, struct str path)
{
    struct str tag;
    int from = 0, to = m->rows, row = -1, depth = 0;

    while (str_split(&path, '/', &tag)) {
        int nth = tag.n == 5 && tag.p[3] == '#' ? tag.p[4] - '0' : 1;
        uint32_t want = edi_tag(tag.p, tag.n == 5 ? 3 : tag.n);
        for (row = from; row < to; row++)
            if (m->depth[row] == depth && m->row[row].tag == want && --nth == 0)
                break;
        if (row == to)
            return -1;
        from = row + 1;
        to = block_end(m, row);
        depth++;
    }
    return row;
}

static void change(struct making *m, const struct edi_change *c)
{
    int row = find(m, c->path), end;

    if (row < 0)
        return; /* this version has no such place */
    switch (c->kind) {
    case CHANGE_ADD:
        end = c->below ? row + 1 : block_end(m, row);
        insert(m, end, c->tag, (uint8_t)(m->depth[row] + c->below), (uint32_t[]){c->min, c->max});
        break;
    case CHANGE_REMOVE:
        end = block_end(m, row);
        memmove(m->row + row, m->row + end, (size_t)(m->rows - end) * sizeof *m->row);
        memmove(m->min + row, m->min + end, (size_t)(m->rows - end) * sizeof *m->min);
        memmove(m->depth + row, m->depth + end, (size_t)(m->rows - end));
        m->rows -= end - row;
        break;
    case CHANGE_LOOSEN:
        m->row[row].loose = true;
        break;
    case CHANGE_OCCURS:
        m->min[row] = c->min;
        m->row[row].max = c->max;
        break;
    }
}

/* False when a group has more rows than there are bits. */
static bool groups(struct making *m)
{
    uint8_t used[ROWS_MAX] = {0};
    int top = 0;

    for (int i = 0; i < m->rows; i++) {
        struct edi_row *r = &m->row[i];
        int n;
        r->group = -1;
        for (int j = i - 1; j >= 0 && r->group < 0; j--)
            if (m->depth[j] < m->depth[i])
                r->group = (int16_t)j;
        r->last = (int16_t)(block_end(m, i) - 1);
        r->trigger = r->last > i;
        n = r->group < 0 ? top++ : used[r->group]++;
        if (n >= GROUP_MAX)
            return false;
        r->bit = (uint64_t)1 << n;
        if (m->min[i])
            *(r->group < 0 ? &m->t->top_must : &m->row[r->group].must) |= r->bit;
    }
    return true;
}

/* A multiplier that gives each tag a slot of its own. False when there are too many tags. */
static bool tags(struct making *m)
{
    struct edi_table *t = m->t;
    uint32_t all[TAGS_MAX];

    for (int i = 0; i < m->rows; i++) {
        int j = 0;
        while (j < t->tags && all[j] != m->row[i].tag)
            j++;
        if (j == t->tags) {
            if (t->tags == TAGS_MAX)
                return false;
            all[t->tags++] = m->row[i].tag;
        }
    }
    for (t->multiplier = 0x9e3779b1u;; t->multiplier = t->multiplier * 1664525u + 1013904223u) {
        int i;
        memset(t->slot, 0, sizeof t->slot);
        for (i = 0; i < EDI_HASH_SLOTS; i++)
            t->slot[i].index = -1; /* what is no tag is number 0, as an empty slot is */
        for (i = 0; i < t->tags; i++) {
            uint32_t h = (uint32_t)(all[i] * t->multiplier) >> EDI_HASH;
            if (t->slot[h].tag)
                break;
            t->slot[h].tag = all[i];
            t->slot[h].index = (int16_t)i;
        }
        if (i == t->tags)
            return true;
    }
}

/* The next row in group g, from row `from` on, that has the tag. */
static int among(const struct making *m, int g, int from, uint32_t tag)
{
    int end = g < 0 ? m->rows : m->row[g].last + 1;

    for (int i = from; i < end; i = m->row[i].last + 1)
        if (m->row[i].tag == tag)
            return i;
    return -1;
}

static int16_t next_row(const struct making *m, int cur, uint32_t tag)
{
    int g = cur < 0 ? -1 : m->row[cur].trigger ? cur : m->row[cur].group;
    int from = cur + 1, found;

    if (cur >= 0 && m->row[cur].tag == tag && !m->row[cur].trigger && m->row[cur].max > 1)
        return (int16_t)cur;
    for (int h = g, f = from;; h = m->row[h].group) {
        if ((found = among(m, h, f, tag)) >= 0)
            return (int16_t)found;
        if (h < 0)
            break;
        if (m->row[h].tag == tag)
            return (int16_t)h;
        f = m->row[h].last + 1;
    }
    if (cur >= 0 && m->row[cur].tag == tag)
        return (int16_t)cur; /* once too often */
    for (int h = g;; h = m->row[h].group) {
        if ((found = among(m, h, h + 1, tag)) >= 0)
            return (int16_t)(found | EDI_MISPLACED);
        if (h < 0)
            return EDI_NOWHERE;
    }
}

/* Which rows have another of their tag behind them to stand in. */
static void alternatives(struct making *m)
{
    for (int i = 0; i < m->rows; i++) {
        m->row[i].alt = EDI_NOWHERE;
        if (m->row[i].no.n)
            m->row[i].alt = (int16_t)among(m, m->row[i].group, m->row[i].last + 1, m->row[i].tag);
    }
}

/* In a list of persons all is masked but the places named. */
static void mask(struct making *m, const struct edi_message *msg)
{
    struct str list = msg->open, path;

    if (!msg->personal)
        return;
    for (int i = 0; i < m->rows; i++)
        m->row[i].masked = true;
    while (str_split(&list, ' ', &path)) {
        int row = path.n ? find(m, path) : -1;
        if (row >= 0)
            m->row[row].masked = false;
    }
}

static void transitions(struct making *m)
{
    struct edi_table *t = m->t;
    size_t n = (size_t)(m->rows + 1) * (size_t)t->tags;

    t->next = arena_alloc(m->arena, n * sizeof *t->next);
    for (int cur = -1; cur < m->rows; cur++)
        for (int h = 0; h < EDI_HASH_SLOTS; h++)
            if (t->slot[h].tag)
                t->next[(size_t)(cur + 1) * (size_t)t->tags + (size_t)t->slot[h].index] =
                    next_row(m, cur, t->slot[h].tag);
}

/* ---- map rows ---- */

/* Whether a row of a map may be used: nothing of a person gets into a record, whatever a table says. */
static bool allowed(const struct making *m, const struct edi_row *row, const struct edi_op *op)
{
    const struct edi_table *t = m->t;
    const struct kind *k = op->kind == OP_LET || op->kind == OP_FILL ? NULL : t->tables->kind[op->slot];

    if (!t->message->personal)
        return k != &edi_person_kind;
    if (k == &edi_person_kind)
        return true;
    for (int i = 0; i < op->srcs; i++)
        if (op->src[i].from == FROM_FIELD && op->src[i].slot == t->person)
            return false;
    return !row->masked && (k == NULL || strcmp(k->name, "trip") == 0);
}

/* One map row for a row of the directory; its place is its own from now on. */
static void op_copy(struct making *m, int row, struct edi_op *copy, const struct edi_op *op)
{
    struct edi_row *r = &m->row[row];

    *copy = *op;
    copy->identity = op->kind != OP_OPEN && op->kind != OP_FILL && edi_pax_identity(m->t->tables, op);
    copy->owner = (int16_t)(r->trigger ? row : r->group);
    if (op->more->in.n)
        copy->owner = (int16_t)find(m, op->more->in);
    if (op->kind == OP_OPEN && copy->owner >= 0)
        m->row[copy->owner].owns = true;
}

/* What only a writer needs goes behind what a reader runs. */
static void ops_of(struct making *m, int row, const struct edi_op *list)
{
    struct edi_row *r = &m->row[row];
    uint16_t ops = r->ops, fills = r->fills;
    struct edi_op *all, *old = r->op;
    int n = ops + fills;

    for (const struct edi_op *op = list; op; op = op->next)
        n++;
    all = arena_alloc(m->arena, (size_t)n * sizeof *all);
    if (ops)
        memcpy(all, old, ops * sizeof *all);
    for (const struct edi_op *op = list; op; op = op->next)
        if (op->kind != OP_FILL && (allowed(m, r, op) || op->kind == OP_SEAL))
            op_copy(m, row, &all[r->ops++], op);
    if (fills)
        memcpy(all + r->ops, old + ops, fills * sizeof *all);
    for (const struct edi_op *op = list; op; op = op->next)
        if (op->kind == OP_FILL)
            op_copy(m, row, &all[r->ops + r->fills++], op);
    r->op = all;
}

static void ops_add(struct making *m, const struct edi_at *at)
{
    for (; at; at = at->next) {
        int row = find(m, at->path);
        if (row >= 0) /* else: not in this version */
            ops_of(m, row, at->op);
    }
}

static void references(struct edi_table *t)
{
    const struct edi_tables *ts = t->tables;

    t->person = -1;
    for (int i = 0; i < ts->kinds; i++) {
        if (ts->kind[i] == &edi_person_kind)
            t->person = (int8_t)i;
        t->parent[i] = (int8_t)schema_field(ts->kind[i], S("parent"));
        for (int j = 0; j < ts->kinds; j++) {
            int f = schema_field(ts->kind[i], str_z(ts->kind[j]->name));
            if (f >= 0 && (i == j || ts->kind[i]->field[f].type != T_REF))
                f = -1;
            t->ref[i][j] = (int8_t)f;
        }
    }
}

static void maps(struct making *m, const struct edi_tables *t, struct str type, enum edi_syntax syntax)
{
    if (t == NULL)
        return;
    maps(m, t->base, type, syntax); /* the built-in rows first */
    for (const struct edi_map *map = t->map; map; map = map->next)
        if (map->syntax == syntax && str_eq(map->type, type))
            ops_add(m, map->at);
}

static void needs(struct making *m, struct str list)
{
    struct edi_table *t = m->t;
    struct str path;

    t->need = arena_alloc(m->arena, (list.n + 1) * sizeof *t->need);
    while (str_split(&list, ' ', &path)) {
        int row = path.n ? find(m, path) : -1;
        if (row >= 0)
            t->need[t->needs++] = (int16_t)row;
    }
}

/* ---- choosing ---- */

static const struct edi_message *message_find(const struct edi_tables *t, const struct edi_wanted *w,
                                              uint32_t version)
{
    const struct edi_message *other = NULL;

    for (; t; t = t->base)
        for (const struct edi_message *m = t->message; m; m = m->next) {
            if (m->syntax != w->syntax || !str_eq(m->type, w->type) || !within(&m->versions, version))
                continue;
            if (w->syntax == SYNTAX_X12 || of_one_body(&m->versions, version))
                return m;
            other = other ? other : m;
        }
    return other;
}

/* With * for any bytes. */
static bool glob(struct str g, struct str s)
{
    if (s.p == NULL)
        s = S(""); /* a message without its envelope has no sender */
    while (g.n) {
        if (g.p[0] == '*') {
            g = str_n(g.p + 1, g.n - 1);
            for (size_t i = 0; i <= s.n; i++)
                if (glob(g, str_n(s.p + i, s.n - i)))
                    return true;
            return false;
        }
        if (s.n == 0 || g.p[0] != s.p[0])
            return false;
        g = str_n(g.p + 1, g.n - 1);
        s = str_n(s.p + 1, s.n - 1);
    }
    return s.n == 0;
}

static bool fits(const struct edi_profile *p, const struct edi_wanted *w, uint32_t version)
{
    bool bounded = p->versions.from || p->versions.until;

    if (p->syntax != w->syntax || !str_eq(p->type, w->type) || !within(&p->versions, version))
        return false;
    if (w->profile)
        return str_eq(p->name, str_z(w->profile));
    if (bounded && version == 0)
        return false;
    if (p->from.n && w->date.n && str_cmp(w->date, p->from) < 0)
        return false;
    if (p->until.n && w->date.n && str_cmp(w->date, p->until) > 0)
        return false;
    for (const struct edi_when *c = p->when; c; c = c->next)
        if (c->what == 'u'   ? !w->untyped
            : c->what == 's' ? !glob(c->glob, w->sender)
            : c->what == 'r' ? !glob(c->glob, w->receiver)
                             : !glob(c->glob, w->date))
            return false;
    return true;
}

static const struct edi_profile *profile_find(const struct edi_tables *t, const struct edi_wanted *w,
                                              uint32_t version)
{
    for (; t; t = t->base)
        for (const struct edi_profile *p = t->profile; p; p = p->next)
            if (fits(p, w, version))
                return p;
    return NULL;
}

/* The same with nothing mandatory in it. */
static const struct edi_segdef *loosened(struct arena *a, const struct edi_segdef *def)
{
    struct edi_segdef *d = arena_alloc(a, sizeof *d);

    *d = *def;
    d->elem = arena_alloc(a, (size_t)def->elems * sizeof *d->elem + 1);
    for (int i = 0; i < def->elems; i++) {
        d->elem[i] = def->elem[i];
        d->elem[i].must = false;
    }
    return d;
}

static struct edi_table *compile(struct arena *a, const struct edi_tables *ts,
                                 const struct edi_message *msg, const struct edi_profile *profile,
                                 uint32_t version)
{
    struct edi_table *t = arena_alloc(a, sizeof *t);
    struct making m = {.arena = a, .t = t, .cap = ROWS_MAX};
    uint8_t out = UINT8_MAX;

    t->message = msg;
    t->profile = profile;
    t->version = version;
    t->tables = ts;
    m.row = arena_alloc(a, (size_t)m.cap * sizeof *m.row);
    m.min = arena_alloc(a, (size_t)m.cap * sizeof *m.min);
    m.depth = arena_alloc(a, (size_t)m.cap);
    for (const struct edi_node *n = msg->node; n; n = n->next) {
        if (n->depth > out)
            continue; /* below a row that this version has not */
        out = UINT8_MAX;
        if (within(&n->versions, version))
            insert_node(&m, n);
        else
            out = n->depth;
    }
    for (const struct edi_change *c = profile ? profile->change : NULL; c; c = c->next)
        change(&m, c);
    references(t);
    if (!groups(&m) || !tags(&m))
        return NULL;
    transitions(&m);
    alternatives(&m);
    mask(&m, msg);
    for (int i = 0; i < m.rows; i++) {
        m.row[i].def = segdef_find(ts, msg->syntax, m.row[i].tag, version);
        if (m.row[i].loose && m.row[i].def)
            m.row[i].def = loosened(a, m.row[i].def);
    }
    for (const struct edi_unused *u = profile ? profile->unused : NULL; u; u = u->next)
        for (int i = 0; i < m.rows; i++)
            if (m.row[i].tag == u->tag)
                m.row[i].unused |= (uint32_t)1 << u->e;
    maps(&m, ts, msg->type, msg->syntax);
    if (profile)
        ops_add(&m, profile->at);
    needs(&m, profile && profile->has_needs ? profile->needs : msg->needs);
    t->row = m.row;
    t->rows = m.rows;
    return t;
}

const struct edi_table *edi_table_for(struct arena *a, const struct edi_tables *ts,
                                      struct edi_table **cache, const struct edi_wanted *w)
{
    uint32_t version = edi_version(w->syntax, w->version);
    const struct edi_message *msg = message_find(ts, w, version);
    const struct edi_profile *profile = profile_find(ts, w, version);
    struct edi_table *t;

    if (msg == NULL)
        return NULL;
    for (t = *cache; t; t = t->chain)
        if (t->message == msg && t->profile == profile && t->version == version)
            return t;
    t = compile(a, ts, msg, profile, version);
    if (t == NULL)
        return NULL;
    t->chain = *cache;
    *cache = t;
    return t;
}

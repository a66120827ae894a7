/*
 * onerecord.c: IATA ONE Record: logistics objects as JSON-LD, embedded in one another or side by side in an @graph, a
 * collection or an array. No JSON-LD library: of a name only what stands behind its prefix is looked at
 * ("cargo:pieces", "https://onerecord.iata.org/ns/cargo#pieces" and "pieces" are one), and objects meet by @id.
 *
 *   Waybill            a consignment; its Shipment says of what
 *   Shipment           a consignment, of which the @id is the bill, when no Waybill has it; without @id an item
 *   Piece              an item
 *   Party              a party of the waybill or shipment around it
 *   CustomsInformation a reference of the waybill or shipment around it
 *   LogisticsEvent     a consignment, the object of the event, with the status as reference
 *   TransportMovement  a trip
 *
 * A Company or customs information by itself belongs to nothing that crosses: the message is not understood, and
 * so its bytes are kept. The whole document is held in memory, within a limit.
 */
#include "feeds/onerecord.h"

#include <stdlib.h>

#define DOCUMENT_MAX ((size_t)4 << 20)
#define PATH_MOST    ((size_t)160)

static const struct {
    const char *type;
    enum is is;
} types[] = {
    {"Waybill", IS_WAYBILL},
    {"AirWaybill", IS_WAYBILL},
    {"Shipment", IS_SHIPMENT},
    {"Piece", IS_PIECE},
    {"PieceDg", IS_PIECE},
    {"PieceLiveAnimals", IS_PIECE},
    {"Party", IS_PARTY},
    {"CustomsInformation", IS_CUSTOMS},
    {"CustomsInfo", IS_CUSTOMS},
    {"LogisticsEvent", IS_EVENT},
    {"TransportMovement", IS_MOVEMENT},
};

/* ---- reading JSON-LD ---- */

static struct str local(struct str s)
{
    const char *at = NULL;

    if (s.n && s.p[0] == '@')
        return s;
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] == '#' || s.p[i] == ':')
            at = s.p + i + 1;
    return at ? str_n(at, (size_t)(s.p + s.n - at)) : s;
}

static struct str string_of(const json_t *j)
{
    return json_is_string(j) ? str_n(json_string_value(j), json_string_length(j)) : AIR_NONE;
}

json_t *onerecord_get(json_t *o, const char *name)
{
    const char *key;
    json_t *j;

    json_object_foreach(o, key, j)
    {
        if (str_eq(local(str_z(key)), str_z(name)))
            return j;
    }
    return NULL;
}

json_t *onerecord_one(json_t *j)
{
    return json_is_array(j) ? json_array_get(j, 0) : j;
}

struct str onerecord_text(struct onerecord *c, json_t *j)
{
    j = onerecord_one(j);
    if (json_is_object(j))
        j = json_object_get(j, "@value");
    if (json_is_integer(j))
        return arena_fmt(c->d.arena, "%lld", (long long)json_integer_value(j));
    if (json_is_real(j)) /* 15 digits: what a decimal survives as a double */
        return arena_fmt(c->d.arena, "%.15g", json_real_value(j));
    return string_of(j);
}

/* The code lists name their members MeasurementUnitCode_KGM. */
static struct str member(struct str s)
{
    for (size_t i = s.n; i > 1; i--)
        if (s.p[i - 1] == '_')
            return str_n(s.p + i, s.n - i);
    return s;
}

struct str onerecord_code(struct onerecord *c, json_t *j)
{
    json_t *inner;

    j = onerecord_one(j);
    if (!json_is_object(j))
        return local(onerecord_text(c, j));
    if ((inner = onerecord_get(j, "code")))
        return local(onerecord_text(c, inner));
    if ((inner = json_object_get(j, "@id")))
        return member(local(string_of(inner)));
    return local(onerecord_text(c, j));
}

/* A place: its first location code. */
struct str onerecord_location(struct onerecord *c, json_t *j)
{
    json_t *codes =
        json_is_object(onerecord_one(j)) ? onerecord_get(onerecord_one(j), "locationCodes") : NULL;

    return codes ? onerecord_code(c, codes) : onerecord_code(c, j);
}

struct str onerecord_tail(struct str id)
{
    for (size_t i = id.n; i > 0; i--)
        if (id.p[i - 1] == '/')
            return str_n(id.p + i, id.n - i);
    return id;
}

static enum is is_of(json_t *o)
{
    json_t *type = json_object_get(o, "@type"), *j;
    size_t n = json_is_array(type) ? json_array_size(type) : 1;

    for (size_t i = 0; i < n && i < 16; i++) {
        j = json_is_array(type) ? json_array_get(type, i) : type;
        for (size_t k = 0; k < COUNT(types); k++)
            if (str_eq(local(string_of(j)), str_z(types[k].type)))
                return types[k].is;
    }
    return IS_OTHER;
}

struct place onerecord_place(const struct onerecord *c, struct str path)
{
    return (struct place){.offset = c->d.m.offset, .tag = path};
}

/* ---- the walk: every object into a list ---- */

static void add_thing(struct onerecord *c, struct level *l)
{
    struct str id = str_trim(string_of(json_object_get(l->at, "@id")));
    enum is is = is_of(l->at);
    struct thing *t;

    if (json_object_size(l->at) == 1 + (json_object_get(l->at, "@type") != NULL) && id.n)
        is = IS_OTHER; /* it only names one */
    if (is == IS_OTHER && (!id.n || !json_object_get(l->at, "@type")))
        return;
    t = arena_alloc(c->d.arena, sizeof *t);
    *t = (struct thing){.is = is, .o = l->at, .id = id, .path = l->path, .parent = l->in};
    l->in = t;
    *c->tail = t;
    c->tail = &t->next;
    c->things++;
    if (id.n && memmem(id.p, id.n, "/" FEEDS_WATERMARK, strlen("/" FEEDS_WATERMARK)))
        c->exercise = true;
}

static struct str step(struct onerecord *c, struct str path, const char *key, size_t index)
{
    struct str name = text_clean(c->d.arena, str_z(key ? key : ""), 60);

    if (path.n + 70 > PATH_MOST)
        return path;
    return key ? arena_fmt(c->d.arena, "%.*s%s%.*s", STR_ARG(path), path.n ? "." : "", STR_ARG(name))
               : arena_fmt(c->d.arena, "%.*s[%zu]", STR_ARG(path), index);
}

/* Where the walk goes next from this level; NULL when it is done. */
static json_t *advance(struct level *l, const char **key, size_t *index)
{
    json_t *j;

    *key = NULL;
    if (json_is_array(l->at)) {
        *index = l->index;
        return json_array_get(l->at, l->index++);
    }
    if (!l->iter)
        return NULL;
    *key = json_object_iter_key(l->iter);
    j = json_object_iter_value(l->iter);
    l->iter = json_object_iter_next(l->at, l->iter);
    return j;
}

static void walk(struct onerecord *c)
{
    size_t depth = 0, most = c->d.run->limits->depth, index = 0;
    bool said = false;

    c->level[depth++] = (struct level){.at = c->root, .iter = json_object_iter(c->root)};
    if (json_is_object(c->root))
        add_thing(c, &c->level[0]);
    while (depth) {
        struct level *l = &c->level[depth - 1], *new = &c->level[depth];
        const char *key;
        json_t *j = advance(l, &key, &index);

        if (!j) {
            depth--;
        } else if (depth == most && (json_is_object(j) || json_is_array(j))) {
            if (!said)
                fault_at(&c->d.faults, "onerecord.depth", onerecord_place(c, l->path), AIR_NONE,
                         arena_fmt(c->d.arena, "%zu", most));
            said = true;
        } else if (json_is_object(j) || json_is_array(j)) {
            *new = (struct level){.at = j, .in = l->in, .path = step(c, l->path, key, index)};
            if (json_is_object(j)) {
                new->iter = json_object_iter(j);
                add_thing(c, new);
            }
            depth++;
        }
    }
}

static int compare(const void *a, const void *b)
{
    const struct thing *x = *(struct thing *const *)a, *y = *(struct thing *const *)b;
    int by = str_cmp(x->id, y->id);

    return by ? by : (x->is == IS_OTHER) - (y->is == IS_OTHER);
}

static int compare_ids(const void *a, const void *b)
{
    return str_cmp((*(struct thing *const *)a)->id, (*(struct thing *const *)b)->id);
}

static void index_ids(struct onerecord *c)
{
    size_t n = 0;

    c->by_id = xmalloc((c->things + 1) * sizeof *c->by_id);
    for (struct thing *t = c->first; t; t = t->next)
        if (t->id.n)
            c->by_id[c->ids++] = t;
    qsort(c->by_id, c->ids, sizeof *c->by_id, compare);
    for (size_t i = 0; i < c->ids; i++) /* the first of an id is the object, if it is there at all */
        if (!n || !str_eq(c->by_id[n - 1]->id, c->by_id[i]->id))
            c->by_id[n++] = c->by_id[i];
    c->ids = n;
}

struct thing *onerecord_by_id(struct onerecord *c, struct str id)
{
    struct thing key = {.id = str_trim(id)}, *p = &key, **found;

    if (!key.id.n || !c->ids)
        return NULL;
    found = bsearch(&p, c->by_id, c->ids, sizeof *c->by_id, compare_ids);
    return found ? *found : NULL;
}

struct str onerecord_id(json_t *j)
{
    j = onerecord_one(j);
    return json_is_object(j) ? str_trim(string_of(json_object_get(j, "@id"))) : string_of(j);
}

/* ---- who belongs to whom ---- */

static void own(struct onerecord *c, struct thing *t, const char *name, enum is is)
{
    json_t *all = onerecord_get(t->o, name);
    size_t n = json_is_array(all) ? json_array_size(all) : all ? 1 : 0;

    for (size_t i = 0; i < n; i++) {
        struct thing *x =
            onerecord_by_id(c, onerecord_id(json_is_array(all) ? json_array_get(all, i) : all));

        if (x && x->is == is && x != t && !x->owner)
            x->owner = t;
    }
}

static void relate(struct onerecord *c)
{
    for (struct thing *t = c->first; t; t = t->next) {
        if (t->is == IS_SHIPMENT && t->parent && t->parent->is == IS_WAYBILL)
            t->owner = t->parent;
        if (t->is == IS_WAYBILL && t->parent && t->parent->is == IS_SHIPMENT && !t->parent->owner)
            t->parent->owner = t;
        if (t->is == IS_WAYBILL)
            own(c, t, "shipment", IS_SHIPMENT);
        if (t->is == IS_SHIPMENT) {
            struct thing *w = onerecord_by_id(c, onerecord_id(onerecord_get(t->o, "waybill")));

            own(c, t, "pieces", IS_PIECE);
            if (w && w->is == IS_WAYBILL && !t->owner)
                t->owner = w;
        }
    }
}

/* Steps are bounded: references may go in circles. */
struct thing *onerecord_consignment(const struct onerecord *c, struct thing *t)
{
    size_t steps = 2 * c->d.run->limits->depth;

    for (; t && steps; steps--) {
        if (t->r && strcmp(t->r->kind->name, "consignment") == 0)
            return t;
        t = t->owner ? t->owner : t->parent;
    }
    return NULL;
}

/* ---- what is given out ---- */

static void give(struct onerecord *c, const char *kind, const char *ref)
{
    for (struct thing *t = c->first; t; t = t->next) {
        struct thing *of = ref && t->r ? onerecord_consignment(c, t->owner ? t->owner : t->parent) : NULL;

        if (!t->r || strcmp(t->r->kind->name, kind) != 0)
            continue;
        if (of)
            air_ref(t->r, ref, of->ordinal);
        t->r->head.exercise = c->exercise;
        t->ordinal = deliver_record(&c->d, t->r);
    }
}

static bool has_records(const struct onerecord *c)
{
    for (const struct thing *t = c->first; t; t = t->next)
        if (t->r)
            return true;
    return false;
}

/* ---- the document ---- */

/* scheme://host of the first object that has one. */
static struct str host(const struct onerecord *c)
{
    for (const struct thing *t = c->first; t; t = t->next) {
        const char *at = memmem(t->id.p ? t->id.p : "", t->id.n, "://", 3), *end;

        if (!at)
            continue;
        end = memchr(at + 3, '/', t->id.n - (size_t)(at + 3 - t->id.p));
        return str_n(t->id.p, end ? (size_t)(end - t->id.p) : t->id.n);
    }
    return AIR_NONE;
}

static void document(struct onerecord *c, struct str bytes)
{
    struct str body = bytes;
    json_error_t why = {.position = 0};

    if (str_starts(body, S("\xef\xbb\xbf"))) {
        body = str_n(body.p + 3, body.n - 3);
        c->d.m.tolerated = S("bom");
    }
    c->root =
        json_loadb(body.n ? body.p : "", body.n, JSON_REJECT_DUPLICATES | JSON_DECODE_INT_AS_REAL, &why);
    if (!c->root) {
        struct place at = {.offset = c->d.m.offset + (why.position > 0 ? (uint64_t)why.position : 0),
                           .segment = why.line > 0 ? (uint32_t)why.line : 0};

        fault_at(&c->d.faults, "onerecord.json", at, AIR_NONE, AIR_NONE);
        return;
    }
    c->level = xmalloc((c->d.run->limits->depth + 1) * sizeof *c->level);
    walk(c);
    index_ids(c);
    relate(c);
    for (enum is is = IS_WAYBILL; is < IS_OTHER; is++)
        onerecord_records(c, is);
    c->d.ungrasped = !has_records(c);
    if (c->d.ungrasped)
        fault_at(&c->d.faults, "onerecord.nothing", onerecord_place(c, AIR_NONE), AIR_NONE, AIR_NONE);
    c->d.m.sender = text_clean(c->d.arena, host(c), 200);
    c->d.m.reference = c->first ? text_clean(c->d.arena, onerecord_tail(c->first->id), 64) : AIR_NONE;
    c->d.m.exercise = c->exercise;
}

/* Keeps up to the limit; all of it is counted and in the digest. -1 when the source failed. */
static int slurp(struct deliver *d, struct buf *b, uint64_t *bytes, uint8_t digest[HASH_SIZE])
{
    struct sha256_run *hash = sha256_new();
    char piece[16384];
    long n;

    sha256_add(hash, str_n(d->context, sizeof d->context));
    while ((n = run_read(d->run, piece, sizeof piece)) > 0) {
        sha256_add(hash, str_n(piece, (size_t)n));
        buf_put(b, piece, (size_t)n);
        *bytes += (uint64_t)n;
    }
    sha256_end(hash, digest);
    return n < 0 ? -1 : 0;
}

static int parse(struct feeds_run *run)
{
    struct onerecord c = {.root = NULL};
    size_t most = run->limits->message < DOCUMENT_MAX ? (size_t)run->limits->message : DOCUMENT_MAX;
    uint8_t digest[HASH_SIZE];
    uint64_t bytes = 0;
    struct buf b;
    int ret;

    c.tail = &c.first;
    buf_init(&b, most);
    deliver_init(&c.d, run, "onerecord");
    deliver_open(&c.d, run->offset);
    ret = slurp(&c.d, &b, &bytes, digest);
    if (ret == 0) {
        if (b.over)
            fault_at(&c.d.faults, "onerecord.large", onerecord_place(&c, AIR_NONE), AIR_NONE,
                     arena_fmt(c.d.arena, "%zu", most));
        else
            document(&c, buf_view(&b));
        deliver_begin(&c.d);
        give(&c, "trip", NULL);
        give(&c, "consignment", NULL);
        give(&c, "item", "consignment");
        give(&c, "party", "parent");
        deliver_end_digest(&c.d, bytes, digest);
    }
    json_decref(c.root);
    free(c.level);
    free(c.by_id);
    buf_free(&b);
    deliver_free(&c.d);
    return ret;
}

static int sniff(struct str head, const char *name)
{
    (void)name;
    return memmem(head.p, head.n, "onerecord.iata.org/ns/", 22) ? 92 : 0;
}

const struct feeds_reader reader_onerecord = {"onerecord", sniff, parse};

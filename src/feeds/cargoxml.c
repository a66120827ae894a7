/*
 * cargoxml.c: IATA Cargo-XML: XFWB, XFZB and XFFM. One file is one message. The document is walked as a stream; the
 * elements that the tables name open a part, which is kept until the end of the document, because the sender that
 * says whether it is an exercise, the flights and the units that records refer to may stand anywhere. Then flights
 * are given out, then everything else in the order of the document.
 */
#include "feeds/cargoxml.h"

#include <stdlib.h>

#define KEPT_MAX ((size_t)24 << 20) /* bytes of what is kept of one document until its end */
#define LEAF_MAX ((size_t)64 << 10) /* bytes of one element's text; the rest is cut, as the field would */

struct place cargoxml_place(struct cargoxml *c, const struct part *p, const char *path)
{
    struct place at = p ? p->place : xml_place(c->xml);

    at.tag = path ? str_z(path) : str_n(c->path, c->path_n);
    return at;
}

static struct str number(struct cargoxml *c, int64_t n)
{
    return arena_fmt(c->scratch, "%lld", (long long)n);
}

/* ---- parts ---- */

static bool is_full(struct cargoxml *c)
{
    if (!c->full && arena_used(c->d.arena) > KEPT_MAX) {
        c->full = true;
        fault_at(&c->d.faults, "cargoxml.large", cargoxml_place(c, NULL, NULL), AIR_NONE,
                 number(c, (int64_t)KEPT_MAX));
    }
    return c->full;
}

static struct part *part_new(struct cargoxml *c, const struct cargoxml_part *row, struct part *parent)
{
    struct arena *a = c->d.arena;
    struct part *p;

    if (is_full(c))
        return NULL;
    p = arena_alloc(a, sizeof *p);
    p->row = row;
    p->is = row ? row->is : S_ROOT;
    p->parent = parent;
    p->place = xml_place(c->xml);
    if (row && row->kind)
        p->r = record_new(a, schema_kind(str_z(row->kind)));
    if (p->is == S_PARTY)
        air_text(a, p->r, "role", str_z(row->role));
    if (p->is == S_MOVEMENT)
        air_text(a, p->r, "mode", S("air")); /* until its end says otherwise */
    *c->tail = p;
    c->tail = &p->next;
    return p;
}

struct part *cargoxml_above(struct part *p, enum cargoxml_scope is)
{
    while (p && p->is != is)
        p = p->parent;
    return p;
}

struct part *cargoxml_waybill(struct part *p)
{
    while (p && p->is != S_MASTER && p->is != S_HOUSE)
        p = p->parent;
    return p;
}

static struct part *find_party(struct cargoxml *c, struct part *waybill, const char *role)
{
    size_t looked = 0;

    /* parties stand before the notes; no further than this, or many notes would take their square */
    for (struct part *p = waybill; p && looked++ < c->d.run->limits->elements; p = p->next)
        if (p->is == S_PARTY && p->parent == waybill && strcmp(p->row->role, role) == 0)
            return p;
    for (const struct cargoxml_part *row = cargoxml_parts; row->name; row++)
        if (row->is == S_PARTY && strcmp(row->role, role) == 0)
            return part_new(c, row, waybill);
    return NULL;
}

static void identify(struct cargoxml *c, struct record *r, struct str s, const char *scheme)
{
    if (!s.n)
        return;
    air_text(c->d.arena, r, "identifier", s);
    air_text(c->d.arena, r, "identifier_scheme", str_z(scheme));
}

/* A customs note: the words are country, subject, content code, content. */
static void note_end(struct cargoxml *c, struct part *p)
{
    struct part *waybill = cargoxml_waybill(p), *party;
    const char *role;
    enum air_note is = air_note(p->words[1], p->words[2], &role);

    if (!waybill || !p->words[3].n)
        return;
    if (is == AIR_REFERENCE || is == AIR_ENTRY) {
        air_customs(c->d.arena, waybill->r, p->words);
    } else if ((party = find_party(c, waybill, role))) {
        if (is == AIR_TAX)
            identify(c, party->r, p->words[3], "tax-id");
        else
            air_more(c->d.arena, party->r, "contact", "; ", p->words[3]);
    }
}

static void item_end(struct cargoxml *c, struct part *p)
{
    struct part *waybill = cargoxml_waybill(p);
    int64_t pieces = air_value(p->r, "quantity");

    if (p->counted[N_PACKAGES] && pieces && p->counts[N_PACKAGES] * 1000 != pieces)
        fault_at(&c->d.faults, "cargoxml.packages",
                 cargoxml_place(c, p, "TransportLogisticsPackage/ItemQuantity"),
                 number(c, p->counts[N_PACKAGES]), number(c, pieces / 1000));
    if (!waybill)
        return;
    air_add(&waybill->pieces, pieces);
    air_add(&waybill->weight, air_value(p->r, "gross_weight"));
    waybill->items++;
}

static void waybill_end(struct cargoxml *c, struct part *p)
{
    int64_t pieces = air_value(p->r, "quantity"), weight = air_value(p->r, "gross_weight");
    int64_t apart = p->weight - weight;

    if (p->counted[N_ITEMS] && p->counts[N_ITEMS] != p->items)
        fault_at(&c->d.faults, "cargoxml.items",
                 cargoxml_place(c, p, "ApplicableRating/ConsignmentItemQuantity"), number(c, p->items),
                 number(c, p->counts[N_ITEMS]));
    if (p->pieces && pieces && p->pieces != pieces)
        fault_at(&c->d.faults, "cargoxml.pieces", cargoxml_place(c, p, "TotalPieceQuantity"),
                 number(c, p->pieces / 1000), number(c, pieces / 1000));
    if (p->weight && weight && (apart > 1000 || apart < -1000))
        fault_at(&c->d.faults, "cargoxml.weight", cargoxml_place(c, p, "IncludedTareGrossWeightMeasure"),
                 number(c, p->weight / 1000), number(c, weight / 1000));
}

static void unit_end(struct cargoxml *c, struct part *p)
{
    struct part *cargo = cargoxml_above(p, S_CARGO);

    air_text(c->d.arena, p->r, "number",
             arena_fmt(c->d.arena, "%.*s%.*s%.*s", STR_ARG(p->words[W_TYPE]), STR_ARG(p->words[W_ID]),
                       STR_ARG(p->words[W_SENDER])));
    air_text(c->d.arena, p->r, "kind", S("uld"));
    if (cargo)
        cargo->unit = record_get(p->r, schema_field(p->r->kind, S("number")));
}

/* Modes of UN/ECE Recommendation 19. */
static void movement_end(struct cargoxml *c, struct part *p)
{
    static const char *const modes[] = {NULL, "sea", "rail", "road", "air", "mail", "multimodal"};
    struct str code = p->words[W_TYPE], carrier;
    int64_t n = 4;

    if (code.n && (!str_int(code, &n) || n < 1 || n >= (int64_t)COUNT(modes))) {
        fault_at(&c->d.faults, "cargoxml.value", cargoxml_place(c, p, "ModeCode"), code, S("1-6"));
        n = 4;
    }
    air_text(c->d.arena, p->r, "mode", str_z(modes[n]));
    carrier = record_get(p->r, schema_field(p->r->kind, S("trip_number")));
    if (!record_has(p->r, schema_field(p->r->kind, S("carrier"))) && carrier.n > 2)
        air_text(c->d.arena, p->r, "carrier", str_n(carrier.p, 2));
    air_place(c->d.arena, p->r, "port", "port_scheme",
              record_get(p->r, schema_field(p->r->kind, S("destination"))));
    if (record_has(p->r, schema_field(p->r->kind, S("conveyance"))))
        air_text(c->d.arena, p->r, "conveyance_scheme", S("registration"));
    c->movements++;
    c->trip = p;
}

void cargoxml_required(struct cargoxml *c, const struct part *p)
{
    for (size_t i = 0; cargoxml_fields[i].path; i++) {
        const struct cargoxml_field *f = &cargoxml_fields[i];

        if (f->in == p->is && f->required & c->root->bit && !(p->seen[i / 64] >> (i % 64) & 1))
            fault_at(&c->d.faults, "cargoxml.element", cargoxml_place(c, p, f->path), AIR_NONE,
                     str_z(f->path));
    }
}

static void part_end(struct cargoxml *c, struct part *p)
{
    if (p->is != S_ROOT)
        cargoxml_required(c, p);
    switch (p->is) {
    case S_NOTE:
        note_end(c, p);
        break;
    case S_ITEM:
        item_end(c, p);
        break;
    case S_MASTER:
    case S_HOUSE:
        waybill_end(c, p);
        break;
    case S_UNIT:
        unit_end(c, p);
        break;
    case S_MOVEMENT:
        movement_end(c, p);
        break;
    case S_PARTY:
        identify(c, p->r, p->words[p->words[W_BUSINESS].n ? W_BUSINESS : W_ID], "other");
        break;
    case S_ARRIVAL:
        if (!c->arrival)
            c->arrival = p;
        break;
    case S_ROOT:
    case S_CARGO:
        break;
    }
}

/* ---- leaves ---- */

static void take_count(struct cargoxml *c, struct part *p, const struct cargoxml_field *f, struct str s)
{
    int64_t n;

    if (!str_int(s, &n) || n < 0 || n > INT32_MAX) {
        fault_at(&c->d.faults, "cargoxml.number", cargoxml_place(c, NULL, NULL), s, AIR_NONE);
        return;
    }
    air_add(&p->counts[f->at], n);
    p->counted[f->at] = true;
}

static void take_number(struct cargoxml *c, struct part *p, const struct cargoxml_field *f, struct str s)
{
    struct record *r = p->r;
    int field = schema_field(r->kind, str_z(f->field));
    bool good;

    if (f->how == X_MEASURE) {
        enum air_measured is = air_measure(r, f->field, s, c->unit);

        if (is == AIR_NO_UNIT)
            fault_at(&c->d.faults, "cargoxml.unit", cargoxml_place(c, NULL, NULL), c->unit,
                     S("KGM LBR MTQ CMQ FTQ"));
        good = is != AIR_NO_NUMBER;
    } else if (r->kind->field[field].type == T_INT) {
        int64_t n = 0;

        if ((good = str_int(s, &n) && n >= 0))
            record_int(r, field, n);
    } else {
        good = air_number(r, f->field, s);
    }
    if (!good)
        fault_at(&c->d.faults, "cargoxml.number", cargoxml_place(c, NULL, NULL), s, AIR_NONE);
}

static void take(struct cargoxml *c, struct part *p, const struct cargoxml_field *f, struct str s)
{
    struct arena *a = c->d.arena;

    switch (f->how) {
    case X_TEXT:
        air_text(a, p->r, f->field, s);
        break;
    case X_MORE:
        air_more(a, p->r, f->field, f->word, s);
        break;
    case X_NUMBER:
    case X_MEASURE:
        take_number(c, p, f, s);
        break;
    case X_MONEY:
        take_number(c, p, f, s);
        air_text(a, p->r, "currency", c->unit);
        break;
    case X_PLACE:
        air_place(a, p->r, f->field, f->word, s);
        break;
    case X_REFERENCE:
        air_reference(a, p->r, str_z(f->word), s);
        break;
    case X_KEEP:
        p->words[f->at] = arena_copy(a, s);
        if (p->is == S_ROOT && f->at == W_SENDER)
            c->exercise = c->exercise || str_starts(s, S(FEEDS_WATERMARK));
        break;
    case X_COUNT:
        take_count(c, p, f, s);
        break;
    }
}

/* An element without children ends: its text belongs to the part at hand. */
static void leaf(struct cargoxml *c, struct part *p, struct str path)
{
    struct str s = str_trim(text_clean(c->scratch, buf_view(&c->text), TEXT_MAX));

    if (!s.n || is_full(c))
        return;
    for (size_t i = 0; cargoxml_fields[i].path; i++) {
        const struct cargoxml_field *f = &cargoxml_fields[i];

        if (f->in != p->is || !str_eq(path, str_z(f->path)))
            continue;
        take(c, p, f, s);
        p->seen[i / 64] |= (uint64_t)1 << (i % 64);
        if (f->how == X_MEASURE && strcmp(f->field, "gross_weight") == 0) /* either of its two names */
            for (size_t k = 0; cargoxml_fields[k].path; k++)
                if (cargoxml_fields[k].in == f->in && cargoxml_fields[k].field &&
                    strcmp(cargoxml_fields[k].field, f->field) == 0)
                    p->seen[k / 64] |= (uint64_t)1 << (k % 64);
        return;
    }
}

/* ---- the walk ---- */

static void root(struct cargoxml *c, struct str ns, struct str name)
{
    c->root_seen = true;
    c->iata = str_starts(ns, S("iata:"));
    for (const struct cargoxml_root *r = cargoxml_roots; r->ns; r++)
        if (str_starts(ns, str_z(r->ns)) && str_eq(name, str_z(r->name)))
            c->root = r;
    if (!c->iata)
        fault_at(&c->d.faults, "cargoxml.root", cargoxml_place(c, NULL, NULL),
                 text_clean(c->scratch, ns, FOUND_MAX),
                 S("iata:waybill:1, iata:housewaybill:1, iata:flightmanifest:1"));
    else if (!c->root)
        fault_at(&c->d.faults, "cargoxml.unknown", cargoxml_place(c, NULL, NULL),
                 text_clean(c->scratch, ns, FOUND_MAX),
                 S("iata:waybill:1, iata:housewaybill:1, iata:flightmanifest:1"));
}

static const struct cargoxml_part *part_row(const struct cargoxml *c, struct str ns, struct str name,
                                            const struct part *in)
{
    for (const struct cargoxml_part *row = cargoxml_parts; row->name; row++) {
        if (!(row->in & c->root->bit) || !str_starts(ns, S("iata:")) || !str_eq(name, str_z(row->name)))
            continue;
        /* a flight's own arrival is a leaf's way, not the manifest's point of unloading */
        return row->is == S_ARRIVAL && in->is != S_ROOT ? NULL : row;
    }
    return NULL;
}

static void on_start(void *arg, struct str ns, struct str name, const struct xml_attribute *a, size_t n)
{
    struct cargoxml *c = arg;
    struct frame *up = c->depth ? &c->frame[c->depth - 1] : NULL, *f = &c->frame[c->depth++];
    const struct cargoxml_part *row = NULL;

    arena_reset(c->scratch);
    buf_reset(&c->text);
    c->unit = AIR_NONE;
    *f = (struct frame){.path = c->path_n};
    if (!up) {
        root(c, ns, name);
        f->part = c->root ? part_new(c, NULL, NULL) : NULL;
        f->opens = true;
        return;
    }
    up->children = true;
    f->part = up->part;
    f->base = up->base;
    if (!c->root || !f->part)
        return;
    if (c->path_n + name.n + 1 < CARGOXML_PATH) {
        if (c->path_n)
            c->path[c->path_n++] = '/';
        memcpy(c->path + c->path_n, name.p, name.n);
        c->path_n += name.n;
    }
    if ((row = part_row(c, ns, name, up->part))) {
        f->part = part_new(c, row, up->part);
        f->base = c->path_n + 1;
        f->opens = true;
    }
    for (size_t i = 0; i < n; i++)
        if (str_eq(a[i].name, S("unitCode")) || str_eq(a[i].name, S("currencyID")))
            c->unit = arena_copy(c->scratch, a[i].value.n < 16 ? a[i].value : AIR_NONE);
}

static void on_end(void *arg)
{
    struct cargoxml *c = arg;
    struct frame *f = &c->frame[--c->depth];

    if (c->root && f->part) {
        if (f->opens)
            part_end(c, f->part);
        else if (!f->children && f->base <= c->path_n)
            leaf(c, f->part, str_n(c->path + f->base, c->path_n - f->base));
    }
    c->path_n = f->path;
    buf_reset(&c->text);
}

static void on_text(void *arg, struct str piece)
{
    struct cargoxml *c = arg;
    size_t room = LEAF_MAX - c->text.n;

    buf_put(&c->text, piece.p, piece.n < room ? piece.n : room);
}

static int parse(struct feeds_run *run)
{
    struct cargoxml c = {.scratch = arena_new()};
    struct xml_handler h = {.start = on_start, .end = on_end, .arg = &c, .text = on_text};
    uint8_t digest[HASH_SIZE];
    uint64_t bytes;
    int ret;

    c.tail = &c.first;
    c.frame = xmalloc((run->limits->depth + 1) * sizeof *c.frame);
    buf_init(&c.text, LEAF_MAX + 1);
    deliver_init(&c.d, run, "cargo-xml");
    deliver_open(&c.d, run->offset);
    ret = xml_read(&c.d, &h, &c.xml, &bytes, digest);
    if (ret == 0) {
        cargoxml_finish(&c);
        deliver_end_digest(&c.d, bytes, digest);
    } else if (run->err->code == ERR_NONE) {
        err_set(run->err, ERR_IO, N_("the input cannot be read"));
    }
    buf_free(&c.text);
    free(c.frame);
    arena_free(c.scratch);
    deliver_free(&c.d);
    return ret;
}

static int sniff(struct str head, const char *name)
{
    (void)name;
    for (const struct cargoxml_root *r = cargoxml_roots; r->ns; r++)
        if (memmem(head.p, head.n, r->ns, strlen(r->ns)))
            return 95;
    return memmem(head.p, head.n, "\"iata:datamodel:", 16) ? 80 : 0;
}

const struct feeds_reader reader_cargoxml = {"cargo-xml", sniff, parse};

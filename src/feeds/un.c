/*
 * un.c: the United Nations Security Council's consolidated list, as published in XML:
 *
 *   CONSOLIDATED_LIST > INDIVIDUALS > INDIVIDUAL*   FIRST_NAME .. FOURTH_NAME, REFERENCE_NUMBER, LISTED_ON,
 *                     > ENTITIES > ENTITY*          UN_LIST_TYPE, COMMENTS1, ..._ALIAS, ..._ADDRESS,
 *                                                   INDIVIDUAL_DOCUMENT, INDIVIDUAL_DATE_OF_BIRTH, ...
 *
 * Every entry is a message of its own, as a row is (docs/decisions/0041): a new edition brings in only what
 * changed, and a bad entry refuses only itself. Its digest is over its elements and values, so that how the file
 * is laid out says nothing. What is wrong with the document around the entries is a message too, the last one,
 * without records. What has no field of its own (titles, nationalities, places of birth, notes) is kept among the
 * remarks, by name, as the authority writes it.
 */
#include "base/clock.h"
#include "feeds/countries.h"
#include "feeds/tree.h"

#define LIST      "un-consolidated"
#define AUTHORITY "un.sc"

struct un {
    struct deliver document, d; /* the file's, an entry's */
    struct xml *xml;
    struct tree tree;
    struct tree_node *entry;
    bool person, in_entry, root_right;
    size_t depth;
    uint64_t entries, begin;
    struct held_record *first, **tail; /* an entry's, until its remarks are known */
    struct buf remarks;
};

struct held_record {
    struct record *r;
    struct held_record *next;
};

static struct place place_of(struct un *u, const struct tree_node *n)
{
    return tree_place(u->d.arena, n);
}

static struct record *record_of(struct un *u, const char *kind)
{
    struct record *r = record_new(u->d.arena, schema_kind(str_z(kind)));

    text_set(r, "list", S(LIST));
    text_set(r, "number", u->d.m.reference);
    return r;
}

static void give(struct un *u, struct record *r)
{
    struct held_record *h = arena_alloc(u->d.arena, sizeof *h);

    r->head.exercise = u->d.m.exercise;
    h->r = r;
    *u->tail = h;
    u->tail = &h->next;
}

/* Parts that are there, with a separator between them. */
static struct str joined(struct un *u, const struct tree_node *n, const char *const *names,
                         const char *between)
{
    struct str s = {NULL, 0};

    for (; *names; names++) {
        struct str part = tree_take(n, *names);

        if (part.n)
            s = arena_fmt(u->d.arena, "%.*s%s%.*s", STR_ARG(s), s.n ? between : "", STR_ARG(part));
    }
    return s;
}

/* ---- the alert ---- */

/* "1967-01-01", "circa 1963", "between 1958 and 1963"; several are joined. */
static struct str birth_of(struct un *u, const struct tree_node *n)
{
    struct str date = tree_take(n, "DATE"), year = tree_take(n, "YEAR"), from = tree_take(n, "FROM_YEAR"),
               to = tree_take(n, "TO_YEAR"), type = tree_take(n, "TYPE_OF_DATE");
    const char *about = str_starts(type, S("APPROX")) ? "circa " : "";

    if (!date.n)
        date = year;
    if (date.n)
        return arena_fmt(u->d.arena, "%s%.*s", about, STR_ARG(date));
    if (from.n && to.n)
        return arena_fmt(u->d.arena, "between %.*s and %.*s", STR_ARG(from), STR_ARG(to));
    return (struct str){NULL, 0};
}

static void set_birth(struct un *u, struct record *r)
{
    struct str all = {NULL, 0};
    size_t most = r->kind->field[schema_field(r->kind, S("birth_date"))].max;
    struct tree_node *n = tree_child(u->entry, "INDIVIDUAL_DATE_OF_BIRTH");

    for (; n; n = tree_again(n)) {
        struct str one = birth_of(u, n);

        if (one.n && all.n + one.n + 2 <= most)
            all = arena_fmt(u->d.arena, "%.*s%s%.*s", STR_ARG(all), all.n ? "; " : "", STR_ARG(one));
        else
            for (struct tree_node *i = n; i && one.n; i = tree_next(i, n))
                i->used = false; /* then the remarks have it */
    }
    text_set(r, "birth_date", all);
}

/* Every value that no field took, under its name. */
static struct str remarks_of(struct un *u)
{
    struct str comments = tree_take(u->entry, "COMMENTS1");
    struct str out;

    buf_reset(&u->remarks);
    buf_str(&u->remarks, comments);
    for (struct tree_node *n = tree_next(u->entry, u->entry); n; n = tree_next(n, u->entry)) {
        static const char *const ours[] = {"DATAID",           "VERSIONNUM", "LIST_TYPE",
                                           "LAST_DAY_UPDATED", "SORT_KEY",   "SORT_KEY_LAST_MOD"};
        const struct tree_node *named = str_eq(n->name, S("VALUE")) ? n->parent : n;
        bool skip = n->used || n->first || !n->text.n;

        for (size_t i = 0; i < COUNT(ours) && !skip; i++)
            skip = str_eq(named->name, str_z(ours[i]));
        if (skip)
            continue;
        buf_fmt(&u->remarks, "%s%.*s: %.*s", u->remarks.n ? "; " : "",
                STR_ARG(tree_path(u->d.arena, named, u->entry)), STR_ARG(n->text));
    }
    if (u->remarks.over || u->remarks.n > TEXT_MAX)
        fault_at(&u->d.faults, "watch.long", place_of(u, u->entry), (struct str){NULL, 0},
                 arena_fmt(u->d.arena, "%d", TEXT_MAX));
    out = text_clean(u->d.arena, buf_view(&u->remarks), TEXT_MAX);
    return out;
}

static void set_listed(struct un *u, struct record *r)
{
    struct tree_node *n = tree_child(u->entry, "LISTED_ON");
    int64_t us;
    bool zoned;

    if (!n || !n->text.n)
        return;
    /* "2015-04-07-04:00": an XSD date with a zone; the day is what counts. */
    n->used = n->text.n >= 10 && time_parse((struct str){n->text.p, 10}, &us, &zoned);
    if (n->used)
        text_set(r, "issued", (struct str){n->text.p, 10});
    else
        fault_at(&u->d.faults, "watch.date", place_of(u, n), n->text, S("YYYY-MM-DD"));
}

/* The remarks come last: they are what nothing else took. */
static void set_alert(struct un *u, struct record *r)
{
    static const char *const names[] = {"FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME", NULL};
    struct str name = joined(u, u->entry, names, " ");

    text_set(r, "authority", S(AUTHORITY));
    text_set(r, "subject", u->person ? S("person") : S("company"));
    text_set(r, "name", name);
    text_set(r, "programme", tree_take(u->entry, "UN_LIST_TYPE"));
    text_set(r, "status", S("active"));
    set_listed(u, r);
    set_birth(u, r);
    if (!name.n)
        fault_at(&u->d.faults, "watch.missing", place_of(u, u->entry), (struct str){NULL, 0},
                 S("FIRST_NAME"));
    if (!u->d.m.reference.n)
        fault_at(&u->d.faults, "watch.missing", place_of(u, u->entry), (struct str){NULL, 0},
                 S("REFERENCE_NUMBER"));
}

/* ---- names, numbers, addresses ---- */

static void alias(struct un *u, const struct tree_node *n)
{
    struct str name = tree_take(n, "ALIAS_NAME"), quality = tree_take(n, "QUALITY");
    struct tree_node *note = tree_child(n, "NOTE");
    struct record *r;
    bool former =
        str_starts(quality, S("f.k.a")) ||
        (note && (str_starts(note->text, S("formerly")) || str_starts(note->text, S("previously"))));

    if (!name.n)
        return;
    r = record_of(u, "alert_name");
    text_set(r, "name", name);
    text_set(r, "name_type", former ? S("fka") : S("aka"));
    if (str_eq(quality, S("Good")))
        text_set(r, "quality", S("strong"));
    else if (str_eq(quality, S("Low")))
        text_set(r, "quality", S("weak"));
    give(u, r);
}

static void original_script(struct un *u, struct tree_node *n)
{
    struct record *r;

    if (!n->text.n)
        return;
    n->used = true;
    r = record_of(u, "alert_name");
    text_set(r, "name", n->text);
    text_set(r, "name_type", S("other"));
    give(u, r);
}

static bool contains(struct str s, const char *z)
{
    return s.n && memmem(s.p, s.n, z, strlen(z));
}

static void document(struct un *u, const struct tree_node *n)
{
    struct tree_node *type = tree_child(n, "TYPE_OF_DOCUMENT");
    struct tree_node *country = tree_child(n, "COUNTRY_OF_ISSUE");
    struct str number = tree_take(n, "NUMBER"), code;
    struct str is = type ? type->text : (struct str){NULL, 0};
    struct record *r;

    if (!number.n)
        return; /* the note tells it, in words: the remarks have it */
    if (!country || !country->text.n)
        country = tree_child(n, "ISSUING_COUNTRY");
    code = feeds_country(country ? country->text : (struct str){NULL, 0});
    if (code.n)
        country->used = true;
    if (type)
        type->used = true;
    r = record_of(u, "alert_identifier");
    text_set(r, "scheme",
             contains(is, "asspor") || contains(is, "asapor")  ? S("passport")
             : contains(is, "ational") || contains(is, "dent") ? S("national-id")
                                                               : S("other"));
    text_set(r, "value", number);
    text_set(r, "country", code);
    give(u, r);
}

static void address(struct un *u, const struct tree_node *n)
{
    struct tree_node *country = tree_child(n, "COUNTRY");
    struct record *r = record_of(u, "alert_address");
    struct str code = feeds_country(country ? country->text : (struct str){NULL, 0});
    struct str street = tree_take(n, "STREET"), city = tree_take(n, "CITY");
    struct str region = tree_take(n, "STATE_PROVINCE"), zip = tree_take(n, "ZIP_CODE");

    if (code.n)
        country->used = true;
    if (!code.n && !street.n && !city.n && !region.n && !zip.n)
        return; /* nothing, or a note: the remarks have it */
    text_set(r, "address", street);
    text_set(r, "city", city);
    text_set(r, "region", region);
    text_set(r, "postal_code", zip);
    text_set(r, "country", code);
    give(u, r);
}

static void parts(struct un *u)
{
    for (struct tree_node *n = u->entry->first; n; n = n->next) {
        if (str_eq(n->name, S("INDIVIDUAL_ALIAS")) || str_eq(n->name, S("ENTITY_ALIAS")))
            alias(u, n);
        else if (str_eq(n->name, S("NAME_ORIGINAL_SCRIPT")))
            original_script(u, n);
        else if (str_eq(n->name, S("INDIVIDUAL_DOCUMENT")))
            document(u, n);
        else if (str_eq(n->name, S("INDIVIDUAL_ADDRESS")) || str_eq(n->name, S("ENTITY_ADDRESS")))
            address(u, n);
    }
}

/* ---- an entry ---- */

static void digest_of(struct un *u, uint8_t digest[HASH_SIZE])
{
    struct sha256_run *hash = sha256_new();

    sha256_add(hash, str_n(u->d.context, sizeof u->d.context));
    for (const struct tree_node *n = u->entry; n; n = tree_next(n, u->entry)) {
        sha256_add(hash, tree_path(u->d.arena, n, NULL));
        sha256_add(hash, S("="));
        sha256_add(hash, n->text);
        sha256_add(hash, S("\n"));
    }
    sha256_end(hash, digest);
}

static void entry_end(struct un *u)
{
    uint64_t end = xml_place(u->xml).offset;
    uint8_t digest[HASH_SIZE];
    struct tree_node *comments;
    struct record *r;

    u->entry = u->tree.root;
    u->entries++;
    u->first = NULL;
    u->tail = &u->first;
    comments = tree_child(u->entry, "COMMENTS1");
    u->d.m.sender = S(AUTHORITY);
    u->d.m.reference = tree_take(u->entry, "REFERENCE_NUMBER");
    u->d.m.exercise = comments && str_starts(comments->text, S(FEEDS_WATERMARK));
    digest_of(u, digest);
    r = record_of(u, "alert");
    set_alert(u, r);
    give(u, r);
    parts(u);
    text_set(r, "remarks", remarks_of(u)); /* what nothing else took */
    deliver_begin(&u->d);
    for (const struct held_record *h = u->first; h; h = h->next)
        deliver_record(&u->d, h->r);
    deliver_end_digest(&u->d, end > u->begin ? end - u->begin : 0, digest);
}

/* ---- the document ---- */

static void on_start(void *arg, struct str ns, struct str name, const struct xml_attribute *a, size_t n)
{
    struct un *u = arg;
    struct place p = xml_place(u->xml);

    (void)ns;
    u->depth++;
    if (u->depth == 1) {
        u->root_right = str_eq(name, S("CONSOLIDATED_LIST"));
        if (!u->root_right)
            fault_at(&u->document.faults, "watch.root", p, text_clean(u->document.arena, name, FOUND_MAX),
                     S("CONSOLIDATED_LIST"));
    }
    if (!u->in_entry && u->root_right && u->depth == 3 &&
        (str_eq(name, S("INDIVIDUAL")) || str_eq(name, S("ENTITY")))) {
        u->in_entry = true;
        u->person = str_eq(name, S("INDIVIDUAL"));
        u->begin = p.offset;
        deliver_open(&u->d, p.offset);
        tree_init(&u->tree, u->d.arena, &u->d.faults, u->xml);
    }
    if (u->in_entry)
        tree_start(&u->tree, name, a, n);
}

static void on_text(void *arg, struct str piece)
{
    struct un *u = arg;

    if (u->in_entry)
        tree_text(&u->tree, piece);
}

static void on_end(void *arg)
{
    struct un *u = arg;

    u->depth--;
    if (!u->in_entry)
        return;
    tree_end(&u->tree);
    if (u->tree.top || u->tree.skipping)
        return;
    u->in_entry = false;
    entry_end(u);
    tree_free(&u->tree);
}

/* The document as a message, when there is something to say about it. */
static void finish(struct un *u, uint64_t bytes, const uint8_t digest[HASH_SIZE])
{
    struct deliver *d = &u->document;

    if (u->root_right && !u->entries && !d->faults.count[SEV_ERROR])
        fault_at(&d->faults, "watch.missing", (struct place){.offset = 0}, (struct str){NULL, 0},
                 S("INDIVIDUAL, ENTITY"));
    if (!d->faults.count[SEV_ERROR] && !d->faults.count[SEV_WARNING])
        return;
    d->m.sender = S(AUTHORITY);
    d->ungrasped = !u->root_right;
    deliver_begin(d);
    deliver_end_digest(d, bytes, digest);
}

static int parse(struct feeds_run *run)
{
    struct un u = {.depth = 0};
    struct xml_handler h = {on_start, on_end, &u, on_text};
    uint8_t digest[HASH_SIZE];
    uint64_t bytes;
    int ret;

    deliver_init(&u.document, run, LIST);
    deliver_init(&u.d, run, LIST);
    deliver_open(&u.document, run->offset);
    buf_init(&u.remarks, (size_t)4 * TEXT_MAX);
    ret = xml_read(&u.document, &h, &u.xml, &bytes, digest);
    if (ret == 0)
        finish(&u, bytes, digest);
    else
        err_set(run->err, ERR_IO, N_("the input cannot be read"));
    if (u.in_entry)
        tree_free(&u.tree);
    buf_free(&u.remarks);
    deliver_free(&u.d);
    deliver_free(&u.document);
    return ret;
}

static int sniff(struct str head, const char *name)
{
    (void)name;
    return memmem(head.p, head.n, "<CONSOLIDATED_LIST", 18) ? 95 : 0;
}

const struct feeds_reader reader_un = {LIST, sniff, parse};

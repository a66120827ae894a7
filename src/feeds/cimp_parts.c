/*
 * cimp_parts.c: the lines that belong to a consignment: rates and goods, tariff codes, parties, customs lines, and the
 * lines that start with a slash and go on with them.
 */
#include "feeds/cimp.h"

static void tariff(struct cimp *c, struct str codes)
{
    struct str code;

    while (str_split(&codes, '/', &code)) {
        struct record *r = code.n ? cimp_pend(c, "item", "consignment") : NULL;

        if (!r)
            continue;
        air_text(c->group, r, "hs", code);
        record_int(r, schema_field(r->kind, S("line")), ++c->items);
    }
}

/* ---- FWB: rate lines ---- */

static bool measure_token(struct record *r, const char *field, struct str s)
{
    struct str word = str_n(s.p, s.n && s.p[0] == 'M' ? 2 : 1);

    if (s.n < 2 || (word.n == 2 && s.n < 3))
        return false;
    return air_measure(r, field, str_n(s.p + word.n, s.n - word.n), word) == AIR_MEASURED;
}

static struct record *new_item(struct cimp *c)
{
    struct record *r = cimp_pend(c, "item", "consignment");

    c->item = r;
    if (r)
        record_int(r, schema_field(r->kind, S("line")), ++c->items);
    return r;
}

static struct record *an_item(struct cimp *c)
{
    return c->item ? c->item : new_item(c);
}

/* "P1/K2400/CU/...": a rate line that counts pieces. */
static void rated(struct cimp *c, struct str first, struct str rest)
{
    struct record *r = new_item(c);
    struct str weight = AIR_NONE;

    if (!r)
        return;
    air_number(r, "quantity", str_n(first.p + 1, first.n - 1));
    str_split(&rest, '/', &weight);
    if (weight.n && (weight.p[0] == 'K' || weight.p[0] == 'L'))
        measure_token(r, "gross_weight", weight);
    air_add(&c->pieces, air_value(r, "quantity"));
    air_add(&c->weight, air_value(r, "gross_weight"));
}

/* What a rate line describes: NG goods, NC consolidation, NH harmonised code, NO origin, NV volume, NU unit. */
static void described(struct cimp *c, char what, struct str text)
{
    struct record *r;

    if (!c->bill || !text.n)
        return;
    if (what == 'V') {
        if (!air_value(c->bill, "volume"))
            measure_token(c->bill, "volume", text);
    } else if (what == 'U') {
        if ((r = cimp_pend(c, "equipment", "consignment"))) {
            air_text(c->group, r, "number", text);
            air_text(c->group, r, "kind", S("uld"));
        }
    } else if (what == 'G' || what == 'C') {
        air_more(c->group, c->bill, "goods", " ", text);
        if ((r = an_item(c)))
            air_more(c->group, r, "description", " ", text);
    } else if (what == 'H' && (r = an_item(c))) {
        if (record_has(r, schema_field(r->kind, S("hs"))))
            r = new_item(c);
        if (r)
            air_text(c->group, r, "hs", text);
    } else if (what == 'O' && (r = an_item(c))) {
        air_text(c->group, r, "origin", text);
    }
}

static void rate(struct cimp *c, struct str text)
{
    struct str first = AIR_NONE, next = AIR_NONE;
    int64_t n;

    str_split(&text, '/', &first);
    if (str_int(first, &n)) /* the line's own number */
        str_split(&text, '/', &first);
    if (first.n > 1 && first.p[0] == 'P' && str_int(str_n(first.p + 1, first.n - 1), &n)) {
        rated(c, first, text);
    } else if (first.n == 2 && first.p[0] == 'N' && str_split(&text, '/', &next)) {
        described(c, first.p[1], next);
    }
}

/* ---- parties ---- */

static struct record *find_party(struct cimp *c, struct str role)
{
    for (struct cimp_pending *p = c->pending; p; p = p->next)
        if (strcmp(p->r->kind->name, "party") == 0 &&
            str_eq(record_get(p->r, schema_field(p->r->kind, S("role"))), role))
            return p->r;
    return NULL;
}

static struct record *party_of(struct cimp *c, struct str role)
{
    struct record *r = find_party(c, role);

    if (!r && (r = cimp_pend(c, "party", "parent")))
        air_text(c->group, r, "role", role);
    return r;
}

static void identify(struct cimp *c, struct record *r, struct str s, const char *scheme)
{
    if (!s.n)
        return;
    air_text(c->group, r, "identifier", s);
    air_text(c->group, r, "identifier_scheme", str_z(scheme));
}

static void party(struct cimp *c, const struct cimp_line *row, const struct cimp_match *m)
{
    struct record *r = c->party = party_of(c, str_z(row->word));

    if (!r)
        return;
    if (row->act == DO_AGENT)
        identify(c, r, cimp_capture(m, 1), "other");
    else if (strcmp(row->word, "notify") == 0 || (c->type->bit == CIMP_FHL && c->version < 5))
        air_text(c->group, r, "name", cimp_capture(m, 0));
    else
        identify(c, r, cimp_capture(m, 0), "other");
}

static void place(struct cimp *c, struct str s)
{
    struct str city = AIR_NONE;

    str_split(&s, '/', &city);
    air_text(c->group, c->party, "city", city);
    air_text(c->group, c->party, "region", s);
}

/* "/US/22330/TE/171812344566" */
static bool country(struct cimp *c, struct str s)
{
    struct cimp_match m;

    if (!cimp_match("a2(/(t1-9)(/r))", s, &m))
        return false;
    air_text(c->group, c->party, "country", cimp_capture(&m, 0));
    air_text(c->group, c->party, "postal_code", cimp_capture(&m, 1));
    air_more(c->group, c->party, "contact", " ", cimp_capture(&m, 2));
    return true;
}

/* Lines behind SHP, CNE, NFY, AGT as the versions before 17 and 5 have them: name, street, place, country. */
static void party_line(struct cimp *c, struct str s)
{
    struct record *r = c->party;
    bool agent = c->last->act == DO_AGENT;

    if (!record_has(r, schema_field(r->kind, S("name"))))
        air_text(c->group, r, "name", s);
    else if (agent)
        place(c, s);
    else if (c->more > 1 && country(c, s))
        return;
    else if (!record_has(r, schema_field(r->kind, S("address"))))
        air_text(c->group, r, "address", s);
    else
        place(c, s);
}

/* ---- customs lines ---- */

static void customs(struct cimp *c, const struct cimp_match *m)
{
    struct str note[4];
    const char *role;
    struct record *r;
    enum air_note is;

    for (int i = 0; i < 4; i++)
        note[i] = cimp_capture(m, i);
    if (!c->bill || !note[3].n)
        return;
    is = air_note(note[1], note[2], &role);
    if (is == AIR_REFERENCE || is == AIR_ENTRY)
        air_customs(c->group, c->bill, note);
    else if ((r = party_of(c, str_z(role))) && is == AIR_CONTACT)
        air_more(c->group, r, "contact", "; ", note[3]);
    else if (r)
        identify(c, r, note[3], "tax-id");
}

static void declared(struct cimp *c, const struct cimp_match *m)
{
    struct str value = cimp_capture(m, c->type->bit == CIMP_FHL ? 3 : 4);

    if (c->bill && value.n && value.p[0] >= '0' && value.p[0] <= '9' && air_number(c->bill, "value", value))
        air_text(c->group, c->bill, "currency", cimp_capture(m, 0));
}

static void handling(struct cimp *c, struct str codes)
{
    struct str code;

    while (c->bill && str_split(&codes, '/', &code))
        air_reference(c->group, c->bill, S("SPH"), code);
}

/* "AF/RFL/PIL": special handling codes; anything else behind a waybill is its way on. */
static bool are_codes(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((s.p[i] == '/') != (i % 4 == 3))
            return false;
    return s.n % 4 == 3;
}

/* REF/address/file/type/identifier/airport */
static void sender(struct cimp *c, struct str s)
{
    struct str part[4] = {AIR_NONE, AIR_NONE, AIR_NONE, AIR_NONE};
    struct feeds_message *m = &c->d.m;

    for (size_t i = 0; i < COUNT(part); i++)
        str_split(&s, '/', &part[i]);
    if (!m->sender.n)
        m->sender = text_clean(c->d.arena, part[3].n ? part[3] : part[0], 64);
    m->control = text_clean(c->d.arena, part[1], 64);
    for (size_t i = 0; i < COUNT(part); i++)
        m->exercise = m->exercise || str_starts(part[i], S(FEEDS_WATERMARK));
}

/* ---- lines ---- */

static struct str behind(const struct cimp_line *row, struct str line)
{
    size_t n = strlen(row->id);

    n += n < line.n && line.p[n] == '/';
    return str_n(line.p + n, line.n - n);
}

void cimp_part(struct cimp *c, const struct cimp_line *row, const struct cimp_match *m)
{
    struct str text = behind(row, c->line);

    if (row->act == DO_PARTY || row->act == DO_AGENT)
        party(c, row, m);
    else if (row->act == DO_PARTY_NAME && c->party)
        air_text(c->group, c->party, "name", text);
    else if (row->act == DO_PARTY_ADDRESS && c->party)
        air_text(c->group, c->party, "address", text);
    else if (row->act == DO_PARTY_PLACE && c->party)
        place(c, text);
    else if (row->act == DO_NOTES && c->bill)
        air_more(c->group, c->bill, "notes", "; ", text);
    else if (row->act == DO_GOODS && c->bill)
        air_more(c->group, c->bill, "goods", "; ", text);
    else if (row->act == DO_TARIFF)
        tariff(c, text);
    else if (row->act == DO_RATE)
        rate(c, text);
    else if (row->act == DO_DECLARED)
        declared(c, m);
    else if (row->act == DO_CUSTOMS)
        customs(c, m);
    else if (row->act == DO_HANDLING)
        handling(c, text);
    else if (row->act == DO_REFERENCE && c->bill)
        air_reference(c->group, c->bill, str_z(row->id), text);
    else if (row->act == DO_SENDER)
        sender(c, text);
}

/* Behind FFM's waybill line and FHL's house line. */
static void after_bill(struct cimp *c, struct str text)
{
    if (are_codes(text))
        handling(c, text);
    else if (c->bill)
        air_reference(c->group, c->bill, S("ONWARD"), text);
}

void cimp_continue(struct cimp *c, struct str text, size_t at)
{
    struct cimp_match m;

    c->more++;
    if (c->last->act == DO_CUSTOMS) {
        if (at && cimp_fits(c, c->last, c->line, &m))
            customs(c, &m);
    } else if (c->last->act == DO_BILL || c->last->act == DO_HOUSE) {
        after_bill(c, text);
    } else if ((c->last->act == DO_PARTY || c->last->act == DO_AGENT) && c->party) {
        party_line(c, text);
    } else if (c->last->act == DO_PARTY_NAME && c->party) {
        air_more(c->group, c->party, "name", " ", text);
    } else if (c->last->act == DO_PARTY_ADDRESS && c->party) {
        air_more(c->group, c->party, "address", ", ", text);
    } else if (c->last->act == DO_PARTY_PLACE && c->party) {
        if (!country(c, text))
            cimp_warn(c, "cimp.element", at, text, S("a2/t1-9"));
    } else if (c->last->act == DO_NOTES && c->bill) {
        air_more(c->group, c->bill, "notes", " ", text);
    } else if (c->last->act == DO_GOODS && c->bill) {
        air_more(c->group, c->bill, "goods", " ", text);
    } else if (c->last->act == DO_TARIFF) {
        tariff(c, text);
    } else if (c->last->act == DO_RATE) {
        rate(c, text);
    } else if (c->last->act == DO_HANDLING) {
        handling(c, text);
    }
}

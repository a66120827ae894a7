/*
 * plant.c: alerts that must find something, some issued before the declaration and some after; a few that must find
 * nothing; and the list of both for whoever checks. The values are from ranges that no other message draws from.
 */
#include "exercise/internal.h"

#include "base/json.h"

#define LIST   "exercise.alerts"
#define DECOYS 3

static const struct {
    enum plant_what what;
    enum form form;
    bool before;
    int hour;
    const char *subject, *scheme;
    enum plant_twist twist;
} drawing[PLANTS] = {
    {PLANT_BOX, FORM_309_SEA, true, 6, "container", "container", TWIST_NONE},
    {PLANT_BOX, FORM_CUSCAR_SEA, false, 6, "container", "container", TWIST_NONE},
    {PLANT_CONVEYANCE, FORM_309_SEA, false, 9, "vessel", "imo", TWIST_NONE},
    {PLANT_CONVEYANCE, FORM_CUSCAR_SEA, true, 9, "vessel", "imo", TWIST_NONE},
    {PLANT_CONVEYANCE, FORM_CFDI_ROAD, true, 7, "vehicle", "plate", TWIST_NONE},
    {PLANT_PLATE, FORM_CUSCAR_ROAD, false, 8, "vehicle", "plate", TWIST_NONE},
    {PLANT_RFC, FORM_CFDI_ROAD, false, 10, "company", "rfc", TWIST_NONE},
    {PLANT_PERSON, FORM_CFDI_ROAD, true, 12, "person", NULL, TWIST_NONE},
    {PLANT_PERSON, FORM_CUSCAR_ROAD, false, 11, "person", NULL, TWIST_NONE},
    {PLANT_COMPANY, FORM_309_ROAD, true, 9, "company", NULL, TWIST_NONE},
    {PLANT_COMPANY, FORM_CUSCAR_SEA, false, 12, "company", NULL, TWIST_NONE},
    {PLANT_CONVEYANCE, FORM_CFDI_AIR, true, 8, "aircraft", "registration", TWIST_NONE},
    {PLANT_PERSON, FORM_CFDI_ROAD, false, 14, "person", NULL, TWIST_NEAR},
    {PLANT_BOX, FORM_309_SEA, true, 13, "container", "container", TWIST_MISTYPED},
    {PLANT_COMPANY, FORM_309_ROAD, true, 13, "company", NULL, TWIST_WITHDRAWN},
};

/* A surname that nobody has: three syllables. */
static void surname(char out[8], struct dice *d)
{
    static const char *const syllables[] = {"Ba", "ce", "di", "fo", "gu", "la", "me",
                                            "ni", "po", "ru", "sa", "te", "vi"};

    snprintf(out, 8, "%s%s%s", syllables[dice_roll(d, 13)], syllables[dice_roll(d, 13)],
             syllables[dice_roll(d, 13)]);
    out[0] = (char)(out[0] >= 'a' ? out[0] - 'a' + 'A' : out[0]);
}

static void draw_identifier(struct plant *p, struct dice *d, int serial)
{
    switch (p->what) {
    case PLANT_BOX:
        number_container(p->declared, "ZXEU", 900000 + serial % 100000);
        break;
    case PLANT_RFC:
        number_rfc(p->declared, "ZZY", serial);
        break;
    case PLANT_CONVEYANCE:
    case PLANT_PLATE:
    case PLANT_PERSON:
    case PLANT_COMPANY:
        if (p->form == FORM_309_SEA || p->form == FORM_CUSCAR_SEA)
            number_imo(p->declared, 100000 + serial);
        else if (p->form == FORM_CFDI_AIR)
            snprintf(p->declared, sizeof p->declared, "XB-%c%02d", 'P' + dice_roll(d, 10), serial % 100);
        else
            snprintf(p->declared, sizeof p->declared, "%02dZ%c%d%c", serial / 26 % 90 + 10,
                     'A' + serial % 26, dice_roll(d, 10), 'A' + dice_roll(d, 25));
        break;
    }
    /* A plate is painted with hyphens and declared without. */
    if (strcmp(p->scheme, "plate") == 0)
        snprintf(p->value, sizeof p->value, "%.2s-%.2s-%.2s", p->declared, p->declared + 2,
                 p->declared + 4);
    else
        snprintf(p->value, sizeof p->value, "%s", p->declared);
}

static void draw_name(struct plant *p, struct dice *d)
{
    char a[8], b[8];

    surname(a, d);
    surname(b, d);
    if (p->what == PLANT_PERSON) {
        snprintf(p->declared, sizeof p->declared, "Ramón Señuelo %s", a);
        snprintf(p->value, sizeof p->value, "SENUELO %s, Ramon", a);
    } else {
        snprintf(p->declared, sizeof p->declared, "Señuelo %s %s SA de CV", a, b);
        snprintf(p->value, sizeof p->value, "SEÑUELO %s %s, S.A. DE C.V.", a, b);
    }
}

static bool travels(const struct cast *c, enum form form)
{
    enum way way = form == FORM_309_SEA || form == FORM_CUSCAR_SEA ? WAY_SEA
                   : form == FORM_CFDI_AIR                         ? WAY_AIR
                                                                   : WAY_ROAD;

    for (size_t i = 0; i < c->pairs; i++)
        if (c->pair[i]->way == way)
            return true;
    return false;
}

static void number_of(char out[24], int64_t day, int i)
{
    int y, m, d;

    date_of(day, &y, &m, &d);
    snprintf(out, 24, "EX-%04u%02u%02u-%02u", (unsigned)y % 10000u, (unsigned)m % 100u, (unsigned)d % 100u,
             (unsigned)i % 100u);
}

/* What is declared is one letter short, or has another check digit than it should. */
static void twist(struct plant *p)
{
    size_t n = strlen(p->declared);

    if (p->twist == TWIST_NEAR)
        p->declared[n - 1] = '\0';
    if (p->twist == TWIST_MISTYPED)
        p->declared[n - 1] = (char)(p->declared[n - 1] == '9' ? '0' : p->declared[n - 1] + 1);
}

void plants_draw(struct plant plant[PLANTS], const struct cast *c, int64_t day)
{
    for (int i = 0; i < PLANTS; i++) {
        struct plant *p = &plant[i];
        struct dice d = dice_for(c->seed, (uint64_t)day, 91, (uint64_t)i);
        *p = (struct plant){.what = drawing[i].what,
                            .twist = drawing[i].twist,
                            .form = drawing[i].form,
                            .before = drawing[i].before,
                            .hour = drawing[i].hour,
                            .subject = drawing[i].subject,
                            .scheme = drawing[i].scheme};
        p->dropped = !travels(c, p->form);
        number_of(p->number, day, i + 1);
        if (p->scheme)
            draw_identifier(p, &d, (int)(day % 4000) * PLANTS + i);
        else
            draw_name(p, &d);
        twist(p);
    }
}

static void carry(const struct plant *p, struct shipment *s)
{
    struct bill *b = &s->bill[s->bills / 2];
    struct company *c = s->form == FORM_309_ROAD || b->from.mexican ? &b->from : &b->to;

    switch (p->what) {
    case PLANT_BOX:
        snprintf(b->box[0].number, sizeof b->box[0].number, "%.15s", p->declared);
        break;
    case PLANT_CONVEYANCE:
        snprintf(s->conveyance, sizeof s->conveyance, "%.19s", p->declared);
        if (s->name[0])
            snprintf(s->name, sizeof s->name, "SENUELO DEL MAR");
        break;
    case PLANT_PLATE:
        for (int i = 0; i < s->bills; i++)
            snprintf(s->bill[i].box[0].plate, sizeof s->bill[i].box[0].plate, "%.7s", p->declared);
        break;
    case PLANT_RFC:
        snprintf(c->rfc, sizeof c->rfc, "%.13s", p->declared);
        break;
    case PLANT_PERSON:
        snprintf(s->driver.name, sizeof s->driver.name, "%.79s", p->declared);
        break;
    case PLANT_COMPANY:
        snprintf(c->name, sizeof c->name, "%.79s", p->declared);
        break;
    }
}

void plants_carry(struct plant plant[PLANTS], struct shipment *s, const char *file)
{
    for (int i = 0; i < PLANTS; i++) {
        struct plant *p = &plant[i];
        if (p->file[0] || p->dropped || p->form != s->form || s->at.minute / 60 < p->hour)
            continue;
        carry(p, s);
        snprintf(p->file, sizeof p->file, "%s", file);
        return; /* one a message: so each is found by itself */
    }
}

/* ---- what is written about them ---- */

static void alert(struct buf *b, const struct plant *p, int64_t day, bool decoy, bool withdrawn)
{
    int y, m, d;
    char date[48];

    date_of(day, &y, &m, &d);
    snprintf(date, sizeof date, "%04d-%02d-%02d", y, m, d);
    line_begin(b, "alert");
    line_text(b, "list", LIST);
    line_text(b, "number", p->number);
    line_text(b, "authority", EXERCISE_MARK);
    line_text(b, "subject", p->subject);
    line_text(b, "name", p->scheme ? p->number : p->value);
    line_text(b, "programme", decoy ? "decoy" : "exercise");
    line_text(b, "reason", "Planted in an exercise: no such person, company or conveyance exists");
    line_text(b, "issued", date);
    line_text(b, "status", withdrawn ? "withdrawn" : "active");
    line_text(b, "action_requested", "Look, decide, and write down why");
    line_end(b);
    if (!p->scheme)
        return;
    line_begin(b, "alert_identifier");
    line_text(b, "list", LIST);
    line_text(b, "number", p->number);
    line_text(b, "scheme", p->scheme);
    line_text(b, "value", p->value);
    line_end(b);
}

static void decoy(struct plant *p, int64_t day, int i)
{
    *p = (struct plant){.subject = i == 0   ? "container"
                                   : i == 1 ? "vehicle"
                                            : "person",
                        .scheme = i == 0   ? "container"
                                  : i == 1 ? "plate"
                                           : NULL};
    number_of(p->number, day, 90 + i);
    if (i == 0)
        number_container(p->value, "ZXDU", (int)(day % 900000));
    else
        snprintf(p->value, sizeof p->value, i == 1 ? "99ZZ%d9Z" : "Nadie Ninguno Jamás %d",
                 (int)(day % 10));
}

int plants_alerts(struct buf *b, const struct plant plant[PLANTS], int64_t day, bool before)
{
    int n = 0;

    for (int i = 0; i < PLANTS; i++)
        if (plant[i].before == before && !plant[i].dropped && (before || plant[i].file[0])) {
            alert(b, &plant[i], day, false, false);
            n++;
        } else if (!before && plant[i].twist == TWIST_WITHDRAWN && plant[i].file[0]) {
            alert(b, &plant[i], day, false, true);
            n++;
        }
    for (int i = 0; i < DECOYS && before; i++, n++) {
        struct plant p;
        decoy(&p, day, i);
        alert(b, &p, day, true, false);
    }
    return n;
}

static int expected(struct buf *b, const struct plant plant[PLANTS], bool withdrawn)
{
    int n = 0;

    for (int i = 0; i < PLANTS; i++) {
        const struct plant *p = &plant[i];
        if (p->dropped || !p->file[0] || (p->twist == TWIST_WITHDRAWN) != withdrawn)
            continue;
        buf_z(b, n++ ? ",\n  {" : "\n  {");
        line_text(b, "list", LIST);
        line_text(b, "number", p->number);
        line_text(b, "subject", p->subject);
        line_text(b, "basis", p->scheme ? "identifier" : "name");
        line_text(b, "scheme", p->scheme);
        line_text(b, "alert_value", p->value);
        line_text(b, "declared_value", p->declared);
        line_text(b, "alert_comes", p->before ? "before" : "after");
        if (p->twist == TWIST_MISTYPED)
            line_text(b, "mistyped", "check digit");
        line_text(b, "format", form_name(p->form));
        line_text(b, "file", p->file);
        buf_char(b, '}');
    }
    return n;
}

int plants_expected(struct buf *b, const struct plant plant[PLANTS], int64_t day)
{
    int n;

    buf_z(b, ",\n \"find\":[");
    n = expected(b, plant, false);
    buf_z(b, "],\n \"find_withdrawn\":[");
    expected(b, plant, true);
    buf_z(b, "],\n \"find_nothing\":[");
    for (int i = 0; i < DECOYS; i++) {
        struct plant p;
        decoy(&p, day, i);
        buf_z(b, i ? ",\n  {" : "\n  {");
        line_text(b, "list", LIST);
        line_text(b, "number", p.number);
        line_text(b, "alert_value", p.value);
        buf_char(b, '}');
    }
    buf_char(b, ']');
    return n;
}

/*
 * edifact.c: writes UN/EDIFACT CUSCAR: sea in D.95B, one message an interchange; truck in D.03B with a group, in the
 * shape that ACE takes (RFF and LOC behind EQD, DOC behind CNI). Texts are upper case (level A); ' + : ? are released
 * with a question mark.
 */
#include "exercise/internal.h"

struct edi {
    struct arena *arena;
    struct buf *b;
    int segments; /* since UNH, with it */
};

static void end(struct edi *x)
{
    buf_z(x->b, "'\n");
    x->segments++;
}

static void segment(struct edi *x, const char *z)
{
    buf_z(x->b, z);
    end(x);
}

static void text(struct edi *x, const char *z, size_t most)
{
    struct str s = fold(x->arena, z);

    for (size_t i = 0; i < s.n && i < most; i++) {
        if (strchr("'+:?", s.p[i]))
            buf_char(x->b, '?');
        buf_char(x->b, s.p[i]);
    }
}

/* A name over as many components of 35 as it needs, broken between words. */
static void long_text(struct edi *x, const char *z)
{
    struct str rest = fold(x->arena, z), word;
    size_t at = 0;

    while (str_split(&rest, ' ', &word)) {
        if (at && at + 1 + word.n > 35) {
            buf_char(x->b, ':');
            at = 0;
        } else if (at) {
            buf_char(x->b, ' ');
            at++;
        }
        text(x, arena_z(x->arena, word), 35);
        at += word.n;
    }
}

/* ---- truck, D.03B ---- */

static void truck_party(struct edi *x, const char *role, const struct company *c)
{
    buf_fmt(x->b, "NAD+%s+%s:109+", role, c->tax);
    text(x, c->street, 35);
    buf_char(x->b, '+');
    long_text(x, c->name);
    buf_z(x->b, "++");
    text(x, c->city, 35);
    if (c->mexican)
        buf_fmt(x->b, "++%s+MX", c->zip);
    else
        buf_fmt(x->b, "+%s:163+%s+US", c->state, c->zip);
    end(x);
}

static void truck_head(struct edi *x, const struct shipment *s)
{
    const struct box *t = &s->bill[0].box[0];
    struct str driver = fold(x->arena, s->driver.name);
    size_t cut = driver.n;

    while (cut > 0 && driver.p[cut - 1] != ' ')
        cut--;
    buf_fmt(x->b, "BGM+85:::STANDARD+%s+22", s->trip);
    end(x);
    buf_fmt(x->b, "DTM+132:%s:203", when_date(x->arena, s->at, "YMDhm"));
    end(x);
    buf_fmt(x->b, "LOC+60+%s:77", s->pair->us.port);
    end(x);
    buf_fmt(x->b, "RFF+ABO:%s", s->trip);
    end(x);
    buf_fmt(x->b, "NAD+CA+%s:172", s->carrier->scac);
    end(x);
    buf_fmt(x->b, "NAD+VW+%s:109++", s->driver.licence);
    text(x, arena_z(x->arena, str_n(driver.p + cut, driver.n - cut)), 35);
    buf_char(x->b, ':');
    text(x, arena_z(x->arena, str_trim(str_n(driver.p, cut))), 35);
    end(x);
    buf_fmt(x->b, "TDT+11++03+:::BT++I++:109::%s", s->conveyance);
    end(x);
    buf_fmt(x->b, "EQD+TL+%s:109", t->number);
    end(x);
    buf_fmt(x->b, "SEL+%s", t->seal[0]);
    end(x);
    buf_fmt(x->b, "RFF+ABZ:%s", t->plate);
    end(x);
    buf_fmt(x->b, "LOC+89+%s:163", s->pair->us.state);
    end(x);
}

static void truck_goods(struct edi *x, const struct bill *b, int i)
{
    const struct line *l = &b->line[i];

    buf_fmt(x->b, "GID+%d", i + 1);
    end(x);
    buf_fmt(x->b, "PAC+%d++%s", l->packages, l->good->pack);
    end(x);
    buf_z(x->b, "FTX+AAA+++");
    text(x, l->good->english, 45);
    end(x);
    buf_fmt(x->b, "MEA+AAI++K:%lld", line_kilograms(l));
    end(x);
    buf_fmt(x->b, "SGP+%s:109", b->box[0].number);
    end(x);
    if (l->good->undg) {
        buf_fmt(x->b, "DGS+ADR+%s+%s", l->good->class, l->good->undg);
        end(x);
    }
}

static void truck_bill(struct edi *x, const struct shipment *s, int i)
{
    const struct bill *b = &s->bill[i];

    buf_fmt(x->b, "CNI+%d+:23", i + 1);
    end(x);
    buf_fmt(x->b, "DOC+714:::61+%s::%s", b->number, s->carrier->scac);
    end(x);
    buf_fmt(x->b, "RFF+AAM:%s%s", s->carrier->scac, b->number);
    end(x);
    buf_fmt(x->b, "CNT+58:%d", bill_packages(b));
    end(x);
    buf_fmt(x->b, "LOC+9+%s:78", s->pair->mx.place);
    end(x);
    segment(x, "GEI+7+135");
    segment(x, "TDT+11");
    buf_fmt(x->b, "DTM+133:%s:102", when_date(x->arena, s->at, "YMD"));
    end(x);
    truck_party(x, "OS", &b->from);
    truck_party(x, "CN", &b->to);
    truck_party(x, "IM", &b->to);
    segment(x, "CTA+IC");
    segment(x, "COM+5550100:TE"); /* 555 01xx: numbers for fiction */
    for (int k = 0; k < b->lines; k++)
        truck_goods(x, b, k);
}

/* ---- sea, D.95B ---- */

static void sea_party(struct edi *x, const char *role, const struct company *c)
{
    buf_fmt(x->b, "NAD+%s++", role);
    text(x, c->name, 35);
    buf_char(x->b, ':');
    text(x, c->street, 35);
    buf_char(x->b, ':');
    text(x, c->city, 35);
    end(x);
}

static void sea_head(struct edi *x, const struct shipment *s, uint64_t control)
{
    struct when sailed = {s->at.day - 3, s->at.minute};

    buf_fmt(x->b, "BGM+85+%s%u+9", s->carrier->scac, (unsigned)control);
    end(x);
    buf_fmt(x->b, "DTM+137:%s:203", when_date(x->arena, sailed, "YMDhm"));
    end(x);
    buf_fmt(x->b, "NAD+MS+%s:172:166+", s->carrier->scac);
    text(x, s->carrier->name, 35);
    end(x);
    buf_fmt(x->b, "TDT+20+%s+1++%s:172:166:", s->trip, s->carrier->scac);
    text(x, s->carrier->name, 35);
    buf_fmt(x->b, "+++%s:146:11:", s->conveyance);
    text(x, s->name, 35);
    buf_fmt(x->b, ":%s", s->flag);
    end(x);
    buf_fmt(x->b, "LOC+60+%s:139", s->pair->mx.place);
    end(x);
    buf_fmt(x->b, "DTM+132:%s:203", when_date(x->arena, s->at, "YMDhm"));
    end(x);
    for (int i = 0; i < s->bills; i++)
        for (int k = 0; k < s->bill[i].boxes; k++) {
            const struct box *box = &s->bill[i].box[k];
            buf_fmt(x->b, "EQD+CN+%s+%s:102:5+++5", box->number, box->size);
            end(x);
            buf_fmt(x->b, "SEL+%s+CA", box->seal[0]);
            end(x);
        }
}

static void sea_bill(struct edi *x, const struct shipment *s, int i)
{
    const struct bill *b = &s->bill[i];

    buf_fmt(x->b, "CNI+%d+%s", i + 1, b->number);
    end(x);
    buf_fmt(x->b, "RFF+BM:%s", b->number);
    end(x);
    buf_fmt(x->b, "LOC+9+%s:139", s->pair->us.place);
    end(x);
    buf_fmt(x->b, "LOC+11+%s:139", s->pair->mx.place);
    end(x);
    sea_party(x, "CZ", &b->from);
    sea_party(x, "CN", &b->to);
    sea_party(x, "N1", &b->notify);
    for (int k = 0; k < b->lines; k++) {
        const struct line *l = &b->line[k];
        buf_fmt(x->b, "GID+%d+%d:%s", k + 1, l->packages, l->good->rec21);
        end(x);
        buf_z(x->b, "FTX+AAA+++");
        text(x, l->good->english, 45);
        end(x);
        buf_fmt(x->b, "MEA+AAE+G+KGM:%lld", line_kilograms(l));
        end(x);
        buf_fmt(x->b, "SGP+%s", b->box[l->box].number);
        end(x);
        if (l->good->undg) {
            buf_fmt(x->b, "DGS+IMD+%s+%s", l->good->class, l->good->undg);
            end(x);
        }
    }
}

void edifact_cuscar(struct arena *a, struct buf *b, const struct shipment *s, uint64_t control)
{
    struct edi x = {a, b, 0};
    bool sea = s->pair->way == WAY_SEA;
    unsigned n = (unsigned)(control % 1000000000);

    if (sea)
        buf_fmt(b, "UNB+UNOA:1+%s+ADUANA%s+%s:%s+%u'\n", EXERCISE_MARK, s->pair->mx.port,
                when_date(a, s->at, "yMD"), when_date(a, s->at, "hm"), n);
    else
        buf_fmt(b,
                "UNB+UNOA:4+%s:ZZ+CBP-ACE-TEST:ZZ+%s:%s+%u++ACE'\nUNG+CUSCAR+%s:ZZ+CBP-ACE-TEST:ZZ+%s:%s+%"
                "u+UN+D:03B'\n",
                EXERCISE_MARK, when_date(a, s->at, "YMD"), when_date(a, s->at, "hm"), n, EXERCISE_MARK,
                when_date(a, s->at, "YMD"), when_date(a, s->at, "hm"), n);
    buf_fmt(b, "UNH+%u+CUSCAR:D:%s:UN", n, sea ? "95B" : "03B");
    end(&x);
    if (sea)
        sea_head(&x, s, control);
    else
        truck_head(&x, s);
    for (int i = 0; i < s->bills; i++)
        (sea ? sea_bill : truck_bill)(&x, s, i);
    buf_fmt(b, "UNT+%d+%u'\n", x.segments + 1, n);
    if (!sea)
        buf_fmt(b, "UNE+1+%u'\n", n);
    buf_fmt(b, "UNZ+1+%u'\n", n);
}

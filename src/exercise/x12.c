/*
 * x12.c: writes ASC X12 309 (Customs Manifest): ocean in 004010, as real ones are sent, and truck in 005020. X12
 * has no release character, so texts are folded to upper case ASCII and lose what delimits.
 *
 *   ISA  GS  ST  M10 (conveyance)  P4 (port)  { LX  M11 (bill)  { N1 N3 N4 }  { VID  [M7]  { N10  [H1] } } }  SE  GE  IEA
 */
#include "exercise/internal.h"

#define SCHEDULE_K_OTHER "20195" /* Mexican places without a code of their own */

struct x12 {
    struct arena *arena;
    struct buf *b;
    int segments; /* since ST, with it */
};

static void end(struct x12 *x)
{
    buf_z(x->b, "~\n");
    x->segments++;
}

/* A text element: "*" and at most `most` bytes. */
static void text(struct x12 *x, const char *z, size_t most)
{
    struct str s = fold(x->arena, z);

    buf_char(x->b, '*');
    for (size_t i = 0; i < s.n && i < most; i++)
        buf_char(x->b, strchr("*~>^", s.p[i]) ? ' ' : s.p[i]);
}

static void party(struct x12 *x, const char *entity, const struct company *c)
{
    buf_fmt(x->b, "N1*%s", entity);
    text(x, c->name, 60);
    end(x);
    buf_z(x->b, "N3");
    text(x, c->street, 55);
    end(x);
    buf_z(x->b, "N4");
    text(x, c->city, 30);
    buf_fmt(x->b, "*%.2s*%s*%s", c->mexican ? "" : c->state, c->zip, c->mexican ? "MX" : "US");
    end(x);
}

static void goods(struct x12 *x, const struct bill *b, int box)
{
    for (int i = 0; i < b->lines; i++) {
        const struct line *l = &b->line[i];
        if (l->box != box)
            continue;
        buf_fmt(x->b, "N10*%d", l->packages);
        text(x, l->good->english, 45);
        buf_fmt(x->b, "*NO MARKS*J*%.6s*%lld*K*%lld", l->good->hs, (long long)l->cents / 100 + 1,
                line_kilograms(l));
        end(x);
        if (l->good->undg) {
            buf_fmt(x->b, "H1*UN%s*%s", l->good->undg, l->good->class);
            end(x);
        }
    }
}

static void equipment(struct x12 *x, const struct shipment *s, const struct bill *b, int i)
{
    const struct box *box = &b->box[i];

    if (s->pair->way == WAY_SEA)
        buf_fmt(x->b, "VID*%s*%.4s*%s*%s*%s****%s*L", box->size[0] == '2' ? "2B" : "4B", box->number,
                box->number + 4, box->seal[0], box->seal[1], box->size);
    else
        buf_fmt(x->b, "VID*TL**%s*%s", box->number, box->seal[0]);
    end(x);
    if (s->pair->way == WAY_ROAD && box->seal[1][0]) {
        buf_fmt(x->b, "M7*%s", box->seal[1]);
        end(x);
    }
    goods(x, b, i);
}

static void bill(struct x12 *x, const struct shipment *s, int i)
{
    const struct bill *b = &s->bill[i];

    buf_fmt(x->b, "LX*%d", i + 1);
    end(x);
    buf_fmt(x->b, "M11*%s*%s*%d*%s*%lld*K***00", b->number,
            s->pair->schedule_k ? s->pair->schedule_k : SCHEDULE_K_OTHER, bill_packages(b),
            b->line[0].good->pack, bill_kilograms(b));
    text(x, s->pair->mx.name, 17);
    buf_fmt(x->b, "**%s", s->carrier->scac);
    end(x);
    party(x, "SH", &b->from);
    party(x, "CN", &b->to);
    party(x, "N1", &b->notify);
    for (int k = 0; k < b->boxes; k++)
        equipment(x, s, b, k);
}

static void manifest(struct x12 *x, const struct shipment *s, uint64_t control)
{
    bool sea = s->pair->way == WAY_SEA;

    buf_fmt(x->b, "ST*309*%04u", (unsigned)(control % 10000));
    end(x);
    buf_fmt(x->b, "M10*%s*%s*%s*%s", s->carrier->scac, sea ? "O" : "J", s->flag, sea ? s->conveyance : "");
    text(x, s->name, 28);
    buf_fmt(x->b, "*%s*%s%u*%d%s", s->trip, s->carrier->scac, (unsigned)control, s->bills,
            sea ? "*Y*L" : "");
    end(x);
    buf_fmt(x->b, "P4*%s*%s*%d**%s", s->pair->us.port, when_date(x->arena, s->at, "YMD"), s->bills,
            when_date(x->arena, s->at, "hm"));
    end(x);
    for (int i = 0; i < s->bills; i++)
        bill(x, s, i);
    buf_fmt(x->b, "SE*%d*%04u~\n", x->segments + 1, (unsigned)(control % 10000));
}

void x12_309(struct arena *a, struct buf *b, const struct shipment *s, uint64_t control)
{
    struct x12 x = {a, b, 0};
    bool sea = s->pair->way == WAY_SEA;
    unsigned group = (unsigned)(control % 1000000000);

    buf_fmt(b, "ISA*00*          *00*          *ZZ*%-15s*ZZ*%-15s*%s*%s*%c*%s*%09u*0*T*>~\n", EXERCISE_MARK,
            "USCBP", when_date(a, s->at, "yMD"), when_date(a, s->at, "hm"), sea ? 'U' : '^',
            sea ? "00401" : "00502", group);
    buf_fmt(b, "GS*%s*%s*USCBP*%s*%s*%u*X*%s~\n", sea ? "SO" : "AQ", EXERCISE_MARK,
            when_date(a, s->at, "YMD"), when_date(a, s->at, "hm"), group, sea ? "004010" : "005020");
    manifest(&x, s, control);
    buf_fmt(b, "GE*1*%u~\nIEA*1*%09u~\n", group, group);
}

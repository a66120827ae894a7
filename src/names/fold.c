/*
 * fold.c: any script to lower-case Latin letters. What a table can say is said by a table (Latin with all its marks,
 * Greek, Cyrillic, Arabic and Persian, Hebrew, Hangul); ICU is asked only for what is left: Han by its Mandarin
 * reading, kana, Thai, Georgian, Armenian, the scripts of India.
 */
#include "names/internal.h"

#include "base/normalise.h"

struct folding {
    struct arena *a;
    char *to;
    size_t n, cap;
    enum name_of of;
    uint32_t last; /* Arabic letter put before */
};

/* ---- tables ---- */

/* Two letters a cell, '.' = none. */
static const char latin[] = /* U+00A0 to U+024F */
    "....................a...............................o..........."
    "a.a.a.a.a.a.aec.e.e.e.e.i.i.i.i.d.n.o.o.o.o.o...o.u.u.u.u.y.thss"
    "a.a.a.a.a.a.aec.e.e.e.e.i.i.i.i.d.n.o.o.o.o.o...o.u.u.u.u.y.thy."
    "a.a.a.a.a.a.c.c.c.c.c.c.c.c.d.d.d.d.e.e.e.e.e.e.e.e.e.e.g.g.g.g."
    "g.g.g.g.h.h.h.h.i.i.i.i.i.i.i.i.i.i.ijijj.j.k.k.k.l.l.l.l.l.l.l."
    "l.l.l.n.n.n.n.n.n.n.ngngo.o.o.o.o.o.oeoer.r.r.r.r.r.s.s.s.s.s.s."
    "s.s.t.t.t.t.t.t.u.u.u.u.u.u.u.u.u.u.u.u.w.w.y.y.y.z.z.z.z.z.z.s."
    "b.b.........o.c.c.d.d.d.d...e.a.e.f.f.g.ghhvi.i.k.k.l...u.n.n.o."
    "o.o.....p.p.r.....sh....t.t.t.u.u.u.v.y.y.z.z.zh..............w."
    "........dzdzdzljljljnjnjnja.a.i.i.o.o.u.u.u.u.u.u.u.u.u.u.e.a.a."
    "a.a.aeaeg.g.g.g.k.k.o.o.o.o.zhzhj.dzdzdzg.g.hvw.n.n.a.a.aeaeo.o."
    "a.a.a.a.e.e.e.e.i.i.i.i.o.o.o.o.r.r.r.r.u.u.u.u.s.s.t.t.y.y.h.h."
    "n.d.ououz.z.a.a.e.e.o.o.o.o.o.o.o.o.y.y.l.n.t.j.....a.c.c.l.t..."
    "......b.u...e.e.j.j.....r.r.y.y.";
static const char vietnamese[] = /* U+1E00 to U+1EFF */
    "a.a.b.b.b.b.b.b.c.c.d.d.d.d.d.d.d.d.d.d.e.e.e.e.e.e.e.e.e.e.f.f."
    "g.g.h.h.h.h.h.h.h.h.h.h.i.i.i.i.k.k.k.k.k.k.l.l.l.l.l.l.l.l.m.m."
    "m.m.m.m.n.n.n.n.n.n.n.n.o.o.o.o.o.o.o.o.p.p.p.p.r.r.r.r.r.r.r.r."
    "s.s.s.s.s.s.s.s.s.s.t.t.t.t.t.t.t.t.u.u.u.u.u.u.u.u.u.u.v.v.v.v."
    "w.w.w.w.w.w.w.w.w.w.x.x.x.x.y.y.z.z.z.z.z.z.h.t.w.y...s.....ss.."
    "a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.e.e.e.e.e.e.e.e."
    "e.e.e.e.e.e.e.e.i.i.i.i.o.o.o.o.o.o.o.o.o.o.o.o.o.o.o.o.o.o.o.o."
    "o.o.o.o.u.u.u.u.u.u.u.u.u.u.u.u.u.u.y.y.y.y.y.y.y.y.............";
static const char greek[] = /* U+0370 to U+03FF */
    "............................................a...e.i.i...o...y.o."
    "i.a.v.g.d.e.z.i.thi.k.l.m.n.x.o.p.r...s.t.y.f.chpso.i.y.a.e.i.i."
    "y.a.v.g.d.e.z.i.thi.k.l.m.n.x.o.p.r.s.s.t.y.f.chpso.i.y.o.y.o..."
    "................................................................"
    "........th......................";
static const char arabic[] = /* U+0621 to U+064A */
    "..a.a.u.i.i.a.b.a.t.thj.h.khd.dhr.z.s.shs.d.t.z.a.gh............"
    "f.q.k.l.m.n.h.w.a.y.";
static const char hebrew[] = /* U+05D0 to U+05EA */
    "a.b.g.d.h.v.z.h.t.y.k.k.l.m.m.n.n.s.a.f.p.tstsk.r.sht.";

static const char *const cyrillic[] = {
    /* U+0430 to U+045F; the capitals stand 0x20 and 0x50 before */
    "a", "b", "v",  "g", "d",  "e",  "zh", "z",  "i",  "y",    "k",  "l", "m", "n", "o",  "p",
    "r", "s", "t",  "u", "f",  "kh", "ts", "ch", "sh", "shch", "",   "y", "",  "e", "yu", "ya",
    "e", "e", "dj", "g", "ye", "dz", "i",  "yi", "j",  "lj",   "nj", "c", "k", "i", "u",  "dz",
};

struct cell {
    uint16_t c;
    const char *letters;
};

/* Letters that stand outside of the tables. */
static const struct cell others[] = {
    {0x0490, "g"}, {0x0491, "g"}, {0x0492, "g"},  {0x0493, "g"}, {0x049a, "k"}, {0x049b, "k"},
    {0x04a2, "n"}, {0x04a3, "n"}, {0x04ae, "u"},  {0x04af, "u"}, {0x04b0, "u"}, {0x04b1, "u"},
    {0x04b2, "h"}, {0x04b3, "h"}, {0x04b6, "j"},  {0x04b7, "j"}, {0x04ba, "h"}, {0x04bb, "h"},
    {0x04d8, "a"}, {0x04d9, "a"}, {0x04e2, "i"},  {0x04e3, "i"}, {0x04e8, "o"}, {0x04e9, "o"},
    {0x04ee, "u"}, {0x04ef, "u"}, {0x0671, "a"},  {0x067e, "p"}, {0x0679, "t"}, {0x0686, "ch"},
    {0x0688, "d"}, {0x0691, "r"}, {0x0698, "zh"}, {0x06a4, "v"}, {0x06a9, "k"}, {0x06af, "g"},
    {0x06ba, "n"}, {0x06be, "h"}, {0x06c0, "a"},  {0x06c1, "h"}, {0x06cc, "y"}, {0x06d2, "i"},
};

/* ---- characters ---- */

/* The next character; a byte that is none is U+FFFD. */
static uint32_t next_char(struct str s, size_t *i)
{
    unsigned char c = (unsigned char)s.p[(*i)++];
    size_t more = c >= 0xf0 && c < 0xf5 ? 3 : c >= 0xe0 ? 2 : c >= 0xc2 ? 1 : 0;
    uint32_t u = more == 3 ? c & 7u : more == 2 ? c & 15u : c & 31u;

    if (c < 0x80)
        return c;
    if (more == 0 || c >= 0xf5 || s.n - *i < more)
        return 0xfffd;
    for (size_t k = 0; k < more; k++) {
        unsigned char d = (unsigned char)s.p[*i + k];
        if ((d & 0xc0) != 0x80)
            return 0xfffd;
        u = u << 6 | (d & 63u);
    }
    *i += more;
    return u;
}

static void put(struct folding *f, char c)
{
    if (f->n < f->cap)
        f->to[f->n++] = c;
}

static void put_z(struct folding *f, const char *z)
{
    for (; *z; z++)
        put(f, *z);
}

static void put_cell(struct folding *f, const char *cell)
{
    for (int i = 0; i < 2 && cell[i] != '.'; i++)
        put(f, cell[i]);
}

static bool in_word(const struct folding *f)
{
    return f->n && f->to[f->n - 1] >= 'a' && f->to[f->n - 1] <= 'z';
}

/* Marks of all kinds to the few that reading knows. 0 = it is no mark. */
static char mark_of(uint32_t u)
{
    if (u < 0x80)
        return strchr(",()\".-'/&", (int)u) && u ? (char)u : ' ';
    if (u == 0x2019 || u == 0x2018 || u == 0x02bc || u == 0x02bb || u == 0xb4 || u == 0x02b9 ||
        u == 0x05f3 || u == 0x201b || u == 0x2032 || u == 0x02be || u == 0x02bf)
        return '\'';
    if ((u >= 0x2010 && u <= 0x2015) || u == 0x2212)
        return '-';
    if (u == 0xab || u == 0xbb || (u >= 0x201c && u <= 0x201f) || u == 0x05f4)
        return '"';
    if (u == 0x060c || u == 0x3001 || u == 0xff0c)
        return ',';
    if (u == 0xff08 || u == 0x3008)
        return '(';
    if (u == 0xff09 || u == 0x3009)
        return ')';
    if (u == 0xa0 || u == 0xb7 || u == 0x30fb || (u >= 0x2000 && u <= 0x206f) ||
        (u >= 0x3000 && u <= 0x303f) || (u >= 0xa1 && u < 0xc0) || u == 0xd7 || u == 0xf7 || u == 0xfffd ||
        (u >= 0x2070 && u < 0x2c00))
        return ' ';
    return 0;
}

/* What stands for nothing: marks upon letters, signs of direction, the stretch of Arabic. */
static bool is_silent(uint32_t u)
{
    return (u >= 0x0300 && u <= 0x036f) || (u >= 0x064b && u <= 0x065f) || u == 0x0640 || u == 0x0670 ||
           (u >= 0x0591 && u <= 0x05c7) || (u >= 0x200b && u <= 0x200f) || (u >= 0x202a && u <= 0x202e) ||
           (u >= 0x2066 && u <= 0x2069) || u == 0xfeff || u == 0xad || u == 0x0610;
}

/* ---- scripts ---- */

/* Arabic and Hebrew: waw and ya are vowels inside a word; the article is a word of its own. */
static void put_unvowelled(struct folding *f, uint32_t u)
{
    bool inside = in_word(f);

    if (!inside && !(f->n && f->to[f->n - 1] == '~'))
        put(f, '~');
    if (u == 0x644 && f->n >= 4 && memcmp(f->to + f->n - 4, "al-~", 4) == 0) { /* Allah has no article */
        f->n -= 4;
        put_z(f, "~all");
    } else if (u >= 0x621 && u <= 0x64a) {
        if ((u == 0x648 || u == 0x64a) && inside)
            put(f, u == 0x648 ? 'u' : 'i');
        else
            put_cell(f, arabic + 2 * (u - 0x621));
        if (u == 0x644 && f->last == 0x627 && f->n >= 3 && memcmp(f->to + f->n - 3, "~al", 3) == 0) {
            f->n -= 3;
            put_z(f, "al-~");
        }
    } else if (u >= 0x5d0 && u <= 0x5ea) {
        if ((u == 0x5d5 || u == 0x5d9) && inside)
            put(f, u == 0x5d5 ? 'u' : 'i');
        else
            put_cell(f, hebrew + 2 * (u - 0x5d0));
    } else if (u == 0x6cc) {
        put(f, inside ? 'i' : 'y');
    }
    f->last = u;
}

static bool put_other(struct folding *f, uint32_t u)
{
    for (size_t i = 0; i < COUNT(others); i++)
        if (others[i].c == u) {
            if (u >= 0x600 && !in_word(f))
                put(f, '~');
            put_z(f, others[i].letters);
            return true;
        }
    return false;
}

static void put_greek(struct folding *f, uint32_t u)
{
    bool upsilon = u == 0x3c5 || u == 0x3cd || u == 0x3a5 || u == 0x38e;

    if (upsilon && f->n && f->to[f->n - 1] == 'o')
        put(f, 'u');
    else
        put_cell(f, greek + 2 * (u - 0x370));
}

/* False when no table knows it. */
static bool put_letter(struct folding *f, uint32_t u)
{
    if (u >= 0xa0 && u < 0x250)
        put_cell(f, latin + 2 * (u - 0xa0));
    else if (u >= 0x1e00 && u < 0x1f00)
        put_cell(f, vietnamese + 2 * (u - 0x1e00));
    else if (u >= 0x370 && u < 0x400)
        put_greek(f, u);
    else if (u >= 0x400 && u < 0x460)
        put_z(f, cyrillic[u >= 0x430 ? u - 0x430 : u >= 0x410 ? u - 0x410 : u - 0x400 + 0x20]);
    else if ((u >= 0x621 && u <= 0x64a) || (u >= 0x5d0 && u <= 0x5ea) || u == 0x6cc)
        put_unvowelled(f, u);
    else if (u >= 0x660 && u <= 0x669)
        put(f, (char)('0' + (u - 0x660)));
    else if (u >= 0x6f0 && u <= 0x6f9)
        put(f, (char)('0' + (u - 0x6f0)));
    else
        return put_other(f, u);
    return true;
}

/* ---- Hangul and what ICU reads ---- */

static bool is_hangul(uint32_t u)
{
    return u >= 0xac00 && u <= 0xd7a3;
}

static bool is_han(uint32_t u)
{
    return (u >= 0x4e00 && u <= 0x9fff) || (u >= 0x3400 && u <= 0x4dbf) || (u >= 0xf900 && u <= 0xfaff);
}

/* Revised Romanization, syllable by syllable. */
static void put_syllable(struct folding *f, uint32_t u, bool family)
{
    static const char *const first[] = {"g",  "kk", "n", "d",  "tt", "r", "m", "b", "pp", "s",
                                        "ss", "",   "j", "jj", "ch", "k", "t", "p", "h"};
    static const char *const vowel[] = {"a",  "ae", "ya", "yae", "eo", "e",  "yeo", "ye", "o",  "wa", "wae",
                                        "oe", "yo", "u",  "wo",  "we", "wi", "yu",  "eu", "ui", "i"};
    static const char *const last[] = {"",  "k",  "k", "k", "n", "n", "n", "t", "l", "k",
                                       "m", "l",  "l", "l", "p", "l", "m", "p", "p", "t",
                                       "t", "ng", "t", "t", "k", "t", "p", "t"};
    uint32_t s = u - 0xac00;

    if (family && u == 0xc774) { /* its one vowel would be an initial */
        put_z(f, "lee");
        return;
    }
    put_z(f, first[s / 588]);
    put_z(f, vowel[s % 588 / 28]);
    put_z(f, last[s % 28]);
}

/* A Korean of two to four syllables: the first is the family name. */
static size_t put_hangul(struct folding *f, struct str s)
{
    size_t count = 0, i = 0, end = 0, k = 0;
    bool person;

    for (size_t at = 0; at < s.n; count++, end = at)
        if (!is_hangul(next_char(s, &at)))
            break;
    person = f->of != NAME_COMPANY && f->of != NAME_VESSEL && count >= 2 && count <= 4 && !in_word(f) &&
             memchr(s.p + end, ' ', s.n - end) == NULL && !(f->n && f->to[0] != ' ');
    for (; i < end; k++) {
        put_syllable(f, next_char(s, &i), person && k == 0);
        if (person && k == 0)
            put(f, ' ');
    }
    put(f, ' ');
    return end;
}

/* Family names of two syllables. */
static bool is_double_family(const char *a, size_t an, const char *b, size_t bn)
{
    static const char *const doubles[] = {"ouyang", "sima",     "zhuge",  "shangguan", "huangfu", "gongsun",
                                          "xiahou", "dongfang", "linghu", "murong",    "situ",    "duanmu"};
    char both[16];

    if (an + bn >= sizeof both)
        return false;
    memcpy(both, a, an);
    memcpy(both + an, b, bn);
    both[an + bn] = '\0';
    for (size_t i = 0; i < COUNT(doubles); i++)
        if (strcmp(doubles[i], both) == 0)
            return true;
    return false;
}

/* Syllables of a run of Han, with blanks between, as words: a person's family name and given name; otherwise by
 * twos, as most words are. */
static void put_syllables(struct folding *f, struct str s)
{
    struct str part[64];
    size_t n = 0, cut = 2;
    bool person;

    for (struct str rest = s; n < COUNT(part) && str_split(&rest, ' ', &part[n]);)
        n += part[n].n > 0;
    person = f->of != NAME_COMPANY && f->of != NAME_VESSEL && n >= 2 && n <= 4;
    if (person)
        cut = n >= 3 && is_double_family(part[0].p, part[0].n, part[1].p, part[1].n) ? 2 : 1;
    for (size_t i = 0; i < n; i++) {
        if (person ? i == cut : i && i % cut == 0)
            put(f, ' ');
        for (size_t k = 0; k < part[i].n; k++)
            put(f, part[i].p[k]);
    }
    put(f, ' ');
}

/* A run of characters that no table knows, as ICU says it. */
static size_t put_by_icu(struct folding *f, struct str s)
{
    size_t end = 0, n = 0;
    bool han = true;
    struct str got;
    char *low;

    for (size_t at = 0; at < s.n; end = at) {
        uint32_t u = next_char(s, &at);
        if (u < 0x0530 || mark_of(u) || is_hangul(u) || (end && is_han(u) != han))
            break;
        han = is_han(u);
    }
    if (end == 0)
        (void)next_char(s, &end);
    got = normal_transliterate(f->a, str_n(s.p, end));
    low = arena_alloc(f->a, got.n + 1);
    for (size_t i = 0; i < got.n; i++) {
        char c = got.p[i];
        if (c >= 'A' && c <= 'Z')
            low[n++] = (char)(c - 'A' + 'a');
        else if ((c >= '0' && c <= '9') || c == ' ')
            low[n++] = c;
    }
    if (han && n) {
        put(f, ' ');
        put_syllables(f, str_n(low, n));
    } else {
        for (size_t i = 0; i < n; i++)
            put(f, low[i]);
    }
    return end;
}

/* UTF-8 that was taken for Latin-1 or Windows-1252 on its way: the letter that was meant by `u` and the character
 * behind it, or 0. Moves *i behind both. */
static uint32_t unscrambled(struct str s, uint32_t u, size_t *i)
{
    static const uint16_t cp1252[] = {0x20ac, 0,      0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
                                      0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0,      0x017d, 0,
                                      0,      0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
                                      0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,      0x017e, 0x0178};
    size_t at = *i;
    uint32_t next = (u == 0xc3 || u == 0xc2) && at < s.n ? next_char(s, &at) : 0;

    for (uint32_t k = 0; next > 0xbf && k < COUNT(cp1252); k++)
        if (cp1252[k] == next)
            next = 0x80 + k;
    if (next < 0x80 || next > 0xbf)
        return 0;
    *i = at;
    return u == 0xc3 ? next + 0x40 : next;
}

/* A letter that was lost on its way: a question mark inside a word. */
static bool lost(const struct folding *f, struct str s, size_t next, uint32_t u)
{
    unsigned char c = next < s.n ? (unsigned char)s.p[next] : ' ';

    return (u == '?' || u == 0xfffd) && in_word(f) && (c >= 0x80 || ((c | 32) >= 'a' && (c | 32) <= 'z'));
}

struct str names_fold(struct arena *a, struct str s, enum name_of of)
{
    struct folding f = {.a = a, .cap = 6 * s.n + 16, .of = of};

    f.to = arena_alloc(a, f.cap);
    for (size_t i = 0; i < s.n;) {
        unsigned char c = (unsigned char)s.p[i];
        size_t at = i;
        uint32_t u, mended;
        char mark;

        if (c < 0x80) {
            i++;
            if (c >= 'A' && c <= 'Z')
                put(&f, (char)(c - 'A' + 'a'));
            else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
                put(&f, (char)c);
            else if (!lost(&f, s, i, c))
                put(&f, mark_of(c));
            continue;
        }
        u = next_char(s, &i);
        if ((mended = unscrambled(s, u, &i)) != 0)
            u = mended;
        if (lost(&f, s, i, u))
            continue;
        if (u >= 0xff01 && u <= 0xff5e)
            u -= 0xfee0;
        if (u < 0x80 || (mark = mark_of(u)) != 0)
            put(&f, u >= '0' && u <= '9'                             ? (char)u
                    : u < 0x80 && (u | 32) >= 'a' && (u | 32) <= 'z' ? (char)(u | 32)
                                                                     : mark_of(u));
        else if (is_silent(u) || put_letter(&f, u))
            continue;
        else
            i = at + (is_hangul(u) ? put_hangul(&f, str_n(s.p + at, s.n - at))
                                   : put_by_icu(&f, str_n(s.p + at, s.n - at)));
    }
    return str_n(f.to, f.n);
}

/* ids.c: check digits and shapes; the sources of the formulas stand in ids.h. */
#include "schema/ids.h"

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool all_digits(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!digit(s.p[i]))
            return false;
    return s.n > 0;
}

static unsigned number(char c)
{
    return (unsigned)(c - '0');
}

/* In the pattern, A stands for a letter, 9 for a digit, any other sign for itself. */
static bool matches(struct str s, const char *pattern)
{
    if (s.n != strlen(pattern))
        return false;
    for (size_t i = 0; i < s.n; i++)
        if (pattern[i] == 'A' ? !upper(s.p[i]) : pattern[i] == '9' ? !digit(s.p[i]) : s.p[i] != pattern[i])
            return false;
    return true;
}

static bool container(struct str s)
{
    unsigned sum = 0;

    if (!matches(s, "AAAA9999999"))
        return false;
    for (size_t i = 0; i < 10; i++) {
        unsigned v = number(s.p[i]);
        if (upper(s.p[i])) {
            unsigned letter = (unsigned)(s.p[i] - 'A');
            v = 10 + letter + (letter >= 1) + (letter >= 11) + (letter >= 21);
        }
        sum += v << i;
    }
    return sum % 11 % 10 == number(s.p[10]);
}

static bool imo(struct str s)
{
    unsigned sum = 0;

    if (str_starts(s, S("IMO")))
        s = str_trim(str_n(s.p + 3, s.n - 3));
    if (!matches(s, "9999999"))
        return false;
    for (unsigned i = 0; i < 6; i++)
        sum += number(s.p[i]) * (7 - i);
    return sum % 10 == number(s.p[6]);
}

/* The maritime identification digits in use, in hundreds from 2 to 7: a table of the ITU. */
static bool mid(unsigned n)
{
    static const struct {
        uint16_t from, to;
    } used[] = {
        {201, 216}, {218, 220}, {224, 259}, {261, 279}, {301, 301}, {303, 312}, {314, 314}, {316, 316},
        {319, 319}, {321, 321}, {323, 323}, {325, 325}, {327, 327}, {329, 332}, {334, 334}, {336, 336},
        {338, 339}, {341, 341}, {343, 343}, {345, 345}, {347, 348}, {350, 359}, {361, 362}, {364, 364},
        {366, 379}, {401, 401}, {403, 403}, {405, 405}, {408, 408}, {410, 410}, {412, 414}, {416, 417},
        {419, 419}, {422, 423}, {425, 425}, {428, 428}, {431, 432}, {434, 434}, {436, 438}, {440, 441},
        {443, 443}, {445, 445}, {447, 447}, {450, 451}, {453, 453}, {455, 455}, {457, 457}, {459, 459},
        {461, 461}, {463, 463}, {466, 466}, {468, 468}, {470, 473}, {475, 475}, {477, 478}, {501, 501},
        {503, 503}, {506, 506}, {508, 508}, {510, 512}, {514, 516}, {518, 518}, {520, 520}, {523, 523},
        {525, 525}, {529, 529}, {531, 531}, {533, 533}, {536, 536}, {538, 538}, {540, 540}, {542, 542},
        {544, 544}, {546, 546}, {548, 548}, {550, 550}, {553, 553}, {555, 555}, {557, 557}, {559, 559},
        {561, 561}, {563, 567}, {570, 570}, {572, 572}, {574, 574}, {576, 578}, {601, 601}, {603, 603},
        {605, 605}, {607, 613}, {615, 622}, {624, 627}, {629, 638}, {642, 642}, {644, 645}, {647, 647},
        {649, 650}, {654, 657}, {659, 672}, {674, 679}, {701, 701}, {710, 710}, {720, 720}, {725, 725},
        {730, 730}, {735, 735}, {740, 740}, {745, 745}, {750, 750}, {755, 755}, {760, 760}, {765, 765},
        {770, 770}, {775, 775},
    };

    for (size_t i = 0; i < COUNT(used); i++)
        if (n >= used[i].from && n <= used[i].to)
            return true;
    return false;
}

static bool mmsi(struct str s)
{
    return matches(s, "999999999") && mid(number(s.p[0]) * 100 + number(s.p[1]) * 10 + number(s.p[2]));
}

/* 24 bits; all zeroes and all ones are no aircraft's. */
static bool icao_address(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!digit(s.p[i]) && (s.p[i] < 'A' || s.p[i] > 'F') && (s.p[i] < 'a' || s.p[i] > 'f'))
            return false;
    return s.n == 6 && !str_eq(s, S("000000")) && !str_eq(s, S("FFFFFF")) && !str_eq(s, S("ffffff"));
}

static unsigned vin_value(char c)
{
    /* A-H = 1-8, J-N = 1-5, P = 7, R = 9, S-Z = 2-9 */
    static const char letters[] = "12345678" /* A-H */ "0"
                                  "12345" /* J-N */ "0"
                                  "7"
                                  "0"
                                  "9"
                                  "23456789";
    return digit(c) ? number(c) : number(letters[c - 'A']);
}

static bool vin(struct str s)
{
    static const unsigned weight[17] = {8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2};
    unsigned sum = 0;

    if (s.n != 17)
        return false;
    for (size_t i = 0; i < 17; i++) {
        char c = s.p[i];
        if ((!digit(c) && !upper(c)) || c == 'I' || c == 'O' || c == 'Q')
            return false;
        sum += vin_value(c) * weight[i];
    }
    return s.p[0] < '1' || s.p[0] > '5' || s.p[8] == "0123456789X"[sum % 11];
}

static bool born(const char *p)
{
    /* YYMMDD: whether 1900 or 2000 does not matter but for 29 February 1900 */
    return date_valid(2000 + (int)(number(p[0]) * 10 + number(p[1])),
                      (int)(number(p[2]) * 10 + number(p[3])), (int)(number(p[4]) * 10 + number(p[5])));
}

/* The Ñ takes two bytes in UTF-8; here it is one sign, ENYE. */
enum { ENYE = 1 };
static bool narrow(struct str s, char *to, size_t n)
{
    size_t k = 0;

    for (size_t i = 0; i < s.n; i++, k++) {
        if (k == n)
            return false;
        to[k] = s.p[i];
        if (i + 1 < s.n && memcmp(s.p + i, "\xc3\x91", 2) == 0) {
            to[k] = ENYE;
            i++;
        }
    }
    return k == n;
}

static int place_in(const char *alphabet, char c)
{
    const char *hit = c ? strchr(alphabet, c) : NULL;
    return hit ? (int)(hit - alphabet) : -1;
}

static bool curp(struct str s)
{
    static const char alphabet[] = "0123456789ABCDEFGHIJKLMN\001OPQRSTUVWXYZ";
    char p[18];
    int sum = 0;

    if (!narrow(s, p, sizeof p))
        return false;
    for (int i = 0; i < 17; i++) {
        int v = place_in(alphabet, p[i]);
        bool letter = v >= 10, wants_digit = i >= 4 && i < 10;
        if (v < 0 || (i < 16 && letter == wants_digit))
            return false;
        sum += v * (18 - i);
    }
    return born(p + 4) && digit(p[17]) && number(p[17]) == (unsigned)((10 - sum % 10) % 10);
}

static bool rfc(struct str s)
{
    static const char alphabet[] = "0123456789ABCDEFGHIJKLMN&OPQRSTUVWXYZ \001";
    static const char digits[] = "0123456789A";
    char p[13];
    size_t letters = 4;
    int sum = 0;

    if (str_eq(s, S("XAXX010101000")) || str_eq(s, S("XEXX010101000")))
        return true;
    if (!narrow(s, p, 13)) {
        /* a company's: as if it began with a blank */
        p[0] = ' ';
        if (!narrow(s, p + 1, 12))
            return false;
        letters = 3;
    }
    for (size_t i = 0; i < 12; i++) {
        int v = place_in(alphabet, p[i]);
        if (v < 0 || (i < 4 && v < 10) || (i == 0 && letters == 4 && p[i] == ' ') || (i > 0 && p[i] == ' '))
            return false;
        if (i >= 4 && i < 10 && v > 9)
            return false;
        sum += v * (13 - (int)i);
    }
    return born(p + 4) && p[12] == digits[(11 - sum % 11) % 11];
}

static bool cas(struct str s)
{
    unsigned sum = 0, weight = 1;

    if (s.n < 7 || s.n > 12 || s.p[s.n - 2] != '-' || s.p[s.n - 5] != '-' || !digit(s.p[s.n - 1]))
        return false;
    for (size_t i = s.n - 1; i-- > 0;) {
        if (i == s.n - 2 || i == s.n - 5)
            continue;
        if (!digit(s.p[i]))
            return false;
        sum += number(s.p[i]) * weight++;
    }
    return sum % 10 == number(s.p[s.n - 1]);
}

static bool air_waybill(struct str s)
{
    unsigned serial = 0;

    if (!matches(s, "99999999999") && !matches(s, "999-99999999"))
        return false;
    for (size_t i = s.n - 8; i < s.n - 1; i++)
        serial = serial * 10 + number(s.p[i]);
    return serial % 7 == number(s.p[s.n - 1]);
}

static bool locode(struct str s)
{
    if (s.n != 5 || !upper(s.p[0]) || !upper(s.p[1]))
        return false;
    for (size_t i = 2; i < 5; i++)
        if (!upper(s.p[i]) && (s.p[i] < '2' || s.p[i] > '9'))
            return false;
    return true;
}

static bool scac(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!upper(s.p[i]))
            return false;
    return s.n >= 2 && s.n <= 4;
}

static bool sha256_hex(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!digit(s.p[i]) && (s.p[i] < 'a' || s.p[i] > 'f'))
            return false;
    return s.n == 64;
}

bool ids_shape(enum shape shape, struct str s)
{
    switch (shape) {
    case SHAPE_ANY:
        return true;
    case SHAPE_CONTAINER:
        return container(s);
    case SHAPE_IMO:
        return imo(s);
    case SHAPE_MMSI:
        return mmsi(s);
    case SHAPE_ICAO_ADDRESS:
        return icao_address(s);
    case SHAPE_VIN:
        return vin(s);
    case SHAPE_CURP:
        return curp(s);
    case SHAPE_RFC:
        return rfc(s);
    case SHAPE_PEDIMENTO:
        return matches(s, "99  99  9999  9999999");
    case SHAPE_CAS:
        return cas(s);
    case SHAPE_AWB:
        return air_waybill(s);
    case SHAPE_HS:
        return all_digits(s) && s.n % 2 == 0 && s.n <= 10;
    case SHAPE_UNDG:
        return matches(s, "9999");
    case SHAPE_LOCODE:
        return locode(s);
    case SHAPE_SCAC:
        return scac(s);
    case SHAPE_SHA256:
        return sha256_hex(s);
    }
    return false;
}

const char *ids_name(enum shape shape)
{
    static const char *const names[] = {
        [SHAPE_ANY] = "any",
        [SHAPE_CONTAINER] = "ISO 6346 container number",
        [SHAPE_IMO] = "IMO number",
        [SHAPE_MMSI] = "MMSI",
        [SHAPE_ICAO_ADDRESS] = "ICAO aircraft address: 6 hexadecimal digits",
        [SHAPE_VIN] = "VIN (ISO 3779)",
        [SHAPE_CURP] = "CURP",
        [SHAPE_RFC] = "RFC",
        [SHAPE_PEDIMENTO] = "pedimento: 99  99  9999  9999999",
        [SHAPE_CAS] = "CAS number",
        [SHAPE_AWB] = "air waybill number",
        [SHAPE_HS] = "HS code: 2, 4, 6, 8 or 10 digits",
        [SHAPE_UNDG] = "UN number: 4 digits",
        [SHAPE_LOCODE] = "UN/LOCODE",
        [SHAPE_SCAC] = "SCAC",
        [SHAPE_SHA256] = "SHA-256, 64 lower-case hexadecimal digits",
    };
    return names[shape];
}

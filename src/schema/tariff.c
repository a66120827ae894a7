/*
 * tariff.c: Mexico's tariff (TIGIE) with its customs units and the days for which each line was listed, from
 * src/schema/data/tigie.idx, which tools/codes makes. Numbers are little-endian:
 *
 *   spans        32 bits; then for each: first day and last day listed, 16 bits each, counted from 2000-01-01;
 *                a last day of 65535 has not come
 *   chapters     101 numbers of 32 bits: where the lines of the chapters 00 ... 99 begin, and their end
 *   lines        32 bits each: the eight digits behind the chapter (fracción and NICO), ascending in a chapter
 *   units        8 bits a line: c_UnidadAduana
 *   span         8 bits a line
 */
#include "schema/lists.h"

__asm__(".section .rodata\n"
        ".balign 8\ntariff_idx:\n"
        ".incbin \"src/schema/data/tigie.idx\"\ntariff_idx_end:\n"
        ".byte 0\n"
        ".previous\n");
extern const unsigned char tariff_idx[], tariff_idx_end[];

#define CHAPTERS  100
#define DAYS_2000 10957 /* 2000-01-01 in days since 1970 */
#define OPEN_END  65535

static uint32_t number(const unsigned char *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static const unsigned char *chapters(void)
{
    return tariff_idx + 4 + 4 * (size_t)number(tariff_idx);
}

size_t schema_tariff_lines(void)
{
    return number(chapters() + 4 * (size_t)CHAPTERS);
}

static const unsigned char *lines(void)
{
    return chapters() + 4 * (size_t)(CHAPTERS + 1);
}

static bool listed_on(size_t line, int64_t day)
{
    const unsigned char *units = lines() + 4 * schema_tariff_lines();
    const unsigned char *span = tariff_idx + 4 + 4 * (size_t)units[schema_tariff_lines() + line];
    int64_t from = span[0] | span[1] << 8, until = span[2] | span[3] << 8;
    bool start =
        from == (tariff_idx[4] | tariff_idx[5] << 8); /* the list begins: what was before is not told */

    return (start || day >= DAYS_2000 + from) && (until == OPEN_END || day <= DAYS_2000 + until);
}

static bool digits(struct str s, uint32_t *out)
{
    *out = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9')
            return false;
        *out = *out * 10 + (uint32_t)(s.p[i] - '0');
    }
    return true;
}

/* The first line of the chapter that is not below `low`. */
static size_t seek(uint32_t chapter, uint32_t low)
{
    size_t lo = number(chapters() + 4 * (size_t)chapter),
           hi = number(chapters() + 4 * (size_t)(chapter + 1));

    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        if (number(lines() + 4 * mid) < low)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

enum tariff schema_tariff(struct str code, int64_t day, char unit[3])
{
    enum tariff found = TARIFF_UNLISTED;
    uint32_t chapter, low;
    size_t end;

    if (unit)
        unit[0] = '\0';
    if ((code.n != 8 && code.n != 10) || !digits(str_n(code.p, 2), &chapter) ||
        !digits(str_n(code.p + 2, code.n - 2), &low))
        return TARIFF_UNLISTED;
    if (code.n == 8)
        low *= 100;
    end = number(chapters() + 4 * (size_t)(chapter + 1));
    for (size_t i = seek(chapter, low); i < end; i++) {
        uint32_t here = number(lines() + 4 * i), u = lines()[4 * schema_tariff_lines() + i];
        if (code.n == 8 ? here / 100 != low / 100 : here != low)
            break;
        found = TARIFF_OTHER_TIME;
        if (!listed_on(i, day))
            continue;
        if (unit)
            memcpy(unit, (const char[3]){(char)('0' + u / 10), (char)('0' + u % 10), '\0'}, 3);
        return TARIFF_LISTED;
    }
    return found;
}

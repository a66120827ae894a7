/* edi_envelope.c: what the envelopes of X12 and EDIFACT have in common. */
#include "feeds/edi.h"

struct str edi_hold(char *to, size_t *n, size_t cap, struct str s)
{
    s = str_trim(s);
    *n = s.n < cap ? s.n : cap;
    if (*n)
        memcpy(to, s.p, *n);
    return str_n(to, *n);
}

bool edi_count_check(struct edi_run *r, const char *code, uint64_t actual)
{
    struct str said = edi_part(&r->seg, 1, 1);
    int64_t n;

    if (str_int(str_trim(said), &n) && n >= 0 && (uint64_t)n == actual)
        return true;
    edi_fault(r, code, 1, 1, said, edi_number(r, actual));
    return false;
}

void edi_reference_check(struct edi_run *r, const char *code, struct str expected)
{
    struct str said = edi_part(&r->seg, 2, 1);

    if (!str_eq(str_trim(said), str_trim(expected)))
        edi_fault(r, code, 2, 1, said, expected);
}

void edi_watermark(struct edi_run *r)
{
    r->exercise = str_starts(r->sender, S(FEEDS_WATERMARK)) || str_starts(r->receiver, S(FEEDS_WATERMARK));
}

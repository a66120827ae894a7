/*
 * wrap_mail.c: a mail as it lies in a file (RFC 5322), with its parts and their parts (RFC 2046), each in its transfer
 * coding (RFC 2045 §6); and a body in quoted-printable or Base64 whose mail is lost.
 *
 * A boundary is looked for at the start of each line, and any of those that were announced ends a part: so parts of parts
 * need no stack. A mail within a mail (message/rfc822) is headers again.
 */
#include "feeds/wrap.h"

#include <stdlib.h>
#include <strings.h>

#define PRINTABLE_LINE 76 /* bytes of a line of quoted-printable */
#define BASE64_LINE    60 /* at least so many are looked at before it is taken for Base64 */

static bool at_end(struct wrap *w)
{
    return wrap_need(w, WRAP_AHEAD) == 0;
}

static bool upper_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F');
}

static bool alphanumeric(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool same(struct str s, const char *z)
{
    return s.n == strlen(z) && strncasecmp(s.p, z, s.n) == 0;
}

/* ---- headers ---- */

/* The name of a header line, empty when it is none. */
static struct str header_name(struct str line)
{
    size_t n = 0;

    while (n < line.n && (alphanumeric(line.p[n]) || line.p[n] == '-' || line.p[n] == '_'))
        n++;
    return str_n(line.p, n && n < line.n && line.p[n] == ':' ? n : 0);
}

bool wrap_is_mail(struct str head)
{
    static const char *const known[] = {
        "from",         "to",         "subject",      "date",
        "mime-version", "message-id", "content-type", "content-transfer-encoding",
        "received",     "return-path"};
    struct str line, name;
    size_t lines = 0, knew = 0;

    while (str_split(&head, '\n', &line)) {
        if (line.n && line.p[line.n - 1] == '\r')
            line.n--;
        if (line.n == 0)
            return lines > 1 && knew > 0;
        if (lines && (*line.p == ' ' || *line.p == '\t'))
            continue;
        name = header_name(line);
        if (name.n == 0 && !(lines == 0 && str_starts(line, S("From "))))
            return false;
        for (size_t i = 0; i < COUNT(known); i++)
            knew += same(name, known[i]);
        lines++;
    }
    return lines > 1 && knew > 1; /* longer than what was looked at */
}

/* One header, its continued lines with it, as far as it is looked at. False at the blank line and at the end. */
static bool header(struct wrap *w, char to[WRAP_HEADER], struct str *out)
{
    size_t n = 0;

    while (!at_end(w)) {
        char c = w->in[w->pos++];

        if (c == '\r' && wrap_looks(w, "\n"))
            continue;
        if (c == '\n' && n == 0)
            return false;
        if (c == '\n' && !wrap_looks(w, " ") && !wrap_looks(w, "\t"))
            break;
        if (n < WRAP_HEADER)
            to[n++] = c == '\n' ? ' ' : c;
    }
    *out = str_n(to, n);
    return n > 0;
}

/* "; name=value" or "; name="value"" behind a header's first word. */
static struct str parameter(struct str s, const char *name)
{
    struct str one;

    str_split(&s, ';', &one);
    while (str_split(&s, ';', &one)) {
        one = str_trim(one);
        size_t n = strlen(name);
        if (one.n > n && one.p[n] == '=' && strncasecmp(one.p, name, n) == 0) {
            one = str_n(one.p + n + 1, one.n - n - 1);
            if (one.n > 1 && *one.p == '"' && one.p[one.n - 1] == '"')
                one = str_n(one.p + 1, one.n - 2);
            return one;
        }
    }
    return (struct str){NULL, 0};
}

static struct str first_word(struct str s)
{
    struct str one;

    str_split(&s, ';', &one);
    return str_trim(one);
}

enum body { BODY_PART, BODY_PARTS, BODY_MAIL };

static enum body content_type(struct wrap *w, struct str value)
{
    struct str type = first_word(value), boundary = parameter(value, "boundary");
    size_t n = 0;

    for (; n < type.n && n < sizeof w->type - 1; n++)
        w->type[n] = type.p[n] > ' ' && type.p[n] < 0x7f ? type.p[n] : '?';
    w->type[n] = '\0';
    if (same(type, "message/rfc822"))
        return BODY_MAIL;
    if (strncasecmp(w->type, "multipart/", 10) != 0)
        return BODY_PART;
    if (boundary.n && boundary.n <= WRAP_BOUNDARY && w->boundaries < WRAP_BOUNDARIES) {
        memcpy(w->boundary[w->boundaries], boundary.p, boundary.n);
        w->boundary[w->boundaries++][boundary.n] = '\0';
    }
    return BODY_PARTS;
}

/* The headers here, up to the blank line; what follows them. */
static enum body headers(struct wrap *w)
{
    char text[WRAP_HEADER];
    struct str line, name, value;
    enum body is = BODY_PART;

    w->coding = CODING_NONE;
    w->type[0] = '\0';
    while (header(w, text, &line)) {
        name = header_name(line);
        if (name.n == 0)
            continue;
        value = str_trim(str_n(line.p + name.n + 1, line.n - name.n - 1));
        if (same(name, "content-type"))
            is = content_type(w, value);
        else if (same(name, "content-transfer-encoding"))
            w->coding = same(first_word(value), "base64")             ? CODING_BASE64
                        : same(first_word(value), "quoted-printable") ? CODING_PRINTABLE
                                                                      : CODING_NONE;
    }
    return is;
}

/* ---- boundaries ---- */

/* At the start of a line: the length of a boundary that stands here, 0 = none; *last: it closes. */
static size_t boundary(struct wrap *w, bool *last)
{
    if (w->boundaries == 0 || !wrap_looks(w, "--"))
        return 0;
    wrap_need(w, WRAP_AHEAD);
    for (size_t i = 0; i < w->boundaries; i++) {
        size_t n = strlen(w->boundary[i]), left = w->have - w->pos - 2;
        const char *p = w->in + w->pos + 2;

        if (left < n || memcmp(p, w->boundary[i], n) != 0)
            continue;
        *last = left >= n + 2 && p[n] == '-' && p[n + 1] == '-';
        if (*last || left == n || strchr(" \t\r\n", p[n]))
            return n + 2;
    }
    return 0;
}

static void pass_line(struct wrap *w)
{
    while (!at_end(w) && w->in[w->pos++] != '\n')
        ;
    w->line = true;
}

/* Up to the headers of the next part. False when there is none. */
static bool find_part(struct wrap *w)
{
    bool last;

    while (!at_end(w)) {
        bool found = w->line && boundary(w, &last);

        pass_line(w);
        if (found && !last)
            return true;
    }
    return false;
}

/* ---- parts ---- */

static bool part(struct wrap *w)
{
    bool base64 = w->coding == CODING_BASE64;

    wrap_part_begin(w, base64 ? 4 : 1, base64 ? 3 : 1);
    w->where = MAIL_BODY;
    w->line = true;
    w->group = 0;
    w->groups = 0;
    return true;
}

static bool mail_next(struct wrap *w)
{
    if (!w->started)
        w->where = MAIL_HEADERS;
    else if (w->where == MAIL_BODY)
        w->where = MAIL_BETWEEN;
    w->started = true;
    while (!at_end(w)) {
        if (w->where == MAIL_BETWEEN) {
            if (!find_part(w))
                return false;
            w->where = MAIL_HEADERS;
        }
        switch (headers(w)) {
        case BODY_PART:
            return part(w);
        case BODY_PARTS:
            w->where = MAIL_BETWEEN;
            w->line = true;
            break;
        case BODY_MAIL:
            break;
        }
    }
    return false;
}

static bool bare_next(struct wrap *w)
{
    if (w->started)
        return false;
    w->started = true;
    w->coding = w->kind == &wrap_base64 ? CODING_BASE64 : CODING_PRINTABLE;
    return part(w);
}

/* ---- the codings ---- */

static void plain(struct wrap *w)
{
    w->line = w->in[w->pos] == '\n';
    wrap_emit(w, wrap_at(w), w->in[w->pos]);
    w->pos++;
}

/* Behind "=": how many bytes end the line, 0 = it does not end here. */
static size_t soft_break(const char *p, size_t n)
{
    size_t i = 0;

    while (i < n && (p[i] == ' ' || p[i] == '\t'))
        i++;
    if (i < n && p[i] == '\r')
        i++;
    return i < n && p[i] == '\n' ? i + 1 : 0;
}

static void printable(struct wrap *w)
{
    const char *p = w->in + w->pos;
    size_t n = wrap_need(w, PRINTABLE_LINE), used;

    p = w->in + w->pos;
    if (*p != '=') {
        plain(w);
    } else if (n > 2 && str_hex(p[1]) >= 0 && str_hex(p[2]) >= 0) {
        w->line = false;
        wrap_emit(w, wrap_at(w), (char)(str_hex(p[1]) << 4 | str_hex(p[2])));
        w->pos += 3;
    } else if ((used = soft_break(p + 1, n - 1)) != 0) {
        w->pos += 1 + used;
        w->line = true;
    } else {
        wrap_damaged(w, wrap_at(w), S("="), "RFC 2045 §6.7");
        plain(w);
    }
}

static int sextet(char c)
{
    return c >= 'A' && c <= 'Z'   ? c - 'A'
           : c >= 'a' && c <= 'z' ? c - 'a' + 26
           : c >= '0' && c <= '9' ? c - '0' + 52
           : c == '+'             ? 62
           : c == '/'             ? 63
                                  : -1;
}

/* What there is of a group of four: n characters are n - 1 bytes. */
static void group_end(struct wrap *w)
{
    unsigned long bits = w->group << (6 * (4 - w->groups));

    if (w->groups == 1)
        wrap_damaged(w, w->group_at, (struct str){0}, "RFC 2045 §6.8");
    for (unsigned i = 1; i < w->groups; i++)
        wrap_emit(w, w->group_at + (i - 1) * 4 / 3, (char)(bits >> (24 - 8 * i) & 0xff));
    w->group = 0;
    w->groups = 0;
}

static void base64(struct wrap *w)
{
    char c = w->in[w->pos];
    int bits = sextet(c);

    w->line = c == '\n';
    if (bits >= 0) {
        if (w->groups == 0)
            w->group_at = wrap_at(w);
        w->group = w->group << 6 | (unsigned)bits;
        if (++w->groups == 4)
            group_end(w);
    } else if (c == '=') {
        group_end(w);
    } else if (!strchr(" \t\r\n", c)) {
        wrap_damaged(w, wrap_at(w), (struct str){0}, "RFC 2045 §6.8");
    }
    w->pos++;
}

static void body_more(struct wrap *w)
{
    bool last;

    while (w->out_n < WRAP_STEP) {
        if (at_end(w) || (w->line && boundary(w, &last))) {
            w->ended = true;
            if (w->coding == CODING_BASE64)
                group_end(w);
            return;
        }
        switch (w->coding) {
        case CODING_NONE:
            plain(w);
            break;
        case CODING_PRINTABLE:
            printable(w);
            break;
        case CODING_BASE64:
            base64(w);
            break;
        }
    }
}

/* ---- bodies without their mail ---- */

/* No line longer than the coding allows, every "=" as it must be, and one that ends a line or two that are a letter of
 * UTF-8 with an accent. */
bool wrap_is_printable(struct str head)
{
    const char *p = memchr(head.p, '=', head.n), *end = head.p + head.n, *from;
    bool sure = false;

    for (; p; p = memchr(p + 1, '=', (size_t)(end - p - 1))) {
        if (end - p < PRINTABLE_LINE && head.n >= FEEDS_HEAD)
            break; /* cut off here */
        if (soft_break(p + 1, (size_t)(end - p - 1)))
            sure = true;
        else if (end - p < 3 || !upper_hex(p[1]) || !upper_hex(p[2]))
            return false;
        else if (p[1] == 'C' && (p[2] == '2' || p[2] == '3') && end - p > 5 && p[3] == '=' &&
                 str_hex(p[4]) >= 8)
            sure = true;
    }
    for (from = head.p; sure && (p = memchr(from, '\n', (size_t)(end - from))); from = p + 1)
        if (p - from > PRINTABLE_LINE + 2)
            return false;
    return sure;
}

bool wrap_may_be_base64(struct str head)
{
    struct str start = str_trim(head);
    size_t n = 0;

    while (n < start.n && n < BASE64_LINE && sextet(start.p[n]) >= 0)
        n++;
    return n == BASE64_LINE;
}

const struct wrap_kind wrap_mail = {.name = "mail", .next = mail_next, .more = body_more, .many = true};
const struct wrap_kind wrap_printable = {.name = "quoted-printable", .next = bare_next, .more = body_more};
const struct wrap_kind wrap_base64 = {.name = "base64", .next = bare_next, .more = body_more};

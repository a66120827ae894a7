/*
 * wrap_xml.c: XML whose texts are documents: an invoice in a CDATA section or escaped ("&lt;cfdi:Comprobante"), as web
 * services and middleware hand them on; or in Base64, which is the next layer's. Looked at as signs only: a start tag ends
 * at its ">" outside quotes, a text at the next tag. What is well-formed is the reader's question, of the document inside.
 */
#include "feeds/wrap.h"
#include "feeds/xml.h"

#define NAME_MAX_BYTES 12 /* of an entity, "&" and ";" with it */

static bool blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Passes over everything up to behind z. */
static void pass(struct wrap *w, const char *z)
{
    while (!wrap_looks(w, z)) {
        if (wrap_need(w, 1) == 0)
            return;
        w->pos++;
    }
    w->pos += strlen(z);
}

static void pass_tag(struct wrap *w)
{
    char quote = 0;

    for (; wrap_need(w, 1); w->pos++) {
        char c = w->in[w->pos];

        if (quote) {
            quote = c == quote ? 0 : quote;
        } else if (c == '"' || c == '\'') {
            quote = c;
        } else if (c == '>') {
            w->pos++;
            return;
        }
    }
}

/* Whether the text here begins as a document does. Each sign of the list is tried as it stands. */
static bool begins(struct wrap *w)
{
    static const char *const escaped[] = {"&lt;", "&#60;", "&#x3c;", "&#x3C;", "PD94", "PGNm", "77u/"};
    static const char *const plain[] = {"<", "\xef\xbb\xbf", "UNA", "UNB", "ISA", "PD94", "PGNm", "77u/"};
    const char *const *list = w->cdata ? plain : escaped;

    for (size_t i = 0; i < (w->cdata ? COUNT(plain) : COUNT(escaped)); i++)
        if (wrap_looks(w, list[i]))
            return true;
    return false;
}

/* Behind a tag: the blanks, a CDATA section's mark. */
static void text_start(struct wrap *w)
{
    w->cdata = false;
    for (;;) {
        while (wrap_need(w, 1) && blank(w->in[w->pos]))
            w->pos++;
        if (w->cdata || !wrap_looks(w, "<![CDATA["))
            return;
        w->pos += 9;
        w->cdata = true;
    }
}

static bool xml_next(struct wrap *w)
{
    if (!w->started) {
        size_t n = wrap_need(w, WRAP_AHEAD);
        w->latin1 = !w->unicode && xml_latin1(str_n(w->in, n));
    }
    w->started = true;
    while (wrap_need(w, 1)) {
        if (w->cdata) {
            pass(w, "]]>");
            w->cdata = false;
        } else if (wrap_looks(w, "<!--")) {
            pass(w, "-->");
        } else if (wrap_looks(w, "<?")) {
            pass(w, "?>");
        } else if (w->in[w->pos] == '<') {
            pass_tag(w);
        } else { /* the rest of a text */
            w->pos++;
            continue;
        }
        text_start(w);
        if (begins(w)) {
            wrap_part_begin(w, 1, 1);
            return true;
        }
    }
    return false;
}

/* "&...;": the character, and its length; 0 when it is none that XML has by itself. */
static size_t entity(struct str s, uint32_t *c)
{
    static const struct {
        const char *name;
        char is;
    } named[] = {{"&lt;", '<'}, {"&gt;", '>'}, {"&amp;", '&'}, {"&quot;", '"'}, {"&apos;", '\''}};
    bool hex = str_starts(s, S("&#x"));
    size_t i = hex ? 3 : 2, from = i;

    for (size_t k = 0; k < COUNT(named); k++)
        if (str_starts(s, str_z(named[k].name))) {
            *c = (uint32_t)named[k].is;
            return strlen(named[k].name);
        }
    if (!str_starts(s, S("&#")))
        return 0;
    for (*c = 0; i < s.n && i < NAME_MAX_BYTES && s.p[i] != ';'; i++) {
        int digit = str_hex(s.p[i]);
        if (digit < 0 || (!hex && digit > 9))
            return 0;
        *c = *c * (hex ? 16 : 10) + (uint32_t)digit;
        if (*c > 0x10ffff)
            return 0;
    }
    return i > from && i < s.n && s.p[i] == ';' && *c && (*c < 0xd800 || *c > 0xdfff) ? i + 1 : 0;
}

static void emit_byte(struct wrap *w)
{
    char c = w->in[w->pos];

    if (w->latin1)
        wrap_emit_character(w, wrap_at(w), (uint8_t)c);
    else
        wrap_emit(w, wrap_at(w), c);
    w->pos++;
}

static void xml_more(struct wrap *w)
{
    while (w->out_n < WRAP_STEP) {
        size_t n = wrap_need(w, NAME_MAX_BYTES), used;
        uint32_t c;

        if (n == 0) {
            w->ended = true;
            return;
        }
        if (w->cdata) {
            if (wrap_looks(w, "]]>")) {
                w->pos += 3;
                w->cdata = false;
            } else {
                emit_byte(w);
            }
        } else if (w->in[w->pos] == '<') {
            w->cdata = wrap_looks(w, "<![CDATA[");
            w->ended = !w->cdata;
            if (w->ended)
                return;
            w->pos += 9;
        } else if (w->in[w->pos] == '&' && (used = entity(str_n(w->in + w->pos, n), &c)) != 0) {
            wrap_emit_character(w, wrap_at(w), c);
            w->pos += used;
        } else {
            emit_byte(w);
        }
    }
}

bool wrap_may_enclose(struct str head)
{
    static const char *const signs[] = {"<![CDATA[", "&lt;", "&#60;", "&#x3", ">PD94", ">PGNm", ">77u/"};

    if (str_starts(head, S("\xef\xbb\xbf")))
        head = str_n(head.p + 3, head.n - 3);
    head = str_trim(head);
    if (str_starts(head, S("<?xml"))) {
        const char *end = memmem(head.p, head.n, "?>", 2);
        if (!end)
            return false;
        head = str_trim(str_n(end + 2, head.n - (size_t)(end + 2 - head.p)));
    }
    if (!str_starts(head, S("<")) || str_starts(head, S("<cfdi:Comprobante")))
        return false;
    for (size_t i = 0; i < COUNT(signs); i++)
        if (memmem(head.p, head.n, signs[i], strlen(signs[i])))
            return true;
    return false;
}

const struct wrap_kind wrap_xml = {
    .name = "text-in-xml", .next = xml_next, .more = xml_more, .many = true, .unicode = true};

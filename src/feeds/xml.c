/*
 * xml.c: the one file that knows libxml2. Its push parser is given the input in small pieces; the SAX2 calls
 * build no tree, so memory is bounded by one tag. The encoding is chosen here and forced upon the parser: what it
 * would look up in the C library's or ICU's tables (files, which the sandbox forbids) never gets that far.
 */
#include "feeds/xml.h"

#include <libxml/parser.h>
#include <libxml/xmlregexp.h>
#include <stdlib.h>
#include <strings.h>

#define PIECE ((size_t)4096)
#define READ  (PIECE * 4)

struct xml {
    struct deliver *d;
    const struct xml_handler *h;
    xmlParserCtxtPtr parser;
    struct arena *scratch;           /* one fault's words */
    struct xml_attribute *attribute; /* of the element being told; room for so many */
    size_t room;
    size_t depth;
    uint64_t given, told; /* bytes given to the parser; how many when it last called back */
    size_t blanks;        /* before the declaration, not given */
    uint32_t lines;       /* in them */
    bool stopped;         /* a fault after which nothing more is read */
    bool closed, tail;    /* the document has ended; something that is no document follows */
};

struct place xml_place(const struct xml *x)
{
    struct place p = {.offset = 0};
    long at = xmlByteConsumed(x->parser);

    p.offset = x->d->m.offset + x->blanks + (at > 0 ? (uint64_t)at : 0);
    p.segment = x->lines + (x->parser->input ? (uint32_t)x->parser->input->line : 0);
    return p;
}

/* The one way to give up: a fault, and the rest of the input is only counted. */
static void stop(struct xml *x, const char *code, struct str found, struct str expected)
{
    if (x->stopped)
        return;
    x->stopped = true;
    fault_at(&x->d->faults, code, xml_place(x), found, expected);
    xmlStopParser(x->parser);
}

static struct str z(const xmlChar *s)
{
    return str_z((const char *)s);
}

static void sax_start_element(void *arg, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
                              int n_ns, const xmlChar **ns, int n, int defaulted, const xmlChar **attrs)
{
    struct xml *x = arg;

    (void)prefix, (void)n_ns, (void)ns, (void)defaulted;
    if (x->stopped)
        return;
    x->told = x->given;
    if (++x->depth > x->d->run->limits->depth) {
        stop(x, "xml.depth", z(name), arena_fmt(x->d->arena, "%zu", x->d->run->limits->depth));
        return;
    }
    if ((size_t)n > x->d->run->limits->elements) {
        stop(x, "xml.long", z(name), arena_fmt(x->d->arena, "%zu", x->d->run->limits->elements));
        return;
    }
    if ((size_t)n > x->room) {
        x->room = (size_t)n * 2;
        x->attribute = xrealloc(x->attribute, x->room * sizeof *x->attribute);
    }
    for (int i = 0; i < n; i++, attrs += 5)
        x->attribute[i] = (struct xml_attribute){z(attrs[0]), z(attrs[2]),
                                                 str_n(attrs[3], (size_t)(attrs[4] - attrs[3]))};
    x->h->start(x->h->arg, z(uri), z(name), x->attribute, (size_t)n);
}

static void on_end(void *arg, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
    struct xml *x = arg;

    (void)name, (void)prefix, (void)uri;
    if (x->stopped)
        return;
    x->told = x->given;
    x->depth--;
    x->closed = x->depth == 0;
    x->h->end(x->h->arg);
}

static void on_text(void *arg, const xmlChar *text, int n)
{
    struct xml *x = arg;

    x->told = x->given;
    if (x->h->text && !x->stopped)
        x->h->text(x->h->arg, str_n(text, (size_t)n));
}

static void on_doctype(void *arg, const xmlChar *name, const xmlChar *external, const xmlChar *system)
{
    (void)external, (void)system;
    stop(arg, "xml.doctype", z(name), (struct str){NULL, 0});
}

/* What the parser met behind the document: a note, unless there is a tag in it, which may begin another one. */
static bool tail(struct xml *x)
{
    xmlParserInputPtr in = x->parser->input;
    struct str rest = in ? str_n(in->cur, (size_t)(in->end - in->cur)) : (struct str){0};

    if (memchr(rest.p, '<', rest.n))
        return false;
    fault_at(&x->d->faults, "xml.tail", xml_place(x), str_trim(text_clean(x->scratch, rest, FOUND_MAX)),
             (struct str){NULL, 0});
    x->stopped = x->tail = true;
    return true;
}

/* Names what is wrong; the parser's own words are English and stand in `found`. */
static void on_error(void *arg, xmlErrorPtr e)
{
    struct xml *x = arg;
    struct fault f = {.def = schema_fault("xml.syntax"), .severity = SEV_WARNING, .place = xml_place(x)};

    if (x->stopped || e->level == XML_ERR_NONE)
        return;
    /* A namespace URI that is relative, and the like: the document is read all the same. */
    if (e->level != XML_ERR_WARNING)
        f.severity = SEV_ERROR;
    if (e->line > 0)
        f.place.segment = x->lines + (uint32_t)e->line;
    arena_reset(x->scratch);
    if (x->closed && e->code == XML_ERR_DOCUMENT_END && tail(x))
        return;
    f.found = str_trim(text_clean(x->scratch, str_z(e->message), FOUND_MAX));
    fault_put(&x->d->faults, &f);
    x->stopped = e->level == XML_ERR_FATAL;
}

/* ---- the encoding ---- */

/* Takes blanks, then a word, off; false when the word is not there. */
static bool word(struct str *s, const char *w)
{
    *s = str_trim(*s);
    if (!str_starts(*s, str_z(w)))
        return false;
    *s = (struct str){s->p + strlen(w), s->n - strlen(w)};
    return true;
}

static bool quoted(struct str *s, struct str *out)
{
    *s = str_trim(*s);
    if (!s->n || (*s->p != '"' && *s->p != '\''))
        return false;
    for (size_t n = 1; n < s->n; n++) {
        if (s->p[n] != *s->p)
            continue;
        *out = (struct str){s->p + 1, n - 1};
        *s = (struct str){s->p + n + 1, s->n - n - 1};
        return true;
    }
    return false;
}

/* <?xml version="1.0" encoding="...": exactly so, or it says nothing (XML 1.0 §2.8). */
static struct str declared(struct str head)
{
    struct str version, name;

    if (word(&head, "<?xml") && word(&head, "version") && word(&head, "=") && quoted(&head, &version) &&
        str_starts(version, S("1.")) && version.n == 3 && word(&head, "encoding") && word(&head, "=") &&
        quoted(&head, &name))
        return name;
    return (struct str){NULL, 0};
}

enum encoding { ENC_NONE, ENC_UTF8, ENC_UTF16, ENC_DECLARED };

/* Which the bytes are in; ENC_NONE when it is not one that is read. The parser must never come to look for
 * another: 4-byte encodings and EBCDIC, which it would detect by itself, are refused by their first bytes. */
static enum encoding encoding(struct str head, struct str *name)
{
    static const char *const eight_bit[] = {"ISO-8859-1", "US-ASCII", "ASCII"};
    const char *p = head.p;

    *name = (struct str){NULL, 0};
    if (str_starts(head, S("\xff\xfe")) || str_starts(head, S("\xfe\xff")))
        return ENC_UTF16;
    if (head.n >= 4 && ((p[0] == '<' && !p[1] && p[2] && !p[3]) || (!p[0] && p[1] == '<' && !p[2] && p[3])))
        return ENC_UTF16;
    if (str_starts(head, S("\xef\xbb\xbf")))
        return ENC_UTF8;
    if (head.n < 4 || !p[1] || !p[2] || !p[3] || !strchr("< \t\r\n", p[0]) || !p[0])
        return ENC_NONE;
    *name = declared(head);
    if (!name->n || (name->n == 5 && strncasecmp(name->p, "UTF-8", 5) == 0))
        return ENC_UTF8;
    for (size_t i = 0; i < COUNT(eight_bit); i++)
        if (name->n == strlen(eight_bit[i]) && strncasecmp(name->p, eight_bit[i], name->n) == 0)
            return ENC_DECLARED;
    return ENC_NONE;
}

bool xml_latin1(struct str head)
{
    struct str name = declared(head);
    return name.n == 10 && strncasecmp(name.p, "ISO-8859-1", 10) == 0;
}

size_t xml_blanks(struct str head)
{
    size_t n = str_starts(head, S("\xef\xbb\xbf")) ? 3 : 0, mark = n;

    while (n < head.n && strchr(" \t\r\n", head.p[n]) && head.p[n])
        n++;
    return n > mark && str_starts(str_n(head.p + n, head.n - n), S("<?xml")) ? n : 0;
}

/* ---- reading ---- */

static void feed(struct xml *x, const char *p, size_t n, bool last)
{
    size_t i = 0;

    if (x->tail && memchr(p, '<', n)) {
        x->stopped = x->tail = false;
        stop(x, "xml.syntax", S("<"), (struct str){NULL, 0});
    }
    while (!x->stopped && (i < n || (last && i == n))) {
        size_t piece = n - i < PIECE ? n - i : PIECE;

        x->given += piece;
        xmlParseChunk(x->parser, p + i, (int)piece, last && i + piece == n);
        i += piece;
        if (!x->stopped && x->given - x->told > XML_TAG_MAX + PIECE)
            stop(x, "xml.long", (struct str){NULL, 0}, arena_fmt(x->d->arena, "%zu", XML_TAG_MAX));
        if (last && i == n)
            break;
    }
}

static void parser_new(struct xml *x, enum encoding is)
{
    xmlSAXHandler sax = {.initialized = XML_SAX2_MAGIC};
    xmlParserCtxtPtr p;

    sax.startElementNs = sax_start_element;
    sax.endElementNs = on_end;
    sax.characters = on_text;
    sax.cdataBlock = on_text;
    sax.ignorableWhitespace = on_text;
    sax.internalSubset = on_doctype;
    sax.serror = on_error;
    p = xmlCreatePushParserCtxt(&sax, x, NULL, 0, NULL);
    if (!p)
        abort(); /* out of memory */
    xmlCtxtUseOptions(p, XML_PARSE_NONET | XML_PARSE_NOWARNING | XML_PARSE_BIG_LINES |
                             (is == ENC_DECLARED ? 0 : XML_PARSE_IGNORE_ENC));
    x->parser = p;
}

int xml_read(struct deliver *d, const struct xml_handler *h, struct xml **out, uint64_t *bytes,
             uint8_t digest[32])
{
    struct xml x = {.d = d, .h = h, .scratch = arena_new()};
    struct feeds_run *run = d->run;
    struct sha256_run *hash = sha256_new();
    char *piece = xmalloc(READ);
    struct str name = {NULL, 0};
    enum encoding is = run->unicode ? ENC_UTF8 : encoding(run->head, &name);
    long n;

    parser_new(&x, is);
    *out = &x;
    *bytes = 0;
    sha256_add(hash, str_n(d->context, sizeof d->context));
    if (is == ENC_NONE)
        stop(&x, "xml.encoding", text_clean(d->arena, name, FOUND_MAX),
             S("UTF-8, UTF-16, ISO-8859-1, US-ASCII"));
    x.blanks = xml_blanks(run->head);
    for (size_t i = 0; i < x.blanks; i++)
        x.lines += run->head.p[i] == '\n';
    while ((n = run_read(run, piece, READ)) > 0) {
        size_t skip = *bytes < x.blanks ? x.blanks - (size_t)*bytes : 0;

        sha256_add(hash, str_n(piece, (size_t)n));
        *bytes += (uint64_t)n;
        if (*bytes > run->limits->message)
            stop(&x, "xml.large", (struct str){NULL, 0},
                 arena_fmt(d->arena, "%llu", (unsigned long long)run->limits->message));
        if (skip < (size_t)n)
            feed(&x, piece + skip, (size_t)n - skip, false);
    }
    if (n == 0)
        feed(&x, "", 0, true);
    if (x.parser->myDoc) /* the declaration makes one, empty */
        xmlFreeDoc(x.parser->myDoc);
    xmlFreeParserCtxt(x.parser);
    arena_free(x.scratch);
    free(x.attribute);
    free(piece);
    sha256_end(hash, digest);
    return n < 0 ? -1 : 0;
}

/* ---- patterns ---- */

struct xml_pattern {
    xmlRegexpPtr compiled;
};

struct xml_pattern *xml_pattern_new(const char *pattern)
{
    struct xml_pattern *p = xmalloc(sizeof *p);

    p->compiled = xmlRegexpCompile((const xmlChar *)pattern);
    if (!p->compiled)
        abort(); /* a pattern of ours that is none: a bug, or no memory */
    return p;
}

void xml_pattern_free(struct xml_pattern *p)
{
    if (p)
        xmlRegFreeRegexp(p->compiled);
    free(p);
}

bool xml_pattern_match(struct xml_pattern *p, const char *text)
{
    return xmlRegexpExec(p->compiled, (const xmlChar *)text) == 1;
}

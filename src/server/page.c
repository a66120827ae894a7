/*
 * page.c: the server's own addresses: the first page with its style and script, its texts, and the API's description.
 * The assets are linked in, so the page needs no folder and no other origin. Its texts come from the one catalogue:
 * an element <h1 data-t="KEY"></h1> is filled here in the language asked for, and page.js fills it again from
 * texts.json when the reader switches, without losing the place.
 */
#include "server/internal.h"

#include "base/json.h"

#define ASSET(symbol, file)                                                                                \
    __asm__(".section .rodata\n" symbol ":\n.incbin \"src/server/assets/" file "\"\n" symbol               \
            "_end:\n.byte 0\n.previous\n")

ASSET("server_index_html", "index.html");
ASSET("server_page_css", "page.css");
ASSET("server_page_js", "page.js");
ASSET("server_icon_svg", "icon.svg");
extern const char server_index_html[], server_index_html_end[], server_page_css[], server_page_css_end[],
    server_page_js[], server_page_js_end[], server_icon_svg[], server_icon_svg_end[];

enum own { OWN_INDEX, OWN_CSS, OWN_JS, OWN_ICON, OWN_TEXTS, OWN_OPENAPI };

static const struct {
    const char *path, *type;
    enum own what;
} own[] = {
    {"/", "text/html; charset=utf-8", OWN_INDEX},
    {"/assets/page.css", "text/css; charset=utf-8", OWN_CSS},
    {"/assets/page.js", "text/javascript; charset=utf-8", OWN_JS},
    {"/assets/icon.svg", "image/svg+xml", OWN_ICON},
    {"/assets/texts.json", "application/json", OWN_TEXTS},
    {API "/openapi.json", "application/json", OWN_OPENAPI},
};

static const struct {
    const char *key, *msgid;
} texts[] = {
    {"title", N_("puente: this node")},
};

bool page_text(size_t i, const char **key, const char **msgid)
{
    if (i >= COUNT(texts))
        return false;
    *key = texts[i].key;
    *msgid = texts[i].msgid;
    return true;
}

static const char *text_of(struct str key, enum lang lang)
{
    for (size_t i = 0; i < COUNT(texts); i++)
        if (str_eq(key, str_z(texts[i].key)))
            return tr(lang, texts[i].msgid);
    return "";
}

static void write_texts(struct buf *b, enum lang lang)
{
    buf_char(b, '{');
    for (size_t i = 0; i < COUNT(texts); i++) {
        json_key(b, texts[i].key);
        json_str(b, str_z(tr(lang, texts[i].msgid)));
    }
    buf_z(b, "}\n");
}

static void put_html(struct buf *b, const char *z)
{
    for (; *z; z++) {
        if (*z == '&')
            buf_z(b, "&amp;");
        else if (*z == '<')
            buf_z(b, "&lt;");
        else
            buf_char(b, *z);
    }
}

/* Copies the page; behind the '>' of every element that has data-t="KEY" comes its text. */
static void write_index(struct buf *b, enum lang lang)
{
    struct str rest = str_n(server_index_html, (size_t)(server_index_html_end - server_index_html)), tag;
    static const char mark[] = " data-t=\"", language[] = "<html lang=\"en\"";

    while (str_split(&rest, '>', &tag)) {
        const char *key = memmem(tag.p, tag.n, mark, sizeof mark - 1);
        if (memmem(tag.p, tag.n, language, sizeof language - 1))
            buf_fmt(b, "%.*s<html lang=\"%s\"", (int)(tag.n - (sizeof language - 1)), tag.p,
                    lang_tag(lang));
        else
            buf_str(b, tag);
        if (rest.p == NULL)
            return;
        buf_char(b, '>');
        if (key) {
            struct str after =
                           str_n(key + sizeof mark - 1, (size_t)(tag.p + tag.n - key) - (sizeof mark - 1)),
                       name;
            if (str_split(&after, '"', &name))
                put_html(b, text_of(name, lang));
        }
    }
}

bool page_is_own(struct str path)
{
    for (size_t i = 0; i < COUNT(own); i++)
        if (str_eq(path, str_z(own[i].path)))
            return true;
    return false;
}

static void put(struct buf *b, const char *from, const char *end)
{
    buf_put(b, from, (size_t)(end - from));
}

void page_answer(const struct room *const *rooms, struct str path, enum lang lang, struct answer *w)
{
    size_t i = 0;

    while (!str_eq(path, str_z(own[i].path)))
        i++; /* page_is_own has found it */
    w->status = 200;
    w->type = own[i].type;
    switch (own[i].what) {
    case OWN_INDEX:
        write_index(&w->body, lang);
        return;
    case OWN_CSS:
        put(&w->body, server_page_css, server_page_css_end);
        return;
    case OWN_JS:
        put(&w->body, server_page_js, server_page_js_end);
        return;
    case OWN_ICON:
        put(&w->body, server_icon_svg, server_icon_svg_end);
        return;
    case OWN_TEXTS:
        write_texts(&w->body, lang);
        return;
    case OWN_OPENAPI:
        openapi_write(&w->body, rooms, lang);
        return;
    }
}

/*
 * policy.c: which requests are answered at all, and in which language and form. Pure.
 *
 * Only loopback is served until there is TLS. A page of another site can still reach loopback through the officer's
 * browser, in two ways: by DNS rebinding (its own name suddenly points here: the Host header gives it away) and by
 * cross-site requests (Origin and Sec-Fetch-Site give them away; bodies need a type that no HTML form can send).
 */
#include "server/internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

static const char *const loopback[] = {"127.0.0.1", "localhost", "[::1]", NULL};

bool policy_loopback(const char *bind)
{
    return strcmp(bind, "127.0.0.1") == 0 || strcmp(bind, "::1") == 0 || strcmp(bind, "localhost") == 0;
}

static bool is_here(struct str authority, uint16_t port)
{
    char want[32];

    for (size_t i = 0; loopback[i]; i++) {
        int n = snprintf(want, sizeof want, "%s:%u", loopback[i], (unsigned)port);
        if (authority.n == (size_t)n && strncasecmp(authority.p, want, (size_t)n) == 0)
            return true;
        if (port == 80 && authority.n == strlen(loopback[i]) &&
            strncasecmp(authority.p, loopback[i], authority.n) == 0)
            return true;
    }
    return false;
}

int policy_client(const struct client *c, uint16_t port, struct err *e)
{
    bool cross = c->origin.n > 0 && !(str_starts(c->origin, S("http://")) &&
                                      str_eq(str_n(c->origin.p + 7, c->origin.n - 7), c->host));

    if (!is_here(c->host, port)) {
        err_set(e, ERR_DENIED, N_("this node answers only at http://127.0.0.1:%u or http://localhost:%u"),
                (unsigned)port, (unsigned)port);
        return 421;
    }
    if (c->fetch_site.n > 0 && !str_eq(c->fetch_site, S("same-origin")) &&
        !str_eq(c->fetch_site, S("none")))
        cross = cross || c->unsafe;
    if (cross) {
        err_set(e, ERR_DENIED, N_("a page of another site may not make this request"));
        return 403;
    }
    return STATUS_OK;
}

struct str policy_media(struct str content_type)
{
    struct str media = S("");
    (void)str_split(&content_type, ';', &media);
    return str_trim(media.p ? media : S(""));
}

/* ";q=0.5" of one element of an Accept header, in thousandths; 1000 when there is none, 0 when it is no number. */
static int quality(struct str params)
{
    struct str param;

    while (str_split(&params, ';', &param)) {
        int whole, q = 0, unit = 100;
        param = str_trim(param);
        if (param.n < 3 || (param.p[0] != 'q' && param.p[0] != 'Q') || param.p[1] != '=')
            continue;
        whole = param.p[2] - '0';
        if (whole != 0 && whole != 1)
            return 0;
        for (size_t i = 4; i < param.n && unit > 0 && param.p[i] >= '0' && param.p[i] <= '9';
             i++, unit /= 10)
            q += (param.p[i] - '0') * unit;
        return whole ? 1000 : q;
    }
    return 1000;
}

enum lang policy_lang(struct str accept, enum lang otherwise)
{
    struct str element;
    int best = 0;
    enum lang lang = otherwise;

    while (str_split(&accept, ',', &element)) {
        struct str tag, params = element;
        (void)str_split(&params, ';', &tag);
        tag = str_trim(tag);
        int q = quality(params.p ? params : S(""));
        if (tag.n < 1 || q <= best)
            continue;
        if (tag.n == 1 && tag.p[0] == '*') {
            best = q;
            lang = otherwise;
        } else if (tag.n >= 2 && (tag.n == 2 || tag.p[2] == '-')) {
            bool es = strncasecmp(tag.p, "es", 2) == 0, en = strncasecmp(tag.p, "en", 2) == 0;
            if (es || en) {
                best = q;
                lang = es ? LANG_ES : LANG_EN;
            }
        }
    }
    return lang;
}

bool policy_accepts(struct str accept, struct str type)
{
    struct str element;
    int found = -1, exact = -1;
    size_t slash = 0;

    if (str_trim(accept).n == 0)
        return true;
    while (slash < type.n && type.p[slash] != '/')
        slash++;
    while (str_split(&accept, ',', &element)) {
        struct str range, params = element;
        int how; /* the more specific range decides (RFC 9110 §12.5.1) */
        (void)str_split(&params, ';', &range);
        range = str_trim(range);
        if (range.n == type.n && strncasecmp(range.p, type.p, type.n) == 0)
            how = 2;
        else if (range.n == slash + 2 && strncasecmp(range.p, type.p, slash + 1) == 0 &&
                 range.p[slash + 1] == '*')
            how = 1;
        else if (str_eq(range, S("*/*")))
            how = 0;
        else
            continue;
        if (how > exact) {
            exact = how;
            found = quality(params.p ? params : S(""));
        }
    }
    return found > 0;
}

bool policy_matches(struct str list, struct str etag)
{
    struct str one;

    while (str_split(&list, ',', &one)) {
        one = str_trim(one);
        if (str_starts(one, S("W/")))
            one = str_n(one.p + 2, one.n - 2);
        if (str_eq(one, S("*")) || str_eq(one, etag))
            return true;
    }
    return false;
}

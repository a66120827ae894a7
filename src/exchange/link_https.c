/* link_https.c: libcurl, in its GnuTLS build, so that there is one TLS at both ends of the line. */
#include "exchange/link_https.h"

#include "base/tls.h"

#include <curl/curl.h>
#include <pthread.h>
#include <stdlib.h>

#define PROBLEM_MOST 400 /* bytes of what a peer says of a refusal that are shown */

struct link_https {
    struct link link;
    CURL *curl;
    struct curl_slist *headers;
    struct peer peer;
    struct str urls; /* those not tried yet, behind `url` */
    const char *url;
    const struct world *world;
    struct arena *arena;
    enum tls_verdict verdict; /* of the connection that was refused; else TLS_GOOD */
    char why[CURL_ERROR_SIZE];
    /* Of one call. */
    struct buf *answer;
};

/* ---- the peer's certificate ---- */

/* The connection stands and nothing was sent yet. The key is the pinned one already: curl has seen to it. */
static int before_request(void *arg, char *ip, char *local_ip, int port, int local_port)
{
    struct link_https *h = arg;
    struct curl_tlssessioninfo *tls = NULL;
    struct tls_certificate shows, on_card;
    int64_t now = h->world->now(h->world->arg);

    (void)ip, (void)local_ip, (void)port, (void)local_port;
    h->verdict = TLS_FAILED;
    if (curl_easy_getinfo(h->curl, CURLINFO_TLS_SSL_PTR, &tls) != CURLE_OK || tls == NULL ||
        tls->backend != CURLSSLBACKEND_GNUTLS)
        return CURL_PREREQFUNC_ABORT;
    h->verdict = tls_check(tls_shown(tls->internals), now, &shows);
    if (h->verdict == TLS_GOOD &&
        (memcmp(shows.pin, h->peer.pin, HASH_SIZE) != 0 || !str_eq(str_z(shows.name), h->peer.office)))
        h->verdict = TLS_OTHER;
    if (h->verdict == TLS_GOOD && tls_check(h->peer.certificate, now, &on_card) != TLS_GOOD)
        h->verdict = TLS_STALE;
    return h->verdict == TLS_GOOD ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
}

/* ---- one call ---- */

static size_t take(char *p, size_t size, size_t n, void *arg)
{
    struct link_https *h = arg;

    buf_put(h->answer, p, size * n);
    return h->answer->over ? 0 : size * n;
}

/* What a refusal says: {"title", "detail", "status"} (RFC 9457), read with the schema's own care. */
enum { P_TITLE, P_STATUS, P_DETAIL, P_KIND_OF };
static const struct field problem_fields[] = {
    [P_TITLE] = {.name = "title", .type = T_TEXT},
    [P_STATUS] = {.name = "status", .type = T_INT},
    [P_DETAIL] = {.name = "detail", .type = T_TEXT},
    [P_KIND_OF] = {.name = "type", .type = T_TEXT},
};
static const struct kind problem_kind = {
    .version = 1, .name = "problem", .field = problem_fields, .fields = COUNT(problem_fields)};

static struct str problem_of(struct arena *a, struct str body)
{
    struct faults faults = {0};
    struct record *r = schema_from_json(a, &problem_kind, str_trim(body), (struct place){0}, &faults);
    struct str s = r ? record_get(r, P_DETAIL) : S("");
    char *out = arena_z(a, str_n(s.p, s.n < PROBLEM_MOST ? s.n : PROBLEM_MOST));

    for (char *p = out; *p; p++) /* another machine's words, on an officer's terminal */
        if ((unsigned char)*p < ' ' || *p == 127)
            *p = ' ';
    s = str_z(out);
    while (s.n && !str_utf8(s)) /* cut in the middle of a character */
        s.n--;
    return s;
}

static enum err_code code_of(long status)
{
    switch (status) {
    case 403:
        return ERR_DENIED;
    case 409:
        return ERR_CONFLICT;
    case 413:
        return ERR_LIMIT;
    case 503:
        return ERR_BUSY;
    default:
        return ERR_IO;
    }
}

static int refused_by_peer(struct link_https *h, long status, struct err *e)
{
    struct arena *a = arena_new();
    struct str said = problem_of(a, buf_view(h->answer));

    err_set(e, code_of(status), N_("%.*s refused (%ld): %.*s"), STR_ARG(h->peer.office), status,
            STR_ARG(said));
    buf_reset(h->answer);
    arena_free(a);
    return -1;
}

static int failed(struct link_https *h, CURLcode rc, struct err *e)
{
    if (h->verdict != TLS_GOOD)
        return err_set(e, ERR_DENIED, N_("not spoken to %.*s at %s: %s"), STR_ARG(h->peer.office), h->url,
                       tr(e->lang, tls_verdict_text(h->verdict)));
    if (rc == CURLE_SSL_PINNEDPUBKEYNOTMATCH)
        return err_set(e, ERR_DENIED, N_("not spoken to %.*s at %s: %s"), STR_ARG(h->peer.office), h->url,
                       tr(e->lang, tls_verdict_text(TLS_OTHER)));
    if (h->answer->over)
        return err_set(e, ERR_LIMIT, N_("the answer of %.*s is larger than %zu bytes"),
                       STR_ARG(h->peer.office), h->answer->max);
    return err_set(e, ERR_IO, N_("%.*s cannot be reached at %s: %s"), STR_ARG(h->peer.office), h->url,
                   h->why[0] ? h->why : curl_easy_strerror(rc));
}

static int call_once(struct link_https *h, struct str request, struct err *e)
{
    const char *language[] = {"Accept-Language: en", "Accept-Language: es"};
    struct curl_slist *headers = curl_slist_append(NULL, language[e->lang == LANG_ES]);
    long status = 0;
    CURLcode rc;

    for (const struct curl_slist *l = h->headers; l; l = l->next)
        headers = curl_slist_append(headers, l->data);
    h->verdict = TLS_GOOD;
    h->why[0] = '\0';
    buf_reset(h->answer);
    curl_easy_setopt(h->curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(h->curl, CURLOPT_URL, h->url);
    curl_easy_setopt(h->curl, CURLOPT_POSTFIELDS, request.p ? request.p : "");
    curl_easy_setopt(h->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request.n);
    rc = curl_easy_perform(h->curl);
    curl_easy_getinfo(h->curl, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_setopt(h->curl, CURLOPT_HTTPHEADER, NULL);
    curl_slist_free_all(headers);
    if (rc != CURLE_OK)
        return failed(h, rc, e);
    return status == 200 ? 0 : refused_by_peer(h, status, e);
}

/* The next address on the card; false when there is none. Full addresses are made of "https://host:port". */
static bool next_url(struct link_https *h)
{
    struct str url;

    while (str_split(&h->urls, '\n', &url)) {
        if (url.n == 0)
            continue;
        if (url.p[url.n - 1] == '/')
            url.n--;
        h->url = arena_fmt(h->arena, "%.*s" LINK_PATH, STR_ARG(url)).p;
        return true;
    }
    return false;
}

/* An address that cannot be reached is followed by the next; one that speaks decides. */
static int call(void *arg, struct str request, struct buf *answer, struct err *e)
{
    struct link_https *h = arg;
    int rc;

    if (request.n > MESSAGE_MAX)
        return err_set(e, ERR_LIMIT, N_("a message to a peer may have at most %zu bytes"), MESSAGE_MAX);
    h->answer = answer;
    while ((rc = call_once(h, request, e)) < 0 && e->code == ERR_IO && next_url(h))
        err_clear(e);
    h->answer = NULL;
    return rc;
}

/* ---- birth and death ---- */

static void curl_once(void)
{
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != 0)
        abort();
}

static bool set_up(struct link_https *h, const struct tls_own *own)
{
    struct str pin = base64_encode(h->arena, str_n(h->peer.pin, HASH_SIZE));
    CURL *c = h->curl;
    CURLcode rc = CURLE_OK;

#define SET(option, value) rc = rc ? rc : curl_easy_setopt(c, option, value)
    SET(CURLOPT_PROTOCOLS_STR, "https");
    SET(CURLOPT_SSLVERSION, (long)(CURL_SSLVERSION_TLSv1_3 | CURL_SSLVERSION_MAX_TLSv1_3));
    SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    SET(CURLOPT_PROXY, "");
    SET(CURLOPT_NOPROXY, "*");
    SET(CURLOPT_FOLLOWLOCATION, 0L);
    SET(CURLOPT_POST, 1L);
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_ERRORBUFFER, h->why);
    /* There is no authority to verify against: the pin is the identity (decision 0161), and before_request
     * looks at all the rest. So the system's list of them is not read in either: it would take longer than all the
     * rest of a small sync. */
    SET(CURLOPT_SSL_VERIFYPEER, 0L);
    SET(CURLOPT_SSL_VERIFYHOST, 0L);
    SET(CURLOPT_CAINFO, NULL);
    SET(CURLOPT_CAPATH, NULL);
    SET(CURLOPT_SSL_SESSIONID_CACHE, 0L); /* a resumed session would not show a certificate */
    SET(CURLOPT_PINNEDPUBLICKEY, arena_fmt(h->arena, "sha256//%.*s", STR_ARG(pin)).p);
    SET(CURLOPT_PREREQFUNCTION, before_request);
    SET(CURLOPT_PREREQDATA, h);
    SET(CURLOPT_SSLCERT, own->certificate_path);
    SET(CURLOPT_SSLKEY, own->key_path);
    SET(CURLOPT_WRITEFUNCTION, take);
    SET(CURLOPT_WRITEDATA, h);
    SET(CURLOPT_CONNECTTIMEOUT, (long)LINK_SECONDS_CONNECT);
    SET(CURLOPT_TIMEOUT, (long)LINK_SECONDS_CALL);
    SET(CURLOPT_LOW_SPEED_LIMIT, (long)LINK_BYTES_SLOW);
    SET(CURLOPT_LOW_SPEED_TIME, (long)LINK_SECONDS_SLOW);
    SET(CURLOPT_MAXCONNECTS, 1L);
#undef SET
    return rc == CURLE_OK;
}

struct link_https *link_https_new(struct ctx *c, struct str office)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    static const char *const header[] = {"Content-Type: application/cbor", "Accept: application/cbor",
                                         "Expect:", "User-Agent: puente"};
    struct tls_node node = {c->dir, journal_who(c->journal)->office, c->world};
    struct link_https *h = xmalloc(sizeof *h);
    struct tls_own own = {0};

    pthread_once(&once, curl_once);
    *h = (struct link_https){.arena = arena_new(), .world = c->world};
    h->link = (struct link){call, h, .beside = true};
    if (peer_find(c, h->arena, office, &h->peer) < 0)
        goto fail;
    h->urls = h->peer.urls;
    if (!next_url(h)) {
        err_set(c->err, ERR_USAGE, N_("the card of %.*s has no address: only it can call, or a bundle"),
                STR_ARG(office));
        goto fail;
    }
    if (tls_own(h->arena, &node, TLS_KEEP, &own, c->err) < 0)
        goto fail;
    tls_own_wipe(&own); /* curl reads the file by itself */
    for (size_t i = 0; i < COUNT(header); i++)
        h->headers = curl_slist_append(h->headers, header[i]);
    h->curl = curl_easy_init();
    if (h->curl == NULL || !set_up(h, &own)) {
        err_set(c->err, ERR_IO, N_("libcurl cannot be set up: it must be its GnuTLS build"));
        goto fail;
    }
    return h;
fail:
    link_https_free(h);
    return NULL;
}

const struct link *link_https_link(struct link_https *h)
{
    return &h->link;
}

void link_https_free(struct link_https *h)
{
    if (h == NULL)
        return;
    curl_easy_cleanup(h->curl);
    curl_slist_free_all(h->headers);
    arena_free(h->arena);
    free(h);
}

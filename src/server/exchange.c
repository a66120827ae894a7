/*~ 10
 * exchange.c: the same ops over HTTP: one request, from its first byte to its last. Here the tour ends: what an
 * officer asked on the command line (cli/) and what a program asks here ran the same op over the same views.
 *
 * Each connection has a thread (decision 0060), so a request may wait for the journal's fsync without holding
 * up another, and many that wait share one fsync.
 *
 * Order of refusals, all before the op and, where possible, before the body: who asks (Host, Origin), where (path,
 * method), with what (query, type and size of the body), for what (Accept). Then the body, then the op.
 */
#include "server/http.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <unistd.h>

#define CSP_PAGE                                                                                           \
    "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'"
#define CSP_DATA "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

void conn_phase(struct conn *c, enum phase phase)
{
    pthread_mutex_lock(&c->server->lock);
    c->phase = phase;
    c->since = server_now();
    pthread_mutex_unlock(&c->server->lock);
}

static struct conn *conn_of(struct MHD_Connection *mhd)
{
    const union MHD_ConnectionInfo *i = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return i ? i->socket_context : NULL;
}

void *exchange_target(void *cls, const char *uri, struct MHD_Connection *mhd)
{
    struct conn *c = conn_of(mhd);

    (void)cls;
    if (c)
        c->target = arena_copy(c->arena, str_z(uri));
    return NULL;
}

static struct str header(struct MHD_Connection *mhd, const char *name)
{
    const char *v = MHD_lookup_connection_value(mhd, MHD_HEADER_KIND, name);
    return v ? str_trim(str_z(v)) : S("");
}

/* ---- telling ---- */

static void add_header(struct MHD_Response *r, const char *name, struct str value, struct arena *a)
{
    if (value.n)
        (void)MHD_add_response_header(r, name, arena_z(a, value));
}

static void common_headers(struct conn *c, struct MHD_Response *r, const struct answer *w)
{
    struct request *q = &c->req;
    bool page = q->own && w->status < 400;
    const char *cache = w->status >= 400 || w->private ? "no-store"
                        : page                         ? "no-cache"
                                                       : "private, no-cache";

    if (w->type)
        (void)MHD_add_response_header(r, "Content-Type", w->type);
    if (c->server->peers) { /* no browser comes here: a sync with nothing to do stays small */
        (void)MHD_add_response_header(r, "Cache-Control", "no-store");
        return;
    }
    (void)MHD_add_response_header(r, "Content-Language", lang_tag(q->lang));
    (void)MHD_add_response_header(r, "Vary", "Accept-Language, Puente-Purpose, Puente-Case");
    (void)MHD_add_response_header(r, "Cache-Control", cache);
    (void)MHD_add_response_header(r, "Content-Security-Policy", page ? CSP_PAGE : CSP_DATA);
    (void)MHD_add_response_header(r, "X-Content-Type-Options", "nosniff");
    (void)MHD_add_response_header(r, "Referrer-Policy", "no-referrer");
    (void)MHD_add_response_header(r, "Cross-Origin-Resource-Policy", "same-origin");
    (void)MHD_add_response_header(r, "Cross-Origin-Opener-Policy", "same-origin");
    add_header(r, "Location", w->location, c->arena);
    add_header(r, "Link", w->link, c->arena);
    add_header(r, "Allow", w->allow, c->arena);
    if (w->etag[0])
        (void)MHD_add_response_header(r, "ETag", w->etag);
}

static enum MHD_Result send_response(struct conn *c, struct MHD_Connection *mhd, struct MHD_Response *r,
                                     const struct answer *w)
{
    enum MHD_Result done;

    if (r == NULL)
        return MHD_NO;
    common_headers(c, r, w);
    c->req.told = w->status;
    conn_phase(c, PHASE_SEND);
    done = MHD_queue_response(mhd, (unsigned)w->status, r);
    MHD_destroy_response(r);
    return done;
}

/* Sends `w` and frees its body. */
static enum MHD_Result tell(struct conn *c, struct MHD_Connection *mhd, struct answer *w)
{
    bool get = strcmp(c->req.method, "GET") == 0 || strcmp(c->req.method, "HEAD") == 0;
    struct MHD_Response *r;

    if (get && w->status == 200) {
        answer_etag(w);
        if (policy_matches(header(mhd, "If-None-Match"), str_z(w->etag))) {
            w->status = 304;
            w->type = NULL;
            buf_reset(&w->body);
        }
    }
    c->req.bytes = w->body.n;
    if (w->body.n) {
        r = MHD_create_response_from_buffer(w->body.n, w->body.p, MHD_RESPMEM_MUST_FREE);
        if (r)
            buf_init(&w->body, 0); /* the response has it now */
    } else {
        r = MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
    }
    buf_free(&w->body);
    return send_response(c, mhd, r, w);
}

static enum MHD_Result tell_problem(struct conn *c, struct MHD_Connection *mhd, int status)
{
    struct answer w = {0};

    buf_init(&w.body, LIMIT_ANSWER);
    if (status == 405)
        w.allow = str_z(c->req.plan.route.allow);
    if (status == 405 && strcmp(c->req.method, "OPTIONS") == 0)
        w.status = 204;
    else
        answer_problem(&w, status, &c->req.err, S(""));
    return tell(c, mhd, &w);
}

/* ---- asking ---- */

static bool is_unsafe(const char *method)
{
    return strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0 && strcmp(method, "OPTIONS") != 0;
}

/* One line of text: what stands in the record of a look must be readable to an auditor. */
static bool is_line(struct str s, size_t most)
{
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] < ' ' || s.p[i] == 127)
            return false;
    return s.n <= most && str_utf8(s);
}

/* Purpose and case: headers first, then the query. */
static int read_purpose(struct MHD_Connection *mhd, struct request *q)
{
    struct str purpose = header(mhd, "Puente-Purpose"), the_case = header(mhd, "Puente-Case");

    q->ctx.purpose = purpose.n ? purpose : q->plan.purpose;
    q->ctx.the_case = the_case.n ? the_case : q->plan.the_case;
    if (is_line(q->ctx.purpose, LIMIT_PURPOSE) && is_line(q->ctx.the_case, LIMIT_CASE))
        return STATUS_OK;
    err_set(&q->err, ERR_USAGE,
            N_("purpose and case must be one line of UTF-8 text, of at most %d and %d bytes"),
            (int)LIMIT_PURPOSE, (int)LIMIT_CASE);
    return 400;
}

static int check_accept(struct MHD_Connection *mhd, struct request *q)
{
    if (answer_accepted(&q->plan, header(mhd, "Accept")))
        return STATUS_OK;
    err_set(&q->err, ERR_USAGE, N_("this address answers in %s"),
            answer_media(q->plan.route.op, q->plan.args));
    return 406;
}

static size_t body_most(const struct request *q)
{
    switch (q->plan.body) {
    case BODY_NONE:
        return 0;
    case BODY_JSON:
        return LIMIT_JSON;
    case BODY_FILE:
        return LIMIT_FILE;
    case BODY_MESSAGE:
        return LIMIT_MESSAGE;
    }
    return 0;
}

static int check_size(struct MHD_Connection *mhd, struct request *q)
{
    struct str length = header(mhd, "Content-Length");
    size_t most = body_most(q);
    int64_t n;

    if (length.n && (!str_int(length, &n) || (uint64_t)n > most)) {
        err_set(&q->err, ERR_LIMIT, N_("the body is larger than %zu bytes"), most);
        return 413;
    }
    return STATUS_OK;
}

/* The name that the client gives the body: Content-Disposition's filename, without folders. Parts of a message's
 * record name its file, so "manifest.309" is worth keeping. */
static struct str body_name(struct MHD_Connection *mhd)
{
    static const char key[] = "filename=\"";
    struct str s = header(mhd, "Content-Disposition"), name = S("");
    const char *at = s.n ? memmem(s.p, s.n, key, sizeof key - 1) : NULL;

    if (at) {
        struct str rest = str_n(at + sizeof key - 1, (size_t)(s.p + s.n - at) - (sizeof key - 1));
        (void)str_split(&rest, '"', &name);
        for (size_t i = name.n; i-- > 0;)
            if (name.p[i] == '/' || name.p[i] == '\\')
                name = (i + 1 < name.n ? str_n(name.p + i + 1, name.n - i - 1) : S("")), i = 0;
    }
    return name.n == 0 || name.n > LIMIT_NAME || name.p[0] == '.' || !str_utf8(name) ? S("body") : name;
}

/* The body is a file without a name, so that a crash leaves nothing personal behind; the op gets a link of the given
 * name to it, in a folder of its own. */
static int link_spool(struct request *q, struct str name)
{
    struct arena *a = q->ctx.arena;
    char *dir = arena_z(a, str_z(P_tmpdir "/puente-XXXXXX")),
         *target = arena_z(a, arena_fmt(a, "/proc/self/fd/%d", q->spool));

    if (mkdtemp(dir) == NULL) {
        err_set(&q->err, ERR_IO, N_("no file for the request's body: %s"), strerror(errno));
        return answer_status(ERR_IO);
    }
    q->spool_dir = dir;
    q->spool_link = arena_z(a, path_join(a, dir, arena_z(a, name)));
    if (symlink(target, q->spool_link) == 0)
        return STATUS_OK;
    err_set(&q->err, ERR_IO, N_("no file for the request's body: %s"), strerror(errno));
    return answer_status(ERR_IO);
}

static int open_spool(struct request *q)
{
    const char *dir = q->ctx.dir ? q->ctx.dir : P_tmpdir;

    q->spool = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (q->spool < 0) { /* a file system without nameless files */
        char *name = arena_z(q->ctx.arena, path_join(q->ctx.arena, dir, "body-XXXXXX"));
        q->spool = mkostemp(name, O_CLOEXEC);
        if (q->spool >= 0)
            (void)unlink(name);
    }
    if (q->spool >= 0)
        return STATUS_OK;
    err_set(&q->err, errno == ENOSPC ? ERR_FULL : ERR_IO, N_("no file for the request's body: %s"),
            strerror(errno));
    return answer_status(q->err.code);
}

static int plan_op(struct conn *c, struct MHD_Connection *mhd, struct request *q)
{
    struct str length = header(mhd, "Content-Length");
    struct ask ask = {.peers = c->server->peers,
                      .method = str_z(q->method),
                      .target = c->target,
                      .content_type = header(mhd, "Content-Type"),
                      .has_body = header(mhd, "Transfer-Encoding").n > 0 ||
                                  (length.n > 0 && !str_eq(length, S("0")))};
    int status = args_plan(c->arena, c->server->base.rooms, &ask, &q->plan, &q->err);

    if (status == STATUS_OK && !ask.peers)
        status = read_purpose(mhd, q);
    if (status == STATUS_OK && !ask.peers)
        status = check_accept(mhd, q);
    if (status == STATUS_OK && q->plan.body != BODY_NONE)
        status = check_size(mhd, q);
    if (status == STATUS_OK && q->plan.body == BODY_FILE)
        status = open_spool(q);
    if (status == STATUS_OK && q->plan.body == BODY_FILE)
        status = link_spool(q, body_name(mhd));
    return status;
}

/* The first call: all headers are here, no body yet. 0, or the status to answer with at once. */
static int begin(struct conn *c, struct MHD_Connection *mhd, const char *method)
{
    struct request *q = &c->req;
    struct client client = {header(mhd, "Host"), header(mhd, "Origin"), header(mhd, "Sec-Fetch-Site"),
                            is_unsafe(method)};
    struct str path = c->target, rest = c->target, lang;
    int status;

    *q = (struct request){
        .method = arena_z(c->arena, str_z(method)), .spool = -1, .began = server_now(), .live = true};
    atomic_fetch_add(&c->server->active, 1);
    (void)str_split(&rest, '?', &path);
    q->lang = policy_lang(header(mhd, "Accept-Language"), c->server->base.lang);
    if (url_query(c->arena, rest.p ? rest : S(""), "lang", &lang))
        q->lang = lang_parse(arena_z(c->arena, lang), q->lang);
    q->err.lang = q->lang;
    q->ctx = c->server->base;
    q->ctx.arena = c->arena;
    q->ctx.err = &q->err;
    q->ctx.lang = q->lang;
    q->ctx.progress = NULL;
    buf_init(&q->json, c->server->peers ? LIMIT_MESSAGE : LIMIT_JSON);
    status = c->server->peers ? peers_admit(c, &q->err) : policy_client(&client, c->server->port, &q->err);
    if (status)
        return status;
    q->ctx.peer = c->server->peers ? c->peer : S("");
    if (c->server->peers)
        return plan_op(c, mhd, q);
    q->own = page_is_own(path);
    if (!q->own)
        return plan_op(c, mhd, q);
    if (is_unsafe(method) || strcmp(method, "OPTIONS") == 0) {
        snprintf(q->plan.route.allow, sizeof q->plan.route.allow, "GET, HEAD");
        err_set(&q->err, ERR_USAGE, N_("this address takes %s, not %.*s"), "GET, HEAD", 16, method);
        return 405;
    }
    return STATUS_OK;
}

static void spool(struct conn *c, const char *data, size_t n)
{
    struct request *q = &c->req;

    q->spooled += n;
    if (atomic_fetch_add(&c->server->spooled, n) + n > LIMIT_SPOOL) {
        err_set(&q->err, ERR_BUSY, N_("too many large bodies are being received; try again"));
        q->status = 503;
    }
    for (size_t at = 0; at < n && q->status == STATUS_OK;) {
        ssize_t done = write(q->spool, data + at, n - at);
        if (done > 0) {
            at += (size_t)done;
        } else if (errno != EINTR) {
            err_set(&q->err, errno == ENOSPC ? ERR_FULL : ERR_IO, N_("the body cannot be kept: %s"),
                    strerror(errno));
            q->status = answer_status(q->err.code);
        }
    }
}

/* Keeps a part of the body. What passes a limit is read and dropped, because a client that still sends does not
 * read our answer; false when it goes on for too long. */
static bool take(struct conn *c, const char *data, size_t n)
{
    struct request *q = &c->req;
    size_t most = body_most(q);

    q->got += n;
    if (q->status)
        return q->got <= 2 * (uint64_t)(most ? most : LIMIT_JSON);
    if (q->plan.body == BODY_NONE || q->got > most) {
        err_set(&q->err, ERR_LIMIT, N_("the body is larger than %zu bytes"), most);
        q->status = 413;
    } else if (q->plan.body != BODY_FILE) {
        buf_put(&q->json, data, n);
    } else {
        spool(c, data, n);
    }
    return true;
}

/* ---- answering ---- */

static enum MHD_Result run_stream(struct conn *c, struct MHD_Connection *mhd)
{
    struct request *q = &c->req;
    struct answer w = {.status = 200, .private = q->ctx.purpose.n > 0};
    bool failed;

    w.type = answer_media(q->plan.route.op, q->plan.args);
    q->stream = stream_start(&q->ctx, &q->plan, &failed);
    if (failed)
        return tell_problem(c, mhd, answer_status(q->err.code));
    return send_response(c, mhd, stream_response(q->stream), &w);
}

/* What failed here names folders and records: that is for this side's log, not for another country. A refusal goes
 * with its reason. */
static void keep_failure(struct conn *c, struct answer *w)
{
    struct err told = {.lang = c->req.lang};

    if (c->server->log)
        fprintf(stderr, "%.*s: %s\n", STR_ARG(c->peer), c->req.err.text);
    answer_problem(w, w->status, &told, S(""));
}

static enum MHD_Result finish(struct conn *c, struct MHD_Connection *mhd)
{
    struct request *q = &c->req;
    struct str path = c->target, rest = c->target, body = buf_view(&q->json);
    struct answer w = {.private = q->ctx.purpose.n > 0};

    conn_phase(c, PHASE_RUN);
    (void)str_split(&rest, '?', &path);
    if (q->status == STATUS_OK && !q->own) {
        if (q->plan.body == BODY_FILE)
            body = str_z(q->spool_link);
        q->status = args_body(c->arena, &q->plan, body, &q->err);
    }
    if (q->status)
        return tell_problem(c, mhd, q->status);
    if (!q->own && (q->plan.route.op->flags & OP_STREAM))
        return run_stream(c, mhd);
    buf_init(&w.body, LIMIT_ANSWER);
    if (q->own)
        page_answer(c->server->base.rooms, path, q->lang, &w);
    else
        answer_run(&q->ctx, &q->plan, &w);
    if (w.foreign)
        peers_foreign(c);
    if (c->server->peers && w.status == 200)
        w.type = "application/cbor";
    else if (c->server->peers && w.status >= 500)
        keep_failure(c, &w);
    return tell(c, mhd, &w);
}

enum MHD_Result exchange_handle(void *cls, struct MHD_Connection *mhd, const char *url, const char *method,
                                const char *version, const char *data, size_t *n, void **req)
{
    struct conn *c = conn_of(mhd);

    (void)cls;
    (void)url; /* c->target is the same before libmicrohttpd unescapes it */
    (void)version;
    if (c == NULL)
        return MHD_NO;
    if (*req == NULL) {
        int status;
        *req = &c->req;
        conn_phase(c, PHASE_BODY);
        status = begin(c, mhd, method);
        return status ? tell_problem(c, mhd, status) : MHD_YES;
    }
    if (*n > 0) {
        size_t got = *n;
        *n = 0;
        return take(c, data, got) ? MHD_YES : MHD_NO;
    }
    return c->req.told ? MHD_YES : finish(c, mhd);
}

static void write_log(const struct conn *c)
{
    const struct request *q = &c->req;
    char path[128];
    size_t n = 0;

    for (size_t i = 0; i < c->target.n && n + 1 < sizeof path && c->target.p[i] != '?'; i++)
        path[n++] = c->target.p[i] > ' ' && c->target.p[i] < 127 ? c->target.p[i] : '?';
    path[n] = '\0';
    fprintf(stderr, "%.8s %s %d %zu %lld ms%s%.*s\n", q->method, path, q->told, q->bytes,
            (long long)((server_now() - q->began) / 1000), q->ctx.peer.n ? " " : "", STR_ARG(q->ctx.peer));
}

void exchange_done(void *cls, struct MHD_Connection *mhd, void **req, enum MHD_RequestTerminationCode why)
{
    struct conn *c = conn_of(mhd);
    struct request *q = c ? &c->req : NULL;

    (void)cls;
    (void)why;
    *req = NULL;
    if (q == NULL || !q->live)
        return;
    stream_end(q->stream);
    if (q->spool >= 0) {
        close(q->spool);
        if (q->spool_link)
            (void)unlink(q->spool_link);
        if (q->spool_dir)
            (void)rmdir(q->spool_dir);
        atomic_fetch_sub(&c->server->spooled, q->spooled);
    }
    buf_free(&q->json);
    if (c->server->log)
        write_log(c);
    memset(q, 0, sizeof *q);
    c->target = c->peer = S("");
    arena_reset(c->arena);
    conn_phase(c, PHASE_HEAD);
    atomic_fetch_add(&c->server->answered, 1);
    atomic_fetch_sub(&c->server->active, 1);
}

/*
 * server.c: the op `serve`: starts the server, waits for SIGINT or SIGTERM, stops it.
 */
#include "server/repeat.h"
#include "server/server.h"

#include <signal.h>
#include <stdio.h>
#include <time.h>

#define PORT_DEFAULT 8801

static int port_of(struct ctx *c, const struct args *a, const char *name, uint16_t *out)
{
    int64_t port = arg_int(a, name, PORT_DEFAULT);

    if (port < 0 || port > 65535)
        return err_set(c->err, ERR_USAGE,
                       N_("a port is a number from 1 to 65535, or 0 for any that is free"));
    *out = (uint16_t)port;
    return 0;
}

static void say_where(struct ctx *c, const char *msgid, const char *bind, const struct server *s)
{
    bool six = strchr(bind, ':') != NULL;

    fprintf(stderr, tr(c->lang, msgid), six ? "[" : "", bind, six ? "]" : "", (unsigned)server_port(s));
}

/* The door for officers. */
static int start_api(struct ctx *c, const struct args *a, struct server **out)
{
    struct server_options o = {.bind = "127.0.0.1", .log = arg_given(a, "log")};

    if (port_of(c, a, "port", &o.port) < 0)
        return -1;
    if (arg_given(a, "bind"))
        o.bind = arena_z(c->arena, arg(a, "bind"));
    *out = server_start(c, &o, c->err);
    if (*out)
        say_where(c, N_("puente serves at http://%s%s%s:%u/ until Ctrl-C.\n"), o.bind, *out);
    return *out ? 0 : -1;
}

/* The door for other nodes, when it is asked for. */
static int start_peers(struct ctx *c, const struct args *a, struct server **out)
{
    struct server_options o = {.bind = "0.0.0.0", .log = arg_given(a, "log")};
    struct tls_node node = {c->dir, journal_who(c->journal)->office, c->world};
    struct tls_own own;

    if (!arg_given(a, "peers-port"))
        return arg_given(a, "peers-bind") ? err_set(c->err, ERR_USAGE, N_("peers-bind needs peers-port"))
                                          : 0;
    if (port_of(c, a, "peers-port", &o.port) < 0 || tls_own(c->arena, &node, TLS_KEEP, &own, c->err) < 0)
        return -1;
    if (arg_given(a, "peers-bind"))
        o.bind = arena_z(c->arena, arg(a, "peers-bind"));
    o.tls = &own;
    *out = server_start(c, &o, c->err);
    if (*out)
        say_where(c, N_("Other nodes are answered at https://%s%s%s:%u/.\n"), o.bind, *out);
    if (*out && own.about.until - c->world->now(c->world->arg) < TLS_SOON)
        fputs(tr(c->lang, N_("This node's certificate ends soon: run \"puente card --renew\" and hand the "
                             "card to every peer.\n")),
              stderr);
    tls_own_wipe(&own);
    return *out ? 0 : -1;
}

/* The exchange with other nodes, by itself. The room that does it is known by its verb alone. */
static int start_sync(struct ctx *c, const struct args *a, struct repeat **out)
{
    const struct op *op = op_find(c->rooms, S("sync"));
    int64_t seconds = arg_int(a, "sync-every", 0);

    if (!arg_given(a, "sync-every"))
        return 0;
    if (op == NULL || seconds < 1 || seconds > 86400)
        return err_set(c->err, ERR_USAGE, N_("sync-every is a number of seconds from 1 to 86400"));
    *out = repeat_start(c, op, (unsigned)seconds, arg_given(a, "log"));
    return *out ? 0 : -1;
}

static int serve(struct ctx *c, const struct args *a, struct out *o)
{
    struct timespec second = {.tv_sec = 1};
    struct server *api = NULL, *peers = NULL;
    struct repeat *sync = NULL;
    uint64_t answers;
    sigset_t ends, before;
    int rc;

    (void)o;
    /* Blocked before the first thread starts, so that no thread but this one gets them. */
    sigemptyset(&ends);
    sigaddset(&ends, SIGINT);
    sigaddset(&ends, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &ends, &before);
    rc = start_api(c, a, &api) < 0 || start_peers(c, a, &peers) < 0 ? -1 : start_sync(c, a, &sync);
    if (rc == 0) {
        while (sigtimedwait(&ends, NULL, &second) < 0) {
            server_sweep(api, server_now());
            if (peers)
                server_sweep(peers, server_now());
        }
        fputs(tr(c->lang, N_("Stopping: running requests are finished first.\n")), stderr);
    }
    repeat_stop(sync);
    answers = server_stop(peers);
    answers += server_stop(api);
    if (rc == 0)
        fprintf(stderr,
                tr(c->lang, N_("Stopped after %llu answers; everything acknowledged is on disk.\n")),
                (unsigned long long)answers);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return rc;
}

static const struct param serve_params[] = {
    {.name = "port", .type = P_INT, .help = N_("the port; 8801 unless told, 0 for any that is free")},
    {.name = "bind", .type = P_TEXT, .help = N_("the address: 127.0.0.1 (unless told), ::1 or localhost")},
    {.name = "peers-port",
     .type = P_INT,
     .help = N_("also answer other nodes over TLS at this port; 0 for any that is free")},
    {.name = "peers-bind",
     .type = P_TEXT,
     .help = N_("the address for other nodes: 0.0.0.0 (unless told), :: or one of this machine's")},
    {.name = "sync-every",
     .type = P_INT,
     .help = N_("exchange with every peer that was met, again after so many seconds")},
    {.name = "log", .type = P_FLAG, .help = N_("write one line a request to standard error")},
    {0},
};

static const struct op serve_op = {
    .name = "serve",
    .summary = N_("answer over HTTP: the API and the first page"),
    .help = N_(
        "Serves every op that has an address under /api/v1, described by /api/v1/openapi.json, and a "
        "first page "
        "at /. Only this machine is served. With --peers-port other nodes are answered too, at any "
        "address: "
        "over TLS 1.3, when their certificate is that of a peer this node has met. With --sync-every the "
        "exchange with them runs by itself. Ctrl-C finishes the "
        "running requests and ends."),
    .params = serve_params,
    .flags = OP_NODE | OP_WRITES | OP_LOCAL,
    .run = serve,
    .example = "-C node serve --port 8801 --peers-port 8802 --sync-every 10",
};

static const struct op *const ops[] = {&serve_op, NULL};

const struct room server_room = {.name = "server", .ops = ops};

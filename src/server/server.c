/*
 * server.c: the op `serve`: starts the server, waits for SIGINT or SIGTERM, stops it.
 */
#include "server/server.h"

#include <signal.h>
#include <stdio.h>
#include <time.h>

#define PORT_DEFAULT 8801

static int serve(struct ctx *c, const struct args *a, struct out *o)
{
    int64_t port = arg_int(a, "port", PORT_DEFAULT);
    struct server_options options = {.bind = "127.0.0.1", .log = arg_given(a, "log")};
    struct timespec second = {.tv_sec = 1};
    struct server *s;
    sigset_t ends, before;

    (void)o;
    if (port < 0 || port > 65535)
        return err_set(c->err, ERR_USAGE,
                       N_("a port is a number from 1 to 65535, or 0 for any that is free"));
    options.port = (uint16_t)port;
    if (arg_given(a, "bind"))
        options.bind = arena_z(c->arena, arg(a, "bind"));
    /* Blocked before the first thread starts, so that no thread but this one gets them. */
    sigemptyset(&ends);
    sigaddset(&ends, SIGINT);
    sigaddset(&ends, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &ends, &before);
    s = server_start(c, &options, c->err);
    if (s) {
        bool six = strcmp(options.bind, "::1") == 0;
        fprintf(stderr, tr(c->lang, N_("puente serves at http://%s:%u/ until Ctrl-C.\n")),
                six ? "[::1]" : options.bind, (unsigned)server_port(s));
        while (sigtimedwait(&ends, NULL, &second) < 0)
            server_sweep(s, server_now());
        fputs(tr(c->lang, N_("Stopping: running requests are finished first.\n")), stderr);
        fprintf(stderr,
                tr(c->lang, N_("Stopped after %llu answers; everything acknowledged is on disk.\n")),
                (unsigned long long)server_stop(s));
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return s ? 0 : -1;
}

static const struct param serve_params[] = {
    {.name = "port", .type = P_INT, .help = N_("the port; 8801 unless told, 0 for any that is free")},
    {.name = "bind", .type = P_TEXT, .help = N_("the address: 127.0.0.1 (unless told), ::1 or localhost")},
    {.name = "log", .type = P_FLAG, .help = N_("write one line a request to standard error")},
    {0},
};

static const struct op serve_op = {
    .name = "serve",
    .summary = N_("answer over HTTP: the API and the first page"),
    .help =
        N_("Serves every op that has an address under /api/v1, described by /api/v1/openapi.json, and a "
           "first page "
           "at /. Only this machine is served: another address needs TLS and sign-in. Ctrl-C finishes the "
           "running requests and ends."),
    .params = serve_params,
    .flags = OP_NODE | OP_WRITES | OP_LOCAL,
    .run = serve,
    .example = "-C node serve --port 8801",
};

static const struct op *const ops[] = {&serve_op, NULL};

const struct room server_room = {.name = "server", .ops = ops};

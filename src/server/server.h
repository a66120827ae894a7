/*
 * server: the HTTP API and the first page, over the op table of all rooms. It knows no single op: paths,
 * parameters, the OpenAPI document and the checks all follow from the tables in puente.h and schema.h.
 * The tour of the folder: limits.h what is allowed, daemon.c sockets and threads, exchange.c one request
 * from first to last byte, url.c, route.c and args.c what it asks for, policy.c who may ask, answer.c and tap.c what it
 * is told, stream.c answers that are written as they come, openapi.c and page.c what describes all this. peers.c is
 * the second door, for other nodes: the same machinery behind mutual TLS.
 */
#ifndef PUENTE_SERVER_H
#define PUENTE_SERVER_H

#include "base/tls.h"
#include "puente.h"

extern const struct room server_room; /* serve */

struct server;

struct server_options {
    const char *bind; /* a loopback address: "127.0.0.1", "::1", "localhost"; anything else is refused */
    uint16_t port;    /* 0 = any free one */
    bool log;         /* one line a request on stderr: method, path without query, status, bytes, ms */
    /* NULL: the API and the pages. Else the peers' listener: TLS with our certificate and theirs, any address, and
     * only ops with OP_PEER, under /peer/v1. Read by server_start alone. */
    const struct tls_own *tls;
};

/* Starts the threads that answer and returns. `c` (journal, views, rooms, world, author) must outlive the
 * server; each request works on its own copy with its own arena and err. NULL with err. */
struct server *server_start(const struct ctx *c, const struct server_options *o, struct err *e);
uint16_t server_port(const struct server *s);
/* Cuts connections that are too slow (limits.h); to be called about once a second with server_now(). */
void server_sweep(struct server *s, int64_t now);
int64_t server_now(void); /* microseconds of a clock that only runs forward */
/* Takes no new connections, lets the running requests finish (up to SECONDS_GRACE), frees. NULL is harmless.
 * Returns how many requests were answered. */
uint64_t server_stop(struct server *s);

#endif

/*
 * http.h: what the three files that know libmicrohttpd share: the server, its connections, their requests.
 */
#ifndef PUENTE_SERVER_HTTP_H
#define PUENTE_SERVER_HTTP_H

#include "base/refused.h"
#include "server/internal.h"

#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>

/* How far a connection's request is; each phase has its own deadline (limits.h), an op that runs has none. */
enum phase { PHASE_HEAD, PHASE_BODY, PHASE_RUN, PHASE_SEND };

struct stream;

struct request {
    const char *method;
    enum lang lang;
    struct err err;
    struct ctx ctx;
    struct plan plan;
    bool own;   /* one of the server's own addresses, not an op */
    int status; /* 0, or the problem that is told when the body has come */
    struct buf json;
    int spool;                          /* file for the body; -1 none */
    const char *spool_dir, *spool_link; /* by which the op finds it; NULL when none */
    uint64_t got, spooled;
    int64_t began; /* monotonic, µs */
    int told;      /* status sent */
    size_t bytes;
    struct stream *stream;
    bool live; /* between first call and completion */
};

struct conn {
    struct conn *prev, *next;
    struct server *server;
    int fd;
    enum phase phase;
    int64_t since; /* monotonic, µs */
    struct arena *arena;
    struct str target; /* request target as received */
    struct request req;
    /* On the peers' listener. */
    struct tls_gate gate;
    bool shown;                   /* the handshake came as far as a certificate, or none */
    struct tls_certificate shows; /* what it says */
    struct str peer;              /* whose it is, as of this request; in the arena */
    char address[REFUSED_ADDRESS];
};

struct server {
    struct MHD_Daemon *daemon;
    struct ctx base;
    uint16_t port;
    bool log;
    pthread_mutex_t lock; /* conns, phases */
    struct conn *conns;
    atomic_uint active; /* requests between first call and completion */
    atomic_ulong answered;
    atomic_ulong spooled; /* bytes in spool files now */
    bool peers;           /* the peers' listener */
    struct refused refused;
    bool refused_new; /* not in the file yet */
    int64_t refused_saved;
};

void conn_phase(struct conn *c, enum phase phase);

/* peers.c. The gate is set on each new connection; it runs in the handshake. */
void peers_open(struct conn *c, struct MHD_Connection *mhd);
void peers_foreign(struct conn *c); /* who is met asked for what is between others: that is told of too */
void peers_close(struct conn *c);   /* what never came to a certificate is a refusal too */
/* At each request, since a connection can outlive a certificate or an acquaintance: fills c->peer. 0, or 403. */
int peers_admit(struct conn *c, struct err *e);
/* Writes the refusals when there are new ones, `now` and then. */
void peers_sweep(struct server *s, int64_t now);

/* exchange.c: libmicrohttpd's callbacks; `cls` is the server */
void *exchange_target(void *cls, const char *uri, struct MHD_Connection *mhd);
enum MHD_Result exchange_handle(void *cls, struct MHD_Connection *mhd, const char *url, const char *method,
                                const char *version, const char *data, size_t *n, void **req);
void exchange_done(void *cls, struct MHD_Connection *mhd, void **req, enum MHD_RequestTerminationCode why);

/* stream.c: the op runs in a thread of its own; what it says goes through a bounded buffer to the socket. Waits
 * until there is a first byte, or the end: a failure before any byte is *failed and `p`'s err. */
struct stream *stream_start(struct ctx *c, const struct plan *p, bool *failed);
struct MHD_Response *stream_response(struct stream *s);
void stream_end(
    struct stream *s); /* the client may be gone: the rest is dropped; waits for the op; frees */

#endif

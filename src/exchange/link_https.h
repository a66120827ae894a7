/*
 * link_https: a link to one peer over HTTPS (exchange.h). TLS 1.3, our certificate shown, theirs pinned: libcurl
 * refuses another key in the handshake, and before the first byte of a request is sent tls_check looks at the dates,
 * as the peer's own door does with ours (base/tls.h). No authority, no host name, no proxy, no redirect, no cookie.
 */
#ifndef PUENTE_EXCHANGE_LINK_HTTPS_H
#define PUENTE_EXCHANGE_LINK_HTTPS_H

#include "exchange/peer.h"

#define LINK_PATH "/peer/v1/message"

enum {
    LINK_SECONDS_CONNECT = 20, /* name, connection and handshake */
    LINK_SECONDS_CALL = 600,   /* one request and its answer */
    LINK_SECONDS_SLOW = 30     /* at less than LINK_BYTES_SLOW a second */
};
#define LINK_BYTES_SLOW 64

struct link_https;
/* To a peer that was met; addresses on its card are tried in order. Connects at the first call, keeps the connection
 * until freed. Belongs to one thread. NULL with err: ERR_NOT_FOUND no such peer; ERR_USAGE no address on its card. */
struct link_https *link_https_new(struct ctx *c, struct str office);
const struct link *link_https_link(struct link_https *h);
void link_https_free(struct link_https *h); /* NULL is harmless */

#endif

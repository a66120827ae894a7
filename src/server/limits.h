/*
 * limits.h: every limit of the server, in one place. What passes one is answered with the status beside it.
 */
#ifndef PUENTE_SERVER_LIMITS_H
#define PUENTE_SERVER_LIMITS_H

#include <stddef.h>

enum {
    LIMIT_CONNECTIONS = 256, /* at once; the next one waits in the backlog */
    LIMIT_PER_ADDRESS = 256, /* at once; officers come from this machine: all share one address */
    LIMIT_SEGMENTS = 16,     /* of a path; 404 */
    LIMIT_PAIRS = 256,       /* in a query, members in a JSON body; 400 */
    LIMIT_PURPOSE = 400,     /* bytes, as the kind `access` keeps it; 400 */
    LIMIT_CASE = 64,         /* likewise */
    LIMIT_JSON_DEPTH = 32,   /* of a JSON body; 400 */
    LIMIT_NAME = 200,        /* bytes of a file's name in Content-Disposition; else it is "body" */
    /* The peers' listener, which anybody on the network can knock at. */
    LIMIT_PEER_CONNECTIONS = 64, /* at once */
    LIMIT_PEER_PER_ADDRESS = 8   /* at once; the next one is closed */
};

#define LIMIT_CONNECTION_MEMORY ((size_t)32 << 10) /* request line, headers, send buffer; 431 */
#define LIMIT_TARGET            ((size_t)8 << 10)  /* path and query; 414 */
#define LIMIT_JSON              ((size_t)4 << 20)  /* a JSON body, in memory; 413 */
#define LIMIT_MESSAGE           ((size_t)16 << 20) /* a message of a peer, in memory; 413 */
#define LIMIT_FILE              ((size_t)1 << 30)  /* a message or file, spooled to disk; 413 */
#define LIMIT_SPOOL             ((size_t)4 << 30)  /* all spooled bodies together; 503 */
#define LIMIT_ANSWER            ((size_t)32 << 20) /* an answer that is not a stream; 413: ask for a smaller page */
#define LIMIT_STREAM_BUFFER     ((size_t)64 << 10) /* between an op that streams and its socket */
#define THREAD_STACK            ((size_t)2 << 20)

enum {
    SECONDS_IDLE = 30,   /* no byte in either direction */
    SECONDS_HEAD = 20,   /* from connection or last answer to the end of the next request's headers */
    SECONDS_BODY = 600,  /* for a request's body */
    SECONDS_SEND = 3600, /* for an answer */
    SECONDS_GRACE = 10,  /* for running requests, when the server stops */
    SECONDS_REFUSED = 5  /* between two writings of the file of refusals, or two lines about one address */
};

#endif

/*
 * tls: who speaks on a line between two nodes. A node has a key and a certificate of its own (X.509, Ed25519, signed
 * by itself, made by GnuTLS); a peer knows it by its *pin*, the SHA-256 of the public key in it. There is no
 * authority, no revocation list, no host name: the pin is the identity, the dates bound how long it counts.
 *
 *     keys/tls.key     PKCS #8, PEM; 0600
 *     keys/tls.crt     the certificate, PEM; public
 *     keys/box.key     32 bytes in hexadecimal, X25519: what a bundle for this node is sealed to; 0600
 *
 * The same check serves both ends of the line (tls_check): the server runs it inside the handshake, the client
 * before it says anything. It knows nothing of peers: whose pin it is, the caller asks its views.
 */
#ifndef PUENTE_TLS_H
#define PUENTE_TLS_H

#include "base/clock.h"
#include "base/crypto.h"

#define TLS_CERTIFICATE_MAX 4096 /* bytes of a peer's certificate, DER; ours have about 400 */
#define TLS_NAME            120  /* bytes of the office's name in it */
#define TLS_DAYS            730  /* how long a certificate of ours holds */
#define TLS_SOON            (30 * INT64_C(86400) * 1000000) /* this long before its end it is spoken of */
#define TLS_SKEW            (INT64_C(86400) * 1000000)      /* it holds from a day before: clocks differ */

/* The only protocol, at either end. No tickets: a resumed session would not show its certificate again. */
#define TLS_PRIORITY "NORMAL:-VERS-ALL:+VERS-TLS1.3:%NO_TICKETS"

/* What a certificate turned out to be. Texts are for the log and for `doctor`. */
enum tls_verdict {
    TLS_GOOD,
    TLS_NO_HANDSHAKE, /* it never came so far */
    TLS_ABSENT,       /* none was shown */
    TLS_MALFORMED,
    TLS_SELF, /* it is not signed by its own key */
    TLS_EARLY,
    TLS_EXPIRED,
    TLS_UNKNOWN, /* the pin is nobody's */
    TLS_OTHER,   /* the pin is not the one expected, or no longer */
    TLS_STALE,   /* the certificate of the peer's card has expired, whatever this one says */
    TLS_FAILED,  /* we could not look it up */
    TLS_FOREIGN  /* all is well with it; but its owner asked for what is between others */
};
const char *tls_verdict_code(enum tls_verdict v); /* "expired" */
const char *tls_verdict_text(enum tls_verdict v); /* msgid */
enum tls_verdict tls_verdict_parse(struct str code);

struct tls_certificate {
    uint8_t pin[HASH_SIZE];
    char name[TLS_NAME + 1]; /* its common name: the office */
    int64_t from, until;     /* microseconds */
};
/* Everything that a certificate tells by itself, at `now`: TLS_GOOD, or what is wrong first. `out` is filled in when
 * it is not TLS_MALFORMED. Total over any bytes. */
enum tls_verdict tls_check(struct str der, int64_t now, struct tls_certificate *out);

/* Reads a certificate from a PEM file, as DER in the arena. -1 with err: ERR_NOT_FOUND, ERR_IO, ERR_CORRUPT. */
int tls_read(struct arena *a, const char *path, struct str *der, struct err *e);

/* ---- our own ---- */

struct tls_own {
    struct str key, certificate; /* PEM, for the libraries that take them so; in the arena: wipe the key */
    struct str der;
    const char *key_path, *certificate_path;
    struct tls_certificate about;
    uint8_t box_secret[32], box_public[32]; /* wipe the secret */
};
enum tls_renew { TLS_KEEP, TLS_NEW_DATES, TLS_NEW_KEY };
struct tls_node {
    const char *dir, *name; /* the node's folder; the office */
    const struct world *world;
};
/* Reads the node's keys and makes what is missing; two processes that start at once make one key. TLS_NEW_DATES
 * signs a new certificate for the same key, TLS_NEW_KEY also draws a new key. -1 with err: ERR_CORRUPT, ERR_IO. */
int tls_own(struct arena *a, const struct tls_node *n, enum tls_renew renew, struct tls_own *out,
            struct err *e);
void tls_own_wipe(struct tls_own *o);

/* ---- on a line; `session` is a gnutls_session_t ---- */

/* What the other side shows, in the session's memory; empty when nothing. */
struct str tls_shown(void *session);

/* A server's question at each handshake. Lives as long as the session. */
struct tls_gate {
    enum tls_verdict (*ask)(void *arg, struct str der);
    void *arg;
};
/* Asks the client for its certificate, and ends the handshake unless the answer is TLS_GOOD. */
void tls_gate_set(void *session, const struct tls_gate *g);

const char *tls_library(void); /* GnuTLS's version */
/* libFuzzer's door: any bytes as a certificate. Always 0. */
int tls_fuzz(const uint8_t *p, size_t n);

#endif

/*
 * peer: whom this node has met. A *card* is a note that an office signs with its log's key and hands over by any
 * way at all; `meet` takes it in once its safety number was read over the phone. The number is of the log's key, so a
 * renewed card, signed by the same key, needs no second call.
 *
 *     puente card v1
 *     office mx.anam
 *     country MX
 *     exercise no
 *     key mx.anam+1c2d3e4f+Base64            the log's verification key (C2SP)
 *     certificate Base64                     X.509, DER: what its node shows on a line (base/tls.h)
 *     box 64 hexadecimal digits              X25519: what bundles for it are sealed to
 *     url https://puente.example.mx:8802     none to eight; without one, only it can call
 *     made 2026-11-21T20:59:00Z
 *
 *     — mx.anam Base64                       the signature of `key`
 */
#ifndef PUENTE_EXCHANGE_PEER_H
#define PUENTE_EXCHANGE_PEER_H

#include "base/tls.h"
#include "exchange/internal.h"

#define CARD_MAX      ((size_t)16 << 10)
#define CARD_URLS     8
#define CARD_URL_MAX  200
#define SAFETY_GROUPS 8
#define SAFETY_SIZE   (SAFETY_GROUPS * 6) /* eight groups of five digits, blanks between them, NUL */

struct peer {
    struct str office, country;
    bool exercise;
    struct str key; /* as text */
    struct verifier verifier;
    struct str certificate; /* DER */
    struct tls_certificate about;
    uint8_t pin[HASH_SIZE], box_key[32];
    struct str urls; /* one a line */
    int64_t made;
    struct str card; /* the note */
    /* Of one that was met. */
    uint8_t id[16]; /* its record */
    struct str safety_number, confirmed_by;
};

/* The newest record of the peer, written by this node itself; all strings in the arena. ERR_NOT_FOUND. */
int peer_find(struct ctx *c, struct arena *a, struct str office, struct peer *out);
/* 0 with *known = false when there is none. */
int peer_look(struct ctx *c, struct arena *a, struct str office, struct peer *out, bool *known);

/* What a list and a card tell of it: office, country, safety number, urls, confirmed_by, certificate_until. */
void peer_say(struct out *o, struct arena *a, const struct peer *p);

/* ---- card.c ---- */

/* The card's text; everything of `p` but card, id and what `meet` adds. */
void card_write(struct buf *out, const struct peer *p);
/* ERR_DATA says what does not hold: form, signature, a certificate of another name or out of its dates at `now`.
 * Strings point into `note`. Total over any bytes. */
int card_read(struct arena *a, struct str note, int64_t now, struct peer *out, struct err *e);
bool card_url_ok(struct str url); /* https, a host, no user, no query */
/* Eight groups of five digits of the log's key: about 132 bits, the same in every language. */
void card_safety(char out[SAFETY_SIZE], struct str key);
/* The digits alone are compared: people put blanks and dashes where they like. */
bool card_safety_same(struct str typed, const char *number);

extern const struct op op_card, op_meet, op_peers;

int exchange_fuzz_card(const uint8_t *p, size_t n); /* libFuzzer's door */

#endif

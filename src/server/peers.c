/*
 * peers.c: the door for other nodes. TLS 1.3 with certificates at both ends; whose certificate it is, and whether it
 * counts, is decided here and nowhere else: its pin stands in the newest record of a peer that this node itself
 * wrote, its own dates hold, and so do those of the certificate on the peer's card. The last is what ends a
 * stolen key: whoever has it can sign himself new dates, but no new card.
 *
 * The gate runs in the handshake, before a byte of HTTP is read, and again at each request. Every refusal is
 * counted by address (base/refused.h) and, with --log, told in a line; one that repeats itself, every few seconds.
 */
#include "server/http.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>

/* ---- refusals ---- */

/* IPv6: the /64, since whoever has one address of it has all. */
static void address_text(const struct sockaddr *sa, char out[REFUSED_ADDRESS])
{
    struct in6_addr six;

    snprintf(out, REFUSED_ADDRESS, "unknown");
    if (sa && sa->sa_family == AF_INET) {
        (void)inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)sa)->sin_addr, out,
                        REFUSED_ADDRESS);
    } else if (sa && sa->sa_family == AF_INET6) {
        six = ((const struct sockaddr_in6 *)(const void *)sa)->sin6_addr;
        if (IN6_IS_ADDR_V4MAPPED(&six)) {
            (void)inet_ntop(AF_INET, six.s6_addr + 12, out, REFUSED_ADDRESS);
            return;
        }
        memset(six.s6_addr + 8, 0, 8);
        if (inet_ntop(AF_INET6, &six, out, REFUSED_ADDRESS - 4))
            memcpy(out + strlen(out), "/64", 4);
    }
}

/* `office`: whose the certificate seems to be, or was; empty when nobody's. */
static void refuse(struct conn *c, enum tls_verdict why, struct str office)
{
    struct server *s = c->server;
    struct refused_row what = {.last = s->base.world->now(s->base.world->arg), .why = why}, *row;
    bool tell;

    memcpy(what.address, c->address, sizeof what.address);
    snprintf(what.office, sizeof what.office, "%.*s", STR_ARG(office));
    pthread_mutex_lock(&s->lock);
    row = refused_put(&s->refused, &what);
    s->refused_new = true;
    if (what.last >= row->told + (int64_t)SECONDS_REFUSED * 1000000) {
        row->told = what.last;
        row->told_of = 0;
    }
    tell = s->log && !(row->told_of & 1u << why);
    row->told_of |= 1u << why;
    what.count = row->count;
    pthread_mutex_unlock(&s->lock);
    if (tell)
        fprintf(stderr, tr(s->base.lang, N_("refused %s %s: %s (%llu times)\n")), c->address,
                what.office[0] ? what.office : "-", tr(s->base.lang, tls_verdict_text(why)),
                (unsigned long long)what.count);
}

void peers_sweep(struct server *s, int64_t now)
{
    struct err e = {.lang = s->base.lang};
    struct refused copy;
    bool save;

    pthread_mutex_lock(&s->lock);
    save = s->refused_new && s->base.dir && now - s->refused_saved >= (int64_t)SECONDS_REFUSED * 1000000;
    if (save) {
        copy = s->refused;
        s->refused_new = false;
        s->refused_saved = now;
    }
    pthread_mutex_unlock(&s->lock);
    if (save && refused_save(s->base.dir, &copy, &e) < 0)
        fprintf(stderr, "%s\n", e.text);
}

/* ---- who it is ---- */

/* Finds the peer whose pin it is. The newest record of a peer counts, if this node wrote it itself. */
static enum tls_verdict find(struct ctx *c, struct arena *a, const struct tls_certificate *shows,
                             struct str *office)
{
    static const char sql[] = "SELECT office, certificate, superseded IS NULL AND erased = 0 FROM v_peer"
                              " WHERE pin = ?1 AND h_origin = ?2 ORDER BY 3 DESC, seq DESC LIMIT 1";
    int64_t now = c->world->now(c->world->arg);
    struct query *q = views_query(c->views, sql, c->err);
    enum tls_verdict v = TLS_FAILED, card;
    struct tls_certificate on_card;
    int rc;

    if (q == NULL)
        return TLS_FAILED;
    query_bind_text(q, 1, hex_encode(a, str_n(shows->pin, HASH_SIZE)));
    query_bind_text(q, 2, node_office(c));
    rc = query_step(q, c->err);
    if (rc == 1) {
        *office = arena_copy(a, query_text(q, 0));
        card = tls_check(query_blob(q, 1), now, &on_card);
        v = query_int(q, 2) == 0                   ? TLS_OTHER
            : !str_eq(*office, str_z(shows->name)) ? TLS_OTHER
            : card == TLS_GOOD                     ? TLS_GOOD
                                                   : TLS_STALE;
    } else if (rc == 0) {
        v = TLS_UNKNOWN;
    }
    query_done(q);
    return v;
}

/* What is wrong with a certificate that can be read still depends on whose it is: the log should say. */
static enum tls_verdict judge(struct conn *c, enum tls_verdict itself, struct arena *a, struct str *office)
{
    struct err e = {0};
    struct ctx x = c->server->base;
    enum tls_verdict whose;

    *office = S("");
    if (itself == TLS_ABSENT || itself == TLS_MALFORMED || itself == TLS_SELF)
        return itself;
    x.err = &e;
    whose = find(&x, a, &c->shows, office);
    return itself != TLS_GOOD && whose != TLS_UNKNOWN ? itself : whose;
}

/* In the handshake, on the connection's own thread. */
static enum tls_verdict gate(void *arg, struct str der)
{
    struct conn *c = arg;
    const struct world *w = c->server->base.world;
    struct arena *a = arena_new();
    struct str office;
    enum tls_verdict v;

    c->shown = true;
    v = judge(c, tls_check(der, w->now(w->arg), &c->shows), a, &office);
    if (v != TLS_GOOD)
        refuse(c, v, office);
    arena_free(a);
    return v;
}

int peers_admit(struct conn *c, struct err *e)
{
    const struct world *w = c->server->base.world;
    enum tls_verdict v = w->now(w->arg) >= c->shows.until ? TLS_EXPIRED : TLS_GOOD;

    if (!c->shown) /* the gate did not run: nothing is known of whoever this is */
        v = TLS_ABSENT;
    v = judge(c, v, c->arena, &c->peer);
    if (v == TLS_GOOD)
        return STATUS_OK;
    refuse(c, v, c->peer);
    c->peer = S("");
    err_set(e, ERR_DENIED, "%s", tr(e->lang, tls_verdict_text(v)));
    return 403;
}

void peers_foreign(struct conn *c)
{
    refuse(c, TLS_FOREIGN, c->peer);
}

void peers_open(struct conn *c, struct MHD_Connection *mhd)
{
    const union MHD_ConnectionInfo *from = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    const union MHD_ConnectionInfo *tls = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_GNUTLS_SESSION);

    address_text(from ? from->client_addr : NULL, c->address);
    c->gate = (struct tls_gate){gate, c};
    if (tls && tls->tls_session)
        tls_gate_set(tls->tls_session, &c->gate);
}

void peers_close(struct conn *c)
{
    if (!c->shown)
        refuse(c, TLS_NO_HANDSHAKE, S(""));
}

/*
 * daemon.c: the listening socket, the threads, the deadlines, the end. libmicrohttpd gives each connection a thread;
 * its own timeout sees only silence, so server_sweep also cuts those that drip.
 */
#include "server/http.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

int64_t server_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void conn_open(struct server *s, struct MHD_Connection *mhd, void **slot)
{
    const union MHD_ConnectionInfo *i = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD);
    struct conn *c = xmalloc(sizeof *c);

    *c = (struct conn){
        .server = s, .fd = i ? i->connect_fd : -1, .since = server_now(), .arena = arena_new()};
    pthread_mutex_lock(&s->lock);
    c->next = s->conns;
    if (c->next)
        c->next->prev = c;
    s->conns = c;
    pthread_mutex_unlock(&s->lock);
    *slot = c;
    if (s->peers)
        peers_open(c, mhd);
}

static void conn_close(struct server *s, struct conn *c)
{
    if (s->peers)
        peers_close(c);
    pthread_mutex_lock(&s->lock);
    if (c->prev)
        c->prev->next = c->next;
    else
        s->conns = c->next;
    if (c->next)
        c->next->prev = c->prev;
    pthread_mutex_unlock(&s->lock);
    arena_free(c->arena);
    free(c);
}

static void on_connection(void *cls, struct MHD_Connection *mhd, void **slot,
                          enum MHD_ConnectionNotificationCode what)
{
    if (what == MHD_CONNECTION_NOTIFY_STARTED)
        conn_open(cls, mhd, slot);
    else if (*slot) {
        conn_close(cls, *slot);
        *slot = NULL;
    }
}

void server_sweep(struct server *s, int64_t now)
{
    static const int most[] = {SECONDS_HEAD, SECONDS_BODY, 0, SECONDS_SEND};

    pthread_mutex_lock(&s->lock);
    for (struct conn *c = s->conns; c; c = c->next)
        if (most[c->phase] && now - c->since > (int64_t)most[c->phase] * 1000000)
            (void)shutdown(c->fd, SHUT_RDWR); /* its thread sees the end and cleans up */
    pthread_mutex_unlock(&s->lock);
    if (s->peers)
        peers_sweep(s, now);
}

union address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

/* False when it is no address. */
static bool address_of(const struct server_options *o, union address *at, unsigned *flags)
{
    const char *host = strcmp(o->bind, "localhost") == 0 ? "127.0.0.1" : o->bind;

    *at = (union address){0};
    if (inet_pton(AF_INET, host, &at->v4.sin_addr) == 1) {
        at->v4.sin_family = AF_INET;
        at->v4.sin_port = htons(o->port);
        return true;
    }
    if (inet_pton(AF_INET6, host, &at->v6.sin6_addr) != 1)
        return false;
    at->v6.sin6_family = AF_INET6;
    at->v6.sin6_port = htons(o->port);
    *flags |= MHD_USE_IPv6;
    return true;
}

static struct MHD_Daemon *listen_on(struct server *s, const struct server_options *o)
{
    unsigned flags =
        MHD_USE_THREAD_PER_CONNECTION | MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_POLL | MHD_USE_ITC;
    struct MHD_OptionItem tls[] = {{MHD_OPTION_END, 0, NULL}, {0}, {0}, {MHD_OPTION_END, 0, NULL}};
    union address at;

    if (!address_of(o, &at, &flags)) {
        errno = EINVAL;
        return NULL;
    }
    if (o->tls) {
        flags |= MHD_USE_TLS;
        tls[0] = (struct MHD_OptionItem){MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)(uintptr_t)o->tls->key.p};
        tls[1] =
            (struct MHD_OptionItem){MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)(uintptr_t)o->tls->certificate.p};
        tls[2] = (struct MHD_OptionItem){MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)(uintptr_t)TLS_PRIORITY};
    }
    return MHD_start_daemon(
        flags, o->port, NULL, NULL, exchange_handle, s, MHD_OPTION_SOCK_ADDR, &at.any,
        MHD_OPTION_CONNECTION_LIMIT, (unsigned)(o->tls ? LIMIT_PEER_CONNECTIONS : LIMIT_CONNECTIONS),
        MHD_OPTION_PER_IP_CONNECTION_LIMIT, (unsigned)(o->tls ? LIMIT_PEER_PER_ADDRESS : LIMIT_PER_ADDRESS),
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, LIMIT_CONNECTION_MEMORY, MHD_OPTION_CONNECTION_TIMEOUT,
        (unsigned)SECONDS_IDLE, MHD_OPTION_THREAD_STACK_SIZE, THREAD_STACK, MHD_OPTION_STRICT_FOR_CLIENT, 1,
        MHD_OPTION_URI_LOG_CALLBACK, exchange_target, s, MHD_OPTION_NOTIFY_COMPLETED, exchange_done, s,
        MHD_OPTION_NOTIFY_CONNECTION, on_connection, s, MHD_OPTION_ARRAY, tls, MHD_OPTION_END);
}

static struct server *server_new(const struct ctx *c, const struct server_options *o, struct err *e)
{
    struct server *s = xmalloc(sizeof *s);

    memset(s, 0, sizeof *s);
    s->base = *c;
    s->log = o->log;
    s->port = o->port;
    s->peers = o->tls != NULL;
    pthread_mutex_init(&s->lock, NULL);
    if (s->peers && c->dir && refused_load(c->dir, &s->refused, e) < 0) {
        err_clear(e); /* an unreadable log of refusals is no reason not to serve: it starts anew */
        refused_init(&s->refused);
    }
    return s;
}

struct server *server_start(const struct ctx *c, const struct server_options *o, struct err *e)
{
    struct server *s;
    const union MHD_DaemonInfo *i;

    if (o->tls == NULL && !policy_loopback(o->bind)) {
        err_set(e, ERR_DENIED,
                N_("officers are served on this machine only (127.0.0.1, ::1 or localhost), not at %s: "
                   "another address needs sign-in"),
                o->bind);
        return NULL;
    }
    s = server_new(c, o, e);
    errno = 0;
    s->daemon = listen_on(s, o);
    if (s->daemon == NULL) {
        err_set(e, ERR_IO, N_("cannot listen on %s port %u: %s"), o->bind, (unsigned)o->port,
                strerror(errno));
        pthread_mutex_destroy(&s->lock);
        free(s);
        return NULL;
    }
    i = MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_BIND_PORT);
    if (i)
        s->port = i->port;
    return s;
}

uint16_t server_port(const struct server *s)
{
    return s->port;
}

uint64_t server_stop(struct server *s)
{
    uint64_t answered;
    int64_t until = server_now() + (int64_t)SECONDS_GRACE * 1000000;
    MHD_socket listening;

    if (s == NULL)
        return 0;
    listening = MHD_quiesce_daemon(s->daemon);
    while (atomic_load(&s->active) > 0 && server_now() < until)
        (void)nanosleep(&(struct timespec){.tv_nsec = 5 * 1000000}, NULL);
    MHD_stop_daemon(s->daemon);
    if (listening != MHD_INVALID_SOCKET)
        (void)close(listening);
    if (s->peers)
        peers_sweep(s, INT64_MAX);
    pthread_mutex_destroy(&s->lock);
    answered = atomic_load(&s->answered);
    free(s);
    return answered;
}

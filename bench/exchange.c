/*
 * exchange MEASURE FOLDER N [ROUNDS]: what goes between two nodes, made new in FOLDER; one JSON line.
 *
 *   local    N records from us.cbp to mx.anam, both nodes in one process and no line between them; ROUNDS times
 *   https    the same in two processes, over TLS 1.3 on loopback; after each round, syncs with nothing to do
 *   pairs    N requests, each with its answer, in batches of a thousand; then as many one by one as fit
 *   alerts   N alerts entered at us.cbp, each until the hit is seen in mx.anam's views
 *   rows     what us.cbp has of N records, as lines that PostgreSQL's COPY reads: what the peers carry
 *
 * Processor time is each process' own; bytes are those that go through send and recv, TLS and all; fsyncs are
 * counted by standing in front of libc's. After each round both sides' sizes, roots and rows are compared: no speed
 * comes from loss.
 */
#include "told.h"

#include <arpa/inet.h>

enum { FILL_AT_ONCE = 2000, TRIP_EVERY = 10, PAIRS_AT_ONCE = 1000, SINGLES = 200 };

/* ---- records ---- */

/* A truck that crosses now and then, and what it carries. */
static struct record *record_at(struct arena *a, uint64_t i, struct str *trip)
{
    const char *number = arena_fmt(a, "BRPO%09ju", (uintmax_t)i).p;
    const char *plate = arena_fmt(a, "BP%06ju", (uintmax_t)(i / TRIP_EVERY)).p;
    const char *weight = arena_fmt(a, "%ju", (uintmax_t)(1000 + i % 20000)).p;
    const char *const truck[] = {
        "mode",        "road", "direction",   "south",      "carrier",           "BRPO",
        "trip_number", number, "conveyance",  plate,        "conveyance_scheme", "plate",
        "port",        "2402", "port_scheme", "schedule-d", "arrival",           "2026-11-24T08:30",
        "distance",    "1480", NULL};
    const char *const cargo[] = {"bill",
                                 number,
                                 "issuer",
                                 "BRPO",
                                 "lading",
                                 "35177",
                                 "lading_scheme",
                                 "schedule-k",
                                 "receipt",
                                 "SANTOS",
                                 "discharge",
                                 "1803",
                                 "discharge_scheme",
                                 "schedule-d",
                                 "quantity",
                                 "534",
                                 "package",
                                 "PKG",
                                 "gross_weight",
                                 weight,
                                 "volume",
                                 "70",
                                 "direction",
                                 "south",
                                 "goods",
                                 "TRUCK TIRES",
                                 NULL};
    struct record *r;

    r = record_of(a, i % TRIP_EVERY ? "consignment" : "trip", i % TRIP_EVERY ? cargo : truck);
    if (i % TRIP_EVERY == 0) {
        uuid_v7(world_real(), r->head.id);
        *trip = arena_copy(a, str_n(r->head.id, 16));
    } else
        record_text(r, schema_field(r->kind, S("trip")), *trip);
    return r;
}

static void fill(struct node *n, uint64_t records)
{
    struct record **r = xmalloc(FILL_AT_ONCE * sizeof *r);
    struct arena *own = n->c.arena;

    n->c.arena = arena_new();
    for (uint64_t i = 0; i < records;) {
        size_t many = 0;
        struct str trip = {NULL, 0};
        arena_reset(n->c.arena);
        for (; many < FILL_AT_ONCE && i < records; many++, i++)
            r[many] = record_at(n->c.arena, i, &trip);
        append(n, r, many);
    }
    arena_free(n->c.arena);
    n->c.arena = own;
    free(r);
}

/* Both nodes new in `top`; us.cbp has `records`. */
static void make(const char *top, uint64_t records, unsigned port)
{
    struct node us, mx;

    node_make(top, "us", &(struct journal_identity){.office = "us.cbp", .country = "US"});
    node_make(top, "mx", &(struct journal_identity){.office = "mx.anam", .country = "MX"});
    node_up(&us, top, "us");
    node_up(&mx, top, "mx");
    agree(&us, &mx);
    meet(&us, &mx, port);
    meet(&mx, &us, port);
    fill(&us, records);
    node_down(&us);
    node_down(&mx);
}

struct task {
    const char *measure, *top;
    uint64_t n;
    int rounds;
    unsigned port;
};

/* Both nodes new, in a process of their own: its memory is not counted. A copied folder would not do: a node sees that
 * it was restored. */
static void prepare(const struct task *t)
{
    bool alerts = strcmp(t->measure, "alerts") == 0;
    char command[512];
    pid_t pid;

    snprintf(command, sizeof command, "rm -rf '%s/us' '%s/mx' && mkdir -p '%s'", t->top, t->top, t->top);
    if (system(command) != 0)
        die(t->top, "cannot be made");
    pid = child(server);
    if (pid == 0) {
        make(t->top, alerts || strcmp(t->measure, "pairs") == 0 ? 0 : t->n, t->port);
        if (alerts) {
            struct node mx;
            node_up(&mx, t->top, "mx");
            fill(&mx, t->n * TRIP_EVERY);
            node_down(&mx);
        }
        _exit(0);
    }
    wait_for(pid);
}

/* ---- catch-up in one process ---- */

struct near {
    struct node *server;
    const char *caller;
};

static int near_call(void *arg, struct str request, struct buf *answer, struct err *e)
{
    struct near *l = arg;
    struct ctx c = l->server->c;
    int rc;

    c.arena = arena_new();
    rc = exchange_answer(&c, str_z(l->caller), request, answer);
    arena_free(c.arena);
    return rc < 0 ? err_set(e, ERR_IO, "%s", l->server->err.text) : 0;
}

static void sync_with(struct node *n, const char *peer, const struct link *l, struct synced *out)
{
    if (exchange_sync(&n->c, str_z(peer), l, out) < 0)
        die("sync", n->err.text);
}

/* One sync that must bring `records`; the clocks go into `mine`. */
static void catch_up(struct node *mx, const struct link *l, pid_t giver)
{
    uint64_t before = mine->syncs;
    double wall = now(CLOCK_MONOTONIC), cpu = now(CLOCK_PROCESS_CPUTIME_ID),
           theirs = giver ? cpu_of(giver) : 0;

    sync_with(mx, "us.cbp", l, &mine->moved);
    mine->wall = now(CLOCK_MONOTONIC) - wall;
    mine->cpu = now(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    mine->their_cpu = giver ? cpu_of(giver) - theirs : 0;
    mine->fsyncs = mine->syncs - before;
    mine->peak_mib = peak_mib();
}

static void local_round(const char *top, uint64_t records)
{
    struct node us, mx;
    struct near near = {&us, "mx.anam"};
    const struct link link = {.call = near_call, .arg = &near};

    node_up(&us, top, "us");
    node_up(&mx, top, "mx");
    catch_up(&mx, &link, 0);
    same(&us, &mx, records);
    node_down(&us);
    node_down(&mx);
}

/* ---- over a line ---- */

static unsigned free_port(void)
{
    struct sockaddr_in any = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof any;
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    if (fd < 0 || bind(fd, (struct sockaddr *)&any, n) < 0 ||
        getsockname(fd, (struct sockaddr *)&any, &n) < 0)
        die("port", "none is free");
    close(fd);
    return ntohs(any.sin_port);
}

/* What `puente serve --peers-port` does, until mine->over; `work` is called all the while. */
static void serve(struct node *n, unsigned port, void (*work)(struct node *))
{
    struct tls_node who = {n->dir, journal_who(n->c.journal)->office, n->c.world};
    struct server_options o = {.bind = "127.0.0.1", .port = (uint16_t)port};
    struct server *s;
    struct tls_own own;

    if (tls_own(n->arena, &who, TLS_KEEP, &own, &n->err) < 0)
        die("certificate", n->err.text);
    o.tls = &own;
    if ((s = server_start(&n->c, &o, &n->err)) == NULL)
        die("serve", n->err.text);
    mine->ready = true;
    while (!mine->over) {
        if (work)
            work(n);
        usleep(work ? 50 : 1000);
    }
    server_stop(s);
    mine->peak_mib = peak_mib();
    tls_own_wipe(&own);
}

struct line {
    const char *top, *server;
    unsigned port;
    void (*work)(struct node *); /* of the server */
    pid_t pid;
};

static void line_start(struct line *l)
{
    server->ready = server->over = false;
    l->pid = child(server);
    if (l->pid == 0) {
        struct node n;
        node_up(&n, l->top, l->server);
        serve(&n, l->port, l->work);
        node_down(&n);
        _exit(0);
    }
    while (!server->ready)
        if (waitpid(l->pid, NULL, WNOHANG) != 0)
            die("serve", "did not start");
        else
            usleep(1000);
}

static void line_end(struct line *l)
{
    server->over = true;
    wait_for(l->pid);
}

static struct link_https *call_up(struct node *n, const char *peer)
{
    struct link_https *h = link_https_new(&n->c, str_z(peer));
    if (h == NULL)
        die("line", n->err.text);
    return h;
}

static uint64_t wire(void)
{
    return mine->sent + mine->received;
}

static void https_round(struct line *l)
{
    struct synced s;
    struct link_https *h;
    struct node mx;
    uint64_t before;

    node_up(&mx, l->top, "mx");
    h = call_up(&mx, "us.cbp");
    catch_up(&mx, link_https_link(h), l->pid);
    sync_with(&mx, "us.cbp", link_https_link(h), &s); /* the last receipt is known now */
    before = wire();
    for (int i = 0; i < QUIET; i++) {
        double from = now(CLOCK_MONOTONIC);
        sync_with(&mx, "us.cbp", link_https_link(h), &s);
        mine->quiet[i] = 1000 * (now(CLOCK_MONOTONIC) - from);
        if (s.given || s.taken || s.requests != 1)
            die("nothing to do", "there was something");
    }
    mine->quiet_wire = (wire() - before) / QUIET;
    mine->quiet_requests = s.requests;
    link_https_free(h);
    node_down(&mx);
}

static void print_list(const char *name, const double *x, int n)
{
    printf(",\"%s\":[", name);
    for (int i = 0; i < n; i++)
        printf("%s%.4f", i ? "," : "", x[i]);
    printf("]");
}

static void print_round(bool https)
{
    printf("{\"wall\":%.6f,\"cpu\":%.6f,\"their_cpu\":%.6f,\"fsyncs\":%ju,\"message_bytes\":%ju,\"wire_"
           "bytes\":%ju,"
           "\"requests\":%ju,\"peak_mib\":%.1f,\"their_peak_mib\":%.1f",
           caller->wall, caller->cpu, caller->their_cpu,
           (uintmax_t)(caller->fsyncs + (https ? server->syncs : 0)),
           (uintmax_t)(caller->moved.bytes_in + caller->moved.bytes_out),
           (uintmax_t)(caller->sent + caller->received), (uintmax_t)caller->moved.requests,
           caller->peak_mib, https ? server->peak_mib : 0);
    if (https) {
        printf(",\"quiet_wire_bytes\":%ju", (uintmax_t)caller->quiet_wire);
        print_list("quiet_ms", caller->quiet, QUIET);
    }
    printf("}");
}

static void catch_ups(const struct task *t, bool https)
{
    printf("{\"records\":%ju,\"port\":%u,\"rounds\":[", (uintmax_t)t->n, t->port);
    for (int i = 0; i < t->rounds; i++) {
        struct line l = {.top = t->top, .server = "us", .port = t->port};
        pid_t pid;

        prepare(t);
        memset(caller, 0, sizeof *caller);
        memset(server, 0, sizeof *server);
        if (https)
            line_start(&l);
        server->syncs = 0;
        pid = child(caller);
        if (pid == 0) {
            if (https)
                https_round(&l);
            else
                local_round(t->top, t->n);
            _exit(0);
        }
        wait_for(pid);
        if (https) {
            line_end(&l);
            same_in(t->top, t->n);
        }
        printf("%s", i ? "," : "");
        print_round(https);
    }
    printf("]}\n");
}

/* ---- requests and answers ---- */

static struct record *request_at(struct arena *a, uint64_t i)
{
    const char *number = arena_fmt(a, "R-%ju", (uintmax_t)i).p;
    const char *const pairs[] = {"number",  number,
                                 "office",  "us.cbp",
                                 "peer",    "mx.anam",
                                 "form",    "information",
                                 "subject", "Where is this truck?",
                                 "text",    "Seen last at the bridge.",
                                 "purpose", "customs-control",
                                 "urgency", "8h",
                                 "due",     "2026-11-30T08:00",
                                 NULL};

    return record_of(a, "request", pairs);
}

static struct record *answer_to(struct arena *a, struct str request)
{
    const char *const pairs[] = {"outcome",          "given", "conditions", "customs-control", "answered",
                                 "2026-11-29T08:00", NULL};
    const struct kind *k = schema_kind(S("answer"));
    struct record *r = record_new(a, k);
    struct faults none = {0};

    for (const char *const *p = pairs; *p; p += 2)
        schema_set(a, r, schema_field(k, str_z(p[0])), str_z(p[1]), (struct place){0}, &none);
    record_text(r, schema_field(k, S("request")), arena_copy(a, request));
    if (!schema_check(r, (struct place){0}, &none))
        die("answer", "not a record of its kind");
    return r;
}

/* The server's: when some were asked, as many answers in one commit. */
static void answer_all(struct node *n)
{
    struct record *r[PAIRS_AT_ONCE];
    struct arena *a;
    struct query *q;
    size_t many = 0;

    if (mine->answered == mine->asked)
        return;
    a = arena_new();
    q = views_query(n->c.views, "SELECT id FROM v_request ORDER BY seq LIMIT -1 OFFSET ?1", &n->err);
    if (q == NULL)
        die("requests", n->err.text);
    query_bind_int(q, 1, (int64_t)mine->answered);
    while (many < PAIRS_AT_ONCE && query_step(q, &n->err) == 1)
        r[many++] = answer_to(a, query_blob(q, 0));
    query_done(q);
    if (mine->answered + many != mine->asked)
        die("pairs", "a request is missing");
    append(n, r, many);
    mine->answered += many;
    arena_free(a);
}

static void ask(struct node *us, const struct link *l, size_t many)
{
    struct record *r[PAIRS_AT_ONCE];
    struct arena *a = arena_new();
    struct synced s;

    for (size_t i = 0; i < many; i++)
        r[i] = request_at(a, server->asked + i);
    append(us, r, many);
    sync_with(us, "mx.anam", l, &s);
    server->asked += many;
    for (double from = now(CLOCK_MONOTONIC); server->answered < server->asked; usleep(20))
        if (now(CLOCK_MONOTONIC) - from > 30)
            die("pairs", "no answer");
    sync_with(us, "mx.anam", l, &s);
    arena_free(a);
}

static void pairs_run(const struct task *t, pid_t other)
{
    struct node us;
    struct link_https *h;
    const struct link *l;
    double singles[SINGLES], wall, cpu, theirs;
    uint64_t batched;

    node_up(&us, t->top, "us");
    h = call_up(&us, "mx.anam");
    l = link_https_link(h);
    ask(&us, l, 1);
    wall = now(CLOCK_MONOTONIC);
    cpu = now(CLOCK_PROCESS_CPUTIME_ID);
    theirs = cpu_of(other);
    for (batched = 0; batched + PAIRS_AT_ONCE <= t->n; batched += PAIRS_AT_ONCE)
        ask(&us, l, PAIRS_AT_ONCE);
    wall = now(CLOCK_MONOTONIC) - wall;
    cpu = now(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    theirs = cpu_of(other) - theirs;
    if (count_of(&us, "SELECT count(*) FROM v_answer") != (int64_t)batched + 1)
        die("pairs", "an answer is missing");
    for (int i = 0; i < SINGLES; i++) {
        double from = now(CLOCK_MONOTONIC);
        ask(&us, l, 1);
        singles[i] = 1000 * (now(CLOCK_MONOTONIC) - from);
    }
    printf("{\"pairs\":%ju,\"wall\":%.6f,\"cpu\":%.6f,\"their_cpu\":%.6f", (uintmax_t)batched, wall, cpu,
           theirs);
    print_list("single_ms", singles, SINGLES);
    printf("}\n");
    link_https_free(h);
    node_down(&us);
}

/* ---- an alert here, a hit there ---- */

static void alerts_run(const struct task *t, pid_t other)
{
    struct node us, there = {.arena = arena_new()};
    struct link_https *h;
    double *ms = xmalloc(t->n * sizeof *ms);

    (void)other;
    node_up(&us, t->top, "us");
    h = call_up(&us, "mx.anam");
    snprintf(there.dir, sizeof there.dir, "%s/mx", t->top);
    there.c = (struct ctx){
        .world = world_real(), .rooms = rooms, .dir = there.dir, .arena = there.arena, .err = &there.err};
    if (node_open(&there.c, false) < 0)
        die("open", there.err.text);
    for (uint64_t i = 0; i < t->n; i++) {
        char number[32], plate[32];
        const char *const alert[] = {"list",    "us.cbp",  "number", number,   "authority", "CBP",
                                     "subject", "vehicle", "reason", "Stolen", NULL};
        const char *const plates[] = {"list",  "us.cbp", "number", number, "scheme",
                                      "plate", "value",  plate,    NULL};
        struct record *r[2];
        struct synced s;
        double from;

        snprintf(number, sizeof number, "A-%ju", (uintmax_t)i);
        snprintf(plate, sizeof plate, "BP%06ju", (uintmax_t)i);
        r[0] = record_of(us.arena, "alert", alert);
        r[1] = record_of(us.arena, "alert_identifier", plates);
        from = now(CLOCK_MONOTONIC);
        append(&us, r, 2);
        sync_with(&us, "mx.anam", link_https_link(h), &s);
        while (count_of(&there, "SELECT count(*) FROM v_hit") < (int64_t)i + 1)
            if (now(CLOCK_MONOTONIC) - from > 5)
                die("alerts", "no hit");
        ms[i] = 1000 * (now(CLOCK_MONOTONIC) - from);
    }
    printf("{\"alerts\":%ju", (uintmax_t)t->n);
    print_list("ms", ms, (int)t->n);
    printf("}\n");
    free(ms);
    link_https_free(h);
    node_down(&there);
    node_down(&us);
}

/* us.cbp calls, mx.anam serves. */
static void called(const struct task *t, void (*work)(struct node *),
                   void (*run)(const struct task *, pid_t))
{
    struct line l = {.top = t->top, .server = "mx", .port = t->port, .work = work};
    pid_t pid;

    prepare(t);
    line_start(&l);
    pid = child(caller);
    if (pid == 0) {
        run(t, l.pid);
        fflush(stdout);
        _exit(0);
    }
    wait_for(pid);
    line_end(&l);
}

/* ---- what the peers carry ---- */

static int put_row(void *arg, const struct entry *x, struct err *e)
{
    struct arena *a = arena_new();

    (void)arg, (void)e;
    if (strcmp(x->kind->name, "trip") == 0 || strcmp(x->kind->name, "consignment") == 0)
        printf("%ju\t\\\\x%.*s\t%u\t\\\\x%.*s\t\\\\x%.*s\t\\\\x%.*s\t\\\\x%.*s\n", (uintmax_t)x->seq,
               STR_ARG(hex_encode(a, str_n(x->id, 16))), (unsigned)x->kind->number,
               STR_ARG(hex_encode(a, x->header)), STR_ARG(hex_encode(a, x->values)),
               STR_ARG(hex_encode(a, str_n(x->seed, 32))),
               STR_ARG(hex_encode(a, str_n(x->commitment, HASH_SIZE))));
    arena_free(a);
    return 0;
}

static void rows(const struct task *t)
{
    struct node us;

    prepare(t);
    node_up(&us, t->top, "us");
    if (journal_walk(us.c.journal, 0, UINT64_MAX, put_row, NULL, &us.err) < 0)
        die("rows", us.err.text);
    node_down(&us);
}

int main(int argc, char **argv)
{
    struct task t;

    if (argc < 4 || strtoull(argv[3], NULL, 10) == 0)
        return fputs("usage: exchange local|https|pairs|alerts|rows NEW-FOLDER N [ROUNDS]\n", stderr), 2;
    t = (struct task){argv[1], argv[2], strtoull(argv[3], NULL, 10), argc > 4 ? atoi(argv[4]) : 1,
                      free_port()};
    caller = shared(sizeof *caller);
    server = shared(sizeof *server);
    if (strcmp(t.measure, "local") == 0 || strcmp(t.measure, "https") == 0)
        catch_ups(&t, strcmp(t.measure, "https") == 0);
    else if (strcmp(t.measure, "pairs") == 0)
        called(&t, answer_all, pairs_run);
    else if (strcmp(t.measure, "alerts") == 0)
        called(&t, NULL, alerts_run);
    else
        rows(&t);
    return fflush(stdout) == 0 ? 0 : 2;
}

/*
 * doctor.c: looks at everything that can be wrong with a node and says what to do about it. It changes nothing,
 * takes no lock, and goes on when something is broken: that is what it is for. A check is a function that says
 * one line or more; the table at the end is the list.
 */
#include "admin/internal.h"

#include "base/refused.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <unistd.h>

#define QUICK      1000                 /* entries at the end of the log that are looked at */
#define DISK_BAD   ((uint64_t)64 << 20) /* bytes free */
#define DISK_WARN  ((uint64_t)1024 << 20)
#define SECOND     INT64_C(1000000)
#define AHEAD_MOST (300 * SECOND)            /* how far the last record may be ahead of the clock */
#define BUILT      INT64_C(1763000000000000) /* November 2025: no clock is before it */

enum finding { OK, WARN, BAD };

struct visit {
    struct ctx *c; /* c->dir is set */
    struct out *o;
    const char *name;        /* of the check that runs */
    struct journal *journal; /* NULL when it does not open */
    struct views *views;
    struct head head;
    unsigned bad, warned;
};

static void say(struct visit *v, enum finding f, const char *message, const char *advice)
{
    static const char *const word[] = {"ok", "warn", "bad"};

    out_open(v->o, NULL);
    out_z(v->o, "check", v->name);
    out_z(v->o, "result", word[f]);
    out_z(v->o, "message", message);
    if (advice)
        out_z(v->o, "advice", tr(v->c->lang, advice));
    out_close(v->o);
    v->bad += f == BAD;
    v->warned += f == WARN;
}

static const char *path_in(struct visit *v, const char *name)
{
    return path_join(v->c->arena, v->c->dir, name).p;
}

#define T(msgid) tr(v->c->lang, msgid)
#define F(...)   arena_fmt(v->c->arena, __VA_ARGS__).p

/* For %llu: the catalogue cannot hold PRIu64, which is another text on each machine. */
#define COUNTED(u) ((unsigned long long)(u))

/* ---- the folder and its keys ---- */

static void check_folder(struct visit *v)
{
    struct stat st;

    if (stat(v->c->dir, &st) < 0 || !S_ISDIR(st.st_mode))
        say(v, BAD, F(T(N_("%s is no folder that can be read")), v->c->dir),
            N_("name the node's folder with -C"));
    else if (access(path_in(v, "node.json"), F_OK) < 0)
        say(v, BAD, F(T(N_("%s is not a node: it has no node.json")), v->c->dir),
            N_("name the node's folder with -C, or make one with puente init"));
    else if (st.st_mode & 022)
        say(v, BAD, F(T(N_("%s can be written by others (mode %04o)")), v->c->dir, st.st_mode & 07777u),
            N_("chmod 0700 on the folder"));
    else if (st.st_mode & 055)
        say(v, WARN, F(T(N_("%s can be read by others (mode %04o)")), v->c->dir, st.st_mode & 07777u),
            N_("chmod 0700 on the folder, unless that is meant"));
    else
        say(v, OK, v->c->dir, NULL);
}

static void check_key(struct visit *v, const char *name)
{
    const char *path = path_in(v, F("keys/%s", name));
    bool secret = strcmp(name, "log.pub") != 0;
    struct stat st;

    if (stat(path, &st) < 0)
        say(v, BAD, F(T(N_("%s cannot be read: %s")), path, strerror(errno)),
            N_("restore keys/ from a backup; without them nothing new can be signed"));
    else if (access(path, R_OK) < 0)
        say(v, BAD, F(T(N_("%s cannot be read: %s")), path, strerror(errno)),
            N_("run puente as the user that owns the node"));
    else if (secret && (st.st_mode & 077))
        say(v, BAD, F(T(N_("%s can be read by others (mode %04o)")), path, st.st_mode & 07777u),
            N_("chmod 0600 on the file; if others may have read it, the key is no secret any more"));
    else
        say(v, OK, path, NULL);
}

static void check_keys(struct visit *v)
{
    static const char *const names[] = {"log.key", "log.pub", "once.key"};
    DIR *d = opendir(path_in(v, "keys"));
    struct dirent *x;

    for (size_t i = 0; i < COUNT(names); i++)
        check_key(v, names[i]);
    while (d && (x = readdir(d)) != NULL) { /* those of other rooms: for lines, bundles, questions */
        const char *dot = strrchr(x->d_name, '.');
        bool journals = false;
        for (size_t i = 0; i < COUNT(names); i++)
            journals = journals || strcmp(names[i], x->d_name) == 0;
        if (!journals && dot && strcmp(dot, ".key") == 0)
            check_key(v, x->d_name);
    }
    if (d)
        closedir(d);
}

static void check_lock(struct visit *v)
{
    char pid[16] = {0};
    int fd = open(path_in(v, "lock"), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

    if (fd < 0) {
        say(v, errno == ENOENT ? OK : WARN,
            T(N_("no process has written to this node yet, or it cannot be seen")), NULL);
        return;
    }
    if (flock(fd, LOCK_SH | LOCK_NB) == 0)
        say(v, OK, T(N_("no process writes to this node now")), NULL);
    else if (pread(fd, pid, sizeof pid - 1, 0) > 0)
        say(v, OK, F(T(N_("process %.*s writes to this node")), (int)strcspn(pid, "\n"), pid), NULL);
    else
        say(v, OK, T(N_("another process writes to this node")), NULL);
    close(fd);
}

/* ---- the journal ---- */

struct quick {
    struct visit *v;
    uint64_t seen, bad, last;
    int64_t recorded; /* of the newest */
    uint8_t id[16];
};

/* What can be told of an entry by itself: that its bytes are those it committed to. */
static int quick_entry(void *arg, const struct entry *x, struct err *e)
{
    struct quick *q = arg;
    uint8_t again[HASH_SIZE];

    (void)e;
    q->seen++;
    memcpy(q->id, x->id, 16);
    if (x->erased || x->record == NULL)
        return 0;
    schema_commit(again, x->seed, x->header, x->values);
    if (memcmp(again, x->commitment, sizeof again) != 0 && q->bad++ == 0)
        q->last = x->seq;
    q->recorded = x->record->head.recorded;
    return 0;
}

/* A proof of the last entry, checked: the tree's edge and the signature on the head hold. */
static int prove_last(struct visit *v, const uint8_t id[16], struct err *e)
{
    struct proved p;
    struct buf b;
    int rc;

    buf_init(&b, (size_t)16 << 20);
    rc = journal_prove(v->journal, id, &b, e);
    if (rc == 0)
        rc = journal_check_proof(v->c->arena, buf_view(&b), str_z(journal_key(v->journal)), &p, e);
    buf_free(&b);
    return rc;
}

static void check_journal(struct visit *v)
{
    struct journal_options options = {.dir = v->c->dir, .world = v->c->world};
    struct err e = {.lang = v->c->lang};
    struct quick q = {.v = v};
    uint64_t from;

    v->journal = journal_open(&options, &e);
    if (v->journal == NULL || journal_head(v->journal, v->c->arena, &v->head, &e) < 0) {
        say(v, BAD, F("%s", e.text), N_("restore a backup; keep this folder as evidence"));
        return;
    }
    from = v->head.size > QUICK ? v->head.size - QUICK : 0;
    if (journal_walk(v->journal, from, QUICK, quick_entry, &q, &e) != 0 ||
        (q.seen && prove_last(v, q.id, &e) < 0))
        say(v, BAD, F("%s", e.text), N_("run puente verify; it names the first bad entry"));
    else if (q.bad || from + q.seen != v->head.size)
        say(v, BAD,
            F(T(N_("entry %llu is not what the log committed to")),
              COUNTED(q.bad ? q.last : from + q.seen)),
            N_("run puente verify; it names the first bad entry"));
    else
        say(v, OK,
            F(T(N_("%llu entries, epoch %llu; head signed, the last %llu hold")), COUNTED(v->head.size),
              COUNTED(v->head.epoch), COUNTED(q.seen)),
            NULL);
    if (q.recorded > v->c->world->now(v->c->world->arg) + AHEAD_MOST)
        say(v, WARN, T(N_("the newest record is dated after this machine's clock")),
            N_("set the clock; order does not depend on it, but dates do"));
}

/* ---- the views ---- */

static void check_views(struct visit *v)
{
    struct err e = {.lang = v->c->lang};
    uint64_t applied, reacted;

    if (v->journal == NULL)
        return;
    v->views = views_open(v->c->dir, false, node_tables(v->c), &e);
    if (v->views == NULL) {
        say(v, WARN, F("%s", e.text), N_("nothing is lost: the next command makes them again"));
        return;
    }
    applied = views_applied(v->views);
    reacted = views_reacted(v->views);
    if (views_bind(v->views, v->head.epoch, v->head.size, &e) != 1)
        say(v, WARN, T(N_("the views are of another epoch, or of a longer log")),
            N_("nothing is lost: the next command makes them again"));
    else if (applied < v->head.size || reacted < v->head.size)
        say(v, WARN,
            F(T(N_("the views are %llu entries behind")),
              COUNTED(v->head.size - (applied < reacted ? applied : reacted))),
            N_("nothing is lost: the next command, or the process that serves, brings them up to date"));
    else
        say(v, OK, T(N_("the views have all that the journal has")), NULL);
}

/* ---- other nodes ---- */

static void check_certificate(struct visit *v)
{
    int64_t now = v->c->world->now(v->c->world->arg);
    struct err e = {.lang = v->c->lang};
    struct tls_certificate own;
    char until[TIME_SIZE];
    enum tls_verdict verdict;
    struct str der;

    if (tls_read(v->c->arena, path_in(v, "keys/tls.crt"), &der, &e) < 0) {
        if (e.code == ERR_NOT_FOUND)
            say(v, OK, T(N_("this node has no certificate yet: it has not made a card")), NULL);
        else
            say(v, BAD, F("%s", e.text), N_("restore keys/ from a backup, or run puente card --new-key"));
        return;
    }
    verdict = tls_check(der, now, &own);
    time_format(own.until, until);
    if (verdict != TLS_GOOD)
        say(v, BAD, F("%s", T(tls_verdict_text(verdict))),
            N_("run puente card --renew and hand the card to every peer"));
    else
        say(v, own.until - now < TLS_SOON ? WARN : OK, F(T(N_("the certificate holds until %s")), until),
            own.until - now < TLS_SOON ? N_("run puente card --renew and hand the card to every peer")
                                       : NULL);
}

static void check_peers(struct visit *v)
{
    int64_t now = v->c->world->now(v->c->world->arg);
    struct err e = {.lang = v->c->lang};
    struct tls_certificate theirs;
    struct query *q;

    if (v->views == NULL)
        return;
    q = views_query(
        v->views,
        "SELECT office, certificate FROM v_peer WHERE superseded IS NULL AND erased = 0 ORDER BY 1", &e);
    while (q && query_step(q, &e) == 1) {
        int office = (int)query_text(q, 0).n;
        enum tls_verdict verdict = tls_check(query_blob(q, 1), now, &theirs);
        if (verdict != TLS_GOOD || theirs.until - now < TLS_SOON)
            say(v, WARN,
                F(T(N_("the certificate of %.*s has expired, or ends soon")), office, query_text(q, 0).p),
                N_("ask them for a new card, and meet it"));
    }
    query_done(q);
}

/* A fork counts until both have signed a later text of the agreement. */
static void check_channels(struct visit *v)
{
    struct err e = {.lang = v->c->lang};
    unsigned said = 0;
    struct query *q;

    if (v->views == NULL)
        return;
    q = views_query(
        v->views,
        "SELECT DISTINCT f.giver FROM v_fork f WHERE f.erased = 0 AND NOT EXISTS (SELECT 1 FROM v_act a"
        " WHERE a.agreement = f.agreement AND a.form = 'agreement' AND a.version > f.version)",
        &e);
    while (q && query_step(q, &e) == 1) {
        struct str giver = query_text(q, 0);
        int n = giver.n > 64 ? 64 : (int)giver.n;
        said++;
        say(v, BAD, F(T(N_("what %.*s gave contradicts itself: a channel stands still")), n, giver.p),
            N_("run puente channels; the evidence is in the records of kind fork; speak to that office"));
    }
    query_done(q);
    if (said == 0)
        say(v, OK, T(N_("no channel contradicts itself")), NULL);
}

/* What knocked at the peers' door in the last week. */
static void check_refused(struct visit *v)
{
    int64_t since = v->c->world->now(v->c->world->arg) - INT64_C(7) * 86400 * SECOND;
    struct err e = {.lang = v->c->lang};
    struct refused r;
    unsigned said = 0;
    char last[TIME_SIZE];

    if (refused_load(v->c->dir, &r, &e) < 0) {
        say(v, WARN, F("%s", e.text), NULL);
        return;
    }
    for (size_t i = 0; i < r.n; i++) {
        const struct refused_row *row = &r.row[i];
        if (row->count == 0 || row->last < since)
            continue;
        time_format(row->last, last);
        say(v, WARN,
            F(T(N_("refused %s %s %llu times, last %s: %s")), row->address, row->office,
              COUNTED(row->count), last, T(tls_verdict_text(row->why))),
            said++ == 0 ? N_("a peer may need a new card; a stranger has no business here") : NULL);
    }
    if (said == 0)
        say(v, OK, T(N_("nobody was refused in the last week")), NULL);
}

/* ---- the machine ---- */

static void check_disk(struct visit *v)
{
    struct statvfs fs;
    uint64_t space;

    if (statvfs(v->c->dir, &fs) < 0) {
        say(v, WARN, F(T(N_("the space left is not known: %s")), strerror(errno)), NULL);
        return;
    }
    space = (uint64_t)fs.f_bavail * fs.f_frsize;
    say(v,
        space < DISK_BAD    ? BAD
        : space < DISK_WARN ? WARN
                            : OK,
        F(T(N_("%llu MiB free")), COUNTED(space >> 20)),
        space < DISK_WARN
            ? N_("make room; when the disk is full, nothing new is taken in, and nothing is lost")
            : NULL);
    if (fs.f_flag & ST_RDONLY)
        say(v, BAD, T(N_("the file system is mounted read-only")), N_("mount it to write"));
}

static void check_clock(struct visit *v)
{
    int64_t now = v->c->world->now(v->c->world->arg);
    struct timex t = {0};
    char text[TIME_SIZE];

    time_format(now, text);
    if (now < BUILT)
        say(v, BAD, F(T(N_("the clock says %s, which is before this program was written")), text),
            N_("set the clock"));
    else if (adjtimex(&t) >= 0 && (t.status & STA_UNSYNC))
        say(v, WARN, F(T(N_("the clock says %s and is not synchronised")), text),
            N_("run an NTP client: due times and dates rest on the clock, the order of records does not"));
    else
        say(v, OK, F("%s", text), NULL);
}

static bool older(const char *have, const int want[3])
{
    int got[3] = {0};

    if (sscanf(have, "%d.%d.%d", &got[0], &got[1], &got[2]) < 2)
        return true;
    for (int i = 0; i < 3; i++)
        if (got[i] != want[i])
            return got[i] < want[i];
    return false;
}

static void check_libraries(struct visit *v)
{
    static const int sqlite[3] = {3, 37, 0}, sodium[3] = {1, 0, 18}, openssl[3] = {3, 0, 0};

    if (older(views_engine(), sqlite))
        say(v, BAD, F("SQLite %s", views_engine()), N_("too old: STRICT tables need 3.37"));
    else
        say(v, OK,
            F(T(N_("SQLite %s; one connection writes and checkpoints, which its known fault needs two of")),
              views_engine()),
            NULL);
    if (older(sign_library(), sodium))
        say(v, BAD, F("libsodium %s", sign_library()), N_("too old: 1.0.18 or later"));
    else if (strcmp(sign_library(), "1.0.18") == 0)
        say(v, OK,
            F(T(N_("libsodium %s; whether it has Debian's security fix cannot be told from here")),
              sign_library()),
            N_("dpkg -s libsodium23 must say 1.0.18-1+deb12u1 or later"));
    else
        say(v, OK, F("libsodium %s", sign_library()), NULL);
    say(v, OK, F("GnuTLS %s", tls_library()), NULL);
    say(v, older(hash_library(), openssl) ? BAD : OK, F("OpenSSL %s", hash_library()),
        older(hash_library(), openssl) ? N_("too old: 3.0 or later") : NULL);
}

static const struct {
    const char *name;
    void (*run)(struct visit *);
} checks[] = {
    {"folder", check_folder},   {"keys", check_keys},         {"lock", check_lock},
    {"journal", check_journal}, {"views", check_views},       {"certificate", check_certificate},
    {"peers", check_peers},     {"channels", check_channels}, {"refused", check_refused},
    {"disk", check_disk},       {"clock", check_clock},       {"libraries", check_libraries},
};

static int run(struct ctx *c, const struct args *a, struct out *o)
{
    struct ctx sub = *c;
    struct visit v = {.c = &sub, .o = o};

    (void)a;
    if (sub.dir == NULL)
        sub.dir = ".";
    out_list(o, "checks");
    for (size_t i = 0; i < COUNT(checks); i++) {
        v.name = checks[i].name;
        checks[i].run(&v);
        if (i == 0 && v.bad)
            break; /* no node: nothing else would make sense */
    }
    out_end(o);
    out_int(o, "bad", v.bad);
    out_int(o, "warned", v.warned);
    out_z(o, "result",
          v.bad      ? tr(c->lang, N_("something is wrong: see what is bad"))
          : v.warned ? tr(c->lang, N_("it works; look at the warnings"))
                     : tr(c->lang, N_("all is well")));
    views_close(v.views);
    journal_close(v.journal);
    return v.bad ? 1 : 0;
}

const struct op admin_doctor = {
    .name = "doctor",
    .summary = N_("look at everything that can be wrong with a node, and say what to do"),
    .help = N_("Folder, keys, lock, journal, views, certificates, who was refused, disk, clock, libraries. "
               "Changes nothing; works while "
               "the node is "
               "served. Ends with 1 when something is bad."),
    .flags = OP_LOCAL,
    .run = run,
    .example = "doctor",
};

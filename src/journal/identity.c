/*
 * identity.c: who the node is, and its keys.
 *
 *     node.json        {"format":1,"office":"us.cbp","country":"US","exercise":false}, and "contact_report_days":3
 *                      where a law asks for a report on each contact with a foreign agency; written last: a folder
 *                      without it is no node
 *     keys/log.key     signs the heads: C2SP "PRIVATE+KEY+..." (note.h), 0600
 *     keys/log.pub     its verification key, the log's public name
 *     keys/once.key    32 bytes in hexadecimal: keys what may enter once, so that the store tells nobody what
 *                      has been here; 0600
 *
 * Other rooms keep keys of their own there (base/tls.h); a copy of the node takes all of them, *.pub and *.crt being
 * public, the rest secret.
 *
 * A secret that group or others could read is refused: whoever can read it can sign in the node's name.
 */
#include "journal/internal.h"

#include "base/json.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_LIMIT 65536

enum { N_FORMAT, N_OFFICE, N_COUNTRY, N_EXERCISE, N_REQUIRED, N_CONTACT_DAYS = N_REQUIRED };
static const struct field node_fields[] = {
    [N_FORMAT] = {.name = "format", .type = T_INT, .flags = F_REQUIRED, .least = 1, .most = INT32_MAX},
    [N_OFFICE] = {.name = "office", .type = T_TEXT, .flags = F_REQUIRED, .max = NOTE_NAME},
    [N_COUNTRY] = {.name = "country", .type = T_TEXT, .flags = F_REQUIRED, .max = 2},
    [N_EXERCISE] = {.name = "exercise", .type = T_BOOL, .flags = F_REQUIRED},
    [N_CONTACT_DAYS] = {.name = "contact_report_days",
                        .type = T_INT,
                        .least = 0,
                        .most = CONTACT_DAYS_MOST},
};
/* Not a kind of record: only a way to read node.json with the checks of the schema. */
static const struct kind node_kind = {
    .version = 1, .name = "node", .field = node_fields, .fields = COUNT(node_fields)};

static bool lower(char c)
{
    return c >= 'a' && c <= 'z';
}

/* [a-z]{2}(\.[a-z0-9-]+)+ */
bool journal_office_ok(struct str s)
{
    struct str part;
    size_t parts = 0;

    if (s.n > NOTE_NAME || !str_split(&s, '.', &part) || part.n != 2 || !lower(part.p[0]) ||
        !lower(part.p[1]))
        return false;
    while (str_split(&s, '.', &part)) {
        if (part.n == 0)
            return false;
        for (size_t i = 0; i < part.n; i++)
            if (!lower(part.p[i]) && !(part.p[i] >= '0' && part.p[i] <= '9') && part.p[i] != '-')
                return false;
        parts++;
    }
    return parts > 0;
}

static int write_key(struct arena *a, const char *dir, const char *name, struct str text, struct err *e)
{
    return file_write(path_join(a, dir, name).p, text, 0600, e);
}

int identity_create(const char *dir, const struct world *w, const struct journal_identity *who,
                    struct err *e)
{
    struct arena *a = arena_new();
    const char *keys = path_join(a, dir, "keys").p;
    struct buf secret, public, hex;
    struct signer s;
    uint8_t seed[32], once[32];
    int rc = -1;

    buf_init(&secret, NOTE_KEY_TEXT);
    buf_init(&public, NOTE_KEY_TEXT);
    buf_init(&hex, 66);
    w->random(w->arg, seed, sizeof seed);
    w->random(w->arg, once, sizeof once);
    note_signer_make(&s, str_z(who->office), seed);
    note_signer_text(&s, seed, &secret);
    note_verifier_text(&s.public, &public);
    for (size_t i = 0; i < sizeof once; i++)
        buf_fmt(&hex, "%02x", once[i]);
    buf_char(&secret, '\n');
    buf_char(&public, '\n');
    buf_char(&hex, '\n');
    if (mkdir(keys, 0700) < 0) {
        err_set(e, ERR_IO, N_("cannot make the folder %s: %s"), keys, strerror(errno));
        goto done;
    }
    if (write_key(a, keys, "log.key", buf_view(&secret), e) < 0 ||
        write_key(a, keys, "once.key", buf_view(&hex), e) < 0 ||
        file_write(path_join(a, keys, "log.pub").p, buf_view(&public), 0644, e) < 0)
        goto done;
    rc = 0;
done:
    wipe(seed, sizeof seed);
    wipe(once, sizeof once);
    wipe(&s, sizeof s);
    wipe(secret.p, secret.n);
    wipe(hex.p, hex.n);
    buf_free(&secret);
    buf_free(&public);
    buf_free(&hex);
    arena_free(a);
    return rc;
}

int identity_publish(const char *dir, const struct journal_identity *who, struct err *e)
{
    struct arena *a = arena_new();
    struct buf b;
    int rc;

    buf_init(&b, FILE_LIMIT);
    buf_fmt(&b, "{\"format\":%d,\"office\":", JOURNAL_FORMAT);
    json_str(&b, str_z(who->office));
    buf_z(&b, ",\"country\":");
    json_str(&b, str_z(who->country));
    buf_fmt(&b, ",\"exercise\":%s", who->exercise ? "true" : "false");
    if (who->contact_report_days)
        buf_fmt(&b, ",\"contact_report_days\":%d", who->contact_report_days);
    buf_z(&b, "}\n");
    rc = file_write(path_join(a, dir, "node.json").p, buf_view(&b), 0600, e);
    buf_free(&b);
    arena_free(a);
    return rc;
}

/* ---- reading ---- */

static bool has_all(const struct record *r)
{
    const uint64_t required = (UINT64_C(1) << N_REQUIRED) - 1;
    return (r->have & required) == required;
}

int identity_load(struct journal *j, struct err *e)
{
    struct arena *a = arena_new();
    const char *path = path_join(a, j->dir, "node.json").p;
    struct faults faults = {0};
    struct record *r;
    struct str text;
    int rc = -1;

    if (access(path, F_OK) < 0 && (errno == ENOENT || errno == ENOTDIR)) {
        err_set(e, ERR_USAGE, N_("%s is not a node's folder (\"puente init\" makes one)"), j->dir);
        goto done;
    }
    if (file_read(a, path, FILE_LIMIT, &text, e) < 0)
        goto done;
    r = schema_from_json(a, &node_kind, text, (struct place){0}, &faults);
    if (r && record_has(r, N_FORMAT) && r->v[N_FORMAT].i > JOURNAL_FORMAT) {
        err_set(e, ERR_USAGE,
                N_("%s has format %d and this program knows formats up to %d: use a newer program"), path,
                (int)r->v[N_FORMAT].i, JOURNAL_FORMAT);
        goto done;
    }
    if (r == NULL || faults.count[SEV_ERROR] || !has_all(r) ||
        !journal_office_ok(record_get(r, N_OFFICE)) || record_get(r, N_COUNTRY).n != 2) {
        err_set(e, ERR_CORRUPT, N_("%s is damaged"), path);
        goto done;
    }
    j->who.office = xstrdup(arena_z(a, record_get(r, N_OFFICE)));
    j->who.country = xstrdup(arena_z(a, record_get(r, N_COUNTRY)));
    j->who.exercise = r->v[N_EXERCISE].i != 0;
    j->who.contact_report_days = record_has(r, N_CONTACT_DAYS) ? (int)r->v[N_CONTACT_DAYS].i : 0;
    rc = 0;
done:
    arena_free(a);
    return rc;
}

static bool is_public(const char *name)
{
    const char *dot = strrchr(name, '.');
    return dot && (strcmp(dot, ".pub") == 0 || strcmp(dot, ".crt") == 0);
}

/* A file of keys/; a secret only when nobody else can read it. */
static int read_key(struct arena *a, const struct journal *j, const char *name, struct str *out,
                    struct err *e)
{
    const char *path = path_join(a, j->dir, arena_fmt(a, "keys/%s", name).p).p;
    struct stat st;

    if (stat(path, &st) < 0)
        return err_set(e, ERR_IO, N_("cannot read %s: %s"), path, strerror(errno));
    if (!is_public(name) && (st.st_mode & 077) != 0)
        return err_set(
            e, ERR_IO,
            N_("%s can be read by others (mode %03o): the node does not start with it; chmod 600, and "
               "consider the key known"),
            path, (unsigned)st.st_mode & 0777);
    if (file_read(a, path, FILE_LIMIT, out, e) < 0)
        return -1;
    *out = str_trim(*out);
    return 0;
}

static int bad_key(const struct journal *j, const char *name, struct err *e)
{
    return err_set(e, ERR_CORRUPT, N_("%s/keys/%s is damaged"), j->dir, name);
}

static int load_secrets(struct arena *a, struct journal *j, struct err *e)
{
    struct str log = {0}, once = {0};
    size_t n;
    int rc = -1;

    if (read_key(a, j, "log.key", &log, e) < 0 || read_key(a, j, "once.key", &once, e) < 0)
        goto done;
    if (!note_signer_parse(log, &j->signer) ||
        memcmp(&j->signer.public, &j->verifier, sizeof j->verifier) != 0)
        bad_key(j, "log.key", e);
    else if (!hex_decode(once, j->once_key, sizeof j->once_key, &n) || n != sizeof j->once_key)
        bad_key(j, "once.key", e);
    else
        rc = 0;
done:
    wipe((void *)(uintptr_t)log.p, log.n);
    wipe((void *)(uintptr_t)once.p, once.n);
    return rc;
}

int identity_keys(struct journal *j, bool secrets, struct err *e)
{
    struct arena *a = arena_new();
    struct str text;
    int rc = -1;

    if (read_key(a, j, "log.pub", &text, e) < 0)
        goto done;
    if (!note_verifier_parse(text, &j->verifier) || text.n >= sizeof j->key ||
        !str_eq(str_z(j->verifier.name), str_z(j->who.office))) {
        bad_key(j, "log.pub", e);
        goto done;
    }
    memcpy(j->key, text.p, text.n);
    rc = secrets ? load_secrets(a, j, e) : 0;
done:
    arena_free(a);
    return rc;
}

static int copy_key(struct arena *a, const struct journal *j, const char *keys, const char *name,
                    struct err *e)
{
    struct str text;
    int rc;

    if (read_key(a, j, name, &text, e) < 0)
        return -1;
    rc = file_write(path_join(a, keys, name).p, arena_fmt(a, "%.*s\n", STR_ARG(text)),
                    is_public(name) ? 0644 : 0600, e);
    wipe((void *)(uintptr_t)text.p, text.n);
    return rc;
}

/* Not the dot entries, nor what a crash left of a file_write. */
static bool is_key(const char *name)
{
    const char *dot = strrchr(name, '.');
    return dot && dot != name && dot[1] && strcmp(dot, ".tmp") != 0;
}

int identity_copy(const struct journal *j, const char *to, struct err *e)
{
    struct arena *a = arena_new();
    const char *keys = path_join(a, to, "keys").p;
    DIR *d = opendir(path_join(a, j->dir, "keys").p);
    struct dirent *x;
    int rc = -1;

    if (d == NULL) {
        err_set(e, ERR_IO, N_("cannot read %s: %s"), j->dir, strerror(errno));
        goto done;
    }
    if (mkdir(keys, 0700) < 0) {
        err_set(e, ERR_IO, N_("cannot make the folder %s: %s"), keys, strerror(errno));
        goto done;
    }
    while ((x = readdir(d)) != NULL)
        if (is_key(x->d_name) && copy_key(a, j, keys, x->d_name, e) < 0)
            goto done;
    rc = 0;
done:
    if (d)
        closedir(d);
    arena_free(a);
    return rc;
}

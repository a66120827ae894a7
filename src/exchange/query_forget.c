/*
 * query_forget.c: what must not outlive its reason. A suspension or an end destroys keys and sets at once. A record
 * that is erased leaves the files of private queries too: its entry goes from the prepared set, and what was
 * evaluated of it here is dropped.
 */
#include "exchange/query.h"

#include <dirent.h>
#include <errno.h>
#include <unistd.h>

/* The holder's set without the record: made again, now. */
static int renew_set(struct ctx *c, const uint8_t agreement[16])
{
    static const uint8_t none[HASH_SIZE];
    uint8_t digest[HASH_SIZE];
    struct query_terms t;
    struct query_keys k;
    struct set_part part;
    struct str taker;
    int rc = query_set_taker(c, agreement, &taker);

    if (rc != 1)
        return rc;
    if (query_terms_open(c, agreement, node_office(c), taker, &t) < 0)
        return -1;
    if (t.schemes == 0)
        return 0;
    rc = query_keys_open(c, &t, &k);
    if (rc == 0)
        rc = query_set_make(c, &t, &k, none, &part, digest);
    wipe(&k, sizeof k);
    return rc;
}

/* Every agreement that has a file of this name in asking/. */
static int each(struct ctx *c, const char *name, struct str id)
{
    struct str folder = path_join(c->arena, c->dir, "asking");
    struct dirent *one;
    DIR *d = opendir(folder.p);
    int rc = 0;

    if (!d)
        return errno == ENOENT ? 0
                               : err_set(c->err, ERR_IO, N_("cannot read the folder %s: %s"), folder.p,
                                         strerror(errno));
    while (rc == 0 && (one = readdir(d)) != NULL) {
        struct str file = str_z(one->d_name);
        uint8_t agreement[16];
        if (file.n < UUID_SIZE || strcmp(file.p + UUID_SIZE, name) != 0 ||
            !uuid_parse(str_n(file.p, UUID_SIZE - 1), agreement))
            continue;
        rc = id.n ? query_watched_drop(c, agreement, id) : renew_set(c, agreement);
    }
    closedir(d);
    return rc;
}

static int erased(struct ctx *c, struct str id)
{
    if (id.n != 16)
        return 0;
    return each(c, "held.watched", id) < 0 ? -1 : each(c, "own.set", S(""));
}

int query_react(struct ctx *c, const struct entry *x)
{
    const struct record *r = x->record;
    struct str form;

    if (r && strcmp(r->kind->name, "erasure") == 0)
        return erased(c, record_get(r, schema_field(r->kind, S("about"))));
    if (!r || strcmp(r->kind->name, "act") != 0)
        return 0;
    form = record_get(r, schema_field(r->kind, S("form")));
    if (!str_eq(form, S("suspension")) && !str_eq(form, S("end")))
        return 0;
    return query_forget(c, (const uint8_t *)record_get(r, schema_field(r->kind, S("agreement"))).p);
}

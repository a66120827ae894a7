/*
 * erase.c: forgetting. Values and seed are overwritten, in the store's file and in its log of pages; header,
 * commitment and place stay, so that the tree and every proof of it still hold. Without the seed the salted
 * digests tell nothing about what was there.
 */
#include "journal/internal.h"

/* The erasure says which record it is about; the journal holds it to that. */
static int names(const struct record *erasure, const uint8_t id[16], struct err *e)
{
    int f;

    if (!str_eq(str_z(erasure->kind->name), S("erasure")))
        return err_set(e, ERR_USAGE, N_("a record of kind erasure says why something is erased"));
    f = schema_field(erasure->kind, S("about"));
    if (!str_eq(record_get(erasure, f), str_n(id, 16)))
        return err_set(e, ERR_USAGE, N_("the erasure names another record than the one to be erased"));
    return 0;
}

/* Without them the log could not be verified any more. */
static int erasable(struct journal *j, const uint8_t id[16], struct err *e)
{
    struct arena *a = arena_new();
    struct entry x;
    int rc = journal_get(j, a, id, &x, e);

    if (rc == 0 && x.erased)
        rc = err_set(e, ERR_CONFLICT, N_("the record has been erased already"));
    else if (rc == 0 && (strcmp(x.kind->name, "erasure") == 0 || strcmp(x.kind->name, "epoch") == 0))
        rc = err_set(e, ERR_DENIED, N_("a record of kind %s cannot be erased: the log needs it to verify"),
                     x.kind->name);
    arena_free(a);
    return rc;
}

/* With the turn taken. */
static int erase(struct journal *j, const uint8_t id[16], struct row *row, struct err *e)
{
    int rc;

    if (write_begin(j, e) < 0)
        return -1;
    rc = j->backend->erase(j->store, id, e);
    if (rc == 0)
        rc = err_set(e, ERR_CONFLICT, N_("the record has been erased already"));
    else if (rc == 1)
        rc = row_put(j, row, e);
    if (rc == 0)
        rc = id_taken(row->id, e);
    if (rc < 0) {
        write_abort(j);
        return -1;
    }
    return write_commit(j, e);
}

int journal_erase(struct journal *j, const uint8_t id[16], struct record *erasure, struct err *e)
{
    struct row row;
    struct buf b;
    int rc = -1;

    if (j->store == NULL)
        return err_set(e, ERR_USAGE, N_("the journal was opened for reading only"));
    if (names(erasure, id, e) < 0 || erasable(j, id, e) < 0)
        return -1;
    buf_init(&b, 1 << 20);
    if (row_make(j, erasure, &b, &row, e) == 0) {
        writer_wait(j);
        rc = erase(j, id, &row, e);
        writer_done(j);
        wipe(row.seed, sizeof row.seed);
    }
    buf_free(&b);
    return rc;
}

/*
 * backup.c: a whole node's journal in another folder, taken while the node runs: the store as one transaction
 * saw it, the keys, and last node.json, without which the folder is no node. There is no `promised` in it, and
 * the store says that it is a copy: whoever opens it for writing starts the next epoch.
 */
#include "journal/internal.h"

int journal_backup(struct journal *j, const char *to, struct err *e)
{
    struct store *s;
    int rc;

    if (folder_make(to, e) < 0)
        return -1;
    s = reader_take(j, e);
    rc = s ? j->backend->copy(s, to, e) : -1;
    reader_give(j, s);
    if (rc == 0)
        rc = identity_copy(j, to, e);
    if (rc == 0)
        rc = identity_publish(to, &j->who, e);
    if (rc < 0)
        folder_clear(to);
    return rc;
}

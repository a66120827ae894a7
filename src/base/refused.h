/*
 * refused: who knocked at the peers' door and was not let in. Strangers may not fill the journal, so this is a small
 * file beside it, by address, that forgets the oldest (decision 0162):
 *
 *     puente refused v1
 *     203.0.113.7 412 2026-11-21T20:59:00Z 2026-11-22T03:10:12Z expired mx.anam
 *     2001:db8:1:2::/64 3 2026-11-22T01:00:00Z 2026-11-22T01:00:04Z handshake -
 *     others 12 ...                       what was forgotten, counted together
 *
 * The process that serves writes it, `doctor` reads it.
 */
#ifndef PUENTE_REFUSED_H
#define PUENTE_REFUSED_H

#include "base/tls.h"

#define REFUSED_ROWS    64
#define REFUSED_ADDRESS 48 /* bytes of an address, NUL included */

struct refused_row {
    char address[REFUSED_ADDRESS];
    uint64_t count;
    int64_t first, last; /* microseconds */
    enum tls_verdict why;
    char office[TLS_NAME + 1]; /* whose certificate it seemed to be; empty when nobody's */
    /* Not in the file: of which verdicts a line was written since when. */
    int64_t told;
    unsigned told_of;
};
struct refused {
    struct refused_row row[REFUSED_ROWS]; /* [0] is "others" */
    size_t n;
};

void refused_init(struct refused *r);
/* Counts one more; the row, which holds until the next call. `what`: address, last, why and office are read. O(rows). */
struct refused_row *refused_put(struct refused *r, const struct refused_row *what);
/* A folder without the file has had no refusals; a damaged line is passed over. -1 with err. */
int refused_load(const char *dir, struct refused *out, struct err *e);
int refused_save(const char *dir, const struct refused *r, struct err *e);

#endif

/*
 * feeds/gunzip.h: a gzip file (RFC 1952) as the input it holds. Stands in front of every reader.
 */
#ifndef PUENTE_FEEDS_GUNZIP_H
#define PUENTE_FEEDS_GUNZIP_H

#include "feeds/internal.h"

struct gunzip;

bool gunzip_is(struct str head);
/* `run` has read `head` from its input. From now on gunzip_input is the input; faults go to the run's sink, and
 * what is damaged, cut off or a bomb makes the read fail with the run's err set. */
struct gunzip *gunzip_new(struct feeds_run *run, struct str head);
void gunzip_free(struct gunzip *g); /* NULL is harmless */
const struct feeds_input *gunzip_input(const struct gunzip *g);

#endif

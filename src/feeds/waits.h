/*
 * feeds/waits.h: what the two files that read waiting times share.
 */
#ifndef PUENTE_FEEDS_WAITS_H
#define PUENTE_FEEDS_WAITS_H

#include "feeds/deliver.h"

#define WAIT_SOURCE "us.cbp.bwt"

enum wait_said { SAID_NOTHING, SAID_OPEN, SAID_CLOSED, SAID_UNKNOWN };

/* What the status of a lane says. */
enum wait_said wait_status(struct str s);
/* The cell, clean; empty when it says "N/A". */
struct str wait_value(struct arena *a, struct str s);
void wait_warn(struct deliver *d, const char *code, struct place at, const char *tag, struct str found);
void wait_set(struct record *r, const char *field, struct str s);
void wait_set_int(struct record *r, const char *field, int64_t i);
/* Minutes and open lanes; what cannot be read is a fault and left away. */
void wait_figures(struct deliver *d, struct place at, struct record *r, struct str minutes,
                  struct str open);
/* A polled table, read to its end. */
int wait_table(struct feeds_run *run);

#endif

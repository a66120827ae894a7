/*
 * feeds/internal.h: what the readers of this room share. A reader is one row of feeds.c's table.
 */
#ifndef PUENTE_FEEDS_INTERNAL_H
#define PUENTE_FEEDS_INTERNAL_H

#include "feeds/feeds.h"

/* How synthetic data marks itself, in whatever place a format has for it. */
#define FEEDS_WATERMARK "PUENTE-EXERCISE"

/* The first bytes that detection may look at: a UTF-8 mark, a Type B header, an XML prologue, a CSV header. */
#define FEEDS_HEAD 8192
/* Below this a reader only guesses: nothing was recognised. */
#define SURE_ENOUGH 20

/* One parse: what a reader is given. */
struct feeds_run {
    const struct feeds_input *in;
    const struct feeds_options *options;
    const struct feeds_limits *limits;
    const struct feeds_sink *to;
    struct arena *arena; /* the run's own; message arenas are the reader's */
    struct err *err;
    struct str head; /* the first bytes, read for detection: run_read gives them again */
    size_t head_used;
    uint64_t offset; /* bytes given out so far */
    bool unicode;    /* they are UTF-8, whatever they say of themselves */
};

/* As feeds_input.read, with the head first. */
long run_read(struct feeds_run *run, void *to, size_t most);

struct feeds_reader {
    const char *format; /* "x12", "edifact", "cfdi", "jsonl", "csv", "ofac-sdn", "statistics", ... */
    int (*sniff)(struct str head, const char *name); /* how sure, 0 to 100; name of the file, may be NULL */
    int (*parse)(struct feeds_run *run);             /* as feeds_parse */
};

/* The reader that is surest of the head, at least so sure; NULL = none. */
const struct feeds_reader *feeds_reader_for(struct str head, const char *name, int least);
/* By its name, if it is so sure. */
const struct feeds_reader *feeds_reader_named(const char *name, struct str head, int least);

/* Of feeds_ready: what each makes of its tables, once. */
void edi_ready(void);
void cfdi_ready(void);

extern const struct feeds_reader reader_x12, reader_edifact;                        /* edi.c */
extern const struct feeds_reader reader_cfdi;                                       /* cfdi.c */
extern const struct feeds_reader reader_cimp;                                       /* cimp.c */
extern const struct feeds_reader reader_onerecord;                                  /* onerecord.c */
extern const struct feeds_reader reader_cargoxml;                                   /* cargoxml.c */
extern const struct feeds_reader reader_jsonl;                                      /* jsonl.c */
extern const struct feeds_reader reader_csv;                                        /* csv.c */
extern const struct feeds_reader reader_ofac_sdn, reader_ofac_alt, reader_ofac_add; /* lists.c */
extern const struct feeds_reader reader_un;                                         /* un.c */
extern const struct feeds_reader reader_bis_dpl, reader_sat_69b;                    /* watch.c */
extern const struct feeds_reader reader_wco;                                        /* wco.c */
extern const struct feeds_reader reader_statistics;                                 /* statistics.c */
extern const struct feeds_reader reader_waits;                                      /* waits.c */
extern const struct feeds_reader reader_ais, reader_adsb;                           /* ais.c, adsb.c */

#endif

/*
 * exercise/internal.h: what the files of this room share.
 *
 *   tables.c     the places, goods and waits: facts, as const tables
 *   people.c     companies, carriers and drivers: invented, the same for a seed every day
 *   numbers.c    numbers with their check digits
 *   shipment.c   what one message is about
 *   manifest.c, cartaporte.c   shipments as records, for the writer of feeds
 *   lines.c      what no message format carries
 *   plant.c      alerts that must find something, and what must be found
 *   breaks.c     the same messages, broken on purpose
 *   day.c        one day, hour by hour; file.c: its files
 *   exercise.c   the op
 *
 * Everything is drawn from dice that are seeded with what they are for (seed, day, hour, place, number), so
 * that one message does not depend on how many others there are.
 */
#ifndef PUENTE_EXERCISE_INTERNAL_H
#define PUENTE_EXERCISE_INTERNAL_H

#include "exercise/exercise.h"

#include <stdio.h>

#define EXERCISE_MARK "PUENTE-EXERCISE" /* sender in EDI, series in CFDI: feeds/ knows it */

/* ---- dice ---- */

struct dice {
    uint64_t state;
};
struct dice dice_for(uint64_t seed, uint64_t a, uint64_t b, uint64_t c);
int dice_roll(struct dice *d, int n);               /* 0 .. n-1 */
int dice_between(struct dice *d, int from, int to); /* both included */

/* ---- tables.c ---- */

enum way { WAY_ROAD, WAY_SEA, WAY_AIR };

/* Two places that face each other across the border, and what the codes of each side call them. */
struct pair {
    const char *name; /* "laredo": for --port and in file names */
    enum way way;
    struct side {
        const char *port, *name, *city, *state, *zip; /* Schedule D, or aduana (SAT, 2 digits) */
        const char *place;                            /* UN/LOCODE, or IATA for an airport */
    } us, mx;
    const char *schedule_k; /* of the Mexican sea port */
    int weight;             /* its share of the day's traffic */
    int zone;               /* hours from UTC in winter */
    bool summer;            /* keeps daylight time */
    const char *method;     /* how its waits are measured */
    int km;                 /* a usual trip */
};
extern const struct pair exercise_pairs[]; /* ends with a NULL name */

enum { GOOD_NORTH = 1, GOOD_SOUTH = 2, GOOD_ROAD = 4, GOOD_SEA = 8, GOOD_AIR = 16 };
struct good {
    const char *hs;  /* 10 digits: TIGIE and NICO; the first 6 are HS 2022 */
    const char *sat; /* c_ClaveProdServCP */
    const char *english, *spanish;
    int flags;
    int grams;                                   /* one package, in 10 g */
    int cents;                                   /* worth of a kilogram, in US cents */
    int most;                                    /* packages in one line */
    const char *pack, *rec21;                    /* X12 355, UN/ECE Recommendation 21 */
    const char *undg, *class, *group, *embalaje; /* dangerous goods; NULL when it is none */
    const char *cas, *chemical;
};
extern const struct good exercise_goods[];
extern const size_t exercise_good_count;

extern const int exercise_hours_trade[24], exercise_hours_cars[24]; /* thousandths of a day */

/* ---- numbers.c: what has a check digit gets the right one ---- */

void number_container(char out[12], const char owner[4], int serial);
void number_imo(char out[8], int serial);
void number_vin(char out[18], struct dice *d);
void number_rfc(char out[14], const char *letters, int birth); /* 3 letters a company, 4 a person */
void number_awb(char out[13], int serial);
void number_plate(char out[8], struct dice *d);
void number_uuid(char out[37], struct dice *d);

/* ---- people.c ---- */

struct company {
    char name[80], rfc[14], tax[12], street[64];
    const char *city, *state, *zip; /* state: as X12 and SAT write it */
    bool mexican;
};
struct carrier {
    const char *name, *scac;
    bool mexican;
};
struct company company_of(uint64_t seed, bool mexican, int number);
extern const struct carrier exercise_carriers[3][6]; /* by way */
struct driver {
    char name[80], licence[12], rfc[14];
};
struct driver driver_of(uint64_t seed, int number);
struct ship {
    const char *name, *flag;
    int serial;
};
extern const struct ship exercise_ships[8];

/* ---- shipment.c ---- */

struct when {
    int64_t day; /* since 1970 */
    int minute;  /* of that day, local */
};

enum form { FORM_309_ROAD, FORM_CUSCAR_ROAD, FORM_CFDI_ROAD, FORM_309_SEA, FORM_CUSCAR_SEA, FORM_CFDI_AIR };
#define FORMS 6

struct box {
    char number[16], seal[2][12], plate[8];
    const char *size; /* ISO 6346 size and type; NULL for a trailer */
};
struct line {
    const struct good *good;
    int packages, box;
    int64_t grams, cents; /* in 10 g, in US cents */
};
#define LINES_MOST 4
#define BOXES_MOST 2
struct bill {
    char number[16], pedimento[24];
    struct company from, to, notify;
    struct box box[BOXES_MOST];
    struct line line[LINES_MOST];
    int boxes, lines;
};
struct shipment {
    const struct pair *pair;
    enum form form;
    bool north;
    struct when at;
    const struct carrier *carrier;
    char trip[16], conveyance[20], scheme[16], name[32], reference[40];
    const char *flag;
    struct driver driver;
    struct bill *bill;
    int bills;
    struct dice dice;
};

struct cast { /* what stays the same for a whole run */
    uint64_t seed;
    int64_t scale; /* thousandths */
    const struct pair *pair[16];
    size_t pairs;
};
struct order { /* which shipment */
    enum form form;
    const struct pair *pair;
    bool north;
    struct when at;
    uint64_t number; /* of the run */
};
struct shipment *shipment_new(struct arena *a, const struct cast *c, const struct order *o);
int bill_packages(const struct bill *b);
long long bill_kilograms(const struct bill *b); /* rounded up, as the lines are */
long long line_kilograms(const struct line *l);
const char *when_date(struct arena *a, struct when w, const char *format); /* "YMD", "yMDhm": see there */
void when_utc(const struct pair *p, struct when w, char out[TIME_SIZE]);   /* local to RFC 3339 */
/* Upper-case ASCII: what X12's and EDIFACT's level A character sets can carry. */
struct str fold(struct arena *a, const char *z);

/* ---- manifest.c, cartaporte.c, lines.c: append one message to b ---- */

void message_write(struct arena *a, struct buf *b, const struct shipment *s, uint64_t control);

/* The records of one message, in the order in which a reader gives them. */
#define MANIFEST_MOST 512
struct manifest {
    struct arena *arena;
    const struct shipment *s;
    struct record **r;
    size_t n, bill; /* bill: ordinal of the consignment at hand */
    uint64_t control;
    bool x12;
    struct feeds_value *values; /* Carta Porte: what no field holds */
};
struct feeds_write; /* feeds/write.h */
struct feeds_value;
struct record *manifest_add(struct manifest *m, const char *kind);
void manifest_text(struct record *r, const char *name, const char *z); /* NULL, "": takes it away */
void manifest_number(struct record *r, const char *name, int64_t n, int scale);
void manifest_ref(struct record *r, const char *name, size_t ordinal);
const char *manifest_fmt(const struct manifest *m, const char *a, const char *b); /* one behind the other */
void manifest_write(struct manifest *m, struct feeds_write *how, struct buf *b);
void carta_porte(struct manifest *m, struct buf *b);

void line_begin(struct buf *b, const char *kind); /* {"exercise":true,"kind":...,"fields":{ */
void line_text(struct buf *b, const char *key, const char *value); /* NULL or "": nothing */
void line_number(struct buf *b, const char *key, int64_t value, int scale);
void line_end(struct buf *b);
void lines_waits(struct buf *b, const struct cast *c, struct when at);
void lines_crossing(struct buf *b, const struct shipment *s);
void lines_flight(struct buf *b, const struct shipment *s);
void lines_seizure(struct buf *b, const struct cast *c, const struct pair *p, struct when at,
                   uint64_t number);
void lines_vehicle(struct buf *b, const struct pair *p, struct when at, const char *vin);

/* ---- plant.c ---- */

/* Not written alike on both sides; or withdrawn in the end, when what was found no longer stands. */
enum plant_twist { TWIST_NONE, TWIST_NEAR, TWIST_MISTYPED, TWIST_WITHDRAWN };
enum plant_what { PLANT_BOX, PLANT_CONVEYANCE, PLANT_PLATE, PLANT_RFC, PLANT_PERSON, PLANT_COMPANY };
struct plant {
    enum plant_what what;
    enum plant_twist twist;
    enum form form; /* the message that will carry it */
    bool before;    /* the alert comes before the declaration */
    bool dropped;   /* nobody can carry it: there is no such traffic in this exercise */
    int hour;       /* from when on it may be carried */
    const char *subject, *scheme;
    char value[96];    /* as the alert writes it */
    char declared[96]; /* as the message does */
    char number[24];   /* of the alert on its list */
    char file[96];     /* that carries it; empty: not yet */
};
#define PLANTS 15
void plants_draw(struct plant plant[PLANTS], const struct cast *c, int64_t day);
/* Puts into `s` what it may carry, and remembers the file. */
void plants_carry(struct plant plant[PLANTS], struct shipment *s, const char *file);
/* The alerts as JSON lines; with the ones before come some that must find nothing. Returns how many. */
int plants_alerts(struct buf *b, const struct plant plant[PLANTS], int64_t day, bool before);
/* "find", "find_withdrawn" and "find_nothing" of expected.json. Returns how many must be found. */
int plants_expected(struct buf *b, const struct plant plant[PLANTS], int64_t day);

/* ---- breaks.c ---- */

struct defect {
    const char *name, *what; /* in file names; what is wrong, in English */
    enum form form;
};
extern const struct defect exercise_defects[];            /* ends with a NULL name */
void defect_apply(const struct defect *d, struct buf *b); /* changes the one message in b */

/* ---- file.c ---- */

struct tally {
    uint64_t files, bytes, messages[FORMS], lines, alerts, found, broken;
};

/* The files of one day, numbered in its order: 00042-0815-laredo-north-309.x12 */
struct files {
    const char *dir;
    FILE *to;       /* the open one */
    char name[96];  /* its name, without the folder */
    struct buf buf; /* what is not written yet */
    int n;
    struct tally *tally;
};
int file_begin(struct files *f, int minute, const char *name, struct err *e);
int file_drain(struct files *f, struct err *e); /* writes what is in buf */
int file_end(struct files *f, struct err *e);

/* ---- day.c ---- */

struct day_order {
    const char *dir; /* exists, and is empty */
    int64_t day;
    uint64_t control; /* control numbers count on from here */
};
int day_write(const struct cast *c, const struct day_order *o, struct tally *t,
              struct err *e); /* -1 with err */
const char *form_name(enum form f);

#endif

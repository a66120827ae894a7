/* release_text.h: an agreement of two offices, for the tests of release/ and exchange/. */
#ifndef PUENTE_TESTS_RELEASE_TEXT_H
#define PUENTE_TESTS_RELEASE_TEXT_H

#include "journal/note.h"
#include "release/release.h"

#define TEXT_ID "0193b5c0-8f3e-7cc1-9d52-3a4b5c6d7e8f"

struct text_parties {
    char us[NOTE_KEY_TEXT], mx[NOTE_KEY_TEXT];
    struct signer us_key, mx_key;
};

static inline void text_key(struct signer *s, const char *office, uint8_t seed_byte,
                            char out[NOTE_KEY_TEXT])
{
    uint8_t seed[32];
    struct buf b;

    memset(seed, seed_byte, sizeof seed);
    note_signer_make(s, str_z(office), seed);
    buf_init(&b, NOTE_KEY_TEXT);
    note_verifier_text(&s->public, &b);
    memcpy(out, b.p, b.n);
    out[b.n] = '\0';
    buf_free(&b);
}

static inline void text_parties(struct text_parties *p)
{
    text_key(&p->us_key, "us.cbp", 1, p->us);
    text_key(&p->mx_key, "mx.anam", 2, p->mx);
}

#define TEXT_DUTY "duty retraction\n"
#define TEXT_HEAD_AFTER_PARTIES                                                                            \
    "scope full\n"                                                                                         \
    "basis Agreement of 2000, article 4\n"                                                                 \
    "from 2026-11-01\n"                                                                                    \
    "until 2028-10-31\n" TEXT_DUTY

/* Version 1, then the blocks given. */
static inline struct str text_agreement(struct arena *a, const struct text_parties *p, const char *blocks)
{
    return arena_fmt(a,
                     "puente agreement v1\nid " TEXT_ID "\nversion 1\ntitle en Cargo\ntitle es Carga\n"
                     "party us.cbp %s\nparty mx.anam %s\n" TEXT_HEAD_AFTER_PARTIES "%s",
                     p->us, p->mx, blocks);
}

#define TEXT_TRIP                                                                                          \
    "\nclause 1\n"                                                                                         \
    "  giver us.cbp\n"                                                                                     \
    "  taker mx.anam\n"                                                                                    \
    "  kind trip\n"                                                                                        \
    "  fields mode direction carrier trip_number port\n"                                                   \
    "  when mode = road and direction = south\n"                                                           \
    "  purpose customs-control\n"                                                                          \
    "  handling H1\n"                                                                                      \
    "  keep 365\n"                                                                                         \
    "  onward consent\n"                                                                                   \
    "  en Southbound trucks.\n"                                                                            \
    "  es Camiones hacia el sur.\n"

#endif

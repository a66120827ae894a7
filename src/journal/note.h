/*
 * note: C2SP signed notes (c2sp.org/signed-note) and checkpoints (c2sp.org/tlog-checkpoint).
 *
 * A note is text that ends in a line feed, an empty line, and signature lines:
 *
 *     us.cbp                                        origin: the log's name; "/epoch/N" behind it from epoch 2
 *     1234                                          size, decimal
 *     CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=   root, Base64
 *                                                   (checkpoints may have extension lines above this one)
 *     — us.cbp Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
 *
 * A signature is Base64 of 4 bytes of key id and the signature itself; key id = the first 4 bytes of
 * SHA-256(name || LF || algorithm || public key). Lines of other keys and of algorithms unknown here are
 * skipped, so that witnesses and a second algorithm can sign the same note.
 */
#ifndef PUENTE_JOURNAL_NOTE_H
#define PUENTE_JOURNAL_NOTE_H

#include "base/crypto.h"

#define NOTE_MAX       65536 /* bytes of a note that is looked at */
#define NOTE_LINES     64    /* signature lines */
#define NOTE_NAME      120   /* bytes of a key's name */
#define NOTE_KEY_TEXT  256   /* bytes of a key in text form, NUL included */
#define NOTE_ED25519   1     /* the algorithm byte */
#define CHECKPOINT_MAX 1024  /* bytes of a checkpoint we sign */

/* A verification key: "name+hash+Base64(algorithm || public key)". */
struct verifier {
    char name[NOTE_NAME + 1];
    uint8_t algorithm;
    uint8_t id[4];
    uint8_t key[SIGN_PUBLIC];
};

/* A signing key: "PRIVATE+KEY+name+hash+Base64(algorithm || seed)". Wipe it after use. */
struct signer {
    struct verifier public;
    uint8_t secret[SIGN_SECRET];
};

/* A key's name: not empty, UTF-8, no blanks, no control characters, no '+'. */
bool note_name_ok(struct str name);
void note_signer_make(struct signer *s, struct str name, const uint8_t seed[32]);
/* False when the text is not a key of an algorithm known here, or its hash does not fit. */
bool note_verifier_parse(struct str text, struct verifier *out);
bool note_signer_parse(struct str text, struct signer *out);
void note_verifier_text(const struct verifier *v, struct buf *out);
void note_signer_text(const struct signer *s, const uint8_t seed[32], struct buf *out);

struct note {
    struct str text;       /* with its last line feed: what is signed */
    struct str signatures; /* the lines behind the empty one */
};
/* False when it is no well-formed note. Total over any bytes; both parts point into `bytes`. */
bool note_parse(struct str bytes, struct note *out);
/* True when one line is of this key and verifies, and none of this key does not. */
bool note_verify(const struct note *n, const struct verifier *v);
/* Writes the note: text (ending in LF), the empty line, one signature line a signer. */
void note_sign(struct buf *out, struct str text, const struct signer *s, size_t signers);

/* A cosignature (c2sp.org/tlog-cosignature, cosignature/v1): "I have all that is under this head", at `time`, in
 * seconds since 1970. Its signature covers "cosignature/v1 LF time N LF" and the text; its line's key id is that of
 * algorithm 4, its bytes are the time (8, big-endian) and the signature. note_cosign writes the whole note with one
 * more line behind those it has; cosigned tells whether one line is of this key's owner and verifies. */
#define NOTE_COSIGNATURE 4
void note_cosign(struct buf *out, const struct note *n, const struct signer *s, uint64_t time);
bool note_cosigned(const struct note *n, const struct verifier *v, uint64_t *time);
/* A note with the signature lines of both, which are over the same text; false when the texts differ. A line that
 * both have stands once. */
bool note_merge(struct buf *out, const struct note *a, const struct note *b);

struct checkpoint {
    struct str origin; /* points into the note */
    uint64_t size;
    uint8_t root[HASH_SIZE];
};
/* From a note's text. Extension lines are passed over. */
bool checkpoint_parse(struct str text, struct checkpoint *out);
void checkpoint_text(struct buf *out, const struct checkpoint *c);

/* libFuzzer's door: any bytes as a note, a checkpoint and a key. Always 0. */
int journal_fuzz_note(const uint8_t *p, size_t n);

#endif

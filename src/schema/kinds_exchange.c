/*
 * kinds_exchange.c: what a node notes about its dealings with another: whom it knows, what both have signed, what
 * went into a channel and what came out of one, who acknowledged what. All of them are local: they tell of this
 * node's own doings, so no clause can name them and no peer can send them.
 */
#include "schema/internal.h"

static const struct field peer_fields[] = {
    {"office", T_TEXT, F_REQUIRED | F_KEY, C_OFFICIAL, N_("Office"),
     .help = N_("The office, by its name on the network, such as us.cbp."), .max = 64},
    {"country", T_CODE, F_REQUIRED, C_OFFICIAL, N_("Country"), .help = N_("The country it answers to."),
     .codes = &codes_iso3166},
    {"key", T_TEXT, F_REQUIRED, C_OFFICIAL, N_("Key"),
     .help = N_("The verification key of its log (C2SP signed note)."), .max = 256},
    {"safety_number", T_TEXT, F_REQUIRED, C_OFFICIAL, N_("Safety number"),
     .help = N_("Digits made from the key, as they were read over the phone."), .max = 120},
    {"pin", T_TEXT, F_REQUIRED | F_KEY, C_OFFICIAL, N_("Certificate pin"),
     .help = N_("SHA-256 of the public key in its certificate."), .max = 64, .shape = SHAPE_SHA256},
    {"box_key", T_TEXT, F_REQUIRED, C_OFFICIAL, N_("Sealing key"),
     .help = N_("The X25519 key that bundles for it are sealed to, in hexadecimal."), .max = 64,
     .shape = SHAPE_SHA256},
    {"urls", T_TEXT, F_MANY, C_OFFICIAL, N_("Web addresses"), .help = N_("Where its node answers.")},
    {"certificate", T_BYTES, F_REQUIRED, C_OFFICIAL, N_("Certificate"),
     .help = N_("Of its node (X.509, DER).")},
    {"card", T_BYTES, F_REQUIRED, C_OFFICIAL, N_("Card"), .help = N_("The card as it was handed over.")},
    {"confirmed_by", T_TEXT, F_REQUIRED, C_OFFICIAL, N_("Confirmed by"),
     .help = N_("The officer who compared the safety number."), .max = 64},
    {"until", T_DATE, 0, C_OFFICIAL, N_("Until"), .help = N_("Last day of its certificate.")},
};
const struct kind kind_peer = {
    .number = 4,
    .version = 1,
    .name = "peer",
    .family = "partners",
    .label = N_("Peer"),
    .help = N_("Another office's node, whose card was compared over the phone."),
    .field = peer_fields,
    .fields = COUNT(peer_fields),
    .local = true,
    .made = true,
};

static const struct field act_fields[] = {
    {"agreement", T_REF, F_REQUIRED | F_KEY, C_OFFICIAL, N_("Agreement"),
     .help = N_("The agreement it belongs to.")},
    {"form", T_CODE, F_REQUIRED | F_KEY, C_OFFICIAL, N_("Form"), .help = N_("What the paper does."),
     .codes = &codes_act_form},
    {"version", T_INT, 0, C_OFFICIAL, N_("Version"), .help = N_("Of the agreement's text, from 1."),
     .least = 1, .most = UINT16_MAX},
    {"digest", T_TEXT, F_REQUIRED | F_KEY, C_OFFICIAL, N_("Digest"), .help = N_("SHA-256 of the text."),
     .max = 64, .shape = SHAPE_SHA256},
    {"note", T_BYTES, F_REQUIRED, C_OFFICIAL, N_("Paper"),
     .help = N_("The text with the signatures it has so far (C2SP signed note).")},
    {"from", T_TEXT, F_REQUIRED, C_OFFICIAL, N_("Brought by"),
     .help = N_("The office that this copy came from."), .max = 64},
};
const struct kind kind_act = {
    .number = 23,
    .version = 1,
    .name = "act",
    .family = "agreements",
    .label = N_("Act"),
    .help = N_("A paper under an agreement, as signed so far: its text, a suspension, its end."),
    .field = act_fields,
    .fields = COUNT(act_fields),
    .local = true,
    .made = true,
};

#define CHANNEL_FIELDS                                                                                     \
    {"agreement", T_REF,           F_REQUIRED | F_KEY,                                                     \
     C_OFFICIAL,  N_("Agreement"), .help = N_("The agreement it rests on.")},                              \
        {"giver",    T_TEXT,      F_REQUIRED | F_KEY,                                                      \
         C_OFFICIAL, N_("Giver"), .help = N_("The office that lets see."),                                 \
         .max = 64},                                                                                       \
        {"taker",    T_TEXT,      F_REQUIRED | F_KEY,                                                      \
         C_OFFICIAL, N_("Taker"), .help = N_("The office that may see."),                                  \
         .max = 64},                                                                                       \
    {                                                                                                      \
        "epoch", T_INT, F_REQUIRED, C_OFFICIAL, N_("Epoch of the channel"), .help = N_("Counted from 1."), \
                                                                            .least = 1, .most = INT64_MAX  \
    }

static const struct field dispatch_fields[] = {
    CHANNEL_FIELDS,
    {"first", T_INT, F_REQUIRED, C_OFFICIAL, N_("First number"),
     .help = N_("The channel's number of the first entry."), .least = 0, .most = INT64_MAX},
    {"count", T_INT, F_REQUIRED, C_OFFICIAL, N_("Entries"), .help = N_("How many entries were added."),
     .least = 0, .most = INT64_MAX},
    {"upto", T_INT, F_REQUIRED, C_OFFICIAL, N_("Looked up to"),
     .help = N_("The journal's next number after the last record that was looked at."), .least = 0,
     .most = INT64_MAX},
    {"state", T_TEXT, F_REQUIRED, C_OFFICIAL, N_("State"), .help = N_("SHA-256 of what was in force then."),
     .max = 64, .shape = SHAPE_SHA256},
    {"root", T_TEXT, F_REQUIRED, C_OFFICIAL, N_("Root"), .help = N_("Merkle root, in hexadecimal."),
     .max = 64, .shape = SHAPE_SHA256},
    {"checkpoint", T_BYTES, F_REQUIRED, C_OFFICIAL, N_("Checkpoint"),
     .help = N_("The channel's head as the giver signed it.")},
    {"entries", T_BYTES, 0, C_OFFICIAL, N_("Entries made"),
     .help = N_("For each: record, fields, clause and leaf hash.")},
    {"previous_epoch", T_INT, 0, C_OFFICIAL, N_("Previous epoch"),
     .help = N_("Where an epoch begins: the one before, in which the taker stands."), .least = 1,
     .most = INT64_MAX},
    {"previous_size", T_INT, 0, C_OFFICIAL, N_("Previous size"),
     .help = N_("How many entries of it the taker has; what lies behind them was never given."), .least = 0,
     .most = INT64_MAX},
};
const struct kind kind_dispatch = {
    .number = 220,
    .version = 1,
    .name = "dispatch",
    .family = "trust",
    .label = N_("Dispatch"),
    .help = N_("Records were released into a channel: which, which fields, under which clause."),
    .field = dispatch_fields,
    .fields = COUNT(dispatch_fields),
    .local = true,
    .made = true,
};

static const struct field disclosure_fields[] = {
    {"agreement", T_REF, F_REQUIRED, C_OFFICIAL, N_("Agreement"), .help = N_("The agreement it rests on.")},
    {"giver", T_TEXT, F_REQUIRED, C_OFFICIAL, N_("Giver"), .help = N_("The office that lets see."),
     .max = 64},
    {"taker", T_TEXT, F_REQUIRED, C_OFFICIAL, N_("Taker"), .help = N_("The office that may see."),
     .max = 64},
    {"epoch", T_INT, F_REQUIRED, C_OFFICIAL, N_("Epoch of the channel"), .help = N_("Counted from 1."),
     .least = 1, .most = INT64_MAX},
    {"number", T_INT, F_REQUIRED, C_OFFICIAL, N_("Number"), .help = N_("Its number in the channel."),
     .least = 0, .most = INT64_MAX},
    {"record", T_REF, F_REQUIRED | F_KEY, C_OFFICIAL, N_("Record"),
     .help = N_("The record, by the id that its originator gave it.")},
    {"about", T_REF, F_KEY, C_OFFICIAL, N_("About"), .help = N_("The record it is about.")},
    {"wire", T_BYTES, F_REQUIRED, C_SEALED, N_("Entry"), .help = N_("The entry as it came: the evidence.")},
    {"keep_until", T_DATE, F_KEY, C_OFFICIAL, N_("Kept until"),
     .help = N_("The last day on which the taker may keep it, as the clause says.")},
};
const struct kind kind_disclosure = {
    .number = 221,
    .version = 1,
    .name = "disclosure",
    .family = "trust",
    .label = N_("Disclosure"),
    .help = N_("A record came through a channel: what proves who said it, and which fields."),
    .field = disclosure_fields,
    .fields = COUNT(disclosure_fields),
    .local = true,
    .made = true,
};

static const struct field receipt_fields[] = {
    CHANNEL_FIELDS,
    {"size", T_INT, F_REQUIRED, C_OFFICIAL, N_("Size"), .help = N_("Entries of the channel."), .least = 0,
     .most = INT64_MAX},
    {"root", T_TEXT, F_REQUIRED, C_OFFICIAL, N_("Root"), .help = N_("Merkle root, in hexadecimal."),
     .max = 64, .shape = SHAPE_SHA256},
    {"note", T_BYTES, F_REQUIRED, C_OFFICIAL, N_("Note"),
     .help = N_("The head, signed by the giver and cosigned by the taker.")},
    {"leaves", T_BYTES, 0, C_OFFICIAL, N_("Leaves"),
     .help = N_("The leaf hashes that are new under this head; the taker's node keeps them.")},
};
const struct kind kind_receipt = {
    .number = 222,
    .version = 1,
    .name = "receipt",
    .family = "trust",
    .label = N_("Receipt"),
    .help = N_("The taker has a channel up to here, and says so with its signature."),
    .field = receipt_fields,
    .fields = COUNT(receipt_fields),
    .local = true,
    .made = true,
};

static const struct field fork_fields[] = {
    CHANNEL_FIELDS,
    {"what", T_CODE, F_REQUIRED, C_OFFICIAL, N_("What"), .help = N_("What does not fit."),
     .codes = &codes_fork},
    {"version", T_INT, F_REQUIRED, C_OFFICIAL, N_("Version"),
     .help = N_("Of the agreement's text then; the next one that both sign lets the channel go on."),
     .least = 1, .most = UINT16_MAX},
    {"evidence", T_BYTES, F_REQUIRED, C_PERSONAL, N_("Evidence"),
     .help = N_("What the giver signed, both times.")},
};
const struct kind kind_fork = {
    .number = 223,
    .version = 1,
    .name = "fork",
    .family = "trust",
    .label = N_("Fork"),
    .help = N_("A channel contradicts itself: it stands still until both offices have spoken."),
    .field = fork_fields,
    .fields = COUNT(fork_fields),
    .local = true,
    .made = true,
};

static const struct field query_fields[] = {
    {"agreement", T_REF, F_REQUIRED | F_KEY, C_OFFICIAL, N_("Agreement"),
     .help = N_("The agreement it rests on.")},
    {"peer", T_TEXT, F_REQUIRED | F_KEY, C_OFFICIAL, N_("Counterpart"),
     .help = N_("The office on the other side."), .max = 64},
    {"side", T_CODE, F_REQUIRED | F_KEY, C_OFFICIAL, N_("Side"),
     .help = N_("Whether this node asked or answered."), .codes = &codes_query_side},
    {"outcome", T_CODE, F_REQUIRED, C_OFFICIAL, N_("Outcome"), .help = N_("Answered or refused, and why."),
     .codes = &codes_query_outcome},
    {"scheme", T_CODE, 0, C_OFFICIAL, N_("Scheme"), .help = N_("What kind of identifier was asked for."),
     .codes = &codes_query_scheme},
    {"normaliser", T_INT, 0, C_OFFICIAL, N_("Normaliser"), .help = N_("Version of the normal forms."),
     .least = 1, .most = 1000},
    {"key_epoch", T_INT, 0, C_OFFICIAL, N_("Key epoch"), .help = N_("Of the key it was evaluated with."),
     .least = 1, .most = INT64_MAX},
    {"count", T_INT, F_REQUIRED, C_OFFICIAL, N_("Asked"),
     .help = N_("How many values were asked for, as the other side sees it: padded."), .least = 0,
     .most = INT64_MAX},
    {"hits", T_INT, 0, C_OFFICIAL, N_("Hits"), .help = N_("How many were known; only the asker knows."),
     .least = 0, .most = INT64_MAX},
    {"purpose", T_TEXT, F_REQUIRED, C_OFFICIAL, N_("Purpose"), .help = N_("Why it was needed."),
     .max = 400},
    {"case", T_TEXT, F_REQUIRED | F_KEY, C_OFFICIAL, N_("Case"), .help = N_("Case or file number."),
     .max = 64},
    {"asked", T_BYTES, 0, C_OFFICIAL, N_("Question"),
     .help = N_("The signed note of the question: counts and digests, not values.")},
    {"answered", T_BYTES, 0, C_OFFICIAL, N_("Answer"),
     .help = N_("The signed note of the answer: counts and digests, not values.")},
};
const struct kind kind_query = {
    .number = 224,
    .version = 1,
    .name = "query",
    .family = "trust",
    .label = N_("Private query"),
    .help = N_("One side asked the other whether it knows something, without telling what."),
    .field = query_fields,
    .fields = COUNT(query_fields),
    .local = true,
    .made = true,
};

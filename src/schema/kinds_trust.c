/*
 * kinds_trust.c: looks, retractions, erasures, rights, incidents, epochs: what an auditor and a judge ask
 * for (LED article 25, Convention 108+).
 */
#include "schema/internal.h"

static const struct field access_fields[] = {
    {"officer", T_TEXT, F_REQUIRED | F_KEY, C_OFFICIAL, N_("Officer"), .help = N_("Who looked."),
     .max = 64},
    {"office", T_TEXT, F_REQUIRED | F_KEY, C_OFFICIAL, N_("Office"),
     .help = N_("The office, by its name on the network, such as us.cbp."), .max = 64},
    {"op", T_TEXT, F_REQUIRED | F_KEY, C_OFFICIAL, N_("Operation run"),
     .help = N_("What was asked of the node."), .max = 64},
    {"about", T_REF, F_KEY, C_OFFICIAL, N_("About"), .help = N_("The record it is about.")},
    {"kind", T_TEXT, F_KEY, C_OFFICIAL, N_("Kind"), .help = N_("The kind of record."), .max = 64},
    {"query", T_TEXT, 0, C_PERSONAL, N_("Query"), .help = N_("What was asked for.")},
    {"count", T_INT, 0, C_OFFICIAL, N_("Shown"), .help = N_("How many records were shown."), .least = 0,
     .most = INT64_MAX},
    {"purpose", T_TEXT, F_REQUIRED, C_OFFICIAL, N_("Purpose"), .help = N_("Why it was needed."),
     .max = 400},
    {"case", T_TEXT, F_KEY, C_OFFICIAL, N_("Case"), .help = N_("Case or file number."), .max = 64},
    {"occurred", T_TIME, F_REQUIRED | F_KEY, C_OFFICIAL, N_("Occurred"), .help = N_("When it happened.")},
};
const struct kind kind_access = {
    .number = 210,
    .version = 1,
    .name = "access",
    .family = "trust",
    .label = N_("Access to data"),
    .help = N_("Someone looked at personal data, and why."),
    .field = access_fields,
    .fields = COUNT(access_fields),
    .local = true,
    .made = true,
};

static const struct field retraction_fields[] = {
    {"about", T_REF, F_REQUIRED | F_KEY, C_OFFICIAL, N_("About"), .help = N_("The record it is about.")},
    {"office", T_TEXT, F_REQUIRED | F_KEY, C_OFFICIAL, N_("Office"),
     .help = N_("The office, by its name on the network, such as us.cbp."), .max = 64},
    {"reason", T_CODE, F_REQUIRED | F_KEY, C_OFFICIAL, N_("Reason"), .help = N_("Why it is taken back."),
     .codes = &codes_retraction_reason},
    {"text", T_TEXT, 0, C_OFFICIAL, N_("Text"), .help = N_("What it says, in words.")},
    {"required", T_CODE, F_REQUIRED, C_OFFICIAL, N_("Required"), .help = N_("What holders must do."),
     .codes = &codes_retraction_action},
    {"due", T_DATE, F_KEY, C_OFFICIAL, N_("Due"), .help = N_("When holders must have confirmed.")},
    {"receipt_of", T_REF, F_KEY, C_OFFICIAL, N_("Receipt of"),
     .help = N_("The retraction this one confirms."), .ref = "retraction"},
    {"holders", T_TEXT, F_MANY, C_OFFICIAL, N_("Holders"),
     .help = N_("The offices that were given it: each of them must confirm.")},
};
const struct kind kind_retraction = {
    .number = 211,
    .version = 2,
    .name = "retraction",
    .family = "trust",
    .label = N_("Retraction"),
    .help = N_("A record that was given is taken back; whoever has it must confirm."),
    .field = retraction_fields,
    .fields = COUNT(retraction_fields),
};

static const struct field erasure_fields[] = {
    {"about", T_REF, F_REQUIRED | F_KEY, C_OFFICIAL, N_("About"), .help = N_("The record it is about.")},
    {"kind", T_TEXT, F_KEY, C_OFFICIAL, N_("Kind"), .help = N_("The kind of record."), .max = 64},
    {"reason", T_CODE, F_REQUIRED | F_KEY, C_OFFICIAL, N_("Reason"), .help = N_("Why it was erased."),
     .codes = &codes_erasure_reason},
    {"legal_basis", T_TEXT, F_REQUIRED, C_OFFICIAL, N_("Legal basis"),
     .help = N_("The laws and articles it rests on.")},
    {"decided_by", T_TEXT, F_REQUIRED, C_OFFICIAL, N_("Decided by"),
     .help = N_("The office or officer that decided."), .max = 64},
    {"second", T_TEXT, 0, C_OFFICIAL, N_("Second officer"),
     .help = N_("The officer of another office that agreed."), .max = 64},
    {"commitment", T_TEXT, 0, C_OFFICIAL, N_("Record commitment"),
     .help = N_("What stays in the log, in hexadecimal."), .max = 64, .shape = SHAPE_SHA256},
    {"retraction", T_REF, F_KEY, C_OFFICIAL, N_("Retraction"),
     .help = N_("The retraction that asked for it."), .ref = "retraction"},
};
const struct kind kind_erasure = {
    .number = 212,
    .version = 1,
    .name = "erasure",
    .family = "trust",
    .label = N_("Erasure"),
    .help = N_("The values of a record were destroyed; its place in the log stays."),
    .field = erasure_fields,
    .fields = COUNT(erasure_fields),
    .local = true,
    .made = true,
};

static const struct field rights_request_fields[] = {
    {"number", T_TEXT, F_REQUIRED | F_KEY, C_OFFICIAL, N_("Number"),
     .help = N_("File number; the name stays in the office's own file."), .max = 64},
    {"office", T_TEXT, F_REQUIRED | F_KEY, C_OFFICIAL, N_("Office"),
     .help = N_("The office, by its name on the network, such as us.cbp."), .max = 64},
    {"form", T_CODE, F_REQUIRED | F_KEY, C_OFFICIAL, N_("Form"), .help = N_("What is asked for."),
     .codes = &codes_rights_form},
    {"received", T_DATE, F_REQUIRED | F_KEY, C_OFFICIAL, N_("Received"), .help = N_("When it came in.")},
    {"due", T_DATE, F_REQUIRED | F_KEY, C_OFFICIAL, N_("Due"), .help = N_("When it must be answered.")},
    {"authority", T_TEXT, 0, C_OFFICIAL, N_("Authority"),
     .help = N_("The data-protection authority in charge."), .max = 200},
    {"outcome", T_CODE, F_KEY, C_OFFICIAL, N_("Outcome"), .help = N_("What was done."),
     .codes = &codes_rights_outcome},
    {"reason", T_TEXT, 0, C_OFFICIAL, N_("Reason"), .help = N_("Why, and the remedy given.")},
    {"closed", T_DATE, 0, C_OFFICIAL, N_("Closed on"), .help = N_("When it was closed.")},
    {"affected", T_INT, 0, C_OFFICIAL, N_("Records affected"),
     .help = N_("How many records were corrected or erased."), .least = 0, .most = INT64_MAX},
};
const struct kind kind_rights_request = {
    .number = 213,
    .version = 1,
    .name = "rights_request",
    .family = "trust",
    .label = N_("Rights request"),
    .help = N_("Someone asks what is held about them, or to have it put right."),
    .field = rights_request_fields,
    .fields = COUNT(rights_request_fields),
};

static const struct field incident_fields[] = {
    {"number", T_TEXT, F_REQUIRED | F_KEY, C_OFFICIAL, N_("Number"), .help = N_("Number of the report."),
     .max = 64},
    {"form", T_CODE, F_REQUIRED | F_KEY, C_OFFICIAL, N_("Form"), .help = N_("What it is about."),
     .codes = &codes_incident_form},
    {"occurred", T_TIME, F_REQUIRED | F_KEY, C_OFFICIAL, N_("Occurred"), .help = N_("When it happened.")},
    {"place", T_TEXT, F_KEY, C_OFFICIAL, N_("Place"), .help = N_("Code or name of the place."), .max = 200},
    {"text", T_TEXT, F_REQUIRED, C_PERSONAL, N_("Text"), .help = N_("What happened.")},
    {"filed_by", T_CODE, F_REQUIRED, C_OFFICIAL, N_("Filed by"),
     .help = N_("In what capacity; the name is not asked."), .codes = &codes_filed_by},
    {"routed_to", T_TEXT, F_REQUIRED, C_OFFICIAL, N_("Routed to"),
     .help = N_("The body outside the chain of command."), .max = 200},
    {"records", T_INT, 0, C_OFFICIAL, N_("Records affected"), .help = N_("How many records."), .least = 0,
     .most = INT64_MAX},
    {"due", T_DATE, F_KEY, C_OFFICIAL, N_("Due"), .help = N_("When it must be answered.")},
    {"status", T_CODE, F_KEY, C_OFFICIAL, N_("Status"), .help = N_("Where it stands."),
     .codes = &codes_status},
    {"outcome", T_TEXT, 0, C_OFFICIAL, N_("Outcome"), .help = N_("What was found and done.")},
};
const struct kind kind_incident = {
    .number = 214,
    .version = 1,
    .name = "incident",
    .family = "trust",
    .label = N_("Incident"),
    .help = N_("A breach, or a report that rights were not respected; it cannot be deleted."),
    .field = incident_fields,
    .fields = COUNT(incident_fields),
};

static const struct field epoch_fields[] = {
    {"number", T_INT, F_REQUIRED | F_KEY, C_OFFICIAL, N_("Number"), .help = N_("Counted from 1."),
     .least = 1, .most = INT64_MAX},
    {"reason", T_CODE, F_REQUIRED, C_OFFICIAL, N_("Reason"), .help = N_("Why it starts."),
     .codes = &codes_epoch_reason},
    {"previous_size", T_INT, 0, C_OFFICIAL, N_("Previous size"), .help = N_("Entries of the epoch before."),
     .least = 0, .most = INT64_MAX},
    {"previous_root", T_TEXT, 0, C_OFFICIAL, N_("Previous root"),
     .help = N_("Merkle root of the epoch before, in hexadecimal."), .max = 64, .shape = SHAPE_SHA256},
    {"key", T_TEXT, 0, C_OFFICIAL, N_("Key"), .help = N_("The log's verification key from now on."),
     .max = 200},
    {"cosigned_by", T_TEXT, F_MANY, C_OFFICIAL, N_("Cosigned by"),
     .help = N_("The offices that countersigned.")},
};
const struct kind kind_epoch = {
    .number = 215,
    .version = 1,
    .name = "epoch",
    .family = "trust",
    .label = N_("Epoch"),
    .help = N_("The log starts a new epoch, after a restored backup or a change of key."),
    .field = epoch_fields,
    .fields = COUNT(epoch_fields),
    .local = true,
    .made = true,
};

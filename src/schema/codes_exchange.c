/* codes_exchange.c: the code lists of kinds_exchange.c. */
#include "schema/internal.h"

static const struct code act_form[] = {
    {"agreement", N_("The agreement's text")},
    {"end", N_("End")},
    {"resumption", N_("Resumption")},
    {"suspension", N_("Suspension")},
};
const struct codelist codes_act_form = {"act_form", act_form, COUNT(act_form), false};

static const struct code fork_what[] = {
    {"clause", N_("It holds what no clause lets out")},
    {"content", N_("An entry is not what its digest says")},
    {"epoch", N_("A new epoch began without saying what came before")},
    {"root", N_("The signed root is not that of the entries")},
};
const struct codelist codes_fork = {"fork", fork_what, COUNT(fork_what), false};

static const struct code query_side[] = {
    {"answered", N_("Answered")},
    {"asked", N_("Asked")},
};
const struct codelist codes_query_side = {"query_side", query_side, COUNT(query_side), false};

static const struct code query_outcome[] = {
    {"answered", N_("Answered")},
    {"failed", N_("No valid answer came")},
    {"no-clause", N_("Refused: no clause in force")},
    {"normaliser", N_("Refused: other normal forms")},
    {"quota", N_("Refused: over the quota")},
    {"replayed", N_("Refused: asked before")},
    {"unfit", N_("Refused: not well formed")},
};
const struct codelist codes_query_outcome = {"query_outcome", query_outcome, COUNT(query_outcome), false};

/* What can be asked for privately: alert schemes, and what is a number only together with something else. */
static const struct code query_scheme[] = {
    {"call-sign", N_("Call sign")},
    {"container", N_("Container number")},
    {"curp", N_("CURP (Mexican population number)")},
    {"firearm", N_("Firearm: maker, model and serial number")},
    {"icao-address", N_("ICAO aircraft address")},
    {"imo", N_("IMO number")},
    {"mmsi", N_("MMSI")},
    {"national-id", N_("National identity card")},
    {"passport", N_("Passport")},
    {"person", N_("Person: name and date of birth")},
    {"plate", N_("Licence plate")},
    {"registration", N_("Registration mark")},
    {"rfc", N_("RFC (Mexican taxpayer number)")},
    {"swift", N_("SWIFT/BIC")},
    {"tax-id", N_("Tax number")},
    {"vin", N_("Vehicle identification number")},
};
const struct codelist codes_query_scheme = {"query_scheme", query_scheme, COUNT(query_scheme), false};

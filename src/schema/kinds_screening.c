/*
 * kinds_screening.c: what authorities look for, what matched, what an officer decided. A person is matched by
 * the identity in a declaration, never scored; a hit says where it comes from, a disposition gives a reason.
 */
#include "schema/internal.h"

static const struct field alert_fields[] = {
    {"list", T_TEXT, F_REQUIRED | F_KEY, C_OFFICIAL, N_("List"),
     .help = N_("The list it stands on, such as ofac-sdn or us.cbp."), .max = 64},
    {"number", T_TEXT, F_REQUIRED | F_KEY, C_OFFICIAL, N_("Number"), .help = N_("Its number on the list."),
     .max = 64},
    {"authority", T_TEXT, F_REQUIRED, C_OFFICIAL, N_("Authority"),
     .help = N_("The authority that answers for it."), .max = 200},
    {"subject", T_CODE, F_REQUIRED | F_KEY, C_OFFICIAL, N_("Subject"), .help = N_("What it is about."),
     .codes = &codes_alert_subject},
    {"name", T_TEXT, F_KEY, C_PERSONAL, N_("Name"), .help = N_("Main name, as the authority writes it."),
     .max = 400},
    {"birth_date", T_TEXT, 0, C_PERSONAL, N_("Birth date"),
     .help = N_("As the authority writes it; may be a year or a range."), .max = 64},
    {"country", T_CODE, 0, C_OFFICIAL, N_("Country"),
     .help = N_("Flag, seat or address the authority gives; never a nationality."),
     .codes = &codes_iso3166},
    {"programme", T_TEXT, F_KEY, C_OFFICIAL, N_("Programme"),
     .help = N_("Sanctions programme or priority it belongs to."), .max = 400},
    {"reason", T_TEXT, 0, C_OFFICIAL, N_("Reason"), .help = N_("Why the authority asks.")},
    {"issued", T_DATE, 0, C_OFFICIAL, N_("Issued"), .help = N_("When it was issued.")},
    {"expires", T_DATE, 0, C_OFFICIAL, N_("Expires"), .help = N_("The last day on which it may be used.")},
    {"status", T_CODE, F_KEY, C_OFFICIAL, N_("Status"), .help = N_("Whether it still holds."),
     .codes = &codes_alert_status},
    {"remarks", T_TEXT, 0, C_PERSONAL, N_("Remarks"), .help = N_("The authority's remarks, as written.")},
    {"action_requested", T_TEXT, 0, C_OFFICIAL, N_("Action requested"),
     .help = N_("What the authority asks for when it is found."), .max = 400},
    {"contact", T_TEXT, 0, C_OFFICIAL, N_("Contact"), .help = N_("The office to call."), .max = 400},
    {"subject_role", T_CODE, 0, C_OFFICIAL, N_("Role of the person"),
     .help = N_("Why a person is listed; victims and witnesses are not listed."),
     .codes = &codes_subject_role},
    {"grounds", T_CODE, 0, C_OFFICIAL, N_("Grounds"), .help = N_("Seen, or judged."),
     .codes = &codes_grounds},
};
const struct kind kind_alert = {
    .number = 120,
    .version = 1,
    .name = "alert",
    .family = "screening",
    .label = N_("Alert"),
    .help = N_("What an authority asks others to look out for, with the reason."),
    .field = alert_fields,
    .fields = COUNT(alert_fields),
};

static const struct field alert_name_fields[] = {
    {"list", T_TEXT, F_REQUIRED | F_KEY, C_OFFICIAL, N_("List"),
     .help = N_("The list the alert stands on."), .max = 64},
    {"number", T_TEXT, F_REQUIRED | F_KEY, C_OFFICIAL, N_("Number"),
     .help = N_("The alert's number on the list."), .max = 64},
    {"name", T_TEXT, F_REQUIRED | F_KEY, C_PERSONAL, N_("Name"),
     .help = N_("The name, as the authority writes it."), .max = 400},
    {"name_type", T_CODE, 0, C_OFFICIAL, N_("Name type"),
     .help = N_("Also known as, formerly, now, or the main name."), .codes = &codes_name_type},
    {"quality", T_CODE, 0, C_OFFICIAL, N_("Quality"),
     .help = N_("Whether the authority calls the alias strong or weak."), .codes = &codes_name_quality},
};
const struct kind kind_alert_name = {
    .number = 121,
    .version = 1,
    .name = "alert_name",
    .family = "screening",
    .label = N_("Alert name"),
    .help = N_("Another name of an alert's subject."),
    .field = alert_name_fields,
    .fields = COUNT(alert_name_fields),
};

enum { ALERT_IDENTIFIER_SCHEME = 3, ALERT_IDENTIFIER_VALUE = 4 }; /* numbers of fields */

static void alert_identifier_rule(const struct record *r, struct faults *to)
{
    rule_scheme(r, ALERT_IDENTIFIER_SCHEME, ALERT_IDENTIFIER_VALUE, to);
}

static const struct field alert_identifier_fields[] = {
    {"list", T_TEXT, F_REQUIRED | F_KEY, C_OFFICIAL, N_("List"),
     .help = N_("The list the alert stands on."), .max = 64},
    {"number", T_TEXT, F_REQUIRED | F_KEY, C_OFFICIAL, N_("Number"),
     .help = N_("The alert's number on the list."), .max = 64},
    {"scheme", T_CODE, F_REQUIRED | F_KEY, C_OFFICIAL, N_("Scheme"),
     .help = N_("What kind of number it is."), .codes = &codes_alert_scheme},
    {"value", T_TEXT, F_REQUIRED | F_KEY, C_PERSONAL, N_("Value"),
     .help = N_("The number, as the authority writes it."), .max = 200},
    {"country", T_CODE, 0, C_OFFICIAL, N_("Country"), .help = N_("Country that issued the number."),
     .codes = &codes_iso3166},
};
const struct kind kind_alert_identifier = {
    .number = 122,
    .version = 1,
    .name = "alert_identifier",
    .family = "screening",
    .label = N_("Alert identifier"),
    .help = N_("A number of an alert's subject."),
    .field = alert_identifier_fields,
    .fields = COUNT(alert_identifier_fields),
    .rule = alert_identifier_rule,
};

static const struct field alert_address_fields[] = {
    {"list", T_TEXT, F_REQUIRED | F_KEY, C_OFFICIAL, N_("List"),
     .help = N_("The list the alert stands on."), .max = 64},
    {"number", T_TEXT, F_REQUIRED | F_KEY, C_OFFICIAL, N_("Number"),
     .help = N_("The alert's number on the list."), .max = 64},
    {"address", T_TEXT, 0, C_PERSONAL, N_("Address"), .help = N_("Street and number."), .max = 1024},
    {"city", T_TEXT, 0, C_OFFICIAL, N_("City"), .help = N_("City or municipality."), .max = 200},
    {"region", T_TEXT, 0, C_OFFICIAL, N_("Region"), .help = N_("State or province."), .max = 200},
    {"postal_code", T_TEXT, 0, C_OFFICIAL, N_("Postal code"), .help = N_("Postal code of the address."),
     .max = 32},
    {"country", T_CODE, 0, C_OFFICIAL, N_("Country"),
     .help = N_("Country of the address; never a nationality."), .codes = &codes_iso3166},
};
const struct kind kind_alert_address = {
    .number = 123,
    .version = 1,
    .name = "alert_address",
    .family = "screening",
    .label = N_("Alert address"),
    .help = N_("An address of an alert's subject."),
    .field = alert_address_fields,
    .fields = COUNT(alert_address_fields),
};

static const struct field hit_fields[] = {
    {"alert", T_REF, F_KEY, C_OFFICIAL, N_("Alert"), .help = N_("The alert that matched."), .ref = "alert"},
    {"list", T_TEXT, F_KEY, C_OFFICIAL, N_("List"), .help = N_("The list the alert stands on."), .max = 64},
    {"number", T_TEXT, F_KEY, C_OFFICIAL, N_("Number"), .help = N_("The alert's number on the list."),
     .max = 64},
    {"subject", T_REF, F_REQUIRED | F_KEY, C_OFFICIAL, N_("Matched record"),
     .help = N_("The record that matched.")},
    {"field", T_TEXT, F_REQUIRED, C_OFFICIAL, N_("Field"), .help = N_("The field of that record."),
     .max = 64},
    {"basis", T_CODE, F_REQUIRED, C_OFFICIAL, N_("Basis"),
     .help = N_("Whether an identifier or a name matched."), .codes = &codes_hit_basis},
    {"matched", T_TEXT, 0, C_PERSONAL, N_("Matched"), .help = N_("The normalised value that both share."),
     .max = 400},
    {"alert_value", T_TEXT, 0, C_PERSONAL, N_("In the alert"),
     .help = N_("The value as the alert writes it."), .max = 400},
    {"declared_value", T_TEXT, 0, C_PERSONAL, N_("In the declaration"),
     .help = N_("The value as the declaration writes it."), .max = 400},
    {"explanation", T_TEXT, 0, C_OFFICIAL, N_("Explanation"), .help = N_("Why the two match, in words.")},
    {"status", T_CODE, F_KEY, C_OFFICIAL, N_("Status"), .help = N_("Open until an officer disposes of it."),
     .codes = &codes_hit_status},
    {"rule", T_REF, F_KEY, C_OFFICIAL, N_("Rule"),
     .help = N_("The rule that is true of the record, when no alert is."), .ref = "rule"},
    {"notice", T_REF, F_KEY, C_OFFICIAL, N_("Pre-export notice"),
     .help = N_("The notice that the record does not agree with."), .ref = "notice"},
    {"bits", T_DECIMAL, 0, C_OFFICIAL, N_("Evidence"),
     .help = N_("How much speaks for one and the same, in bits: it orders the queue and decides nothing."),
     .scale = 2, .unit = "bit", .least = -1000000, .most = 1000000},
    {"engine", T_TEXT, 0, C_OFFICIAL, N_("Engine"),
     .help = N_("Version of the rules by which it was compared."), .max = 32},
    {"earlier", T_REF, F_KEY, C_OFFICIAL, N_("Earlier hit"),
     .help = N_("The hit of an earlier version of the same two, which an officer may have decided."),
     .ref = "hit"},
    {"parts", T_TEXT, 0, C_PERSONAL, N_("Parts of the evidence"),
     .help = N_("What speaks for and against, one a line, with its weight.")},
};

const struct kind kind_hit = {
    .number = 124,
    .version = 1,
    .name = "hit",
    .family = "screening",
    .label = N_("Hit"),
    .help = N_("A declaration and an alert share an identifier or a name: look here, because."),
    .field = hit_fields,
    .fields = COUNT(hit_fields),
};

static const struct field rule_fields[] = {
    {"name", T_TEXT, F_REQUIRED | F_KEY, C_OFFICIAL, N_("Name"),
     .help = N_("Short name officers will see."), .max = 200},
    {"text", T_TEXT, F_REQUIRED, C_OFFICIAL, N_("Text"), .help = N_("The rule in the rule language.")},
    {"reason", T_TEXT, F_REQUIRED, C_OFFICIAL, N_("Reason"),
     .help = N_("What it looks for and why that is lawful.")},
    {"applies_to", T_TEXT, F_REQUIRED | F_KEY, C_OFFICIAL, N_("Applies to"),
     .help = N_("The kind of record it reads."), .max = 64},
    {"threat", T_TEXT, 0, C_OFFICIAL, N_("Threat"), .help = N_("The threat it answers."), .max = 200},
    {"status", T_CODE, F_REQUIRED | F_KEY, C_OFFICIAL, N_("Status"),
     .help = N_("Draft, in force or withdrawn."), .codes = &codes_rule_status},
    {"approved_by", T_TEXT, 0, C_OFFICIAL, N_("Approved by"), .help = N_("The second office that agreed."),
     .max = 200},
    {"from", T_DATE, 0, C_OFFICIAL, N_("From"), .help = N_("First day it applies.")},
    {"until", T_DATE, 0, C_OFFICIAL, N_("Until"), .help = N_("Last day it applies.")},
};
const struct kind kind_rule = {
    .number = 125,
    .version = 1,
    .name = "rule",
    .family = "screening",
    .label = N_("Rule"),
    .help = N_("A rule on consignments, conveyances, places, times or companies; never on people."),
    .field = rule_fields,
    .fields = COUNT(rule_fields),
    .rule = rule_period,
};

static const struct field rule_test_fields[] = {
    {"rule", T_REF, F_REQUIRED | F_KEY, C_OFFICIAL, N_("Rule"), .help = N_("The version that was tried."),
     .ref = "rule"},
    {"from", T_DATE, 0, C_OFFICIAL, N_("From"), .help = N_("Day of the first record looked at.")},
    {"until", T_DATE, 0, C_OFFICIAL, N_("Until"), .help = N_("Day of the last record looked at.")},
    {"seen", T_INT, F_REQUIRED, C_OFFICIAL, N_("Looked at"),
     .help = N_("Records of history that were looked at."), .least = 0, .most = INT64_MAX},
    {"fired", T_INT, F_REQUIRED, C_OFFICIAL, N_("Fired"),
     .help = N_("Of those, how many the rule is true of."), .least = 0, .most = INT64_MAX},
    {"examined", T_INT, 0, C_OFFICIAL, N_("Examined"),
     .help = N_("Of those, how many an officer had examined and decided, for whatever reason."), .least = 0,
     .most = INT64_MAX},
    {"found", T_INT, 0, C_OFFICIAL, N_("Found"), .help = N_("Of those, where something was found."),
     .least = 0, .most = INT64_MAX},
    {"cost", T_INT, 0, C_OFFICIAL, N_("Cost"),
     .help = N_("Static bound of what one record costs, in steps."), .least = 0, .most = INT64_MAX},
};
const struct kind kind_rule_test = {
    .number = 128,
    .version = 1,
    .name = "rule_test",
    .family = "screening",
    .label = N_("Back-test of a rule"),
    .help = N_("What a rule would have fired on in the records that are there."),
    .field = rule_test_fields,
    .fields = COUNT(rule_test_fields),
    .rule = rule_period,
};

static const struct field disposition_fields[] = {
    {"hit", T_REF, F_REQUIRED | F_KEY, C_OFFICIAL, N_("Hit"), .help = N_("The hit that was decided."),
     .ref = "hit"},
    {"decision", T_CODE, F_REQUIRED | F_KEY, C_OFFICIAL, N_("Decision"), .help = N_("What was decided."),
     .codes = &codes_decision},
    {"reason", T_TEXT, F_REQUIRED, C_OFFICIAL, N_("Reason"),
     .help = N_("The officer's own reason, in words.")},
    {"action", T_TEXT, 0, C_OFFICIAL, N_("Action taken"), .help = N_("What was done."), .max = 400},
    {"decided", T_TIME, F_REQUIRED, C_OFFICIAL, N_("Decided"), .help = N_("When it was decided.")},
    {"inspection", T_REF, 0, C_OFFICIAL, N_("Inspection"), .help = N_("The inspection that followed."),
     .ref = "inspection"},
};
const struct kind kind_disposition = {
    .number = 126,
    .version = 1,
    .name = "disposition",
    .family = "screening",
    .label = N_("Disposition"),
    .help = N_("What an officer decided about a hit, and why."),
    .field = disposition_fields,
    .fields = COUNT(disposition_fields),
};

static const struct field notice_fields[] = {
    {"number", T_TEXT, F_REQUIRED | F_KEY, C_OFFICIAL, N_("Number"),
     .help = N_("The exporting authority's number."), .max = 64},
    {"exporting_country", T_CODE, F_REQUIRED, C_OFFICIAL, N_("Exporting country"),
     .help = N_("Where the chemical leaves from."), .codes = &codes_iso3166},
    {"importing_country", T_CODE, F_REQUIRED, C_OFFICIAL, N_("Importing country"),
     .help = N_("Where it goes to."), .codes = &codes_iso3166},
    {"exporter", T_TEXT, 0, C_OFFICIAL, N_("Exporter"), .help = N_("The exporting company."), .max = 400},
    {"importer", T_TEXT, 0, C_OFFICIAL, N_("Importer"), .help = N_("The importing company."), .max = 400},
    {"substance", T_TEXT, F_REQUIRED, C_OFFICIAL, N_("Substance"), .help = N_("Name of the substance."),
     .max = 400},
    {"cas", T_TEXT, F_KEY, C_OFFICIAL, N_("CAS number"),
     .help = N_("Chemical Abstracts Service number of the substance."), .max = 16, .shape = SHAPE_CAS},
    {"hs", T_TEXT, F_KEY, C_OFFICIAL, N_("HS code"),
     .help = N_("Harmonized System or national tariff code, digits only."), .max = 16, .shape = SHAPE_HS},
    {"quantity", T_DECIMAL, F_REQUIRED, C_OFFICIAL, N_("Quantity"), .help = N_("In kilograms."), .scale = 3,
     .unit = "kg", .least = 0, .most = INT64_MAX},
    {"expected", T_DATE, 0, C_OFFICIAL, N_("Planned date"), .help = N_("Planned date of departure.")},
    {"route", T_TEXT, 0, C_OFFICIAL, N_("Route"), .help = N_("Points of exit, transit and entry."),
     .max = 400},
    {"reply_due", T_DATE, 0, C_OFFICIAL, N_("Reply due"),
     .help = N_("When the importing authority must have objected.")},
    {"reply", T_CODE, F_KEY, C_OFFICIAL, N_("Reply"), .help = N_("What the importing authority said."),
     .codes = &codes_notice_reply},
    {"reason", T_TEXT, 0, C_OFFICIAL, N_("Reason"), .help = N_("Why it was objected to.")},
};
const struct kind kind_notice = {
    .number = 127,
    .version = 1,
    .name = "notice",
    .family = "screening",
    .label = N_("Pre-export notice"),
    .help = N_("Notice of a planned export of a controlled chemical, as in PEN Online."),
    .field = notice_fields,
    .fields = COUNT(notice_fields),
};

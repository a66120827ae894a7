/* kinds_requests.c: asking, answering and crediting the other side (SIENA, Prüm II clocks). */
#include "schema/internal.h"

/* Who is meant stands in `text` only: it is needed, but where a life is at risk, when nobody is named. */
static void request_rule(const struct record *r, struct faults *to)
{
    int life = schema_field(r->kind, S("life_at_risk"));

    if (record_has(r, life) && r->v[life].i)
        rule_life(r, to);
    else if (!record_has(r, schema_field(r->kind, S("text"))))
        fault_at(to, "field.required", (struct place){.tag = S("text")}, str_n(NULL, 0), S("text"));
}

static const struct field request_fields[] = {
    {"number", T_TEXT, F_REQUIRED | F_KEY, C_OFFICIAL, N_("Number"),
     .help = N_("The asking office's number."), .max = 64},
    {"office", T_TEXT, F_REQUIRED | F_KEY, C_OFFICIAL, N_("Office"),
     .help = N_("The office, by its name on the network, such as us.cbp."), .max = 64},
    {"peer", T_TEXT, F_REQUIRED | F_KEY, C_OFFICIAL, N_("Asked"), .help = N_("The office that is asked."),
     .max = 64},
    {"form", T_CODE, F_REQUIRED | F_KEY, C_OFFICIAL, N_("Form"), .help = N_("What is asked for."),
     .codes = &codes_request_form},
    {"subject", T_TEXT, F_REQUIRED, C_OFFICIAL, N_("Matter"),
     .help = N_("In one line, without names of people."), .max = 400},
    {"text", T_TEXT, 0, C_PERSONAL, N_("Text"),
     .help = N_("What is asked, and why it is needed; not when a life is at risk.")},
    {"agreement", T_REF, F_KEY, C_OFFICIAL, N_("Agreement"), .help = N_("The agreement it rests on."),
     .ref = "agreement"},
    {"purpose", T_TEXT, F_REQUIRED, C_OFFICIAL, N_("Purpose"),
     .help = N_("The only purpose the answer may be used for."), .max = 400},
    {"urgency", T_CODE, F_REQUIRED | F_KEY, C_OFFICIAL, N_("Urgency"),
     .help = N_("It decides how long there is to answer."), .codes = &codes_urgency},
    {"due", T_TIME, F_REQUIRED | F_KEY, C_OFFICIAL, N_("Due"), .help = N_("When the answer is due.")},
    {"life_at_risk", T_BOOL, F_KEY, C_OFFICIAL, N_("Life at risk"),
     .help = N_("Goes before everything else.")},
    {"about", T_REF, F_KEY, C_OFFICIAL, N_("About"), .help = N_("The record it is about.")},
    {"case", T_REF, F_KEY, C_OFFICIAL, N_("Case"), .help = N_("The case it belongs to."), .ref = "case"},
    {"contact", T_TEXT, 0, C_OFFICIAL, N_("Contact"),
     .help = N_("The office's desk, not a private number."), .max = 400},
};
const struct kind kind_request = {
    .number = 40,
    .version = 1,
    .name = "request",
    .family = "requests",
    .label = N_("Request"),
    .help = N_("One office asks another for information, support or a joint action."),
    .field = request_fields,
    .fields = COUNT(request_fields),
    .rule = request_rule,
};

/* A refusal names its reason, so that it can be answered. */
static void answer_rule(const struct record *r, struct faults *to)
{
    struct str outcome = record_get(r, schema_field(r->kind, S("outcome")));

    if (str_eq(outcome, S("refused")) && !record_has(r, schema_field(r->kind, S("refusal"))))
        fault_at(to, "field.required", (struct place){.tag = S("refusal")}, str_n(NULL, 0), S("refusal"));
}

static const struct field answer_fields[] = {
    {"request", T_REF, F_REQUIRED | F_KEY, C_OFFICIAL, N_("Request"), .help = N_("The request it answers."),
     .ref = "request"},
    {"outcome", T_CODE, F_REQUIRED | F_KEY, C_OFFICIAL, N_("Outcome"),
     .help = N_("Given, given in part, refused or nothing found."), .codes = &codes_answer_outcome},
    {"refusal", T_CODE, 0, C_OFFICIAL, N_("Reason for refusal"), .help = N_("Required when it is refused."),
     .codes = &codes_refusal},
    {"text", T_TEXT, 0, C_PERSONAL, N_("Text"), .help = N_("The answer, in words.")},
    {"records", T_TEXT, F_MANY, C_OFFICIAL, N_("Records"), .help = N_("Identifiers of the records given.")},
    {"conditions", T_TEXT, 0, C_OFFICIAL, N_("Conditions"),
     .help = N_("What the information may be used for.")},
    {"reliability", T_CODE, 0, C_OFFICIAL, N_("Reliability"),
     .help = N_("Of the source and the information (4x4)."), .codes = &codes_reliability},
    {"answered", T_TIME, F_REQUIRED, C_OFFICIAL, N_("Answered"), .help = N_("When it was answered.")},
};
const struct kind kind_answer = {
    .number = 41,
    .version = 1,
    .name = "answer",
    .family = "requests",
    .label = N_("Answer"),
    .help = N_("What the office that was asked says."),
    .field = answer_fields,
    .fields = COUNT(answer_fields),
    .rule = answer_rule,
};

static const struct field awareness_fields[] = {
    {"title", T_TEXT, F_REQUIRED | F_KEY, C_OFFICIAL, N_("Title"),
     .help = N_("A short title that both sides will recognise."), .max = 400},
    {"form", T_CODE, F_REQUIRED | F_KEY, C_OFFICIAL, N_("Form"), .help = N_("What kind of notice it is."),
     .codes = &codes_awareness_form},
    {"text", T_TEXT, F_REQUIRED, C_OFFICIAL, N_("Text"), .help = N_("What it says, in words.")},
    {"place", T_TEXT, F_KEY, C_OFFICIAL, N_("Place"), .help = N_("Code or name of the place."), .max = 200},
    {"place_scheme", T_CODE, 0, C_OFFICIAL, N_("Place code scheme"),
     .help = N_("Which list the place code is from."), .codes = &codes_scheme},
    {"environment", T_CODE, 0, C_OFFICIAL, N_("Environment"),
     .help = N_("Land, sea or air; at a port of entry or between ports."), .codes = &codes_environment},
    {"direction", T_CODE, F_KEY, C_OFFICIAL, N_("Direction"),
     .help = N_("North is into the United States from Mexico, south is into Mexico."),
     .codes = &codes_direction},
    {"threat", T_CODE, F_KEY, C_OFFICIAL, N_("Threat"), .help = N_("The illicit activity it is about."),
     .codes = &codes_threat},
    {"life_at_risk", T_BOOL, F_KEY, C_OFFICIAL, N_("Life at risk"),
     .help = N_("Goes before everything else; place, time and need, never who.")},
    {"need", T_TEXT, 0, C_OFFICIAL, N_("Need"), .help = N_("What help is needed."), .max = 400},
    {"estimate", T_INT, 0, C_OFFICIAL, N_("Estimate"), .help = N_("About how many people or vehicles."),
     .least = 0, .most = INT64_MAX},
    {"unit", T_CODE, 0, C_OFFICIAL, N_("Unit"), .help = N_("What is counted: events are not people."),
     .codes = &codes_unit},
    {"grounds", T_CODE, F_REQUIRED, C_OFFICIAL, N_("Grounds"), .help = N_("Seen, or judged."),
     .codes = &codes_grounds},
    {"reliability", T_CODE, 0, C_OFFICIAL, N_("Reliability"),
     .help = N_("Of the source and the information (4x4)."), .codes = &codes_reliability},
    {"observed", T_TIME, F_REQUIRED | F_KEY, C_OFFICIAL, N_("Observed"),
     .help = N_("When it was observed.")},
    {"expires", T_TIME, 0, C_OFFICIAL, N_("Useful until"), .help = N_("When it stops being of use.")},
};
const struct kind kind_awareness = {
    .number = 42,
    .version = 1,
    .name = "awareness",
    .family = "requests",
    .label = N_("Awareness"),
    .help = N_("Something the other side should know now: a surge, a closure, a danger."),
    .field = awareness_fields,
    .fields = COUNT(awareness_fields),
    .rule = rule_life,
};

static const struct field contribution_fields[] = {
    {"office", T_TEXT, F_REQUIRED | F_KEY, C_OFFICIAL, N_("Office"),
     .help = N_("The office, by its name on the network, such as us.cbp."), .max = 64},
    {"area", T_CODE, F_REQUIRED | F_KEY, C_OFFICIAL, N_("Area"), .help = N_("The area it belongs to."),
     .codes = &codes_area},
    {"text", T_TEXT, F_REQUIRED, C_OFFICIAL, N_("Text"), .help = N_("What it says, in words.")},
    {"effect", T_TEXT, 0, C_OFFICIAL, N_("Effect"), .help = N_("What it made possible, with its source.")},
    {"request", T_REF, F_KEY, C_OFFICIAL, N_("Request"), .help = N_("The request it followed from."),
     .ref = "request"},
    {"operation", T_REF, F_KEY, C_OFFICIAL, N_("Operation"), .help = N_("The operation it was part of."),
     .ref = "operation"},
    {"from", T_DATE, F_KEY, C_OFFICIAL, N_("From"), .help = N_("First day.")},
    {"until", T_DATE, 0, C_OFFICIAL, N_("Until"), .help = N_("Last day.")},
    {"public", T_BOOL, 0, C_OFFICIAL, N_("May be published"),
     .help = N_("Whether that office agrees to be named.")},
};
const struct kind kind_contribution = {
    .number = 43,
    .version = 1,
    .name = "contribution",
    .family = "requests",
    .label = N_("Contribution"),
    .help = N_("What the other side did, and what it made possible."),
    .field = contribution_fields,
    .fields = COUNT(contribution_fields),
    .rule = rule_period,
};

static const struct field contact_report_fields[] = {
    {"engagement", T_REF, F_KEY, C_OFFICIAL, N_("Engagement"), .help = N_("The meeting it reports."),
     .ref = "engagement"},
    {"request", T_REF, F_KEY, C_OFFICIAL, N_("Request"), .help = N_("The request it reports."),
     .ref = "request"},
    {"office", T_TEXT, F_REQUIRED | F_KEY, C_OFFICIAL, N_("Office"),
     .help = N_("The office, by its name on the network, such as us.cbp."), .max = 64},
    {"peer", T_TEXT, F_REQUIRED | F_KEY, C_OFFICIAL, N_("Foreign agency"),
     .help = N_("The agency of the agents met."), .max = 64},
    {"country", T_CODE, F_REQUIRED, C_OFFICIAL, N_("Country"),
     .help = N_("The government that agency answers to."), .codes = &codes_iso3166},
    {"occurred", T_TIME, F_REQUIRED | F_KEY, C_OFFICIAL, N_("Occurred"),
     .help = N_("When the contact took place.")},
    {"topic", T_TEXT, F_REQUIRED, C_OFFICIAL, N_("Topic"), .help = N_("What it was about."), .max = 400},
    {"purpose", T_TEXT, F_REQUIRED, C_OFFICIAL, N_("Purpose"), .help = N_("What the contact was for."),
     .max = 400},
    {"due", T_DATE, F_REQUIRED | F_KEY, C_OFFICIAL, N_("Due"),
     .help = N_("When the report must be handed in.")},
    {"filed", T_DATE, 0, C_OFFICIAL, N_("Filed"), .help = N_("When it was handed in.")},
    {"filed_with", T_TEXT, 0, C_OFFICIAL, N_("Filed with"), .help = N_("The authority that received it."),
     .max = 200},
};
const struct kind kind_contact_report = {
    .number = 44,
    .version = 1,
    .name = "contact_report",
    .family = "requests",
    .label = N_("Contact report"),
    .help = N_("The written report on a contact with foreign agents that a national law asks for."),
    .field = contact_report_fields,
    .fields = COUNT(contact_report_fields),
};

static const struct field consent_fields[] = {
    {"about", T_REF, F_REQUIRED | F_KEY, C_OFFICIAL, N_("About"), .help = N_("The record it is about.")},
    {"giver", T_TEXT, F_REQUIRED | F_KEY, C_OFFICIAL, N_("Giver"),
     .help = N_("The office that gave the record."), .max = 64},
    {"office", T_TEXT, F_REQUIRED | F_KEY, C_OFFICIAL, N_("Office"),
     .help = N_("The office, by its name on the network, such as us.cbp."), .max = 64},
    {"decision", T_CODE, F_REQUIRED, C_OFFICIAL, N_("Decision"),
     .help = N_("Given, given with conditions or refused."), .codes = &codes_consent},
    {"passed_to", T_TEXT, 0, C_OFFICIAL, N_("Passed to"), .help = N_("Who may receive it."), .max = 200},
    {"purpose", T_TEXT, F_REQUIRED, C_OFFICIAL, N_("Purpose"),
     .help = N_("The only purpose it may be used for."), .max = 400},
    {"conditions", T_TEXT, 0, C_OFFICIAL, N_("Conditions"),
     .help = N_("What the information may be used for.")},
    {"until", T_DATE, 0, C_OFFICIAL, N_("Until"), .help = N_("Last day.")},
};
const struct kind kind_consent = {
    .number = 45,
    .version = 1,
    .name = "consent",
    .family = "requests",
    .label = N_("Consent"),
    .help = N_("The giver lets a record be passed on or used for something else."),
    .field = consent_fields,
    .fields = COUNT(consent_fields),
};

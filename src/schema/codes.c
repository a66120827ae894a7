/* codes.c: the code lists of the rooms that read and screen. Sorted by code; English labels, Spanish in po/. */
#include "schema/internal.h"

static const struct code mode[] = {
    {"air", N_("Air")},     {"mail", N_("Mail")},         {"multimodal", N_("Multimodal")},
    {"other", N_("Other")}, {"pipeline", N_("Pipeline")}, {"rail", N_("Rail")},
    {"road", N_("Road")},   {"sea", N_("Sea")},
};
const struct codelist codes_mode = {"mode", mode, COUNT(mode), false};

static const struct code direction[] = {
    {"east", N_("Eastbound")}, {"in", N_("Inbound")},       {"north", N_("Northbound")},
    {"out", N_("Outbound")},   {"south", N_("Southbound")}, {"transit", N_("Transit")},
    {"west", N_("Westbound")},
};
const struct codelist codes_direction = {"direction", direction, COUNT(direction), false};

static const struct code scheme[] = {
    {"aduana", N_("Mexican customs office")},
    {"fips", N_("FIPS state code")},
    {"firms", N_("FIRMS facility code")},
    {"grid", N_("Grid cell, by its south-west corner")},
    {"iata", N_("IATA airport code")},
    {"icao", N_("ICAO airport code")},
    {"iso3166", N_("ISO 3166 country or state code")},
    {"name", N_("Name")},
    {"other", N_("Other")},
    {"schedule-d", N_("United States Schedule D")},
    {"schedule-k", N_("United States Schedule K")},
    {"unlocode", N_("UN/LOCODE")},
};
const struct codelist codes_scheme = {"scheme", scheme, COUNT(scheme), false};

static const struct code action[] = {
    {"cancel", N_("Cancellation")}, {"change", N_("Change")},           {"confirm", N_("Confirmation")},
    {"original", N_("Original")},   {"preliminary", N_("Preliminary")}, {"replace", N_("Replacement")},
};
const struct codelist codes_action = {"action", action, COUNT(action), false};

static const struct code verdict[] = {
    {"not-understood", N_("Not understood")},
    {"refused", N_("Refused")},
    {"taken", N_("Taken in")},
};
const struct codelist codes_verdict = {"verdict", verdict, COUNT(verdict), false};

static const struct code severity[] = {
    {"error", N_("Error")},
    {"note", N_("Note")},
    {"warning", N_("Warning")},
};
const struct codelist codes_severity = {"severity", severity, COUNT(severity), false};

static const struct code conveyance_scheme[] = {
    {"call-sign", N_("Call sign")},
    {"fleet", N_("Carrier's fleet number")},
    {"icao-address", N_("ICAO aircraft address")},
    {"imo", N_("IMO number")},
    {"other", N_("Other")},
    {"plate", N_("Licence plate")},
    {"registration", N_("Registration mark")},
    {"vin", N_("Vehicle identification number")},
};
const struct codelist codes_conveyance_scheme = {"conveyance_scheme", conveyance_scheme,
                                                 COUNT(conveyance_scheme), false};

static const struct code equipment_kind[] = {
    {"chassis", N_("Chassis")}, {"container", N_("Container")}, {"other", N_("Other")},
    {"railcar", N_("Railcar")}, {"trailer", N_("Trailer")},     {"uld", N_("Air unit load device")},
    {"vehicle", N_("Vehicle")},
};
const struct codelist codes_equipment_kind = {"equipment_kind", equipment_kind, COUNT(equipment_kind),
                                              false};

static const struct code load[] = {
    {"empty", N_("Empty")},
    {"full", N_("Full")},
};
const struct codelist codes_load = {"load", load, COUNT(load), false};

static const struct code role[] = {
    {"agent", N_("Agent")},
    {"broker", N_("Customs broker")},
    {"carrier", N_("Carrier")},
    {"consignee", N_("Consignee")},
    {"crew", N_("Crew member")},
    {"driver", N_("Driver")},
    {"exporter", N_("Exporter")},
    {"final-destination", N_("Party at the final destination")},
    {"importer", N_("Importer")},
    {"issuer", N_("Issuer")},
    {"notify", N_("Party to notify")},
    {"other", N_("Other")},
    {"owner", N_("Owner")},
    {"recipient", N_("Recipient")},
    {"shipper", N_("Shipper")},
};
const struct codelist codes_role = {"role", role, COUNT(role), false};

static const struct code identifier_scheme[] = {
    {"ace", N_("ACE account")},          {"curp", N_("CURP (Mexican population number)")},
    {"licence", N_("Licence")},          {"other", N_("Other")},
    {"passport", N_("Passport")},        {"rfc", N_("RFC (Mexican taxpayer number)")},
    {"scac", N_("SCAC (carrier code)")}, {"tax-id", N_("Tax number")},
};
const struct codelist codes_identifier_scheme = {"identifier_scheme", identifier_scheme,
                                                 COUNT(identifier_scheme), false};

static const struct code lane[] = {
    {"commercial", N_("Commercial")}, {"fast", N_("FAST")},
    {"general", N_("General")},       {"nexus-sentri", N_("NEXUS or SENTRI")},
    {"pedestrian", N_("Pedestrian")}, {"pedestrian-ready", N_("Pedestrian Ready Lane")},
    {"ready", N_("Ready Lane")},
};
const struct codelist codes_lane = {"lane", lane, COUNT(lane), false};

static const struct code wait_method[] = {
    {"bluetooth", N_("Bluetooth")}, {"camera", N_("Camera count")}, {"manual", N_("Counted by hand")},
    {"other", N_("Other")},         {"rfid", N_("RFID")},           {"survey", N_("Survey")},
};
const struct codelist codes_wait_method = {"wait_method", wait_method, COUNT(wait_method), false};

static const struct code crossing_outcome[] = {
    {"held", N_("Held")},
    {"other", N_("Other")},
    {"referred", N_("Sent to inspection")},
    {"refused", N_("Refused entry")},
    {"released", N_("Released")},
};
const struct codelist codes_crossing_outcome = {"crossing_outcome", crossing_outcome,
                                                COUNT(crossing_outcome), false};

static const struct code alert_subject[] = {
    {"aircraft", N_("Aircraft")}, {"company", N_("Company")}, {"container", N_("Container")},
    {"document", N_("Document")}, {"goods", N_("Goods")},     {"person", N_("Person")},
    {"place", N_("Place")},       {"vehicle", N_("Vehicle")}, {"vessel", N_("Vessel")},
};
const struct codelist codes_alert_subject = {"alert_subject", alert_subject, COUNT(alert_subject), false};

static const struct code alert_status[] = {
    {"active", N_("Active")},
    {"withdrawn", N_("Withdrawn")},
};
const struct codelist codes_alert_status = {"alert_status", alert_status, COUNT(alert_status), false};

static const struct code name_type[] = {
    {"aka", N_("Also known as")}, {"fka", N_("Formerly known as")}, {"nka", N_("Now known as")},
    {"other", N_("Other")},       {"primary", N_("Main name")},
};
const struct codelist codes_name_type = {"name_type", name_type, COUNT(name_type), false};

static const struct code name_quality[] = {
    {"strong", N_("Strong")},
    {"weak", N_("Weak")},
};
const struct codelist codes_name_quality = {"name_quality", name_quality, COUNT(name_quality), false};

static const struct code alert_scheme[] = {
    {"call-sign", N_("Call sign")},
    {"container", N_("Container number")},
    {"curp", N_("CURP (Mexican population number)")},
    {"icao-address", N_("ICAO aircraft address")},
    {"imo", N_("IMO number")},
    {"mmsi", N_("MMSI")},
    {"national-id", N_("National identity card")},
    {"other", N_("Other")},
    {"passport", N_("Passport")},
    {"plate", N_("Licence plate")},
    {"registration", N_("Registration mark")},
    {"rfc", N_("RFC (Mexican taxpayer number)")},
    {"swift", N_("SWIFT/BIC")},
    {"tax-id", N_("Tax number")},
    {"vin", N_("Vehicle identification number")},
};
const struct codelist codes_alert_scheme = {"alert_scheme", alert_scheme, COUNT(alert_scheme), false};

static const struct code hit_basis[] = {
    {"control", N_("Control sample")},
    {"identifier", N_("Identifier")},
    {"name", N_("Name")},
    {"notice", N_("Pre-export notice")},
    {"person", N_("Person of a list")},
    {"quantity", N_("Quantity")},
    {"rule", N_("Rule")},
    {"substance", N_("Substance")},
};
const struct codelist codes_hit_basis = {"hit_basis", hit_basis, COUNT(hit_basis), false};

static const struct code hit_status[] = {
    {"disposed", N_("Disposed of")},
    {"open", N_("Open")},
    {"withdrawn", N_("Withdrawn")},
};
const struct codelist codes_hit_status = {"hit_status", hit_status, COUNT(hit_status), false};

static const struct code rule_status[] = {
    {"active", N_("Active")},
    {"draft", N_("Draft")},
    {"retired", N_("Retired")},
    {"withdrawn", N_("Withdrawn")},
};
const struct codelist codes_rule_status = {"rule_status", rule_status, COUNT(rule_status), false};

static const struct code decision[] = {
    {"found", N_("Something was found")}, {"not-same", N_("It is not the same")},
    {"nothing", N_("Nothing was found")}, {"same", N_("It is the same")},
    {"undecided", N_("Cannot be told")},
};
const struct codelist codes_decision = {"decision", decision, COUNT(decision), false};

static const struct code notice_reply[] = {
    {"more-information", N_("More information asked for")},
    {"no-objection", N_("No objection")},
    {"none", N_("No reply")},
    {"objection", N_("Objection")},
};
const struct codelist codes_notice_reply = {"notice_reply", notice_reply, COUNT(notice_reply), false};

static const struct code subject_role[] = {
    {"contact", N_("Contact or associate")},
    {"convicted", N_("Convicted person")},
    {"designated", N_("Designated or sanctioned")},
    {"other", N_("Other")},
    {"suspect", N_("Suspect")},
};
const struct codelist codes_subject_role = {"subject_role", subject_role, COUNT(subject_role), false};

static const struct code grounds[] = {
    {"assessment", N_("Assessment: judged")},
    {"fact", N_("Fact: seen or documented")},
};
const struct codelist codes_grounds = {"grounds", grounds, COUNT(grounds), false};

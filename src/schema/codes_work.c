/* codes_work.c: the code lists of coordination, operations, places and figures. */
#include "schema/internal.h"

static const struct code environment[] = {
    {"air-between", N_("Air, between ports of entry")},
    {"air-port", N_("Air, at a port of entry")},
    {"interior", N_("Interior")},
    {"land-between", N_("Land, between ports of entry")},
    {"land-port", N_("Land, at a port of entry")},
    {"sea-between", N_("Sea, between ports of entry")},
    {"sea-port", N_("Sea, at a port of entry")},
};
const struct codelist codes_environment = {"environment", environment, COUNT(environment), false};

static const struct code threat[] = {
    {"agriculture", N_("Agricultural pests and diseases")},
    {"ammunition", N_("Ammunition")},
    {"contraband", N_("Contraband and customs fraud")},
    {"currency", N_("Illicit currency and laundering")},
    {"firearms", N_("Firearms")},
    {"fuel", N_("Stolen or untaxed fuel")},
    {"narcotics", N_("Narcotics")},
    {"organised-crime", N_("Organised crime")},
    {"other", N_("Other")},
    {"precursors", N_("Precursor chemicals")},
    {"smuggling", N_("Smuggling of people")},
    {"stolen-vehicles", N_("Stolen vehicles")},
    {"synthetic-drugs", N_("Synthetic drugs")},
    {"trafficking", N_("Trafficking in persons")},
    {"wildlife", N_("Wildlife")},
};
const struct codelist codes_threat = {"threat", threat, COUNT(threat), false};

static const struct code status[] = {
    {"active", N_("Active")},
    {"closed", N_("Closed")},
    {"draft", N_("Draft")},
    {"suspended", N_("Suspended")},
};
const struct codelist codes_status = {"status", status, COUNT(status), false};

static const struct code unit[] = {
    {"aircraft", N_("Aircraft")},     {"cases", N_("Cases")},
    {"containers", N_("Containers")}, {"doses", N_("Doses")},
    {"events", N_("Events")},         {"kg", N_("Kilograms")},
    {"minutes", N_("Minutes")},       {"other", N_("Other")},
    {"people", N_("People")},         {"usd", N_("United States dollars")},
    {"vehicles", N_("Vehicles")},     {"vessels", N_("Vessels")},
};
const struct codelist codes_unit = {"unit", unit, COUNT(unit), false};

static const struct code population[] = {
    {"all", N_("All")},
    {"children", N_("Unaccompanied children")},
    {"families", N_("People in families")},
    {"other", N_("Other")},
    {"single-adults", N_("Single adults")},
    {"workers", N_("Workers")},
};
const struct codelist codes_population = {"population", population, COUNT(population), false};

static const struct code language[] = {
    {"en", N_("English")},  {"es", N_("Spanish")},    {"fr", N_("French")},
    {"other", N_("Other")}, {"pt", N_("Portuguese")},
};
const struct codelist codes_language = {"language", language, COUNT(language), false};

static const struct code office_level[] = {
    {"component", N_("Component of an agency")},
    {"federal", N_("Federal agency")},
    {"international", N_("International organisation")},
    {"legislature", N_("Legislature")},
    {"port", N_("Port of entry")},
    {"private", N_("Private sector")},
    {"sector", N_("Sector or zone")},
    {"state", N_("State or local")},
};
const struct codelist codes_office_level = {"office_level", office_level, COUNT(office_level), false};

static const struct code function[] = {
    {"agriculture", N_("Agricultural health")},
    {"border-guard", N_("Border guard")},
    {"customs", N_("Customs")},
    {"defence", N_("Defence")},
    {"finance", N_("Finance and tax")},
    {"foreign-affairs", N_("Foreign affairs")},
    {"health", N_("Public health")},
    {"labour", N_("Labour")},
    {"migration", N_("Migration")},
    {"navy", N_("Navy and coast guard")},
    {"other", N_("Other")},
    {"oversight", N_("Oversight")},
    {"police", N_("Police")},
    {"prosecution", N_("Prosecution")},
};
const struct codelist codes_function = {"function", function, COUNT(function), false};

static const struct code duty[] = {
    {"administrator", N_("Administrator of the node")},
    {"analyst", N_("Analyst")},
    {"auditor", N_("Auditor")},
    {"liaison", N_("Liaison")},
    {"officer", N_("Officer")},
    {"privacy", N_("Data-protection officer")},
    {"release", N_("Releases data to a counterpart")},
    {"supervisor", N_("Supervisor")},
};
const struct codelist codes_duty = {"duty", duty, COUNT(duty), false};

static const struct code agreement_form[] = {
    {"annex", N_("Annex or protocol")},
    {"arrangement", N_("Working arrangement")},
    {"framework", N_("Framework")},
    {"memorandum", N_("Memorandum of understanding")},
    {"other", N_("Other")},
    {"treaty", N_("Treaty or convention")},
};
const struct codelist codes_agreement_form = {"agreement_form", agreement_form, COUNT(agreement_form),
                                              false};

static const struct code area[] = {
    {"agriculture", N_("Agriculture")},
    {"capacity", N_("Capacity building")},
    {"development", N_("Development and root causes")},
    {"enforcement", N_("Enforcement")},
    {"health", N_("Public health")},
    {"information", N_("Information sharing")},
    {"infrastructure", N_("Infrastructure")},
    {"labour", N_("Labour mobility")},
    {"migration", N_("Migration")},
    {"other", N_("Other")},
    {"partners", N_("Regional partners")},
    {"protection", N_("Protection of vulnerable people")},
    {"security", N_("Security")},
    {"technology", N_("Technology")},
    {"trade", N_("Trade facilitation")},
    {"travel", N_("Lawful travel")},
};
const struct codelist codes_area = {"area", area, COUNT(area), false};

static const struct code handling[] = {
    {"H0", N_("H0: for the prevention of crime, as agreed")},
    {"H1", N_("H1: not as evidence without the giver's leave")},
    {"H2", N_("H2: not passed on without the giver's leave")},
    {"H3", N_("H3: other restriction, as stated")},
};
const struct codelist codes_handling = {"handling", handling, COUNT(handling), false};

static const struct code engagement_form[] = {
    {"briefing", N_("Briefing")}, {"call", N_("Call")},   {"field-contact", N_("Field contact")},
    {"meeting", N_("Meeting")},   {"other", N_("Other")}, {"summit", N_("Summit")},
    {"visit", N_("Visit")},
};
const struct codelist codes_engagement_form = {"engagement_form", engagement_form, COUNT(engagement_form),
                                               false};

static const struct code completion[] = {
    {"complete", N_("Complete")},       {"limited", N_("Limited")},    {"not-started", N_("Not started")},
    {"substantial", N_("Substantial")}, {"withdrawn", N_("Given up")},
};
const struct codelist codes_completion = {"completion", completion, COUNT(completion), false};

static const struct code request_form[] = {
    {"disclosure", N_("Disclosure after a hit")},
    {"information", N_("Information")},
    {"joint-inspection", N_("Joint inspection")},
    {"joint-operation", N_("Joint operation")},
    {"other", N_("Other")},
    {"rescue", N_("Search and rescue")},
    {"support", N_("Support or equipment")},
    {"trace", N_("Firearm trace")},
    {"training", N_("Training")},
};
const struct codelist codes_request_form = {"request_form", request_form, COUNT(request_form), false};

static const struct code urgency[] = {
    {"3d", N_("Within 3 days")},
    {"48h", N_("Within 48 hours")},
    {"7d", N_("Within 7 days")},
    {"8h", N_("Within 8 hours")},
};
const struct codelist codes_urgency = {"urgency", urgency, COUNT(urgency), false};

static const struct code answer_outcome[] = {
    {"forwarded", N_("Forwarded")},   {"given", N_("Given")},      {"nothing", N_("Nothing found")},
    {"partial", N_("Given in part")}, {"refused", N_("Declined")},
};
const struct codelist codes_answer_outcome = {"answer_outcome", answer_outcome, COUNT(answer_outcome),
                                              false};

static const struct code refusal[] = {
    {"agreement", N_("The agreement does not cover it")},
    {"disproportionate", N_("It asks for more than is needed")},
    {"law", N_("The law does not allow it")},
    {"other", N_("Other")},
    {"resources", N_("It cannot be done in time")},
    {"rights", N_("It would breach fundamental rights")},
    {"security", N_("It would harm security or an investigation")},
};
const struct codelist codes_refusal = {"refusal", refusal, COUNT(refusal), false};

static const struct code reliability[] = {
    {"A1", N_("A1: reliable source, known to be true")},
    {"A2", N_("A2: reliable source, known to the source")},
    {"A3", N_("A3: reliable source, corroborated")},
    {"A4", N_("A4: reliable source, cannot be judged")},
    {"B1", N_("B1: mostly reliable source, known to be true")},
    {"B2", N_("B2: mostly reliable source, known to the source")},
    {"B3", N_("B3: mostly reliable source, corroborated")},
    {"B4", N_("B4: mostly reliable source, cannot be judged")},
    {"C1", N_("C1: mostly unreliable source, known to be true")},
    {"C2", N_("C2: mostly unreliable source, known to the source")},
    {"C3", N_("C3: mostly unreliable source, corroborated")},
    {"C4", N_("C4: mostly unreliable source, cannot be judged")},
    {"X1", N_("X1: source cannot be judged, known to be true")},
    {"X2", N_("X2: source cannot be judged, known to the source")},
    {"X3", N_("X3: source cannot be judged, corroborated")},
    {"X4", N_("X4: neither can be judged")},
};
const struct codelist codes_reliability = {"reliability", reliability, COUNT(reliability), false};

static const struct code awareness_form[] = {
    {"all-clear", N_("All clear")},   {"closure", N_("Closure or delay")},
    {"danger", N_("Danger to life")}, {"event", N_("Event")},
    {"other", N_("Other")},           {"shipment", N_("Shipment or conveyance of concern")},
    {"surge", N_("Surge")},           {"trend", N_("New method or trend")},
};
const struct codelist codes_awareness_form = {"awareness_form", awareness_form, COUNT(awareness_form),
                                              false};

static const struct code consent[] = {
    {"conditional", N_("Given with conditions")},
    {"given", N_("Consent given")},
    {"refused", N_("Not given")},
};
const struct codelist codes_consent = {"consent", consent, COUNT(consent), false};

static const struct code operation_form[] = {
    {"coordinated", N_("Coordinated")},
    {"joint", N_("Joint")},
    {"mirrored", N_("Mirrored")},
    {"unilateral", N_("One side's own")},
};
const struct codelist codes_operation_form = {"operation_form", operation_form, COUNT(operation_form),
                                              false};

static const struct code inspection_method[] = {
    {"documents", N_("Documents")},
    {"dog", N_("Dog")},
    {"physical", N_("Physical, goods moved")},
    {"sample", N_("Sample taken")},
    {"scan", N_("Non-intrusive scan")},
    {"visual", N_("Visual")},
    {"weight", N_("Weighed")},
};
const struct codelist codes_inspection_method = {"inspection_method", inspection_method,
                                                 COUNT(inspection_method), false};

static const struct code selected_by[] = {
    {"all", N_("All were examined")},
    {"hit", N_("A hit")},
    {"observation", N_("An officer's observation")},
    {"random", N_("At random")},
    {"request", N_("A request")},
    {"rule", N_("A rule")},
};
const struct codelist codes_selected_by = {"selected_by", selected_by, COUNT(selected_by), false};

static const struct code inspection_result[] = {
    {"discrepancy", N_("Papers and goods differ")},
    {"nothing", N_("Nothing irregular")},
    {"penalty", N_("Penalty")},
    {"pending", N_("Pending")},
    {"seizure", N_("Seizure")},
};
const struct codelist codes_inspection_result = {"inspection_result", inspection_result,
                                                 COUNT(inspection_result), false};

static const struct code commodity[] = {
    {"agricultural", N_("Agricultural goods")},
    {"ammunition", N_("Ammunition")},
    {"cash", N_("Cash")},
    {"counterfeit", N_("Counterfeit goods")},
    {"explosives", N_("Explosives")},
    {"firearms", N_("Firearms")},
    {"fuel", N_("Fuel")},
    {"medicines", N_("Medicines")},
    {"narcotic-cannabis", N_("Cannabis")},
    {"narcotic-cocaine", N_("Cocaine")},
    {"narcotic-fentanyl", N_("Fentanyl")},
    {"narcotic-heroin", N_("Heroin")},
    {"narcotic-methamphetamine", N_("Methamphetamine")},
    {"narcotic-other", N_("Other narcotic")},
    {"other", N_("Other")},
    {"precursor", N_("Precursor chemical")},
    {"tobacco", N_("Tobacco")},
    {"vehicle", N_("Vehicle")},
    {"wildlife", N_("Wildlife")},
};
const struct codelist codes_commodity = {"commodity", commodity, COUNT(commodity), false};

static const struct code seizure_method[] = {
    {"chance", N_("By chance")},
    {"dog", N_("Dog")},
    {"hit", N_("A hit")},
    {"information", N_("Information received")},
    {"inspection", N_("Inspection")},
    {"other", N_("Other")},
    {"patrol", N_("Patrol")},
    {"scan", N_("Non-intrusive scan")},
};
const struct codelist codes_seizure_method = {"seizure_method", seizure_method, COUNT(seizure_method),
                                              false};

static const struct code concealment[] = {
    {"body", N_("On or in the body")},
    {"cargo", N_("In the cargo")},
    {"container-structure", N_("In the container's structure")},
    {"fuel-tank", N_("In the fuel tank")},
    {"luggage", N_("In luggage")},
    {"none", N_("Not hidden")},
    {"other", N_("Other")},
    {"parcel", N_("In a parcel")},
    {"vehicle-structure", N_("In the vehicle's structure")},
    {"vessel", N_("In the vessel or its hull")},
};
const struct codelist codes_concealment = {"concealment", concealment, COUNT(concealment), false};

static const struct code control_list[] = {
    {"green", N_("Green List: psychotropic substances")},
    {"limited-surveillance", N_("Limited international special surveillance list")},
    {"national", N_("National list only")},
    {"table-1", N_("1988 Convention, Table I")},
    {"table-2", N_("1988 Convention, Table II")},
    {"yellow", N_("Yellow List: narcotic drugs")},
};
const struct codelist codes_control_list = {"control_list", control_list, COUNT(control_list), false};

static const struct code serial_state[] = {
    {"altered", N_("Altered")},
    {"legible", N_("Legible")},
    {"never", N_("Never had one")},
    {"removed", N_("Removed")},
};
const struct codelist codes_serial_state = {"serial_state", serial_state, COUNT(serial_state), false};

static const struct code firearm_type[] = {
    {"frame", N_("Frame or receiver")},
    {"grenade-launcher", N_("Grenade launcher")},
    {"machine-gun", N_("Machine gun")},
    {"other", N_("Other")},
    {"pistol", N_("Pistol")},
    {"revolver", N_("Revolver")},
    {"rifle", N_("Rifle")},
    {"shotgun", N_("Shotgun")},
};
const struct codelist codes_firearm_type = {"firearm_type", firearm_type, COUNT(firearm_type), false};

static const struct code calibre_class[] = {
    {"large", N_(".50 and above")},
    {"small", N_("Below .50")},
};
const struct codelist codes_calibre_class = {"calibre_class", calibre_class, COUNT(calibre_class), false};

static const struct code trace_result[] = {
    {"country", N_("Traced to a country")},
    {"first-sale", N_("Traced to the first sale")},
    {"not-traced", N_("Could not be traced")},
    {"pending", N_("Pending")},
};
const struct codelist codes_trace_result = {"trace_result", trace_result, COUNT(trace_result), false};

static const struct code certainty[] = {
    {"established", N_("Established")},
    {"possible", N_("Possible")},
    {"probable", N_("Probable")},
    {"unknown", N_("Not known")},
};
const struct codelist codes_certainty = {"certainty", certainty, COUNT(certainty), false};

static const struct code time_to_crime[] = {
    {"1-3y", N_("1 to 3 years")},     {"3-10y", N_("3 to 10 years")}, {"over-10y", N_("Over 10 years")},
    {"under-1y", N_("Under 1 year")}, {"unknown", N_("Not known")},
};
const struct codelist codes_time_to_crime = {"time_to_crime", time_to_crime, COUNT(time_to_crime), false};

static const struct code custody_step[] = {
    {"analysed", N_("Analysed")}, {"collected", N_("Collected")}, {"destroyed", N_("Destroyed")},
    {"returned", N_("Returned")}, {"stored", N_("Stored")},       {"transferred", N_("Transferred")},
};
const struct codelist codes_custody_step = {"custody_step", custody_step, COUNT(custody_step), false};

static const struct code outcome_form[] = {
    {"acquittal", N_("Acquittal")}, {"charge", N_("Charge")},
    {"dismissed", N_("Dismissed")}, {"extradition", N_("Extradition")},
    {"fine", N_("Fine")},           {"forfeiture", N_("Forfeiture")},
    {"judgment", N_("Conviction")}, {"licence-withdrawn", N_("Licence withdrawn")},
    {"other", N_("Other")},         {"released", N_("Released without charge")},
};
const struct codelist codes_outcome_form = {"outcome_form", outcome_form, COUNT(outcome_form), false};

static const struct code harm_form[] = {
    {"injured", N_("Injured")},
    {"killed", N_("Killed")},
    {"missing", N_("Missing")},
    {"rescued", N_("Rescued")},
};
const struct codelist codes_harm_form = {"harm_form", harm_form, COUNT(harm_form), false};

static const struct code harm_group[] = {
    {"all", N_("All")},
    {"migrants", N_("People on the move")},
    {"officers-federal", N_("Federal officers")},
    {"officers-state", N_("State and local officers")},
    {"residents", N_("Residents")},
    {"transport-workers", N_("Transport workers")},
};
const struct codelist codes_harm_group = {"harm_group", harm_group, COUNT(harm_group), false};

static const struct code harm_cause[] = {
    {"drowning", N_("Drowning")}, {"exposure", N_("Heat or cold")}, {"other", N_("Other")},
    {"overdose", N_("Overdose")}, {"unknown", N_("Not known")},     {"vehicle", N_("Vehicle")},
    {"violence", N_("Violence")},
};
const struct codelist codes_harm_cause = {"harm_cause", harm_cause, COUNT(harm_cause), false};

static const struct code diversion_reason[] = {
    {"crisis", N_("Crisis or disaster")},
    {"facility", N_("Care in a facility")},
    {"order", N_("Order")},
    {"other", N_("Other")},
    {"surge", N_("Surge")},
};
const struct codelist codes_diversion_reason = {"diversion_reason", diversion_reason,
                                                COUNT(diversion_reason), false};

static const struct code facility_form[] = {
    {"inspection", N_("Inspection yard")},
    {"laboratory", N_("Laboratory")},
    {"other", N_("Other")},
    {"shelter", N_("Shelter")},
    {"station", N_("Station")},
    {"temporary", N_("Temporary site")},
    {"warehouse", N_("Bonded warehouse")},
};
const struct codelist codes_facility_form = {"facility_form", facility_form, COUNT(facility_form), false};

static const struct code project_form[] = {
    {"infrastructure", N_("Infrastructure")},
    {"process", N_("Process")},
    {"technology", N_("Technology")},
    {"training", N_("Training")},
};
const struct codelist codes_project_form = {"project_form", project_form, COUNT(project_form), false};

static const struct code frequency[] = {
    {"daily", N_("Daily")},     {"hourly", N_("Hourly")},       {"irregular", N_("Irregular")},
    {"monthly", N_("Monthly")}, {"quarterly", N_("Quarterly")}, {"weekly", N_("Weekly")},
    {"yearly", N_("Yearly")},
};
const struct codelist codes_frequency = {"frequency", frequency, COUNT(frequency), false};

static const struct code measure_form[] = {
    {"crisis", N_("Crisis")},
    {"definition-change", N_("Change of definition")},
    {"easing", N_("Easing of a restriction")},
    {"operation", N_("Operation")},
    {"policy", N_("Policy")},
    {"restriction", N_("Travel restriction")},
    {"season", N_("Season")},
    {"visa-rule", N_("Visa rule")},
};
const struct codelist codes_measure_form = {"measure_form", measure_form, COUNT(measure_form), false};

static const struct code pathway_form[] = {
    {"family", N_("Family")},
    {"humanitarian", N_("Humanitarian")},
    {"other", N_("Other")},
    {"regularisation", N_("Regularisation")},
    {"resettlement", N_("Resettlement")},
    {"study", N_("Study")},
    {"work", N_("Work")},
};
const struct codelist codes_pathway_form = {"pathway_form", pathway_form, COUNT(pathway_form), false};

static const struct code processing_stage[] = {
    {"appeal", N_("Appeal")},       {"decision", N_("Decision")},         {"hearing", N_("Hearing")},
    {"interview", N_("Interview")}, {"registration", N_("Registration")}, {"return", N_("Return")},
};
const struct codelist codes_processing_stage = {"processing_stage", processing_stage,
                                                COUNT(processing_stage), false};

static const struct code programme_form[] = {
    {"agriculture", N_("Agriculture")},
    {"capacity", N_("Capacity building")},
    {"health", N_("Public health")},
    {"labour", N_("Labour mobility")},
    {"other", N_("Other")},
    {"reintegration", N_("Reintegration")},
    {"root-causes", N_("Root causes")},
};
const struct codelist codes_programme_form = {"programme_form", programme_form, COUNT(programme_form),
                                              false};

static const struct code claim_form[] = {
    {"change", N_("Change over time")},
    {"count", N_("Count")},
    {"duration", N_("Time to return to normal")},
    {"rank", N_("Rank")},
    {"share", N_("Share")},
};
const struct codelist codes_claim_form = {"claim_form", claim_form, COUNT(claim_form), false};

static const struct code claim_verdict[] = {
    {"cannot-tell", N_("Cannot be told")},
    {"not-reproduced", N_("Not reproduced")},
    {"reproduced", N_("Reproduced")},
    {"window-dependent", N_("True for one window, false for another")},
};
const struct codelist codes_claim_verdict = {"claim_verdict", claim_verdict, COUNT(claim_verdict), false};

static const struct code retraction_reason[] = {
    {"corrected", N_("It was corrected, and the correction does not travel")},
    {"court", N_("A court ordered it")},
    {"expired", N_("Its time is over")},
    {"unlawful", N_("It should not have been given")},
    {"withdrawn", N_("The source withdrew it")},
    {"wrong", N_("It was wrong")},
};
const struct codelist codes_retraction_reason = {"retraction_reason", retraction_reason,
                                                 COUNT(retraction_reason), false};

static const struct code retraction_action[] = {
    {"confirmed", N_("Done: this is the receipt")},
    {"correct", N_("Replace with the correction")},
    {"erase", N_("Erase")},
    {"restrict", N_("Keep, but do not use")},
};
const struct codelist codes_retraction_action = {"retraction_action", retraction_action,
                                                 COUNT(retraction_action), false};

static const struct code erasure_reason[] = {
    {"court", N_("A court ordered it")},
    {"retention", N_("Its time is over")},
    {"retraction", N_("It was retracted")},
    {"rights", N_("The person concerned asked")},
    {"unlawful", N_("It should not have been kept")},
};
const struct codelist codes_erasure_reason = {"erasure_reason", erasure_reason, COUNT(erasure_reason),
                                              false};

static const struct code rights_form[] = {
    {"access", N_("Access")},
    {"complaint", N_("Complaint")},
    {"erasure", N_("Erasure of data")},
    {"opposition", N_("Opposition")},
    {"rectification", N_("Rectification")},
};
const struct codelist codes_rights_form = {"rights_form", rights_form, COUNT(rights_form), false};

static const struct code rights_outcome[] = {
    {"granted", N_("Granted")},
    {"nothing-held", N_("Nothing held")},
    {"partly", N_("Granted in part")},
    {"refused", N_("Not granted")},
    {"transferred", N_("Passed to another office")},
};
const struct codelist codes_rights_outcome = {"rights_outcome", rights_outcome, COUNT(rights_outcome),
                                              false};

static const struct code incident_form[] = {
    {"data-breach", N_("Data breach")}, {"misuse", N_("Misuse of data")},     {"other", N_("Other")},
    {"outage", N_("Outage")},           {"rights", N_("Fundamental rights")},
};
const struct codelist codes_incident_form = {"incident_form", incident_form, COUNT(incident_form), false};

static const struct code filed_by[] = {
    {"anonymous", N_("Not stated")},      {"officer", N_("Officer")},
    {"organisation", N_("Organisation")}, {"person-concerned", N_("Person concerned")},
    {"system", N_("The node itself")},
};
const struct codelist codes_filed_by = {"filed_by", filed_by, COUNT(filed_by), false};

static const struct code epoch_reason[] = {
    {"first", N_("First epoch")},
    {"key-change", N_("Change of key")},
    {"moved", N_("The folder was copied or moved")},
    {"older", N_("The store was older than what was answered for")},
    {"other-history", N_("The store had another history than what was answered for")},
    {"promise-damaged", N_("The note of what was answered for was damaged")},
    {"promise-missing", N_("The note of what was answered for was missing")},
    {"restored", N_("Restored backup")},
};
const struct codelist codes_epoch_reason = {"epoch_reason", epoch_reason, COUNT(epoch_reason), false};

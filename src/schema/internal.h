/*
 * schema/internal.h: what the files of this room share. The tables (kind_*, codes_*) are reached from
 * outside through schema_kind and field->codes only.
 */
#ifndef PUENTE_SCHEMA_INTERNAL_H
#define PUENTE_SCHEMA_INTERNAL_H

#include "schema/schema.h"

/* An exact decimal, as JSON and people write it: [-]digits[.digits], no exponent. False when it is none;
 * *precise is false when it has more decimals than `scale`, or does not fit. */
bool decimal_parse(struct str s, int scale, int64_t *out, bool *precise);

/* ---- one value against its field; each returns NULL, or the fault's code ---- */
const char *check_text(const struct field *f, struct str s); /* T_TEXT, T_CODE, T_DATE, T_TIME: one text */
const char *check_number(const struct field *f, int64_t i);  /* T_INT, T_DECIMAL */
struct str check_expected(const struct field *f, char to[96]); /* what would be right, in a few signs */
void check_put(struct faults *to, const char *code, const struct field *f, struct place at,
               struct str found);

/* ---- what holds between fields, for kinds to use as their rule or in it ---- */
void rule_period(const struct record *r, struct faults *to); /* `until` is not before `from` */
/* A record whose `life_at_risk` is true tells place, time and need, never who: no personal field, no text that
 * holds a CURP, a person's RFC or a mail address (guardrail 18). */
void rule_life(const struct record *r, struct faults *to);
/* The identifier in the field with the number `value` has the shape that the code in the field `scheme` stands for. */
void rule_scheme(const struct record *r, int scheme, int value, struct faults *to);

/* The lowest field in the set, which it leaves. */
static inline int set_next(uint64_t *set)
{
    int i = __builtin_ctzll(*set);
    *set &= *set - 1;
    return i;
}

/* ---- commit.c: the parts of a commitment, for disclose.c ---- */

/* Room for the domain, the header, each field, and the one leaf of bytes that are not canonical. */
struct commit_run {
    uint8_t leaves[32 + (FIELD_MAX + 2) * 34];
    size_t n;
};
void commit_salt(uint8_t salt[32], const uint8_t seed[32], unsigned number);
void commit_leaf(uint8_t out[32], const uint8_t salt[32], unsigned number, struct str value);
void commit_begin(struct commit_run *run);
void commit_add(struct commit_run *run, unsigned number, const uint8_t leaf[32]); /* ascending */
void commit_end(const struct commit_run *run, uint8_t commitment[32]);
/* One whole canonical value off the front; false on anything else. */
bool commit_skip(struct str *in, struct str *whole);

/* ---- the tables ---- */

extern const struct codelist codes_act_form, codes_action, codes_agreement_form, codes_alert_scheme,
    codes_alert_status, codes_alert_subject, codes_answer_outcome, codes_area, codes_awareness_form,
    codes_calibre_class, codes_certainty, codes_claim_form, codes_claim_verdict, codes_commodity,
    codes_completion, codes_concealment, codes_consent, codes_control_list, codes_conveyance_scheme,
    codes_crossing_outcome, codes_custody_step, codes_decision, codes_direction, codes_diversion_reason,
    codes_duty, codes_engagement_form, codes_environment, codes_epoch_reason, codes_equipment_kind,
    codes_erasure_reason, codes_facility_form, codes_filed_by, codes_fork, codes_firearm_type,
    codes_frequency, codes_function, codes_grounds, codes_handling, codes_harm_cause, codes_harm_form,
    codes_harm_group, codes_hit_basis, codes_hit_status, codes_identifier_scheme, codes_incident_form,
    codes_inspection_method, codes_inspection_result, codes_iso3166, codes_iso4217, codes_lane,
    codes_language, codes_load, codes_measure_form, codes_mode, codes_name_quality, codes_name_type,
    codes_notice_reply, codes_office_level, codes_operation_form, codes_outcome_form, codes_pathway_form,
    codes_population, codes_processing_stage, codes_programme_form, codes_project_form, codes_refusal,
    codes_query_outcome, codes_query_scheme, codes_query_side, codes_reliability, codes_request_form,
    codes_retraction_action, codes_retraction_reason, codes_rights_form, codes_rights_outcome, codes_role,
    codes_rule_status, codes_scheme, codes_seizure_method, codes_selected_by, codes_serial_state,
    codes_severity, codes_status, codes_subject_role, codes_threat, codes_time_to_crime, codes_trace_result,
    codes_unit, codes_urgency, codes_verdict, codes_wait_method;

/* kinds_exchange.c */
extern const struct kind kind_peer, kind_act, kind_dispatch, kind_disclosure, kind_receipt, kind_fork,
    kind_query;
/* kinds_intake.c */
extern const struct kind kind_message, kind_fault, kind_fragment;
/* kinds_traffic.c */
extern const struct kind kind_trip, kind_consignment, kind_equipment, kind_item, kind_party, kind_crossing,
    kind_wait;
/* kinds_screening.c */
extern const struct kind kind_alert, kind_alert_name, kind_alert_identifier, kind_alert_address, kind_hit,
    kind_rule, kind_rule_test, kind_list_edition, kind_disposition, kind_notice;
/* kinds_partners.c */
extern const struct kind kind_office, kind_pairing, kind_officer;
/* kinds_agreements.c */
extern const struct kind kind_agreement, kind_clause, kind_objective;
/* kinds_meetings.c */
extern const struct kind kind_engagement, kind_commitment, kind_progress;
/* kinds_requests.c */
extern const struct kind kind_request, kind_answer, kind_awareness, kind_contribution, kind_contact_report,
    kind_consent;
/* kinds_operations.c */
extern const struct kind kind_operation, kind_inspection, kind_seizure, kind_firearm, kind_custody,
    kind_case, kind_outcome, kind_harm;
/* kinds_forces.c */
extern const struct kind kind_deployment, kind_diversion;
/* kinds_places.c */
extern const struct kind kind_port, kind_facility, kind_project;
/* kinds_movement.c */
extern const struct kind kind_series, kind_observation, kind_measure, kind_pathway, kind_processing,
    kind_occupancy, kind_programme;
/* kinds_figures.c */
extern const struct kind kind_claim, kind_release;
/* kinds_trust.c */
extern const struct kind kind_access, kind_retraction, kind_erasure, kind_rights_request, kind_incident,
    kind_epoch;

#endif

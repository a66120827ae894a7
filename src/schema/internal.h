/*
 * schema/internal.h: what the files of this room share. The tables (kind_*, codes_*) are reached from
 * outside through schema_kind and field->codes only.
 */
#ifndef PUENTE_SCHEMA_INTERNAL_H
#define PUENTE_SCHEMA_INTERNAL_H

#include "schema/schema.h"

#define SCALE_MAX 9 /* decimals of a T_DECIMAL */

/* An exact decimal, as JSON and people write it: [-]digits[.digits], no exponent. False when it is none;
 * *precise is false when it has more decimals than `scale`, or does not fit. */
bool decimal_parse(struct str s, int scale, int64_t *out, bool *precise);

/* ---- one value against its field; each returns NULL, or the fault's code ---- */
const char *check_text(const struct field *f, struct str s); /* T_TEXT, T_CODE, T_DATE, T_TIME: one text */
const char *check_number(const struct field *f, int64_t i);  /* T_INT, T_DECIMAL */
struct str check_expected(const struct field *f, char to[96]); /* what would be right, in a few signs */
void check_put(struct faults *to, const char *code, const struct field *f, struct place at,
               struct str found);

/* `Field` is one of kind k's: its index. */
static inline int field_index(const struct kind *k, const struct field *f)
{
    return (int)(f - k->field);
}

/* The lowest field in the set, which it leaves. */
static inline int set_next(uint64_t *set)
{
    int i = __builtin_ctzll(*set);
    *set &= *set - 1;
    return i;
}

/* ---- the tables ---- */

extern const struct codelist codes_action, codes_alert_scheme, codes_alert_status, codes_alert_subject,
    codes_conveyance_scheme, codes_crossing_outcome, codes_decision, codes_direction, codes_equipment_kind,
    codes_hit_basis, codes_hit_status, codes_identifier_scheme, codes_iso3166, codes_iso4217, codes_lane,
    codes_load, codes_mode, codes_name_quality, codes_name_type, codes_notice_reply, codes_role,
    codes_rule_status, codes_scheme, codes_severity, codes_verdict, codes_wait_method;

/* kinds_intake.c */
extern const struct kind kind_message, kind_fault, kind_fragment;
/* kinds_traffic.c */
extern const struct kind kind_trip, kind_consignment, kind_equipment, kind_item, kind_party, kind_crossing,
    kind_wait;
/* kinds_screening.c */
extern const struct kind kind_alert, kind_alert_name, kind_alert_identifier, kind_alert_address, kind_hit,
    kind_rule, kind_disposition, kind_notice;

#endif

/* kinds.c: the one list of kinds, by hand, and the ways to look into it. */
#include "schema/internal.h"

const struct kind *const schema_kinds[] = {
    /* intake */
    &kind_message,
    &kind_fault,
    &kind_fragment,
    /* traffic */
    &kind_trip,
    &kind_consignment,
    &kind_equipment,
    &kind_item,
    &kind_party,
    &kind_crossing,
    &kind_wait,
    /* screening */
    &kind_alert,
    &kind_alert_name,
    &kind_alert_identifier,
    &kind_alert_address,
    &kind_hit,
    &kind_rule,
    &kind_disposition,
    &kind_notice,
    &kind_rule_test,
    &kind_list_edition,
    /* partners */
    &kind_office,
    &kind_pairing,
    &kind_officer,
    &kind_peer,
    /* agreements */
    &kind_agreement,
    &kind_clause,
    &kind_objective,
    &kind_act,
    /* meetings */
    &kind_engagement,
    &kind_commitment,
    &kind_progress,
    /* requests */
    &kind_request,
    &kind_answer,
    &kind_awareness,
    &kind_contribution,
    &kind_contact_report,
    &kind_consent,
    /* operations */
    &kind_operation,
    &kind_inspection,
    &kind_seizure,
    &kind_firearm,
    &kind_custody,
    &kind_case,
    &kind_outcome,
    &kind_harm,
    /* forces */
    &kind_deployment,
    &kind_diversion,
    /* places */
    &kind_port,
    &kind_facility,
    &kind_project,
    /* movement */
    &kind_series,
    &kind_observation,
    &kind_measure,
    &kind_pathway,
    &kind_processing,
    &kind_occupancy,
    &kind_programme,
    /* figures */
    &kind_claim,
    &kind_release,
    /* trust */
    &kind_access,
    &kind_retraction,
    &kind_erasure,
    &kind_rights_request,
    &kind_incident,
    &kind_epoch,
    &kind_dispatch,
    &kind_disclosure,
    &kind_receipt,
    &kind_fork,
    &kind_query,
    NULL,
};

/* Names differ early: a loop is faster than a call. */
static bool same(struct str s, const char *z)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] != z[i] || z[i] == '\0')
            return false;
    return z[s.n] == '\0';
}

/* As str_cmp, of a text and a C string. */
static int compare(struct str s, const char *z)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] != z[i] || z[i] == '\0')
            return (unsigned char)s.p[i] < (unsigned char)z[i] ? -1 : 1;
    return z[s.n] == '\0' ? 0 : -1;
}

const struct kind *schema_kind(struct str name)
{
    for (const struct kind *const *k = schema_kinds; *k; k++)
        if (same(name, (*k)->name))
            return *k;
    return NULL;
}

const struct kind *schema_kind_number(unsigned number)
{
    for (const struct kind *const *k = schema_kinds; *k; k++)
        if ((*k)->number == number)
            return *k;
    return NULL;
}

int schema_field(const struct kind *k, struct str name)
{
    for (int i = 0; i < k->fields; i++)
        if (same(name, k->field[i].name))
            return i;
    return -1;
}

const struct code *schema_code(const struct codelist *l, struct str code)
{
    size_t from = 0, to = l->n;

    while (from < to) {
        size_t middle = (from + to) / 2;
        int c = compare(code, l->codes[middle].code);
        if (c == 0)
            return &l->codes[middle];
        if (c < 0)
            to = middle;
        else
            from = middle + 1;
    }
    return NULL;
}

uint64_t schema_class_mask(const struct kind *k, enum sensitivity from)
{
    uint64_t mask = 0;

    for (int i = 0; i < k->fields; i++)
        if (k->field[i].class >= from)
            mask |= UINT64_C(1) << i;
    return mask;
}

const char *schema_type_name(enum type t)
{
    static const char *const names[] = {"text", "code", "int", "decimal", "bool",
                                        "date", "time", "ref", "bytes"};
    return names[t];
}

const char *schema_class_name(enum sensitivity c)
{
    static const char *const names[] = {"open", "official", "personal", "sealed"};
    return names[c];
}

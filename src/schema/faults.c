/*
 * faults.c: every fault there is, by hand, sorted by code (bytewise: a test looks). A code is stable for
 * ever: partners and their software quote it. `rule` names the clause broken; it is not translated.
 */
#include "schema/schema.h"

const struct fault_def schema_faults[] = {
    {"csv.columns", SEV_ERROR, "RFC 4180 §2.4",
     N_("The line has another number of columns than the header.")},
    {"csv.header", SEV_ERROR, "RFC 4180 §2.3", N_("The header names no field of this kind.")},
    {"csv.quote", SEV_ERROR, "RFC 4180 §2.5",
     N_("A quotation mark is missing or stands in the wrong place.")},
    {"exercise.only", SEV_ERROR, "puente guardrail 27",
     N_("A demonstration node takes exercise data only.")},
    {"exercise.refused", SEV_ERROR, "puente guardrail 27", N_("Exercise data does not enter a real node.")},
    {"field.code", SEV_ERROR, "puente kinds", N_("The code is not in the field's list.")},
    {"field.control", SEV_ERROR, "puente kinds", N_("The text has control characters.")},
    {"field.date", SEV_ERROR, "RFC 3339 §5.6", N_("This is not a date or time that exists.")},
    {"field.length", SEV_ERROR, "puente kinds", N_("The value is longer than the field allows.")},
    {"field.range", SEV_ERROR, "puente kinds", N_("The number is outside the field's range.")},
    {"field.required", SEV_ERROR, "puente kinds", N_("A required field is missing.")},
    {"field.shape", SEV_WARNING, "puente kinds", N_("The number's form or check digit is wrong.")},
    {"field.type", SEV_ERROR, "puente kinds", N_("The value is not of the field's type.")},
    {"field.unknown", SEV_ERROR, "puente kinds", N_("The kind has no such field.")},
    {"field.utf8", SEV_ERROR, "RFC 3629", N_("The text is not well-formed UTF-8.")},
    {"json.duplicate", SEV_ERROR, "RFC 8259 §4", N_("A name occurs twice in the object.")},
    {"json.kind", SEV_ERROR, "puente kinds", N_("The object names no kind that exists.")},
    {"json.syntax", SEV_ERROR, "RFC 8259 §2", N_("This is not well-formed JSON.")},
    {"message.control.reused", SEV_WARNING, "X12.5 ISA13; ISO 9735 0020",
     N_("Another message came under the same control number from the same sender.")},
    {"message.ref.dangling", SEV_ERROR, "puente kinds",
     N_("A record refers to one that the message does not have.")},
    {"parser.died", SEV_ERROR, "puente limits",
     N_("The parser ended before its time; the bytes are kept as they came.")},
    {"record.kind.reserved", SEV_ERROR, "puente law 1",
     N_("Records of this kind are written by the node only; no message may bring them.")},
    {"screening.hits.limited", SEV_WARNING, "puente limits",
     N_("More records match than are named one by one; only the latest became hits.")},
    {NULL, SEV_NOTE, NULL, NULL},
};

/*
 * answer_codes.c: what a fault is called in the answers: one row a fault code, or the beginning of several.
 *
 * TA105 (X12.56): 001 control numbers differ, 014 date, 016 standard, 020 usage, 021 number of groups, 022 control
 * structure, 023 end of file, 024 content, 026 delimiters.
 * AK304: 1 unknown segment, 2 unexpected, 3 missing, 5 too often, 7 out of order, 8 its elements. AK403: 1 missing,
 * 2 a condition, 3 too many, 4 short, 5 long, 6 characters, 7 code, 8 date, 9 time, 10 must be left out. AK502: 1 not supported, 2 no trailer,
 * 3 control numbers, 4 count, 5 segments in error. AK905: 1 not supported, 3 no trailer, 4 control numbers, 5 count. The
 * 999 adds IK403 12 too many repetitions and 13 too many components, I10 not used.
 * 0085 (ISO 9735, CONTRL): 2 syntax, 12 value, 13 missing, 14 not supported here, 15 may not stand here, 16 too many
 * constituents, 18 unspecified, 21 characters, 22 service characters, 28 references differ, 29 counts differ, 33 outside a
 * message, 35 too often, 37 type of character, 39 long, 40 short.
 * The last column is ours: docs/answers.md.
 */
#include "feeds/answer.h"

#define I LEVEL_INTERCHANGE
#define G LEVEL_GROUP
#define M LEVEL_MESSAGE
#define T LEVEL_SEGMENT
#define E LEVEL_ELEMENT

const struct answer_code answer_codes[] = {
    /* fault                      level TA1   AK   IK   0085  ERC */
    {"edi.code.unknown", E, "024", "7", "7", "12", "307"},
    {"edi.component.extra", E, "024", "3", "13", "16", "303"},
    {"edi.component.missing", E, "024", "1", "1", "13", "301"},
    {"edi.element.condition", E, "024", "2", "2", "13", "302"},
    {"edi.element.date", E, "024", "8", "8", "12", "308"},
    {"edi.element.extra", E, "024", "3", "3", "16", "303"},
    {"edi.element.long", E, "024", "5", "5", "39", "305"},
    {"edi.element.missing", E, "024", "1", "1", "13", "301"},
    {"edi.element.number", E, "024", "6", "6", "37", "306"},
    {"edi.element.repeat", E, "024", "3", "12", "35", "303"},
    {"edi.element.short", E, "024", "4", "4", "40", "304"},
    {"edi.element.time", E, "024", "9", "9", "12", "309"},
    {"edi.element.unused", E, "024", "10", "I10", "15", "312"},
    {"edi.header.missing", I, "022", "1", "1", "33", "101"},
    {"edi.interchange.head", I, "022", "1", "1", "33", "102"},
    {"edi.interchange.tail", I, "022", "1", "1", "33", "102"},
    {"edi.limit.", M, "024", "5", "5", "18", "103"},
    {"edi.map.late", M, "024", "5", "5", "18", "103"},
    {"edi.message.core", T, "024", "3", "3", "13", "201"},
    {"edi.message.unknown", M, "024", "1", "1", "14", "104"},
    {"edi.segment.elements", E, "024", "3", "3", "16", "303"},
    {"edi.segment.long", T, "024", "8", "8", "39", "206"},
    {"edi.segment.missing", T, "024", "3", "3", "13", "201"},
    {"edi.segment.nowhere", T, "024", "2", "2", "15", "202"},
    {"edi.segment.order", T, "024", "7", "7", "15", "203"},
    {"edi.segment.outside", I, "022", "1", "1", "33", "101"},
    {"edi.segment.repeat", T, "024", "5", "5", "35", "204"},
    {"edi.segment.unknown", T, "024", "1", "1", "15", "205"},
    {"edi.segment.unterminated", I, "023", "2", "2", "22", "105"},
    {"edi.text.long", E, "024", "5", "5", "39", "305"},
    {"edi.trailer.group", G, "023", "3", "3", "13", "106"},
    {"edi.trailer.interchange", I, "023", "3", "3", "13", "106"},
    {"edi.trailer.message", M, "023", "2", "2", "13", "106"},
    {"edi.trailer.stray", I, "022", "3", "3", "33", "101"},
    {"edi.unit.unknown", E, "024", "7", "7", "12", "307"},
    {"edifact.charset", I, "024", "6", "6", "21", "310"},
    {"edifact.una", I, "026", "1", "1", "22", "107"},
    {"edifact.unb.date", I, "014", "1", "1", "12", "108"},
    {"edifact.unb.reference", I, "018", "1", "1", "13", "108"},
    {"edifact.unb.syntax", I, "016", "1", "1", "2", "108"},
    {"edifact.unb.version", I, "017", "1", "1", "2", "108"},
    {"edifact.une.count", G, "022", "5", "5", "29", "109"},
    {"edifact.une.reference", G, "022", "4", "4", "28", "110"},
    {"edifact.unh.type", M, "024", "6", "6", "13", "104"},
    {"edifact.unt.count", M, "024", "4", "4", "29", "109"},
    {"edifact.unt.reference", M, "024", "3", "3", "28", "110"},
    {"edifact.unz.count", I, "021", "5", "5", "29", "109"},
    {"edifact.unz.reference", I, "001", "4", "4", "28", "110"},
    {"field.", M, "024", "5", "5", "12", "311"},
    {"message.ref.dangling", M, "024", "5", "5", "18", "103"},
    {"pax.count", M, "024", "5", "5", "29", "109"},
    {"pax.segment.foreign", T, "024", "2", "2", "15", "202"},
    {"x12.ge.count", G, "024", "5", "5", "29", "109"},
    {"x12.ge.reference", G, "024", "4", "4", "28", "110"},
    {"x12.gs.code", G, "024", "1", "1", "14", "104"},
    {"x12.gs.date", I, "024", "1", "1", "12", "108"},
    {"x12.gs.elements", I, "024", "1", "1", "13", "108"},
    {"x12.iea.count", I, "021", "5", "5", "29", "109"},
    {"x12.iea.reference", I, "001", "4", "4", "28", "110"},
    {"x12.isa.broken", I, "022", "1", "1", "13", "108"},
    {"x12.isa.component", I, "027", "1", "1", "22", "107"},
    {"x12.isa.date", I, "014", "1", "1", "12", "108"},
    {"x12.isa.delimiters", I, "026", "1", "1", "22", "107"},
    {"x12.isa.standard", I, "016", "1", "1", "2", "108"},
    {"x12.isa.usage", I, "020", "1", "1", "12", "108"},
    {"x12.isa.width", I, "022", "1", "1", "39", "108"},
    {"x12.se.count", M, "024", "4", "4", "29", "109"},
    {"x12.se.reference", M, "024", "3", "3", "28", "110"},
    {NULL, I, NULL, NULL, NULL, NULL, NULL},
};

const struct answer_code *answer_code(struct str fault)
{
    const struct answer_code *best = NULL;
    size_t length = 0;

    for (const struct answer_code *c = answer_codes; c->fault; c++) {
        struct str row = str_z(c->fault);
        if (row.n > length && str_starts(fault, row)) {
            best = c;
            length = row.n;
        }
    }
    return best;
}

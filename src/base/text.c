/*
 * text.c: looks texts up in the Spanish catalogue, a GNU .mo file linked into the program (the format is
 * in the gettext manual, "The Format of GNU MO Files": magic, revision, count, two tables of
 * (length, offset) sorted by msgid). The build makes build/es.mo from po/es.po.
 */
#include "base/text.h"

#include <stdint.h>
#include <string.h>

__asm__(".section .rodata\n"
        ".balign 8\n"
        "puente_es_mo:\n"
        ".incbin \"" PUENTE_ES_MO "\"\n"
        "puente_es_mo_end:\n"
        ".byte 0\n"
        ".balign 8\n"
        "puente_es_mo_size:\n"
        ".quad puente_es_mo_end - puente_es_mo\n"
        ".previous\n");

extern const char puente_es_mo[];
extern const uint64_t puente_es_mo_size;

#define MO_MAGIC 0x950412deU
enum { MO_COUNT = 8, MO_FROM = 12, MO_TO = 16 };

static uint32_t word(size_t at)
{
    uint32_t v;
    memcpy(&v, puente_es_mo + at, sizeof v);
    return v;
}

static const char *spanish(const char *msgid)
{
    size_t size = puente_es_mo_size, lo = 0, hi;

    if (size < 28 || word(0) != MO_MAGIC)
        return NULL;
    hi = word(MO_COUNT);
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        int c = strcmp(msgid, puente_es_mo + word(word(MO_FROM) + 8 * mid + 4));
        if (c == 0)
            return puente_es_mo + word(word(MO_TO) + 8 * mid + 4);
        if (c < 0)
            hi = mid;
        else
            lo = mid + 1;
    }
    return NULL;
}

const char *tr(enum lang lang, const char *msgid)
{
    const char *text = lang == LANG_ES && msgid[0] ? spanish(msgid) : NULL;
    return text ? text : msgid;
}

enum lang lang_parse(const char *tag, enum lang otherwise)
{
    if (tag == NULL || strlen(tag) < 2 || (tag[2] != '\0' && strchr("-_.,;", tag[2]) == NULL))
        return otherwise;
    if (strncmp(tag, "es", 2) == 0)
        return LANG_ES;
    if (strncmp(tag, "en", 2) == 0)
        return LANG_EN;
    return otherwise;
}

const char *lang_tag(enum lang lang)
{
    return lang == LANG_ES ? "es" : "en";
}

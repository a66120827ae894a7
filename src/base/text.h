/*
 * text: the two languages. English is written in the source as the msgid, marked N_("...") in tables or
 * passed to tr(); Spanish stands in po/es.po, which is compiled by msgfmt and linked in. libintl is not
 * used at run time because one process answers in both languages at once (docs/decisions/0002).
 */
#ifndef PUENTE_TEXT_H
#define PUENTE_TEXT_H

enum lang { LANG_EN, LANG_ES };

#define N_(msgid) msgid /* marks a text for xgettext */

/* The text in `lang`, or the msgid itself when there is none. Never NULL; lives as long as the program.
 * O(log n) in the catalogue. */
const char *tr(enum lang lang, const char *msgid) __attribute__((format_arg(2)));

enum lang lang_parse(const char *tag, enum lang otherwise); /* "es", "es-MX", "es_MX.UTF-8", "en", ... */
const char *lang_tag(enum lang lang);                       /* "en" or "es" */

#endif

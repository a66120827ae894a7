/*
 * feeds/xml.h: an XML document as a stream of elements, from hostile bytes: no document type, so no entities but
 * the five; no network; named limits; every error a fault with its line and byte. Elements come as calls, not
 * pulled, because only then the place is exact (docs/decisions/0040).
 */
#ifndef PUENTE_FEEDS_XML_H
#define PUENTE_FEEDS_XML_H

#include "feeds/deliver.h"

#define XML_TAG_MAX ((size_t)64 << 10) /* bytes of one tag, comment or instruction */

struct xml_attribute {
    struct str name, ns, value; /* UTF-8; entities and line ends are resolved */
};

struct xml_handler {
    /* Attributes live until the call returns; namespace declarations are not among them. */
    void (*start)(void *arg, struct str ns, struct str name, const struct xml_attribute *a, size_t n);
    void (*end)(void *arg);
    void *arg;
    void (*text)(void *arg, struct str piece); /* NULL = not wanted; one text may come in several pieces */
};

struct xml;
/* The place of the tag being handled: its line, and the byte behind it. */
struct place xml_place(const struct xml *x);

/* Bytes before the declaration that are passed over: blanks, and a byte-order mark in front of them; 0 = none. The
 * standard allows none, but files come so. */
size_t xml_blanks(struct str head);
/* Whether the document says that it is in ISO 8859-1. */
bool xml_latin1(struct str head);
/* Reads the run to its end. What follows the document and has no tag in it, a mail's tail, is a note. Faults go to `d`, which is open; *bytes and digest are the document's. *x is valid
 * within the calls. 0, or -1 with err when the source failed. */
int xml_read(struct deliver *d, const struct xml_handler *h, struct xml **x, uint64_t *bytes,
             uint8_t digest[32]);

/* XSD regular expressions, compiled once a run. */
struct xml_pattern;
struct xml_pattern *xml_pattern_new(const char *pattern);
void xml_pattern_free(struct xml_pattern *p);
bool xml_pattern_match(struct xml_pattern *p, const char *z);

#endif

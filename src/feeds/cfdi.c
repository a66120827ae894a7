/*
 * cfdi.c: the Mexican digital invoice CFDI 4.0 with the complement Carta Porte 2.0, 3.0 or 3.1, or
 * Comercio Exterior 2.0, or both: the reader. The
 * document is read as a stream and held to the schema (cfdi_check.c); what matters for a transport is kept until
 * its end, because the stamp and the means of transport come last and every record refers to them; then come the
 * rules beyond the schema (cfdi_rules.c) and the records (cfdi_records.c). One file is one document.
 */
#include "feeds/cfdi.h"

#include <stdlib.h>

static const char *version_name(int version)
{
    return version == V31 ? "3.1" : version == V30 ? "3.0" : version == V20 ? "2.0" : "";
}

/* What is odd about the file and does not matter, a line each. */
static void tolerated(struct cfdi *c)
{
    const struct {
        const char *name;
        bool is;
    } odd[] = {{"bom", str_starts(c->d.run->head, S("\xef\xbb\xbf"))},
               {"blanks-before-declaration", xml_blanks(c->d.run->head) > 0},
               {"enveloped", c->enclosed}};
    struct str *to = &c->d.m.tolerated;

    for (size_t i = 0; i < COUNT(odd); i++)
        if (odd[i].is)
            *to = arena_fmt(c->d.arena, "%.*s%s%s", STR_ARG(*to), to->n ? "\n" : "", odd[i].name);
}

static void describe(struct cfdi *c)
{
    struct feeds_message *m = &c->d.m;
    struct node *head = node_find(c->first, CFDI_COMPROBANTE);
    struct str serie = node_get(head, "Serie"), folio = node_get(head, "Folio");

    m->version = str_z(version_name(c->version));
    if (!c->version && node_find(c->first, CCE_COMERCIOEXTERIOR))
        m->version = S("comercio-exterior-2.0");
    m->sender = node_get(node_find(c->first, CFDI_EMISOR), "Rfc");
    m->receiver = node_get(node_find(c->first, CFDI_RECEPTOR), "Rfc");
    m->control = node_get(node_find(c->first, CP_CARTAPORTE), "IdCCP");
    if (!m->control.n && (serie.n || folio.n))
        m->control = arena_fmt(c->d.arena, "%.*s-%.*s", STR_ARG(serie), STR_ARG(folio));
    m->reference = node_get(node_find(c->first, CFDI_TIMBRE), "UUID");
    m->exercise = str_eq(serie, S(FEEDS_WATERMARK));
    tolerated(c);
}

static void finish(struct cfdi *c)
{
    bool known = node_find(c->first, CP_CARTAPORTE) || node_find(c->first, CCE_COMERCIOEXTERIOR);

    describe(c);
    if (!c->begun && c->outer.n) {
        c->foreign = true;
        fault_at(&c->d.faults, "xml.root", c->outer_place, c->outer,
                 S("http://www.sat.gob.mx/cfd/4 Comprobante"));
    }
    /* What breaks off before a complement is refused: nobody can say what it would have been. */
    c->d.ungrasped = !known && (c->complete || c->foreign);
    if (known)
        cfdi_rules(c);
    else if (c->complete && !c->foreign)
        fault_at(&c->d.faults, "cfdi.cartaporte", cfdi_place(c, c->first, NULL), (struct str){NULL, 0},
                 S("CartaPorte, ComercioExterior"));
    deliver_begin(&c->d);
    if (known)
        cfdi_records(c);
}

static int parse(struct feeds_run *run)
{
    struct cfdi c = {.scratch = arena_new(), .index = cfdi_index()};
    struct xml_handler h = cfdi_check_handler;
    uint8_t digest[HASH_SIZE];
    uint64_t bytes;
    int ret;

    c.tail = &c.first;
    c.frame = xmalloc((run->limits->depth + 1) * sizeof *c.frame);
    h.arg = &c;
    deliver_init(&c.d, run, "cfdi");
    deliver_open(&c.d, run->offset);
    ret = xml_read(&c.d, &h, &c.xml, &bytes, digest);
    if (ret == 0) {
        finish(&c);
        deliver_end_digest(&c.d, bytes, digest);
    } else {
        err_set(run->err, ERR_IO, N_("the input cannot be read"));
    }
    free(c.frame);
    arena_free(c.scratch);
    deliver_free(&c.d);
    return ret;
}

static int sniff(struct str head, const char *name)
{
    (void)name;
    if (memmem(head.p, head.n, "http://www.sat.gob.mx/cfd/", 26))
        return 95;
    if (memmem(head.p, head.n, "<\0c\0f\0d\0i\0:", 12) || memmem(head.p, head.n, "\0<\0c\0f\0d\0i\0:", 12))
        return 90;
    return memmem(head.p, head.n, "<cfdi:Comprobante", 17) ? 90 : 0;
}

void cfdi_ready(void)
{
    cfdi_index();
}

const struct feeds_reader reader_cfdi = {"cfdi", sniff, parse};

/*
 * cartaporte.c: a shipment as the records of a Carta Porte 3.1, for transport that crosses the border by road and by air: into
 * Mexico (regime IMD) and out of it (EXD). What no field holds stands here as values: fees, insurers, permits. There is no
 * seal and no stamp: the places of both say what this is.
 */
#include "exercise/internal.h"

#include "feeds/write.h"

static const struct company *mexican(const struct bill *b)
{
    return b->to.mexican ? &b->to : &b->from;
}

/* The carrier as a taxpayer. */
static const char *taxpayer(const struct manifest *m)
{
    char *rfc = arena_alloc(m->arena, 14);

    number_rfc(rfc, (const char[]){m->s->carrier->scac[2], m->s->carrier->scac[3], 'X', 0}, 4711);
    return rfc;
}

static struct record *party(struct manifest *m, const char *role, const char *name, const char *rfc)
{
    struct record *r = manifest_add(m, "party");

    manifest_ref(r, "parent", m->bill);
    manifest_text(r, "role", role);
    manifest_text(r, "name", name);
    manifest_text(r, "identifier", rfc);
    manifest_text(r, "identifier_scheme", "rfc");
    return r;
}

static void company(struct manifest *m, const char *role, const struct company *c)
{
    struct record *r = party(m, role, c->name, c->mexican ? c->rfc : c->tax);

    if (!c->mexican)
        manifest_text(r, "identifier_scheme", "tax-id");
    manifest_text(r, "address", c->street);
    manifest_text(r, "region", c->state);
    manifest_text(r, "postal_code", c->zip);
    manifest_text(r, "country", c->mexican ? "MX" : "US");
}

static void trip(struct manifest *m, const char *document)
{
    const struct shipment *s = m->s;
    bool air = s->pair->way == WAY_AIR;
    struct record *r = manifest_add(m, "trip");
    struct when arrival = s->at;

    arrival.minute += 600;
    manifest_text(r, "mode", air ? "air" : "road");
    manifest_text(r, "direction", s->north ? "north" : "south");
    manifest_text(r, "carrier", taxpayer(m));
    manifest_text(r, "carrier_name", s->carrier->name);
    manifest_text(r, "conveyance_type", air ? NULL : "T3S2");
    manifest_text(r, "conveyance", s->conveyance);
    manifest_text(r, "departure", when_date(m->arena, s->at, "Y-M-DTh:m:00"));
    manifest_text(r, "arrival", when_date(m->arena, arrival, "Y-M-DTh:m:00"));
    manifest_text(r, "document", document);
    manifest_number(r, "distance", s->pair->km, 0);
}

static void consignment(struct manifest *m, const struct bill *b, const char *document)
{
    struct record *r = manifest_add(m, "consignment");
    int64_t grams = 0;

    m->bill = m->n;
    for (int i = 0; i < b->lines; i++)
        grams += b->line[i].grams;
    manifest_ref(r, "trip", 1);
    manifest_text(r, "bill", m->s->pair->way == WAY_AIR ? b->number : document);
    manifest_number(r, "gross_weight", grams, 2);
    manifest_text(r, "regime", m->s->north ? "EXD" : "IMD");
    manifest_text(
        r, "references",
        arena_fmt(m->arena, "SERIE:%s\nFOLIO:%s\nPERMISO:%s", EXERCISE_MARK, b->number, EXERCISE_MARK).p);
}

static void item(struct manifest *m, const struct bill *b, const struct line *l)
{
    struct record *r = manifest_add(m, "item");
    const struct good *g = l->good;

    manifest_ref(r, "consignment", m->bill);
    manifest_text(r, "product_code", g->sat);
    manifest_text(r, "description", g->spanish);
    manifest_number(r, "quantity", l->packages, 0);
    manifest_text(r, "package", g->rec21[0] == 'D' ? "XDR" : "XBX");
    manifest_text(r, "undg", g->undg);
    manifest_text(r, "chemical", g->cas ? g->chemical : NULL);
    manifest_text(r, "cas", g->cas);
    manifest_number(r, "gross_weight", l->grams, 2);
    manifest_number(r, "value", l->cents, 2);
    manifest_text(r, "currency", "USD");
    manifest_text(r, "hs", g->hs);
    manifest_text(r, "references",
                  arena_fmt(m->arena, "%s%s%sTIPOMATERIA:03\nPEDIMENTO:%s", g->undg ? "EMBALAJE:" : "",
                            g->undg ? g->embalaje : "", g->undg ? "\n" : "", b->pedimento)
                      .p);
}

static void records(struct manifest *m)
{
    const struct shipment *s = m->s;
    const struct bill *b = &s->bill[0];
    const char *document = manifest_fmt(m, "CCC", s->reference + 3);
    struct record *r;

    trip(m, document);
    consignment(m, b, document);
    if (s->pair->way == WAY_ROAD) {
        r = manifest_add(m, "equipment");
        manifest_ref(r, "trip", 1);
        manifest_text(r, "kind", "trailer");
        manifest_text(r, "number", b->box[0].plate);
        manifest_text(r, "plate", b->box[0].plate);
        manifest_text(r, "size_type", "CTR007");
    }
    party(m, "issuer", s->carrier->name, taxpayer(m));
    r = party(m, "recipient", mexican(b)->name, mexican(b)->rfc);
    manifest_text(r, "postal_code", mexican(b)->zip);
    company(m, "shipper", &b->from);
    company(m, "consignee", &b->to);
    for (int i = 0; i < b->lines; i++)
        item(m, b, &b->line[i]);
    for (int i = 0; i < b->lines && !s->north; i++)
        party(m, "importer", NULL, b->to.rfc);
    if (s->pair->way == WAY_ROAD) {
        r = party(m, "driver", s->driver.name, s->driver.rfc);
        manifest_ref(r, "parent", 1);
        manifest_text(r, "licence", s->driver.licence);
    }
}

#define VALUES_MOST 48

static void value(struct manifest *m, struct feeds_write *how, const char *path, const char *z)
{
    struct feeds_value *v = m->values + how->nvalues++;

    *v = (struct feeds_value){str_z(path), str_z(z)};
}

static void values(struct manifest *m, struct feeds_write *how)
{
    static const char *const fixed[][2] = {
        {"Comprobante/@Sello", EXERCISE_MARK},
        {"Comprobante/@Certificado", EXERCISE_MARK},
        {"Comprobante/@Moneda", "MXN"},
        {"Comprobante/@TipoDeComprobante", "I"},
        {"Comprobante/@MetodoPago", "PUE"},
        {"Comprobante/@FormaPago", "03"},
        {"Emisor/@RegimenFiscal", "601"},
        {"Receptor/@RegimenFiscalReceptor", "601"},
        {"Concepto/@ClaveProdServ", "78101802"},
        {"Concepto/@Cantidad", "1"},
        {"Concepto/@ClaveUnidad", "E48"},
        {"Concepto/@Descripcion", "Servicio de transporte internacional de carga"},
        {"Concepto/@ObjetoImp", "01"},
        {"Ubicacion[Origen]/@IDUbicacion", "OR000001"},
        {"Ubicacion[Destino]/@IDUbicacion", "DE000001"},
    };
    static const char *const road[][2] = {
        {"Autotransporte/@PermSCT", "TPAF08"},
        {"IdentificacionVehicular/@AnioModeloVM", "2019"},
        {"Seguros/@AseguraRespCivil", "Seguros de Ejemplo SA"},
        {"Seguros/@PolizaRespCivil", "EX-000001"},
        {"Seguros/@AseguraMedAmbiente", "Seguros de Ejemplo SA"},
        {"Seguros/@PolizaMedAmbiente", "EX-000002"},
    };
    static const char *const air[][2] = {
        {"TransporteAereo/@PermSCT", "TPTA01"},
        {"TransporteAereo/@NumPermisoSCT", EXERCISE_MARK},
        {"TransporteAereo/@CodigoTransportista", "CA001"},
        {"Ubicacion[Origen]/@TipoEstacion", "01"},
        {"Ubicacion[Destino]/@TipoEstacion", "03"},
    };
    const struct pair *p = m->s->pair;
    const char *fee = arena_fmt(m->arena, "%d.00", 180 * p->km / 10).p;
    bool from_mexico = m->s->bill[0].from.mexican;

    how->values = m->values = arena_alloc(m->arena, VALUES_MOST * sizeof *m->values);
    for (size_t i = 0; i < COUNT(fixed); i++)
        value(m, how, fixed[i][0], fixed[i][1]);
    for (size_t i = 0; i < COUNT(road) && p->way == WAY_ROAD; i++)
        value(m, how, road[i][0], road[i][1]);
    for (size_t i = 0; i < COUNT(air) && p->way == WAY_AIR; i++)
        value(m, how, air[i][0], air[i][1]);
    value(m, how, "Comprobante/@SubTotal", fee);
    value(m, how, "Comprobante/@Total", fee);
    value(m, how, "Comprobante/@LugarExpedicion", p->mx.zip);
    value(m, how, "Concepto/@ValorUnitario", fee);
    value(m, how, "Concepto/@Importe", fee);
    value(m, how, "IdentificacionVehicular/@PesoBrutoVehicular",
          arena_fmt(m->arena, "%lld.50", 15 + bill_kilograms(&m->s->bill[0]) / 1000).p);
    if (p->way == WAY_AIR) {
        value(m, how, "Ubicacion[Origen]/@NombreEstacion", from_mexico ? p->mx.name : p->us.name);
        value(m, how, "Ubicacion[Destino]/@NombreEstacion", from_mexico ? p->us.name : p->mx.name);
    }
}

void carta_porte(struct manifest *m, struct buf *b)
{
    struct feeds_write how = {.format = "cartaporte", .version = S("3.1")};

    records(m);
    values(m, &how);
    manifest_write(m, &how, b);
}

/*
 * feeds/cfdi_tables.h: what a CFDI 4.0 with Carta Porte 2.0, 3.0 or 3.1 or with Comercio Exterior 2.0 may say, as data:
 * the facts of the SAT's schemas (cfdv40.xsd, TimbreFiscalDigitalv11.xsd, CartaPorte20/30/31.xsd,
 * ComercioExterior20.xsd, tdCFDI.xsd, catCartaPorte.xsd, catComExt.xsd). One row holds for the Carta Porte versions
 * it names.
 */
#ifndef PUENTE_FEEDS_CFDI_TABLES_H
#define PUENTE_FEEDS_CFDI_TABLES_H

#include "base/base.h"

enum { V20 = 1, V30 = 2, V31 = 4, ALL = 7 };

struct cfdi_type {
    enum { CFDI_TEXT, CFDI_VALUES, CFDI_CATALOGUE, CFDI_DECIMAL, CFDI_INT, CFDI_DATE } is;
    const char *name;      /* of the catalogue */
    bool keep;             /* blanks count; else they are collapsed first (xs:whiteSpace) */
    bool no_bar;           /* no '|' */
    unsigned least, most;  /* characters; most 0 = any */
    const char *pattern;   /* XSD regular expression */
    const char *values;    /* "Sí|No"; a catalogue without them is too large to hold here */
    const char *from, *to; /* decimal and integer, inclusive; NULL = any */
    int digits;            /* most decimals */
};

struct cfdi_attribute {
    const char *name;
    const struct cfdi_type *type;
    unsigned char versions;
    bool required;
};

struct cfdi_element {
    const char *name;
    short parent; /* index; CFDI_NONE for the root */
    unsigned char versions;
    unsigned char least, most; /* occurrences; most 0 = any */
    const struct cfdi_attribute *attribute;
    size_t attributes;
};

/* The elements, by path: CFDI_IMPUESTOS is Concepto's, CFDI_COMPROBANTE_IMPUESTOS the document's, and so on. */
enum {
    CFDI_NONE = -1,
    CFDI_COMPROBANTE,
    CFDI_INFORMACIONGLOBAL,
    CFDI_CFDIRELACIONADOS,
    CFDI_CFDIRELACIONADO,
    CFDI_EMISOR,
    CFDI_RECEPTOR,
    CFDI_CONCEPTOS,
    CFDI_CONCEPTO,
    CFDI_IMPUESTOS,
    CFDI_TRASLADOS,
    CFDI_TRASLADO,
    CFDI_RETENCIONES,
    CFDI_RETENCION,
    CFDI_ACUENTATERCEROS,
    CFDI_INFORMACIONADUANERA,
    CFDI_CUENTAPREDIAL,
    CFDI_COMPLEMENTOCONCEPTO,
    CFDI_PARTE,
    CFDI_PARTE_INFORMACIONADUANERA,
    CFDI_COMPROBANTE_IMPUESTOS,
    CFDI_IMPUESTOS_RETENCIONES,
    CFDI_RETENCIONES_RETENCION,
    CFDI_IMPUESTOS_TRASLADOS,
    CFDI_TRASLADOS_TRASLADO,
    CFDI_COMPLEMENTO,
    CFDI_ADDENDA,
    CFDI_TIMBRE,
    CP_CARTAPORTE,
    CP_REGIMENESADUANEROS,
    CP_REGIMENADUANEROCCP,
    CP_UBICACIONES,
    CP_UBICACION,
    CP_DOMICILIO,
    CP_MERCANCIAS,
    CP_MERCANCIA,
    CP_DOCUMENTACIONADUANERA,
    CP_GUIASIDENTIFICACION,
    CP_CANTIDADTRANSPORTA,
    CP_DETALLEMERCANCIA,
    CP_AUTOTRANSPORTE,
    CP_IDENTIFICACIONVEHICULAR,
    CP_SEGUROS,
    CP_REMOLQUES,
    CP_REMOLQUE,
    CP_TRANSPORTEMARITIMO,
    CP_CONTENEDOR,
    CP_REMOLQUESCCP,
    CP_REMOLQUECCP,
    CP_TRANSPORTEAEREO,
    CP_TRANSPORTEFERROVIARIO,
    CP_DERECHOSDEPASO,
    CP_CARRO,
    CP_CARRO_CONTENEDOR,
    CP_FIGURATRANSPORTE,
    CP_TIPOSFIGURA,
    CP_PARTESTRANSPORTE,
    CP_TIPOSFIGURA_DOMICILIO,
    CP_TRANSPORTEMARITIMO_REMOLQUESCCP,
    CP_REMOLQUESCCP_REMOLQUECCP,
    CP_PEDIMENTOS,
    CCE_COMERCIOEXTERIOR,
    CCE_EMISOR,
    CCE_EMISOR_DOMICILIO,
    CCE_PROPIETARIO,
    CCE_RECEPTOR,
    CCE_RECEPTOR_DOMICILIO,
    CCE_DESTINATARIO,
    CCE_DESTINATARIO_DOMICILIO,
    CCE_MERCANCIAS,
    CCE_MERCANCIA,
    CCE_DESCRIPCIONESESPECIFICAS,
    CFDI_ELEMENTS
};

const struct cfdi_element *cfdi_element(int index);

/* cartaporte_tables.c: from CP_CARTAPORTE on; comercio_tables.c: from CCE_COMERCIOEXTERIOR on. */
extern const struct cfdi_element cartaporte_elements[], comercio_elements[];

#endif

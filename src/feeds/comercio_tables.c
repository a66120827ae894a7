/*
 * comercio_tables.c: the complement Comercio Exterior 2.0 (ComercioExterior20.xsd, catComExt.xsd): what a definitive
 * export (pedimento A1) must say beside its invoice. The tariff lines are 26,045: a code is held to its shape.
 */
#include "feeds/cfdi_tables.h"

static const struct cfdi_type y_one_of_2_0 = {.is = CFDI_VALUES, .values = "2.0"};
static const struct cfdi_type y_c_motivotraslado = {
    .is = CFDI_CATALOGUE, .name = "c_MotivoTraslado", .values = "01|02|03|04|05|99"};
static const struct cfdi_type y_c_clavepedimento = {
    .is = CFDI_CATALOGUE, .name = "c_ClavePedimento", .values = "A1"};
static const struct cfdi_type y_one_of_0_1 = {.is = CFDI_VALUES, .values = "0|1"};
static const struct cfdi_type y_text_6_40 = {.is = CFDI_TEXT, .least = 6, .most = 40, .no_bar = true};
static const struct cfdi_type y_text_1_50 = {.is = CFDI_TEXT, .least = 1, .most = 50, .no_bar = true};
static const struct cfdi_type y_c_incoterm = {
    .is = CFDI_CATALOGUE,
    .name = "c_INCOTERM",
    .values = "CFR|CIF|CPT|CIP|DAF|DAP|DAT|DES|DEQ|DDU|DDP|EXW|FCA|FAS|FOB|DPU"};
static const struct cfdi_type y_text_1_300 = {.is = CFDI_TEXT, .least = 1, .most = 300, .no_bar = true};
static const struct cfdi_type y_t_importe = {.is = CFDI_DECIMAL, .from = "0.000000", .digits = 6};
static const struct cfdi_type y_t_curp = {
    .is = CFDI_TEXT,
    .least = 18,
    .most = 18,
    .pattern =
        "[A-Z][AEIOUX][A-Z]{2}[0-9]{2}(0[1-9]|1[012])(0[1-9]|[12][0-9]|3[01])[MHX]([ABCMTZ]S|[BCJMOT]C|"
        "[CNPST]L|[GNQ]T|[GQS]R|C[MH]|[MY]N|[DH]G|NE|VZ|DF|SP)[BCDFGHJ-NP-TV-Z]{3}[0-9A-Z][0-9]"};
static const struct cfdi_type y_any_6_40 = {.is = CFDI_TEXT, .least = 6, .most = 40};
static const struct cfdi_type y_c_pais = {.is = CFDI_CATALOGUE, .name = "c_Pais"};
static const struct cfdi_type y_text_1_100 = {.is = CFDI_TEXT, .least = 1, .most = 100, .no_bar = true};
static const struct cfdi_type y_numerodomicilio = {.is = CFDI_TEXT, .least = 1, .most = 55, .no_bar = true};
static const struct cfdi_type y_text_1_120 = {.is = CFDI_TEXT, .least = 1, .most = 120, .no_bar = true};
static const struct cfdi_type y_referencia = {.is = CFDI_TEXT, .least = 1, .most = 250, .no_bar = true};
static const struct cfdi_type y_c_colonia = {.is = CFDI_CATALOGUE, .name = "c_Colonia"};
static const struct cfdi_type y_c_localidad = {.is = CFDI_CATALOGUE, .name = "c_Localidad"};
static const struct cfdi_type y_c_municipio = {.is = CFDI_CATALOGUE, .name = "c_Municipio"};
static const struct cfdi_type y_c_estado = {.is = CFDI_CATALOGUE, .name = "c_Estado"};
static const struct cfdi_type y_c_codigopostal = {.is = CFDI_CATALOGUE, .name = "c_CodigoPostal"};
static const struct cfdi_type y_text_1_30 = {.is = CFDI_TEXT, .least = 1, .most = 30, .no_bar = true};
static const struct cfdi_type y_any_1_12 = {.is = CFDI_TEXT, .least = 1, .most = 12};
static const struct cfdi_type y_fraccion = {.is = CFDI_TEXT, .pattern = "[0-9]{8}([0-9]{2})?"};
static const struct cfdi_type y_cantidad = {.is = CFDI_DECIMAL, .from = "0.001", .digits = 3};
static const struct cfdi_type y_c_unidadaduana = {
    .is = CFDI_CATALOGUE,
    .name = "c_UnidadAduana",
    .values = "01|02|03|04|05|06|07|08|09|10|11|12|13|14|15|16|17|18|19|20|21|22|99"};
static const struct cfdi_type y_valordolares = {.is = CFDI_DECIMAL, .from = "0.0000", .digits = 4};
static const struct cfdi_type y_text_1_35 = {.is = CFDI_TEXT, .least = 1, .most = 35, .no_bar = true};
static const struct cfdi_type y_text_1_80 = {.is = CFDI_TEXT, .least = 1, .most = 80, .no_bar = true};
static const struct cfdi_type y_text_1_40 = {.is = CFDI_TEXT, .least = 1, .most = 40, .no_bar = true};

static const struct cfdi_attribute of_comercioexterior[] = {
    {"Version", &y_one_of_2_0, ALL, true},
    {"MotivoTraslado", &y_c_motivotraslado, ALL, false},
    {"ClaveDePedimento", &y_c_clavepedimento, ALL, true},
    {"CertificadoOrigen", &y_one_of_0_1, ALL, true},
    {"NumCertificadoOrigen", &y_text_6_40, ALL, false},
    {"NumeroExportadorConfiable", &y_text_1_50, ALL, false},
    {"Incoterm", &y_c_incoterm, ALL, false},
    {"Observaciones", &y_text_1_300, ALL, false},
    {"TipoCambioUSD", &y_t_importe, ALL, true},
    {"TotalUSD", &y_t_importe, ALL, true},
};

static const struct cfdi_attribute of_emisor[] = {
    {"Curp", &y_t_curp, ALL, false},
};

static const struct cfdi_attribute of_emisor_domicilio[] = {
    {"Calle", &y_text_1_100, ALL, true},
    {"NumeroExterior", &y_numerodomicilio, ALL, false},
    {"NumeroInterior", &y_numerodomicilio, ALL, false},
    {"Colonia", &y_c_colonia, ALL, false},
    {"Localidad", &y_c_localidad, ALL, false},
    {"Referencia", &y_referencia, ALL, false},
    {"Municipio", &y_c_municipio, ALL, false},
    {"Estado", &y_c_estado, ALL, true},
    {"Pais", &y_c_pais, ALL, true},
    {"CodigoPostal", &y_c_codigopostal, ALL, true},
};

static const struct cfdi_attribute of_domicilio[] = {
    {"Calle", &y_text_1_100, ALL, true},
    {"NumeroExterior", &y_numerodomicilio, ALL, false},
    {"NumeroInterior", &y_numerodomicilio, ALL, false},
    {"Colonia", &y_text_1_120, ALL, false},
    {"Localidad", &y_text_1_120, ALL, false},
    {"Referencia", &y_referencia, ALL, false},
    {"Municipio", &y_text_1_120, ALL, false},
    {"Estado", &y_text_1_30, ALL, true},
    {"Pais", &y_c_pais, ALL, true},
    {"CodigoPostal", &y_any_1_12, ALL, true},
};

static const struct cfdi_attribute of_propietario[] = {
    {"NumRegIdTrib", &y_any_6_40, ALL, true},
    {"ResidenciaFiscal", &y_c_pais, ALL, true},
};

static const struct cfdi_attribute of_receptor[] = {
    {"NumRegIdTrib", &y_any_6_40, ALL, false},
};

static const struct cfdi_attribute of_destinatario[] = {
    {"NumRegIdTrib", &y_any_6_40, ALL, false},
    {"Nombre", &y_text_1_300, ALL, false},
};

static const struct cfdi_attribute of_mercancia[] = {
    {"NoIdentificacion", &y_text_1_100, ALL, true},    {"FraccionArancelaria", &y_fraccion, ALL, false},
    {"CantidadAduana", &y_cantidad, ALL, false},       {"UnidadAduana", &y_c_unidadaduana, ALL, false},
    {"ValorUnitarioAduana", &y_t_importe, ALL, false}, {"ValorDolares", &y_valordolares, ALL, true},
};

static const struct cfdi_attribute of_descripcionesespecificas[] = {
    {"Marca", &y_text_1_35, ALL, true},
    {"Modelo", &y_text_1_80, ALL, false},
    {"SubModelo", &y_text_1_50, ALL, false},
    {"NumeroSerie", &y_text_1_40, ALL, false},
};

const struct cfdi_element comercio_elements[] = {
    {"ComercioExterior", CFDI_COMPLEMENTO, ALL, 0, 1, of_comercioexterior, COUNT(of_comercioexterior)},
    {"Emisor", CCE_COMERCIOEXTERIOR, ALL, 0, 1, of_emisor, COUNT(of_emisor)},
    {"Domicilio", CCE_EMISOR, ALL, 1, 1, of_emisor_domicilio, COUNT(of_emisor_domicilio)},
    {"Propietario", CCE_COMERCIOEXTERIOR, ALL, 0, 0, of_propietario, COUNT(of_propietario)},
    {"Receptor", CCE_COMERCIOEXTERIOR, ALL, 0, 1, of_receptor, COUNT(of_receptor)},
    {"Domicilio", CCE_RECEPTOR, ALL, 0, 1, of_domicilio, COUNT(of_domicilio)},
    {"Destinatario", CCE_COMERCIOEXTERIOR, ALL, 0, 0, of_destinatario, COUNT(of_destinatario)},
    {"Domicilio", CCE_DESTINATARIO, ALL, 1, 0, of_domicilio, COUNT(of_domicilio)},
    {"Mercancias", CCE_COMERCIOEXTERIOR, ALL, 1, 1, NULL, 0},
    {"Mercancia", CCE_MERCANCIAS, ALL, 1, 0, of_mercancia, COUNT(of_mercancia)},
    {"DescripcionesEspecificas", CCE_MERCANCIA, ALL, 0, 0, of_descripcionesespecificas,
     COUNT(of_descripcionesespecificas)},
};

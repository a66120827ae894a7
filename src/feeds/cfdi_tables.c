/*
 * cfdi_tables.c: CFDI 4.0 (cfdv40.xsd) and its fiscal stamp (TimbreFiscalDigitalv11.xsd).
 */
#include "feeds/cfdi_tables.h"

static const struct cfdi_type y_one_of_4_0 = {.is = CFDI_VALUES, .values = "4.0"};
static const struct cfdi_type y_text_1_25 = {.is = CFDI_TEXT, .least = 1, .most = 25, .no_bar = true};
static const struct cfdi_type y_text_1_40 = {.is = CFDI_TEXT, .least = 1, .most = 40, .no_bar = true};
static const struct cfdi_type y_t_fechah = {.is = CFDI_DATE,
                                            .pattern = "(20[1-9][0-9])-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3["
                                                       "01])T(([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9])"};
static const struct cfdi_type y_any_0_0 = {.is = CFDI_TEXT};
static const struct cfdi_type y_c_formapago = {.is = CFDI_CATALOGUE, .name = "c_FormaPago"};
static const struct cfdi_type y_p_nocertificado = {
    .is = CFDI_TEXT, .least = 20, .most = 20, .pattern = "[0-9]{20}"};
static const struct cfdi_type y_text_1_1000 = {.is = CFDI_TEXT, .least = 1, .most = 1000, .no_bar = true};
static const struct cfdi_type y_t_importe = {.is = CFDI_DECIMAL, .from = "0.000000", .digits = 6};
static const struct cfdi_type y_c_moneda = {.is = CFDI_CATALOGUE, .name = "c_Moneda"};
static const struct cfdi_type y_decimal_from_0_000001_d6 = {
    .is = CFDI_DECIMAL, .from = "0.000001", .digits = 6};
static const struct cfdi_type y_c_tipodecomprobante = {.is = CFDI_CATALOGUE, .name = "c_TipoDeComprobante"};
static const struct cfdi_type y_c_exportacion = {.is = CFDI_CATALOGUE, .name = "c_Exportacion"};
static const struct cfdi_type y_c_metodopago = {.is = CFDI_CATALOGUE, .name = "c_MetodoPago"};
static const struct cfdi_type y_c_codigopostal = {.is = CFDI_CATALOGUE, .name = "c_CodigoPostal"};
static const struct cfdi_type y_p_confirmacion = {
    .is = CFDI_TEXT, .least = 5, .most = 5, .pattern = "[0-9a-zA-Z]{5}"};
static const struct cfdi_type y_c_periodicidad = {.is = CFDI_CATALOGUE, .name = "c_Periodicidad"};
static const struct cfdi_type y_c_meses = {.is = CFDI_CATALOGUE, .name = "c_Meses"};
static const struct cfdi_type y_int_2019 = {.is = CFDI_INT, .from = "2019"};
static const struct cfdi_type y_c_tiporelacion = {.is = CFDI_CATALOGUE, .name = "c_TipoRelacion"};
static const struct cfdi_type y_p_uuid = {
    .is = CFDI_TEXT,
    .least = 36,
    .most = 36,
    .pattern = "[a-f0-9A-F]{8}-[a-f0-9A-F]{4}-[a-f0-9A-F]{4}-[a-f0-9A-F]{4}-[a-f0-9A-F]{12}"};
static const struct cfdi_type y_t_rfc = {
    .is = CFDI_TEXT,
    .least = 12,
    .most = 13,
    .pattern = "[A-Z&Ñ]{3,4}[0-9]{2}(0[1-9]|1[012])(0[1-9]|[12][0-9]|3[01])[A-Z0-9]{2}[0-9A]"};
static const struct cfdi_type y_text_1_300 = {.is = CFDI_TEXT, .least = 1, .most = 300, .no_bar = true};
static const struct cfdi_type y_c_regimenfiscal = {.is = CFDI_CATALOGUE, .name = "c_RegimenFiscal"};
static const struct cfdi_type y_p_facatradquirente = {
    .is = CFDI_TEXT, .least = 10, .most = 10, .pattern = "[0-9]{10}"};
static const struct cfdi_type y_p_domiciliofiscalreceptor = {
    .is = CFDI_TEXT, .least = 5, .most = 5, .pattern = "[0-9]{5}"};
static const struct cfdi_type y_c_pais = {.is = CFDI_CATALOGUE, .name = "c_Pais"};
static const struct cfdi_type y_any_1_40 = {.is = CFDI_TEXT, .least = 1, .most = 40};
static const struct cfdi_type y_c_usocfdi = {.is = CFDI_CATALOGUE, .name = "c_UsoCFDI"};
static const struct cfdi_type y_c_claveprodserv = {.is = CFDI_CATALOGUE, .name = "c_ClaveProdServ"};
static const struct cfdi_type y_text_1_100 = {.is = CFDI_TEXT, .least = 1, .most = 100, .no_bar = true};
static const struct cfdi_type y_c_claveunidad = {.is = CFDI_CATALOGUE, .name = "c_ClaveUnidad"};
static const struct cfdi_type y_text_1_20 = {.is = CFDI_TEXT, .least = 1, .most = 20, .no_bar = true};
static const struct cfdi_type y_c_objetoimp = {.is = CFDI_CATALOGUE, .name = "c_ObjetoImp"};
static const struct cfdi_type y_c_impuesto = {.is = CFDI_CATALOGUE, .name = "c_Impuesto"};
static const struct cfdi_type y_c_tipofactor = {.is = CFDI_CATALOGUE, .name = "c_TipoFactor"};
static const struct cfdi_type y_p_numeropedimento = {.is = CFDI_TEXT,
                                                     .keep = true,
                                                     .least = 21,
                                                     .most = 21,
                                                     .pattern = "[0-9]{2}  [0-9]{2}  [0-9]{4}  [0-9]{7}"};
static const struct cfdi_type y_p_numero = {
    .is = CFDI_TEXT, .least = 1, .most = 150, .pattern = "[0-9a-zA-Z]{1,150}"};
static const struct cfdi_type y_one_of_1_1 = {.is = CFDI_VALUES, .values = "1.1"};
static const struct cfdi_type y_t_rfc_pm = {
    .is = CFDI_TEXT,
    .least = 12,
    .pattern = "[A-Z&Ñ]{3}[0-9]{2}(0[1-9]|1[012])(0[1-9]|[12][0-9]|3[01])[A-Z0-9]{2}[0-9A]"};
static const struct cfdi_type y_p_leyenda = {
    .is = CFDI_TEXT,
    .least = 12,
    .most = 150,
    .pattern = "([A-Z]|[a-z]|[0-9]| "
               "|Ñ|ñ|!|\"|%|&|'|´|-|:|;|>|=|<|@|_|,|\\{|\\}|`|~|á|é|í|ó|ú|Á|É|Í|Ó|Ú|ü|Ü){1,150}"};

static const struct cfdi_attribute of_cfdi_comprobante[] = {
    {"Version", &y_one_of_4_0, ALL, true},
    {"Serie", &y_text_1_25, ALL, false},
    {"Folio", &y_text_1_40, ALL, false},
    {"Fecha", &y_t_fechah, ALL, true},
    {"Sello", &y_any_0_0, ALL, true},
    {"FormaPago", &y_c_formapago, ALL, false},
    {"NoCertificado", &y_p_nocertificado, ALL, true},
    {"Certificado", &y_any_0_0, ALL, true},
    {"CondicionesDePago", &y_text_1_1000, ALL, false},
    {"SubTotal", &y_t_importe, ALL, true},
    {"Descuento", &y_t_importe, ALL, false},
    {"Moneda", &y_c_moneda, ALL, true},
    {"TipoCambio", &y_decimal_from_0_000001_d6, ALL, false},
    {"Total", &y_t_importe, ALL, true},
    {"TipoDeComprobante", &y_c_tipodecomprobante, ALL, true},
    {"Exportacion", &y_c_exportacion, ALL, true},
    {"MetodoPago", &y_c_metodopago, ALL, false},
    {"LugarExpedicion", &y_c_codigopostal, ALL, true},
    {"Confirmacion", &y_p_confirmacion, ALL, false},
};

static const struct cfdi_attribute of_cfdi_informacionglobal[] = {
    {"Periodicidad", &y_c_periodicidad, ALL, true},
    {"Meses", &y_c_meses, ALL, true},
    {"Año", &y_int_2019, ALL, true},
};

static const struct cfdi_attribute of_cfdi_cfdirelacionados[] = {
    {"TipoRelacion", &y_c_tiporelacion, ALL, true},
};

static const struct cfdi_attribute of_cfdi_cfdirelacionado[] = {
    {"UUID", &y_p_uuid, ALL, true},
};

static const struct cfdi_attribute of_cfdi_emisor[] = {
    {"Rfc", &y_t_rfc, ALL, true},
    {"Nombre", &y_text_1_300, ALL, true},
    {"RegimenFiscal", &y_c_regimenfiscal, ALL, true},
    {"FacAtrAdquirente", &y_p_facatradquirente, ALL, false},
};

static const struct cfdi_attribute of_cfdi_receptor[] = {
    {"Rfc", &y_t_rfc, ALL, true},
    {"Nombre", &y_text_1_300, ALL, true},
    {"DomicilioFiscalReceptor", &y_p_domiciliofiscalreceptor, ALL, true},
    {"ResidenciaFiscal", &y_c_pais, ALL, false},
    {"NumRegIdTrib", &y_any_1_40, ALL, false},
    {"RegimenFiscalReceptor", &y_c_regimenfiscal, ALL, true},
    {"UsoCFDI", &y_c_usocfdi, ALL, true},
};

static const struct cfdi_attribute of_cfdi_concepto[] = {
    {"ClaveProdServ", &y_c_claveprodserv, ALL, true},
    {"NoIdentificacion", &y_text_1_100, ALL, false},
    {"Cantidad", &y_decimal_from_0_000001_d6, ALL, true},
    {"ClaveUnidad", &y_c_claveunidad, ALL, true},
    {"Unidad", &y_text_1_20, ALL, false},
    {"Descripcion", &y_text_1_1000, ALL, true},
    {"ValorUnitario", &y_t_importe, ALL, true},
    {"Importe", &y_t_importe, ALL, true},
    {"Descuento", &y_t_importe, ALL, false},
    {"ObjetoImp", &y_c_objetoimp, ALL, true},
};

static const struct cfdi_attribute of_cfdi_traslado[] = {
    {"Base", &y_decimal_from_0_000001_d6, ALL, true},
    {"Impuesto", &y_c_impuesto, ALL, true},
    {"TipoFactor", &y_c_tipofactor, ALL, true},
    {"TasaOCuota", &y_t_importe, ALL, false},
    {"Importe", &y_t_importe, ALL, false},
};

static const struct cfdi_attribute of_cfdi_retencion[] = {
    {"Base", &y_decimal_from_0_000001_d6, ALL, true},
    {"Impuesto", &y_c_impuesto, ALL, true},
    {"TipoFactor", &y_c_tipofactor, ALL, true},
    {"TasaOCuota", &y_t_importe, ALL, true},
    {"Importe", &y_t_importe, ALL, true},
};

static const struct cfdi_attribute of_cfdi_acuentaterceros[] = {
    {"RfcACuentaTerceros", &y_t_rfc, ALL, true},
    {"NombreACuentaTerceros", &y_text_1_300, ALL, true},
    {"RegimenFiscalACuentaTerceros", &y_c_regimenfiscal, ALL, true},
    {"DomicilioFiscalACuentaTerceros", &y_p_domiciliofiscalreceptor, ALL, true},
};

static const struct cfdi_attribute of_cfdi_informacionaduanera[] = {
    {"NumeroPedimento", &y_p_numeropedimento, ALL, true},
};

static const struct cfdi_attribute of_cfdi_cuentapredial[] = {
    {"Numero", &y_p_numero, ALL, true},
};

static const struct cfdi_attribute of_cfdi_parte[] = {
    {"ClaveProdServ", &y_c_claveprodserv, ALL, true},
    {"NoIdentificacion", &y_text_1_100, ALL, false},
    {"Cantidad", &y_decimal_from_0_000001_d6, ALL, true},
    {"Unidad", &y_text_1_20, ALL, false},
    {"Descripcion", &y_text_1_1000, ALL, true},
    {"ValorUnitario", &y_t_importe, ALL, false},
    {"Importe", &y_t_importe, ALL, false},
};

static const struct cfdi_attribute of_cfdi_comprobante_impuestos[] = {
    {"TotalImpuestosRetenidos", &y_t_importe, ALL, false},
    {"TotalImpuestosTrasladados", &y_t_importe, ALL, false},
};

static const struct cfdi_attribute of_cfdi_retenciones_retencion[] = {
    {"Impuesto", &y_c_impuesto, ALL, true},
    {"Importe", &y_t_importe, ALL, true},
};

static const struct cfdi_attribute of_cfdi_traslados_traslado[] = {
    {"Base", &y_t_importe, ALL, true},          {"Impuesto", &y_c_impuesto, ALL, true},
    {"TipoFactor", &y_c_tipofactor, ALL, true}, {"TasaOCuota", &y_t_importe, ALL, false},
    {"Importe", &y_t_importe, ALL, false},
};

static const struct cfdi_attribute of_cfdi_timbre[] = {
    {"Version", &y_one_of_1_1, ALL, true},
    {"UUID", &y_p_uuid, ALL, true},
    {"FechaTimbrado", &y_t_fechah, ALL, true},
    {"RfcProvCertif", &y_t_rfc_pm, ALL, true},
    {"Leyenda", &y_p_leyenda, ALL, false},
    {"SelloCFD", &y_any_0_0, ALL, true},
    {"NoCertificadoSAT", &y_p_nocertificado, ALL, true},
    {"SelloSAT", &y_any_0_0, ALL, true},
};

static const struct cfdi_element elements[] = {
    {"Comprobante", CFDI_NONE, ALL, 1, 1, of_cfdi_comprobante, COUNT(of_cfdi_comprobante)},
    {"InformacionGlobal", CFDI_COMPROBANTE, ALL, 0, 1, of_cfdi_informacionglobal,
     COUNT(of_cfdi_informacionglobal)},
    {"CfdiRelacionados", CFDI_COMPROBANTE, ALL, 0, 0, of_cfdi_cfdirelacionados,
     COUNT(of_cfdi_cfdirelacionados)},
    {"CfdiRelacionado", CFDI_CFDIRELACIONADOS, ALL, 1, 0, of_cfdi_cfdirelacionado,
     COUNT(of_cfdi_cfdirelacionado)},
    {"Emisor", CFDI_COMPROBANTE, ALL, 1, 1, of_cfdi_emisor, COUNT(of_cfdi_emisor)},
    {"Receptor", CFDI_COMPROBANTE, ALL, 1, 1, of_cfdi_receptor, COUNT(of_cfdi_receptor)},
    {"Conceptos", CFDI_COMPROBANTE, ALL, 1, 1, NULL, 0},
    {"Concepto", CFDI_CONCEPTOS, ALL, 1, 0, of_cfdi_concepto, COUNT(of_cfdi_concepto)},
    {"Impuestos", CFDI_CONCEPTO, ALL, 0, 1, NULL, 0},
    {"Traslados", CFDI_IMPUESTOS, ALL, 0, 1, NULL, 0},
    {"Traslado", CFDI_TRASLADOS, ALL, 1, 0, of_cfdi_traslado, COUNT(of_cfdi_traslado)},
    {"Retenciones", CFDI_IMPUESTOS, ALL, 0, 1, NULL, 0},
    {"Retencion", CFDI_RETENCIONES, ALL, 1, 0, of_cfdi_retencion, COUNT(of_cfdi_retencion)},
    {"ACuentaTerceros", CFDI_CONCEPTO, ALL, 0, 1, of_cfdi_acuentaterceros, COUNT(of_cfdi_acuentaterceros)},
    {"InformacionAduanera", CFDI_CONCEPTO, ALL, 0, 0, of_cfdi_informacionaduanera,
     COUNT(of_cfdi_informacionaduanera)},
    {"CuentaPredial", CFDI_CONCEPTO, ALL, 0, 0, of_cfdi_cuentapredial, COUNT(of_cfdi_cuentapredial)},
    {"ComplementoConcepto", CFDI_CONCEPTO, ALL, 0, 1, NULL, 0},
    {"Parte", CFDI_CONCEPTO, ALL, 0, 0, of_cfdi_parte, COUNT(of_cfdi_parte)},
    {"InformacionAduanera", CFDI_PARTE, ALL, 0, 0, of_cfdi_informacionaduanera,
     COUNT(of_cfdi_informacionaduanera)},
    {"Impuestos", CFDI_COMPROBANTE, ALL, 0, 1, of_cfdi_comprobante_impuestos,
     COUNT(of_cfdi_comprobante_impuestos)},
    {"Retenciones", CFDI_COMPROBANTE_IMPUESTOS, ALL, 0, 1, NULL, 0},
    {"Retencion", CFDI_IMPUESTOS_RETENCIONES, ALL, 1, 0, of_cfdi_retenciones_retencion,
     COUNT(of_cfdi_retenciones_retencion)},
    {"Traslados", CFDI_COMPROBANTE_IMPUESTOS, ALL, 0, 1, NULL, 0},
    {"Traslado", CFDI_IMPUESTOS_TRASLADOS, ALL, 1, 0, of_cfdi_traslados_traslado,
     COUNT(of_cfdi_traslados_traslado)},
    {"Complemento", CFDI_COMPROBANTE, ALL, 0, 1, NULL, 0},
    {"Addenda", CFDI_COMPROBANTE, ALL, 0, 1, NULL, 0},
    {"TimbreFiscalDigital", CFDI_COMPLEMENTO, ALL, 0, 1, of_cfdi_timbre, COUNT(of_cfdi_timbre)},
};

const struct cfdi_element *cfdi_element(int index)
{
    return index < CP_CARTAPORTE          ? &elements[index]
           : index < CCE_COMERCIOEXTERIOR ? &cartaporte_elements[index - CP_CARTAPORTE]
                                          : &comercio_elements[index - CCE_COMERCIOEXTERIOR];
}

/*
 * cartaporte_tables.c: the complement Carta Porte in its versions 2.0, 3.0 and 3.1 (CartaPorte20.xsd,
 * CartaPorte30.xsd, CartaPorte31.xsd). The plate pattern is a class that forbids ( ? ! . * ) - and blanks; the
 * schema writes it [^(?!.*\s)-], whose last hyphen libxml2 does not see.
 */
#include "feeds/cfdi_tables.h"

static const struct cfdi_type y_text_1_25 = {.is = CFDI_TEXT, .least = 1, .most = 25, .no_bar = true};
static const struct cfdi_type y_t_fechah = {.is = CFDI_DATE,
                                            .pattern = "(20[1-9][0-9])-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3["
                                                       "01])T(([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9])"};
static const struct cfdi_type y_text_1_1000 = {.is = CFDI_TEXT, .least = 1, .most = 1000, .no_bar = true};
static const struct cfdi_type y_t_importe = {.is = CFDI_DECIMAL, .from = "0.000000", .digits = 6};
static const struct cfdi_type y_c_moneda = {.is = CFDI_CATALOGUE, .name = "c_Moneda"};
static const struct cfdi_type y_decimal_from_0_000001_d6 = {
    .is = CFDI_DECIMAL, .from = "0.000001", .digits = 6};
static const struct cfdi_type y_t_rfc = {
    .is = CFDI_TEXT,
    .least = 12,
    .most = 13,
    .pattern = "[A-Z&Ñ]{3,4}[0-9]{2}(0[1-9]|1[012])(0[1-9]|[12][0-9]|3[01])[A-Z0-9]{2}[0-9A]"};
static const struct cfdi_type y_c_pais = {.is = CFDI_CATALOGUE, .name = "c_Pais"};
static const struct cfdi_type y_text_1_100 = {.is = CFDI_TEXT, .least = 1, .most = 100, .no_bar = true};
static const struct cfdi_type y_c_claveunidad = {.is = CFDI_CATALOGUE, .name = "c_ClaveUnidad"};
static const struct cfdi_type y_text_1_20 = {.is = CFDI_TEXT, .least = 1, .most = 20, .no_bar = true};
static const struct cfdi_type y_p_numeropedimento = {.is = CFDI_TEXT,
                                                     .keep = true,
                                                     .least = 21,
                                                     .most = 21,
                                                     .pattern = "[0-9]{2}  [0-9]{2}  [0-9]{4}  [0-9]{7}"};
static const struct cfdi_type y_one_of_2_0 = {.is = CFDI_VALUES, .values = "2.0"};
static const struct cfdi_type y_one_of_si_no = {.is = CFDI_VALUES, .values = "Sí|No"};
static const struct cfdi_type y_one_of_entrada_salida = {.is = CFDI_VALUES, .values = "Entrada|Salida"};
static const struct cfdi_type y_c_cvetransporte = {
    .is = CFDI_CATALOGUE, .name = "c_CveTransporte", .values = "01|02|03|04|05"};
static const struct cfdi_type y_decimal_from_0_01_to_99999_d6 = {
    .is = CFDI_DECIMAL, .from = "0.01", .to = "99999", .digits = 6};
static const struct cfdi_type y_one_of_origen_destino = {.is = CFDI_VALUES, .values = "Origen|Destino"};
static const struct cfdi_type y_p_idubicacion = {.is = CFDI_TEXT, .pattern = "(OR|DE)[0-9]{6}"};
static const struct cfdi_type y_text_1_254 = {.is = CFDI_TEXT, .least = 1, .most = 254, .no_bar = true};
static const struct cfdi_type y_text_6_40 = {.is = CFDI_TEXT, .least = 6, .most = 40, .no_bar = true};
static const struct cfdi_type y_c_estaciones = {.is = CFDI_CATALOGUE, .name = "c_Estaciones"};
static const struct cfdi_type y_text_1_50 = {.is = CFDI_TEXT, .least = 1, .most = 50, .no_bar = true};
static const struct cfdi_type y_one_of_altura_cabotaje = {.is = CFDI_VALUES, .values = "Altura|Cabotaje"};
static const struct cfdi_type y_c_tipoestacion = {
    .is = CFDI_CATALOGUE, .name = "c_TipoEstacion", .values = "01|02|03"};
static const struct cfdi_type y_t_numerodomicilio = {
    .is = CFDI_TEXT, .least = 1, .most = 55, .no_bar = true};
static const struct cfdi_type y_t_descrip120 = {.is = CFDI_TEXT, .least = 1, .most = 120, .no_bar = true};
static const struct cfdi_type y_t_referencia = {.is = CFDI_TEXT, .least = 1, .most = 250, .no_bar = true};
static const struct cfdi_type y_text_1_30 = {.is = CFDI_TEXT, .least = 1, .most = 30, .no_bar = true};
static const struct cfdi_type y_any_1_12 = {.is = CFDI_TEXT, .least = 1, .most = 12};
static const struct cfdi_type y_decimal_from_0_001_d3 = {.is = CFDI_DECIMAL, .from = "0.001", .digits = 3};
static const struct cfdi_type y_c_claveunidadpeso = {.is = CFDI_CATALOGUE, .name = "c_ClaveUnidadPeso"};
static const struct cfdi_type y_int_1 = {.is = CFDI_INT, .from = "1"};
static const struct cfdi_type y_c_claveprodservcp = {.is = CFDI_CATALOGUE, .name = "c_ClaveProdServCP"};
static const struct cfdi_type y_p_clavestcc = {
    .is = CFDI_TEXT, .least = 6, .most = 7, .pattern = "[0-9|]{6,7}"};
static const struct cfdi_type y_p_dimensiones = {
    .is = CFDI_TEXT, .keep = true, .pattern = "([0-9]{1,3}[/]){2}([0-9]{1,3})(cm|plg)"};
static const struct cfdi_type y_c_materialpeligroso = {.is = CFDI_CATALOGUE, .name = "c_MaterialPeligroso"};
static const struct cfdi_type y_c_tipoembalaje = {
    .is = CFDI_CATALOGUE,
    .name = "c_TipoEmbalaje",
    .values = "1A1|1A2|1B1|1B2|1D|1G|1H1|1H2|1N1|1N2|3A1|3A2|3B1|3B2|3H1|3H2|4A|4B|4C1|4C2|4D|4F|4G|4H1|"
              "4H2|5H1|5H2|5H3|5H4|5L1|5L2|5L3|5M1|5M2|6HA1|6HA2|6HB1|6HB2|6HC|6HD1|6HD2|6HG1|6HG2|6HH1|"
              "6HH2|6PA1|6PA2|6PB1|6PB2|6PC|6PD1|6PD2|6PG1|6PG2|6PH1|6PH2|7H1|7L1|Z01"};
static const struct cfdi_type y_c_fraccionarancelaria = {.is = CFDI_CATALOGUE,
                                                         .name = "c_FraccionArancelaria"};
static const struct cfdi_type y_p_uuidcomercioext = {
    .is = CFDI_TEXT,
    .keep = true,
    .pattern = "[a-f0-9A-F]{8}-[a-f0-9A-F]{4}-[a-f0-9A-F]{4}-[a-f0-9A-F]{4}-[a-f0-9A-F]{12}"};
static const struct cfdi_type y_text_10_30 = {.is = CFDI_TEXT, .least = 10, .most = 30, .no_bar = true};
static const struct cfdi_type y_p_idorigen = {.is = CFDI_TEXT, .pattern = "OR[0-9]{6}"};
static const struct cfdi_type y_p_iddestino = {.is = CFDI_TEXT, .pattern = "DE[0-9]{6}"};
static const struct cfdi_type y_c_tipopermiso = {
    .is = CFDI_CATALOGUE,
    .name = "c_TipoPermiso",
    .values = "TPAF01|TPAF02|TPAF03|TPAF04|TPAF05|TPAF06|TPAF07|TPAF08|TPAF09|TPAF10|TPAF11|TPAF12|TPAF13|"
              "TPAF14|TPAF15|TPAF16|TPAF17|TPAF18|TPAF19|TPAF20|TPTM01|TPTA01|TPTA02|TPTA03|TPTA04|TPXX00"};
static const struct cfdi_type y_c_configautotransporte = {
    .is = CFDI_CATALOGUE,
    .name = "c_ConfigAutotransporte",
    .values = "C2|C3|C2R2|C3R2|C2R3|C3R3|T2S1|T2S2|T2S3|T3S1|T3S2|T3S3|T2S1R2|T2S2R2|T2S1R3|T3S1R2|T3S1R3|"
              "T3S2R2|T3S2R3|T3S2R4|T2S2S2|T3S2S2|T3S3S2|OTROEV|OTROEGP|OTROSG|VL|OTROEVGP|GPLUTA|GPLUTB|"
              "GPLUTC|GPLUTD|GPLATA|GPLATB|GPLATC|GPLATD"};
static const struct cfdi_type y_p_placavm = {.is = CFDI_TEXT, .pattern = "[^(?!.*)\\s\\-]{5,7}"};
static const struct cfdi_type y_int_aniomodelovm = {.is = CFDI_INT, .pattern = "(19[0-9]{2}|20[0-9]{2})"};
static const struct cfdi_type y_text_3_50 = {.is = CFDI_TEXT, .least = 3, .most = 50, .no_bar = true};
static const struct cfdi_type y_text_3_30 = {.is = CFDI_TEXT, .least = 3, .most = 30, .no_bar = true};
static const struct cfdi_type y_c_subtiporem = {
    .is = CFDI_CATALOGUE,
    .name = "c_SubTipoRem",
    .values = "CTR001|CTR002|CTR003|CTR004|CTR005|CTR006|CTR007|CTR008|CTR009|CTR010|CTR011|CTR012|CTR013|"
              "CTR014|CTR015|CTR016|CTR017|CTR018|CTR019|CTR020|CTR021|CTR022|CTR023|CTR024|CTR025|CTR026|"
              "CTR027|CTR028|CTR029|CTR030|CTR031|CTR032"};
static const struct cfdi_type y_c_configmaritima = {
    .is = CFDI_CATALOGUE,
    .name = "c_ConfigMaritima",
    .values = "B01|B02|B03|B04|B05|B06|B07|B08|B09|B10|B11|B12|B13|B14|B15"};
static const struct cfdi_type y_text_7_30 = {.is = CFDI_TEXT, .least = 7, .most = 30, .no_bar = true};
static const struct cfdi_type y_p_numeroomi = {.is = CFDI_TEXT, .pattern = "IMO[0-9]{7}"};
static const struct cfdi_type y_text_1_50_raw = {
    .is = CFDI_TEXT, .keep = true, .least = 1, .most = 50, .no_bar = true};
static const struct cfdi_type y_c_clavetipocarga = {
    .is = CFDI_CATALOGUE, .name = "c_ClaveTipoCarga", .values = "CGS|CGC|GMN|GAG|OFL|PYD"};
static const struct cfdi_type y_text_3_20 = {.is = CFDI_TEXT, .least = 3, .most = 20, .no_bar = true};
static const struct cfdi_type y_decimal_from_0_01_d2 = {.is = CFDI_DECIMAL, .from = "0.01", .digits = 2};
static const struct cfdi_type y_c_numautorizacionnaviero = {.is = CFDI_CATALOGUE,
                                                            .name = "c_NumAutorizacionNaviero"};
static const struct cfdi_type y_text_11_15 = {.is = CFDI_TEXT, .least = 11, .most = 15, .no_bar = true};
static const struct cfdi_type y_c_contenedormaritimo = {
    .is = CFDI_CATALOGUE,
    .name = "c_ContenedorMaritimo",
    .values = "CM001|CM002|CM003|CM004|CM005|CM006|CM007|CM008|CM009|CM010|CM011|CM012"};
static const struct cfdi_type y_text_5_20 = {.is = CFDI_TEXT, .least = 5, .most = 20, .no_bar = true};
static const struct cfdi_type y_p_matriculaaeronave = {
    .is = CFDI_TEXT, .least = 5, .most = 10, .pattern = "([A-Z]|[0-9]|-|){5,10}"};
static const struct cfdi_type y_text_12_15 = {.is = CFDI_TEXT, .least = 12, .most = 15, .no_bar = true};
static const struct cfdi_type y_c_codigotransporteaereo = {.is = CFDI_CATALOGUE,
                                                           .name = "c_CodigoTransporteAereo"};
static const struct cfdi_type y_c_tipodeservicio = {
    .is = CFDI_CATALOGUE, .name = "c_TipoDeServicio", .values = "TS01|TS02|TS03|TS04"};
static const struct cfdi_type y_c_tipodetrafico = {
    .is = CFDI_CATALOGUE, .name = "c_TipoDeTrafico", .values = "TT01|TT02|TT03|TT04"};
static const struct cfdi_type y_c_derechosdepaso = {.is = CFDI_CATALOGUE, .name = "c_DerechosDePaso"};
static const struct cfdi_type y_c_tipocarro = {
    .is = CFDI_CATALOGUE,
    .name = "c_TipoCarro",
    .values = "TC01|TC02|TC03|TC04|TC05|TC06|TC07|TC08|TC09|TC10|TC11"};
static const struct cfdi_type y_text_6_15 = {.is = CFDI_TEXT, .least = 6, .most = 15, .no_bar = true};
static const struct cfdi_type y_text_1_15 = {.is = CFDI_TEXT, .least = 1, .most = 15, .no_bar = true};
static const struct cfdi_type y_c_contenedor = {
    .is = CFDI_CATALOGUE, .name = "c_Contenedor", .values = "TC01|TC02|TC03|TC04|TC05"};
static const struct cfdi_type y_c_figuratransporte = {
    .is = CFDI_CATALOGUE, .name = "c_FiguraTransporte", .values = "01|02|03|04|05"};
static const struct cfdi_type y_text_6_16 = {.is = CFDI_TEXT, .least = 6, .most = 16, .no_bar = true};
static const struct cfdi_type y_c_partetransporte = {
    .is = CFDI_CATALOGUE,
    .name = "c_ParteTransporte",
    .values = "PT01|PT02|PT03|PT04|PT05|PT06|PT07|PT08|PT09|PT10|PT11|PT12"};
static const struct cfdi_type y_one_of_3_0 = {.is = CFDI_VALUES, .values = "3.0"};
static const struct cfdi_type y_p_idccp = {
    .is = CFDI_TEXT,
    .least = 36,
    .most = 36,
    .pattern = "[C]{3}[a-f0-9A-F]{5}-[a-f0-9A-F]{4}-[a-f0-9A-F]{4}-[a-f0-9A-F]{4}-[a-f0-9A-F]{12}"};
static const struct cfdi_type y_c_regimenaduanero = {
    .is = CFDI_CATALOGUE, .name = "c_RegimenAduanero", .values = "IMD|EXD|ITR|ITE|ETR|ETE|DFI|RFE|RFS|TRA"};
static const struct cfdi_type y_one_of_si = {.is = CFDI_VALUES, .keep = true, .values = "Sí"};
static const struct cfdi_type y_c_registroistmo = {
    .is = CFDI_CATALOGUE, .name = "c_RegistroISTMO", .values = "01|02|03|04|05|06"};
static const struct cfdi_type y_c_sectorcofepris = {
    .is = CFDI_CATALOGUE, .name = "c_SectorCOFEPRIS", .values = "01|02|03|04|05"};
static const struct cfdi_type y_text_1_150 = {.is = CFDI_TEXT, .least = 1, .most = 150, .no_bar = true};
static const struct cfdi_type y_text_1_240 = {.is = CFDI_TEXT, .least = 1, .most = 240, .no_bar = true};
static const struct cfdi_type y_t_fecha = {
    .is = CFDI_DATE, .pattern = "((19|20)[0-9][0-9])-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"};
static const struct cfdi_type y_text_1_10 = {.is = CFDI_TEXT, .least = 1, .most = 10, .no_bar = true};
static const struct cfdi_type y_c_formafarmaceutica = {
    .is = CFDI_CATALOGUE,
    .name = "c_FormaFarmaceutica",
    .values = "01|02|03|04|05|06|07|08|09|10|11|12|13|14|15|16|17|18|19|20"};
static const struct cfdi_type y_c_condicionesespeciales = {
    .is = CFDI_CATALOGUE, .name = "c_CondicionesEspeciales", .values = "01|02|03|04"};
static const struct cfdi_type y_text_1_6 = {.is = CFDI_TEXT, .least = 1, .most = 6, .no_bar = true};
static const struct cfdi_type y_text_1_80 = {.is = CFDI_TEXT, .least = 1, .most = 80, .no_bar = true};
static const struct cfdi_type y_text_1_60 = {.is = CFDI_TEXT, .least = 1, .most = 60, .no_bar = true};
static const struct cfdi_type y_text_1_600 = {.is = CFDI_TEXT, .least = 1, .most = 600, .no_bar = true};
static const struct cfdi_type y_c_tipomateria = {
    .is = CFDI_CATALOGUE, .name = "c_TipoMateria", .values = "01|02|03|04|05"};
static const struct cfdi_type y_c_documentoaduanero = {
    .is = CFDI_CATALOGUE,
    .name = "c_DocumentoAduanero",
    .values = "01|02|03|04|05|06|07|08|09|10|11|12|13|14|15|16|17|18|19|20"};
static const struct cfdi_type y_p_numpedimento = {
    .is = CFDI_TEXT, .keep = true, .most = 21, .pattern = "[0-9]{2}  [0-9]{2}  [0-9]{4}  [0-9]{7}"};
static const struct cfdi_type y_text_1_19 = {.is = CFDI_TEXT, .least = 1, .most = 19, .no_bar = true};
static const struct cfdi_type y_p_matriculaaeronave_2 = {
    .is = CFDI_TEXT, .least = 5, .most = 11, .pattern = "([A-Z]|[0-9]|-){5,11}"};
static const struct cfdi_type y_one_of_3_1 = {.is = CFDI_VALUES, .values = "3.1"};

static const struct cfdi_attribute of_cp_cartaporte[] = {
    {"Version", &y_one_of_2_0, V20, true},
    {"Version", &y_one_of_3_0, V30, true},
    {"Version", &y_one_of_3_1, V31, true},
    {"TranspInternac", &y_one_of_si_no, ALL, true},
    {"EntradaSalidaMerc", &y_one_of_entrada_salida, ALL, false},
    {"PaisOrigenDestino", &y_c_pais, ALL, false},
    {"ViaEntradaSalida", &y_c_cvetransporte, ALL, false},
    {"TotalDistRec", &y_decimal_from_0_01_to_99999_d6, ALL, false},
    {"IdCCP", &y_p_idccp, V30 | V31, true},
    {"RegimenAduanero", &y_c_regimenaduanero, V30, false},
    {"RegistroISTMO", &y_one_of_si, V30 | V31, false},
    {"UbicacionPoloOrigen", &y_c_registroistmo, V30 | V31, false},
    {"UbicacionPoloDestino", &y_c_registroistmo, V30 | V31, false},
};

static const struct cfdi_attribute of_cp_regimenaduaneroccp[] = {
    {"RegimenAduanero", &y_c_regimenaduanero, V31, true},
};

static const struct cfdi_attribute of_cp_ubicacion[] = {
    {"TipoUbicacion", &y_one_of_origen_destino, ALL, true},
    {"IDUbicacion", &y_p_idubicacion, ALL, false},
    {"RFCRemitenteDestinatario", &y_t_rfc, ALL, true},
    {"NombreRemitenteDestinatario", &y_text_1_254, ALL, false},
    {"NumRegIdTrib", &y_text_6_40, ALL, false},
    {"ResidenciaFiscal", &y_c_pais, ALL, false},
    {"NumEstacion", &y_c_estaciones, ALL, false},
    {"NombreEstacion", &y_text_1_50, ALL, false},
    {"NavegacionTrafico", &y_one_of_altura_cabotaje, ALL, false},
    {"FechaHoraSalidaLlegada", &y_t_fechah, ALL, true},
    {"TipoEstacion", &y_c_tipoestacion, ALL, false},
    {"DistanciaRecorrida", &y_decimal_from_0_01_to_99999_d6, ALL, false},
};

static const struct cfdi_attribute of_cp_domicilio[] = {
    {"Calle", &y_text_1_100, ALL, false},
    {"NumeroExterior", &y_t_numerodomicilio, ALL, false},
    {"NumeroInterior", &y_t_numerodomicilio, ALL, false},
    {"Colonia", &y_t_descrip120, ALL, false},
    {"Localidad", &y_t_descrip120, ALL, false},
    {"Referencia", &y_t_referencia, ALL, false},
    {"Municipio", &y_t_descrip120, ALL, false},
    {"Estado", &y_text_1_30, ALL, true},
    {"Pais", &y_c_pais, ALL, true},
    {"CodigoPostal", &y_any_1_12, ALL, true},
};

static const struct cfdi_attribute of_cp_mercancias[] = {
    {"PesoBrutoTotal", &y_decimal_from_0_001_d3, ALL, true},
    {"UnidadPeso", &y_c_claveunidadpeso, ALL, true},
    {"PesoNetoTotal", &y_decimal_from_0_001_d3, ALL, false},
    {"NumTotalMercancias", &y_int_1, ALL, true},
    {"CargoPorTasacion", &y_t_importe, ALL, false},
    {"LogisticaInversaRecoleccionDevolucion", &y_one_of_si, V30 | V31, false},
};

static const struct cfdi_attribute of_cp_mercancia[] = {
    {"BienesTransp", &y_c_claveprodservcp, ALL, true},
    {"ClaveSTCC", &y_p_clavestcc, ALL, false},
    {"Descripcion", &y_text_1_1000, ALL, true},
    {"Cantidad", &y_decimal_from_0_000001_d6, ALL, true},
    {"ClaveUnidad", &y_c_claveunidad, ALL, true},
    {"Unidad", &y_text_1_20, ALL, false},
    {"Dimensiones", &y_p_dimensiones, ALL, false},
    {"MaterialPeligroso", &y_one_of_si_no, ALL, false},
    {"CveMaterialPeligroso", &y_c_materialpeligroso, ALL, false},
    {"Embalaje", &y_c_tipoembalaje, ALL, false},
    {"DescripEmbalaje", &y_text_1_100, ALL, false},
    {"PesoEnKg", &y_decimal_from_0_001_d3, ALL, true},
    {"ValorMercancia", &y_t_importe, ALL, false},
    {"Moneda", &y_c_moneda, ALL, false},
    {"FraccionArancelaria", &y_c_fraccionarancelaria, ALL, false},
    {"UUIDComercioExt", &y_p_uuidcomercioext, ALL, false},
    {"SectorCOFEPRIS", &y_c_sectorcofepris, V30 | V31, false},
    {"NombreIngredienteActivo", &y_text_1_1000, V30 | V31, false},
    {"NomQuimico", &y_text_1_150, V30 | V31, false},
    {"DenominacionGenericaProd", &y_text_1_50, V30 | V31, false},
    {"DenominacionDistintivaProd", &y_text_1_50, V30 | V31, false},
    {"Fabricante", &y_text_1_240, V30 | V31, false},
    {"FechaCaducidad", &y_t_fecha, V30 | V31, false},
    {"LoteMedicamento", &y_text_1_10, V30 | V31, false},
    {"FormaFarmaceutica", &y_c_formafarmaceutica, V30 | V31, false},
    {"CondicionesEspTransp", &y_c_condicionesespeciales, V30 | V31, false},
    {"RegistroSanitarioFolioAutorizacion", &y_text_1_15, V30 | V31, false},
    {"PermisoImportacion", &y_text_1_6, V30 | V31, false},
    {"FolioImpoVUCEM", &y_text_1_25, V30 | V31, false},
    {"NumCAS", &y_text_1_15, V30 | V31, false},
    {"RazonSocialEmpImp", &y_text_1_80, V30 | V31, false},
    {"NumRegSanPlagCOFEPRIS", &y_text_1_60, V30 | V31, false},
    {"DatosFabricante", &y_text_1_600, V30 | V31, false},
    {"DatosFormulador", &y_text_1_600, V30 | V31, false},
    {"DatosMaquilador", &y_text_1_600, V30 | V31, false},
    {"UsoAutorizado", &y_text_1_1000, V30 | V31, false},
    {"TipoMateria", &y_c_tipomateria, V30 | V31, false},
    {"DescripcionMateria", &y_text_1_50, V30 | V31, false},
};

static const struct cfdi_attribute of_cp_documentacionaduanera[] = {
    {"TipoDocumento", &y_c_documentoaduanero, V30 | V31, true},
    {"NumPedimento", &y_p_numpedimento, V30 | V31, false},
    {"IdentDocAduanero", &y_text_1_150, V30 | V31, false},
    {"RFCImpo", &y_t_rfc, V30 | V31, false},
};

static const struct cfdi_attribute of_cp_guiasidentificacion[] = {
    {"NumeroGuiaIdentificacion", &y_text_10_30, ALL, true},
    {"DescripGuiaIdentificacion", &y_text_1_1000, ALL, true},
    {"PesoGuiaIdentificacion", &y_decimal_from_0_001_d3, ALL, true},
};

static const struct cfdi_attribute of_cp_cantidadtransporta[] = {
    {"Cantidad", &y_decimal_from_0_000001_d6, ALL, true},
    {"IDOrigen", &y_p_idorigen, ALL, true},
    {"IDDestino", &y_p_iddestino, ALL, true},
    {"CvesTransporte", &y_c_cvetransporte, ALL, false},
};

static const struct cfdi_attribute of_cp_detallemercancia[] = {
    {"UnidadPesoMerc", &y_c_claveunidadpeso, ALL, true},
    {"PesoBruto", &y_decimal_from_0_001_d3, ALL, true},
    {"PesoNeto", &y_decimal_from_0_001_d3, ALL, true},
    {"PesoTara", &y_decimal_from_0_001_d3, ALL, true},
    {"NumPiezas", &y_int_1, ALL, false},
};

static const struct cfdi_attribute of_cp_autotransporte[] = {
    {"PermSCT", &y_c_tipopermiso, ALL, true},
    {"NumPermisoSCT", &y_text_1_50, ALL, true},
};

static const struct cfdi_attribute of_cp_identificacionvehicular[] = {
    {"ConfigVehicular", &y_c_configautotransporte, ALL, true},
    {"PlacaVM", &y_p_placavm, ALL, true},
    {"AnioModeloVM", &y_int_aniomodelovm, ALL, true},
    {"PesoBrutoVehicular", &y_decimal_from_0_01_d2, V30 | V31, true},
};

static const struct cfdi_attribute of_cp_seguros[] = {
    {"AseguraRespCivil", &y_text_3_50, ALL, true},    {"PolizaRespCivil", &y_text_3_30, ALL, true},
    {"AseguraMedAmbiente", &y_text_3_50, ALL, false}, {"PolizaMedAmbiente", &y_text_3_30, ALL, false},
    {"AseguraCarga", &y_text_3_50, ALL, false},       {"PolizaCarga", &y_text_3_30, ALL, false},
    {"PrimaSeguro", &y_t_importe, ALL, false},
};

static const struct cfdi_attribute of_cp_remolque[] = {
    {"SubTipoRem", &y_c_subtiporem, ALL, true},
    {"Placa", &y_p_placavm, ALL, true},
};

static const struct cfdi_attribute of_cp_transportemaritimo[] = {
    {"PermSCT", &y_c_tipopermiso, ALL, false},
    {"NumPermisoSCT", &y_text_1_30, ALL, false},
    {"NombreAseg", &y_text_3_50, ALL, false},
    {"NumPolizaSeguro", &y_text_3_30, ALL, false},
    {"TipoEmbarcacion", &y_c_configmaritima, ALL, true},
    {"Matricula", &y_text_7_30, ALL, true},
    {"NumeroOMI", &y_p_numeroomi, ALL, true},
    {"AnioEmbarcacion", &y_int_aniomodelovm, ALL, false},
    {"NombreEmbarc", &y_text_1_50_raw, ALL, false},
    {"NacionalidadEmbarc", &y_c_pais, ALL, true},
    {"UnidadesDeArqBruto", &y_decimal_from_0_001_d3, ALL, true},
    {"TipoCarga", &y_c_clavetipocarga, ALL, true},
    {"NumCertITC", &y_text_3_20, V20, true},
    {"Eslora", &y_decimal_from_0_01_d2, ALL, false},
    {"Manga", &y_decimal_from_0_01_d2, ALL, false},
    {"Calado", &y_decimal_from_0_01_d2, ALL, false},
    {"LineaNaviera", &y_text_3_50, ALL, false},
    {"NombreAgenteNaviero", &y_text_1_100, ALL, true},
    {"NumAutorizacionNaviero", &y_c_numautorizacionnaviero, ALL, true},
    {"NumViaje", &y_text_1_30, ALL, false},
    {"NumConocEmbarc", &y_text_1_30, ALL, false},
    {"Puntal", &y_decimal_from_0_01_d2, V30 | V31, false},
    {"PermisoTempNavegacion", &y_text_1_19, V30 | V31, false},
};

static const struct cfdi_attribute of_cp_contenedor[] = {
    {"MatriculaContenedor", &y_text_11_15, V20, true},
    {"MatriculaContenedor", &y_text_11_15, V30 | V31, false},
    {"TipoContenedor", &y_c_contenedormaritimo, ALL, true},
    {"NumPrecinto", &y_text_5_20, ALL, false},
    {"IdCCPRelacionado", &y_p_idccp, V30 | V31, false},
    {"PlacaVMCCP", &y_p_placavm, V30 | V31, false},
    {"FechaCertificacionCCP", &y_t_fechah, V30 | V31, false},
};

static const struct cfdi_attribute of_cp_remolqueccp[] = {
    {"SubTipoRemCCP", &y_c_subtiporem, V31, true},
    {"PlacaCCP", &y_p_placavm, V31, true},
};

static const struct cfdi_attribute of_cp_transporteaereo[] = {
    {"PermSCT", &y_c_tipopermiso, ALL, true},
    {"NumPermisoSCT", &y_text_1_50, ALL, true},
    {"MatriculaAeronave", &y_p_matriculaaeronave, V20, false},
    {"MatriculaAeronave", &y_p_matriculaaeronave_2, V30 | V31, false},
    {"NombreAseg", &y_text_3_50, ALL, false},
    {"NumPolizaSeguro", &y_text_3_30, ALL, false},
    {"NumeroGuia", &y_text_12_15, ALL, true},
    {"LugarContrato", &y_t_descrip120, ALL, false},
    {"CodigoTransportista", &y_c_codigotransporteaereo, ALL, true},
    {"RFCEmbarcador", &y_t_rfc, ALL, false},
    {"NumRegIdTribEmbarc", &y_text_6_40, ALL, false},
    {"ResidenciaFiscalEmbarc", &y_c_pais, ALL, false},
    {"NombreEmbarcador", &y_text_1_254, ALL, false},
};

static const struct cfdi_attribute of_cp_transporteferroviario[] = {
    {"TipoDeServicio", &y_c_tipodeservicio, ALL, true},
    {"TipoDeTrafico", &y_c_tipodetrafico, ALL, true},
    {"NombreAseg", &y_text_3_50, ALL, false},
    {"NumPolizaSeguro", &y_text_3_30, ALL, false},
};

static const struct cfdi_attribute of_cp_derechosdepaso[] = {
    {"TipoDerechoDePaso", &y_c_derechosdepaso, ALL, true},
    {"KilometrajePagado", &y_decimal_from_0_01_d2, ALL, true},
};

static const struct cfdi_attribute of_cp_carro[] = {
    {"TipoCarro", &y_c_tipocarro, ALL, true},
    {"MatriculaCarro", &y_text_6_15, ALL, true},
    {"GuiaCarro", &y_text_1_15, ALL, true},
    {"ToneladasNetasCarro", &y_decimal_from_0_001_d3, ALL, true},
};

static const struct cfdi_attribute of_cp_carro_contenedor[] = {
    {"TipoContenedor", &y_c_contenedor, ALL, true},
    {"PesoContenedorVacio", &y_decimal_from_0_001_d3, ALL, true},
    {"PesoNetoMercancia", &y_decimal_from_0_001_d3, ALL, true},
};

static const struct cfdi_attribute of_cp_tiposfigura[] = {
    {"TipoFigura", &y_c_figuratransporte, ALL, true},  {"RFCFigura", &y_t_rfc, ALL, false},
    {"NumLicencia", &y_text_6_16, ALL, false},         {"NombreFigura", &y_text_1_254, V20, false},
    {"NombreFigura", &y_text_1_254, V30 | V31, true},  {"NumRegIdTribFigura", &y_text_6_40, ALL, false},
    {"ResidenciaFiscalFigura", &y_c_pais, ALL, false},
};

static const struct cfdi_attribute of_cp_partestransporte[] = {
    {"ParteTransporte", &y_c_partetransporte, ALL, true},
};

static const struct cfdi_attribute of_cp_remolquesccp_remolqueccp[] = {
    {"SubTipoRemCCP", &y_c_subtiporem, V30, true},
    {"PlacaCCP", &y_p_placavm, V30, true},
};

static const struct cfdi_attribute of_cp_pedimentos[] = {
    {"Pedimento", &y_p_numeropedimento, V20, true},
};

const struct cfdi_element cartaporte_elements[] = {
    {"CartaPorte", CFDI_COMPLEMENTO, ALL, 0, 1, of_cp_cartaporte, COUNT(of_cp_cartaporte)},
    {"RegimenesAduaneros", CP_CARTAPORTE, V31, 0, 1, NULL, 0},
    {"RegimenAduaneroCCP", CP_REGIMENESADUANEROS, V31, 1, 10, of_cp_regimenaduaneroccp,
     COUNT(of_cp_regimenaduaneroccp)},
    {"Ubicaciones", CP_CARTAPORTE, ALL, 1, 1, NULL, 0},
    {"Ubicacion", CP_UBICACIONES, ALL, 2, 0, of_cp_ubicacion, COUNT(of_cp_ubicacion)},
    {"Domicilio", CP_UBICACION, ALL, 0, 1, of_cp_domicilio, COUNT(of_cp_domicilio)},
    {"Mercancias", CP_CARTAPORTE, ALL, 1, 1, of_cp_mercancias, COUNT(of_cp_mercancias)},
    {"Mercancia", CP_MERCANCIAS, ALL, 1, 0, of_cp_mercancia, COUNT(of_cp_mercancia)},
    {"DocumentacionAduanera", CP_MERCANCIA, V30 | V31, 0, 0, of_cp_documentacionaduanera,
     COUNT(of_cp_documentacionaduanera)},
    {"GuiasIdentificacion", CP_MERCANCIA, ALL, 0, 0, of_cp_guiasidentificacion,
     COUNT(of_cp_guiasidentificacion)},
    {"CantidadTransporta", CP_MERCANCIA, ALL, 0, 0, of_cp_cantidadtransporta,
     COUNT(of_cp_cantidadtransporta)},
    {"DetalleMercancia", CP_MERCANCIA, ALL, 0, 1, of_cp_detallemercancia, COUNT(of_cp_detallemercancia)},
    {"Autotransporte", CP_MERCANCIAS, ALL, 0, 1, of_cp_autotransporte, COUNT(of_cp_autotransporte)},
    {"IdentificacionVehicular", CP_AUTOTRANSPORTE, ALL, 1, 1, of_cp_identificacionvehicular,
     COUNT(of_cp_identificacionvehicular)},
    {"Seguros", CP_AUTOTRANSPORTE, ALL, 1, 1, of_cp_seguros, COUNT(of_cp_seguros)},
    {"Remolques", CP_AUTOTRANSPORTE, ALL, 0, 1, NULL, 0},
    {"Remolque", CP_REMOLQUES, ALL, 1, 2, of_cp_remolque, COUNT(of_cp_remolque)},
    {"TransporteMaritimo", CP_MERCANCIAS, ALL, 0, 1, of_cp_transportemaritimo,
     COUNT(of_cp_transportemaritimo)},
    {"Contenedor", CP_TRANSPORTEMARITIMO, ALL, 0, 0, of_cp_contenedor, COUNT(of_cp_contenedor)},
    {"RemolquesCCP", CP_CONTENEDOR, V31, 0, 1, NULL, 0},
    {"RemolqueCCP", CP_REMOLQUESCCP, V31, 1, 2, of_cp_remolqueccp, COUNT(of_cp_remolqueccp)},
    {"TransporteAereo", CP_MERCANCIAS, ALL, 0, 1, of_cp_transporteaereo, COUNT(of_cp_transporteaereo)},
    {"TransporteFerroviario", CP_MERCANCIAS, ALL, 0, 1, of_cp_transporteferroviario,
     COUNT(of_cp_transporteferroviario)},
    {"DerechosDePaso", CP_TRANSPORTEFERROVIARIO, ALL, 0, 0, of_cp_derechosdepaso,
     COUNT(of_cp_derechosdepaso)},
    {"Carro", CP_TRANSPORTEFERROVIARIO, ALL, 1, 0, of_cp_carro, COUNT(of_cp_carro)},
    {"Contenedor", CP_CARRO, ALL, 0, 0, of_cp_carro_contenedor, COUNT(of_cp_carro_contenedor)},
    {"FiguraTransporte", CP_CARTAPORTE, ALL, 0, 1, NULL, 0},
    {"TiposFigura", CP_FIGURATRANSPORTE, ALL, 1, 0, of_cp_tiposfigura, COUNT(of_cp_tiposfigura)},
    {"PartesTransporte", CP_TIPOSFIGURA, ALL, 0, 0, of_cp_partestransporte, COUNT(of_cp_partestransporte)},
    {"Domicilio", CP_TIPOSFIGURA, ALL, 0, 1, of_cp_domicilio, COUNT(of_cp_domicilio)},
    {"RemolquesCCP", CP_TRANSPORTEMARITIMO, V30, 0, 1, NULL, 0},
    {"RemolqueCCP", CP_TRANSPORTEMARITIMO_REMOLQUESCCP, V30, 1, 2, of_cp_remolquesccp_remolqueccp,
     COUNT(of_cp_remolquesccp_remolqueccp)},
    {"Pedimentos", CP_MERCANCIA, V20, 0, 0, of_cp_pedimentos, COUNT(of_cp_pedimentos)},
};

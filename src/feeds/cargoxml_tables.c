/*
 * cargoxml_tables.c: what the elements of XFWB (waybill), XFZB (house waybill) and XFFM (flight manifest) become.
 * Paths are local names from within the part that they belong to; the names are those of IATA's Cargo-XML.
 */
#include "feeds/cargoxml.h"

const struct cargoxml_root cargoxml_roots[] = {
    {"iata:waybill:", "Waybill", XFWB, "xfwb"},
    {"iata:housewaybill:", "HouseWaybill", XFZB, "xfzb"},
    {"iata:flightmanifest:", "FlightManifest", XFFM, "xffm"},
    {NULL, NULL, 0, NULL},
};

#define ALL (XFWB | XFZB | XFFM)

const struct cargoxml_part cargoxml_parts[] = {
    {"MasterConsignment", ALL, S_MASTER, "consignment", NULL},
    {"IncludedMasterConsignment", XFFM, S_MASTER, "consignment", NULL},
    {"IncludedHouseConsignment", ALL, S_HOUSE, "consignment", NULL},
    {"IncludedMasterConsignmentItem", ALL, S_ITEM, "item", NULL},
    {"IncludedHouseConsignmentItem", ALL, S_ITEM, "item", NULL},
    {"ConsignorParty", ALL, S_PARTY, "party", "shipper"},
    {"ConsigneeParty", ALL, S_PARTY, "party", "consignee"},
    {"FreightForwarderParty", ALL, S_PARTY, "party", "agent"},
    {"AssociatedParty", ALL, S_PARTY, "party", "notify"},
    {"(note)", ALL, S_PARTY, "party", "other"}, /* made by customs notes; no element has such a name */
    {"AssociatedUnitLoadTransportEquipment", ALL, S_UNIT, "equipment", NULL},
    {"UtilizedUnitLoadTransportEquipment", ALL, S_UNIT, "equipment", NULL},
    {"SpecifiedLogisticsTransportMovement", XFWB | XFZB, S_MOVEMENT, "trip", NULL},
    {"LogisticsTransportMovement", XFFM, S_MOVEMENT, "trip", NULL},
    {"IncludedCustomsNote", ALL, S_NOTE, NULL, NULL},
    {"ArrivalEvent", XFFM, S_ARRIVAL, NULL, NULL},
    {"AssociatedTransportCargo", XFFM, S_CARGO, NULL, NULL},
    {NULL, 0, S_ROOT, NULL, NULL},
};

#define ADDRESS(where)                                                                                     \
    {S_PARTY, where "/PostcodeCode", X_TEXT, "postal_code", NULL, 0, 0},                                   \
        {S_PARTY, where "/StreetName", X_MORE, "address", ", ", 0, 0},                                     \
        {S_PARTY, where "/CityName", X_TEXT, "city", NULL, 0, 0},                                          \
        {S_PARTY, where "/CountryID", X_TEXT, "country", NULL, 0, 0},                                      \
        {S_PARTY, where "/CountrySubDivisionID", X_TEXT, "region", NULL, 0, 0},                            \
    {                                                                                                      \
        S_PARTY, where "/CountrySubDivisionName", X_TEXT, "region", NULL, 0, 0                             \
    }

#define WAYBILL(part)                                                                                      \
    {part, "GrossVolumeMeasure", X_MEASURE, "volume", NULL, 0, 0},                                         \
        {part, "GrossWeightMeasure", X_MEASURE, "gross_weight", NULL, 0, 0},                               \
        {part, "IncludedTareGrossWeightMeasure", X_MEASURE, "gross_weight", NULL, 0, XFWB | XFZB},         \
        {part, "TotalPieceQuantity", X_NUMBER, "quantity", NULL, 0, XFWB | XFZB},                          \
        {part, "PieceQuantity", X_NUMBER, "quantity", NULL, 0, 0},                                         \
        {part, "SummaryDescription", X_TEXT, "goods", NULL, 0, 0},                                         \
        {part, "DeclaredValueForCustomsAmount", X_MONEY, "value", NULL, 0, 0},                             \
        {part, "OriginLocation/ID", X_PLACE, "lading", "lading_scheme", 0, XFWB | XFZB},                   \
        {part, "FinalDestinationLocation/ID", X_PLACE, "discharge", "discharge_scheme", 0, XFWB | XFZB},   \
        {part, "HandlingSPHInstructions/DescriptionCode", X_REFERENCE, NULL, "SPH", 0, 0},                 \
        {part, "HandlingSSRInstructions/Description", X_MORE, "notes", "; ", 0, 0},                        \
        {part, "HandlingOSIInstructions/Description", X_MORE, "notes", "; ", 0, 0},                        \
        {part, "AssociatedConsignmentCustomsProcedure/GoodsStatusCode", X_REFERENCE, NULL, "COR", 0, 0},   \
    {                                                                                                      \
        part, "TransportSplitDescription", X_REFERENCE, NULL, "PART", 0, 0                                 \
    }

const struct cargoxml_field cargoxml_fields[] = {
    {S_ROOT, "MessageHeaderDocument/ID", X_KEEP, NULL, NULL, W_ID, ALL},
    {S_ROOT, "MessageHeaderDocument/TypeCode", X_KEEP, NULL, NULL, W_TYPE, ALL},
    {S_ROOT, "MessageHeaderDocument/PurposeCode", X_KEEP, NULL, NULL, W_PURPOSE, 0},
    {S_ROOT, "MessageHeaderDocument/VersionID", X_KEEP, NULL, NULL, W_VERSION, ALL},
    {S_ROOT, "MessageHeaderDocument/SenderParty/PrimaryID", X_KEEP, NULL, NULL, W_SENDER, ALL},
    {S_ROOT, "MessageHeaderDocument/RecipientParty/PrimaryID", X_KEEP, NULL, NULL, W_RECEIVER, 0},
    {S_ROOT, "BusinessHeaderDocument/ID", X_KEEP, NULL, NULL, W_BUSINESS, XFWB | XFZB},
    {S_MASTER, "ID", X_KEEP, NULL, NULL, W_ID, 0},
    {S_MASTER, "TransportContractDocument/ID", X_TEXT, "bill", NULL, 0, XFZB},
    WAYBILL(S_MASTER),
    {S_MASTER, "ApplicableRating/ConsignmentItemQuantity", X_COUNT, NULL, NULL, N_ITEMS, 0},
    {S_HOUSE, "ID", X_TEXT, "bill", NULL, 0, XFZB},
    WAYBILL(S_HOUSE),
    {S_ITEM, "SequenceNumeric", X_NUMBER, "line", NULL, 0, 0},
    {S_ITEM, "TypeCode", X_TEXT, "hs", NULL, 0, 0},
    {S_ITEM, "GrossWeightMeasure", X_MEASURE, "gross_weight", NULL, 0, 0},
    {S_ITEM, "GrossVolumeMeasure", X_MEASURE, "volume", NULL, 0, 0},
    {S_ITEM, "PieceQuantity", X_NUMBER, "quantity", NULL, 0, 0},
    {S_ITEM, "NatureIdentificationTransportCargo/Identification", X_MORE, "description", " ", 0, 0},
    {S_ITEM, "OriginCountry/ID", X_TEXT, "origin", NULL, 0, 0},
    {S_ITEM, "TransportLogisticsPackage/ItemQuantity", X_COUNT, NULL, NULL, N_PACKAGES, 0},
    {S_PARTY, "Name", X_TEXT, "name", NULL, 0, XFWB | XFZB},
    {S_PARTY, "CargoAgentID", X_KEEP, NULL, NULL, W_BUSINESS, 0},
    {S_PARTY, "AccountID", X_KEEP, NULL, NULL, W_ID, 0},
    ADDRESS("PostalStructuredAddress"),
    ADDRESS("FreightForwarderAddress"),
    {S_PARTY, "DefinedTradeContact/PersonName", X_MORE, "contact", "; ", 0, 0},
    {S_PARTY, "DefinedTradeContact/DirectTelephoneCommunication/CompleteNumber", X_MORE, "contact", "; ", 0,
     0},
    {S_PARTY, "DefinedTradeContact/URIEmailCommunication/URIID", X_MORE, "contact", "; ", 0, 0},
    {S_UNIT, "ID", X_KEEP, NULL, NULL, W_ID, ALL},
    {S_UNIT, "CharacteristicCode", X_KEEP, NULL, NULL, W_TYPE, 0},
    {S_UNIT, "OperatingParty/PrimaryID", X_KEEP, NULL, NULL, W_SENDER, 0},
    {S_MOVEMENT, "ID", X_TEXT, "trip_number", NULL, 0, ALL},
    {S_MOVEMENT, "ModeCode", X_KEEP, NULL, NULL, W_TYPE, XFWB | XFZB},
    {S_MOVEMENT, "UsedLogisticsTransportMeans/Name", X_TEXT, "carrier", NULL, 0, 0},
    {S_MOVEMENT, "UsedLogisticsTransportMeans/ID", X_TEXT, "conveyance", NULL, 0, 0},
    {S_MOVEMENT, "DepartureEvent/ScheduledOccurrenceDateTime", X_TEXT, "departure", NULL, 0, 0},
    {S_MOVEMENT, "DepartureEvent/DepartureOccurrenceDateTime", X_TEXT, "departure", NULL, 0, 0},
    {S_MOVEMENT, "DepartureEvent/OccurrenceDepartureLocation/ID", X_PLACE, "origin", "origin_scheme", 0,
     ALL},
    {S_MOVEMENT, "ArrivalEvent/ScheduledOccurrenceDateTime", X_TEXT, "arrival", NULL, 0, 0},
    {S_MOVEMENT, "ArrivalEvent/ArrivalOccurrenceDateTime", X_TEXT, "arrival", NULL, 0, 0},
    {S_MOVEMENT, "ArrivalEvent/OccurrenceArrivalLocation/ID", X_PLACE, "destination", "destination_scheme",
     0, XFWB | XFZB},
    {S_NOTE, "CountryID", X_KEEP, NULL, NULL, 0, 0},
    {S_NOTE, "SubjectCode", X_KEEP, NULL, NULL, 1, 0},
    {S_NOTE, "ContentCode", X_KEEP, NULL, NULL, 2, 0},
    {S_NOTE, "Content", X_KEEP, NULL, NULL, 3, 0},
    {S_ARRIVAL, "OccurrenceArrivalLocation/ID", X_KEEP, NULL, NULL, W_ID, ALL},
    {S_ARRIVAL, "ArrivalOccurrenceDateTime", X_KEEP, NULL, NULL, W_NAME, 0},
    {S_ROOT, NULL, X_TEXT, NULL, NULL, 0, 0},
};

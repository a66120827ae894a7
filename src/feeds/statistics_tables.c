/*
 * statistics_tables.c: the official tables that are read, one struct each. Units and definitions are the
 * publishers'; what they do not say is not claimed here.
 */
#include "feeds/statistics.h"

#include <stddef.h>

#define FISCAL     "October"
#define MONTHLY    "monthly"
#define YEARLY     "yearly"
#define BTS_SOURCE "us.bts"
#define CBP_SOURCE "us.cbp"

/* ---- BTS: border crossing entries ---- */

static const struct series_def bts_series[] = {
    {"bts-entries-people", "Entries into the United States: people", "people",
     "Entries counted at land ports of entry in a month: pedestrians, passengers of buses and trains, "
     "people in "
     "personal vehicles (drivers too). Entries, not persons: who enters twice is counted twice. Exits are "
     "not "
     "counted.",
     MONTHLY, "land-port", NULL, 0},
    {"bts-entries-vehicles", "Entries into the United States: vehicles", "vehicles",
     "Entries counted at land ports of entry in a month: trucks, trains, buses, personal vehicles.",
     MONTHLY, "land-port", NULL, 0},
    {"bts-entries-containers", "Entries into the United States: containers", "containers",
     "Containers on trucks and trains that entered at land ports of entry in a month, loaded and empty "
     "apart.",
     MONTHLY, "land-port", NULL, 0},
    {.name = NULL},
};

static const struct stats_word bts_units[] = {
    {"Bus Passengers", "0"},
    {"Pedestrians", "0"},
    {"Personal Vehicle Passengers", "0"},
    {"Train Passengers", "0"},
    {"Buses", "1"},
    {"Personal Vehicles", "1"},
    {"Trains", "1"},
    {"Trucks", "1"},
    {"Rail Containers Empty", "2"},
    {"Rail Containers Full", "2"},
    {"Rail Containers Loaded", "2"},
    {"Truck Containers Empty", "2"},
    {"Truck Containers Full", "2"},
    {"Truck Containers Loaded", "2"},
    {NULL, NULL},
};

/* Entries: northward at the Mexican border; at the Canadian only inbound, because north and south are of the
 * pair United States and Mexico. */
static const struct stats_word bts_direction[] = {
    {"US-Mexico Border", "north"}, {"US-Canada Border", "in"}, {NULL, NULL}};

#define BTS_COLUMNS                                                                                        \
    {.header = "portname", .field = "place_name"},                                                         \
        {.header = "portcode", .key = true, .field = "place", .as = AS_PORT},                              \
        {.header = "border", .field = "border"},                                                           \
        {.header = "border", .field = "direction", .as = AS_WORD, .words = bts_direction},                 \
        {.header = "measure", .key = true, .field = "measure"},                                            \
    {                                                                                                      \
        "measure", PART_SERIES, .words = bts_units                                                         \
    }

static const struct stats_column bts_columns[] = {BTS_COLUMNS,
                                                  {.header = "year", .part = PART_YEAR},
                                                  {.header = "month", .part = PART_MONTH},
                                                  {.header = NULL}};
static const struct stats_column bts_dated_columns[] = {
    BTS_COLUMNS, {.header = "date", .part = PART_DATE}, {.header = NULL}};
static const struct stats_figure bts_figures[] = {{.header = "value", .series = 0}, {.header = NULL}};

/* ---- BTS: TransBorder freight, port and commodity ---- */

static const struct series_def transborder_series[] = {
    {"bts-transborder-value", "Trade with Canada and Mexico: value", "usd",
     "Value of goods by port, two-digit Harmonized System chapter and mode, in United States dollars.",
     MONTHLY, NULL, NULL, 0},
    {"bts-transborder-weight", "Trade with Canada and Mexico: weight", "kg",
     "Shipping weight in kilograms. The source has none for most exports by land and writes 0; a weight of "
     "0 is "
     "read as none.",
     MONTHLY, NULL, NULL, 0},
    {"bts-transborder-freight", "Trade with Canada and Mexico: freight charges", "usd",
     "Freight charges in United States dollars; 0 is read as none.", MONTHLY, NULL, NULL, 0},
    {.name = NULL},
};

static const struct stats_word transborder_direction[] = {
    {"1/1220", "out"}, {"2/1220", "in"}, {"1/2010", "south"}, {"2/2010", "north"}, {NULL, NULL}};
static const struct stats_word transborder_border[] = {
    {"1220", "US-Canada Border"}, {"2010", "US-Mexico Border"}, {NULL, NULL}};
/* Foreign trade zones (9) are no mode of transport. */
static const struct stats_word transborder_mode[] = {{"1", "sea"},   {"3", "air"},   {"4", "mail"},
                                                     {"5", "road"},  {"6", "rail"},  {"7", "pipeline"},
                                                     {"8", "other"}, {"9", "other"}, {NULL, NULL}};
static const struct stats_word transborder_zone[] = {
    {"1", ""},   {"3", ""}, {"4", ""}, {"5", ""},
    {"6", ""},   {"7", ""}, {"8", ""}, {"9", "foreign trade zone"},
    {NULL, NULL}};
static const struct stats_word transborder_trade[] = {{"1/1", "exports of domestic goods"},
                                                      {"1/2", "exports of foreign goods"},
                                                      {"2/", "imports"},
                                                      {NULL, NULL}};
static const struct stats_word transborder_container[] = {
    {"0", "not in containers"}, {"1", "in containers"}, {"X", ""}, {NULL, NULL}};

static const struct stats_column transborder_columns[] = {
    {.header = "depe", .key = true, .field = "place", .as = AS_PORT},
    {.header = "commodity2", .key = true, .field = "measure", .before = "HS "},
    {.header = "trdtype",
     .key = true,
     .field = "measure",
     .as = AS_WORD,
     .words = transborder_trade,
     .with = "df"},
    {.header = "contcode", .key = true, .field = "measure", .as = AS_WORD, .words = transborder_container},
    {.header = "disagmot", .key = true, .field = "mode", .as = AS_WORD, .words = transborder_mode},
    {.header = "disagmot", .field = "measure", .as = AS_WORD, .words = transborder_zone},
    {.header = "country", .key = true, .field = "border", .as = AS_WORD, .words = transborder_border},
    {.header = "trdtype",
     .field = "direction",
     .as = AS_WORD,
     .words = transborder_direction,
     .with = "country"},
    {.header = "df", .key = true},
    {.header = "month", .part = PART_MONTH},
    {.header = "year", .part = PART_YEAR},
    {.header = NULL},
};
static const struct stats_figure transborder_figures[] = {
    {.header = "value", .series = 0},
    {.header = "shipwt", .series = 1, .how = FIGURE_ZERO_IS_NONE},
    {.header = "freightcharges", .series = 2, .how = FIGURE_ZERO_IS_NONE},
    {.header = NULL},
};

/* ---- CBP: drug seizures ---- */

#define SEIZED_WEIGHT                                                                                      \
    "Weight seized, in kilograms: published in pounds (0.45359237 kg each) and rounded to a gram."
static const struct series_def seizure_series[] = {
    {"cbp-drug-seizures-events", "Drug seizures by CBP: events", "events",
     "Seizures of a drug in a month by the Office of Field Operations and the Border Patrol. An event with "
     "two "
     "drugs counts once for each.",
     MONTHLY, NULL, FISCAL, 0},
    {"cbp-drug-seizures-weight", "Drug seizures by CBP: weight", "kg", SEIZED_WEIGHT, MONTHLY, NULL, FISCAL,
     0},
    {.name = NULL},
};
static const struct series_def amo_series[] = {
    {"cbp-amo-drug-seizures-events", "Drug seizures with Air and Marine Operations: events", "events",
     "Seizures of a drug in a month in which Air and Marine Operations took part. Other agencies count the "
     "same "
     "seizures as theirs: never add the two.",
     MONTHLY, NULL, FISCAL, 0},
    {"cbp-amo-drug-seizures-weight", "Drug seizures with Air and Marine Operations: weight", "kg",
     SEIZED_WEIGHT, MONTHLY, NULL, FISCAL, 0},
    {.name = NULL},
};

#define SEIZURE_COLUMNS                                                                                    \
    {.header = "fy", .part = PART_FISCAL_YEAR}, {.header = "monthabbv", .part = PART_MONTH},               \
        {.header = "component", .key = true, .field = "note"},                                             \
        {.header = "region", .key = true, .field = "border"},                                              \
        {.header = "landfilter", .key = true, .field = "note", .before = "land filter: "},                 \
    {                                                                                                      \
        "drugtype", .key = true, .field = "measure"                                                        \
    }

static const struct stats_column seizure_columns[] = {
    SEIZURE_COLUMNS, {.header = "areaofresponsibility", .key = true, .field = "place"}, {.header = NULL}};
static const struct stats_column amo_columns[] = {
    SEIZURE_COLUMNS, {.header = "branch", .key = true, .field = "place"}, {.header = NULL}};
static const struct stats_figure seizure_figures[] = {
    {.header = "countofevent", .series = 0},
    {.header = "sumqtylbs", .series = 1, .how = FIGURE_POUNDS},
    {.header = NULL}};

/* ---- CBP: encounters by state; Border Patrol by sector ---- */

static const struct series_def encounter_series[] = {
    {"cbp-encounters", "Nationwide encounters by state", "events",
     "Encounters in a month: apprehensions and inadmissible travellers under Title 8, expulsions under "
     "Title 42. "
     "Events, not persons: who is met twice is counted twice. The source suppresses no small cell.",
     MONTHLY, NULL, FISCAL, 0},
    {.name = NULL},
};
static const struct stats_word demographics[] = {
    {"Accompanied Minors", "other"},    {"FMUA", "families"}, {"Single Adults", "single-adults"},
    {"UC / Single Minors", "children"}, {NULL, NULL},
};
static const struct stats_word citizenships[] = {
    {"CHINA, PEOPLES REPUBLIC OF", "CN"}, {"MYANMAR (BURMA)", "MM"}, {"TURKEY", "TR"}, {NULL, NULL}};
static const struct stats_column encounter_columns[] = {
    {.header = "fiscalyear", .part = PART_FISCAL_YEAR},
    {.header = "monthabbv", .part = PART_MONTH},
    {.header = "monthgrouping", .field = "revision"},
    {.header = "landborderregion", .key = true, .field = "border"},
    {.header = "state", .key = true, .field = "place", .as = AS_STATE},
    {.header = "demographic", .key = true, .field = "population", .as = AS_WORD, .words = demographics},
    {.header = "demographic", .field = "measure"},
    {.header = "titleofauthority", .key = true, .field = "measure"},
    {.header = "citizenship", .key = true, .field = "nationality", .as = AS_COUNTRY, .words = citizenships},
    {.header = NULL},
};
static const struct stats_figure encounter_figures[] = {{.header = "encountercount", .series = 0},
                                                        {.header = NULL}};

#define APPREHENDED                                                                                        \
    "Apprehensions by the Border Patrol between ports of entry in a month (from March 2020: encounters, "  \
    "expulsions under Title 42 included). Events, not persons."
static const struct series_def sector_series[] = {
    {"usbp-apprehensions", "Border Patrol apprehensions by sector", "events", APPREHENDED, MONTHLY,
     "land-between", FISCAL, 0},
    {"usbp-apprehensions-border", "Border Patrol apprehensions by border", "events",
     APPREHENDED " Sums of sectors, as published.", MONTHLY, NULL, FISCAL, 0},
    {"usbp-apprehensions-all", "Border Patrol apprehensions, all sectors", "events",
     APPREHENDED " The sum of all sectors, as published.", MONTHLY, NULL, FISCAL, 0},
    {.name = NULL},
};
static const struct stats_column sector_columns[] = {{.header = "fy", .part = PART_FISCAL_YEAR},
                                                     {.header = "month", .part = PART_MONTH},
                                                     {.header = "cy", .part = PART_CALENDAR_YEAR},
                                                     {.header = NULL}};
#define COAST "Coastal Border"
#define NORTH "Northern Border"
#define SOUTH "Southwest Border"
static const struct stats_figure sector_figures[] = {
    {.header = "livermore", .series = 0, .place = "Livermore", .border = COAST},
    {.header = "miami", .series = 0, .place = "Miami", .border = COAST},
    {.header = "neworleans", .series = 0, .place = "New Orleans", .border = COAST},
    {.header = "ramey", .series = 0, .place = "Ramey", .border = COAST},
    {.header = "blaine", .series = 0, .place = "Blaine", .border = NORTH},
    {.header = "buffalo", .series = 0, .place = "Buffalo", .border = NORTH},
    {.header = "detroit", .series = 0, .place = "Detroit", .border = NORTH},
    {.header = "grandforks", .series = 0, .place = "Grand Forks", .border = NORTH},
    {.header = "havre", .series = 0, .place = "Havre", .border = NORTH},
    {.header = "houlton", .series = 0, .place = "Houlton", .border = NORTH},
    {.header = "spokane", .series = 0, .place = "Spokane", .border = NORTH},
    {.header = "swanton", .series = 0, .place = "Swanton", .border = NORTH},
    {.header = "bigbend", .series = 0, .place = "Big Bend", .border = SOUTH},
    {.header = "delrio", .series = 0, .place = "Del Rio", .border = SOUTH},
    {.header = "elcentro", .series = 0, .place = "El Centro", .border = SOUTH},
    {.header = "elpaso", .series = 0, .place = "El Paso", .border = SOUTH},
    {.header = "laredo", .series = 0, .place = "Laredo", .border = SOUTH},
    {.header = "riograndevalley", .series = 0, .place = "Rio Grande Valley", .border = SOUTH},
    {.header = "sandiego", .series = 0, .place = "San Diego", .border = SOUTH},
    {.header = "tucson", .series = 0, .place = "Tucson", .border = SOUTH},
    {.header = "yuma", .series = 0, .place = "Yuma", .border = SOUTH},
    {.header = "coastalborder",
     .series = 1,
     .how = FIGURE_SUM,
     .place = COAST,
     .border = COAST,
     .parts = 4,
     .first = 0},
    {.header = "northernborder",
     .series = 1,
     .how = FIGURE_SUM,
     .place = NORTH,
     .border = NORTH,
     .parts = 8,
     .first = 4},
    {.header = "southwestborder",
     .series = 1,
     .how = FIGURE_SUM,
     .place = SOUTH,
     .border = SOUTH,
     .parts = 9,
     .first = 12},
    {.header = "monthlytotal", .series = 2, .how = FIGURE_SUM, .parts = 21, .first = 0},
    {.header = NULL},
};

/* ---- UNHCR ---- */

#define UNHCR "UNHCR Refugee Population Statistics Database, CC BY 4.0"
#define UNHCR_PLACES                                                                                       \
    {.header = "year", .part = PART_YEAR},                                                                 \
        {.header = "cooname", .key = true, .field = "route", .before = "from "},                           \
        {.header = "cooiso", .key = true, .field = "nationality", .as = AS_COUNTRY},                       \
        {.header = "coaname", .field = "place_name"},                                                      \
    {                                                                                                      \
        "coaiso", .key = true, .field = "place", .as = AS_COUNTRY                                          \
    }

static const struct series_def population_series[] = {
    {"unhcr-population", "People under UNHCR's mandate by country of origin and of asylum", "people",
     "People at the end of the year. Groups are told apart by the measure. Small counts are rounded by "
     "UNHCR.",
     YEARLY, NULL, NULL, 0},
    {.name = NULL},
};
static const struct stats_column unhcr_places[] = {UNHCR_PLACES, {.header = NULL}};
static const struct stats_figure population_figures[] = {
    {.header = "refugees", .series = 0, .measure = "refugees"},
    {.header = "asylumseekers", .series = 0, .measure = "asylum-seekers"},
    {.header = "returnedrefugees", .series = 0, .measure = "refugees returned"},
    {.header = "idps", .series = 0, .measure = "internally displaced"},
    {.header = "returnedidps", .series = 0, .measure = "internally displaced returned"},
    {.header = "stateless", .series = 0, .measure = "stateless"},
    {.header = "ooc", .series = 0, .measure = "others of concern"},
    {.header = "oip", .series = 0, .measure = "others in need of international protection"},
    {.header = "hst", .series = 0, .measure = "host community"},
    {.header = NULL},
};

static const struct series_def flow_series[] = {
    {"unhcr-flows", "People who fled, by country of origin and of asylum", "people",
     "People newly displaced across a border during the year. Groups are told apart by the measure.",
     YEARLY, NULL, NULL, 0},
    {.name = NULL},
};
static const struct stats_figure flow_figures[] = {
    {.header = "refugees", .series = 0, .measure = "refugees"},
    {.header = "asylumseekers", .series = 0, .measure = "asylum-seekers"},
    {.header = "refugeelike", .series = 0, .measure = "people in refugee-like situations"},
    {.header = "oip", .series = 0, .measure = "others in need of international protection"},
    {.header = NULL},
};

/* UNHCR counts persons or cases, and says which in every row. */
static const struct stats_word persons_or_cases[] = {{"P", "0"}, {"C", "1"}, {NULL, NULL}};
#define A_CASE " A case may be of several people: never add it to a count of people."

static const struct series_def application_series[] = {
    {"unhcr-asylum-applications", "Asylum applications: people", "people",
     "People who applied for asylum during the year.", YEARLY, NULL, NULL, 0},
    {"unhcr-asylum-application-cases", "Asylum applications: cases", "cases",
     "Applications for asylum during the year, as cases." A_CASE, YEARLY, NULL, NULL, 0},
    {.name = NULL},
};
static const struct stats_column application_columns[] = {
    UNHCR_PLACES,
    {.header = "proceduretype", .key = true, .field = "measure", .before = "procedure "},
    {.header = "apptype", .key = true, .field = "measure", .before = "application "},
    {.header = "declevel", .key = true, .field = "measure", .before = "level "},
    {.header = "apppc", .part = PART_SERIES, .key = true, .words = persons_or_cases},
    {.header = NULL},
};
static const struct stats_figure application_figures[] = {{.header = "applied", .series = 0},
                                                          {.header = NULL}};

static const struct series_def decision_series[] = {
    {"unhcr-asylum-decisions", "Asylum decisions: people", "people",
     "People about whose application was decided during the year, by outcome.", YEARLY, NULL, NULL, 0},
    {"unhcr-asylum-decision-cases", "Asylum decisions: cases", "cases",
     "Applications decided during the year, as cases, by outcome." A_CASE, YEARLY, NULL, NULL, 0},
    {"unhcr-asylum-decisions-all", "Asylum decisions of any outcome: people", "people",
     "People about whose application was decided during the year: the total as published, which differs "
     "from "
     "the sum of the outcomes in some rows.",
     YEARLY, NULL, NULL, 0},
    {"unhcr-asylum-decision-cases-all", "Asylum decisions of any outcome: cases", "cases",
     "Applications decided during the year, as cases: the total as published." A_CASE, YEARLY, NULL, NULL,
     0},
    {.name = NULL},
};
static const struct stats_column decision_columns[] = {
    UNHCR_PLACES,
    {.header = "proceduretype", .key = true, .field = "measure", .before = "procedure "},
    {.header = "declevel", .key = true, .field = "measure", .before = "level "},
    {.header = "decpc", .part = PART_SERIES, .key = true, .words = persons_or_cases},
    {.header = NULL},
};
static const struct stats_figure decision_figures[] = {
    {.header = "decrecognized", .series = 0, .measure = "recognised"},
    {.header = "decother", .series = 0, .measure = "other protection"},
    {.header = "decrejected", .series = 0, .measure = "rejected"},
    {.header = "decclosed", .series = 0, .measure = "closed otherwise"},
    {.header = "dectotal", .series = 2, .how = FIGURE_SUM, .parts = 4, .first = 0},
    {.header = NULL},
};

/* ---- the list ---- */

const struct stats_table stats_tables[] = {
    {"bts-crossings", BTS_SOURCE, "schedule-d", false, bts_series, bts_columns, bts_figures},
    {"bts-crossings", BTS_SOURCE, "schedule-d", false, bts_series, bts_dated_columns, bts_figures},
    {"bts-transborder", BTS_SOURCE, "schedule-d", false, transborder_series, transborder_columns,
     transborder_figures},
    {"cbp-seizures", CBP_SOURCE, "name", false, seizure_series, seizure_columns, seizure_figures},
    {"cbp-amo-seizures", CBP_SOURCE, "name", false, amo_series, amo_columns, seizure_figures},
    {"cbp-encounters", CBP_SOURCE, "iso3166", false, encounter_series, encounter_columns,
     encounter_figures},
    {"usbp-apprehensions", CBP_SOURCE, "name", false, sector_series, sector_columns, sector_figures},
    {"unhcr-population", UNHCR, "iso3166", true, population_series, unhcr_places, population_figures},
    {"unhcr-flows", UNHCR, "iso3166", false, flow_series, unhcr_places, flow_figures},
    {"unhcr-applications", UNHCR, "iso3166", false, application_series, application_columns,
     application_figures},
    {"unhcr-decisions", UNHCR, "iso3166", false, decision_series, decision_columns, decision_figures},
    {.format = NULL},
};

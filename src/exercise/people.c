/*
 * people.c: who trades, carries and drives in an exercise. Every name says that it is invented (Ejemplo, Ficticia,
 * Pretend ...), SCACs begin with ZX, ships carry IMO numbers that were never given out. A company keeps its name,
 * numbers and address for a whole seed, so that its trade can be followed over days.
 */
#include "exercise/internal.h"

static const char *const trade[2][12] = {
    {"Pretend Produce", "Sample Auto Parts", "Mockingham Electronics", "Fictional Foods",
     "O'Pretend & Sons", "Exercise Medical Supply", "Placeholder Plastics", "Imaginary Home Goods",
     "Notional Steel", "Make-Believe Tires", "Hypothetical Chemicals", "Demonstration Beverages"},
    {"Comercializadora Ejemplo", "Autopartes Ficticias", "Electrónica Imaginaria", "Agrícola Simulada",
     "Química de Prueba", "Plásticos Supuestos", "Aceros Hipotéticos", "Alimentos de Muestra",
     "Muebles Inventados", "Bebidas del Ensayo", "Instrumentos Modelo", "Textiles de Práctica"},
};
static const char *const where[2][8] = {
    {"of Texas", "West", "Southwest", "Gulf", "Pacific", "Midland", "Frontier", "Central"},
    {"del Norte", "del Bajío", "del Golfo", "del Pacífico", "de Occidente", "Nacional", "Fronteriza",
     "Mexicana"},
};
static const char *const form[2][3] = {
    {"LLC", "INC", "CORP"},
    {"SA de CV", "S de RL de CV", "SAPI de CV"},
};
static const struct {
    const char *city, *state, *zip;
} town[2][8] = {
    {{"SAN ANTONIO", "TX", "78219"},
     {"DALLAS", "TX", "75212"},
     {"HOUSTON", "TX", "77029"},
     {"PHOENIX", "AZ", "85009"},
     {"LOS ANGELES", "CA", "90021"},
     {"CHICAGO", "IL", "60632"},
     {"DETROIT", "MI", "48210"},
     {"ATLANTA", "GA", "30336"}},
    {{"MONTERREY", "NLE", "64000"},
     {"GUADALAJARA", "JAL", "44100"},
     {"QUERETARO", "QUE", "76000"},
     {"SALTILLO", "COA", "25000"},
     {"CHIHUAHUA", "CHH", "31000"},
     {"HERMOSILLO", "SON", "83000"},
     {"AGUASCALIENTES", "AGU", "20000"},
     {"PUEBLA", "PUE", "72000"}},
};
static const char *const street[2][4] = {
    {"Pretend Blvd", "Sample Pkwy", "Exercise Dr", "Placeholder Rd"},
    {"Av. Ejemplo", "Calle Ficticia", "Blvd. de la Prueba", "Calz. del Ensayo"},
};

struct company company_of(uint64_t seed, bool mexican, int number)
{
    struct dice d = dice_for(seed, 71, mexican, (uint64_t)number);
    int t = dice_roll(&d, 12), w = dice_roll(&d, 8), c = dice_roll(&d, 8);
    struct company out = {.mexican = mexican,
                          .city = town[mexican][c].city,
                          .state = town[mexican][c].state,
                          .zip = town[mexican][c].zip};
    const char letters[4] = {(char)('A' + t), (char)('A' + w), 'X', 0};

    snprintf(out.name, sizeof out.name, "%s %s %s", trade[mexican][t], where[mexican][w],
             form[mexican][dice_roll(&d, 3)]);
    if (mexican)
        snprintf(out.street, sizeof out.street, "%s %d", street[1][dice_roll(&d, 4)],
                 dice_between(&d, 100, 4999));
    else
        snprintf(out.street, sizeof out.street, "%d %s", dice_between(&d, 100, 4999),
                 street[0][dice_roll(&d, 4)]);
    if (mexican)
        number_rfc(out.rfc, letters, dice_roll(&d, 13440));
    snprintf(out.tax, sizeof out.tax, "%09d", dice_between(&d, 0, 99999999)); /* 00-0...: no such prefix */
    return out;
}

const struct carrier exercise_carriers[3][6] = {
    {{"Transportes Ficticios del Norte SA de CV", "ZXFN", true},
     {"Fletes de Ejemplo SA de CV", "ZXEJ", true},
     {"Autotransportes La Simulada SA de CV", "ZXSI", true},
     {"Pretend Freight Lines LLC", "ZXPF", false},
     {"Mock Border Drayage INC", "ZXMB", false},
     {"Sample Cross-Border LLC", "ZXSC", false}},
    {{"Naviera Imaginaria SA de CV", "ZXNI", true},
     {"Placeholder Ocean Lines LTD", "ZXPO", false},
     {"Líneas Marítimas de Prueba SA de CV", "ZXLM", true},
     {"Fictional Gulf Shipping INC", "ZXFG", false},
     {"Make-Believe Maritime LTD", "ZXMM", false},
     {"Notional Container Line LTD", "ZXNC", false}},
    {{"Aerocarga Supuesta SA de CV", "ZXAS", true},
     {"Exercise Air Cargo INC", "ZXEA", false},
     {"Aerolíneas del Ensayo SA de CV", "ZXAE", true},
     {"Hypothetical Airways INC", "ZXHA", false},
     {"Carga Aérea Modelo SA de CV", "ZXCM", true},
     {"Demonstration Air Freight LLC", "ZXDA", false}},
};

static const char *const given[] = {"José Luis", "Juan Carlos", "Miguel Ángel", "María Elena", "Jesús",
                                    "Guadalupe", "Raúl",        "Óscar",        "Verónica",    "Martín",
                                    "Adriana",   "Héctor",      "Íñigo",        "Noé",         "Sofía"};
static const char *const family[] = {"Ejemplo", "Ficticio", "Prueba",  "Simulado",  "Ensayo",
                                     "Modelo",  "Supuesto", "Muestra", "Inventado", "Imaginado"};

struct driver driver_of(uint64_t seed, int number)
{
    struct dice d = dice_for(seed, 72, 0, (uint64_t)number);
    struct driver out;
    int g = dice_roll(&d, (int)COUNT(given)), f = dice_roll(&d, 10), m = dice_roll(&d, 10);
    const char letters[5] = {family[f][0], 'X', family[m][0], "JJMMJGROVMAHINS"[g], 0};

    snprintf(out.name, sizeof out.name, "%s %s %s", given[g], family[f], family[m]);
    snprintf(out.licence, sizeof out.licence, "ZX%08d", dice_roll(&d, 100000000));
    number_rfc(out.rfc, letters, dice_roll(&d, 13440));
    return out;
}

const struct ship exercise_ships[8] = {
    {"EJEMPLO DEL GOLFO", "MX", 101}, {"PRETEND PIONEER", "PA", 202},     {"PRACTICE PEARL", "LR", 303},
    {"SIMULACRO", "MX", 404},         {"MAKE-BELIEVE MAERIN", "MT", 505}, {"PLACEHOLDER STAR", "SG", 606},
    {"CIUDAD IMAGINARIA", "MX", 707}, {"NOTIONAL HORIZON", "MH", 808},
};

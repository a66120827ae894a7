/*
 * schema/ids.h: the check digits and shapes that identifiers can be held to. Real documents carry numbers
 * that fail (placeholders, typing errors), so a failure is a warning and the data is kept.
 *
 * Source of each formula:
 *   container  ISO 6346: letters A=10 upward without 11, 22, 33; weights 2^0..2^9; sum mod 11 mod 10
 *   IMO        IMO resolution A.1117(30): weights 7..2 over six digits, last digit of the sum
 *   MMSI       ITU-R M.585: nine digits; a ship's begin with a MID of the ITU's table
 *   address    ICAO Annex 10, volume III: an aircraft's 24 bits, as 6 hexadecimal digits
 *   VIN        ISO 3779 (17 signs, no I O Q); check digit 49 CFR 565.15, held to only where the
 *              first sign is 1 to 5 (North America)
 *   CURP       Mexico, Instructivo normativo para la asignación de la CURP: 18 signs, sum of
 *              value x (19 - place) mod 10, value from "0-9A-NÑO-Z"
 *   RFC        Mexico, SAT: 12 signs (companies) or 13 (people), weights 13..2 over
 *              "0-9A-N&O-Z Ñ", 11 - sum mod 11 (11 -> 0, 10 -> A); the generic ones are valid
 *   pedimento  SAT, Anexo 22 and Carta Porte: "YY  AA  PPPP  NNNNNNN" with two blanks between
 *   CAS        Chemical Abstracts Service: weights 1.. from the right, mod 10
 *   AWB        IATA Resolution 600a: 3-digit prefix, 8-digit serial, its first 7 mod 7 = the 8th
 *   HS         WCO: 2, 4, 6, 8 or 10 digits;  UN number: 4 digits;  SCAC: NMFTA, 2 to 4 letters
 *   UN/LOCODE  UN/ECE Recommendation 16: country, then three of A-Z 2-9
 */
#ifndef PUENTE_SCHEMA_IDS_H
#define PUENTE_SCHEMA_IDS_H

#include "schema/schema.h"

bool ids_shape(enum shape shape, struct str s);
const char *ids_name(enum shape shape); /* "ISO 6346 container number": not translated */

#endif

/*
 * counts.c: the room's tables: what `overview` tells, counted as records come, so that the picture costs the same
 * on a small and on a large journal. Triggers on the kinds' tables keep them: a row that becomes current (neither
 * corrected nor erased) is added, one that ceases to be is taken away, by its values before. So at any moment they
 * are what counting anew would give, and a rebuild makes the same bytes.
 *
 * A text that a record lacks counts as empty. A place is its code and the code's list; without a code, its name.
 */
#include "records/internal.h"

#define IN(kind, does)                                                                                     \
    "CREATE TRIGGER rec_" kind "_in AFTER INSERT ON v_" kind                                               \
    " WHEN NEW.superseded IS NULL AND NEW.erased = 0 BEGIN " does " END"
#define OUT(kind, does)                                                                                    \
    "CREATE TRIGGER rec_" kind "_out AFTER UPDATE OF superseded, erased ON v_" kind                        \
    " WHEN OLD.superseded IS NULL AND OLD.erased = 0"                                                      \
    " AND (NEW.superseded IS NOT NULL OR NEW.erased <> 0) BEGIN " does " END"
#define LIVE           "superseded IS NULL AND erased = 0"
#define TEXT(x)        "ifnull(" x ", '')"
#define TRIP_KEY(r)    TRIP_PLACE(r) ", " TRIP_SCHEME(r) ", " TEXT(r "direction") ", " TEXT(r "mode")
#define TRIP_PLACE(r)  "coalesce(" r "port, " r "port_name, '')"
#define TRIP_SCHEME(r) "CASE WHEN " r "port IS NULL THEN '' ELSE " TEXT(r "port_scheme") " END"
#define TRIP_OF(r)                                                                                         \
    " WHERE (place, scheme, direction, mode) = (SELECT " TRIP_KEY("") " FROM v_trip WHERE id = " r         \
                                                                      "trip AND " LIVE " LIMIT 1);"
#define CARRIED(r) "(SELECT count(*) FROM v_consignment WHERE trip = " r "id AND " LIVE ")"
#define SEIZURE_KEY(r)                                                                                     \
    TEXT(r "place")                                                                                        \
    ", " TEXT(r "place_scheme") ", " TEXT(r "direction") ", " TEXT(r "commodity") ", " TEXT(r "unit")
#define WAIT_KEY(r)                                                                                        \
    TEXT(r "port")                                                                                         \
    ", " TEXT(r "port_scheme") ", " TEXT(r "direction") ", " TEXT(r "lane") ", " r "minute"                \
                                                                            "s"

const char *const records_tables[] = {
    "CREATE TABLE rec_trip(place TEXT NOT NULL, scheme TEXT NOT NULL, direction TEXT NOT NULL, mode "
    "TEXT NOT "
    "NULL, trips INTEGER NOT NULL, consignments INTEGER NOT NULL, PRIMARY KEY(place, scheme, "
    "direction, "
    "mode)) STRICT, WITHOUT ROWID",
    IN("trip", "INSERT INTO rec_trip VALUES(" TRIP_KEY("NEW.") ", 1, " CARRIED(
                   "NEW.") ")"
                           " ON CONFLICT DO UPDATE SET trips = trips + 1,"
                           " consignments = consignments + excluded.consignments;"),
    OUT("trip",
        "UPDATE rec_trip SET trips = trips - 1, consignments = consignments - " CARRIED(
            "OLD.") " WHERE (place, scheme, direction, mode) = (" TRIP_KEY("OLD.") ");"
                                                                                   " DELETE FROM "
                                                                                   "rec_trip WHERE "
                                                                                   "(place, scheme, "
                                                                                   "direction, mode) = "
                                                                                   "(" TRIP_KEY(
                                                                                       "OLD.") ")"
                                                                                               " AND "
                                                                                               "trips "
                                                                                               "= 0;"),
    IN("consignment", "UPDATE rec_trip SET consignments = consignments + 1" TRIP_OF("NEW.")),
    OUT("consignment", "UPDATE rec_trip SET consignments = consignments - 1" TRIP_OF("OLD.")),

    "CREATE TABLE rec_message(format TEXT NOT NULL, verdict TEXT NOT NULL, messages INTEGER NOT NULL, "
    "records "
    "INTEGER NOT NULL, faults INTEGER NOT NULL, PRIMARY KEY(format, verdict)) STRICT, WITHOUT ROWID",
    IN("message",
       "INSERT INTO rec_message VALUES(" TEXT("NEW.format") ", " TEXT(
           "NEW.verdict") ", 1,"
                          " ifnull(NEW.records, 0), ifnull(NEW.faults, 0)) ON CONFLICT DO UPDATE SET"
                          " messages = messages + 1, records = records + excluded.records,"
                          " faults = faults + excluded.faults;"),
    OUT("message",
        "UPDATE rec_message SET messages = messages - 1, records = records - ifnull(OLD.records, 0),"
        " faults = faults - ifnull(OLD.faults, 0)"
        " WHERE format = " TEXT("OLD.format") " AND verdict = " TEXT(
            "OLD.verdict") ";"
                           " DELETE FROM rec_message WHERE format = " TEXT(
                               "OLD.format") " AND verdict = " TEXT("OLD.verdict") " AND messages = "
                                                                                   "0;"),

    "CREATE TABLE rec_fault(code TEXT NOT NULL, severity TEXT NOT NULL, n INTEGER NOT NULL, PRIMARY "
    "KEY(code, "
    "severity)) STRICT, WITHOUT ROWID",
    IN("fault", "INSERT INTO rec_fault VALUES(" TEXT("NEW.code") ", " TEXT(
                    "NEW.severity") ", 1)"
                                    " ON CONFLICT DO UPDATE SET n = n + 1;"),
    OUT("fault",
        "UPDATE rec_fault SET n = n - 1 WHERE code = " TEXT("OLD.code") " AND severity = " TEXT(
            "OLD.severity") "; DELETE FROM rec_fault WHERE code = " TEXT("OLD.code") " AND severity "
                                                                                     "= " TEXT("OLD."
                                                                                               "severit"
                                                                                               "y") " A"
                                                                                                    "ND"
                                                                                                    " n"
                                                                                                    " ="
                                                                                                    " 0"
                                                                                                    ";"),

    /* A histogram, because a median cannot be kept as one number. */
    "CREATE TABLE rec_wait(place TEXT NOT NULL, scheme TEXT NOT NULL, direction TEXT NOT NULL, lane "
    "TEXT NOT "
    "NULL, minutes INTEGER NOT NULL, n INTEGER NOT NULL, latest TEXT NOT NULL, PRIMARY KEY(place, "
    "scheme, "
    "direction, lane, minutes)) STRICT, WITHOUT ROWID",
    IN("wait", "INSERT INTO rec_wait SELECT " WAIT_KEY("NEW.") ", 1, " TEXT(
                   "NEW.observed") " WHERE NEW.minutes IS NOT NULL"
                                   " ON CONFLICT DO UPDATE SET n = n + 1, latest = max(latest, "
                                   "excluded.latest);"),
    OUT("wait", "UPDATE rec_wait SET n = n - 1, latest = ifnull((SELECT max(observed) FROM v_wait"
                " WHERE port = OLD.port AND (" WAIT_KEY("") ") = (" WAIT_KEY(
                    "OLD.") ") AND " LIVE "), '')"
                            " WHERE (place, scheme, direction, lane, minutes) = (" WAIT_KEY(
                                "OLD.") ");"
                                        " DELETE FROM rec_wait WHERE (place, scheme, direction, lane, "
                                        "minutes) = (" WAIT_KEY("OLD.") ") AND n = 0;"),

    "CREATE TABLE rec_seizure(place TEXT NOT NULL, scheme TEXT NOT NULL, direction TEXT NOT NULL, "
    "commodity TEXT "
    "NOT NULL, unit TEXT NOT NULL, n INTEGER NOT NULL, PRIMARY KEY(place, scheme, direction, "
    "commodity, "
    "unit)) STRICT, WITHOUT ROWID",
    IN("seizure",
       "INSERT INTO rec_seizure VALUES(" SEIZURE_KEY("NEW.") ", 1)"
                                                             " ON CONFLICT DO UPDATE SET n = n + 1;"),
    OUT("seizure", "UPDATE rec_seizure SET n = n - 1"
                   " WHERE (place, scheme, direction, commodity, unit) = (" SEIZURE_KEY(
                       "OLD.") ");"
                               " DELETE FROM rec_seizure"
                               " WHERE (place, scheme, direction, commodity, unit) = (" SEIZURE_KEY(
                                   "OLD.") ") AND n = 0;"),
    NULL,
};

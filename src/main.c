/*~ 2
 * main.c: the list of rooms, in the order in which they see a new entry. The command line (cli/) picks the
 * op; "~ 3" is in intake/intake.c, where a message comes in.
 */
#include "admin/admin.h"
#include "cli/cli.h"
#include "coordination/coordination.h"
#include "exchange/exchange.h"
#include "exercise/exercise.h"
#include "intake/intake.h"
#include "precursors/precursors.h"
#include "records/records.h"
#include "release/release.h"
#include "rules/rules.h"
#include "screening/screening.h"
#include "server/server.h"

static const struct room *const rooms[] = {
    &admin_room,     &intake_room,     &records_room, &release_room,      &exchange_room,
    &screening_room, &precursors_room, &rules_room,   &coordination_room, &exercise_room,
    &server_room,    &cli_room,        NULL,
};

int main(int argc, char **argv)
{
    return cli_main(argc, argv, rooms, world_real());
}

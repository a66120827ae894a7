/* exchange.c: the list of this room's verbs and tables. */
#include "exchange/peer.h"

static const struct op *const ops[] = {&op_card, &op_meet, &op_peers, NULL};

const struct room exchange_room = {.name = "exchange", .ops = ops};

/* exchange.c: the list of this room's verbs and tables. */
#include "exchange/internal.h"
#include "exchange/peer.h"
#include "exchange/query.h"

static const struct op *const ops[] = {
    &op_card,         &op_meet,     &op_peers,    &op_ask,     &op_ask_own, &op_ask_match,
    &op_ask_set,      &op_ask_take, &op_ask_find, &op_ask_key, &op_sync,    &op_channels,
    &op_peer_message, &op_bundle,   &op_retract,  &op_purge,   &op_proof,   NULL};

const struct room exchange_room = {
    .name = "exchange",
    .ops = ops,
    .tables = exchange_tables,
    .apply = exchange_apply,
    .react = query_react,
};

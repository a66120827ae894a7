# A rule's life as officers live it: tried, refused where it asks who somebody is, drafted, back-tested, agreed to, fired, retired.
. "$(dirname "$0")/lib"
p() { "$puente" -C node "$@"; }
id() { sed -n 's/.*"id":"\([^"]*\)".*/\1/p' out | head -n 1; }

# The language, with no node.
expect 0 "$puente" rules eval 'size("ñandú") + 1'
[ "$(cat out)" = '{"value":6}' ] || fail "$(cat out)"
expect 0 "$puente" rules eval 'goods.filter(g, g.kg > 10).map(g, g.name)' --data '{"goods":[{"name":"a","kg":5},{"name":"b","kg":20}]}'
[ "$(cat out)" = '{"value":["b"]}' ] || fail "$(cat out)"
expect 1 "$puente" rules eval '1 / 0'
says '"stage":"run"'
expect 1 "$puente" rules eval '1 +'
says '"stage":"compile"'

# A rule is read before it is kept: what it reads, what it costs, why not.
expect 0 "$puente" rules check --applies-to item --text 'item.hs.startsWith("8479") && trip.mode == "air"'
says 'item'
expect 1 "$puente" rules check --applies-to item --text 'item.hs == "1" && passenger.nationality == "MX"'
complains 'no rule may'
expect 1 "$puente" --lang es rules check --applies-to trip --text 'trip.sexo == "F"'
complains 'ninguna regla puede preguntar'
expect 2 "$puente" rules check --applies-to party --text 'true'
complains 'never a person'

expect 0 "$puente" init node --office us.cbp --country US
expect 0 p add item --hs=84798100 --description="TABLET PRESS"
expect 0 p rules draft press --applies-to item --text 'item.hs.startsWith("8479") && item.description.contains("PRESS")' \
    --reason "presses for counterfeit tablets" --author us.cbp.laredo
expect 1 p rules approve press --author us.cbp.otay
complains 'not tried on history'
expect 0 p rules backtest press --json
says '"seen":1,"fired":1'
expect 1 p rules approve press --author us.cbp.laredo
complains 'a second officer'
expect 0 p rules approve press --author us.cbp.otay
expect 0 p add item --hs=84798100 --description="TABLET PRESS, USED"
expect 0 p add item --hs=84798100 --description="JUICE MAKER"
expect 0 p list hit --json
[ "$(grep -o '"basis":"rule"' out | wc -l)" = 1 ] || fail "the rule did not fire once: $(cat out)"
expect 0 p rules list --json
says '"fired":1'
says '"approved_by":"us.cbp.otay"'
expect 0 p rules retire press --reason "replaced"
expect 0 p add item --hs=84798100 --description="TABLET PRESS, THIRD"
expect 0 p list hit --json
[ "$(grep -o '"basis":"rule"' out | wc -l)" = 1 ] || fail "a retired rule fired"

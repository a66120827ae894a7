# A passenger list meets the alerts while it is read: a hit stays, the list does not.
. "$(dirname "$0")/lib"
p() { "$puente" -C node "$@"; }
why() { p "$@" --purpose "passenger screening" --case 26/18; }
list=$here/tests/fixtures/feeds/paxlst/d05b-passengers-taken.edi
family=$(tr "'" '\n' <"$list" | sed -n 's/^NAD+FL+++\([^:]*\):\([^:+]*\).*/\1/p' | sed -n 2p)
given=$(tr "'" '\n' <"$list" | sed -n 's/^NAD+FL+++\([^:]*\):\([^:+]*\).*/\2/p' | sed -n 2p)
other=$(tr "'" '\n' <"$list" | sed -n 's/^NAD+FL+++\([^:]*\):\([^:+]*\).*/\1 \2/p' | sed -n 1p)
document=$(tr "'" '\n' <"$list" | sed -n 's/^DOC+P:110:111+\([A-Z0-9]*\).*/\1/p' | sed -n 1p)
[ -n "$family" ] && [ -n "$document" ] || fail "the fixture has no passengers"

expect 0 "$puente" init node --office us.cbp --country US
expect 0 p add alert --list=us.cbp --number=7 --authority=CBP --subject=person --name="$given $family" --status=active
expect 0 p add alert --list=us.cbp --number=8 --authority=CBP --subject=person --status=active
expect 0 p add alert_identifier --list=us.cbp --number=8 --scheme=passport --value="$document"
expect 0 p feed "$list"
expect 0 why list hit --json
[ "$(grep -o '"basis":"person"' out | wc -l)" -ge 2 ] || fail "nobody was found: $(cat out)"
says '"number":"7"'
says '"number":"8"'
expect 0 why hits
says 'Party, Name'

# The same list again brings no further hit, and a later change of the alert takes none away.
n=$(p list hit --json | grep -o '"basis":"person"' | wc -l)
expect 0 p feed "$list"
expect 0 p add alert --list=us.cbp --number=7 --authority=CBP --subject=person --name="$given $family" --status=active --reason=again
[ "$(p list hit --json | grep -o '"basis":"person"' | wc -l)" = "$n" ] || fail "hits of a list changed"

# Nobody else of the list is anywhere in the node.
! grep -rqF "$(echo "$other" | cut -d' ' -f1-2)" node || fail "the list was kept"

# A passenger list meets the alerts while it is read: a hit stays, the list does not.
. "$(dirname "$0")/lib"
p() { "$puente" -C node "$@"; }
why() { p "$@" --purpose "passenger screening" --case 26/18; }
sed 's/FICTICIA:PERSONA B/ZAMBRANO:ROBERTO/; s/FICTICIA:PERSONA C/OQUENDO:CARLA/' \
    "$here/tests/fixtures/feeds/paxlst/d05b-passengers-taken.edi" >list.edi
grep -q 'ZAMBRANO:ROBERTO' list.edi && grep -q 'OQUENDO:CARLA' list.edi && grep -q X0000003 list.edi || fail "the fixture has changed"

expect 0 "$puente" init node --office us.cbp --country US
expect 0 p add alert --list=us.cbp --number=7 --authority=CBP --subject=person --name="Carla Oquendo" --status=active
expect 0 p add alert --list=us.cbp --number=8 --authority=CBP --subject=person --status=active
expect 0 p add alert_identifier --list=us.cbp --number=8 --scheme=passport --value=X0000003
expect 0 p feed list.edi
expect 0 why list hit --json
[ "$(grep -o '"basis":"person"' out | wc -l)" -ge 2 ] || fail "nobody was found: $(cat out)"
says '"number":"7"'
says '"number":"8"'
expect 0 why hits
says 'Party, Name'

# The same list again brings no further hit, and a later change of the alert takes none away.
n=$(p list hit --json | grep -o '"basis":"person"' | wc -l)
expect 0 p feed list.edi
expect 0 p add alert --list=us.cbp --number=7 --authority=CBP --subject=person --name="Carla Oquendo" --status=active --reason=again
[ "$(p list hit --json | grep -o '"basis":"person"' | wc -l)" = "$n" ] || fail "hits of a list changed"

# Nobody else of the list is anywhere in the node.
! grep -rqE "ROBERTO|ZAMBRANO" node || fail "the list was kept"

# The whole list as questions to another office, which learns nothing of it.
expect 0 "$puente" persons list.edi
says 'ROBERTO ZAMBRANO|1988-02-29'
expect 0 "$puente" persons list.edi --scheme passport
says 'X0000003'
expect 1 "$puente" persons "$here/tests/fixtures/feeds/paxlst/empty-list-taken.edi"
complains 'nobody in these files'

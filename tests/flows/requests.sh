# Asking another office, with a clock: request, answer, refusal, contact report, alarm; by command line and over HTTP.
. "$(dirname "$0")/lib"
p() { "$puente" -C node "$@"; }
id_of() { sed -n 's/.*"id":"\([0-9a-f-]*\)".*/\1/p' out | head -n 1; }
purpose='customs control'

expect 0 "$puente" init node --office mx.anam --country MX
says 'days for a contact report  3'
expect 0 p due
says 'nothing is due'
expect 2 p request us.cbp --form trace --urgency 3d --subject 'Pistol, Nogales' --text 'Where was it first sold?'
complains --purpose
expect 0 p --json --purpose "$purpose" request us.cbp --form trace --urgency 3d --subject 'Pistol, Nogales' \
    --text 'Where was it first sold?'
says '"request_number":"mx.anam-'
asked=$(id_of)
expect 1 p answer "$asked" --outcome given
complains 'only that office answers it'

# The law of this node asks for a report on the contact; another node's does not.
expect 0 p --json due --duty contact-report
says '"side":"ours"'
report=$(id_of)
expect 0 p contact file "$report" --with SRE
expect 1 p contact file "$report"
expect 0 p due --duty contact-report
says 'nothing is due'
expect 0 "$puente" init other --office us.cbp --country US
expect 0 "$puente" -C other --purpose "$purpose" request mx.anam --form other --urgency 7d --subject x --text x
expect 0 "$puente" -C other due --side ours
says 'nothing is due'

# What it asks is personal, until a purpose and a case are named.
expect 0 p --json show "$asked"
quiet 'first sold'
expect 0 p --json due
says 'Pistol, Nogales'
quiet 'first sold'

# A life at risk stands first and names nobody.
expect 1 p alarm --place 26.0715,-98.2386 --need 'doctor for XEXX010101HNEXXXA4'
complains 'never who'
expect 0 p alarm --place 26.0715,-98.2386 --need 'boat and doctor' --estimate 4
expect 0 p --purpose rescue request us.cbp --form rescue --life-at-risk --subject 'Boat adrift off Playa Bagdad'
expect 0 p --lang es due --limit 1
says 'Boat adrift'
says 'responder la solicitud'
says 'de la otra parte'

# What is asked of this office, by a record typed from paper; it is answered once.
expect 0 p --json add request number=17 office=us.cbp peer=mx.anam form=information subject='Container' text=x \
    purpose=customs urgency=8h due=2026-01-01T08:00:00Z
theirs=$(id_of)
expect 0 p due --late --side ours
says 'Container'
expect 2 p answer "$theirs" --outcome refused
complains 'needs its reason'
expect 0 p answer "$theirs" --outcome refused --refusal law
expect 1 p answer "$theirs" --outcome given
complains 'answered already'
expect 0 p due --late
says 'nothing is late'
expect 0 p rebuild --check

# The same over HTTP.
serve node
post() { get -X POST -H 'Content-Type: application/json' -H "Puente-Purpose: $purpose" "$@"; }
post -d '{"peer":"us.cbp","form":"disclosure","subject":"Hit 3","text":"x"}' $url/api/v1/requests
answered 201
says '"request_number"'
asked=$(id_of)
post -d '{"outcome":"given"}' $url/api/v1/requests/$asked/answer
answered 403
post -d '{"place":"here","need":"boat"}' $url/api/v1/alarms
answered 201
get "$url/api/v1/due?duty=contact-report&limit=1"
answered 200
report=$(id_of)
post -d '{"action":"file"}' $url/api/v1/contact-reports/$report
answered 201
post -d '{"action":"file"}' $url/api/v1/contact-reports/$report
answered 409
get "$url/api/v1/due?side=nobody"
answered 400
kill -TERM $server
wait $server || fail "the server ended with $?"
expect 0 p verify

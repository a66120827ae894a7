# Controlled chemicals: what comes unannounced is a hit, a notice covers it, more than was notified does not pass unseen.
. "$(dirname "$0")/lib"
p() { "$puente" -C node "$@"; }
standing() { p list hit --status=open --basis="$1" --json >listed; grep -o '"basis":"[a-z]*"' listed | wc -l; }

expect 0 "$puente" precursors --text "20 tambores de anhídrido acético" --json
says '"cas":"108-24-7"'
expect 0 "$puente" --lang es precursors --hs 293337
says 'fentanyl'
expect 0 "$puente" precursors --text water
says 'nothing in this is on the list'

expect 0 "$puente" init node --office mx.anam --country MX
expect 0 p notices
says 'no pre-export notice'
expect 0 p add item --description="ACETIC ANHYDRIDE, 40 DRUMS" --net_weight=8000
[ "$(standing substance)" = 1 ] || fail "unannounced goods are no hit: $(cat listed)"
expect 0 p add notice --number=PEN-2026-118 --exporting_country=CN --importing_country=MX --substance="Acetic anhydride" \
    --cas=108-24-7 --quantity=10000
[ "$(standing substance)" = 0 ] || fail "a notice covers nothing: $(cat listed)"
expect 0 p add item --description="ACETIC ANHYDRIDE" --net_weight=4000 --permit=PEN-2026-118
[ "$(standing quantity)" = 1 ] || fail "too much passes: $(cat listed)"
expect 0 p notices --json
says '"notified_kg":"10000.000","arrived_kg":"12000.000"'
says 'more than notified'

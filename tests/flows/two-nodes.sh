# Two offices that never met: cards, one agreement, a first exchange in five commands a side; then what happens to
# them in a year: suspended and resumed, corrected, taken back, a line that is down, a request, a judge.
. "$(dirname "$0")/lib"
judge=$here/build/puente-judge
us() { "$puente" -C us "$@"; }
mx() { "$puente" -C mx "$@"; }
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || :; rm -rf "$tmp"' EXIT
value() { sed -n "s/.*\"$1\":\"\{0,1\}\([^\",}]*\).*/\1/p" out | head -n 1; }
# us.cbp answers the phone; mx.anam calls.
start() {
    : >served
    "$puente" -C us serve --port 0 --peers-port "$1" --peers-bind 127.0.0.1 >served 2>&1 &
    server=$!
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30; do
        port=$(sed -n 's#.*https://127.0.0.1:\([0-9]*\)/.*#\1#p' served)
        [ -z "$port" ] || return 0
        sleep 0.1
    done
    fail "us.cbp does not serve: $(cat served)"
}
stop() {
    kill -TERM "$server"
    wait "$server" || fail "us.cbp's server ended with $?"
    server=
}
# sync GIVEN TAKEN: mx.anam calls, and so many records go each way.
sync() {
    expect 0 mx --json sync us.cbp
    [ "$(value given) $(value taken)" = "$1 $2" ] || fail "not $1 given and $2 taken: $(cat out)"
}
# holds NODE KIND N
holds() {
    expect 0 "$puente" -C "$1" --json list "$2"
    [ "$(grep -o '"id":"' out | wc -l)" = "$3" ] || fail "$1 has not $3 of $2"
}

# Help names every verb of it.
expect 0 "$puente" help --all
for verb in card meet peers agreement sync channels shares explain bundle retract request due proof; do says "  $verb "; done

# ---- the meeting: init, card, meet, propose or sign, serve or sync

expect 0 "$puente" init us --office us.cbp --country US
expect 0 "$puente" init mx --office mx.anam --country MX
# A port that is free now: the card says it, and the other side keeps the card.
start 0
stop
expect 0 us --json card --url "https://127.0.0.1:$port" --out us.card
from_us=$(value safety_number)
expect 0 mx --json card --out mx.card
from_mx=$(value safety_number)
expect 1 us sync mx.anam
says "has not met"
expect 1 us meet mx.card --safety-number "$from_us"
expect 0 us peers
quiet mx.anam
expect 1 us agreement propose mx.anam --basis 'Article 1'
expect 0 us meet mx.card --safety-number "$from_mx"
says "puente agreement propose mx.anam"
expect 0 mx meet us.card --safety-number "$from_us"

# A text whose example does not hold is signed by nobody; nor is one that was changed, nor one's own proposal.
expect 0 us agreement draft mx.anam --basis 'Article 1' --out text
sed 's/^  gives mode direction carrier$/  gives mode direction/' text >wrong
expect 1 us agreement propose wrong
says agreement.example
expect 0 us agreement list
quiet '"id"'
expect 2 us agreement propose mx.anam
complains --basis
expect 0 us --json agreement propose mx.anam --basis 'Article 1' --out proposal
id=$(value id)
sed 's/^  keep 365$/  keep 366/' proposal >changed
expect 1 mx agreement sign changed
expect 1 us agreement sign proposal
expect 1 mx agreement sign text
expect 0 mx agreement sign proposal
says "in force"
says "puente sync us.cbp"
expect 0 mx --json add wait port=24 port_scheme=aduana direction=south mode=road lane=general minutes=11 observed=2026-11-22T10:00:00Z
start "$port"
sync 1 0
expect 0 us agreement list
says "in force"
holds us wait 1
sync 0 0

# ---- what goes, what stays, and why

stop
expect 0 us --json add trip mode=road direction=south carrier=ABCD trip_number=S1 notes='said by the driver'
south=$(value id)
expect 0 us --json add trip mode=road direction=north carrier=ABCD trip_number=N1
north=$(value id)
start "$port"
sync 0 1
expect 0 mx show "$south"
says ABCD
quiet "said by the driver"
expect 1 mx show "$north"
expect 0 us --json explain "$south" mx.anam
says '"field":"notes","travels":false'
says '"acknowledged":"'
expect 0 us --json explain "$north" mx.anam
says '"when":"direction = south"'
says '"travels":false}'
expect 0 us --json shares mx.anam
says "\"such_as\":\"$north\""

# ---- suspended by one side: nothing goes either way, at once; the same side resumes

expect 0 mx agreement suspend "$id" --reason 'A question to be settled'
expect 0 mx add wait port=24 port_scheme=aduana direction=south mode=road lane=general minutes=12 observed=2026-11-22T11:00:00Z
sync 0 0
stop
expect 0 us agreement list
says suspended
expect 0 us add trip mode=road direction=south carrier=ABCD trip_number=S2
expect 0 us agreement resume "$id"
says suspended
start "$port"
sync 0 0
expect 0 mx agreement resume "$id"
sync 1 1
holds mx trip 2

# ---- corrected, and taken back

stop
expect 0 us --json correct "$south" trip_number=S1B
new=$(value id)
start "$port"
sync 0 1
expect 0 mx history "$new"
says S1B
stop
expect 0 us retract "$new" --reason wrong
expect 0 us due
says 'confirm the retraction'
start "$port"
expect 0 mx --json sync us.cbp
expect 0 mx list trip
quiet S1
stop
expect 0 us due
quiet 'confirm the retraction'
expect 0 us list receipt

# ---- the line is down: a stick carries the same

expect 0 us add trip mode=road direction=south carrier=ABCD trip_number=S3
expect 1 mx sync us.cbp
expect 0 mx add wait port=24 port_scheme=aduana direction=south mode=road lane=general minutes=13 observed=2026-11-22T12:00:00Z
expect 0 mx bundle write us.cbp --out stick
expect 0 us bundle read stick --out back
expect 0 mx bundle read back
holds us wait 3
holds mx trip 2

# ---- asked and answered, with a clock on both sides

expect 0 us --json --purpose 'customs control' request mx.anam --form information --urgency 8h --subject 'Trip S3' --text 'Who loaded it?'
asked=$(value id)
expect 0 us due --side theirs
says 'Trip S3'
start "$port"
sync 0 1
expect 0 mx due --side ours
says 'Trip S3'
expect 0 mx --purpose 'customs control' answer "$asked" --outcome nothing --text 'Nobody knows.'
sync 1 0
expect 0 us due
quiet 'Trip S3'

# ---- a node that serves need not be stopped to stop an agreement

api="http://127.0.0.1:$(sed -n 's#.*http://127.0.0.1:\([0-9]*\)/.*#\1#p' served)/api/v1"
expect 0 us agreement list
curl -sS -f -X POST -H 'Content-Type: application/json' -d '{"reason":"A question"}' "$api/agreements/$id/suspend" >out ||
    fail "it cannot be suspended over HTTP: $(cat out)"
expect 0 mx add wait port=24 port_scheme=aduana direction=south mode=road lane=general minutes=14 observed=2026-11-22T13:00:00Z
sync 0 0
expect 0 mx agreement list
says suspended
curl -sS -f -X POST "$api/agreements/$id/resume" >out || fail "it cannot be resumed over HTTP"
sync 1 0
stop

# ---- and a judge, years later

expect 0 mx --json list wait
wait=$(value id)
expect 0 mx proof "$wait"
cp out wait.proof
expect 0 "$judge" wait.proof --key "$(us key)" --key "$(mx key)"
says 'THE PROOF HOLDS'
sed 's/"minutes/"minutez/; s/[Aa]/b/3' wait.proof >forged
cmp -s wait.proof forged || { "$judge" forged >out 2>err && fail "a forged proof holds"; }
for n in us mx; do
    expect 0 "$puente" -C $n verify
    expect 0 "$puente" -C $n rebuild --check
done

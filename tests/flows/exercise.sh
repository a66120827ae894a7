# The exercise: all that was planted is found, nothing else; views made again are the same; a real node refuses it.
. "$(dirname "$0")/lib"
p() { "$puente" -C node "$@"; }

expect 0 "$puente" exercise --out day --seed 7
expect 0 "$puente" exercise --out again --seed 7
diff -r day again >/dev/null || fail "the same seed wrote another day"
expect 0 "$puente" init node --office us.cbp --country US --exercise
# What withdraws an alert comes by itself: together with the rest it would be known before anybody looks.
late=$(grep -l '"withdrawn"' day/[0-9]*)
[ -n "$late" ] || fail "nothing is withdrawn"
mkdir later && mv $late later
expect 1 p --json feed day/[0-9]*
cp out fed
expect 0 p --json feed later/*
mv later/* day

# Every planted alert has its hit: also where a name is a letter short, or a check digit is wrong. The decoys have
# none, and what was found for an alert that was withdrawn later no longer stands.
expect 0 p --json hits --limit 1000
sed -n '/"find":/,/"find_withdrawn":/s/.*"number":"\([^"]*\)".*/\1/p' day/expected.json >find
sed -n '/"find_nothing":/,/"broken":/s/.*"number":"\([^"]*\)".*/\1/p' day/expected.json >decoys
sed -n '/"find_withdrawn":/,/"find_nothing":/s/.*"number":"\([^"]*\)".*/\1/p' day/expected.json >gone
[ -s find ] && [ -s decoys ] && [ -s gone ] || fail "expected.json could not be read"
while read -r n; do grep -q "\"$n\"" out || fail "alert $n was not found"; done <find
while read -r n; do ! grep -q "\"$n\"" out || fail "decoy $n was found"; done <decoys
while read -r n; do ! grep -q "\"$n\"" out || fail "alert $n was withdrawn, and its hit stands"; done <gone
expect 0 p --json list hit --status withdrawn
while read -r n; do grep -q "\"$n\"" out || fail "nothing was ever found for $n"; done <gone
expect 0 p --json screening recheck
says '"missing":0'

# Only what was broken on purpose has faults, and where a check digit is wrong.
expect 0 p export message --format json
sed -n 's/.*"file":"\([^"]*\)".*"faults":[1-9].*/\1/p' out | sort -u >faulty
[ -s faulty ] || fail "no message has faults"
sed -n -e '/"broken":/,$s/.*"file":"\([^"]*\)".*/\1/p' -e 's/.*"mistyped".*"file":"\([^"]*\)".*/\1/p' \
    day/expected.json | sort >broken
while read -r f; do grep -qx "$f" broken || fail "$f has faults, and was not broken on purpose"; done <faulty

expect 0 p rebuild --check
expect 0 p verify
expect 0 "$puente" init real --office us.cbp --country US
expect 1 "$puente" -C real feed day/*309*
says exercise.refused
expect 0 "$puente" -C real --json list trip
quiet '"mode"'

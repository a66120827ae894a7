# What a node says to what it cannot read, and to a world that fails. Nothing crashes, nothing is half-written.
. "$(dirname "$0")/lib"
p() { "$puente" -C node "$@"; }

expect 2 "$puente" parse nowhere.edi
complains nowhere.edi
: >empty
expect 2 "$puente" parse empty
head -c 100000 /dev/urandom >noise
expect 2 "$puente" parse noise
expect 2 "$puente" parse .
expect 2 "$puente" -C . list trip
expect 2 "$puente" no-such-op
complains 'no-such-op'
expect 2 "$puente" --lang es no-such-op
complains 'no existe'

# Faults: a code, a place, a rule; the exit status says so.
manifest_309 7 BILL7 >good.edi
expect 0 "$puente" parse good.edi
says '{"kind":"trip","fields":{'
sed 's/SE\*10/SE*99/; s/20261124/20261324/' good.edi >bad.edi
expect 1 "$puente" parse bad.edi
says '"code":"x12.se.count"'
says '"found":"99"'
says '"expected":"10"'
says '"found":"20261324"'
expect 1 "$puente" --lang es parse bad.edi
says 'mensaje'
head -c 400 good.edi >cut.edi
expect 1 "$puente" parse cut.edi
says 'trailer'
{ head -c 300 good.edi; head -c 3000000 /dev/zero | tr '\0' 'A'; } >long.edi
expect 1 "$puente" parse long.edi
printf '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "x">]><a>&b;</a>' >bomb.xml
expect 1 "$puente" parse --as cfdi bomb.xml
says xml.doctype
printf '{"kind":"trip","fields":{"mode":"road","bills":"many"}}\n{"kind":"trip"' >bad.jsonl
expect 1 "$puente" parse bad.jsonl
says '"code":"field.type"'

# A node: refused whole; two processes; keys that cannot be read; a disk that is full.
expect 0 "$puente" init node --office us.cbp --country US
sed 's/^M10.*//' good.edi >no-carrier.edi
expect 1 p feed no-carrier.edi
expect 0 p --json list consignment
quiet BILL7
expect 0 p --json list message verdict=refused
says refused
mkfifo pipe
"$puente" -C node feed pipe >/dev/null 2>&1 &
feeding=$!
exec 3>pipe
for _ in 1 2 3 4 5 6 7 8 9 10; do
    [ -s node/lock ] && break
    sleep 0.1
done
expect 2 p add wait port=2304 mode=road observed=2026-11-21T10:00:00Z
complains "$feeding"
expect 0 p list message
exec 3>&-
wait "$feeding" || true
chmod 644 node/keys/*
expect 2 p add wait port=2304 mode=road observed=2026-11-21T10:00:00Z
complains keys/
chmod 600 node/keys/*
i=0
while [ $i -lt 300 ]; do
    i=$((i + 1))
    manifest_309 $((1000 + i)) "B$i"
done >many.edi
rc=0
(ulimit -f 400 && trap '' XFSZ && exec "$puente" -C node feed many.edi) >out 2>err || rc=$?
[ "$rc" = 2 ] || fail "a full disk ended with $rc"
expect 0 p verify
expect 0 p feed many.edi
expect 0 p verify

# A new node from the README: make it, feed it, look, correct, prove, forget, back up, make the views again.
. "$(dirname "$0")/lib"
p() { "$puente" -C node "$@"; }
id_of() { sed -n 's/.*"id":"\([0-9a-f-]*\)".*/\1/p' out | head -n 1; }

expect 0 "$puente" init node --office us.cbp --country US
expect 2 "$puente" init node --office us.cbp --country US
manifest_309 7 BILL7 >seven.edi
manifest_309 8 BILL8 >eight.edi
manifest_309 9 BILL9 >nine.edi
sed 's/SE\*10/SE*99/' eight.edi >eight-wrong.edi
expect 0 p feed seven.edi
expect 1 p feed eight-wrong.edi
says x12.se.count

# Sending it again changes nothing.
expect 0 p --json head
cp out before
expect 0 p feed seven.edi
says 'already'
expect 0 p --json head
cmp -s before out || fail "sending again changed the journal"

# Personal data is withheld until a purpose and a case are named; then the look is a record.
expect 0 p --json list party
says '"withheld":["name"'
quiet CITRICOS
expect 0 p --json --purpose screening --case C-1 list party
says CITRICOS
expect 0 p --json list access
says screening
expect 1 p list party name=CITRICOS
quiet CITRICOS\ DEL

# Correct, history, prove, check the proof without the node.
expect 0 p --json list consignment bill=BILL7
old=$(id_of)
expect 0 p --json correct "$old" quantity=391
expect 1 p correct "$old" quantity=392
expect 0 p --json list consignment bill=BILL7
new=$(id_of)
[ "$new" != "$old" ] || fail "the correction is not the current record"
says '"quantity":391'
expect 0 p history "$new"
expect 0 p key
cp out key
expect 0 p prove "$new"
cp out proof
expect 0 p prove "$old"
cp out proof-old
mv node moved
expect 0 "$puente" verify-proof proof --key "$(cat key)"
says BILL7
sed 's/^index [0-9]*/index 0/' proof >bad
expect 1 "$puente" verify-proof bad --key "$(cat key)"
expect 1 "$puente" verify-proof proof --key "us.cbp+00000000+AAAA"
mv moved node

# Forget: the value is gone from every file, the log still verifies, the old proof still does.
expect 0 p --purpose correction --case C-1 erase "$new" --reason court --basis 'art. 16'
expect 0 p verify
expect 0 p show "$new"
says erased
if grep -rqaF BILL7 node; then
    # Other records of the message may carry the bill's number; the consignment's goods may not.
    expect 0 p --json list consignment bill=BILL7
    quiet "$new"
fi
expect 0 p rebuild --check
expect 0 "$puente" verify-proof proof-old --key "$(cat key)"

# A backup taken while it runs opens as the next epoch; so does an older journal put back.
expect 0 p backup copy
cp node/journal.db older.db
expect 0 p feed nine.edi
expect 0 "$puente" -C copy feed nine.edi
expect 0 "$puente" -C copy --json head
says '"epoch":2'
expect 0 "$puente" -C copy verify
rm -f node/journal.db-wal node/journal.db-shm
cp older.db node/journal.db
expect 0 p add wait port=2304 mode=road observed=2026-11-21T10:00:00Z minutes=30 direction=north method=rfid
expect 0 p --json head
says '"epoch":2'
expect 0 p verify
expect 0 p doctor

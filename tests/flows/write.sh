# Both directions: what was read is written again, from a file and from a node; what cannot be written is named.
. "$(dirname "$0")/lib"
p() { "$puente" -C node "$@"; }
why() { p "$@" --purpose "answer to a request" --case 26/17; }

# Byte for byte, through JSON lines.
manifest_309 7 99MSCU1 >in.309
expect 0 "$puente" parse --whole in.309
cp out whole.jsonl
says '"kind":"message"'
says '"kind":"fragment"'
expect 0 "$puente" write trip x12-309 whole.jsonl
cmp out in.309 || fail "what was written is not what came"

# From the records alone: the same records again.
expect 0 "$puente" parse in.309
cp out records.jsonl
expect 0 "$puente" write trip x12-309 records.jsonl --sender MSCU --receiver CBPACE --out plain.309
[ ! -s out ] || fail "something has no place in the format it came in"
expect 0 "$puente" parse plain.309
cmp out records.jsonl || fail "the records are not the same any more"
expect 0 "$puente" write trip x12-309 - <records.jsonl
says 'M11*99MSCU1*35177*390*PKG*14404*K'

# The same trip as a CUSCAR: what has no place there is said.
expect 1 "$puente" write trip edifact-cuscar records.jsonl --version D:03B --out trip.edi
says write.lost
expect 0 "$puente" parse trip.edi
says '"bill":"99MSCU1"'

# A profile of one's own holds for writing too.
mkdir profiles
cat >profiles/own.tbl <<'END'
syntax x12

profile own of 309
  when receiver CBPACE
  loosen M10
  unused M11 05
  reject edi.element.unused
END
expect 1 "$puente" write trip x12-309 records.jsonl --receiver CBPACE --profiles profiles
complains 'M11'
expect 0 "$puente" write trip x12-309 records.jsonl --sender MSCU --receiver OTHER --profiles profiles
expect 2 "$puente" write trip x12-309 records.jsonl --profile own
complains 'no profile "own"'
expect 2 "$puente" write trip x12-309 records.jsonl --profiles nowhere

# A changed record: what was kept belongs to another one.
sed 's/99MSCU1/99MSCU2/' whole.jsonl >changed.jsonl
expect 1 "$puente" write trip x12-309 changed.jsonl --out changed.309
says write.kept.other
grep -q 'M11\*99MSCU2' changed.309 || fail "the change is not in the message"

# What the format asks for and nobody has: named, and nothing is written.
sed 's/"carrier":"MSCU",//' records.jsonl >lacking.jsonl
expect 1 "$puente" write trip x12-309 lacking.jsonl --out lacking.309
complains 'trip.carrier (M10)'
[ ! -e lacking.309 ] || fail "half a message was written"
expect 1 "$puente" write trip cartaporte records.jsonl
complains 'The format asks for this and no record has it.'
expect 2 "$puente" write consignment x12-309 records.jsonl
expect 2 "$puente" write trip x12-309
expect 2 "$puente" write trip x12-309 records.jsonl --version 001000
expect 1 "$puente" --lang es write trip x12-309 lacking.jsonl
complains 'El formato'

# Through a node: for a purpose and a case only.
expect 0 "$puente" init node --office us.cbp --country US
expect 0 p feed --whole in.309
expect 0 p --json list trip
id=$(sed -n 's/.*"id": *"\([^"]*\)".*/\1/p' out | head -n 1)
expect 1 p write trip x12-309 --id "$id"
complains 'a purpose and a case'
expect 0 why write trip x12-309 --id "$id"
cmp out in.309 || fail "the node gives back another message"
expect 0 p export access --format json
says '"op":"write"'

# What parse said can be fed: the lines behind {"kind":"message"} are one message.
expect 0 "$puente" init other --office us.cbp --country US
expect 0 "$puente" -C other feed --whole whole.jsonl
expect 0 "$puente" -C other --json list item
says 'TRUCK TIRES'
expect 0 "$puente" -C other verify

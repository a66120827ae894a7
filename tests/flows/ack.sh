# Answers to the sender, read by awk: envelopes, counts, references; a bad message gets the lines it should.
. "$(dirname "$0")/lib"

# x12 FILE: an independent reader. Every SE, GE and IEA counts and refers as it must.
x12() {
    tr -d '\n' <"$1" | awk -v RS='~' -F'*' '
        function bad(what) { print what ": " $0; exit 1 }
        NF == 0 { next }
        $1 == "ISA" { if (length($0) != 105) bad("length of ISA"); isa = $14; groups = 0; next }
        $1 == "GS" { groups++; gs = $7; sets = 0; next }
        $1 == "ST" { sets++; st = $3; n = 0 }
        { n++ }
        $1 == "SE" && ($2 != n || $3 != st) { bad("SE, counted " n) }
        $1 == "GE" && ($2 != sets || $3 != gs) { bad("GE, counted " sets) }
        $1 == "IEA" { if ($2 != groups || $3 != isa) bad("IEA, counted " groups); ends++ }
        END { if (!ends) { print "no IEA"; exit 1 } }' || fail "$1 does not count"
}
# edifact FILE: the same of UNT, UNE, UNZ (no released delimiters in what we give it).
edifact() {
    tr -d '\n' <"$1" | awk -v RS="'" -F'+' '
        function bad(what) { print what ": " $0; exit 1 }
        NF == 0 { next }
        $1 == "UNB" { unb = $6; groups = messages = 0; next }
        $1 == "UNG" { groups++; ung = $6; inside = 0; next }
        $1 == "UNH" { messages++; inside++; unh = $2; n = 0 }
        { n++ }
        $1 == "UNT" && ($2 != n || $3 != unh) { bad("UNT, counted " n) }
        $1 == "UNE" && ($2 != inside || $3 != ung) { bad("UNE, counted " inside) }
        $1 == "UNZ" { if ($2 != (groups ? groups : messages) || $3 != unb) bad("UNZ"); ends++ }
        END { if (!ends) { print "no UNZ"; exit 1 } }' || fail "$1 does not count"
}

# A clean 309.
manifest_309 7 BILL7 >good.edi
expect 0 "$puente" ack good.edi
says 'AK5*A~'
says 'AK9*A*1*1*1~'
says 'K1*ACCEPTED~'
quiet 'TA1*'
cp out answer
x12 answer
expect 0 "$puente" ack --kind 997 --control 42 good.edi
says '*000000042*'
quiet 'ST*355'
cp out answer
x12 answer
expect 0 "$puente" parse answer # our own reader has nothing to say

# A bad one.
sed 's/SE\*10/SE*99/; s/20261124/20261324/; s/N10\*390/N10*39X/' good.edi >bad.edi
cat good.edi >>bad.edi
expect 1 "$puente" ack bad.edi
says 'AK3*P4*3*P4*8~'
says 'AK4*2**8*20261324~'
says 'AK3*N10*9*N10*8~'
says 'AK4*1**6*39X~'
says 'AK5*E*5*4~'
says 'AK5*A~'
says 'K1*306 N10 9-01*39X~'
cp out answer
x12 answer
[ "$(grep -c '^ISA' answer)" = 2 ] || fail "two interchanges, two answers"

# A cargo report: UCS and UCD, and CUSRES below the bill.
cat >good.cuscar <<'END'
UNB+UNOA:3+TXPC:ZZ+ADUANA:ZZ+261121:1015+77'
UNH+M1+CUSCAR:D:03B:UN'
BGM+85+TXPC4471X21+9'
DTM+132:202611241030:203'
NAD+CA+TXPC:172'
TDT+11++03+BT'
LOC+60+2304:77'
CNI+1'
RFF+BM:8812045'
GID+1+26:PKG'
FTX+AAA+++BRAKE ASSEMBLIES'
MEA+AAI++KGM:19400'
UNT+12+M1'
UNZ+1+77'
END
expect 0 "$puente" ack good.cuscar
says "UCI+77+TXPC:ZZ+ADUANA:ZZ+7'"
says 'BGM+962+TXPC4471X21+11+AP'
quiet 'UCM+'
cp out answer
edifact answer
sed 's/GID+1+26/GID+1+2X/; s/^MEA/QQQ/; s/UNT+12/UNT+40/' good.cuscar >bad.cuscar
expect 1 "$puente" ack bad.cuscar
says "UCM+M1+CUSCAR:D:03B:UN+7+29+UNT+1'"
says "UCS+9'"
says "UCD+37+2:1'"
says "UCS+11+15'"
says "DOC+714+8812045'"
says "ERP+2:8812045:9+GID:2.1'"
says "ERC+306'"
says ":2X'"
cp out answer
edifact answer
expect 1 "$puente" --lang es ack --kind cusres bad.cuscar
says "ERC+306'"
quiet 'CONTRL'
expect 0 "$puente" ack --kind contrl good.cuscar
cp out answer
expect 0 "$puente" parse answer

# Nothing to answer.
expect 2 "$puente" ack answer
expect 2 "$puente" ack nowhere.edi
printf 'name,age\nx,1\n' >t.csv
expect 2 "$puente" ack t.csv
expect 2 "$puente" ack --kind 998 good.edi

# Profiles: the one of docs/profiles.md, in a folder and in a node.
expect 0 "$puente" profile list
says ace-truck-2007
expect 0 "$puente" profile show ace-truck-2007
says 'Below CNI the segment DOC may stand'
mkdir profiles
sed -n '/^```profile$/,/^```$/p' "$here/docs/profiles.md" | grep -v '^```' >profiles/txpc.tbl
expect 0 "$puente" profile list --profiles profiles
says txpc-truck
says 2027-01-01
sed 's/+261121:/+270301:/; s/UNT+12/UNT+40/' good.cuscar >sloppy.cuscar
expect 1 "$puente" parse sloppy.cuscar
expect 0 "$puente" parse --profiles profiles sloppy.cuscar
expect 0 "$puente" ack --profiles profiles sloppy.cuscar
expect 0 "$puente" profile test txpc-truck sloppy.cuscar good.cuscar --profiles profiles --json
says '{"file":"sloppy.cuscar","code":"edifact.unt.count","change":"gone","without":"1 warning","with":"0"}'
sed 's/GID+1+26/GID+1+2X/' sloppy.cuscar >refused.cuscar
expect 1 "$puente" profile test txpc-truck refused.cuscar --profiles profiles --json
says '"change":"verdict","without":"taken","with":"refused"'
expect 1 "$puente" ack --profiles profiles --kind contrl refused.cuscar
says "UCM+M1+CUSCAR:D:03B:UN+4'"
expect 2 "$puente" parse --profile no-such good.cuscar
expect 1 "$puente" profile show no-such
expect 2 "$puente" profile test txpc-truck --profiles profiles
echo '  tolerate nothing.such' >>profiles/txpc.tbl
expect 2 "$puente" parse --profiles profiles good.cuscar
complains "txpc.tbl, line $(wc -l <profiles/txpc.tbl)"
sed -i '$d' profiles/txpc.tbl
expect 0 "$puente" init node --office us.cbp --country US
expect 1 "$puente" -C node feed sloppy.cuscar
mv profiles node/
sed 's/TXPC4471X21/TXPC4471X22/; s/+77/+78/' sloppy.cuscar >again.cuscar
expect 0 "$puente" -C node feed again.cuscar

# Over HTTP.
serve node
curl -sS -X POST -H 'Content-Type: application/EDI-X12' --data-binary @bad.edi "$url/api/v1/ack?kind=997" >out 2>err || fail curl
says 'AK4*1**6*39X~'
cp out answer
x12 answer

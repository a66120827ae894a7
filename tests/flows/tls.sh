# The peers' door and every way to knock at it: who is met comes in, all others are refused, counted and told of.
. "$(dirname "$0")/lib"
for tool in openssl certtool gnutls-cli curl; do
    command -v "$tool" >/dev/null || { echo "skip: no $tool (tools/setup check)"; exit 0; }
done

# Two offices meet: each hands over its card, and reads its safety number over the phone.
expect 0 "$puente" init us --office us.cbp --country US
expect 0 "$puente" init mx --office mx.anam --country MX
expect 0 "$puente" -C us card --url https://127.0.0.1:8802 --out us.card
heard_of_us=$(sed -n 's/^safety number *//p' out)
expect 0 "$puente" -C mx card --out mx.card
heard_of_mx=$(sed -n 's/^safety number *//p' out)
expect 1 "$puente" -C us meet mx.card
quiet "$heard_of_mx"
expect 1 "$puente" -C us meet mx.card --safety-number "$heard_of_us"
expect 0 "$puente" -C us meet mx.card --safety-number "$heard_of_mx"
expect 0 "$puente" -C mx meet us.card --safety-number "$heard_of_us"
expect 0 "$puente" -C us peers
says "$heard_of_mx"

# Exercise and reality never meet.
expect 0 "$puente" init play --office mx.sat --country MX --exercise
expect 0 "$puente" -C play card --out play.card
expect 1 "$puente" -C us meet play.card --safety-number "$(sed -n 's/^safety number *//p' out)"

start() {
    : >served
    "$puente" -C us serve --port 0 --peers-port 0 --peers-bind 127.0.0.1 --log >served 2>&1 &
    server=$!
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        port=$(sed -n 's#.*https://127.0.0.1:\([0-9]*\)/.*#\1#p' served)
        [ -z "$port" ] || return 0
        sleep 0.2
    done
    fail "it does not serve: $(cat served)"
}
stop() {
    kill -TERM $server
    wait $server || fail "the server ended with $?"
    cat served >>all
}
trap 'kill $server 2>/dev/null || :; rm -rf "$tmp"' EXIT
# knock CURL-ARGUMENTS: the HTTP status, 000 when there was none.
knock() { curl -sS -k -o body -w '%{http_code}' --max-time 10 "$@" "https://127.0.0.1:$port/peer/v1/nothing" 2>err || :; }
come_in() { [ "$(knock "$@")" = 404 ] || fail "who was met is not let in ($*): $(cat err served)"; }
# turned_away REASON CURL-ARGUMENTS: no answer, and the reason in the log. It may take a moment until it is there.
turned_away() {
    reason=$1
    shift
    status=$(knock "$@")
    [ "$status" = 000 ] || fail "$reason: answered $status"
    logged "$reason"
}
logged() {
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        grep -q "refused 127.0.0.1 .*: $1" served && return 0
        sleep 0.2
    done
    fail "not in the log: $1: $(cat served)"
}
# certificate NAME KEY FROM UNTIL: one for mx.anam with these dates.
certificate() {
    printf 'cn = "mx.anam"\nactivation_date = "%s"\nexpiration_date = "%s"\n' "$3" "$4" >template
    certtool --generate-self-signed --load-privkey "$2" --template template --outfile "$1" >/dev/null 2>&1
}

start
come_in --cert mx/keys/tls.crt --key mx/keys/tls.key
certificate expired.crt mx/keys/tls.key '2024-01-01 00:00:00' '2025-01-01 00:00:00'
turned_away 'the certificate has expired' --cert expired.crt --key mx/keys/tls.key
certificate early.crt mx/keys/tls.key '2094-01-01 00:00:00' '2095-01-01 00:00:00'
turned_away 'the certificate is not valid yet' --cert early.crt --key mx/keys/tls.key
certtool --generate-privkey --key-type ed25519 --outfile other.key >/dev/null 2>&1
certificate other.crt other.key '2024-01-01 00:00:00' '2095-01-01 00:00:00'
turned_away 'the certificate is of no peer of this node' --cert other.crt --key other.key
turned_away 'no certificate was shown'
# The peer's key, certified by an authority: nobody's word counts but its own.
openssl req -new -key mx/keys/tls.key -subj /CN=mx.anam -out mx.csr 2>/dev/null
openssl x509 -req -in mx.csr -CA other.crt -CAkey other.key -CAcreateserial -days 9 -out issued.crt 2>/dev/null
turned_away 'the certificate is not signed by its own key' --cert issued.crt --key mx/keys/tls.key
turned_away 'no TLS 1.3 handshake came about' --tls-max 1.2 --cert mx/keys/tls.crt --key mx/keys/tls.key
stop

# Each by itself from here on, since what repeats itself is told once in a while.
start
gnutls-cli --insecure --priority NORMAL:-VERS-ALL:+VERS-TLS1.2 --x509certfile mx/keys/tls.crt \
    --x509keyfile mx/keys/tls.key -p "$port" 127.0.0.1 </dev/null >out 2>&1 && fail "TLS 1.2 was spoken"
logged 'no TLS 1.3 handshake came about'
stop
start
curl -sS --max-time 10 "http://127.0.0.1:$port/" >out 2>err && fail "plain HTTP was answered: $(cat out)"
logged 'no TLS 1.3 handshake came about'
stop
start
# There is no way to become somebody else on an open line: TLS 1.3 knows no renegotiation, and no ticket is issued.
(sleep 1; echo R; sleep 1) | openssl s_client -connect "127.0.0.1:$port" -cert mx/keys/tls.crt -key mx/keys/tls.key \
    >out 2>&1 || :
grep -q 'TLSv1.3' out || fail "no line: $(cat out)"
! grep -q 'New Session Ticket' out || fail "a ticket was issued"
! openssl s_client -connect "127.0.0.1:$port" -tls1_2 -legacy_renegotiation -cert mx/keys/tls.crt \
    -key mx/keys/tls.key </dev/null >out 2>&1 || fail "an old protocol was spoken"
come_in --cert mx/keys/tls.crt --key mx/keys/tls.key
stop

# New dates for the same key: let in on the old card. A new key: only when its card was met, and the old one no more.
expect 0 "$puente" -C mx card --renew --out mx.card
start
come_in --cert mx/keys/tls.crt --key mx/keys/tls.key
cp mx/keys/tls.key old.key
cp mx/keys/tls.crt old.crt
expect 0 "$puente" -C mx card --new-key --out mx.card
turned_away 'the certificate is of no peer of this node' --cert mx/keys/tls.crt --key mx/keys/tls.key
come_in --cert old.crt --key old.key
stop
expect 0 "$puente" -C us meet mx.card
start
come_in --cert mx/keys/tls.crt --key mx/keys/tls.key
turned_away 'the certificate is not the one that was expected' --cert old.crt --key old.key
stop
grep -q '^refused 127.0.0.1 mx.anam: the certificate is not the one' all || fail "whose it was is not told"

# doctor tells of it, and nobody of these filled the journal.
expect 0 "$puente" -C us doctor
says 'refused 127.0.0.1 mx.anam'
expect 0 "$puente" -C us verify
says 'entries  2'

# A copy of the node can still speak: it has the same keys.
expect 0 "$puente" -C mx backup mx2
cmp mx/keys/tls.key mx2/keys/tls.key || fail "the copy has another key"
cmp mx/keys/box.key mx2/keys/box.key || fail "the copy has another box key"

# A third office, met and let in, asks for what is between the other two: it learns no more than of an agreement that
# there is not, and it is told of. `ask` is the message [{1: 2, 2: id, 3: 1, 4: 0, 5: root of nothing, 6: no receipt}].
ask() {
    printf '81a601020250%s0301040005582%s0640' "$(printf %s "$1" | tr -d -)" \
        0e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 | tr a-f A-F | basenc -d --base16 >message
    curl -sS -k -o "$2" -w '%{http_code}' --max-time 10 --cert "$3/keys/tls.crt" --key "$3/keys/tls.key" \
        -H 'Content-Type: application/cbor' --data-binary @message "https://127.0.0.1:$port/peer/v1/message" >status ||
        fail "no answer"
    [ "$(cat status)" = 200 ] || fail "answered $(cat status): $(cat "$2")"
}
expect 0 "$puente" -C us --json agreement propose mx.anam --basis 'Article 1' --out proposal
id=$(sed -n 's/.*"id":"\([^"]*\)".*/\1/p' out)
expect 0 "$puente" -C mx agreement sign proposal --out signed
expect 0 "$puente" -C us agreement sign signed
says 'in force'
expect 0 "$puente" -C us add trip mode=road direction=south carrier=ABCD trip_number=S1
expect 0 "$puente" init gt --office gt.sat --country GT
expect 0 "$puente" -C gt card --out gt.card
expect 0 "$puente" -C us meet gt.card --safety-number "$(sed -n 's/^safety number *//p' out)"
start
ask "$id" theirs gt
grep -q papers theirs || fail "it is not refused"
! grep -q ABCD theirs || fail "another office's channel was read"
logged 'it asked under an agreement that is between others'
grep -q '^refused 127.0.0.1 gt.sat: it asked under' served || fail "who it was is not told: $(cat served)"
ask 0199e6a2-7c1e-7b3f-8a5d-1f2e3d4c5b6a nobodys gt
cmp theirs nobodys || fail "it can tell that there is such an agreement"
ask "$id" own mx
grep -q ABCD own || fail "whose it is gets nothing"
stop
expect 0 "$puente" -C us doctor
says 'refused 127.0.0.1 gt.sat'
expect 0 "$puente" -C us channels
quiet gt.sat

# Two nodes, each in a network of its own, and the line between them: slow, lossy, cut. Needs root and namespaces.
. "$(dirname "$0")/lib"
[ "$(id -u)" = 0 ] || { echo "skip: two networks need root"; exit 0; }
command -v ip >/dev/null && command -v curl >/dev/null || { echo "skip: no ip or curl (tools/setup check)"; exit 0; }
"$puente" help sync >/dev/null 2>&1 || { echo "skip: this program has no sync"; exit 0; }
us=puente-us-$$ mx=puente-mx-$$
ip netns add "$us" 2>/dev/null || { echo "skip: no network namespaces here"; exit 0; }
ends="ip netns del $us 2>/dev/null; ip netns del $mx 2>/dev/null; rm -rf $tmp"
trap 'kill $one $two 2>/dev/null || :; eval "$ends"' EXIT
one= two=
ip netns add "$mx"
ip -n "$us" link add line type veth peer name line netns "$mx" 2>/dev/null || { echo "skip: no veth here"; exit 0; }
ip -n "$us" addr add 10.77.0.1/24 dev line
ip -n "$mx" addr add 10.77.0.2/24 dev line
for ns in "$us" "$mx"; do
    ip -n "$ns" link set lo up
    ip -n "$ns" link set line up
done

expect 0 "$puente" init us --office us.cbp --country US
expect 0 "$puente" init mx --office mx.anam --country MX
expect 0 "$puente" -C us card --url https://10.77.0.1:8802 --out us.card
heard=$(sed -n 's/^safety number *//p' out)
expect 0 "$puente" -C mx meet us.card --safety-number "$heard"
expect 0 "$puente" -C mx card --url https://10.77.0.2:8802 --out mx.card
heard=$(sed -n 's/^safety number *//p' out)
expect 0 "$puente" -C us meet mx.card --safety-number "$heard"
ip netns exec "$us" "$puente" -C us serve --port 8801 --peers-port 8802 --log >us.log 2>&1 &
one=$!
serve_mx() {
    ip netns exec "$mx" "$puente" -C mx serve --port 8801 --peers-port 8802 --log >>mx.log 2>&1 &
    two=$!
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        ip netns exec "$mx" curl -s -o code http://127.0.0.1:8801/ && return 0
        sleep 0.2
    done
    fail "mx does not serve: $(cat mx.log)"
}
serve_mx

# sync NAMESPACE: the node there talks to everybody it has met; its answer in ./out.
sync() {
    ip netns exec "$1" curl -sS --retry 5 --retry-connrefused --retry-delay 1 --max-time 120 -o out -X POST \
        -H 'Content-Type: application/json' -d '{}' http://127.0.0.1:8801/api/v1/sync 2>err
}
went() {
    sync "$1" || fail "no answer"
    quiet '"problem"'
    says '"requests":1'
}
went "$us"
went "$mx"
grep -q 'POST /peer/v1/message 200 .* us.cbp' mx.log || fail "mx did not see who called: $(cat mx.log)"

# A satellite's delay, every tenth packet lost.
if ip netns exec "$us" tc qdisc add dev line root netem delay 150ms 30ms loss 10% 2>/dev/null; then
    went "$us"
    went "$mx"
    ip netns exec "$us" tc qdisc del dev line root
else
    echo "skip: no netem in this kernel: neither delay nor loss were tried"
fi

# Cut: nobody waits for ever, both go on by themselves, and afterwards it is as if nothing had been. (The far end
# falls silent, as behind a router: nothing says that it is gone.)
ip -n "$mx" addr del 10.77.0.2/24 dev line
ip -n "$us" neigh flush dev line
sync "$us" || fail "a node must answer its officers when the line is cut"
says '"problem"'
says 'mx.anam'
ip netns exec "$mx" curl -sS -o out -X POST -H 'Content-Type: application/json' \
    -d '{"port":"2304","port_scheme":"schedule-d","direction":"north","mode":"road","minutes":9,"method":"camera","lane":"general","source":"mx.anam","observed":"2026-11-21T10:00:00Z"}' \
    http://127.0.0.1:8801/api/v1/records/wait 2>err
says '"id"'
ip -n "$mx" addr add 10.77.0.2/24 dev line
went "$us"
went "$mx"

# The line breaks in the middle of the day's work and comes back: the connection that was kept is no trap.
for i in 1 2 3; do
    ip -n "$mx" link set line down
    ip -n "$mx" link set line up
    went "$us"
done

# Somebody else answers at the address of mx, or mx has drawn a new key: not spoken to, until its card was met.
kill -TERM "$two"
wait "$two" || fail "mx ended with $?"
expect 0 "$puente" -C mx card --url https://10.77.0.2:8802 --new-key --out mx.card
serve_mx
sync "$us" || fail "no answer"
says 'the certificate is not the one that was expected'
ip netns exec "$us" curl -sS -o out --data-binary @mx.card -H 'Content-Type: application/octet-stream' \
    http://127.0.0.1:8801/api/v1/peers 2>err
says '"met":true'
went "$us"
went "$mx"

kill -TERM "$one" "$two"
wait "$one" || fail "us ended with $?"
wait "$two" || fail "mx ended with $?"
! grep -q '^refused' us.log mx.log || fail "somebody was refused: $(grep -h '^refused' us.log mx.log)"
expect 0 "$puente" -C us verify
expect 0 "$puente" -C mx verify

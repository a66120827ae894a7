# The HTTP API and the first page.
. "$(dirname "$0")/lib"
expect 0 "$puente" init node --office us.cbp --country US
manifest_309 7 BILL7 >good.edi
"$puente" -C node serve --port 0 >served 2>&1 &
server=$!
trap 'kill $server 2>/dev/null || :; rm -rf "$tmp"' EXIT
get() { curl -sS -o out -w '%{http_code}\n' "$@" >code 2>err || fail "curl $*"; }
answered() { [ "$(cat code)" = "$1" ] || fail "answered $(cat code), not $1"; }
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    url=$(sed -n 's#.*\(http://127.0.0.1:[0-9]*\)/.*#\1#p' served)
    [ -z "$url" ] || break
    sleep 0.2
done
[ -n "$url" ] || fail "it does not serve: $(cat served)"

get -X POST -H 'Content-Type: application/EDI-X12' --data-binary @good.edi $url/api/v1/messages
answered 200
get $url/api/v1/records/consignment?bill=BILL7
answered 200
says '"bill":"BILL7"'
get -X POST -H 'Content-Type: application/json' -d '{"port":"2304","observed":"2026-13-01T10:00:00Z"}' $url/api/v1/records/wait
answered 422
says '"field.'
get -X POST -H 'Content-Type: application/json' -H 'Accept-Language: es' -d '{"port"' $url/api/v1/records/wait
[ "$(cat code)" = 400 ] || answered 422
get $url/api/v1/nothing
answered 404
get -H 'Host: evil.example' $url/api/v1/kinds
[ "$(cat code)" != 200 ] || fail "another host's name is served"
get $url/api/v1/openapi.json
answered 200
says '"openapi":"3.1'
get $url/
answered 200
says '<html'
kill -TERM $server
wait $server || fail "the server ended with $?"
expect 0 "$puente" -C node verify

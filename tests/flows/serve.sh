# The HTTP API and the first page.
. "$(dirname "$0")/lib"
expect 0 "$puente" init node --office us.cbp --country US
manifest_309 7 BILL7 >good.edi
serve node

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

# A newer edition of a list: only what changed enters, what is gone is withdrawn, half a file withdraws nothing.
. "$(dirname "$0")/lib"
p() { "$puente" -C node "$@"; }
row() { printf '%s,"%s","individual","SDNT","-0- ","-0- ","-0- ","-0- ","-0- ","-0- ","-0- ","%s"\n' "$1" "$2" "$3"; }
alias() { printf '%s,%s,"aka","%s","-0- "\n' "$1" "$2" "$3"; }

first() {
    for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30; do
        row "$i" "EJEMPLO NUMERO $i, Ana" "Passport X$i (Mexico)."
    done
}
first >sdn.csv
alias 1 101 "LA DEL UNO" >alt.csv
alias 2 102 "LA DEL DOS" >>alt.csv

expect 0 "$puente" init node --office us.cbp --country US
expect 0 p lists update sdn.csv alt.csv --json
says '"kind":"alert","before":0,"added":30'
says '"kind":"alert_name","before":0,"added":2'
before=$(p verify --json | sed 's/.*"entries":\([0-9]*\).*/\1/')

# The same edition again says only that it was looked at.
expect 0 p lists update sdn.csv alt.csv --json
says '"kind":"alert","before":30,"added":0,"changed":0,"withdrawn":0,"unchanged":30'
after=$(p verify --json | sed 's/.*"entries":\([0-9]*\).*/\1/')
[ "$after" = $((before + 1)) ] || fail "an unchanged edition brought $((after - before)) entries"

# One is new, one changed, one gone; of the aliases one is gone.
first | sed '/^3,/d; s/^4,"EJEMPLO NUMERO 4, Ana"/4,"EJEMPLO NUMERO 4, Berta"/' >sdn.csv
row 31 "EJEMPLO NUMERO 31, Ana" "Passport X31 (Mexico)." >>sdn.csv
alias 1 101 "LA DEL UNO" >alt.csv
expect 0 p lists update sdn.csv alt.csv --json
says '"kind":"alert","before":30,"added":1,"changed":1,"withdrawn":1,"unchanged":28'
says '"kind":"alert_name","before":2,"added":0,"changed":0,"withdrawn":1,"unchanged":1'
says '"kind":"alert_identifier","before":30,"added":1,"changed":0,"withdrawn":1,"unchanged":29'

# It comes back.
first >sdn.csv
alias 1 101 "LA DEL UNO" >alt.csv
alias 2 102 "LA DEL DOS" >>alt.csv
expect 0 p lists update sdn.csv alt.csv --json
says '"kind":"alert","before":30,"added":0,"changed":2,"withdrawn":1,"unchanged":28'
says '"kind":"alert_name","before":1,"added":1'

# Half a file is no edition: nothing is withdrawn, and that is said; unless it is the whole one.
head -n 4 sdn.csv >half.csv
expect 1 p lists update half.csv --as ofac-sdn
says 'too much of what stands is missing'
expect 0 p lists update half.csv --as ofac-sdn --complete --json
says '"kind":"alert","before":30,"added":0,"changed":0,"withdrawn":26,"unchanged":4'
expect 0 p list alert --status=withdrawn --limit 100 --json

# What is looked for, and how old it is.
expect 0 p lists coverage --json
says '"list":"ofac-sdn","authority":"us.ofac","alerts":4,"over":0,"names":0,"numbers":4'
says '"withdrawn":27'
says '"days_old":0,"within_30_days":4'

# What is no list is refused, and nothing enters.
manifest_309 7 99MSCU1 >in.309
expect 1 p lists update in.309
complains 'there is no list in these files'
expect 2 p lists update nowhere.csv

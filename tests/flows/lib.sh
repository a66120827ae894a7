# tests/flows/lib.sh: sourced by the flows. A flow is a story that a user could have typed.
set -eu
here=$(cd "$(dirname "$0")/../.." && pwd)
puente=$here/build/puente
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"

fail() {
    echo "FAIL: $*" >&2
    [ ! -f out ] || { echo "--- stdout"; head -n 30 out; echo "--- stderr"; head -n 30 err; } >&2
    exit 1
}

# expect STATUS COMMAND...: runs it, keeps stdout in ./out and stderr in ./err.
expect() {
    want=$1
    shift
    rc=0
    "$@" >out 2>err || rc=$?
    [ "$rc" = "$want" ] || fail "$* ended with $rc, not $want"
}
# says TEXT: the last command's stdout has it; complains TEXT: its stderr.
says() { grep -qF -- "$1" out || fail "stdout does not say: $1"; }
complains() { grep -qF -- "$1" err || fail "stderr does not say: $1"; }
quiet() { ! grep -qF -- "$1" out err || fail "it says: $1"; }

# A short, correct ocean 309 with one bill; $1 = control number, $2 = bill.
manifest_309() {
    printf 'ISA*00*          *00*          *02*MSCU           *ZZ*CBPACE         *261121*1015*U*00401*%09d*0*P*>~\n' "$1"
    printf 'GS*SO*MSCU*CBPACE*20261121*1015*%d*X*004010~\nST*309*%04d~\n' "$1" "$1"
    printf 'M10*MSCU*O*LR*9283186*MONTE CERVANTES*320N*100%d**1*L~\nP4*1803*20261124~\n' "$1"
    printf 'LX*1~\nM11*%s*35177*390*PKG*14404*K******MSCU~\nN1*SH*CITRICOS DEL GOLFO SA DE CV~\n' "$2"
    printf 'N1*CN*LAKELAND COMMERCE INC~\nVID*4B*MSCU*6639870*SEAL77~\nN10*390*TRUCK TIRES**J*401120~\n'
    printf 'SE*10*%04d~\nGE*1*%d~\nIEA*1*%09d~\n' "$1" "$1" "$1"
}

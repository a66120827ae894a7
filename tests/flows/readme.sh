# The README's tour, typed as it stands there: every command works, and says what the README shows.
. "$(dirname "$0")/lib"
PATH=$here/build:$PATH
cp "$here/docs/tour/manifest.x12" .

# Commands are the lines "$ ..." of the console blocks; other lines are expected output, "..." is anything.
# The README's ports may be somebody else's here.
port=$((20000 + $$ % 20000))
trap 'kill $! 2>/dev/null || :; rm -rf "$tmp"' EXIT

awk '/^```console$/ { on = 1; next } /^```/ { on = 0 } on' "$here/README.md" |
    sed "s/8801/$port/g; s/8811/$((port + 10))/g; s/sleep 1$/sleep 2/" >tour
[ -s tour ] || fail "the README has no tour"
awk '
/^\$ / { print substr($0, 3) " >out 2>err || { rc=$?; [ $rc = 1 ] || fail \"the tour ended with $rc\"; }"
         if ($0 ~ /^\$ [a-z]*=\$\(/) sub(/ >out 2>err.*/, "", $0); next }
/^\.\.\.$/ { next }
{ gsub(/\047/, "\047\\\047\047"); print "says \047" $0 "\047" }' tour |
    sed 's/^\([a-z]*=\$(.*)\) >out 2>err.*/\1/; s/\(>[a-z.]*\) >out \(2>err\)/\1 \2/' >script
. ./script

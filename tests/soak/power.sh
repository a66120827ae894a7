#!/bin/sh
# power.sh PROGRAMS [ROUNDS]: the power fails under load. A node on a file system of its own, in a file; appends
# from several threads; the file system is shut down without a flush, mounted again, and each record answered for
# must be there. A file written without fsync is the control: it must be gone, or the run proves nothing.
set -eu
bin=$1
rounds=${2:-3}

skip() {
    echo "skip: power loss not simulated: $1"
    exit 77
}

[ "$(id -u)" = 0 ] || skip "it takes root to mount a file system"
PATH=$PATH:/usr/sbin:/sbin
for tool in mkfs.ext4 losetup mount umount; do
    command -v "$tool" >/dev/null || skip "$tool is not installed"
done
[ -e /dev/loop-control ] || skip "there is no loop device here"

work=$(mktemp -d)
mounted=
tidy() {
    [ -z "$mounted" ] || umount "$work/mnt" 2>/dev/null || umount -l "$work/mnt" || true
    rm -rf "$work"
}
trap tidy EXIT
mkdir "$work/mnt"

round() {
    truncate -s 256M "$work/image"
    mkfs.ext4 -q -F "$work/image" || skip "mkfs.ext4 fails"
    mount -o loop "$work/image" "$work/mnt" 2>"$work/why" || skip "loop mounts are not allowed ($(cat "$work/why"))"
    mounted=yes
    "$bin/journal" load "$work/mnt/node" >"$work/answers" 2>/dev/null &
    pid=$!
    sleep "$1"
    echo control >"$work/mnt/control"
    # A power failure stops the processor too: nobody is answered after it. Without this a thread that was inside
    # fsync while the file system went down can come back with success (jbd2 takes the aborted transaction for a
    # finished one), and would answer for what no disk has.
    kill -STOP "$pid"
    "$bin/godown" "$work/mnt" 2>"$work/why" || skip "the kernel does not shut file systems down ($(cat "$work/why"))"
    kill -KILL "$pid"
    wait "$pid" 2>/dev/null || true
    umount "$work/mnt"
    mounted=
    mount -o loop "$work/image" "$work/mnt"
    mounted=yes
    if [ -s "$work/mnt/control" ]; then
        echo "power.sh: the control file survived without fsync: this shut-down loses nothing" >&2
        exit 1
    fi
    "$bin/journal" check "$work/mnt/node" <"$work/answers"
    umount "$work/mnt"
    mounted=
}

i=0
while [ "$i" -lt "$rounds" ]; do
    i=$((i + 1))
    round "1.$i"
done

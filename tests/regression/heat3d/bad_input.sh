#!/bin/bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Bad input gets exit status 2, nothing on stdout, and exactly one line on stderr, which names what is wrong, at once.
# shellcheck source=tests/support/application.sh
source "$(dirname "$0")/../../support/application.sh" "$1"

# Of bad input it complains before it computes: these would take hours.
long=(-n 200 -s 1000000000)

for value in 0 -1 abc '' 1.5 21x 0x10 ' 21' +21 4097 99999999999999999999999; do
    expect_complaint "'$value'" "${long[@]}" -n "$value"
done
for value in 0 1000000001 -1 many ''; do expect_complaint "'$value'" "${long[@]}" -s "$value"; done
for value in 0 1025 -3 many ''; do expect_complaint "'$value'" "${long[@]}" -t "$value"; done
expect_complaint "'0'" "${long[@]}" -n0
for option in -z --foo --slices -N --n -; do expect_complaint "$option" "${long[@]}" "$option"; done
expect_complaint "'cube'" "${long[@]}" cube
expect_complaint "'new\\x0aline'" "${long[@]}" $'new\nline'
for option in -n -s -t --slice; do expect_complaint "$option" "$option"; done
expect_complaint '--check' --check=yes
expect_complaint 'empty' "${long[@]}" --slice ''

# Files that cannot be written.
for name in slice.gif slice png .pngx; do expect_complaint "'$name'" "${long[@]}" --slice "$name"; done
expect_complaint 'No such file' "${long[@]}" --slice missing/slice.png
mkdir folder.png
expect_complaint 'folder.png' "${long[@]}" --slice folder.png
expect_complaint '/proc/slice.ppm' "${long[@]}" --slice /proc/slice.ppm
expect_complaint 'new\x0aline.gif' "${long[@]}" --slice $'new\nline.gif'
[ ! -e slice.gif ] || fail "a file of a wrong kind was made"

# More memory than there is.
if [ "$(awk '/^MemTotal/ { print int($2 / 1e6) }' /proc/meminfo)" -lt 1000 ]; then
    expect_complaint '-n 4096 takes 1103 GB' -n 4096 --slice kept.ppm
    [ ! -e kept.ppm ] || fail "a file was made for nothing"
fi

# What is no bad input: help, and files that get full.
checks=$((checks + 1))
"$program" -n 7 --help >out 2>err || fail "status $? of --help"
grep -q '^Usage: heat3d' out && [ ! -s err ] || fail "--help prints something else"
ln -s /dev/full full.ppm
for arguments in '--slice full.ppm' '--check'; do
    checks=$((checks + 1))
    status=0
    # shellcheck disable=SC2086
    "$program" -n 20 -s 2 $arguments >/dev/full 2>err || status=$?
    [ "$status" -eq 1 ] && [ "$(wc -l <err)" -eq 1 ] && grep -q 'No space' err ||
        fail "status $status, and $(cat err), of $arguments with a full device"
done

finish

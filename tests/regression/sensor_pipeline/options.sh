#!/bin/bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# A bad command line gets exit status 2, nothing on stdout, and exactly one line on stderr, which names what is wrong.
source "$(dirname "$0")/common.sh" "$1"

generate good.sens --instants 1 --targets 2 "${clean[@]}"

while read -r option least most; do
    for value in "$((least - 1))" "$((most + 1))" few '' 99999999999999999999999; do
        expect_complaint "option $option takes a number from $least to $most, not '$value'" good.sens "$option=$value"
    done
    expect_complaint "option $option needs a value" good.sens "$option"
done <<'END'
--rate 1 1000
--deadline 1 60000
--tokens 1 10000
--workers 1 1024
--wait 1 10000
--threshold 1 60
--seed 0 1000000000
--instants 1 100000
--sensors 1 16
--targets 0 100
--lose 0 1000
--damage 0 1000
--delay 0 1000
END
for option in -z --foo --rat -T --token=3; do expect_complaint "${option%%=*}" good.sens "$option"; done
for option in --check --list --help; do expect_complaint "$option" good.sens "$option=yes"; done
expect_complaint '--generate' --generate
expect_complaint 'empty' --generate ''
expect_complaint 'empty' ''
expect_complaint 'no recording given'
expect_complaint 'no recording given' --check
expect_complaint "not also 'other.sens'" good.sens other.sens
expect_complaint '--seed goes with --generate only' good.sens --seed 4
expect_complaint "--generate takes no recording, not 'good.sens'" --generate new.sens good.sens
for option in --rate=1 --tokens=2 --check --list --deadline=3 --wait=4 --threshold=5; do
    expect_complaint "option ${option%%=*} does not go with --generate" --generate new.sens "$option"
done
[ ! -e new.sens ] || fail "a recording that was not to be made"

# What is no bad input: help, and a stdout or a file that is full.
checks=$((checks + 1))
"$program" --tokens 7 --help >out 2>err || fail "status $? of --help"
grep -q '^Usage: sensor_pipeline' out && [ ! -s err ] || fail "--help prints something else"
for arguments in '--check good.sens' '--generate /dev/full'; do
    checks=$((checks + 1))
    status=0
    # shellcheck disable=SC2086
    "$program" $arguments >/dev/full 2>err || status=$?
    [ "$status" -eq 1 ] && [ "$(wc -l <err)" -eq 1 ] || fail "status $status, and $(cat err), when stdout is full"
done

finish

#!/bin/bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# The whole report of a run as fast as it goes, and of one at the recorded speed and faster. No time is expected to be
# short, but the recording takes what it takes.
source "$(dirname "$0")/common.sh" "$1"

generate play.sens --instants 20
time='[0-9.]*'
latencies=("ms min median 99 % max$" "latency $time $time $time $time from the frame" "age $time $time $time $time from")

expect_success play.sens -t 3 --deadline 60000
expect_lines '3 workers, 12 tokens$' "${latencies[@]}" "bound $time ms: (2 x 12 - 1) tokens of at most $time ms of work;" \
    'deadline 60000 ms: kept by all 20$' 'seconds frames/s MB/s speed-up$' "plain loop $time $time $time 1.00$" \
    "1 worker $time $time $time $time$" "3 workers $time $time $time $time$"
expect_success play.sens --workers 1 --tokens 2
expect_lines '1 worker, 2 tokens$' "${latencies[@]}" "plain loop $time $time $time 1.00$" "1 worker $time"
! grep -q deadline out || fail "a deadline that nobody asked for: $(cat out)"

for options in '-t 1 --tokens 1' '-t 2' '-t 3 --tokens 2'; do
    start=$(date +%s%N)
    # shellcheck disable=SC2086
    expect_success play.sens --rate 4 --deadline 60000 $options
    elapsed=$((($(date +%s%N) - start) / 1000000))
    [ "$elapsed" -ge 225 ] || fail "a recording of 950 ms was played in $elapsed ms at 4 times its speed"
    expect_lines '[0-9]* worker.* token.*, played at 4 times its speed$' "${latencies[@]}" "bound $time ms" 'deadline 60000 ms: kept by all 20$'
    ! grep -q 'speed-up' out || fail "a speed-up of a played recording: $(cat out)"
done

# How long each instant took, of which the table has the shortest and the longest.
for rate in '' '--rate 1000'; do
    # shellcheck disable=SC2086
    expect_success play.sens --list $rate
    awk '/^latency/ { times = $2 " " $5 } /^age/ { times = times " " $2 " " $5 }
        /^instant [0-9]+: [1-3] sensors?, latency [0-9.]+ ms, age [0-9.]+ ms$/ {
            if (++instants == 1 || $6 < shortest) shortest = $6
            if ($6 > longest) longest = $6
            if (instants == 1 || $9 < youngest) youngest = $9
            if ($9 > oldest) oldest = $9
        }
        END { exit !(instants == 20 && shortest " " longest " " youngest " " oldest == times) }' out ||
        fail "not the times of 20 instants: $(cat out)"
done
expect_success play.sens --rate 1000 --check
expect_lines 'the serial program found the same$'

finish

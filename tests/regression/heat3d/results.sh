#!/bin/bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# The temperatures that heat3d computes: the same bits for every number of workers, what a computation in awk says, and
# nearer to the equation's solution where cells are smaller. (That they are near to both exact solutions, and the same
# for plain loops, heat3d checks itself.)
# shellcheck source=tests/support/application.sh
source "$(dirname "$0")/../../support/application.sh" "$1"

# One strip, many strips and slabs, strips that are cut short; even and odd numbers of steps.
for cube in '1 1' '2 3' '3 8' '7 33' '16 20' '17 20' '33 11' '70 6' '100 3'; do
    n=${cube% *} steps=${cube#* }
    expect_success --check -n "$n" -s "$steps" -t 1
    tail -n +2 out >expected
    grep -q 'same bits' expected || fail "no fingerprint for $cube: $(cat out)"
    for workers in 2 3 8; do
        expect_success --check "-n$n" "-s$steps" "-t$workers"
        tail -n +2 out | cmp -s - expected || fail "$cube with $workers workers: $(diff out expected)"
    done
done
expect_success --check -n 33 -s 12
tail -n +2 out >other
expect_success --check -n 33 -s 11
tail -n +2 out | cmp -s - other && fail "one step more changes nothing"

# middle_layer N STEPS: its lowest and highest temperature, by a computation that shares no code with heat3d.
middle_layer() {
    awk -v n="$1" -v steps="$2" '
        function sine(waves, i) { return sin(waves * i * atan2(0, -1) / (n + 1)) }
        function mode(factor, a, b, c, x, y, z) { return factor * sine(a, x) * sine(b, y) * sine(c, z) }
        function start(x, y, z) {
            return mode(0.5, 1, 1, 1, x, y, z) + mode(0.3, 3, 2, 1, x, y, z) + mode(0.2, 4, 5, 7, x, y, z)
        }
        BEGIN {
            for (z = 1; z <= n; ++z) for (y = 1; y <= n; ++y) for (x = 1; x <= n; ++x) u[x, y, z] = start(x, y, z)
            for (step = 0; step < steps; ++step) {
                for (z = 1; z <= n; ++z) for (y = 1; y <= n; ++y) for (x = 1; x <= n; ++x) {
                    change = u[x - 1, y, z] + u[x + 1, y, z] - 6 * u[x, y, z]
                    change += u[x, y - 1, z] + u[x, y + 1, z] + u[x, y, z - 1] + u[x, y, z + 1]
                    next_u[x, y, z] = u[x, y, z] + change / 8
                }
                for (place in next_u) u[place] = next_u[place]
            }
            z = int(n / 2) + 1
            low = high = u[1, 1, z]
            for (y = 1; y <= n; ++y) for (x = 1; x <= n; ++x) {
                if (u[x, y, z] < low) low = u[x, y, z]
                if (u[x, y, z] > high) high = u[x, y, z]
            }
            printf "layer z = %d, from %.4f to %.4f: layer.ppm\n", z - 1, low, high
        }'
}

for cube in '5 7' '12 10'; do
    n=${cube% *} steps=${cube#* }
    expect_success --check -n "$n" -s "$steps" -t 2 --slice layer.ppm
    tail -n 1 out >layer
    middle_layer "$n" "$steps" | cmp -s - layer || fail "layer of $cube: $(cat layer), not $(middle_layer "$n" "$steps")"
done

# The same time in cells half as large: an error of second order is a fourth.
for cube in '31 16' '63 64'; do
    expect_success --check -n "${cube% *}" -s "${cube#* }"
    awk '/^off the equation/ { print $9 }' out
done >errors
checks=$((checks + 1))
awk '{ error[NR] = $1 } END { exit !(error[1] > 3.5 * error[2] && error[1] < 4.5 * error[2]) }' errors ||
    fail "errors that are not of second order: $(cat errors)"

# The whole report.
expect_success -n 40 -s 20 -t 3
for words in '^40^3 cells, 20 steps, 3 workers$' '^plain loops *[0-9]* *[0-9.]*$' '^3 workers *[0-9]* *[0-9.]* *[0-9]* % of' \
    '^1 worker *[0-9]* *[0-9.]* *[0-9]* % of [0-9.]*$' '^ratio of 3 workers to 1: ' '^pages' '^pieces with .* %$' \
    '^steals: [0-9]*' '^sleeps: [0-9]*'; do
    grep -q "$words" out || fail "no '$words' in: $(cat out)"
done
expect_success -n 40 -s 1 -t 1
grep -q '^40^3 cells, 1 step, 1 worker$' out || fail "no singular in: $(cat out)"
grep -q '^ratio' out && fail "one worker is compared with one: $(cat out)"

finish

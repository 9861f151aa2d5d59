#!/bin/bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Value at risk, expected shortfall, deviations and components, where they are known without scenarios.
source "$(dirname "$0")/common.sh" "$1"

# One option whose worth rises with the price: quantiles of prices are quantiles of losses.
# "what value low high" of each line that has an interval.
intervals() { awk '/between/ { print $(NF - 7) $(NF - 6), $(NF - 4), $(NF - 2), $NF }' out | tr -d '%'; }

for sign in 1 -1; do
    make_book "A,ONE,european,call,62,,,63,$((sign * 100))"
    expect_success --check "${tables[@]}" --pairs 500 --scenarios 10000
    intervals >found
    checks=$((checks + 1))
    awk -v sign="$sign" "$formulas"'
        function loss(z) {
            h = 10 / 252; s = 60 * exp((0.08 - 0.045) * h - sign * z * 0.3 * sqrt(h))
            return sign * 100 * (call(60, 62, 0.25, 0.08, 0, 0.3) - call(s, 62, 0.25 - h, 0.08, 0, 0.3))
        }
        # The mean of losses beyond: by the middles of 300 stretches of equal width.
        function shortfall(z, tail,   i, step, sum, x) {
            step = (8 - z) / 300
            for (i = 0; i < 300; ++i) { x = z + (i + 0.5) * step; sum += loss(x) * exp(-x * x / 2) * step }
            return sum / sqrt(2 * atan2(0, -1)) / tail
        }
        function expect(expected) {
            if (!($3 < expected && expected < $4 && $3 < $2 && $2 < $4)) { print $0, "and not", expected; bad = 1 }
        }
        NR == 1 { expect(loss(1.644854)) }
        NR == 2 { expect(shortfall(1.644854, 0.05)) }
        NR == 3 { expect(loss(2.326348)) }
        NR == 4 { expect(shortfall(2.326348, 0.01)) }
        END { exit bad || NR != 4 }' found >wrong || fail "$sign times a call: $(cat wrong found)"
done

# Options that are always paid are as good as what they are on. So the deviation of the book is known, and how far each
# underlying has to do with it.
make_book A,ONE,european,call,0.001,,,20,100 B,TWO,european,call,0.001,,,20,200
for correlation in 0.6 -0.5 0; do
    make_market "$correlation"
    expect_success --check "${tables[@]}" --pairs 500 --scenarios 10000 --horizon 1
    checks=$((checks + 1))
    awk -v rho="$correlation" "$formulas"'
        BEGIN {
            h = 1 / 252; left = 19 / 252
            a = 100 * 60 * exp(0.08 * h); b = 200 * 40 * exp(0.08 * h - 0.02 * h - 0.02 * left)
            aa = a * a * (exp(0.09 * h) - 1); bb = b * b * (exp(0.25 * h) - 1)
            ab = a * b * (exp(rho * 0.15 * h) - 1); all = aa + bb + 2 * ab
        }
        function expect(what, value, expected, bound) {
            if (size(value / expected - 1) > bound) { print what, value, "and not", expected; bad = 1 }
        }
        /^value today/ { expect("value", $3 + 0, 6000 + 8000 * exp(-0.02 * 20 / 252), 0.001); ++seen }
        /deviation/ { expect("deviation", $5, sqrt(all), 0.03); ++seen }
        # In a day prices are nearly normal, and shares in risks as those in the variance.
        /^ONE / { one = $3; tail_one = $4; ++seen }
        /^TWO / { expect("share", 1 + one / (one + $3), 1 + (aa + ab) / all, 0.08)
                  expect("share of the shortfall", 1 + tail_one / (tail_one + $4), 1 + (aa + ab) / all, 0.04); ++seen }
        END { exit bad || seen != 4 }' out >wrong || fail "correlation $correlation: $(cat wrong) in $(cat out)"
done

# Components add up to the whole, and alone all lose more than together.
for options in '' '--nested 3'; do
    # shellcheck disable=SC2086
    expect_success --check "${few[@]}" $options
    checks=$((checks + 1))
    awk '/^value at risk *99/ { whole = $6 } /^expected shortfall *99/ { tail = $5 }
        /^[A-Z]+ .* %$/ { alone += $2; sum += $3; of_tail += $4; ++count }
        function near(a, b) { return a - b < 0.1 && b - a < 0.1 }
        END { exit !(count == 8 && near(sum, whole) && near(of_tail, tail) && alone > whole) }' out ||
        fail "components of '$options': $(cat out)"
done

# What has been passed on the way counts, though the price be back at the horizon: a barrier just below the price is
# passed by nearly all, and what is out then is lost.
make_book A,ONE,down_and_out,call,50,59.99,,63,100
expect_success --check "${tables[@]}" "${few[@]}" --horizon 60
checks=$((checks + 1))
awk '/^value today/ { now = $3 + 0 } /^value at risk/ { if ($(NF - 4) != now) bad = 1; ++seen }
    END { exit bad || seen != 2 }' out || fail "a barrier at the price: $(cat out)"

finish

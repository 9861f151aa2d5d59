#!/bin/bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Closed forms: values of the literature and of a program in awk, and what kinds of options have to do with each other.
# (That simulation finds the same, and that today's values are the mean ones of the horizon, market_risk checks itself.)
source "$(dirname "$0")/common.sh" "$1"

# price POSITION
price() { awk -v name="$1" '$1 == name { print $6 }' out; }

# expect_near WHAT VALUE EXPECTED BOUND
expect_near() {
    checks=$((checks + 1))
    awk -v value="$2" -v expected="$3" -v bound="$4" \
        'BEGIN { off = value - expected; exit !(value != "" && off <= bound && -off <= bound) }' ||
        fail "$1 is $2, not $3"
}

# European options. The first two are in E. Haug's "Complete guide to option pricing formulas".
make_book A,ONE,european,call,65,,,63,1 B,ONE,european,put,65,,,63,1 C,TWO,european,call,30,,,504,1 \
    D,TWO,european,put,30,,,504,1 E,ONE,european,call,200,,,11,1 F,ONE,european,put,0.001,,,11,1
expect_success --check "${tables[@]}" "${few[@]}"
expect_near 'the call of the literature' "$(price A)" 2.1334 0.00005
expect_near 'its put, by parity' "$(price B)" "$(awk 'BEGIN { print 2.13337 - 60 + 65 * exp(-0.02) }')" 0.0002
expect_near 'a call of two years' "$(price C)" "$(awk "$formulas"'BEGIN { print call(40, 30, 2, 0.08, 0.02, 0.5) }')" 0.0001
expect_near 'its put' "$(price D)" \
    "$(awk "$formulas"'BEGIN { print call(40, 30, 2, 0.08, 0.02, 0.5) - 40 * exp(-0.04) + 30 * exp(-0.16) }')" 0.0001
expect_near 'what is never paid' "$(price E)" 0 0
expect_near 'what is never paid' "$(price F)" 0 0

# Barriers of all kinds, with strikes on both sides: with one and with its opposite it is a European option. Of one that
# is far away nothing is to be seen.
lines=()
for right in call put; do
    for strike in 50 58 62 75; do
        lines+=("v-$right-$strike,ONE,european,$right,$strike,,,100,1")
        lines+=("far-$right-$strike,ONE,up_and_out,$right,$strike,5000,,100,1")
        for barrier in down-54 up-68; do
            for way in in out; do
                kind=${barrier%-*}_and_$way
                lines+=("$kind-$right-$strike,ONE,$kind,$right,$strike,${barrier#*-},,100,1")
            done
        done
    done
done
make_book "${lines[@]}"
expect_success --check "${tables[@]}" --pairs 2000 --scenarios 500
for right in call put; do
    for strike in 50 58 62 75; do
        plain=$(price "v-$right-$strike")
        expect_near "far $right $strike" "$(price "far-$right-$strike")" "$plain" 0
        for side in down up; do
            in=$(price "${side}_and_in-$right-$strike") out=$(price "${side}_and_out-$right-$strike")
            expect_near "$side $right $strike" "$(awk -v a="$in" -v b="$out" 'BEGIN { print a + b }')" "$plain" 0.0002
        done
    done
done
expect_near 'a call above its barrier' "$(price up_and_out-call-75)" 0 0

# Means: of one day it is a European option; of two the mean of the logarithm is known.
make_book A,TWO,european,call,42,,,120,1 B,TWO,geometric_asian,call,42,,1,120,1 C,TWO,geometric_asian,call,42,,2,120,1
expect_success --check "${tables[@]}" "${few[@]}"
expect_near 'the mean of one day' "$(price B)" "$(price A)" 0
expect_near 'the mean of two days' "$(price C)" "$(awk "$formulas"'BEGIN {
    t = 120 / 252; v = 0.5; r = 0.08; q = 0.02; k = 42
    mean = log(40) + (r - q - v * v / 2) * t * 3 / 4; deviation = v * sqrt(t * (1 / 2 + 1 / 2 / 4))
    d = (mean - log(k)) / deviation
    print exp(-r * t) * (exp(mean + deviation ^ 2 / 2) * phi(d + deviation) - k * phi(d))
}')" 0.0001

# Rates between those given, and beyond them.
printf 'years,zero_rate\n0.5,0.02\n1.5,0.06\n' >rates.csv
make_book A,ONE,european,call,60,,,63,1 B,ONE,european,call,60,,,252,1 C,ONE,european,call,60,,,504,1
expect_success --check "${tables[@]}" "${few[@]}"
for case in 'A 0.25 0.02' 'B 1 0.04' 'C 2 0.06'; do
    read -r name years rate <<<"$case"
    expect_near "a call of $years years" "$(price "$name")" \
        "$(awk -v t="$years" -v r="$rate" "$formulas"'BEGIN { print call(60, 60, t, r, 0, 0.3) }')" 0.0001
done

finish

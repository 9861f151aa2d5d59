#!/bin/bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# The book that comes with market_risk: the same bits for all numbers of workers, other ones for another seed.
source "$(dirname "$0")/common.sh" "$1"

for options in '' '--nested 2 --horizon 15' '--scenarios 101 --worst 0 --seed 18446744073709551615'; do
    # shellcheck disable=SC2086
    expect_success --check "${few[@]}" $options -t 1
    tail -n +2 out >expected
    grep -q '^same bits each time: [0-9a-f]\{16\}$' expected || fail "no fingerprint for '$options': $(cat out)"
    for workers in 2 3 7; do
        # shellcheck disable=SC2086
        expect_success --check "${few[@]}" $options "-t$workers"
        [ "$(head -1 out)" = "48 positions on 8 underlyings, $workers workers" ] || fail "first line: $(head -1 out)"
        tail -n +2 out | cmp -s - expected || fail "'$options', $workers workers: $(diff <(tail -n +2 out) expected)"
    done
done

fingerprint() { grep '^same bits' out; }
expect_success --check "${few[@]}"
fingerprint >first
for options in '--seed 2' '--seed 4294967297' '--horizon 11' '--scenarios 501' '--pairs 501' '--nested 1'; do
    # shellcheck disable=SC2086
    expect_success --check "${few[@]}" $options
    fingerprint | cmp -s - first && fail "$options changes nothing"
done

# Scenarios are functions of their numbers: the worst of 500 are the worst of 501 too, unless number 500 is worse.
expect_success --check "${few[@]}" --worst 500
grep '^scenario ' out | sort >of_500
expect_success --check "${few[@]}" --scenarios 501 --worst 501
grep '^scenario ' out | grep -v '^scenario 500 ' | sort | cmp -s - of_500 || fail "one scenario more changes others"
[ "$(wc -l <of_500)" -eq 500 ] || fail "not 500 scenarios"

# The whole report, with runs that are compared.
expect_success "${few[@]}" --workers 3 --repeat 2
tr -s ' ' <out >lines
for words in '^48 positions on 8 underlyings, 3 workers$' '^prices: off the closed forms by at most [0-9.]* standard errors' \
    '^value at risk 99 % [0-9.]* between [0-9.]* and [0-9.]*$' '^expected shortfall 95 % [0-9.]* between ' \
    '^sum [0-9.]* [0-9.]* [0-9.]* 100.0 %$' '^scenario [0-9]* -[0-9.]*: [A-Z]* [-+][0-9.]* % -[0-9.]*, ' \
    '^seconds prices scenarios measures all speed-up$' '^1 worker [0-9. ]* 1.00$' '^3 workers [0-9. ]*$'; do
    grep -q "$words" lines || fail "no '$words' in: $(cat out)"
done
[ "$(grep -c '^scenario ' lines)" -eq 5 ] || fail "not 5 scenarios: $(cat out)"
expect_success "${few[@]}" -t 1
tr -s ' ' <out | grep -q '^1 worker [0-9. ]* 1.00$' || fail "no times of one worker: $(cat out)"
grep -q 'workers$' out && fail "one worker is compared with one: $(cat out)"

finish

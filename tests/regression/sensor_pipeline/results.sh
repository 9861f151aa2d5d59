#!/bin/bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Recordings are the same whoever makes them, and hold what they should; what is found in them is the same for all numbers
# of workers and tokens, as the serial program has it, and nearly what the ground truth says.
source "$(dirname "$0")/common.sh" "$1"

# How a recording is laid out.
generate clean.sens --instants 20 --targets 5 --seed 3 "${clean[@]}"
expect_lines 'clean.sens: 60 frames, 0 damaged and 0 delayed; 0 lost; 3.0 MB$'
size=$((36 + 3 * (36 + 40 + 2 * 128 + 4) + 20 * (36 + 12 * 5 + 4) + 60 * frame_size + 36 + 4))
[ "$(stat -c %s clean.sens)" -eq "$size" ] || fail "the recording has $(stat -c %s clean.sens) bytes, not $size"
records clean.sens >index
[ "$(awk '{ ++kinds[$1] } END { print kinds[1], kinds[2], kinds[3], kinds[4] }' index)" = '3 60 20 1' ] ||
    fail "records: $(head -100 index)"
slice clean.sens 0 32 | checksum | cmp -s - <(slice clean.sens 32 4) || fail "another checksum of the file's header"
at=$(offset_of 2 1 7)
slice clean.sens "$at" 32 | checksum | cmp -s - <(slice clean.sens $((at + 32)) 4) || fail "another checksum of a header"
slice clean.sens $((at + 36)) $((frame_size - 40)) | checksum | cmp -s - <(slice clean.sens $((at + frame_size - 4)) 4) ||
    fail "another checksum of a frame"

# What is in it.
expect_success --check clean.sens
expect_lines 'recording 20 instants, one every 50 ms, by 3 sensors of 128 x 256 samples$' \
    'frames 60 read, 0 damaged, 0 late, 0 repeated, 0 strange; 0 missing$' 'damage 0 bytes skipped at 0 places$' \
    'fused 20 of 3 sensors$' '5 tracks of 5 targets$' 'the serial program found the same$'
awk '/^detections/ { exit !($2 + $6 == 100 && $2 >= 95 && $4 <= 1) }' out || fail "bad detections: $(cat out)"
[ "$(wc -l <out)" -eq 8 ] || fail "more than there should be: $(cat out)"

# The same for the same options, other workers or not; something else for another seed.
options=(--instants 16 --lose 60 --damage 60 --delay 200)
generate worn.sens "${options[@]}" -t 1
for workers in 3 7; do
    generate again.sens "${options[@]}" --workers "$workers"
    cmp -s worn.sens again.sens || fail "$workers workers generate something else"
done
generate again.sens "${options[@]}" --seed 2
! cmp -s worn.sens again.sens || fail "the same for another seed"
gzip -1c worn.sens >worn.sens.gz

# The same findings for all workers and tokens, from plain and compressed files.
expect_success --check --list worn.sens -t 1
mv out expected
! grep -q latency expected || fail "times: $(cat expected)"
grep -q ' late,.*missing' expected && ! grep -qE ' 0 (damaged|late),' expected || fail "nothing went wrong: $(head -3 expected)"
for workers in 1 2 3 7; do
    for tokens in 1 3 50; do
        expect_success --check --list worn.sens --workers "$workers" --tokens "$tokens"
        cmp -s out expected || fail "$workers workers, $tokens tokens: $(diff out expected | head -5)"
    done
done
expect_success --check --list worn.sens.gz -t 2
cmp -s out expected || fail "compressed: $(diff out expected | head -5)"

# Few sensors, many, and none of the targets.
for sensors in 1 2 5; do
    generate few.sens --instants 6 --sensors "$sensors" "${clean[@]}"
    expect_success --check few.sens
    expect_lines "fused 6 of $sensors sensor"
done
generate nothing.sens --instants 12 --targets 0 "${clean[@]}"
expect_success --check nothing.sens
expect_lines 'detections 0 right, 0 wrong, 0 missed:' '0 tracks of 0 targets$'

finish

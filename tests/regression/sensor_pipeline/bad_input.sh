#!/bin/bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# A bad file gets exit status 2, nothing on stdout, and exactly one line on stderr, which names what is wrong, and where.
source "$(dirname "$0")/common.sh" "$1"

generate good.sens --instants 2 --targets 2 "${clean[@]}"
records good.sens >index
size=$(stat -c %s good.sens)
"$program" --check good.sens >/dev/null

# expect_bad FILE WORDS: with 1 worker to 3, in turns.
expect_bad() { expect_complaint "$1: $2" "$1" -t $((checks % 3 + 1)) --tokens 2; }

# Files that cannot be read or written.
expect_bad missing.sens 'No such file'
mkdir folder.sens
expect_bad folder.sens 'Is a directory'
expect_complaint 'folder.sens: Is a directory' --generate folder.sens
expect_complaint 'missing/new.sens: No such file' --generate missing/new.sens
expect_complaint 'new\x0aline' $'new\nline'

# Files that are no recordings.
: >empty.sens
expect_bad empty.sens 'the file is empty'
for text in PELSENS PELSENS2 'no recording, but some text that goes on for longer than a header'; do
    printf '%s' "$text" >text.sens
    expect_bad text.sens 'not a recording: it does not begin with PELSENS1'
done

# A header that is damaged, or says what cannot be.
cp good.sens bad.sens
printf '\7' | put bad.sens 13
expect_bad bad.sens "the file's header is damaged, at offset 0"
while read -r offset value words; do
    cp good.sens bad.sens
    patch bad.sens 0 "$offset" 4 "$value"
    expect_bad bad.sens "$words, at offset $offset"
done <<'END'
8 0 0 sensors
8 17 17 sensors
12 7 7 beams
12 4294967295 4294967295 beams
16 15 15 bins of a beam
16 4097 4097 bins of a beam
20 0 bins of 0 mm
24 999 an instant every 999 us
28 0 0 instants
28 200001 200001 instants
END
cp good.sens bad.sens
patch bad.sens 0 8 4 4
expect_bad bad.sens "sensor 3 is not described where it should be, at offset $(offset_of 3 0 0)"
patch bad.sens 0 8 4 3
patch bad.sens 0 12 4 64
expect_bad bad.sens 'a record of 296 bytes that should have 168, at offset 36'

# Descriptions, without which no frame is of use, and ground truth.
cp good.sens bad.sens
printf 'X' | put bad.sens $((36 + 5))
expect_bad bad.sens 'sensor 0 is not described where it should be, at offset 36'
cp good.sens bad.sens
printf 'X' | put bad.sens $((36 + 36 + 50))
expect_bad bad.sens 'the description of a sensor is damaged, at offset 36'
cp good.sens bad.sens
number 4 0 | put bad.sens $((36 + 36 + 12))
slice bad.sens 72 296 | checksum | put bad.sens $((72 + 296))
expect_bad bad.sens 'sensor 0 is described as one that cannot be, at offset 36'
at=$(offset_of 3 0 1)
cp good.sens bad.sens
printf '\377\377' | put bad.sens $((at + 40))
expect_bad bad.sens "the ground truth is damaged, at offset $at"
cp good.sens bad.sens
patch bad.sens "$at" 12 4 2
expect_bad bad.sens "a record of ground truth that cannot be one, at offset $at"

# Frames with a good header that cannot be.
at=$(offset_of 2 1 1)
while read -r offset count value words; do
    cp good.sens bad.sens
    patch bad.sens "$at" "$offset" "$count" "$value"
    expect_bad bad.sens "$words, at offset $at"
done <<'END'
4 1 5 a record of kind 5
4 1 1 a record of kind 1
5 1 3 a frame of sensor 3
8 4 49151 a record of 49151 bytes that should have 49152
24 8 61000000 a frame that arrived long after the last instant
END

# Ends that come too early, or not.
for length in 20 35; do
    head -c "$length" good.sens >cut.sens
    expect_bad cut.sens 'the file ends inside its header, at offset 0'
done
for length in 36 50 200; do
    head -c "$length" good.sens >cut.sens
    expect_bad cut.sens 'the file ends inside the description of a sensor, at offset 36'
done
at=$(offset_of 2 0 1)
for length in 36 100 $((frame_size - 1)); do
    head -c $((at + length)) good.sens >cut.sens
    expect_bad cut.sens "the file ends inside a frame, at offset $at"
done
for length in "$at" $((size - 40)) $((size - 5)); do
    head -c "$length" good.sens >cut.sens
    expect_bad cut.sens "the recording ends without its end record"
done
cp good.sens bad.sens
patch bad.sens "$(offset_of 4 0 0)" 8 4 1
expect_bad bad.sens 'a record of 1 bytes that should have 0'
{ cat good.sens; echo more; } >long.sens
expect_bad long.sens "something follows the end record, at offset $size"
gzip -1c cut.sens >short.sens.gz
head -c 100000 short.sens.gz >cut.sens.gz
expect_bad cut.sens.gz 'truncated gzip data'
expect_bad short.sens.gz 'the recording ends without its end record'

finish

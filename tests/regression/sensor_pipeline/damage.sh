#!/bin/bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# A recording in which single frames are damaged, missing, doubled, late or of no time that can be: each costs itself, and
# is counted.
source "$(dirname "$0")/common.sh" "$1"

generate good.sens --instants 10 --targets 3 "${clean[@]}"
records good.sens >index
at=$(offset_of 2 1 4)
end=$(offset_of 4 0 0)
here=(head -c "$at" good.sens)
behind=(tail -c +$((at + frame_size + 1)) good.sens)

# expect_found FRAMES DAMAGE FUSED: lines of the report on the file bad.sens, by 1 worker to 3, in turns.
expect_found() {
    expect_success --check bad.sens --tokens 4 -t $((checks % 3 + 1))
    expect_lines "frames $1$" "damage $2$" "fused $3$"
}
none='0 bytes skipped at 0 places'

cp good.sens bad.sens
expect_found '30 read, 0 damaged, 0 late, 0 repeated, 0 strange; 0 missing' "$none" '10 of 3 sensors'

# A bit of a sample; of the checksum.
for offset in $((36 + 20000)) $((frame_size - 1)); do
    cp good.sens bad.sens
    byte=$(slice good.sens $((at + offset)) 1 | od -An -tu1)
    number 1 $((byte ^ 16)) | put bad.sens $((at + offset))
    expect_found '30 read, 1 damaged, 0 late, 0 repeated, 0 strange; 0 missing' "$none" '9 of 3 sensors, 1 of 2 sensors'
done

# A header: what follows is skipped up to the next one.
for offset in 0 9 33; do
    cp good.sens bad.sens
    byte=$(slice good.sens $((at + offset)) 1 | od -An -tu1)
    number 1 $((byte ^ 1)) | put bad.sens $((at + offset))
    expect_found '29 read, 0 damaged, 0 late, 0 repeated, 0 strange; 1 missing' "$frame_size bytes skipped at 1 place" \
        '9 of 3 sensors, 1 of 2 sensors'
done

# Not there at all; all of an instant; something else in between.
{ "${here[@]}"; "${behind[@]}"; } >bad.sens
expect_found '29 read, 0 damaged, 0 late, 0 repeated, 0 strange; 1 missing' "$none" '9 of 3 sensors, 1 of 2 sensors'
awk -v end="$end" '$1 != 2 || $5 != 6 { print $3, $4 }' index | {
    head -c 36 good.sens
    while read -r offset size; do slice good.sens "$offset" "$size"; done
} >bad.sens
expect_found '27 read, 0 damaged, 0 late, 0 repeated, 0 strange; 3 missing' "$none" '9 of 3 sensors, 1 of 0 sensors'
{ "${here[@]}"; printf '%777s' 'something else'; tail -c +$((at + 1)) good.sens; } >bad.sens
expect_found '30 read, 0 damaged, 0 late, 0 repeated, 0 strange; 0 missing' '777 bytes skipped at 1 place' '10 of 3 sensors'

# Twice; later than it could have come.
{ head -c $((at + frame_size)) good.sens; tail -c +$((at + 1)) good.sens; } >bad.sens
expect_found '31 read, 0 damaged, 0 late, 1 repeated, 0 strange; 0 missing' "$none" '10 of 3 sensors'
{
    "${here[@]}"
    slice good.sens $((at + frame_size)) $((end - at - frame_size))
    slice good.sens "$at" "$frame_size"
    tail -c +$((end + 1)) good.sens
} >bad.sens
expect_found '30 read, 0 damaged, 1 late, 0 repeated, 0 strange; 0 missing' "$none" '9 of 3 sensors, 1 of 2 sensors'

# How long is waited: 50 ms, or what is asked for. The third sensor's last frame decides nothing.
cp good.sens bad.sens
patch bad.sens "$at" 24 8 $((4 * 50000 + 49999))
expect_found '30 read, 0 damaged, 0 late, 0 repeated, 0 strange; 0 missing' "$none" '10 of 3 sensors'
patch bad.sens "$at" 24 8 $((4 * 50000 + 50000))
expect_success --check bad.sens --tokens 4
expect_lines 'frames 30 read, 0 damaged, [1-3] late'
expect_success --check bad.sens --wait 51
expect_lines 'frames 30 read, 0 damaged, 0 late' 'fused 10 of 3 sensors$'

# Taken at no instant there is, or long after it arrived; at another instant than the others.
for time in -9223372036854775808 9223372036854775807 99000000; do
    cp good.sens bad.sens
    patch bad.sens "$at" 16 8 "$time"
    expect_found '30 read, 0 damaged, 0 late, 0 repeated, 1 strange; 0 missing' "$none" '9 of 3 sensors, 1 of 2 sensors'
done
taken=$(slice good.sens $((at + 16)) 8 | od -An -td8)
cp good.sens bad.sens
patch bad.sens "$at" 16 8 $((taken + 4 * 50000))
expect_found '30 read, 0 damaged, 0 late, 0 repeated, 1 strange; 0 missing' "$none" '9 of 3 sensors, 1 of 2 sensors'

finish

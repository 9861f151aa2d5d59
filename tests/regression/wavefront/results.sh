#!/bin/bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Alignments that are known, and generated ones: the score and where it is reached as a program in awk says, the
# alignment worth that much and the same for all tiles and numbers of workers. (That its columns are in the sequences
# and worth the score, wavefront checks itself.)
source "$(dirname "$0")/common.sh" "$1"

# align FIRST SECOND OPTION...: of two sequences.
align() {
    printf '>one\n%s\n' "$1" >first.fa
    printf '>two\n%s\n' "$2" >second.fa
    shift 2
    expect_success --check "$@" first.fa second.fa
}

# What is the same is found, with nothing around it.
align ACGTACGT ACGTACGT
expect_lines 'score 16, and by the serial program' 'first 1 to 8, 8 bases' 'second 1 to 8, 8 bases' \
    'columns 8: 8 matches (100.0 %), 0 mismatches, 0 gaps of 0 bases' 'edits 8=$'
align TTTTTACGGCAAAAA CCCACGGCCC
expect_lines 'score 10' 'first 6 to 10' 'second 4 to 8' 'edits 5=$'
align A A
expect_lines 'score 2' 'first 1 to 1, 1 base$' 'columns 1: 1 match (100.0 %)' 'edits 1=$'
align AAAA CCCC
expect_lines 'score 0' 'no alignment: no two bases are equal'
align NNNNACGTNNNN nnnnacgtnnnn
expect_lines 'score 8' 'first 5 to 8' 'edits 4=$'

# A mismatch, and gaps on either side, are passed if what follows is worth more; else not.
align ACGTACGTTACGATCGA ACGTACGTCACGATCGA
expect_lines 'score 29' 'edits 8=1X8=$'
align ACGTACCATGATCGAC ACGTACCAGGTGATCGAC # a gap of two costs 9
expect_lines 'score 23' 'first 1 to 16' 'second 1 to 18' 'edits 8=2D8=$'
align ACGTACCAGGTGATCGAC ACGTACCATGATCGAC
expect_lines 'score 23' 'edits 8=2I8=$'
align ACGTACCATGATCGAC ACGTACCAGGTGATCGAC --gap-open 20
expect_lines 'score 16' 'edits 8=$'
align ACGTACCATGATCGAC ACGTACCAGGTGATCGAC --gap-open=0 --gap-extend 1
expect_lines 'score 30' 'edits 8=2D8=$'

# The example of Smith and Waterman 1981, where a match is worth 1, a mismatch costs 1/3 and a gap of k bases 1 + k/3,
# so that the best is worth 3.33: here all times 3, and T for U.
align CAGCCTCGCTTAG AATGCCATTGACGG --match 3 --mismatch 1 --gap-open 3 --gap-extend 1
expect_lines 'score 10' 'edits 3=1D1=1X1=$'

# With free gaps and pairs that are worth nothing unless equal, it is the longest common subsequence.
align ACTGACCTA CATGCTA --match 1 --mismatch 0 --gap-open 0 --gap-extend 0
expect_lines 'score 6'

# generate SEED LENGTH CHANGES: random bases, the same for each seed; with CHANGES 1 some are changed, lost and added.
generate() {
    awk -v seed="$1" -v length_of="$2" -v changes="$3" 'BEGIN {
        srand(seed)
        for (i = 0; i < length_of; ++i) bases[i] = substr("ACGT", int(4 * rand()) + 1, 1)
        srand(seed + 1000)
        text = ""
        for (i = 0; i < length_of; ++i) {
            event = changes * rand()
            if (event < 0.96) text = text bases[i]
            else if (event < 0.98) text = text substr("ACGT", int(4 * rand()) + 1, 1)
            else if (event < 0.99) text = text bases[i] substr("GATTACAGATTACA", 1, int(14 * rand()) + 1)
            else if (event < 1) i += int(9 * rand())
        }
        print (changes > 0 ? "TTGACCA" text "CCATAG" : text)
    }'
}

# reference MATCH MISMATCH OPEN EXTEND: "worth first second" of first.fa and second.fa: where the alignment ends.
reference() {
    awk -v match_score="$1" -v mismatch="$2" -v open="$3" -v extend="$4" '
        /^>/ { ++file; next }
        { text[file] = text[file] $0 }
        END {
            n = length(text[1]); m = length(text[2]); most = 0; none = -1000000
            for (j = 0; j <= m; ++j) { above[j] = 0; down[j] = none }
            for (i = 1; i <= n; ++i) {
                here[0] = 0; right = none; base = substr(text[1], i, 1)
                for (j = 1; j <= m; ++j) {
                    if (above[j] - open - extend > down[j] - extend) down[j] = above[j] - open - extend
                    else down[j] -= extend
                    right = (here[j - 1] - open > right ? here[j - 1] - open : right) - extend
                    h = above[j - 1] + (base == substr(text[2], j, 1) ? match_score : -mismatch)
                    if (down[j] > h) h = down[j]
                    if (right > h) h = right
                    if (h < 0) h = 0
                    here[j] = h
                    if (h > most || h == most && i + j < at_i + at_j) { most = h; at_i = i; at_j = j }
                }
                for (j = 0; j <= m; ++j) above[j] = here[j]
            }
            print most, at_i, at_j
        }' first.fa second.fa
}

# found: the same of the report in the file out.
found() {
    awk '/^score/ { worth = $2 + 0 } /^first/ { first = $4 + 0 } /^second/ { second = $4 + 0 }
        END { print worth, first, second }' out
}

seed=0
while read -r length match mismatch open extend; do
    seed=$((seed + 1))
    generate "$seed" "$length" 0 | sed '1i >one' >first.fa
    generate "$seed" "$length" 1 | sed '1i >two' >second.fa
    options=(--match "$match" --mismatch "$mismatch" --gap-open "$open" --gap-extend "$extend")
    expected=$(reference "$match" "$mismatch" "$open" "$extend")
    expect_success --check "${options[@]}" first.fa second.fa -t 1
    [ "$(found)" = "$expected" ] || fail "seed $seed: $(found), not $expected"
    tail -n +2 out >whole
    for tile in 1 2 7 16 64 100; do
        if [ "$tile" -lt 4 ] && [ "$length" -gt 200 ]; then continue; fi
        for workers in 1 2 3 7; do
            expect_success --check "${options[@]}" first.fa second.fa -t "$workers" --tile "$tile"
            tail -n +2 out | cmp -s - whole || fail "seed $seed, tile $tile, $workers workers: $(diff out whole)"
        done
    done
done <<'END'
40 2 3 5 2
150 1 1 1 1
333 5 4 8 6
257 1 0 0 1
200 100 100 100 100
301 2 3 0 0
END

# Slices, records, lower case, carriage returns, and gzip; both from one file.
{ printf '>one some text\r\nTTTTTACG\r\nGCAAAAA\r\n'; printf '>two\r\nccc\r\nacggccc\r\n'; } >both.fa
gzip -c both.fa >both.fa.gz
for file in both.fa both.fa.gz; do
    expect_success --check "$file" --first 1:15 --second=16:10
    expect_lines 'score 10' 'first 6 to 10' 'second 19 to 23' 'edits 5=$'
    expect_success --check "$file" "$file" --first 7:4 --second 16:10
    expect_lines 'score 8' 'first 7 to 10' 'second 20 to 23' 'edits 4=$'
done

# The whole report.
expect_success first.fa second.fa --workers 3 --repeat 2
expect_lines '301 x [0-9]* bases, 3 x [0-9]* tiles of 128, 3 workers$' \
    'score [0-9]*$' ' seconds Mcells/s speed-up$' \
    'plain loops [0-9.]* [0-9]* 1.00$' '1 worker [0-9.]* [0-9]* [0-9.]*$' \
    '3 workers [0-9.]* [0-9]* [0-9.]*$' 'graph: built in [0-9.]* s, run 4 times$' 'traceback: [0-9.]* s, '

finish

#!/bin/bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Counts of generated FASTA files against sort and uniq: every length of k-mer that takes another path, every way to
# write the same text, and blocks so small that everything lies across their borders.
source "$(dirname "$0")/common.sh" "$1"

seed=${2:-$RANDOM}
echo "seed $seed"

# Records of all lengths, empty ones too; both cases, runs of N, other letters, repeats of one and two letters, a segment
# that returns on the other strand; some lines are blank, and headers look like sequences.
generate() {
    awk -v seed="$1" -v records="$2" '
        function letters(count, alphabet,    text) {
            for (text = ""; length(text) < count;) text = text substr(alphabet, 1 + int(rand() * length(alphabet)), 1)
            return text
        }
        function repeated(unit, count,    text) {
            for (text = ""; count-- > 0;) text = text unit
            return text
        }
        function other_strand(text,    i, result) {
            for (i = length(text); i > 0; --i) result = result substr("TGCA", index("ACGT", substr(text, i, 1)), 1)
            return result
        }
        function part(kind) {
            if (kind < 1) return letters(int(rand() * 60), "N")
            if (kind < 2) return letters(int(rand() * 40), "ACGTacgt")
            if (kind < 3) return letters(int(rand() * 30), "ACGTRYKMSWBDHVU*-acgtn")
            if (kind < 4) return repeated(letters(1, "ACGT"), int(rand() * 200))
            if (kind < 5) return repeated(letters(2, "ACGT"), int(rand() * 100))
            if (kind < 6) return segment
            if (kind < 7) return other_strand(segment)
            return letters(int(rand() * 300), "ACGT")
        }
        function put(text,    width) {
            while (text != "") {
                width = 1 + int(rand() * 80)
                print substr(text, 1, width)
                text = substr(text, width + 1)
                if (rand() < 0.02) print ""
            }
        }
        BEGIN {
            srand(seed)
            segment = letters(150, "ACGT")
            for (r = 0; r < records; ++r) {
                print ">" r " ACGTACGTACGTACGTACGTACGTACGTACGTACGT>ACGT"
                text = ""
                for (parts = int(rand() * 5); parts > 0; --parts) text = text part(rand() * 9)
                put(text)
            }
        }'
}

# Other ways to write the text of $1; kmer_count tells the format from the content, so names are arbitrary.
write_variants() {
    sed 's/$/\r/' "$1" >crlf.fa
    { cat "$1"; printf '>last, without a line break at its end\nACGTTGCAACGTTGCAACGTTGCAACGTTGCAACGTTGCA'; } >open_end.fa
    tr acgt ACGT <"$1" >upper.fa
    awk '/^>/ { if (NR > 1) print ""; print; next } { printf "%s", $0 } END { print "" }' "$1" >one_line.fa
    { printf '\n\r\n'; cat "$1"; } >blank_start.fa
    gzip -c "$1" >single.fa.gz
    head -c 3000 "$1" | gzip -c >members.fa.gz
    head -c 3001 "$1" | tail -c 1 | gzip -1 -c >>members.fa.gz # not the other way round: head would leave tail to SIGPIPE
    gzip -c </dev/null >>members.fa.gz
    tail -c +3002 "$1" | gzip -9 -c >>members.fa.gz
    cp members.fa.gz named_plain.fa
    { cat single.fa.gz; head -c 700 /dev/zero; } >padded.fa.gz
}

expect() {
    local file=$1 k=$2
    reference "$k" "${3:-$file}" >counts
    histogram_of counts >histogram
    top_of counts >top
}

generate "$seed" 200 >plain.fa
write_variants plain.fa
blocks=(1 7 61 100 333)
variants=(crlf.fa upper.fa one_line.fa blank_start.fa single.fa.gz members.fa.gz named_plain.fa padded.fa.gz)
turn=$seed
for k in 1 2 3 4 5 6 8 9 10 12 13 15 16 17 20 21 31 32; do
    turn=$((turn + 1))
    expect plain.fa "$k"
    expect_counts plain.fa "$k"
    for i in 0 1; do
        expect_counts plain.fa "$k" -t "$((1 + (turn + i) % 4))" --block "${blocks[(turn + 2 * i) % 5]}"
    done
    for i in 0 3 6; do
        expect_counts "${variants[(turn + i) % 8]}" "$k" -t 2 --block "$((10 + turn * 37 % 300))"
    done
done
for k in 1 21 32; do
    expect open_end.fa "$k"
    expect_counts open_end.fa "$k" -t 2 --block 50
done

# Larger than a few blocks of the default size, one record after another and all of it one line.
generate "$((seed + 1))" 2000 >large.fa
expect large.fa 21
expect_counts large.fa 21
expect_counts large.fa 21 -t 1
expect_counts large.fa 21 -t 7
{ echo '>one'; grep -v '^>' large.fa | tr -d '\n'; echo; } >one_line.fa
expect one_line.fa 21
expect_counts one_line.fa 21

# One k-mer two million times: one bin has nearly everything, and is counted in pieces.
{ echo '>repeat'; head -c 2300000 /dev/zero | tr '\0' 'A'; echo; cat plain.fa; } >repeat.fa
expect repeat.fa 21
expect_counts repeat.fa 21 -t 2

# Nothing to count.
printf '>empty record\n' >none.fa
printf '>short\nACGTACGTAC\n>shorter\nACG\n>N\nNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNN' >>none.fa
: >histogram
: >top
expect_counts none.fa 21

# The list: as long as asked for, in a stable order, also where counts are equal; and beside the histogram.
expect plain.fa 12
sort -k1,1nr -k2,2 counts | awk '{ print $2, $1 }' >all
for top in 0 1 7 1000 100000000; do
    checks=$((checks + 1))
    "$program" --quiet -k 12 --top "$top" plain.fa | grep -v '^#' >out || [ "$top" = 0 ]
    head -n "$top" all | cmp -s out - || fail "--top $top"
done
checks=$((checks + 1))
"$program" --quiet -k 12 --top=3 --histogram plain.fa | grep -v '^#' >out
{ cat histogram; head -n 3 all; } | cmp -s out - || fail "--top=3 --histogram"

# Input that can be read only once is counted once.
expect plain.fa 21
checks=$((checks + 1))
"$program" -k 21 --histogram /dev/stdin 2>err < <(cat single.fa.gz) >out || fail "status $? for a pipe"
cmp -s out histogram || fail "histogram of a pipe"
grep -q 'no comparison' err || fail "a pipe is compared: $(cat err)"

# By default one worker is measured against all, on stderr, and both count the same.
checks=$((checks + 1))
"$program" -t 3 --histogram plain.fa >out 2>err || fail "status $? with comparison"
cmp -s out histogram || fail "histogram with comparison"
grep -q '^1 worker: .* Mbp/s$' err || fail "no throughput of 1 worker: $(cat err)"
grep -q '^3 workers: .* Mbp/s$' err || fail "no throughput of 3 workers: $(cat err)"
grep -q '^ratio: ' err || fail "no ratio: $(cat err)"
[ "$(wc -l <err)" -eq 3 ] || fail "more on stderr than 3 lines: $(cat err)"

finish

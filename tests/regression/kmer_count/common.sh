# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# What the tests of kmer_count share: sourced with the program as $1.
# shellcheck source=tests/support/application.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../support/application.sh" "$1"

# reference K FILE: lines "count kmer" of FILE's canonical k-mers, by sort and uniq: shares no code with kmer_count.
reference() {
    local k=$1 file=$2
    tr -d '\r' <"$file" |
        awk '/^>/ { print ""; next } { printf "%s", toupper($0) } END { print "" }' |
        tr -c 'ACGT\n' '\n' | awk -v k="$k" 'length($0) >= k' >runs
    tr ACGT TGCA <runs | rev | paste -d ' ' runs - | awk -v k="$k" '{
        for (i = 1; i + k - 1 <= length($1); ++i) {
            forward = substr($1, i, k)
            reverse = substr($2, length($1) - i - k + 2, k)
            print (forward < reverse) ? forward : reverse
        }
    }' | sort -S 64M | uniq -c | awk '{ print $1, $2 }'
}

# histogram_of and top_of COUNTS: what kmer_count is to print for the lines of `reference`.
histogram_of() {
    awk '{ ++kmers[$1] } END { for (count in kmers) print count, kmers[count] }' "$1" | sort -n
}

top_of() {
    awk '$1 > 1' "$1" >repeated # usually a few of very many
    if [ "$(wc -l <repeated)" -lt 20 ]; then cp "$1" repeated; fi
    sort -k1,1nr -k2,2 repeated | awk 'NR <= 20 { print $2, $1 }'
}

# expect_counts FILE K ARGUMENT...: kmer_count prints what the files `histogram` and `top` hold.
expect_counts() {
    local file=$1 k=$2
    shift 2
    checks=$((checks + 1))
    "$program" --quiet -k "$k" "$@" --histogram "$file" >out 2>err || fail "status $? of -k $k $* --histogram $file"
    cmp -s out histogram || fail "histogram of -k $k $* $file: $(diff out histogram | head -5)"
    "$program" --quiet -k "$k" "$@" "$file" 2>>err | grep -v '^#' >out || [ ! -s top ] || fail "-k $k $* $file"
    cmp -s out top || fail "list of -k $k $* $file: $(diff out top | head -5)"
    [ ! -s err ] || fail "stderr of -k $k $* $file: $(head -3 err)"
}

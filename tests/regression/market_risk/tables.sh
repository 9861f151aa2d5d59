#!/bin/bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# The forms that tables may have: all of them say the same.
source "$(dirname "$0")/common.sh" "$1"

make_book A,ONE,european,call,65,,,63,100 B,TWO,down_and_out,put,40,30,,126,-50 C,ONE,geometric_asian,put,55,,5,30,2.5
expect_success --check "${tables[@]}" "${few[@]}"
cp out expected

# expect_same WHAT [OPTION...]: the tables as they are now.
expect_same() {
    local what=$1
    shift
    expect_success --check "${tables[@]}" "${few[@]}" "$@"
    cmp -s out expected || fail "$what: $(diff out expected)"
}

for table in book market rates; do cp $table.csv $table.first; done
restore() { for table in book market rates; do cp $table.first $table.csv; done; }

for table in book market rates; do sed -i 's/$/\r/' $table.csv; done
expect_same 'carriage returns'
restore
for table in book market rates; do printf '%s' "$(cat $table.csv)" >$table.csv; done
expect_same 'no end of the last line'
restore
for table in book market rates; do sed -i -e '1i # a comment, "with everything,' -e '2a \\n  \n#' -e 's/,/\t, /g' $table.csv; done
expect_same 'blanks, empty lines and comments'
restore
for table in book market rates; do sed -i -e 's/\([^,]*\)/"\1"/g' $table.csv; done
expect_same 'quotation marks'
restore
for table in book market rates; do awk -F, -v OFS=, '{ $(NF + 1) = $1; sub(/^[^,]*,/, ""); print }' $table.first >$table.csv; done
expect_same 'columns in another order'
restore
for table in book market rates; do printf '\xef\xbb\xbf%s\n' "$(cat $table.csv)" >$table.csv; done
expect_same 'a byte order mark'
restore
for table in book market rates; do gzip -c $table.csv >$table.gz && mv $table.gz $table.csv; done
expect_same 'gzip'
restore
sed -i 's/\b60\b/6.0e1/; s/\b0.3\b/.3/' market.csv
expect_same 'numbers in other forms'
restore
for table in book market rates; do mv $table.csv "./-$table.csv"; done
expect_success --check --market=-market.csv --rates -rates.csv "${few[@]}" -- -book.csv
cmp -s out expected || fail "arguments in another form: $(diff out expected)"
restore

# Underlyings in another order are other ones to the random numbers, but not to the closed forms.
awk -F, -v OFS=, 'NR == 1; NR == 3 { print $1, $2, $3, $4, $5, $6 }' market.csv >other
sed -n 2p market.csv >>other
mv other market.csv
expect_success --check "${tables[@]}" "${few[@]}"
closed_forms() { awk '$2 == "ONE" || $2 == "TWO" { print $1, $2, $6 }' "$1"; }
cmp -s <(closed_forms out) <(closed_forms expected) || fail "underlyings in another order: $(cat out)"
restore

# Names that hold what separates values.
make_book '"A, ""the first""",ONE,european,call,65,,,63,100'
expect_success --check "${tables[@]}" "${few[@]}"
grep -q '^A, "the first" ONE' out || fail "a quoted name: $(cat out)"

finish

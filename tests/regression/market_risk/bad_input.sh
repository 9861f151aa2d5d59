#!/bin/bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Bad input gets exit status 2, nothing on stdout, and exactly one line on stderr, which names what is wrong, at once;
# of a table the file, the line and the column.
source "$(dirname "$0")/common.sh" "$1"

expect_success --check "${tables[@]}" "${few[@]}"
for table in book market rates; do cp $table.csv $table.first; done

# Values and options.
for value in 0 99 100000001 -1 abc '' 1.5 2x 0x10 ' 200' +200 99999999999999999999999; do
    expect_complaint "option --pairs takes a number from 100 to 100000000, not '$value'" "${tables[@]}" --pairs "$value"
done
for value in 0 99 10000001 many; do expect_complaint "'$value'" "${tables[@]}" "--scenarios=$value"; done
for value in 0 251 soon; do expect_complaint "'$value'" "${tables[@]}" --horizon "$value"; done
for value in 0 1000001 some; do expect_complaint "'$value'" "${tables[@]}" --nested "$value"; done
for value in 1001 -1; do expect_complaint "'$value'" "${tables[@]}" --worst "$value"; done
for value in 18446744073709551616 -1; do expect_complaint "'$value'" "${tables[@]}" --seed "$value"; done
for value in 0 1025 many ''; do
    expect_complaint "'$value'" "${tables[@]}" -t "$value"
    expect_complaint "'$value'" "${tables[@]}" "--workers=$value"
done
for value in 0 1001; do expect_complaint "'$value'" "${tables[@]}" --repeat "$value"; done
for option in -z --foo --pair -T --markets=x; do expect_complaint "${option%%=*}" "${tables[@]}" "$option"; done
for option in --market --rates --pairs --scenarios --horizon --nested --worst --seed -t --workers --repeat; do
    expect_complaint "option $option needs a value" book.csv "$option"
done
expect_complaint '--check' "${tables[@]}" --check=yes
expect_complaint "not also 'other.csv'" "${tables[@]}" other.csv
for empty in '' --market= --rates=; do expect_complaint 'the name of a file is empty' "$empty"; done

# Files that cannot be read, or are no tables.
expect_complaint 'missing.csv: No such file' missing.csv "${tables[@]:1}"
expect_complaint 'missing.csv: No such file' "${tables[@]}" --market missing.csv
expect_complaint 'missing.csv: No such file' "${tables[@]}" --rates missing.csv
mkdir folder.csv
expect_complaint 'folder.csv: Is a directory' folder.csv "${tables[@]:1}"
expect_complaint 'new\x0aline' $'new\nline' "${tables[@]:1}"
: >empty.csv
expect_complaint 'empty.csv: the file is empty' empty.csv "${tables[@]:1}"
printf '# nothing\n\n  \n' >empty.csv
expect_complaint 'empty.csv: there is nothing in the table' empty.csv "${tables[@]:1}"
echo "$header" >empty.csv
expect_complaint 'empty.csv: there is nothing in the table' empty.csv "${tables[@]:1}"
gzip -c book.csv | head -c 60 >truncated.csv
expect_complaint 'truncated.csv: truncated' truncated.csv "${tables[@]:1}"

# expect_wrong TABLE LINE COLUMN WORDS SCRIPT: a table that sed has changed. Without COLUMN the line is wrong.
expect_wrong() {
    sed "$5" "$1.first" >"$1.csv"
    expect_complaint "$1.csv, line $2: ${3:+column $3: }$4" "${tables[@]}"
    cp "$1.first" "$1.csv"
}

# The form.
expect_wrong book 2 '' '8 values for 9 columns' '2s/,100$//'
expect_wrong book 3 '' '10 values for 9 columns' '3s/$/,/'
expect_wrong book 5 '' '1 value for 9 columns' '1i # comment
$a rubbish'
expect_wrong book 1 '' 'there is no column strike' '1s/strike/price/'
expect_wrong book 1 note 'not a column of this table' '1s/$/,note/; 2,$s/$/,x/'
expect_wrong book 1 right 'there are two columns of that name' '1s/strike/right/'
expect_wrong book 1 5 'the column has no name' '1s/strike//'
expect_wrong book 2 underlying 'a quotation mark is not closed' '2s/ONE/"ONE/'
expect_wrong book 2 underlying "no comma after a quotation mark, but 'x'" '2s/ONE/"ONE"x/'
expect_wrong book 2 strike "a number from 1e-06 to 1e+09, not '6\\x015'" '2s/65/6\x015/'

# Positions.
expect_wrong book 2 position 'a value is missing' '2s/^A//'
expect_wrong book 3 position 'there are two of that name' '3s/^B/A/'
expect_wrong book 3 underlying "the market does not know 'THREE'" '3s/TWO/THREE/'
expect_wrong book 2 kind "one of european, geometric_asian, down_and_out, down_and_in, up_and_out, up_and_in, not 'bermudan'" \
    '2s/european/bermudan/'
expect_wrong book 2 right "call or put, not 'Call'" '2s/call/Call/'
for value in 0 -65 nan inf 1e10 65x 0x41 1e999 '6 5'; do
    expect_wrong book 2 strike "a number from 1e-06 to 1e+09, not '$value'" "2s/65/$value/"
done
expect_wrong book 2 barrier "empty if the kind is european, not '50'" '2s/65,,/65,50,/'
expect_wrong book 2 fixings "empty if the kind is european, not '5'" '2s/65,,/65,,5/'
expect_wrong book 3 barrier 'a value is missing' '3s/,30,/,,/'
expect_wrong book 3 barrier 'not below the spot price' '3s/,30,/,40,/'
expect_wrong book 3 barrier 'not above the spot price' '3s/down/up/'
expect_wrong book 2 fixings 'a value is missing' '2s/european/geometric_asian/'
for value in 0 64 -1 1.5; do
    expect_wrong book 2 fixings "a whole number from 1 to 63, not '$value'" "2s/european/geometric_asian/; 2s/,,63/,$value,63/"
done
for value in 0 7561 63.5 soon; do
    expect_wrong book 2 expiry_days "a whole number from 1 to 7560, not '$value'" "2s/63/$value/"
done
expect_wrong book 2 expiry_days 'not after the horizon of 10 days' '2s/63/10/'
expect_complaint 'book.csv, line 2: column expiry_days: not after the horizon of 63 days' "${tables[@]}" --horizon 63
for value in few 1e13; do
    expect_wrong book 2 quantity "a number from -1e+12 to 1e+12, not '$value'" "2s/100\$/$value/"
done

# Barriers that are out of reach of the closed form.
sed -i '3s/0.5,/0.01,/' market.csv
expect_complaint 'book.csv, line 3: column barrier: too far from the spot price' "${tables[@]}"
cp market.first market.csv

# The market.
expect_wrong market 3 underlying 'there are two of that name' '3s/TWO/ONE/'
expect_wrong market 1 '' 'there is no column TWO' '1s/TWO/THREE/'
expect_wrong market 1 '' 'there is no column underlying' '1s/underlying/name/'
expect_wrong market 1 THREE 'not a column of this table' '1s/$/,THREE/; 2,$s/$/,0/'
expect_wrong market 2 spot "a number from 1e-06 to 1e+09, not '-60'" '2s/60/-60/'
expect_wrong market 2 volatility "a number from 0.01 to 5, not '0'" '2s/0.3/0/'
expect_wrong market 3 dividend_yield "a number from -0.5 to 0.5, not '2'" '3s/0.02/2/'
expect_wrong market 2 TWO "a number from -1 to 1, not '1.5'" '2s/0.6$/1.5/'
expect_wrong market 2 ONE 'a correlation with itself that is not 1' '2s/,1,/,0.9,/'
expect_wrong market 3 ONE 'not the correlation that stands' '3s/0.6/0.5/'
expect_wrong market 3 underlying 'the correlations up to this line contradict each other' 's/\b0.6\b/1/'
cat >market.csv <<'END'
underlying,spot,volatility,dividend_yield,ONE,TWO,THREE,FOUR
ONE,60,0.3,0,    1,0.9,-0.9,0
TWO,40,0.5,0,  0.9,1,   0.9,0
THREE,40,0.5,0,-0.9,0.9,  1,0
FOUR,40,0.5,0,   0,0,     0,1
END
expect_complaint 'market.csv, line 4: column underlying: the correlations up to this line' "${tables[@]}"
cp market.first market.csv

# Rates.
expect_wrong rates 2 zero_rate "a number from -0.5 to 0.5, not '8'" '2s/0.08/8/'
expect_wrong rates 2 years "a number from 0 to 100, not '-1'" '2s/^1/-1/'
expect_wrong rates 4 years 'not later than the line before' '$a 2,0.08\n2,0.09'
expect_wrong rates 1 '' 'there is no column years' '1s/years/days/'

# What is no bad input: help, and a stdout that is full.
checks=$((checks + 1))
"$program" --pairs 200 --help >out 2>err || fail "status $? of --help"
grep -q '^Usage: market_risk' out && [ ! -s err ] || fail "--help prints something else"
checks=$((checks + 1))
status=0
"$program" --check "${tables[@]}" "${few[@]}" >/dev/full 2>err || status=$?
[ "$status" -eq 1 ] && [ "$(wc -l <err)" -eq 1 ] || fail "status $status, and $(cat err), when stdout is full"

finish

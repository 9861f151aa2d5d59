#!/bin/bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Bad input gets exit status 2, nothing on stdout, and exactly one line on stderr, which names what is wrong.
source "$(dirname "$0")/common.sh" "$1"

{ echo '>record'; for _ in $(seq 2000); do echo 'ACGTTGCATTAGGCATTACGGCATACGACTTAGCCATTAGACGATTACGAT'; done; } >good.fa
gzip -c good.fa >good.fa.gz
"$program" --quiet good.fa >/dev/null
"$program" --quiet good.fa.gz >/dev/null

# Values and options.
for value in 0 33 -1 abc '' 1.5 21x 0x10 ' 21' +21 99999999999999999999999; do
    expect_complaint_of "'$value'" "$program" -k "$value" good.fa
done
for value in 0 1025 -3 many ''; do expect_complaint_of "'$value'" "$program" -t "$value" good.fa; done
for value in -1 x 1000000001 ''; do expect_complaint_of "'$value'" "$program" --top "$value" good.fa; done
for value in 0 99999999 big; do expect_complaint_of "'$value'" "$program" "--block=$value" good.fa; done
expect_complaint_of "'33'" "$program" -k33 good.fa
for option in -z --foo --histo -H --k=21 -kk; do
    expect_complaint_of "${option:0:2}" "$program" "$option" good.fa
done
for option in -k -t --top --block; do expect_complaint_of "$option" "$program" good.fa "$option"; done
expect_complaint_of '--histogram' "$program" --histogram=yes good.fa
expect_complaint_of '--quiet' "$program" --quiet=1 good.fa
expect_complaint_of 'no FASTA file' "$program"
expect_complaint_of 'no FASTA file' "$program" -k 21
expect_complaint_of 'empty' "$program" ''
expect_complaint_of "'good.fa.gz'" "$program" good.fa good.fa.gz

# expect_bad FILE WORDS: both with and without the comparison, and for any number of workers.
expect_bad() {
    expect_complaint_of "$2" "$program" "$1"
    expect_complaint_of "$1" "$program" --quiet -t 1 "$1"
    expect_complaint_of "$1" "$program" -t 3 --block 100 --histogram "$1"
}

# Files that cannot be read.
expect_bad missing.fa 'No such file'
mkdir folder.fa
expect_bad folder.fa 'directory'
expect_bad good.fa/inside 'Not a directory'
expect_bad /proc/self/mem 'cannot be read'
expect_complaint_of 'new\x0aline' "$program" $'new\nline'
cp good.fa locked.fa
chmod 000 locked.fa
if [ "$(id -u)" -ne 0 ]; then
    expect_bad locked.fa 'Permission denied'
elif command -v setpriv >/dev/null; then
    chmod 755 .
    install -m 755 "$program" program
    expect_complaint_of 'locked.fa: Permission denied' setpriv --reuid=65534 --regid=65534 --clear-groups ./program locked.fa
fi

# Files that are no FASTA.
: >empty.fa
expect_bad empty.fa 'empty'
expect_bad /dev/null 'empty'
gzip -c </dev/null >empty.fa.gz
expect_bad empty.fa.gz 'empty'
printf '\n\r\n\n' >blank.fa
expect_bad blank.fa 'not a FASTA file'
printf '@read\nACGT\n+\nIIII\n' >reads.fq
expect_bad reads.fq 'not a FASTA file'
gzip -c reads.fq >reads.fq.gz
expect_bad reads.fq.gz 'not a FASTA file'
printf 'ACGTACGT\n>late\nACGT\n' >headless.fa
expect_bad headless.fa 'not a FASTA file'
printf ' >indented\nACGT\n' >indented.fa
expect_bad indented.fa 'not a FASTA file'
cp "$program" program.fa
expect_bad program.fa 'not a FASTA file'
{ cat good.fa; printf 'ACGT\0ACGT\n'; cat good.fa; } >zero.fa
expect_bad zero.fa "at offset $(($(wc -c <good.fa) + 4))"
gzip -c zero.fa >zero.fa.gz
expect_bad zero.fa.gz "at offset $(($(wc -c <good.fa) + 4))"
{ cat good.fa; head -c 1000 "$program"; } >binary_end.fa
expect_bad binary_end.fa 'not a FASTA file'

# Damaged gzip.
size=$(wc -c <good.fa.gz)
for length in 2 3 9 10 11 100 $((size / 2)) $((size - 9)) $((size - 8)) $((size - 4)) $((size - 1)); do
    head -c "$length" good.fa.gz >truncated.fa.gz
    expect_bad truncated.fa.gz 'truncated'
done
for length in 1 2 10 60 $((size - 1)); do
    { cat good.fa.gz; head -c "$length" good.fa.gz; } >truncated.fa.gz
    expect_bad truncated.fa.gz 'truncated'
done
{ cat good.fa.gz; echo 'not gzip'; } >garbage.fa.gz
expect_bad garbage.fa.gz 'follows'
{ head -c $((size - 8)) good.fa.gz; printf '\1\2\3\4'; tail -c 4 good.fa.gz; } >checksum.fa.gz
expect_bad checksum.fa.gz 'damaged'
{ head -c $((size / 2)) good.fa.gz; head -c 20 /dev/zero | tr '\0' '\377'; tail -c +$((size / 2 + 21)) good.fa.gz; } >damaged.fa.gz
expect_bad damaged.fa.gz 'damaged'

# What is no bad input: help, and a stdout that cannot be written.
checks=$((checks + 1))
"$program" --help >out 2>err || fail "status $? of --help"
grep -q '^Usage: kmer_count' out && [ ! -s err ] || fail "--help prints something else"
checks=$((checks + 1))
status=0
"$program" --quiet good.fa >/dev/full 2>err || status=$?
[ "$status" -eq 1 ] && [ "$(wc -l <err)" -eq 1 ] || fail "status $status, and $(cat err), when stdout is full"

finish

#!/bin/bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Bad input gets exit status 2, nothing on stdout, and exactly one line on stderr, which names what is wrong, at once.
source "$(dirname "$0")/common.sh" "$1"

{ echo '>record'; for _ in $(seq 20); do echo 'ACGTTGCATTAGGCATTACGGCATACGACTTAGCCATTAGACGATTACGAT'; done; } >good.fa
"$program" --check good.fa good.fa >/dev/null

# Values and options.
for value in 0 101 -1 abc '' 1.5 2x 0x10 ' 2' +2 99999999999999999999999; do
    expect_complaint "'$value'" good.fa good.fa --match "$value"
done
for option in --mismatch --gap-open --gap-extend; do
    for value in 101 -1 few ''; do
        expect_complaint "$option takes a number from 0 to 100, not '$value'" "$option=$value"
    done
done
for value in 0 8193 big ''; do expect_complaint "'$value'" good.fa good.fa --tile "$value"; done
for value in 0 1025 -3 many ''; do
    expect_complaint "'$value'" good.fa good.fa -t "$value"
    expect_complaint "'$value'" good.fa good.fa "--workers=$value"
done
for value in 0 1001 often ''; do expect_complaint "'$value'" good.fa good.fa --repeat "$value"; done
for option in --first --second; do
    for value in '' 5 : 5: :5 0:5 5:0 -1:5 1:2:3 a:b 1:5x ' 1:5' 1:99999999999999999999999; do
        expect_complaint "$option takes BEGIN:LENGTH, two numbers from 1 on, not '$value'" good.fa "$option=$value"
    done
done
for option in -z --foo --firs -T --tiles=3; do expect_complaint "${option%%=*}" good.fa good.fa "$option"; done
for option in --first --second --match --mismatch --gap-open --gap-extend --tile -t --workers --repeat; do
    expect_complaint "option $option needs a value" good.fa good.fa "$option"
done
expect_complaint '--check' good.fa good.fa --check=yes
expect_complaint "not also 'third.fa'" good.fa good.fa third.fa
expect_complaint 'empty' ''
expect_complaint '--first and --second' good.fa
expect_complaint '--first and --second' good.fa --second 1:5

# Slices that are not there.
expect_complaint '--first 1:1021 leaves good.fa, which has 1020 bases' good.fa good.fa --first 1:1021
expect_complaint '--second 1021:1 leaves good.fa' good.fa --first 1:5 --second 1021:1
expect_complaint '--second 18446744073709551615:18446744073709551615 leaves' good.fa good.fa \
    --second 18446744073709551615:18446744073709551615
{ cat good.fa; echo '>other one'; echo ACGT; } >two.fa
"$program" --check two.fa --first 1:1020 --second 1021:4 >/dev/null
expect_complaint "--first 1019:3 crosses the beginning of record 'other' of two.fa, at base 1021" \
    two.fa two.fa --first 1019:3
expect_complaint "without --second the slice crosses the beginning of record 'other'" good.fa two.fa

# Files that cannot be read, or are no FASTA.
for files in 'missing.fa good.fa' 'good.fa missing.fa'; do
    # shellcheck disable=SC2086
    expect_complaint 'missing.fa: No such file' $files
done
mkdir folder.fa
expect_complaint 'folder.fa: Is a directory' folder.fa good.fa
expect_complaint 'new\x0aline' $'new\nline' good.fa
: >empty.fa
expect_complaint 'empty.fa: the file is empty' good.fa empty.fa
printf '\n\r\n\n' >blank.fa
expect_complaint 'blank.fa: not a FASTA file' blank.fa good.fa
printf '@read\nACGT\n+\nIIII\n' >reads.fq
expect_complaint 'reads.fq: not a FASTA file' reads.fq good.fa
printf '>nothing\n\n>more of it\n' >nothing.fa
expect_complaint 'nothing.fa: there is no sequence in it' nothing.fa good.fa
printf '>record\nACGT\nAC\1GT\n' >bad.fa
expect_complaint "bad.fa: not a FASTA file: no letter after base 6 of record 'record'" bad.fa good.fa
gzip -c good.fa | head -c 40 >truncated.fa.gz
expect_complaint 'truncated.fa.gz: truncated' good.fa truncated.fa.gz

# More than there is room for.
{ echo '>long'; head -c 10000001 /dev/zero | tr '\0' A; echo; } >long.fa
expect_complaint 'has 10000001 bases, more than 10000000' long.fa good.fa
expect_complaint 'tiles of 1 bases would be more than 4000000' --tile 1 long.fa good.fa --first 1:10000000

# What is no bad input: help, and a stdout that is full.
checks=$((checks + 1))
"$program" --tile 7 --help >out 2>err || fail "status $? of --help"
grep -q '^Usage: wavefront' out && [ ! -s err ] || fail "--help prints something else"
checks=$((checks + 1))
status=0
"$program" --check good.fa good.fa >/dev/full 2>err || status=$?
[ "$status" -eq 1 ] && [ "$(wc -l <err)" -eq 1 ] || fail "status $status, and $(cat err), when stdout is full"

finish

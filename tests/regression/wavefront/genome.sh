#!/bin/bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Two operons for ribosomal RNA of E. coli 536, where they are in the genome. Skipped without Debian's package
# bowtie-examples.
source "$(dirname "$0")/common.sh" "$1"

genome=/usr/share/doc/bowtie/examples/genomes/NC_008253.fna.gz
if [ ! -r "$genome" ]; then
    echo "skipped: no $genome (Debian package bowtie-examples)"
    exit 77
fi
gzip -dc "$genome" >genome.fa
expect_success --check --first 4240801:6000 --second 4378201:6000 -t 1
tail -n +2 out >expected
expect_lines 'score 9902, and by the serial program' 'first 4241032 to 4246541, 5510 bases' \
    'second 4378413 to 4383925, 5513 bases' 'columns 5545: 5330 matches (96.1 %), 148 mismatches, 36 gaps of 67 bases'
for options in '-t 2' '-t 3 --tile 100' '-t 2 --tile 37' '-t 7 --tile 2000'; do
    # shellcheck disable=SC2086
    expect_success --check --first 4240801:6000 --second 4378201:6000 $options genome.fa
    tail -n +2 out | cmp -s - expected || fail "$options: $(diff out expected)"
done

# What is on the diagonal of a sequence and itself.
expect_success --check --first 1000001:3000 --second 1000001:3000
expect_lines 'score 6000' 'edits 3000=$'
finish

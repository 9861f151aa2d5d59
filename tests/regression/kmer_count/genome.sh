#!/bin/bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Counts of a real genome, E. coli 536, against sort and uniq. Skipped without Debian's package bowtie-examples.
source "$(dirname "$0")/common.sh" "$1"

genome=/usr/share/doc/bowtie/examples/genomes/NC_008253.fna.gz
if [ ! -r "$genome" ]; then
    echo "skipped: no $genome (Debian package bowtie-examples)"
    exit 77
fi
gzip -dc "$genome" >genome.fa
for k in 9 21 32; do
    reference "$k" genome.fa >counts
    histogram_of counts >histogram
    top_of counts >top
    expect_counts genome.fa "$k"
    expect_counts genome.fa "$k" -t 1
    expect_counts "$genome" "$k" -t 3
    expect_counts "$genome" "$k" --block 20011
done
finish

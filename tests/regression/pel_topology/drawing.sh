#!/bin/bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Every PU and every worker is drawn once, in an SVG that is well-formed; bad input gets exit status 2 and one line on
# stderr. With PEL_TOPOLOGY_DIR all machines there are drawn. Skipped without python3, which reads the SVG.
set -euo pipefail
export LC_ALL=C.UTF-8
unset PEL_NUM_THREADS OMP_NUM_THREADS OMP_THREAD_LIMIT # nproc obeys OpenMP's

if ! command -v python3 >/dev/null; then
    echo "skipped: no python3"
    exit 77
fi

program=$(realpath "$1")
data=$(realpath "$(dirname "$0")/../../unit/detail/topology/data")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
failures=0

fail() {
    echo "FAILED: $*"
    failures=$((failures + 1))
}

# expect_drawing PUS ARGUMENT...: PUS "as said" are those of the text
expect_drawing() {
    local pus=$1
    shift
    "$program" --svg out.svg "$@" >out 2>err || fail "status $? of: $*"
    [ ! -s err ] || fail "stderr of $*: $(cat err)"
    [ "$pus" != 'as said' ] || pus=$(sed -n 's/^machine: \([0-9]*\) PUs\?$/\1/p' out)
    grep -q '^machine: ' out && grep -qE '^[0-9]+ workers?, ' out && grep -q '^concurrency ' out || fail "the text of: $*"
    python3 -c 'import sys, xml.dom.minidom as dom
sys.exit(dom.parse("out.svg").documentElement.tagName != "svg")' || fail "the SVG of: $*"
    [ "$(grep -cE '<rect.*class="pu( taken| loose)?".*PU ' out.svg)" -eq "$pus" ] || fail "PUs in the SVG of: $*"
    ! grep -qE 'href|url\(|@import' out.svg || fail "the SVG of $* needs something else"
}

# expect_workers WORDS TAKEN LOOSE ARGUMENT...: a line of the text, and how many PUs have workers that are bound, or not
expect_workers() {
    local words=$1 taken=$2 loose=$3
    shift 3
    "$program" --svg out.svg "$@" >out 2>err || fail "status $? of: $*"
    grep -qF -- "$words" out || fail "no '$words' in the text of $*: $(cat out)"
    [ "$(grep -c '<rect.*class="pu taken".*worker' out.svg)" -eq "$taken" ] || fail "bound workers in the SVG of: $*"
    [ "$(grep -c '<rect.*class="pu loose".*worker' out.svg)" -eq "$loose" ] || fail "other workers in the SVG of: $*"
}

# expect_complaint WORDS ARGUMENT...
expect_complaint() {
    local words=$1 status=0
    shift
    "$program" "$@" >out 2>err </dev/null || status=$?
    [ "$status" -eq 2 ] || fail "status $status of: $*"
    [ ! -s out ] || fail "something on stdout of: $*"
    [ "$(wc -l <err)" -eq 1 ] || fail "not one line on stderr of: $*: $(cat err)"
    grep -qF -- "$words" err || fail "no '$words' in: $(cat err)"
}

expect_complaint '--xml needs a value' --xml
expect_complaint '--svg is empty' --svg ''
expect_complaint "'--foo'" --foo
expect_complaint "'file.xml'" file.xml
expect_complaint 'exclude each other' --xml a.xml --synthetic pu:2
expect_complaint 'nowhere/out.svg cannot be written' --svg nowhere/out.svg
expect_complaint '--synthetic is empty' --synthetic ''
expect_complaint '-t needs a value' -t
for number in 0 2048 99999999999999999999 -1 3x ' 3'; do
    expect_complaint "-t takes a number from 1 to 2047, not '$number'" -t "$number"
done
expect_complaint "--binding takes none, automatic, core or numa_node, not 'cores'" --binding cores
expect_complaint "--no-smt takes no value, not '1'" --no-smt=1
PEL_NUM_THREADS=many expect_complaint 'PEL_NUM_THREADS is "many"'
"$program" --help | grep -q '^Usage: pel_topology' || fail '--help'
expect_drawing "$(nproc)"
expect_workers '3 workers, not bound' 0 "$(($(nproc) < 3 ? $(nproc) : 3))" -t3 --binding=none

if { "$program" --synthetic pu:1 2>&1 || true; } | grep -q PEL_NO_HWLOC; then
    [ "$failures" -eq 0 ] || exit 1
    echo 'built without hwloc: machines that are described cannot be drawn'
    exit 77
fi

expect_complaint 'missing.xml: cannot be read: No such file' --xml missing.xml
echo 'hello' >bad.xml
expect_complaint 'bad.xml: the file is not XML' --xml bad.xml
expect_complaint '"hello"' --synthetic hello
expect_complaint 'new\x0aline' --xml $'new\nline'
expect_drawing 1 --synthetic pu:1
expect_drawing 32 --synthetic 'pack:2 numa:2 l3:2 core:2 pu:2'
expect_drawing 512 '--synthetic=pack:2 numa:4 l3:4 l2:2 core:4 pu:2'
expect_drawing 4 --xml "$data/memory_kinds.xml" # of 5, one is disallowed
expect_drawing 8 --xml "$data/hybrid.xml"
expect_drawing 2 --xml "$data/bare.xml"

expect_workers '1 worker, not bound' 0 1 --synthetic pu:1
machine='pack:2 numa:2 l3:1 core:2 pu:2'
expect_workers '16 workers, each bound to the CPUs of its NUMA node' 16 0 --synthetic "$machine"
expect_workers 'CPUs 0-3; workers 0-1 on CPUs 0,2' 8 0 --synthetic "$machine" --no-smt
expect_workers '6 workers, each bound to its core' 6 0 --synthetic "$machine" --no-smt -t 6 --binding core
expect_workers '6 workers, 4 of them each bound' 4 2 --synthetic "$machine" -t 6
expect_workers '3 workers, not bound: too few' 0 3 --synthetic "$machine" -t 3
expect_workers 'CPUs 0-3; workers 0-7' 16 0 --synthetic "$machine" -t 32
grep -q '>w30-31<' out.svg || fail 'two workers on a PU'
expect_workers '8 workers, not bound: there is one NUMA node' 0 8 --synthetic 'core:4 pu:2'
expect_workers '8 workers, each bound to the CPUs of its NUMA node' 8 0 --synthetic 'core:4 pu:2' --binding numa_node
"$program" --synthetic "$machine" | grep -A4 'by tier' | tr -s ' \n' ' ' >out
grep -qF 'core 1 L3 2 package 4 remote 30 8' out || fail "the tiers: $(cat out)"
PEL_NUM_THREADS=5 expect_workers '5 workers' 5 0 --synthetic "$machine" --binding core

for file in "${PEL_TOPOLOGY_DIR:-/nowhere}"/*.xml; do
    [ -e "$file" ] || break
    expect_drawing 'as said' --xml "$file"
done
echo "$failures failures"
[ "$failures" -eq 0 ]

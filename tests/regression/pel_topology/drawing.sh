#!/bin/bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Every PU is drawn once, in an SVG that is well-formed; bad input gets exit status 2 and one line on stderr.
set -euo pipefail
export LC_ALL=C.UTF-8

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

# expect_drawing PUS ARGUMENT...
expect_drawing() {
    local pus=$1
    shift
    "$program" --svg out.svg "$@" >out 2>err || fail "status $? of: $*"
    [ ! -s err ] || fail "stderr of $*: $(cat err)"
    grep -q '^machine: ' out && grep -q '^concurrency ' out || fail "the text of: $*"
    python3 -c 'import sys, xml.dom.minidom as dom
sys.exit(dom.parse("out.svg").documentElement.tagName != "svg")' || fail "the SVG of: $*"
    [ "$(grep -c '<rect.*class="pu".*PU ' out.svg)" -eq "$pus" ] || fail "PUs in the SVG of: $*"
    ! grep -qE 'href|url\(|@import' out.svg || fail "the SVG of $* needs something else"
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
"$program" --help | grep -q '^Usage: pel_topology' || fail '--help'
expect_drawing "$(nproc)"

if "$program" --synthetic pu:1 2>&1 | grep -q PEL_NO_HWLOC; then
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
echo "$failures failures"
[ "$failures" -eq 0 ]

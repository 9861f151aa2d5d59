# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# What the tests of wavefront share: sourced with the program as $1. Makes an empty working directory and goes there.
set -euo pipefail
export LC_ALL=C

wavefront=$(realpath "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

failures=0
checks=0

fail() {
    echo "FAILED: $*"
    failures=$((failures + 1))
}

finish() {
    echo "$checks checks, $failures failures"
    [ "$failures" -eq 0 ] && [ "$checks" -gt 0 ]
}

# expect_success ARGUMENT...: wavefront succeeds and says nothing on stderr; what it prints goes to the file out.
expect_success() {
    checks=$((checks + 1))
    "$wavefront" "$@" >out 2>err </dev/null || fail "status $? of $*: $(head -3 err)"
    [ ! -s err ] || fail "stderr of $*: $(head -3 err)"
}

# expect_lines WORDS...: each is a line of the file out, or its beginning, spaces apart.
expect_lines() {
    local words
    tr -s ' ' <out >lines
    for words in "$@"; do grep -q "^$words" lines || fail "no '$words' in: $(cat out)"; done
}

# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# What the tests of heat3d share: sourced with the program as $1. Makes an empty working directory and goes there.
set -euo pipefail
export LC_ALL=C

heat3d=$(realpath "$1")
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

# expect_success ARGUMENT...: heat3d succeeds and says nothing on stderr; what it prints goes to the file out.
expect_success() {
    checks=$((checks + 1))
    "$heat3d" "$@" >out 2>err </dev/null || fail "status $? of $*: $(head -3 err)"
    [ ! -s err ] || fail "stderr of $*: $(head -3 err)"
}

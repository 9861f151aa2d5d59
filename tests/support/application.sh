# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# What the tests of applications share: sourced with the program as $1. Makes an empty working directory and goes there.
set -euo pipefail
export LC_ALL=C

program=$(realpath "$1")
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

# expect_success ARGUMENT...: the program succeeds and says nothing on stderr; what it prints goes to the file out.
expect_success() {
    checks=$((checks + 1))
    "$program" "$@" >out 2>err </dev/null || fail "status $? of $*: $(head -3 err)"
    [ ! -s err ] || fail "stderr of $*: $(head -3 err)"
}

# expect_complaint_of WORDS COMMAND...: exit status 2, nothing on stdout, and one line on stderr, which holds WORDS.
expect_complaint_of() {
    local words=$1 status=0
    shift
    checks=$((checks + 1))
    "$@" >out 2>err </dev/null || status=$?
    [ "$status" -eq 2 ] || fail "status $status of: $*"
    [ ! -s out ] || fail "something on stdout of: $*"
    [ "$(wc -l <err)" -eq 1 ] || fail "not one line on stderr of: $*: $(cat err)"
    grep -qF -- "$words" err || fail "no '$words' in: $(cat err)"
}

# expect_complaint WORDS ARGUMENT...: the same of the program.
expect_complaint() {
    local words=$1
    shift
    expect_complaint_of "$words" "$program" "$@"
}

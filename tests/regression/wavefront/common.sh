# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# What the tests of wavefront share: sourced with the program as $1.
# shellcheck source=tests/support/application.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../support/application.sh" "$1"

# expect_lines WORDS...: each is a line of the file out, or its beginning, spaces apart.
expect_lines() {
    local words
    tr -s ' ' <out >lines
    for words in "$@"; do grep -q "^$words" lines || fail "no '$words' in: $(cat out)"; done
}

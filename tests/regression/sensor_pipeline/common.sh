# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# What the tests of sensor_pipeline share: sourced with the program as $1.
# shellcheck source=tests/support/application.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../support/application.sh" "$1"

frame_size=$((36 + 128 * 256 * 12 / 8 + 4)) # of a whole record
clean=(--lose 0 --damage 0 --delay 0)

# generate FILE OPTION...: a recording.
generate() {
    local file=$1
    shift
    expect_success --generate "$file" "$@"
}

# expect_lines WORDS...: each is the beginning of a line of the file out, spaces apart.
expect_lines() {
    local words
    tr -s ' ' <out >lines
    for words in "$@"; do grep -q "^ *$words" lines || fail "no '$words' in: $(cat out)"; done
}

# records FILE: a line "kind sensor offset size sequence" for each record, its whole size.
records() {
    local file=$1 offset=36 end header size
    end=$(stat -c %s "$file")
    while [ "$offset" -lt "$end" ]; do
        read -r -a header < <(od -An -v -w16 -tu4 -j "$offset" -N 16 "$file")
        size=$((36 + header[2] + 4))
        echo "$((header[1] & 255)) $((header[1] >> 8 & 255)) $offset $size ${header[3]}"
        offset=$((offset + size))
    done
}

# offset_of KIND SENSOR SEQUENCE: of a record, by the lines of `records` in the file index.
offset_of() {
    awk -v kind="$1" -v sensor="$2" -v sequence="$3" '$1 == kind && $2 == sensor && $5 == sequence { print $3 }' index
}

# put FILE OFFSET: what comes on stdin takes the place of what is there.
put() { dd of="$1" bs=1 seek="$2" conv=notrunc status=none; }

# number COUNT VALUE: VALUE as COUNT bytes, the lowest first.
number() {
    local i escapes=
    for ((i = 0; i < $1; ++i)); do escapes+=$(printf '\\x%02x' $(($2 >> 8 * i & 255))); done
    printf '%b' "$escapes"
}

# checksum: CRC-32 of stdin, as gzip has it at its end.
checksum() { gzip -1c | tail -c 8 | head -c 4; }

# slice FILE OFFSET SIZE
slice() { dd if="$1" iflag=skip_bytes,count_bytes skip="$2" count="$3" bs=64K status=none; }

# patch FILE HEADER OFFSET COUNT VALUE: a number in the header (of the file or a record) that begins at HEADER, and the
# checksum at its end.
patch() {
    number "$4" "$5" | put "$1" $(($2 + $3))
    slice "$1" "$2" 32 | checksum | put "$1" $(($2 + 32))
}

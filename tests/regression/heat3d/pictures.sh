#!/bin/bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# The pictures of heat3d: PPM and PNG show the same, the right way round, in colours that get lighter all the way.
# Skipped without python3, which reads them.
# shellcheck source=tests/support/application.sh
source "$(dirname "$0")/../../support/application.sh" "$1"

if ! command -v python3 >/dev/null; then
    echo "skipped: no python3"
    exit 77
fi

for n in 1 2 21 64; do
    expect_success --check -n "$n" -s 5 -t 2 --slice layer.ppm
    expect_success --check -n "$n" -s 5 --slice=layer.png
    checks=$((checks + 1))
    python3 - "$n" <<'END' || fail "pictures of $n"
import math, struct, sys, zlib

n = int(sys.argv[1])
data = open("layer.png", "rb").read()
assert data[:8] == b"\x89PNG\r\n\x1a\n", "signature"
chunks, at = [], 8
while at < len(data):
    size = struct.unpack(">I", data[at:at + 4])[0]
    kind, body = data[at + 4:at + 8], data[at + 8:at + 8 + size]
    assert struct.unpack(">I", data[at + 8 + size:at + 12 + size])[0] == zlib.crc32(kind + body), kind
    chunks.append((kind, body))
    at += 12 + size
assert [kind for kind, _ in chunks] == [b"IHDR", b"PLTE", b"IDAT", b"IEND"], chunks
assert chunks[0][1] == struct.pack(">IIBBBBB", n, n, 8, 3, 0, 0, 0), chunks[0]
palette = [tuple(chunks[1][1][i:i + 3]) for i in range(0, 768, 3)]
raw = zlib.decompress(chunks[2][1])
assert len(raw) == n * (n + 1) and set(raw[::n + 1]) == {0}, "rows"
shades = [raw[y * (n + 1) + 1:(y + 1) * (n + 1)] for y in range(n)]
ppm = b"P6\n%d %d\n255\n" % (n, n) + bytes(part for row in shades for shade in row for part in palette[shade])
assert open("layer.ppm", "rb").read() == ppm, "the two differ"

# Lightness as CIE defines it: another measure of it than the one that the colours are made by.
def linear(part):
    part /= 255
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
lightness = [116 * (0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b)) ** (1 / 3) - 16 for r, g, b in palette]
assert all(a < b + 0.3 for a, b in zip(lightness, lightness[1:])), "colours that get darker"
assert all(a + 5 < b for a, b in zip(lightness, lightness[24:])), "colours that hardly get lighter"

if n < 21:
    sys.exit(0)
assert min(map(min, shades)) == 0 and max(map(max, shades)) == 255, "the range is not used"
# The exact solution of the scheme after 5 steps, with y upwards.
def mode(amplitude, waves, place):
    left = 1 - sum(math.sin(m * math.pi / (n + 1) / 2) ** 2 for m in waves) / 2
    return amplitude * left ** 5 * math.prod(math.sin(m * i * math.pi / (n + 1)) for m, i in zip(waves, place))
def temperature(*place):
    return mode(.5, (1, 1, 1), place) + mode(.3, (3, 2, 1), place) + mode(.2, (4, 5, 7), place)
wanted = [[temperature(x, n - row, n // 2 + 1) for x in range(1, n + 1)] for row in range(n)]
low, high = min(map(min, wanted)), max(map(max, wanted))
worst = max(abs((wanted[row][x] - low) / (high - low) * 255 - shades[row][x]) for row in range(n) for x in range(n))
assert worst < 0.51, f"shades are off by {worst}"
END
done

finish

# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Draws what the benchmark granularity measured.

chart.py RESULTS SVG    RESULTS: the file that the benchmark wrote with --results. For each number of items and length of a
                        body: how many times faster PEL is than the fastest of oneTBB's partitioners and OpenMP's schedules
                        (large), and than the plain loop (small). Fastest repetitions.
"""

import math
import re
import sys
from pathlib import Path

NAME = re.compile(r"sweep_(\d+)x(\d+)(ns|us|ms)/(\w+)/\d+")
UNITS = {"ns": 1, "us": 1_000, "ms": 1_000_000}
WIDTH, HEIGHT, LEFT, TOP = 76, 50, 92, 66
SLOWER, EQUAL, FASTER = (214, 96, 40), (247, 247, 245), (38, 110, 180)


def read(path):
    """{(n, ns): {runtime: time}}"""
    cells = {}
    for line in Path(path).read_text().splitlines():
        name, metric, value = line.split("\t")
        match = NAME.fullmatch(name)
        if match and metric == "fastest":
            key = int(match[1]), int(match[2]) * UNITS[match[3]]
            cells.setdefault(key, {})[match[4]] = float(value)
    return cells


def colour(ratio):
    """Full colour at 8 times."""
    part = max(-1.0, min(1.0, math.log2(ratio) / 3))
    end = FASTER if part > 0 else SLOWER
    return "#" + "".join(f"{round(a + (b - a) * abs(part)):02x}" for a, b in zip(EQUAL, end))


def text(x, y, size, content, colour_of="#222", anchor="middle"):
    return f'<text x="{x}" y="{y}" font-size="{size}" fill="{colour_of}" text-anchor="{anchor}">{content}</text>'


def number(ratio):
    return f"{ratio:.0f}" if ratio >= 9.95 else f"{ratio:.1f}" if ratio >= 1.995 else f"{ratio:.2f}"


def duration(ns):
    return f"{ns} ns" if ns < 1_000 else f"{ns // 1_000} µs" if ns < 1_000_000 else f"{ns // 1_000_000} ms"


def count(n):
    return str(n) if n < 10_000 else "10" + "".join("⁰¹²³⁴⁵⁶⁷⁸⁹"[int(digit)] for digit in str(len(str(n)) - 1))


def draw(cells):
    sizes = sorted({n for n, _ in cells})
    bodies = sorted({ns for _, ns in cells})
    width, height = LEFT + WIDTH * len(sizes) + 16, TOP + HEIGHT * len(bodies) + 44
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" role="img">',
        "<title>Speed of a PEL loop by number of items and length of a body</title>",
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
        text(LEFT, 24, 15, "PEL's loop: times the speed of the best of oneTBB and OpenMP", anchor="start"),
        text(LEFT, 44, 12, "small: times the speed of the plain loop on one thread", "#666", "start"),
    ]
    for row, ns in enumerate(bodies):
        y = TOP + row * HEIGHT
        parts.append(text(LEFT - 10, y + HEIGHT / 2 + 4, 13, duration(ns), anchor="end"))
        for column, n in enumerate(sizes):
            found = cells.get((n, ns), {})
            peers = [time for runtime, time in found.items() if runtime not in ("pel", "serial")]
            if not peers or "pel" not in found or "serial" not in found:
                continue
            ratio, alone = min(peers) / found["pel"], found["serial"] / found["pel"]
            x = LEFT + column * WIDTH
            ink = "#fff" if abs(math.log2(ratio)) > 1.9 else "#222"
            parts.append(f'<rect x="{x + 1}" y="{y + 1}" width="{WIDTH - 2}" height="{HEIGHT - 2}" rx="4" fill="{colour(ratio)}"/>')
            parts.append(text(x + WIDTH / 2, y + 24, 15, number(ratio), ink))
            parts.append(text(x + WIDTH / 2, y + 40, 10, number(alone), ink))
    bottom = TOP + len(bodies) * HEIGHT + 18
    parts += [text(LEFT + column * WIDTH + WIDTH / 2, bottom, 13, count(n)) for column, n in enumerate(sizes)]
    parts.append(text(LEFT + WIDTH * len(sizes) / 2, bottom + 20, 12, "items", "#666"))
    return "\n".join(parts + ["</svg>", ""])


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    cells = read(sys.argv[1])
    if not cells:
        sys.exit(f"error: {sys.argv[1]} holds no results of the benchmark granularity")
    Path(sys.argv[2]).write_text(draw(cells))


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What the benchmark granularity measured: for each number of items and length of a body, how many times faster PEL's loop is
than the fastest of oneTBB's partitioners and OpenMP's schedules (large), and than the plain loop (small). Fastest
repetitions; two threads.
"""

import math
import re

import units
from charts.svg import Drawing

NAME = re.compile(r"sweep_(\d+)x(\d+)(ns|us|ms)")
UNITS = {"ns": 1, "us": 1_000, "ms": 1_000_000}
WIDTH, HEIGHT, LEFT, TOP = 76, 50, 92, 66
LEAST_WIDTH = 640                 # of the whole chart: its title has to fit
FULL = 8                          # times: full colour


def cells_of(benchmark):
    """{(n, ns): {runtime: time}} of the process that runs as it is."""
    cells = {}
    for workload, variants in benchmark.workloads().items():
        match = NAME.fullmatch(workload)
        if match:
            key = int(match[1]), int(match[2]) * UNITS[match[3]]
            cells[key] = {one.runtime: one.fastest for one in variants}
    return cells


def _draw_cell(drawing, x, y, times):
    others = [time for runtime, time in times.items() if runtime not in ("pel", "serial")]
    if not others or "pel" not in times or "serial" not in times:
        return
    speed, alone = min(others) / times["pel"], times["serial"] / times["pel"]
    part = min(1.0, abs(math.log2(speed)) / math.log2(FULL))
    drawing.rect(x + 1, y + 1, WIDTH - 2, HEIGHT - 2, "fast" if speed >= 1 else "slow", rx=4, fill_opacity=0.06 + 0.94 * part)
    ink = "on-strong" if part > 0.6 else "ink"
    drawing.text(x + WIDTH / 2, y + 24, units.ratio(speed), ink, "middle", 15)
    drawing.text(x + WIDTH / 2, y + 40, units.ratio(alone), ink, "middle", 10)


def draw_cells(cells):
    sizes, bodies = sorted({n for n, _ in cells}), sorted({ns for _, ns in cells})
    drawing = Drawing(max(LEAST_WIDTH, LEFT + WIDTH * len(sizes) + 16), TOP + HEIGHT * len(bodies) + 44,
                      "Speed of a PEL loop by number of items and length of a body")
    drawing.text(LEFT, 24, "PEL's loop: times the speed of the best of oneTBB and OpenMP", size=15)
    drawing.text(LEFT, 44, "small: times the speed of the plain loop on one thread", "muted")
    for row, ns in enumerate(bodies):
        y = TOP + row * HEIGHT
        drawing.text(LEFT - 10, y + HEIGHT / 2 + 4, units.short_time(ns), "ink", "end", 13)
        for column, n in enumerate(sizes):
            _draw_cell(drawing, LEFT + column * WIDTH, y, cells.get((n, ns), {}))
    bottom = TOP + len(bodies) * HEIGHT + 18
    for column, n in enumerate(sizes):
        drawing.text(LEFT + column * WIDTH + WIDTH / 2, bottom, units.count(n), "ink", "middle", 13)
    drawing.text(LEFT + WIDTH * len(sizes) / 2, bottom + 20, "items", "muted", "middle")
    return drawing


def find(run):
    """The Drawing, or None if the benchmark did not run."""
    for benchmark in run.benchmarks:
        if cells := cells_of(benchmark):
            return draw_cells(cells)
    return None


def draw(run):
    drawing = find(run)
    return drawing.render() if drawing else ""

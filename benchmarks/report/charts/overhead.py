# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What does a loop cost that is too small to share? Time of a call by the number of its items, from main and on a worker."""

import re

import peers
import units
from charts.svg import Drawing, LogScale

NAME = re.compile(r"small_loop_(\d+)(_on_worker)?")
WIDTH, PANEL, LEFT, TOP, HEIGHT = 920, 380, 64, 40, 250
LIBRARIES = ("serial", "pel", "tbb", "omp")


def series_of(benchmark):
    """{is on a worker: {library: {items: ns}}}, of each library its fastest way with most workers."""
    found = {}
    for workload, times in peers.times(benchmark).items():
        match = NAME.fullmatch(workload)
        if not match:
            continue
        for library in LIBRARIES:
            some = [one for one in times if one.variant.library == library]
            most = max((one.variant.workers for one in some), default=0)
            best = min((one.ns for one in some if one.variant.workers == most), default=None)
            if best:
                found.setdefault(bool(match[2]), {}).setdefault(library, {})[int(match[1])] = best
    return found


def _axes(drawing, x, y, title, sizes):
    drawing.text(x.start, TOP - 18, title, "ink", size=14)
    for value in y.ticks(18):
        drawing.line(x.start, y(value), x.end, y(value), "grid")
        drawing.text(x.start - 8, y(value) + 4, units.short_time(value), "muted", "end")
    for size in sizes:
        drawing.text(x(size), y.start + 18, str(size), "muted", "middle")
    drawing.text((x.start + x.end) / 2, y.start + 36, "items", "muted", "middle")


def _draw_names(drawing, x, last, y):
    """The times at the ends of the curves, apart from each other."""
    place = float("inf")
    for library, ns in sorted(last.items(), key=lambda item: item[1]):
        place = min(y(ns), place - 14)
        drawing.text(x.end + 12, place + 4, units.time(ns), f"name {library}", size=12)


def _draw_panel(drawing, left, title, series, y):
    sizes = sorted({size for values in series.values() for size in values})
    x = LogScale(sizes[0], max(sizes[-1], sizes[0] + 1), left + LEFT, left + LEFT + PANEL - 90)
    _axes(drawing, x, y, title, sizes)
    for library, values in series.items():
        drawing.path([(x(size), y(ns)) for size, ns in sorted(values.items())], f"curve {library}")
        for size, ns in values.items():
            text = f"{peers.LIBRARIES[library]}, {size} items: {units.time(ns)}"
            drawing.mark(library, x(size), y(ns), 4.2, tip=text)
    _draw_names(drawing, x, {library: values[max(values)] for library, values in series.items()}, y)


def draw(run):
    series = next((found for benchmark in run.benchmarks if (found := series_of(benchmark))), {})
    if not series:
        return ""
    all_ns = [ns for libraries in series.values() for values in libraries.values() for ns in values.values()]
    y = LogScale(min(all_ns) / 1.3, max(all_ns) * 1.3, TOP + HEIGHT, TOP)
    drawing = Drawing(WIDTH, TOP + HEIGHT + 46, "Time of a small loop by number of items")
    panels = [("called from main", series.get(False)), ("called inside a parallel region", series.get(True))]
    for index, (title, libraries) in enumerate(panels):
        if libraries:
            _draw_panel(drawing, index * WIDTH / 2, title, libraries, y)
    return drawing.render()

# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What do more workers bring? For each workload that ran with several numbers of workers, a library's speed beside the plain
code's, from one worker (hollow) to the most (full). Workloads that are hardly more than their tasks have a scale of their own.
"""

import peers
import units
from charts.svg import Drawing, LogScale

WIDTH, LEFT, RIGHT, TOP, LANE, GAP = 920, 150, 64, 44, 9, 10
LIBRARIES = ("pel", "tbb", "omp")
WORTH_SHARING = 1e5               # ns of plain code
ALMOST_PLAIN = 0.4                # of the plain code's speed, on one worker: below, the tasks are most of the work


def lanes_of(benchmark):
    """{workload: {library: {workers: speed beside the plain code}}}; of each library the way that is fastest with most."""
    found = {}
    for workload, times in peers.times(benchmark).items():
        serial = next((one.ns for one in times if one.variant.runtime == "serial"), None)
        most = max(one.variant.workers for one in times)
        if not serial or serial < WORTH_SHARING or most < 2:
            continue
        for library in LIBRARIES:
            ways = {}
            for one in times:
                if one.variant.library == library and one.ns:
                    ways.setdefault((one.variant.runtime, one.process), {})[one.variant.workers] = serial / one.ns
            ways = [way for name, way in ways.items() if most in way and len(way) > 1 and (library != "pel" or name[0] == "pel")]
            if ways:
                found.setdefault(workload, {})[library] = max(ways, key=lambda way: way[most])
    return {workload: lanes for workload, lanes in found.items() if "pel" in lanes and len(lanes) > 1}


def all_lanes(run):
    return {workload: lanes for benchmark in run.benchmarks if not benchmark.compiler for workload, lanes in lanes_of(benchmark).items()}


def _axis(drawing, x, bottom, most):
    for value in x.ticks(34):
        drawing.line(x(value), TOP - 6, x(value), bottom, "grid")
        drawing.text(x(value), bottom + 16, f"{value:g}", "muted", "middle")
    for value, name in ((1, "plain code"), (most, f"{most} times")):
        drawing.line(x(value), TOP - 6, x(value), bottom, "rule")
        drawing.text(x(value), TOP - 14, name, "muted", "middle")
    drawing.text((x.start + x.end) / 2, bottom + 34, "times the speed of the plain code on one thread", "muted", "middle")


def _draw_lane(drawing, x, y, workload, library, speeds):
    counts = sorted(speeds)
    drawing.line(x(speeds[counts[0]]), y, x(speeds[counts[-1]]), y, f"lane {library}")
    for count in counts:
        text = f"{workload}, {peers.LIBRARIES[library]}, {count} workers: {units.ratio(speeds[count])} times the plain code"
        drawing.mark(library, x(speeds[count]), y, 2.2 if count not in (counts[0], counts[-1]) else 3.6, count == counts[0], text)


def _draw_panel(some):
    if not some:
        return ""
    speeds = [speed for lanes in some.values() for way in lanes.values() for speed in way.values()]
    most = max(count for lanes in some.values() for way in lanes.values() for count in way)
    x = LogScale(min(0.5, min(speeds) / 1.1), max(most * 1.1, max(speeds) * 1.1), LEFT, WIDTH - RIGHT)
    bottom = TOP + sum(LANE * len(lanes) + GAP for lanes in some.values())
    drawing = Drawing(WIDTH, bottom + 42, "Speed beside the plain code's, from one worker to the most")
    _axis(drawing, x, bottom, most)
    y = TOP
    for workload, lanes in sorted(some.items(), key=lambda item: -max(item[1]["pel"].values())):
        height = LANE * len(lanes) + GAP
        drawing.text(LEFT - 12, y + height / 2 + 4, workload, "ink", "end", 12)
        for index, (library, way) in enumerate(lanes.items()):
            _draw_lane(drawing, x, y + GAP / 2 + LANE * (index + 0.5), workload, library, way)
        y += height
        drawing.line(LEFT, y, WIDTH - RIGHT, y, "hair")
    return drawing.render()


def _is_almost_plain(lanes):
    return min(way[min(way)] for way in lanes.values()) >= ALMOST_PLAIN


def draw_work(run):
    """Workloads in which most of the time is work."""
    return _draw_panel({workload: lanes for workload, lanes in all_lanes(run).items() if _is_almost_plain(lanes)})


def draw_tasks(run):
    """The others."""
    return _draw_panel({workload: lanes for workload, lanes in all_lanes(run).items() if not _is_almost_plain(lanes)})

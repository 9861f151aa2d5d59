# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""How long until something happens? Times from the clock, not ratios: the first call of a process, a task from outside, who
waits for another, a worker that sleeps, help for a thread that is busy.
"""

import re

import peers
import units
from charts.svg import Drawing, LogScale

LINES = [                         # pattern of workloads, what is measured
    (r"submit_1", "a task from outside and its result"),
    (r"submit_4", "the same, from 4 threads at once"),
    (r"post_1", "a task from outside, posted"),
    (r"post_4", "the same, from 4 threads at once"),
    (r"spawn_get_1", "a coroutine from outside and its result"),
    (r"hand_over_semaphore", "from thread to thread, by a semaphore"),
    (r"hand_over_coroutines", "from coroutine to coroutine, or fiber"),
    (r"wake_up", "until a sleeping worker begins a task"),
    (r"first_call_invoke", "first fork of a process"),
    (r"first_call_loop", "first loop of a process"),
    (r"late_help_spinning", "until help, the other worker just busy"),
    (r"late_help_bound", "until help, threads bound to cores"),
    (r"late_help_parked", "until help, the other worker asleep"),
    (r"late_help_busy", "until help, after a long time alone"),
]
WIDTH, LEFT, RIGHT, TOP, HEIGHT = 920, 276, 24, 16, 28
LIBRARIES = ("pel", "tbb", "omp", "std", "boost", "plain")


def lines_of(run):
    """[(what, workload, {library: Time})], of each library its fastest way with most workers."""
    all_times = {workload: times for benchmark in run.benchmarks if not benchmark.compiler
                 for workload, times in peers.times(benchmark).items()}
    found = []
    for pattern, what in LINES:
        for workload, times in all_times.items():
            if not re.fullmatch(pattern, workload):
                continue
            best = {}
            for one in sorted(times, key=lambda one: (-one.variant.workers, one.ns)):
                if one.variant.library in LIBRARIES and one.ns > 0:
                    best.setdefault(one.variant.library, one)
            if best:
                found.append((what, workload, best))
    return found


def draw(run):
    lines = lines_of(run)
    if not lines:
        return ""
    all_ns = [one.ns for _, _, best in lines for one in best.values()]
    x = LogScale(min(all_ns) / 1.5, max(all_ns) * 1.5, LEFT, WIDTH - RIGHT)
    bottom = TOP + HEIGHT * len(lines)
    drawing = Drawing(WIDTH, bottom + 26, "Times until something happens")
    for value in x.ticks(46):
        drawing.line(x(value), TOP, x(value), bottom, "grid")
        drawing.text(x(value), bottom + 17, units.short_time(value), "muted", "middle")
    for index, (what, workload, best) in enumerate(lines):
        y = TOP + HEIGHT * (index + 0.5)
        drawing.text(LEFT - 14, y + 4, what, "ink", "end", 12.5, tip=workload)
        drawing.line(x.start, y, x.end, y, "hair")
        for library, one in reversed(best.items()):
            drawing.mark(library, x(one.ns), y, 5.2, tip=f"{workload}, {one.label}: {units.time(one.ns)}")
    return drawing.render()

# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""How fast is PEL beside the best other library? A line for each benchmark, the fastest at the top."""

import noise
import peers
import units
from charts.svg import Drawing, LogScale

WIDTH, LEFT, RIGHT, TOP, HEIGHT = 920, 150, 70, 44, 24
NO_SPEED = {"idle"}               # its time is CPU time of a process that does nothing


class Line:
    """A benchmark's rows with most workers, and with one."""

    def __init__(self, benchmark):
        rows = [row for row in peers.rows(benchmark) if row.is_main and row.speed]
        self.benchmark = benchmark
        self.rows = peers.widest(rows)
        self.alone = [row for row in rows if row.workers == 1 and row not in self.rows]

    @property
    def mean(self):
        return peers.geometric_mean([row.speed for row in self.rows])

    @property
    def mean_alone(self):
        return peers.geometric_mean([row.speed for row in self.alone]) if self.alone else None


def lines_of(run):
    lines = [Line(benchmark) for benchmark in run.benchmarks if benchmark.name not in NO_SPEED and not benchmark.compiler]
    return sorted((line for line in lines if line.rows), key=lambda line: -line.mean)


def tip(row):
    best = row.peers[0]
    doubt = f" ± {units.percent(row.doubt)}" if row.doubt is not None else ""
    return (f"{row.name}, {row.workers} workers: {units.ratio(row.speed)}{doubt} times the speed of {best.label} "
            f"({units.time(row.pel.median)} and {units.time(best.ns)})")


def _axis(drawing, x, bottom):
    drawing.rect(x.start, TOP - 6, x(1) - x.start, bottom - TOP + 6, "band")
    for value in x.ticks(34):
        drawing.line(x(value), TOP - 6, x(value), bottom, "rule" if value == 1 else "grid")
        drawing.text(x(value), bottom + 16, f"{value:g}", "muted", "middle")
    drawing.text(x(1) - 8, TOP - 16, "◂ the other is faster", "muted", "end")
    drawing.text(x(1) + 8, TOP - 16, "PEL is faster ▸", "muted")
    drawing.text((x.start + x.end) / 2, bottom + 34, "times the speed of the best other library, on a logarithmic scale", "muted", "middle")


def _draw_line(drawing, x, y, line):
    is_disturbed = bool(noise.over(line.benchmark))
    drawing.text(LEFT - 12, y + 4, line.benchmark.name + (" ~" if is_disturbed else ""), "ink", "end", 12.5)
    speeds = [row.speed for row in line.rows]
    drawing.line(x(min(speeds)), y, x(max(speeds)), y, "stem pel")
    for row in line.rows:
        if row.doubt:
            drawing.line(x(row.speed / (1 + row.doubt)), y, x(row.speed * (1 + row.doubt)), y, "doubt pel")
    if len(line.rows) > 1:
        for row in line.rows:
            drawing.mark("pel faint", x(row.speed), y, 3.2, tip=tip(row))
    if line.mean_alone:
        drawing.mark("pel", x(line.mean_alone), y, 5, True, f"{line.benchmark.name}, 1 worker: {units.ratio(line.mean_alone)}")
    text = tip(line.rows[0]) if len(line.rows) == 1 else (
        f"{line.benchmark.name}, geometric mean of {len(line.rows)} workloads: {units.ratio(line.mean)}")
    drawing.mark("pel", x(line.mean), y, 5.5, tip=text)
    drawing.text(WIDTH - 6, y + 4, units.ratio(line.mean) + " ×", "ink number", "end", 12.5)


def draw(run):
    """Nothing without anything to compare."""
    lines = lines_of(run)
    if not lines:
        return ""
    speeds = [row.speed for line in lines for row in line.rows + line.alone]
    x = LogScale(min(0.5, min(speeds) / 1.15), max(2.0, max(speeds) * 1.15), LEFT, WIDTH - RIGHT)
    bottom = TOP + HEIGHT * len(lines)
    drawing = Drawing(WIDTH, bottom + 42, "PEL's speed beside the best other library's, by benchmark")
    _axis(drawing, x, bottom)
    for index, line in enumerate(lines):
        _draw_line(drawing, x, TOP + HEIGHT * (index + 0.5), line)
    return drawing.render()

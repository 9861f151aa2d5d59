# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""How quiet was the machine? The four figures of noise.py for each benchmark, with their limits, and how fast a fixed piece of
work was between the benchmarks.
"""

import noise
import units
from charts.svg import Drawing

WIDTH, LEFT, TOP, HEIGHT, COLUMN, BAR = 920, 150, 42, 20, 190, 120
SCALE = 3                         # limits: a full bar
NAMES = {"stolen": "stolen by other guests", "others": "other processes", "drift": "drift of the speed", "spread": "spread of plain code"}
SPEED_HEIGHT = 150


def _draw_bar(drawing, x, y, value, limit):
    if value is None:
        drawing.text(x, y + 4, "–", "muted")
        return
    part = min(1.0, value / (SCALE * limit))
    drawing.rect(x, y - 5, BAR, 10, "groove", rx=2)
    drawing.rect(x, y - 5, max(1.0, BAR * part), 10, "loud" if value > limit else "calm", rx=2)
    drawing.text(x + BAR + 6, y + 4, units.percent(value), "strong number" if value > limit else "muted number", size=11.5)


def draw(run):
    if not run.benchmarks:
        return ""
    bottom = TOP + HEIGHT * len(run.benchmarks)
    drawing = Drawing(WIDTH, bottom + 8, "What disturbed the benchmarks")
    columns = [(name, LEFT + COLUMN * index) for index, name in enumerate(noise.LIMITS)]
    for name, x in columns:
        drawing.text(x, 14, NAMES[name], "ink", size=12.5)
        drawing.text(x + BAR / SCALE, 31, f"limit {units.percent(noise.LIMITS[name])}", "muted", "middle", 11)
    for index, benchmark in enumerate(run.benchmarks):
        y = TOP + HEIGHT * (index + 0.5)
        is_disturbed = bool(noise.over(benchmark))
        drawing.text(LEFT - 14, y + 4, benchmark.key, "strong" if is_disturbed else "ink", "end")
        known = noise.figures(benchmark)
        for name, x in columns:
            _draw_bar(drawing, x, y, known[name], noise.LIMITS[name])
    for name, x in columns:
        drawing.line(x + BAR / SCALE, TOP - 4, x + BAR / SCALE, bottom, "rule")
    return drawing.render()


def draw_speed(run):
    """The fixed work's speed after each benchmark, in parts of the fastest there was, by CPU."""
    spins = [benchmark.noise.get("spin", {}) for benchmark in run.benchmarks]
    cpus = sorted({cpu for spin in spins for cpu in spin}, key=int)
    if len(spins) < 2 or not cpus:
        return ""
    fastest = min(seconds for spin in spins for seconds in spin.values())
    moments = [sum(one.seconds for one in run.benchmarks[:index + 1]) for index in range(len(run.benchmarks))]
    lowest = min(0.8, min(fastest / seconds for spin in spins for seconds in spin.values()) * 0.97)
    left, right, bottom = 60, WIDTH - 10, SPEED_HEIGHT - 34

    def place(moment, speed):
        return left + (right - left) * moment / moments[-1], bottom - (bottom - 10) * (speed - lowest) / (1 - lowest)

    drawing = Drawing(WIDTH, SPEED_HEIGHT, "The machine's speed during the run")
    for percent in range(0, 101, 10):
        if percent / 100 >= lowest:
            y = place(0, percent / 100)[1]
            drawing.line(left, y, right, y, "grid")
            drawing.text(left - 8, y + 4, f"{percent} %", "muted", "end", 11)
    for cpu in cpus:
        points = [place(moment, fastest / spin[cpu]) for moment, spin in zip(moments, spins) if cpu in spin]
        drawing.path(points, "curve trace")
    for moment, benchmark, spin in zip(moments, run.benchmarks, spins):
        if not spin:
            continue
        x, y = place(moment, max(fastest / seconds for seconds in spin.values()))
        drawing.add("circle", None, f"after {benchmark.key}", cx=x, cy=y, r=2.4, class_="dot")
    drawing.text(left, SPEED_HEIGHT - 8, "begin", "muted", size=11)
    drawing.text(right, SPEED_HEIGHT - 8, f"after {units.minutes(moments[-1])}", "muted", "end", 11)
    return drawing.render()

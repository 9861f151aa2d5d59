# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The run as one HTML page that needs nothing else: no script, no font, no network. Light or dark as the reader has it."""

from html import escape
from pathlib import Path

import noise
import page_tables
import peers
import targets
import units
from charts import disturbance, heat_map, latency, overhead, scaling, speed, svg

HERE = Path(__file__).parent
PEL, TBB, OMP = ("pel", False, "PEL"), ("tbb", False, "oneTBB"), ("omp", False, "OpenMP")
STD, BOOST = ("std", False, "the standard library"), ("boost", False, "Boost.Fiber")
FIGURES = """<details><summary>What the four figures are</summary><dl>
<dt>stolen<dd>CPU time that this machine wanted and a hypervisor gave to others, in parts of what it wanted
<dt>other processes<dd>CPU time that programs beside the benchmark used, in parts of all CPUs' time
<dt>drift<dd>by how much a fixed piece of work took longer after the benchmark than before it, or shorter; of the CPU where it
differs most
<dt>spread<dd>half the distance of the quartiles of the plain code's repetitions, in parts of the median: that code has no
reason of its own to vary
</dl></details>"""


def _style_of(name):
    return (HERE / name).read_text().split("*/", 1)[1].strip()


def chart_styles():
    """For a drawing on its own."""
    return _style_of("marks.css")


def _legend(entries):
    """Of (library, is hollow, text)."""
    items = []
    for library, is_hollow, text in entries:
        drawing = svg.Drawing(26, 14, text)
        drawing.mark(library, 13, 7, 5, is_hollow)
        items.append(f"<li>{drawing.render()}{escape(text)}</li>")
    return f'<ul class="legend">{"".join(items)}</ul>' if items else ""


def _section(title, text, drawing, legend=(), class_=""):
    """Nothing without a drawing; without a title, it belongs to the section before."""
    if not drawing:
        return ""
    heading = f"<h2>{escape(title)}</h2>" if title else "<br>"
    return f'<section>{heading}<p>{escape(text)}</p>{_legend(legend)}<figure class="{class_}">{drawing}</figure></section>'


def _tile(figure, text):
    return f'<div class="tile"><b>{escape(figure)}</b><span>{escape(text)}</span></div>'


def _tiles(run, verdicts):
    lines, tiles = speed.lines_of(run), []
    rows = [row for line in lines for row in line.rows]
    if rows:
        mean = peers.geometric_mean([line.mean for line in lines])
        tiles.append(_tile(f"{units.ratio(mean)} ×",
                           f"the speed of the best other library: mean of {len(lines)} benchmarks, most workers"))
        tiles.append(_tile(f"{sum(map(page_tables.is_slower, rows))} of {len(rows)}",
                           "workloads in which another library is certainly faster: by more than 2 % and what is in doubt"))
    judged = [one for one in verdicts if one.verdict != targets.ABSENT]
    tiles.append(_tile(f"{sum(one.verdict == targets.MET for one in judged)} of {len(judged)}",
                       "targets met; which, and why not all, is below"))
    unknown = sum(map(noise.is_unknown, run.benchmarks))
    tiles.append(_tile(f"{sum(bool(noise.over(benchmark)) for benchmark in run.benchmarks)} of {len(run.benchmarks)}",
                       "benchmarks disturbed by what else the machine did" + (f"; of {unknown} it is not known" if unknown else "")))
    return f'<div class="tiles">{"".join(tiles)}</div>'


def _banner(run):
    is_good, sentence = noise.machine_verdict(run)
    is_quiet = is_good and not any(noise.over(one) or noise.is_unknown(one) for one in run.benchmarks)
    class_, mark = ("good", "✓") if is_quiet else ("unsure", "~") if is_good else ("bad", "✗")
    if not run.is_whole:
        sentence += " Not all benchmarks of the suite ran."
    return f'<div class="banner {class_}"><b>{mark}</b> <span>{escape(sentence)}</span></div>'


def _head(run):
    machine, libraries = run.environment.get("machine", {}), run.environment.get("libraries", {})
    of_what = " of a virtual machine" if machine.get("hypervisor") else ""
    where = f"{machine.get('cpu', 'unknown CPU')}, {machine.get('cpus_allowed', '?')} CPUs{of_what}"
    versions = ", ".join(f"{name} {libraries[name]}" for name in ("oneTBB", "libgomp", "libomp", "Boost") if name in libraries)
    how = "a quick run, small sizes and few repetitions" if run.mode == "quick" else "a full run"
    texts = [where, versions, f"{run.started}: {how}, {units.minutes(run.seconds)}"]
    line = " · ".join(escape(text) for text in texts if text)
    return f'<h1>PEL beside oneTBB, OpenMP and plain code</h1><p class="quiet wide">{line}</p>'


def _scaling(run):
    work, tasks = scaling.draw_work(run), scaling.draw_tasks(run)
    title, legend = "What do more workers bring?", [PEL, TBB, OMP, ("pel", True, "1 worker")]
    return (_section(title, "Each line goes from one worker to the most, on a scale of the plain code's speed on one thread: where it "
                     "begins is what the library costs, and how far it goes is what workers gain.", work, legend)
            + _section("" if work else title, "The same where hardly anything but tasks is to be done, so that what a task costs is most "
                       "of the time: a line to the left means that more workers are slower than one.", tasks, () if work else legend))


def _charts(run):
    return "".join([
        _section("How fast is PEL beside the best other library?",
                 "Each line is a benchmark, each small dot one of its workloads with all workers, and the large dot their mean: right of "
                 "the line at 1, PEL is faster than the best variant of oneTBB, OpenMP and others. The shade around a dot is how far off it may "
                 "be; ~ marks benchmarks that were disturbed.", speed.draw(run),
                 [("pel", False, "mean, most workers"), ("pel faint", False, "one workload"), ("pel", True, "mean, 1 worker")]),
        _scaling(run),
        _section("From how much work on does a loop pay?",
                 "Each cell is a loop of so many items of such a length, with two threads: blue where PEL is faster than the best of "
                 "oneTBB's four partitioners and OpenMP's three schedules, orange where one of them is.", heat_map.draw(run), (), "narrow"),
        _section("What does a loop cost that is too small to share?",
                 "The time of one call of a parallel loop whose items are one addition each; the distance to the dashed line is what the "
                 "library adds.", overhead.draw(run), [("serial", False, "plain loop"), PEL, TBB, OMP]),
        _section("How long until something happens?",
                 "Times of the clock, not ratios: further left is sooner. The diamond is what the machine itself takes, with a thread "
                 "that waits for a semaphore.", latency.draw(run), [PEL, TBB, OMP, STD, BOOST, ("plain", False, "the machine itself")]),
    ])


def _noise(run):
    drawing = disturbance.draw(run)
    return (_section("How quiet was the machine?",
                     "Each bar is one way in which something else came between, with its limit: a benchmark over one of them was disturbed, "
                     f"and where that is more than {units.percent(noise.MOST_DISTURBED)} of them, the run cannot be judged.", drawing)
            + (FIGURES if drawing else "")
            + _section("How fast was the machine?",
                       "A fixed piece of work between the benchmarks, on each CPU, in parts of the fastest there was: where the line falls, "
                       "the machine itself was slower.", disturbance.draw_speed(run)))


def render(run, verdicts):
    body = "".join([_head(run), _banner(run), _tiles(run, verdicts), _charts(run), _noise(run), page_tables.target_table(verdicts),
                    page_tables.ratio_table(run), page_tables.environment_list(run), page_tables.variant_table(run)])
    return ('<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1"><title>PEL: benchmark report</title>\n'
            f'<style>\n{chart_styles()}\n{_style_of("layout.css")}\n</style></head><body><main>{body}</main></body></html>\n')

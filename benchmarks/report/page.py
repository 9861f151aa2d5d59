# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The run as one HTML page that needs nothing else: no script, no font, no network. Light or dark as the reader has it."""

from html import escape
from pathlib import Path

import noise
import peers
import table
import targets
import units
from charts import disturbance, heat_map, latency, overhead, scaling, speed, svg

HERE = Path(__file__).parent
SAME = 1.02                       # ratios up to this are not "slower"
VERDICTS = {targets.MET: ("good", "✓"), targets.MISSED: ("bad", "✗"), targets.UNCLEAR: ("unsure", "?"),
            targets.NOISY: ("unsure", "~"), targets.ABSENT: ("none", "–")}


def styles():
    return "\n".join((HERE / name).read_text().split("*/", 1)[1].strip() for name in ("page.css", "page_layout.css"))


def chart_styles():
    """For a drawing on its own."""
    return (HERE / "page.css").read_text().split("*/", 1)[1].strip()


def _legend(entries):
    """Of (library, is hollow, text)."""
    items = []
    for library, is_hollow, text in entries:
        drawing = svg.Drawing(26, 14, text)
        drawing.mark(library, 13, 7, 5, is_hollow)
        items.append(f"<li>{drawing.render()}{escape(text)}</li>")
    return f'<ul class="legend">{"".join(items)}</ul>'


def _section(title, text, drawing, legend=(), class_=""):
    """Nothing without a drawing; without a title, a sentence that belongs to the section before."""
    if not drawing:
        return ""
    heading = f"<h2>{escape(title)}</h2>" if title else "<br>"
    return (f"<section>{heading}<p>{text}</p>{_legend(legend) if legend else ''}"
            f'<figure class="{class_}">{drawing}</figure></section>')


def _tile(figure, text):
    return f'<div class="tile"><b>{escape(figure)}</b><span>{escape(text)}</span></div>'


def _tiles(run, verdicts):
    lines = speed.lines_of(run)
    rows = [row for line in lines for row in line.rows]
    tiles = []
    if rows:
        mean = peers.geometric_mean([line.mean for line in lines])
        slower = [row for row in rows if row.to_peer > SAME * (1 + (row.doubt or 0))]
        tiles.append(_tile(f"{units.ratio(mean)} ×", f"the speed of the best other library: mean of {len(lines)} benchmarks, most workers"))
        tiles.append(_tile(f"{len(slower)} of {len(rows)}", "workloads in which another library is faster, by more than 2 % and the doubt"))
    judged = [one for one in verdicts if one.verdict != targets.ABSENT]
    tiles.append(_tile(f"{sum(one.verdict == targets.MET for one in judged)} of {len(judged)}", "targets met; which, and why not all, is below"))
    disturbed = sum(bool(noise.over(benchmark)) for benchmark in run.benchmarks)
    tiles.append(_tile(f"{disturbed} of {len(run.benchmarks)}", "benchmarks disturbed by what else the machine did"))
    return f'<div class="tiles">{"".join(tiles)}</div>'


def _banner(run):
    is_good, sentence = noise.machine_verdict(run)
    is_quiet = is_good and not any(map(noise.over, run.benchmarks))
    class_, mark = ("good", "✓") if is_quiet else ("unsure", "~") if is_good else ("bad", "✗")
    if not run.is_whole:
        sentence += " Not all benchmarks of the suite ran."
    return f'<div class="banner {class_}"><b>{mark}</b> <span>{escape(sentence)}</span></div>'


def _head(run):
    machine = run.environment.get("machine", {})
    cpus = machine.get("cpus_allowed", "?")
    where = f"{machine.get('cpu', 'unknown CPU')}, {cpus} CPUs" + (" of a virtual machine" if machine.get("hypervisor") else "")
    libraries = run.environment.get("libraries", {})
    versions = ", ".join(f"{name} {libraries[name]}" for name in ("oneTBB", "libgomp", "libomp") if name in libraries)
    how = "a quick run, small sizes and few repetitions" if run.mode == "quick" else "a full run"
    return (f'<h1>PEL beside oneTBB, OpenMP and plain code</h1><p class="quiet wide">{escape(where)} · {escape(versions)} · '
            f"{escape(run.started)}: {how}, {units.minutes(run.seconds)}</p>")


def _charts(run):
    pel, tbb, omp = ("pel", False, "PEL"), ("tbb", False, "oneTBB"), ("omp", False, "OpenMP")
    return "".join([
        _section("How fast is PEL beside the best other library?",
                 "Each line is a benchmark, each small dot one of its workloads with all workers, and the large dot their mean: right of the "
                 "line at 1, PEL is faster than the best variant of oneTBB and OpenMP. The shade around a dot is how far off it may be; ~ marks "
                 "benchmarks that were disturbed.", speed.draw(run),
                 [("pel", False, "mean, most workers"), ("pel faint", False, "one workload"), ("pel", True, "mean, 1 worker")]),
        _section("What do more workers bring?",
                 "Each line goes from one worker to the most, on a scale of the plain code's speed on one thread: where it begins is what the "
                 "library costs, and how far it goes is what workers gain.", scaling.draw_work(run),
                 [pel, tbb, omp, ("pel", True, "1 worker")]),
        _section("" if scaling.draw_work(run) else "What do more workers bring?",
                 "The same where hardly anything but tasks is to be done, so that what a task costs is most of the time: a line to the left means "
                 "that more workers are slower than one.", scaling.draw_tasks(run)),
        _section("From how much work on does a loop pay?",
                 "Each cell is a loop of so many items of such a length, with two threads: blue where PEL is faster than the best of oneTBB's four "
                 "partitioners and OpenMP's three schedules, orange where one of them is.", heat_map.draw(run), class_="narrow"),
        _section("What does a loop cost that is too small to share?",
                 "The time of one call of a parallel loop whose items are one addition each; the distance to the dashed line is what the library adds.",
                 overhead.draw(run), [("serial", False, "plain loop"), pel, tbb, omp]),
        _section("How long until something happens?",
                 "Times of the clock, not ratios: further left is sooner. The diamond is what the machine itself takes, with a thread that waits "
                 "for a semaphore.", latency.draw(run), [pel, tbb, omp, ("plain", False, "the machine itself")]),
    ])


RELATIONS = {"<=": "≤", ">=": "≥", "==": "=", "<": "<", ">": ">"}


def _required(text):
    relation, bound = text.split()
    return f"{RELATIONS[relation]} {bound}"


def _target_rows(verdicts):
    rows = []
    for one in verdicts:
        if one.verdict == targets.ABSENT:
            continue
        class_, mark = VERDICTS[one.verdict]
        figures = ["–" if value is None else f"{value:.4g}" for value in (one.median, one.fastest)]
        rows.append(f'<tr><td>{escape(one.what)}<td class=n>{figures[0]}<td class=n>{figures[1]}<td class=n>{escape(_required(one.required))}'
                    f'<td class="verdict {class_}">{mark} {escape(one.verdict)}')
    return "".join(rows)


def _targets(verdicts):
    return ("<section><h2>What PEL has to reach</h2><p>Each target by the medians and by the fastest repetitions: it is met if both say so, missed "
            "if neither does, unclear otherwise. Too noisy: the benchmark was disturbed, or its repetitions were too few or too different for a ratio "
            f"that is good to 5 %, and the figure is nearer to its bound than that. {escape(table.count(verdicts))}.</p>"
            "<div class=scroll><table><thead><tr><th>target<th class=n>median<th class=n>fastest"
            f"<th class=n>required<th>verdict</thead><tbody>{_target_rows(verdicts)}</tbody></table></div></section>")


def _class_of(row):
    """Whether PEL is faster or slower, by more than 2 % and the doubt."""
    if row.to_peer is None:
        return ""
    most = SAME * (1 + (row.doubt or 0))
    return "wins" if row.to_peer < 1 / most else "loses" if row.to_peer > most else ""


def _ratio_row(row):
    doubt = f"± {units.percent(row.doubt)}" if row.to_peer and row.doubt is not None else ""
    return (f"<tr><td>{escape(row.name)}<td class=n>{row.workers}<td class=n>{units.time(row.pel.median)}<td class=n>{units.ratio(row.to_serial)}"
            f'<td class="n {_class_of(row)}">{units.ratio(row.to_peer)}<td class="n faint">{doubt}'
            f"<td>{escape(row.peers[0].label) if row.peers else '–'}")


def _ratio_rows(run):
    parts = []
    for benchmark in run.benchmarks:
        if rows := peers.rows(benchmark):
            exceeded = noise.over(benchmark)
            note = f' <span class=unsure>~ disturbed: {", ".join(exceeded)}</span>' if exceeded else ""
            parts.append(f"<tr class=group><td colspan=7>{escape(benchmark.key)}{note}" + "".join(map(_ratio_row, rows)))
    return "".join(parts)


def _ratios(run):
    return ("<section><h2>All ratios</h2><p>Times of PEL, in parts of the plain code's and of the best other library's with as many workers: below 1, PEL is faster. "
            "± is the standard error of that ratio, from the spreads of the repetitions; a coloured ratio is further from 1 than that and 2 %.</p><div class=scroll><table><thead><tr>"
            "<th>workload<th class=n>workers<th class=n>PEL<th class=n>/ serial<th class=n>/ best peer<th><th>best peer</thead>"
            f"<tbody>{_ratio_rows(run)}</tbody></table></div></section>")


def _variant_rows(run):
    rows = []
    for benchmark in run.benchmarks:
        for one in benchmark.variants.values():
            counters = ", ".join(f"{name} {one.counter(name):.4g}" for name in one.counters)
            time = units.time(one.median) if one.is_good else escape(one.error or "no time")
            fastest = units.time(one.fastest) if one.is_good else "–"
            at = f"@{benchmark.compiler}" if benchmark.compiler else ""
            rows.append(f"<tr><td>{escape(one.name + at)}<td class=n>{time}<td class=n>{fastest}<td class=n>{units.percent(one.spread) if one.is_good else '–'}"
                        f"<td class=n>{len(one.times)}<td>{escape(counters)}")
    return "".join(rows)


def _variants(run):
    return ("<details><summary>Every variant: times and counters</summary><div class=scroll><table><thead><tr><th>variant<th class=n>median<th class=n>fastest"
            f"<th class=n>spread<th class=n>repetitions<th>counters</thead><tbody>{_variant_rows(run)}</tbody></table></div></details>")


def _machine(run):
    figures = ("<details><summary>What the four figures are</summary><dl>"
               "<dt>stolen<dd>CPU time that this machine wanted and a hypervisor gave to others, in parts of what it wanted"
               "<dt>other processes<dd>CPU time that programs beside the benchmark used, in parts of all CPUs' time"
               "<dt>drift<dd>by how much a fixed piece of work took longer after the benchmark than before it, or shorter; of the CPU where it differs most"
               "<dt>spread<dd>half the distance of the quartiles of the plain code's repetitions, in parts of the median: that code has no reason of its own to vary"
               "</dl></details>")
    text = (f"Each bar is one way in which something else came between, with its limit: a benchmark over one of them was disturbed, and where that is more than "
            f"{units.percent(noise.MOST_DISTURBED)} of them, the run cannot be judged.")
    quiet, speed_then = disturbance.draw(run), disturbance.draw_speed(run)
    return (_section("How quiet was the machine?", text, quiet) + (figures if quiet else "")
            + _section("How fast was the machine?", "A fixed piece of work between the benchmarks, on each CPU, in parts of the fastest there was: where the line falls, the machine "
                       "itself was slower.", speed_then))


def _environment(run):
    entries = {}
    for name, value in run.environment.get("machine", {}).items():
        entries[name.replace("_", " ")] = "yes" if value is True else "no" if value is False else value
    for line in run.environment.get("compilers", {}).values():
        entries[f"compiler {len(entries)}"] = line
    entries |= run.environment.get("libraries", {})
    entries["PEL's commit"] = run.environment.get("commit") or "unknown"
    items = "".join(f"<dt>{escape('compiler' if name.startswith('compiler ') else name)}<dd>{escape(str(value))}" for name, value in entries.items())
    return f"<section><h2>Measured on</h2><dl>{items}</dl></section>"


def render(run, verdicts):
    body = "".join([_head(run), _banner(run), _tiles(run, verdicts), _charts(run), _machine(run), _targets(verdicts), _ratios(run),
                    _environment(run), _variants(run)])
    return ('<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
            f"<title>PEL: benchmark report</title><style>\n{styles()}\n</style></head><body><main>{body}</main></body></html>\n")

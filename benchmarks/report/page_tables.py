# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The page's tables: targets with their verdicts, all ratios, every variant, and what it was measured on."""

from html import escape

import noise
import peers
import table
import targets
import units

SAME = 1.02                       # ratios up to this are not "slower"
VERDICTS = {targets.MET: ("good", "✓"), targets.MISSED: ("bad", "✗"), targets.UNCLEAR: ("unsure", "?"),
            targets.NOISY: ("unsure", "~")}
RELATIONS = {"<=": "≤", ">=": "≥", "==": "=", "<": "<", ">": ">"}


def _table(head, rows):
    """`head`: texts; those with a # before are columns of numbers. `rows`: HTML."""
    cells = "".join(f"<th class=n>{escape(text[1:])}" if text.startswith("#") else f"<th>{escape(text)}" for text in head)
    return f"<div class=scroll><table><thead><tr>{cells}</thead><tbody>{rows}</tbody></table></div>"


def _numbers(*texts):
    return "".join(f"<td class=n>{escape(text)}" for text in texts)


def _target_row(one):
    class_, mark = VERDICTS[one.verdict]
    relation, bound = one.required.split()
    figures = _numbers(f"{one.median:.4g}", f"{one.fastest:.4g}", f"{RELATIONS[relation]} {bound}")
    return f'<tr><td>{escape(one.what)}{figures}<td class="verdict {class_}">{mark} {escape(one.verdict)}'


def target_table(verdicts):
    rows = "".join(_target_row(one) for one in verdicts if one.verdict != targets.ABSENT)
    return ("<section><h2>What PEL has to reach</h2><p>Each target by the medians and by the fastest repetitions: it is met if both "
            "say so, missed if neither does, unclear otherwise. Too noisy: the benchmark was disturbed, or its repetitions were too "
            "few or too different for a ratio that is good to 5 %, and the figure is nearer to its bound than that. "
            f"{escape(table.count(verdicts))}.</p>{_table(['target', '#median', '#fastest', '#required', 'verdict'], rows)}</section>")


def _class_of(row):
    """Whether PEL is faster or slower, by more than 2 % and what is in doubt."""
    if row.to_peer is None:
        return ""
    most = SAME * (1 + max(row.doubt or 0, noise.margin(row.benchmark)))
    return "wins" if row.to_peer < 1 / most else "loses" if row.to_peer > most else ""


def is_slower(row):
    return _class_of(row) == "loses"


def _ratio_row(row):
    doubt = f"± {units.percent(row.doubt)}" if row.to_peer and row.doubt is not None else ""
    first = _numbers(str(row.workers), units.time(row.pel.median), units.ratio(row.to_serial))
    return (f'<tr><td>{escape(row.name)}{first}<td class="n {_class_of(row)}">{units.ratio(row.to_peer)}'
            f'<td class="n faint">{doubt}<td>{escape(row.peers[0].label) if row.peers else "–"}')


def ratio_table(run):
    parts = []
    for benchmark in run.benchmarks:
        if rows := peers.rows(benchmark):
            exceeded = ", ".join(noise.over(benchmark))
            note = f" <span class=unsure>~ disturbed: {exceeded}</span>" if exceeded else ""
            parts.append(f"<tr class=group><td colspan=7>{escape(benchmark.key)}{note}" + "".join(map(_ratio_row, rows)))
    head = ["workload", "#workers", "#PEL", "#/ serial", "#/ best peer", "", "best peer"]
    return ("<section><h2>All ratios</h2><p>Times of PEL, in parts of the plain code's and of the best other library's with as many "
            "workers: below 1, PEL is faster. ± is the standard error of that ratio, from the spreads of the repetitions; a coloured "
            f"ratio is further from 1 than that, 2 %, and what disturbed it.</p>{_table(head, ''.join(parts))}</section>")


def _variant_row(benchmark, one):
    at = f"@{benchmark.compiler}" if benchmark.compiler else ""
    figures = [units.time(one.median), units.time(one.fastest), units.percent(one.spread)] if one.is_good else ["–", "–", "–"]
    counters = ", ".join(f"{name} {one.counter(name):.4g}" for name in one.counters)
    return f"<tr><td>{escape(one.name + at)}{_numbers(*figures, str(len(one.times)))}<td>{escape(one.error or counters)}"


def variant_table(run):
    rows = "".join(_variant_row(benchmark, one) for benchmark in run.benchmarks for one in benchmark.variants.values())
    head = ["variant", "#median", "#fastest", "#spread", "#repetitions", "counters"]
    return f"<details><summary>Every variant: times and counters</summary>{_table(head, rows)}</details>"


def environment_list(run):
    machine = run.environment.get("machine", {})
    entries = [(name.replace("_", " "), {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value)
               for name, value in machine.items()]
    entries += [("compiler", line) for line in run.environment.get("compilers", {}).values()]
    entries += run.environment.get("libraries", {}).items()
    entries.append(("PEL's commit", run.environment.get("commit") or "unknown"))
    items = "".join(f"<dt>{escape(name)}<dd>{escape(str(value))}" for name, value in entries)
    return f"<section><h2>Measured on</h2><dl>{items}</dl></section>"

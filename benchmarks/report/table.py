# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The run as text: one table of ratios to the best peer, the targets with their verdicts, and what the machine did."""

import noise
import peers
import targets
import units

MANY = 20                         # workloads of one benchmark: their mean and extremes instead of a row for each
WIDTH = 60


def _line(name, workers, ns, to_serial, to_peer, mark, peer):
    return f"{name:<34} {workers:>7} {ns:>12} {to_serial:>10} {to_peer:>12}{mark} {peer}".rstrip()


def _row(row, mark, name=""):
    return _line(name or row.name, row.workers, units.time(row.pel.median), units.ratio(row.to_serial), units.ratio(row.to_peer),
                 mark if row.to_peer else " ", row.peers[0].label if row.peers else "")


def summary(rows):
    """(means, best row, worst row) of many rows with one number of workers; means: of the ratios to serial and to the peer."""
    compared = sorted((row for row in rows if row.to_peer), key=lambda row: row.to_peer)
    to_serial = [row.to_serial for row in compared if row.to_serial]
    means = (peers.geometric_mean(to_serial) if to_serial else None, peers.geometric_mean([row.to_peer for row in compared]))
    return means, compared[0], compared[-1]


def _many(benchmark, rows, mark):
    lines = []
    for workers in sorted({row.workers for row in rows}):
        some = [row for row in rows if row.workers == workers and row.is_main]
        if not any(row.to_peer for row in some):
            continue
        means, best, worst = summary(some)
        lines.append(_line(f"{benchmark.key}, mean of {len(some)}", workers, "", *map(units.ratio, means), mark, ""))
        lines += [_row(best, mark, f"  best: {best.name}"), _row(worst, mark, f"  worst: {worst.name}")]
    return lines


def ratios(run):
    """The table: a line for each of PEL's variants and numbers of workers."""
    lines = ["PEL's times, and their ratios to the plain code's and to those of the best other library with as many workers:", "",
             _line("workload", "workers", "PEL", "/ serial", "/ best peer", " ", "best peer")]
    for benchmark in run.benchmarks:
        rows = peers.rows(benchmark)
        mark = "~" if noise.over(benchmark) else " "
        is_many = len({row.workload for row in rows}) > MANY
        lines += _many(benchmark, rows, mark) if is_many else [_row(row, mark) for row in rows]
        lines += [f"{one.name:<34} failed: {one.error}" for one in benchmark.variants.values() if one.error]
        lines += [f"{one.name:<34} left out: there was no time" for one in benchmark.variants.values() if one.is_left_out]
    if any("~ " in line for line in lines):
        lines.append("~ the machine was disturbed meanwhile")
    return lines


def verdicts(found):
    lines = ["target".ljust(WIDTH) + f"{'median':>10} {'fastest':>10}   {'required':<10}"]
    for one in found:
        if one.verdict != targets.ABSENT:
            what = one.verdict.upper() if one.verdict == targets.MISSED else one.verdict
            lines.append(one.what.ljust(WIDTH) + f"{one.median:10.4g} {one.fastest:10.4g}   {one.required:<10} {what}")
    return lines + ["", count(found)]


def count(found):
    """Such as "80 targets met, 3 not met, 2 unclear, 1 too noisy, 12 not measured"."""
    numbers = {name: sum(one.verdict == name for one in found) for name in
               (targets.MET, targets.MISSED, targets.UNCLEAR, targets.NOISY, targets.ABSENT)}
    parts = [f"{number} {name}" for name, number in numbers.items() if number]
    return "Targets: " + ", ".join(parts) if parts else "No targets."


def machine(run):
    """What disturbed which benchmark, and the verdict."""
    lines = []
    for benchmark in run.benchmarks:
        known = noise.figures(benchmark)
        if exceeded := noise.over(benchmark):
            what = ", ".join(f"{name} {units.percent(known[name])} (limit {units.percent(noise.LIMITS[name])})" for name in exceeded)
            lines.append(f"  {benchmark.key:<24} {what}")
    return [noise.machine_verdict(run)[1], *lines]

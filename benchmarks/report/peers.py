# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""PEL beside the others: the ratio to the plain code, and to the best of the other libraries with as many workers.

Some of OpenMP's variants run in processes of their own (WORKLOAD_active, WORKLOAD_libomp, …), each with the plain code in
it. Their times are scaled by the plain code's in both processes, so that what differs between processes cancels out.
"""

import math
from dataclasses import dataclass

LIBRARIES = {"pel": "PEL", "tbb": "oneTBB", "omp": "OpenMP", "stdpar": "std::execution::par", "gnu": "GNU parallel mode",
             "std": "the standard library", "boost": "Boost.Fiber", "plain": "the machine itself", "bare": "bare coroutines",
             "serial": "plain code"}


@dataclass
class Time:
    """A variant's time, as if it had run in the process of the workload it is compared in."""
    ns: float
    variant: object
    process: str = ""

    @property
    def label(self):
        """Such as "OpenMP dynamic 64, libomp active"."""
        way = self.variant.runtime.split("_")[1:]
        name = " ".join([LIBRARIES.get(self.variant.library, self.variant.library), *way])
        return name + (", " + self.process.replace("_", " ") if self.process else "")


@dataclass
class Row:
    """One of PEL's variants. Ratios of times: below 1, PEL is faster."""
    benchmark: object
    workload: str
    pel: object
    serial: float | None
    peers: list                   # of Time, the best first; all take some

    @property
    def name(self):
        way = self.pel.runtime.split("_")[1:]
        at = f"@{self.benchmark.compiler}" if self.benchmark.compiler else ""
        return self.workload + at + (" " + " ".join(way) if way else "")

    @property
    def is_main(self):
        """Not one of PEL's other ways."""
        return self.pel.runtime == "pel"

    @property
    def workers(self):
        return self.pel.workers

    @property
    def to_serial(self):
        return self.pel.median / self.serial if self.serial else None

    @property
    def to_peer(self):
        return self.pel.median / self.peers[0].ns if self.peers and self.pel.median else None

    @property
    def speed(self):
        """Times the best peer's."""
        return 1 / self.to_peer if self.to_peer else None

    @property
    def doubt(self):
        """How far off the ratio to the best peer may be, as a factor minus 1; None where one of them ran only once."""
        return doubt_of_ratio(self.pel, self.peers[0].variant) if self.peers else None

    def best_of(self, wanted):
        return next((peer for peer in self.peers if peer.variant.library == wanted), None)


def doubt_of_ratio(*variants):
    """The standard error of a ratio of medians, from the spreads of the repetitions (as of normally distributed ones: half
    the distance of the quartiles is 0.67 deviations, and a median of n has an error of 1.25 deviations / √n)."""
    if any(one.spread is None for one in variants):
        return None
    return math.sqrt(sum((1.25 / 0.67 * one.spread) ** 2 / len(one.times) for one in variants))


def split_process(workload, workloads):
    """(the workload it belongs to, the suffix of its process): one without PEL whose name begins as one with PEL's does."""
    if any(one.library == "pel" for one in workloads[workload]):
        return workload, ""
    bases = [other for other, variants in workloads.items()
             if workload.startswith(other + "_") and any(one.library == "pel" for one in variants)]
    base = max(bases, key=len, default=workload)
    return base, workload[len(base) + 1:]


def _serial(variants):
    return next((one.median for one in variants if one.runtime == "serial"), None)


def times(benchmark):
    """{workload: [Time]}, those of other processes scaled and under the workload they belong to."""
    workloads, found = benchmark.workloads(), {}
    for workload, variants in workloads.items():
        base, process = split_process(workload, workloads)
        scale = 1.0
        if process:
            here, there = _serial(workloads[base]), _serial(variants)
            if not here or not there:
                continue
            scale = here / there
        found.setdefault(base, []).extend(
            Time(one.median * scale, one, process) for one in variants if not (process and one.library == "serial"))
    return found


def rows(benchmark):
    """A Row for each of PEL's variants and numbers of workers that there is something to compare with."""
    found = []
    for workload, all_times in times(benchmark).items():
        serial = next((one.ns for one in all_times if one.variant.runtime == "serial"), None)
        for mine in all_times:
            if mine.variant.library != "pel":
                continue
            peers = [one for one in all_times if one.variant.library != "pel" and not one.variant.is_reference
                     and one.variant.workers == mine.variant.workers and one.ns > 0]
            if serial or peers:
                found.append(Row(benchmark, workload, mine.variant, serial, sorted(peers, key=lambda one: one.ns)))
    return found


def widest(all_rows):
    """Of each workload and way, the row with most workers."""
    found = {}
    for row in all_rows:
        key = row.benchmark.key, row.workload, row.pel.runtime
        if key not in found or row.workers > found[key].workers:
            found[key] = row
    return list(found.values())


def geometric_mean(values):
    return math.exp(sum(map(math.log, values)) / len(values))

# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Was the machine quiet enough to judge by? Four figures for each benchmark, each with a limit.

stolen    CPU time that a hypervisor gave to others while this machine wanted it, in parts of what it wanted (/proc/stat).
others    CPU time of other processes on the CPUs that this one may use, in parts of all their time: what was used less
          what the benchmark used.
drift     by how much a fixed piece of work on each CPU takes longer after the benchmark than before, or the other way
          round; of the CPU where it differs most.
spread    half the distance of the quartiles of the plain code's repetitions, in parts of the median: that code has no
          reason of its own to vary. The middle one of its variants that run for 5 ms or more at a time.

Variants take turns, so that these meet them alike but for chance. Of nine repetitions, chance leaves about 0.6 of what was
stolen or used by others in a ratio of two medians, and 0.9 of the spread: within the limits a ratio is good to 5 % or better.
A benchmark over any limit was disturbed; over a quarter, no time in it says anything, as who waits for a thread that does
not run waits for far longer than its share. The whole run is too noisy to judge if more than a quarter of its benchmarks
were disturbed. One that lacks one of the first three is not called quiet, and does not count in that; a spread is not known
of every one.
"""

import math
import os
import resource
import statistics
import time
from dataclasses import dataclass

import peers

LIMITS = {"stolen": 0.03, "others": 0.03, "drift": 0.05, "spread": 0.05}
OF_MACHINE = ("stolen", "others", "drift")
MOST_DISTURBED = 0.25             # of all benchmarks of which it is known
HOPELESS = 0.25                   # of any figure
MOST_NAMES = 8                    # of disturbed benchmarks in a sentence
FEW_REPETITIONS = 3
GOOD_DOUBT = 0.05                 # of a ratio
UNKNOWN_DOUBT = 0.1               # where nothing ran twice, or nobody watched the machine
LONG_ENOUGH = 0.005               # seconds
SLICES, SLICE_SECONDS = 40, 0.001
MOST_PROBED = 16                  # CPUs


@dataclass
class CpuTimes:
    """Seconds since the machine started, of some CPUs together."""
    busy: float
    idle: float
    stolen: float


def read_cpu_times(text, ticks_per_second, cpus):
    """Of these CPUs, from the text of /proc/stat. Its fields: user nice system idle iowait irq softirq steal; guests are in
    user. The first line is all CPUs, also those of others."""
    names = {f"cpu{cpu}" for cpu in cpus}
    lines = [line.split()[1:] for line in text.splitlines() if line.split(" ", 1)[0] in names]
    user, nice, system, idle, iowait, irq, softirq, steal = (
        sum(map(int, column)) / ticks_per_second for column in zip(*((line + ["0"] * 8)[:8] for line in lines or [[]])))
    return CpuTimes(user + nice + system + irq + softirq, idle + iowait, steal)


def cpu_times():
    """None where the system does not tell."""
    try:
        with open("/proc/stat") as file:
            return read_cpu_times(file.read(), os.sysconf("SC_CLK_TCK"), os.sched_getaffinity(0))
    except OSError:
        return None


def own_seconds():
    """CPU time of this process and of those that it waited for."""
    return sum(usage.ru_utime + usage.ru_stime
               for usage in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)))


def shares(before, after, own):
    """(stolen, others) between two cpu_times(), in which the benchmark used `own` seconds. A clock tick is 10 ms."""
    if before is None or after is None:
        return None, None
    busy, idle, stolen = after.busy - before.busy, after.idle - before.idle, max(0.0, after.stolen - before.stolen)
    wanted, total = busy + stolen, busy + idle + stolen
    return (stolen / wanted if wanted > 0 else 0.0, max(0.0, busy - own) / total if total > 0 else 0.0)


def _spin(steps):
    x = 1
    for _ in range(steps):
        x = x * 1664525 + 1013904223 & 0xffffffff
    return x


class Spin:
    """A fixed piece of work, of about a millisecond when the machine was at its fastest."""

    def __init__(self):
        trial = 20_000
        fastest = min(self._time(trial) for _ in range(20))
        self.steps = max(1, int(trial * SLICE_SECONDS / fastest))
        self.cpus = sorted(os.sched_getaffinity(0))
        self.cpus = self.cpus[::max(1, len(self.cpus) // MOST_PROBED)][:MOST_PROBED]

    @staticmethod
    def _time(steps):
        start = time.perf_counter()
        _spin(steps)
        return time.perf_counter() - start

    def _on(self, cpu, writer):
        try:
            os.sched_setaffinity(0, {cpu})
            middle = statistics.median(self._time(self.steps) for _ in range(SLICES))
            os.write(writer, f"{cpu} {middle}\n".encode())
        finally:
            os._exit(0)

    def measure(self):
        """{cpu: seconds}: the median of some repetitions, on all CPUs at the same time."""
        reader, writer = os.pipe()
        children = []
        for cpu in self.cpus:
            child = os.fork()
            if child == 0:
                self._on(cpu, writer)
            children.append(child)
        os.close(writer)
        with os.fdopen(reader) as lines:
            found = {cpu: float(seconds) for cpu, seconds in (line.split() for line in lines)}
        for child in children:
            os.waitpid(child, 0)
        return found


def drift(before, after):
    """The largest change between two Spin.measure() of the same CPUs; None if they have none in common."""
    return max((abs(after[cpu] / before[cpu] - 1) for cpu in before if cpu in after), default=None)


def spread(benchmark):
    """See above; None if nothing serves."""
    found = [one.spread for one in benchmark.variants.values()
             if one.library == "serial" and one.is_good and one.spread is not None and len(one.times) >= FEW_REPETITIONS
             and one.seconds is not None and one.seconds >= LONG_ENOUGH]
    return statistics.median(found) if found else None


class Watch:
    """Watches the machine from when it is made until finish()."""

    def __init__(self, spin_before):
        self.spin_before, self.cpu, self.own = spin_before, cpu_times(), own_seconds()

    def finish(self, spin):
        """The figures but for spread, and the speed of the fixed work after it. spin() runs that."""
        stolen, others = shares(self.cpu, cpu_times(), own_seconds() - self.own)
        after = spin()
        return {"stolen": stolen, "others": others, "drift": drift(self.spin_before, after), "spin": after}


def figures(benchmark):
    """{name in LIMITS: figure, or None if it is not known}."""
    return {name: benchmark.noise.get(name) for name in OF_MACHINE} | {"spread": spread(benchmark)}


def over(benchmark):
    """The names of the limits that it is over."""
    return [name for name, value in figures(benchmark).items() if value is not None and value > LIMITS[name]]


def is_unknown(benchmark):
    """Whether nobody can say that it was not disturbed."""
    return not over(benchmark) and any(benchmark.noise.get(name) is None for name in OF_MACHINE)


def doubt(benchmark):
    """How far off a ratio of two of its medians may be: that of the middle one of its rows."""
    found = [row.doubt for row in peers.rows(benchmark) if row.doubt is not None]
    return statistics.median(found) if found else UNKNOWN_DOUBT


def margin(benchmark):
    """How far off its figures may be, if they are not to be judged as they are; else 0."""
    known, chance = figures(benchmark), max(doubt(benchmark), UNKNOWN_DOUBT if is_unknown(benchmark) else 0.0)
    exceeded = [known[name] for name in over(benchmark)]
    if not exceeded and chance <= GOOD_DOUBT:
        return 0.0
    most = max([chance, *exceeded])
    return most if most < HOPELESS else math.inf


def margins(run):
    """{key: margin} of the benchmarks that have one."""
    return {benchmark.key: found for benchmark in run.benchmarks if (found := margin(benchmark))}


def machine_verdict(run):
    """(whether the run can be judged, a sentence that says so)."""
    disturbed = [benchmark for benchmark in run.benchmarks if over(benchmark)]
    count, most, unknown = len(disturbed), len(run.benchmarks), sum(map(is_unknown, run.benchmarks))
    if unknown == most:
        return False, "Whether the machine was quiet is not known: no benchmark has figures that say so."
    rest = f"; of {unknown} of {most} it is not known" if unknown else ""
    if not disturbed:
        return True, f"The machine was quiet{' as far as is known' if unknown else ''}: no benchmark was disturbed{rest}."
    names = ": " + ", ".join(benchmark.key for benchmark in disturbed) if count <= MOST_NAMES else ""
    if count > MOST_DISTURBED * (most - unknown):
        return False, f"The machine was too noisy to judge: {count} of {most} benchmarks were disturbed{names}{rest}."
    return True, f"The machine was quiet enough; {count} of {most} benchmarks were disturbed{names}{rest}."

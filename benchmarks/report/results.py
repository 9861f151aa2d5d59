# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What was measured: the lines that benchmark programs write, and a whole run as JSON.

A line is "variant, tab, metric, tab, value", one for each repetition. A variant's name is workload/runtime/workers; the
metric is `time` (ns), `iterations` (of that repetition), `error` (a text), the name of a counter, or `left_out`, of a variant
for which there was no time.
"""

import json
import re
from dataclasses import asdict, dataclass, field


def quantile(values, part):
    """Linear between the neighbours, as the tables of the benchmark programs have it."""
    ordered = sorted(values)
    at = part * (len(ordered) - 1)
    below = int(at)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (at - below)


def library(runtime):
    """pel_md is one of pel's ways."""
    return runtime.split("_", 1)[0]


@dataclass
class Variant:
    name: str
    times: list = field(default_factory=list)
    iterations: list = field(default_factory=list)
    counters: dict = field(default_factory=dict)
    error: str = ""

    @property
    def workload(self):
        return self.name.split("/")[0]

    @property
    def runtime(self):
        return self.name.split("/")[1]

    @property
    def library(self):
        return library(self.runtime)

    @property
    def workers(self):
        return int(self.name.split("/")[2])

    @property
    def is_reference(self):
        """The plain code, what the machine itself takes, or the compiler: no competitor."""
        return self.library in ("serial", "plain", "bare")

    @property
    def is_left_out(self):
        return "left_out" in self.counters and not self.times

    @property
    def is_good(self):
        return bool(self.times) and not self.error

    @property
    def median(self):
        return quantile(self.times, 0.5)

    @property
    def fastest(self):
        return min(self.times)

    @property
    def spread(self):
        """Half the distance of the quartiles, in parts of the median; None if it ran only once or takes no time."""
        if len(self.times) < 2 or self.median <= 0:
            return None
        return (quantile(self.times, 0.75) - quantile(self.times, 0.25)) / 2 / self.median

    @property
    def seconds(self):
        """Of one repetition."""
        return self.median * quantile(self.iterations, 0.5) / 1e9 if self.iterations else None

    def counter(self, name):
        return quantile(self.counters[name], 1.0 if name.startswith("worst") else 0.5)


@dataclass
class Benchmark:
    """One program's run. `noise` is what noise.Watch found."""
    name: str
    compiler: str = ""            # "" is the first one, else what stands after @ in targets.txt
    seconds: float = 0.0
    status: int = 0
    noise: dict = field(default_factory=dict)
    variants: dict = field(default_factory=dict)

    @property
    def key(self):
        return self.name + (f"@{self.compiler}" if self.compiler else "")

    def workloads(self):
        """{workload: its variants}, in the order in which they were written, without those that failed."""
        found = {}
        for one in self.variants.values():
            if one.is_good:
                found.setdefault(one.workload, []).append(one)
        return found


@dataclass
class Run:
    mode: str                     # "full" or "quick"
    started: str = ""
    seconds: float = 0.0
    is_whole: bool = True
    environment: dict = field(default_factory=dict)
    benchmarks: list = field(default_factory=list)

    def values(self):
        """What targets.txt speaks of: {name: median} and {name:counter: value}, names of other compilers with @compiler."""
        return self._values(lambda one: one.median)

    def fastest_values(self):
        """The same with the fastest repetition in place of the median time."""
        return self._values(lambda one: one.fastest)

    def _values(self, time):
        values = {}
        for benchmark in self.benchmarks:
            for one in benchmark.variants.values():
                if not one.is_good:
                    continue
                name = one.name + (f"@{benchmark.compiler}" if benchmark.compiler else "")
                values[name] = time(one)
                values.update({f"{name}:{counter}": one.counter(counter) for counter in one.counters})
        return values


def read_lines(text):
    """{name: Variant} of what one program wrote. Throws ValueError for what is no such line."""
    variants = {}
    for line in text.splitlines():
        name, metric, value = line.split("\t")
        one = variants.setdefault(name, Variant(name))
        if metric == "error":
            one.error = value
        elif metric in ("time", "iterations"):
            (one.times if metric == "time" else one.iterations).append(float(value))
        else:
            one.counters.setdefault(metric, []).append(float(value))
    return variants


def to_json(run, extra):
    """The run, and what was concluded from it, as text; lists of numbers are on one line."""
    text = json.dumps(asdict(run) | extra, indent=1, ensure_ascii=False) + "\n"
    return re.sub(r"\[([^\[\]{}\"]*)\]", lambda match: "[" + " ".join(match[1].split()) + "]", text)


def from_json(text):
    fields = json.loads(text)
    run = Run(**{name: fields[name] for name in Run.__dataclass_fields__})
    run.benchmarks = [Benchmark(**one | {"variants": {name: Variant(**each) for name, each in one["variants"].items()}})
                      for one in run.benchmarks]
    return run

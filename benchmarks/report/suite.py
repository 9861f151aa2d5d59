# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs the benchmark programs one after the other, watches the machine meanwhile, and says how far it is.

A quick run has a budget. Each program gets its share of what is left of it: it runs every variant once, and again while its
time lasts. The shares are as what each cannot do without, which is its first pass; those, and the time that is left of a full
run, come from durations.txt.

So that it ends in time however many programs there are, and however slow the machine is, nothing new is begun after the
run's limit: a program that has used up twice its share runs no more variants, not even for the first time, and what has not
begun then is left out. A run takes as long as its limit, one variant (of each process, where a program has several), and the
end of one program, at most.
"""

import os
import selectors
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import noise
import peers
import results
import units

ROOT = Path(__file__).resolve().parents[2]
QUICK_SECONDS = 160               # of the 180 that were promised
LIMIT = 1.075                     # of the budget: 172 s of a quick run; the rest is for the last variant and the report
PATIENCE = 2                      # times a program's share, for its first pass
ASIDE = 0.5                       # seconds that a program takes besides: it starts and ends, and the machine's speed is measured
PASSES = 3                        # of a program in a quick run, if there is time
BY_BOTH_COMPILERS = ("fib", "fib_shared", "coroutine_fib")


def _options(file, is_quick, allotment):
    return [f"--results={file}", *(["--quick"] if is_quick else []), *([f"--limit={allotment.limit:.1f}"] if allotment else [])]


@dataclass
class Program:
    name: str
    compiler: str
    path: Path
    passes = PASSES               # that its expected seconds are of

    @property
    def key(self):
        return self.name + (f"@{self.compiler}" if self.compiler else "")

    def command(self, file, is_quick, allotment):
        return [self.path, *_options(file, is_quick, allotment), *([f"--budget={allotment.budget:.1f}"] if allotment else [])]


class CompileTime(Program):
    """How long PEL's headers take to compile, beside oneTBB's."""
    passes = 1

    def __init__(self, compiler):
        super().__init__("compile_time", "", ROOT / "tests/compile_time/measure.py")
        self.with_compiler = compiler

    def command(self, file, is_quick, allotment):
        return [sys.executable, self.path, *_options(file, is_quick, allotment), self.with_compiler]


class Instructions(Program):
    """How many instructions PEL takes on one worker, with a plan of its seats and without."""
    passes = 1

    def __init__(self, build):
        super().__init__("instructions", "", ROOT / "benchmarks/instructions/measure.py")
        self.counted = Path(build).resolve() / "benchmarks/instructions/counted"

    def command(self, file, is_quick, allotment):
        return [sys.executable, self.path, *_options(file, is_quick, allotment), self.counted]


def find_programs(build, compiler=""):
    """The benchmarks that were built, by name."""
    folder = Path(build) / "benchmarks"
    found = [path for pattern in ("*", "*/*") for path in folder.glob(pattern)
             if path.is_file() and os.access(path, os.X_OK) and path.suffix != ".so" and "CMakeFiles" not in path.parts]
    return [Program(path.name, compiler, path) for path in sorted(found, key=lambda path: path.name)]


def scripts(build, compiler):
    """The programs that are scripts. In a run they come first, as they cannot do with less time: they have one pass."""
    return [Instructions(build), CompileTime(compiler)]


def read_durations(text):
    """{name: (quick, full)}"""
    found = {}
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            name, quick, full = line.split()
            found[name] = float(quick), float(full)
    return found


def expected_seconds(programs, is_quick):
    """{key: seconds}"""
    known = {name: both[0 if is_quick else 1]
             for name, both in read_durations((Path(__file__).parent / "durations.txt").read_text()).items()}
    middle = statistics.median(known.values()) if known else 1.0
    return {one.key: known.get(one.key, known.get(one.name, middle)) for one in programs}


def first_passes(programs, expected):
    """What each takes for its first pass, of {key: expected seconds}."""
    return [expected[one.key] / one.passes for one in programs]


def share(left, least, index):
    """What the program at `index` gets of the seconds that are left for it and those after it; `least`: what each needs."""
    to_come = least[index:]
    return max(0.1, (left - ASIDE * len(to_come)) * least[index] / sum(to_come))


@dataclass
class Allotment:
    """Seconds from a program's begin: after `budget` nothing runs again, after `limit` nothing is begun."""
    budget: float
    limit: float                      # at least 0.1, as programs take 0 for no limit


def allot(elapsed, budget, least, index):
    """What the program at `index` gets of a run's budget; None if there is no time to begin it."""
    left = LIMIT * budget - elapsed
    if left < 0.1:
        return None
    limit = min(left, PATIENCE * share(left, least, index))
    return Allotment(min(limit, share(budget - elapsed, least, index)), limit)


class Progress:
    """Says which program of how many runs, and how long the others will take. A line for each; on a terminal it changes."""

    def __init__(self, expected, budget, show):
        self.expected, self.budget, self.show = expected, budget, show
        self.started, self.done, self.is_terminal = time.monotonic(), 0, sys.stdout.isatty()

    def seconds_left(self):
        """What the budget leaves, if there is one, else by the pace of those that are done."""
        keys = list(self.expected)
        done, to_come = (sum(self.expected[key] for key in some) for some in (keys[:self.done], keys[self.done:]))
        elapsed = time.monotonic() - self.started
        if self.budget:
            return min(to_come, max(self.budget - elapsed, to_come / 2))
        return to_come * (elapsed / done if done >= 5 else 1.0)

    def _head(self, key):
        return f"[{self.done + 1:2} of {len(self.expected)}] {key:<22}"

    def begin(self, key):
        if not self.show:
            print(f"{self._head(key)} some {units.minutes(self.seconds_left())} left", flush=True)
        else:
            self.tick(key, "")

    def tick(self, key, status):
        if self.show and self.is_terminal:
            print(f"\r\033[K{self._head(key)} some {units.minutes(self.seconds_left())} left  {status}"[:120], end="", flush=True)

    def end(self, key, seconds, text):
        if self.show:
            start = "\r\033[K" if self.is_terminal else ""
            head = self._head(key)
            self.done += 1
            left = f"some {units.minutes(self.seconds_left())} left" if self.done < len(self.expected) else ""
            print(f"{start}{head} {units.minutes(seconds):>7}  {text:<58} {left}".rstrip(), flush=True)
        else:
            self.done += 1



def _follow(process, log, tick):
    """Copies what a process prints to a log, and calls tick(last line that says whose turn it is) at least once a second."""
    status = ""
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while True:
            if selector.select(1):
                line = process.stdout.readline()
                if not line:
                    return
                log.write(line)
                status = line.decode(errors="replace").strip() if line.startswith(b"turn ") else status
            tick(status)


def _run_program(command, log, tick):
    """Its exit status. Without a log, it prints what it prints."""
    environment = os.environ | {"PYTHONUNBUFFERED": "1"}
    if log is None:
        return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=ROOT, env=environment, bufsize=0) as process:
        try:
            _follow(process, log, tick)
        except BaseException:
            process.kill()
            raise
    return process.returncode


def headline(benchmark):
    """What its progress line says when it is done."""
    if benchmark.status != 0:
        return f"FAILED (status {benchmark.status})"
    speeds = [row.speed for row in peers.widest(peers.rows(benchmark)) if row.is_main and row.speed]
    text = f"{units.ratio(peers.geometric_mean(speeds))} x the best peer's speed" if speeds else ""
    left_out = sum(one.is_left_out for one in benchmark.variants.values())
    remarks = noise.over(benchmark) + ([f"{left_out} left out"] if left_out else [])
    return text + ("  (" if text else "(") * bool(remarks) + ", ".join(remarks) + ")" * bool(remarks)


class Suite:
    """Runs programs into a results.Run. `folder` is for what they write; `log`: a file for their tables, or None."""

    def __init__(self, programs, is_quick, budget, folder, log):
        self.programs, self.is_quick, self.budget = programs, is_quick, budget
        self.folder, self.log = folder, log
        self.expected = expected_seconds(programs, is_quick)
        self.progress = Progress(self.expected, budget, log is not None)
        self.started = time.monotonic()
        self.left_out = []            # keys of programs for which there was no time

    def _allot(self, index):
        return allot(time.monotonic() - self.started, self.budget, first_passes(self.programs, self.expected), index)

    def _run_one(self, index, allotment, spin, spin_before):
        program, file = self.programs[index], self.folder / self.programs[index].key
        file.unlink(missing_ok=True)
        watch, started = noise.Watch(spin_before), time.monotonic()
        self.progress.begin(program.key)
        command = program.command(file, self.is_quick, allotment)
        status = _run_program(command, self.log, lambda text: self.progress.tick(program.key, text))
        seconds = time.monotonic() - started
        variants = results.read_lines(file.read_text()) if file.exists() else {}
        benchmark = results.Benchmark(program.name, program.compiler, seconds, status, watch.finish(spin), variants)
        self.progress.end(program.key, seconds, headline(benchmark))
        return benchmark

    def run(self, run):
        """Adds what was measured to `run`, also if it is interrupted."""
        self.folder.mkdir(parents=True, exist_ok=True)
        spin = noise.Spin()
        before = spin.measure()
        try:
            for index in range(len(self.programs)):
                allotment = self._allot(index) if self.budget else None
                if self.budget and not allotment:
                    self.left_out += [one.key for one in self.programs[index:]]
                    print("left out, as there is no time for more: " + " ".join(self.left_out))
                    break
                run.benchmarks.append(self._run_one(index, allotment, spin.measure, before))
                before = run.benchmarks[-1].noise["spin"]
        except KeyboardInterrupt:
            run.is_whole = False
            print("\ninterrupted: what follows is of the benchmarks that were complete")
        run.seconds = time.monotonic() - self.started

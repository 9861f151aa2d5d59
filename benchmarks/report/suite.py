# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs the benchmark programs one after the other, watches the machine meanwhile, and says how far it is.

A quick run has a budget. Each program gets its share of what is left of it: it runs every variant once, and again while its
time lasts. The shares, and the time that is left of a full run, come from durations.txt.
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
QUICK_SECONDS = 160               # of the 180 that were promised; the rest is for one variant that takes longer than expected
BY_BOTH_COMPILERS = ("fib", "fib_shared", "coroutine_fib")


@dataclass
class Program:
    name: str
    compiler: str
    path: Path

    @property
    def key(self):
        return self.name + (f"@{self.compiler}" if self.compiler else "")

    def command(self, file, is_quick, budget):
        options = [f"--results={file}"] + (["--quick"] if is_quick else [])
        return [self.path, *options, *([f"--budget={budget:.1f}"] if budget else [])]


class CompileTime(Program):
    """How long PEL's headers take to compile, beside oneTBB's."""

    def __init__(self, compiler):
        super().__init__("compile_time", "", ROOT / "tests/compile_time/measure.py")
        self.with_compiler = compiler

    def command(self, file, is_quick, budget):
        return [sys.executable, self.path, f"--results={file}", f"--rounds={1 if is_quick else 5}", self.with_compiler]


def find_programs(build, compiler=""):
    """The benchmarks that were built, by name."""
    folder = Path(build) / "benchmarks"
    found = [path for pattern in ("*", "*/*") for path in folder.glob(pattern)
             if path.is_file() and os.access(path, os.X_OK) and path.suffix != ".so" and "CMakeFiles" not in path.parts]
    return [Program(path.name, compiler, path) for path in sorted(found, key=lambda path: path.name)]


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


def share(left, expected, index):
    """What the program at `index` gets of the seconds that are left for it and those after it."""
    return max(0.1, left * expected[index] / sum(expected[index:]))


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
    exceeded = noise.over(benchmark)
    return text + ("  (" if text else "(") * bool(exceeded) + ", ".join(exceeded) + ")" * bool(exceeded)


class Suite:
    """Runs programs into a results.Run. `folder` is for what they write; `log`: a file for their tables, or None."""

    def __init__(self, programs, is_quick, budget, folder, log):
        self.programs, self.is_quick, self.budget = programs, is_quick, budget
        self.folder, self.log = folder, log
        self.expected = expected_seconds(programs, is_quick)
        self.progress = Progress(self.expected, budget, log is not None)
        self.started = time.monotonic()

    def _budget_of(self, index):
        if not self.budget:
            return None
        left = self.budget - (time.monotonic() - self.started)
        return share(left, [self.expected[one.key] for one in self.programs], index)

    def _run_one(self, index, spin, spin_before):
        program, file = self.programs[index], self.folder / self.programs[index].key
        file.unlink(missing_ok=True)
        watch, started = noise.Watch(spin_before), time.monotonic()
        self.progress.begin(program.key)
        command = program.command(file, self.is_quick, self._budget_of(index))
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
                run.benchmarks.append(self._run_one(index, spin.measure, before))
                before = run.benchmarks[-1].noise["spin"]
        except KeyboardInterrupt:
            run.is_whole = False
            print("\ninterrupted: what follows is of the benchmarks that were complete")
        run.seconds = time.monotonic() - self.started

# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""How long one #include takes to compile at -O0, and a file with one loop, or with twenty, at -O2, as a ratio to oneTBB:
header-only, and in compiled mode. A report, not a test: it never fails.

measure.py [--results=FILE] [--rounds=N] [--quick] [--limit=SECONDS] [COMPILER...]
    CPU time; the files take turns, and the best of some rounds counts. FILE gets lines as those of the benchmarks.
    --quick: one round, and not the loops with the header-only library. --limit: nothing is begun after that.
"""

import argparse
import resource
import shlex
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PEER = "tbb/tbb.h"
GOALS = {"pel/parallel_for.hpp": 0.5, "pel/parallel_invoke.hpp": 0.5, "pel/task_group.hpp": 0.5, "pel/pel.hpp": 0.9}
COMPILED = "-DPEL_COMPILED"
MANY_LOOPS = 20
ROUNDS = 5


def includes():
    """What is compiled at -O0: (name for the results, for people, text, flags, aim or None); the peer first."""
    yield "compile_tbb/tbb", f"<{PEER}>", f"#include <{PEER}>\n", [], None
    for header, goal in GOALS.items():
        if (ROOT / "include" / header).exists():
            name, text = "compile_" + Path(header).stem, f"#include <{header}>\n"
            yield f"{name}/pel", f"<{header}>", text, [], goal
            yield f"{name}/pel_compiled", f"<{header}>, compiled mode", text, [COMPILED], goal


def text_of_loops(runtime, count):
    lines = [f"#include <{runtime}/parallel_for.{'h' if runtime == 'tbb' else 'hpp'}>"]
    for i in range(count):
        lines.append(f"void loop_{i}(double* a, int n) {{ {runtime}::parallel_for(0, n, [=](int j) {{ a[j] *= {i}.5; }}); }}")
    return "\n".join(lines) + "\n"


def loops(count, is_quick):
    """Likewise at -O2."""
    name, key = ("one loop", "compile_one_loop") if count == 1 else (f"{count} loops", "compile_many_loops")
    yield f"{key}/tbb", f"{name} of oneTBB", text_of_loops("tbb", count), [], None
    if not is_quick:
        yield f"{key}/pel", f"{name} of PEL", text_of_loops("pel", count), [], None
    yield f"{key}/pel_compiled", f"{name} of PEL, compiled mode", text_of_loops("pel", count), [COMPILED], None


def seconds(compiler, level, what, text, folder, flags):
    source = Path(folder) / "unit.cpp"
    source.write_text(text)
    command = [compiler, "-std=c++20", level, f"-I{ROOT / 'include'}", *flags, "-c", source, "-o", Path(folder) / "unit.o"]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    try:
        subprocess.run(command, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        why = error.strerror if isinstance(error, OSError) else "oneTBB is in libtbb-dev" if "tbb" in text else "see above"
        sys.exit(f"error: {compiler} does not compile {what}: {why}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def append(file, times):
    with open(file, "a") as results:
        for key, all_of_it in times.items():
            results.writelines(f"{key}/1\ttime\t{taken * 1e9}\n" for taken in all_of_it)
            if not all_of_it:
                results.write(f"{key}/1\tleft_out\t1\n")


def measure(compiler, level, cases, flags, rounds, end):
    """{key: its time in each round that was begun before the end}"""
    times = {key: [] for key, *_ in cases}
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(rounds):
            for key, name, text, mode, _ in cases:
                if time.monotonic() >= end:
                    return times
                times[key].append(seconds(compiler, level, name, text, folder, [*flags, *mode]))
    return times


def report(compiler, level, cases, times, rounds):
    best = {key: min(all_of_it) for key, all_of_it in times.items() if all_of_it}
    print(f"{compiler} {level}, best of {rounds}")
    for key, name, _, _, goal in cases:
        aim = "" if goal is None else f"   aim: at most {goal}"
        figures = f"{best[key] * 1000:6.0f} ms   {best[key] / best[cases[0][0]]:5.2f} x{aim}" if key in best else "left out"
        print(f"  {name}".ljust(46) + figures)


def count(text):
    if (number := int(text)) < 1:
        raise ValueError
    return number


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--results", action="append", default=[])
    parser.add_argument("--rounds", type=count, default=ROUNDS)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--limit", type=float, default=float("inf"))
    parser.add_argument("compilers", nargs="*", default=["g++"], metavar="COMPILER")
    arguments = parser.parse_args()
    rounds, end = 1 if arguments.quick else arguments.rounds, time.monotonic() + arguments.limit
    hwloc = subprocess.run(["pkg-config", "--cflags", "hwloc"], capture_output=True, text=True, check=False).stdout
    for compiler in arguments.compilers:
        for level, cases in (("-O0", includes()), *(("-O2", loops(number, arguments.quick)) for number in (1, MANY_LOOPS))):
            cases = list(cases)
            times = measure(compiler, level, cases, shlex.split(hwloc), rounds, end)
            report(compiler, level, cases, times, rounds)
            for file in arguments.results:
                append(file, times)


if __name__ == "__main__":
    main()

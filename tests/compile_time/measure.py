# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""How long one #include takes to compile at -O0, as a ratio to <tbb/tbb.h>. A report, not a test: it never fails.

measure.py [--results=FILE] [--rounds=N] [COMPILER...]      CPU time; the headers take turns, and the best of some rounds
                                                            counts. FILE gets lines as those of the benchmarks.
"""

import resource
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PEER = "tbb/tbb.h"
GOALS = {"pel/parallel_for.hpp": 0.5, "pel/parallel_invoke.hpp": 0.5, "pel/task_group.hpp": 0.5, "pel/pel.hpp": 0.9}
ROUNDS = 5


def seconds(compiler, header, folder, flags):
    source = Path(folder) / "unit.cpp"
    source.write_text(f"#include <{header}>\n")
    command = [compiler, "-std=c++20", "-O0", f"-I{ROOT / 'include'}", *flags, "-c", source, "-o", Path(folder) / "unit.o"]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def append(file, times):
    with open(file, "a") as results:
        for header, all_of_it in times.items():
            runtime, name = header.removesuffix(".hpp").removesuffix(".h").split("/")
            for taken in all_of_it:
                results.write(f"compile_{name}/{runtime}/1\ttime\t{taken * 1e9}\n")


def measure(compiler, headers, flags, rounds):
    """{header: its time in each round}"""
    times = {header: [] for header in headers}
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(rounds):
            for header in headers:
                times[header].append(seconds(compiler, header, folder, flags))
    return times


def option(name):
    """Its values on the command line."""
    return [one.removeprefix(f"--{name}=") for one in sys.argv[1:] if one.startswith(f"--{name}=")]


def main():
    files, rounds = option("results"), int((option("rounds") or [ROUNDS])[-1])
    compilers = [one for one in sys.argv[1:] if not one.startswith("--")] or ["g++"]
    flags = subprocess.run(["pkg-config", "--cflags", "hwloc"], capture_output=True, text=True, check=False).stdout
    headers = [PEER] + [header for header in GOALS if (ROOT / "include" / header).exists()]
    for compiler in compilers:
        times = measure(compiler, headers, shlex.split(flags), rounds)
        best = {header: min(all_of_it) for header, all_of_it in times.items()}
        print(f"{compiler} -O0, best of {rounds}")
        for header in headers:
            goal = f"   aim: at most {GOALS[header]}" if header in GOALS else ""
            print(f"  <{header}>".ljust(32) + f"{best[header] * 1000:6.0f} ms   {best[header] / best[PEER]:5.2f} x{goal}")
        for file in files:
            append(file, times)


if __name__ == "__main__":
    main()

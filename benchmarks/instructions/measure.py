# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""How many instructions PEL executes on one worker: as it is, with threads bound, and built without the machine's topology.

measure.py [--results=FILE] [--quick] [--limit=SECONDS] FOLDER
    Runs the programs in FOLDER under callgrind, for N rounds and for 2 N. FILE gets lines as those of the benchmarks:
    the time is that of a piece (a fork, a task, …) without callgrind, the counter `instructions` is what a piece takes.
    --quick: fewer rounds, once, and not the build that takes the machine to be flat, which has the same scheduler.
    --limit: nothing is begun after that, but for one variant. Without valgrind all is left out.
"""

import argparse
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

QUICK_ROUNDS, ROUNDS, REPETITIONS = 25, 100, 3
TIMED_ROUNDS = 500
VARIANTS = {"pel": ("pel", []), "pel_bound": ("pel", ["bound"]), "pel_flat": ("pel_flat", [])}
COLLECTED = re.compile(r"Collected : (\d+)")


def output_of(command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"error: status {done.returncode} of {' '.join(map(str, command))}\n{done.stderr}")
    return done


def instructions(command):
    """Of the whole process, all its threads."""
    counted = output_of(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", *command])
    return int(COLLECTED.search(counted.stderr)[1])


def measure(program, workload, rounds, more):
    """(instructions, ns) of a piece."""
    pieces, ns = map(float, output_of([program, workload, str(TIMED_ROUNDS), *more]).stdout.split())
    once, twice = (instructions([program, workload, str(times * rounds), *more]) for times in (1, 2))
    return (twice - once) / rounds / pieces, ns / pieces


def lines(workload, runtime, found):
    """For the results; found is what measure() returned, or None."""
    name = f"instructions_{workload}/{runtime}/1"
    if found is None:
        return [f"{name}\tleft_out\t1"]
    return [f"{name}\ttime\t{found[1]}", f"{name}\tinstructions\t{found[0]}"]


def measure_all(arguments, end, workloads, runtimes):
    """What was measured, by (workload, runtime); None where there was no time."""
    rounds, found = QUICK_ROUNDS if arguments.quick else ROUNDS, {}
    for workload in workloads:
        for runtime in runtimes:
            name, more = VARIANTS[runtime]
            is_over = found and time.monotonic() > end
            found[workload, runtime] = None if is_over else measure(arguments.folder / name, workload, rounds, more)
    return found


def print_table(workloads, runtimes, found):
    print("instructions of a piece".ljust(28) + "".join(one.rjust(12) for one in runtimes))
    for workload in workloads:
        cells = [found[workload, runtime] for runtime in runtimes]
        print(f"  {workload}".ljust(28) + "".join(("left out" if one is None else f"{one[0]:.2f}").rjust(12) for one in cells))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--results", type=Path)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--limit", type=float, default=float("inf"))
    parser.add_argument("folder", type=Path)
    arguments = parser.parse_args()
    end = time.monotonic() + arguments.limit
    if not shutil.which("valgrind"):
        print("left out: all variants, there is no valgrind")
        return
    workloads = output_of([arguments.folder / "pel"]).stdout.split()
    runtimes = [one for one in VARIANTS if not (arguments.quick and one == "pel_flat")]
    for _ in range(1 if arguments.quick else REPETITIONS):
        found = measure_all(arguments, end, workloads, runtimes)
        print_table(workloads, runtimes, found)
        if arguments.results:
            with open(arguments.results, "a") as results:
                results.writelines(line + "\n" for key, one in found.items() for line in lines(*key, one))


if __name__ == "__main__":
    main()

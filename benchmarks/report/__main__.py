# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs the benchmarks, and reports what they measured: a table, results.json and report.html.

python3 benchmarks/report run [--quick] --build=FOLDER [--clang=FOLDER] [--met=PATTERN] [NAME...]
    Runs all benchmarks that were built in FOLDER, or those named. --clang: three of them by the other compiler as well.
    Writes FOLDER/results.json and FOLDER/report.html; of those named, FOLDER/some.json and FOLDER/some.html. Fails if a
    benchmark does, or unless all targets whose names the pattern matches are met.
python3 benchmarks/report show RESULTS.json [PAGE.html]
    Prints the table of a run again, and writes its page again.
python3 benchmarks/report sweep RESULTS.json SVG
    Draws what the benchmark granularity measured.
"""

import argparse
import sys
import time
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path

import environment
import noise
import page
import results
import suite
import table
import targets
from charts import heat_map


def judge(run):
    return targets.verdicts(run, targets.read(targets.FILE.read_text()), noise.margins(run))


def report(run, verdicts):
    lines = table.ratios(run)
    if any(one.verdict != targets.ABSENT for one in verdicts):
        lines += ["", *table.verdicts(verdicts)]
    print("\n" + "\n".join([*lines, "", *table.machine(run)]))


def write_text(file, text):
    try:
        file.write_text(text)
    except OSError as error:
        sys.exit(f"error: {file} cannot be written: {error.strerror}")


def write(run, verdicts, json_file, html_file):
    conclusions = {
        "targets": [asdict(one) for one in verdicts],
        "noise": {"limits": noise.LIMITS, "verdict": noise.machine_verdict(run)[1], "can_be_judged": noise.machine_verdict(run)[0],
                  "benchmarks": {one.key: noise.figures(one) | {"over": noise.over(one)} for one in run.benchmarks}},
    }
    write_text(json_file, results.to_json(run, conclusions))
    write_text(html_file, page.render(run, verdicts))
    print(f"\nwritten: {json_file}, {html_file}")


def choose(build, clang, names):
    """The programs to run. Exits if a folder is not what was built, or a name is none."""
    for folder in filter(None, (build, clang)):
        if not (folder / "CMakeCache.txt").is_file():
            sys.exit(f"error: {folder} is no folder that benchmarks were built in")
    programs = suite.find_programs(build)
    scripts = suite.scripts(build, environment.compiler_of(build))
    if names:
        known = {one.name: one for one in programs + scripts}
        for name in names:
            if name not in known:
                sys.exit(f"error: there is no benchmark '{name}'; there are: {' '.join(known)}")
        return [known[name] for name in names]
    if clang:
        programs += [one for one in suite.find_programs(clang, "clang") if one.name in suite.BY_BOTH_COMPILERS]
    return scripts + programs


def run_suite(arguments):
    started = time.strftime("%Y-%m-%d %H:%M")
    programs = choose(arguments.build, arguments.clang, arguments.names)
    is_whole = not arguments.names
    name = "results" if is_whole else "some"
    builds = {"": arguments.build} | ({"clang": arguments.clang} if arguments.clang else {})
    run = results.Run("quick" if arguments.quick else "full", started, is_whole=is_whole, environment=environment.describe(builds))
    budget = suite.QUICK_SECONDS if arguments.quick and is_whole else None
    tables = arguments.build / "tables.txt"
    with open(tables, "wb") if is_whole else nullcontext() as log:
        suite.Suite(programs, arguments.quick, budget, arguments.build / "measured", log).run(run)
    verdicts = judge(run)
    report(run, verdicts)
    write(run, verdicts, arguments.build / f"{name}.json", arguments.build / ("report.html" if is_whole else "some.html"))
    if is_whole:
        print(f"the tables of the single benchmarks: {tables}")
    return 1 if any(one.status != 0 for one in run.benchmarks) or not targets.are_met(verdicts, arguments.met) else 0


def read(file):
    try:
        return results.from_json(file.read_text())
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        sys.exit(f"error: {file} holds no results: {error}")


def show(arguments):
    run = read(arguments.results)
    verdicts = judge(run)
    report(run, verdicts)
    if arguments.page:
        write_text(arguments.page, page.render(run, verdicts))
    return 0


def sweep(arguments):
    drawing = heat_map.find(read(arguments.results))
    if drawing is None:
        sys.exit(f"error: {arguments.results} holds no results of the benchmark granularity")
    write_text(arguments.svg, drawing.render(page.chart_styles(), background=True) + "\n")
    return 0


def main():
    parser = argparse.ArgumentParser(prog="benchmarks/report", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    running = commands.add_parser("run")
    running.add_argument("--quick", action="store_true")
    running.add_argument("--build", type=Path, required=True)
    running.add_argument("--clang", type=Path)
    running.add_argument("--met", metavar="PATTERN")
    running.add_argument("names", nargs="*")
    running.set_defaults(command=run_suite)
    showing = commands.add_parser("show")
    showing.add_argument("results", type=Path)
    showing.add_argument("page", type=Path, nargs="?")
    showing.set_defaults(command=show)
    drawing = commands.add_parser("sweep")
    drawing.add_argument("results", type=Path)
    drawing.add_argument("svg", type=Path)
    drawing.set_defaults(command=sweep)
    arguments = parser.parse_args()
    return arguments.command(arguments)


if __name__ == "__main__":
    sys.exit(main())

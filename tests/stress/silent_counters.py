#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Shows that rare_paths_test.cpp notices a counter that stays 0: silences one after the other, and some test has to fail.

silent_counters.py [COUNTER...]    All, or those named. Exit status 1 if one was not missed. Takes some minutes.

The headers are copied and the counters in detail/sched/stats.hpp numbered; PEL_SILENT_COUNTER names the one whose add() does
nothing. Tests wait for a counter for 5 s here instead of 40 s; with none silent all of them have to pass.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = "patience{sanitizer.empty() ? 50 : 240}", "patience{15}"
CLASS_HEAD = "class counter {\npublic:\n"
NUMBERED = CLASS_HEAD + """    counter() noexcept = default; // those by tier are tested elsewhere (tests/unit/places_test.cpp)
    explicit constexpr counter(int number) noexcept : number_(number) {}
    static int silent() noexcept {
        static const int number = std::atoi(std::getenv("PEL_SILENT_COUNTER"));
        return number;
    }
"""
ADD = "amount = 1) noexcept { value_", "amount = 1) noexcept { if (number_ != silent()) value_"
FIRST_MEMBER = "    atomic<std::uint64_t> value_{0};"


def replaced(text, old, new):
    if text.count(old) != 1:
        sys.exit(f"error: stats.hpp or scale.hpp no longer has exactly one '{old}'")
    return text.replace(old, new)


def number_counters(text):
    """Returns: the changed stats.hpp, and the counters' names in order."""
    members = re.search(r"struct counters \{\n    counter (.*?);", text, re.DOTALL)
    names = re.findall(r"\w+", members[1])
    numbered = ", ".join(f"{name}{{{number}}}" for number, name in enumerate(names))
    text = text[: members.start(1)] + numbered + text[members.end(1) :]
    for old, new in ((CLASS_HEAD, NUMBERED), ADD, (FIRST_MEMBER, FIRST_MEMBER + "\n    int number_ = -2;")):
        text = replaced(text, old, new)
    return text.replace("#pragma once", "#pragma once\n#include <cstdlib>", 1), names


def build(folder):
    shutil.copytree(ROOT / "include", folder / "include")
    shutil.copytree(ROOT / "tests/support", folder / "tests/support")
    stats, scale = folder / "include/pel/detail/sched/stats.hpp", folder / "tests/support/scale.hpp"
    text, names = number_counters(stats.read_text())
    stats.write_text(text)
    scale.write_text(replaced(scale.read_text(), *PATIENCE))
    hwloc = subprocess.run(["pkg-config", "--cflags", "--libs", "hwloc"], capture_output=True, text=True, check=True)
    subprocess.run(
        ["g++", "-std=c++20", "-O2", '-DPEL_TEST_SANITIZE=""', f"-I{folder}/include", f"-I{folder}/tests",
         str(ROOT / "tests/stress/rare_paths_test.cpp"), "-o", str(folder / "rare_paths"), *hwloc.stdout.split(),
         "-lgtest", "-lgtest_main", "-pthread"], check=True)
    return folder / "rare_paths", names


def failing_tests(program, number, without_membarrier):
    environment = os.environ | {"PEL_SILENT_COUNTER": str(number), "PEL_NO_MEMBARRIER": "1" if without_membarrier else "0"}
    run = subprocess.run([program, "--gtest_fail_fast"], env=environment, capture_output=True, text=True)
    failed = sorted(set(re.findall(r"\[  FAILED  \] (rare_paths\.\w+)", run.stdout)))
    return failed if run.returncode == 0 or failed else [f"the program ended with status {run.returncode}"]


def main():
    with tempfile.TemporaryDirectory() as name:
        program, counters = build(Path(name))
        unknown = set(sys.argv[1:]) - set(counters)
        if unknown:
            sys.exit(f"error: no such counter: {', '.join(sorted(unknown))}")
        for mode in (False, True):
            if failed := failing_tests(program, -1, mode):
                sys.exit(f"error: fails with all counters at work: {', '.join(failed)}")
        not_missed = 0
        for number, counter in enumerate(counters):
            if sys.argv[1:] and counter not in sys.argv[1:]:
                continue
            failed = failing_tests(program, number, counter == "fenced_forks")
            not_missed += not failed
            print(f"{counter:<16} {', '.join(failed) if failed else 'NOT MISSED'}", flush=True)
    sys.exit(not_missed != 0)


if __name__ == "__main__":
    main()

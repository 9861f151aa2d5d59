# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Compares what the benchmarks measured with what targets.txt requires.

summary.py RESULTS [RESULTS@clang...]    Files that the benchmarks wrote with --results; the part after the last @ of a
                                         file's name is appended to the names in it. Targets without a value are left out.

Every target is evaluated twice: with each variant's median time, and with its fastest repetition. Where the machine's own
speed changes from one repetition to the next (shared cores, turbo), medians of two variants may come from two speeds; the
fastest ones come from the same, undisturbed one. A target is met if both say so.
"""

import fnmatch
import math
import operator
import re
import sys
from pathlib import Path

RELATIONS = {"<=": operator.le, "<": operator.lt, ">=": operator.ge, ">": operator.gt, "==": operator.eq}
NAME = re.compile(r"[a-z][\w*\[\]-]*/[\w*]+/[\w*]+(?:@\w+)?(?::\w+)?")
WIDTH = 60


def read(files):
    values = {}
    for file in files:
        suffix = "@" + file.rsplit("@", 1)[1] if "@" in Path(file).name else ""
        for line in Path(file).read_text().splitlines():
            name, metric, value = line.split("\t")
            values[name + suffix + ("" if metric == "time" else ":" + metric)] = float(value)
    return values


def fastest(values):
    """The same with the fastest repetition in place of the median time."""
    return values | {name.removesuffix(":fastest"): value for name, value in values.items() if name.endswith(":fastest")}


def evaluate(expression, values):
    """The value of an expression; LookupError if something in it was not measured."""
    def insert(match):
        pattern = match[0]
        names = sorted(fnmatch.filter(values, pattern)) if "*" in pattern else [pattern]
        names = [name for name in names if (":" in name) == (":" in pattern)]
        if not names or any(name not in values for name in names):
            raise LookupError(pattern)
        return f"row({[values[name] for name in names]})" if "*" in pattern else repr(values[pattern])

    return eval(NAME.sub(insert, expression), {"__builtins__": {}}, FUNCTIONS)


class Row(list):
    """The values of a pattern, by name; arithmetic is element by element."""

    def _each(self, other, operation):
        others = other if isinstance(other, Row) else [other] * len(self)
        if len(others) != len(self):
            raise LookupError("rows of different lengths")
        return Row(operation(mine, its) for mine, its in zip(self, others))

    def __add__(self, other):
        return self._each(other, operator.add)

    def __mul__(self, other):
        return self._each(other, operator.mul)

    def __rmul__(self, other):
        return self._each(other, operator.mul)

    def __truediv__(self, other):
        return self._each(other, operator.truediv)


def flat(arguments):
    return [value for one in arguments for value in (one if isinstance(one, Row) else [one])]


FUNCTIONS = {
    "row": Row,
    "nan": math.nan,
    "largest": lambda *arguments: max(flat(arguments)),
    "least": lambda *arguments: min(flat(arguments)),
    "least_each": lambda *rows: Row(map(min, *rows)),
    "geometric_mean": lambda row: math.exp(sum(map(math.log, row)) / len(row)),
    # Those of a row where another one is at most a bound.
    "where_most": lambda row, other, bound: Row(value for value, its in zip(row, other) if its <= bound),
}


def targets():
    names = {}
    for line in (Path(__file__).parent / "targets.txt").read_text().splitlines():
        if line.startswith("let "):
            name, text = (part.strip() for part in line[4:].split("=", 1))
            names[name] = text
        elif line.strip() and not line.startswith("#"):
            what, required, expression = (part.strip() for part in line.split("|"))
            expression = re.sub(r"\b[A-Z_]+\b", lambda match: names.get(match[0], match[0]), expression)
            relation, bound = required.split()
            yield what, relation, float(bound), expression


def main():
    median = read(sys.argv[1:])
    missed = unclear = absent = 0
    print("\n" + "target".ljust(WIDTH) + f"{'median':>10} {'fastest':>10}   {'required':<10}")
    for what, relation, bound, expression in targets():
        try:
            measured = [evaluate(expression, values) for values in (median, fastest(median))]
        except LookupError:
            absent += 1
            continue
        is_met = [RELATIONS[relation](value, bound) for value in measured]
        missed += not any(is_met)
        unclear += any(is_met) and not all(is_met)
        verdict = "met" if all(is_met) else "unclear" if any(is_met) else "NOT MET"
        figures = " ".join(f"{value:10.4g}" for value in measured)
        print(what.ljust(WIDTH) + f"{figures}   {relation + f' {bound:g}':<10} {verdict}")
    print(f"\n{missed} targets not met, {unclear} unclear" + (f", {absent} not measured in this run" if absent else ""))


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Compares what was measured with what targets.txt requires.

Every target is evaluated twice: with each variant's median time, and with its fastest repetition. Where the machine's own
speed changes from one repetition to the next (shared cores, turbo), medians of two variants may come from two speeds; the
fastest ones come from the same, undisturbed one. A target is met if both say so, missed if neither does, else unclear.
Where a benchmark was disturbed, or chance may have moved its ratios by more than 5 % as repetitions were few or differed, a
figure that is nearer to its bound than that is "too noisy" instead: no verdict. Counted instructions are never in doubt.
"""

import fnmatch
import math
import operator
import re
from dataclasses import dataclass
from pathlib import Path

RELATIONS = {"<=": operator.le, "<": operator.lt, ">=": operator.ge, ">": operator.gt, "==": operator.eq}
NAME = re.compile(r"[a-z][\w*\[\]-]*/[\w*]+/[\w*]+(?:@\w+)?(?::\w+)?")
EXACT = ":instructions"           # what names of that counter end in
FILE = Path(__file__).resolve().parents[1] / "targets.txt"
MET, MISSED, UNCLEAR, NOISY, ABSENT = "met", "not met", "unclear", "too noisy", "not measured"


@dataclass
class Target:
    what: str
    relation: str
    bound: float
    expression: str


@dataclass
class Verdict:
    what: str
    required: str
    median: float | None
    fastest: float | None
    verdict: str
    benchmarks: list              # keys of those that it speaks of


class Row(list):
    """The values of a pattern, by name; arithmetic is element by element."""

    def _each(self, other, operation):
        others = other if isinstance(other, Row) else [other] * len(self)
        if len(others) != len(self):
            raise LookupError("rows of different lengths")
        return Row(operation(mine, its) for mine, its in zip(self, others))

    def __add__(self, other):
        return self._each(other, operator.add)

    def __sub__(self, other):
        return self._each(other, operator.sub)

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


def names_of(pattern, values):
    """The names that a name or pattern stands for; LookupError if one was not measured."""
    names = sorted(fnmatch.filter(values, pattern)) if "*" in pattern else [pattern]
    names = [name for name in names if (":" in name) == (":" in pattern) and ("@" in name) == ("@" in pattern)]
    if not names or any(name not in values for name in names):
        raise LookupError(pattern)
    return names


def evaluate(expression, values):
    """The value of an expression; LookupError if something in it was not measured."""
    def insert(match):
        pattern = match[0]
        names = names_of(pattern, values)
        return f"row({[values[name] for name in names]})" if "*" in pattern else repr(values[pattern])

    return eval(NAME.sub(insert, expression), {"__builtins__": {}}, FUNCTIONS)


def read(text):
    """The targets of a file such as targets.txt."""
    names, found = {}, []
    for line in text.splitlines():
        if line.startswith("let "):
            name, value = (part.strip() for part in line[4:].split("=", 1))
            names[name] = value
        elif line.strip() and not line.startswith("#"):
            what, required, expression = (part.strip() for part in line.split("|"))
            expression = re.sub(r"\b[A-Z_]+\b", lambda match: names.get(match[0], match[0]), expression)
            relation, bound = required.split()
            found.append(Target(what, relation, float(bound), expression))
    return found


def judge(target, measured, margin):
    """The verdict on the two figures; `margin` is how far off they may be, in parts of the bound."""
    is_met = [RELATIONS[target.relation](value, target.bound) for value in measured]
    if margin and any(abs(value - target.bound) < margin * abs(target.bound) for value in measured):
        return NOISY
    return MET if all(is_met) else UNCLEAR if any(is_met) else MISSED


def are_met(found, pattern):
    """Whether all verdicts on targets whose names match are that they are met, and there are any; without a pattern: yes."""
    chosen = [one.verdict for one in found if pattern and fnmatch.fnmatchcase(one.what, pattern)]
    return not pattern or set(chosen) == {MET}


def verdicts(run, targets, margins):
    """A Verdict on each target; `margins` says how far off figures may be, by benchmarks' keys (noise.margins)."""
    median, fastest = run.values(), run.fastest_values()
    homes = {one.name + (f"@{benchmark.compiler}" if benchmark.compiler else ""): benchmark.key
             for benchmark in run.benchmarks for one in benchmark.variants.values()}
    found = []
    for target in targets:
        required = f"{target.relation} {target.bound:g}"
        try:
            patterns = NAME.findall(target.expression)
            names = [name for pattern in patterns for name in names_of(pattern, median)]
            homes_of_it = sorted({homes[name.split(":")[0]] for name in names})
            measured = [evaluate(target.expression, values) for values in (median, fastest)]
        except (LookupError, ValueError, ZeroDivisionError):  # a row may be empty, where little was measured
            found.append(Verdict(target.what, required, None, None, ABSENT, []))
            continue
        in_doubt = {homes[name.split(":")[0]] for name in names if not name.endswith(EXACT)}
        margin = max((margins.get(key, 0.0) for key in in_doubt), default=0.0)
        found.append(Verdict(target.what, required, *measured, judge(target, measured, margin), homes_of_it))
    return found

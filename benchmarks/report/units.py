# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""How figures are written, in tables and on charts."""


def significant(value, digits=3):
    """Without an exponent and without zeros that say nothing: 0.0123, 1.23, 123, 12300."""
    if value == 0:
        return "0"
    text = f"{value:#.{digits}g}"
    return f"{float(text):.0f}" if "e+" in text else text.rstrip(".")


def time(ns):
    for limit, unit, scale in ((1e3, "ns", 1), (1e6, "µs", 1e3), (1e9, "ms", 1e6)):
        if ns < limit * 0.9995:
            return f"{significant(ns / scale)} {unit}"
    return f"{significant(ns / 1e9)} s"


def short_time(ns):
    """For axes: 1 ns, 10 µs."""
    for limit, unit, scale in ((1e3, "ns", 1), (1e6, "µs", 1e3), (1e9, "ms", 1e6)):
        if ns < limit * 0.9995:
            return f"{ns / scale:g} {unit}"
    return f"{ns / 1e9:g} s"


def ratio(value):
    """1.02, 12.3, 0.093, 0.00057; "–" for None."""
    if value is None:
        return "–"
    if value < 0.00995:
        return significant(value, 2)
    digits = 0 if value >= 99.5 else 1 if value >= 9.95 else 2 if value >= 0.0995 else 3
    return f"{value:.{digits}f}"


def percent(part):
    if part is None:
        return "–"
    return f"{part * 100:.1f} %" if part < 0.0995 else f"{part * 100:.0f} %"


def count(n):
    """For axes: 1, 100, 10⁴."""
    return str(n) if n < 10_000 else "10" + "".join("⁰¹²³⁴⁵⁶⁷⁸⁹"[int(digit)] for digit in str(len(str(n)) - 1))


def minutes(seconds):
    whole = max(0, round(seconds))
    return f"{whole} s" if whole < 100 else f"{whole // 60} min {whole % 60:02} s"

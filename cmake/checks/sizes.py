# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Sizes to aim for. A header over 600 lines, a line over 130 columns, or no licence line is an error; the rest are
warnings."""

import statistics

import source

HEADER_LINES, MEDIAN_LINES, FUNCTION_LINES, COLUMNS, MOST_COLUMNS = 600, 200, 40, 120, 130


def check(root, findings):
    lengths = []
    for header in source.headers(root):
        text = header.read_text()
        lines = text.rstrip("\n").split("\n")
        lengths.append(len(lines))
        if len(lines) > HEADER_LINES:
            findings.error(header, len(lines), f"{len(lines)} lines, over {HEADER_LINES}")
        if not lines[0].startswith("// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception"):
            findings.error(header, 1, "the first line is the SPDX licence")
        for number, line in enumerate(lines, 1):
            if len(line) > MOST_COLUMNS:                 # a comment: the formatter leaves these as they are
                findings.error(header, number, f"{len(line)} columns, over {MOST_COLUMNS}")
            elif len(line) > COLUMNS:
                findings.warn(header, number, f"{len(line)} columns, over {COLUMNS}")
        for first, last in source.function_scopes(text):
            if last - first + 1 > FUNCTION_LINES:
                findings.warn(header, first, f"a function of {last - first + 1} lines, over {FUNCTION_LINES}")
    if lengths and statistics.median(lengths) > MEDIAN_LINES:
        print(f"warning: the median header has {statistics.median(lengths)} lines, over {MEDIAN_LINES}")


if __name__ == "__main__":
    source.main(check, "sizes")

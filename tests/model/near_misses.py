# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Changes of the protocols that look right and are wrong; near_misses.toml names them.

    near_misses.py list                    one line for each: name, program, what it must violate, part of a program's name
    near_misses.py headers NAME            the headers that it changes
    near_misses.py apply NAME FOLDER       writes the changed headers below FOLDER, to be found before the real ones

A change whose old text does not occur exactly once is an error: the header has moved on, and so must the change.
"""

import sys
import tomllib
from pathlib import Path

HERE = Path(__file__).resolve().parent
INCLUDE = HERE.parents[1] / "include"


def near_misses():
    with open(HERE / "near_misses.toml", "rb") as file:
        return tomllib.load(file)


def changed_headers(near_miss, include):
    """The headers changed, by their path: a change without a header is for the same one as the change before."""
    texts = {}
    header = None
    for change in near_miss["changes"]:
        header = change.get("header", header)
        if header not in texts:
            texts[header] = (include / header).read_text()
        found = texts[header].count(change["old"])
        if found != 1:
            sys.exit(f"near miss: {header}: this text occurs {found} times, not once:\n{change['old']}")
        texts[header] = texts[header].replace(change["old"], change["new"])
    return texts


def main(arguments):
    command = arguments[0]
    if command == "list":
        for name, near_miss in near_misses().items():
            print(name, near_miss["program"], near_miss["violates"], near_miss.get("runs", ""), sep=";")
        return
    near_miss = near_misses()[arguments[1]]
    if command == "headers":
        print(*{change["header"] for change in near_miss["changes"] if "header" in change}, sep=";")
        return
    for header, text in changed_headers(near_miss, INCLUDE).items():
        target = Path(arguments[2]) / header
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)


if __name__ == "__main__":
    main(sys.argv[1:])

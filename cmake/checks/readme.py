# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Every C++ block of the README is an exact excerpt of a file that is compiled.

A block starts with ```cpp and stands below a line such as <!-- examples/01_tour.cpp -->. Indentation may differ by the
same amount on every line. A block without such a line is an error.
"""

import re
import textwrap

import source

BLOCK = re.compile(r"^```cpp\n(.*?)^```", re.MULTILINE | re.DOTALL)
ORIGIN = re.compile(r"<!--\s*(\S+)\s*-->\s*\n\Z")


def is_excerpt(block, text):
    """Whether the block's lines stand one below the other in the text, apart from a common indentation."""
    wanted = textwrap.dedent(block).rstrip("\n").split("\n")
    lines = text.split("\n")
    for start in range(len(lines) - len(wanted) + 1):
        found = textwrap.dedent("\n".join(lines[start:start + len(wanted)])).split("\n")
        if [line.rstrip() for line in found] == [line.rstrip() for line in wanted]:
            return True
    return False


def check(root, findings):
    readme = root / "README.md"
    if not readme.exists():
        return
    text = readme.read_text()
    for match in BLOCK.finditer(text):
        line = source.line_of(text, match.start())
        origin = ORIGIN.search(text[:match.start()])
        if not origin:
            findings.error(readme, line, "this block does not say of which file it is an excerpt: <!-- examples/… -->")
        elif not (root / origin.group(1)).is_file():
            findings.error(readme, line, f"{origin.group(1)} does not exist")
        elif not is_excerpt(match.group(1), (root / origin.group(1)).read_text()):
            findings.error(readme, line, f"this block is not an excerpt of {origin.group(1)}")


if __name__ == "__main__":
    source.main(check, "README excerpts")

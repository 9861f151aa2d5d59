# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What the checks share: C++ text without comments or strings, scopes, and how findings are reported."""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

_TOKEN = re.compile(
    r'//[^\n]*|/\*.*?\*/'                                # comments
    r'|R"([^()\\ ]{0,16})\(.*?\)\1"'                     # raw strings
    r'|"(?:\\.|[^"\\\n])*"'                              # strings
    r"|(?<![0-9A-Za-z_])'(?:\\.|[^'\\\n])+'",            # characters, but not the ' inside numbers
    re.DOTALL)


def _blank(text):
    return re.sub(r"[^\n]", " ", text)


def code_only(text):
    """The text with comments, strings and characters blanked; every line and column stays where it was."""
    return _TOKEN.sub(lambda match: _blank(match.group()), text)


def without_comments(text):
    """The text with comments blanked and strings kept."""
    return _TOKEN.sub(lambda match: _blank(match.group()) if match.group()[0] == "/" else match.group(), text)


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def without_directives(code):
    """Code (see code_only) with preprocessor lines blanked, continuation lines too."""
    return re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", lambda match: _blank(match.group()), code, flags=re.MULTILINE)


_NOT_A_FUNCTION = re.compile(r"\b(?:namespace|class|struct|union|enum|extern|concept)\b")


def _opens_function(head):
    head = re.sub(r"\[\[.*?\]\]", " ", head, flags=re.DOTALL)
    head = re.sub(r"\balignas\s*\([^()]*(?:\([^()]*\)[^()]*)*\)", " ", head)
    while True:                                          # template parameters and arguments, innermost first
        shorter = re.sub(r"<[^<>]*>", " ", head)
        if shorter == head:
            break
        head = shorter
    if _NOT_A_FUNCTION.search(head.split("(")[0]):
        return False
    return "(" in head


def function_scopes(text):
    """The outermost function bodies as (first line, last line), found by their braces: lambdas and blocks are inside."""
    code = without_directives(code_only(text))
    scopes, stack, head_start = [], [], 0
    for match in re.finditer(r"[;{}]", code):
        at = match.start()
        if match.group() == "{":
            inside = any(kind == "function" for kind, _ in stack)
            is_function = not inside and _opens_function(code[head_start:at])
            stack.append(("function" if is_function else "other", line_of(code, at)))
        elif match.group() == "}" and stack:
            kind, first = stack.pop()
            if kind == "function":
                scopes.append((first, line_of(code, at)))
        head_start = at + 1
    return scopes


def headers(root):
    return sorted((root / "include" / "pel").rglob("*.hpp"))


class Findings:
    """Collects messages; finish() prints them and ends the process with 1 if any is an error."""

    def __init__(self, root):
        self.root, self.errors, self.warnings = root, [], []

    def _place(self, path, line):
        return f"{path.relative_to(self.root)}:{line}"

    def error(self, path, line, message):
        self.errors.append(f"{self._place(path, line)}: {message}")

    def warn(self, path, line, message):
        self.warnings.append(f"{self._place(path, line)}: warning: {message}")

    def finish(self, what):
        for message in self.warnings + self.errors:
            print(message)
        if self.errors:
            print(f"{what}: {len(self.errors)} wrong")
            sys.exit(1)
        print(f"{what}: ok")


def main(check, what):
    """check(root, findings) on the folder named on the command line, or on the project."""
    root = Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else ROOT
    findings = Findings(root)
    check(root, findings)
    findings.finish(what)

# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Every memory order that is not relaxed names its synchronizes-with edge, and every edge has both ends.

At the order, or in the three lines above its statement, stands a comment such as
    // sync(D1) release: the slot written above becomes visible to try_steal().
One comment may name several edges: sync(D1, S2). An edge needs at least two sites, of which one releases and one
acquires, and a README.md in the folder of each site, or in a folder above it, that names the edge.
"""

import re
from collections import defaultdict

import source

ORDER = re.compile(r"\b(?:memory_order_|memory_order::)?(acquire|release|acq_rel|seq_cst)\b(?!\s*\()")
ALIAS = re.compile(r"\b(?:static\s+|inline\s+)*constexpr\s+(?:auto|(?:std::)?memory_order)\s+(\w+)\s*=\s*(?:\w+::)*" + ORDER.pattern + r"\s*;")
SYNC = re.compile(r"\bsync\(([A-Z][A-Za-z]*[0-9]+(?:\s*,\s*[A-Z][A-Za-z]*[0-9]+)*)\)\s*([a-z_]*)")
ROLES = {"acquire": {"acquire"}, "release": {"release"}, "acq_rel": {"acquire", "release"}, "seq_cst": {"acquire", "release"}}
LINES_ABOVE = 3
SEAM = "detail/sync/atomic.hpp"          # it defines the orders


def statement_start(code, offset):
    """The line where the statement around offset begins."""
    start = max(code.rfind(end, 0, offset) for end in ";{}") + 1
    while start < offset and code[start].isspace():
        start += 1
    return source.line_of(code, start)


def comments_by_line(text):
    """For each line, what stands in a comment on it."""
    code, result = source.without_comments(text), {}
    for number, (full, bare) in enumerate(zip(text.split("\n"), code.split("\n")), 1):
        result[number] = "".join(c for c, b in zip(full, bare) if c != b or c == " ")
    return result


def sites(text):
    """(line, order, edges) for every order; edges is None where no comment names one."""
    code, comments = source.without_directives(source.code_only(text)), comments_by_line(text)
    aliases = {}
    for match in ALIAS.finditer(code):               # another name for an order: its uses count, not its definition
        aliases[match.group(1)] = match.group(2)
    code = ALIAS.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), code)
    uses = [(match, match.group(1)) for match in ORDER.finditer(code)]
    for alias, order in aliases.items():
        uses += [(match, order) for match in re.finditer(rf"\b{alias}\b", code)]
    for match, order in uses:
        line = source.line_of(code, match.start())
        first = min(statement_start(code, match.start()), line)
        edges = set()
        for number in range(max(1, first - LINES_ABOVE), line + 1):
            for names, _ in SYNC.findall(comments[number]):
                edges.update(re.split(r"\s*,\s*", names))
        yield line, order, edges


def readme_names(root, header, edge):
    folder = header.parent
    while folder != root / "include":
        readme = folder / "README.md"
        if readme.exists() and re.search(rf"\b{edge}\b", readme.read_text()):
            return True
        folder = folder.parent
    return False


def check(root, findings):
    ends = defaultdict(list)
    for header in source.headers(root):
        if str(header.relative_to(root / "include" / "pel")) == SEAM:
            continue
        text = header.read_text()
        for line, order, edges in sites(text):
            if not edges:
                findings.error(header, line, f"{order} without `// sync(EDGE) …` on its line or {LINES_ABOVE} above")
            for edge in edges:
                ends[edge].append((header, line, order))
        for number, comment in comments_by_line(text).items():
            for names, role in SYNC.findall(comment):
                if role not in ROLES:
                    findings.error(header, number, f"sync({names}) is followed by its order, such as `release:`")
    for edge, places in sorted(ends.items()):
        header, line, order = places[0]
        roles = set().union(*(ROLES[order] for _, _, order in places))
        if len(places) < 2 or roles != {"acquire", "release"}:
            findings.error(header, line, f"edge {edge} has one end: {len(places)} site(s) with {', '.join(sorted(roles))}")
        for header in sorted({place[0] for place in places}):
            if not readme_names(root, header, edge):
                line = next(line for file, line, _ in places if file == header)
                findings.error(header, line, f"edge {edge} is explained in no README.md in this folder or above")


if __name__ == "__main__":
    source.main(check, "memory orders")

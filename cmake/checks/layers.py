# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Who may include what: a header includes its own layer or a lower one, and nothing includes itself. (But what a header
declares and includes under PEL_HEADER_ONLY, its definitions, includes it in turn.)

Also: <atomic> only in the atomic seam, OS and compiler headers only in detail/platform, hwloc only in topology,
sanitizers recognised only in detail/platform, no #if inside a function, and `detail` never named where users look.
"""

import re

import source

# The first pattern that a header's path below include/pel/ matches says its layer.
LAYERS = [
    (r"version\.hpp", 0, "version"),
    (r"detail/platform/.*", 1, "platform"),
    (r"detail/(sync|queue|memory|topology)/.*|topology\.hpp", 2, "sync, queue, memory, topology"),
    (r"detail/coro/resumption\.hpp", 2, "sync, queue, memory, topology"),
    (r"detail/sched/.*", 3, "sched"),
    (r"pel\.hpp", 7, "umbrella"),
    (r"(graph|coro|interop|detail/graph|detail/coro|detail/interop)/.*", 6, "graph, coro, interop"),
    (r"(algorithm|memory|detail/algorithm|detail/pipeline)/.*|parallel_(?!for\.hpp|invoke\.hpp).*", 5, "algorithms"),
    (r"sync/.*|[a-z_]+\.hpp|detail/core/.*", 4, "public core"),
]
ALGORITHMS = 5

SYSTEM_HEADER = re.compile(
    r"(sys|linux|asm|bits|arpa|netinet|mach|arm)/.*|(unistd|pthread|sched|dlfcn|errno|signal|fcntl|poll|time|malloc|alloca"
    r"|ucontext|semaphore|features|fenv|setjmp|stdlib|stdio|string|windows|intrin|\w+intrin|arm_\w+|cpuid|sanitizer)\.h"
    r"|csignal|sanitizer/.*|valgrind/.*")
SEAM = "detail/sync/atomic.hpp"
IS_SANITIZER = re.compile(r"__SANITIZE_|\w+_sanitizer\b|\bPEL_[ATUM]SAN\b|\bPEL_SANITIZ")
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.MULTILINE)
DEFINITIONS = re.compile(r"^#if PEL_HEADER_ONLY\n.*?^#endif\n", re.MULTILINE | re.DOTALL)
CONDITION = re.compile(r"^[ \t]*#[ \t]*(?:if|ifdef|ifndef|elif)\b((?:[^\n]*\\\n)*[^\n]*)", re.MULTILINE)


def layer(path):
    for pattern, number, name in LAYERS:
        if re.fullmatch(pattern, path):
            return number, name
    return None


def check_include(findings, header, path, line, quote, target):
    in_platform = path.startswith("detail/platform/")
    in_topology = path == "topology.hpp" or path.startswith("detail/topology/")
    if quote == '"':
        findings.error(header, line, f'"{target}": a header is included by its full name, <pel/…>')
    elif target == "atomic" and path != SEAM:
        findings.error(header, line, f"<atomic> is included in {SEAM} only")
    elif target.startswith("hwloc"):
        if not in_topology:
            findings.error(header, line, "hwloc is included in topology only")
    elif target.startswith("pel_model/"):
        if not in_platform and path != SEAM:
            findings.error(header, line, "the explorer is included by the atomic seam and detail/platform only")
    elif SYSTEM_HEADER.fullmatch(target) and not in_platform:
        findings.error(header, line, f"<{target}> belongs into detail/platform")


def check_layer(findings, header, path, line, target):
    mine, theirs = layer(path), layer(target)
    if theirs is None:
        return
    if theirs[0] > mine[0]:
        findings.error(header, line, f"layer {mine[0]} ({mine[1]}) includes <pel/{target}> of layer {theirs[0]} ({theirs[1]})")
    if mine[0] == ALGORITHMS and theirs[1] == "sched":
        findings.error(header, line, f"an algorithm includes <pel/{target}>: it may use the public API only")


def check_cycles(findings, graph, files):
    done, path = set(), []

    def visit(node):
        if node in path:
            cycle = path[path.index(node):] + [node]
            findings.error(files[node], 1, "includes itself: " + " -> ".join(cycle))
            return
        if node in done:
            return
        path.append(node)
        for target in graph[node]:
            visit(target)
        path.pop()
        done.add(node)

    for node in graph:
        visit(node)


def check_conditions(findings, header, path, text):
    code = source.code_only(text)
    scopes = source.function_scopes(text)
    for match in CONDITION.finditer(code):
        line = source.line_of(code, match.start())
        if IS_SANITIZER.search(match.group(1)) and not path.startswith("detail/platform/"):
            findings.error(header, line, "a sanitizer is recognised in detail/platform only")
        if any(first < line < last for first, last in scopes):
            findings.error(header, line, "#if inside a function: select a whole file in detail/platform instead")


def check_users_view(root, findings):
    for folder in ("examples", "benchmarks"):
        for file in sorted((root / folder).rglob("*.[ch]pp")):
            code = source.without_comments(file.read_text())
            for match in re.finditer(r"\bdetail\b", code):
                findings.error(file, source.line_of(code, match.start()), "names `detail`")
    readme = root / "README.md"
    if readme.exists():
        text = readme.read_text()
        for match in re.finditer(r"\bdetail::|#include\s*<pel/detail", text):
            findings.error(readme, source.line_of(text, match.start()), "names `detail`")


def check(root, findings):
    base = root / "include" / "pel"
    files = {str(header.relative_to(base)): header for header in source.headers(root)}
    graph = {path: [] for path in files}
    for path, header in files.items():
        if layer(path) is None:
            findings.error(header, 1, "is in a folder that has no layer: say in cmake/checks/layers.py which it is")
            continue
        text = header.read_text()
        definitions = [match.span() for match in DEFINITIONS.finditer(text)]
        for match in INCLUDE.finditer(source.without_comments(text)):
            line, quote, target = source.line_of(text, match.start()), match.group(1), match.group(2)
            check_include(findings, header, path, line, quote, target)
            if target.startswith("pel/"):
                target = target.removeprefix("pel/")
                if target not in files:
                    findings.error(header, line, f"<pel/{target}> does not exist")
                    continue
                if not any(first < match.start() < last for first, last in definitions):
                    graph[path].append(target)
                check_layer(findings, header, path, line, target)
        check_conditions(findings, header, path, text)
    check_cycles(findings, graph, files)
    check_users_view(root, findings)


if __name__ == "__main__":
    source.main(check, "layers")

# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The checks find what they are for: each violation is planted in a small tree of its own."""

import tempfile
import unittest
from pathlib import Path

import layers
import memory_orders
import readme
import sizes
import source

LICENCE = "// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception\n"


def findings_of(check, files):
    """Runs check on a tree of {path: text}; returns its errors as one text."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for path, text in files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text)
        findings = source.Findings(root)
        check(root, findings)
        return "\n".join(findings.errors)


class Layers(unittest.TestCase):
    clean = {
        "include/pel/detail/platform/config.hpp": "#if PEL_TSAN\n#include <unistd.h>\n#endif\n",
        "include/pel/detail/sync/atomic.hpp": "#include <atomic>\n#include <pel/detail/platform/config.hpp>\n",
        "include/pel/detail/sched/job.hpp": "#include <pel/detail/sync/atomic.hpp>\n",
        "include/pel/topology.hpp": "#include <hwloc.h>\n",
        "include/pel/parallel_for.hpp": "#include <pel/detail/sched/job.hpp>\n",
        "include/pel/parallel_reduce.hpp": "#include <pel/parallel_for.hpp>\n",
        "include/pel/pel.hpp": "#include <pel/parallel_reduce.hpp>\n",
    }

    def errors(self, path, text):
        return findings_of(layers.check, {**self.clean, path: text})

    def test_clean(self):
        self.assertEqual(findings_of(layers.check, self.clean), "")

    def test_higher_layer(self):
        self.assertIn("layer 1 (platform) includes <pel/detail/sync/atomic.hpp>", self.errors(
            "include/pel/detail/platform/x.hpp", "#include <pel/detail/sync/atomic.hpp>\n"))

    def test_algorithm_and_scheduler(self):
        self.assertIn("public API only", self.errors(
            "include/pel/algorithm/sort.hpp", "#include <pel/detail/sched/job.hpp>\n"))

    def test_cycle(self):
        self.assertIn("includes itself: detail/sched/", findings_of(layers.check, {
            "include/pel/detail/sched/a.hpp": "#include <pel/detail/sched/b.hpp>\n",
            "include/pel/detail/sched/b.hpp": "#include <pel/detail/sched/a.hpp>\n"}))

    def test_definitions_are_no_cycle(self):
        self.assertEqual("", findings_of(layers.check, {
            "include/pel/detail/sched/a.hpp": "#if PEL_HEADER_ONLY\n#include <pel/detail/sched/b.hpp>\n#endif\n",
            "include/pel/detail/sched/b.hpp": "#include <pel/detail/sched/a.hpp>\n"}))

    def test_quotes_and_missing(self):
        self.assertIn("full name", self.errors("include/pel/policy.hpp", '#include "topology.hpp"\n'))
        self.assertIn("does not exist", self.errors("include/pel/policy.hpp", "#include <pel/nothing.hpp>\n"))

    def test_headers_in_the_wrong_place(self):
        for target in ("atomic", "hwloc.h", "sys/mman.h", "linux/futex.h", "unistd.h", "pthread.h", "immintrin.h", "dlfcn.h"):
            self.assertIn(f"{target.split('/')[0].split('.')[0]}", self.errors(
                "include/pel/detail/sched/x.hpp", f"#include <{target}>\n"), target)
        self.assertEqual("", self.errors("include/pel/detail/sched/x.hpp", "// #include <atomic>\n#include <thread>\n"))

    def test_sanitizer(self):
        for condition in ("#ifdef __SANITIZE_THREAD__", "#if __has_feature(thread_sanitizer)", "#if PEL_TSAN"):
            self.assertIn("sanitizer", self.errors("include/pel/detail/sched/x.hpp", f"{condition}\n#endif\n"))

    def test_condition_inside_a_function(self):
        body = "#ifdef X\n    y();\n#endif\n"
        for head in ("inline void f() {", "template <class T>\nstruct s {\n  void f() const noexcept {", "void f() {\n auto g = [] {"):
            closing = "}" * head.count("{") + "\n"
            self.assertIn("inside a function", self.errors("include/pel/policy.hpp", f"{head}\n{body}{closing}"), head)
        for head in ("namespace pel {", "template <class T>\nclass alignas(64) s : base<decltype(f())> {", "enum class e : int {",
                     "extern \"C\" {"):
            self.assertEqual("", self.errors("include/pel/policy.hpp", f"{head}\n{body}}};\n"), head)

    def test_detail_in_sight_of_users(self):
        self.assertIn("names `detail`", self.errors("examples/01_a.cpp", "int x = pel::detail::y;\n"))
        self.assertIn("names `detail`", self.errors("benchmarks/fib/pel.cpp", "#include <pel/detail/sched/job.hpp>\n"))
        self.assertIn("names `detail`", self.errors("README.md", "use `pel::detail::x`\n"))
        self.assertEqual("", self.errors("README.md", "in more detail: [here](include/pel/detail/sched/README.md)\n"))

    def test_unknown_folder(self):
        self.assertIn("has no layer", self.errors("include/pel/detail/misc/x.hpp", ""))


class MemoryOrders(unittest.TestCase):
    header = "include/pel/detail/sync/x.hpp"
    both = ("void f() { x.store(1, release); } // sync(D1) release: to g.\n"
            "// sync(D1) acquire: from f.\nint g() { return x.load(acquire); }\n")

    def errors(self, text, documented="D1 S2"):
        return findings_of(memory_orders.check, {self.header: text, "include/pel/detail/sync/README.md": documented})

    def test_clean(self):
        self.assertEqual(self.errors(self.both), "")
        self.assertEqual(self.errors("x.load(relaxed); y.release(); // release\n"), "")

    def test_call_over_several_lines(self):
        self.assertEqual(self.errors(self.both + "// sync(D1) acq_rel: as above.\nx.exchange(\n 1,\n 2,\n 3,\n acq_rel);\n"), "")

    def test_alias(self):
        alias = "static constexpr memory_order publish = detail::release;\n\n\n\n"
        self.assertEqual(self.errors(self.both + alias), "")
        self.assertIn("release without", self.errors(self.both + alias + "x.store(1, publish);\n"))

    def test_missing_comment(self):
        for call in ("x.store(1, release)", "x.load(std::memory_order_acquire)", "x.load(memory_order::acquire)",
                     "x.exchange(1, acq_rel)", "x.load(seq_cst)"):
            self.assertIn("without `// sync(EDGE)", self.errors(self.both + f"int a;\nint b;\nint c;\nint d;\n{call};\n"), call)

    def test_comment_too_far_above(self):
        self.assertIn("without", self.errors(self.both + "// sync(D1) acquire: x\n\n\n\nx.load(acquire);\n"))

    def test_one_end(self):
        self.assertIn("one end", self.errors("// sync(D1) release: x\nx.store(1, release);\n"))
        twice = "// sync(D1) release: x\nx.store(1, release);\n\n\n\n// sync(D1) release: x\nx.store(1, release);\n"
        self.assertIn("one end", self.errors(twice))

    def test_not_in_a_readme(self):
        self.assertIn("explained in no README", self.errors(self.both, documented="D10 D2"))

    def test_role(self):
        self.assertIn("followed by its order", self.errors(self.both + "// sync(D1): x\n"))

    def test_several_edges(self):
        self.assertEqual(self.errors(self.both + "// sync(D1, S2) acq_rel: x\nx.exchange(1, acq_rel);\n\n\n\n"
                                                 "// sync(S2) acquire: x\nx.load(acquire);\n"), "")


class Sizes(unittest.TestCase):
    def errors(self, text):
        return findings_of(sizes.check, {"include/pel/x.hpp": text})

    def test_sizes(self):
        self.assertEqual(self.errors(LICENCE + "\n" * 10), "")
        self.assertIn("over 600", self.errors(LICENCE + "int a;\n" * 600))
        self.assertIn("SPDX", self.errors("#pragma once\n"))
        self.assertEqual(self.errors(LICENCE + "/" * 130 + "\n"), "")
        self.assertIn("over 130", self.errors(LICENCE + "/" * 131 + "\n"))

    def test_functions(self):
        self.assertEqual(source.function_scopes("namespace a {\nint f(int x) {\n  if (x) {\n  }\n}\n}\n"), [(2, 5)])


class Readme(unittest.TestCase):
    example = "int main() {\n    f();\n    g();\n}\n"

    def errors(self, readme_text):
        return findings_of(readme.check, {"README.md": readme_text, "examples/01_a.cpp": self.example})

    def test_readme(self):
        self.assertEqual(self.errors("<!-- examples/01_a.cpp -->\n```cpp\nf();\ng();\n```\n"), "")
        self.assertIn("not an excerpt", self.errors("<!-- examples/01_a.cpp -->\n```cpp\nf();\nh();\n```\n"))
        self.assertIn("does not exist", self.errors("<!-- examples/02_b.cpp -->\n```cpp\nf();\n```\n"))
        self.assertIn("does not say", self.errors("```cpp\nf();\n```\n"))


if __name__ == "__main__":
    unittest.main()

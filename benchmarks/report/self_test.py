# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The report says the right thing of made-up results: ratios, verdicts, noise, budgets, and a page that is well formed."""

import contextlib
import fnmatch
import io
import math
import re
import stat
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree
from html.parser import HTMLParser
from pathlib import Path

import noise
import page
import page_tables
import peers
import results
import suite
import table
import targets
import units
from charts import heat_map


def variant(name, *times, iterations=10, **counters):
    return results.Variant(name, list(times), [iterations] * len(times), {key: [value] for key, value in counters.items()})


def benchmark(name, *variants, **figures):
    quiet = {"stolen": 0.0, "others": 0.0, "drift": 0.0, "spin": {"0": 0.001, "1": 0.001}}
    return results.Benchmark(name, seconds=2.0, noise=quiet | figures, variants={one.name: one for one in variants})


def run_of(*benchmarks):
    return results.Run("quick", "2000-01-01 12:00", 5.0, benchmarks=list(benchmarks))


def fork_join(**figures):
    """PEL is 10 times as fast as the best other library on one worker, and 12 times on two."""
    times = {"serial/1": 1e7, "pel/1": 3e7, "pel/2": 1.5e7, "tbb/1": 3e8, "tbb/2": 1.8e8, "omp/2": 4e8}
    return benchmark("fib", *(variant(f"fib/{name}", ns, ns, ns) for name, ns in times.items()), **figures)


def one_row(found, workers=2, runtime="pel"):
    return next(row for row in peers.rows(found) if row.workers == workers and row.pel.runtime == runtime)


class Results(unittest.TestCase):
    def test_lines(self):
        metrics = ("time 5", "iterations 1000", "time 7", "worst_us 3", "worst_us 9")
        lines = ["a/pel/2\t" + metric.replace(" ", "\t") for metric in metrics] + ["b/tbb/1\terror\twrong result"]
        found = results.read_lines("\n".join(lines) + "\n")
        one = found["a/pel/2"]
        self.assertEqual((one.median, one.fastest, one.counter("worst_us"), one.workers, one.library), (6, 5, 9, 2, "pel"))
        self.assertTrue(one.is_good)
        self.assertFalse(found["b/tbb/1"].is_good)
        self.assertRaises(ValueError, results.read_lines, "no line\n")

    def test_left_out(self):
        found = results.read_lines("a/pel/2\tleft_out\t1\na/tbb/2\ttime\t5\n")
        self.assertEqual([(one.is_left_out, one.is_good) for one in found.values()], [(True, False), (False, True)])
        one = benchmark("a", *found.values())
        self.assertIn("1 left out", suite.headline(one))
        self.assertIn("a/pel/2", "\n".join(table.ratios(run_of(one))))

    def test_spread(self):
        self.assertAlmostEqual(variant("a/pel/1", 90, 100, 110, 100, 100).spread, 0.0)
        self.assertAlmostEqual(variant("a/pel/1", 80, 90, 100, 110, 120).spread, 0.1)
        self.assertIsNone(variant("a/pel/1", 80).spread)

    def test_json(self):
        run = run_of(fork_join())
        again = results.from_json(results.to_json(run, {"targets": []}))
        self.assertEqual(again, run)
        self.assertEqual(again.values(), run.values())


class Peers(unittest.TestCase):
    def test_ratios(self):
        row = one_row(fork_join())
        self.assertAlmostEqual(row.to_serial, 1.5)
        self.assertAlmostEqual(row.speed, 12)
        self.assertEqual(row.peers[0].label, "oneTBB")

    def test_who_is_no_peer(self):
        times = {"serial/1": 50, "plain/2": 10, "bare/2": 15, "pel/2": 30, "pel_md/2": 20, "tbb_auto/2": 40, "tbb/4": 5}
        found = benchmark("wake_up", *(variant(f"wake_up/{name}", ns) for name, ns in times.items()))
        row = one_row(found)
        self.assertEqual([peer.variant.runtime for peer in row.peers], ["tbb_auto"])
        self.assertTrue(row.is_main)
        self.assertEqual(one_row(found, runtime="pel_md").name, "wake_up md")

    def test_other_processes_are_scaled_by_their_plain_code(self):
        found = benchmark("sum", variant("sum/serial/1", 100), variant("sum/pel/2", 50), variant("sum/omp/2", 60),
                          variant("sum_active/serial/1", 200), variant("sum_active/omp/2", 90), variant("sum_on_worker/pel/2", 10))
        row = one_row(found)
        self.assertAlmostEqual(row.to_peer, 50 / 45)
        self.assertEqual(row.peers[0].label, "OpenMP, active")

    def test_what_takes_no_time_is_nothing_to_compare_with(self):
        times = {"pel/2": 30, "tbb/2": 0, "omp/2": 60}
        row = one_row(benchmark("idle", *(variant(f"idle/{name}", ns, ns) for name, ns in times.items())))
        self.assertEqual([peer.label for peer in row.peers], ["OpenMP"])
        self.assertAlmostEqual(row.to_peer, 0.5)
        self.assertEqual(row.doubt, 0)
        self.assertEqual(peers.rows(benchmark("idle", variant("idle/pel/2", 30), variant("idle/tbb/2", 0))), [])

    def test_doubt(self):
        row = one_row(benchmark("a", *(variant(f"a/{one}/2", 80, 90, 100, 110, 120) for one in ("pel", "tbb"))))
        self.assertAlmostEqual(row.doubt, 1.25 / 0.67 * 0.1 * (2 / 5) ** 0.5)
        self.assertIsNone(one_row(benchmark("a", variant("a/pel/2", 1), variant("a/tbb/2", 1))).doubt)


class Targets(unittest.TestCase):
    def verdict(self, line, found, margins=None):
        return targets.verdicts(run_of(found), targets.read(line), margins or {})[0]

    def test_verdicts(self):
        for line, verdict in (("x | >= 10 | fib/tbb/1 / fib/pel/1", targets.MET),
                              ("x | <= 2.0 | fib/pel/1 / fib/serial/1", targets.MISSED),
                              ("x | <= 2.0 | fib/pel/1 / uts/serial/1", targets.ABSENT),
                              ("x | > 0 | fib/pel/2:wakes", targets.ABSENT),
                              ("x | >= 20 | fib/tbb/1@clang / fib/pel/1@clang", targets.ABSENT)):
            self.assertEqual(self.verdict(line, fork_join()).verdict, verdict, line)

    def test_median_and_fastest_disagree(self):
        found = benchmark("a", variant("a/pel/1", 90, 110, 111), variant("a/serial/1", 100, 100, 100))
        self.assertEqual(self.verdict("x | <= 1 | a/pel/1 / a/serial/1", found).verdict, targets.UNCLEAR)

    def test_too_noisy(self):
        line = "x | <= 2.9 | fib/pel/1 / fib/serial/1"
        self.assertEqual(self.verdict(line, fork_join(), {"fib": 0.1}).verdict, targets.NOISY)
        self.assertEqual(self.verdict(line, fork_join(), {"fib": 0.01}).verdict, targets.MISSED)
        self.assertEqual(self.verdict(line, fork_join(), {"uts": 0.1}).verdict, targets.MISSED)
        for margin in (0.2, math.inf):  # of what is counted, nothing is in doubt
            found = benchmark("fib", variant("fib/pel/1", 1, calls=0))
            self.assertEqual(self.verdict("x | == 0 | fib/pel/1:calls", found, {"fib": margin}).verdict, targets.MET)
        found = benchmark("fib", *(variant(f"fib/{name}/1", 1, instructions=58) for name in ("pel", "pel_flat")))
        line = "x | <= 1.02 | fib/pel/1:instructions / fib/pel_flat/1:instructions"
        self.assertEqual(self.verdict(line, found, {"fib": math.inf}).verdict, targets.MET)

    def test_are_met(self):
        lines = "x, good | >= 10 | fib/tbb/1 / fib/pel/1\nx, bad | <= 2.0 | fib/pel/1 / fib/serial/1\ny | > 0 | uts/pel/2\n"
        found = targets.verdicts(run_of(fork_join()), targets.read(lines), {})
        for pattern, are_met in ((None, True), ("x, g*", True), ("x, b*", False), ("x, *", False), ("y", False), ("none", False)):
            self.assertEqual(targets.are_met(found, pattern), are_met, pattern)

    def test_what_the_topology_costs_is_asked(self):
        all_targets = targets.read(targets.FILE.read_text())
        pattern = re.search("--met=([^']+)", (suite.ROOT / ".ci/benchmarks").read_text())[1]
        asked = [one for one in all_targets if fnmatch.fnmatchcase(one.what, pattern)]
        self.assertEqual(len(asked), 4)
        pieces = {"fork_join": 58.0, "task_group": 106.5, "small_loops": 350.1}
        for costly in (None, *((workload, runtime) for workload in pieces for runtime in ("pel", "pel_bound"))):
            found = benchmark("instructions", *(
                variant(f"instructions_{workload}/{runtime}/1", 5, instructions=count * (1.2 if (workload, runtime) == costly else 1))
                for workload, count in pieces.items() for runtime in ("pel", "pel_bound")))
            verdicts = targets.verdicts(run_of(found), asked, {})
            self.assertEqual(targets.are_met(verdicts, "*"), costly is None, costly)

    def test_rows(self):
        times = {"1/pel": 10, "2/pel": 40, "1/tbb": 20, "2/tbb": 20, "1/omp": 40, "2/omp": 10}
        found = benchmark("sweep", *(variant(f"sweep_{name}/2", ns) for name, ns in times.items()))
        text = "let OTHERS = sweep_*/tbb/2, sweep_*/omp/2\nx | <= 1 | largest(sweep_*/pel/2 / least_each(OTHERS))\n"
        self.assertAlmostEqual(self.verdict(text, found).median, 4)
        self.assertAlmostEqual(self.verdict("x | <= 1 | largest(sweep_*/pel/2 - sweep_*/tbb/2)", found).median, 20)

    def test_every_expression_can_be_evaluated(self):
        for target in targets.read(targets.FILE.read_text()):
            text = targets.NAME.sub(lambda match: "row([2.0])" if "*" in match[0] else "2.0", target.expression)
            self.assertIsInstance(eval(text, {"__builtins__": {}}, targets.FUNCTIONS), float, target.what)


class Noise(unittest.TestCase):
    def test_cpu_times(self):
        # CPU 1 is somebody else's.
        text = "cpu  900 0 90 9000 0 0 0 90 0 0\ncpu0 60 0 30 600 0 0 0 10 0 0\ncpu1 9 9 9 9 9\ncpu10 40 0 20 400\nintr 1 2\n"
        before = noise.read_cpu_times(text, 100, {0, 10})
        after = noise.read_cpu_times("cpu  1 1\ncpu0 400 0 50 1100 0 0 0 60 0 0\ncpu1 9\n", 100, {0, 10})
        stolen, others = noise.shares(before, after, own=2.5)
        self.assertAlmostEqual(stolen, 0.5 / 3.5)
        self.assertAlmostEqual(others, 0.5 / 4.5)
        self.assertEqual(noise.shares(before, before, 0), (0, 0))
        self.assertEqual(noise.shares(None, after, 0), (None, None))

    def test_drift(self):
        self.assertAlmostEqual(noise.drift({"0": 1.0, "1": 1.0}, {"0": 1.02, "1": 0.9}), 0.1)
        self.assertIsNone(noise.drift({"0": 1.0}, {}))

    def test_spread_is_that_of_plain_code_that_runs_for_long(self):
        noisy = [8e6, 9e6, 10e6, 11e6, 12e6]
        found = benchmark("a", variant("a/serial/1", *noisy), variant("a/pel/1", 1, 9, 90))
        self.assertAlmostEqual(noise.spread(found), 0.1)
        found = benchmark("a", variant("a/serial/1", 8, 9, 10, 11, 12), variant("a/pel/1", *noisy))
        self.assertIsNone(noise.spread(found))

    def test_limits(self):
        self.assertEqual(noise.over(fork_join()), [])
        self.assertEqual(noise.over(fork_join(stolen=0.2, drift=0.06)), ["stolen", "drift"])
        self.assertEqual(noise.margins(run_of(fork_join())), {})
        self.assertAlmostEqual(noise.margins(run_of(fork_join(stolen=0.2)))["fib"], 0.2)
        self.assertEqual(noise.margins(run_of(fork_join(others=0.3)))["fib"], math.inf)

    def test_few_repetitions_are_doubtful(self):
        once = benchmark("a", variant("a/pel/2", 1), variant("a/tbb/2", 1))
        self.assertEqual(noise.margins(run_of(once)), {"a": noise.UNKNOWN_DOUBT})

    def test_machine_verdict(self):
        quiet, loud = fork_join(), fork_join(others=0.3)
        self.assertIn("quiet: no", noise.machine_verdict(run_of(quiet))[1])
        self.assertEqual(noise.machine_verdict(run_of(quiet, quiet, quiet, quiet, loud))[0], True)
        can_be_judged, sentence = noise.machine_verdict(run_of(quiet, loud))
        self.assertFalse(can_be_judged)
        self.assertIn("too noisy to judge: 1 of 2", sentence)

    def test_what_was_not_measured_is_not_called_quiet(self):
        quiet, loud, lacking = fork_join(), fork_join(others=0.04), fork_join(stolen=None, others=None)
        none = results.Benchmark("a", variants={one: variant(one, 1, 1, 1) for one in ("a/serial/1", "a/pel/1")})
        for unknown in (lacking, none):
            self.assertEqual(noise.over(unknown), [])
            can_be_judged, sentence = noise.machine_verdict(run_of(unknown, unknown))
            self.assertFalse(can_be_judged)
            self.assertIn("quiet is not known", sentence)
            self.assertEqual(noise.machine_verdict(run_of(quiet, quiet, unknown)), (
                True, "The machine was quiet as far as is known: no benchmark was disturbed; of 1 of 3 it is not known."))
            self.assertFalse(noise.machine_verdict(run_of(quiet, loud, unknown, unknown))[0])
            self.assertIn("of 2 of 7 it is not known", noise.machine_verdict(run_of(loud, *[quiet] * 4, unknown, unknown))[1])
            self.assertAlmostEqual(noise.margin(unknown), noise.UNKNOWN_DOUBT)
            self.assertIn("banner unsure", page.render(run_of(quiet, quiet, unknown), []))
            self.assertIn("; of 1 it is not known", page.render(run_of(quiet, quiet, unknown), []))
        self.assertIn("banner good", page.render(run_of(quiet), []))
        self.assertFalse(noise.is_unknown(loud))

    def test_spin(self):
        spin = noise.Spin()
        found = spin.measure()
        self.assertEqual(sorted(map(int, found)), spin.cpus)
        self.assertTrue(all(seconds > 0 for seconds in found.values()))


class Table(unittest.TestCase):
    def test_rows(self):
        lines = table.ratios(run_of(fork_join()))
        self.assertTrue(any(line.split() == ["fib", "2", "15.0", "ms", "1.50", "0.083", "oneTBB"] for line in lines), lines)

    def test_disturbed_rows_are_marked(self):
        self.assertIn("0.083~ oneTBB", "\n".join(table.ratios(run_of(fork_join(stolen=0.5)))))

    def test_many_workloads_become_their_mean(self):
        many = benchmark("sweep", *(variant(f"sweep_{n}/{name}", ns) for n in range(30) for name, ns in (("pel/2", 50), ("tbb/2", 100))))
        text = "\n".join(table.ratios(run_of(many)))
        self.assertIn("sweep, mean of 30", text)
        self.assertLess(text.count("\n"), 10)

    def test_failures_are_told(self):
        broken = fork_join()
        broken.variants["fib/omp/2"].error = "wrong result"
        self.assertIn("failed: wrong result", "\n".join(table.ratios(run_of(broken))))

    def test_units(self):
        self.assertEqual([units.time(ns) for ns in (0.5, 59.96, 999.9, 1500, 2.5e6, 3e9)],
                         ["0.500 ns", "60.0 ns", "1.00 µs", "1.50 µs", "2.50 ms", "3.00 s"])
        self.assertEqual([units.ratio(one) for one in (None, 0.00123, 0.0123, 1, 12.34, 123)],
                         ["–", "0.0012", "0.012", "1.00", "12.3", "123"])


class Suite(unittest.TestCase):
    """Runs programs that are scripts."""

    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        (self.folder / "benchmarks").mkdir()

    def program(self, name, body):
        path = self.folder / "benchmarks" / name
        path.write_text(f"#!{sys.executable}\nimport sys\noptions = dict(one.split('=') for one in sys.argv[1:] if '=' in one)\n"
                        f"def write(line):\n    open(options['--results'], 'a').write(line)\n{body}\n")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)

    def run_all(self, budget=None):
        run, output = results.Run("quick"), io.StringIO()
        with open(self.folder / "log", "wb") as log, contextlib.redirect_stdout(output):
            suite.Suite(suite.find_programs(self.folder), True, budget, self.folder / "measured", log).run(run)
        return run, output.getvalue()

    def test_programs_and_progress(self):
        self.program("good", "print('turn 1 of 1, process as it is')\nwrite('a/pel/2\\ttime\\t5\\n')")
        self.program("bad", "sys.exit(3)")
        run, output = self.run_all(budget=20)
        self.assertEqual([(one.name, one.status, list(one.variants)) for one in run.benchmarks],
                         [("bad", 3, []), ("good", 0, ["a/pel/2"])])
        self.assertIn("[ 1 of 2] bad", output)
        self.assertIn("FAILED (status 3)", output)
        self.assertIn("turn 1 of 1", (self.folder / "log").read_text())
        self.assertEqual(set(run.benchmarks[0].noise), {"stolen", "others", "drift", "spin"})

    def test_budgets_are_shares_of_what_is_left(self):
        self.assertAlmostEqual(suite.share(30 + 2 * suite.ASIDE, [10, 20], 0), 10)
        self.assertAlmostEqual(suite.share(25 + suite.ASIDE, [10, 20], 1), 25)
        self.assertAlmostEqual(suite.share(-5, [10, 20], 1), 0.1)
        self.program("a", "write('x/pel/1\\ttime\\t' + options['--budget'] + '\\n')")
        run, _ = self.run_all(budget=1000)
        self.assertTrue(0 < run.benchmarks[0].variants["x/pel/1"].times[0] <= 1000)

    def quick_run(self, least, seconds_of):
        """(how long it takes by a clock that is only counted, how many programs are begun); seconds_of(index, allotment)."""
        elapsed = 0.0
        for index in range(len(least)):
            allotment = suite.allot(elapsed, suite.QUICK_SECONDS, least, index)
            if allotment is None:
                return elapsed, index
            self.assertTrue(0.1 <= allotment.budget <= allotment.limit)
            elapsed += seconds_of(index, allotment)
        return elapsed, len(least)

    def known_programs(self):
        """The scripts, and as many programs as durations.txt has, in the order of a run."""
        scripts = suite.scripts(self.folder, "g++")
        known = suite.read_durations((Path(suite.__file__).parent / "durations.txt").read_text())
        return scripts + [suite.Program(name, "", Path(name)) for name in known if name not in {one.name for one in scripts}]

    def test_a_quick_run_ends_in_time(self):
        variant = 4.0                 # seconds of the last variant, which is begun in time
        for more in (0, 8, 20, 200):
            programs = self.known_programs() + [suite.Program(f"new_{index}", "", Path()) for index in range(more)]
            expected = suite.expected_seconds(programs, True)
            least = suite.first_passes(programs, expected)
            for slower in (0.1, 0.5, 1.0, 3.0, 100.0):
                cut_short = []

                def seconds_of(index, allotment, slower=slower, all_passes=list(expected.values()), least=least, cut_short=cut_short):
                    """The first pass; more of them, or not even that, as the allotment has it."""
                    one_pass = slower * least[index]
                    if allotment.limit < one_pass:
                        cut_short.append(index)
                    taken = max(one_pass, min(slower * all_passes[index], allotment.budget))
                    return suite.ASIDE + min(taken, allotment.limit + variant)
                seconds, begun = self.quick_run(least, seconds_of)
                self.assertLess(seconds, 180, (more, slower))
                if sum(least) * slower + len(least) * suite.ASIDE < suite.QUICK_SECONDS:
                    self.assertEqual((begun, cut_short), (len(least), []), (more, slower))

    def test_there_is_time_for_the_first_passes_of_all(self):
        programs = self.known_programs()
        expected = suite.expected_seconds(programs, True)
        least = suite.first_passes(programs, expected)
        self.assertEqual(least[:2], [expected["instructions"], expected["compile_time"]])
        self.assertAlmostEqual(least[2], expected[programs[2].key] / 3)
        self.assertLess(sum(least) + len(least) * suite.ASIDE, suite.QUICK_SECONDS)

    def test_all_are_told_their_limit(self):
        for program in self.known_programs():
            told = list(map(str, program.command("file", True, suite.Allotment(5, 10))))
            self.assertTrue({"--results=file", "--quick", "--limit=10.0"} <= set(told), program.name)
            self.assertFalse(any("limit" in one for one in map(str, program.command("file", False, None))), program.name)

    def test_compile_times_obey_their_limit(self):
        self.program("compiler", "")
        for limit, metric in ((0, "left_out"), (1e9, "time")):
            file = self.folder / metric
            done = subprocess.run([sys.executable, suite.CompileTime("").path, f"--results={file}", "--quick", f"--limit={limit}",
                                   self.folder / "benchmarks/compiler"], capture_output=True, text=True, check=True)
            found = results.read_lines(file.read_text())
            self.assertEqual({one.is_left_out for one in found.values()}, {metric == "left_out"})
            self.assertEqual("left out" in done.stdout, metric == "left_out")
            self.assertTrue({"compile_tbb/tbb/1", "compile_pel/pel/1", "compile_many_loops/pel_compiled/1"} <= set(found))

    def test_nothing_is_begun_when_the_time_is_over(self):
        self.program("a", "write('x/pel/1\\ttime\\t5\\n')")
        run, output = self.run_all(budget=1e-6)
        self.assertEqual(run.benchmarks, [])
        self.assertIn("left out, as there is no time for more: a", output)

    def test_durations(self):
        self.assertEqual(suite.read_durations("# head\nfib 3 40\n"), {"fib": (3.0, 40.0)})
        for quick, full in suite.read_durations((Path(suite.__file__).parent / "durations.txt").read_text()).values():
            self.assertTrue(0 < quick < 60 and 0 < full)


class Balance(HTMLParser):
    """Whether the tags that have to be closed are."""
    open_ended = {"meta", "li", "td", "th", "tr", "dt", "dd", "thead", "tbody", "p"}

    def __init__(self):
        super().__init__()
        self.stack, self.wrong, self.tags = [], [], set()

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        if tag not in self.open_ended:
            self.stack.append(tag)

    def handle_endtag(self, tag):
        if tag not in self.open_ended and (not self.stack or self.stack.pop() != tag):
            self.wrong.append(tag)


class Page(unittest.TestCase):
    def setUp(self):
        def compared(name, costs, scale=1):
            return [variant(f"{name}/{runtime}", scale * ns, scale * ns) for runtime, ns in costs.items()]

        costs = {"serial/1": 1, "pel/2": 20, "tbb/2": 900}
        loops = benchmark("small_loops", *(one for n in (1, 4) for where in ("", "_on_worker")
                                           for one in compared(f"small_loop_{n}{where}", costs, n)))
        costs = {"serial/1": 1e4, "pel/2": 6e3, "omp_static/2": 5e3}
        cells = benchmark("granularity", *(one for n in (1, 1000) for one in compared(f"sweep_{n}x10us", costs, n)))
        waking = benchmark("wake_up", *compared("wake_up", {"pel/2": 9e3, "tbb/2": 2e4, "plain/2": 8e3}))
        self.run_ = run_of(fork_join(stolen=0.2), loops, cells, waking)
        self.run_.environment = {"machine": {"cpu": "<b>A & B</b>", "cpus_allowed": 2}}
        target = targets.read("a < b | >= 10 | fib/tbb/1 / fib/pel/1\n")
        self.text = page.render(self.run_, targets.verdicts(self.run_, target, noise.margins(self.run_)))

    def test_well_formed(self):
        balance = Balance()
        balance.feed(self.text)
        self.assertEqual((balance.wrong, balance.stack), ([], []))

    def test_needs_nothing_else(self):
        balance = Balance()
        balance.feed(self.text)
        self.assertFalse(balance.tags & {"script", "link", "img", "iframe", "object"})
        self.assertNotIn("url(", self.text)
        self.assertNotIn("@import", self.text)

    def test_charts(self):
        parts = self.text.split("<svg")[1:]
        drawings = [xml.etree.ElementTree.fromstring("<svg" + part.split("</svg>")[0] + "</svg>") for part in parts]
        names = [one.get("aria-label") for one in drawings]
        for name in ("PEL's speed beside", "from one worker to the most", "Speed of a PEL loop", "Time of a small loop", "Times until",
                     "What disturbed", "machine's speed"):
            self.assertTrue(any(name in one for one in names), name)

    def test_texts_are_escaped(self):
        self.assertIn("&lt;b&gt;A &amp; B&lt;/b&gt;", self.text)
        self.assertIn("a &lt; b", self.text)

    def test_little_was_measured(self):
        nothing = benchmark("idle", *(variant(f"idle/{runtime}", 0) for runtime in ("serial/1", "pel/2", "tbb/2")))
        for run in (run_of(), run_of(nothing), run_of(benchmark("a", variant("a/pel/2", 5)))):
            page.render(run, [])
            table.ratios(run)

    def test_what_is_in_doubt_is_not_called_slower(self):
        times = {"pel/2": 1.1e8, "tbb/2": 1e8}
        for figures, expected in (({}, True), ({"drift": 0.2}, False), ({"others": 0.5}, False)):
            found = benchmark("a", *(variant(f"a/{name}", ns, ns, ns) for name, ns in times.items()), **figures)
            self.assertEqual(page_tables.is_slower(one_row(found)), expected, figures)

    def test_the_sweep_alone(self):
        drawing = heat_map.find(self.run_).render(page.chart_styles(), background=True)
        self.assertIn("prefers-color-scheme", drawing)
        xml.etree.ElementTree.fromstring(drawing)
        self.assertIsNone(heat_map.find(run_of()))


if __name__ == "__main__":
    unittest.main()

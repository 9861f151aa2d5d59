// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Graphs: values along edges, a loop by a branch, nodes made while it runs, a context for each run.
// Work: that of the nodes. Span: that of the longest chain.
#include <pel/graph/graph.hpp>
#include <pel/graph/subgraph.hpp>

#include <cstdio>
#include <string>
#include <vector>

namespace {

std::string read_text() { return "the quick brown fox"; }
std::size_t count_words(const std::string& text) {
    std::size_t words = 1;
    for (const char each : text) words += each == ' ';
    return words;
}

struct request {
    int number;
    int answer = 0;
};

} // namespace

int main() {
    pel::graph g;
    auto text = g.emplace(read_text);
    auto words = g.then(count_words, text); // a value goes along the edge, typed
    auto show =
        g.then([](std::size_t n, const std::string& all) { std::printf("%zu: %s\n", n, all.c_str()); }, words, text);
    g.emplace([] { std::puts("first"); }).precede(text); // an edge without a value
    g.emplace([] { std::puts("last"); }).succeed(show);
    g.run();

    pel::graph newton; // goes round until it is there
    double x = 1, before = 0;
    auto begin = newton.emplace([&] { x = 2; });
    auto step = newton.emplace([&] { before = x, x = (x + 2 / x) / 2; });
    auto is_there = newton.branch([&] { return before - x < 1e-12; }); // false: the first successor, true: the second
    auto done = newton.emplace([&] { std::printf("%.9f\n", x); });
    begin.precede(step);
    step.precede(is_there);
    is_there.precede(step, done);
    newton.run();

    pel::graph tree;
    tree.emplace([](pel::subgraph& more) { more.emplace([] { std::puts("made while it runs"); }); });
    tree.run();

    pel::basic_graph<request> server; // each run has a request of its own
    server.emplace([](request& of) { of.answer = of.number * of.number; });
    std::vector<request> requests{{1}, {2}, {3}};
    std::vector<pel::graph_run> runs;
    for (request& each : requests) runs.push_back(server.start(each));
    for (const pel::graph_run& each : runs) each.wait();
    std::printf("%d %d %d\n", requests[0].answer, requests[1].answer, requests[2].answer);
}

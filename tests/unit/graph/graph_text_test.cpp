// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: graph
#include <pel/detail/graph/critical_paths.hpp>
#include <pel/detail/graph/json.hpp>
#include <pel/graph/from_json.hpp>
#include <pel/graph/graph.hpp>

#include "support/error_of.hpp"
#include "support/with_threads.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <latch>
#include <string>
#include <vector>

namespace graph_text_test {

using pel::graph;
using pel::graph_error;
using pel::par;

template <class F>
std::string error_of(F&& f) {
    return pel_test::error_of<graph_error>(f);
}

graph looping_graph(int& rounds) {
    graph g;
    const auto begin = g.emplace([&] { rounds = 0; }), body = g.emplace([&] { ++rounds; }), end = g.emplace([] {});
    const auto again = g.branch([&] { return rounds < 3; });
    begin.name("begin \"here\"");
    body.name("body");
    again.name("again?");
    body.priority(7);
    begin.precede(body);
    body.precede(again);
    again.precede(end, body);
    return g;
}

TEST(graph_text, dot_draws_branches_and_what_they_choose) {
    int rounds = 0;
    EXPECT_EQ(looping_graph(rounds).dot(), "digraph {\n"
                                           "  n0 [label=\"begin \\\"here\\\"\", shape=box];\n"
                                           "  n1 [label=\"body\", shape=box];\n"
                                           "  n2 [label=\"#2\", shape=box];\n"
                                           "  n3 [label=\"again?\", shape=diamond];\n"
                                           "  n0 -> n1;\n"
                                           "  n1 -> n3;\n"
                                           "  n3 -> n2 [style=dashed, label=\"0\"];\n"
                                           "  n3 -> n1 [style=dashed, label=\"1\"];\n"
                                           "}\n");
}

TEST(graph_text, names_of_all_kinds_are_written) {
    graph g;
    g.emplace([] {}).name("two\nlines \\ \x01");
    EXPECT_EQ(g.dot(), "digraph {\n  n0 [label=\"two\\nlines \\\\  \", shape=box];\n}\n");
    graph h;
    h.emplace([] {}).name("gr\xc3\xbc\xc3\x9f \xff \xed\xa0\x80 \xe2\x82"); // characters, and bytes that are none
    EXPECT_NE(h.to_json().find("gr\xc3\xbc\xc3\x9f \\ufffd \\ufffd\\ufffd\\ufffd \\ufffd\\ufffd\""), std::string::npos);
}

TEST(graph_text, a_graph_comes_back_from_its_json) {
    int unused = 0, rounds = 0;
    const std::string text = looping_graph(unused).to_json();
    graph g = pel::from_json(text, {{"begin \"here\"", [&] { rounds = 0; }},
                                    {"body", [&] { ++rounds; }},
                                    {"#2", [] {}},
                                    {"again?", [&] { return rounds < 3; }}});
    EXPECT_EQ(g.to_json(), text);
    g.run_n(2);
    EXPECT_EQ(rounds, 3);
}

TEST(graph_text, nodes_without_names_come_back_beside_names_that_look_like_theirs) {
    int sum = 0;
    graph g;
    const auto a = g.emplace([] {}), b = g.emplace([] {}), c = g.emplace([] {});
    a.name("#1");
    c.name("##");
    a.precede(b);
    b.precede(c);
    const std::string text = g.to_json();
    EXPECT_NE(text.find(R"({"from": "#1", "to": "###1", "value": false})"), std::string::npos) << text;
    graph back = pel::from_json(
        text, {{"#1", [&] { sum = 1; }}, {"###1", [&] { sum += 10 * sum; }}, {"##", [&] { sum += 100 * sum; }}});
    EXPECT_EQ(back.to_json(), text);
    back.run();
    EXPECT_EQ(sum, 1111);
}

TEST(graph_text, nodes_of_a_graph_from_json_are_found_by_their_numbers_and_may_use_resources_again) {
    const std::string text = R"({"nodes": [{"name": "a", "kind": "plain"}, {"name": "b", "kind": "plain"}],
        "edges": [{"from": "b", "to": "a"}]})";
    pel::resource disk(1);
    unsigned left = 1;
    const graph g = [&] {
        graph made = pel::from_json(text, {{"a", [&] { left = disk.available(); }}, {"b", [] {}}});
        made.at(0).use(disk);
        made.run();
        return made;
    }();
    EXPECT_EQ(left, 0u);
    EXPECT_EQ(g.at(0).name(), "a");
    EXPECT_EQ(g.at(1).name(), "b");
    EXPECT_EQ(g.at(1).number(), 1u);
    EXPECT_EQ(error_of([&] { (void)g.at(2); }), "pel::graph: there is no node #2");
    EXPECT_EQ(error_of([&] { (void)g.at(std::size_t{1} << 32); }), "pel::graph: there is no node #4294967296");
}

TEST(graph_text, a_branch_from_json_may_choose_several) {
    int a = 0, b = 0;
    const std::string text =
        R"({"nodes": [{"name": "c\u00e9\ud83d\ude00", "kind": "branch"}, {"name": "a", "kind": "plain"},
        {"name": "b", "kind": "plain", "priority": -1}], "edges": [{"from": "cé😀", "to": "a"},
        {"from": "cé😀", "to": "b", "value": false}]})";
    pel::from_json(text, {{"cé😀", [] { return std::vector{1, 0}; }}, {"a", [&] { ++a; }}, {"b", [&] { ++b; }}}).run();
    EXPECT_EQ(a * b, 1);
}

TEST(graph_text, a_branch_from_json_chooses_as_any_other_does) {
    int chosen = -1;
    const auto choose = [&](const pel::graph_function& branch) {
        chosen = -1;
        const std::string text = R"({"nodes": [{"name": "c", "kind": "branch"}, {"name": "a", "kind": "plain"},
            {"name": "b", "kind": "plain"}], "edges": [{"from": "c", "to": "a"}, {"from": "c", "to": "b"}]})";
        graph g = pel::from_json(text, {{"c", branch}, {"a", [&] { chosen = 0; }}, {"b", [&] { chosen = 1; }}});
        return error_of([&] { g.run(); });
    };
    enum class way : unsigned char { left, right };
    EXPECT_EQ(choose([] { return way::right; }), "no error");
    EXPECT_EQ(chosen, 1);
    EXPECT_EQ(choose([] { return true; }), "no error");
    EXPECT_EQ(chosen, 1);
    EXPECT_EQ(choose([] { return std::array{'\0'}; }), "no error");
    EXPECT_EQ(chosen, 0);
    EXPECT_EQ(choose([] { return pel::no_branch; }), "no error");
    EXPECT_EQ(chosen, -1);
    const std::string none = "pel::graph: branch 'c' chose successor -2 of 2";
    EXPECT_EQ(choose([] { return std::size_t(-1); }), none); // which is not no_branch
    EXPECT_EQ(choose([] { return std::vector{std::uint64_t{1} << 63}; }), none);
    graph g;
    const auto c = g.branch([] { return std::size_t(-1); });
    c.name("c");
    c.precede(g.emplace([] {}), g.emplace([] {}));
    EXPECT_EQ(error_of([&] { g.run(); }), none);
}

TEST(graph_text, of_a_branch_from_json_as_much_is_known_as_of_any_other) {
    const auto error_with = [](const pel::graph_function& branch) {
        graph g = pel::from_json(R"({"nodes": [{"name": "c", "kind": "branch"}, {"name": "x", "kind": "plain"},
            {"name": "y", "kind": "plain"}, {"name": "z", "kind": "plain"}], "edges": [{"from": "c", "to": "x"},
            {"from": "c", "to": "y"}, {"from": "c", "to": "z"}]})",
                                 {{"c", branch}, {"x", [] {}}, {"y", [] {}}, {"z", [] {}}});
        return error_of([&] { g.validate(); });
    };
    EXPECT_EQ(
        error_with([] { return true; }),
        "pel::graph: node 'z' is successor 2 of branch 'c', which returns less than 2: it would never be reached");
    EXPECT_EQ(error_with([] { return 1; }), "no error");
    EXPECT_EQ(error_with([] { return std::array{true}; }), "no error");

    // The branch chooses one, so y runs once, and who begins a loop may read its value.
    const auto reader_error = [](const pel::graph_function& choice) {
        graph g = pel::from_json(R"({"nodes": [{"name": "c", "kind": "branch"}, {"name": "x", "kind": "plain"}],
            "edges": [{"from": "c", "to": "x"}]})",
                                 {{"c", choice}, {"x", [] {}}});
        const auto value = g.emplace([] { return 1; });
        const auto reader = g.then([](int) {}, value);
        const auto again = g.branch([] { return pel::no_branch; });
        g.at(1).precede(value);
        reader.precede(again);
        again.precede(reader);
        return error_of([&] { g.run(); });
    };
    EXPECT_EQ(reader_error([] { return 0; }), "no error");
    EXPECT_NE(reader_error([] { return std::array{0}; }).find("which may be made again meanwhile"), std::string::npos);
}

TEST(graph_text, text_that_is_no_graph_is_an_error_that_says_where) {
    const auto read = [](const std::string& text) {
        return error_of([&] { pel::from_json(text, {{"a", [] {}}, {"b", [] { return 1; }}}); });
    };
    EXPECT_EQ(read("{\n\"nodes\": [}"), "pel::graph: JSON, line 2, character 12: expected a value");
    EXPECT_EQ(read("{} x"), "pel::graph: JSON, line 1, character 3: expected the end");
    EXPECT_EQ(read(std::string(100, '[')), "pel::graph: JSON, line 1, character 64: expected fewer values inside each "
                                           "other");
    EXPECT_EQ(read(R"({"edges": []})"), "pel::graph: JSON: \"nodes\" is missing, or not what it should be");
    const auto nodes = [&](const std::string& list, const std::string& edges = "") {
        return read("{\"nodes\": [" + list + "], \"edges\": [" + edges + "]}");
    };
    const std::string a = R"({"name": "a", "kind": "plain"})";
    EXPECT_EQ(nodes(R"({"name": "x", "kind": "plain"})"), "pel::graph: JSON: node 'x' has no function");
    EXPECT_EQ(nodes(R"({"name": "a", "kind": "branch"})"),
              "pel::graph: JSON: node 'a' is of kind \"branch\", its function returns nothing");
    EXPECT_EQ(nodes(R"({"name": "b", "kind": "plain"})"),
              "pel::graph: JSON: node 'b' is of kind \"plain\", its function returns something");
    EXPECT_EQ(nodes(a + "," + a), "pel::graph: JSON: two nodes are called 'a'");
    EXPECT_EQ(nodes(a, R"({"from": "a", "to": "y"})"), "pel::graph: JSON: an edge has no node 'y'");
    EXPECT_EQ(nodes(a, R"({"from": "a", "to": "a", "value": true})"),
              "pel::graph: JSON: the edge from 'a' to 'a' carries a value, whose type no text can say");
    for (const char* wrong : {"", "{", "[1,]", "{\"a\" 1}", "\"a", "\"\\x\"", "\"\\u12g4\"", "tru", "+1", "1e",
                              "\"\n\"", "\"\\ud800\\u0041\""})
        EXPECT_NE(read(wrong), "no error") << wrong;
    EXPECT_EQ(read("-01"), "pel::graph: JSON, line 1, character 2: expected the end");
    EXPECT_EQ(read("[1.]"), "pel::graph: JSON, line 1, character 3: expected a digit");
    EXPECT_EQ(read("-.5"), "pel::graph: JSON, line 1, character 1: expected a digit");
    EXPECT_EQ(read(".5"), "pel::graph: JSON, line 1, character 0: expected a value");
    EXPECT_EQ(read("1e+"), "pel::graph: JSON, line 1, character 3: expected a digit");
    EXPECT_EQ(read(R"({"a": 1, "b": {"a": 2}, "\u0061": 3})"),
              "pel::graph: JSON, line 1, character 24: expected another name than the members before have");
    for (const char* number : {"0", "-0", "10", "-0.50", "0e0", "12.25E+01", "1e-7", "1e999"})
        EXPECT_EQ(read(number), "pel::graph: JSON: \"nodes\" is missing, or not what it should be") << number;
    for (const char* half : {"\"\\ud800\"", "\"\\ud800 \"", "\"\\udc00\"", "\"\\ud800\\ud800\\udc00\""})
        EXPECT_NE(read(half).find("half of a character"), std::string::npos) << half;
    for (const char* priority : {"1e99", "-1e99", "1e999", "0.5", "\"1\"", "null", "true", "4294967296"}) {
        EXPECT_EQ(nodes(R"({"name": "a", "kind": "plain", "priority": )" + std::string(priority) + "}"),
                  "pel::graph: JSON: the priority of node 'a' is no integer");
    }
    EXPECT_EQ(nodes(R"({"name": "a", "kind": "plain", "priority": 40000})"),
              "pel::graph: priority 40000 of node 'a' is not between -32768 and 32767");
    EXPECT_EQ(nodes(a, R"({"from": "a", "to": "a", "value": "yes"})"),
              "pel::graph: JSON: \"value\" is missing, or not what it should be");
    EXPECT_EQ(error_of([&] {
                  pel::from_json(R"({"nodes": [{"name": "a\u0000b", "kind": "plain"}], "edges": []})",
                                 {{std::string("a\0b", 3), [] {}}});
              }),
              "pel::graph: the name of node #0 has a character 0 in it");
}

class recorded_with : public pel_test::with_threads {};
PEL_WITH_ALL_THREADS(recorded_with);

TEST_P(recorded_with, a_recorded_run_says_what_ran_when) {
    int rounds = 0;
    graph g = looping_graph(rounds);
    g.record();
    auto run = g.start(par.on(pool));
    run.wait();
    const pel::run_report report = run.report();
    ASSERT_EQ(report.nodes().size(), 8u); // begin, three times body and again?, #2
    EXPECT_EQ(report.nodes().front().node.name(), "begin \"here\"");
    EXPECT_EQ(report.edges().size(), 4u);
    unsigned attempts = 0;
    for (const pel::node_report& each : report.nodes()) {
        EXPECT_LE(each.start, each.end);
        EXPECT_LT(each.worker, pool.stats().threads_started + 2);
        if (each.node.name() == "body") {
            EXPECT_EQ(each.attempt, attempts++);
        }
    }
    const std::string trace = report.trace_json();
    const auto count = [&](const std::string& what) {
        std::size_t found = 0;
        for (std::size_t at = trace.find(what); at != std::string::npos; at = trace.find(what, at + 1)) ++found;
        return found;
    };
    EXPECT_EQ(count("\"ph\": \"X\""), 8u);
    EXPECT_EQ(count("\"ph\": \"s\""), 7u); // an arrow into each but the first
    EXPECT_EQ(count("\"ph\": \"f\""), 7u);
    (void)pel::detail::json_reader(trace).read();
    g.record(false);
    auto other = g.start(par.on(pool));
    other.wait();
    EXPECT_EQ(error_of([&] { (void)other.report(); }),
              "pel::graph: the report of a run is asked for that was not recorded");
}

TEST_P(recorded_with, a_report_leaves_out_what_no_branch_has_chosen) {
    for (const int chosen : {0, 2}) {
        graph g;
        const auto branch = g.branch([chosen] { return chosen; });
        std::array<pel::node_ref, 3> ends;
        for (pel::node_ref& each : ends) branch.precede(each = g.emplace([] {}));
        const auto after = g.emplace([] {});
        ends[1].precede(after); // which nobody comes to
        g.record();
        auto run = g.start(par.on(pool));
        run.wait();
        std::vector<pel::node_ref> ran;
        const pel::run_report report = run.report();
        for (const pel::node_report& each : report.nodes()) ran.push_back(each.node);
        EXPECT_EQ(ran, (std::vector<pel::node_ref>{branch, ends[static_cast<std::size_t>(chosen)]}));
    }
}

TEST(graph_text, the_times_of_a_report_count_from_when_the_run_began_not_from_when_it_was_started) {
    using clock = std::chrono::steady_clock;
    pel::thread_pool pool(1);
    const pel_test::watchdog guard(pool);
    std::latch is_over(1); // no future: who waits for one may run what is meant for the only worker
    pool.post([&] {
        clock::time_point began;
        graph g;
        g.emplace([&] { began = clock::now(); });
        g.record();
        auto run = g.start(); // the worker comes to it below
        g.record(false);      // for later ones
        for (const auto start = clock::now(); clock::now() < start + std::chrono::milliseconds(5);) {
        }
        const clock::time_point not_yet_begun = clock::now();
        run.wait();
        EXPECT_LE(run.report().nodes().at(0).start, began - not_yet_begun);
        EXPECT_GE(run.report().nodes().at(0).start.count(), 0);
        is_over.count_down();
    });
    is_over.wait();
}

TEST(graph_text, the_longest_chain_goes_first) {
    using pel::detail::plain_array;
    std::vector<pel::detail::node_data> nodes(4);
    plain_array<pel::detail::node_data*> pointers;
    const pel::detail::node_type type = pel::detail::type_of_value<void>;
    for (auto& each : nodes) {
        each.type = &type;
        each.kind = pel::detail::node_kind::plain;
        pointers.push_back(&each);
    }
    const plain_array<pel::detail::graph_edge> edges{{0, 1, false}, {0, 2, false}, {2, 3, false}};
    const pel::detail::graph_plan plan(pointers, edges);
    const auto paths = pel::detail::critical_paths(plan, {10, 5, 3, 4});
    EXPECT_EQ(std::vector(paths.begin(), paths.end()), (std::vector<std::uint64_t>{17, 5, 7, 4}));
    const pel::detail::graph_plan learnt(pointers, edges, {}, paths);
    EXPECT_EQ(learnt.successors(0)[0], 2u);
    EXPECT_EQ(learnt.successors(0)[1], 1u);
}

TEST_P(recorded_with, a_graph_that_has_learnt_does_what_it_did) {
    int rounds = 0;
    graph g = looping_graph(rounds);
    for (int i = 0; i < 3; ++i) {
        g.learn();
        g.run(par.on(pool));
        EXPECT_EQ(rounds, 3);
    }
    const auto value = g.emplace([] { return 5; });
    g.learn();
    auto run = g.start(par.on(pool));
    run.wait();
    EXPECT_EQ(run.value(value), 5);
    g.run(par.on(pool));
}

} // namespace graph_text_test

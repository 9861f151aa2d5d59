// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Texts for from_json() as libFuzzer finds them. One that is a graph comes back from the graph's own JSON, and the graph
// runs, or says what is wrong; of all others nothing but a graph_error comes.
#include <pel/graph/from_json.hpp>
#include <pel/graph/graph.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace {

/// Those that a text can name; branches choose so often.
std::map<std::string, pel::graph_function> make_functions(int& turns) {
    std::map<std::string, pel::graph_function> all;
    for (const char* each : {"a", "b", "c", "d", "", "#0", "a \"b\"\\\n", "é😀"}) all.emplace(each, [] {});
    all.emplace("one", [&turns] { return turns-- > 0 ? 0 : pel::no_branch; });
    all.emplace("two", [&turns] { return turns-- > 0; });
    all.emplace("many", [&turns] { return turns-- > 0 ? std::vector<int>{1, 0} : std::vector<int>(); });
    return all;
}

void expect(bool is_so, const char* what) {
    if (is_so) return;
    std::fprintf(stderr, "%s\n", what);
    std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static pel::thread_pool pool(1);
    int turns = 0;
    const auto functions = make_functions(turns);
    pel::graph made;
    try {
        made = pel::from_json(std::string_view(reinterpret_cast<const char*>(data), size), functions);
    } catch (const pel::graph_error&) {
        return 0;
    }
    const std::string text = made.to_json();
    expect(pel::from_json(text, functions).to_json() == text, "the graph's own JSON is read as another graph");
    expect(!made.dot().empty(), "no drawing");
    try {
        turns = 8;
        made.run(pel::par.on(pool));
    } catch (const pel::graph_error&) { // it cannot run to its end
    }
    return 0;
}

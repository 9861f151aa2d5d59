// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Shapes of graphs as libFuzzer finds them: bytes are read as the choices that make a shape; what the graph does is
// compared with the interpreter. By hand: build/asan/tests/fuzz/fuzz_graph_shapes -max_len=400 a_folder_for_the_corpus
#include <pel/graph/graph.hpp>

#include "support/graph_shape.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static pel::thread_pool pool(2);
    const pel_test::graph_shape made = pel_test::make_shape([&](std::size_t limit) {
        if (size == 0) return std::size_t{0};
        --size;
        return *data++ % limit;
    });
    pel_test::check_shape(made, pool);
    if (!testing::Test::HasFailure()) return 0;
    std::fputs("the graph and the interpreter differ\n", stderr);
    std::abort();
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Shapes of graphs as libFuzzer finds them: bytes are read as the choices that make a shape; what the graph does is
// compared with the interpreter. By hand: build/asan/tests/fuzz/fuzz_graph_shapes -max_len=400 -len_control=0 a_folder
#include <pel/graph/graph.hpp>

#include "support/graph_of_shape.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static pel::thread_pool pool(2);
    const auto next_below = [&](std::size_t limit) {
        if (size == 0) return std::size_t{0};
        --size;
        return *data++ % limit;
    };
    const std::size_t way = next_below(256);
    pel_test::check_shape(pel_test::shape_maker(next_below).make(), pool, way);
    if (!testing::Test::HasFailure()) return 0;
    std::fputs("the graph and the interpreter differ\n", stderr);
    std::abort();
}

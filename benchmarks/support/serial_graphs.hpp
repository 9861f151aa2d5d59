// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The nodes of a graph by a plain loop, in an order in which they can run.
#pragma once

#include "dag.hpp"
#include "serial_loops.hpp"

namespace bench {

template <class Function>
class serial_graph {
public:
    using workers = this_thread;

    serial_graph(workers&, const dag& shape, Function function) : size_(shape.size()), function_(function) {}

    void run() { start(); }
    void start() {
        std::uint32_t size = size_;
        hide(size);
        for (std::uint32_t i = 0; i != size; ++i) function_(i)();
    }
    void wait() {}

private:
    std::uint32_t size_;
    Function function_;
};

struct serial_graphs {
    using workers = this_thread;
    static constexpr bool uses_malloc = true;
    template <class Function>
    using graph = serial_graph<Function>;
};

} // namespace bench

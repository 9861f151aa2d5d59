// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The plain loop.
#pragma once

#include "benchmark.hpp"

#include <cstddef>

namespace bench {

/// For workloads that are given workers.
struct this_thread {
    explicit this_thread(unsigned) {}
    auto run(const auto& f) { return f(); }
};

struct serial_loop {
    using workers = this_thread;
    template <class Body>
    void operator()(workers&, std::size_t n, const Body body) const {
        hide(n); // as unknown to the compiler as it is to the others
        for (std::size_t i = 0; i != n; ++i) body(i);
    }
};

} // namespace bench

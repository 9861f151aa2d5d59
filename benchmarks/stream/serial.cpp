// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "workload.hpp"

namespace {

struct this_thread {
    explicit this_thread(unsigned) {}
    void run(const auto& f) { f(); }
};

const bool loops =
    workload::register_levels<this_thread>("serial", [](std::size_t n, const auto body) { // by value: in registers
        for (std::size_t i = 0; i != n; ++i) body(i);
    });

} // namespace

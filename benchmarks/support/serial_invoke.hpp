// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Several functions, called one after the other.
#pragma once

#include "serial_loops.hpp"

namespace bench {

struct serial_invoke {
    using workers = this_thread;
    void operator()(const auto&... functions) const { (functions(), ...); }
};

} // namespace bench

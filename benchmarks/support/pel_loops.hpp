// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A loop with PEL.
#pragma once

#include "pel_workers.hpp"

#include <cstddef>

namespace bench {

struct pel_loop {
    using workers = pel_workers;
    template <class Body>
    void operator()(workers& pel, std::size_t n, const Body& body) const {
        pel::parallel_for(pel.policy(), std::size_t{0}, n, body);
    }
};

} // namespace bench

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A loop with PEL, and one whose items stay with the threads that had them.
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

/// Remembers who had what, as it is meant to be used.
struct pel_replayed_loop {
    struct workers : pel_workers {
        using pel_workers::pel_workers;
        pel::affinity where;
    };
    template <class Body>
    void operator()(workers& pel, std::size_t n, const Body& body) const {
        pel::parallel_for(pel.policy().replay(pel.where), std::size_t{0}, n, body);
    }
};

} // namespace bench

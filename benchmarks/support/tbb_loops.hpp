// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A loop with each of oneTBB's partitioners.
#pragma once

#include "tbb_workers.hpp"

#include <tbb/blocked_range.h>
#include <tbb/partitioner.h>

#include <cstddef>

namespace bench {

template <class Body, class Partitioner>
void tbb_for(std::size_t n, const Body& body, Partitioner&& partitioner) {
    tbb::parallel_for(
        tbb::blocked_range<std::size_t>(0, n),
        [body](const tbb::blocked_range<std::size_t>& part) {
            for (std::size_t i = part.begin(); i != part.end(); ++i) body(i);
        },
        partitioner);
}

template <class Partitioner>
struct tbb_loop {
    using workers = tbb_workers;
    template <class Body>
    void operator()(workers& tbb, std::size_t n, const Body& body) const {
        tbb.run([&] { tbb_for(n, body, Partitioner()); });
    }
};

/// Remembers who had what, as it is meant to be used.
struct tbb_affine_loop {
    struct workers : tbb_workers {
        using tbb_workers::tbb_workers;
        tbb::affinity_partitioner partitioner;
    };
    template <class Body>
    void operator()(workers& tbb, std::size_t n, const Body& body) const {
        tbb.run([&] { tbb_for(n, body, tbb.partitioner); });
    }
};

/// Calls add(runtime, loop) for each.
template <class Add>
bool with_each_partitioner(const Add& add) {
    add("tbb_auto", tbb_loop<tbb::auto_partitioner>());
    add("tbb_simple", tbb_loop<tbb::simple_partitioner>());
    add("tbb_static", tbb_loop<tbb::static_partitioner>());
    add("tbb_affinity", tbb_affine_loop());
    return true;
}

} // namespace bench

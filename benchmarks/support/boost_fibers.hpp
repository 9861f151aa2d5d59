// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Boost.Fiber as it is by default: fibers of one thread, which take turns.
#pragma once

#include <boost/fiber/fiber.hpp>

#include <utility>

namespace bench {

struct boost_fibers {
    explicit boost_fibers(unsigned) {}

    /// Runs f in a fiber.
    template <class F>
    void run(F&& f) {
        boost::fibers::fiber(std::forward<F>(f)).join();
    }
};

} // namespace bench

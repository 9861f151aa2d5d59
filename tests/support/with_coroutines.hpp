// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Base of tests of coroutines that run on each shape of a pool, and leave no object behind.
#pragma once

#include "support/live_object.hpp"
#include "support/shape.hpp"
#include "support/watchdog.hpp"

#include <pel/coro/sync_wait.hpp>

#include <gtest/gtest.h>

#include <utility>

namespace pel_test {

class with_coroutines : public with_pool_shape {
protected:
    pel::thread_pool pool{options_of(GetParam())};
    const watchdog guard{pool};
    /// Runs the coroutine in the pool, and waits there.
    template <class T>
    T run(pel::task<T> root) {
        return pool.execute([&] { return pel::sync_wait(std::move(root)); });
    }
    ~with_coroutines() override { EXPECT_EQ(live_object::count, 0); }
};

} // namespace pel_test

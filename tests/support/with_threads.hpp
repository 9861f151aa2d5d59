// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Tests that run on pools of 1, 2, 3 and 7 threads, with a deadline.
#pragma once

#include "support/watchdog.hpp"

#include <pel/thread_pool.hpp>

#include <gtest/gtest.h>

namespace pel_test {

class with_threads : public testing::TestWithParam<unsigned> {
protected:
    pel::thread_pool pool{GetParam()};

private:
    const watchdog guard_{pool};
};

} // namespace pel_test

/// Instantiates a suite derived from with_threads.
#define PEL_WITH_ALL_THREADS(suite)                                                                                    \
    INSTANTIATE_TEST_SUITE_P(threads, suite, testing::Values(1U, 2U, 3U, 7U), testing::PrintToStringParamName())

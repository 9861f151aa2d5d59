// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The wait of a thread that has no record, so that nobody can wake it: there are none left, or the pool is at its end. It
// looks again and again: first it offers the CPU in between, then it sleeps, twice as long each time, up to a millisecond.
#pragma once

#include <pel/detail/platform/thread.hpp>

#include <cstdint>

PEL_NAMESPACE_BEGIN
namespace detail {

/// Until is_over(); help() runs something, if there is any, and says whether it did.
template <class IsOver, class Help>
void wait_without_record(IsOver&& is_over, Help&& help) {
    constexpr unsigned looks_before_sleep = 100;
    constexpr std::int64_t first_ns = 10'000, longest_ns = 1'000'000;
    unsigned looks = 0;
    std::int64_t sleep_ns = first_ns;
    while (!is_over()) {
        if (help()) {
            looks = 0;
            sleep_ns = first_ns;
        } else if (looks != looks_before_sleep) {
            ++looks;
            yield_thread();
        } else {
            sleep_thread(sleep_ns);
            sleep_ns = sleep_ns < longest_ns / 2 ? 2 * sleep_ns : longest_ns;
        }
    }
}

} // namespace detail
PEL_NAMESPACE_END

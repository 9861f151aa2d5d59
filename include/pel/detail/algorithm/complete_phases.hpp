// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Loops that move elements about, and which nothing may cut short, or some would be lost: what a cancelled loop has not
// done is done here, and so are the phases after it; the cancellation arrives when all is in place.
#pragma once

#include <pel/detail/algorithm/blocks.hpp>
#include <pel/detail/algorithm/fixed_chunks.hpp>
#include <pel/detail/platform/error.hpp>

#include <algorithm>
#include <cstdint>
#include <exception>
#include <utility>

PEL_NAMESPACE_BEGIN
namespace detail {

/// Chunks, as the caller of a loop that was cut short needs to know which items have run. They take no memory from
/// elsewhere: where elements are on their way, there may be none.
class recorded_chunks {
public:
    /// least: so many items are too few to share.
    recorded_chunks(std::uint64_t size, std::uint64_t grain, std::uint64_t least) noexcept
        : chunks_(size, std::max({fixed_chunk(size, grain), size / most + 1, least})) {
        std::fill_n(has_run_, chunks_.count(), false);
    }
    std::uint64_t count() const noexcept { return chunks_.count(); }

    template <class Run>
    void run(std::uint64_t number, const Run& run) noexcept {
        run(chunks_.begin(number), chunks_.end(number));
        has_run_[number] = true;
    }
    template <class Run>
    void run_others(const Run& run) noexcept {
        for (std::uint64_t number = 0; number != count(); ++number) {
            if (!has_run_[number]) this->run(number, run);
        }
    }

private:
    static constexpr std::uint64_t most = 1024;
    const fixed_chunks chunks_;
    bool has_run_[most]; // written by who runs the chunk, published by the end of the loop
};

class complete_phases {
public:
    /// Calls run(lo, hi) on ranges that together are [0, count). Each of these numbers stands for about `items` elements,
    /// which is what a grain counts. Requires: it does not throw.
    template <class Policy, class Run>
    void run_blocks(const Policy& policy, std::uint64_t count, const Run& run, std::uint64_t items = 1,
                    std::uint64_t least = 1) {
        recorded_chunks chunks(count, grain_in_blocks(policy, items), least);
        if (error_ == nullptr) {
            attempt([&] {
                detail::run_blocks(chunk_policy(policy), chunks.count(), [&](std::uint64_t lo, std::uint64_t hi) {
                    for (; lo != hi; ++lo) chunks.run(lo, run);
                });
            });
        }
        if (error_ != nullptr) chunks.run_others(run);
    }
    /// Calls body(n) for all n in [0, count). Everything else is as for run_blocks().
    template <class Policy, class Body>
    void run(const Policy& policy, std::uint64_t count, std::uint64_t items, const Body& body) {
        run_blocks(
            policy, count,
            [&body](std::uint64_t lo, std::uint64_t hi) {
                for (; lo != hi; ++lo) body(lo);
            },
            items);
    }
    /// What may be cut short, and leaves nothing to be done again.
    template <class Body>
    void attempt(const Body& body) {
        call_guarded(body, [&](std::exception_ptr error) { error_ = std::move(error); });
    }
    /// After the last phase. Throws: operation_cancelled, if a loop was cancelled; what an attempt has thrown.
    void rethrow() const {
        if (error_ != nullptr) std::rethrow_exception(error_);
    }

private:
    std::exception_ptr error_;
};

} // namespace detail
PEL_NAMESPACE_END

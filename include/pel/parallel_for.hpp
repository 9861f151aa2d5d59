// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// parallel_for: a loop whose iterations may run at the same time. There is no grain to choose: loops too small to share
// wake nobody, and large ones are cut as other threads ask for work.
#pragma once

#include <pel/cancellation.hpp>
#include <pel/detail/sched/callable.hpp>
#include <pel/detail/sched/loop.hpp>
#include <pel/policy.hpp>

#include <concepts>
#include <cstdint>
#include <type_traits>

PEL_NAMESPACE_BEGIN
namespace detail {

/// The share of a loop that keeps nothing.
template <class Index, class Body>
class body_strand {
public:
    body_strand(Index first, Body& body) noexcept : first_(first), body_(body) {}

    void run(std::uint64_t lo, std::uint64_t hi) {
        with_body([&](auto& body) {
            const Index last = index_at(hi);
            for (Index i = index_at(lo); i != last; ++i) body(i);
        });
    }
    /// As run(), until goes_on() says no after an item. Returns: the item after that.
    template <class GoesOn>
    std::uint64_t run_while(std::uint64_t lo, std::uint64_t hi, const GoesOn& goes_on) {
        with_body([&](auto& body) {
            do body(index_at(lo));
            while (++lo != hi && goes_on());
        });
        return lo;
    }
    body_strand split() const noexcept { return *this; }
    void join(body_strand&&) noexcept {}

private:
    template <class Run>
    PEL_ALWAYS_INLINE void with_body(const Run& run) {
        if constexpr (copied_into_registers<Body, Index>) {
            const Body body = body_;
            run(body);
        } else {
            run(body_);
        }
    }
    Index index_at(std::uint64_t offset) const noexcept {
        return static_cast<Index>(static_cast<std::uint64_t>(first_) + offset); // wraps back for negative numbers
    }

    Index first_;
    Body& body_;
};

/// Returns: how many numbers there are in [first, last), 0 if last < first.
template <std::integral Index>
std::uint64_t range_size(Index first, Index last) noexcept {
    return first < last ? static_cast<std::uint64_t>(last) - static_cast<std::uint64_t>(first) : 0;
}

} // namespace detail

/// What ordered loops are made of; reductions and algorithms are built on it.
/// Calls strand.run(lo, hi) on consecutive rising ranges that together are [0, size). A range that another thread takes
/// gets a strand of its own, made there by strand.split() — at the same time as others use `strand`, so it only reads —
/// and handed back in order: strand.join(std::move(other)) after all below and before all above.
/// Throws: the first exception of run, split or join, after all threads have left; operation_cancelled if a scope around
/// was cancelled. Blocks. Thread safety: any thread. Complexity: work that of run plus O(1) per 2–10 µs of it.
template <class Strand>
PEL_ALWAYS_INLINE void parallel_ranges(const parallel_policy& policy, std::uint64_t size, Strand& strand) {
    static constinit detail::site_memory site;
    detail::worker& own = *detail::current_worker;
    detail::scheduler* const pool = detail::pool_access::chosen(policy);
    const bool is_member = own.is_member() && (pool == nullptr || pool == own.pool);
    if (is_member && size == 1 && !detail::is_cancelled(own)) return strand.run(0, 1); // nothing to share
    const bool is_complete =
        is_member ? detail::run_loop(own, size, strand)
                  : detail::run_outermost_loop(pool != nullptr ? *pool : detail::pool_access::core(default_pool()),
                                               size, strand, site);
    if (!is_complete) [[unlikely]]
        detail::throw_error<operation_cancelled>();
}

/// Calls body(i) for every i in [first, last), possibly at the same time and in any order. Requires: first and last of
/// integral types; body is called through a reference by several threads. Returns when all calls have. Throws: the first
/// exception of a body: bodies not begun are dropped, running ones waited for; operation_cancelled if a scope around was
/// cancelled. Blocks. Thread safety: any thread. Complexity: work that of the bodies, span the longest body plus
/// O(log n). Cost: never more than the plain loop plus 100 ns (benchmark small_loops).
template <std::integral First, std::integral Last, class Body>
    requires std::invocable<Body&, std::common_type_t<First, Last>>
void parallel_for(const parallel_policy& policy, First first, Last last, Body&& body) {
    using index = std::common_type_t<First, Last>;
    const std::uint64_t size = detail::range_size<index>(static_cast<index>(first), static_cast<index>(last));
    if (size == 0) return;
    detail::body_strand<index, std::remove_reference_t<Body>> strand(static_cast<index>(first), body);
    parallel_ranges(policy, size, strand);
}

template <std::integral First, std::integral Last, class Body>
    requires std::invocable<Body&, std::common_type_t<First, Last>>
void parallel_for(First first, Last last, Body&& body) {
    parallel_for(par, first, last, body);
}

PEL_NAMESPACE_END

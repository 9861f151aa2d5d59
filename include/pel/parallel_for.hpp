// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// parallel_for: a loop whose iterations may run at the same time, over integers, with a step if wanted, or
// random-access iterators; md_range.hpp has loops in 2 and 3 dimensions. There is no grain to choose: loops too small
// to share wake nobody, and large ones are cut as other threads ask for work.
#pragma once

#include <pel/cancellation.hpp>
#include <pel/detail/core/limits.hpp>
#include <pel/detail/core/replay.hpp>
#include <pel/detail/sched/callable.hpp>
#include <pel/detail/sched/loop.hpp>
#include <pel/policy.hpp>

#include <concepts>
#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string> // has the iterator concepts too; <iterator> costs more to compile
#include <type_traits>

PEL_NAMESPACE_BEGIN
namespace detail {

template <class Index>
constexpr Index item_at(Index first, std::uint64_t offset) noexcept {
    return static_cast<Index>(static_cast<std::uint64_t>(first) + offset); // wraps back for negative numbers
}

/// The share of a loop that keeps nothing.
template <class Index, class Body>
class body_strand {
    static_assert(!std::is_integral_v<Index> || sizeof(Index) <= 8, "pel: a loop is over integers of 64 bits or fewer");

public:
    body_strand(Index first, Body& body) noexcept : first_(first), body_(body) {}

    void run(std::uint64_t lo, std::uint64_t hi) {
        with_body([&](auto& body) {
            const Index last = item_at(first_, hi);
            for (Index i = item_at(first_, lo); i != last; ++i) body(i);
        });
    }
    /// As run(), until goes_on() says no after an item. Returns: the item after that.
    template <class GoesOn>
    std::uint64_t run_while(std::uint64_t lo, std::uint64_t hi, const GoesOn& goes_on) {
        with_body([&](auto& body) {
            do body(item_at(first_, lo));
            while (++lo != hi && goes_on());
        });
        return lo;
    }
    body_strand split() const noexcept { return *this; }
    static constexpr bool keeps_nothing = true;

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
    Index first_;
    Body& body_;
};

/// Returns: how many numbers there are in [first, last), 0 if last < first.
template <std::integral Index>
std::uint64_t range_size(Index first, Index last) noexcept {
    return first < last ? static_cast<std::uint64_t>(last) - static_cast<std::uint64_t>(first) : 0;
}
/// Returns: how many there are of first, first + step, … before last. Throws: std::invalid_argument for step 0.
template <std::integral Index, std::integral Step>
std::uint64_t stepped_size(Index first, Index last, Step step) {
    if (step == 0) throw_error<std::invalid_argument>("pel::parallel_for: step is 0");
    const bool is_down = step < Step{0};
    const std::uint64_t width = is_down ? range_size(last, first) : range_size(first, last);
    const auto up = static_cast<std::uint64_t>(step); // wraps for negative numbers, and back
    return width == 0 ? 0 : (width - 1) / (is_down ? 0 - up : up) + 1;
}

/// Calls the body with first + n * step.
template <class Index, class Body>
struct stepping_body {
    std::uint64_t first, step;
    held_callable<Body, Index> body;
    void operator()(std::uint64_t n) const { body(static_cast<Index>(first + n * step)); } // wraps back, as item_at()
};
/// Calls the body with the n-th iterator after `first`, or before it.
template <class Iterator, class Body>
struct iterator_body {
    Iterator first;
    held_callable<Body, Iterator> body;
    void operator()(std::int64_t n) const { body(first + static_cast<std::iter_difference_t<Iterator>>(n)); }
};

/// Whether arguments begin with what a loop runs over, after a policy perhaps.
template <class... Arguments>
inline constexpr bool has_bounds = false;
template <execution_policy Policy, class... Arguments>
inline constexpr bool has_bounds<Policy, Arguments...> = has_bounds<Arguments...>;
template <std::integral First, std::integral Last, class... Rest>
inline constexpr bool has_bounds<First, Last, Rest...> = sizeof...(Rest) != 0;
template <std::random_access_iterator First, std::sized_sentinel_for<First> Last, class... Rest>
inline constexpr bool has_bounds<First, Last, Rest...> = sizeof...(Rest) != 0;

/// Calls run(strand_ref) with rooms for a loop's pieces, which do not lie on the caller's stack any longer than that.
template <class Strand, class Run>
PEL_NOINLINE void with_rooms(Strand& strand, const Run& run) {
    strand_rooms<Strand, most_pieces> rooms;
    run(ref_of(strand, rooms));
}
template <class Strand, class Run>
    requires keeps_nothing<Strand>
void with_rooms(Strand& strand, const Run& run) {
    strand_rooms<Strand, 0> none;
    run(ref_of(strand, none));
}

/// A loop that is not one of few items in a member. `pool`: chosen by its policy, or null.
template <class Limits>
void run_many_items(worker& own, scheduler* pool, std::uint64_t size, const strand_ref& strand, const Limits& limits,
                    site_memory& site) {
    const bool is_member = own.is_member() && (pool == nullptr || pool == own.pool);
    const bool is_complete = is_member ? run_inner_loop(own, size, strand, limits)
                                       : run_outermost_loop(pool != nullptr ? *pool : pool_access::core(default_pool()),
                                                            size, strand, limits, site);
    if (!is_complete) [[unlikely]]
        throw_error<operation_cancelled>();
}

/// parallel_ranges() for the loops from one place of the program, which `site` remembers.
template <class Token, class Strand>
PEL_ALWAYS_INLINE void parallel_ranges_at(const basic_parallel_policy<Token>& policy, std::uint64_t size,
                                          Strand& strand, site_memory& site) {
    worker& own = *current_worker;
    scheduler* const pool = pool_access::chosen(policy);
    const auto limits = limits_of(policy);
    const bool is_member = own.is_member() && (pool == nullptr || pool == own.pool);
    if (is_member && size == 1 && !cancellation_check(own).is_cancelled() && !limits.stop_requested())
        return strand.run(0, 1); // nothing to share
    if constexpr (std::is_same_v<Token, unlimited>) {
        if (is_member && size <= most_few_items && own.wakes_from == 0) {
            strand_rooms<Strand, 1> room;
            return run_few_items(own, ref_of(strand, room), 0, size);
        }
    }
    detail::with_rooms(strand, [&](const strand_ref& ref) { run_many_items(own, pool, size, ref, limits, site); });
}

} // namespace detail

/// What ordered loops are made of; reductions and algorithms are built on it. Calls strand.run(lo, hi) on consecutive
/// rising ranges that together are [0, size). A range that another thread takes gets a strand of its own, made there by
/// strand.split() — at the same time as others use `strand`, so it only reads — and handed back in order:
/// strand.join(std::move(other)) after all below and before all above; a type that has keeps_nothing = true in place of
/// join() gets none back. Throws: the first exception of run, split or join, after all threads have left;
/// operation_cancelled if a scope around was cancelled, or the policy's token stopped it. Blocks. Thread safety: any
/// thread. Complexity: work that of run plus O(1) per 2–10 µs of it.
template <class Token, class Strand>
PEL_ALWAYS_INLINE void parallel_ranges(const basic_parallel_policy<Token>& policy, std::uint64_t size, Strand& strand) {
    static constinit detail::site_memory site;
    detail::parallel_ranges_at(policy, size, strand, site);
}

/// The same on a node's threads, or as the last time.
template <class Token, class Strand>
void parallel_ranges(const basic_parallel_policy<placed<Token>>& policy, std::uint64_t size, Strand& strand) {
    if (policy_access::node(policy) != nullptr)
        return detail::call_on_node(policy, [&](const auto& there) { parallel_ranges(there, size, strand); });
    const auto plain = policy_access::without_place(policy);
    affinity* const where = policy_access::where(policy);
    if (where == nullptr || size < 2) return parallel_ranges(plain, size, strand);
    detail::replay(plain, *where, size, strand);
}

/// In order, on the calling thread: one range, one strand.
template <class Strand>
void parallel_ranges(const sequenced_policy&, std::uint64_t size, Strand& strand) {
    strand.run(0, size);
}

/// Calls body(i) for every i in [first, last), possibly at the same time and in any order. Requires: first and last of
/// integral types; body is called through a reference by several threads. Returns when all calls have. Throws: the
/// first exception of a body: bodies not begun are dropped, running ones waited for; operation_cancelled if a scope
/// around was cancelled, or the policy's token stopped it. Blocks. Thread safety: any thread. Complexity: work that of
/// the bodies, span the longest body plus O(log n). Cost: for loops too small to share that of the plain loop and some
/// 100 ns more (benchmark small_loops); the first call of a process starts a pool; a grain that is exceeded wakes a
/// thread at once.
template <execution_policy Policy, std::integral First, std::integral Last, class Body>
    requires detail::callable_for_effect<Body&, std::common_type_t<First, Last>>
void parallel_for(const Policy& policy, First first, Last last, Body&& body) {
    using index = std::common_type_t<First, Last>;
    const std::uint64_t size = detail::range_size<index>(static_cast<index>(first), static_cast<index>(last));
    if (size == 0) return;
    detail::body_strand<index, std::remove_reference_t<Body>> strand(static_cast<index>(first), body);
    parallel_ranges(policy, size, strand);
}

template <std::integral First, std::integral Last, class Body>
    requires detail::callable_for_effect<Body&, std::common_type_t<First, Last>>
void parallel_for(First first, Last last, Body&& body) {
    parallel_for(par, first, last, body);
}

/// The same for first, first + step, first + 2 * step, … before last, which they need not meet, nor can they run over
/// the ends of the type. A negative step counts down, also where i is unsigned. Throws also: std::invalid_argument for
/// step 0.
template <execution_policy Policy, std::integral First, std::integral Last, std::integral Step, class Body>
    requires detail::callable_for_effect<Body&, std::common_type_t<First, Last>>
void parallel_for(const Policy& policy, First first, Last last, Step step, Body&& body) {
    using index = std::common_type_t<First, Last>;
    const auto size = detail::stepped_size<index>(static_cast<index>(first), static_cast<index>(last), step);
    const detail::stepping_body<index, std::remove_reference_t<Body>> stepping{
        static_cast<std::uint64_t>(static_cast<index>(first)), static_cast<std::uint64_t>(step), body};
    parallel_for(policy, std::uint64_t{0}, size, stepping);
}

template <std::integral First, std::integral Last, std::integral Step, class Body>
    requires detail::callable_for_effect<Body&, std::common_type_t<First, Last>>
void parallel_for(First first, Last last, Step step, Body&& body) {
    parallel_for(par, first, last, step, body);
}

/// The same for iterators: calls body(it). (parallel_for_each calls body(*it).) Iterators are copied, and advanced by
/// several threads at once.
template <execution_policy Policy, std::random_access_iterator First, std::sized_sentinel_for<First> Last, class Body>
    requires detail::callable_for_effect<Body&, First>
void parallel_for(const Policy& policy, First first, Last last, Body&& body) {
    const auto size = last - first;
    if (size <= 0) return;
    const detail::iterator_body<First, std::remove_reference_t<Body>> at{std::move(first), body};
    parallel_for(policy, std::int64_t{0}, static_cast<std::int64_t>(size), at);
}

template <std::random_access_iterator First, std::sized_sentinel_for<First> Last, class Body>
    requires detail::callable_for_effect<Body&, First>
void parallel_for(First first, Last last, Body&& body) {
    parallel_for(par, std::move(first), last, body);
}

/// For every step-th of them; a negative step goes from first down to before last. No iterator is made but those that the
/// body is called with.
template <execution_policy Policy, std::random_access_iterator First, std::sized_sentinel_for<First> Last,
          std::integral Step, class Body>
    requires detail::callable_for_effect<Body&, First>
void parallel_for(const Policy& policy, First first, Last last, Step step, Body&& body) {
    const auto size = detail::stepped_size(std::int64_t{0}, static_cast<std::int64_t>(last - first), step);
    const detail::iterator_body<First, std::remove_reference_t<Body>> at{std::move(first), body};
    const detail::stepping_body<std::int64_t, const decltype(at)> stepping{0, static_cast<std::uint64_t>(step), at};
    parallel_for(policy, std::uint64_t{0}, size, stepping);
}

template <std::random_access_iterator First, std::sized_sentinel_for<First> Last, std::integral Step, class Body>
    requires detail::callable_for_effect<Body&, First>
void parallel_for(First first, Last last, Step step, Body&& body) {
    parallel_for(par, std::move(first), last, step, body);
}

/// Chosen where no other form fits: says why, in one line.
template <class... Arguments>
void parallel_for(const Arguments&...) {
    static_assert(detail::has_bounds<Arguments...>, "pel::parallel_for: takes ([policy], first, last, [step], body), "
                                                    "first and last integers or random-access iterators");
    static_assert(!detail::has_bounds<Arguments...>,
                  "pel::parallel_for: body must be callable as body(i), or body(i, j) for an md_range of 2; "
                  "or with a std::stop_token after that, if <pel/stop_token.hpp> is included; and return no pel::task, "
                  "which would never begin: say async_scope::spawn(f) in it, or pool.submit(f)");
}

PEL_NAMESPACE_END

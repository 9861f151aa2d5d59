// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The lowest item that a search finds, and few items beyond it looked at. What the loop engine calls items are tickets:
// a block of k of them is a right to search the next k items that nobody has, so that all threads work at the front of
// what is left, and the match is found after 1 / threads of what a serial search takes, wherever it is. Once there is
// one, each other thread ends its block, 2–10 µs as a rule, and what is left of the loop is passed over in a few steps.
// With par.replay() items are searched by who had them the last time, so each thread goes through a part of its own.
//   Find: find(lo, hi) -> the first of [lo, hi), else hi; called by several threads at once.
// I1  Each item is in one block, and all blocks below lowest_ are searched to their end, or as far as they throw.
#pragma once

#include <pel/detail/algorithm/blocks.hpp>
#include <pel/detail/algorithm/element_test.hpp>
#include <pel/detail/algorithm/elements.hpp>
#include <pel/detail/algorithm/fixed_chunks.hpp>
#include <pel/detail/platform/cache_line.hpp>
#include <pel/detail/platform/error.hpp>
#include <pel/detail/sync/atomic.hpp>
#include <pel/detail/sync/lock.hpp>
#include <pel/parallel_for.hpp>

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <exception>
#include <functional>
#include <iterator>
#include <type_traits>
#include <utility>

PEL_NAMESPACE_BEGIN
namespace detail {

/// What the threads of one search share. Any thread: all but result().
class search_front {
public:
    /// A ticket is good for `unit` items.
    search_front(std::uint64_t size, std::uint64_t unit, bool is_in_order) noexcept
        : size_(size), unit_(unit), is_in_order_(is_in_order), lowest_(size) {}

    std::uint64_t tickets() const noexcept { return (size_ - 1) / unit_ + 1; }

    /// Whether the block that the tickets [lo, hi) are good for is to be searched; if so, it becomes [lo, hi).
    bool try_take(std::uint64_t& lo, std::uint64_t& hi) noexcept {
        const std::uint64_t count = hi - lo;
        if (is_in_order_) lo = next_.load(relaxed);             // stale: lower, as if asked earlier
        if (lo * unit_ > lowest_.load(relaxed)) return false;   // stale: a block is searched in vain
        if (is_in_order_) lo = next_.fetch_add(count, relaxed); // each block once; nothing else is read by it
        hi = std::min(size_, (lo + count) * unit_);
        lo *= unit_;
        return true;
    }
    void found(std::uint64_t n) noexcept {
        std::uint64_t seen = lowest_.load(relaxed);
        while (n < seen && !lowest_.compare_exchange(seen, n, relaxed)) { // published by the joins
        }
    }
    /// The block from `begin` on has thrown: the search ends there, unless a match is below.
    void failed(std::uint64_t begin, std::exception_ptr error) noexcept {
        const lock_guard guard(lock_);
        if (begin < error_at_) {
            error_at_ = begin;
            error_ = std::move(error);
        }
        found(begin);
    }
    /// After the loop. Throws: what a block threw, if nothing below it was found.
    std::uint64_t result() const {
        const std::uint64_t lowest = lowest_.load(relaxed); // after the joins
        if (error_ != nullptr && lowest == error_at_) [[unlikely]]
            std::rethrow_exception(error_);
        return lowest;
    }

private:
    const std::uint64_t size_, unit_;
    const bool is_in_order_;
    atomic<std::uint64_t> lowest_; // found, or the begin of a block that threw; at first behind the last
    lock lock_;
    std::uint64_t error_at_ = ~std::uint64_t{0};
    std::exception_ptr error_;
    // The first ticket's block that nobody has. On a line of its own: what all threads read is not written with each block.
    alignas(cache_line) atomic<std::uint64_t> next_{0};
};

template <class Find>
class search_strand {
public:
    search_strand(search_front& front, const Find& find) noexcept : front_(front), find_(find) {}

    void run(std::uint64_t lo, std::uint64_t hi) {
        if (!front_.try_take(lo, hi)) return;
        std::uint64_t n = hi;
        call_guarded([&] { n = find_(lo, hi); },
                     [&](std::exception_ptr error) { front_.failed(lo, std::move(error)); });
        if (n != hi) front_.found(n);
    }
    search_strand split() const noexcept { return *this; }
    static constexpr bool keeps_nothing = true;

private:
    search_front& front_;
    const Find& find_;
};

/// Returns: the lowest n in [0, size) that find says, else size. Throws: what find threw, if no match lies below: the
/// outcome is that of one search from the left; else as parallel_for. Blocks: as that. What find is given begins
/// at multiples of `unit`. Bytes: as for run_plain_blocks().
template <std::uint64_t Bytes = 0, class Policy, class Find>
std::uint64_t first_found(const Policy& policy, std::uint64_t size, const Find& find, std::uint64_t unit = 1) {
    if (size == 0) return 0;
    if constexpr (std::same_as<Policy, sequenced_policy>) {
        return find(0, size);
    } else {
        if (are_few<Bytes>(policy, size)) return find(0, size);
        search_front front(size, unit, policy_access::where(policy) == nullptr);
        run_blocks(block_policy(policy, unit), front.tickets(),
                   [&](std::uint64_t lo, std::uint64_t hi) { search_strand<Find>(front, find).run(lo, hi); });
        return front.result();
    }
}

/// The elements of [first, last) have numbers, and how many there are is known at once.
template <class I, class S>
inline constexpr bool is_numbered = std::random_access_iterator<I> && std::sized_sentinel_for<S, I>;

/// Returns: the first n in [lo, hi) for which test(element n) says yes, else hi.
template <class Base, class Test>
std::uint64_t find_in_block(const Base& from, std::uint64_t lo, std::uint64_t hi, const Test& test) {
    if constexpr (std::is_pointer_v<Base>) {
        return size_of(from, std::find_if(from + lo, from + hi, test)); // which is unrolled
    } else { // not all of C++20's iterators are good enough for that
        const auto in_registers = test;
        for (auto each = nth_of(from, lo); lo != hi && !in_registers(*each); ++each) ++lo;
        return lo;
    }
}

/// Returns: the first element for which test(element) says yes, else the end.
template <class Policy, class I, class S, class Test>
I find_element(const Policy& policy, I first, S last, const Test& test) {
    if constexpr (is_numbered<I, S>) {
        const auto from = base_of(first);
        const auto find = [&from, &test](std::uint64_t lo, std::uint64_t hi) {
            return detail::find_in_block(from, lo, hi, test);
        };
        const std::uint64_t n = first_found<number_bytes<I, Test>>(policy, size_of(first, last), find);
        return nth_of(first, n);
    } else {
        while (first != last && !test(*first)) ++first;
        return first;
    }
}

/// Returns: the first element for which test(element, the next one) says yes, else the end.
template <class Policy, class I, class S, class Test>
I find_neighbours(const Policy& policy, I first, S last, const Test& test) {
    if constexpr (is_numbered<I, S>) {
        const std::uint64_t size = size_of(first, last);
        if (size < 2) return nth_of(first, size);
        const auto from = base_of(first);
        const auto find = [&from, &test](std::uint64_t lo, std::uint64_t hi) {
            const auto in_registers = test;
            for (auto each = nth_of(from, lo); lo != hi && !in_registers(*each, *nth_of(each, 1)); ++each) ++lo;
            return lo;
        };
        const std::uint64_t n = first_found<number_bytes<I, Test>>(policy, size - 1, find);
        return nth_of(first, n == size - 1 ? size : n);
    } else {
        if (first == last) return first;
        I next = first;
        for (; ++next != last; first = next) {
            if (test(*first, *next)) return first;
        }
        return next;
    }
}

} // namespace detail
PEL_NAMESPACE_END

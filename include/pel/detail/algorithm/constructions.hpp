// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Constructs and destroys elements in blocks, so that no object is left over, or left out, when a call is cut short.
//   each strand belongs to the thread that runs it; join() to the thread that is handed the other.
// C1  A strand owns the objects in [begin_, end_), and no others: run() adds what is constructed, join() takes over
//     what another strand owns if that follows. After an exception or a cancellation it need not follow. Then what was not
//     taken over is destroyed with its strand, nothing is added behind a gap, and the first strand is not released.
#pragma once

#include <pel/detail/algorithm/blocks.hpp>
#include <pel/detail/algorithm/complete_phases.hpp>
#include <pel/detail/algorithm/elements.hpp>

#include <cstdint>
#include <iterator>
#include <memory>
#include <type_traits>

PEL_NAMESPACE_BEGIN
namespace detail {

/// Memory for objects, reached through O.
template <class O>
concept memory_of = std::forward_iterator<O> && std::is_lvalue_reference_v<std::iter_reference_t<O>>;

/// Run: run(lo, hi) constructs the elements from lo to hi, or throws and leaves none of them.
template <class Base, class Run>
class constructing_strand {
public:
    constructing_strand(const Base& first, const Run& run) noexcept(std::is_nothrow_copy_constructible_v<Base>)
        : first_(first), run_(run) {}
    constructing_strand(constructing_strand&& other) noexcept(std::is_nothrow_copy_constructible_v<Base>)
        : first_(other.first_), run_(other.run_), begin_(other.begin_), end_(other.end_) {
        other.release();
    }
    constructing_strand& operator=(constructing_strand&&) = delete;
    ~constructing_strand() {
        if (begin_ != end_) std::destroy(nth_of(first_, begin_), nth_of(first_, end_));
    }

    void run(std::uint64_t lo, std::uint64_t hi) {
        if (begin_ == end_) begin_ = end_ = lo;
        if (end_ != lo) return; // C1
        run_(lo, hi);
        end_ = hi;
    }
    constructing_strand split() const { return constructing_strand(first_, run_); }
    void join(constructing_strand&& next) noexcept {
        if (begin_ == end_) begin_ = end_ = next.begin_;
        if (end_ != next.begin_) return; // C1
        end_ = next.end_;
        next.release();
    }
    /// The objects are somebody else's from now on.
    void release() noexcept { begin_ = end_; }

private:
    const Base first_;
    const Run& run_;
    std::uint64_t begin_ = 0, end_ = 0;
};

/// Has run(lo, hi) construct `size` elements from `first` on. Throws: what it throws; as parallel_for. Then none is
/// left. Bytes: how much it writes for each, if it cannot throw, or 0.
template <std::uint64_t Bytes, class Policy, class Base, class Run>
PEL_ALWAYS_INLINE void construct_elements(const Policy& policy, const Base& first, std::uint64_t size, const Run& run) {
    if (are_few<Bytes>(policy, size)) return run(std::uint64_t{0}, size);
    if constexpr (std::is_trivially_destructible_v<std::iter_value_t<Base>>) {
        run_blocks(policy, size, run);
    } else if (size != 0) {
        constructing_strand<Base, Run> strand(first, run);
        pel::parallel_ranges(policy, size, strand);
        strand.release();
    }
}

/// Calls run(lo, hi) on ranges that together are [0, size), all of them, also if it throws. Requires: run does not throw;
/// fewer than `least` items are too few to share. Throws: as parallel_for.
template <class Policy, class Run>
void run_all_chunks(const Policy& policy, std::uint64_t size, const Run& run, std::uint64_t least = 1) {
    complete_phases phases;
    phases.run_blocks(policy, size, run, 1, least);
    phases.rethrow();
}

/// Destroys `size` elements from `first` on, all of them, also if it throws. Throws: as parallel_for.
template <class Policy, class Base>
    requires(!std::is_trivially_destructible_v<std::iter_value_t<Base>>)
void destroy_elements(const Policy& policy, const Base& first, std::uint64_t size) {
    run_all_chunks(policy, size,
                   [&](std::uint64_t lo, std::uint64_t hi) { std::destroy(nth_of(first, lo), nth_of(first, hi)); });
}

} // namespace detail
PEL_NAMESPACE_END

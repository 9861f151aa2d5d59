// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Moves the selected elements of a range to its front, in their order. The range is cut into chunks. First each chunk
// moves those that belong before it to scratch memory, then it closes its own gaps, and when all have, what is in the
// scratch memory goes to its place, where nothing is needed any more. Only moves happen here; all has been judged.
#pragma once

#include <pel/detail/algorithm/complete_phases.hpp>
#include <pel/detail/algorithm/insertion_sort.hpp>
#include <pel/detail/algorithm/scratch.hpp>
#include <pel/detail/algorithm/selection.hpp>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <memory>
#include <vector>

PEL_NAMESPACE_BEGIN
namespace detail {

template <class Base>
struct move_selected {
    Base first;

    PEL_ALWAYS_INLINE void put(std::uint64_t n, std::uint64_t rank) const {
        if (n != rank) *nth_of(first, rank) = std::ranges::iter_move(nth_of(first, n));
    }
};

template <class Base>
class gap_closer {
    using value = std::iter_value_t<Base>;

public:
    gap_closer(Base first, const std::vector<judged_items>& judged, value* scratch)
        : move_{first}, judged_(judged), scratch_(scratch), stays_(chunks()) {}

    template <class Policy>
    void run(const Policy& policy) {
        complete_phases phases;
        phases.run(policy, chunks(), 64 * in_chunk, [this](std::uint64_t chunk) { leave(chunk); });
        phases.run(policy, chunks(), 64 * in_chunk, [this](std::uint64_t chunk) { close(chunk); });
        phases.run(policy, chunks(), 64 * in_chunk, [this](std::uint64_t chunk) { arrive(chunk); });
        phases.rethrow();
    }

private:
    static constexpr std::size_t in_chunk = 1 << 8; // of up to 64 items

    std::uint64_t chunks() const noexcept { return (judged_.size() + in_chunk - 1) / in_chunk; }
    /// Calls body(n, rank) for the selected ones of a chunk, while it returns true.
    template <class Body>
    void for_selected(std::uint64_t chunk, const Body& body) const {
        const std::size_t end = std::min(judged_.size(), (chunk + 1) * in_chunk);
        for (std::size_t each = chunk * in_chunk; each < end; ++each) {
            std::uint64_t rank = judged_[each].before;
            for (std::uint64_t left = judged_[each].bits; left != 0; left &= left - 1, ++rank) {
                if (!body(judged_[each].begin + static_cast<unsigned>(std::countr_zero(left)), rank)) return;
            }
        }
    }
    std::uint64_t begin(std::uint64_t chunk) const noexcept { return judged_[chunk * in_chunk].begin; }

    void leave(std::uint64_t chunk) {
        const std::uint64_t border = begin(chunk);
        for_selected(chunk, [&](std::uint64_t n, std::uint64_t rank) {
            if (rank >= border) return false;
            std::construct_at(scratch_ + rank, std::ranges::iter_move(nth_of(move_.first, n)));
            stays_[chunk] = rank + 1;
            return true;
        });
    }
    void close(std::uint64_t chunk) const {
        for_selected(chunk, [&](std::uint64_t n, std::uint64_t rank) {
            if (rank >= stays_[chunk]) move_.put(n, rank);
            return true;
        });
    }
    void arrive(std::uint64_t chunk) const {
        for_selected(chunk, [&](std::uint64_t, std::uint64_t rank) {
            if (rank >= stays_[chunk]) return false;
            *nth_of(move_.first, rank) = std::move(scratch_[rank]);
            std::destroy_at(scratch_ + rank);
            return true;
        });
    }

    const move_selected<Base> move_;
    const std::vector<judged_items>& judged_;
    value* const scratch_;
    std::vector<std::uint64_t> stays_; // of each chunk: the rank from which on its elements stay in it
};

/// Judges items [0, size), and moves the selected elements to the front. Returns: how many there are. Throws: what judge
/// throws: then nothing has moved. Memory: that of judge_all(), and a place for each selected one; without
/// that, or where moves may throw, elements are moved on one thread.
template <class Policy, class Base, class Judge>
std::uint64_t keep_selected(const Policy& policy, Base first, std::uint64_t size, const Judge& judge) {
    const std::vector<judged_items> judged = detail::judge_all(policy, size, judge);
    const std::uint64_t selected = detail::selected_in(judged);
    if (selected == size) return size;
    if constexpr (moves_safely<Base>) {
        const scratch_memory<std::iter_value_t<Base>> scratch(selected);
        if (scratch.data() != nullptr) {
            gap_closer<Base>(first, judged, scratch.data()).run(policy);
            return selected;
        }
    }
    const move_selected<Base> move{first};
    for (const judged_items& items : judged) detail::put_items(move, items);
    return selected;
}

} // namespace detail
PEL_NAMESPACE_END

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Which items of a range are selected, and where each of them goes in the order of the selected ones. Every item is judged
// once, 64 at a time without a branch. Who calls knows how many were selected before, and puts items in their places at
// once; what other threads take is remembered, a bit for each item, and put in its place when all is known. Many items that
// may be copied freely are gathered instead (gathering.hpp).
//   Judge: judge(n) -> bool. Put: put(n, rank) for a selected item, rank counting the selected ones before it; and
//   skip(n, rank) for others, if it has that, rank counting the ones not selected before it. What has a type `gathered`, of
//   which get(n) is an item's copy, takes several at once too: put_all(copies, count, rank).
#pragma once

#include <pel/detail/algorithm/blocks.hpp>
#include <pel/detail/algorithm/fixed_chunks.hpp>
#include <pel/detail/algorithm/gathering.hpp>
#include <pel/detail/algorithm/scratch.hpp>
#include <pel/parallel_for.hpp>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <utility>
#include <vector>

PEL_NAMESPACE_BEGIN
namespace detail {

/// The judgement of up to 64 items.
struct judged_items {
    std::uint64_t begin;  // the number of the first
    std::uint64_t before; // how many are selected before them
    std::uint64_t bits;
    unsigned count;
};

template <class Judge>
PEL_ALWAYS_INLINE judged_items judge_items(const Judge& judge, std::uint64_t begin, std::uint64_t end) {
    const auto count = static_cast<unsigned>(std::min<std::uint64_t>(64, end - begin));
    std::uint64_t bits = 0;
    for (unsigned each = 0; each < count; ++each)
        bits |= static_cast<std::uint64_t>(static_cast<bool>(judge(begin + each))) << each;
    return {begin, 0, bits, count};
}

template <class Put>
PEL_ALWAYS_INLINE void put_items(const Put& put, const judged_items& items) {
    std::uint64_t rank = items.before;
    for (std::uint64_t left = items.bits; left != 0; left &= left - 1)
        put.put(items.begin + static_cast<unsigned>(std::countr_zero(left)), rank++);
    if constexpr (requires { put.skip(rank, rank); }) {
        std::uint64_t skipped = items.begin - items.before;
        const std::uint64_t all = items.count == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << items.count) - 1;
        for (std::uint64_t left = ~items.bits & all; left != 0; left &= left - 1)
            put.skip(items.begin + static_cast<unsigned>(std::countr_zero(left)), skipped++);
    }
}

template <class Put>
inline constexpr bool is_gathered = requires { typename Put::gathered; };

/// Copies each item behind the selected ones before it, which costs no jump that nobody can foresee. Requires: there is room
/// for all of [begin, end). Returns: how many are selected.
template <class Judge, class Put>
PEL_ALWAYS_INLINE std::uint64_t gather_items(const Judge& judge, const Put& put, std::uint64_t begin, std::uint64_t end,
                                             typename Put::gathered* selected) {
    const Judge in_registers = judge;
    std::uint64_t count = 0;
    for (; begin != end; ++begin) {
        selected[count] = put.get(begin);
        count += static_cast<std::uint64_t>(static_cast<bool>(in_registers(begin)));
    }
    return count;
}
/// The same as gathering has it.
template <class Judge, class Put>
struct judged_copies {
    using gathered = typename Put::gathered;
    struct items {
        const judged_copies& all;
        std::uint64_t begin, end;

        std::uint64_t gather(gathered* copies) const {
            return detail::gather_items(all.judge, all.put, begin, end, copies);
        }
    };

    const Judge& judge;
    const Put& put;

    items part(std::uint64_t begin, std::uint64_t end) const { return {*this, begin, end}; }
    void put_all(const gathered* copies, std::uint64_t count, std::uint64_t rank) const {
        put.put_all(copies, count, rank);
    }
};

template <class Judge, class Put>
class selection_strand {
public:
    selection_strand(const Judge& judge, const Put* put) noexcept : judge_(judge), put_(put) {}

    void run(std::uint64_t lo, std::uint64_t hi) {
        if constexpr (is_gathered<Put>) {
            for (; put_ != nullptr && hi - lo >= most_gathered; lo += most_gathered) put_gathered(lo);
        }
        while (lo != hi) {
            const judged_items items = detail::judge_items(judge_, lo, hi);
            lo += items.count;
            add(items);
        }
    }
    /// As run(), until goes_on() says no after an item. Returns: the item after that.
    template <class GoesOn>
    std::uint64_t run_while(std::uint64_t lo, std::uint64_t hi, const GoesOn& goes_on) {
        judged_items items{lo, 0, 0, 0};
        do items.bits |= static_cast<std::uint64_t>(static_cast<bool>(judge_(lo))) << items.count++;
        while (++lo != hi && items.count != 64 && goes_on());
        add(items);
        return lo;
    }
    selection_strand split() const noexcept { return selection_strand(judge_, nullptr); }
    void join(selection_strand&& next) {
        open_.reserve(open_.size() + next.open_.size()); // no more than is documented
        for (judged_items& items : next.open_) {
            take(items);
            open_.push_back(items);
        }
    }

    std::uint64_t selected() const noexcept { return selected_; }
    /// What is still to be put in its place.
    std::vector<judged_items>& open() noexcept { return open_; }

private:
    static constexpr unsigned most_gathered = 64;

    PEL_ALWAYS_INLINE void put_gathered(std::uint64_t begin) {
        scratch_array<typename Put::gathered, most_gathered> selected;
        const std::uint64_t count = detail::gather_items(judge_, *put_, begin, begin + most_gathered, selected.data());
        put_->put_all(selected.data(), count, selected_);
        selected_ += count;
    }
    PEL_ALWAYS_INLINE void add(judged_items items) {
        take(items);
        if (put_ == nullptr)
            keep(items);
        else
            detail::put_items(*put_, items);
    }
    void take(judged_items& items) noexcept {
        items.before = selected_;
        selected_ += static_cast<unsigned>(std::popcount(items.bits));
    }

    /// With those before them, if both fit: slow judgements come in blocks of a few.
    PEL_ALWAYS_INLINE void keep(const judged_items& items) {
        if (!open_.empty() && open_.back().begin + open_.back().count == items.begin &&
            open_.back().count + items.count <= 64) {
            open_.back().bits |= items.bits << open_.back().count;
            open_.back().count += items.count;
        } else {
            open_.push_back(items);
        }
    }

    const Judge& judge_;
    const Put* put_; // null: not known yet how many are selected before
    std::uint64_t selected_ = 0;
    std::vector<judged_items> open_;
};

/// Judges items [0, size), and puts each of them in its place. Returns: how many are selected. Throws, blocks: as
/// parallel_for. Complexity: work n calls of judge, a put for each selected, span O(n / 64): what others judged
/// is appended, 64 items at a time. Where they are gathered: see there. Memory: half a byte
/// to one and a half for each item that other threads judge.
template <class Policy, class Judge, class Put>
std::uint64_t select_items(const Policy& policy, std::uint64_t size, const Judge& judge, const Put& put) {
    if (size == 0) return 0;
    if constexpr (is_gathered<Put>) {
        if (are_gathered(policy, size)) {
            const judged_copies<Judge, Put> source{judge, put};
            return gathering(size, source).run(policy);
        }
    }
    selection_strand<Judge, Put> strand(judge, &put);
    pel::parallel_ranges(policy, size, strand);
    const auto& open = strand.open();
    run_numbers(block_policy(policy, 64), open.size(), [&](std::size_t each) { detail::put_items(put, open[each]); });
    return strand.selected();
}

struct put_nothing {
    static void put(std::uint64_t, std::uint64_t) noexcept {}
};

/// The same, but nothing is put yet. Returns: all judgements, in order. Memory: half a byte for each item, of which a vector
/// that grows has up to twice as much, and three times while it does.
template <class Policy, class Judge>
std::vector<judged_items> judge_all(const Policy& policy, std::uint64_t size, const Judge& judge) {
    if (size == 0) return {};
    selection_strand<Judge, put_nothing> strand(judge, nullptr);
    pel::parallel_ranges(policy, size, strand);
    return std::move(strand.open());
}
inline std::uint64_t selected_in(const std::vector<judged_items>& judged) noexcept {
    return judged.empty() ? 0 : judged.back().before + static_cast<unsigned>(std::popcount(judged.back().bits));
}

} // namespace detail
PEL_NAMESPACE_END

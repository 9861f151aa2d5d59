// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Copies of the selected ones of many items, of which each is read once: a thread takes the next chunk that nobody has,
// gathers copies of what is selected, and puts these where they belong while they are in its cache. All threads are at the
// front of what is left, so that what is before a chunk is counted, as a rule, by the time the chunk is.
//   Source: has a type `gathered`, copied freely; put_all(copies, count, rank), rank counting the selected ones before those;
//   and part(begin, end), some of the items: part.gather(copies) -> how many of these are selected, whose copies it writes,
//   in their order, to room for end - begin + gathering_spare of them; and, if it has that, part.put(rank) -> how many,
//   without copies in between, to be called if part.is_put_at_once().
#pragma once

#include <pel/detail/algorithm/blocks.hpp>
#include <pel/detail/algorithm/fixed_chunks.hpp>
#include <pel/detail/algorithm/rank_chain.hpp>
#include <pel/detail/algorithm/scratch.hpp>
#include <pel/detail/platform/cpu_relax.hpp>
#include <pel/detail/sync/atomic.hpp>
#include <pel/detail/sync/lock.hpp>
#include <pel/policy.hpp>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <utility>
#include <vector>

PEL_NAMESPACE_BEGIN
namespace detail {

inline constexpr std::uint64_t least_gathering = 1 << 16, least_gathering_unit = 64,
                               most_gathering_unit = 1024; // items
inline constexpr std::uint64_t gathering_spare = 1;

/// Whether so many items are enough for it. Where the caller says who works on what, nobody takes what is next.
template <class Policy>
constexpr bool are_gathered(const Policy& policy, std::uint64_t size) noexcept {
    return size >= least_gathering && policy_access::where(policy) == nullptr;
}

/// Returns: by how many items at a time they are handed out. Many units, since looking at one item may take long; but there
/// is a word for each.
constexpr std::uint64_t gathering_unit(std::uint64_t size) noexcept {
    return std::clamp(std::bit_floor(size >> 14), least_gathering_unit, most_gathering_unit);
}

template <class Source>
class gathering {
    using copy = typename Source::gathered;

public:
    /// Throws: std::bad_alloc.
    gathering(std::uint64_t size, Source& source)
        : size_(size), source_(source), unit_(gathering_unit(size)), ranks_((size + unit_ - 1) / unit_) {}

    /// Returns: how many are selected. Throws, blocks: as parallel_for; std::bad_alloc.
    template <class Policy>
    std::uint64_t run(const Policy& policy) {
        // A block of k units is a right to k that nobody has: the next ones whenever one is to be taken.
        run_blocks(block_policy(policy, unit_), ranks_.units(), [this](std::uint64_t lo, std::uint64_t hi) {
            const std::uint64_t most = most_gathered / unit_;
            for (std::uint64_t left = hi - lo; left != 0;) {
                const std::uint64_t units = std::min(left, most);
                const std::uint64_t begin = next_.fetch_add(units, relaxed); // each once; nothing else is read by it
                take(begin, begin + units);
                left -= units;
            }
        });
        run_numbers(block_policy(policy, most_gathered), late_.size(), [this](std::uint64_t number) {
            const late_chunk& late = late_[number];
            source_.put_all(reinterpret_cast<const copy*>(late.bytes.get()), late.count, ranks_.rank(late.begin));
        });
        return ranks_.rank(ranks_.units());
    }

private:
    struct late_chunk {
        std::uint64_t begin; // its first unit
        std::uint64_t count;
        std::unique_ptr<std::byte[]> bytes; // of the copies
    };

    static constexpr std::uint64_t most_gathered = std::min<std::uint64_t>(2048, 16384 / sizeof(copy));
    static_assert(most_gathered / least_gathering_unit <= rank_chain::most_units &&
                  most_gathered + gathering_spare <= rank_chain::most_items && most_gathering_unit <= most_gathered);

    void take(std::uint64_t begin, std::uint64_t end) {
        const auto part = source_.part(begin * unit_, std::min(size_, end * unit_));
        if constexpr (requires { part.put(begin); }) {
            if (ranks_.is_known(begin) && part.is_put_at_once())
                return ranks_.count(begin, end, part.put(ranks_.rank(begin)));
        }
        scratch_array<copy, most_gathered + gathering_spare> room;
        copy* const selected = room.data();
        const std::uint64_t count = part.gather(selected);
        ranks_.count(begin, end, count);
        constexpr unsigned patience = 256; // about as long as others take for a chunk
        for (unsigned turn = 0; !ranks_.is_known(begin); ++turn) {
            if (turn == patience) return keep(begin, selected, count);
            cpu_relax();
        }
        source_.put_all(selected, count, ranks_.rank(begin));
    }
    void keep(std::uint64_t begin, const copy* copies, std::uint64_t count) {
        late_chunk late{begin, count, std::make_unique_for_overwrite<std::byte[]>(count * sizeof(copy))};
        std::memcpy(late.bytes.get(), copies, count * sizeof(copy));
        const lock_guard guard(lock_);
        late_.push_back(std::move(late));
    }

    const std::uint64_t size_;
    Source& source_;
    const std::uint64_t unit_;
    rank_chain ranks_;
    atomic<std::uint64_t> next_{0}; // the first unit that nobody has
    lock lock_;
    std::vector<late_chunk> late_; // those whose ranks were not known in time
};

} // namespace detail
PEL_NAMESPACE_END

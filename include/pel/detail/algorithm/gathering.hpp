// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Copies of the selected ones of many items, of which each is read once: a thread takes the next chunk that nobody has,
// gathers copies of what is selected, and puts these where they belong while they are in its cache. All threads are at the
// front of what is left, so that what is before a chunk is counted, as a rule, by the time the chunk is.
//   Judge, Put: as for select_items(); Put has a type `gathered`, trivially copyable.
#pragma once

#include <pel/detail/algorithm/blocks.hpp>
#include <pel/detail/algorithm/fixed_chunks.hpp>
#include <pel/detail/algorithm/rank_chain.hpp>
#include <pel/detail/platform/cpu_relax.hpp>
#include <pel/detail/sync/atomic.hpp>
#include <pel/detail/sync/lock.hpp>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <utility>
#include <vector>

PEL_NAMESPACE_BEGIN
namespace detail {

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

template <class Judge, class Put>
class gathering {
    using copy = typename Put::gathered;

public:
    /// Throws: std::bad_alloc.
    gathering(std::uint64_t size, const Judge& judge, const Put& put)
        : size_(size), judge_(judge), put_(put), unit_(unit_for(size)), ranks_((size + unit_ - 1) / unit_) {}

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
            put_.put_all(late.copies.data(), late.copies.size(), ranks_.rank(late.begin));
        });
        return ranks_.rank(ranks_.units());
    }

private:
    struct late_chunk {
        std::uint64_t begin; // its first unit
        std::vector<copy> copies;
    };

    static constexpr std::uint64_t most_gathered = std::min<std::uint64_t>(2048, 16384 / sizeof(copy));
    static constexpr std::uint64_t least_unit = 64, most_unit = 1024; // items
    static_assert(most_gathered / least_unit <= rank_chain::most_units && most_gathered <= rank_chain::most_items &&
                  most_unit <= most_gathered);

    /// Many units, since judging one item may take long; but there is a word for each.
    static std::uint64_t unit_for(std::uint64_t size) noexcept {
        return std::clamp(std::bit_floor(size >> 14), least_unit, most_unit);
    }

    void take(std::uint64_t begin, std::uint64_t end) {
        copy selected[most_gathered];
        const std::uint64_t count = gather_items(judge_, put_, begin * unit_, std::min(size_, end * unit_), selected);
        ranks_.count(begin, end, count);
        constexpr unsigned patience = 256; // about as long as others take for a chunk
        for (unsigned turn = 0; !ranks_.is_known(begin); ++turn) {
            if (turn == patience) return keep({begin, std::vector<copy>(selected, selected + count)});
            cpu_relax();
        }
        put_.put_all(selected, count, ranks_.rank(begin));
    }
    void keep(late_chunk late) {
        const lock_guard guard(lock_);
        late_.push_back(std::move(late));
    }

    const std::uint64_t size_;
    const Judge& judge_;
    const Put& put_;
    const std::uint64_t unit_;
    rank_chain ranks_;
    atomic<std::uint64_t> next_{0}; // the first unit that nobody has
    lock lock_;
    std::vector<late_chunk> late_; // those whose ranks were not known in time
};

} // namespace detail
PEL_NAMESPACE_END

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Distributes a range into buckets that follow each other, stably, and works on each of them: sample sort and what is like
// it. Blocks of the range move to scratch memory, each sorted by bucket there; then each bucket is gathered from all
// blocks, in their order, to its place in the range. Every element moves twice, to places near each other both times.
// A Classifier tells the bucket of each element of a stretch: classify(first, number of the first, n, bucket).
// User code runs, and loops are cancelled, in two places only:
// B1  While elements are classified, which moves none: blocks that have moved by then move back.
// B2  While buckets are worked on, which leaves each of them complete: those that are not gathered yet are gathered.
#pragma once

#include <pel/detail/algorithm/blocks.hpp>
#include <pel/detail/algorithm/elements.hpp>
#include <pel/detail/algorithm/fixed_chunks.hpp>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

PEL_NAMESPACE_BEGIN
namespace detail {

inline constexpr unsigned most_buckets = 256; // bucket numbers are bytes
inline constexpr std::uint64_t never_late = ~std::uint64_t{0};

template <class Base, class Classifier>
class distribution {
    using value = std::iter_value_t<Base>;

public:
    /// Requires: scratch has room for `size` elements; moves do not throw.
    distribution(Base first, std::uint64_t size, value* scratch, const Classifier& classifier)
        : first_(first), size_(size), scratch_(scratch), classifier_(classifier), block_(block_of(size)),
          buckets_(classifier.buckets()), begins_(blocks() * (buckets_ + 1)), has_moved_(blocks()),
          is_gathered_(buckets_), bucket_begins_(buckets_ + 1) {}

    /// Calls work(bucket, begin, end) for each bucket, as [0, size) counts. Where a bucket has `least_late` elements or more,
    /// it may use that part of the scratch memory: it is called once all buckets are gathered; else while the bucket is in
    /// a cache.
    template <class Policy, class Work>
    void run(const Policy& policy, std::uint64_t least_late, const Work& work) {
        call_unwinding(
            [&] {
                if constexpr (Classifier::uses_elements) // as they are in the range: nothing may move meanwhile
                    for_blocks(policy, [&](std::uint64_t block) { classify(block, bucket_numbers(block)); });
                for_blocks(policy, [&](std::uint64_t block) { spread(block); });
            },
            [&] { take_back(); });
        count_buckets();
        const auto work_on = [&](std::uint64_t bucket) {
            work(static_cast<unsigned>(bucket), bucket_begins_[bucket], bucket_begins_[bucket + 1]);
        };
        const auto is_late = [&](std::uint64_t bucket) {
            return bucket_begins_[bucket + 1] - bucket_begins_[bucket] >= least_late;
        };
        call_unwinding(
            [&] {
                run_numbers(block_policy(policy, size_ / buckets_), buckets_, [&](std::uint64_t bucket) {
                    gather(bucket);
                    if (!is_late(bucket)) work_on(bucket);
                });
            },
            [&] { gather_rest(); });
        if (least_late == never_late) return;
        run_numbers(block_policy(policy, size_ / buckets_), buckets_, [&](std::uint64_t bucket) {
            if (is_late(bucket)) work_on(bucket);
        });
    }

private:
    static constexpr std::uint64_t most_in_block = 1 << 14;

    static std::uint64_t block_of(std::uint64_t size) noexcept {
        return std::clamp<std::uint64_t>(std::bit_floor(size / 32), 256, most_in_block);
    }
    std::uint64_t blocks() const noexcept { return (size_ + block_ - 1) / block_; }
    std::uint64_t block_begin(std::uint64_t block) const noexcept { return block * block_; }
    std::uint64_t block_size(std::uint64_t block) const noexcept {
        return std::min(block_, size_ - block_begin(block));
    }
    /// Where a block's elements of each bucket begin in the scratch memory, and end.
    std::uint32_t* begins(std::uint64_t block) noexcept { return begins_.data() + block * (buckets_ + 1); }
    /// The bucket of each element of a block that has not moved, in its part of the scratch memory.
    unsigned char* bucket_numbers(std::uint64_t block) const noexcept {
        return reinterpret_cast<unsigned char*>(scratch_ + block_begin(block));
    }

    template <class Policy, class Body>
    void for_blocks(const Policy& policy, const Body& body) {
        run_numbers(block_policy(policy, block_), blocks(), body);
    }

    void classify(std::uint64_t block, unsigned char* bucket) const {
        classifier_.classify(nth_of(first_, block_begin(block)), block_begin(block), block_size(block), bucket);
    }
    /// Moves a block to the scratch memory, in the order of buckets.
    void spread(std::uint64_t block) {
        unsigned char bucket[most_in_block];
        const std::uint64_t n = block_size(block);
        if constexpr (Classifier::uses_elements)
            std::copy_n(bucket_numbers(block), n, bucket);
        else
            classify(block, bucket);
        std::uint32_t* const begin = begins(block);
        for (std::uint64_t each = 0; each < n; ++each) ++begin[bucket[each] + 1];
        std::uint32_t next[most_buckets];
        for (unsigned each = 0; each < buckets_; ++each) {
            next[each] = begin[each];
            begin[each + 1] += begin[each];
        }
        value* const to = scratch_ + block_begin(block);
        Base from = nth_of(first_, block_begin(block));
        for (std::uint64_t each = 0; each < n; ++each, (void)++from)
            std::construct_at(to + next[bucket[each]]++, std::ranges::iter_move(from));
        has_moved_[block] = 1;
    }
    /// B1: in another order, but all of them.
    PEL_COLD void take_back() noexcept {
        for (std::uint64_t block = 0; block < blocks(); ++block) {
            if (has_moved_[block] != 0)
                move_out(scratch_ + block_begin(block), block_size(block), nth_of(first_, block_begin(block)));
        }
    }

    void count_buckets() noexcept {
        for (std::uint64_t block = 0; block < blocks(); ++block) {
            const std::uint32_t* const begin = begins(block);
            for (unsigned bucket = 0; bucket < buckets_; ++bucket)
                bucket_begins_[bucket + 1] += begin[bucket + 1] - begin[bucket];
        }
        for (unsigned bucket = 0; bucket < buckets_; ++bucket) bucket_begins_[bucket + 1] += bucket_begins_[bucket];
    }
    void gather(std::uint64_t bucket) noexcept {
        Base to = nth_of(first_, bucket_begins_[bucket]);
        for (std::uint64_t block = 0; block < blocks(); ++block) {
            const std::uint32_t* const begin = begins(block);
            const std::uint64_t n = begin[bucket + 1] - begin[bucket];
            to = move_out(scratch_ + block_begin(block) + begin[bucket], n, to);
        }
        is_gathered_[bucket] = 1;
    }
    PEL_COLD void gather_rest() noexcept {
        for (std::uint64_t bucket = 0; bucket < buckets_; ++bucket) {
            if (is_gathered_[bucket] == 0) gather(bucket);
        }
    }
    static Base move_out(value* from, std::uint64_t n, Base to) noexcept {
        const Base end = std::move(from, from + n, to);
        std::destroy_n(from, n);
        return end;
    }

    const Base first_;
    const std::uint64_t size_;
    value* const scratch_;
    const Classifier& classifier_;
    const std::uint64_t block_;
    const unsigned buckets_;
    std::vector<std::uint32_t> begins_;
    std::vector<unsigned char> has_moved_, is_gathered_; // written by who moves the block, or gathers the bucket
    std::vector<std::uint64_t> bucket_begins_;
};

} // namespace detail
PEL_NAMESPACE_END

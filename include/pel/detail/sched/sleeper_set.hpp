// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Who sleeps: one bit per record of a pool, numbered as its user likes. The count that goes with it is in the seats word
// and is authoritative: a waker first takes one off that count and then any bit; so does a sleeper that leaves by itself,
// and if its own bit is gone, it owes the wake-up of another. Bits are exchangeable, which is what makes the two-step
// registry safe, and lets the waker choose.
//   add(), remove(), has(): the record's own thread.  claim(), claim_nearest(): whoever has taken one off.
// I1  the number of bits >= the count + the takers that have no bit yet; so claim() finds one.
//   W1: add()'s RMW, sequenced before the sleeper's seats RMW -> claim() after the waker's (edge S1).
#pragma once

#include <pel/detail/platform/cpu_relax.hpp>
#include <pel/detail/sync/atomic.hpp>

#include <bit>
#include <cstdint>

PEL_NAMESPACE_BEGIN
namespace detail {

class sleeper_set {
public:
    /// `words` holds one bit per record, 64 each.
    constexpr sleeper_set(atomic<std::uint64_t>* words, std::uint32_t count) noexcept : words_(words), count_(count) {}

    void add(std::uint32_t record) noexcept {
        words_[record / 64].fetch_or(bit(record), acq_rel); // sync(W1) acq_rel: before the seats RMW of the sleeper
    }
    /// Returns: whether the bit was still there.
    bool remove(std::uint32_t record) noexcept {
        return (words_[record / 64].fetch_and(~bit(record), acq_rel) & bit(record)) != 0; // sync(W1) acq_rel: one taker
    }
    bool has(std::uint32_t record) const noexcept {
        return (words_[record / 64].load(acquire) & bit(record)) != 0; // sync(W1) acquire: the waker's reservation
    }
    /// Takes a bit and returns its number. `near` is where to begin.
    std::uint32_t claim(std::uint32_t near) noexcept {
        for (std::uint32_t turn = near / 64;; ++turn) {
            const std::uint32_t found =
                try_claim_in(turn % count_, ~std::uint64_t{0}, [](std::uint32_t) { return true; });
            if (found != none) return found;
            if (turn % count_ == 0) cpu_relax();
        }
    }
    /// The same, nearest first: bits are numbered like the seats of `order`; those above come last, and so does the seat
    /// `near`, where the caller is. Who would have a core to itself comes before those that would share one.
    template <class Order>
    std::uint32_t claim_nearest(const Order& order, std::uint32_t near) noexcept {
        const auto runs = order.runs_of(near);
        const auto own_core = order.core_of(near);
        const auto is_core_asleep = [&](std::uint32_t seat) {
            const auto core = order.core_of(seat);
            return core.first != own_core.first && has_all(core.first, core.count);
        };
        for (unsigned each = 0; each < runs.size(); ++each) {
            const std::uint32_t found = try_claim_in_run(runs[each].first, runs[each].count, is_core_asleep);
            if (found != none) return found;
        }
        for (unsigned each = 0; each < runs.size(); ++each) {
            const std::uint32_t found =
                try_claim_in_run(runs[each].first, runs[each].count, [](std::uint32_t) { return true; });
            if (found != none) return found;
        }
        return claim(near);
    }

private:
    static constexpr std::uint32_t none = ~std::uint32_t{0};

    /// Takes one of the bits `among` of a word, if it is there and is_wanted(its number). Returns: its number, or none.
    template <class IsWanted>
    std::uint32_t try_claim_in(std::uint32_t index, std::uint64_t among, const IsWanted& is_wanted) noexcept {
        atomic<std::uint64_t>& word = words_[index];
        std::uint64_t bits = word.load(acquire) & among; // sync(W1) acquire: the bits added before
        for (; bits != 0; bits &= bits - 1) {
            const auto lowest = static_cast<std::uint32_t>(std::countr_zero(bits));
            if (!is_wanted(index * 64 + lowest)) continue;
            const std::uint64_t before =
                word.fetch_and(~(std::uint64_t{1} << lowest), acq_rel); // sync(W1) acq_rel: one taker
            if ((before >> lowest & 1) != 0) return index * 64 + lowest;
        }
        return none;
    }
    template <class IsWanted>
    std::uint32_t try_claim_in_run(std::uint32_t first, std::uint32_t count, const IsWanted& is_wanted) noexcept {
        const std::uint32_t last = first + count - 1;
        for (std::uint32_t index = first / 64; index <= last / 64; ++index) {
            std::uint64_t among = ~std::uint64_t{0};
            if (index == first / 64) among &= among << (first % 64);
            if (index == last / 64) among &= ~std::uint64_t{0} >> (63 - last % 64);
            const std::uint32_t found = try_claim_in(index, among, is_wanted);
            if (found != none) return found;
        }
        return none;
    }
    bool has_all(std::uint32_t first, std::uint32_t count) const noexcept {
        for (std::uint32_t each = first; each < first + count; ++each) {
            if (!has(each)) return false;
        }
        return true;
    }

    static constexpr std::uint64_t bit(std::uint32_t record) noexcept { return std::uint64_t{1} << (record % 64); }

    atomic<std::uint64_t>* words_;
    std::uint32_t count_; // words
};

} // namespace detail
PEL_NAMESPACE_END

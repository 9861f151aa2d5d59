// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Who sleeps: one bit per record of a pool. The count that goes with it is in the seats word and is authoritative: a
// waker first takes one off that count and then any bit; so does a sleeper that leaves by itself, and if its own bit is
// gone, it owes the wake-up of another. Bits are exchangeable, which is what makes the two-step registry safe.
//   add(), remove(), has(): the record's own thread.  claim(): whoever has taken one off the count.
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
    /// Takes a bit and returns its record. `near` is where to begin.
    std::uint32_t claim(std::uint32_t near) noexcept {
        for (std::uint32_t turn = near / 64;; ++turn) {
            atomic<std::uint64_t>& word = words_[turn % count_];
            std::uint64_t bits = word.load(acquire); // sync(W1) acquire: the bits added before
            while (bits != 0) {
                const auto lowest = static_cast<std::uint32_t>(std::countr_zero(bits));
                const std::uint64_t before =
                    word.fetch_and(~(std::uint64_t{1} << lowest), acq_rel); // sync(W1) acq_rel: one taker
                if ((before >> lowest & 1) != 0) return turn % count_ * 64 + lowest;
                bits = before & ~(std::uint64_t{1} << lowest);
            }
            if (turn % count_ == 0) cpu_relax();
        }
    }

private:
    static constexpr std::uint64_t bit(std::uint32_t record) noexcept { return std::uint64_t{1} << (record % 64); }

    atomic<std::uint64_t>* words_;
    std::uint32_t count_; // words
};

} // namespace detail
PEL_NAMESPACE_END

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A set of CPUs by OS index, of any size: what affinity calls and cpusets speak about. Plain value; not thread safe.
#pragma once

#include <pel/detail/platform/config.hpp>
#include <pel/detail/platform/plain_array.hpp>

#include <bit>
#include <cstddef>
#include <utility>

PEL_NAMESPACE_BEGIN
namespace detail {

class cpu_mask {
public:
    static constexpr unsigned word_bits = 8 * sizeof(unsigned long);
    /// No kernel numbers CPUs higher; a larger number in a file is a malformed file, not a reason to allocate.
    static constexpr unsigned max_cpus = 1U << 20;

    cpu_mask() = default;
    explicit cpu_mask(plain_array<unsigned long> words) : words_(std::move(words)) {}

    /// Returns: the CPUs 0 … count − 1.
    static cpu_mask first(unsigned count) {
        cpu_mask mask;
        for (unsigned cpu = 0; cpu < count; ++cpu) mask.insert(cpu);
        return mask;
    }

    void insert(unsigned cpu) {
        const std::size_t word = cpu / word_bits;
        if (word >= words_.size()) words_.resize(word + 1);
        words_[word] |= 1UL << (cpu % word_bits);
    }

    bool contains(unsigned cpu) const noexcept {
        const std::size_t word = cpu / word_bits;
        return word < words_.size() && (words_[word] >> (cpu % word_bits) & 1U) != 0;
    }

    unsigned count() const noexcept {
        unsigned total = 0;
        for (const unsigned long word : words_) total += static_cast<unsigned>(std::popcount(word));
        return total;
    }

    bool is_empty() const noexcept { return count() == 0; }

    /// Returns: a number that no CPU of the set reaches.
    unsigned end() const noexcept { return static_cast<unsigned>(words_.size()) * word_bits; }

    const plain_array<unsigned long>& words() const noexcept { return words_; }

    bool is_subset_of(const cpu_mask& other) const { return (*this & other).count() == count(); }

    friend cpu_mask operator&(const cpu_mask& a, const cpu_mask& b) {
        cpu_mask both = a.words_.size() < b.words_.size() ? a : b;
        const cpu_mask& larger = a.words_.size() < b.words_.size() ? b : a;
        for (std::size_t i = 0; i < both.words_.size(); ++i) both.words_[i] &= larger.words_[i];
        return both;
    }

    friend bool operator==(const cpu_mask& a, const cpu_mask& b) { return a.is_subset_of(b) && b.is_subset_of(a); }

private:
    plain_array<unsigned long> words_;
};

} // namespace detail
PEL_NAMESPACE_END

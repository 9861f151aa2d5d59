// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A set of CPUs by OS index, of any size: what affinity calls and cpusets speak about. Plain value; not thread safe.
#pragma once

#include <pel/detail/platform/config.hpp>

#include <bit>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

PEL_NAMESPACE_BEGIN
namespace detail {

class cpu_mask {
public:
    static constexpr unsigned word_bits = 8 * sizeof(unsigned long);
    /// No kernel numbers CPUs higher; a larger number in a file is a malformed file, not a reason to allocate.
    static constexpr unsigned max_cpus = 1U << 20;

    cpu_mask() = default;
    explicit cpu_mask(std::vector<unsigned long> words) : words_(std::move(words)) {}

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

    const std::vector<unsigned long>& words() const noexcept { return words_; }

    bool is_subset_of(const cpu_mask& other) const { return (*this & other).count() == count(); }

    friend cpu_mask operator&(const cpu_mask& a, const cpu_mask& b) {
        cpu_mask both = a.words_.size() < b.words_.size() ? a : b;
        const cpu_mask& larger = a.words_.size() < b.words_.size() ? b : a;
        for (std::size_t i = 0; i < both.words_.size(); ++i) both.words_[i] &= larger.words_[i];
        return both;
    }

    friend bool operator==(const cpu_mask& a, const cpu_mask& b) { return a.is_subset_of(b) && b.is_subset_of(a); }

private:
    std::vector<unsigned long> words_;
};

/// Returns: the set as the kernel writes it, "0-3,8".
inline std::string to_cpu_list(const cpu_mask& mask) {
    std::string list;
    for (unsigned cpu = 0; cpu < mask.end(); ++cpu) {
        if (!mask.contains(cpu)) continue;
        unsigned last = cpu;
        while (mask.contains(last + 1)) ++last;
        if (!list.empty()) list += ',';
        list += std::to_string(cpu);
        if (last != cpu) list += '-' + std::to_string(last);
        cpu = last;
    }
    return list;
}

/// Takes a decimal number off the front of `text`.
/// Returns: false, and leaves both alone, if there is none or it exceeds 2^64 − 1.
inline bool try_take_number(std::string_view& text, unsigned long long& number) noexcept {
    constexpr unsigned long long most = ~0ULL;
    unsigned long long value = 0;
    std::size_t digits = 0;
    for (; digits < text.size() && text[digits] >= '0' && text[digits] <= '9'; ++digits) {
        const auto digit = static_cast<unsigned long long>(text[digits] - '0');
        if (value > (most - digit) / 10) return false;
        value = value * 10 + digit;
    }
    if (digits == 0) return false;
    text.remove_prefix(digits);
    number = value;
    return true;
}

/// Reads "0-3,8" into `mask`. Returns: false if it is anything else; an empty list is a valid, empty set.
inline bool try_parse_cpu_list(std::string_view list, cpu_mask& mask) {
    while (!list.empty()) {
        unsigned long long first = 0;
        if (!try_take_number(list, first)) return false;
        unsigned long long last = first;
        if (!list.empty() && list.front() == '-') {
            list.remove_prefix(1);
            if (!try_take_number(list, last)) return false;
        }
        if (last < first || last >= cpu_mask::max_cpus) return false;
        for (auto cpu = first; cpu <= last; ++cpu) mask.insert(static_cast<unsigned>(cpu));
        if (list.empty()) break;
        if (list.front() != ',') return false;
        list.remove_prefix(1);
        if (list.empty()) return false;
    }
    return true;
}

} // namespace detail
PEL_NAMESPACE_END

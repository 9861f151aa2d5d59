// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What is grouped: pairs of a key and a value, of which groups and sums are known, and numbers that are counted. Keys are
// spread over the numbers of 32 bits.
#pragma once

#include "support/benchmark.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <random>
#include <utility>
#include <vector>

namespace workload {

inline std::size_t size() { return bench::size(10'000'000, 1'000'000); }

struct pair {
    std::int64_t key, value;
};
inline constexpr auto by_key = [](const pair& a, const pair& b) { return a.key < b.key; };

using pair_group = std::pair<std::int64_t, std::vector<pair>>;

// The key with this number, and the number of a key.
inline constexpr std::uint64_t key_factor = 2'654'435'761, key_factor_inverse = 244'002'641, key_mask = 0xffff'ffff;
static_assert((key_factor * key_factor_inverse & key_mask) == 1);
inline std::int64_t key_of(std::uint64_t number) { return static_cast<std::int64_t>(number * key_factor & key_mask); }
inline std::size_t number_of(std::int64_t key) {
    return static_cast<std::uint64_t>(key) * key_factor_inverse & key_mask;
}

/// Sums, one for each key, in any order.
struct sums {
    std::vector<std::int64_t> keys, values; ///< have room for all
    std::size_t count = 0;

    explicit sums(std::size_t most) : keys(most), values(most) {}
    void add(std::int64_t key, std::int64_t value) {
        keys[count] = key;
        values[count] = value;
        ++count;
    }
};

/// Pairs, and what is to be found in them.
class input {
public:
    input(std::size_t different, bool is_in_runs) : pairs_(size()), counts_(different), sums_(different) {
        std::mt19937_64 random(1);
        std::vector<std::size_t> numbers(size());
        for (std::size_t& number : numbers) ++counts_[number = random() % different];
        if (is_in_runs) {
            auto to = numbers.begin();
            for (std::size_t number = 0; number != different; ++number) to = std::fill_n(to, counts_[number], number);
        }
        for (std::size_t i = 0; i != pairs_.size(); ++i) {
            pairs_[i] = {key_of(numbers[i]), static_cast<std::int64_t>(i)};
            sums_[numbers[i]] += pairs_[i].value;
        }
        groups_ = different - static_cast<std::size_t>(std::count(counts_.begin(), counts_.end(), 0u));
    }

    const std::vector<pair>& pairs() const { return pairs_; }
    std::size_t different() const { return counts_.size(); }

    bool are_its_sums(const sums& found) const {
        std::vector<bool> was(different());
        for (std::size_t each = 0; each != found.count; ++each) {
            const std::size_t number = number_of(found.keys[each]);
            if (number >= different() || was[number] || found.values[each] != sums_[number]) return false;
            was[number] = true;
        }
        return found.count == groups_;
    }
    /// Of pairs of a key and a vector of pairs.
    bool are_its_groups(const auto& found) const {
        for (const auto& [key, elements] : found) {
            const std::size_t number = number_of(key);
            if (number >= different() || elements.size() != counts_[number]) return false;
            std::int64_t sum = 0;
            for (const pair& one : elements) {
                if (one.key != key) return false;
                sum += one.value;
            }
            if (sum != sums_[number]) return false;
        }
        return found.size() == groups_;
    }

private:
    std::vector<pair> pairs_;
    std::vector<unsigned> counts_; // by number of the key, as sums_
    std::vector<std::int64_t> sums_;
    std::size_t groups_;
};

/// Made when it is needed first.
template <bool IsInRuns>
const input& input_of(std::size_t different) {
    static std::map<std::size_t, input> all;
    return all.try_emplace(different, different, IsInRuns).first->second;
}

/// Numbers below `kinds`, and how many there are of each.
struct kinds_input {
    std::vector<std::uint32_t> numbers;
    std::vector<std::uint64_t> counts;

    explicit kinds_input(std::size_t kinds) : numbers(size()), counts(kinds) {
        std::mt19937_64 random(1);
        for (std::uint32_t& one : numbers) ++counts[one = static_cast<std::uint32_t>(random() % kinds)];
    }
};

inline const kinds_input& numbers_of(std::size_t kinds) {
    static std::map<std::size_t, kinds_input> all;
    return all.try_emplace(kinds, kinds).first->second;
}

} // namespace workload

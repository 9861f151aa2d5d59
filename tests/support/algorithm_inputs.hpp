// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What algorithms are tried on: every small size, and larger ones at random; values of many kinds, in the orders that
// sorts and searches find hard.
#pragma once

#include "support/scale.hpp"
#include "support/with_threads.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <compare>
#include <concepts>
#include <cstdint>
#include <deque>
#include <functional>
#include <iterator>
#include <limits>
#include <memory>
#include <ostream>
#include <random>
#include <span>
#include <string>
#include <vector>

namespace pel_test {

/// Returns: 0 to 200, then `large` sizes up to `most`, fewer and smaller ones under a sanitizer.
inline std::vector<std::uint64_t> input_sizes(std::mt19937_64& random, unsigned large = 6,
                                              std::uint64_t most = 1'000'000) {
    std::vector<std::uint64_t> sizes;
    for (std::uint64_t n = 0; n <= 200; n += sanitizer.empty() || n < 20 ? 1 : 13) sizes.push_back(n);
    const std::uint64_t limit = scaled(most);
    for (unsigned i = 0; i < (sanitizer.empty() ? large : 2); ++i) {
        const std::uint64_t bits = random() % 12; // as many small ones as large ones
        sizes.push_back(201 + random() % (1 + (limit >> bits)));
    }
    return sizes;
}

enum class order { random, sorted, reversed, all_equal, organ_pipe, few_distinct };
inline constexpr order all_orders[] = {order::random,    order::sorted,     order::reversed,
                                       order::all_equal, order::organ_pipe, order::few_distinct};

/// Returns: n numbers in that order; of random ones about half occur more than once.
inline std::vector<std::uint32_t> numbers_in(order kind, std::uint64_t n, std::mt19937_64& random) {
    std::vector<std::uint32_t> numbers(n);
    for (std::uint64_t i = 0; i < n; ++i) {
        switch (kind) {
        case order::random: numbers[i] = static_cast<std::uint32_t>(random() % (n + 1)); break;
        case order::sorted: numbers[i] = static_cast<std::uint32_t>(i); break;
        case order::reversed: numbers[i] = static_cast<std::uint32_t>(n - i); break;
        case order::all_equal: numbers[i] = 7; break;
        case order::organ_pipe: numbers[i] = static_cast<std::uint32_t>(std::min(i, n - i)); break;
        case order::few_distinct: numbers[i] = static_cast<std::uint32_t>(random() % 8); break;
        }
    }
    return numbers;
}

/// Can be moved, not copied. Equal and ordered by its value.
struct move_only {
    std::unique_ptr<std::uint32_t> value;

    move_only() : move_only(0) {}
    explicit move_only(std::uint32_t number) : value(std::make_unique<std::uint32_t>(number)) {}
    friend bool operator==(const move_only& a, const move_only& b) { return *a.value == *b.value; }
    friend std::strong_ordering operator<=>(const move_only& a, const move_only& b) { return *a.value <=> *b.value; }
};

struct alignas(128) over_aligned {
    std::uint32_t value = 0;

    over_aligned() = default;
    explicit over_aligned(std::uint32_t number) : value(number) {}
    friend auto operator<=>(const over_aligned&, const over_aligned&) = default;
};

/// A key, and where it stood: tells whether an algorithm is stable.
struct keyed {
    std::uint32_t key = 0;
    std::uint32_t position = 0;

    friend bool operator==(const keyed&, const keyed&) = default;
};

/// Returns: two sorted ranges of about so many numbers. Now the next `length` numbers are in the first, now in the second, one
/// time in ten in both; in the middle third this is at random.
inline std::pair<std::vector<std::uint32_t>, std::vector<std::uint32_t>>
ranges_in_turns(std::uint64_t size, std::uint64_t length, std::mt19937_64& random) {
    std::vector<std::uint32_t> a, b;
    for (std::uint32_t number = 0; a.size() + b.size() < size; ++number) {
        const std::uint64_t third = 3 * (a.size() + b.size()) / size;
        const std::uint64_t turn = third == 1 ? random() % 10 : number / length % 10;
        if (turn % 2 == 0 || turn == 5) a.push_back(number);
        if (turn % 2 == 1) b.push_back(number);
    }
    return {std::move(a), std::move(b)};
}

/// Returns: n elements in the order of their keys, less than `keys`; each says where it stands, from `position` on.
inline std::vector<keyed> sorted_by_key(std::uint64_t n, std::uint64_t keys, std::uint32_t position,
                                        std::mt19937_64& random) {
    std::vector<keyed> elements(n);
    for (keyed& each : elements) each.key = static_cast<std::uint32_t>(random() % keys);
    std::ranges::sort(elements, {}, &keyed::key);
    for (keyed& each : elements) each.position = position++;
    return elements;
}
/// Returns: the elements as a stable sort has them. (std::stable_sort of libstdc++ 12 does not compile without warnings.)
template <class Less>
std::vector<keyed> stably_sorted(std::vector<keyed> elements, Less less) {
    std::ranges::sort(elements, [&less](const keyed& a, const keyed& b) {
        return less(a.key, b.key) || (!less(b.key, a.key) && a.position < b.position);
    });
    return elements;
}
/// Returns: the elements with those keys first that are wanted, each part in its order.
template <class IsWanted>
std::vector<keyed> stably_parted(const std::vector<keyed>& elements, IsWanted is_wanted) {
    std::vector<keyed> parted;
    std::ranges::copy_if(elements, std::back_inserter(parted), is_wanted, &keyed::key);
    std::ranges::copy_if(elements, std::back_inserter(parted), std::not_fn(is_wanted), &keyed::key);
    return parted;
}

template <class T>
T value_of(std::uint32_t number) {
    if constexpr (std::is_same_v<T, std::string>)
        return "number " + std::to_string(number);
    else
        return static_cast<T>(number);
}

/// Returns: a container of n values in that order.
template <class Container>
Container values_in(order kind, std::uint64_t n, std::mt19937_64& random) {
    Container values;
    for (const std::uint32_t number : numbers_in(kind, n, random))
        values.push_back(value_of<typename Container::value_type>(number));
    return values;
}

/// Returns: n numbers, about half of them negative, in that order but for some that are special: both zeros, infinities,
/// denormals, the least and the greatest.
template <class T>
std::vector<T> plain_numbers_in(order kind, std::uint64_t n, std::mt19937_64& random) {
    using limits = std::numeric_limits<T>;
    std::vector<T> special{T{0}, limits::min(), limits::max(), limits::lowest()};
    if constexpr (std::floating_point<T>) {
        const T least = limits::denorm_min(), infinity = limits::infinity();
        special.insert(special.end(), {-T{0}, least, -least, infinity, -infinity, -limits::min()});
    }
    const bool is_mixed = kind == order::random || kind == order::few_distinct;
    const T scale = n < 1'000'000 ? T{1'021} : T{3}; // more bits than few numbers need
    std::vector<T> numbers;
    for (const std::uint32_t each : numbers_in(kind, n, random)) {
        const bool is_special = random() % (is_mixed ? 16 : n + 1) == 0;
        numbers.push_back(is_special ? special[random() % special.size()]
                                     : (static_cast<T>(each) - static_cast<T>(n / 2)) * scale);
    }
    return numbers;
}
/// Returns: a number that tells what bits the numbers are of, in any order; NaNs, and which zero it is, too.
template <class T>
std::uint64_t sum_of_bits(const std::vector<T>& numbers) {
    std::uint64_t sum = 0;
    for (const T each : numbers) {
        std::uint64_t bits;
        if constexpr (sizeof(T) == 8)
            bits = std::bit_cast<std::uint64_t>(each);
        else
            bits = std::bit_cast<std::uint32_t>(each);
        bits = (bits + 0x9e37'79b9'7f4a'7c15U) * 0xbf58'476d'1ce4'e5b9U;
        sum += (bits ^ bits >> 31) * 0x94d0'49bb'1331'11ebU;
    }
    return sum;
}

} // namespace pel_test

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// sorting: 10^7 random doubles, 64-bit integers, pairs of 16 bytes compared by a lambda, and strings; doubles that are
// sorted, reversed, an organ pipe, all equal, of 8 values, or made to be bad for quick sort with a median of three, 10 to
// 10^7 of them (small arrays by the hundred, one after the other); pairs by a stable sort; 10^8 random 32-bit integers by
// integer_sort. Peers: std::sort and std::stable_sort, also with std::execution::par (which runs on TBB),
// tbb::parallel_sort, and the GNU parallel mode. Every result is checked, element by element in sum.
// Work: O(n log n). Span: that of a bucket of n / 256 elements.
#pragma once

#include "support/benchmark.hpp"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <random>
#include <string>
#include <vector>

namespace workload {

struct pair {
    std::int64_t key, value;
};
inline constexpr auto by_key = [](const pair& a, const pair& b) { return a.key < b.key; };

// What an element adds to a checksum that does not depend on the order.
inline std::uint64_t mixed(std::uint64_t bits) {
    bits *= 0x9e37'79b9'7f4a'7c15;
    return bits ^ bits >> 32;
}
inline std::uint64_t mark(double number) { return mixed(std::bit_cast<std::uint64_t>(number)); }
inline std::uint64_t mark(std::int64_t number) { return mixed(static_cast<std::uint64_t>(number)); }
inline std::uint64_t mark(std::uint32_t number) { return mixed(number); }
inline std::uint64_t mark(const pair& one) { return mark(one.key) ^ mixed(static_cast<std::uint64_t>(one.value)); }
inline std::uint64_t mark(const std::string& text) { return std::hash<std::string>()(text); }

inline double element_of(std::mt19937_64& random, double) { return static_cast<double>(random()); }
inline std::int64_t element_of(std::mt19937_64& random, std::int64_t) { return static_cast<std::int64_t>(random()); }
inline std::uint32_t element_of(std::mt19937_64& random, std::uint32_t) { return static_cast<std::uint32_t>(random()); }
inline pair element_of(std::mt19937_64& random, const pair&) { return {static_cast<std::int64_t>(random()), 1}; }
inline std::string element_of(std::mt19937_64& random, const std::string&) {
    return "key " + std::to_string(random() % 100'000'000);
}

/// Arrays of elements, one after the other, to be sorted again and again.
template <class T, class Less>
class arrays {
public:
    arrays(std::vector<T> one, std::size_t count, Less less) : size_(one.size()), less_(less) {
        for (std::size_t each = 0; each < count; ++each) original_.insert(original_.end(), one.begin(), one.end());
        all_ = original_;
        for (const T& element : original_) sum_ += mark(element);
    }

    void restore() { std::copy(original_.begin(), original_.end(), all_.begin()); }
    template <class Sort>
    void sort_each(const Sort& sort) {
        for (auto first = all_.begin(); first != all_.end(); first += static_cast<std::ptrdiff_t>(size_))
            sort(first, first + static_cast<std::ptrdiff_t>(size_), less_);
    }
    bool are_sorted() const {
        std::uint64_t sum = 0;
        for (const T& element : all_) sum += mark(element);
        for (auto first = all_.begin(); first != all_.end(); first += static_cast<std::ptrdiff_t>(size_)) {
            if (!std::is_sorted(first, first + static_cast<std::ptrdiff_t>(size_), less_)) return false;
        }
        return sum == sum_;
    }

private:
    std::size_t size_;
    Less less_;
    std::vector<T> original_, all_;
    std::uint64_t sum_ = 0;
};

template <class T>
std::vector<T> random_elements(std::size_t n) {
    std::mt19937_64 random(1);
    std::vector<T> elements(n);
    for (T& each : elements) each = element_of(random, T{});
    return elements;
}

/// Numbers whose median of first, middle and last is always one of the smallest. Source: D. Musser, "Introspective Sorting
/// and Selection Algorithms", 1997.
inline std::vector<double> against_median_of_three(std::size_t n) {
    std::vector<double> numbers(n);
    const std::size_t half = n / 2;
    for (std::size_t each = 0; each < half; ++each) {
        numbers[each] = static_cast<double>(each % 2 == 0 ? each + 1 : half + each);
        numbers[half + each] = static_cast<double>(2 * each + 2);
    }
    return numbers;
}

struct input {
    const char* name;
    std::vector<double> (*make)(std::size_t n);
};
inline const input inputs[] = {
    {"random", random_elements<double>},
    {"sorted",
     [](std::size_t n) {
         auto numbers = random_elements<double>(n);
         std::sort(numbers.begin(), numbers.end());
         return numbers;
     }},
    {"reversed",
     [](std::size_t n) {
         auto numbers = random_elements<double>(n);
         std::sort(numbers.begin(), numbers.end(), std::greater<>());
         return numbers;
     }},
    {"equal", [](std::size_t n) { return std::vector<double>(n, 1.0); }},
    {"organ_pipe",
     [](std::size_t n) {
         std::vector<double> numbers(n);
         for (std::size_t each = 0; each < n; ++each) numbers[each] = static_cast<double>(std::min(each, n - each));
         return numbers;
     }},
    {"8_values",
     [](std::size_t n) {
         std::vector<double> numbers(n);
         std::mt19937_64 random(1);
         for (double& each : numbers) each = static_cast<double>(random() % 8);
         return numbers;
     }},
    {"adversarial", against_median_of_three},
};

/// Sorter: Sorter::workers; sorter.sort(workers, first, last, less), and stable_sort, integer_sort if it has them.
template <class T, class Less, class Sorter, class Sort>
void measure_sort(benchmark::State& state, unsigned count, std::vector<T> elements, std::size_t times, Less less,
                  Sort sort) {
    arrays<T, Less> all(std::move(elements), times, less);
    typename Sorter::workers workers(count);
    bench::measure_changes(
        state, [&] { all.restore(); }, [&] { workers.run([&] { all.sort_each(sort(workers)); }); },
        [&] { return all.are_sorted(); });
}

template <class T, class Sorter, class Less>
void register_type(const char* name, const char* runtime, unsigned counts, const Sorter&, Less less) {
    const bench::registration one(name, runtime, counts, [less](benchmark::State& state, unsigned count) {
        const auto sort = [](auto& workers) {
            return [&workers](auto first, auto last, auto compare) { Sorter::sort(workers, first, last, compare); };
        };
        measure_sort<T, Less, Sorter>(state, count, random_elements<T>(bench::size(10'000'000, 300'000)), 1, less,
                                      sort);
    });
}

template <class Sorter>
bool register_sorts(const char* runtime, unsigned counts, const Sorter& sorter) {
    register_type<double>("sort_doubles", runtime, counts, sorter, std::less<>());
    register_type<std::int64_t>("sort_longs", runtime, counts, sorter, std::less<>());
    register_type<pair>("sort_pairs", runtime, counts, sorter, by_key);
    register_type<std::string>("sort_strings", runtime, counts, sorter, std::less<>());
    for (const input& from : inputs) {
        for (std::size_t n = 10; n <= 10'000'000; n *= 10) {
            const std::string name = std::string("sort_") + from.name + '_' + std::to_string(n);
            const auto run = [&from, n](benchmark::State& state, unsigned count) {
                const auto sort = [](auto& workers) {
                    return [&workers](auto first, auto last, auto compare) {
                        Sorter::sort(workers, first, last, compare);
                    };
                };
                measure_sort<double, std::less<>, Sorter>(state, count, from.make(n), n < 10'000 ? 10'000 / n : 1,
                                                          std::less<>(), sort);
            };
            const bench::registration one(name, runtime, counts, run,
                                          n == 1000 ? bench::runs::all : bench::runs::unless_quick);
        }
    }
    if constexpr (requires { sorter.has_stable_sort; }) {
        const bench::registration one(
            "stable_sort_pairs", runtime, counts, [](benchmark::State& state, unsigned count) {
                const auto sort = [](auto& workers) {
                    return [&workers](auto first, auto last, auto compare) {
                        Sorter::stable_sort(workers, first, last, compare);
                    };
                };
                measure_sort<pair, decltype(by_key), Sorter>(
                    state, count, random_elements<pair>(bench::size(10'000'000, 300'000)), 1, by_key, sort);
            });
    }
    return true;
}

/// What integer_sort is compared with: a sort of 32-bit integers by comparisons.
template <class Sorter>
bool register_integer_sort(const char* runtime, unsigned counts, const Sorter&) {
    const bench::registration one("integer_sort", runtime, counts, [](benchmark::State& state, unsigned count) {
        const auto sort = [](auto& workers) {
            return [&workers](auto first, auto last, auto) { Sorter::integer_sort(workers, first, last); };
        };
        measure_sort<std::uint32_t, std::less<>, Sorter>(
            state, count, random_elements<std::uint32_t>(bench::size(100'000'000, 1'000'000)), 1, std::less<>(), sort);
    });
    return true;
}

} // namespace workload

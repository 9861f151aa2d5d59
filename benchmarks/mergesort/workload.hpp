// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// mergesort: sorts 32-bit numbers as cilksort does: sorts four quarters, merges pairs of them into a second array and
// these back into the first one, a merge being cut in two at the middle of its longer part. std::sort and std::merge
// for 2 048 numbers or less. Work: O(n log n). Span: O(log³ n) and a sort of 2 048 numbers.
#pragma once

#include "support/benchmark.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>
#include <span>
#include <utility>
#include <vector>

namespace workload {

using number = std::uint32_t;
using numbers = std::span<number>;
inline constexpr std::size_t cutoff = 2'048;

/// In serial.cpp: the same machine code for all variants.
void sort_serially(numbers all);
void merge_serially(numbers a, numbers b, number* out);

/// Merges two sorted arrays into the one at `out`.
template <class Invoke>
void merge(numbers a, numbers b, number* out, const Invoke& invoke) {
    if (a.size() + b.size() <= cutoff) return merge_serially(a, b, out);
    if (a.size() < b.size()) std::swap(a, b);
    const std::size_t middle = a.size() / 2;
    const auto cut = static_cast<std::size_t>(std::lower_bound(b.begin(), b.end(), a[middle]) - b.begin());
    invoke([&] { merge(a.first(middle), b.first(cut), out, invoke); },
           [&] { merge(a.subspan(middle), b.subspan(cut), out + middle + cut, invoke); });
}

/// Sorts `all`; `spare` is as long.
template <class Invoke>
void sort(numbers all, numbers spare, const Invoke& invoke) {
    if (all.size() <= cutoff) return sort_serially(all);
    const std::size_t quarter = all.size() / 4, half = 2 * quarter;
    const auto part = [=](numbers whole, std::size_t which) {
        return which == 3 ? whole.subspan(3 * quarter) : whole.subspan(which * quarter, quarter);
    };
    const auto sort_part = [&](std::size_t which) { sort(part(all, which), part(spare, which), invoke); };
    invoke([&] { sort_part(0); }, [&] { sort_part(1); }, [&] { sort_part(2); }, [&] { sort_part(3); });
    invoke([&] { merge(part(all, 0), part(all, 1), spare.data(), invoke); },
           [&] { merge(part(all, 2), part(all, 3), spare.data() + half, invoke); });
    merge(spare.first(half), spare.subspan(half), all.data(), invoke);
}

/// Random numbers, to be sorted again and again.
class shuffled {
public:
    shuffled() {
        std::mt19937 random(1);
        for (number& one : original_) one = static_cast<number>(random());
        sum_ = checksum(original_);
    }

    void restore() { std::copy(original_.begin(), original_.end(), all_.begin()); }
    numbers all() { return all_; }
    numbers spare() { return spare_; }
    /// Returns: whether the same numbers are there, in order.
    bool is_sorted() const { return std::is_sorted(all_.begin(), all_.end()) && checksum(all_) == sum_; }

private:
    /// Whatever the order.
    static std::uint64_t checksum(const std::vector<number>& all) {
        std::uint64_t sum = 0;
        for (const std::uint64_t one : all) {
            const std::uint64_t mixed = one * 0x9e37'79b9'7f4a'7c15;
            sum += mixed ^ mixed >> 32;
        }
        return sum;
    }

    std::vector<number> original_ = std::vector<number>(bench::size(10'000'000, 1'000'000)), all_ = original_,
                        spare_ = original_;
    std::uint64_t sum_ = 0;
};

/// Registers sort() with this way to call functions at the same time.
template <class Invoke>
bool register_sort(const char* runtime, unsigned counts, const Invoke& invoke) {
    const bench::registration one("mergesort", runtime, counts, [invoke](benchmark::State& state, unsigned count) {
        shuffled array;
        typename Invoke::workers workers(count);
        bench::measure_changes(
            state, [&] { array.restore(); }, [&] { workers.run([&] { sort(array.all(), array.spare(), invoke); }); },
            [&] { return array.is_sorted(); });
    });
    return true;
}

} // namespace workload

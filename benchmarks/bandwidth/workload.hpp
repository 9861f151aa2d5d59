// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// bandwidth: reduce, transform, inclusive_scan and copy_if over 10^8 doubles in memory, a random half of which copy_if wants;
// copy and fill.
// How near do they come to what the memory can do? That is the variants plain_…, measured in the same run: static loops
// with as many threads that do nothing but move the same bytes, from one element to the next (plain_omp, plain_pel), or at
// four places at a time (plain_streams). For reduce and transform OpenMP's, omp, does all that is to be done, and is a
// competitor, too. For reduce they read; for transform and the scan they write an element for each
// that they read, for copy_if one for two. Ordinary stores, which read a line before they write it: those algorithms use no
// others. Copies and fills may, libc's too: they are compared with each other. GB_per_s counts what a program reads and
// writes, without those readings.
// Work: n items. Span: O(log n).
#pragma once

#include "support/benchmark.hpp"
#include "support/work.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace workload {

inline std::size_t size() { return bench::size(100'000'000, 6'000'000); }

/// A random whole number below 16: sums are exact in any order.
inline double number(std::uint64_t i) {
    std::uint64_t bits = (i + 1) * 0x9e37'79b9'7f4a'7c15;
    bits = (bits ^ bits >> 32) * 0xd6e8'feb8'6659'fd93;
    return static_cast<double>(bits >> 60);
}

/// What all variants read. Which pages of the machine it has, and how large they are, is the same for all of them, as it
/// is for what they write.
inline const double* input() {
    static const auto memory = [] {
        auto made = std::make_unique_for_overwrite<double[]>(size());
        for (std::size_t i = 0; i != size(); ++i) made[i] = number(i);
        return made;
    }();
    return memory.get();
}
inline double* output() {
    static const auto memory = std::make_unique_for_overwrite<double[]>(size());
    return memory.get();
}

inline constexpr auto mapped = [](double one) { return 2 * one + 1; };
inline constexpr auto is_wanted = [](double one) { return one < 8; };

inline bool are_equal(double a, double b) { return !(a < b) && !(b < a); }

// Whether so many elements that were written are right.
inline bool is_transformed(const double* out, std::size_t written) {
    const double* const in = input();
    for (std::size_t i = 0; i != written; ++i) {
        if (!are_equal(out[i], mapped(in[i]))) return false;
    }
    return written == size();
}
inline bool is_scanned(const double* out, std::size_t written) {
    const double* const in = input();
    double sum = 0;
    for (std::size_t i = 0; i != written; ++i) {
        if (!are_equal(out[i], sum += in[i])) return false;
    }
    return written == size();
}
inline bool is_selected(const double* out, std::size_t written) {
    const double* const in = input();
    std::size_t place = 0;
    for (std::size_t i = 0; i != size(); ++i) {
        if (!is_wanted(in[i])) continue;
        if (place == written || !are_equal(out[place], in[i])) return false;
        ++place;
    }
    return place == written;
}
inline bool is_paired(const double* out, std::size_t written) {
    const double* const in = input();
    for (std::size_t i = 0; i != written; ++i) {
        if (!are_equal(out[i], in[2 * i] + in[2 * i + 1])) return false;
    }
    return written == size() / 2;
}

inline bool is_copied(const double* out, std::size_t written) {
    return std::equal(out, out + written, input(), are_equal) && written == size();
}
inline bool is_filled(const double* out, std::size_t written) {
    return std::all_of(out, out + written, [](double each) { return are_equal(each, 3); }) && written == size();
}

struct kernel {
    const char* name;
    double bytes; ///< for each item, read and written
    bool (*is_right)(const double* out, std::size_t written);
};
inline constexpr kernel transforming{"bandwidth_transform", 16, is_transformed};
inline constexpr kernel scanning{"bandwidth_scan", 16, is_scanned};
inline constexpr kernel selecting{"bandwidth_copy_if", 12, is_selected};
inline constexpr kernel copying{"bandwidth_copy", 16, is_copied};
inline constexpr kernel filling{"bandwidth_fill", 8, is_filled};
/// The plain loops that move the same bytes.
inline constexpr kernel like_scanning{"bandwidth_scan", 16, is_transformed};
inline constexpr kernel like_selecting{"bandwidth_copy_if", 12, is_paired};

inline void report_bandwidth(benchmark::State& state, double bytes, bench::clock::time_point start) {
    state.counters["GB_per_s"] = bytes * static_cast<double>(size()) * static_cast<double>(state.iterations()) /
                                 bench::seconds_since(start) / 1e9;
}

/// Registers sum(workers, first, last).
template <class Workers, class Sum>
bool register_reduce(const char* runtime, unsigned counts, Sum sum) {
    const bench::registration one("bandwidth_reduce", runtime, counts, [sum](benchmark::State& state, unsigned count) {
        const double *const first = input(), *const last = first + size();
        double answer = 0;
        for (const double* each = first; each != last; ++each) answer += *each;
        Workers workers(count);
        const bench::clock::time_point start = bench::clock::now();
        bench::measure(state, answer, [&] { return workers.run([&] { return sum(workers, first, last); }); });
        report_bandwidth(state, sizeof(double), start);
    });
    return true;
}

/// Registers write(workers, in, n, out), which returns the end of what it has written.
template <class Workers, class Write>
bool register_write(const kernel& what, const char* runtime, unsigned counts, Write write) {
    const bench::registration one(what.name, runtime, counts, [&what, write](benchmark::State& state, unsigned count) {
        const double* const in = input();
        double* const out = output();
        std::fill_n(out, size(), -1.0); // what the variant before has written
        Workers workers(count);
        std::size_t written = 0;
        const bench::clock::time_point start = bench::clock::now();
        for (auto _ : state) {
            const double* const end = workers.run([&] { return write(workers, in, size(), out); });
            written = static_cast<std::size_t>(end - out);
            benchmark::ClobberMemory();
        }
        report_bandwidth(state, what.bytes, start);
        if (!what.is_right(out, written)) bench::fail(state);
    });
    return true;
}

/// Writes an element for each that is read.
template <class Loop>
auto one_for_one(const Loop& loop) {
    return [loop](auto& on, const double* in, std::size_t n, double* out) {
        loop(on, n, [=](std::size_t i) { out[i] = mapped(in[i]); });
        return out + n;
    };
}

/// Registers loop(workers, n, body).
template <class Loop>
bool register_plain_transform(const char* runtime, unsigned counts, const Loop& loop) {
    return register_write<typename Loop::workers>(transforming, runtime, counts, one_for_one(loop));
}

/// Registers loop(workers, n, body) with bodies that only move the bytes.
template <class Loop>
bool register_plain_writes(const char* runtime, unsigned counts, const Loop& loop) {
    const auto one_for_two = [loop](auto& on, const double* in, std::size_t n, double* out) {
        loop(on, n / 2, [=](std::size_t i) { out[i] = in[2 * i] + in[2 * i + 1]; });
        return out + n / 2;
    };
    using workers = typename Loop::workers;
    return register_write<workers>(like_scanning, runtime, counts, one_for_one(loop)) &&
           register_write<workers>(like_selecting, runtime, counts, one_for_two);
}

} // namespace workload

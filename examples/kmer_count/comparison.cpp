// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "comparison.hpp"

#include "counting.hpp"
#include "large_memory.hpp"
#include "progress.hpp"

#include <pel/thread_pool.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <limits>
#include <string>

namespace kmer_count {

namespace {

constexpr double enough_seconds = 0.3; // of repeating, for a file that is counted in less
constexpr int most_rounds = 9;

struct timed_run {
    summary counted;
    double seconds;
    bool is_repeatable; // not so for a pipe
};

/// The best time of several runs that must agree.
class measurement {
public:
    explicit measurement(const summary& expected) : expected_(expected) {}

    void add(const timed_run& run) {
        if (run.counted != expected_) throw count_mismatch("two runs over the same file counted differently");
        seconds_ = std::min(seconds_, run.seconds);
    }

    double megabases_per_second() const {
        return static_cast<double>(expected_.text.bases + expected_.text.other_letters) / seconds_ / 1e6;
    }

private:
    const summary& expected_;
    double seconds_ = std::numeric_limits<double>::infinity();
};

pel::thread_pool_options options_for(const settings& chosen) {
    pel::thread_pool_options options;
    options.concurrency = chosen.workers;
    return options;
}

timed_run count_file(const settings& chosen) {
    const auto begin = std::chrono::steady_clock::now();
    support::text_source source(chosen.path);
    const auto plan = partition_plan::choose(chosen.k, chosen.block_size, source.expected_length());
    progress_line progress(source.file().size(), !chosen.quiet);
    summary counted = count_kmers(source, plan, chosen.top, progress);
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - begin;
    return {std::move(counted), elapsed.count(), source.file().is_regular()};
}

timed_run count_with(pel::thread_pool& pool, const settings& chosen) {
    return pool.execute([&] { return count_file(chosen); });
}

void print_throughput(unsigned workers, const measurement& measured) {
    std::fprintf(stderr, "%u worker%s: %.1f Mbp/s\n", workers, workers == 1 ? "" : "s",
                 measured.megabases_per_second());
}

void print_single(unsigned workers, const timed_run& only, const char* reason) {
    measurement measured(only.counted);
    measured.add(only);
    print_throughput(workers, measured);
    std::fprintf(stderr, "no comparison: %s\n", reason);
}

// Takes turns, so that whatever else the machine does meets both alike.
void compare(const settings& chosen, pel::thread_pool& all, const timed_run& first) {
    pel::thread_pool one(1);
    measurement with_one(first.counted);
    measurement with_all(first.counted);
    with_all.add(first);
    double total = 0;
    for (int round = 0; round < most_rounds && total < enough_seconds; ++round) {
        const timed_run alone = count_with(one, chosen);
        with_one.add(alone);
        total += alone.seconds;
        if (total < enough_seconds) with_all.add(count_with(all, chosen));
    }
    print_throughput(1, with_one);
    print_throughput(all.concurrency(), with_all);
    std::fprintf(stderr, "ratio: %.2f, same counts\n",
                 with_all.megabases_per_second() / with_one.megabases_per_second());
}

} // namespace

summary count_and_compare(const settings& chosen) {
    if (!chosen.quiet) keep_freed_memory(); // what is compared are runs over the same memory
    pel::thread_pool all(options_for(chosen));
    timed_run first = count_with(all, chosen);
    if (chosen.quiet) return std::move(first.counted);
    if (!first.is_repeatable) {
        print_single(all.concurrency(), first, "this input can be read only once");
    } else if (all.concurrency() == 1) {
        print_single(1, first, "there is only one worker");
    } else {
        compare(chosen, all, first);
    }
    return std::move(first.counted);
}

} // namespace kmer_count

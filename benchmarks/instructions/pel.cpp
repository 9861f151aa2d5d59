// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// pel WORKLOAD ROUNDS [bound]: runs a workload so many times on a pool of one worker, and prints how many pieces a round
// has, and how many ns it took. pel: prints the names of the workloads. The status tells whether the results were right.
#include "workload.hpp"

#include <pel/parallel_for.hpp>
#include <pel/parallel_invoke.hpp>
#include <pel/parallel_reduce.hpp>
#include <pel/task_group.hpp>
#include <pel/thread_pool.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <functional>
#include <numeric>
#include <string>
#include <string_view>

namespace {

std::uint64_t fib(unsigned n) {
    if (n < 2) return n;
    std::uint64_t a = 0, b = 0;
    pel::parallel_invoke([&] { a = fib(n - 1); }, [&] { b = fib(n - 2); });
    return a + b;
}

/// Makes each call one of its own.
void hide(const void* data) { asm volatile("" : : "r"(data) : "memory"); }

struct by_pel {
    pel::thread_pool& pool;

    std::uint64_t fork_join(unsigned n) { return fib(n); }
    std::uint64_t task_group(std::uint32_t tasks) {
        std::atomic<std::uint64_t> sum{0}; // the pool's thread may still be awake, and take one of them
        pel::task_group group;
        for (std::uint32_t i = 0; i != tasks; ++i) group.run([&sum] { sum.fetch_add(1, std::memory_order_relaxed); });
        (void)group.wait();
        return sum;
    }
    std::uint64_t small_loops(std::uint32_t loops) {
        std::array<std::uint32_t, workload::items> values{};
        for (std::uint32_t i = 0; i != loops; ++i) {
            pel::parallel_for(0u, workload::items, [data = values.data()](unsigned item) { ++data[item]; });
            hide(values.data());
        }
        return std::accumulate(values.begin(), values.end(), std::uint64_t{0});
    }
    std::uint64_t reduce(std::uint32_t n) {
        const auto itself = [](unsigned i) { return std::uint64_t{i}; };
        return pel::parallel_reduce(0u, n, std::uint64_t{0}, itself, std::plus<>{});
    }
    std::uint64_t enter(std::uint32_t calls) {
        std::uint64_t sum = 0;
        for (std::uint32_t i = 0; i != calls; ++i) {
            pool.execute([&sum] { ++sum; });
            hide(&sum);
        }
        return sum;
    }
};

/// Prints what it says above. Returns: whether all results were right.
bool run(const workload::round<by_pel>& what, unsigned long rounds, pel::thread_pool& pool) {
    by_pel way{pool};
    const auto run_all = [&] {
        bool is_right = true;
        for (unsigned long i = 0; i != rounds; ++i) is_right &= what.run(way) == what.answer;
        return is_right;
    };
    const auto start = std::chrono::steady_clock::now();
    const bool is_right = what.is_outside ? run_all() : pool.execute(run_all);
    const std::chrono::duration<double, std::nano> taken = std::chrono::steady_clock::now() - start;
    std::printf("%lu %f\n", static_cast<unsigned long>(what.pieces), taken.count() / static_cast<double>(rounds));
    return is_right;
}

int run(int argc, char** argv) {
    pel::thread_pool_options options;
    options.concurrency = 1;
    if (argc > 3) options.binding = pel::binding::core;
    pel::thread_pool pool(options);
    pool.submit([] {}).get(); // starts a thread, before which a plan is made
    for (const auto& what : workload::rounds<by_pel>) {
        if (argc < 3)
            std::printf("%s\n", std::string(what.name).c_str());
        else if (what.name == argv[1])
            return run(what, std::stoul(argv[2]), pool) ? 0 : 1;
    }
    return argc < 3 ? 0 : 2;
}

} // namespace

int main(int argc, char** argv) {
    try {
        return run(argc, argv);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "error: %s\n", error.what());
        return 1;
    }
}

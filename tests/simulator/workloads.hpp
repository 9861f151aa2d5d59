// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the simulated pool computes: a tree of forks of unequal sizes, a loop whose items grow, and a loop that is run
// again and again over data that is spread over the nodes.
#pragma once

#include "machines.hpp"

#include <cmath>
#include <cstdint>
#include <string>

namespace simulator {

/// SplitMix64, G. Steele et al., 2014.
inline std::uint64_t mixed(std::uint64_t value) {
    value += 0x9E3779B97F4A7C15U;
    value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9U;
    value = (value ^ value >> 27) * 0x94D049BB133111EBU;
    return value ^ value >> 31;
}

/// Work that can be divided. A tree's: its size in ns, and a number that says how it goes on. A loop's: items [lo, hi).
struct work {
    std::uint64_t lo = 0, hi = 0;
};

class workload {
public:
    workload(std::string name, bool is_loop, unsigned rounds, bool is_dealt = false)
        : name_(std::move(name)), is_loop_(is_loop), rounds_(rounds), is_dealt_(is_dealt) {}
    virtual ~workload() = default;
    workload(const workload&) = delete;
    workload& operator=(const workload&) = delete;

    const std::string& name() const { return name_; }
    /// Loops divide when they are asked to, trees at each fork.
    bool is_loop() const { return is_loop_; }
    /// How often it is run, one after the other, from the same thread.
    unsigned rounds() const { return rounds_; }
    /// Whether each seat is given its share of it as it begins, while all sleep. One round only.
    bool is_dealt() const { return is_dealt_; }

    virtual work all(std::uint64_t seed) const = 0;
    /// Whether it is worth a division.
    virtual bool is_divisible(const work& one) const = 0;
    /// Takes the far half off.
    virtual work divide(work& near) const = 0;
    /// Does the first part, a few µs. Returns: what it takes, on the seat, alone on its core.
    virtual double run(work& next, unsigned seat) const = 0;
    static bool is_empty(const work& one) { return one.lo == one.hi; }

private:
    std::string name_;
    bool is_loop_;
    unsigned rounds_;
    bool is_dealt_;
};

/// A binary tree whose halves are from 1 : 9 to 9 : 1, down to leaves of some µs.
class fork_join final : public workload {
public:
    fork_join(const tested_machine& machine, time_ns each)
        : workload("fork-join", false, 1), size_(static_cast<std::uint64_t>(each) * machine.seats()) {}

    work all(std::uint64_t seed) const override { return {size_, mixed(seed) | 1U}; }
    bool is_divisible(const work& one) const override { return one.lo > 4000; }
    work divide(work& near) const override {
        const double part = 0.1 + 0.8 * static_cast<double>(mixed(near.hi) >> 11) * 0x1p-53;
        const auto far = static_cast<std::uint64_t>(static_cast<double>(near.lo) * part);
        const work result{far, mixed(near.hi * 2) << 1 | 1U};
        near = {near.lo - far, mixed(near.hi * 2 + 1) << 1 | 1U};
        return result;
    }
    double run(work& next, unsigned) const override {
        const auto took = static_cast<double>(next.lo);
        next.lo = next.hi;
        return took;
    }

private:
    const std::uint64_t size_;
};

/// Items of 1 µs on average, of which those at the end take more; a part of their time goes to memory of the node that their
/// part of the data is on.
class data_loop final : public workload {
public:
    data_loop(std::string name, const tested_machine& machine, time_ns each, unsigned rounds, double growth,
              double memory, bool is_dealt = false)
        : workload(std::move(name), true, rounds, is_dealt), machine_(machine), growth_(growth), memory_(memory),
          items_(static_cast<std::uint64_t>(each) * machine.seats() / item_ns) {}

    work all(std::uint64_t) const override { return {0, items_}; }
    bool is_divisible(const work& one) const override { return one.hi - one.lo > 1; }
    work divide(work& near) const override {
        const std::uint64_t middle = near.hi - (near.hi - near.lo) / 2;
        const work far{middle, near.hi};
        near.hi = middle;
        return far;
    }
    double run(work& next, unsigned seat) const override {
        double took = 0;
        while (next.lo != next.hi && took < block_ns) {
            const auto home = static_cast<unsigned>(next.lo * machine_.seats() / items_);
            const double place = static_cast<double>(next.lo) / static_cast<double>(items_);
            const double item = item_ns * (1 + growth_ * (place - 0.5) * 2);
            took += item * (1 + memory_ * (machine_.memory_distance(seat, home) - 1));
            ++next.lo;
        }
        return took;
    }

private:
    static constexpr int item_ns = 1000;
    static constexpr double block_ns = 4000;

    const tested_machine& machine_;
    const double growth_, memory_;
    const std::uint64_t items_;
};

} // namespace simulator

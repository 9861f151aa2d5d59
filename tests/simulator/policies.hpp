// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Ways to choose whom to look at, and whom to wake: the library's own, and those that it is compared with.
#pragma once

#include "machines.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

namespace simulator {

using pel::detail::victim_walk;

enum class choice {
    random,        // in a pass some seats, each drawn from all others; the first job found
    nearest_first, // all seats, near before far; the first job found
    own            // victim_walk
};

struct policy {
    std::string name;
    choice way = choice::own;
};

/// A number for choosing among equals: xorshift, G. Marsaglia, 2003.
class random_number {
public:
    explicit random_number(std::uint64_t seed) : value_(static_cast<std::uint32_t>(seed) | 1U) {}
    std::uint32_t operator()() {
        value_ ^= value_ << 13;
        value_ ^= value_ >> 17;
        return value_ ^= value_ << 5;
    }

private:
    std::uint32_t value_;
};

/// A search: whom to look at, pass by pass, under some policy.
class search_walk {
public:
    search_walk(const victim_order& order, unsigned seat, const policy& how, random_number& random)
        : order_(order), seat_(seat), how_(how), random_(random), own_(order, seat, random()) {}

    void begin_pass(unsigned searching) {
        if (how_.way == choice::own) return own_.begin_pass(random_(), searching);
        if (how_.way == choice::random)
            draw_victims();
        else
            list_everybody();
        next_ = 0;
    }
    /// The last look before sleep: at all seats, in this policy's order.
    const std::vector<unsigned>& everybody() {
        list_everybody();
        return seats_;
    }
    /// Returns: victim_walk::none at the end of the pass.
    unsigned next() {
        if (how_.way == choice::own) return own_.next();
        return next_ == seats_.size() ? victim_walk::none : seats_[next_++];
    }
    /// Whether it waits for the end of the pass to take the job that is worth most.
    bool compares() const { return how_.way == choice::own; }
    unsigned worth(unsigned doublings) const { return own_.worth(doublings); }

private:
    static constexpr unsigned random_tries = 16; // about as many as victim_walk looks at

    /// Each by itself, so one may come twice.
    void draw_victims() {
        seats_.clear();
        const unsigned others = order_.seats() - 1;
        for (unsigned tries = 0; others != 0 && tries < random_tries; ++tries) {
            const unsigned drawn = random_() % others;
            seats_.push_back(drawn < seat_ ? drawn : drawn + 1);
        }
    }
    void list_everybody() {
        seats_.clear();
        const auto runs = order_.runs_of(seat_);
        for (unsigned run = 0, last = 0; run < runs.size(); run = last) {
            const std::size_t begin = seats_.size();
            for (last = run; last < runs.size() && is_alike(runs[run].tier, runs[last].tier); ++last) {
                for (unsigned each = 0; each < runs[last].count; ++each) seats_.push_back(runs[last].first + each);
            }
            turn(begin);
        }
    }
    bool is_alike(unsigned tier, unsigned other) const { return how_.way == choice::random || tier == other; }
    /// A tier's seats one after the other, from a random one on.
    void turn(std::size_t begin) {
        const std::size_t size = seats_.size() - begin;
        const auto first = seats_.begin() + static_cast<std::ptrdiff_t>(begin);
        std::rotate(first, first + static_cast<std::ptrdiff_t>(random_() % size), seats_.end());
    }

    const victim_order& order_;
    const unsigned seat_;
    const policy& how_;
    random_number& random_;
    victim_walk own_;
    std::vector<unsigned> seats_; // of the pass, for the other policies
    std::size_t next_ = 0;
};

} // namespace simulator

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Passes over all variants: in each of them every variant runs once, in random order, so that what changes in the machine
// meets them all alike. The first pass is complete, unless there is a limit; how many follow it is a matter of time.
#pragma once

#include "reporter.hpp"
#include "work.hpp"

#include <optional>

namespace bench {

/// When something is not begun any more.
class deadline {
public:
    /// So many seconds from now; never, if they are 0.
    explicit deadline(double seconds);

    /// Infinity if it never comes.
    double seconds_left() const;
    bool has_passed() const { return seconds_left() <= 0; }

private:
    std::optional<clock::time_point> end_;
};

/// A variant whose repetition takes longer than this runs three times only.
inline constexpr double slow_seconds = 5.0 / 3;

/// Runs the variants of this process, but for those in settings::without: one pass, and up to `most` until `end`. After
/// `limit` the rest of the first pass is left out, too, if anything has run.
void run_passes(table_reporter& reporter, unsigned most, const deadline& end, const deadline& limit);

} // namespace bench

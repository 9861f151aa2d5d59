// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Which thread worked on which strip, and whether the strip's memory is near to it. Who has a strip in a phase calls
// record(); the phases are at most a first one and some steps spread over the run.
#pragma once

#include "grid.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace heat3d {

struct placement_summary {
    std::uint64_t local_pages = 0, known_pages = 0, unknown_pages = 0; // looks at pages, in all samples
    std::uint64_t kept_strips = 0, strips = 0; // had by the thread that first wrote them; in all samples
    std::size_t nodes = 0;
};

class placement_log {
public:
    placement_log(std::size_t strip_count, std::uint64_t steps);

    void record_first_write(std::size_t strip) { first_writers_[strip] = here(); }
    void record_step(std::uint64_t step, std::size_t strip) {
        if (step % interval_ == 0) visitors_[step / interval_ * first_writers_.size() + strip] = here();
    }

    /// Looks up where the pages of some strips are, in both grids. Effects: none; reads the machine.
    placement_summary summarize(const strips& pieces, const field& a, const field& b) const;

private:
    struct visitor {
        int cpu = 0;
        unsigned thread = 0;
    };
    static visitor here();

    std::uint64_t interval_; // steps
    std::vector<visitor> first_writers_;
    std::vector<visitor> visitors_; // samples × strips
};

} // namespace heat3d

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Shares of the same size, the first ones by one item larger where that is needed.
#pragma once

#include <cstdint>

namespace pel_test {

struct even_cuts {
    std::uint64_t size;
    unsigned shares;

    unsigned count() const { return shares; }
    std::uint64_t begin(unsigned share) const {
        const std::uint64_t more = size % shares;
        return size / shares * share + (share < more ? share : more);
    }
};

} // namespace pel_test

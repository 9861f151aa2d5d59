// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The shape of a task graph, from which every runtime's own one is made.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <vector>

namespace bench {

/// Which nodes come before which others. Those before node i have numbers below i, so the numbers are an order in which
/// they can run.
class dag {
public:
    static constexpr std::size_t most_before = 4;

    /// Adds a node that comes after these, of which there are at most `most_before`; what is given twice counts once.
    void add(std::span<const std::uint32_t> before) {
        const auto first = static_cast<std::ptrdiff_t>(edges_.size());
        for (const std::uint32_t each : before) {
            if (std::find(edges_.begin() + first, edges_.end(), each) != edges_.end()) continue;
            edges_.push_back(each);
            is_last_[each] = false;
        }
        if (edges_.size() == static_cast<std::size_t>(first)) sources_.push_back(size());
        ends_.push_back(static_cast<std::uint32_t>(edges_.size()));
        is_last_.push_back(true);
    }
    void add(std::initializer_list<std::uint32_t> before) { add(std::span(before.begin(), before.size())); }

    std::uint32_t size() const noexcept { return static_cast<std::uint32_t>(ends_.size()); }
    std::span<const std::uint32_t> before(std::uint32_t node) const noexcept {
        const std::uint32_t first = node == 0 ? 0 : ends_[node - 1];
        return {edges_.data() + first, ends_[node] - first};
    }
    /// Nothing comes after it.
    bool is_last(std::uint32_t node) const noexcept { return is_last_[node]; }
    /// Nothing comes before them.
    const std::vector<std::uint32_t>& sources() const noexcept { return sources_; }

private:
    std::vector<std::uint32_t> edges_;
    std::vector<std::uint32_t> ends_; ///< of each node's edges
    std::vector<bool> is_last_;
    std::vector<std::uint32_t> sources_;
};

} // namespace bench

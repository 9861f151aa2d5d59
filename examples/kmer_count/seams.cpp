// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "seams.hpp"

#include <algorithm>

namespace kmer_count {

void seam_joiner::add(const block_edges& block) {
    const auto head = block.head.bases();
    if (before_.size() + head.size() >= k_) {
        const auto begin = static_cast<std::uint32_t>(bases_.size());
        bases_.insert(bases_.end(), before_.begin(), before_.end());
        bases_.insert(bases_.end(), head.begin(), head.end());
        runs_.push_back({begin, static_cast<std::uint32_t>(bases_.size())});
    }
    if (!block.is_unbroken) before_.clear();
    keep_last(block.tail);
}

void seam_joiner::keep_last(const edge& tail) {
    before_.insert(before_.end(), tail.bases().begin(), tail.bases().end());
    const std::size_t excess = before_.size() - std::min<std::size_t>(before_.size(), k_ - 1);
    before_.erase(before_.begin(), before_.begin() + static_cast<std::ptrdiff_t>(excess));
}

} // namespace kmer_count

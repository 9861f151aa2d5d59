// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "summary.hpp"

#include <algorithm>
#include <iterator>

namespace kmer_count {

top_list::top_list(std::size_t limit) : limit_(limit), bound_{~kmer{0}, 0} {
    if (limit == 0) bound_ = {0, ~std::uint64_t{0}};
}

void top_list::add(const counted_kmer& candidate) {
    entries_.push_back(candidate);
    if (entries_.size() / 2 > limit_) cut();
}

void top_list::cut() {
    const auto last = entries_.begin() + static_cast<std::ptrdiff_t>(limit_ - 1);
    std::nth_element(entries_.begin(), last, entries_.end(), by_frequency{});
    entries_.erase(last + 1, entries_.end());
    bound_ = *last;
}

std::vector<counted_kmer> top_list::take() {
    if (entries_.size() > limit_) cut();
    std::sort(entries_.begin(), entries_.end(), by_frequency{});
    return std::exchange(entries_, {});
}

void histogram::merge(const histogram& other) {
    for (std::size_t multiplicity = 0; multiplicity < dense_size; ++multiplicity) {
        dense_[multiplicity] += other.dense_[multiplicity];
    }
    for (const auto& [multiplicity, kmers] : other.sparse_) sparse_[multiplicity] += kmers;
}

std::vector<std::pair<std::uint64_t, std::uint64_t>> histogram::entries() const {
    std::vector<std::pair<std::uint64_t, std::uint64_t>> all;
    for (std::size_t multiplicity = 0; multiplicity < dense_.size(); ++multiplicity) {
        if (dense_[multiplicity] != 0) all.emplace_back(multiplicity, dense_[multiplicity]);
    }
    all.insert(all.end(), sparse_.begin(), sparse_.end());
    return all;
}

std::uint64_t histogram::kmers() const {
    std::uint64_t total = 0;
    for (const auto& [multiplicity, different] : entries()) total += multiplicity * different;
    return total;
}

std::uint64_t histogram::different_kmers() const {
    std::uint64_t total = 0;
    for (const auto& [multiplicity, different] : entries()) total += different;
    return total;
}

namespace {

std::vector<counted_kmer> merge_top(const std::vector<counted_kmer>& a, const std::vector<counted_kmer>& b,
                                    std::size_t limit) {
    std::vector<counted_kmer> both;
    both.reserve(a.size() + b.size());
    std::merge(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(both), by_frequency{});
    if (both.size() > limit) both.resize(limit);
    return both;
}

} // namespace

summary merge(summary a, const summary& b, std::size_t top) {
    a.text += b.text;
    a.multiplicities.merge(b.multiplicities);
    a.top = merge_top(a.top, b.top, top);
    return a;
}

} // namespace kmer_count

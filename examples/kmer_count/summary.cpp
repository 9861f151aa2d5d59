// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "summary.hpp"

#include <algorithm>
#include <iterator>

namespace kmer_count {

void top_list::insert(const counted_kmer& candidate) {
    heap_.push_back(candidate);
    std::push_heap(heap_.begin(), heap_.end(), by_frequency{});
}

void top_list::replace_last(const counted_kmer& candidate) {
    std::pop_heap(heap_.begin(), heap_.end(), by_frequency{});
    heap_.pop_back();
    insert(candidate);
}

std::vector<counted_kmer> top_list::take() {
    std::sort_heap(heap_.begin(), heap_.end(), by_frequency{});
    return std::exchange(heap_, {});
}

void histogram::merge(const histogram& other) {
    for (const auto& [multiplicity, kmers] : other.entries()) add(multiplicity, kmers);
}

std::vector<std::pair<std::uint64_t, std::uint64_t>> histogram::entries() const {
    std::vector<std::pair<std::uint64_t, std::uint64_t>> all;
    for (std::size_t multiplicity = 0; multiplicity < dense_.size(); ++multiplicity) {
        if (dense_[multiplicity] != 0) all.emplace_back(multiplicity, dense_[multiplicity]);
    }
    all.insert(all.end(), sparse_.begin(), sparse_.end());
    return all;
}

summary summary_builder::take() {
    multiplicities_.add(1, std::exchange(singles_, 0));
    return {{}, kmers_, distinct_, std::move(multiplicities_), top_.take()};
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
    a.kmers += b.kmers;
    a.distinct += b.distinct;
    a.multiplicities.merge(b.multiplicities);
    a.top = merge_top(a.top, b.top, top);
    return a;
}

} // namespace kmer_count

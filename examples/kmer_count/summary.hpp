// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What is reported of a set of k-mers. Summaries of disjoint sets can be merged in any grouping, so each bin makes its
// own and the report is a parallel reduction.
#pragma once

#include "fasta.hpp"
#include "kmer.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <utility>
#include <vector>

namespace kmer_count {

struct counted_kmer {
    kmer value;
    std::uint64_t count;

    bool operator==(const counted_kmer&) const = default;
};

/// Reporting order: by count, highest first; equal counts by the k-mer's letters.
struct by_frequency {
    bool operator()(const counted_kmer& a, const counted_kmer& b) const noexcept {
        return a.count != b.count ? a.count > b.count : a.value < b.value;
    }
};

/// The first few of what is offered, in reporting order.
class top_list {
public:
    explicit top_list(std::size_t limit);

    void offer(const counted_kmer& candidate) {
        if (by_frequency{}(candidate, bound_)) add(candidate);
    }

    std::vector<counted_kmer> take();

private:
    void add(const counted_kmer& candidate);
    void cut();

    std::size_t limit_;
    counted_kmer bound_;                // whatever does not come before it is not among the first
    std::vector<counted_kmer> entries_; // more than are wanted, so that most additions are cheap
};

/// How many different k-mers occur how often.
class histogram {
public:
    void add(std::uint64_t multiplicity, std::uint64_t kmers = 1) {
        if (multiplicity < dense_size) {
            dense_[multiplicity] += kmers;
        } else {
            sparse_[multiplicity] += kmers;
        }
    }

    void merge(const histogram& other);

    std::uint64_t kmers() const;
    std::uint64_t different_kmers() const;

    /// Returns: {multiplicity, different k-mers}, both at least 1, by multiplicity.
    std::vector<std::pair<std::uint64_t, std::uint64_t>> entries() const;

    bool operator==(const histogram&) const = default;

private:
    static constexpr std::size_t dense_size = 64;

    std::array<std::uint64_t, dense_size> dense_{}; // the usual multiplicities
    std::map<std::uint64_t, std::uint64_t> sparse_;
};

struct summary {
    text_totals text;
    histogram multiplicities;
    std::vector<counted_kmer> top; // in reporting order

    bool operator==(const summary&) const = default;
};

/// Returns: the summary of the k-mers that for_each(visit) visits as counted_kmer, each k-mer once; `text` is empty.
template <class ForEach>
summary summarize(ForEach for_each, std::size_t top) {
    summary result;
    top_list most_frequent(top);
    std::uint64_t singles = 0; // most k-mers of a genome: in a register, not one change of memory after the other
    for_each([&](const counted_kmer& entry) {
        if (entry.count == 1) {
            ++singles;
        } else {
            result.multiplicities.add(entry.count);
        }
        most_frequent.offer(entry);
    });
    result.multiplicities.add(1, singles);
    result.top = most_frequent.take();
    return result;
}

/// Complexity: linear in `top`, and in the different multiplicities.
summary merge(summary a, const summary& b, std::size_t top);

} // namespace kmer_count

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
    explicit top_list(std::size_t limit) : limit_(limit) {}

    void offer(const counted_kmer& candidate) {
        if (!is_full()) {
            insert(candidate);
        } else if (limit_ > 0 && by_frequency{}(candidate, heap_.front())) {
            replace_last(candidate);
        }
    }

    std::vector<counted_kmer> take();

private:
    bool is_full() const noexcept { return heap_.size() == limit_; }
    void insert(const counted_kmer& candidate);
    void replace_last(const counted_kmer& candidate);

    std::size_t limit_;
    std::vector<counted_kmer> heap_; // the last one in front
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

    /// Returns: {multiplicity, different k-mers}, both at least 1, by multiplicity.
    std::vector<std::pair<std::uint64_t, std::uint64_t>> entries() const;

    bool operator==(const histogram& other) const { return entries() == other.entries(); }

private:
    static constexpr std::size_t dense_size = 64;

    std::array<std::uint64_t, dense_size> dense_{}; // the usual multiplicities
    std::map<std::uint64_t, std::uint64_t> sparse_;
};

struct summary {
    text_totals text;
    std::uint64_t kmers = 0;
    std::uint64_t distinct = 0;
    histogram multiplicities;
    std::vector<counted_kmer> top; // in reporting order

    bool operator==(const summary&) const = default;
};

/// Makes the summary of k-mers that are added one by one, each once.
class summary_builder {
public:
    explicit summary_builder(std::size_t top) : top_(top) {}

    void add(const counted_kmer& entry) {
        kmers_ += entry.count;
        ++distinct_;
        if (entry.count == 1) {
            ++singles_; // most k-mers of a genome: not one read-modify-write in memory after the other
        } else {
            multiplicities_.add(entry.count);
        }
        top_.offer(entry);
    }

    summary take();

private:
    std::uint64_t kmers_ = 0;
    std::uint64_t distinct_ = 0;
    std::uint64_t singles_ = 0;
    histogram multiplicities_;
    top_list top_;
};

/// Complexity: linear in `top`, and in the different multiplicities.
summary merge(summary a, const summary& b, std::size_t top);

} // namespace kmer_count

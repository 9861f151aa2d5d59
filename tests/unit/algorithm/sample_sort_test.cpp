// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: sorting
#include <pel/detail/algorithm/merge_sort.hpp>
#include <pel/detail/algorithm/quick_sort.hpp>
#include <pel/detail/algorithm/sample_sort.hpp>

#include "support/algorithm_inputs.hpp"

#include <atomic>
#include <stdexcept>
#include <vector>

namespace sample_sort_test {

using pel::par;
using pel_test::keyed;

class sample_sort_with : public pel_test::with_threads {
protected:
    struct by_key {
        bool operator()(const keyed& a, const keyed& b) const { return a.key < b.key; }
    };
    struct sort_stably {
        void operator()(keyed* first, keyed* last, keyed* scratch) const {
            pel::detail::merge_sort(first, last, scratch, by_key());
        }
    };
    std::mt19937_64 random{std::random_device{}()};

    std::vector<keyed> random_elements(std::uint64_t n) {
        std::vector<keyed> elements;
        for (const std::uint32_t key : pel_test::numbers_in(pel_test::order::random, n, random))
            elements.push_back({key, static_cast<std::uint32_t>(elements.size())});
        return elements;
    }
};
PEL_WITH_ALL_THREADS(sample_sort_with);

TEST_P(sample_sort_with, large_buckets_are_divided_again) {
    std::vector<keyed> elements = random_elements(300'000); // of about 1200, so nearly all are large
    const auto expected = pel_test::stably_sorted(elements, std::less<>());
    const pel::detail::scratch_memory<keyed> scratch(elements.size());
    auto stable = elements;
    pel::detail::sample_sort<true>(par.on(pool), stable.data(), stable.size(), scratch.data(), by_key(), sort_stably(),
                                   1000);
    EXPECT_EQ(stable, expected);

    std::atomic<unsigned> sorted{0};
    const auto sort = [&](keyed* first, keyed* last, keyed*) {
        sorted.fetch_add(1, std::memory_order_relaxed);
        pel::detail::quick_sort(first, last, by_key());
    };
    pel::detail::sample_sort<false>(par.on(pool), elements.data(), elements.size(), scratch.data(), by_key(), sort,
                                    1000);
    EXPECT_TRUE(std::ranges::equal(elements, expected, {}, &keyed::key, &keyed::key));
    EXPECT_GT(sorted.load(), pel::detail::most_buckets);
}

TEST_P(sample_sort_with, no_element_is_lost_when_a_sort_of_a_bucket_of_a_bucket_throws) {
    std::vector<keyed> elements = random_elements(100'000);
    const auto expected = pel_test::stably_sorted(elements, std::less<>());
    const pel::detail::scratch_memory<keyed> scratch(elements.size());
    for (const unsigned sorts : {1U, 10U, 100U}) {
        std::atomic<unsigned> left{sorts};
        const auto sort = [&](keyed* first, keyed* last, keyed* room) {
            if (left.fetch_sub(1, std::memory_order_relaxed) == 1) throw std::runtime_error("no more");
            sort_stably()(first, last, room);
        };
        auto tried = elements;
        EXPECT_THROW(pel::detail::sample_sort<true>(par.on(pool), tried.data(), tried.size(), scratch.data(), by_key(),
                                                    sort, 1000),
                     std::runtime_error);
        EXPECT_EQ(pel_test::stably_sorted(tried, std::less<>()), expected);
    }
}

} // namespace sample_sort_test

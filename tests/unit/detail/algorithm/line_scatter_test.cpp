// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: once
#include <pel/detail/algorithm/line_scatter.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <utility>
#include <vector>

namespace line_scatter_test {

using pel::detail::line_scatter;
using pel::detail::scratch_memory;

/// Elements go to stretches at random, in two scatters one after the other, as two blocks of a range do.
template <class T>
void puts_all_in_their_places(std::uint64_t stretches, std::uint64_t elements) {
    std::mt19937_64 random{elements};
    std::vector<std::uint64_t> stretch_of(elements);
    for (std::uint64_t& each : stretch_of) each = random() % stretches;
    std::vector<std::uint64_t> next(stretches), begins;
    for (const std::uint64_t each : stretch_of) ++next[each];
    for (std::uint64_t end = 0; std::uint64_t& each : next) end += std::exchange(each, end);
    begins = next;
    const scratch_memory<T> memory(elements);
    std::vector<T> expected(elements);
    for (std::uint64_t each = 0; each < elements; ++each) expected[begins[stretch_of[each]]++] = static_cast<T>(each);

    for (const auto& [begin, end] : {std::pair{std::uint64_t{0}, elements / 2}, std::pair{elements / 2, elements}}) {
        line_scatter<T> lines(memory.data(), next.data(), stretches);
        ASSERT_TRUE(lines.is_ready());
        for (std::uint64_t each = begin; each < end; ++each) lines.put(stretch_of[each], static_cast<T>(each));
        lines.finish();
    }
    EXPECT_EQ(next, begins);
    EXPECT_EQ(std::vector<T>(memory.data(), memory.data() + elements), expected) << stretches << ' ' << elements;
}

TEST(line_scatter, puts_all_elements_in_their_places) {
    for (const std::uint64_t stretches : {1U, 2U, 7U, 256U}) {
        for (const std::uint64_t elements : {0U, 1U, 15U, 16U, 17U, 1000U, 30000U}) {
            puts_all_in_their_places<std::uint32_t>(stretches, elements);
            puts_all_in_their_places<std::uint64_t>(stretches, elements);
            puts_all_in_their_places<unsigned char>(stretches, elements);
        }
    }
}

TEST(line_scatter, is_for_elements_that_divide_a_line) {
    struct three {
        std::uint32_t a, b, c;
    };
    EXPECT_TRUE(line_scatter<std::uint32_t>::is_possible);
    EXPECT_FALSE(line_scatter<three>::is_possible);
}

} // namespace line_scatter_test

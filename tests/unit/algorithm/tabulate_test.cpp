// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: elements
#include <pel/algorithm/tabulate.hpp>

#include "support/algorithm_inputs.hpp"

#include <stdexcept>
#include <string>
#include <vector>

namespace tabulate_test {

using pel::par;

class tabulate_with : public pel_test::with_threads {
protected:
    std::mt19937_64 random{std::random_device{}()};
};
PEL_WITH_ALL_THREADS(tabulate_with);

/// Has no value to begin with, and cannot be copied.
struct given {
    explicit given(int number) : value(number) {}
    given(given&&) = default;
    int value;
};

TEST_P(tabulate_with, each_number_is_asked_for_its_value) {
    for (const std::uint64_t n : pel_test::input_sizes(random)) {
        const auto squares = pel::tabulate(par.on(pool), n, [](std::uint64_t i) { return i * i; });
        ASSERT_EQ(squares.size(), n);
        for (std::uint64_t each = 0; each < n; ++each) ASSERT_EQ(squares[each], each * each);
    }
    const auto texts = pel::tabulate(par.on(pool).grain(7), 1'000, [](int i) { return std::to_string(i); });
    const auto bits = pel::tabulate(par.on(pool), 1'000, [](int i) { return i % 3 == 0; });
    const auto others = pel::tabulate(1'000, [](int i) { return given(i); });
    for (std::size_t each = 0; each < 1'000; ++each) {
        ASSERT_EQ(texts[each], std::to_string(each));
        ASSERT_EQ(bits[each], each % 3 == 0);
        ASSERT_EQ(others[each].value, static_cast<int>(each));
    }
    EXPECT_TRUE(pel::tabulate(par.on(pool), -3, [](int i) { return i; }).empty());
    EXPECT_THROW(
        pel::tabulate(par.on(pool), 1'000, [](int i) { return i == 500 ? throw std::runtime_error("no") : i; }),
        std::runtime_error);
}

TEST_P(tabulate_with, a_bit_is_a_bool) {
    std::vector<bool> bits(1'000);
    bits[3] = true;
    const std::vector<bool> copy =
        pel::tabulate(par.on(pool), 1'000, [&](int i) { return bits[static_cast<std::size_t>(i)]; });
    EXPECT_EQ(copy, bits);
}

} // namespace tabulate_test

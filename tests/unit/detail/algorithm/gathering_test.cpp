// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: selecting
#include <pel/algorithm/copy_if.hpp>
#include <pel/detail/algorithm/gathering.hpp>

#include "support/algorithm_inputs.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <thread>
#include <vector>

namespace gathering_test {

using pel::par;
using pel::detail::least_gathering;

class gathering_with : public pel_test::with_threads {
protected:
    std::mt19937_64 random{std::random_device{}()};

    /// Elements made of a number each, of which a random part is selected, or nearly all, or nearly none.
    template <class T>
    void gathers() {
        for (const std::uint64_t n : {least_gathering, least_gathering + 1, least_gathering + 63,
                                      least_gathering + random() % 300'000, std::uint64_t{1} << 20}) {
            for (const unsigned percent : {0U, 1U, 50U, 100U}) {
                std::vector<T> elements(n), expected;
                std::vector<bool> is_wanted(n);
                for (std::uint64_t each = 0; each < n; ++each) {
                    elements[each] = T{static_cast<std::uint8_t>(random())};
                    is_wanted[each] = random() % 100 < percent;
                    if (is_wanted[each]) expected.push_back(elements[each]);
                }
                std::vector<T> got(expected.size());
                const auto is_selected = [&](const T& each) {
                    return is_wanted[static_cast<std::uint64_t>(&each - elements.data())];
                };
                const auto end = pel::copy_if(par.on(pool), elements.begin(), elements.end(), got.begin(), is_selected);
                ASSERT_EQ(static_cast<std::uint64_t>(end - got.begin()), expected.size());
                ASSERT_EQ(got, expected) << n << ", " << percent << " %";
            }
        }
    }
};
PEL_WITH_ALL_THREADS(gathering_with);

TEST_P(gathering_with, elements_of_all_sizes_are_gathered) {
    gathers<std::uint8_t>();
    gathers<std::uint32_t>();
    gathers<std::uint64_t>();
    gathers<std::array<std::uint64_t, 2>>();
    gathers<pel_test::keyed>(); // which a buffer cannot begin with
}

TEST_P(gathering_with, bools_are_gathered) {
    std::array<bool, 2 * least_gathering> all{}, got{};
    for (bool& each : all) each = random() % 2 == 0;
    const auto end = pel::copy_if(par.on(pool), all, got.begin(), std::identity()).out;
    EXPECT_EQ(end - got.begin(), std::ranges::count(all, true));
    EXPECT_TRUE(std::all_of(got.begin(), end, std::identity()));
}

/// The first item is not judged before others have been, so that theirs must be kept.
TEST_P(gathering_with, what_cannot_be_placed_yet_is_kept) {
    if (GetParam() == 1) GTEST_SKIP() << "no other thread";
    const std::uint64_t n = 2 * least_gathering;
    std::vector<std::uint64_t> numbers(n), even(n / 2);
    for (std::uint64_t each = 0; each < n; ++each) numbers[each] = each;
    std::atomic<std::uint64_t> judged{0};
    const auto is_even = [&](std::uint64_t number) {
        if (number == 0) {
            while (judged.load() < n / 4) std::this_thread::yield();
        } else {
            judged.fetch_add(1);
        }
        return number % 2 == 0;
    };
    pel::copy_if(par.on(pool).grain(1), numbers.begin(), numbers.end(), even.begin(), is_even); // others come at once
    for (std::uint64_t each = 0; each < even.size(); ++each) ASSERT_EQ(even[each], 2 * each);
}

} // namespace gathering_test

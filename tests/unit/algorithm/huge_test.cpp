// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A little more than 2^32 elements, of a byte each: no number of an element, and no count of them, fits into 32 bits.
// test label: huge
#include <pel/algorithm/compare.hpp>
#include <pel/algorithm/copy.hpp>
#include <pel/algorithm/copy_if.hpp>
#include <pel/algorithm/count.hpp>
#include <pel/algorithm/fill.hpp>
#include <pel/algorithm/find.hpp>
#include <pel/algorithm/histogram.hpp>
#include <pel/algorithm/is_sorted.hpp>
#include <pel/algorithm/merge.hpp>
#include <pel/algorithm/min_max.hpp>
#include <pel/algorithm/nth_element.hpp>
#include <pel/algorithm/partition.hpp>
#include <pel/algorithm/reduce.hpp>
#include <pel/algorithm/remove.hpp>
#include <pel/algorithm/reverse.hpp>
#include <pel/algorithm/scan.hpp>
#include <pel/algorithm/sort.hpp>
#include <pel/algorithm/transform.hpp>

#include "support/memory.hpp"
#include "support/watchdog.hpp"

#include <cstdint>
#include <functional>
#include <ranges>
#include <span>
#include <stdexcept>
#include <vector>

#include <sys/mman.h>

namespace huge_test {

using pel::par;
using byte = std::uint8_t;
constexpr std::uint64_t n = (std::uint64_t{1} << 32) + 1'000;

/// Memory for n bytes that nobody has touched; on large pages where there are some, or half of the time is page faults.
class bytes {
public:
    bytes() : all_(::mmap(nullptr, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)) {
        if (all_ == MAP_FAILED) throw std::runtime_error("mmap failed");
        ::madvise(all_, n, MADV_HUGEPAGE);
    }
    bytes(const bytes&) = delete;
    bytes& operator=(const bytes&) = delete;
    ~bytes() { ::munmap(all_, n); }

    std::span<byte> all() const noexcept { return {static_cast<byte*>(all_), n}; }

private:
    void* const all_;
};

class huge : public testing::Test {
protected:
    /// Whether all bytes in [begin, end) are f(number).
    template <class F>
    bool is_made(std::span<byte> all, std::uint64_t begin, std::uint64_t end, const F& f) {
        return pel::find_index_if(par.on(pool), begin, end, [&](std::uint64_t i) { return all[i] != f(i); }) == end;
    }
    pel::thread_pool pool;

private:
    const pel_test::watchdog guard_{pool, std::chrono::seconds(220)};
};

#define PEL_NEEDS_GIB(gib)                                                                                             \
    if (pel_test::available_bytes() >> 30 < (gib))                                                                     \
    GTEST_SKIP() << "needs " << (gib) << " GiB of memory, of which " << (pel_test::available_bytes() >> 30)            \
                 << " are available"

// Few tests: half of the time that one takes is the kernel's, for its memory.
TEST_F(huge, elements_are_read_and_written) {
    PEL_NEEDS_GIB(5U);
    const bytes memory;
    const auto all = memory.all();
    pel::fill(par.on(pool), all, byte{1});
    all.back() = 0;
    EXPECT_EQ(pel::count(par.on(pool), all, byte{1}), static_cast<std::ptrdiff_t>(n - 1));
    EXPECT_EQ(pel::reduce(par.on(pool), all, std::uint64_t{0}), n - 1);
    EXPECT_EQ(pel::min_element(par.on(pool), all) - all.begin(), static_cast<std::ptrdiff_t>(n - 1));
    pel::transform(par.on(pool), all, all.begin(), [](byte each) { return static_cast<byte>(each + 2); });
    EXPECT_EQ(pel::find(par.on(pool), all, byte{2}) - all.begin(), static_cast<std::ptrdiff_t>(n - 1));
    pel::reverse(par.on(pool), all);
    EXPECT_EQ(all.front(), 2);
    EXPECT_EQ(pel::histogram(par.on(pool), all, 4), (std::vector<std::uint64_t>{0, 0, 1, n - 1}));
    const auto plus = [](byte a, byte b) { return static_cast<byte>(a + b); };
    EXPECT_EQ(pel::inclusive_scan(par.on(pool), all, all.begin(), plus), all.end());
    EXPECT_TRUE(is_made(all, 0, n, [](std::uint64_t i) { return static_cast<byte>(3 * i + 2); }));
    pel::fill(par.on(pool), all, byte{7}); // now there are pages, so past the caches
    EXPECT_EQ(pel::count(par.on(pool), all, byte{7}), static_cast<std::ptrdiff_t>(n));
}

/// Of the first numbers 100 are 255, of the others none.
constexpr auto few_255 = [](std::uint64_t i) { return i < 100 ? byte{255} : static_cast<byte>(i % 128); };
constexpr auto is_255 = [](byte each) { return each == 255; };
constexpr auto few_255_removed = [](std::uint64_t i) { return few_255(i + 100); };

TEST_F(huge, elements_are_rearranged) {
    PEL_NEEDS_GIB(12U);
    const bytes memory;
    const auto all = memory.all();
    const auto numbers = std::views::iota(std::int64_t{0}, static_cast<std::int64_t>(n)) |
                         std::views::transform([](std::int64_t i) { return few_255(static_cast<std::uint64_t>(i)); });
    const auto end = pel::copy_if(par.on(pool), numbers, all.begin(), std::not_fn(is_255)).out;
    EXPECT_EQ(end - all.begin(), static_cast<std::ptrdiff_t>(n - 100));
    EXPECT_TRUE(is_made(all, 0, n - 100, few_255_removed));
    pel::fill(par.on(pool), all.first(100), byte{255});
    const auto others = pel::partition(par.on(pool), all, std::not_fn(is_255));
    EXPECT_EQ(others.size(), 100U);
    EXPECT_EQ(pel::count_if(par.on(pool), others, is_255), 100);
    pel::fill(par.on(pool), all.first(100), byte{255});
    EXPECT_EQ(pel::remove(par.on(pool), all, byte{255}).size(), 200U);
    all.back() = 0;
    const auto counts = pel::histogram(par.on(pool), all, 256);
    EXPECT_EQ(pel::sort(par.on(pool), all), all.end());
    EXPECT_TRUE(pel::is_sorted(par.on(pool), all));
    EXPECT_EQ(pel::histogram(par.on(pool), all, 256), counts);
}

TEST_F(huge, elements_are_merged_and_selected) {
    PEL_NEEDS_GIB(14U);
    const bytes halves, merged;
    constexpr std::uint64_t half = n / 2, middle = half + 12'345;
    static_assert(n % 2 == 0);
    const auto numbers = std::views::iota(std::uint64_t{0}, half);
    const auto first = halves.all().first(half), second = halves.all().last(half);
    pel::transform(par.on(pool), numbers, first.begin(), [](std::uint64_t i) { return byte(i * 200 / half); });
    pel::transform(par.on(pool), numbers, second.begin(), [](std::uint64_t i) { return byte(55 + i * 200 / half); });
    const auto ends = pel::merge(par.on(pool), first, second, merged.all().begin());
    EXPECT_EQ(ends.out, merged.all().end());
    EXPECT_TRUE(pel::is_sorted(par.on(pool), merged.all()));
    EXPECT_EQ(pel::histogram(par.on(pool), merged.all(), 256), pel::histogram(par.on(pool), halves.all(), 256));
    pel::nth_element(par.on(pool), halves.all(), halves.all().begin() + middle);
    EXPECT_EQ(halves.all()[middle], merged.all()[middle]);
    pel::stable_sort(par.on(pool), halves.all());
    EXPECT_TRUE(pel::equal(par.on(pool), halves.all(), merged.all()));
    EXPECT_EQ(pel::copy(par.on(pool), merged.all(), halves.all().begin()).out, halves.all().end());
    EXPECT_TRUE(pel::equal(par.on(pool), halves.all(), merged.all()));
}

} // namespace huge_test

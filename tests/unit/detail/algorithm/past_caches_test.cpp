// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: elements
#include <pel/detail/algorithm/past_caches.hpp>

#include "support/algorithm_inputs.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace past_caches_test {

using pel::par;

class past_caches_with : public pel_test::with_threads {
protected:
    std::mt19937_64 random{std::random_device{}()};
};
PEL_WITH_ALL_THREADS(past_caches_with);

std::vector<std::byte> random_bytes(std::size_t n, std::mt19937_64& random) {
    std::vector<std::byte> bytes(n);
    for (std::byte& each : bytes) each = static_cast<std::byte>(random());
    return bytes;
}

TEST(past_caches, bytes_are_copied_wherever_they_begin_and_end) {
    std::mt19937_64 random{std::random_device{}()};
    const std::vector<std::byte> from = random_bytes(100'000, random), untouched = random_bytes(100'000, random);
    for (std::size_t size = 0; size < 100'000 - 200; size += size < 700 ? 1 + random() % 7 : random() % 9'000) {
        const std::size_t begin = random() % 100, target = random() % 100;
        std::vector<std::byte> got = untouched, expected = untouched;
        pel::detail::stream_bytes(got.data() + target, from.data() + begin, size);
        std::copy_n(from.data() + begin, size, expected.data() + target);
        ASSERT_EQ(got, expected) << size << " bytes";
    }
}

/// Fills the middle of an array that begins `shift` bytes behind a line.
template <class T>
void fills(T value, T other, std::size_t shift, std::mt19937_64& random) {
    for (std::size_t size = 0; size < 3'000; size += size < 200 ? 1 : random() % 500) {
        std::vector<std::byte> memory((size + 20) * sizeof(T) + 128);
        const std::size_t line = (0 - reinterpret_cast<std::uintptr_t>(memory.data())) % 64;
        T* const all = reinterpret_cast<T*>(memory.data() + line + shift);
        std::fill_n(all, size + 20, other);
        const std::size_t begin = random() % 20;
        pel::detail::stream_fill(all + begin, size, value);
        ASSERT_EQ(std::count(all, all + begin, other), std::ptrdiff_t(begin));
        ASSERT_EQ(std::count(all + begin, all + begin + size, value), std::ptrdiff_t(size));
        ASSERT_EQ(std::count(all + begin + size, all + size + 20, other), std::ptrdiff_t(20 - begin));
    }
}
TEST(past_caches, elements_of_all_sizes_are_filled) {
    std::mt19937_64 random{std::random_device{}()};
    fills<std::uint8_t>(1, 2, 5, random);
    fills<std::uint16_t>(1, 2, 2, random);
    fills<float>(1, 2, 0, random);
    fills<std::uint64_t>(1, 2, 8, random);
    fills<std::array<std::uint64_t, 2>>({1, 2}, {3, 4}, 0, random);
    fills<std::array<std::uint64_t, 2>>({1, 2}, {3, 4}, 8, random); // no whole number of them before a line
    fills<std::array<std::uint32_t, 3>>({1, 2, 3}, {4, 5, 6}, 4, random);
    fills<std::array<std::uint64_t, 20>>({1, 2, 3}, {4, 5, 6}, 8, random); // larger than a line
}

TEST_P(past_caches_with, threads_share_what_they_copy_and_fill) {
    const std::uint64_t size = 200'000 + random() % 100'000; // some blocks
    std::vector<std::uint64_t> from(size), to(size);
    for (std::uint64_t& each : from) each = random();
    pel::detail::copy_past_caches(par.on(pool), std::as_const(from).data(), size, to.data());
    EXPECT_EQ(to, from);
    pel::detail::fill_past_caches(par.on(pool), to.data(), size, to[size / 2]); // one of its own
    EXPECT_EQ(std::ranges::count(to, from[size / 2]), std::ptrdiff_t(size));
    pel::detail::copy_past_caches(par.on(pool), std::as_const(from).data(), 0, to.data());
}

TEST(past_caches, so_much_is_kept_by_none) {
    EXPECT_FALSE(pel::detail::exceeds_caches(0));
    EXPECT_FALSE(pel::detail::exceeds_caches(std::uint64_t{1} << 20));
    EXPECT_EQ(pel::detail::exceeds_caches(std::uint64_t{1} << 50), pel::detail::can_stream);
    EXPECT_GT(pel::detail::last_caches_bytes(), 0U);
    pel::affinity where;
    EXPECT_FALSE(pel::detail::goes_past_caches(par.replay(where), std::uint64_t{1} << 50))
        << "its blocks are the caller's";
}

TEST(past_caches, a_page_that_nobody_has_touched_is_not_there) {
    const std::size_t bytes = 1 << 16;
    auto* const pages = static_cast<std::byte*>(pel::detail::map_pages(bytes, bytes));
    ASSERT_NE(pages, nullptr);
    EXPECT_FALSE(pel::detail::is_page_resident(pages + 100));
    pel::detail::stream_fill(pages, bytes, std::byte{7}); // by ordinary stores
    EXPECT_TRUE(pel::detail::is_page_resident(pages + 100));
    EXPECT_TRUE(pel::detail::is_page_resident(pages + bytes - 1));
    EXPECT_EQ(std::count(pages, pages + bytes, std::byte{7}), std::ptrdiff_t(bytes));
    pel::detail::unmap_pages(pages, bytes);
}

} // namespace past_caches_test

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: elements
#include <pel/algorithm/relocate.hpp>

#include "support/algorithm_inputs.hpp"

#include <atomic>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

namespace relocate_test {

using pel::par;
using pel::seq;

class relocate_with : public pel_test::with_threads {
protected:
    std::mt19937_64 random{std::random_device{}()};
};
PEL_WITH_ALL_THREADS(relocate_with);

/// Counts those that live; throws when it is asked for, if it may.
template <bool MayThrow>
struct counted {
    static inline std::atomic<std::int64_t> alive{0}, until_throw{-1};
    std::unique_ptr<std::uint64_t> number;
    const counted* lives_at = this;

    explicit counted(std::uint64_t its) : number(std::make_unique<std::uint64_t>(its)) { ++alive; }
    counted(counted&& other) noexcept(!MayThrow) {
        if constexpr (MayThrow) {
            if (until_throw >= 0 && until_throw-- == 0) throw std::runtime_error("no");
        }
        number = std::move(other.number);
        ++alive;
    }
    ~counted() {
        lives_at = nullptr;
        --alive;
    }
};

template <class T, class Relocate>
void relocates(std::uint64_t n, const Relocate& relocate) {
    std::allocator<T> memory;
    T* const from = memory.allocate(n);
    T* const to = memory.allocate(n);
    for (std::uint64_t each = 0; each < n; ++each) std::construct_at(from + each, each);
    relocate(from, to);
    EXPECT_EQ(T::alive, static_cast<std::int64_t>(n));
    for (std::uint64_t each = 0; each < n; ++each) EXPECT_EQ(*to[each].number, each);
    std::destroy_n(to, n);
    EXPECT_EQ(T::alive, 0);
    memory.deallocate(from, n);
    memory.deallocate(to, n);
}

TEST_P(relocate_with, objects_are_there_and_gone_here) {
    for (const std::uint64_t n : pel_test::input_sizes(random, 2, 100'000)) {
        relocates<counted<false>>(n, [&](auto* from, auto* to) {
            ASSERT_EQ(pel::uninitialized_relocate(par.on(pool), from, from + n, to), to + n);
        });
        relocates<counted<true>>(n, [&](auto* from, auto* to) {
            ASSERT_EQ(pel::uninitialized_relocate_n(par.on(pool).grain(7), from, n, to), std::pair(from + n, to + n));
        });
        relocates<counted<false>>(n,
                                  [&](auto* from, auto* to) { pel::uninitialized_relocate(seq, from, from + n, to); });
    }
    const std::vector<std::uint32_t> numbers = pel_test::numbers_in(pel_test::order::random, 10'000, random);
    std::vector<std::uint32_t> copies(10'000), from = numbers;
    EXPECT_EQ(pel::uninitialized_relocate(par.on(pool), from.begin(), from.end(), copies.begin()), copies.end());
    EXPECT_EQ(copies, numbers);
}

/// Says stop after some questions, or once so many objects live.
template <class T>
struct stops_after {
    std::atomic<int>* left;
    std::int64_t alive;
    bool stop_requested() const noexcept { return left->fetch_sub(1) <= 0 || T::alive >= alive; }
};

template <class T, class Relocate>
void is_all_or_nothing(std::int64_t n, std::int64_t stops_at_alive, const Relocate& relocate) {
    for (const int questions : {0, 1, 5, 1'000'000}) {
        std::allocator<T> memory;
        T* const from = memory.allocate(static_cast<std::size_t>(n));
        T* const to = memory.allocate(static_cast<std::size_t>(n));
        for (std::int64_t each = 0; each != n; ++each) std::construct_at(from + each, static_cast<std::uint64_t>(each));
        std::atomic<int> left{questions};
        bool are_in_place = false; // in `from`
        try {
            relocate(stops_after<T>{&left, stops_at_alive}, from, to);
        } catch (const pel::operation_cancelled&) {
            are_in_place = !std::is_nothrow_move_constructible_v<T>;
        }
        EXPECT_EQ(T::alive, n) << questions;
        T* const there = are_in_place ? from : to;
        for (std::int64_t each = 0; each != n; ++each) {
            ASSERT_EQ(there[each].lives_at, there + each) << questions;
            ASSERT_TRUE(are_in_place || *there[each].number == static_cast<std::uint64_t>(each));
        }
        std::destroy_n(there, n);
        memory.deallocate(from, static_cast<std::size_t>(n));
        memory.deallocate(to, static_cast<std::size_t>(n));
    }
}

TEST_P(relocate_with, a_stop_leaves_all_objects_on_one_side) {
    constexpr std::int64_t n = 5'000, never = 3 * n;
    const auto relocate = [&](const auto& token, auto* from, auto* to) {
        pel::uninitialized_relocate(par.on(pool).stop(token), from, from + n, to);
    };
    is_all_or_nothing<counted<false>>(n, never, relocate);
    is_all_or_nothing<counted<true>>(n, never, relocate);
    is_all_or_nothing<counted<true>>(n, 2 * n, relocate); // when all are there, and the first are to be destroyed
}

/// Nothing to destroy, and which memcpy must not copy.
struct plain {
    std::uint64_t number = 0;

    explicit plain(std::uint64_t its) : number(its) {}
    plain(plain&& other) noexcept : number(other.number) {}
};

TEST_P(relocate_with, a_stop_cuts_nothing_short_that_cannot_throw) {
    const auto all_are_there = [&]<class T>(std::uint64_t n, T) {
        std::vector<T> from;
        for (std::uint64_t each = 0; each != n; ++each) from.emplace_back(each);
        std::allocator<T> memory;
        T* const to = memory.allocate(n);
        std::memset(static_cast<void*>(to), 0xff, n * sizeof(T));
        std::stop_source source;
        source.request_stop();
        EXPECT_THROW(pel::uninitialized_relocate(par.on(pool).stop(source.get_token()), from.begin(), from.end(), to),
                     pel::operation_cancelled);
        for (std::uint64_t each = 0; each != n; ++each) {
            std::uint64_t number = 0;
            std::memcpy(&number, to + each, sizeof number);
            ASSERT_EQ(number, each) << n;
        }
        memory.deallocate(to, n);
    };
    for (const std::uint64_t n : {std::uint64_t{10}, std::uint64_t{10'000}, pel_test::scaled(1'000'000)}) {
        all_are_there(n, plain(0));
        all_are_there(n, std::uint64_t{0});
    }
}

TEST_P(relocate_with, after_an_exception_all_objects_are_where_they_were) {
    using value = counted<true>;
    std::vector<value> objects;
    objects.reserve(5'000);
    for (std::uint64_t each = 0; each < 5'000; ++each) objects.emplace_back(each);
    std::allocator<value> memory;
    value* const to = memory.allocate(objects.size());
    value::until_throw = static_cast<std::int64_t>(random() % objects.size());
    EXPECT_THROW(pel::uninitialized_relocate(par.on(pool), objects.begin(), objects.end(), to), std::runtime_error);
    EXPECT_EQ(value::alive, static_cast<std::int64_t>(objects.size()));
    value::until_throw = -1;
    memory.deallocate(to, objects.size());
}

} // namespace relocate_test

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: elements
#include <pel/algorithm/relocate.hpp>

#include "support/algorithm_inputs.hpp"

#include <atomic>
#include <memory>
#include <stdexcept>
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

    explicit counted(std::uint64_t its) : number(std::make_unique<std::uint64_t>(its)) { ++alive; }
    counted(counted&& other) noexcept(!MayThrow) {
        if constexpr (MayThrow) {
            if (until_throw >= 0 && until_throw-- == 0) throw std::runtime_error("no");
        }
        number = std::move(other.number);
        ++alive;
    }
    ~counted() { --alive; }
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

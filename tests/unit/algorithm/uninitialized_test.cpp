// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: elements
#include <pel/algorithm/destroy.hpp>
#include <pel/algorithm/uninitialized.hpp>

#include "support/algorithm_inputs.hpp"

#include <algorithm>
#include <atomic>
#include <functional>
#include <list>
#include <memory>
#include <new>
#include <ranges>
#include <span>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace uninitialized_test {

using pel::par;
using pel::seq;

class uninitialized_with : public pel_test::with_threads {
protected:
    std::mt19937_64 random{std::random_device{}()};
};
PEL_WITH_ALL_THREADS(uninitialized_with);

/// Memory for n objects, and a byte pattern in it.
template <class T>
class memory {
public:
    explicit memory(std::uint64_t n) : size_(n), first_(std::allocator<T>().allocate(n)) {
        std::fill_n(reinterpret_cast<unsigned char*>(first_), n * sizeof(T), static_cast<unsigned char>(0xa5));
    }
    memory(const memory&) = delete;
    memory& operator=(const memory&) = delete;
    ~memory() { std::allocator<T>().deallocate(first_, size_); }

    T* begin() const noexcept { return first_; }
    T* end() const noexcept { return first_ + size_; }
    std::span<T> elements() const noexcept { return {first_, size_}; }

private:
    std::uint64_t size_;
    T* first_;
};

/// Counts those that live, and throws at a construction that is asked for.
struct counted {
    static inline std::atomic<std::int64_t> alive{0}, until_throw{-1};
    std::uint32_t number = 7;
    std::unique_ptr<int> owned = std::make_unique<int>(1); // a leak, or a second destruction, is noticed by sanitizers

    counted() { count(); }
    explicit counted(std::uint32_t its) : number(its) { count(); }
    counted(const counted& other) : number(other.number) { count(); }
    counted(counted&& other) : number(other.number) { count(); }
    counted& operator=(const counted&) = delete;
    ~counted() { alive.fetch_sub(1, std::memory_order_relaxed); }

private:
    static void count() {
        if (until_throw.load(std::memory_order_relaxed) >= 0 && until_throw.fetch_sub(1) == 0)
            throw std::runtime_error("no");
        alive.fetch_add(1, std::memory_order_relaxed);
    }
};

TEST_P(uninitialized_with, copies_moves_and_fills_numbers) {
    for (const std::uint64_t n : pel_test::input_sizes(random)) {
        auto from = pel_test::numbers_in(pel_test::order::random, n, random);
        const memory<std::uint32_t> to(n);
        ASSERT_EQ(pel::uninitialized_copy(par.on(pool), from.begin(), from.end(), to.begin()), to.end());
        ASSERT_TRUE(std::ranges::equal(to, from)) << n;
        const auto ends = pel::uninitialized_fill(par.on(pool).grain(3), to.elements(), 7);
        ASSERT_EQ(ends, to.elements().end());
        ASSERT_EQ(std::ranges::count(to, 7U), static_cast<std::ptrdiff_t>(n));
        const auto moved = pel::uninitialized_move_n(par.on(pool), from.begin(), n, to.begin());
        ASSERT_EQ(moved.first, from.end());
        ASSERT_EQ(moved.second, to.end());
        ASSERT_TRUE(std::ranges::equal(to, from)) << n;
        std::ranges::fill(to, 9U);
        ASSERT_EQ(pel::uninitialized_move(par.on(pool), from.begin(), from.end(), to.begin()), to.end());
        ASSERT_TRUE(std::ranges::equal(to, from)) << n;
        std::ranges::fill(to, 9U);
        ASSERT_EQ(pel::uninitialized_copy_n(par.on(pool), from.begin(), n, to.begin()), to.end());
        ASSERT_TRUE(std::ranges::equal(to, from)) << n;
        ASSERT_EQ(pel::uninitialized_value_construct(par.on(pool), to.begin(), to.end()), to.end());
        ASSERT_EQ(std::ranges::count(to, 0U), static_cast<std::ptrdiff_t>(n));
        ASSERT_EQ(pel::uninitialized_fill_n(par.on(pool), to.begin(), n, 8U), to.end());
        ASSERT_EQ(pel::uninitialized_default_construct_n(par.on(pool), to.begin(), n), to.end());
        ASSERT_EQ(std::ranges::count(to, 8U), static_cast<std::ptrdiff_t>(n)); // nothing was written
        ASSERT_EQ(pel::destroy(par.on(pool), to.begin(), to.end()), to.end());
    }
}

TEST_P(uninitialized_with, memory_may_end_before_the_range) {
    auto from = pel_test::numbers_in(pel_test::order::random, 10'000, random);
    const memory<std::uint32_t> to(9'000);
    const auto copied = pel::uninitialized_copy(par.on(pool), from.begin(), from.end(), to.begin(), to.end());
    EXPECT_EQ(copied.in, from.begin() + 9'000);
    EXPECT_EQ(copied.out, to.end());
    EXPECT_TRUE(std::ranges::equal(to, std::span(from).first(9'000)));
    const auto moved = pel::uninitialized_move(from.begin(), from.begin() + 10, to.begin(), to.end());
    EXPECT_EQ(moved.in, from.begin() + 10);
    EXPECT_EQ(moved.out, to.begin() + 10);
}

TEST_P(uninitialized_with, constructs_and_destroys_as_many_objects_as_it_should) {
    for (const std::uint64_t n : pel_test::input_sizes(random, 3, 100'000)) {
        const auto size = static_cast<std::int64_t>(n);
        const memory<counted> first(n), second(n);
        ASSERT_EQ(pel::uninitialized_value_construct_n(par.on(pool), first.begin(), n), first.end());
        ASSERT_EQ(counted::alive, size);
        ASSERT_EQ(pel::destroy(par.on(pool).grain(3), first.begin(), first.end()), first.end());
        ASSERT_EQ(counted::alive, 0);
        ASSERT_EQ(pel::uninitialized_default_construct(par.on(pool), first.elements()), first.elements().end());
        const auto ends = pel::uninitialized_copy(par.on(pool).grain(3), first.elements(), second.elements());
        ASSERT_EQ(ends.in, first.elements().end());
        ASSERT_EQ(ends.out, second.elements().end());
        ASSERT_EQ(counted::alive, 2 * size);
        ASSERT_EQ(std::ranges::count(second, 7U, &counted::number), size);
        ASSERT_EQ(pel::destroy_n(par.on(pool), first.begin(), n), first.end());
        ASSERT_EQ(pel::destroy(par.on(pool), second.elements()), second.elements().end());
        ASSERT_EQ(counted::alive, 0);
    }
}

/// Calls construct(memory), which is to throw, with exceptions at the first, the last and some constructions between.
template <class Construct>
void expect_that_nothing_is_left(std::int64_t n, std::mt19937_64& random, const Construct& construct) {
    const std::int64_t before = counted::alive;
    const memory<counted> to(static_cast<std::uint64_t>(n));
    const auto size = static_cast<std::uint64_t>(n);
    for (const std::uint64_t fails : {std::uint64_t{0}, size - 1, random() % size, random() % size, random() % size}) {
        counted::until_throw = static_cast<std::int64_t>(fails);
        ASSERT_THROW(construct(to), std::runtime_error);
        counted::until_throw = -1;
        ASSERT_EQ(counted::alive, before) << fails;
    }
}

TEST_P(uninitialized_with, after_an_exception_nothing_that_was_constructed_is_left) {
    for (const std::int64_t n : {1, 2, 16, 17, 1'000, 20'000}) {
        std::vector<counted> from(static_cast<std::size_t>(n));
        const counted value(3);
        const auto plain = par.on(pool);
        expect_that_nothing_is_left(n, random, [&](const memory<counted>& to) {
            pel::uninitialized_copy(plain, from.begin(), from.end(), to.begin());
        });
        expect_that_nothing_is_left(n, random, [&](const memory<counted>& to) {
            pel::uninitialized_move(plain.grain(1), from, to.elements());
        });
        expect_that_nothing_is_left(
            n, random, [&](const memory<counted>& to) { pel::uninitialized_fill(plain, to.elements(), value); });
        expect_that_nothing_is_left(n, random, [&](const memory<counted>& to) {
            pel::uninitialized_value_construct(plain.max_concurrency(2), to.elements());
        });
        expect_that_nothing_is_left(
            n, random, [&](const memory<counted>& to) { pel::uninitialized_copy(seq, from, to.elements()); });
    }
    EXPECT_EQ(counted::alive, 0);
}

TEST_P(uninitialized_with, nothing_is_left_by_calls_inside_others_and_on_replayed_shares) {
    const std::uint64_t n = 3'000;
    const std::vector<counted> from(n);
    const auto before = counted::alive.load();
    pel::affinity where;
    for (int round = 0; round < 3; ++round) {
        expect_that_nothing_is_left(static_cast<std::int64_t>(n), random, [&](const memory<counted>& to) {
            pel::uninitialized_copy(par.on(pool).replay(where), from, to.elements());
        });
        expect_that_nothing_is_left(static_cast<std::int64_t>(n), random, [&](const memory<counted>& to) {
            std::atomic<bool> has_thrown[n / 10] = {};
            pel::parallel_for(par.on(pool), std::uint64_t{0}, n / 10, [&](std::uint64_t i) { // short ones: forks
                try {
                    pel::uninitialized_copy_n(from.begin(), 10, to.begin() + i * 10);
                } catch (...) {
                    has_thrown[i] = true;
                    throw;
                }
                pel::destroy_n(to.begin() + i * 10, 10);
            });
        });
    }
    EXPECT_EQ(counted::alive, before);
}

/// Says stop after some questions.
struct stops_after {
    std::atomic<int>* left;
    bool stop_requested() const noexcept { return left->fetch_sub(1) <= 0; }
};

TEST_P(uninitialized_with, a_call_that_is_stopped_leaves_nothing_or_has_destroyed_everything) {
    const memory<counted> to(20'000);
    for (const int questions : {0, 1, 5}) {
        std::atomic<int> left{questions};
        EXPECT_THROW(pel::uninitialized_value_construct(par.on(pool).stop(stops_after{&left}), to.elements()),
                     pel::operation_cancelled);
        EXPECT_EQ(counted::alive, 0);
        pel::uninitialized_value_construct(par.on(pool), to.elements());
        EXPECT_EQ(counted::alive, 20'000);
        left = questions;
        EXPECT_THROW(pel::destroy(par.on(pool).stop(stops_after{&left}), to.elements()), pel::operation_cancelled);
        EXPECT_EQ(counted::alive, 0);
    }
}

TEST_P(uninitialized_with, takes_other_iterators_and_elements) {
    std::istringstream in("a bb");
    const memory<std::string> strings(3);
    using words = std::istream_iterator<std::string>;
    EXPECT_EQ(pel::uninitialized_copy(par.on(pool), words(in), words(), strings.begin()), strings.begin() + 2);
    EXPECT_EQ(strings.begin()[1], "bb");
    pel::destroy_n(par.on(pool), strings.begin(), 2);

    std::list<pel_test::move_only> list;
    for (const std::uint32_t number : {5U, 6U}) list.emplace_back(number);
    const memory<pel_test::move_only> moved(2);
    const auto ends = pel::uninitialized_move_n(par.on(pool), list.begin(), 2, moved.begin());
    EXPECT_EQ(ends.first, list.end());
    EXPECT_EQ(ends.second, moved.end());
    EXPECT_EQ(*moved.begin()[1].value, 6U);
    EXPECT_EQ(list.front().value, nullptr);
    EXPECT_EQ(pel::destroy(seq, moved.elements()), moved.elements().end());

    std::vector<pel_test::move_only> boxes;
    for (std::uint32_t number = 0; number < 3'000; ++number) boxes.emplace_back(number);
    const memory<pel_test::move_only> taken(3'000);
    EXPECT_EQ(pel::uninitialized_move(par.on(pool), boxes, taken.elements()).in, boxes.end());
    for (std::uint32_t number = 0; number < 3'000; ++number) {
        ASSERT_EQ(*taken.begin()[number].value, number);
        ASSERT_EQ(boxes[number].value, nullptr);
    }
    pel::destroy(par.on(pool), taken.elements());
    const auto texts = pel_test::values_in<std::vector<std::string>>(pel_test::order::random, 3'000, random);
    const memory<std::string> copies(3'000);
    EXPECT_EQ(pel::uninitialized_copy_n(par.on(pool), texts.begin(), 2'999, copies.begin()), copies.end() - 1);
    EXPECT_TRUE(std::equal(texts.begin(), texts.end() - 1, copies.begin()));
    pel::destroy_n(par.on(pool), copies.begin(), 2'999);

    std::list<long> memory_in_nodes(2);
    pel::uninitialized_fill(par.on(pool), memory_in_nodes, 4L);
    EXPECT_EQ(pel::uninitialized_fill_n(par.on(pool), memory_in_nodes.begin(), 1, 5L),
              std::next(memory_in_nodes.begin()));
    EXPECT_EQ(memory_in_nodes, (std::list<long>{5, 4}));
    pel::uninitialized_value_construct(par.on(pool), memory_in_nodes);
    EXPECT_EQ(memory_in_nodes.front(), 0);
    EXPECT_EQ(pel::destroy(par.on(pool), memory_in_nodes), memory_in_nodes.end());
}

TEST_P(uninitialized_with, what_elements_refer_to_is_the_callers_own) {
    const int one = 1;
    const memory<std::reference_wrapper<const int>> references(3'000);
    pel::uninitialized_fill(par.on(pool), references.elements(), one);
    for (const auto& each : references.elements()) ASSERT_EQ(&each.get(), &one);
}

TEST_P(uninitialized_with, what_is_copied_need_not_have_an_end) {
    const memory<int> copies(3'000), moved(3'000);
    EXPECT_EQ(pel::uninitialized_copy(par.on(pool), std::views::iota(0), copies.elements()).out,
              copies.elements().end());
    EXPECT_EQ(copies.begin()[2'999], 2'999);
    pel::uninitialized_move(par.on(pool), std::views::iota(1), moved.elements());
    EXPECT_EQ(moved.begin()[2'999], 3'000);
}

} // namespace uninitialized_test

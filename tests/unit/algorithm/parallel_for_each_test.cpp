// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: algorithms
#include <pel/parallel_for_each.hpp>

#include "support/shape.hpp"
#include "support/watchdog.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <deque>
#include <forward_list>
#include <iterator>
#include <list>
#include <memory>
#include <mutex>
#include <numeric>
#include <ranges>
#include <set>
#include <sstream>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace parallel_for_each_test {

using pel::feeder;
using pel::par;
using pel::parallel_for_each;
using pel::seq;

constexpr int sizes[] = {0, 1, 2, 31, 32, 33, 95, 96, 97, 5000, 20'000};

template <class Range>
Range numbers(int n) {
    Range made;
    for (int i = 0; i < n; ++i) made.insert(made.end(), i);
    return made;
}

/// A range of input iterators over 0, 1, … that hands out objects which can only be moved. Says when it is used by two
/// threads at once.
class input_source {
public:
    explicit input_source(int size) : size_(size) {}

    class iterator {
    public:
        using value_type = std::unique_ptr<int>;
        using difference_type = std::ptrdiff_t;
        iterator() = default;
        explicit iterator(input_source& source) : source_(&source) {}
        value_type operator*() const { return std::make_unique<int>(source_->next_); }
        iterator& operator++() {
            EXPECT_FALSE(source_->is_used_.exchange(true));
            ++source_->next_;
            source_->is_used_ = false;
            return *this;
        }
        void operator++(int) { ++*this; }
        bool operator==(std::default_sentinel_t) const { return source_->next_ == source_->size_; }

    private:
        input_source* source_ = nullptr;
    };
    iterator begin() { return iterator(*this); }
    std::default_sentinel_t end() const { return {}; }

private:
    const int size_;
    int next_ = 0;
    std::atomic<bool> is_used_{false};
};

class parallel_for_each_on : public pel_test::with_pool_shape {};
PEL_ON_ALL_SHAPES(parallel_for_each_on);

template <class Range, class Policy>
void expect_each_doubled(const Policy& policy) {
    for (const int n : sizes) {
        Range range = numbers<Range>(n);
        parallel_for_each(policy, range, [](int& each) { each *= 2; });
        int expected = 0;
        for (const int each : range) {
            ASSERT_EQ(each, 2 * expected) << n;
            ++expected;
        }
        parallel_for_each(policy, range.begin(), range.end(), [](auto& each) { each /= 2; });
        ASSERT_TRUE(range == numbers<Range>(n));
    }
}

TEST_P(parallel_for_each_on, elements_of_any_container_are_visited_once) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    expect_each_doubled<std::vector<int>>(par.on(pool));
    expect_each_doubled<std::deque<int>>(par.on(pool));
    expect_each_doubled<std::list<int>>(par.on(pool));
    expect_each_doubled<std::list<int>>(par.on(pool).max_concurrency(1));
    expect_each_doubled<std::list<int>>(par.on(pool).max_concurrency(2).grain(3));
    expect_each_doubled<std::vector<int>>(seq);
    expect_each_doubled<std::list<int>>(seq);
    pool.execute([] { expect_each_doubled<std::list<int>>(par); });
    pel_test::expect_balanced(pool);
}

TEST_P(parallel_for_each_on, input_elements_are_moved_and_visited_once) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    const auto expect_visited = [](const auto& policy) {
        for (const int n : sizes) {
            std::vector<std::uint8_t> hits(static_cast<std::size_t>(n));
            parallel_for_each(policy, input_source(n), [&](std::unique_ptr<int>& each) {
                const auto kept = std::move(each);
                ++hits[static_cast<std::size_t>(*kept)];
            });
            ASSERT_TRUE(std::ranges::all_of(hits, [](std::uint8_t count) { return count == 1; })) << n;
        }
    };
    expect_visited(par.on(pool));
    expect_visited(par.on(pool).max_concurrency(1));
    expect_visited(seq);
    pel_test::expect_balanced(pool);
}

TEST_P(parallel_for_each_on, an_exception_or_stop_ends_it) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    for (unsigned long round = 0; round < pel_test::scaled(100); ++round) {
        const auto list = numbers<std::list<int>>(10'000);
        std::atomic<int> running{0};
        EXPECT_THROW(parallel_for_each(par.on(pool), list,
                                       [&](int each) {
                                           ++running;
                                           const bool is_last = each % 1000 == 999;
                                           --running;
                                           if (is_last) throw each;
                                       }),
                     int);
        ASSERT_EQ(running, 0);
        std::stop_source source;
        EXPECT_THROW(parallel_for_each(par.on(pool).stop(source.get_token()), input_source(1'000'000'000),
                                       [&](auto& each) {
                                           if (*each == 700) source.request_stop();
                                       }),
                     pel::operation_cancelled);
    }
    pel_test::expect_balanced(pool);
}

/// Counts the nodes of a tree where node n has children 2n + 1 and 2n + 2.
template <class Policy>
void expect_tree(const Policy& policy, int nodes) {
    std::vector<std::uint8_t> hits(static_cast<std::size_t>(nodes));
    const std::list<int> roots{0};
    parallel_for_each(policy, roots, [&](int node, feeder<int>& more) {
        ++hits[static_cast<std::size_t>(node)];
        if (2 * node + 1 < nodes) more.add(2 * node + 1);
        if (2 * node + 2 < nodes) more.add(2 * node + 2);
    });
    ASSERT_TRUE(std::ranges::all_of(hits, [](std::uint8_t count) { return count == 1; }));
}

TEST_P(parallel_for_each_on, what_is_fed_is_visited_once_before_it_returns) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    for (const int nodes : {1, 2, 3, 1000, 30'000}) {
        expect_tree(par.on(pool), nodes);
        expect_tree(par.on(pool).max_concurrency(1), nodes);
        expect_tree(par.on(pool).max_concurrency(2), nodes);
        expect_tree(seq, nodes);
        pool.execute([&] { expect_tree(par, nodes); });
    }
    pel_test::expect_balanced(pool);
}

TEST_P(parallel_for_each_on, feeding_ends_with_an_exception_or_a_stop) {
    pel::thread_pool pool(pel_test::options_of(GetParam()));
    const pel_test::watchdog guard(pool);
    const std::vector<int> roots(100, 0);
    for (unsigned long round = 0; round < pel_test::scaled(100); ++round) {
        std::atomic<int> running{0};
        // Without an end, if it were not for the exception.
        const auto grow = [&](int depth, feeder<int>& more) {
            ++running;
            more.add(depth + 1);
            --running;
            if (depth == 100) throw depth;
        };
        EXPECT_THROW(parallel_for_each(par.on(pool), roots, grow), int);
        ASSERT_EQ(running, 0);
        EXPECT_THROW(parallel_for_each(par.on(pool).max_concurrency(2), roots, grow), int);
        std::stop_source source;
        const auto stop = [&](int depth, feeder<int>& more) {
            more.add(depth + 1);
            if (depth == 50) source.request_stop();
        };
        const auto policy = par.on(pool).stop(source.get_token());
        EXPECT_THROW(parallel_for_each(policy, roots, stop), pel::operation_cancelled);
        EXPECT_THROW(parallel_for_each(policy.max_concurrency(2), roots, stop), pel::operation_cancelled);
    }
    pel_test::expect_balanced(pool);
}

TEST(parallel_for_each, fed_elements_may_be_movable_only) {
    const pel_test::watchdog guard;
    std::atomic<int> sum{0};
    using pointer = std::unique_ptr<int>;
    const auto body = [&](pointer& each, feeder<pointer>& more) {
        sum += *each;
        if (*each < 100) more.add(std::make_unique<int>(*each + 50));
    };
    parallel_for_each(input_source(60), body);
    int expected = 0;
    for (int i = 0; i < 60; ++i) expected += i < 50 ? i + (i + 50) + (i + 100) : i + (i + 50);
    EXPECT_EQ(sum, expected);
    sum = 0;
    parallel_for_each(seq, input_source(60), body);
    EXPECT_EQ(sum, expected);
}

TEST(parallel_for_each, references_to_elements_of_forward_iterators_last) {
    const pel_test::watchdog guard;
    std::list<std::string> words(5000, "word");
    std::mutex lock;
    std::set<const std::string*> seen;
    parallel_for_each(words, [&](const std::string& each) {
        const std::lock_guard hold(lock);
        seen.insert(&each);
    });
    for (const std::string& each : words) ASSERT_TRUE(seen.contains(&each));
}

TEST(parallel_for_each, a_stream_is_a_range) {
    const pel_test::watchdog guard;
    std::string text;
    for (int i = 0; i < 10'000; ++i) text += std::to_string(i) + ' ';
    std::istringstream in(text);
    std::atomic<long> sum{0};
    parallel_for_each(std::istream_iterator<int>(in), std::istream_iterator<int>(), [&](int each) { sum += each; });
    EXPECT_EQ(sum, 10'000L * 9'999 / 2);
    std::istringstream bits("1 0 1 1");
    sum = 0;
    parallel_for_each(par, std::istream_iterator<bool>(bits), std::istream_iterator<bool>(),
                      [&](bool& each) { sum += each ? 1 : 0; });
    EXPECT_EQ(sum, 3);
}

TEST(parallel_for_each, views_arrays_and_members_work) {
    const pel_test::watchdog guard;
    std::atomic<long> sum{0};
    parallel_for_each(std::views::iota(0, 1000), [&](int each) { sum += each; });
    EXPECT_EQ(sum, 499'500);
    sum = 0;
    parallel_for_each(par, std::views::iota(0, 1000) | std::views::filter([](int each) { return each % 2 == 0; }),
                      [&](int each) { sum += each; });
    EXPECT_EQ(sum, 249'500);
    int array[] = {1, 2, 3};
    parallel_for_each(array, [](int& each) { each += 1; });
    EXPECT_EQ(std::accumulate(std::begin(array), std::end(array), 0), 9);
    std::vector<std::string> words(100, "word");
    parallel_for_each(words, &std::string::clear);
    EXPECT_TRUE(std::ranges::all_of(words, &std::string::empty));
    struct counting {
        std::atomic<int> calls{0};
        void operator()(const std::string&) { ++calls; }
    } body;
    parallel_for_each(words, body);
    EXPECT_EQ(body.calls, 100) << "the body is called in place";
}

TEST(parallel_for_each, seq_and_one_thread_call_in_order) {
    pel::thread_pool pool(2);
    const pel_test::watchdog guard(pool);
    std::vector<int> order;
    const auto note = [&](int each) { order.push_back(each); };
    const auto list = numbers<std::list<int>>(1000);
    parallel_for_each(seq, list, note);
    parallel_for_each(par.on(pool).max_concurrency(1), list, note);
    ASSERT_EQ(order.size(), 2000U);
    EXPECT_TRUE(std::equal(list.begin(), list.end(), order.begin()));
    EXPECT_TRUE(std::equal(list.begin(), list.end(), order.begin() + 1000));
    std::istringstream in("0 1 2 3 4 5 6 7 8 9");
    parallel_for_each(seq, std::istream_iterator<int>(in), std::istream_iterator<int>(),
                      [&](int each) { EXPECT_EQ(in.eof(), each == 9) << "nothing is read ahead"; });
}

TEST(parallel_for_each, two_long_elements_of_a_list_are_shared) {
    pel::thread_pool pool(2);
    const pel_test::watchdog guard(pool);
    std::atomic<int> met{0};
    const std::list<int> list(2);
    parallel_for_each(par.on(pool).grain(1), list, [&](int) {
        ++met;
        pel_test::await([&] { return met == 2; });
    });
    EXPECT_EQ(met, 2);
}

} // namespace parallel_for_each_test

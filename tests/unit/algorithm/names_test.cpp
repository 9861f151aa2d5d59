// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Elements beside which stand functions with the names of those that algorithms are made of, and which take anything.
// test label: elements
#include <pel/pel.hpp>

#include "support/algorithm_inputs.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <numeric>
#include <vector>

namespace names_test {

using pel::par;

namespace greedy {

struct element {
    int value = 0;
    friend auto operator<=>(const element&, const element&) = default;
};
inline constexpr auto less = [](const element& a, const element& b) { return a.value < b.value; };
inline constexpr auto same = [](const element& a, const element& b) { return a.value == b.value; };
inline constexpr auto is_odd = [](const element& a) { return a.value % 2 != 0; };
inline constexpr auto key = [](const element& a) { return a.value; };
inline constexpr auto add = [](const element& a, const element& b) { return element{a.value + b.value}; };
inline constexpr auto hash = [](const element& a) { return static_cast<std::size_t>(a.value); };
inline constexpr auto twice = [](const element& a) { return element{a.value * 2}; };

/// As good as any other function, or better.
#define PEL_TEST_NAME(NAME)                                                                                            \
    template <class... A>                                                                                              \
    void NAME(A&&...) = delete;                                                                                        \
    template <class A, class B>                                                                                        \
    void NAME(A, B) = delete;                                                                                          \
    template <class A>                                                                                                 \
    void NAME(A, A) = delete;                                                                                          \
    template <class A, class B, class C>                                                                               \
    void NAME(A, B, C) = delete;                                                                                       \
    template <class A, class B>                                                                                        \
    void NAME(A, A, B) = delete;                                                                                       \
    template <class A, class B>                                                                                        \
    void NAME(A, A, A, B) = delete;                                                                                    \
    template <class A, class B>                                                                                        \
    void NAME(A, std::uint64_t, B) = delete;                                                                           \
    template <class A, class B>                                                                                        \
    void NAME(A, std::uint64_t, std::uint64_t, B) = delete;                                                            \
    template <bool, class A, class B>                                                                                  \
    void NAME(A, A, B) = delete;                                                                                       \
    template <bool, class A, class B>                                                                                  \
    void NAME(A, A, B, unsigned) = delete;                                                                             \
    template <class A, class B, class C, class D>                                                                      \
    void NAME(A, B, C, D) = delete;                                                                                    \
    template <class A, class B, class C, class D, class E>                                                             \
    void NAME(A, B, C, D, E) = delete;                                                                                 \
    template <class A, class B, class C, class D, class E, class F>                                                    \
    void NAME(A, B, C, D, E, F) = delete;
PEL_TEST_NAME(all_numbers)
PEL_TEST_NAME(are_few)
PEL_TEST_NAME(are_sorted_by_digits)
PEL_TEST_NAME(assign_value)
PEL_TEST_NAME(at)
PEL_TEST_NAME(base_of)
PEL_TEST_NAME(begins_foreseen)
PEL_TEST_NAME(break_pattern)
PEL_TEST_NAME(call_blocks)
PEL_TEST_NAME(call_both)
PEL_TEST_NAME(call_each)
PEL_TEST_NAME(call_on_block)
PEL_TEST_NAME(choose_pivot)
PEL_TEST_NAME(chunks_of_numbers)
PEL_TEST_NAME(combine_chunks)
PEL_TEST_NAME(combine_elements)
PEL_TEST_NAME(combine_filtered)
PEL_TEST_NAME(combine_ordered)
PEL_TEST_NAME(combine_range)
PEL_TEST_NAME(combine_ranges)
PEL_TEST_NAME(common_size)
PEL_TEST_NAME(compare_beginning)
PEL_TEST_NAME(construct_elements)
PEL_TEST_NAME(copy_judged)
PEL_TEST_NAME(copy_past_caches)
PEL_TEST_NAME(copy_replaced)
PEL_TEST_NAME(copy_to)
PEL_TEST_NAME(count_leading)
PEL_TEST_NAME(count_leading_nearby)
PEL_TEST_NAME(count_of)
PEL_TEST_NAME(cut_by_rotation)
PEL_TEST_NAME(destroy_elements)
PEL_TEST_NAME(difference_in_block)
PEL_TEST_NAME(end_of_second)
PEL_TEST_NAME(exchange_misplaced)
PEL_TEST_NAME(few_groups)
PEL_TEST_NAME(fill_elements)
PEL_TEST_NAME(fill_past_caches)
PEL_TEST_NAME(find_difference)
PEL_TEST_NAME(find_element)
PEL_TEST_NAME(find_first_run)
PEL_TEST_NAME(find_in_block)
PEL_TEST_NAME(find_last_element)
PEL_TEST_NAME(find_neighbours)
PEL_TEST_NAME(find_pattern)
PEL_TEST_NAME(find_run)
PEL_TEST_NAME(first_found)
PEL_TEST_NAME(for_hash_buckets)
PEL_TEST_NAME(gather_items)
PEL_TEST_NAME(guess_groups)
PEL_TEST_NAME(hash_buckets_for)
PEL_TEST_NAME(heap_sort)
PEL_TEST_NAME(heap_until)
PEL_TEST_NAME(in_order_of_first)
PEL_TEST_NAME(includes_block)
PEL_TEST_NAME(insert)
PEL_TEST_NAME(insertion_sort)
PEL_TEST_NAME(is_or_was_monotone)
PEL_TEST_NAME(item_at)
PEL_TEST_NAME(judge_all)
PEL_TEST_NAME(judge_items)
PEL_TEST_NAME(keep_selected)
PEL_TEST_NAME(least_places)
PEL_TEST_NAME(make_subtree)
PEL_TEST_NAME(merge_both_until_empty)
PEL_TEST_NAME(merge_by_rotations)
PEL_TEST_NAME(merge_in_place)
PEL_TEST_NAME(merge_one)
PEL_TEST_NAME(merge_runs)
PEL_TEST_NAME(merge_sort)
PEL_TEST_NAME(merge_sort_in_place)
PEL_TEST_NAME(merge_until_empty)
PEL_TEST_NAME(move_elements)
PEL_TEST_NAME(move_elements_backward)
PEL_TEST_NAME(nth_of)
PEL_TEST_NAME(parallel_fold)
PEL_TEST_NAME(parallel_for)
PEL_TEST_NAME(parallel_for_each)
PEL_TEST_NAME(parallel_ranges)
PEL_TEST_NAME(parallel_ranges_at)
PEL_TEST_NAME(parallel_reduce)
PEL_TEST_NAME(parallel_scan)
PEL_TEST_NAME(part)
PEL_TEST_NAME(part_by_rotations)
PEL_TEST_NAME(part_in_place)
PEL_TEST_NAME(part_stably)
PEL_TEST_NAME(partition_blocks)
PEL_TEST_NAME(partition_by_first)
PEL_TEST_NAME(partition_equal)
PEL_TEST_NAME(partitioned)
PEL_TEST_NAME(permute)
PEL_TEST_NAME(permute_in_place)
PEL_TEST_NAME(put_items)
PEL_TEST_NAME(quick_select)
PEL_TEST_NAME(quick_sort)
PEL_TEST_NAME(radix_key)
PEL_TEST_NAME(rearrange_apart)
PEL_TEST_NAME(replace_where)
PEL_TEST_NAME(reverse_elements)
PEL_TEST_NAME(reverse_pairs)
PEL_TEST_NAME(rotate_elements)
PEL_TEST_NAME(run_all_chunks)
PEL_TEST_NAME(run_block_strand)
PEL_TEST_NAME(run_blocks)
PEL_TEST_NAME(run_chunks_to_the_end)
PEL_TEST_NAME(run_elements)
PEL_TEST_NAME(run_long_blocks)
PEL_TEST_NAME(run_many_items)
PEL_TEST_NAME(run_numbers)
PEL_TEST_NAME(run_plain_blocks)
PEL_TEST_NAME(sample_sort)
PEL_TEST_NAME(sampled_pivot)
PEL_TEST_NAME(scan_block)
PEL_TEST_NAME(scan_chunks)
PEL_TEST_NAME(scan_elements)
PEL_TEST_NAME(scan_fours)
PEL_TEST_NAME(scan_from_first)
PEL_TEST_NAME(scan_range)
PEL_TEST_NAME(select_items)
PEL_TEST_NAME(select_nth)
PEL_TEST_NAME(selected_in)
PEL_TEST_NAME(selected_numbers)
PEL_TEST_NAME(shuffle)
PEL_TEST_NAME(shuffle_alone)
PEL_TEST_NAME(sift_down)
PEL_TEST_NAME(size_of)
PEL_TEST_NAME(sort_by_digits)
PEL_TEST_NAME(sort_three)
PEL_TEST_NAME(sort_two)
PEL_TEST_NAME(sorted_until)
PEL_TEST_NAME(stands_at)
PEL_TEST_NAME(stream_copy)
PEL_TEST_NAME(stream_fill)
PEL_TEST_NAME(swap_elements)
PEL_TEST_NAME(try_insertion_sort)
PEL_TEST_NAME(try_merge_through_buffer)
PEL_TEST_NAME(with_item_numbers)
PEL_TEST_NAME(with_rooms)
#undef PEL_TEST_NAME

} // namespace greedy

class names_with : public pel_test::with_threads {};
PEL_WITH_ALL_THREADS(names_with);

template <class Elements>
struct calls {
    Elements a = Elements(100), b = a, c = Elements(200);
    std::vector<int> keys = std::vector<int>(100);

    template <class Policy>
    void sort(const Policy& policy) {
        using namespace greedy;
        for (std::size_t each = 0; each != a.size(); ++each) a[each].value = static_cast<int>(each * 37 % 101);
        pel::sort(policy, a, less);
        EXPECT_TRUE(std::ranges::is_sorted(a, {}, key));
        pel::sort(policy, a.begin(), a.end());
        pel::stable_sort(policy, a, {}, key);
        pel::integer_sort(policy, a, key);
        pel::sort_by_key(policy, a, keys, less);
        pel::sort_by_key(policy, keys, a);
        pel::nth_element(policy, a.begin(), a.begin() + 9, a.end(), less);
        pel::partial_sort(policy, a.begin(), a.begin() + 9, a.end(), less);
        pel::make_heap(policy, a, less);
        EXPECT_TRUE(pel::is_heap(policy, a, less));
        EXPECT_FALSE(pel::is_sorted(policy, a, less));
        pel::random_shuffle(policy, a, 5);
    }
    template <class Policy>
    void merge(const Policy& policy) {
        using namespace greedy;
        pel::sort(policy, a, less);
        pel::merge(policy, a, b, c.begin(), less);
        pel::inplace_merge(policy, a, a.begin() + 40, less);
        pel::set_union(policy, a, b, c.begin(), less);
        pel::set_intersection(policy, a, b, c.begin(), less);
        pel::set_difference(policy, a, b, c.begin(), less);
        pel::set_symmetric_difference(policy, a, b, c.begin(), less);
        EXPECT_TRUE(pel::includes(policy, a, a, less));
    }
    template <class Policy>
    void copy(const Policy& policy) {
        using namespace greedy;
        pel::copy(policy, a, b.begin());
        EXPECT_TRUE(pel::equal(policy, a, b, same));
        pel::copy_n(policy, a.begin(), 100, b.begin());
        pel::copy_if(policy, a, b.begin(), is_odd);
        pel::move(policy, a, b.begin());
        pel::swap_ranges(policy, a, b);
        pel::reverse(policy, a);
        pel::reverse_copy(policy, a, b.begin());
        pel::rotate(policy, a, a.begin() + 9);
        pel::rotate_copy(policy, a, a.begin() + 9, b.begin());
        pel::shift_left(policy, a, 3);
        pel::shift_right(policy, a, 3);
        pel::replace(policy, a, element{1}, element{2});
        pel::replace_if(policy, a, is_odd, element{2});
        pel::replace_copy(policy, a, b.begin(), element{1}, element{2});
        pel::fill(policy, a, element{1});
        pel::generate(policy, a, [] { return element{3}; });
        pel::uninitialized_copy(policy, a.begin(), a.end(), b.begin());
        pel::uninitialized_fill(policy, a, element{});
        pel::uninitialized_relocate(policy, a.begin(), a.end(), b.begin());
        pel::destroy(policy, a);
    }
    template <class Policy>
    void select(const Policy& policy) {
        using namespace greedy;
        pel::remove_if(policy, a, is_odd);
        pel::remove(policy, a, element{5});
        pel::remove_copy_if(policy, a, b.begin(), is_odd);
        pel::unique(policy, a, same);
        pel::unique_copy(policy, a, b.begin(), same);
        pel::partition(policy, a, is_odd);
        pel::stable_partition(policy, a, is_odd);
        EXPECT_TRUE(pel::is_partitioned(policy, a, is_odd));
        pel::partition_copy(policy, a, b.begin(), c.begin(), is_odd);
        (void)pel::filter(policy, a, is_odd);
        (void)pel::pack(policy, a, keys);
        (void)pel::tokens(policy, a, is_odd);
        EXPECT_EQ(pel::flatten(policy, std::vector(3, a)).size(), 300U);
        std::vector<element> least(5);
        pel::partial_sort_copy(policy, a, least, less);
        EXPECT_EQ(*pel::kth_smallest(policy, a, 4, less), least[4]);
        EXPECT_EQ(pel::top_k(policy, a, 3, less).size(), 3U);
    }
    template <class Policy>
    void group(const Policy& policy) {
        using namespace greedy;
        std::ranges::fill(a, element{1});
        (void)pel::group_by(policy, a, key);
        (void)pel::group_by(policy, a, std::identity(), hash);
        EXPECT_EQ(pel::remove_duplicates(policy, a, hash).size(), 1U);
        (void)pel::reduce_groups(policy, a, key, key, std::plus<>());
        (void)pel::reduce_groups(policy, a, std::identity(), std::identity(), add, hash);
        EXPECT_EQ(pel::histogram_by_key(policy, a, std::identity(), hash).size(), 1U);
        (void)pel::histogram(policy, a, 9, [](const element& each) { return each.value % 9; });
        (void)pel::reduce_by_index(policy, a, 9, key, std::identity(), add);
        (void)pel::reduce_by_key(policy, a, b, c.begin(), c.begin(), same, add);
        (void)pel::segmented_reduce(policy, a, std::vector<int>{0, 3, 100}, c.begin(), element{}, add);
    }
    template <class Policy>
    void search(const Policy& policy) {
        using namespace greedy;
        const std::vector<element> pattern(3);
        (void)pel::find(policy, a, element{3});
        (void)pel::find_if(policy, a, is_odd);
        (void)pel::find_last(policy, a, element{3});
        (void)pel::find_first_of(policy, a, pattern, same);
        (void)pel::find_end(policy, a, pattern, same);
        (void)pel::search(policy, a, pattern, same);
        (void)pel::search_n(policy, a, 3, element{3}, same);
        (void)pel::adjacent_find(policy, a, same);
        (void)pel::mismatch(policy, a, b, same);
        (void)pel::lexicographical_compare(policy, a, b, less);
        (void)pel::starts_with(policy, a, pattern, same);
        EXPECT_TRUE(pel::contains(policy, a, a[7]));
        EXPECT_FALSE(pel::all_of(policy, a, is_odd) && pel::none_of(policy, a, is_odd));
    }
    template <class Policy>
    void add_up(const Policy& policy) {
        using namespace greedy;
        std::ranges::fill(a, element{1});
        EXPECT_EQ(pel::reduce(policy, a, element{}, add).value, 100);
        EXPECT_EQ(pel::transform_reduce(policy, a, element{}, add, twice).value, 200);
        EXPECT_EQ(pel::count(policy, a, element{1}), 100);
        EXPECT_EQ(pel::count_if(policy, a, is_odd), 100);
        (void)pel::minmax_element(policy, a, less);
        EXPECT_EQ(pel::min_element(policy, a, less), a.begin());
        pel::inclusive_scan(policy, a, b.begin(), add);
        EXPECT_EQ(b.back().value, 100);
        pel::exclusive_scan(policy, a, b.begin(), element{}, add);
        pel::transform_inclusive_scan(policy, a, b.begin(), add, twice);
        pel::adjacent_difference(policy, a, b.begin(), add);
        pel::transform(policy, a, b.begin(), twice);
        pel::transform(policy, a, b, c.begin(), add);
        pel::for_each(policy, a, [](element& each) { ++each.value; });
        EXPECT_EQ(pel::tabulate(policy, 10, [](std::size_t) { return element{}; }).size(), 10U);
    }
    template <class Policy>
    void take_iterators(const Policy& policy) {
        using namespace greedy;
        const auto first = a.begin(), last = a.end();
        (void)pel::find(policy, first, last, element{3});
        (void)pel::find_if(policy, first, last, is_odd);
        (void)pel::find_last(policy, first, last, element{3});
        (void)pel::find_end(policy, first, last, b.begin(), b.end(), same);
        (void)pel::search(policy, first, last, b.begin(), b.end(), same);
        (void)pel::search_n(policy, first, last, 3, element{3}, same);
        (void)pel::adjacent_find(policy, first, last, same);
        (void)pel::mismatch(policy, first, last, b.begin(), same);
        (void)pel::equal(policy, first, last, b.begin(), same);
        (void)pel::is_sorted_until(policy, first, last, less);
        (void)pel::is_heap(policy, first, last, less);
        (void)pel::is_partitioned(policy, first, last, is_odd);
        (void)pel::count_if(policy, first, last, is_odd);
        (void)pel::reduce(policy, first, last, element{}, add);
        (void)pel::transform_reduce(policy, first, last, b.begin(), element{}, add, add);
        pel::replace_if(policy, first, last, is_odd, element{2});
        pel::replace_copy_if(policy, first, last, b.begin(), is_odd, element{2});
        pel::stable_partition(policy, first, last, is_odd);
        pel::rotate(policy, first, first + 9, last);
        pel::inclusive_scan(policy, first, last, b.begin(), add);
        pel::transform_exclusive_scan(policy, first, last, b.begin(), element{}, add, twice);
        pel::random_shuffle(policy, first, last, 5);
        pel::uninitialized_move(policy, first, last, b.begin());
    }
    template <class Policy>
    void all(const Policy& policy) {
        sort(policy);
        search(policy);
        merge(policy);
        select(policy);
        group(policy);
        add_up(policy);
        copy(policy);
        take_iterators(policy);
    }
};

TEST_P(names_with, functions_beside_the_elements_are_not_taken_for_ours) {
    calls<std::vector<greedy::element>>().all(par.on(pool));
    calls<std::deque<greedy::element>>().all(par.on(pool).grain(8));
    calls<std::vector<greedy::element>>().all(pel::seq);
}

} // namespace names_test

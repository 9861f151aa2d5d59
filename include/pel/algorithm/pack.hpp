// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// filter, pack, flatten: new vectors of elements that are wanted, or of the elements of many ranges; pack_index, tokens:
// of where these are.
#pragma once

#include <pel/algorithm/copy_if.hpp>
#include <pel/detail/algorithm/blocks.hpp>
#include <pel/detail/algorithm/elements.hpp>
#include <pel/detail/algorithm/fixed_chunks.hpp>
#include <pel/detail/algorithm/selection.hpp>

#include <algorithm>
#include <functional>
#include <iterator>
#include <ranges>
#include <stdexcept>
#include <string>
#include <vector>

PEL_NAMESPACE_BEGIN
namespace detail {

/// Whether a vector's elements can be made first and assigned by all threads then.
template <class T>
inline constexpr bool is_assigned_later =
    std::default_initializable<T> && std::is_copy_assignable_v<T> && !std::same_as<T, bool>;

/// Returns: copies of the selected elements, in their order.
template <class Policy, class Base>
auto copy_judged(const Policy& policy, Base from, const std::vector<judged_items>& judged) {
    using value = std::iter_value_t<Base>;
    std::vector<value> copies;
    if constexpr (is_assigned_later<value>) {
        copies.resize(detail::selected_in(judged));
        const copy_selected put{from, copies.data()};
        run_numbers(block_policy(policy, 64), judged.size(),
                    [&](std::size_t each) { detail::put_items(put, judged[each]); });
    } else {
        copies.reserve(detail::selected_in(judged));
        for (const judged_items& items : judged) {
            for (std::uint64_t left = items.bits; left != 0; left &= left - 1)
                copies.push_back(*nth_of(from, items.begin + static_cast<unsigned>(std::countr_zero(left))));
        }
    }
    return copies;
}

struct filter_function {
    template <execution_policy Policy, std::random_access_iterator I, std::sentinel_for<I> S, class F,
              class P = std::identity>
        requires(copied_out<I> && predicate_of<F, I, P>)
    std::vector<std::iter_value_t<I>> operator()(const Policy& policy, I first, S last, F predicate,
                                                 P projection = {}) const {
        const auto from = base_of(first);
        const element_judge judge{from, element_test<true, F, P, I>{predicate, projection}};
        return detail::copy_judged(policy, from, detail::judge_all(policy, size_of(first, last), judge));
    }
    template <execution_policy Policy, std::ranges::random_access_range R, class F, class P = std::identity>
        requires(copied_out<iterator_of<R>> && predicate_of<F, iterator_of<R>, P>)
    std::vector<std::ranges::range_value_t<R>> operator()(const Policy& policy, R&& range, F predicate,
                                                          P projection = {}) const {
        return (*this)(policy, std::ranges::begin(range), std::ranges::end(range), std::move(predicate),
                       std::move(projection));
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>,
                      "pel::filter: takes ([policy], range, predicate, [projection]) or ([policy], "
                      "first, last, predicate, [projection]), random access, of elements that can be copied");
        return {};
    }
};

struct pack_function {
    template <execution_policy Policy, std::ranges::random_access_range R, std::ranges::random_access_range Flags>
        requires(copied_out<iterator_of<R>> && std::convertible_to<std::ranges::range_reference_t<Flags>, bool>)
    std::vector<std::ranges::range_value_t<R>> operator()(const Policy& policy, R&& range, Flags&& flags) const {
        const auto from = base_of(std::ranges::begin(range));
        const auto flag = std::ranges::begin(flags);
        const std::uint64_t size = size_of(std::ranges::begin(range), std::ranges::end(range));
        const std::uint64_t n_flags = size_of(flag, std::ranges::end(flags));
        if (size != n_flags)
            throw_error<std::invalid_argument>("pel::pack: " + std::to_string(size) + " elements, but " +
                                               std::to_string(n_flags) + " flags");
        return detail::copy_judged(policy, from, detail::judge_all(policy, size, [&](std::uint64_t n) {
                                       return static_cast<bool>(*nth_of(flag, n));
                                   }));
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>,
                      "pel::pack: takes ([policy], range, flags), random access, of elements that can be "
                      "copied, and as many flags");
        return {};
    }
};

/// The numbers of selected items.
struct put_number {
    std::uint64_t* to;

    PEL_ALWAYS_INLINE void put(std::uint64_t n, std::uint64_t rank) const { to[rank] = n; }
};
template <class Policy, class Judge>
std::vector<std::uint64_t> selected_numbers(const Policy& policy, std::uint64_t size, const Judge& judge) {
    const std::vector<judged_items> judged = detail::judge_all(policy, size, judge);
    std::vector<std::uint64_t> numbers(detail::selected_in(judged));
    const put_number put{numbers.data()};
    run_numbers(policy, judged.size(), [&](std::size_t each) { detail::put_items(put, judged[each]); });
    return numbers;
}

struct pack_index_function {
    template <execution_policy Policy, std::ranges::random_access_range Flags>
        requires std::convertible_to<std::ranges::range_reference_t<Flags>, bool>
    std::vector<std::uint64_t> operator()(const Policy& policy, Flags&& flags) const {
        const auto flag = base_of(std::ranges::begin(flags));
        const std::uint64_t size = size_of(std::ranges::begin(flags), std::ranges::end(flags));
        return detail::selected_numbers(policy, size,
                                        [&](std::uint64_t n) { return static_cast<bool>(*nth_of(flag, n)); });
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>, "pel::pack_index: takes ([policy], flags), random access");
        return {};
    }
};

struct tokens_function {
    template <execution_policy Policy, std::random_access_iterator I, std::sentinel_for<I> S, class F,
              class P = std::identity>
        requires predicate_of<F, I, P>
    std::vector<std::ranges::subrange<I>> operator()(const Policy& policy, I first, S last, F is_separator,
                                                     P projection = {}) const {
        const element_test<true, F, P, I> test{is_separator, projection};
        const auto from = base_of(first);
        const std::uint64_t size = size_of(first, last);
        const auto is_part = [&](std::uint64_t n) { return !test(*nth_of(from, n)); };
        const auto begins = detail::selected_numbers(
            policy, size, [&](std::uint64_t n) { return is_part(n) && (n == 0 || !is_part(n - 1)); });
        const auto lasts = detail::selected_numbers(
            policy, size, [&](std::uint64_t n) { return is_part(n) && (n + 1 == size || !is_part(n + 1)); });
        std::vector<std::ranges::subrange<I>> tokens(begins.size());
        run_numbers(policy, tokens.size(),
                    [&](std::uint64_t n) { tokens[n] = {nth_of(first, begins[n]), nth_of(first, lasts[n] + 1)}; });
        return tokens;
    }
    template <execution_policy Policy, std::ranges::random_access_range R, class F, class P = std::identity>
        requires(std::ranges::borrowed_range<R> && predicate_of<F, iterator_of<R>, P>)
    std::vector<std::ranges::subrange<iterator_of<R>>> operator()(const Policy& policy, R&& range, F is_separator,
                                                                  P projection = {}) const {
        return (*this)(policy, std::ranges::begin(range), std::ranges::end(range), std::move(is_separator),
                       std::move(projection));
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>, "pel::tokens: takes ([policy], range, is_separator, [projection]) or "
                                           "([policy], first, last, is_separator, [projection]), random access, of a "
                                           "range that lives longer");
        return {};
    }
};

struct flatten_function {
    template <execution_policy Policy, std::ranges::random_access_range R>
        requires(std::ranges::random_access_range<std::ranges::range_reference_t<R>> &&
                 copied_out<iterator_of<std::ranges::range_reference_t<R>>>)
    auto operator()(const Policy& policy, R&& ranges) const {
        using inner = std::ranges::range_reference_t<R>;
        using value = std::ranges::range_value_t<inner>;
        const auto first = std::ranges::begin(ranges);
        const std::uint64_t count = size_of(first, std::ranges::end(ranges));
        std::vector<std::uint64_t> begins(count + 1);
        for (std::uint64_t each = 0; each < count; ++each)
            begins[each + 1] = begins[each] + static_cast<std::uint64_t>(std::ranges::distance(*nth_of(first, each)));
        std::vector<value> flat;
        if constexpr (is_assigned_later<value>) {
            flat.resize(begins[count]);
            run_blocks(policy, begins[count], [&](std::uint64_t lo, std::uint64_t hi) {
                auto number =
                    static_cast<std::uint64_t>(std::upper_bound(begins.begin(), begins.end(), lo) - begins.begin() - 1);
                for (; lo < hi; ++number) {
                    const std::uint64_t end = std::min(hi, begins[number + 1]);
                    auto&& from = *nth_of(first, number);
                    std::copy(nth_of(std::ranges::begin(from), lo - begins[number]),
                              nth_of(std::ranges::begin(from), end - begins[number]), flat.data() + lo);
                    lo = end;
                }
            });
        } else {
            flat.reserve(begins[count]);
            for (std::uint64_t each = 0; each < count; ++each) {
                for (auto&& element : *nth_of(first, each)) flat.push_back(element);
            }
        }
        return flat;
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>,
                      "pel::flatten: takes ([policy], a range of ranges), both random access, of elements "
                      "that can be copied");
        return {};
    }
};

} // namespace detail

/// Returns: a std::vector of the elements for which predicate(element) holds, copied, in their order. Throws, blocks,
/// thread safety: as parallel_for. Complexity: work n calls of predicate, span O(n / 64); elements that cannot be made
/// without a value are copied by one thread. Memory: half a byte to one and a half for each element.
inline constexpr detail::function_object<detail::filter_function> filter{};

/// The same for elements whose flag is true. Throws: std::invalid_argument unless there are as many flags.
inline constexpr detail::function_object<detail::pack_function> pack{};

/// Returns: a std::vector of the places of the flags that are true, as numbers.
inline constexpr detail::function_object<detail::pack_index_function> pack_index{};

/// Returns: a std::vector of subranges, in their order: what stands between separators, where anything does. Complexity: as
/// filter, with 4n calls of is_separator.
inline constexpr detail::function_object<detail::tokens_function> tokens{};

/// Returns: a std::vector of the elements of all ranges, copied, in their order. Work is shared by elements: one range may
/// hold most of them. Memory: 8 bytes for each range.
inline constexpr detail::function_object<detail::flatten_function> flatten{};

PEL_NAMESPACE_END

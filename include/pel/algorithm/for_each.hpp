// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// for_each, for_each_n. Source: [alg.foreach]; parallel_for_each is the same for bodies that take a feeder or a token.
#pragma once

#include <pel/detail/algorithm/elements.hpp>
#include <pel/detail/algorithm/filtered.hpp>
#include <pel/parallel_for_each.hpp>

#include <functional>
#include <iterator>
#include <ranges>

PEL_NAMESPACE_BEGIN
namespace detail {

struct for_each_function {
    template <execution_policy Policy, std::input_iterator I, std::sentinel_for<I> S, class F, class P = std::identity>
        requires(projection_of<P, I> && callable_for_effect<F&, projected_t<I, P>>)
    I operator()(const Policy& policy, I first, S last, F f, P projection = {}) const {
        if constexpr (std::forward_iterator<I>) {
            I end = std::ranges::next(first, last);
            pel::parallel_for_each(writing_policy<I>(policy), std::move(first), std::move(last), [&](auto&& element) {
                std::invoke(f, std::invoke(projection, std::forward<decltype(element)>(element)));
            });
            return end;
        } else { // whose elements have been moved to a place of their own
            using element_type = std::conditional_t<std::is_lvalue_reference_v<std::iter_reference_t<I>>,
                                                    std::iter_value_t<I>&, std::iter_value_t<I>>;
            const auto call = [&](std::iter_value_t<I>& element) {
                std::invoke(f, std::invoke(projection, std::forward<element_type>(element)));
            };
            detail::call_each(policy, first, last, call);
            return first;
        }
    }
    template <execution_policy Policy, std::ranges::input_range R, class F, class P = std::identity>
        requires(projection_of<P, iterator_of<R>> && callable_for_effect<F&, projected_t<iterator_of<R>, P>>)
    safe_iterator_of<R> operator()(const Policy& policy, R&& range, F f, P projection = {}) const {
        if constexpr (is_shared_filter<Policy, R>)
            return on_filtered<R>(policy, range, f, projection);
        else
            return (*this)(policy, std::ranges::begin(range), std::ranges::end(range), std::move(f),
                           std::move(projection));
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>, "pel::for_each: takes ([policy], range, f, [projection]) or ([policy], "
                                           "first, last, f, [projection]), f callable with an element, "
                                           "and returning no pel::task, which would never begin");
        return {};
    }

private:
    template <class R, class Policy, class F, class P>
    static safe_iterator_of<R> on_filtered(const Policy& policy, std::remove_reference_t<R>& filter, F& f,
                                           P& projection) {
        auto all = filter.base(); // lives as long as its iterators are used
        const filtered_call<std::remove_cvref_t<decltype(filter.pred())>, F, P> call{filter.pred(), f, projection};
        parallel_for_each(writing_policy<iterator_of<decltype(all)>>(policy), std::ranges::begin(all),
                          std::ranges::end(all), call);
        if constexpr (!std::ranges::borrowed_range<R>)
            return std::ranges::dangling();
        else if constexpr (std::ranges::common_range<R>)
            return filter.end();
        else // (only the view can make its iterators, on its way)
            return std::ranges::next(filter.begin(), filter.end());
    }
};

struct for_each_n_function {
    template <execution_policy Policy, std::input_iterator I, std::integral Size, class F>
        requires function_of<F, I>
    I operator()(const Policy& policy, I first, Size n, F f) const {
        if constexpr (std::random_access_iterator<I>) {
            return for_each_function{}(policy, first, nth_of(first, count_of(n)), std::move(f));
        } else {
            std::counted_iterator<I> counted(std::move(first), static_cast<std::iter_difference_t<I>>(count_of(n)));
            return for_each_function{}(policy, std::move(counted), std::default_sentinel, std::move(f)).base();
        }
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>,
                      "pel::for_each_n: takes ([policy], first, n, f), f callable with an element");
        return {};
    }
};

} // namespace detail

/// Calls f with every element, possibly at the same time and in any order: parallel_for_each, with a projection. Filter
/// views over elements that can be reached by their number are shared as these are; their predicate is asked once for
/// each, and once more on the way to the end where the view does not know that. Bits of a vector<bool> that is no
/// constant are visited in order. Returns: the end, as C++26 has it with a policy (a function that several threads call
/// has gathered nothing that could be returned).
inline constexpr detail::function_object<detail::for_each_function> for_each{};

/// The same for n elements.
inline constexpr detail::function_object<detail::for_each_n_function> for_each_n{};

PEL_NAMESPACE_END

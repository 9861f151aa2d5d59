// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// all_of, any_of, none_of. Source: [alg.all.of], [alg.any.of], [alg.none.of].
#pragma once

#include <pel/detail/algorithm/elements.hpp>
#include <pel/detail/algorithm/first_found.hpp>

#include <functional>
#include <iterator>
#include <ranges>

PEL_NAMESPACE_BEGIN
namespace detail {

/// Searches for an element of which the predicate says Wanted. Returns: Answer, if there is none.
template <bool Wanted, bool Answer>
struct quantifier_function {
    template <execution_policy Policy, std::input_iterator I, std::sentinel_for<I> S, class F>
        requires predicate_of<F, I>
    bool operator()(const Policy& policy, I first, S last, F f) const {
        return run(policy, std::move(first), last, f, std::identity());
    }
    template <execution_policy Policy, std::ranges::input_range R, class F, class P = std::identity>
        requires predicate_of<F, iterator_of<R>, P>
    bool operator()(const Policy& policy, R&& range, F f, P projection = {}) const {
        return run(policy, std::ranges::begin(range), std::ranges::end(range), f, projection);
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>, "pel::all_of, any_of, none_of: take ([policy], range, f, [projection]) or "
                                           "([policy], first, last, f), f a predicate on an element");
        return {};
    }

private:
    template <class Policy, class I, class S, class F, class P>
    static bool run(const Policy& policy, I first, S last, F& f, P projection) {
        const element_test<Wanted, F, P, I> test{f, projection};
        return (detail::find_element(policy, std::move(first), last, test) == last) == Answer;
    }
};

} // namespace detail

/// Returns: whether f says yes of all elements; true if there is none. An element that decides ends the search:
/// complexity and everything else as pel::find_if.
inline constexpr detail::function_object<detail::quantifier_function<false, true>> all_of{};

/// Returns: whether f says yes of one element at least; false if there is none.
inline constexpr detail::function_object<detail::quantifier_function<true, false>> any_of{};

/// Returns: whether f says yes of no element; true if there is none.
inline constexpr detail::function_object<detail::quantifier_function<true, true>> none_of{};

PEL_NAMESPACE_END

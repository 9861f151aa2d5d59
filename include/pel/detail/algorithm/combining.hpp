// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What elements come to, mapped and combined in their order: what reductions, counts and scans are made of.
#pragma once

#include <pel/detail/algorithm/elements.hpp>
#include <pel/detail/algorithm/few_elements.hpp>
#include <pel/detail/algorithm/fixed_chunks.hpp>
#include <pel/parallel_reduce.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iterator>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>

PEL_NAMESPACE_BEGIN
namespace detail {

/// Combines values of type T, and such a value with one of type U, into one of type T.
template <class Op, class T, class U>
concept accumulates = std::movable<T> && std::is_invocable_r_v<T, Op&, T, U> && std::is_invocable_r_v<T, Op&, T, T>;

/// A value that may be missing, as part of one that may be missing too: gcc warns of the inner one if it sees both end.
template <class T>
class maybe : public std::optional<T> {
public:
    maybe() = default;
    explicit maybe(T value) : std::optional<T>(std::move(value)) {}
    maybe(const maybe&) = default;
    maybe(maybe&&) = default;
    maybe& operator=(const maybe&) = default;
    maybe& operator=(maybe&&) = default;
    ~maybe()
        requires std::is_trivially_destructible_v<T>
    = default;
    PEL_NOINLINE ~maybe() {}
};

/// Known to be commutative, where numbers are concerned: whole vectors of them can be combined at once.
template <class Op, class T>
inline constexpr bool combines_in_lanes = false;
template <std::floating_point T>
inline constexpr bool combines_in_lanes<std::plus<>, T> = true;
template <std::floating_point T>
inline constexpr bool combines_in_lanes<std::plus<T>, T> = true;
template <std::floating_point T>
inline constexpr bool combines_in_lanes<std::multiplies<>, T> = true;
template <std::floating_point T>
inline constexpr bool combines_in_lanes<std::multiplies<T>, T> = true;

/// op, with its result converted as if it was asked for.
template <class T, class Op>
struct combine_call {
    Op& op;
    PEL_ALWAYS_INLINE T operator()(T left, T right) const {
        return static_cast<T>(std::invoke(op, std::move(left), std::move(right)));
    }
};

/// The value of [lo, hi): of map(element), or of map of one element of each range. Floating-point numbers, of which one
/// addition must not wait for the one before, are combined by eights.
template <class T, class Op, class Map, class... Bases>
class combining_step {
public:
    combining_step(Op& op, Map& map, const Bases&... firsts) : op_(op), map_(map), firsts_(firsts...) {}

    PEL_ALWAYS_INLINE T operator()(std::uint64_t lo, std::uint64_t hi) const {
        return begun(lo, hi - lo, std::index_sequence_for<Bases...>());
    }
    PEL_ALWAYS_INLINE T operator()(std::uint64_t lo, std::uint64_t hi, T before) const {
        return continued(lo, hi - lo, std::move(before), std::index_sequence_for<Bases...>());
    }

private:
    using held_op = held_callable<Op, T, T>;
    using held_map = held_callable<Map, std::iter_reference_t<Bases>...>;
    static constexpr unsigned eight = 8;

    template <std::size_t... I>
    PEL_ALWAYS_INLINE T begun(std::uint64_t lo, std::uint64_t n, std::index_sequence<I...>) const {
        const held_op op(op_);
        const held_map map(map_);
        if constexpr (std::is_floating_point_v<T>) {
            if (n >= eight)
                return combined(op, map, n - eight, of_eight(op, map, nth_of(std::get<I>(firsts_), lo)...),
                                nth_of(std::get<I>(firsts_), lo + eight)...);
        }
        return combined(op, map, n - 1, value(map, 0, nth_of(std::get<I>(firsts_), lo)...),
                        nth_of(std::get<I>(firsts_), lo + 1)...);
    }
    template <std::size_t... I>
    PEL_ALWAYS_INLINE T continued(std::uint64_t lo, std::uint64_t n, T before, std::index_sequence<I...>) const {
        const held_op op(op_);
        const held_map map(map_);
        return combined(op, map, n, std::move(before), nth_of(std::get<I>(firsts_), lo)...);
    }
    PEL_ALWAYS_INLINE static T value(held_map& map, std::uint64_t n, const Bases&... elements) {
        return static_cast<T>(std::invoke(map, *nth_of(elements, n)...));
    }
    PEL_ALWAYS_INLINE static T pair(held_op& op, T left, T right) {
        return static_cast<T>(std::invoke(op, std::move(left), std::move(right)));
    }
    PEL_ALWAYS_INLINE static T combined(held_op& op, held_map& map, std::uint64_t n, T sum, Bases... elements) {
        if constexpr (combines_in_lanes<std::remove_cv_t<Op>, T>) {
            if (n >= 2 * eight)
                sum = pair(op, sum, of_lanes(op, map, n, std::make_index_sequence<eight>(), elements...));
        } else if constexpr (std::is_floating_point_v<T>) {
            for (; n >= eight; n -= eight, ((void)(elements = nth_of(elements, eight)), ...))
                sum = pair(op, sum, of_eight(op, map, elements...));
        }
        for (; n != 0; --n, ((void)++elements, ...))
            sum = static_cast<T>(std::invoke(op, std::move(sum), std::invoke(map, *elements...)));
        return sum;
    }
    /// In their order, from a balanced tree.
    PEL_ALWAYS_INLINE static T of_eight(held_op& op, held_map& map, const Bases&... e) {
        const auto two = [&](std::uint64_t n) { return pair(op, value(map, n, e...), value(map, n + 1, e...)); };
        const auto four = [&](std::uint64_t n) { return pair(op, two(n), two(n + 2)); };
        return pair(op, four(0), four(4));
    }
    /// Every eighth together, of which there are two at least. Leaves the rest. (Written out with Lane, as not every
    /// compiler unrolls a loop over them.)
    template <std::size_t... Lane>
    PEL_ALWAYS_INLINE static T of_lanes(held_op& op, held_map& map, std::uint64_t& n, std::index_sequence<Lane...>,
                                        Bases&... elements) {
        T lanes[] = {value(map, Lane, elements...)...};
        for (n -= eight, ((void)(elements = nth_of(elements, eight)), ...); n >= eight;
             n -= eight, ((void)(elements = nth_of(elements, eight)), ...)) {
            const T more[] = {value(map, Lane, elements...)...};
            ((lanes[Lane] = pair(op, lanes[Lane], more[Lane])), ...);
        }
        const T fours[] = {pair(op, lanes[0], lanes[4]), pair(op, lanes[1], lanes[5]), pair(op, lanes[2], lanes[6]),
                           pair(op, lanes[3], lanes[7])};
        return pair(op, pair(op, fours[0], fours[2]), pair(op, fours[1], fours[3]));
    }

    held_op op_;
    held_map map_;
    const std::tuple<Bases...> firsts_;
};

/// Returns: init combined with map of all elements, or with map of one of each range.
template <class Policy, class T, class Op, class Map, class... Bases>
T combine_elements(const Policy& policy, std::uint64_t size, T init, Op& op, Map& map, const Bases&... firsts) {
    if (size == 0) return init;
    const combining_step<T, Op, Map, Bases...> step(op, map, firsts...);
    const combine_call<T, Op> combine{op};
    if constexpr (std::is_arithmetic_v<T>) {
        constexpr bool is_known = ((number_bytes<Bases, Op, Map> != 0) && ...);
        constexpr std::uint64_t bytes = is_known ? (number_bytes<Bases, Op, Map> + ...) : 0;
        if (!is_deterministic(policy) && are_few<bytes>(policy, size)) return combine(init, step(0, size));
        return detail::combine_ordered<T>(policy, size, chunks_of_numbers<bytes>(policy, size), step, combine, init);
    } else {
        const fixed_chunks chunks(size, grain_of(policy));
        return detail::combine_ordered<T>(policy, size, chunks, step, combine, std::move(init));
    }
}

/// The same for all iterators. Where no T can be made of what map returns, in order, on the calling thread.
template <class Policy, class T, class Op, class Map, class I, class S>
T combine_range(const Policy& policy, I first, S last, T init, Op& op, Map& map) {
    using mapped = std::invoke_result_t<Map&, std::iter_reference_t<I>>;
    if constexpr (is_shared<Policy, I> && std::convertible_to<mapped, T>) {
        return detail::combine_elements(policy, size_of(first, last), std::move(init), op, map, base_of(first));
    } else {
        for (; first != last; ++first)
            init = static_cast<T>(std::invoke(op, std::move(init), std::invoke(map, *first)));
        return init;
    }
}
/// As long as both ranges last.
template <class Policy, class T, class Op, class Map, class I, class S, class J, class E>
T combine_ranges(const Policy& policy, I first1, S last1, J first2, E last2, T init, Op& op, Map& map) {
    using mapped = std::invoke_result_t<Map&, std::iter_reference_t<I>, std::iter_reference_t<J>>;
    if constexpr (is_shared<Policy, I, J> && std::convertible_to<mapped, T>) {
        const std::uint64_t size = detail::common_size(first1, last1, first2, last2);
        return detail::combine_elements(policy, size, std::move(init), op, map, base_of(first1), base_of(first2));
    } else {
        for (; first1 != last1 && first2 != last2; ++first1, (void)++first2)
            init = static_cast<T>(std::invoke(op, std::move(init), std::invoke(map, *first1, *first2)));
        return init;
    }
}

} // namespace detail
PEL_NAMESPACE_END

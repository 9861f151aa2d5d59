// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// histogram, reduce_by_index: how many elements there are of each kind, or what they come to.
#pragma once

#include <pel/detail/algorithm/blocks.hpp>
#include <pel/detail/algorithm/combining.hpp>
#include <pel/detail/algorithm/elements.hpp>
#include <pel/detail/algorithm/fixed_chunks.hpp>
#include <pel/parallel_reduce.hpp>
#include <pel/worker_local.hpp>

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <functional>
#include <iterator>
#include <ranges>
#include <stdexcept>
#include <string>
#include <vector>

PEL_NAMESPACE_BEGIN
namespace detail {

template <class K, class I>
concept kind_of = projection_of<K, I> && std::integral<projected_value_t<I, K>> &&
                  sizeof(projected_value_t<I, K>) <= sizeof(std::uint64_t); // gnu++20 has larger ones

[[noreturn]] inline void throw_not_a_kind(const char* who, const std::string& kind, std::uint64_t kinds) {
    throw_error<std::out_of_range>(std::string(who) + ": kind " + kind + " is not in [0, " + std::to_string(kinds) +
                                   ")");
}

struct histogram_function {
    template <execution_policy Policy, std::random_access_iterator I, std::sentinel_for<I> S, std::integral N,
              class K = std::identity>
        requires kind_of<K, I>
    std::vector<std::uint64_t> operator()(const Policy& policy, I first, S last, N n_kinds, K kind = {}) const {
        const std::uint64_t kinds = count_of(n_kinds), size = size_of(first, last);
        const auto from = base_of(first);
        const auto count_in = [&](std::uint64_t lo, std::uint64_t hi, counts& count) {
            count_block<std::remove_const_t<decltype(from)>, K>(nth_of(from, lo), hi - lo, kind, count);
        };
        if (kinds >= many_kinds) return count_many(any_grouping(policy), size, kinds, count_in);
        return parallel_fold(
            any_grouping(policy), std::uint64_t{0}, size, [kinds] { return counts(kinds); },
            [&](std::uint64_t lo, std::uint64_t hi, counts count) {
                count_in(lo, hi, count);
                return count;
            },
            [](counts a, const counts& b) {
                for (std::size_t each = 0; each < a.size(); ++each) a[each] += b[each];
                return a;
            });
    }
    template <execution_policy Policy, std::ranges::random_access_range R, std::integral N, class K = std::identity>
        requires kind_of<K, iterator_of<R>>
    std::vector<std::uint64_t> operator()(const Policy& policy, R&& range, N n_kinds, K kind = {}) const {
        return (*this)(policy, std::ranges::begin(range), std::ranges::end(range), n_kinds, std::move(kind));
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>,
                      "pel::histogram: takes ([policy], range, kinds, [kind]) or ([policy], first, "
                      "last, kinds, [kind]), random access; kind(element) must be an integer");
        return {};
    }

private:
    using counts = std::vector<std::uint64_t>;

    /// Tables of so many are made once for each thread, and not for each stretch that it takes.
    static constexpr std::uint64_t many_kinds = 2048;
    template <class Policy, class CountIn>
    static counts count_many(const Policy& policy, std::uint64_t size, std::uint64_t kinds, const CountIn& count_in) {
        worker_local<counts> of_threads([kinds] { return counts(kinds); });
        run_blocks(policy, size, [&](std::uint64_t lo, std::uint64_t hi) { count_in(lo, hi, of_threads.local()); });
        counts all;
        std::vector<const counts*> others;
        of_threads.for_each([&](counts& its) {
            if (all.empty())
                all = std::move(its);
            else
                others.push_back(&its);
        });
        if (all.empty()) return counts(kinds);
        run_blocks(policy, others.empty() ? 0 : kinds, [&](std::uint64_t lo, std::uint64_t hi) {
            for (const counts* const each : others) {
                for (std::uint64_t kind = lo; kind != hi; ++kind) all[kind] += (*each)[kind];
            }
        });
        return all;
    }
    template <class Base, class K>
    static void count_block(Base element, std::uint64_t n, K& kind, counts& count) {
        const std::uint64_t kinds = count.size();
        std::uint64_t* const counts = count.data();
        const auto number_at = [&](std::uint64_t k) { // a negative one is beyond them all
            return static_cast<std::uint64_t>(std::invoke(kind, *nth_of(element, k)));
        };
        // One look whether four are good; if not, which one follows.
        for (; n >= 4; n -= 4, (void)(element = nth_of(element, 4))) {
            const std::uint64_t a = number_at(0), b = number_at(1), c = number_at(2), d = number_at(3);
            if (std::max(std::max(a, b), std::max(c, d)) >= kinds) [[unlikely]]
                break;
            ++counts[a];
            ++counts[b];
            ++counts[c];
            ++counts[d];
        }
        for (; n != 0; --n, (void)++element) {
            const projected_value_t<Base, K> its = std::invoke(kind, *element);
            const auto number = static_cast<std::uint64_t>(its);
            if (number >= kinds) [[unlikely]]
                throw_not_a_kind("pel::histogram", std::to_string(its), kinds);
            ++counts[number];
        }
    }
};

template <class T, class I, class K, class V, class Op>
concept reduces_by_index = kind_of<K, I> && projection_of<V, I> && std::copyable<T> &&
                           accumulates<Op, T, projected_t<I, V>> && accumulates<Op, T, T>;

struct reduce_by_index_function {
    template <execution_policy Policy, std::random_access_iterator I, std::sentinel_for<I> S, std::integral N, class K,
              class V, class Op = std::plus<>, class T = projected_value_t<I, V>>
        requires reduces_by_index<T, I, K, V, Op>
    std::vector<T> operator()(const Policy& policy, I first, S last, N n_kinds, K kind, V value, Op op = {},
                              T identity = T{}) const {
        using sums = std::vector<T>;
        const std::uint64_t kinds = count_of(n_kinds);
        const auto from = base_of(first);
        return parallel_fold(
            policy, std::uint64_t{0}, size_of(first, last), [&] { return sums(kinds, identity); },
            [&](std::uint64_t lo, std::uint64_t hi, sums sum) {
                for (auto element = nth_of(from, lo); lo != hi; ++lo, (void)++element) {
                    const projected_value_t<I, K> its = std::invoke(kind, *element);
                    const auto number = static_cast<std::uint64_t>(its);
                    if (number >= kinds) [[unlikely]]
                        throw_not_a_kind("pel::reduce_by_index", std::to_string(its), kinds);
                    sum[number] =
                        static_cast<T>(std::invoke(op, T(std::move(sum[number])), std::invoke(value, *element)));
                }
                return sum;
            },
            [&](sums a, sums b) {
                for (std::size_t each = 0; each < a.size(); ++each)
                    a[each] = static_cast<T>(std::invoke(op, T(std::move(a[each])), T(std::move(b[each]))));
                return a;
            });
    }
    template <execution_policy Policy, std::ranges::random_access_range R, std::integral N, class K, class V,
              class Op = std::plus<>, class T = projected_value_t<iterator_of<R>, V>>
        requires reduces_by_index<T, iterator_of<R>, K, V, Op>
    std::vector<T> operator()(const Policy& policy, R&& range, N n_kinds, K kind, V value, Op op = {},
                              T identity = T{}) const {
        return (*this)(policy, std::ranges::begin(range), std::ranges::end(range), n_kinds, std::move(kind),
                       std::move(value), std::move(op), std::move(identity));
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(
            never<Arguments...>,
            "pel::reduce_by_index: takes ([policy], range, kinds, kind, value, [op], [identity]) or ([policy], "
            "first, last, kinds, ...), random access; kind(element) must be an integer, and op(T, value) and "
            "op(T, T) return T, value's type");
        return {};
    }
};

} // namespace detail

/// Returns: for each k in [0, kinds) the number of elements for which kind(element), an integer, is k. Throws:
/// std::out_of_range, which names it, if one is another number; what kind throws; as parallel_for. Blocks. Complexity:
/// work O(n + threads · kinds), span O(log n · kinds). Memory: `kinds` words for each thread that helps. par.deterministic()
/// changes nothing: counts are the same however elements are grouped.
inline constexpr detail::function_object<detail::histogram_function> histogram{};

/// Returns: for each k in [0, kinds) what the values, value(element), of those come to whose kind is k; `identity` where
/// there are none. Values are combined by op in their order, grouped in any way, identities among them. Requires: op is
/// associative; it need not be commutative. Everything else is as for histogram. With par.deterministic(): the same bits at
/// every concurrency; each chunk then has values of its own for all kinds, so that it is for few kinds: work
/// O(n + chunks · kinds), chunks as of parallel_reduce.
inline constexpr detail::function_object<detail::reduce_by_index_function> reduce_by_index{};

PEL_NAMESPACE_END

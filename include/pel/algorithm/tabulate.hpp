// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// tabulate: a new vector of what a function makes of each number.
#pragma once

#include <pel/detail/algorithm/blocks.hpp>
#include <pel/detail/algorithm/elements.hpp>

#include <concepts>
#include <cstdint>
#include <functional>
#include <type_traits>
#include <vector>

PEL_NAMESPACE_BEGIN
namespace detail {

template <class F, class N>
using tabulated_t = kept_value_t<std::invoke_result_t<F&, N>>;

struct tabulate_function {
    template <execution_policy Policy, std::integral N, class F>
        requires(std::invocable<F&, N> && std::move_constructible<tabulated_t<F, N>>)
    std::vector<tabulated_t<F, N>> operator()(const Policy& policy, N n, F f) const {
        using value = tabulated_t<F, N>;
        const std::uint64_t size = count_of(n);
        std::vector<value> all;
        if constexpr (std::default_initializable<value> && std::is_move_assignable_v<value> &&
                      !std::same_as<value, bool>) {
            all.resize(size);
            run_blocks(policy, size, [&f, to = all.data()](std::uint64_t lo, std::uint64_t hi) {
                const held_callable<F, N> in_registers = f;
                for (; lo != hi; ++lo) to[lo] = std::invoke(in_registers, static_cast<N>(lo));
            });
        } else {
            all.reserve(size);
            for (std::uint64_t each = 0; each != size; ++each) all.push_back(std::invoke(f, static_cast<N>(each)));
        }
        return all;
    }

    template <class... Arguments>
    static misused explain() {
        static_assert(never<Arguments...>, "pel::tabulate: takes ([policy], n, f), f(i) of an integer i returning a "
                                           "value that can be moved");
        return {};
    }
};

} // namespace detail

/// Returns: a std::vector of f(0), …, f(n - 1). f is called by several threads. Throws, blocks: as parallel_for. Complexity:
/// work n calls, span O(log n) and the longest; values that cannot be made without an argument, and bools, are made by the
/// calling thread, in order.
inline constexpr detail::function_object<detail::tabulate_function> tabulate{};

PEL_NAMESPACE_END

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What an algorithm is to its users: one object, called with a policy first or without, for iterators or a range.
// A Function has the overloads, all with a policy, and a function explain() that says why none of them fits.
#pragma once

#include <pel/detail/algorithm/arguments.hpp>
#include <pel/policy.hpp>

#include <type_traits>
#include <utility>

PEL_NAMESPACE_BEGIN
namespace detail {

template <class... Arguments>
inline constexpr bool never = false; // depends on the arguments, so that static_assert waits for them

template <class Function>
struct function_object {
    template <class... Arguments>
    PEL_ALWAYS_INLINE constexpr decltype(auto) operator()(Arguments&&... arguments) const {
        constexpr Function function{};
        if constexpr (std::is_invocable_v<const Function&, Arguments...>)
            return function(std::forward<Arguments>(arguments)...);
        else if constexpr (std::is_invocable_v<const Function&, decltype((par)), Arguments...>)
            return function(par, std::forward<Arguments>(arguments)...);
        else
            return Function::template explain<Arguments...>();
    }
};

} // namespace detail
PEL_NAMESPACE_END

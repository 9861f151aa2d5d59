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

/// What {} is in a call: the default comparison, also where a projection follows, or two. Nothing else converts to it.
struct braces {};

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

    // {} has no type that could be forwarded: in a pack it does not compile.
    template <class A>
    constexpr decltype(auto) operator()(A&& a, braces) const {
        return (*this)(std::forward<A>(a), by_default<A>());
    }
    template <class A, class B>
    constexpr decltype(auto) operator()(A&& a, B&& b, braces) const {
        return (*this)(std::forward<A>(a), std::forward<B>(b), by_default<A>());
    }
    template <class A, class B, class C>
    constexpr decltype(auto) operator()(A&& a, B&& b, C&& c, braces) const {
        return (*this)(std::forward<A>(a), std::forward<B>(b), std::forward<C>(c), by_default<A>());
    }
    template <class A, class B, class C, class D>
    constexpr decltype(auto) operator()(A&& a, B&& b, C&& c, D&& d, braces) const {
        return (*this)(std::forward<A>(a), std::forward<B>(b), std::forward<C>(c), std::forward<D>(d), by_default<A>());
    }
    template <class A, class P>
    constexpr decltype(auto) operator()(A&& a, braces, P p) const {
        return (*this)(std::forward<A>(a), by_default<A>(), std::move(p));
    }
    template <class A, class B, class P>
    constexpr decltype(auto) operator()(A&& a, B&& b, braces, P p) const {
        return (*this)(std::forward<A>(a), std::forward<B>(b), by_default<A>(), std::move(p));
    }
    template <class A, class B, class C, class P>
    constexpr decltype(auto) operator()(A&& a, B&& b, C&& c, braces, P p) const {
        return (*this)(std::forward<A>(a), std::forward<B>(b), std::forward<C>(c), by_default<A>(), std::move(p));
    }
    template <class A, class B, class C, class D, class P>
    constexpr decltype(auto) operator()(A&& a, B&& b, C&& c, D&& d, braces, P p) const {
        return (*this)(std::forward<A>(a), std::forward<B>(b), std::forward<C>(c), std::forward<D>(d), by_default<A>(),
                       std::move(p));
    }
    template <class A, class B, class P, class Q>
    constexpr decltype(auto) operator()(A&& a, B&& b, braces, P p, Q q) const {
        return (*this)(std::forward<A>(a), std::forward<B>(b), by_default<A>(), std::move(p), std::move(q));
    }
    template <class A, class B, class C, class P, class Q>
    constexpr decltype(auto) operator()(A&& a, B&& b, C&& c, braces, P p, Q q) const {
        return (*this)(std::forward<A>(a), std::forward<B>(b), std::forward<C>(c), by_default<A>(), std::move(p),
                       std::move(q));
    }
    template <class A, class B, class C, class D, class P, class Q>
    constexpr decltype(auto) operator()(A&& a, B&& b, C&& c, D&& d, braces, P p, Q q) const {
        return (*this)(std::forward<A>(a), std::forward<B>(b), std::forward<C>(c), std::forward<D>(d), by_default<A>(),
                       std::move(p), std::move(q));
    }

private:
    template <class>
    static constexpr auto by_default() {
        return typename Function::default_compare{};
    }
};

} // namespace detail
PEL_NAMESPACE_END

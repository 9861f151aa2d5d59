// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the compiler knows of a pipeline: how each stage is called, what it returns, how that is kept until the next
// stage takes it, and whether they fit.
#pragma once

#include <pel/policy.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>

PEL_NAMESPACE_BEGIN

class pipeline_control;

namespace detail {

enum class stage_kind { in_order, any_order, parallel };

/// What serial(), serial_out_of_order() and parallel() return.
template <stage_kind Kind, class F>
struct pipeline_stage {
    static constexpr stage_kind kind = Kind;
    using callable = F;
    F function;
};

template <class T>
inline constexpr bool is_stage = false;
template <stage_kind Kind, class F>
inline constexpr bool is_stage<pipeline_stage<Kind, F>> = true;

/// A result as it is kept in a token's buffer, and handed to the next stage: as an rvalue.
template <class Result>
struct stage_value {
    using kept = std::remove_cv_t<Result>;
    using handed = std::remove_cv_t<Result>;
    static constexpr bool may_be_empty = false;
    template <class Make>
    static void keep(void* where, const Make& make) {
        ::new (where) kept(make());
    }
    static kept& hand(kept& value) noexcept { return value; }
};
/// One that may be empty: then there is nothing to hand.
template <class T>
struct stage_value<std::optional<T>> {
    using kept = std::optional<T>;
    using handed = T;
    static constexpr bool may_be_empty = true;
    template <class Make>
    static void keep(void* where, const Make& make) {
        ::new (where) kept(make());
    }
    static T& hand(kept& value) noexcept { return *value; }
};
template <class T>
struct stage_value<const std::optional<T>> : stage_value<std::optional<T>> {};
/// What refers to something refers to it still.
template <class T>
struct stage_value<T&> {
    using kept = T*;
    using handed = T&;
    static constexpr bool may_be_empty = false;
    template <class Make>
    static void keep(void* where, const Make& make) {
        ::new (where) kept(std::addressof(make()));
    }
    static T& hand(kept value) noexcept { return *value; }
};
template <class T>
struct stage_value<T&&> : stage_value<std::remove_cv_t<T>> {};
template <>
struct stage_value<void> {
    struct kept {};
    using handed = void;
    static constexpr bool may_be_empty = false;
    template <class Make>
    static void keep(void* where, const Make& make) {
        make();
        ::new (where) kept;
    }
};

/// The ways to call a stage with what the one before handed on.
template <class F, class Handed>
concept takes_value = std::invocable<F&, Handed&&>;
template <class F, class Handed>
concept takes_value_and_control = std::invocable<F&, Handed&&, pipeline_control&>;
template <class F, class Handed>
concept takes_place = std::invocable<F&, Handed&>;
template <class F, class Handed>
concept takes_place_and_control = std::invocable<F&, Handed&, pipeline_control&>;

template <class F, class Handed>
inline constexpr bool fits_stage = takes_value<F, Handed> || takes_value_and_control<F, Handed> ||
                                   takes_place<F, Handed> || takes_place_and_control<F, Handed>;
template <class F>
inline constexpr bool fits_stage<F, void> = std::invocable<F&> || std::invocable<F&, pipeline_control&>;

/// Requires: it fits. `handed`: what stage_value::hand() returns.
template <class F, class Handed, class Place>
decltype(auto) call_stage(F& function, Place& handed, pipeline_control& control) {
    if constexpr (takes_value<F, Handed>)
        return std::invoke(function, static_cast<Handed&&>(handed));
    else if constexpr (takes_value_and_control<F, Handed>)
        return std::invoke(function, static_cast<Handed&&>(handed), control);
    else if constexpr (takes_place<F, Handed>)
        return std::invoke(function, handed);
    else
        return std::invoke(function, handed, control);
}
/// The same where nothing was handed on.
template <class F>
decltype(auto) call_stage(F& function, pipeline_control& control) {
    if constexpr (std::invocable<F&, pipeline_control&>)
        return std::invoke(function, control);
    else
        return std::invoke(function);
}

template <class F, class Handed>
struct stage_result {
    using type = void; // it does not fit
};
template <class F, class Handed>
    requires(fits_stage<F, Handed> && std::is_void_v<Handed>)
struct stage_result<F, Handed> {
    using type = decltype(call_stage(std::declval<F&>(), std::declval<pipeline_control&>()));
};
template <class F, class Handed>
    requires(fits_stage<F, Handed> && !std::is_void_v<Handed>)
struct stage_result<F, Handed> {
    using place = std::remove_reference_t<Handed>;
    using type =
        decltype(call_stage<F, Handed>(std::declval<F&>(), std::declval<place&>(), std::declval<pipeline_control&>()));
};

/// A stage after one that hands on a Handed, void: nothing.
template <class Stage, class Handed>
struct stage_link {
    using stage = Stage;
    using callable = typename Stage::callable;
    using taken = Handed;
    static constexpr stage_kind kind = Stage::kind;
    static constexpr bool fits = fits_stage<callable, Handed>;
    using result = typename stage_result<callable, Handed>::type;
    using value = stage_value<result>;
    using kept = typename value::kept;
    using handed = typename value::handed;
};

/// All stages, linked: a std::tuple of stage_link, which is never made.
template <class Handed, class... Stages>
struct linked_stages {
    using type = std::tuple<>;
};
template <class Handed, class First, class... Rest>
struct linked_stages<Handed, First, Rest...> {
    using first = stage_link<First, Handed>;
    using type =
        decltype(std::tuple_cat(std::declval<std::tuple<std::type_identity<first>>>(),
                                std::declval<typename linked_stages<typename first::handed, Rest...>::type>()));
};

template <class... Stages>
struct stage_chain {
    using links = typename linked_stages<void, Stages...>::type;
    static constexpr std::size_t size = sizeof...(Stages);
    template <std::size_t Number>
    using link = typename std::tuple_element_t<Number, links>::type;

    /// The first stage that does not fit; size, if all do.
    static constexpr std::size_t misfit = []<std::size_t... Numbers>(std::index_sequence<Numbers...>) {
        const std::array<bool, size> fits{link<Numbers>::fits...};
        return static_cast<std::size_t>(std::find(fits.begin(), fits.end(), false) - fits.begin());
    }(std::make_index_sequence<size>());

    /// Whether a stage after `number` has to see every token.
    template <std::size_t Number>
    static constexpr bool is_ordered_after = []<std::size_t... Numbers>(std::index_sequence<Numbers...>) {
        return ((Numbers > Number && link<Numbers>::kind == stage_kind::in_order) || ...);
    }(std::make_index_sequence<size>());

    /// Whether a token's buffer holds what this stage returned. Nobody takes what the last one returns, but a first
    /// stage's says whether there is a token.
    static constexpr bool keeps(std::size_t number) noexcept { return number + 1 != size || number == 0; }

    /// How large the buffers of the even and the odd stages are, and how they are aligned.
    struct extent {
        std::size_t bytes = 1, alignment = 1;
    };
    static constexpr extent extent_of(std::size_t parity) noexcept {
        return []<std::size_t... Numbers>(std::size_t wanted, std::index_sequence<Numbers...>) {
            extent all;
            const auto add = [&](std::size_t number, std::size_t bytes, std::size_t alignment) {
                if (number % 2 != wanted || !keeps(number)) return;
                all.bytes = std::max(all.bytes, bytes);
                all.alignment = std::max(all.alignment, alignment);
            };
            (add(Numbers, sizeof(typename link<Numbers>::kept), alignof(typename link<Numbers>::kept)), ...);
            return all;
        }(parity, std::make_index_sequence<size>());
    }
};

enum class pipeline_error { none, no_stages, no_stage, parallel_first, misfit };

template <class... Stages>
consteval pipeline_error error_of_stages() {
    if constexpr (sizeof...(Stages) == 0) {
        return pipeline_error::no_stages;
    } else if constexpr (!(is_stage<Stages> && ...)) {
        return pipeline_error::no_stage;
    } else {
        using chain = stage_chain<Stages...>;
        if (chain::template link<0>::kind == stage_kind::parallel) return pipeline_error::parallel_first;
        return chain::misfit == chain::size ? pipeline_error::none : pipeline_error::misfit;
    }
}
template <class... Stages>
concept pipeline_stages = error_of_stages<Stages...>() == pipeline_error::none;

/// What is wrong with the arguments of a call.
template <class... Arguments>
inline constexpr pipeline_error error_of_call = pipeline_error::no_stages;
template <execution_policy Policy, class... Arguments>
inline constexpr pipeline_error error_of_call<Policy, Arguments...> = error_of_call<Arguments...>;
template <std::integral Count, class... Stages>
inline constexpr pipeline_error error_of_call<Count, Stages...> = error_of_stages<Stages...>();

} // namespace detail
PEL_NAMESPACE_END

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// parallel_invoke: calls its arguments, possibly at the same time. The primitive that everything else is built on.
#pragma once

#include <pel/detail/sched/fork_join.hpp>
#include <pel/thread_pool.hpp>

#include <functional>
#include <optional>
#include <tuple>
#include <type_traits>
#include <variant>

PEL_NAMESPACE_BEGIN
namespace detail {

PEL_NOINLINE inline void fork_join_inside(const callable_ref& f, const callable_ref& g) { fork_join(f, g); }

/// An outermost call: enters the default pool. Wakes a sleeper at once unless this site's last call was small.
inline void fork_join_outside(const callable_ref& f, const callable_ref& g, site_memory& site) {
    const site_timer timer(site);
    scheduler& pool = pool_access::core(default_pool());
    const std::int64_t small = ticks_of_ns(scheduler::small_call_ns);
    const bool was_small = site.usual_ticks() != site_memory::unknown && site.usual_ticks() < small;
    const foreign_call call(pool, was_small ? timer.start() + small : 0);
    if (call.own() == nullptr) {
        f();
        g();
        return;
    }
    fork_join_inside(f, g);
}

PEL_NOINLINE inline void call_both(worker& own, callable_ref f, callable_ref g, site_memory& site) {
    if (!own.is_member()) return fork_join_outside(f, g, site);
    f();
    g();
}

template <class F, class G>
PEL_ALWAYS_INLINE void invoke_all(F& f, G& g) {
    fork_join(f, g);
}
template <class F, class G, class H, class... Fs>
PEL_ALWAYS_INLINE void invoke_all(F& f, G& g, H& h, Fs&... rest) {
    auto others = [&] { invoke_all(g, h, rest...); };
    fork_join(f, others);
}

template <class F>
using invoke_slot_t =
    std::conditional_t<std::is_void_v<std::invoke_result_t<F>>, std::monostate, std::optional<std::invoke_result_t<F>>>;

template <class F>
PEL_ALWAYS_INLINE void invoke_into(F& f, invoke_slot_t<F>& slot) {
    if constexpr (std::is_void_v<std::invoke_result_t<F>>)
        std::invoke(std::forward<F>(f));
    else
        slot.emplace(std::invoke(std::forward<F>(f)));
}
inline std::monostate take_slot(std::monostate) noexcept { return {}; }
template <class T>
T take_slot(std::optional<T>& slot) {
    return std::move(*slot);
}

} // namespace detail

/// Calls every argument, possibly at the same time, the first one on the calling thread, in the calling worker's pool;
/// outside of one in the default pool. Blocks: until all are done. A scope around it that is cancelled does not stop it.
/// Where another thread runs them, the floating-point environment is that which the task, or loop, around it began with.
/// Requires: two callables or more, without arguments, that return objects or void. Returns: nothing if none returns
/// anything, else a tuple of the results, with std::monostate for void. Throws: the exception of the first callable in
/// argument order that threw; callables that have not begun by then are dropped, others are waited for; where it makes the
/// default pool, what that throws. Thread safety: any thread.
/// Complexity: work the sum of the callables', span the maximum plus O(number of callables). Cost: a few ns each while
/// nobody steals (benchmark fib).
template <class F, class G, class... Fs>
    requires(std::invocable<F> && std::invocable<G> && (std::invocable<Fs> && ...))
PEL_ALWAYS_INLINE auto parallel_invoke(F&& f, G&& g, Fs&&... rest) {
    constexpr bool is_void = std::is_void_v<std::invoke_result_t<F>> && std::is_void_v<std::invoke_result_t<G>> &&
                             (std::is_void_v<std::invoke_result_t<Fs>> && ...);
    constexpr bool has_references = std::is_reference_v<std::invoke_result_t<F>> ||
                                    std::is_reference_v<std::invoke_result_t<G>> ||
                                    (std::is_reference_v<std::invoke_result_t<Fs>> || ...);
    static_assert(!has_references, "pel::parallel_invoke: results are objects: return a std::ref, not a reference");
    if constexpr (is_void) {
        detail::invoke_all(f, g, rest...);
    } else if constexpr (!has_references) {
        std::tuple<detail::invoke_slot_t<F>, detail::invoke_slot_t<G>, detail::invoke_slot_t<Fs>...> slots;
        [&]<std::size_t... I>(std::index_sequence<I...>) {
            std::tuple<F&, G&, Fs&...> all(f, g, rest...);
            const auto call = [&]<std::size_t At>(std::integral_constant<std::size_t, At>) {
                return [&] {
                    using callable = std::tuple_element_t<At, std::tuple<F, G, Fs...>>;
                    detail::invoke_into<callable>(std::get<At>(all), std::get<At>(slots));
                };
            };
            std::tuple calls(call(std::integral_constant<std::size_t, I>{})...);
            detail::invoke_all(std::get<I>(calls)...);
        }(std::index_sequence_for<F, G, Fs...>{});
        return std::apply([](auto&... slot) { return std::tuple(detail::take_slot(slot)...); }, slots);
    }
}

PEL_NAMESPACE_END

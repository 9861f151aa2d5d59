// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Tasks that take units of resources: what spawn_after() and thread_pool::submit() make of a function and what it
// needs.
//   pel::spawn_after({x, y}, pel::with({disk, {memory, 4}}, f));
#pragma once

#include <pel/detail/graph/after/limited_task.hpp>
#include <pel/graph/resource.hpp>
#include <pel/graph/spawn_after.hpp>

#include <concepts>
#include <cstddef>
#include <optional>
#include <type_traits>
#include <utility>

PEL_NAMESPACE_BEGIN

/// A function and what it needs: see with(). It cannot be called, only handed over.
template <class F, std::size_t N>
class [[nodiscard]] limited_function {
public:
    template <class G>
    limited_function(const detail::few_needs<N>& needs, G&& function)
        : needs_(needs), function_(std::forward<G>(function)) {}

private:
    friend class thread_pool;
    template <class>
    friend struct detail::task_of;
    template <class>
    friend struct detail::given_results;

    detail::few_needs<N> needs_;
    F function_;
};

/// f, to be a task of spawn_after() or thread_pool::submit(): it begins when it has these units, after all that it is
/// to begin after, and gives them back when it returns or throws, before anybody sees that it is done. Until then it
/// keeps no thread; task_ref::cancel() ends the wait. Throws: std::invalid_argument for more units than there are; what
/// copying f throws. Cost: a lock for each resource; no memory but the task's.
template <std::size_t N, class F>
auto with(const resource_units (&wanted)[N], F&& f) {
    return limited_function<std::decay_t<F>, N>(detail::resource_access::needs(wanted), std::forward<F>(f));
}

namespace detail {

/// Tasks of spawn_after().
template <class F, std::size_t N>
struct task_of<limited_function<F, N>> {
    using result = std::invoke_result_t<F&>;
    using call = spawned_call<result, F, limited_task<task_with_result<result>, N>>;

    template <class G>
    static call* make(void* memory, scheduler& pool, G&& limited) {
        return ::new (memory) call(pool, std::forward<G>(limited).function_, limited.needs_);
    }
};

template <class F, std::size_t N>
inline constexpr bool is_task_function<limited_function<F, N>> = std::invocable<F&>;

template <class F, std::size_t N>
struct given_results<limited_function<F, N>> {
    template <class G, class... Results>
    static auto make(G&& limited, const task_handle<Results>&... tasks) {
        using function = call_with_results<F, Results...>;
        return limited_function<function, N>(limited.needs_, function(std::forward<G>(limited).function_, tasks...));
    }
};

/// Tasks of thread_pool::submit().
template <class T, class F, std::size_t N>
class limited_submission final : public submission<T>, private claim_of_few<N> {
public:
    limited_submission(scheduler& pool, const few_needs<N>& needs, F&& function)
        : submission<T>(pool, &act), claim_of_few<N>(needs, &resume), function_(std::move(function)) {}

    void destroy() noexcept override {
        this->~limited_submission();
        injected_memory<limited_submission>::release(this, &current_worker->frames);
    }

private:
    static void act(const job_slot& claimed, worker& runner, job_action) {
        auto& self = static_cast<limited_submission&>(*claimed.frame);
        self.count_run(runner);
        if (!self.try_acquire()) return; // resume() has it injected again
        {
            const adopted_fp_environment adopted(runner, self.fp_environment_);
            self.fill(*self.function_);
        }
        self.function_.reset(); // as in submitted_call
        self.resource_claim::release();
        self.finish_counted();
    }
    static void resume(resource_claim& claim) noexcept { static_cast<limited_submission&>(claim).inject(); }

    std::optional<F> function_;
};

} // namespace detail

template <class F, std::size_t N>
auto thread_pool::submit(limited_function<F, N> f) -> future<std::invoke_result_t<F&>> {
    constexpr bool is_coroutine = detail::coroutine_function<F&>;
    static_assert(!is_coroutine,
                  "pel::thread_pool::submit: a coroutine does not keep the units of what returns it, so pel::with() "
                  "takes no function that returns a pel::task");
    using call = detail::limited_submission<std::invoke_result_t<F&>, F, N>;
    call* const state = detail::make_injected<call>(
        core(), [&](void* memory) { return ::new (memory) call(core(), f.needs_, std::move(f.function_)); });
    state->inject();
    return detail::make_future<std::invoke_result_t<F&>>(state);
}

PEL_NAMESPACE_END

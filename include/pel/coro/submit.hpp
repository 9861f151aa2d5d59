// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// thread_pool::submit() of a coroutine: it runs by itself, and who has the future may wait for it, or await it.
#pragma once

#include <pel/detail/coro/awaitable.hpp>

PEL_NAMESPACE_BEGIN
namespace detail {

/// A submitted job that is over when its coroutine is, wherever that ends.
template <class T>
class submitted_coroutine final : public submission<T>, private join_point {
public:
    submitted_coroutine(scheduler& pool, task<T>&& root) noexcept
        : submission<T>(pool, &act), join_point(&root_ended), group_(pool, group_core::detached()),
          root_(std::move(root)) {
        group_.hold();
    }

    static submission<T>* make(scheduler& pool, task<T>&& root) {
        return make_injected<submitted_coroutine>(
            pool, [&](void* memory) noexcept { return ::new (memory) submitted_coroutine(pool, std::move(root)); });
    }
    void destroy() noexcept override {
        this->~submitted_coroutine();
        injected_memory<submitted_coroutine>::release(this, &current_worker->frames);
    }

private:
    static void act(const job_slot& claimed, worker& runner, job_action) {
        auto& self = static_cast<submitted_coroutine&>(*claimed.frame);
        coroutine_job& root = coroutine_access::promise(self.root_);
        root.home = &self.group_;
        root.is_awaited_at(self, false);
        if (&runner != &no_worker) return root.run_on(runner);
        self.run_alone(root);
    }
    /// Where there is no pool any more: also what is listed.
    PEL_COLD void run_alone(coroutine_job& root) noexcept {
        this->retain();
        root.run_on(no_worker);
        group_.wait_alone(true);
        this->release();
    }
    group_core* parts() noexcept override { return &group_; }
    static std::coroutine_handle<> root_ended(join_point& here, coroutine_job&) noexcept {
        auto& self = static_cast<submitted_coroutine&>(here);
        auto& promise = coroutine_access::promise(self.root_);
        const auto result = [&]() -> std::remove_const_t<T> { return promise.take_result(); };
        self.fill(result);
        self.group_.drop_held();
        self.root_ = {}; // what it holds is gone before the waiter goes on
        self.finish(injected_job::counting_record(self.pool_));
        return std::noop_coroutine();
    }

    coroutine_group group_;
    task<T> root_;
};

} // namespace detail

template <class T>
future<T> thread_pool::submit(task<T> coroutine) {
    detail::checked_task(detail::coroutine_access::handle(coroutine));
    detail::submission<T>* const state = detail::submitted_coroutine<T>::make(core(), std::move(coroutine));
    state->inject();
    return detail::make_future(state);
}

template <class F>
    requires detail::coroutine_function<std::decay_t<F>&>
auto thread_pool::submit(F&& f) {
    return submit(detail::call_as_task<std::decay_t<F>>(std::forward<F>(f)));
}

template <class T>
    requires(detail::is_other_awaitable<T> && !std::invocable<T&>)
auto thread_pool::submit(T awaited) {
    return submit(detail::as_task(awaited));
}

PEL_NAMESPACE_END

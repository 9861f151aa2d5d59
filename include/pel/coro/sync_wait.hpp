// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// sync_wait: from code that is no coroutine into one, and back with its result.
#pragma once

#include <pel/detail/coro/awaitable.hpp>

PEL_NAMESPACE_BEGIN
namespace detail {

/// The end of a coroutine that a thread waits for.
class waited_root {
public:
    explicit waited_root(scheduler& pool) noexcept : group_(pool) {}

    void run(coroutine_job& root) {
        root.home = &group_;
        root.is_awaited_at(end_, false);
        group_.hold();
        const foreign_call call(group_.pool());
        if (call.own() != nullptr) {
            run_coroutine(*call.own(), root);
            if (!group_.is_complete()) group_.wait(*call.own());
        } else {
            resume_chain(root.self());
            group_.wait_alone(true);
        }
    }

private:
    static std::coroutine_handle<> ended(join_point&, coroutine_job& root) noexcept {
        root.group().drop_held(); // last access: the frame may be gone
        return std::noop_coroutine();
    }

    coroutine_group group_;
    join_point end_{&ended};
};

} // namespace detail

/// Runs the coroutine here, in the calling worker's pool, elsewhere in the default pool, and waits until it has ended.
/// Returns: its result. Throws: what it throws; std::logic_error unless valid(). Blocks, and is legal everywhere: the
/// thread runs what goes on in the coroutine meanwhile, in its races and in scopes that it joins, too; not what it has
/// submitted. Cost: a group, and outside of the pool a call of it, as execute().
template <class T>
T sync_wait(task<T> root) {
    auto& promise = detail::checked_task(detail::coroutine_access::handle(root)).promise();
    detail::waited_root(detail::current_scheduler()).run(promise);
    return promise.take_result();
}

/// The same for anything else that can be awaited and moved: `event.async_wait()`, not the event. It is gone when this
/// returns: an awaitable whose result is a reference into itself is to be awaited in a coroutine.
template <class T>
    requires detail::is_other_awaitable<T>
detail::task_value<T> sync_wait(T awaited) {
    return sync_wait(detail::as_task(awaited));
}

/// Chosen where no other form fits: says why, in one line.
template <detail::no_awaitable T>
void sync_wait(const T&) {
    static_assert(detail::is_task<T>,
                  "pel::sync_wait: takes a pel::task, or something else that can be awaited and moved; "
                  "not a function, but what it returns, nor an event, but its async_wait()");
}

PEL_NAMESPACE_END

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A task that needs units of resources: when all that it begins after is done it is served once, and asks for them. If it
// has to wait it is nobody's until it has them; then it is sent to its pool, and served again. It stays counted (I4).
//   who serves it: get_units(), return_units().  any thread that holds it: give_up().
//   (claim_state.hpp decides between giving up and beginning.)
#pragma once

#include <pel/detail/graph/after/claim_state.hpp>
#include <pel/detail/graph/after/task.hpp>
#include <pel/detail/graph/resource_core.hpp>

PEL_NAMESPACE_BEGIN
namespace detail {

template <class Task, std::size_t N>
class limited_task : public Task, private claim_of_few<N> {
public:
    limited_task(scheduler& pool, const few_needs<N>& needs) : Task(pool, true), claim_of_few<N>(needs, &resume) {}

    bool get_units() noexcept final {
        if (this->must_run() && !has_asked_) {
            has_asked_ = true;
            state_.begin_asking();
        }
        if (has_asked_ && !this->try_acquire()) return false;
        if (!state_.try_begin()) this->fail(task_end::cancelled, nullptr);
        return true;
    }
    void return_units() noexcept final { resource_claim::release(); }
    bool give_up() noexcept final {
        return state_.give_up([this] { return this->leave_queue(); }, [this] { this->send(); });
    }

protected:
    ~limited_task() = default;

private:
    static void resume(resource_claim& claim) noexcept { static_cast<limited_task&>(claim).send(); }

    claim_state state_;
    bool has_asked_ = false; // who serves it
};

} // namespace detail
PEL_NAMESPACE_END

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A task that needs units of resources: when all that it begins after is done it is served once, and asks for them. If it
// has to wait it is nobody's until it has them; then it is sent to its pool, and served again. It stays counted (I4).
//   who serves it: get_units(), return_units().  any thread that holds it: give_up().
// I6  give_up() looks into the queues of resources, which may be gone when the task is done: who serves the task waits
//     until that is over.
//   SA5: give_up()'s last store -> get_units(): the canceller is out of the queues.
#pragma once

#include <pel/detail/graph/after/task.hpp>
#include <pel/detail/graph/resource_core.hpp>

PEL_NAMESPACE_BEGIN
namespace detail {

/// What becomes of a claim that may be given up.
class claim_state {
public:
    /// Before the claim asks. From now on it may be given up.
    void begin_asking() noexcept { state_.store(asking, relaxed); } // who reads less, or more, is answered so
    /// When it does not wait any more. False: it was given up; who did so does not touch it any more.
    bool try_begin() noexcept {
        std::uint8_t seen = asking;
        if (state_.compare_exchange(seen, begun, relaxed)) return true; // which of both it is decides the order of RMWs
        if (seen == unasked) return true;
        while (state_.load(acquire) != given_up) yield_thread(); // sync(SA5) acquire: it is out of the queues
        return false;
    }
    /// Gives up with leave(), which says whether `claim` has left a queue, and then calls resume(). Returns: whether
    /// it is given up.
    template <class Leave, class Resume>
    bool give_up(const Leave& leave, const Resume& resume) noexcept {
        std::uint8_t seen = asking;
        if (!state_.compare_exchange(seen, leaving, relaxed)) return seen == leaving || seen == given_up; // as above
        const bool has_left = leave();
        state_.store(given_up, release); // sync(SA5) release: out of the queues
        if (has_left) resume();
        return true;
    }

private:
    enum : std::uint8_t { unasked, asking, begun, leaving, given_up };
    atomic<std::uint8_t> state_{unasked};
};

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

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Where coroutines meet that are awaited together. The first child begins at once, the others lie in the deque. When a
// child ends on a thread that has the next one on top of its deque, that begins: so they pass one after the other, in
// line, and only those that others have taken are counted by an atomic. Where the last one ends, the parent goes on.
//   the parent's thread: begin(), before children can run; a child's thread, at its end: child_ended().
// I1  in the line is one child at a time: `next_` belongs to it. A child that a thief, or a drain, has begun is not in
//     it, unless it has waited and lies, resumed, where the line takes it; and nor is what comes after a child that went on
//     elsewhere and does not find the next one on its deque.
// I2  `pending_` counts down for each child that ends outside the line, and up by all of these when the line ends: until
//     then it is 0 or, as a signed number, negative, and after that it is how many have not ended. So one RMW makes it 0:
//     the last one's, unless all children have passed in line.
//   CO1: a child's decrement -> the last one's: results and effects, to the parent.
#pragma once

#include <pel/detail/coro/coroutine_job.hpp>

PEL_NAMESPACE_BEGIN
namespace detail {

class join_point {
public:
    /// What happens at the end of the only child instead, or when that is dropped. Returns: who goes on.
    using ending = std::coroutine_handle<> (*)(join_point& here, coroutine_job& child) noexcept;

    join_point() noexcept {} // the rest: see begin()
    explicit join_point(ending end) noexcept : end_(nullptr), end_of_one(end) {}
    join_point(const join_point&) = delete;
    join_point& operator=(const join_point&) = delete;

    /// Whether it has begun, or has nothing to begin any more; as it was set before, for who asks.
    bool is_spent() const noexcept { return next_ != nullptr; }
    void set_spent(bool is) noexcept { next_ = is ? &nobody : nullptr; }

    /// Once. `children` are `count` > 0 in a row; that row stays as long as this. Returns: the first one, which the caller
    /// resumes.
    PEL_ALWAYS_INLINE coroutine_job& begin(std::coroutine_handle<> parent, scope* group, coroutine_job* const* children,
                                           std::uint32_t count) noexcept {
        worker& own = *current_worker;
        next_ = children + 1;
        end_ = children + count;
        waiting_coroutine = parent.address();
        std::uint32_t position = own.deque.bottom();
        for (std::uint32_t each = count; each-- > 1; ++position) {
            coroutine_job& child = *children[each];
            child.home = group;
            child.is_awaited_at(*this, false);
            if (own.innermost != group || !own.deque.try_push(position, &coroutine_job::act, &child)) [[unlikely]]
                push_slow(own, position, child);
        }
        coroutine_job& first = *children[0];
        first.home = group;
        first.is_awaited_at(*this, true);
        return first;
    }

    /// Returns: who goes on, on this thread.
    PEL_ALWAYS_INLINE std::coroutine_handle<> child_ended(coroutine_job& child) noexcept {
        if (!child.is_in_line()) [[unlikely]]
            return end_elsewhere(child);
        coroutine_job* const* const at = next_;
        if (at == end_) return parent();
        coroutine_job& next = **at;
        worker& own = *current_worker;
        const std::uint32_t bottom = own.deque.bottom();
        if (bottom <= own.coroutine_base || own.deque.pushed_at(bottom - 1) != &next) [[unlikely]]
            return leave_line();
        if (!own.deque.try_take_private(bottom - 1)) [[unlikely]]
            return take_public(own, bottom - 1, next);
        next_ = at + 1;
        if (at + 1 != end_ && own.deque.is_asked()) [[unlikely]]
            return serve_request(own, next);
        next.enter_line();
        return next.self();
    }

    /// The only child has not begun, and will not.
    void child_dropped(coroutine_job& child) noexcept { end_of_one(*this, child); }

private:
    static constexpr coroutine_job* nobody = nullptr;

    std::coroutine_handle<> parent() const noexcept { return std::coroutine_handle<>::from_address(waiting_coroutine); }

    /// Somebody has asked, the deque is full, or there is none; or nobody would take the job back: the coroutine was resumed
    /// by somebody else than run_coroutine().
    PEL_NOINLINE static void push_slow(worker& own, std::uint32_t position, coroutine_job& child) noexcept {
        const bool is_next = position == own.deque.bottom(); // not after one that was listed
        if (own.is_member() && own.innermost == child.home && is_next &&
            own.pool->push_slow(own, position, &coroutine_job::act, &child))
            return;
        child.resume_later();
    }
    PEL_NOINLINE std::coroutine_handle<> take_public(worker& own, std::uint32_t position,
                                                     coroutine_job& next) noexcept {
        if (!take_coroutine_back(own, position)) return leave_line();
        ++next_;
        return serve_request(own, next);
    }
    PEL_NOINLINE static std::coroutine_handle<> serve_request(worker& own, coroutine_job& next) noexcept {
        serve_request_between(own);
        next.enter_line();
        return next.self();
    }
    /// The line is at its end: the next child is with a thief, or this is not the deque where it lies.
    PEL_NOINLINE std::coroutine_handle<> leave_line() noexcept {
        const auto left = static_cast<std::uint32_t>(end_ - next_);
        // sync(CO1) acq_rel: the results, to the parent; if the others have ended: theirs
        return pending_.fetch_add(left, acq_rel) + left == 0 ? parent() : std::noop_coroutine();
    }
    PEL_NOINLINE std::coroutine_handle<> end_elsewhere(coroutine_job& child) noexcept {
        if (end_ == nullptr) return end_of_one(*this, child);
        // sync(CO1) acq_rel: the result, to the parent; the last one, after the line: those of all
        return pending_.fetch_sub(1, acq_rel) == 1 ? parent() : std::noop_coroutine();
    }

    coroutine_job* const* next_; // of the line
    coroutine_job* const* end_;  // of the children; null: there is one, which is not in line
    union {
        void* waiting_coroutine;
        ending end_of_one;
    };
    atomic<std::uint32_t> pending_{0}; // published with the jobs
};

inline void coroutine_job::begin(const job_slot& claimed, worker& runner, job_action action) {
    auto& self = static_cast<coroutine_job&>(*claimed.frame);
    if (action == job_action::give_back || !self.group().is_cancelled()) [[likely]]
        return act(claimed, runner, action);
    self.join()->child_dropped(self); // the frame is gone
    if (action == job_action::run) count_elsewhere(claimed, runner);
}

} // namespace detail
PEL_NAMESPACE_END

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The guards that make a thread a member of a pool for the length of a call.
//   any thread: everything.
#pragma once

#include <pel/detail/sched/group.hpp>

#include <utility>

PEL_NAMESPACE_BEGIN
namespace detail {

/// Makes the calling thread a member of `pool` while it lives; nothing to do where it is one. A member of another pool
/// frees its seat there meanwhile (S5).
class foreign_call {
public:
    /// `wakes_from`: see worker::wakes_from.
    explicit foreign_call(scheduler& pool, std::int64_t wakes_from = 0) : outer_(*current_worker) {
        if (outer_.pool == &pool)
            own_ = &outer_;
        else
            enter(pool, wakes_from);
    }
    foreign_call(const foreign_call&) = delete;
    foreign_call& operator=(const foreign_call&) = delete;
    ~foreign_call() {
        if (is_entered_) leave();
    }

    /// Null: the pool is at its end, or records have run out; the caller does the work alone.
    worker* own() const noexcept { return own_; }

private:
    struct saved_state {
        scope* innermost = nullptr;
        std::uint64_t scope_serial = 0;
        const call_level* level = nullptr;
        segment* served = nullptr;
        segment* open_segments = nullptr;
        std::int64_t wakes_from = 0;
        std::uint32_t level_base = 0;
        bool has_left = false;
        bool is_blocking = false;
    };

    void enter(scheduler& pool, std::int64_t wakes_from);
    void leave() noexcept;
    /// A call of this pool, inside one of another pool, inside one of this pool: a new level of the same record.
    void enter_again() noexcept;
    void leave_again() noexcept;

    worker& outer_;
    worker* own_ = nullptr;
    bool has_left_outer_ = false;
    bool is_entered_ = false;
    call_level level_;
    saved_state saved_;
    serving_record::entry outer_serving_; // on another level
    std::uint64_t outer_environment_ = 0; // likewise
    bool has_environment_ = false;
};

/// Runs and waits until the group is complete. Requires: as for retire(), and wait().
void complete_group(group_core& group);

/// A call of a thread that is in no other, and expected to be over before sharing it would pay: the thread is a member
/// as one that has left its seat (S5), and its first fork takes it. Many threads may make such calls at once, and write
/// nothing that they share.
class brief_call {
public:
    explicit brief_call(scheduler& pool) noexcept {
        if (current_worker != &no_worker || pool.is_stopping()) return;
        own_ = record_in(pool);
        if (own_ == nullptr) return;
        own_->open_scope(nullptr);
        own_->wakes_from = worker::wakes_later;
        own_->has_left = true; // so the request that an idle record keeps stands: the first fork is slow
        current_worker = own_;
    }
    brief_call(const brief_call&) = delete;
    brief_call& operator=(const brief_call&) = delete;
    ~brief_call() {
        if (own_ == nullptr) return;
        if (own_->open_segments != nullptr) [[unlikely]]
            spill_segments(*own_, nullptr);
        if (!std::exchange(own_->has_left, false)) own_->pool->end_foreign_call(*own_);
        current_worker = &no_worker;
    }

    /// Null: the thread is in a call already, or the pool is at its end, or records have run out.
    worker* own() const noexcept { return own_; }

private:
    worker* own_ = nullptr;
};

} // namespace detail
PEL_NAMESPACE_END

#if PEL_HEADER_ONLY
#include <pel/detail/sched/foreign_calls.hpp>
#endif

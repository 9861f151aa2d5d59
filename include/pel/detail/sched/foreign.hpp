// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The guards that make a thread a member of a pool for the length of a call.
//   any thread: everything.
#pragma once

#include <pel/detail/sched/group.hpp>

#include <utility>

PEL_NAMESPACE_BEGIN
namespace detail {

inline void scheduler::begin_foreign_call(worker& own) noexcept {
    const seats_view view = seats_.enter_foreign();
    if (view.free() < 0) own.counts.debts.add();
    come_to(own);
    prepare_poll(own);
}

inline void scheduler::end_foreign_call(worker& own) noexcept {
    own.deque.keep_request();
    seat_was_freed(own, seats_.leave_foreign());
}

/// Makes the calling thread a member of `pool` while it lives; nothing to do where it is one. A member of another pool
/// frees its seat there meanwhile (S5).
class foreign_call {
public:
    /// `wakes_from`: see worker::wakes_from.
    explicit foreign_call(scheduler& pool, std::int64_t wakes_from = 0) : outer_(*current_worker) {
        if (outer_.pool == &pool) {
            own_ = &outer_;
            return;
        }
        if (!pool.is_stopping()) own_ = lease_list::record_in(pool);
        if (own_ == nullptr) return;
        is_entered_ = true;
        has_left_outer_ = outer_.is_member() && !outer_.has_left;
        if (has_left_outer_) outer_.pool->leave_seat(outer_);
        level_ = {outer_.pool, outer_.innermost, outer_.level};
        saved_ = {own_->innermost,
                  own_->scope_serial,
                  std::exchange(own_->level, &level_),
                  own_->served,
                  own_->open_segments,
                  own_->wakes_from,
                  own_->level_base,
                  std::exchange(own_->has_left, false)};
        if (own_->deque.bottom() != 0) enter_again();
        own_->open_scope(nullptr);
        own_->served = nullptr;
        own_->wakes_from = wakes_from;
        own_->fp_environment.store(read_fp_environment(), relaxed); // published with the jobs (D1, D2)
        current_worker = own_;
        pool.begin_foreign_call(*own_);
    }
    foreign_call(const foreign_call&) = delete;
    foreign_call& operator=(const foreign_call&) = delete;
    ~foreign_call() {
        if (!is_entered_) return;
        if (own_->open_segments != saved_.open_segments) spill_segments(*own_, saved_.open_segments);
        own_->pool->end_foreign_call(*own_);
        own_->innermost = saved_.innermost;
        own_->scope_serial = saved_.scope_serial;
        own_->level = saved_.level;
        own_->served = saved_.served;
        own_->wakes_from = saved_.wakes_from;
        own_->has_left = saved_.has_left;
        if (own_->deque.bottom() != 0) leave_again();
        const bool is_child = !own_->pool->is_from_this_process();
        current_worker = is_child ? &no_worker : &outer_;
        if (has_left_outer_ && !is_child) outer_.pool->return_to_seat(outer_);
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
    };

    /// A call of this pool, inside one of another pool, inside one of this pool: a new level of the same record.
    PEL_COLD void enter_again() noexcept {
        outer_serving_ = own_->serving.get();
        own_->level_base = own_->deque.bottom();
        own_->serving.set(nullptr, nullptr, own_->level_base);
    }
    PEL_COLD void leave_again() noexcept {
        own_->level_base = saved_.level_base;
        own_->serving.set(outer_serving_.task, outer_serving_.inside, outer_serving_.base);
    }

    worker& outer_;
    worker* own_ = nullptr;
    bool has_left_outer_ = false;
    bool is_entered_ = false;
    call_level level_{};
    saved_state saved_;
    serving_record::entry outer_serving_;
};

/// Runs and waits until the group is complete. Requires: as for retire(), and wait().
inline void complete_group(group_core& group) {
    group.retire();
    if (group.is_complete()) return;
    const foreign_call call(group.pool());
    if (call.own() != nullptr)
        group.wait(*call.own());
    else
        group.wait_alone();
}

/// A call of a thread that is in no other, and expected to be over before sharing it would pay: the thread is a member
/// as one that has left its seat (S5), and its first fork takes it. Many threads may make such calls at once, and write
/// nothing that they share.
class brief_call {
public:
    explicit brief_call(scheduler& pool) noexcept {
        if (current_worker != &no_worker || pool.is_stopping()) return;
        own_ = lease_list::record_in(pool);
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

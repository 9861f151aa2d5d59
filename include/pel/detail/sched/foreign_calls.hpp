// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How a thread becomes a member of a pool for a call; foreign.hpp declares it.
#pragma once

#include <pel/detail/sched/foreign.hpp>
#include <pel/detail/sched/group_jobs.hpp>

#include <utility>

PEL_NAMESPACE_BEGIN
namespace detail {

PEL_INLINE void scheduler::begin_foreign_call(worker& own) noexcept {
    const seats_view view = seats_.enter_foreign();
    if (view.free() < 0) own.counts.debts.add();
    come_to(own);
    prepare_poll(own);
}

PEL_INLINE void scheduler::end_foreign_call(worker& own) noexcept {
    own.deque.keep_request();
    seat_was_freed(own, seats_.leave_foreign());
}

PEL_INLINE void foreign_call::enter(scheduler& pool, std::int64_t wakes_from) {
    if (!pool.is_stopping()) own_ = record_in(pool);
    if (own_ == nullptr) return;
    is_entered_ = true;
    has_left_outer_ = outer_.is_member() && !outer_.has_left;
    if (has_left_outer_) outer_.pool->leave_seat(outer_);
    if (outer_.is_member()) level_.begin(outer_);
    saved_ = {own_->innermost,
              own_->scope_serial,
              std::exchange(own_->level, &level_),
              own_->served,
              own_->open_segments,
              own_->wakes_from,
              own_->level_base,
              std::exchange(own_->has_left, false),
              std::exchange(own_->is_blocking, false)};
    if (own_->deque.bottom() != 0)
        enter_again();
    else
        own_->fp_environment.set(read_fp_environment());
    own_->open_scope(level_.passage());
    own_->served = nullptr;
    own_->wakes_from = wakes_from;
    current_worker = own_;
    pool.begin_foreign_call(*own_);
}

PEL_INLINE void foreign_call::leave() noexcept {
    if (own_->open_segments != saved_.open_segments) spill_segments(*own_, saved_.open_segments);
    own_->pool->end_foreign_call(*own_);
    own_->innermost = saved_.innermost;
    own_->scope_serial = saved_.scope_serial;
    own_->level = saved_.level;
    own_->served = saved_.served;
    own_->wakes_from = saved_.wakes_from;
    own_->has_left = saved_.has_left;
    own_->is_blocking = saved_.is_blocking;
    if (own_->deque.bottom() != 0) leave_again();
    const bool is_child = !own_->pool->is_from_this_process();
    current_worker = is_child ? &no_worker : &outer_;
    if (has_left_outer_ && !is_child) outer_.pool->return_to_seat(outer_);
}

PEL_COLD PEL_INLINE void foreign_call::enter_again() noexcept {
    outer_serving_ = own_->serving.get();
    own_->level_base = own_->deque.bottom();
    own_->serving.set(nullptr, nullptr, own_->level_base);
    outer_environment_ = own_->fp_environment.current();
    has_environment_ = own_->fp_environment.enter(own_->level_base, read_fp_environment());
}

PEL_COLD PEL_INLINE void foreign_call::leave_again() noexcept {
    own_->fp_environment.leave(has_environment_, outer_environment_);
    own_->level_base = saved_.level_base;
    own_->serving.set(outer_serving_.task, outer_serving_.inside, outer_serving_.base);
}

PEL_INLINE void complete_group(group_core& group) {
    group.retire();
    if (group.is_complete()) return;
    const foreign_call call(group.pool());
    if (call.own() != nullptr)
        group.wait(*call.own());
    else
        group.wait_alone();
}

} // namespace detail
PEL_NAMESPACE_END

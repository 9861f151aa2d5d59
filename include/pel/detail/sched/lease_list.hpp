// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How records are leased, and given back by threads that exit; lease.hpp declares it.
#pragma once

#include <pel/detail/platform/thread.hpp>
#include <pel/detail/sched/lease.hpp>
#include <pel/detail/sched/threads.hpp>

#include <memory>
#include <new>
#include <utility>
#include <vector>

PEL_NAMESPACE_BEGIN
namespace detail {

PEL_INLINE worker* scheduler::lease_record() noexcept {
    if (!is_from_this_process()) return nullptr;
    const lock_guard guard(membership_);
    worker* record = returned_;
    if (record != nullptr) {
        returned_ = record->next;
    } else {
        record = foreign_records_ == seats::most_foreign ? nullptr : record_table::take();
        if (record == nullptr) return nullptr;
        if (!attach(*record, true, 0)) {
            record_table::give(*record);
            return nullptr;
        }
        ++foreign_records_;
    }
    record->lease = uid_; // lease_lock is held
    record->adopt_stack(this_stack());
    return record;
}

PEL_INLINE void scheduler::return_record(worker& leased) noexcept {
    const lock_guard guard(membership_);
    leased.next = returned_;
    returned_ = &leased;
}

/// A thread's leases in all pools; ends with the thread.
class lease_list {
public:
    lease_list() noexcept = default;
    lease_list(const lease_list&) = delete;
    lease_list& operator=(const lease_list&) = delete;
    ~lease_list() {
        last_lease = {};
        leases_are_over = true;
        for (const lease& each : leases_) give_up(each);
    }

    static worker* record_in(scheduler& pool) noexcept {
        if (leases_are_over) return record_for_the_end(pool);
        thread_local lease_list mine;
        for (const lease& each : mine.leases_) { // the pool lives, so the record is still its own: no lock is needed
            if (each.uid == pool.uid()) return (last_lease = each).record;
        }
        const lock_guard guard(lease_lock);
        std::erase_if(mine.leases_,
                      [](const lease& each) { return each.record->lease != each.uid; }); // pools that ended
        const auto make_room = [&] { mine.leases_.reserve(mine.leases_.size() + 1); };
        if (!call_guarded(make_room, [](const std::exception_ptr&) {})) return nullptr;
        worker* record = pool.lease_record();
        if (record == nullptr) return nullptr;
        mine.leases_.push_back({pool.uid(), pool.generation(), &pool, record});
        last_lease = mine.leases_.back();
        return record;
    }

private:
    /// A lease made in the destructor of a thread_local object that runs after ours.
    struct late_lease {
        lease made;
        late_lease* next;
    };
    static worker* record_for_the_end(scheduler& pool) noexcept {
        static const exit_value late([](void* last) {
            last_lease = {};
            while (last != nullptr) {
                const std::unique_ptr<late_lease> each(static_cast<late_lease*>(std::exchange(last, nullptr)));
                give_up(each->made);
                last = each->next;
            }
        });
        auto* const last = static_cast<late_lease*>(late.get());
        const lock_guard guard(lease_lock);
        for (const late_lease* each = last; each != nullptr; each = each->next) {
            if (each->made.uid == pool.uid() && each->made.record->lease == pool.uid())
                return (last_lease = each->made).record;
        }
        std::unique_ptr<late_lease> made(new (std::nothrow) late_lease{{}, last});
        if (made == nullptr || !late.set(made.get())) return nullptr;
        worker* const record = pool.lease_record();
        if (record == nullptr) {
            late.set(last);
            return nullptr;
        }
        made.release()->made = last_lease = {pool.uid(), pool.generation(), &pool, record};
        return record;
    }
    static void give_up(const lease& each) noexcept {
        const lock_guard guard(lease_lock);
        if (each.record->lease == each.uid &&
            each.generation == fork_generation.load(relaxed) && // alike: of this process
            !is_inside(*each.record))
            each.pool->return_record(*each.record);
    }
    /// Whether the calling thread is in a call with that record, which it never leaves: it has called exit() there, and other
    /// threads go on. (A brief call has no level; further out it has left its seat.)
    static bool is_inside(const worker& record) noexcept {
        return &record == current_worker || record.level != nullptr || record.has_left;
    }

    std::vector<lease> leases_;
};

PEL_COLD PEL_INLINE worker* find_record_in(scheduler& pool) noexcept { return lease_list::record_in(pool); }

} // namespace detail
PEL_NAMESPACE_END

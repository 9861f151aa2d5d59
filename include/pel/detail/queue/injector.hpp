// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The injector: work that is in nobody's deque — submitted jobs, jobs given back, and the lists of task groups. One lock
// guards the queue, every entry in it and every group list of this home, so that claiming an entry is unlinking it: no
// claim bit, no ticket, no dead entries. README.md says why that beats the lock-free form.
//   any thread: everything.
// I1  an entry is linked iff its work has not been claimed; whoever unlinks it owns the work.
// I2  a group's entry is linked iff its list is not empty, and stands for all of it: servers take turns between groups.
// I3  each time a waiter has claimed the oldest entry, at most `newest_in_a_row` servers take the newest: who waits for
//     many one after the other is not to find all of them just begun by somebody else. So the oldest goes on to be served.
//   S2: the seq_cst change of size_ -> the seats word (detail/sched/README.md).  L1: the lock, for everything else.
#pragma once

#include <pel/detail/platform/cache_line.hpp>
#include <pel/detail/queue/job.hpp>
#include <pel/detail/queue/split_deque.hpp>
#include <pel/detail/sync/lock.hpp>

#include <cstdint>

PEL_NAMESPACE_BEGIN
namespace detail {

class group_list;

/// A place in the injector: a single job, or a group's list.
struct injector_entry {
    injector_entry* next = nullptr;
    injector_entry* previous = nullptr;
    job_slot single;
    group_list* list = nullptr;
    bool is_linked = false;
    atomic<std::uint8_t> home{0}; // which of a pool's injectors it was pushed to; see injectors.hpp
};

/// A job that can stand in a group's list.
struct listed_job : job {
    explicit listed_job(scope* inside) noexcept : job(inside), function(nullptr) {}
    /// As job(): nor does anybody ask is_listed().
    listed_job() noexcept {}

    bool is_listed() const noexcept { return function != nullptr; } // or was, until it was claimed

    job_function function;
    listed_job* next; // written when it is listed
};

/// The jobs of one group that are in no deque, oldest first. Guarded by the lock of the injector that it is used with.
class group_list {
public:
    group_list() noexcept { entry_.list = this; }
    group_list(const group_list&) = delete;
    group_list& operator=(const group_list&) = delete;

    /// For the waiter, which takes the lock only if there is something.
    bool is_empty() const noexcept {
        return length_.load(seq_cst) == 0; // sync(G2) seq_cst: after the waiter has registered
    }

private:
    friend class injector;
    friend class injectors;

    injector_entry entry_;
    atomic<std::uint8_t> home_{0}; // as injector_entry::home
    listed_job* head_ = nullptr;
    listed_job* tail_ = nullptr;
    atomic<std::size_t> length_{0};
};

class injector {
public:
    constexpr injector() noexcept = default;

    bool is_empty() const noexcept {
        return !has_jobs(size_.load(seq_cst)); // sync(S2) seq_cst: after the parking thread's RMW
    }

    void push(injector_entry& entry) noexcept {
        const lock_guard guard(lock_);
        link(entry);
        size_.fetch_add(1, seq_cst); // sync(S2) seq_cst: visible before the pusher reads the seats
    }
    /// As push(), and calls publish() before anybody can claim the entry.
    template <class Publish>
    auto push_and(injector_entry& entry, Publish&& publish) noexcept {
        const lock_guard guard(lock_);
        link(entry);
        size_.fetch_add(1, seq_cst); // sync(S2) seq_cst: as in push()
        return publish();
    }
    /// Claims this entry. False: somebody else did.
    bool try_remove(injector_entry& entry) noexcept {
        const lock_guard guard(lock_);
        if (!entry.is_linked) return false;
        if (&entry == head_) newest_wanted_ = newest_in_a_row;
        unlink(entry);
        size_.fetch_sub(1, relaxed); // less work than announced: a searcher looks in vain
        return true;
    }
    /// Claims the oldest work, or the newest (I3): a single job, or one job of a group, which then goes to the back.
    job_slot try_pop() noexcept {
        if (!has_jobs(size_.load(relaxed))) return {}; // stale: the pusher looks at the seats after us
        const lock_guard guard(lock_);
        if (head_ == nullptr) return {};
        injector_entry& entry = newest_wanted_ == 0 ? *head_ : *tail_;
        if (newest_wanted_ != 0) --newest_wanted_;
        if (entry.list != nullptr) return take_from(*entry.list);
        unlink(entry);
        size_.fetch_sub(1, relaxed); // as in try_remove()
        return entry.single;
    }
    /// As push(), to a group's list if that is_open(). Calls find_waiter() before anybody can claim the job.
    template <class IsOpen, class FindWaiter>
    bool try_append(group_list& list, listed_job& item, job_function function, IsOpen&& is_open,
                    FindWaiter&& find_waiter) noexcept {
        const lock_guard guard(lock_);
        if (!is_open()) return false;
        item.function = function;
        item.next = nullptr;
        (list.head_ == nullptr ? list.head_ : list.tail_->next) = &item;
        list.tail_ = &item;
        list.length_.fetch_add(1, seq_cst); // sync(G2) seq_cst: before the waiter is looked for
        if (!list.entry_.is_linked) link(list.entry_);
        size_.fetch_add(1, seq_cst); // sync(S2) seq_cst: as in push()
        find_waiter();
        return true;
    }
    /// Claims the oldest job of one group.
    job_slot try_pop(group_list& list) noexcept { return list.is_empty() ? job_slot{} : pop_closed(list); }
    /// The same for who has closed the list: misses none that has found it open.
    job_slot pop_closed(group_list& list) noexcept {
        const lock_guard guard(lock_);
        return list.head_ == nullptr ? job_slot{} : take_from(list);
    }

private:
    friend class injectors;

    static constexpr unsigned newest_in_a_row = 4;
    static constexpr int others_shift = 48; // the first one's size word also says how many others there are
    static constexpr bool has_jobs(std::uint64_t size) noexcept { return size << (64 - others_shift) != 0; }

    void link(injector_entry& entry) noexcept {
        entry.next = nullptr;
        entry.previous = tail_;
        (tail_ == nullptr ? head_ : tail_->next) = &entry;
        tail_ = &entry;
        entry.is_linked = true;
    }
    void unlink(injector_entry& entry) noexcept {
        (entry.previous == nullptr ? head_ : entry.previous->next) = entry.next;
        (entry.next == nullptr ? tail_ : entry.next->previous) = entry.previous;
        entry.is_linked = false;
    }
    job_slot take_from(group_list& list) noexcept {
        listed_job& item = *list.head_;
        list.head_ = item.next;
        list.length_.fetch_sub(1, relaxed);
        size_.fetch_sub(1, relaxed); // as in try_remove()
        unlink(list.entry_);
        if (list.head_ != nullptr) link(list.entry_);
        return {item.function, &item};
    }

    alignas(cache_line) lock lock_;
    atomic<std::uint64_t> size_{0}; // jobs, not entries
    injector_entry* head_ = nullptr;
    injector_entry* tail_ = nullptr;
    unsigned newest_wanted_ = 0;
};

} // namespace detail
PEL_NAMESPACE_END

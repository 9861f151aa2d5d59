// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The waiters of one primitive, first come first served, under a lock that is held for a few instructions. The
// primitive's own word has a bit `waiting`, which changes under that lock only and says whether somebody is linked.
// README.md beside this file has the rule by which a primitive may be destroyed by whom it has let go on.
#pragma once

#include <pel/detail/platform/clock.hpp>
#include <pel/detail/sync/lock.hpp>
#include <pel/detail/sync/waiter.hpp>

PEL_NAMESPACE_BEGIN
namespace detail {

/// What an attempt to wait came to. `refused`: the waiter had given up before.
enum class entry : unsigned char { queued, passed, refused };

/// Doubly linked, in a ring. Requires: the queue's lock.
class wait_list {
public:
    constexpr wait_list() noexcept = default;

    bool is_empty() const noexcept { return head_ == nullptr; }
    static bool is_linked(const waiter& one) noexcept { return one.next_ != nullptr; }

    void push_back(waiter& one) noexcept {
        if (head_ == nullptr) {
            one.next_ = one.previous_ = &one;
            head_ = &one;
            return;
        }
        one.next_ = head_;
        one.previous_ = head_->previous_;
        head_->previous_->next_ = &one;
        head_->previous_ = &one;
    }
    void push_front(waiter& one) noexcept {
        push_back(one);
        head_ = &one;
    }
    void remove(waiter& one) noexcept {
        if (one.next_ == &one) {
            head_ = nullptr;
        } else {
            one.previous_->next_ = one.next_;
            one.next_->previous_ = one.previous_;
            if (head_ == &one) head_ = one.next_;
        }
        one.next_ = nullptr;
    }
    /// Returns: the first that has not given up; null if there is none.
    waiter* first() const noexcept {
        if (head_ == nullptr) return nullptr;
        waiter* each = head_;
        do {
            if (each->is_undecided()) return each;
            each = each->next_;
        } while (each != head_);
        return nullptr;
    }
    /// Decides for the first that can be decided for, and unlinks it. Null: there is none.
    waiter* take_first(decision made) noexcept {
        while (waiter* const one = first()) {
            if (!one->try_decide(made)) continue; // it gave up just now
            remove(*one);
            return one;
        }
        return nullptr;
    }

private:
    waiter* head_ = nullptr;
};

/// How a waiter that has given up leaves most cores: it is unlinked, and the bit goes down with the last one. Returns:
/// whether it was linked.
template <class Word>
bool leave_queue(lock& of_queue, wait_list& queue, waiter& self, atomic<Word>& word, Word waiting) noexcept {
    const lock_guard guard(of_queue);
    if (!wait_list::is_linked(self)) return false;
    queue.remove(self);
    if (queue.is_empty()) word.fetch_and(~waiting, relaxed); // carries nothing
    return true;
}

/// Who is to be resumed when the lock is released. What runs when it is resumed may take long, or even wait for one of
/// the others, so it comes after those that are passed on.
class wake_list {
public:
    wake_list() noexcept = default;
    wake_list(const wake_list&) = delete;
    wake_list& operator=(const wake_list&) = delete;

    void add(waiter& one) noexcept {
        waiter**& behind = one.runs_elsewhere ? passed_on_end_ : end_;
        one.next_ = *behind;
        *behind = &one;
        if (end_ == behind) end_ = &one.next_;
        behind = &one.next_;
    }
    /// Takes all that can be had.
    void add_all(wait_list& from) noexcept {
        while (waiter* const one = from.take_first(decision::granted)) add(*one);
    }
    bool is_empty() const noexcept { return first_ == nullptr; }
    /// Takes it off, for who resumes it, and nobody is added from then on. Null: there is none.
    waiter* take() noexcept {
        waiter* const one = first_;
        if (one == nullptr) return nullptr;
        first_ = one->next_;
        one->next_ = nullptr;
        return one;
    }
    /// Each may be gone once it was resumed, and so may the primitive.
    void resume_all() noexcept {
        while (waiter* const one = take()) one->resume();
    }

private:
    waiter* first_ = nullptr;
    waiter** passed_on_end_ = &first_; // behind the last that runs elsewhere
    waiter** end_ = &first_;
};

/// No deadline.
struct no_limit {
    static constexpr std::int64_t left() noexcept { return -1; }
};

/// A limit, or some nanoseconds from now if that comes first.
template <class Limit>
class sooner {
public:
    sooner(const Limit& limit, std::int64_t nanoseconds) noexcept : limit_(limit), end_(now_ns() + nanoseconds) {}
    std::int64_t left() const noexcept {
        const std::int64_t left = limit_.left(), until_end = end_ - now_ns();
        if (until_end <= 0) return 0;
        return left >= 0 && left < until_end ? left : until_end;
    }

private:
    const Limit& limit_;
    const std::int64_t end_;
};

/// Blocks the calling thread, whose waiter is linked, until something is decided: self.made() says what. `Away` lives
/// while it sleeps, or only while it sleeps longer than Away::patience() nanoseconds.
template <class Away, class Core, class Limit>
void wait_linked(Core& core, thread_waiter& self, const Limit& limit) {
    if constexpr (requires { Away::patience(); }) {
        const std::int64_t patience = Away::patience();
        if (patience != 0 && self.sleep(sooner(limit, patience))) return;
    }
    [[maybe_unused]] const Away away;
    if (self.sleep(limit)) return;
    if (self.give_up())
        core.leave(self);
    else
        self.sleep(no_limit()); // whoever decided before is about to resume
}

/// Blocks the calling thread until `core` lets it go on. Returns: false when it gave up.
template <class Away, class Core, class Limit>
bool wait_in(Core& core, thread_waiter& self, const Limit& limit) {
    for (;;) {
        if (const entry tried = core.enter(self); tried != entry::queued) return tried == entry::passed;
        wait_linked<Away>(core, self, limit);
        if (self.made() != decision::retry) return self.made() == decision::granted;
        self.rearm();
        ++self.passed_over;
    }
}

/// What a stop token calls: the waiter gives up, wherever it is. It is resumed last, after the coroutines that leave() may
/// run: who waits takes the callback back before it goes on, for which std's destructor awaits the end of this call. So were
/// it resumed first, it would not go on earlier, but wait without a way to leave its seat.
template <class Core>
struct give_up_wait {
    Core* core;
    waiter* who;
    void operator()() const noexcept {
        if (who->give_up() && core->leave(*who)) who->resume();
    }
};

} // namespace detail
PEL_NAMESPACE_END

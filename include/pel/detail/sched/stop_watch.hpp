// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Stop tokens of scopes. A scope is asked whether it is cancelled; a std::stop_token is told. So who cancels tells every
// watch whose scope that reaches. There are few: only tasks and bodies that take a token have one. A scope counts those
// in it, so that a cancellation that reaches none does not look at the others'.
// C2: add() counts and links a watch and then raises the epoch; a cancellation sets its flag and then raises the epoch.
//     The later of the two sees the other's write: either the cancellation finds the watch, or the watch its scope
//     cancelled.
// C3: a watch that is neither counted nor linked any more has been told, or is over: so who cancels and finds none may
//     return, and the token stops for it.
#pragma once

#include <pel/detail/sched/scope.hpp>
#include <pel/detail/sync/fork_generation.hpp>
#include <pel/detail/sync/lock.hpp>

#include <cstdint>
#include <stop_token>

PEL_NAMESPACE_BEGIN
namespace detail {

class stop_watches;

/// A stop source that is told when `watched` is cancelled, at once where that is so already.
class stop_watch {
public:
    explicit stop_watch(const scope& watched);
    ~stop_watch();
    stop_watch(const stop_watch&) = delete;
    stop_watch& operator=(const stop_watch&) = delete;

    std::stop_token token() const noexcept { return source_.get_token(); }
    /// Any thread.
    void request_stop() noexcept { source_.request_stop(); }

private:
    friend class stop_watches;

    const scope& watched_;
    std::stop_source source_;
    const std::uint32_t generation_ = fork_generation.load(relaxed);
    bool is_linked_ = false; // under the lock, as these
    stop_watch* older_ = nullptr;
    stop_watch* newer_ = nullptr;
};

/// Those that may not have been told, newest first.
class stop_watches final : public cancellation_listener {
public:
    constexpr stop_watches() noexcept = default;

    void add(stop_watch& fresh) noexcept;
    void remove(stop_watch& old) noexcept;
    /// Stop callbacks are the user's: no lock is held while they run, and they find a source of their own. A watch stays
    /// linked until its source says that it was told: so whoever cancels finds all that are not, also one that another
    /// thread has found, and is about to tell.
    void cancelled() noexcept override {
        if (newest_.load(acquire) != nullptr) tell_all(); // read after C2; sync(C3) acquire: that each has been told
    }
    /// Watches of other threads are not there any more, and those of this one are over with what the parent waits for.
    void reset_after_fork() noexcept override {
        lock_.reset_after_fork();
        newest_.store(nullptr, relaxed); // alone here
    }

private:
    void tell_all() noexcept;
    std::stop_source find_reached() noexcept;
    void unlink(stop_watch& old) noexcept;

    lock lock_;
    atomic<stop_watch*> newest_{nullptr}; // written under the lock
};
inline constinit stop_watches all_stop_watches;

} // namespace detail
PEL_NAMESPACE_END

#if PEL_HEADER_ONLY
PEL_NAMESPACE_BEGIN
namespace detail {

PEL_INLINE void stop_watches::add(stop_watch& fresh) noexcept {
    fresh.watched_.count_watch();
    {
        const lock_guard guard(lock_);
        fresh.older_ = newest_.load(relaxed); // under the lock, as below
        if (fresh.older_ != nullptr) fresh.older_->newer_ = &fresh;
        newest_.store(&fresh, relaxed); // published by the epoch
        fresh.is_linked_ = true;
        listening.store(this, relaxed); // published by the epoch
    }
    cancellations.fetch_add(1, acq_rel); // sync(C2) release: the count, the link. sync(C2) acquire: flags and floors
    if (fresh.watched_.is_cancelled()) fresh.request_stop();
}

PEL_INLINE void stop_watches::remove(stop_watch& old) noexcept {
    if (old.generation_ != fork_generation.load(relaxed)) return; // of the parent process, forgotten here
    const lock_guard guard(lock_);
    unlink(old);
}

PEL_INLINE void stop_watches::tell_all() noexcept {
    for (;;) {
        std::stop_source reached = find_reached();
        if (!reached.stop_possible()) return;
        reached.request_stop();
    }
}

PEL_INLINE std::stop_source stop_watches::find_reached() noexcept {
    const lock_guard guard(lock_);
    for (stop_watch *each = newest_.load(relaxed), *older; each != nullptr; each = older) {
        older = each->older_;
        if (each->source_.stop_requested())
            unlink(*each);
        else if (each->watched_.is_cancelled())
            return each->source_;
    }
    return std::stop_source(std::nostopstate);
}

PEL_INLINE void stop_watches::unlink(stop_watch& old) noexcept {
    if (!old.is_linked_) return;
    old.is_linked_ = false;
    if (old.older_ != nullptr) old.older_->newer_ = old.newer_;
    if (old.newer_ != nullptr)
        old.newer_->older_ = old.older_;
    else
        newest_.store(old.older_, release); // sync(C3) release: that the watch has been told
    old.watched_.discount_watch();
}

PEL_INLINE stop_watch::stop_watch(const scope& watched) : watched_(watched) { all_stop_watches.add(*this); }
PEL_INLINE stop_watch::~stop_watch() { all_stop_watches.remove(*this); }

} // namespace detail
PEL_NAMESPACE_END
#endif

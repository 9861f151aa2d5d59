// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A call into another pool, seen from where it was made: what runs in it is inside of what is around it, so a
// cancellation comes through, and who would wait for what it is a part of is found out.
//   who calls; and who makes the call for it, while it waits.
#pragma once

#include <pel/detail/sched/worker.hpp>

#include <optional>

PEL_NAMESPACE_BEGIN
namespace detail {

class call_level {
public:
    constexpr call_level() noexcept = default;
    explicit call_level(worker& from) noexcept {
        if (from.is_member()) begin(from);
    }
    call_level(const call_level&) = delete;
    call_level& operator=(const call_level&) = delete;

    /// Requires: `from` is the calling thread's, a member, and opens and forks nothing as long as the call lasts.
    void begin(worker& from) noexcept {
        pool_ = from.pool;
        outer_ = from.level;
        passage_.emplace(from.innermost, &from.floor, from.level_base, from.deque.bottom());
    }

    const scheduler* pool() const noexcept { return pool_; } // null: none
    const call_level* outer() const noexcept { return outer_; }
    /// The scope of the call; null: nothing is around it, since the thread was in no pool.
    scope* passage() noexcept { return passage_ ? &*passage_ : nullptr; }
    bool is_passage(const scope* other) const noexcept { return passage_ && &*passage_ == other; }

private:
    const scheduler* pool_ = nullptr;
    const call_level* outer_ = nullptr;
    std::optional<scope> passage_;
};

/// What another thread calls for one that waits is inside of what is around that.
class passed_level {
public:
    passed_level(worker& own, call_level& of_caller) noexcept
        : own_(own), level_(own.level), innermost_(own.innermost), scope_serial_(own.scope_serial) {
        if (!own.is_member()) return; // no_worker is everybody's
        own.level = &of_caller;
        own.open_scope(of_caller.passage());
    }
    ~passed_level() {
        if (!own_.is_member()) return;
        own_.level = level_;
        own_.innermost = innermost_;
        own_.scope_serial = scope_serial_;
    }
    passed_level(const passed_level&) = delete;
    passed_level& operator=(const passed_level&) = delete;

private:
    worker& own_;
    const call_level* const level_;
    scope* const innermost_;
    const std::uint64_t scope_serial_;
};

/// The innermost scope around a thread that is no such call: for what may outlive the call that it is built in.
inline scope* scope_around_calls(const worker& own) noexcept {
    scope* around = own.innermost;
    for (const call_level* level = own.level; level != nullptr && level->is_passage(around); level = level->outer())
        around = around->parent();
    return around;
}

} // namespace detail
PEL_NAMESPACE_END

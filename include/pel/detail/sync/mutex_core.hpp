// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The fast path of a mutex: a lock without readers. Any thread; unlock…(): the holder.
#pragma once

#include <pel/detail/sync/barging_core.hpp>

PEL_NAMESPACE_BEGIN
namespace detail {

template <class Tuning>
class basic_mutex_core : public barging_core<Tuning, false> {
    using base = barging_core<Tuning, false>;

public:
    /// Any bits but `writer` stay; a lock that is held, or was handed over, has it already.
    bool try_lock_at_once() noexcept {
        return (this->word_.fetch_or(base::writer, acquire) & base::writer) == 0; // sync(MX1) acquire: the last holder
    }
    /// As unlock(), but the caller resumes whom it wakes. Returns: that one; null: nobody.
    waiter* unlock_for_next() noexcept {
        wake_list next;
        this->give_back(base::writer, next);
        return next.take();
    }
};

using mutex_core = basic_mutex_core<lock_tuning>;

} // namespace detail
PEL_NAMESPACE_END

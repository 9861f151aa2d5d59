// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A pointer that is set once, by whoever needs it first. Any thread. Racing threads may build twice; the first one
// published wins and the others drop theirs. So nobody ever waits, and a fork child never finds a lock that a thread of
// the parent held. Nothing is freed at destruction: a static one stays usable to the very end of the process.
//
// T1: what the builder wrote into the object becomes visible to whoever loads its address.
#pragma once

#include <pel/detail/platform/config.hpp>
#include <pel/detail/platform/error.hpp>
#include <pel/detail/sync/atomic.hpp>

PEL_NAMESPACE_BEGIN
namespace detail {

template <class T>
class once_pointer {
public:
    constexpr once_pointer() noexcept = default;

    /// Returns: null if nothing has been published yet.
    T* try_get() const noexcept {
        // sync(T1) acquire: pairs with the publishing exchange in get_or_build().
        return pointer_.load(acquire);
    }

    /// Effects: where nothing has been published, publishes what `build()` returns, which comes from new.
    template <class Build>
    T& get_or_build(Build build) {
        T* current = try_get();
        if (current != nullptr) return *current;
        T* built = build();
        // sync(T1) acq_rel: release of what build() wrote; where another thread was first, acquire of what it wrote.
        if (pointer_.compare_exchange(current, built, acq_rel)) return *built;
        delete built;
        return *current;
    }
    /// The same. Returns: null if `build()` throws.
    template <class Build>
    T* try_get_or_build(Build build) noexcept {
        T* found = try_get();
        if (found == nullptr) call_guarded([&] { found = &get_or_build(build); }, [](const std::exception_ptr&) {});
        return found;
    }

private:
    atomic<T*> pointer_{nullptr};
};

} // namespace detail
PEL_NAMESPACE_END

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Shared ownership of a constant object, never empty. Copies of one pointer may be used and dropped by any threads.
// A third of the compile time of <memory>, which everybody who includes a parallel loop would pay.
//
// T2: what the last owners did with the object happens before its destruction.
#pragma once

#include <pel/detail/platform/config.hpp>
#include <pel/detail/sync/atomic.hpp>

#include <utility>

PEL_NAMESPACE_BEGIN
namespace detail {

/// What a shared_pointer can point to: derive from it.
class shared_object {
public:
    shared_object() = default;
    shared_object(const shared_object&) = delete;
    shared_object& operator=(const shared_object&) = delete;

private:
    template <class T>
    friend class shared_pointer;

    mutable atomic<unsigned> owners_{1};
};

template <class T>
class shared_pointer {
public:
    /// Takes over what new has returned.
    explicit shared_pointer(const T* object) noexcept : object_(object) {}
    // No moves: what is never empty needs no test.
    shared_pointer(const shared_pointer& other) noexcept : object_(other.object_) {
        // relaxed: the copied pointer is an owner, so the count cannot reach 0 meanwhile.
        object_->owners_.fetch_add(1, relaxed);
    }
    shared_pointer& operator=(shared_pointer other) noexcept {
        std::swap(object_, other.object_);
        return *this;
    }
    ~shared_pointer() {
        // sync(T2) release: this owner's accesses come before the destruction by the last owner.
        if (object_->owners_.fetch_sub(1, release) != 1) return;
        // sync(T2) acquire: pairs with the fetch_sub of every other owner, all in one release sequence.
        static_cast<void>(object_->owners_.load(acquire));
        delete object_;
    }

    const T& operator*() const noexcept { return *object_; }
    const T* operator->() const noexcept { return object_; }

private:
    const T* object_;
};

} // namespace detail
PEL_NAMESPACE_END

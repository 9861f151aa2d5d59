// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// C++26's hazard pointers: a reader says which object it looks at, and who has removed that retires it instead of deleting
// it; it is deleted when no reader looks at it any more. Where the kernel has membarrier, a reader makes no fence.
//   hazard_pointer: one thread at a time.  retire(): any thread, once for each object.
// Retired objects that wait are bounded (detail/sync/hazard_domain.hpp): with H hazard pointers and T threads at most at
// any one time, 128 + 2 H + 96 T of them. A thread that ends frees what it can, and so does the process.
// Source: P2530R3, [saferecl.hp].
#pragma once

#include <pel/detail/core/hazard_thread.hpp>

#include <cstddef>
#include <memory>
#include <type_traits>
#include <utility>

PEL_NAMESPACE_BEGIN

/// The base of a class whose objects may be protected and retired: `struct node : pel::hazard_pointer_obj_base<node>`.
/// Two words, and the deleter if it has any state.
template <class T, class D = std::default_delete<T>>
class hazard_pointer_obj_base : public detail::hazard_object {
public:
    /// Has d(pointer to the object) called once no hazard pointer protects it, by this or another thread that retires or
    /// ends. Requires: it has been removed: who looks for it from now on does not find it. d may retire other objects, and
    /// must not throw. Blocks: never. Cost: an atomic RMW; now and then it frees what others have retired too, amortised a
    /// constant for each object.
    void retire(D d = D()) noexcept {
        deleter_ = std::move(d);
        detail::hazard_thread::retire(*this, [](detail::hazard_object& object) {
            auto& self = static_cast<hazard_pointer_obj_base&>(object);
            D last = std::move(self.deleter_);
            last(static_cast<T*>(&self));
        });
    }

protected:
    hazard_pointer_obj_base() = default;
    hazard_pointer_obj_base(const hazard_pointer_obj_base&) = default;
    hazard_pointer_obj_base(hazard_pointer_obj_base&&) = default; // NOLINT(*-noexcept-*): as the deleter's
    hazard_pointer_obj_base& operator=(const hazard_pointer_obj_base&) = default;
    hazard_pointer_obj_base& operator=(hazard_pointer_obj_base&&) = default; // NOLINT(*-noexcept-*): as the deleter's
    ~hazard_pointer_obj_base() = default;

private:
    [[no_unique_address]] D deleter_;
};

/// Protects one object at a time, or none. An empty one can only be assigned to, swapped and destroyed.
class hazard_pointer {
public:
    hazard_pointer() noexcept = default;
    hazard_pointer(hazard_pointer&& other) noexcept : slot_(std::exchange(other.slot_, nullptr)) {}
    hazard_pointer& operator=(hazard_pointer&& other) noexcept {
        hazard_pointer(std::move(other)).swap(*this);
        return *this;
    }
    ~hazard_pointer() {
        if (slot_ != nullptr) detail::hazard_thread::give_slot(*slot_);
    }

    [[nodiscard]] bool empty() const noexcept { return slot_ == nullptr; }

    /// Returns: what `source` has, a std::atomic<T*>, protected: if it has been put there by a release, and is removed from
    /// there before it is retired, it lives until this protects something else. Requires: not empty.
    /// Cost: two loads and a store, with membarrier; else an atomic RMW as well. Again whenever source has changed meanwhile.
    template <class T, template <class> class Atomic>
    T* protect(const Atomic<T*>& source) noexcept {
        T* pointer = source.load(detail::relaxed); // only a guess, which is looked at again
        while (!slot_->try_protect(pointer, source)) {
        }
        return pointer;
    }
    /// One try: protects `pointer` if `source` still has it. Returns: whether it had; if not, `pointer` is what it has, and
    /// nothing is protected. Requires: not empty.
    template <class T, template <class> class Atomic>
    bool try_protect(T*& pointer, const Atomic<T*>& source) noexcept {
        return slot_->try_protect(pointer, source);
    }
    /// Protects `pointer`'s object, if that is not retired yet, or nothing. Requires: not empty.
    /// (What another hazard pointer protects meanwhile may be lost on the way: swap the two, or move one.)
    template <class T>
    void reset_protection(const T* pointer) noexcept {
        slot_->announce(pointer);
    }
    void reset_protection(std::nullptr_t = nullptr) noexcept { slot_->clear(); }

    void swap(hazard_pointer& other) noexcept { std::swap(slot_, other.slot_); }

private:
    friend hazard_pointer make_hazard_pointer();

    explicit hazard_pointer(detail::hazard_slot& slot) noexcept : slot_(&slot) {}

    detail::hazard_slot* slot_ = nullptr;
};

/// Returns: one that is not empty. Throws: std::bad_alloc. Cost: constant, some loads and stores: a thread keeps eight at
/// hand.
[[nodiscard]] inline hazard_pointer make_hazard_pointer() { return hazard_pointer(detail::hazard_thread::take_slot()); }

inline void swap(hazard_pointer& one, hazard_pointer& other) noexcept { one.swap(other); }

PEL_NAMESPACE_END

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The calling thread's part of the process' hazard domain: slots at hand, and the objects that it has retired. It ends
// with the thread, which frees what it can then; the process' end frees the rest.
#pragma once

#include <pel/detail/platform/error.hpp>
#include <pel/detail/platform/fork.hpp>
#include <pel/detail/sched/foreign.hpp> // which defines what process.hpp declares
#include <pel/detail/sched/process.hpp>
#include <pel/detail/sync/hazard_domain.hpp>

#include <new>

PEL_NAMESPACE_BEGIN
namespace detail {

/// Of the process; usable to its very end.
inline constinit hazard_domain hazards;

class hazard_thread {
public:
    /// Throws: std::bad_alloc. Cost: some loads and stores, where the thread has a slot at hand.
    static hazard_slot& take_slot() {
        hazard_record* const own = own_;
        if (own == nullptr || own->slots == 0) return take_slot_slow();
        return *own->slot[--own->slots];
    }
    static void give_slot(hazard_slot& slot) noexcept {
        slot.clear();
        hazard_record* const own = own_;
        if (own == nullptr || own->slots == own->slot.size()) return give_slot_slow(slot);
        own->slot[own->slots++] = &slot;
    }
    static void retire(hazard_object& object, void (*how)(hazard_object&)) noexcept {
        if (hazard_record* const own = get()) return hazards.retire(*own, object, how);
        hazards.retire(object, how);
    }

private:
    [[gnu::tls_model("initial-exec")]] static inline constinit thread_local hazard_record* own_ = nullptr;
    static inline constinit thread_local bool is_over_ = false;

    /// Returns: null: the thread is about to end, or there is no memory.
    static hazard_record* get() noexcept { return own_ != nullptr ? own_ : get_slow(); }

    PEL_COLD static hazard_record* get_slow() noexcept {
        if (is_over_) return nullptr;
        static constinit atomic<bool> is_prepared{false};
        do_once(is_prepared, [] {
            register_fork_handlers([] {}, [] {}, [] { hazards.reset_after_fork(); });
            call_at_exit([] { end_process(); });
        });
        own_ = hazards.try_take_record();
        if (own_ == nullptr) return nullptr;
        struct at_the_end {
            ~at_the_end() { hazard_thread::end(); }
        };
        thread_local const at_the_end mine;
        (void)mine;
        return own_;
    }
    static void end() noexcept {
        hazard_record& own = *own_;
        if (own.retired.load(relaxed) != nullptr) hazards.reclaim_all(own); // stale: somebody has taken them
        is_over_ = true;
        own_ = nullptr;
        while (own.slots != 0) hazards.give_slot(*own.slot[--own.slots]);
        hazards.give_record(own);
    }
    /// On a thread whose part is over, if it had one; when a library is unloaded, maybe on one that goes on.
    static void end_process() noexcept {
        if (own_ == nullptr) is_over_ = true; // what deleters retire goes where end() looks
        hazards.end(own_);
    }

    PEL_COLD static hazard_slot& take_slot_slow() {
        get(); // so that the slot stays at hand when it is given back
        hazard_slot* const slot = hazards.try_take_slot();
        if (slot == nullptr) throw_error<std::bad_alloc>();
        return *slot;
    }
    PEL_COLD static void give_slot_slow(hazard_slot& slot) noexcept {
        hazard_record* const own = get();
        if (own != nullptr && own->slots < own->slot.size())
            own->slot[own->slots++] = &slot;
        else
            hazards.give_slot(slot);
    }
};

} // namespace detail
PEL_NAMESPACE_END

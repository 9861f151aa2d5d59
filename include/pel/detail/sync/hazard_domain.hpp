// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// All hazard slots and retired objects of a process. Each thread has a record with the objects that it has retired; when
// enough wait, one thread takes those of all records, and frees those that no slot names.
//   any thread: everything; but a record belongs to one thread at a time, except for retired.
//   HZ3: who retires an object has removed it -> who takes the list.  HZ4: a new slot or record -> who walks them all.
// I1  Slots and records are linked into their lists once and never freed: they are used again.
// I2  A slot that a reader uses is in the list before it names anything; who reclaims reads the list after its fence.
// I3  Who reclaims has a list for itself alone. So any number of threads may, and a fork() in between leaves the child a
//     domain in order: without the objects that a vanished thread had taken, and with what vanished threads protect.
// Bound: with H slots and T records there are at most 128 + 2 H + 96 T retired objects, and what those threads have
// taken that are reclaiming just then, each no more than that.
#pragma once

#include <pel/detail/sync/hazard_set.hpp>
#include <pel/detail/sync/hazard_slot.hpp>
#include <pel/detail/sync/lock.hpp>

#include <array>
#include <cstdint>
#include <new>

PEL_NAMESPACE_BEGIN
namespace detail {

/// A thread's part.
struct alignas(cache_line) hazard_record {
    explicit constexpr hazard_record(hazard_record* after = nullptr) noexcept : next(after) {}

    atomic<hazard_object*> retired{nullptr};
    unsigned uncounted = 0; // retired since the last that was counted
    unsigned slots = 0;     // at hand
    std::array<hazard_slot*, 8> slot{};
    hazard_record* const next; // of all
    hazard_record* next_free = nullptr;
};

enum class hazard_fences : std::uint8_t { unknown, light, full };

class hazard_domain {
public:
    constexpr explicit hazard_domain(hazard_fences mode = hazard_fences::unknown) noexcept : mode_(mode) {}
    hazard_domain(const hazard_domain&) = delete;
    hazard_domain& operator=(const hazard_domain&) = delete;

    /// Returns: a slot that names nothing; null if there is no memory.
    hazard_slot* try_take_slot() noexcept {
        const bool is_fenced = mode() == hazard_fences::full;
        const lock_guard guard(lock_);
        if (hazard_slot* const free = free_slots_) {
            free_slots_ = free->next_free_;
            return free;
        }
        auto* const made = new (std::nothrow) hazard_slot(is_fenced, slots_.load(relaxed)); // under the lock
        if (made != nullptr) slots_.store(made, release); // sync(HZ4) release: the slot
        return made;
    }
    /// Requires: it names nothing.
    void give_slot(hazard_slot& slot) noexcept {
        const lock_guard guard(lock_);
        slot.next_free_ = free_slots_;
        free_slots_ = &slot;
    }

    /// Returns: a record for a thread; null if there is no memory. It may hold retired objects of its last owner.
    hazard_record* try_take_record() noexcept {
        const lock_guard guard(lock_);
        if (hazard_record* const free = free_records_) {
            free_records_ = free->next_free;
            return free;
        }
        auto* const made = new (std::nothrow) hazard_record(records_.load(relaxed)); // under the lock
        if (made == nullptr) return nullptr;
        records_.store(made, release); // sync(HZ4) release: the record
        record_count_.fetch_add(1, relaxed);
        return made;
    }
    void give_record(hazard_record& record) noexcept {
        const lock_guard guard(lock_);
        record.next_free = free_records_;
        free_records_ = &record;
    }

    /// Has `how` called for the object once no slot names it. Requires: nobody who looks for it from now on finds it.
    void retire(hazard_record& own, hazard_object& object, void (*how)(hazard_object&)) noexcept {
        object.reclaim_ = how;
        push(own.retired, object, object);
        if (++own.uncounted < batch) return;
        own.uncounted = 0;
        count(own, batch);
    }
    /// The same for a thread without a record.
    void retire(hazard_object& object, void (*how)(hazard_object&)) noexcept {
        object.reclaim_ = how;
        push(stray_.retired, object, object);
        count(stray_, 1);
    }

    /// Frees what no slot names, of all records, and whatever that retires. What is named goes to `own`. It comes to an end
    /// while others retire: after the first round it looks at `own` alone, to which only the caller adds, with its deleters.
    void reclaim_all(hazard_record& own) noexcept {
        waiting_.store(0, relaxed); // no more than a hint when to go round
        for (std::size_t freed = reclaim(own); freed != 0;) freed = reclaim(own, take(own, nullptr));
    }
    /// The process is about to end: from now on, who has no record reclaims whenever it retires. `own`: the caller's, to
    /// which its deleters add; null: it has none, and gets none.
    void end(hazard_record* own) noexcept {
        is_over_.store(true, relaxed); // stale: one more object stays
        reclaim_all(own != nullptr ? *own : stray_);
    }

    /// In a fork child, on its only thread. What vanished threads had at hand is not used again.
    void reset_after_fork() noexcept {
        lock_.reset_after_fork();
        free_slots_ = nullptr;
        free_records_ = nullptr;
        if (mode_.load(relaxed) != hazard_fences::light || asymmetric_fence_register()) return; // alone here
        mode_.store(hazard_fences::full, relaxed);
        for (hazard_slot* each = slots_.load(relaxed); each != nullptr; each = each->next_) each->is_fenced_ = true;
    }

    /// One round, over all records. Returns: how many objects it has freed.
    std::size_t reclaim(hazard_record& own) noexcept { return reclaim(own, take_all()); }

private:
    /// Over those that were taken.
    std::size_t reclaim(hazard_record& own, hazard_object* next) noexcept {
        if (next == nullptr) return 0;
        fence();
        hazard_object* const freed = keep_what_is_named(own, next);
        const bool was_reclaiming = is_reclaiming_;
        is_reclaiming_ =
            true; // what their deleters retire waits for the next round, instead of going deeper and deeper
        std::size_t count = 0;
        for (next = freed; next != nullptr; ++count) {
            hazard_object& object = *next;
            next = object.next_;
            object.reclaim_(object);
        }
        is_reclaiming_ = was_reclaiming;
        return count;
    }

    /// Between the removal of what was retired and the look at the slots.
    void fence() noexcept {
        if (mode() == hazard_fences::light)
            asymmetric_fence_heavy();
        else
            const lock_guard after_removal(lock_); // who makes a slot later acquires this, and with it the removal
    }

    static constexpr std::size_t batch = 32; // retired objects that a thread counts at once

    static inline constinit thread_local bool is_reclaiming_ = false;

    /// Racing threads get the same answer.
    hazard_fences mode() noexcept {
        hazard_fences seen = mode_.load(relaxed); // no more than the answer
        if (seen != hazard_fences::unknown) return seen;
        const hazard_fences found = asymmetric_fence_register() ? hazard_fences::light : hazard_fences::full;
        return mode_.compare_exchange(seen, found, relaxed) ? found : seen;
    }

    /// So many that freeing costs a constant for each: more than there are slots and records to look at.
    std::size_t limit() const noexcept {
        if (is_over_.load(relaxed)) return 1;
        const hazard_slot* const slots = slots_.load(acquire);           // sync(HZ4) acquire: the slot's number
        return 4 * batch + 2 * (slots == nullptr ? 0 : slots->number_) + // stale: a little early or late
               2 * batch * record_count_.load(relaxed);
    }
    void count(hazard_record& own, std::size_t objects) noexcept {
        if (waiting_.fetch_add(objects, relaxed) + objects >= limit() && !is_reclaiming_) reclaim_surplus(own);
    }
    PEL_COLD void reclaim_surplus(hazard_record& own) noexcept {
        for (;;) {
            const std::size_t waiting = waiting_.exchange(0, relaxed); // who gets the number, does the work
            if (waiting < limit()) {
                waiting_.fetch_add(waiting, relaxed);
                return;
            }
            if (reclaim(own) == 0) return;
        }
    }

    static void push(atomic<hazard_object*>& list, hazard_object& first, hazard_object& last) noexcept {
        hazard_object* head = list.load(relaxed);
        do last.next_ = head;
        while (!list.compare_exchange(head, &first, release)); // sync(HZ3) release: the removal, and the links
    }
    hazard_object* take_all() noexcept {
        hazard_object* all = take(stray_, nullptr);
        hazard_record* each = records_.load(acquire); // sync(HZ4) acquire: the records
        for (; each != nullptr; each = each->next) all = take(*each, all);
        return all;
    }
    static hazard_object* take(hazard_record& from, hazard_object* others) noexcept {
        if (from.retired.load(relaxed) == nullptr) return others; // stale: next time
        hazard_object* const first =
            from.retired.exchange(nullptr, acquire); // sync(HZ3) acquire: the removals, the links
        if (first == nullptr) return others;
        hazard_object* last = first;
        while (last->next_ != nullptr) last = last->next_;
        last->next_ = others;
        return first;
    }

    /// Returns: those of `taken` that may be freed. The others wait again.
    hazard_object* keep_what_is_named(hazard_record& own, hazard_object* taken) noexcept {
        hazard_slot* const slots = slots_.load(acquire); // sync(HZ4) acquire: the slots (I2)
        hazard_set named(slots == nullptr ? 0 : slots->number_);
        if (named.has_room()) {
            for (hazard_slot* each = slots; each != nullptr; each = each->next_) named.insert(each->read());
        }
        const auto is_named = [&](const hazard_object& object) {
            const auto address = reinterpret_cast<std::uintptr_t>(&object);
            if (named.has_room()) return named.has(address);
            hazard_slot* each = slots;
            while (each != nullptr && each->read() != address) each = each->next_;
            return each != nullptr;
        };
        hazard_object *freed = nullptr, *kept = nullptr, *last_kept = nullptr;
        std::size_t kept_count = 0;
        while (taken != nullptr) {
            hazard_object& object = *taken;
            taken = object.next_;
            hazard_object*& list = is_named(object) ? kept : freed;
            object.next_ = list;
            if (&list == &kept && kept_count++ == 0) last_kept = &object;
            list = &object;
        }
        if (kept != nullptr) push(own.retired, *kept, *last_kept);
        waiting_.fetch_add(kept_count, relaxed);
        return freed;
    }

    atomic<hazard_slot*> slots_{nullptr};
    atomic<hazard_record*> records_{nullptr};
    atomic<std::size_t> record_count_{0};
    atomic<hazard_fences> mode_;
    atomic<bool> is_over_{false};
    alignas(cache_line) atomic<std::size_t> waiting_{0}; // retired objects, counted by batches
    lock lock_;                                          // of what follows, and of additions to the lists
    hazard_slot* free_slots_ = nullptr;
    hazard_record* free_records_ = nullptr;
    hazard_record stray_; // of threads that have none: before they end, or where there is no memory
};

} // namespace detail
PEL_NAMESPACE_END

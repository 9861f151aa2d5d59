// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A pointer for each thread that asks for one: by the number of its worker record, outside pools by one of its own.
//   any thread: mine(), find().  one thread, while no other is inside find() or uses its slot: for_each().
// I1  No two threads that live have the same number. A thread that gets the number, or record, of one that ended finds
//     its pointer, and sees all that it did (N1; records go through their table's lock).
//   N1: thread_numbers::give's release -> take's acquire: everything its last thread did.
//   N2: thread_slots::grow's release -> find_slow's acquire: the empty slots of a segment.
#pragma once

#include <pel/detail/sched/worker.hpp>

#include <bit>
#include <cstdint>
#include <utility>

PEL_NAMESPACE_BEGIN
namespace detail {

/// Numbers for threads, whether they belong to a pool or not: 0, 1, …; those of threads that have ended are used again.
class thread_numbers {
public:
    /// Returns: the calling thread's number. Throws: std::bad_alloc.
    static std::uint32_t mine() { return own_ != nullptr ? own_->number : mine_slow(); }

private:
    struct entry {
        std::uint32_t number;
        entry* next = nullptr;
    };
    /// Ends with its thread.
    struct holder {
        ~holder() {
            is_over_ = true;
            if (own_ != nullptr) give(free_, *std::exchange(own_, nullptr));
        }
    };

    PEL_COLD static std::uint32_t mine_slow() {
        own_ = take();
        if (!is_over_) {
            thread_local const holder ending;
            (void)ending;
        } else {
            give(lost_, *own_); // in a destructor that runs after the holder's: nobody can say when the number is free
        }
        return own_->number;
    }
    /// Takes the whole list and puts back what it does not need, so that nobody meets an entry that comes back (ABA).
    static entry* take() {
        entry* const first = free_.exchange(nullptr, acquire);               // sync(N1) acquire: what its thread did
        if (first == nullptr) return new entry{made_.fetch_add(1, relaxed)}; // stale: others have another number
        if (entry* const rest = std::exchange(first->next, nullptr)) give(free_, *rest);
        return first;
    }
    static void give(atomic<entry*>& list, entry& first) noexcept {
        entry* last = &first;
        while (last->next != nullptr) last = last->next;
        entry* seen = list.load(relaxed); // the exchange below decides
        do last->next = seen;
        while (!list.compare_exchange(seen, &first, release)); // sync(N1) release: what the thread did
    }

    static inline constinit atomic<entry*> free_{nullptr}, lost_{nullptr};
    static inline constinit atomic<std::uint32_t> made_{0};
    [[gnu::tls_model("initial-exec")]] static inline constinit thread_local entry* own_ = nullptr;
    [[gnu::tls_model("initial-exec")]] static inline constinit thread_local bool is_over_ = false;
};

/// Slots that never move: the first 64 here, then segments of 64, 128, 256, …
class thread_slots {
public:
    thread_slots() noexcept = default;
    thread_slots(const thread_slots&) = delete;
    thread_slots& operator=(const thread_slots&) = delete;
    ~thread_slots() {
        for (atomic<void**>& each : segments_) delete[] each.load(relaxed); // alone
    }

    /// Returns: the slot of the calling thread, null at first. Throws: std::bad_alloc.
    void*& find() {
        const std::uint32_t id = current_worker->id; // 0: outside
        const std::uint32_t key = id != 0 ? 2 * id : 2 * thread_numbers::mine() + 1;
        return key < few ? first_[key] : find_slow(key);
    }
    /// Calls f(pointer) for each slot that is not null.
    template <class F>
    void for_each(const F& f) {
        for_each_of(first_, few, f);
        for (std::uint32_t each = 0; each < most_segments; ++each) {
            void** const slots = segments_[each].load(acquire); // sync(N2) acquire: its slots
            if (slots != nullptr) for_each_of(slots, segment_size(each), f);
        }
    }

private:
    static constexpr std::uint32_t few = 64, most_segments = 26;

    static constexpr std::size_t segment_size(std::uint32_t segment) noexcept { return std::size_t{few} << segment; }

    PEL_NOINLINE void*& find_slow(std::uint32_t key) {
        const auto segment = static_cast<std::uint32_t>(std::bit_width(key / few)) - 1;
        void** slots = segments_[segment].load(acquire); // sync(N2) acquire: empty slots
        if (slots == nullptr) slots = grow(segment);
        return slots[key - segment_size(segment)];
    }
    PEL_COLD void** grow(std::uint32_t segment) {
        void** const fresh = new void* [segment_size(segment)] {};
        void** seen = nullptr;
        if (segments_[segment].compare_exchange(seen, fresh, acq_rel)) return fresh; // sync(N2) acq_rel: empty slots
        delete[] fresh;
        return seen;
    }
    template <class F>
    static void for_each_of(void** slots, std::size_t count, const F& f) {
        for (std::size_t each = 0; each < count; ++each) {
            if (slots[each] != nullptr) f(slots[each]);
        }
    }

    void* first_[few] = {};
    atomic<void**> segments_[most_segments] = {};
};

} // namespace detail
PEL_NAMESPACE_END

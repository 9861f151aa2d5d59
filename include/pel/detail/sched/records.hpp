// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// All worker records of the process: numbered from 1, made from pages that are never given back, recycled by a free list.
//   any thread: everything.
//   R1: record_table's release store -> record_of()'s acquire load: the record is constructed.
#pragma once

#include <pel/detail/sched/worker.hpp>
#include <pel/detail/sync/fork_generation.hpp>

PEL_NAMESPACE_BEGIN
namespace detail {

class record_table {
public:
    static constexpr std::uint32_t most = 65535; // an id fits the 16 bits of a group's word

    /// Returns: a record that nobody uses, or null when memory or ids have run out.
    static worker* take() noexcept;
    static void give(worker& record) noexcept;
    /// Requires: 0 < id, once handed out.
    static worker& record_of(std::uint32_t id) noexcept {
        return *records_[id].load(acquire); // sync(R1) acquire: constructed
    }

    static void reset_after_fork() noexcept { lock_.reset_after_fork(); }

private:
    static worker* make() noexcept;

    static inline constinit lock lock_;
    static inline constinit atomic<worker*>* records_ = nullptr;
    static inline constinit worker* free_ = nullptr;
    static inline constinit std::uint32_t made_ = 0;
};

} // namespace detail
PEL_NAMESPACE_END

#if PEL_HEADER_ONLY
PEL_NAMESPACE_BEGIN
namespace detail {

PEL_INLINE worker* record_table::take() noexcept {
    const lock_guard guard(lock_);
    if (free_ == nullptr) return make();
    worker* record = free_;
    free_ = record->next;
    return record;
}

PEL_INLINE void record_table::give(worker& record) noexcept {
    const lock_guard guard(lock_);
    record.next = free_;
    free_ = &record;
}

PEL_COLD PEL_INLINE worker* record_table::make() noexcept {
    if (records_ == nullptr) records_ = static_cast<atomic<worker*>*>(map_pages((most + 1) * sizeof(atomic<worker*>)));
    if (records_ == nullptr || made_ == most) return nullptr;
    constexpr std::size_t slot_bytes = sizeof(atomic_slot) * worker::deque_capacity;
    void* memory = map_pages(sizeof(worker) + slot_bytes);
    if (memory == nullptr) return nullptr;
    auto* slots = reinterpret_cast<atomic_slot*>(static_cast<unsigned char*>(memory) + sizeof(worker));
    auto* record = ::new (memory) worker(slots, worker::deque_capacity); // the slots are zero pages as they are
    record->set_id(++made_);
    records_[record->id].store(record, release); // sync(R1) release: constructed
    return record;
}

} // namespace detail
PEL_NAMESPACE_END
#endif

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Which records are at a seat: the thread that is bound to it, and one that was seen there last. Records are numbered as
// their threads come, and foreign threads, and those that are bound to nothing, move; so all of it is a hint. Whoever must
// not miss a record asks all by number (detail/sched/README.md, "Where threads are").
//   any thread: everything; settle() and visit() by the thread of the record.
#pragma once

#include <pel/detail/sync/atomic.hpp>

#include <cstdint>

PEL_NAMESPACE_BEGIN
namespace detail {

class occupants {
public:
    /// `cells` are two for each seat, zero at first.
    constexpr explicit occupants(atomic<std::uint32_t>* cells) noexcept : cells_(cells) {}

    /// A thread is bound to the seat for good.
    void settle(unsigned seat, std::uint32_t record) noexcept {
        cells_[2 * seat].store(record + 1, relaxed); // a hint
    }
    /// A thread that has no seat of its own is here now. Writes only what has changed.
    void visit(unsigned seat, std::uint32_t record) noexcept {
        atomic<std::uint32_t>& cell = cells_[2 * seat + 1];
        if (cell.load(relaxed) != record + 1) cell.store(record + 1, relaxed); // a hint
    }
    /// Calls look(record) for those at the seat, among the first `records`. A record below the count is attached, whatever
    /// the hint says (edge R2).
    template <class Look>
    void for_each_at(unsigned seat, std::uint32_t records, Look&& look) const noexcept {
        for (unsigned each = 2 * seat; each < 2 * seat + 2; ++each) {
            const std::uint32_t number =
                cells_[each].load(relaxed); // stale: looks at a thread that is elsewhere by now
            if (number != 0 && number <= records) look(number - 1);
        }
    }

private:
    atomic<std::uint32_t>* cells_;
};

} // namespace detail
PEL_NAMESPACE_END

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a worker serves: {job, scope, base of its deque there}, as a seqlock of atomics whose count only rises. A waiter
// whose job is served by this worker may take work above `base` from it (leapfrogging), if the count is the same after
// its claim as before: then what it claimed was pushed while that job was served, so it is inside.
//   owner: set().  any thread: read(), is_unchanged().
//   V1: the field's release -> read()'s acquire: whoever sees a new field sees the odd count before it.
//   V2: set()'s last release -> read()'s first acquire: an even count comes with its fields. The count rises before
//       anything is pushed (D1, D2), so a claimed job that was pushed later makes is_unchanged() false.
#pragma once

#include <pel/detail/sync/atomic.hpp>

#include <cstdint>

PEL_NAMESPACE_BEGIN
namespace detail {

struct job;
class scope;

class serving_record {
public:
    struct entry {
        const job* task = nullptr;
        const scope* inside = nullptr;
        std::uint32_t base = 0;
        std::uint64_t count = 1; // odd: being written
        bool is_valid() const noexcept { return (count & 1) == 0; }
    };

    /// Owner: from now on it serves this; null: nothing.
    void set(const job* task, const scope* inside, std::uint32_t base) noexcept {
        const std::uint64_t count = count_.load(relaxed); // the owner alone writes
        count_.store(count + 1, relaxed);
        task_.store(task, release);       // sync(V1) release: the odd count, to read()
        inside_.store(inside, release);   // sync(V1) release: likewise
        base_.store(base, release);       // sync(V1) release: likewise
        count_.store(count + 2, release); // sync(V2) release: the fields
    }
    entry get() const noexcept { // owner
        return {task_.load(relaxed), inside_.load(relaxed), base_.load(relaxed), count_.load(relaxed)};
    }

    entry read() const noexcept {
        entry seen;
        seen.count = count_.load(acquire);   // sync(V2) acquire: fields at least this new
        seen.task = task_.load(acquire);     // sync(V1) acquire: a newer field shows a newer count
        seen.inside = inside_.load(acquire); // sync(V1) acquire: likewise
        seen.base = base_.load(acquire);     // sync(V1) acquire: likewise
        return seen;
    }
    /// Requires: an acquire access to the owner's deque, or read(), since.
    bool is_unchanged(const entry& seen) const noexcept {
        return count_.load(relaxed) == seen.count;
    } // ordered by V1 or D2

private:
    atomic<std::uint64_t> count_{0};
    atomic<const job*> task_{nullptr};
    atomic<const scope*> inside_{nullptr};
    atomic<std::uint32_t> base_{0};
};

} // namespace detail
PEL_NAMESPACE_END

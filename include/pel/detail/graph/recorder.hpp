// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the nodes of a run have done, and when. Only for runs that ask for it.
//   any thread: add(); the rest: when the run is over.
#pragma once

#include <pel/detail/graph/plan.hpp>
#include <pel/detail/platform/clock.hpp>
#include <pel/detail/platform/plain_array.hpp>
#include <pel/detail/sync/lock.hpp>

#include <cstdint>

PEL_NAMESPACE_BEGIN
namespace detail {

struct node_record {
    std::int64_t start, end; // ns, of now_ns()
    std::uint32_t number;    // of the node
    std::uint32_t worker;    // its index in the pool
};

class run_recorder {
public:
    /// Drops the record where there is no memory for it.
    void add(const node_record& record) noexcept {
        const lock_guard guard(lock_);
        call_guarded([&] { records_.push_back(record); }, [](const std::exception_ptr&) noexcept {});
    }
    /// In the order in which nodes ended.
    const plain_array<node_record>& records() const noexcept { return records_; }
    std::int64_t begin() const noexcept { return begin_; }

private:
    const std::int64_t begin_ = now_ns();
    lock lock_;
    plain_array<node_record> records_;
};

} // namespace detail
PEL_NAMESPACE_END

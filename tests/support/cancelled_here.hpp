// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a body asks that counts what runs after a cancellation. "After" is by the thread's own view: who throws may be
// taken off its CPU for any time before others can hear of it.
#pragma once

#include <pel/detail/sched/few_items.hpp>

namespace pel_test {

/// Whether what the calling thread is in is cancelled as far as it can see.
inline bool is_cancelled_here() { return pel::detail::cancellation_check(*pel::detail::current_worker).is_cancelled(); }

} // namespace pel_test

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How a parallel call runs: the optional first argument of every loop and algorithm.
#pragma once

#include <pel/thread_pool.hpp>

#include <type_traits>

PEL_NAMESPACE_BEGIN

/// A value; each member function returns a changed copy.
class parallel_policy {
public:
    constexpr parallel_policy() noexcept = default;

    /// On this pool instead of the calling worker's, or the default.
    constexpr parallel_policy on(thread_pool& pool) const noexcept {
        parallel_policy changed = *this;
        changed.pool_ = &pool;
        return changed;
    }

private:
    friend struct detail::pool_access;
    thread_pool* pool_ = nullptr;
};

/// In parallel: pel::parallel_for(pel::par.on(pool), 0, n, body).
inline constexpr parallel_policy par{};

PEL_NAMESPACE_END

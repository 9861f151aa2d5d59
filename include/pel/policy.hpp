// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How a parallel call runs: the optional first argument of every loop and algorithm.
//   pel::parallel_for(pel::par.on(pool).grain(64).stop(token), 0, n, body);
#pragma once

#include <pel/thread_pool.hpp>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <type_traits>

PEL_NAMESPACE_BEGIN

/// Stands for no stop token: never stops.
struct no_stop_token {
    static constexpr bool stop_requested() noexcept { return false; }
};

/// A value; each member function returns a changed copy. Token: what stop() was given, asked with stop_requested().
template <class Token>
class basic_parallel_policy {
public:
    constexpr basic_parallel_policy() noexcept = default;

    /// On this pool instead of the calling worker's, or the default.
    constexpr basic_parallel_policy on(thread_pool& pool) const {
        basic_parallel_policy changed = *this;
        changed.pool_ = &pool;
        return changed;
    }
    /// No piece of fewer than n items is given to another thread, and more than n items are worth waking one.
    /// Throws: std::invalid_argument for 0.
    constexpr basic_parallel_policy grain(std::uint64_t n) const {
        if (n == 0) detail::throw_error<std::invalid_argument>("pel::par.grain: 0 items are no grain");
        basic_parallel_policy changed = *this;
        changed.grain_ = n;
        return changed;
    }
    /// Results that depend on the grouping of operands are the same bits at every concurrency.
    constexpr basic_parallel_policy deterministic() const {
        basic_parallel_policy changed = *this;
        changed.is_deterministic_ = true;
        return changed;
    }
    /// At most k threads at once work on the call, the caller among them. Throws: std::invalid_argument for 0.
    constexpr basic_parallel_policy max_concurrency(unsigned k) const {
        if (k == 0) detail::throw_error<std::invalid_argument>("pel::par.max_concurrency: 0 threads do no work");
        basic_parallel_policy changed = *this;
        changed.most_threads_ = k;
        return changed;
    }
    /// The call ends early once the token says so, and throws operation_cancelled.
    template <class OtherToken>
    constexpr basic_parallel_policy<OtherToken> stop(OtherToken token) const {
        return basic_parallel_policy<OtherToken>(*this, std::move(token));
    }

private:
    template <class Other>
    friend class basic_parallel_policy;
    friend struct detail::pool_access;
    friend struct policy_access;

    template <class Other>
    constexpr basic_parallel_policy(const basic_parallel_policy<Other>& other, Token token)
        : pool_(other.pool_), grain_(other.grain_), most_threads_(other.most_threads_),
          is_deterministic_(other.is_deterministic_), token_(std::move(token)) {}

    thread_pool* pool_ = nullptr;
    std::uint64_t grain_ = 0;   // 0: as the loop finds best
    unsigned most_threads_ = 0; // 0: as many as the pool has
    bool is_deterministic_ = false;
    [[no_unique_address]] Token token_{};
};

using parallel_policy = basic_parallel_policy<no_stop_token>;

/// In parallel: pel::parallel_for(pel::par.on(pool), 0, n, body).
inline constexpr parallel_policy par{};

/// What algorithms may ask a policy.
struct policy_access {
    template <class Token>
    static constexpr std::uint64_t grain(const basic_parallel_policy<Token>& policy) noexcept {
        return policy.grain_;
    }
    template <class Token>
    static constexpr unsigned most_threads(const basic_parallel_policy<Token>& policy) noexcept {
        return policy.most_threads_;
    }
    template <class Token>
    static constexpr bool is_deterministic(const basic_parallel_policy<Token>& policy) noexcept {
        return policy.is_deterministic_;
    }
    template <class Token>
    static constexpr const Token& token(const basic_parallel_policy<Token>& policy) noexcept {
        return policy.token_;
    }
};

PEL_NAMESPACE_END

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How a parallel call runs: the optional first argument of every loop and algorithm.
//   pel::parallel_for(pel::par.on(pool).grain(64).stop(token), 0, n, body);
#pragma once

#include <pel/thread_pool.hpp>

#include <concepts>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>

PEL_NAMESPACE_BEGIN

/// Stands for no stop token: never stops.
struct no_stop_token {
    static constexpr bool stop_requested() noexcept { return false; }
};
/// Stands for no limits at all: neither a token, nor a grain, nor a number of threads. Such loops compile to less.
struct unlimited : no_stop_token {};

/// What par.stop() takes: std::stop_token, or any copyable object that is asked in the same way, by several threads.
template <class T>
concept stop_token_like = std::copy_constructible<T> && requires(const T& token) {
    { token.stop_requested() } noexcept -> std::convertible_to<bool>;
};

/// For par.replay(): one for each loop that is repeated over the same data, which it outlives.
class affinity {
public:
    constexpr affinity() noexcept = default;
    affinity(const affinity&) = delete;
    affinity& operator=(const affinity&) = delete;
};

/// A value; each member function returns a changed copy. Token: what stop() was given, asked with stop_requested().
template <class Token>
class basic_parallel_policy {
    using limited = basic_parallel_policy<std::conditional_t<std::is_same_v<Token, unlimited>, no_stop_token, Token>>;

public:
    constexpr basic_parallel_policy() noexcept = default;
    /// A policy without limits is one whose limits are not set.
    template <std::same_as<unlimited> Other>
        requires std::same_as<Token, no_stop_token>
    // NOLINTNEXTLINE(google-explicit-constructor): the plain policy is one without limits
    constexpr basic_parallel_policy(const basic_parallel_policy<Other>& other) noexcept
        : basic_parallel_policy(other, Token{}) {}

    /// On this pool instead of the calling worker's, or the default.
    constexpr basic_parallel_policy on(thread_pool& pool) const {
        basic_parallel_policy changed = *this;
        changed.pool_ = &pool;
        return changed;
    }
    /// No piece of fewer than n items is given to another thread, and more than n items are worth waking one at once.
    /// Throws: std::invalid_argument for 0.
    constexpr limited grain(std::uint64_t n) const {
        if (n == 0) detail::throw_error<std::invalid_argument>("pel::par.grain: 0 items are no grain");
        limited changed(*this, token_);
        changed.grain_ = n;
        return changed;
    }
    /// By threads of one NUMA node. Accepted; no effect yet, as threads are not bound to nodes.
    constexpr basic_parallel_policy on_node(numa_node node) const {
        basic_parallel_policy changed = *this;
        changed.node_ = node;
        changed.has_node_ = true;
        return changed;
    }
    constexpr basic_parallel_policy on_node(unsigned index) const { return on_node(numa_node{index}); }
    /// Each item by a thread of the node, or core, that had it in the last call with `where`. Accepted; no effect yet.
    constexpr basic_parallel_policy replay(affinity& where) const {
        basic_parallel_policy changed = *this;
        changed.where_ = &where;
        return changed;
    }
    /// Results that depend on the grouping of operands are the same bits at every concurrency.
    constexpr basic_parallel_policy deterministic() const {
        basic_parallel_policy changed = *this;
        changed.is_deterministic_ = true;
        return changed;
    }
    /// At most k threads at once work on the call, the caller among them; with 1 it runs in order on the caller. Pieces
    /// that more threads take are given back unrun. Throws: std::invalid_argument for 0.
    constexpr limited max_concurrency(unsigned k) const {
        if (k == 0) detail::throw_error<std::invalid_argument>("pel::par.max_concurrency: 0 threads do no work");
        limited changed(*this, token_);
        changed.most_threads_ = k;
        return changed;
    }
    /// The call ends early once the token says so, and throws operation_cancelled. The token is asked between blocks of
    /// items and before each stolen piece; a call that is complete by then does not throw.
    template <stop_token_like OtherToken>
    constexpr basic_parallel_policy<OtherToken> stop(OtherToken token) const {
        return basic_parallel_policy<OtherToken>(*this, std::move(token));
    }

private:
    template <class Other>
    friend class basic_parallel_policy;
    friend struct detail::pool_access;
    friend struct policy_access;

    template <class Other, class NewToken>
    constexpr basic_parallel_policy(const basic_parallel_policy<Other>& other, NewToken&& token)
        : pool_(other.pool_), grain_(other.grain_), most_threads_(other.most_threads_),
          is_deterministic_(other.is_deterministic_), has_node_(other.has_node_), node_(other.node_),
          where_(other.where_), token_(std::forward<NewToken>(token)) {}

    thread_pool* pool_ = nullptr;
    std::uint64_t grain_ = 0;   // 0: as the loop finds best
    unsigned most_threads_ = 0; // 0: as many as the pool has
    bool is_deterministic_ = false;
    bool has_node_ = false;
    numa_node node_{};
    affinity* where_ = nullptr;
    [[no_unique_address]] Token token_{};
};

/// Any policy without a stop token.
using parallel_policy = basic_parallel_policy<no_stop_token>;

/// In parallel: pel::parallel_for(pel::par.on(pool), 0, n, body).
inline constexpr basic_parallel_policy<unlimited> par{};

/// The type of pel::seq.
struct sequenced_policy {};

/// Not in parallel: in order, on the calling thread, without a pool. The first exception ends the call.
inline constexpr sequenced_policy seq{};

namespace detail {
template <class T>
inline constexpr bool is_policy = false;
template <class Token>
inline constexpr bool is_policy<basic_parallel_policy<Token>> = true;
template <>
inline constexpr bool is_policy<sequenced_policy> = true;
} // namespace detail

/// What the first argument of loops and algorithms may be.
template <class T>
concept execution_policy = detail::is_policy<std::remove_cvref_t<T>>;

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
    /// The node that the policy names, or null.
    template <class Token>
    static constexpr const numa_node* node(const basic_parallel_policy<Token>& policy) noexcept {
        return policy.has_node_ ? &policy.node_ : nullptr;
    }
    /// Where the last call ran, or null.
    template <class Token>
    static constexpr affinity* where(const basic_parallel_policy<Token>& policy) noexcept {
        return policy.where_;
    }
    /// The pool that the policy names, or null.
    template <class Token>
    static constexpr thread_pool* pool(const basic_parallel_policy<Token>& policy) noexcept {
        return policy.pool_;
    }
    template <class Token>
    static constexpr const Token& token(const basic_parallel_policy<Token>& policy) noexcept {
        return policy.token_;
    }
};

PEL_NAMESPACE_END

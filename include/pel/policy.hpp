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
/// Stands for a token and a place: on_node() or replay(). Loops without compile to less.
template <class Token>
struct placed {
    Token token;
    bool stop_requested() const noexcept { return token.stop_requested(); }
};
template <>
struct placed<no_stop_token> : no_stop_token {
    static constexpr no_stop_token token{};
    constexpr placed() noexcept = default;
    constexpr explicit placed(no_stop_token) noexcept {}
};

/// What par.stop() takes: std::stop_token, or any copyable object that is asked in the same way, by several threads.
template <class T>
concept stop_token_like = std::copy_constructible<T> && requires(const T& token) {
    { token.stop_requested() } noexcept -> std::convertible_to<bool>;
};

namespace detail {

class replay_memory;
struct replay_access;

template <class Token>
struct placed_token {
    using type = placed<Token>;
    using plain = Token;
};
template <>
struct placed_token<unlimited> : placed_token<no_stop_token> {};
template <class Token>
struct placed_token<placed<Token>> : placed_token<Token> {};

} // namespace detail

/// For par.replay(): who had which part of a loop the last time. One for each loop that is repeated over the same data,
/// which it outlives. Loops that run at the same time may share one, but gain little by it. Memory: some bytes for each
/// seat of each pool that it is used with, from the first call there on, which throws std::bad_alloc if there is none.
class affinity {
public:
    constexpr affinity() noexcept = default;
    affinity(const affinity&) = delete;
    affinity& operator=(const affinity&) = delete;
    ~affinity();

private:
    friend struct detail::replay_access;
    detail::atomic<detail::replay_memory*> memory_{nullptr};
};

/// A value; each member function returns a changed copy. Token: what stop() was given, asked with stop_requested().
template <class Token>
class basic_parallel_policy {
    using limited = basic_parallel_policy<std::conditional_t<std::is_same_v<Token, unlimited>, no_stop_token, Token>>;
    using in_place = basic_parallel_policy<typename detail::placed_token<Token>::type>;
    static constexpr bool is_placed = std::is_same_v<typename detail::placed_token<Token>::type, Token>;
    template <class OtherToken>
    using stoppable = basic_parallel_policy<std::conditional_t<is_placed, placed<OtherToken>, OtherToken>>;

public:
    constexpr basic_parallel_policy() noexcept = default;
    /// A policy without limits is one whose limits are not set.
    template <std::same_as<unlimited> Other>
        requires std::same_as<Token, no_stop_token>
    // NOLINTNEXTLINE(google-explicit-constructor): the plain policy is one without limits
    constexpr basic_parallel_policy(const basic_parallel_policy<Other>& other) noexcept
        : basic_parallel_policy(other, Token{}) {}

    /// On this pool instead of the calling worker's, or the default. Requires: the pool outlives the call.
    constexpr basic_parallel_policy on(thread_pool& pool) const {
        basic_parallel_policy changed = *this;
        changed.pool_ = &pool;
        return changed;
    }
    /// No piece of fewer than n items is given to another thread. A loop of more than n items wakes one at once,
    /// however short they are; without a grain it first looks how long they take. Throws: std::invalid_argument for 0.
    constexpr limited grain(std::uint64_t n) const {
        if (n == 0) detail::throw_error<std::invalid_argument>("pel::par.grain: 0 items are no grain");
        limited changed(*this, token_);
        changed.grain_ = n;
        return changed;
    }
    /// By threads of one NUMA node, so are loops and tasks inside. The calling thread is bound to the node's CPUs for the
    /// length of the call: those that get their memory from there or, of a node that is nobody's home (HBM beside DRAM, CPUs
    /// without memory), its pus(). The call throws std::invalid_argument for a node that is not there or has no CPUs that
    /// the process may use. Its threads are of their own, started at the first such call.
    constexpr in_place on_node(numa_node node) const {
        in_place changed(*this, place_token());
        changed.node_ = node;
        changed.has_node_ = true;
        return changed;
    }
    constexpr in_place on_node(unsigned index) const { return on_node(numa_node{index}); }
    /// Each item by the thread that had it in the last call with `where`, if that has time for it, else by one that is
    /// near; at first by shares in the order of the machine, as large as cores are fast. For data that is placed by its
    /// first touch, or stays in caches from one call to the next.
    constexpr in_place replay(affinity& where) const {
        in_place changed(*this, place_token());
        changed.where_ = &where;
        return changed;
    }
    /// Results that depend on the grouping of operands are the same bits at every concurrency, for the same grain:
    /// those of reductions and scans, of segments and bins too. Other calls take no notice.
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
    /// items and before each stolen piece; a call that is complete by then does not throw. The policy holds a copy of
    /// it. Requires: what that refers to lives until the call is over.
    template <stop_token_like OtherToken>
    constexpr stoppable<OtherToken> stop(OtherToken token) const {
        if constexpr (is_placed)
            return stoppable<OtherToken>(*this, placed<OtherToken>{std::move(token)});
        else
            return stoppable<OtherToken>(*this, std::move(token));
    }

private:
    template <class Other>
    friend class basic_parallel_policy;
    friend struct detail::pool_access;
    friend struct policy_access;

    constexpr auto place_token() const {
        using placed_token = typename detail::placed_token<Token>::type;
        if constexpr (std::is_same_v<Token, placed_token>)
            return token_;
        else
            return placed_token{typename detail::placed_token<Token>::plain(token_)};
    }

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
    /// The policy without its node, on another pool.
    template <class Token>
    static constexpr basic_parallel_policy<Token> without_node(basic_parallel_policy<Token> policy, thread_pool& pool) {
        policy.has_node_ = false;
        policy.pool_ = &pool;
        return policy;
    }
    /// The policy for results that do not depend on the grouping of operands.
    template <class Token>
    static constexpr basic_parallel_policy<Token> with_any_grouping(basic_parallel_policy<Token> policy) {
        policy.is_deterministic_ = false;
        return policy;
    }
    /// The policy without its place.
    template <class Token>
    static constexpr basic_parallel_policy<Token> without_place(const basic_parallel_policy<placed<Token>>& policy) {
        basic_parallel_policy<Token> plain(policy, policy.token_.token);
        plain.has_node_ = false;
        plain.where_ = nullptr;
        return plain;
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

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Chunks for calls whose results must not depend on who runs what: their size is a function of the caller's arguments.
#pragma once

#include <pel/policy.hpp>

#include <bit>
#include <cstdint>
#include <type_traits>

PEL_NAMESPACE_BEGIN
namespace detail {

/// Returns: how many items a chunk has where only `size` may decide, or the caller's grain: 1 of less than 128 items,
/// and never more than size / 32, so that few long items are shared; from 10^4 items on √size / 3 to √size, so that
/// what a chunk costs, a few ns, is little.
constexpr std::uint64_t fixed_chunk(std::uint64_t size, std::uint64_t grain) noexcept {
    if (grain != 0) return grain;
    if (size < 128) return 1;
    const std::uint64_t root = std::uint64_t{1} << (std::bit_width(size) / 2 - 1);
    const std::uint64_t share = std::bit_floor(size / 32);
    return share < root ? share : root;
}

/// [0, size) in chunks of one size, and a smaller last one.
class fixed_chunks {
public:
    constexpr fixed_chunks(std::uint64_t size, std::uint64_t grain) noexcept
        : size_(size), chunk_(fixed_chunk(size, grain)) {}

    constexpr std::uint64_t items() const noexcept { return chunk_; }
    /// Returns: how many chunks have all their items.
    constexpr std::uint64_t whole() const noexcept { return size_ / chunk_; }
    constexpr std::uint64_t count() const noexcept { return whole() + (size_ % chunk_ != 0 ? 1 : 0); }
    constexpr std::uint64_t begin(std::uint64_t number) const noexcept { return number * chunk_; }
    constexpr std::uint64_t end(std::uint64_t number) const noexcept {
        const std::uint64_t from = begin(number);
        return size_ - from < chunk_ ? size_ : from + chunk_;
    }

private:
    std::uint64_t size_, chunk_;
};

/// Whether the grouping of operands has to be the same every time.
template <class Token>
constexpr bool is_deterministic(const basic_parallel_policy<Token>& policy) noexcept {
    return policy_access::is_deterministic(policy);
}
constexpr bool is_deterministic(const sequenced_policy&) noexcept { return false; } // it is, whatever the grouping

template <class Token>
constexpr std::uint64_t grain_of(const basic_parallel_policy<Token>& policy) noexcept {
    return policy_access::grain(policy);
}
constexpr std::uint64_t grain_of(const sequenced_policy&) noexcept { return 0; }

/// Returns: the policy for what comes out the same with any grouping, which is then as cheap as it can be.
template <class Policy>
constexpr Policy any_grouping(const Policy& policy) {
    if constexpr (std::is_same_v<Policy, sequenced_policy>)
        return policy;
    else
        return policy_access::with_any_grouping(policy);
}
/// Returns: the caller's grain in blocks of about so many items; 0 if there is none.
template <class Policy>
constexpr std::uint64_t grain_in_blocks(const Policy& policy, std::uint64_t items) noexcept {
    const std::uint64_t grain = grain_of(policy);
    return items < 2 ? grain : grain / items + (grain % items != 0 ? 1 : 0);
}
/// Returns: the policy for a loop over blocks of about so many items.
template <class Policy>
constexpr Policy block_policy(const Policy& policy, std::uint64_t items) {
    if constexpr (std::is_same_v<Policy, sequenced_policy> || std::is_same_v<Policy, basic_parallel_policy<unlimited>>)
        return policy;
    else
        return grain_of(policy) == 0 ? policy : policy.grain(grain_in_blocks(policy, items));
}
/// Returns: the policy for a loop over chunks of at least the caller's grain.
template <class Policy>
constexpr Policy chunk_policy(const Policy& policy) {
    return block_policy(policy, grain_of(policy));
}

} // namespace detail
PEL_NAMESPACE_END

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Elements so few, of which so little is asked, that it is not worth a look whether somebody could help: a call on few of
// them costs what std's does. Only where it is known what is asked: of a caller's function nothing is.
#pragma once

#include <pel/detail/algorithm/elements.hpp>
#include <pel/detail/algorithm/fixed_chunks.hpp>
#include <pel/policy.hpp>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <iterator>
#include <type_traits>

PEL_NAMESPACE_BEGIN
namespace detail {

inline constexpr std::uint64_t few_bytes = 4096; // they are copied in less time than it takes to wake somebody

/// What an assignment of T to *Out writes, if it is not more than that: it cannot throw, so it allocates nothing.
/// Otherwise 0: not known.
template <class Out, class T>
inline constexpr std::uint64_t written_bytes =
    std::contiguous_iterator<Out> && std::is_nothrow_assignable_v<std::iter_reference_t<Out>, T>
        ? sizeof(std::iter_value_t<Out>)
        : 0;

/// What it takes to assign what I refers to: nothing is known of elements that are made as they are read.
template <class I, class O, class T>
inline constexpr std::uint64_t copied_bytes = std::contiguous_iterator<I> ? written_bytes<O, T> : 0;

/// What a swap of two elements writes.
template <class I, class J>
inline constexpr std::uint64_t swapped_bytes =
    std::contiguous_iterator<I> && std::contiguous_iterator<J> &&
            std::is_nothrow_swappable_with_v<std::iter_reference_t<I>, std::iter_reference_t<J>>
        ? 2 * sizeof(std::iter_value_t<I>)
        : 0;

/// Items of so many bytes that take no longer than writing these does are not worth sharing, nor a look whether they
/// are, if there are few of them. A policy with limits is asked all the same. 0 bytes: nothing is known.
template <std::uint64_t Bytes, class Policy>
constexpr bool are_few(const Policy&, std::uint64_t size) noexcept {
    if constexpr (Bytes != 0 && std::is_same_v<Policy, basic_parallel_policy<unlimited>>)
        return size <= few_bytes / Bytes;
    else
        return false;
}

/// Returns: chunks for a deterministic call: one of few numbers, whatever the policy's limits and whoever asks for them.
template <std::uint64_t Bytes, class Policy>
constexpr fixed_chunks chunks_of_numbers(const Policy& policy, std::uint64_t size) noexcept {
    const bool are_one_chunk = Bytes != 0 && size <= few_bytes / std::max<std::uint64_t>(Bytes, 1);
    return {size, are_one_chunk ? size : grain_of(policy)};
}

/// What a processor does to numbers in an instruction or a few.
template <class Op>
inline constexpr bool is_operator = false;
template <class Op>
inline constexpr bool is_operator<const Op> = is_operator<Op>;
template <class T>
inline constexpr bool is_number_or_any = std::is_void_v<T> || std::is_arithmetic_v<T>;
template <>
inline constexpr bool is_operator<std::identity> = true;
template <>
inline constexpr bool is_operator<std::ranges::equal_to> = true;
template <>
inline constexpr bool is_operator<std::ranges::not_equal_to> = true;
template <>
inline constexpr bool is_operator<std::ranges::less> = true;
template <>
inline constexpr bool is_operator<std::ranges::greater> = true;
template <>
inline constexpr bool is_operator<std::ranges::less_equal> = true;
template <>
inline constexpr bool is_operator<std::ranges::greater_equal> = true;
template <class T>
inline constexpr bool is_operator<std::plus<T>> = is_number_or_any<T>;
template <class T>
inline constexpr bool is_operator<std::minus<T>> = is_number_or_any<T>;
template <class T>
inline constexpr bool is_operator<std::multiplies<T>> = is_number_or_any<T>;
template <class T>
inline constexpr bool is_operator<std::bit_and<T>> = is_number_or_any<T>;
template <class T>
inline constexpr bool is_operator<std::bit_or<T>> = is_number_or_any<T>;
template <class T>
inline constexpr bool is_operator<std::bit_xor<T>> = is_number_or_any<T>;
template <class T>
inline constexpr bool is_operator<std::equal_to<T>> = is_number_or_any<T>;
template <class T>
inline constexpr bool is_operator<std::not_equal_to<T>> = is_number_or_any<T>;
template <class T>
inline constexpr bool is_operator<std::less<T>> = is_number_or_any<T>;
template <class T>
inline constexpr bool is_operator<std::greater<T>> = is_number_or_any<T>;
template <class T>
inline constexpr bool is_operator<std::less_equal<T>> = is_number_or_any<T>;
template <class T>
inline constexpr bool is_operator<std::greater_equal<T>> = is_number_or_any<T>;

/// The size of elements that are numbers in memory, if nothing but operators is applied to them, else 0: not known.
template <class Base, class... Ops>
inline constexpr std::uint64_t number_bytes =
    std::contiguous_iterator<Base> && std::is_arithmetic_v<std::iter_value_t<Base>> && (is_operator<Ops> && ...)
        ? sizeof(std::iter_value_t<Base>)
        : 0;

} // namespace detail
PEL_NAMESPACE_END

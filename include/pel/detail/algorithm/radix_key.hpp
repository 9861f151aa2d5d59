// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Numbers as unsigned integers that are ordered as they are, for sorts that look at digits.
#pragma once

#include <pel/detail/platform/config.hpp>

#include <bit>
#include <concepts>
#include <cstdint>
#include <type_traits>

PEL_NAMESPACE_BEGIN
namespace detail {

template <std::size_t Bytes>
using unsigned_of = std::conditional_t<
    Bytes == 1, std::uint8_t,
    std::conditional_t<Bytes == 2, std::uint16_t, std::conditional_t<Bytes == 4, std::uint32_t, std::uint64_t>>>;

/// Integers and floating-point numbers of up to 64 bits.
template <class T>
concept radix_number = (std::integral<T> && sizeof(T) <= 8) || std::same_as<T, float> || std::same_as<T, double>;

/// Returns: a < b as numbers if and only if radix_key(a) < radix_key(b). The two zeros are one; NaNs are beyond the
/// infinities, by their sign.
template <radix_number T>
constexpr unsigned_of<sizeof(T)> radix_key(T number) noexcept {
    using key = unsigned_of<sizeof(T)>;
    constexpr key sign = static_cast<key>(key{1} << (8 * sizeof(T) - 1));
    if constexpr (std::floating_point<T>) {
        const auto bits = std::bit_cast<key>(number + T{0}); // makes -0 a 0
        return (bits & sign) != 0 ? ~bits : bits | sign;
    } else if constexpr (std::signed_integral<T>) {
        return static_cast<key>(static_cast<key>(number) ^ sign);
    } else {
        return static_cast<key>(number);
    }
}

} // namespace detail
PEL_NAMESPACE_END

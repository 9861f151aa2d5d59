// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Numbers as unsigned integers that are ordered as they are, for sorts that look at digits.
#pragma once

#include <pel/detail/platform/config.hpp>

#include <bit>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <limits>
#include <type_traits>

PEL_NAMESPACE_BEGIN
namespace detail {

__extension__ using wide_integer = __int128;
__extension__ using wide_key = unsigned __int128;

template <std::size_t Bytes>
using unsigned_of =
    std::conditional_t<Bytes == 1, std::uint8_t,
                       std::conditional_t<Bytes == 2, std::uint16_t,
                                          std::conditional_t<Bytes == 4, std::uint32_t,
                                                             std::conditional_t<Bytes == 8, std::uint64_t, wide_key>>>>;

/// Integers and floating-point numbers of up to 64 bits.
template <class T>
concept short_radix_number = (std::integral<T> && sizeof(T) <= 8) || std::same_as<T, float> || std::same_as<T, double>;
/// And of up to 128. A long double's bits are its sign, exponent and mantissa, in this order; not that of two doubles.
template <class T>
concept radix_number =
    short_radix_number<T> || std::same_as<T, wide_integer> || std::same_as<T, wide_key> ||
    (std::same_as<T, long double> && std::numeric_limits<long double>::digits != 106 && sizeof(T) <= 16);

/// Returns: a < b as numbers if and only if radix_key(a) < radix_key(b). The two zeros are one; NaNs are beyond the
/// infinities, by their sign.
template <short_radix_number T>
constexpr unsigned_of<sizeof(T)> radix_key(T number) noexcept {
    using key = unsigned_of<sizeof(T)>;
    constexpr key sign = static_cast<key>(key{1} << (8 * sizeof(T) - 1));
    if constexpr (std::floating_point<T>) {
        const auto bits = std::bit_cast<key>(number + T{0});     // a 0 of what compares as one
        return (bits & sign) != 0 ? key{0} - bits : bits | sign; // also of -0, which rounding down leaves
    } else if constexpr (std::signed_integral<T>) {
        return static_cast<key>(static_cast<key>(number) ^ sign);
    } else {
        return static_cast<key>(number);
    }
}
template <radix_number T>
    requires(!short_radix_number<T>)
wide_key radix_key(T number) noexcept {
    constexpr wide_key sign = wide_key{1} << 127;
    if constexpr (std::same_as<T, long double>) {
        constexpr int digits = std::numeric_limits<T>::digits;
        constexpr std::size_t bytes = digits == 64 ? 10 : digits == 53 ? 8 : 16; // the others are padding
        number += 0;
        wide_key bits = 0;
        std::memcpy(&bits, &number, bytes);
        bits <<= 128 - 8 * bytes;
        return (bits & sign) != 0 ? 0 - bits : bits | sign;
    } else if constexpr (std::same_as<T, wide_integer>) {
        return static_cast<wide_key>(number) ^ sign;
    } else {
        return number;
    }
}

/// As std::bit_width.
template <class Key>
constexpr unsigned width_of(Key key) noexcept {
    if constexpr (sizeof(Key) <= 8) {
        return static_cast<unsigned>(std::bit_width(key));
    } else {
        const auto high = static_cast<std::uint64_t>(key >> 64);
        return high != 0 ? 64 + width_of(high) : width_of(static_cast<std::uint64_t>(key));
    }
}

} // namespace detail
PEL_NAMESPACE_END

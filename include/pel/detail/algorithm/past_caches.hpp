// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Copies and fills of more than the caches keep, past them where the CPU can: a line that is overwritten is not read first,
// which is a third of the traffic of a copy, and half of a fill's. Stretches of a page each are copied in turns: memory
// answers several of them sooner than one.
#pragma once

#include <pel/detail/algorithm/blocks.hpp>
#include <pel/detail/algorithm/fixed_chunks.hpp>
#include <pel/detail/platform/memory.hpp>
#include <pel/detail/platform/streaming_store.hpp>
#include <pel/policy.hpp>
#include <pel/topology.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>

PEL_NAMESPACE_BEGIN
namespace detail {

/// Returns: the bytes of the last level of caches, all of them together; a guess if nothing is known of them.
inline std::uint64_t last_caches_bytes() {
    const topology machine = topology::discover();
    std::uint64_t bytes = 0;
    for (unsigned level = 4; level != 0 && bytes == 0; --level) {
        for (const cache& each : machine.caches(level)) bytes += each.size();
    }
    return bytes != 0 ? bytes : std::uint64_t{64} << 20;
}

/// Whether so many bytes that are written, besides those that are read, would not be found in a cache soon after. The machine
/// is looked at only if one cache could not hold them. Throws: std::bad_alloc.
inline bool exceeds_caches(std::uint64_t bytes) {
    constexpr std::uint64_t least = std::uint64_t{4} << 20;
    if (!can_stream || bytes < least) return false;
    const auto share = [](std::uint64_t size) { return size - size / 4; };
    static const std::uint64_t of_one = share(cache_bytes());
    if (bytes < of_one) return false;
    static const std::uint64_t of_all = share(last_caches_bytes());
    return bytes >= of_all;
}

/// Returns: how many bytes there are before the next whole line, no more than `bytes`.
inline std::size_t bytes_before_line(const void* address, std::size_t bytes) noexcept {
    return std::min(bytes, (0 - reinterpret_cast<std::uintptr_t>(address)) % streamed_line);
}

/// As memcpy.
inline void stream_bytes(std::byte* to, const std::byte* from, std::size_t bytes) noexcept {
    const std::size_t head = bytes_before_line(to, bytes);
    std::memcpy(to, from, head);
    to += head, from += head, bytes -= head;
    constexpr std::size_t lanes = 4, most = 4096;
    while (bytes >= lanes * streamed_line) {
        const std::size_t lane = std::min(most, bytes / lanes / streamed_line * streamed_line);
        for (std::size_t begin = 0; begin != lane; begin += streamed_line) {
            for (std::size_t each = begin; each < lanes * lane; each += lane) stream_line(to + each, from + each);
        }
        to += lanes * lane, from += lanes * lane, bytes -= lanes * lane;
    }
    std::memcpy(to, from, bytes);
    finish_streaming();
}

/// As std::copy_n and std::fill_n. A page that is not there yet is zeroed in the cache as it comes, and what it gets is better
/// written there too.
template <class T>
void stream_copy(const T* from, std::uint64_t n, T* to) {
    if (is_page_resident(to + n / 2))
        stream_bytes(reinterpret_cast<std::byte*>(to), reinterpret_cast<const std::byte*>(from), n * sizeof(T));
    else
        std::copy_n(from, n, to);
}
template <class T>
void stream_fill(T* to, std::uint64_t n, const T& value) {
    constexpr std::uint64_t per_line = streamed_line / sizeof(T);
    const bool has_whole_lines =
        streamed_line % sizeof(T) == 0 && reinterpret_cast<std::uintptr_t>(to) % sizeof(T) == 0;
    if (!has_whole_lines || !is_page_resident(to + n / 2)) {
        std::fill_n(to, n, value);
        return;
    }
    const std::uint64_t head = detail::bytes_before_line(to, n * sizeof(T)) / sizeof(T);
    to = std::fill_n(to, head, value);
    std::byte line[streamed_line];
    for (std::size_t each = 0; each != per_line; ++each)
        std::memcpy(line + each * sizeof(T), std::addressof(value), sizeof(T));
    for (n -= head; n >= per_line; n -= per_line, to += per_line) stream_line(to, line);
    std::fill_n(to, n, value);
    finish_streaming();
}

/// Whether a loop that writes so many bytes in order does so past the caches. Where the caller says who works on what, its
/// blocks stay as they are. Throws: std::bad_alloc.
template <class Policy>
bool goes_past_caches(const Policy& policy, std::uint64_t bytes) {
    return policy_access::where(policy) == nullptr && exceeds_caches(bytes);
}

/// Calls run(lo, hi) on blocks of [0, size) that are worth a look at their pages.
template <class T, class Policy, class Run>
void run_long_blocks(const Policy& policy, std::uint64_t size, const Run& run) {
    constexpr std::uint64_t long_block = std::max<std::uint64_t>(1, (std::uint64_t{256} << 10) / sizeof(T));
    run_numbers(block_policy(policy, long_block), size / long_block + (size % long_block != 0 ? 1U : 0U),
                [&](std::uint64_t number) {
                    const std::uint64_t lo = number * long_block;
                    run(lo, std::min(size - lo, long_block) + lo);
                });
}

/// Copy and fill. Requires: is_copied_by_bytes. Throws, blocks: as parallel_for.
template <class Policy, class T>
void copy_past_caches(const Policy& policy, const T* from, std::uint64_t size, T* to) {
    run_long_blocks<T>(policy, size,
                       [&](std::uint64_t lo, std::uint64_t hi) { detail::stream_copy(from + lo, hi - lo, to + lo); });
}
template <class Policy, class T>
void fill_past_caches(const Policy& policy, T* to, std::uint64_t size, const T& value) {
    const T held = value; // which may be one of the elements
    run_long_blocks<T>(policy, size,
                       [&](std::uint64_t lo, std::uint64_t hi) { detail::stream_fill(to + lo, hi - lo, held); });
}

} // namespace detail
PEL_NAMESPACE_END

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Writes elements to the ends of many stretches of memory at a time. An element waits in a small array until a cache line
// of its stretch is complete, and the line goes to memory as a whole: pages are looked up once a line, and the line that
// it replaces is not read. Worth it where the stretches together are larger than the caches.
// Source: J. Wassenberg, P. Sanders, "Engineering a Multi-core Radix Sort", Euro-Par 2011.
#pragma once

#include <pel/detail/algorithm/scratch.hpp>
#include <pel/detail/platform/streaming_store.hpp>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <vector>

PEL_NAMESPACE_BEGIN
namespace detail {

template <class T>
class line_scatter {
public:
    static constexpr std::uint64_t per_line = streamed_line / sizeof(T);
    static constexpr bool is_possible =
        std::is_trivially_copyable_v<T> && streamed_line % sizeof(T) == 0 && per_line >= 2;

    /// next[n]: where the next element of stretch n goes, as `to` counts. Requires: `to` is a multiple of streamed_line.
    line_scatter(T* to, std::uint64_t* next, std::uint64_t stretches)
        : to_(to), next_(next), begins_(next, next + stretches), lines_(stretches * per_line) {}

    line_scatter(const line_scatter&) = delete;
    line_scatter& operator=(const line_scatter&) = delete;
    /// What this thread releases afterwards comes after all lines: the end of its part of a loop, which who joins acquires;
    /// and, where a key function has thrown, the memory, which may be another's then.
    ~line_scatter() { finish_streaming(); }

    /// Whether there was memory for the array. Without it nothing else may be called.
    bool is_ready() const noexcept { return lines_.data() != nullptr; }

    PEL_ALWAYS_INLINE void put(std::uint64_t stretch, const T& element) noexcept {
        const std::uint64_t place = next_[stretch]++;
        std::construct_at(lines_.data() + stretch * per_line + place % per_line, element);
        if (place % per_line == per_line - 1) [[unlikely]]
            write_line(stretch, place + 1);
    }
    /// Writes the lines that are not complete.
    void finish() noexcept {
        for (std::uint64_t each = 0; each < begins_.size(); ++each) write_part(each, next_[each]);
    }

private:
    /// The line that ends before `end`; the first of a stretch may begin within a line.
    PEL_ALWAYS_INLINE void write_line(std::uint64_t stretch, std::uint64_t end) noexcept {
        if (begins_[stretch] + per_line <= end)
            stream_line(to_ + end - per_line, lines_.data() + stretch * per_line);
        else
            std::copy(lines_.data() + stretch * per_line + begins_[stretch] % per_line,
                      lines_.data() + (stretch + 1) * per_line, to_ + begins_[stretch]);
    }
    /// What has come since the last whole line.
    void write_part(std::uint64_t stretch, std::uint64_t end) noexcept {
        const std::uint64_t begin = std::max(begins_[stretch], end - end % per_line);
        const T* const line = lines_.data() + stretch * per_line;
        std::copy(line + begin % per_line, line + begin % per_line + (end - begin), to_ + begin);
    }

    T* const to_;
    std::uint64_t* const next_;
    const std::vector<std::uint64_t> begins_;
    const scratch_memory<T> lines_;
};

} // namespace detail
PEL_NAMESPACE_END

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A line of a pipeline: a buffer that tokens pass through the stages in, one after the other, and the job that goes on
// with its token. Made once, and used again: a token allocates nothing.
//   who has the token: everything. Threads pass it on by a gate (PG2) or as a job of the group (D1, D2, the list's lock).
#pragma once

#include <pel/detail/pipeline/place.hpp>
#include <pel/detail/pipeline/stage.hpp>
#include <pel/task_group.hpp>

#include <cstddef>
#include <cstdint>
#include <new>

PEL_NAMESPACE_BEGIN
namespace detail {

class pipeline_core;
struct pipeline_line;

/// A job of a pipeline's group that is pushed again and again: goes on with a line's token, or, without a line, makes
/// tokens.
struct pipeline_job : group_job {
    pipeline_job(group_core& group, pipeline_core& owner, pipeline_line* with) noexcept
        : group_job(group), pipeline(owner), line(with) {}
    pipeline_core& pipeline;
    pipeline_line* const line;
};

/// What does not depend on the types of values.
struct pipeline_line : gate_waiter {
    static constexpr unsigned no_value = ~0u;

    std::uint64_t number = 0;        // of the token in the stream
    std::uint64_t order = 0;         // in which tokens have left the first stage
    unsigned stage = 0;              // that is next
    unsigned value = no_value;       // the stage whose value is in the buffer
    bool is_filtered = false;        // it only passes stages by, to keep their order
    bool is_admitted = false;        // its turn at the place of its next stage has come
    std::optional<pipeline_job> job; // where there is a group
};

template <class Chain>
struct typed_line : pipeline_line {
    typed_line* made_before = nullptr;

    template <std::size_t Stage>
    using kept = typename Chain::template link<Stage>::kept;

    template <std::size_t Stage>
    void* room() noexcept {
        return Stage % 2 == 0 ? static_cast<void*>(even_) : static_cast<void*>(odd_);
    }
    template <std::size_t Stage>
    kept<Stage>& kept_value() noexcept {
        return *std::launder(static_cast<kept<Stage>*>(room<Stage>()));
    }
    /// Ends the value of this stage. Requires: it is there.
    template <std::size_t Stage>
    void end_value() noexcept {
        std::destroy_at(&kept_value<Stage>());
    }
    /// Ends whatever is there.
    void clear() noexcept {
        clear_all(std::make_index_sequence<Chain::size>());
        value = no_value;
    }

private:
    template <std::size_t... Stages>
    void clear_all(std::index_sequence<Stages...>) noexcept {
        (end_if<Stages>(), ...);
    }
    template <std::size_t Stage>
    void end_if() noexcept {
        if constexpr (Chain::keeps(Stage)) {
            if (value == Stage) end_value<Stage>();
        }
    }

    alignas(Chain::extent_of(0).alignment) std::byte even_[Chain::extent_of(0).bytes];
    alignas(Chain::extent_of(1).alignment) std::byte odd_[Chain::extent_of(1).bytes];
};

} // namespace detail
PEL_NAMESPACE_END

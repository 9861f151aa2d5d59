// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// std's barrier, for threads, tasks and coroutines: phases that end when all have arrived. The last one runs the
// completion and lets the others go on. In a task a blocked wait frees the seat, so more tasks than seats may meet.
// On large machines threads meet with those near to them first: detail/sync/combining_tree.hpp.
// Awaited in any coroutine, of a pool or of none; what is awaited throws nothing.
#pragma once

#include <pel/detail/core/block.hpp>
#include <pel/detail/sync/barrier_core.hpp>
#include <pel/detail/topology/combining_map.hpp>

#include <type_traits>

PEL_NAMESPACE_BEGIN
namespace detail {
namespace bases { // where a user calls f(barrier): the namespaces of a template's arguments count as those of bases do

struct no_completion {
    void operator()() const noexcept {}
};

} // namespace bases
using bases::no_completion;

/// Where threads of the process arrive at a barrier.
struct places_to_meet {
    /// Returns: null if so many may as well meet at one place, or if there is no memory. The machine is read only for as
    /// many as could have a tree on some machine: that takes longer than most barriers last.
    static combining_tree* make_tree(std::int64_t expected) noexcept {
        constexpr std::int64_t at_a_leaf = combining_tree::fewest_at_a_leaf;
        if (expected < combining_tree::fewest_leaves * at_a_leaf) return nullptr;
        const combining_map* const map = combining_map::of_process();
        if (map == nullptr || map->leaves() == 0 || expected < map->leaves() * at_a_leaf) return nullptr;
        combining_tree* made = nullptr;
        call_guarded([&] { made = new combining_tree(*map, expected); }, [](const std::exception_ptr&) {});
        return made;
    }
    static unsigned leaf() noexcept { return combining_map::of_process()->leaf(); }
};

} // namespace detail

/// Any thread: all. Size: 168 bytes and the completion; on a large machine, memory for its parts as well.
template <class Completion = detail::no_completion>
class barrier {
    static_assert(std::is_nothrow_invocable_v<Completion&>, "the completion of a pel::barrier must be noexcept");
    class arrive_and_suspend;

public:
    /// The phase that was arrived at.
    class arrival_token {
    public:
        arrival_token(arrival_token&&) noexcept = default;
        arrival_token& operator=(arrival_token&&) noexcept = default;

    private:
        friend class barrier;
        explicit arrival_token(std::uint32_t phase) noexcept : phase_(phase) {}
        std::uint32_t phase_;
    };

    /// For phases of so many arrivals. Requires: 0 <= expected <= max(). Throws: what moving the completion throws.
    constexpr explicit barrier(std::ptrdiff_t expected, Completion completion = Completion())
        : core_(expected), completion_(std::move(completion)) {}
    barrier(const barrier&) = delete;
    barrier& operator=(const barrier&) = delete;

    /// Returns: how many may meet.
    static constexpr std::ptrdiff_t max() noexcept { return detail::barrier_core::most; }

    /// Requires: 0 < by <= how many are still to arrive. Effects: the last one runs the completion and ends the phase.
    [[nodiscard]] arrival_token arrive(std::ptrdiff_t by = 1) noexcept {
        return arrival_token(core_.arrive(by, completion_, detail::places_to_meet()));
    }
    /// Blocks: until that phase is over. Requires: it is the current one, or the one before.
    void wait(arrival_token&& arrived) const noexcept {
        if (!core_.is_over(arrived.phase_)) detail::pass(core_, arrived.phase_);
    }
    /// As wait(), but ends when a stop is requested. Returns: whether the phase is over. The arrival counts all the
    /// same, and before arriving again it must be waited for, with the same token.
    [[nodiscard]] bool wait(arrival_token&& arrived, const std::stop_token& stop) const noexcept {
        return detail::pass_unless(stop, core_, arrived.phase_);
    }
    /// Blocks: until all have arrived.
    void arrive_and_wait() noexcept { wait(arrive()); }
    /// Arrives, and takes part in no later phase.
    void arrive_and_drop() noexcept { core_.arrive_and_drop(completion_, detail::places_to_meet()); }

    /// `co_await barrier.async_arrive_and_wait();` arrives and suspends until the phase is over. Requires: the
    /// coroutine is not destroyed before it was resumed.
    auto async_arrive_and_wait() noexcept { return arrive_and_suspend(*this); }

private:
    using suspension = detail::suspended_wait<detail::barrier_core, detail::finish_silently>;
    class [[nodiscard]] arrive_and_suspend : public suspension {
    public:
        explicit arrive_and_suspend(barrier& where) noexcept : suspension(where.core_, 0, {}), where_(where) {}
        bool await_ready() noexcept {
            this->self_.ticket = where_.arrive().phase_;
            return suspension::await_ready();
        }

    private:
        barrier& where_;
    };

    mutable detail::barrier_core core_;
    [[no_unique_address]] Completion completion_;
};

PEL_NAMESPACE_END

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A strand: one thread's share of the result of a loop. The engine of loops calls strand.run(lo, hi) on consecutive
// rising ranges; a range that another thread takes has a strand of its own there, strand.split(), which strand.join()
// gets back in order. The engine knows strands by a table of functions: so it is compiled once, not for each loop of a
// program, which is most of what a loop costs to compile, and a call through the table for a block, or for a stretch of
// few items, is all that it costs to run.
#pragma once

#include <pel/detail/sched/worker.hpp>

#include <cstddef>
#include <cstdint>
#include <new>
#include <type_traits>
#include <utility>

PEL_NAMESPACE_BEGIN
namespace detail {

/// Whether a thread may go on with few items, asked after each: nobody asks for work, and nothing was cancelled.
class item_watch {
public:
    /// Since the epoch `as_of`; 0: never, each item is followed by a longer look.
    item_watch(const worker& own, std::uint64_t as_of) noexcept : own_(own), epoch_(as_of) {}

    bool goes_on() const noexcept {
        return !own_.deque.is_asked() && cancellations.load(relaxed) == epoch_; // stale: noticed one item later
    }

private:
    const worker& own_;
    const std::uint64_t epoch_;
};

/// Runs items from lo on, at least one; after each, goes_on() decides. Returns: the item after the last.
template <class Strand, class GoesOn>
PEL_ALWAYS_INLINE std::uint64_t run_while(Strand& strand, std::uint64_t lo, std::uint64_t hi, const GoesOn& goes_on) {
    if constexpr (requires { strand.run_while(lo, hi, goes_on); }) {
        return strand.run_while(lo, hi, goes_on);
    } else {
        do strand.run(lo, lo + 1);
        while (++lo != hi && goes_on());
        return lo;
    }
}

/// A strand whose join() does nothing, and says so: Strand::keeps_nothing. Nobody needs it after its range was run.
template <class Strand>
inline constexpr bool keeps_nothing = [] {
    if constexpr (requires { Strand::keeps_nothing; }) return bool{Strand::keeps_nothing};
    return false;
}();

struct strand_type;

/// A strand of any type, and where those will lie that come back to it.
struct strand_ref {
    void* strand;
    const strand_type* type;
    std::byte* rooms; // as many as who uses this needs; null if the strands keep nothing

    void run(std::uint64_t lo, std::uint64_t hi) const;
};

/// What is done with a strand by the thread that has split it off.
using strand_user = void (*)(const void* context, const strand_ref& mine);

struct strand_type {
    void (*run)(void* strand, std::uint64_t lo, std::uint64_t hi);
    std::uint64_t (*run_while)(void* strand, std::uint64_t lo, std::uint64_t hi, item_watch watch);
    /// Calls use(context, what is split off `parent`) with rooms for a loop's pieces, then leaves that strand in `room`.
    /// Throws: what this and that throw; the room is empty then.
    void (*run_apart)(void* parent, std::byte* room, strand_user use, const void* context);
    /// Calls use(context, the strand) with another room, one.
    void (*run_with_room)(const strand_ref& strand, strand_user use, const void* context);
    // Null if strands keep nothing:
    void (*join)(void* strand, std::byte* room); // with the strand in a room, which is empty then
    void (*drop)(std::byte* room) noexcept;      // likewise, unused
    std::size_t size;
};

inline void strand_ref::run(std::uint64_t lo, std::uint64_t hi) const { type->run(strand, lo, hi); }

inline constexpr unsigned most_pieces = 16; // of one loop in one deque

/// Room for so many strands.
template <class Strand, std::size_t Count>
class strand_rooms {
public:
    std::byte* begin() noexcept { return bytes_; }

private:
    alignas(Strand) std::byte bytes_[Count * sizeof(Strand)];
};
template <class Strand, std::size_t Count>
    requires keeps_nothing<Strand>
class strand_rooms<Strand, Count> {
public:
    static std::byte* begin() noexcept { return nullptr; }
};

inline void use_without_room(const strand_ref& strand, strand_user use, const void* context) { use(context, strand); }

template <class Strand>
struct strand_functions;

template <class Strand>
inline constexpr strand_type type_of_strand = strand_functions<Strand>::all();

template <class Strand, std::size_t Count>
strand_ref ref_of(Strand& strand, strand_rooms<Strand, Count>& rooms) noexcept {
    return {&strand, &type_of_strand<Strand>, rooms.begin()};
}

template <class Strand>
struct strand_functions {
    static Strand& its(void* strand) noexcept { return *static_cast<Strand*>(strand); }
    static Strand& in(std::byte* room) noexcept { return *std::launder(reinterpret_cast<Strand*>(room)); }

    static void run(void* strand, std::uint64_t lo, std::uint64_t hi) { its(strand).run(lo, hi); }
    static std::uint64_t run_while(void* strand, std::uint64_t lo, std::uint64_t hi, item_watch watch) {
        return detail::run_while(its(strand), lo, hi, [watch] { return watch.goes_on(); });
    }
    static void run_apart(void* parent, [[maybe_unused]] std::byte* room, strand_user use, const void* context) {
        Strand mine = its(parent).split();
        strand_rooms<Strand, most_pieces> rooms;
        use(context, ref_of(mine, rooms));
        if constexpr (!keeps_nothing<Strand>) ::new (static_cast<void*>(room)) Strand(std::move(mine));
    }
    static void run_with_room(const strand_ref& strand, strand_user use, const void* context) {
        strand_rooms<Strand, 1> room;
        use(context, ref_of(its(strand.strand), room));
    }
    static void join(void* strand, std::byte* room) {
        const struct emptying {
            std::byte* room;
            ~emptying() { drop(room); }
        } at_end{room};
        its(strand).join(std::move(in(room)));
    }
    static void drop(std::byte* room) noexcept { in(room).~Strand(); }

    static constexpr strand_type all() noexcept {
        if constexpr (keeps_nothing<Strand>)
            return {&run, &run_while, &run_apart, &use_without_room, nullptr, nullptr, 0};
        else
            return {&run, &run_while, &run_apart, &run_with_room, &join, &drop, sizeof(Strand)};
    }
};

} // namespace detail
PEL_NAMESPACE_END

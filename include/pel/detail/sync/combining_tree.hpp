// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How a barrier counts on large machines: threads that are near to each other arrive at a leaf of their own, and the last
// one there arrives for all of them at the place above, until a few come to the barrier's word, which everybody watches.
// A leaf waits for as many as came from there in the phase before; who comes when that leaf has all it waits for goes to
// the next one. All: any thread, in a phase; begin_phase(): who ends one, alone.
//   BA2: arrive()'s RMWs of a place -> that of the last one there, which goes on.
// I1  The shares of the leaves make what the phase expects, and nobody is counted twice; so in one round over the leaves
//     everybody finds a place, and all of them have all they wait for when all have arrived.
// I2  The share of any other place is how many of those below it wait for somebody. So each of these places has one
//     that goes on from there, after everything below, and the word gets as many arrivals as begin_phase() said.
// I3  Shares are written between two phases: published by BA1, as the phase is.
// Source: P.-C. Yew, N.-F. Tzeng, D. Lawrie, Distributing Hot-Spot Addressing in Large-Scale Multiprocessors, IEEE TC 1987,
// with places by topology, and shares that follow the threads.
#pragma once

#include <pel/detail/platform/cache_line.hpp>
#include <pel/detail/sync/atomic.hpp>

#include <cstdint>
#include <memory>
#include <utility>

PEL_NAMESPACE_BEGIN
namespace detail {

class combining_tree {
public:
    static constexpr unsigned no_place = ~0U;
    static constexpr unsigned fewest_leaves = 2, fewest_at_a_leaf = 2; // else one place would do

    /// `map` has leaves(), places() and above(place), by which leaves come first, and a place before what is above it.
    /// All are expected at one leaf. Throws: std::bad_alloc.
    template <class Map>
    combining_tree(const Map& map, std::int64_t expected)
        : leaves_(map.leaves()), count_(map.places()), places_(new place[count_]) {
        for (unsigned n = 0; n < count_; ++n) places_[n].above = map.above(n);
        places_[0].word.store(static_cast<std::uint64_t>(expected) * from_here, relaxed);
    }

    /// `comes_again`: whether as many will come from there in the next phase. Returns: how many arrivals that makes at the
    /// barrier's word. Last access, if none: the RMW.
    std::uint32_t arrive(std::uint32_t by, unsigned home, bool comes_again) noexcept {
        std::uint64_t left = by;
        std::uint32_t at_the_word = 0;
        for (unsigned n = home;; n = n + 1 == leaves_ ? 0 : n + 1) {
            place& leaf = places_[n];
            const std::uint64_t share = leaf.share.load(relaxed);
            const std::uint64_t counted = n == home && comes_again ? by * from_here : 0;
            // sync(BA2) acq_rel: to the last one there, and from those before it
            const std::uint64_t before = arrived(leaf.word.fetch_add(counted + left, acq_rel));
            if (before >= share) continue; // it has all it waits for
            if (before + left < share) return at_the_word;
            left -= share - before;
            at_the_word += go_on_from(leaf);
            if (left == 0) return at_the_word;
        }
    }

    /// Returns: how many will arrive at the barrier's word.
    std::uint32_t begin_phase() noexcept {
        std::uint32_t at_the_word = 0;
        for (unsigned n = 0; n < count_; ++n) {
            place& each = places_[n];
            if (n < leaves_) each.below = static_cast<std::uint32_t>(each.word.load(relaxed) / from_here);
            const std::uint32_t share = std::exchange(each.below, 0);
            each.share.store(share, relaxed);
            each.word.store(0, relaxed);
            if (share != 0) ++(each.above == no_place ? at_the_word : places_[each.above].below);
        }
        return at_the_word;
    }

private:
    /// In a word: whoever has arrived, and above that who belongs here.
    static constexpr std::uint64_t from_here = std::uint64_t{1} << 32;

    struct alignas(cache_line) place {
        atomic<std::uint64_t> word{0};
        atomic<std::uint32_t> share{0};
        std::uint32_t below = 0;
        unsigned above = no_place;
    };

    static std::uint64_t arrived(std::uint64_t word) noexcept { return word % from_here; }

    /// Returns: whether it comes to the barrier's word.
    std::uint32_t go_on_from(const place& complete) noexcept {
        for (unsigned n = complete.above; n != no_place; n = places_[n].above) {
            place& each = places_[n];
            const std::uint64_t share = each.share.load(relaxed);
            // sync(BA2) acq_rel: to the last one there, and from those before it
            if (each.word.fetch_add(1, acq_rel) + 1 != share) return 0;
        }
        return 1;
    }

    const unsigned leaves_, count_;
    const std::unique_ptr<place[]> places_;
};

} // namespace detail
PEL_NAMESPACE_END

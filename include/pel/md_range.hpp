// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// md_range: loops over 2 or 3 indices.
//   pel::parallel_for(pel::md_range{ni, nj}, [&](int i, int j) { … });
// The range is walked tile by tile, so that neighbours in all directions are in the cache together; the last index is
// the innermost, in a plain loop that can be vectorised. A tile is no unit of sharing: the items have one order, tile
// after tile, which is cut where needed, so few long items are shared as in any other loop.
#pragma once

#include <pel/parallel_for.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <type_traits>

PEL_NAMESPACE_BEGIN

/// All index pairs (i, j) with 0 <= i < ni, 0 <= j < nj, or triples (i, j, k), of the common type of the extents.
/// Negative extents count as 0.
template <std::integral Index, std::size_t Rank>
    requires(Rank == 2 || Rank == 3)
class md_range {
public:
    template <std::integral... Extents>
        requires(sizeof...(Extents) == Rank)
    constexpr explicit md_range(Extents... extents) noexcept
        : extents_{(extents > Extents{0} ? static_cast<std::uint64_t>(extents) : 0)...} {}

    /// Returns: how many indices there are in a dimension, 0 being the outermost. Requires: dimension < Rank.
    constexpr std::uint64_t extent(std::size_t dimension) const noexcept { return extents_[dimension]; }

private:
    std::uint64_t extents_[Rank];
};

template <std::integral... Extents>
md_range(Extents...) -> md_range<std::common_type_t<Extents...>, sizeof...(Extents)>;

namespace detail {

/// Where the n-th item is, in the order of tiles.
template <std::size_t Rank>
class tiling {
public:
    struct place {
        std::uint64_t origin[Rank]; // of the tile
        std::uint64_t extent[Rank]; // of the tile; less than a whole tile's at the end of the range
        std::uint64_t at[Rank];     // of the item in the tile
    };

    template <class Index>
    explicit tiling(const md_range<Index, Rank>& range) noexcept {
        // A tile of 8-byte items is 64 KiB, of long rows, for the prefetcher: 16 × 512 in 2-D, 8 × 8 × 128 in 3-D.
        constexpr std::uint64_t tile_items = 8192;
        std::uint64_t room = tile_items;
        for (std::size_t d = Rank; d-- != 0;) {
            extents_[d] = range.extent(d);
            const std::uint64_t wanted = d == 0 ? room : Rank == 2 ? 512 : d == 2 ? 128 : square_root(room);
            tile_[d] = extents_[d] < wanted ? extents_[d] : wanted;
            room /= tile_[d] != 0 ? tile_[d] : 1;
        }
    }

    /// Throws: std::invalid_argument if they cannot be counted.
    std::uint64_t size() const {
        std::uint64_t product = 1;
        for (const std::uint64_t extent : extents_) {
            if (extent == 0) return 0;
        }
        for (const std::uint64_t extent : extents_) {
            if (product > ~std::uint64_t{0} / extent)
                throw_error<std::invalid_argument>("pel::parallel_for: an md_range of 2^64 items or more");
            product *= extent;
        }
        return product;
    }

    /// Requires: n < size(). Tiles that differ in a later index only follow each other.
    place locate(std::uint64_t n) const noexcept {
        place found;
        std::uint64_t below = 1; // items of the range per item of the dimension
        for (std::size_t d = 1; d < Rank; ++d) below *= extents_[d];
        std::uint64_t above = 1; // extents of the tile in the dimensions before
        for (std::size_t d = 0; d < Rank; ++d) {
            const std::uint64_t slab = above * tile_[d] * below;
            found.origin[d] = n / slab * tile_[d];
            n %= slab;
            const std::uint64_t rest = extents_[d] - found.origin[d];
            found.extent[d] = rest < tile_[d] ? rest : tile_[d];
            above *= found.extent[d];
            if (d + 1 < Rank) below /= extents_[d + 1];
        }
        for (std::size_t d = 0; d < Rank; ++d) {
            above /= found.extent[d];
            found.at[d] = n / above;
            n %= above;
        }
        return found;
    }

private:
    static constexpr std::uint64_t square_root(std::uint64_t number) noexcept {
        std::uint64_t root = 1;
        while ((root + 1) * (root + 1) <= number) ++root;
        return root;
    }

    std::uint64_t extents_[Rank];
    std::uint64_t tile_[Rank];
};

/// Takes the indices of an item, and `More`.
template <class Body, class Index, std::size_t Rank, class... More>
concept md_body = (Rank == 2 && callable_for_effect<Body&, Index, Index, More...>) ||
                  (Rank == 3 && callable_for_effect<Body&, Index, Index, Index, More...>);

/// The share of a loop over a tiled range.
template <class Index, std::size_t Rank, class Body>
class tiled_strand {
public:
    tiled_strand(const tiling<Rank>& tiles, Body& body) noexcept : tiles_(tiles), body_(body) {}

    void run(std::uint64_t lo, std::uint64_t hi) {
        if constexpr ((Rank == 2 && copied_into_registers<Body, Index, Index>) ||
                      (Rank == 3 && copied_into_registers<Body, Index, Index, Index>)) {
            const Body body = body_;
            while (lo != hi) lo = run_tile(body, lo, hi);
        } else {
            while (lo != hi) lo = run_tile(body_, lo, hi);
        }
    }
    tiled_strand split() const noexcept { return *this; }
    static constexpr bool keeps_nothing = true;

private:
    /// Runs items from lo on to the end of its tile, or hi. Returns: the end.
    template <class Call>
    std::uint64_t run_tile(Call& body, std::uint64_t lo, std::uint64_t hi) {
        auto place = tiles_.locate(lo);
        constexpr std::size_t last = Rank - 1;
        for (;;) {
            const std::uint64_t rest = place.extent[last] - place.at[last];
            const std::uint64_t count = rest < hi - lo ? rest : hi - lo;
            run_row(body, place, count);
            lo += count;
            if (lo == hi) return lo;
            place.at[last] = 0;
            std::size_t d = last - 1;
            while (++place.at[d] == place.extent[d]) {
                if (d == 0) return lo;
                place.at[d--] = 0;
            }
        }
    }
    template <class Call>
    PEL_ALWAYS_INLINE static void run_row(Call& body, const typename tiling<Rank>::place& place, std::uint64_t count) {
        const auto index = [&](std::size_t d) { return static_cast<Index>(place.origin[d] + place.at[d]); };
        const Index first = index(Rank - 1);
        const auto end = static_cast<Index>(place.origin[Rank - 1] + place.at[Rank - 1] + count);
        if constexpr (Rank == 2) {
            const Index i = index(0);
            for (Index j = first; j != end; ++j) body(i, j);
        } else {
            const Index i = index(0);
            const Index j = index(1);
            for (Index k = first; k != end; ++k) body(i, j, k);
        }
    }

    const tiling<Rank>& tiles_;
    Body& body_;
};

template <class Index, std::size_t Rank, class... Rest>
inline constexpr bool has_bounds<md_range<Index, Rank>, Rest...> = sizeof...(Rest) != 0;

} // namespace detail

/// Calls body(i, j), or body(i, j, k), for every item of the range; everything else is as for a range of integers.
/// Throws also: std::invalid_argument for a range of 2^64 items or more.
template <execution_policy Policy, std::integral Index, std::size_t Rank, class Body>
    requires detail::md_body<Body, Index, Rank>
void parallel_for(const Policy& policy, const md_range<Index, Rank>& range, Body&& body) {
    const detail::tiling<Rank> tiles(range);
    const std::uint64_t size = tiles.size();
    if (size == 0) return;
    detail::tiled_strand<Index, Rank, std::remove_reference_t<Body>> strand(tiles, body);
    parallel_ranges(policy, size, strand);
}

template <std::integral Index, std::size_t Rank, class Body>
    requires detail::md_body<Body, Index, Rank>
void parallel_for(const md_range<Index, Rank>& range, Body&& body) {
    parallel_for(par, range, body);
}

PEL_NAMESPACE_END

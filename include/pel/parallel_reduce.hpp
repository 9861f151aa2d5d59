// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// parallel_reduce combines what a function yields for each item of a range; parallel_fold lets a function run over
// stretches of it, with a value that it carries along. Both keep the order of operands.
#pragma once

#include <pel/detail/algorithm/arguments.hpp>
#include <pel/detail/algorithm/ordered_strands.hpp>
#include <pel/parallel_for.hpp>

#include <concepts>
#include <functional>
#include <type_traits>

PEL_NAMESPACE_BEGIN
namespace detail {

/// The value of items: from left to right, floating-point numbers by eights.
template <class Index, class T, class Map, class Combine>
class reduce_step {
public:
    reduce_step(Index first, Map& map, Combine& combine) noexcept : first_(first), map_(map), combine_(combine) {}

    PEL_ALWAYS_INLINE T operator()(std::uint64_t lo, std::uint64_t hi) const {
        if constexpr (std::is_floating_point_v<T>) {
            if (hi - lo >= eight) return (*this)(lo + eight, hi, tree<eight>(item_at(first_, lo)));
        }
        return (*this)(lo + 1, hi, tree<1>(item_at(first_, lo)));
    }
    PEL_ALWAYS_INLINE T operator()(std::uint64_t lo, std::uint64_t hi, T value) const {
        if constexpr (std::is_floating_point_v<T>) {
            for (; hi - lo >= eight; lo += eight)
                value = static_cast<T>(std::invoke(combine_, std::move(value), tree<eight>(item_at(first_, lo))));
        }
        const Index last = item_at(first_, hi);
        for (Index i = item_at(first_, lo); i != last; ++i)
            value = static_cast<T>(std::invoke(combine_, std::move(value), tree<1>(i))); // not moved to itself
        return value;
    }

private:
    static constexpr unsigned eight = 8;

    /// The value of so many items, from a balanced tree. (For numbers whose operations take several cycles, and which the
    /// compiler must not regroup: one does not wait for the one before.)
    template <unsigned Items>
    PEL_ALWAYS_INLINE T tree(Index i) const {
        if constexpr (Items == 1) {
            return std::invoke(map_, i);
        } else {
            T left = tree<Items / 2>(i);
            T right = tree<Items / 2>(item_at(i, Items / 2));
            return std::invoke(combine_, std::move(left), std::move(right));
        }
    }

    const Index first_;
    Map& map_;
    Combine& combine_;
};

template <class Index, class T, class Identity, class Chunk>
struct fold_step {
    Index first;
    const Identity& identity;
    Chunk& chunk;

    T begin() const {
        if constexpr (std::is_same_v<Identity, T>)
            return identity;
        else
            return std::invoke(identity);
    }
    PEL_ALWAYS_INLINE T operator()(std::uint64_t lo, std::uint64_t hi) const { return (*this)(lo, hi, begin()); }
    T operator()(std::uint64_t lo, std::uint64_t hi, T before) const {
        return std::invoke(chunk, item_at(first, lo), item_at(first, hi), std::move(before));
    }
};

/// Returns: the value of all chunks, of which there is one at least, grouped as their number alone decides.
template <class T, class Policy, class Step, class Combine>
T combine_chunks(const Policy& policy, const fixed_chunks& chunks, Step& step, Combine& combine) {
    tree_strand<T, Step, Combine> strand(step, combine, chunks);
    pel::parallel_ranges(chunk_policy(policy), chunks.count(), strand);
    return strand.take();
}

/// Returns: the value of [0, size), size > 0.
template <class T, class Policy, class Step, class Combine>
T combine_ordered(const Policy& policy, std::uint64_t size, Step step, Combine& combine) {
    if (is_deterministic(policy)) return combine_chunks<T>(policy, fixed_chunks(size, grain_of(policy)), step, combine);
    value_strand<T, Step, Combine> strand(step, combine);
    parallel_ranges(policy, size, strand);
    return strand.take();
}
/// Returns: that value after `before`. `chunks`: what it is made of if the policy is deterministic.
template <class T, class Policy, class Step, class Combine>
T combine_ordered(const Policy& policy, std::uint64_t size, const fixed_chunks& chunks, Step step, Combine& combine,
                  T before) {
    if (is_deterministic(policy)) {
        T value = combine_chunks<T>(policy, chunks, step, combine);
        return std::invoke(combine, std::move(before), std::move(value));
    }
    value_strand<T, Step, Combine> strand(step, combine, std::move(before));
    parallel_ranges(policy, size, strand);
    return strand.take();
}

/// What a fold begins with: a value, or what a function without arguments returns.
template <class Identity>
struct fold_value {
    using type = Identity;
};
template <class Identity>
    requires(std::invocable<const Identity&> && !std::is_void_v<std::invoke_result_t<const Identity&>>)
struct fold_value<Identity> {
    using type = std::remove_cvref_t<std::invoke_result_t<const Identity&>>;
};
template <class Identity>
using fold_value_t = typename fold_value<std::remove_cvref_t<Identity>>::type;

template <class Identity, class T>
concept identity_of = !std::same_as<Identity, T> || std::copy_constructible<T>;
template <class Map, class T, class Index>
concept map_to = std::is_invocable_r_v<T, Map&, Index>;
template <class Chunk, class T, class Index>
concept chunk_of = std::is_invocable_r_v<T, Chunk&, Index, Index, T>;

/// What is wrong with the arguments of a reduction: the first of these that is false.
template <class... Arguments>
struct reduce_arguments {
    static constexpr bool has_shape = false, has_map = true, has_combine = true;
};
template <execution_policy Policy, class... Arguments>
struct reduce_arguments<Policy, Arguments...> : reduce_arguments<Arguments...> {};
template <std::integral First, std::integral Last, class T, class Map, class Combine>
struct reduce_arguments<First, Last, T, Map, Combine> {
    static constexpr bool has_shape = true, has_map = map_to<Map, T, std::common_type_t<First, Last>>;
    static constexpr bool has_combine = !has_map || combine_of<Combine, T>;
};

/// Likewise of a fold.
template <class... Arguments>
struct fold_arguments {
    static constexpr bool has_shape = false, has_identity = true, has_chunk = true, has_combine = true;
};
template <execution_policy Policy, class... Arguments>
struct fold_arguments<Policy, Arguments...> : fold_arguments<Arguments...> {};
template <std::integral First, std::integral Last, class Identity, class Chunk, class Combine>
struct fold_arguments<First, Last, Identity, Chunk, Combine> {
    using value = fold_value_t<Identity>;
    static constexpr bool has_shape = true, has_identity = identity_of<Identity, value>;
    static constexpr bool has_chunk = !has_identity || chunk_of<Chunk, value, std::common_type_t<First, Last>>;
    static constexpr bool has_combine = !has_chunk || combine_of<Combine, value>;
};

} // namespace detail

/// Returns: init combined with map(first), map(first + 1), …, map(last - 1) in that order, grouped in any way.
/// Requires: combine(T, T) is associative; it need not be commutative, and init enters once. T is movable. Throws,
/// blocks, thread safety: as parallel_for; what is combined is next to each other, also while the call ends early.
/// Complexity: work n calls of each, span O(log n) of them plus the longest.
/// With par.deterministic(): the same bits at every concurrency, as n alone decides the grouping, or n and grain(k).
/// Chunks are reduced from left to right, in floating point by eights, a balanced tree combines them, and init with
/// that. A chunk has 1 item if n is below 128, else at most n / 32 and at most √n; or k. Span: plus a chunk. Memory:
/// O(log n) values for each thread, or 64 numbers.
template <execution_policy Policy, std::integral First, std::integral Last, class T, class Map, class Combine>
    requires(detail::map_to<Map, T, std::common_type_t<First, Last>> && detail::combine_of<Combine, T>)
T parallel_reduce(const Policy& policy, First first, Last last, T init, Map&& map, Combine&& combine) {
    using index = std::common_type_t<First, Last>;
    const auto from = static_cast<index>(first);
    const std::uint64_t size = detail::range_size<index>(from, static_cast<index>(last));
    if (size == 0) return init;
    using step = detail::reduce_step<index, T, std::remove_reference_t<Map>, std::remove_reference_t<Combine>>;
    const detail::fixed_chunks chunks(size, detail::grain_of(policy));
    return detail::combine_ordered<T>(policy, size, chunks, step{from, map, combine}, combine, std::move(init));
}

template <std::integral First, std::integral Last, class T, class Map, class Combine>
    requires(detail::map_to<Map, T, std::common_type_t<First, Last>> && detail::combine_of<Combine, T>)
T parallel_reduce(First first, Last last, T init, Map&& map, Combine&& combine) {
    return parallel_reduce(par, first, last, std::move(init), map, combine);
}

/// Chosen where no other form fits: says why.
template <class... Arguments>
detail::misused parallel_reduce(const Arguments&...) {
    using given = detail::reduce_arguments<Arguments...>;
    static_assert(given::has_shape,
                  "pel::parallel_reduce: takes ([policy], first, last, init, map, combine), first and "
                  "last integers");
    static_assert(given::has_map, "pel::parallel_reduce: map(i) must return what converts to T, the type of init");
    static_assert(given::has_combine, "pel::parallel_reduce: combine(T, T) must return T, the type of init");
    return {};
}

/// Cuts [first, last) into stretches, lets chunk(i0, i1, T) -> T run over them, and combines what it returns, in
/// order. A chunk is given a fresh identity, or what the chunk to its left returned, and goes on from there. Returns:
/// the value of the whole range, identity if it is empty. Requires: combine(T, T) is associative; it need not be
/// commutative. `identity` changes nothing when combined, and enters as often as there are stretches. It is a T, which
/// is copied, or a function that returns one, called by several threads: that serves a T that can only be moved.
/// Throws, blocks, thread safety: as parallel_for. Complexity: work of the chunks plus O(1) for 2–10 µs of it, span
/// O(log n) plus a chunk. With par.deterministic(): as parallel_reduce; then each chunk begins with an identity.
/// Example: a sum with one rounding error for each stretch, whatever its length:
///   pel::parallel_fold(0, n, 0.0, [&](int i0, int i1, double sum) { return sum + exact_sum(a + i0, a + i1); },
///                      std::plus<>());
template <execution_policy Policy, std::integral First, std::integral Last, class Identity, class Chunk, class Combine,
          class T = detail::fold_value_t<Identity>>
    requires(detail::identity_of<Identity, T> && detail::chunk_of<Chunk, T, std::common_type_t<First, Last>> &&
             detail::combine_of<Combine, T>)
T parallel_fold(const Policy& policy, First first, Last last, Identity identity, Chunk&& chunk, Combine&& combine) {
    using index = std::common_type_t<First, Last>;
    const auto from = static_cast<index>(first);
    const detail::fold_step<index, T, Identity, std::remove_reference_t<Chunk>> step{from, identity, chunk};
    const std::uint64_t size = detail::range_size<index>(from, static_cast<index>(last));
    if (size == 0) return step.begin();
    return detail::combine_ordered<T>(policy, size, step, combine);
}

template <std::integral First, std::integral Last, class Identity, class Chunk, class Combine,
          class T = detail::fold_value_t<Identity>>
    requires(detail::identity_of<Identity, T> && detail::chunk_of<Chunk, T, std::common_type_t<First, Last>> &&
             detail::combine_of<Combine, T>)
T parallel_fold(First first, Last last, Identity identity, Chunk&& chunk, Combine&& combine) {
    return parallel_fold(par, first, last, std::move(identity), chunk, combine);
}

/// Chosen where no other form fits: says why.
template <class... Arguments>
detail::misused parallel_fold(const Arguments&...) {
    using given = detail::fold_arguments<Arguments...>;
    static_assert(given::has_shape,
                  "pel::parallel_fold: takes ([policy], first, last, identity, chunk, combine), first "
                  "and last integers");
    static_assert(given::has_identity, "pel::parallel_fold: identity cannot be copied: give a function that makes one");
    static_assert(given::has_chunk, "pel::parallel_fold: chunk(i0, i1, T) must return T, the type of identity");
    static_assert(given::has_combine, "pel::parallel_fold: combine(T, T) must return T, the type of identity");
    return {};
}

PEL_NAMESPACE_END

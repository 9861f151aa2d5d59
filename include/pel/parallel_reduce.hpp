// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// parallel_reduce: combines what a function yields over a range, in order.
#pragma once

#include <pel/parallel_for.hpp>

#include <functional>
#include <optional>

PEL_NAMESPACE_BEGIN
namespace detail {

/// The share of a reduction: the value of a stretch of the range, none yet if nothing was run.
template <class Index, class T, class Map, class Combine>
class reduce_strand {
public:
    reduce_strand(Index first, Map& map, Combine& combine, std::optional<T> value)
        : first_(first), map_(map), combine_(combine), value_(std::move(value)) {}

    void run(std::uint64_t lo, std::uint64_t hi) {
        Index i = static_cast<Index>(static_cast<std::uint64_t>(first_) + lo);
        const Index last = static_cast<Index>(static_cast<std::uint64_t>(first_) + hi);
        if (!value_) {
            value_.emplace(std::invoke(map_, i));
            ++i;
        }
        T value = std::move(*value_);
        for (; i != last; ++i) value = std::invoke(combine_, std::move(value), std::invoke(map_, i));
        *value_ = std::move(value);
    }
    reduce_strand split() const { return reduce_strand(first_, map_, combine_, std::nullopt); }
    void join(reduce_strand&& next) {
        if (!next.value_) return;
        if (!value_)
            value_ = std::move(next.value_); // this share was cut short before its first item
        else
            *value_ = std::invoke(combine_, std::move(*value_), std::move(*next.value_));
    }
    T take() { return std::move(*value_); }

private:
    Index first_;
    Map& map_;
    Combine& combine_;
    std::optional<T> value_;
};

} // namespace detail

/// Returns: init combined with map(first), map(first + 1), …, map(last - 1) in that order, grouped in any way. Requires:
/// combine(T, T) is associative; it need not be commutative, and init enters once. T is movable. Throws, blocks, thread
/// safety: as parallel_for. Complexity: work n calls of each, span O(log n) of them plus the longest.
template <std::integral First, std::integral Last, class T, class Map, class Combine>
    requires std::invocable<Map&, std::common_type_t<First, Last>>
T parallel_reduce(const parallel_policy& policy, First first, Last last, T init, Map&& map, Combine&& combine) {
    using index = std::common_type_t<First, Last>;
    const std::uint64_t size = detail::range_size<index>(static_cast<index>(first), static_cast<index>(last));
    detail::reduce_strand<index, T, std::remove_reference_t<Map>, std::remove_reference_t<Combine>> strand(
        static_cast<index>(first), map, combine, std::optional<T>(std::move(init)));
    if (size != 0) parallel_ranges(policy, size, strand);
    return strand.take();
}

template <std::integral First, std::integral Last, class T, class Map, class Combine>
    requires std::invocable<Map&, std::common_type_t<First, Last>>
T parallel_reduce(First first, Last last, T init, Map&& map, Combine&& combine) {
    return parallel_reduce(par, first, last, std::move(init), map, combine);
}

PEL_NAMESPACE_END

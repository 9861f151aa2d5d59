// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// parallel_scan: prefix sums, of any kind. Who calls runs the scan from the left, once. Stretches that other threads
// take meanwhile are summed up there; once what stands before them is known, they are scanned too, by all threads.
// Source: G. Blelloch, "Prefix Sums and Their Applications", 1990 (up- and downsweep over chunks).
#pragma once

#include <pel/detail/algorithm/arguments.hpp>
#include <pel/detail/algorithm/fixed_chunks.hpp>
#include <pel/detail/platform/opaque.hpp>
#include <pel/parallel_for.hpp>

#include <concepts>
#include <functional>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

PEL_NAMESPACE_BEGIN
namespace detail {

/// The caller's functions. Not inlined: see tree_strand; once for each chunk they cost little.
template <class Index, class T, class Reduce, class Scan, class Combine>
struct scan_calls {
    Index first;
    Reduce& reduce;
    Scan& scan;
    Combine& combine;

    PEL_NOINLINE T sum(std::uint64_t lo, std::uint64_t hi) const {
        make_opaque(lo);
        return std::invoke(reduce, item_at(first, lo), item_at(first, hi));
    }
    PEL_NOINLINE T run(std::uint64_t lo, std::uint64_t hi, T before) const {
        make_opaque(lo);
        return std::invoke(scan, item_at(first, lo), item_at(first, hi), std::move(before));
    }
    PEL_NOINLINE T combined(T left, T right) const { return std::invoke(combine, std::move(left), std::move(right)); }
};

/// One thread's share of a scan. The caller's strand knows what stands before its next item; others wait for that.
/// After an exception it does not know it any more, and combines nothing: nobody will ask.
template <class T, class Calls, bool IsDeterministic>
class scan_strand {
public:
    /// [lo, hi) was summed up. `value`: its sum; later what stands before it.
    struct stretch {
        std::uint64_t lo, hi;
        T value;
    };

    /// `chunks`: what run() counts in, if deterministic.
    scan_strand(const Calls& calls, const fixed_chunks& chunks, T init)
        : calls_(calls), chunks_(chunks), is_first_(true), before_(std::move(init)) {}

    void run(std::uint64_t lo, std::uint64_t hi) {
        if constexpr (IsDeterministic) {
            for (; lo != hi; ++lo) run_chunk(chunks_.begin(lo), chunks_.end(lo));
        } else if (is_first_) {
            before_.emplace(calls_.run(lo, hi, take()));
            end_ = hi;
        } else {
            open_.push_back({lo, hi, calls_.sum(lo, hi)});
        }
    }
    scan_strand split() const { return scan_strand(calls_, chunks_); }
    void join(scan_strand&& next) {
        for (stretch& each : next.open_) {
            if (!is_first_)
                open_.push_back(std::move(each));
            else if (before_ && end_ == each.lo)
                open_.push_back({each.lo, each.hi, pass(each.hi, std::move(each.value))});
            else
                return before_.reset(); // the call was cut short
        }
    }

    /// What everything comes to.
    T take() {
        T taken = std::move(*before_);
        before_.reset();
        return taken;
    }
    /// The caller's strand: what is still to be scanned, with what stands before.
    std::vector<stretch>& open() noexcept { return open_; }

private:
    scan_strand(const Calls& calls, const fixed_chunks& chunks) : calls_(calls), chunks_(chunks), is_first_(false) {}

    /// The sum is taken also where the scan would tell it: rounding must not depend on who runs the chunk.
    void run_chunk(std::uint64_t lo, std::uint64_t hi) {
        T sum = calls_.sum(lo, hi);
        if (is_first_)
            (void)calls_.run(lo, hi, pass(hi, std::move(sum)));
        else
            open_.push_back({lo, hi, std::move(sum)});
    }
    /// Goes on to item `hi`. Returns: what stood before.
    T pass(std::uint64_t hi, T sum) {
        T before = take();
        before_.emplace(calls_.combined(before, std::move(sum)));
        end_ = hi;
        return before;
    }

    const Calls& calls_;
    const fixed_chunks chunks_;
    const bool is_first_;
    std::optional<T> before_;
    std::uint64_t end_ = 0;
    std::vector<stretch> open_;
};

/// `chunks`: what a deterministic scan is made of.
template <bool IsDeterministic, class Policy, class T, class Calls>
T run_scan(const Policy& policy, std::uint64_t size, const fixed_chunks& chunks, T init, const Calls& calls) {
    scan_strand<T, Calls, IsDeterministic> strand(calls, chunks, std::move(init));
    if constexpr (IsDeterministic)
        pel::parallel_ranges(chunk_policy(policy), chunks.count(), strand);
    else
        parallel_ranges(policy, size, strand);
    auto& open = strand.open();
    parallel_for(chunk_policy(policy), std::size_t{0}, open.size(),
                 [&](std::size_t each) { (void)calls.run(open[each].lo, open[each].hi, std::move(open[each].value)); });
    return strand.take();
}

template <class Policy, class Index, class T, class Reduce, class Scan, class Combine>
T scan_chunks(const Policy& policy, Index first, std::uint64_t size, const fixed_chunks& chunks, T init, Reduce& reduce,
              Scan& scan, Combine& combine) {
    const scan_calls<Index, T, Reduce, Scan, Combine> all{first, reduce, scan, combine};
    return is_deterministic(policy) ? run_scan<true>(policy, size, chunks, std::move(init), all)
                                    : run_scan<false>(policy, size, chunks, std::move(init), all);
}

template <class Reduce, class T, class Index>
concept scan_reduce_of = std::is_invocable_r_v<T, Reduce&, Index, Index>;
template <class Scan, class T, class Index>
concept scan_of = std::is_invocable_r_v<T, Scan&, Index, Index, T>;

/// What is wrong with the arguments of a scan: the first of these that is false.
template <class... Arguments>
struct scan_arguments {
    static constexpr bool has_shape = false, has_value = true, has_reduce = true, has_scan = true, has_combine = true;
};
template <execution_policy Policy, class... Arguments>
struct scan_arguments<Policy, Arguments...> : scan_arguments<Arguments...> {};
template <std::integral First, std::integral Last, class T, class Reduce, class Scan, class Combine>
struct scan_arguments<First, Last, T, Reduce, Scan, Combine> {
    using index = std::common_type_t<First, Last>;
    static constexpr bool has_shape = true, has_value = std::copy_constructible<T>;
    static constexpr bool has_reduce = !has_value || scan_reduce_of<Reduce, T, index>;
    static constexpr bool has_scan = !has_reduce || scan_of<Scan, T, index>;
    static constexpr bool has_combine = !has_scan || combine_of<Combine, T>;
};

} // namespace detail

/// Cuts [first, last) into stretches and runs scan_chunk over each, with what everything to its left comes to.
///   reduce_chunk(i0, i1) -> T          what these items come to
///   scan_chunk(i0, i1, T before) -> T  writes their results, given what stands before i0; what stands before i1
///   combine(T, T) -> T                 associative; it need not be commutative
/// Returns: init combined with everything. Requires: T is copyable. Each item is scanned once, and reduced before that
/// if another thread took it; so results may overwrite what they are made from. Whether a scan is inclusive is up to
/// scan_chunk. Throws, blocks, thread safety: as parallel_for; results of a call that throws are incomplete.
/// Complexity: work one pass where nobody helps, two over what others take;
/// span O(log n), plus the longest chunk twice, plus a combine for each 2–10 µs of work that others took.
/// With par.deterministic(): the same bits at every concurrency, chunks as in parallel_reduce, what stands before them
/// combined from the left. Work then two passes always. Memory: a T for each stretch that others took.
/// Example, inclusive sums, in place:
///   pel::parallel_scan(0, n, 0.0, [&](int i0, int i1) { return std::accumulate(a + i0, a + i1, 0.0); },
///                      [&](int i0, int i1, double sum) {
///                          for (int i = i0; i < i1; ++i) a[i] = sum += a[i];
///                          return sum;
///                      }, std::plus<>());
template <execution_policy Policy, std::integral First, std::integral Last, std::copy_constructible T, class Reduce,
          class Scan, class Combine, class Index = std::common_type_t<First, Last>>
    requires(detail::scan_reduce_of<Reduce, T, Index> && detail::scan_of<Scan, T, Index> &&
             detail::combine_of<Combine, T>)
T parallel_scan(const Policy& policy, First first, Last last, T init, Reduce&& reduce_chunk, Scan&& scan_chunk,
                Combine&& combine) {
    const auto from = static_cast<Index>(first);
    const std::uint64_t size = detail::range_size<Index>(from, static_cast<Index>(last));
    if (size == 0) return init;
    const detail::fixed_chunks chunks(size, detail::grain_of(policy));
    return detail::scan_chunks(policy, from, size, chunks, std::move(init), reduce_chunk, scan_chunk, combine);
}

template <std::integral First, std::integral Last, std::copy_constructible T, class Reduce, class Scan, class Combine,
          class Index = std::common_type_t<First, Last>>
    requires(detail::scan_reduce_of<Reduce, T, Index> && detail::scan_of<Scan, T, Index> &&
             detail::combine_of<Combine, T>)
T parallel_scan(First first, Last last, T init, Reduce&& reduce_chunk, Scan&& scan_chunk, Combine&& combine) {
    return parallel_scan(par, first, last, std::move(init), reduce_chunk, scan_chunk, combine);
}

/// Chosen where no other form fits: says why.
template <class... Arguments>
detail::misused parallel_scan(const Arguments&...) {
    using given = detail::scan_arguments<Arguments...>;
    static_assert(given::has_shape, "pel::parallel_scan: takes ([policy], first, last, init, reduce_chunk, scan_chunk, "
                                    "combine), first and last integers");
    static_assert(given::has_value, "pel::parallel_scan: T, the type of init, must be copyable");
    static_assert(given::has_reduce, "pel::parallel_scan: reduce_chunk(i0, i1) must return T, the type of init");
    static_assert(given::has_scan, "pel::parallel_scan: scan_chunk(i0, i1, T) must return T, the type of init");
    static_assert(given::has_combine, "pel::parallel_scan: combine(T, T) must return T, the type of init");
    return {};
}

PEL_NAMESPACE_END

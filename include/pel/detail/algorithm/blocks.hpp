// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Loops that keep nothing from one item to the next: over blocks, for code that is good at a block; over the elements of
// one range or of several in step.
#pragma once

#include <pel/detail/algorithm/elements.hpp>
#include <pel/parallel_for.hpp>

#include <cstdint>

PEL_NAMESPACE_BEGIN
namespace detail {

template <class Run>
class block_strand {
public:
    explicit block_strand(const Run& run) noexcept : run_(run) {}

    PEL_ALWAYS_INLINE void run(std::uint64_t lo, std::uint64_t hi) { run_(lo, hi); }
    block_strand split() const noexcept { return *this; }
    void join(block_strand&&) noexcept {}

private:
    const Run& run_;
};

/// Calls run(lo, hi) on ranges that together are [0, size), in any order. Throws and blocks: as parallel_for.
template <class Policy, class Run>
void run_blocks(const Policy& policy, std::uint64_t size, const Run& run) {
    if (size == 0) return;
    block_strand<Run> strand(run);
    parallel_ranges(policy, size, strand);
}

template <class F, class... Bases>
PEL_ALWAYS_INLINE void call_on_block(std::uint64_t n, held_callable<F, std::iter_reference_t<Bases>...> f,
                                     Bases... elements) {
    for (; n != 0; --n, (++elements, ...)) f(*elements...);
}

/// Calls f(*(first + n)...) for every n in [0, size).
template <class Policy, class F, class... Bases>
void run_elements(const Policy& policy, std::uint64_t size, F& f, const Bases&... firsts) {
    run_blocks(policy, size,
               [&](std::uint64_t lo, std::uint64_t hi) { call_on_block<F, Bases...>(hi - lo, f, at(firsts, lo)...); });
}

/// Assigns f of a projected element, or of two, to what is written.
template <class F, class Projection, class In>
struct unary_assignment {
    held_callable<F, projected_t<In, Projection>> f;
    held_callable<Projection, std::iter_reference_t<In>> projection;

    template <class Element, class Out>
    PEL_ALWAYS_INLINE void operator()(Element&& element, Out&& out) const {
        out = std::invoke(f, std::invoke(projection, std::forward<Element>(element)));
    }
};
template <class F, class P, class Q, class I, class J>
struct binary_assignment {
    held_callable<F, projected_t<I, P>, projected_t<J, Q>> f;
    held_callable<P, std::iter_reference_t<I>> projection1;
    held_callable<Q, std::iter_reference_t<J>> projection2;

    template <class Element1, class Element2, class Out>
    PEL_ALWAYS_INLINE void operator()(Element1&& element1, Element2&& element2, Out&& out) const {
        out = std::invoke(f, std::invoke(projection1, std::forward<Element1>(element1)),
                          std::invoke(projection2, std::forward<Element2>(element2)));
    }
};

} // namespace detail
PEL_NAMESPACE_END

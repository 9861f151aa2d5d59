// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Loops that keep nothing from one item to the next: over blocks, for code that is good at a block; over the elements
// of one range or of several in step.
#pragma once

#include <pel/detail/algorithm/elements.hpp>
#include <pel/detail/algorithm/few_elements.hpp>
#include <pel/parallel_for.hpp>

#include <cstdint>
#include <functional>
#include <iterator>
#include <type_traits>

PEL_NAMESPACE_BEGIN
namespace detail {

/// The share of a loop that calls a function on each block, whatever that is: all such loops are compiled once.
class block_strand {
public:
    template <class Run>
    explicit block_strand(const Run& run) noexcept
        : run_(&run), call_([](const void* self, std::uint64_t lo, std::uint64_t hi) {
              (*static_cast<const Run*>(self))(lo, hi);
          }) {}

    void run(std::uint64_t lo, std::uint64_t hi) { call_(run_, lo, hi); }
    block_strand split() const noexcept { return *this; }
    static constexpr bool keeps_nothing = true;

private:
    const void* run_;
    void (*call_)(const void*, std::uint64_t, std::uint64_t);
};

template <class Token>
PEL_NOINLINE void run_block_strand(const basic_parallel_policy<Token>& policy, std::uint64_t size, block_strand strand,
                                   site_memory& site) {
    parallel_ranges_at(policy, size, strand, site);
}
template <class Token>
PEL_NOINLINE void run_block_strand(const basic_parallel_policy<placed<Token>>& policy, std::uint64_t size,
                                   block_strand strand, site_memory&) {
    pel::parallel_ranges(policy, size, strand);
}

/// Calls run(lo, hi) on ranges that together are [0, size), in any order. Throws and blocks: as parallel_for.
template <class Policy, class Run>
void run_blocks(const Policy& policy, std::uint64_t size, const Run& run) {
    static constinit site_memory site;
    if (size == 0) return;
    if constexpr (std::is_same_v<Policy, sequenced_policy>)
        run(std::uint64_t{0}, size);
    else
        run_block_strand(policy, size, block_strand(run), site);
}
/// Calls body(n) for every n in [0, size). What parallel_for does, compiled into less.
template <class Policy, class Body>
void run_numbers(const Policy& policy, std::uint64_t size, const Body& body) {
    run_blocks(policy, size, [&body](std::uint64_t lo, std::uint64_t hi) {
        for (; lo != hi; ++lo) body(lo);
    });
}

/// As run_blocks(); one block, at the cost of a comparison, if they are few.
template <std::uint64_t Bytes, class Policy, class Run>
PEL_ALWAYS_INLINE void run_plain_blocks(const Policy& policy, std::uint64_t size, const Run& run) {
    if (are_few<Bytes>(policy, size)) return run(std::uint64_t{0}, size);
    run_blocks(policy, size, run);
}

template <class F, class... Bases>
PEL_ALWAYS_INLINE void call_on_block(std::uint64_t n, held_callable<F, std::iter_reference_t<Bases>...> f,
                                     Bases... elements) {
    for (; n != 0; --n, ((void)++elements, ...)) f(*elements...);
}

/// Calls f(*(first + n)...) for every n in [0, size). Bytes: as above.
template <std::uint64_t Bytes = 0, class Policy, class F, class... Bases>
void run_elements(const Policy& policy, std::uint64_t size, F& f, const Bases&... firsts) {
    run_plain_blocks<Bytes>(policy, size, [&](std::uint64_t lo, std::uint64_t hi) {
        detail::call_on_block<F, Bases...>(hi - lo, f, nth_of(firsts, lo)...);
    });
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

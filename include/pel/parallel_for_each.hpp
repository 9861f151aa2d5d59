// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// parallel_for_each: calls a function on every element of a range, of any kind of iterator, and on elements that it
// adds while it runs. Elements that can be counted and reached are a loop. Others are read in blocks: while one block's
// loop runs, the next is read.
#pragma once

#include <pel/parallel_for.hpp>
#include <pel/parallel_invoke.hpp>
#include <pel/stop_token.hpp>
#include <pel/task_group.hpp>

#include <concepts>
#include <cstddef>
#include <functional>
#include <ranges>
#include <stop_token>
#include <type_traits>
#include <utility>
#include <vector>

PEL_NAMESPACE_BEGIN

/// What a body takes to add elements: parallel_for_each(range, [](T& item, pel::feeder<T>& more) { … }).
template <class T>
class feeder {
public:
    /// The body is called with an element more, before the parallel_for_each returns. Requires: called by one of its
    /// bodies, or by what these wait for. Throws: std::bad_alloc. Thread safety: any thread. Cost: a task of a group.
    virtual void add(T item) = 0;

protected:
    feeder() = default;
    feeder(const feeder&) = default;
    feeder& operator=(const feeder&) = default;
    ~feeder() = default;
};

namespace detail {

/// What a body is called with: elements of input iterators have been moved to a place of their own.
template <class Iterator>
using element_t =
    std::conditional_t<std::forward_iterator<Iterator>, std::iter_reference_t<Iterator>, std::iter_value_t<Iterator>&>;

template <class Body, class Iterator>
concept element_body = callable_for_effect<Body&, element_t<Iterator>>;
template <class Body, class Iterator>
concept feeding_body = callable_for_effect<Body&, element_t<Iterator>, feeder<std::iter_value_t<Iterator>>&> &&
                       callable_for_effect<Body&, std::iter_value_t<Iterator>&, feeder<std::iter_value_t<Iterator>>&>;

template <class Body, class Iterator>
concept stoppable_element_body = !element_body<Body, Iterator> && !feeding_body<Body, Iterator> &&
                                 (stoppable_body<Body, element_t<Iterator>> ||
                                  stoppable_body<Body, element_t<Iterator>, feeder<std::iter_value_t<Iterator>>&>);

/// Calls the body with the n-th element.
template <class Iterator, class Body>
struct calling_body {
    Iterator first;
    held_callable<Body> body;
    void operator()(std::uint64_t n) const {
        std::invoke(body, *(first + static_cast<std::iter_difference_t<Iterator>>(n)));
    }
};

/// Elements read from an iterator that cannot jump: where they are, or, if they are gone then, they themselves.
template <class Iterator>
class element_block {
public:
    static constexpr std::size_t least = 32, most = 4096;

    template <class Sentinel>
    void read(Iterator& first, const Sentinel& last, std::size_t size) {
        items_.clear();
        for (; items_.size() < size && first != last; ++first) {
            if constexpr (std::forward_iterator<Iterator>)
                items_.push_back({first});
            else
                items_.push_back({*first});
        }
    }
    template <class Policy, class Body>
    void call(const Policy& policy, Body& body) {
        parallel_for(policy, std::size_t{0}, items_.size(), [this, &body](std::size_t n) {
            if constexpr (std::forward_iterator<Iterator>)
                std::invoke(body, *items_[n].held);
            else
                std::invoke(body, items_[n].held);
        });
    }
    bool is_empty() const noexcept { return items_.empty(); }

private:
    struct item {
        std::conditional_t<std::forward_iterator<Iterator>, Iterator, std::iter_value_t<Iterator>> held;
    };
    std::vector<item> items_;
};

/// Reads and calls in turns, or at the same time. Reading stays on this thread.
template <class Policy, class Iterator, class Sentinel, class Body>
void call_blocks(const Policy& policy, Iterator& first, const Sentinel& last, element_block<Iterator>& block,
                 Body& body) {
    using blocks = element_block<Iterator>;
    blocks next;
    for (std::size_t size = 2 * blocks::least; !block.is_empty(); size = size < blocks::most ? 2 * size : size) {
        if (first == last || policy_access::most_threads(policy) == 1) { // in order, here
            block.call(policy, body);
            next.read(first, last, size);
        } else {
            parallel_invoke([&] { next.read(first, last, size); }, [&] { block.call(policy, body); });
        }
        std::swap(block, next);
    }
}

/// Effects: first is the end then, unless the loop jumps from it.
template <class Policy, class Iterator, class Sentinel, class Body>
void call_each(const Policy& policy, Iterator& first, const Sentinel& last, Body& body) {
    if constexpr (std::random_access_iterator<Iterator> && std::sized_sentinel_for<Sentinel, Iterator>) {
        const auto size = last - first;
        const calling_body<Iterator, Body> call{first, body};
        if (size > 0) pel::parallel_for(policy, std::uint64_t{0}, static_cast<std::uint64_t>(size), call);
    } else if constexpr (std::same_as<Policy, sequenced_policy>) {
        for (; first != last; ++first) {
            if constexpr (std::forward_iterator<Iterator>) {
                std::invoke(body, *first);
            } else {
                std::iter_value_t<Iterator> element(*first);
                std::invoke(body, element);
            }
        }
    } else {
        element_block<Iterator> block;
        block.read(first, last, element_block<Iterator>::least);
        thread_pool* const pool = policy_access::pool(policy);
        if (pool != nullptr && first != last)
            pool->execute([&] { call_blocks(policy, first, last, block, body); });
        else
            call_blocks(policy, first, last, block, body);
    }
}

/// Each element added is a task of a group.
template <class T, class Body, class Token>
class group_feeder final : public feeder<T> {
public:
    group_feeder(task_group& group, Body& body, const Token& token) : group_(group), body_(body), token_(token) {}

    void add(T item) override {
        group_.run([this, item = std::move(item)]() mutable {
            if (token_.stop_requested()) throw_error<operation_cancelled>();
            std::invoke(body_, item, static_cast<feeder<T>&>(*this));
        });
    }

private:
    task_group& group_;
    Body& body_;
    const Token& token_;
};

/// Elements added wait for the next loop.
template <class T>
class round_feeder final : public feeder<T> {
public:
    void add(T item) override {
        const lock_guard guard(lock_);
        items_.push_back({std::move(item)});
    }
    struct element {
        T value;
    };
    std::vector<element> take() noexcept { return std::exchange(items_, {}); }

private:
    lock lock_;
    std::vector<element> items_;
};

template <class Policy, class Iterator, class Sentinel, class Body>
void feed_rounds(const Policy& policy, Iterator first, Sentinel last, Body& body) {
    using value = std::iter_value_t<Iterator>;
    round_feeder<value> added;
    feeder<value>& more = added;
    const auto call = [&](auto&& item) { std::invoke(body, std::forward<decltype(item)>(item), more); };
    call_each(policy, first, last, call);
    for (auto items = added.take(); !items.empty(); items = added.take())
        parallel_for(policy, std::size_t{0}, items.size(), [&](std::size_t n) { call(items[n].value); });
}

/// In a group, so that what is added runs beside the loop. A group has no limit of threads.
template <class Policy, class Iterator, class Sentinel, class Body>
void feed_each(const Policy& policy, Iterator first, Sentinel last, Body& body) {
    if constexpr (std::same_as<Policy, sequenced_policy>) {
        feed_rounds(policy, std::move(first), last, body);
    } else if (policy_access::most_threads(policy) != 0) {
        feed_rounds(policy, std::move(first), last, body);
    } else {
        using value = std::iter_value_t<Iterator>;
        const auto& token = policy_access::token(policy);
        const auto run = [&](task_group& group) {
            group_feeder<value, Body, std::remove_cvref_t<decltype(token)>> added(group, body, token);
            feeder<value>& more = added;
            const auto call = [&](auto&& item) {
                call_unwinding([&] { std::invoke(body, std::forward<decltype(item)>(item), more); },
                               [&] { group.cancel(); }); // at once, not when the loop has been left
            };
            const group_status ended = group.run_and_wait([&] { call_each(policy, first, last, call); });
            if (ended == group_status::cancelled) throw_error<operation_cancelled>();
        };
        if (thread_pool* const pool = policy_access::pool(policy)) {
            task_group group(*pool);
            run(group);
        } else {
            task_group group;
            run(group);
        }
    }
}

template <class... Arguments>
inline constexpr bool has_elements = false;
template <execution_policy Policy, class... Arguments>
inline constexpr bool has_elements<Policy, Arguments...> = has_elements<Arguments...>;
template <std::ranges::input_range Range, class Body>
inline constexpr bool has_elements<Range, Body> = true;
template <std::input_iterator First, std::sentinel_for<First> Last, class Body>
inline constexpr bool has_elements<First, Last, Body> = true;

} // namespace detail

/// Calls body(*it) for every it in [first, last), possibly at the same time and in any order; or body(*it, more), where
/// more.add(item), with more a pel::feeder of the iterator's value type, has the body called with item too. Requires:
/// forward iterators or better may be used by several threads, and what they refer to lives on; of others the elements
/// are moved out, and increments happen one at a time. With seq or max_concurrency, what was added waits for all
/// before; grain applies to what was not. Elements without random access, or without a size known at once, are read by
/// one thread, in blocks of 32 to 4096: while others are called with one block it reads the next. Throws: what
/// increments and moves throw, std::bad_alloc for a block or what was added; then, as after a body has thrown, what was
/// read is dropped. Complexity: without random access span O(n) increments. Memory: then two blocks, of iterators, or
/// of elements if the iterators are but input iterators. Everything else is as for parallel_for.
template <execution_policy Policy, std::input_iterator First, std::sentinel_for<First> Last, class Body>
    requires(detail::element_body<Body, First> || detail::feeding_body<Body, First>)
void parallel_for_each(const Policy& policy, First first, Last last, Body&& body) {
    if constexpr (detail::element_body<Body, First>)
        detail::call_each(policy, first, last, body);
    else
        detail::feed_each(policy, std::move(first), std::move(last), body);
}

template <std::input_iterator First, std::sentinel_for<First> Last, class Body>
    requires(detail::element_body<Body, First> || detail::feeding_body<Body, First>)
void parallel_for_each(First first, Last last, Body&& body) {
    parallel_for_each(par, std::move(first), std::move(last), body);
}

/// The same for a range.
template <execution_policy Policy, std::ranges::input_range Range, class Body>
    requires(detail::element_body<Body, std::ranges::iterator_t<Range>> ||
             detail::feeding_body<Body, std::ranges::iterator_t<Range>>)
void parallel_for_each(const Policy& policy, Range&& range, Body&& body) {
    parallel_for_each(policy, std::ranges::begin(range), std::ranges::end(range), body);
}

template <std::ranges::input_range Range, class Body>
    requires(detail::element_body<Body, std::ranges::iterator_t<Range>> ||
             detail::feeding_body<Body, std::ranges::iterator_t<Range>>)
void parallel_for_each(Range&& range, Body&& body) {
    parallel_for_each(par, std::ranges::begin(range), std::ranges::end(range), body);
}

/// The same for body(element, token) and body(element, feeder, token): see stop_token.hpp.
template <execution_policy Policy, std::input_iterator First, std::sentinel_for<First> Last, class Body>
    requires detail::stoppable_element_body<Body, First>
void parallel_for_each(const Policy& policy, First first, Last last, Body&& body) {
    detail::with_stop_token(policy, body, [&](const auto& telling, const auto& call) {
        parallel_for_each(telling, std::move(first), std::move(last), call);
    });
}

template <std::input_iterator First, std::sentinel_for<First> Last, class Body>
    requires detail::stoppable_element_body<Body, First>
void parallel_for_each(First first, Last last, Body&& body) {
    parallel_for_each(par, std::move(first), std::move(last), body);
}

template <execution_policy Policy, std::ranges::input_range Range, class Body>
    requires detail::stoppable_element_body<Body, std::ranges::iterator_t<Range>>
void parallel_for_each(const Policy& policy, Range&& range, Body&& body) {
    parallel_for_each(policy, std::ranges::begin(range), std::ranges::end(range), body);
}

template <std::ranges::input_range Range, class Body>
    requires detail::stoppable_element_body<Body, std::ranges::iterator_t<Range>>
void parallel_for_each(Range&& range, Body&& body) {
    parallel_for_each(par, std::ranges::begin(range), std::ranges::end(range), body);
}

/// Chosen where no other form fits: says why, in one line.
template <class... Arguments>
void parallel_for_each(const Arguments&...) {
    static_assert(detail::has_elements<Arguments...>,
                  "pel::parallel_for_each: takes ([policy], range, body) or ([policy], first, last, body)");
    static_assert(!detail::has_elements<Arguments...>,
                  "pel::parallel_for_each: body must be callable as body(element), or body(element, feeder&), or with "
                  "a std::stop_token after that; and return no pel::task, which would never begin: say "
                  "async_scope::spawn(f) in it, or pool.submit(f)");
}

PEL_NAMESPACE_END

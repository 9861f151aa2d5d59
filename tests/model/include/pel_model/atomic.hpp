// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The atomic seam of model-checking builds: detail::atomic<T> whose every operation is a scheduling point. Included
// by detail/sync/atomic.hpp, which has the same names for all other builds.
#pragma once

#include <pel/detail/platform/config.hpp>

#include <pel_model/operation.hpp>

#include <source_location>
#include <type_traits>

PEL_NAMESPACE_BEGIN
namespace detail {

using memory_order = std::memory_order;
inline constexpr memory_order relaxed = std::memory_order_relaxed;
inline constexpr memory_order acquire = std::memory_order_acquire;
inline constexpr memory_order release = std::memory_order_release;
inline constexpr memory_order acq_rel = std::memory_order_acq_rel;
inline constexpr memory_order seq_cst = std::memory_order_seq_cst;

template <class T>
class atomic {
    using place = std::source_location;

public:
    constexpr atomic() noexcept : atomic(T{}) {}
    constexpr atomic(T value) noexcept : value_(value) { // NOLINT(*-explicit-*): reads as an initial value
        if (!std::is_constant_evaluated()) ::model::object_born(this, sizeof(T), ::model::to_bits(value));
    }
    constexpr ~atomic() {
        if (!std::is_constant_evaluated()) ::model::object_dead(this);
    }
    atomic(const atomic&) = delete;
    atomic& operator=(const atomic&) = delete;

    T load(memory_order order, place where = place::current()) const noexcept {
        return run(::model::op::load, T{}, order, where);
    }
    void store(T value, memory_order order, place where = place::current()) noexcept {
        run(::model::op::store, value, order, where);
    }
    T exchange(T value, memory_order order, place where = place::current()) noexcept {
        return run(::model::op::exchange, value, order, where);
    }
    bool compare_exchange(T& expected, T desired, memory_order order, place where = place::current()) noexcept {
        ::model::operation request = prepare(::model::op::compare_exchange, desired, order, where);
        request.expected = ::model::to_bits(expected);
        ::model::perform(request);
        if (!request.success) expected = ::model::from_bits<T>(request.result);
        return request.success;
    }
    T fetch_add(T value, memory_order order, place where = place::current()) noexcept {
        return run(::model::op::fetch_add, value, order, where);
    }
    T fetch_sub(T value, memory_order order, place where = place::current()) noexcept {
        return run(::model::op::fetch_sub, value, order, where);
    }
    T fetch_or(T value, memory_order order, place where = place::current()) noexcept {
        return run(::model::op::fetch_or, value, order, where);
    }
    T fetch_and(T value, memory_order order, place where = place::current()) noexcept {
        return run(::model::op::fetch_and, value, order, where);
    }

    void* address() noexcept { return &value_; }

private:
    ::model::operation prepare(::model::op kind, T value, memory_order order, const place& where) const noexcept {
        ::model::operation request;
        request.kind = kind;
        request.order = order;
        request.size = sizeof(T);
        request.object = const_cast<T*>(&value_); // NOLINT(*-const-cast): only read by loads
        request.operand = ::model::to_bits(value);
        request.where = where;
        return request;
    }
    T run(::model::op kind, T value, memory_order order, const place& where) const noexcept {
        ::model::operation request = prepare(kind, value, order, where);
        ::model::perform(request);
        return ::model::from_bits<T>(request.result);
    }

    T value_;
};

} // namespace detail
PEL_NAMESPACE_END

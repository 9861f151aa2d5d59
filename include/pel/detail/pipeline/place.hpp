// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The place of a serial stage: which token runs in it, and which of those that have come runs next. A thread that brings
// a token gets one to run, that one or another, or none, and then the token is parked; a thread that has run one gets the
// next, which may run from then on. So no thread waits, and a place is free only while none of its tokens may run.
//   any thread: arrive(), with a token that no other thread has.  who was given a token: depart(), once.
//   Everything but the gate is used inside it only (PG1).
// I1  In order: all tokens of the orders turn_, turn_ + 1, … that have not come will. The one of turn_ is not parked
//     while nobody is inside: who parks it finds it, and who changes turn_ looks for it. So if none runs, that one is
//     still to come, and will be run by who brings it.
// I2  Tokens that wait have orders below turn_ + the number of tokens there are, so the ring is no longer than that.
#pragma once

#include <pel/detail/pipeline/gate.hpp>
#include <pel/detail/platform/cache_line.hpp>

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

PEL_NAMESPACE_BEGIN
namespace detail {

/// Tokens run in the order of token.order, which counts from 0. Token: a gate_waiter with that member.
template <class Token>
class alignas(cache_line) ordered_place {
public:
    /// Returns: the token to run now, or null. Throws: std::bad_alloc; then the place is of no use any more.
    Token* arrive(Token& token) {
        if (!gate_.enter_or_wait(token)) return nullptr;
        if (token.order == turn_) return &token;
        park(token);
        return next();
    }
    /// Returns: the token to run next, or null. Throws: as arrive().
    Token* depart() {
        ++turn_;
        return next();
    }
    /// Requires: no token is here or on its way; the next one has this order.
    void set_turn(std::uint64_t order) noexcept { turn_ = order; }

private:
    Token* next() {
        for (;;) {
            if (parked_count_ != 0) {
                if (Token* const found = std::exchange(slot_of(turn_), nullptr)) {
                    --parked_count_;
                    return found;
                }
            }
            if (gate_.leave()) return nullptr;
            for (gate_waiter* each = gate_.take_waiting(); each != nullptr;) {
                gate_waiter* const after = each->next;
                park(static_cast<Token&>(*each));
                each = after;
            }
        }
    }
    void park(Token& token) {
        if (token.order - turn_ >= parked_.size()) grow(token.order - turn_ + 1);
        slot_of(token.order) = &token;
        ++parked_count_;
    }
    Token*& slot_of(std::uint64_t order) noexcept { return parked_[order & (parked_.size() - 1)]; }
    void grow(std::uint64_t least) {
        std::size_t size = parked_.empty() ? 4 : parked_.size();
        while (size < least) size *= 2;
        std::vector<Token*> old(size, nullptr);
        old.swap(parked_);
        for (Token* const each : old) {
            if (each != nullptr) slot_of(each->order) = each;
        }
    }

    serial_gate gate_;
    std::uint64_t turn_ = 0;
    std::size_t parked_count_ = 0;
    std::vector<Token*> parked_; // a ring, by order
};

/// Tokens run in the order in which they come, about.
template <class Token>
class alignas(cache_line) unordered_place {
public:
    Token* arrive(Token& token) noexcept { return gate_.enter_or_wait(token) ? &token : nullptr; }
    Token* depart() noexcept {
        while (oldest_ == nullptr) {
            if (gate_.leave()) return nullptr;
            for (gate_waiter* each = gate_.take_waiting(); each != nullptr;) {
                gate_waiter* const after = std::exchange(each->next, oldest_);
                oldest_ = each;
                each = after;
            }
        }
        gate_waiter* const first = std::exchange(oldest_, oldest_->next);
        return static_cast<Token*>(first);
    }
    void set_turn(std::uint64_t) noexcept {}

private:
    serial_gate gate_;
    gate_waiter* oldest_ = nullptr; // what was taken from the gate
};

} // namespace detail
PEL_NAMESPACE_END

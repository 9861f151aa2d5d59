// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The lines of a pipeline that have no token.
//   who is in the gate of the first stage: everything.
// I1  count_ lines are in use: free, in hand, or with a token. No token is begun while that is more than the target, so
//     there are never more tokens than the largest target since the newest was begun.
#pragma once

#include <pel/detail/pipeline/gate.hpp>

#include <cstddef>
#include <utility>

PEL_NAMESPACE_BEGIN
namespace detail {

/// Line: a gate_waiter.
template <class Line>
class free_lines {
public:
    /// make() returns a new line. Returns: a line for a token; or null, and then the gate was left.
    template <class Target, class Make>
    Line* take(serial_gate& gate, const Target& target, const Make& make) {
        for (;;) {
            if (free_ != nullptr) {
                Line& found = pop_free();
                if (count_ <= target()) return &found;
                retire(found);
            } else if (gate.has_waiting()) {
                collect(gate);
            } else if (count_ < target()) {
                Line& fresh = spare_ != nullptr ? pop(spare_) : make();
                ++count_;
                return &fresh;
            } else if (gate.leave()) {
                return nullptr;
            }
        }
    }
    void put_back(Line& line) noexcept {
        push(free_, line);
        ++free_count_;
    }
    /// Whether no token is in the pipeline but that of the line which was taken last.
    bool is_only_one(serial_gate& gate) noexcept {
        if (free_count_ + 1 == count_) return true;
        if (!gate.has_waiting()) return false;
        collect(gate);
        return free_count_ + 1 == count_;
    }
    /// Whether take() would find one without a look at the gate.
    bool has_more(std::size_t target) noexcept {
        while (count_ > target && free_ != nullptr) retire(pop_free());
        return count_ < target || free_ != nullptr;
    }

private:
    static void push(gate_waiter*& list, gate_waiter& line) noexcept { line.next = std::exchange(list, &line); }
    static Line& pop(gate_waiter*& list) noexcept { return static_cast<Line&>(*std::exchange(list, list->next)); }

    Line& pop_free() noexcept {
        --free_count_;
        return pop(free_);
    }
    void retire(Line& line) noexcept {
        push(spare_, line);
        --count_;
    }
    void collect(serial_gate& gate) noexcept {
        for (gate_waiter* each = gate.take_waiting(); each != nullptr;) {
            gate_waiter* const after = each->next;
            put_back(static_cast<Line&>(*each));
            each = after;
        }
    }

    gate_waiter* free_ = nullptr;
    gate_waiter* spare_ = nullptr; // not in use: fewer tokens were asked for
    std::size_t count_ = 0;        // in use
    std::size_t free_count_ = 0;
};

} // namespace detail
PEL_NAMESPACE_END

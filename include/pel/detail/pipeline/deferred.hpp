// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// For which token the first stage of a pipeline is called: the next, or one that was put aside until another one had
// passed that stage.
//   who is in that stage: everything.
// I1  A token is aside from put_aside() until passed() or withdraw(); it is ready while it waits for none that is
//     aside, to come, or withdrawn. Who waits for a token that waits for it, directly or not, is found at once: the
//     chain of those that are aside is followed.
#pragma once

#include <pel/detail/platform/error.hpp>

#include <cstdint>
#include <map>
#include <set>
#include <stdexcept>
#include <string>

PEL_NAMESPACE_BEGIN
namespace detail {

class deferred_tokens {
public:
    bool is_empty() const noexcept { return aside_.empty(); }
    bool has_ready() const noexcept { return !ready_.empty(); }

    /// `made`: all tokens below were begun. Throws: std::logic_error, if tokens wait for each other; std::bad_alloc.
    /// Cost: the logarithm of how many are aside, and the length of the chain of those that wait for each other.
    void put_aside(std::uint64_t number, std::uint64_t until, std::uint64_t times, std::uint64_t made) {
        check_chain(number, until);
        const bool waits = until >= made || aside_.contains(until) || withdrawn_.contains(until);
        aside_[number] = {until, times, waits};
        if (waits)
            waiting_.emplace(until, number);
        else
            ready_.insert(number);
    }
    /// Returns: the lowest that is ready; it stays aside. Requires: has_ready().
    std::uint64_t take_ready() noexcept {
        const std::uint64_t number = *ready_.begin();
        ready_.erase(ready_.begin());
        return number;
    }
    /// How often it was put aside.
    std::uint64_t times(std::uint64_t number) const noexcept {
        const auto found = aside_.find(number);
        return found == aside_.end() ? 0 : found->second.times;
    }
    /// Throws: std::bad_alloc.
    void passed(std::uint64_t number) {
        aside_.erase(number);
        const auto [first, last] = waiting_.equal_range(number);
        for (auto each = first; each != last; ++each) {
            aside_.find(each->second)->second.waits = false;
            ready_.insert(each->second);
        }
        waiting_.erase(first, last);
    }
    /// It will not pass.
    void withdraw(std::uint64_t number) noexcept { withdrawn_.insert(aside_.extract(number)); }

    /// Throws: std::logic_error, if any is aside: what it waits for will not come. Requires: none is ready.
    void check_none_is_left(std::uint64_t made) const {
        if (is_empty()) return;
        std::string text = "pel::parallel_pipeline: the stream has ended after " + std::to_string(made) + " tokens:";
        unsigned named = 0;
        for (const auto& [number, its] : aside_) {
            if (++named > most_named) {
                text += " …";
                break;
            }
            text += (named == 1 ? " token " : ", token ") + std::to_string(number) + " still waits for token " +
                    std::to_string(its.until);
            if (withdrawn_.contains(its.until)) text += ", which has ended it";
        }
        throw_error<std::logic_error>(text);
    }

private:
    static constexpr unsigned most_named = 8;

    struct token {
        std::uint64_t until, times;
        bool waits;
    };

    template <class Visit>
    void follow(std::uint64_t number, const Visit& visit) const {
        for (auto found = aside_.find(number); found != aside_.end() && found->second.waits;
             found = aside_.find(found->second.until)) {
            if (!visit(found->second.until)) return;
        }
    }
    void check_chain(std::uint64_t number, std::uint64_t until) const {
        bool is_cycle = until == number;
        if (!is_cycle) follow(until, [&](std::uint64_t next) { return !(is_cycle = next == number); });
        if (!is_cycle) return;
        std::string text = "pel::parallel_pipeline: tokens wait for each other: " + std::to_string(number);
        unsigned named = 0;
        if (until != number) {
            text += ", " + std::to_string(until);
            follow(until, [&](std::uint64_t next) {
                if (next != number) text += ++named < most_named ? ", " + std::to_string(next) : std::string();
                return next != number;
            });
        }
        throw_error<std::logic_error>(text + (named < most_named ? ", " : ", …, ") + std::to_string(number));
    }

    std::map<std::uint64_t, token> aside_;
    std::map<std::uint64_t, token> withdrawn_;            // a map, so that withdraw() needs no memory
    std::multimap<std::uint64_t, std::uint64_t> waiting_; // by what they wait for
    std::set<std::uint64_t> ready_;
};

/// Which token the first stage is called for.
class token_numbers {
public:
    bool has_ready() const noexcept { return !deferred_.is_empty() && deferred_.has_ready(); }
    std::uint64_t made() const noexcept { return next_; }

    std::uint64_t next() noexcept { return next_++; }
    std::uint64_t again(std::uint64_t& deferrals) noexcept {
        const std::uint64_t number = deferred_.take_ready();
        deferrals = deferred_.times(number);
        return number;
    }
    /// Throws: as deferred_tokens.
    PEL_COLD void put_aside(std::uint64_t number, std::uint64_t until, std::uint64_t deferrals) {
        deferred_.put_aside(number, until, deferrals + 1, next_);
    }
    void passed(std::uint64_t number) {
        if (!deferred_.is_empty()) [[unlikely]]
            deferred_.passed(number);
    }
    /// There is no such token: the stream has ended before it.
    PEL_COLD void withdraw(std::uint64_t number) noexcept {
        if (!deferred_.is_empty()) deferred_.withdraw(number);
        if (number + 1 == next_) --next_;
    }
    void check_none_is_left() const {
        if (!deferred_.is_empty()) [[unlikely]]
            deferred_.check_none_is_left(next_);
    }

private:
    std::uint64_t next_ = 0;
    deferred_tokens deferred_;
};

} // namespace detail
PEL_NAMESPACE_END

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a stage may say to its pipeline, and the part of the pipeline that hears it, which knows no types.
//   any thread: is_stopped_, most_tokens_.
#pragma once

#include <pel/detail/pipeline/gate.hpp>
#include <pel/detail/platform/error.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <stdexcept>

PEL_NAMESPACE_BEGIN
namespace detail {

class pipeline_core {
public:
    /// `limit`: no more tokens than that, whatever is asked for.
    pipeline_core(std::size_t most_tokens, std::size_t limit) : most_tokens_(most_tokens), limit_(limit) {
        check(most_tokens);
    }
    pipeline_core(const pipeline_core&) = delete;
    pipeline_core& operator=(const pipeline_core&) = delete;

    void stop() noexcept { is_stopped_.store(true, relaxed); }                      // late: one token more
    std::size_t most_tokens() const noexcept { return most_tokens_.load(relaxed); } // late: as if asked earlier
    void set_most_tokens(std::size_t count) {
        check(count);
        const std::size_t before = most_tokens_.exchange(count, relaxed); // published by the call (PG2)
        if (count > before && source_.call()) push_source();
    }

protected:
    ~pipeline_core() = default;

    /// The caller is in the first stage: some thread is to go on there.
    virtual void push_source() noexcept = 0;

    bool is_stopped() const noexcept { return is_stopped_.load(relaxed); }
    std::size_t target() const noexcept { return std::min(most_tokens(), limit_); }

    serial_gate source_; // of the first stage: what waits there are lines without a token

private:
    static void check(std::size_t count) {
        if (count == 0) throw_error<std::invalid_argument>("pel::parallel_pipeline: max_tokens is 0");
    }

    atomic<bool> is_stopped_{false};
    atomic<std::size_t> most_tokens_;
    const std::size_t limit_;
};

struct control_access;

} // namespace detail

/// The pipeline, as seen by a stage that works on a token. Not to be kept after the stage has returned. Thread safety:
/// of one thread.
class pipeline_control {
public:
    pipeline_control(const pipeline_control&) = delete;
    pipeline_control& operator=(const pipeline_control&) = delete;

    /// Returns: the token's number in the stream, from 0, in which the first stage was first called for them.
    std::uint64_t number() const noexcept { return number_; }
    /// Returns: how often the token was put aside.
    std::uint64_t deferrals() const noexcept { return deferrals_; }

    /// For the first stage: what it returns for this token is dropped, and it is called once more for the same number
    /// when the token `other` has passed the first stage; at once if that is so already. `other` may be a token that is
    /// still to come, or is put aside itself. The last call counts. The pipeline throws std::logic_error with the
    /// numbers if tokens wait for each other, or for one that does not come. Tokens that are put aside hold no place
    /// among the max_tokens. Throws: std::logic_error in another stage; std::bad_alloc.
    void defer_until(std::uint64_t other) {
        if (!is_first_)
            detail::throw_error<std::logic_error>("pel::pipeline_control: only the first stage defers a token");
        until_ = other;
        is_deferred_ = true;
    }
    /// This token, if called by the first stage, is the last one, else the one that the first stage makes just now;
    /// those in the pipeline pass through it, as do those put aside.
    void stop() noexcept { pipeline_.stop(); }

    /// Returns: how many may be in the pipeline at once, by the call or set_max_tokens(); max_concurrency may allow
    /// fewer. Stale when it is read.
    std::size_t max_tokens() const noexcept { return pipeline_.most_tokens(); }
    /// From now on at most `most` tokens are in the pipeline at once: no more are made until that is so. The last call
    /// of any token counts. Throws: std::invalid_argument for 0.
    void set_max_tokens(std::size_t most) { pipeline_.set_most_tokens(most); }

private:
    friend struct detail::control_access;
    pipeline_control(detail::pipeline_core& pipeline, std::uint64_t number) noexcept
        : pipeline_(pipeline), number_(number) {}
    pipeline_control(detail::pipeline_core& pipeline, std::uint64_t number, std::uint64_t deferrals) noexcept
        : pipeline_(pipeline), number_(number), deferrals_(deferrals), is_first_(true) {}

    detail::pipeline_core& pipeline_;
    const std::uint64_t number_;
    const std::uint64_t deferrals_ = 0;
    std::uint64_t until_ = 0;
    const bool is_first_ = false;
    bool is_deferred_ = false;
};

namespace detail {

struct control_access {
    static pipeline_control make(pipeline_core& pipeline, std::uint64_t number) noexcept { return {pipeline, number}; }
    static pipeline_control make_first(pipeline_core& pipeline, std::uint64_t number,
                                       std::uint64_t deferrals) noexcept {
        return {pipeline, number, deferrals};
    }
    static bool is_deferred(const pipeline_control& control) noexcept { return control.is_deferred_; }
    static std::uint64_t until(const pipeline_control& control) noexcept { return control.until_; }
};

} // namespace detail
PEL_NAMESPACE_END

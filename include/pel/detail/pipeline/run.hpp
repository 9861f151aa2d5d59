// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A run of a pipeline. A thread carries a token from stage to stage until it ends, or is parked at a serial stage.
//   Alone: a thread that is in the first stage's gate while no other token exists runs tokens through all stages as a
//     plain loop would: nothing is shared, so nothing is locked. It goes on like that as long as tokens are brief.
//   Shared: before it carries a token that may take long, it hands the first stage on, as a job of the group: that is
//     taken by a thread that has nothing to do, or else by itself when the token is parked or has ended. So are tokens
//     whose turn comes in a serial stage that it leaves (place.hpp): one it takes along, the other is a job.
// Each line is free, or in hand of a thread, or a job, or parked where the token that it waits for will find it. So when
// all jobs of the group have ended no token is left, and the last one to end one was in the first stage and ended the
// stream: its gate is left only by who leaves no line behind, and entered again by the next line that becomes free.
#pragma once

#include <pel/detail/pipeline/control.hpp>
#include <pel/detail/pipeline/deferred.hpp>
#include <pel/detail/pipeline/free_lines.hpp>
#include <pel/detail/pipeline/line.hpp>
#include <pel/detail/platform/clock.hpp>
#include <pel/detail/platform/ticks.hpp>
#include <pel/parallel_for.hpp>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <tuple>
#include <type_traits>
#include <utility>

PEL_NAMESPACE_BEGIN
namespace detail {

/// Whether tokens are worth sharing. One that takes long was worth it, but that is known when it has ended. From then on
/// tokens are shared until that has cost as much as the long one, run alone, may have: no stream does much worse than
/// with the better choice (as wait_spin_ns()). Until the first has ended nothing is known, and tokens are shared.
class sharing_estimate {
public:
    static constexpr std::int64_t brief_ns = 1'000; // to run tokens shorter than this on several threads takes longer
    static constexpr std::int64_t cost_ns = 250;    // of a token's way from thread to thread

    void forbid() noexcept {
        may_share_ = false;
        left_.store(0, relaxed);
    }
    bool may_share() const noexcept { return may_share_; }
    bool is_on() const noexcept { return left_.load(relaxed) > 0; } // all stale values: a token more or less
    void count_one() noexcept {
        const std::int64_t left = left_.load(relaxed);
        if (left != unknown) left_.store(left - 1, relaxed);
    }
    void note(std::int64_t took) noexcept {
        const std::int64_t wanted = took < brief_ ? 0 : took / cost_;
        const std::int64_t left = left_.load(relaxed);
        if (left == unknown || left < wanted) left_.store(wanted, relaxed);
    }

private:
    static constexpr std::int64_t unknown = INT64_MAX;

    const std::int64_t brief_ = ticks_of_ns(brief_ns);
    const std::int64_t cost_ = ticks_of_ns(cost_ns) > 0 ? ticks_of_ns(cost_ns) : 1;
    bool may_share_ = true;
    atomic<std::int64_t> left_{unknown};
};

/// Times tokens that run alone, one after the other, for the estimate: each, or, while they are much shorter than what
/// is worth sharing, four at a time. Reading the clock takes as long as some ten empty stages.
class brief_clock {
public:
    void restart() noexcept {
        start_ = 0;
        tokens_ = 0;
    }
    void begin() noexcept {
        if (start_ == 0) start_ = ticks();
    }
    void end(sharing_estimate& estimate) noexcept {
        if (++tokens_ < wanted_) return;
        const std::int64_t now = ticks();
        const std::int64_t took = now - std::exchange(start_, now);
        estimate.note(took / tokens_ < brief_ ? 0 : took);
        tokens_ = 0;
        wanted_ = took < brief_ ? 4 : 1;
    }

private:
    const std::int64_t brief_ = ticks_of_ns(sharing_estimate::brief_ns);
    std::int64_t start_ = 0; // 0: not running
    int tokens_ = 0, wanted_ = 1;
};

template <class Token, class... Stages>
class pipeline_run final : public pipeline_core {
    using chain = stage_chain<Stages...>;
    using line = typed_line<chain>;
    static constexpr std::size_t size = chain::size;
    template <std::size_t Stage>
    using link = typename chain::template link<Stage>;

public:
    pipeline_run(std::size_t most_tokens, std::size_t limit, const Token& token, Stages&... stages)
        : pipeline_core(most_tokens, limit), token_(token), stages_(stages...) {}
    ~pipeline_run() {
        while (lines_ != nullptr) {
            lines_->clear();
            delete std::exchange(lines_, lines_->made_before);
        }
    }

    /// On this thread alone. Throws: what the stages throw, operation_cancelled, std::bad_alloc, std::logic_error.
    void run_alone() {
        const worker& own = *current_worker;
        scope here(own.innermost, &own.floor, own.level_base, own.deque.bottom());
        scope_ = &here;
        sharing_.forbid();
        (void)source_.call();
        run_source();
        throw_if_cut_short();
    }
    /// With the other threads of a pool, of which `own` is a member.
    void run_shared(worker& own) {
        group_core group(*own.pool);
        group_ = &group;
        scope_ = &group;
        source_job_.emplace(group, *this, nullptr);
        if (own.pool->concurrency() == 1) sharing_.forbid();
        (void)source_.call();
        push_source();
        group.retire();
        if (!group.is_complete()) group.wait(own);
        if (std::exception_ptr error = group.reset()) std::rethrow_exception(std::move(error));
        throw_if_cut_short();
    }

private:
    template <std::size_t Stage>
    static auto make_place() {
        struct none {
            void set_turn(std::uint64_t) noexcept {}
        };
        if constexpr (link<Stage>::kind == stage_kind::in_order && Stage != 0)
            return std::type_identity<ordered_place<pipeline_line>>{};
        else if constexpr (link<Stage>::kind == stage_kind::any_order && Stage != 0)
            return std::type_identity<unordered_place<pipeline_line>>{};
        else
            return std::type_identity<none>{};
    }
    template <class>
    struct places_of;
    template <std::size_t... Numbers>
    struct places_of<std::index_sequence<Numbers...>> {
        using type = std::tuple<typename decltype(make_place<Numbers>())::type...>;
    };

    // ---- jobs --------------------------------------------------------------------------------------------------------

    void push(pipeline_job& job) noexcept {
        job.function = nullptr; // it may have been listed the last time
        group_->push(job, &act);
    }
    void push_source() noexcept override { push(*source_job_); }

    static void act(const job_slot& claimed, worker& runner, job_action action) {
        group_core::act(claimed, runner, action, [](const job_slot& slot, worker&) noexcept {
            const auto& self = static_cast<pipeline_job&>(*slot.frame);
            static_cast<pipeline_run&>(self.pipeline).go_on(static_cast<line*>(self.line));
        });
    }
    void go_on(line* token) noexcept {
        call_guarded(
            [&] {
                if (must_stop()) return;
                const std::int64_t start = clock();
                const bool is_in_source = token == nullptr || carry(token);
                if (token != nullptr) note(start);
                if (is_in_source) run_source();
            },
            [this](std::exception_ptr error) {
                is_cut_short_.store(true, relaxed); // ordered by the group's count (G1)
                group_->capture(std::move(error));
            });
    }

    bool must_stop() {
        if (!scope_->is_cancelled()) [[likely]] {
            if (!token_.stop_requested()) [[likely]]
                return false;
            if (group_ != nullptr) group_->cancel();
        }
        is_cut_short_.store(true, relaxed); // ordered by the group's count (G1)
        return true;
    }
    void throw_if_cut_short() const {
        if (is_cut_short_.load(relaxed) || !has_ended_) throw_error<operation_cancelled>(); // after the wait
    }

    std::int64_t clock() const noexcept { return sharing_.may_share() ? ticks() : 0; }
    void note(std::int64_t start) noexcept {
        if (sharing_.may_share()) sharing_.note(ticks() - start);
    }

    // ---- the first stage ---------------------------------------------------------------------------------------------

    /// Requires: the caller is inside its gate.
    void run_source() {
        brief_clock_.restart();
        for (;;) {
            line* token = free_.take(source_, [this] { return target(); }, [this]() -> line& { return make_line(); });
            if (token == nullptr) return;
            const bool is_only_one = free_.is_only_one(source_);
            if (is_only_one && !sharing_.is_on()) {
                if (!run_brief(*token)) return;
                free_.put_back(*token);
                continue;
            }
            const std::int64_t start = clock();
            if (!make_token(*token)) return;
            if (is_only_one) set_turns(token->order);
            const bool is_kept = !sharing_.may_share() || !sharing_.is_on();
            if (!is_kept) {
                sharing_.count_one();
                hand_source_on();
            }
            const bool is_in_source = carry(token) || is_kept;
            note(start);
            if (!is_in_source) return;
            if (is_kept && sharing_.may_share()) serve_request_between(*current_worker); // it may have some below this
        }
    }
    /// A token alone, from first to last. False: there is none.
    PEL_ALWAYS_INLINE bool run_brief(line& token) {
        worker& own = *current_worker;
        const bool is_asked = sharing_.may_share() && own.deque.is_asked();
        if (is_asked) [[unlikely]]
            brief_clock_.begin();
        else
            brief_clock_.restart();
        if (!make_token(token)) return false;
        if (!run_stages(token, std::make_index_sequence<size - 1>())) return false;
        if (is_asked) [[unlikely]] {
            brief_clock_.end(sharing_);
            serve_request_between(own);
        }
        return true;
    }
    template <std::size_t... Before>
    PEL_ALWAYS_INLINE bool run_stages(line& token, std::index_sequence<Before...>) {
        bool may_go_on = true;
        (void)(((may_go_on = !must_stop()) && call<Before + 1>(token)) && ...);
        if constexpr (size == 1) token.clear();
        return may_go_on;
    }
    /// Not before a token that no thread can begin: the thread that ends one comes back.
    void hand_source_on() noexcept {
        if (free_.has_more(target()) || !source_.leave()) push_source();
    }
    line& make_line() {
        auto* const fresh = new line;
        fresh->made_before = std::exchange(lines_, fresh);
        if (group_ != nullptr) fresh->job.emplace(*group_, *this, fresh);
        return *fresh;
    }
    template <std::size_t... Before>
    void set_turns([[maybe_unused]] std::uint64_t order, std::index_sequence<Before...>) noexcept {
        (std::get<Before + 1>(places_).set_turn(order), ...);
    }
    void set_turns(std::uint64_t order) noexcept { set_turns(order, std::make_index_sequence<size - 1>()); }

    /// Calls the first stage until it has made a token. False: the stream has ended, or is cut short.
    PEL_ALWAYS_INLINE bool make_token(line& token) {
        for (;;) {
            if (must_stop()) return false;
            std::uint64_t deferrals = 0;
            std::uint64_t number = 0;
            if (numbers_.has_ready()) [[unlikely]]
                number = numbers_.again(deferrals);
            else if (is_stopped()) [[unlikely]]
                return end_stream();
            else
                number = numbers_.next();
            if (try_make(token, number, deferrals)) [[likely]]
                return true;
        }
    }
    PEL_ALWAYS_INLINE bool try_make(line& token, std::uint64_t number, std::uint64_t deferrals) {
        using value = typename link<0>::value;
        pipeline_control control = control_access::make_first(*this, number, deferrals);
        value::keep(token.template room<0>(),
                    [&]() -> decltype(auto) { return call_stage(std::get<0>(stages_).function, control); });
        token.value = 0;
        if (control_access::is_deferred(control)) [[unlikely]] {
            token.clear();
            numbers_.put_aside(number, control_access::until(control), deferrals);
            return false;
        }
        if constexpr (value::may_be_empty) {
            if (!token.template kept_value<0>()) [[unlikely]] {
                token.clear();
                numbers_.withdraw(number);
                stop();
                return false;
            }
        }
        numbers_.passed(number);
        token.number = number;
        token.order = next_order_++;
        token.stage = 1;
        token.is_filtered = false;
        return true;
    }
    /// The gate stays closed.
    PEL_COLD bool end_stream() {
        numbers_.check_none_is_left();
        has_ended_ = true;
        return false;
    }

    // ---- the other stages --------------------------------------------------------------------------------------------

    /// Carries a token as far as it gets, or another one that it gives way to. Returns: whether the caller has entered
    /// the gate of the first stage. Nothing of the token is the caller's after that.
    bool carry(line* token) {
        while (token->stage != size) {
            if (!step(*this, token, std::make_index_sequence<size - 1>())) return false;
        }
        if constexpr (size == 1) token->clear();
        if (!source_.enter_or_wait(*token)) return false;
        free_.put_back(*token);
        return true;
    }
    template <std::size_t... Before>
    static bool step(pipeline_run& run, line*& token, std::index_sequence<Before...>) {
        if constexpr (sizeof...(Before) == 0) {
            return true;
        } else {
            static constexpr bool (*steps[])(pipeline_run&, line*&) = {&pipeline_run::step_at<Before + 1>...};
            return steps[token->stage - 1](run, token);
        }
    }
    /// False: `token` is parked.
    template <std::size_t Stage>
    static bool step_at(pipeline_run& run, line*& token) {
        constexpr stage_kind kind = link<Stage>::kind;
        if (kind != stage_kind::in_order && token->is_filtered) {
            run.template advance<Stage>(*token);
            return true;
        }
        if constexpr (kind == stage_kind::parallel) {
            if (run.must_stop()) return false;
            (void)run.template call<Stage>(*token);
            run.template advance<Stage>(*token);
        } else {
            auto& place = std::get<Stage>(run.places_);
            if (!std::exchange(token->is_admitted, false)) token = static_cast<line*>(place.arrive(*token));
            if (token == nullptr) return false;
            if (!token->is_filtered) {
                if (run.must_stop()) return false;
                (void)run.template call<Stage>(*token);
            }
            run.template advance<Stage>(*token);
            if (auto* const next = static_cast<line*>(place.depart())) {
                next->is_admitted = true;
                run.push(*next->job);
            }
        }
        return true;
    }
    template <std::size_t Stage>
    void advance(line& token) noexcept {
        token.stage =
            static_cast<unsigned>(token.is_filtered && !chain::template is_ordered_after<Stage> ? size : Stage + 1);
    }

    /// False: the stage has filtered it out.
    template <std::size_t Stage>
    PEL_ALWAYS_INLINE bool call(line& token) {
        using here = link<Stage>;
        using before = link<Stage - 1>;
        auto& function = std::get<Stage>(stages_).function;
        pipeline_control control = control_access::make(*this, token.number);
        const auto make = [&]() -> decltype(auto) {
            if constexpr (std::is_void_v<typename here::taken>)
                return call_stage(function, control);
            else
                return call_stage<typename here::callable, typename here::taken>(
                    function, before::value::hand(token.template kept_value<Stage - 1>()), control);
        };
        if constexpr (chain::keeps(Stage)) {
            here::value::keep(token.template room<Stage>(), make);
            token.value = Stage;
        } else {
            (void)make();
            token.value = line::no_value;
        }
        token.template end_value<Stage - 1>();
        if constexpr (chain::keeps(Stage) && here::value::may_be_empty) {
            if (!token.template kept_value<Stage>()) {
                token.clear();
                token.is_filtered = true;
                return false;
            }
        }
        return true;
    }

    const Token& token_;
    std::tuple<Stages&...> stages_;
    typename places_of<std::make_index_sequence<size>>::type places_;
    group_core* group_ = nullptr; // null: alone
    scope* scope_ = nullptr;
    std::optional<pipeline_job> source_job_;
    sharing_estimate sharing_;
    atomic<bool> is_cut_short_{false};

    // Of who is in the first stage.
    free_lines<line> free_;
    line* lines_ = nullptr; // all that were made
    token_numbers numbers_;
    brief_clock brief_clock_;
    std::uint64_t next_order_ = 0;
    bool has_ended_ = false;
};

} // namespace detail
PEL_NAMESPACE_END

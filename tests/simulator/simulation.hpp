// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// One run of a workload on a machine under a policy, by discrete events. The orders are the library's own: victim_walk says
// whom a searcher looks at, sleeper_set::claim_nearest whom a waker wakes. README.md has what is modelled and what is not.
#pragma once

#include "machines.hpp"
#include "workloads.hpp"

#include <pel/detail/sched/sleeper_set.hpp>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <queue>
#include <stdexcept>
#include <string>
#include <vector>

namespace simulator {

using pel::detail::sleeper_set;
using pel::detail::victim_walk;

struct policy {
    std::string name;
    bool uses_distances = true;  // whom to look at
    bool wakes_nearest = true;   // else any
    bool takes_turns = true;     // a pass ends at a domain, unless it is the searcher's turn (victim_walk)
    bool stays = true;           // a pass ends where somebody has been asked
    bool asks_everybody = false; // at the start of a window, and looks at everybody in each pass
    unsigned tries = victim_walk::default_tries;
};

struct result {
    time_ns makespan = 0;
    std::uint64_t steals = 0, remote_steals = 0, probes = 0, wakes = 0, requests = 0;
    std::vector<std::uint64_t> by_tier;
};

class simulation {
public:
    simulation(const tested_machine& machine, const workload& what, const policy& how, std::uint64_t seed)
        : machine_(machine), what_(what), how_(how), plan_(how.uses_distances ? machine.plan() : machine.flat_plan()),
          seed_(seed), words_((machine.seats() + 63) / 64),
          idle_(words_.data(), static_cast<std::uint32_t>(words_.size())), places_(machine.seats()),
          seen_(std::size_t{machine.seats()} * machine.seats(), ~0U) {
        result_.by_tier.resize(machine.plan().distances().tiers());
        for (unsigned at = 0; at < places_.size(); ++at) {
            places_[at].random = static_cast<std::uint32_t>(mixed(seed * 4096 + at)) | 1U;
            places_[at].current = new_thread(at);
            if (at == 0) continue;
            idle_.add(at);
            ++sleeping_;
        }
    }

    result run() {
        begin_round(places_[0], 0);
        schedule(0, 0);
        while (!is_over_) {
            if (events_.empty()) throw std::logic_error("simulator: all sleep, and the work is not done");
            const event next = events_.top();
            events_.pop();
            place& at = places_[next.place];
            if (next.version != at.version) continue;
            now_ = next.time;
            at.cost = 0;
            step(next.place);
        }
        result_.makespan = now_;
        return result_;
    }

private:
    static constexpr time_ns fork_ns = 3, own_rmw_ns = 20, serve_ns = 60, wake_call_ns = 1500, wake_latency_ns = 5000,
                             switch_ns = 1000, pause_ns = 24, look_ns = 3, spin_ns = 200'000, wait_ns = 20'000,
                             wait_step_ns = 300;
    static constexpr unsigned most_suspended = 4, most_pieces = 16, no_thread = ~0U;

    struct job {
        work what;
        bool is_done = false;
        unsigned thief = no_thread; // thread
    };
    /// What a thread serves: the root, or a job that it has stolen. Its own forks lie in the deque from `base` on.
    struct call {
        std::size_t base;
        work current;
        unsigned forker; // thread, or no_thread
        std::size_t position;
        bool is_new;
    };
    struct thread {
        unsigned number, place;
        std::vector<job> jobs; // the deque: taken [0, top), public [top, split), private
        std::vector<call> calls;
        std::size_t top = 0, split = 0;
        bool is_asked = true;
        bool waits = false; // and has given its place to another
        std::size_t public_jobs() const { return split - top; }
        std::size_t private_jobs() const { return jobs.size() > split ? jobs.size() - split : 0; }
    };
    enum class state { asleep, searching, running, waiting };
    struct place {
        state is = state::asleep;
        unsigned version = 0;
        unsigned current = no_thread;
        std::vector<unsigned> suspended, spare; // threads: that wait or were preempted; without work
        std::uint32_t random = 1;
        std::unique_ptr<victim_walk> walk; // of the window
        bool is_in_pass = false;
        unsigned passes = 0;
        time_ns since = 0; // searching, or waiting
        unsigned hint = ~0U;
        time_ns cost = 0; // of this step so far
        // The line of its deque, for others.
        unsigned line_version = 0;
        time_ns line_lost = 0, line_free = 0; // what it costs the owner to have it back; when another may claim
    };
    struct event {
        time_ns time;
        std::uint64_t order;
        unsigned place, version;
        bool operator>(const event& other) const {
            return time != other.time ? time > other.time : order > other.order;
        }
    };

    // ---- events and lines ----

    void schedule(unsigned at, time_ns when) { events_.push({when, ++order_, at, ++places_[at].version}); }
    std::uint32_t random(place& at) {
        at.random ^= at.random << 13;
        at.random ^= at.random >> 17;
        at.random ^= at.random << 5;
        return at.random;
    }
    unsigned new_thread(unsigned at) {
        if (!places_[at].spare.empty()) {
            const unsigned found = places_[at].spare.back();
            places_[at].spare.pop_back();
            return found;
        }
        threads_.push_back(std::make_unique<thread>());
        const auto number = static_cast<unsigned>(threads_.size() - 1);
        threads_.back()->number = number;
        threads_.back()->place = at;
        return number;
    }
    thread& current(place& at) { return *threads_[at.current]; }
    unsigned index(const place& at) const { return static_cast<unsigned>(&at - places_.data()); }

    /// The owner writes its own deque: the line comes back from who has read it last.
    void write_own_line(place& at) {
        at.cost += at.line_lost;
        at.line_lost = 0;
        ++at.line_version;
    }
    /// Another looks at it. What has not changed since is in its cache.
    void read_line(place& by, unsigned at) {
        unsigned& seen = seen_[std::size_t{index(by)} * places_.size() + at];
        if (seen == places_[at].line_version) {
            by.cost += look_ns;
            return;
        }
        const time_ns transfer = machine_.transfer(index(by), at);
        seen = places_[at].line_version;
        by.cost += transfer;
        places_[at].line_lost = std::max(places_[at].line_lost, transfer);
        ++result_.probes;
    }
    /// Another writes it; who comes at the same time waits.
    void write_line(place& by, unsigned at) {
        place& of = places_[at];
        const time_ns transfer = machine_.transfer(index(by), at);
        const time_ns begin = std::max(now_ + by.cost, of.line_free);
        of.line_free = begin + transfer;
        by.cost = begin + transfer + own_rmw_ns - now_;
        of.line_lost = std::max(of.line_lost, transfer);
        ++of.line_version;
    }
    /// The seats word: one line for all.
    void change_seats(place& by) {
        const time_ns begin = std::max(now_ + by.cost, seats_free_);
        seats_free_ = begin + machine_.transfer(index(by), seats_owner_);
        seats_owner_ = index(by);
        by.cost = seats_free_ + own_rmw_ns - now_;
    }

    // ---- a thread at work ----

    void begin_round(place& at, unsigned round) {
        round_ = round;
        current(at).is_asked = true;
        current(at).calls.push_back({0, what_.all(mixed(seed_) + round), no_thread, 0, true});
        at.is = state::running;
    }

    void step(unsigned at) {
        place& its = places_[at];
        switch (its.is) {
        case state::running: work_on(its); break;
        case state::waiting: wait(its); break;
        case state::searching: search(its); break;
        case state::asleep: break;
        }
        if (its.is != state::asleep) schedule(at, now_ + std::max<time_ns>(its.cost, 1));
    }

    /// Between two blocks or leaves: until the next has been run, or the thread waits or is out of work.
    void work_on(place& at) {
        if (resume_waiter(at)) return;
        write_own_line(at);
        for (;;) {
            thread& own = current(at);
            call& now = own.calls.back();
            if (!workload::is_empty(now.current)) return run_block(at, own, now);
            if (own.jobs.size() > now.base) {
                if (!take_newest(at, own, now)) return;
            } else if (!finish_call(at, own)) {
                return;
            }
        }
    }
    void run_block(place& at, thread& own, call& now) {
        if (!what_.is_loop()) {
            while (what_.is_divisible(now.current)) push_half(at, own, now);
        } else if (now.is_new && own.is_asked) {
            for (unsigned pieces = 0; pieces < most_pieces && what_.is_divisible(now.current); ++pieces)
                push_half(at, own, now);
        } else if (own.is_asked) {
            if (own.private_jobs() == 0 && what_.is_divisible(now.current))
                push_half(at, own, now);
            else
                serve(at, own);
        }
        now.is_new = false;
        const double alone = what_.run(now.current, index(at)) / machine_.capacity(index(at));
        at.cost += static_cast<time_ns>(alone * crowding(at));
    }
    /// Threads of one core share its units: two do the work of 1.25.
    double crowding(const place& at) const {
        const pel::detail::seat_run core = machine_.plan().order().core_of(index(at));
        unsigned at_work = 0;
        for (unsigned seat = core.first; seat < unsigned{core.first} + core.count; ++seat)
            at_work += places_[seat].is == state::running ? 1 : 0;
        return at_work / (1 + 0.25 * (at_work - 1));
    }
    void push_half(place& at, thread& own, call& now) {
        own.jobs.push_back({what_.divide(now.current)});
        at.cost += fork_ns;
        if (own.is_asked) serve(at, own);
    }
    /// Half of what is private becomes public, and up to two are woken for it.
    void serve(place& at, thread& own) {
        own.is_asked = false;
        const std::size_t jobs = (own.private_jobs() + 1) / 2;
        at.cost += serve_ns;
        expose(own, jobs);
        const std::size_t wanted = jobs > searching_ ? std::min<std::size_t>(jobs - searching_, 2) : 0;
        for (std::size_t woken = 0; woken < wanted && wake_one(at); ++woken) {
        }
        if (jobs == 0 && searching_ == 0 && sleeping_ != 0) own.is_asked = true;
    }
    void expose(thread& own, std::size_t jobs) {
        own.split += jobs;
        public_jobs_ += jobs;
    }
    /// Returns: false if it is stolen and not done, and the thread waits.
    bool take_newest(place& at, thread& own, call& now) {
        const std::size_t position = own.jobs.size() - 1;
        const job newest = own.jobs.back();
        if (position < own.split) at.cost += own_rmw_ns;
        if (position < own.top) {
            if (!newest.is_done) {
                at.is = state::waiting;
                at.since = now_;
                at.cost += wait_step_ns;
                return false;
            }
            own.top = own.split = position;
        } else {
            if (position < own.split) {
                own.split = position;
                --public_jobs_;
            }
            now.current = newest.what;
        }
        own.jobs.pop_back();
        return true;
    }
    /// Returns: whether the thread goes on, with what lies below or the next round.
    bool finish_call(place& at, thread& own) {
        const call done = own.calls.back();
        own.calls.pop_back();
        if (done.forker == no_thread) {
            is_over_ = round_ + 1 == what_.rounds();
            if (!is_over_) begin_round(at, round_ + 1);
            return false;
        }
        thread& forker = *threads_[done.forker];
        forker.jobs[done.position].is_done = true;
        at.cost += machine_.transfer(index(at), forker.place);
        tell(at, done.forker);
        if (!own.calls.empty()) return true; // below is a wait
        if (!resume_any(at)) {
            begin_search(at);
            change_seats(at);
        }
        return false;
    }

    // ---- waiting ----

    bool is_ready(const thread& one) const { return !one.waits || one.jobs.back().is_done; }
    /// The current thread is out of work: another of this place that has some takes over.
    bool resume_any(place& at) {
        for (std::size_t each = 0; each < at.suspended.size(); ++each) {
            const unsigned number = at.suspended[each];
            if (!is_ready(*threads_[number])) continue;
            at.suspended.erase(at.suspended.begin() + static_cast<std::ptrdiff_t>(each));
            at.spare.push_back(at.current);
            resume(at, number);
            return true;
        }
        return false;
    }
    /// What a thread was waiting for when its place was given to another is done: it goes on at once.
    bool resume_waiter(place& at) {
        for (unsigned& each : at.suspended) {
            const unsigned number = each;
            if (!threads_[number]->waits || !is_ready(*threads_[number])) continue;
            thread& own = current(at);
            if (own.calls.empty()) return resume_any(at);
            expose(own, own.private_jobs());
            each = at.current;
            resume(at, number);
            return true;
        }
        return false;
    }
    void resume(place& at, unsigned number) {
        threads_[number]->waits = false;
        at.current = number;
        at.is = state::running;
        at.cost += switch_ns;
    }
    void tell(place& by, unsigned forker) {
        place& at = places_[threads_[forker]->place];
        if (at.is != state::asleep || at.current == forker) return;
        idle_.remove(index(at));
        --sleeping_;
        by.cost += wake_call_ns;
        begin_search(at);
        schedule(index(at), now_ + by.cost + latency(by, at));
    }
    time_ns latency(const place& by, const place& at) const {
        return wake_latency_ns + 4 * machine_.transfer(index(by), index(at));
    }
    void wait(place& at) {
        thread& own = current(at);
        const job& awaited = own.jobs.back();
        if (awaited.is_done || leapfrog(at, awaited)) {
            at.is = state::running;
            return;
        }
        at.cost += wait_step_ns;
        if (now_ - at.since < wait_ns) return;
        for (unsigned& each : at.suspended) {
            const unsigned number = each;
            if (!is_ready(*threads_[number])) continue;
            go_away(own);
            each = at.current;
            return resume(at, number);
        }
        if (public_jobs_ == 0 || at.suspended.size() >= most_suspended) return;
        go_away(own);
        at.suspended.push_back(at.current);
        at.current = new_thread(index(at));
        at.cost += switch_ns;
        begin_search(at);
        change_seats(at);
    }
    void go_away(thread& own) {
        expose(own, own.private_jobs());
        own.waits = true;
    }
    /// Takes a job from who has the awaited one, if it serves that and nothing else on top.
    bool leapfrog(place& at, const job& awaited) {
        thread& thief = *threads_[awaited.thief];
        read_line(at, thief.place);
        const bool serves = !thief.calls.empty() && thief.calls.back().forker == at.current &&
                            thief.calls.back().position == current(at).jobs.size() - 1;
        if (!serves) return false;
        if (thief.public_jobs() != 0 && thief.top >= thief.calls.back().base) return take(at, thief);
        ask(at, thief);
        return false;
    }

    // ---- searching ----

    void begin_search(place& at) {
        at.is = state::searching;
        at.since = now_;
        at.walk = nullptr;
        at.is_in_pass = false;
        at.passes = 0;
        at.hint = ~0U;
        ++searching_;
    }
    void ask(place& by, thread& victim) {
        if (victim.is_asked || victim.calls.empty()) return;
        victim.is_asked = true;
        write_line(by, victim.place);
        ++result_.requests;
    }
    void ask_everybody(place& by) {
        for (unsigned at = 0; at < places_.size(); ++at) {
            if (&places_[at] == &by) continue;
            thread& victim = current(places_[at]);
            if (victim.calls.empty()) {
                by.cost += look_ns;
            } else {
                victim.is_asked = true;
                by.cost += machine_.transfer(index(by), at);
                places_[at].line_lost = std::max(places_[at].line_lost, machine_.transfer(index(by), at));
                ++result_.requests;
            }
        }
    }
    void take_found(place& at) {
        --searching_;
        change_seats(at);
        at.is = state::running;
        if (searching_ != 0 || !wake_one(at)) return;
        if (public_jobs_ != 0) wake_one(at);
    }
    /// Claims the oldest public job of a thread.
    bool take(place& at, thread& victim) {
        write_line(at, victim.place);
        job& oldest = victim.jobs[victim.top];
        oldest.thief = at.current;
        thread& own = current(at);
        own.calls.push_back({own.jobs.size(), oldest.what, victim.number, victim.top, true});
        own.is_asked = true; // the first fork of a job is slow
        ++victim.top;
        --public_jobs_;
        at.cost += 2 * machine_.transfer(index(at), victim.place); // the frame
        ++result_.steals;
        ++result_.by_tier[machine_.tier(index(at), victim.place)];
        result_.remote_steals += machine_.is_remote(index(at), victim.place) ? 1 : 0;
        return true;
    }
    /// Looks at a seat; asks who is there if it has nothing in public.
    bool look_at(place& by, unsigned seat) {
        place& at = places_[seat];
        read_line(by, seat);
        if (current(at).public_jobs() != 0) return take(by, current(at));
        for (const unsigned each : at.suspended) {
            if (threads_[each]->public_jobs() != 0) return take(by, *threads_[each]);
        }
        thread& victim = current(at);
        const bool has_private = victim.private_jobs() != 0;
        if (has_private || by.passes <= victim_walk::passes_per_wide_one) ask(by, victim);
        if (has_private && how_.stays && by.passes % 4 != 0) by.walk->stay();
        return false;
    }
    /// A part of a pass: what takes no longer than others may change something in.
    void search(place& at) {
        if (resume_waiter(at)) {
            --searching_;
            change_seats(at);
            return;
        }
        if (at.walk == nullptr) {
            at.walk = std::make_unique<victim_walk>(plan_.order(), index(at), random(at),
                                                    how_.asks_everybody ? 4096 : how_.tries);
            if (how_.asks_everybody) ask_everybody(at);
            if (at.hint != ~0U && look_at(at, at.hint)) return take_found(at);
        }
        if (!at.is_in_pass) {
            ++at.passes;
            at.walk->begin_pass(how_.takes_turns ? random(at) : 0, searching_);
            at.is_in_pass = true;
        }
        while (at.cost < 300) {
            const unsigned seat = at.walk->next();
            if (seat == victim_walk::none) return end_pass(at);
            if (look_at(at, seat)) return take_found(at);
        }
    }
    void end_pass(place& at) {
        at.is_in_pass = false;
        if (now_ - at.since < spin_ns) {
            at.cost += pause_ns * 8 * std::min(searching_, 8U);
            return;
        }
        ask_everybody(at);
        for (unsigned each = 0; each < places_.size(); ++each) {
            if (each != index(at) && look_at(at, each)) return take_found(at);
        }
        if (public_jobs_ != 0) { // by now: it would be seen after the seat was given up
            at.since = now_;
            return;
        }
        if (std::any_of(at.suspended.begin(), at.suspended.end(), [&](auto each) { return is_ready(*threads_[each]); }))
            return;
        --searching_;
        change_seats(at);
        at.is = state::asleep;
        idle_.add(index(at));
        ++sleeping_;
    }

    // ---- waking ----

    bool wake_one(place& by) {
        if (sleeping_ == 0) return false;
        --sleeping_;
        place& at = places_[how_.wakes_nearest ? idle_.claim_nearest(plan_.order(), index(by)) : claim_any(by)];
        by.cost += wake_call_ns;
        change_seats(by);
        begin_search(at);
        at.since = now_ + by.cost + latency(by, at);
        at.hint = index(by);
        schedule(index(at), at.since);
        ++result_.wakes;
        return true;
    }
    std::uint32_t claim_any(place& by) {
        std::uint32_t seat = random(by) % static_cast<std::uint32_t>(places_.size());
        while (!idle_.remove(seat)) seat = seat + 1 == places_.size() ? 0 : seat + 1;
        return seat;
    }

    const tested_machine& machine_;
    const workload& what_;
    const policy& how_;
    const seat_plan& plan_;
    const std::uint64_t seed_;
    std::vector<pel::detail::atomic<std::uint64_t>> words_;
    sleeper_set idle_;
    std::vector<place> places_;
    std::vector<std::unique_ptr<thread>> threads_;
    std::vector<unsigned> seen_; // versions of lines, by reader and place
    std::priority_queue<event, std::vector<event>, std::greater<>> events_;
    std::uint64_t order_ = 0;
    time_ns now_ = 0, seats_free_ = 0;
    unsigned seats_owner_ = 0, searching_ = 0, sleeping_ = 0, round_ = 0;
    std::size_t public_jobs_ = 0;
    bool is_over_ = false;
    result result_;
};

} // namespace simulator

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// One run of a workload on a machine under a policy, by discrete events. The library's own code makes the decisions:
// victim_walk says whom a searcher looks at and what it takes, sleeper_set::claim_nearest whom a waker wakes. README.md has
// what is modelled and what is not.
#pragma once

#include "policies.hpp"
#include "workloads.hpp"

#include <pel/detail/sched/sleeper_set.hpp>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <functional>
#include <memory>
#include <queue>
#include <stdexcept>
#include <vector>

namespace simulator {

using pel::detail::sleeper_set;

struct result {
    time_ns makespan = 0;
    std::uint64_t steals = 0, remote_steals = 0;
};

class simulation {
public:
    simulation(const tested_machine& machine, const workload& what, const policy& how, std::uint64_t seed)
        : machine_(machine), what_(what), how_(how), order_(machine.plan().order()), seed_(seed),
          words_((machine.seats() + 63) / 64), idle_(words_.data(), static_cast<std::uint32_t>(words_.size())),
          places_(machine.seats()), seen_(std::size_t{machine.seats()} * machine.seats(), ~0U) {
        for (unsigned at = 0; at < places_.size(); ++at) {
            places_[at].random = random_number(mixed(seed * 4096 + at));
            places_[at].current = new_thread(at);
            if (at == 0) continue;
            idle_.add(at);
            ++sleeping_;
        }
    }

    result run() {
        begin_round(places_[0], 0);
        if (what_.is_dealt()) deal(places_[0]);
        schedule(0, places_[0].cost);
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
    static constexpr unsigned most_suspended = 4, most_pieces = 16, asking_passes = 16, no_thread = ~0U, no_seat = ~0U;

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
        bool is_new = true;
        std::uint64_t items = 0; // a loop's: of `current`, when it was begun or cut
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
        random_number random{1};
        std::unique_ptr<search_walk> walk; // of the search
        bool is_in_pass = false;
        unsigned passes = 0;
        time_ns since = 0; // searching, or waiting
        unsigned waker = no_seat;
        unsigned best = no_seat, best_worth = 0; // seen in this pass
        time_ns cost = 0;                        // of this step so far
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

    void schedule(unsigned at, time_ns when) { events_.push({when, ++events_made_, at, ++places_[at].version}); }
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
        current(at).calls.push_back({0, what_.all(mixed(seed_) + round), no_thread, 0});
        at.is = state::running;
    }

    /// Each seat gets its share, by what those before it can do: the cuts that the library makes (seat_shares.hpp).
    void deal(place& at) {
        thread& own = current(at);
        const work all = own.calls.back().current;
        const seat_plan& plan = machine_.plan();
        const auto below = [&](unsigned seat) {
            return (all.hi - all.lo) * plan.capacity_below(seat) / plan.capacity_below(machine_.seats());
        };
        own.calls.back().current.hi = all.lo + below(1);
        for (unsigned seat = machine_.seats(); --seat != 0;) {
            place& its = places_[seat];
            own.jobs.push_back({{all.lo + below(seat), all.lo + below(seat + 1)}, false, its.current});
            current(its).calls.push_back({0, own.jobs.back().what, own.number, own.jobs.size() - 1});
            idle_.remove(seat);
            --sleeping_;
            its.is = state::running;
            at.cost += wake_call_ns;
            schedule(seat, at.cost + latency(at, its));
        }
        own.top = own.split = own.jobs.size();
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
        const std::size_t jobs = own.jobs.size();
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
        if (now.is_new || own.jobs.size() != jobs) now.items = now.current.hi - now.current.lo;
        now.is_new = false;
        const double alone = what_.run(now.current, index(at)) / machine_.capacity(index(at));
        at.cost += static_cast<time_ns>(alone * crowding(at));
    }
    /// Threads of one core share its units.
    double crowding(const place& at) const {
        const pel::detail::seat_run core = machine_.plan().order().core_of(index(at));
        unsigned at_work = 0;
        for (unsigned seat = core.first; seat < unsigned{core.first} + core.count; ++seat)
            at_work += places_[seat].is == state::running ? 1 : 0;
        return 4.0 * at_work / seat_plan::quarters_done_by(at_work);
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
            now.items = now.current.hi - now.current.lo;
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
        if (!resume_any(at)) search_counted(at);
        return false;
    }

    // ---- waiting ----

    bool is_ready(const thread& one) const { return one.waits && one.jobs.back().is_done; }
    /// Returns: a thread that could go on here, or no_thread.
    unsigned next_ready(const place& at) const {
        for (const unsigned each : at.suspended) {
            if (is_ready(*threads_[each])) return each;
        }
        return preempted_.empty() ? no_thread : preempted_.front();
    }
    /// The current thread is out of work: another that has some takes over.
    bool resume_any(place& at) {
        const unsigned next = next_ready(at);
        if (next == no_thread) return false;
        at.spare.push_back(at.current);
        resume(at, next);
        return true;
    }
    /// What a thread was waiting for when its place was given to another is done: it goes on at once, and the other on
    /// whatever CPU is idle, as the kernel would have it.
    bool resume_waiter(place& at) {
        if (current(at).calls.empty()) return resume_any(at);
        for (const unsigned each : at.suspended) {
            if (!is_ready(*threads_[each])) continue;
            expose(current(at), current(at).private_jobs());
            preempted_.push_back(at.current);
            at.suspended.push_back(at.current);
            resume(at, each);
            wake_one(at);
            return true;
        }
        return false;
    }
    void resume(place& at, unsigned number) {
        thread& one = *threads_[number];
        std::erase(places_[one.place].suspended, number);
        std::erase(preempted_, number);
        at.cost += switch_ns + machine_.transfer(index(at), one.place);
        one.place = index(at);
        one.waits = false;
        at.current = number;
        at.is = state::running;
    }
    void tell(place& by, unsigned forker) {
        place& at = places_[threads_[forker]->place];
        if (at.current == forker) return; // and sees it by itself
        if (at.is == state::asleep) {
            idle_.remove(index(at));
            --sleeping_;
            wake(by, at);
        } else if (at.is == state::searching) { // the kernel does not let it wait for who searches there
            by.cost += wake_call_ns;
            schedule(index(at), now_ + by.cost + latency(by, at));
        }
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
        const unsigned next = next_ready(at);
        if (next == no_thread && (public_jobs_ == 0 || at.suspended.size() >= most_suspended)) return;
        expose(own, own.private_jobs());
        own.waits = true;
        at.suspended.push_back(at.current);
        if (next != no_thread) return resume(at, next);
        at.current = new_thread(index(at));
        at.cost += switch_ns;
        search_counted(at);
    }
    /// Takes a job from who has the awaited one, if it serves that and nothing else on top.
    bool leapfrog(place& at, const job& awaited) {
        thread& thief = *threads_[awaited.thief];
        read_line(at, thief.place);
        const bool serves = !thief.calls.empty() && thief.calls.back().forker == at.current &&
                            thief.calls.back().position == current(at).jobs.size() - 1;
        if (!serves || !takes_back(at, thief)) return false;
        if (thief.public_jobs() != 0 && thief.top >= thief.calls.back().base) return take(at, thief);
        ask(at, thief);
        return false;
    }

    bool takes_back(const place& at, const thread& thief) const {
        return how_.way != choice::own ||
               victim_walk::is_worth_taking_back(order_, doublings(thief), machine_.tier(index(at), thief.place));
    }

    // ---- searching ----

    void begin_search(place& at) {
        at.is = state::searching;
        at.since = now_;
        at.walk = nullptr;
        at.is_in_pass = false;
        at.passes = 0;
        at.waker = no_seat;
        ++searching_;
    }
    void search_counted(place& at) {
        begin_search(at);
        change_seats(at);
    }
    void end_search(place& at) {
        --searching_;
        change_seats(at);
    }
    void ask(place& by, thread& victim) {
        if (victim.is_asked || victim.calls.empty()) return;
        victim.is_asked = true;
        write_line(by, victim.place);
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
            }
        }
    }
    void begin_found(place& at) {
        at.is = state::running;
        end_search(at);
        const bool more = threads_[current(at).calls.back().forker]->public_jobs() != 0;
        if (searching_ == 0 && wake_one(at) && more) wake_one(at);
    }
    /// Claims the oldest public job of a thread.
    bool take(place& at, thread& victim) {
        write_line(at, victim.place);
        job& oldest = victim.jobs[victim.top];
        oldest.thief = at.current;
        thread& own = current(at);
        own.calls.push_back({own.jobs.size(), oldest.what, victim.number, victim.top});
        own.is_asked = true; // the first fork of a job is slow
        ++victim.top;
        --public_jobs_;
        at.cost += 2 * machine_.transfer(index(at), victim.place); // the frame
        ++result_.steals;
        result_.remote_steals += machine_.is_remote(index(at), victim.place) ? 1 : 0;
        return true;
    }
    thread* with_public(place& at) {
        if (current(at).public_jobs() != 0) return &current(at);
        for (const unsigned each : at.suspended) {
            if (threads_[each]->public_jobs() != 0) return threads_[each].get();
        }
        return nullptr;
    }
    /// How often what it has in public can be halved, as far as it shows: jobs get smaller by half from the oldest on, and
    /// a loop says what it is running.
    unsigned doublings(const thread& victim) const {
        const bool is_in_loop = what_.is_loop() && !victim.calls.empty();
        return static_cast<unsigned>(victim.jobs.size() - victim.top) +
               (is_in_loop ? static_cast<unsigned>(std::bit_width(victim.calls.back().items)) : 0);
    }
    /// Looks at a seat; asks who is there if it has nothing in public. Returns: whether a job was taken.
    bool look_at(place& by, unsigned seat, bool compares) {
        place& at = places_[seat];
        read_line(by, seat);
        if (thread* const victim = with_public(at)) {
            if (!compares) return take(by, *victim);
            const unsigned worth = by.walk->worth(doublings(*victim));
            if (worth > by.best_worth) {
                by.best = seat;
                by.best_worth = worth;
            }
        } else if (current(at).private_jobs() != 0 || by.passes <= asking_passes) {
            ask(by, current(at));
        }
        return false;
    }
    /// A part of a pass: what takes no longer than others may change something in.
    void search(place& at) {
        if (resume_waiter(at)) return end_search(at);
        if (at.walk == nullptr) {
            at.walk = std::make_unique<search_walk>(order_, index(at), how_, at.random);
            if (at.waker != no_seat && look_at(at, at.waker, false)) return begin_found(at);
        }
        if (!at.is_in_pass) {
            ++at.passes;
            at.walk->begin_pass(searching_);
            at.is_in_pass = true;
            at.best = no_seat;
            at.best_worth = 0;
        }
        while (at.cost < 300) {
            const unsigned seat = at.walk->next();
            if (seat == victim_walk::none) return end_pass(at);
            if (look_at(at, seat, at.walk->compares())) return begin_found(at);
        }
    }
    void end_pass(place& at) {
        at.is_in_pass = false;
        if (at.best != no_seat) {
            if (thread* const victim = with_public(places_[at.best])) {
                take(at, *victim);
                return begin_found(at);
            }
        }
        if (now_ - at.since < spin_ns)
            at.cost += pause_ns * 8 * std::min(searching_, 8U);
        else
            try_sleep(at);
    }
    void try_sleep(place& at) {
        ask_everybody(at);
        for (const unsigned each : at.walk->everybody()) {
            if (look_at(at, each, false)) return begin_found(at);
        }
        if (next_ready(at) != no_thread) return;
        end_search(at);
        at.is = state::asleep;
        idle_.add(index(at));
        ++sleeping_;
    }

    // ---- waking ----

    bool wake_one(place& by) {
        if (sleeping_ == 0) return false;
        --sleeping_;
        place& at = places_[how_.way == choice::random ? claim_any(by) : idle_.claim_nearest(order_, index(by))];
        wake(by, at);
        at.waker = index(by);
        return true;
    }
    /// Who is woken is counted by its waker.
    void wake(place& by, place& at) {
        begin_search(at);
        change_seats(by);
        by.cost += wake_call_ns;
        at.since = now_ + by.cost + latency(by, at);
        schedule(index(at), at.since);
    }
    std::uint32_t claim_any(place& by) {
        std::uint32_t seat = by.random() % static_cast<std::uint32_t>(places_.size());
        while (!idle_.remove(seat)) seat = seat + 1 == places_.size() ? 0 : seat + 1;
        return seat;
    }

    const tested_machine& machine_;
    const workload& what_;
    const policy& how_;
    const victim_order& order_;
    const std::uint64_t seed_;
    std::vector<pel::detail::atomic<std::uint64_t>> words_;
    sleeper_set idle_;
    std::vector<place> places_;
    std::vector<std::unique_ptr<thread>> threads_;
    std::vector<unsigned> preempted_; // threads that could go on, were there a CPU
    std::vector<unsigned> seen_;      // versions of lines, by reader and place
    std::priority_queue<event, std::vector<event>, std::greater<>> events_;
    std::uint64_t events_made_ = 0;
    time_ns now_ = 0, seats_free_ = 0;
    unsigned seats_owner_ = 0, searching_ = 0, sleeping_ = 0, round_ = 0;
    std::size_t public_jobs_ = 0;
    bool is_over_ = false;
    result result_;
};

} // namespace simulator

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How pools come to be, and end; thread_pool.hpp declares it.
#pragma once

#include <pel/detail/sched/foreign_calls.hpp>
#include <pel/detail/sched/pool_plan.hpp>
#include <pel/thread_pool.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

PEL_NAMESPACE_BEGIN
namespace detail {

/// Returns: PEL_NUM_THREADS, 0 if it is not set. Throws: std::invalid_argument.
PEL_INLINE unsigned threads_from_environment() {
    const char* text = std::getenv("PEL_NUM_THREADS");
    if (text == nullptr || *text == '\0') return 0;
    unsigned value = 0;
    const char* at = text;
    for (; *at >= '0' && *at <= '9' && value <= seats::most_seats; ++at)
        value = value * 10 + static_cast<unsigned>(*at - '0');
    if (*at != '\0' || value == 0 || value > seats::most_seats) {
        throw_error<std::invalid_argument>("pel: PEL_NUM_THREADS is \"" + std::string(text) +
                                           "\", not a number from 1 to " + std::to_string(seats::most_seats));
    }
    return value;
}

} // namespace detail

PEL_INLINE thread_pool::thread_pool(unsigned concurrency)
    : thread_pool([&] {
          thread_pool_options options;
          options.concurrency = concurrency;
          return options;
      }()) {}

PEL_INLINE thread_pool::thread_pool(thread_pool_options options)
    : options_(std::move(options)), seats_(choose_seats()),
      places_(options_.topology, seats_, options_.binding, options_.smt, detail::pool_machine::any_node) {
    core_.store(make_core(), detail::release); // sync(K1) release: constructed
}

PEL_INLINE thread_pool::thread_pool(const thread_pool& whole, unsigned node)
    : options_(whole.options_), whole_(&whole), seats_(whole.places_.seats_on(node)),
      places_(options_.topology, seats_, binding::numa_node, options_.smt, node) {
    core_.store(make_core(), detail::release); // sync(K1) release: constructed
}

PEL_INLINE pool_stats thread_pool::stats() const {
    pool_stats sum;
    core().add_to(sum);
    node_pools_.for_each([&](const thread_pool& each) { each.core().add_to(sum); });
    return sum;
}

PEL_INLINE unsigned thread_pool::choose_seats() const {
    unsigned wanted = options_.concurrency;
    if (wanted == 0) wanted = detail::threads_from_environment();
    if (wanted == 0) {
        wanted = std::min(options_.topology.concurrency(), detail::seats::most_seats);
        const std::size_t cores = options_.smt ? 0 : options_.topology.cores().size();
        if (cores != 0 && cores < wanted) wanted = static_cast<unsigned>(cores);
    }
    if (wanted > detail::seats::most_seats) {
        detail::throw_error<std::invalid_argument>("pel::thread_pool: concurrency " + std::to_string(wanted) +
                                                   " is more than " + std::to_string(detail::seats::most_seats));
    }
    if (options_.max_threads > detail::seats::most_threads) {
        detail::throw_error<std::invalid_argument>("pel::thread_pool: max_threads " +
                                                   std::to_string(options_.max_threads) + " is more than " +
                                                   std::to_string(detail::seats::most_threads));
    }
    if (options_.stack_size != 0 && options_.stack_size < detail::least_stack_size()) {
        detail::throw_error<std::invalid_argument>(
            "pel::thread_pool: stack_size " + std::to_string(options_.stack_size) + " is less than a thread needs, " +
            std::to_string(detail::least_stack_size()));
    }
    if (options_.spin < std::chrono::nanoseconds(0)) {
        detail::throw_error<std::invalid_argument>("pel::thread_pool: spin " + std::to_string(options_.spin.count()) +
                                                   " ns is negative");
    }
    return wanted;
}

PEL_INLINE detail::scheduler* thread_pool::make_core() const {
    return new detail::scheduler(detail::pool_access::config_of(*this));
}

PEL_INLINE detail::scheduler_config detail::pool_access::config_of(const thread_pool& pool) {
    const thread_pool_options& options = pool.options_;
    scheduler_config config;
    config.seats = pool.seats_;
    config.max_threads =
        options.max_threads != 0 ? options.max_threads : std::min(4 * pool.seats_ + 16, seats::most_threads);
    config.stack_size = options.stack_size;
    config.spin_ns = options.spin.count();
    config.whole = pool.whole_ != nullptr ? &pool.whole_->core() : nullptr;
    config.context = const_cast<thread_pool*>(&pool);
    config.prepare = [](void* context, unsigned index) {
        const auto& its = *static_cast<const thread_pool*>(context);
        char name[32]; // the kernel keeps 15 characters
        std::snprintf(name, sizeof name, "%.9s/%u", its.options_.name.c_str(), index);
        name_this_thread(name);
        its.places_.widen_affinity();
    };
    config.on_start = [](void* context, unsigned index) {
        const auto& hook = static_cast<const thread_pool*>(context)->options_.on_worker_start;
        if (hook) hook(index);
    };
    config.on_stop = [](void* context, unsigned index) {
        const auto& hook = static_cast<const thread_pool*>(context)->options_.on_worker_stop;
        if (hook) hook(index);
    };
    config.wants_plan = [](void* context, bool before_work) {
        return static_cast<const thread_pool*>(context)->places_.wants_plan(before_work);
    };
    config.make_plan = [](void* context) { return static_cast<const thread_pool*>(context)->places_.useful_plan(); };
    config.help_parts = [](void* context) {
        bool has_helped = false;
        static_cast<const thread_pool*>(context)->node_pools_.for_each([&](const thread_pool& each) {
            scheduler& part = *each.core_.load(acquire); // sync(K1) acquire: as in core()
            if (part.is_from_this_process()) has_helped = part.help_without_threads() || has_helped;
        });
        return has_helped;
    };
    config.settle = [](void* context, const seat_plan& plan, unsigned seat) {
        return static_cast<const thread_pool*>(context)->places_.settle(plan, seat);
    };
    return config;
}

PEL_INLINE std::vector<seat_place> thread_pool::places() const {
    const detail::placement& all = places_.make_plan().places();
    std::vector<seat_place> found(seats_);
    for (unsigned seat = 0; seat < seats_; ++seat) found[seat] = {all[seat].pu, all[seat].node, all[seat].bound_to};
    return found;
}

PEL_INLINE unsigned thread_pool::tier(unsigned seat, unsigned other) const {
    return places_.make_plan().order().tier(seat, other);
}

PEL_INLINE std::vector<std::string> thread_pool::tiers() const {
    std::vector<std::string> names;
    const detail::seat_plan* const plan = places_.try_get_plan();
    for (unsigned tier = 0; plan != nullptr && tier < plan->distances().tiers(); ++tier)
        names.push_back(plan->distances().tier_at(tier).name);
    return names;
}

/// In a fork child: the parent's scheduler is left as it is, with threads that do not exist here. Of threads that race the
/// first one's is used: a lock might be held for ever in a child of the child.
PEL_COLD PEL_INLINE detail::scheduler& thread_pool::restart() const {
    detail::scheduler* current = core_.load(detail::acquire); // sync(K1) acquire: another thread's
    if (current->is_from_this_process()) return *current;
    detail::scheduler* const fresh = make_core();
    fresh->predecessor = current;
    // sync(K1) acq_rel: constructed; a failure reads another thread's
    if (core_.compare_exchange(current, fresh, detail::acq_rel)) return *fresh;
    delete fresh;
    return *current;
}

PEL_INLINE thread_pool::~thread_pool() {
    detail::scheduler* const core = core_.load(detail::acquire); // sync(K1) acquire: as in core()
    if (!core->is_from_this_process()) return;
    bool is_inside = false;
    const auto look_inside = [&](const detail::scheduler& ends) {
        is_inside = is_inside || detail::current_worker->pool == &ends;
        for (auto* level = detail::current_worker->level; level != nullptr; level = level->outer())
            is_inside = is_inside || level->pool() == &ends;
    };
    look_inside(*core);
    node_pools_.for_each([&](const thread_pool& each) {
        look_inside(*each.core_.load(detail::acquire)); // sync(K1) acquire: as in core()
    });
    if (is_inside) {
        std::fputs("pel::thread_pool: destroyed by one of its own tasks\n", stderr);
        std::terminate();
    }
    {
        const detail::foreign_call call(*core);
        core->complete_submissions(call.own());
    }
    if (!core->is_from_this_process()) return; // a task forked, and this is the child
    node_pools_.end();                         // nothing is under way in any of them, nor here
    core->stop();
    delete core;
}

namespace detail {

struct node_pools::list {
    list(const thread_pool& whole, unsigned of) : node(of), pool(whole, of) {}
    const unsigned node;
    thread_pool pool;
    list* next = nullptr;
};

PEL_INLINE void node_pools::end() noexcept {
    for (list* each = first_.exchange(nullptr, acquire); each != nullptr;) { // sync(K3) acquire: it
        list* const done = each;
        each = each->next;
        delete done;
    }
}

template <class Do>
void node_pools::for_each(const Do& action) const {
    for (list* each = first_.load(acquire); each != nullptr; each = each->next) // sync(K3) acquire: it
        action(each->pool);
}

/// Threads that race may make the same one twice, and then use the first in the list.
PEL_INLINE thread_pool& node_pools::get(const thread_pool& whole, unsigned node) {
    list* first = first_.load(acquire); // sync(K3) acquire: the pools
    const auto find = [&]() -> thread_pool* {
        for (list* each = first; each != nullptr; each = each->next) {
            if (each->node == node) return &each->pool;
        }
        return nullptr;
    };
    thread_pool* found = find();
    if (found != nullptr) return *found;
    list* const fresh = new list(whole, node);
    do {
        found = find();
        if (found != nullptr) {
            delete fresh;
            return *found;
        }
        fresh->next = first;
    } while (!first_.compare_exchange(first, fresh, acq_rel)); // sync(K3) acq_rel: it; or those that came first
    return fresh->pool;
}

/// What the default pool is to be made from: the newest of what was configured. Never freed, since somebody may read it.
struct configured_options {
    thread_pool_options options;
    const configured_options* older;
};
inline constinit atomic<const configured_options*> default_pool_options{nullptr};

/// Ends the default pool's idle threads at exit; running ones get 100 ms in all. What calls later runs alone.
PEL_INLINE void abandon_default_pool() noexcept {
    if (thread_pool* const pool = the_default_pool.try_get()) pool_access::abandon(*pool, now_ns() + 100'000'000);
}

PEL_COLD PEL_INLINE thread_pool& make_default_pool() {
    static constinit atomic<bool> ends_at_exit{false};
    do_once(ends_at_exit, [] { call_at_exit([] { abandon_default_pool(); }); });
    return the_default_pool.get_or_build([] {
        // sync(K2) acquire: what was configured
        const configured_options* const newest = default_pool_options.load(acquire);
        return newest == nullptr ? new thread_pool() : new thread_pool(newest->options);
    });
}

} // namespace detail

PEL_INLINE void configure_default_pool(thread_pool_options options) {
    if (detail::the_default_pool.try_get() != nullptr)
        detail::throw_error<std::logic_error>("pel::configure_default_pool: the default pool exists already");
    auto* const newest = new detail::configured_options{std::move(options), nullptr};
    const detail::configured_options* older = detail::default_pool_options.load(detail::relaxed); // CAS below
    do {
        newest->older = older;
    } while (!detail::default_pool_options.compare_exchange(older, newest, detail::acq_rel)); // sync(K2) acq_rel: them
}

namespace detail {

PEL_INLINE thread_pool& pool_access::node_pool(const thread_pool& pool, unsigned node) {
    const thread_pool& whole = pool.whole_ != nullptr ? *pool.whole_ : pool;
    return whole.node_pools_.get(whole, node);
}

PEL_INLINE void pool_access::abandon(const thread_pool& pool, std::int64_t deadline) noexcept {
    const auto for_each_core = [&](const auto& action) {
        const auto act = [&](const thread_pool& its) {
            scheduler* const core = its.core_.load(acquire); // sync(K1) acquire: as in thread_pool::core()
            if (core->is_from_this_process()) action(*core);
        };
        act(pool);
        pool.node_pools_.for_each(act);
    };
    for_each_core([](scheduler& core) { core.begin_end(); }); // all are told before one is waited for
    for_each_core([&](scheduler& core) { core.abandon(deadline); });
}

} // namespace detail
PEL_NAMESPACE_END

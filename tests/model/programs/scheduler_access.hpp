// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A scheduler for programs that begin in the middle: records in a chosen state, and the private parts by name, so that
// a protocol can be explored without what leads up to it.
#pragma once

#include <pel/parallel_invoke.hpp>

#include <pel_model/plain.hpp>
#include <pel_model/program.hpp>

namespace pel_test {

using namespace pel::detail;

/// Explicit instantiations may name private members: member(Tag) is a pointer to it.
template <class Tag, auto Member>
struct reveal {
    friend constexpr auto member(Tag) { return Member; }
};

#define PEL_TEST_REVEAL(tag, name)                                                                                     \
    struct tag {                                                                                                       \
        friend constexpr auto member(tag);                                                                             \
    };                                                                                                                 \
    template struct reveal<tag, &scheduler::name>

PEL_TEST_REVEAL(seats_of, seats_);
PEL_TEST_REVEAL(attach_to, attach);
PEL_TEST_REVEAL(sleep_idle_of, sleep_idle);
PEL_TEST_REVEAL(find_once_of, find_once);
PEL_TEST_REVEAL(run_found_of, run_found);
PEL_TEST_REVEAL(threads_of, threads_);

/// A pool none of whose threads is started; programs play them.
struct pool_world {
    scheduler pool;

    explicit pool_world(unsigned seats, unsigned max_threads = 0)
        : pool(scheduler_config{.seats = seats, .max_threads = max_threads}) {
        model::name(pool, "pool");
        model::name(pool.*member(seats_of{}), "seats");
        model::name(pool.shared(), "injector");
    }

    /// A record of a thread that is in no call.
    worker& foreign(const char* name) { return named(*pool.lease_record(), name); }
    /// A record of a pool thread that holds a seat and counts as searching.
    worker& searching(const char* name) {
        worker& own = *record_table::take();
        (pool.*member(attach_to{}))(own, false);
        (pool.*member(threads_of{})).fetch_add(1, relaxed);
        (pool.*member(seats_of{})).try_take_seat(false);
        return named(own, name);
    }

private:
    static worker& named(worker& own, const char* name) {
        model::name(own, name);
        model::name(own.deque, name);
        model::ignore(&own.counts, sizeof(own.counts));
        return own;
    }
};

} // namespace pel_test

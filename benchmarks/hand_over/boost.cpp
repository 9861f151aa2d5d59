// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/boost_fibers.hpp"
#include "threads.hpp"

#include <boost/fiber/buffered_channel.hpp>
#include <boost/fiber/condition_variable.hpp>
#include <boost/fiber/mutex.hpp>

#include <array>

namespace {

using condition = workload::condition<boost::fibers::mutex, boost::fibers::condition_variable>;

/// One that holds a single thing, for each party.
class channels {
public:
    void wake(unsigned party) { of(party).push(true); }
    void wait(unsigned party) {
        bool is_there = false;
        of(party).pop(is_there);
    }

private:
    using channel = boost::fibers::buffered_channel<bool>;
    channel& of(unsigned party) { return party == 0 ? first_ : second_; }

    channel first_{2}, second_{2};
};

template <class Between>
bool register_fibers(const char* runtime) {
    return workload::register_turns<bench::boost_fibers>(
        "coroutines", runtime, 1, workload::rounds_of_coroutines, [](bench::boost_fibers&, std::uint32_t rounds) {
            Between between;
            workload::turns all(rounds);
            boost::fibers::fiber first([&] { workload::take_turns(between, all, 0, rounds); });
            boost::fibers::fiber second([&] { workload::take_turns(between, all, 1, rounds); });
            first.join();
            second.join();
            return all.seconds();
        });
}

const bool by_condition = register_fibers<condition>("boost_condition");
const bool by_channel = register_fibers<channels>("boost_channel");

} // namespace

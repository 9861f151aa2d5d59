// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "workload.hpp"

#include <boost/fiber/condition_variable.hpp>
#include <boost/fiber/fiber.hpp>
#include <boost/fiber/mutex.hpp>

#include <mutex>

namespace {

struct event {
    boost::fibers::mutex mutex;
    boost::fibers::condition_variable changed;
    bool is_set = false;

    void set() {
        {
            const std::lock_guard lock(mutex);
            is_set = true;
        }
        changed.notify_all();
    }
    void wait() {
        std::unique_lock lock(mutex);
        changed.wait(lock, [this] { return is_set; });
    }
};

void live_all(workload::numbers& all, const std::function<void()>& are_alive) {
    std::size_t alive = 0;
    event end;
    std::vector<boost::fibers::fiber> fibers;
    fibers.reserve(all.size());
    for (std::uint32_t& number : all) {
        fibers.emplace_back(boost::fibers::launch::dispatch, [&alive, &end, &number] {
            ++alive;
            end.wait();
            ++number;
        });
    }
    if (alive == all.size()) are_alive();
    end.set();
    for (boost::fibers::fiber& each : fibers) each.join();
}

const workload::lives fibers("boost", 1, 10'000, 2'000, [](unsigned) { return live_all; });

} // namespace

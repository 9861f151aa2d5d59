// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Coroutines awaited together, which meet in a mutex and a semaphore, and an object that a hazard pointer protects: what one
// thread has written another finds, and none is read after its end.
#include "smoke.hpp"

#include <pel/coro/schedule.hpp>
#include <pel/coro/sync_wait.hpp>
#include <pel/coro/when_all.hpp>
#include <pel/sync/counting_semaphore.hpp>
#include <pel/sync/hazard_pointer.hpp>
#include <pel/sync/mutex.hpp>
#include <pel/thread_pool.hpp>

#include <atomic>
#include <mutex>
#include <vector>

namespace {

struct shared {
    pel::mutex mutex;
    pel::counting_semaphore<> units{2};
    long sum = 0;   // plain: with the mutex held
    long places[2]; // each with its unit
    std::vector<long*> free{&places[0], &places[1]};
};

pel::task<long> leaf(shared& in, long n) {
    if (n % 3 == 0) co_await pel::yield();
    {
        const std::unique_lock hold = co_await in.mutex.async_lock();
        in.sum += n;
    }
    co_await in.units.async_acquire();
    long* place = nullptr;
    {
        const std::unique_lock hold = co_await in.mutex.async_lock();
        place = in.free.back();
        in.free.pop_back();
    }
    *place = n;
    if (n % 5 == 0) co_await pel::yield();
    const long seen = *place;
    {
        const std::unique_lock hold = co_await in.mutex.async_lock();
        in.free.push_back(place);
    }
    in.units.release();
    co_return seen;
}

pel::task<long> tree(shared& in, long first, long count) {
    if (count == 1) co_return co_await leaf(in, first);
    auto [left, right] =
        co_await pel::when_all(tree(in, first, count / 2), tree(in, first + count / 2, count - count / 2));
    co_return left + right;
}

struct pair : pel::hazard_pointer_obj_base<pair> {
    explicit pair(long n) : first(n), second(n) {}
    ~pair() { first = second = -1; }
    long first, second;
};

void replace_while_others_read(pel::thread_pool& pool) {
    std::atomic<pair*> current{new pair(0)};
    std::atomic<bool> is_over{false};
    std::vector<pel::future<void>> readers;
    for (int i = 0; i < 2; ++i) {
        readers.push_back(pool.submit([&] {
            pel::hazard_pointer guard = pel::make_hazard_pointer();
            do {
                const pair* seen = guard.protect(current);
                smoke::check(seen->first == seen->second && seen->first >= 0, "what is protected is there");
            } while (!is_over.load());
        }));
    }
    for (long n = 1; n <= 2000; ++n) current.exchange(new pair(n))->retire();
    is_over = true;
    for (pel::future<void>& each : readers) each.get();
    delete current.load();
}

} // namespace

int main() {
    for (unsigned workers = 1; workers <= 4; ++workers) {
        pel::thread_pool pool(workers);
        for (int round = 0; round < 5; ++round) {
            shared all;
            const long sum = pool.execute([&] { return pel::sync_wait(tree(all, 1, 200)); });
            smoke::check(sum == 20'100, "results of all");
            smoke::check(all.sum == 20'100, "each has added its own with the mutex held");
            smoke::check(all.units.try_acquire() && all.units.try_acquire() && !all.units.try_acquire(), "all units");
        }
        replace_while_others_read(pool);
    }
}

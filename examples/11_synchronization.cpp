// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Tasks that wait for each other: for numbers that another task puts, for one of two connections, for the end. Who blocks
// frees its seat for the pool's other tasks, so one seat is enough. Work and span O(n): one at a time has the mutex.
#include <pel/sync/condition_variable.hpp>
#include <pel/sync/counting_semaphore.hpp>
#include <pel/sync/latch.hpp>
#include <pel/thread_pool.hpp>

#include <atomic>
#include <deque>
#include <mutex>
#include <stop_token>

/// A queue between tasks.
class channel {
public:
    void put(int item) {
        const std::lock_guard hold(mutex_);
        items_.push_back(item);
        changed_.notify_one();
    }
    bool take(int& item, const std::stop_token& no_more) {
        std::unique_lock lock(mutex_);
        if (!changed_.wait(lock, no_more, [&] { return !items_.empty(); })) return false;
        item = items_.front();
        items_.pop_front();
        return true;
    }

private:
    pel::mutex mutex_;
    pel::condition_variable changed_;
    std::deque<int> items_;
};

int main() {
    channel numbers;
    pel::counting_semaphore<> connections(2);
    pel::latch all_done(4);
    std::stop_source no_more;
    std::atomic<int> sum{0};
    pel::thread_pool pool(1); // one seat for four tasks
    for (int i = 0; i < 3; ++i) {
        pool.post([&] {
            for (int number = 0; numbers.take(number, no_more.get_token());) {
                connections.acquire();
                sum += number;
                connections.release();
            }
            all_done.count_down();
        });
    }
    pool.post([&] {
        for (int i = 1; i <= 100; ++i) numbers.put(i);
        no_more.request_stop(); // what is in the queue is taken all the same
        all_done.count_down();
    });
    all_done.wait();
    return sum == 5050 ? 0 : 1;
}

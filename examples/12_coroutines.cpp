// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Coroutines: a recursion whose halves run at the same time, the first of two answers, and coroutines that are spawned and
// joined. Work of sum(): O(n). Span: O(log n).
#include <pel/coro/async_scope.hpp>
#include <pel/coro/await_future.hpp>
#include <pel/coro/schedule.hpp>
#include <pel/coro/submit.hpp>
#include <pel/coro/sync_wait.hpp>
#include <pel/coro/when_all.hpp>
#include <pel/coro/when_any.hpp>

#include <atomic>
#include <cstdio>
#include <numeric>
#include <span>
#include <vector>

pel::task<long> sum(std::span<const int> numbers) {
    if (numbers.size() <= 1000) co_return std::accumulate(numbers.begin(), numbers.end(), 0L);
    const std::size_t middle = numbers.size() / 2;
    auto [left, right] = co_await pel::when_all(sum(numbers.first(middle)), sum(numbers.subspan(middle)));
    co_return left + right;
}

pel::task<int> search_until_found_elsewhere() {
    const std::stop_token stop = co_await pel::get_stop_token();
    while (!stop.stop_requested()) co_await pel::yield(); // others run meanwhile
    co_return -1;
}
pel::task<int> find() { co_return 42; }

pel::task<> handle(int request, std::atomic<int>& handled) {
    co_await pel::yield();
    handled += request;
}

pel::task<int> serve(pel::thread_pool& other) {
    const auto first = co_await pel::when_any(search_until_found_elsewhere(), find());
    std::printf("%zu was first\n", first.index);

    std::atomic<int> handled{0};
    pel::async_scope requests;
    for (int each = 1; each <= 10; ++each) requests.spawn(handle(each, handled));
    co_await requests.join(); // the first exception of one of them arrives here

    co_await pel::resume_on(other);                                   // goes on in another pool
    const int doubled = co_await other.submit([] { return 2 * 21; }); // a future, awaited
    co_return std::get<1>(first.value) + handled + doubled;
}

int main() {
    const std::vector<int> ones(1'000'000, 1);
    const long total = pel::sync_wait(sum(ones)); // legal everywhere; the thread runs what it waits for

    pel::thread_pool pool(2);
    pel::future<int> served = pool.submit(serve(pel::default_pool()));
    return total == 1'000'000 && served.get() == 42 + 55 + 42 ? 0 : 1;
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A tour in twenty lines. Work and span are named beside each call.
#include <pel/pel.hpp>

#include <cstdio>
#include <functional>
#include <vector>

long fib(long n) { // work O(φⁿ), span O(n)
    if (n < 2) return n;
    auto [a, b] = pel::parallel_invoke([&] { return fib(n - 1); }, [&] { return fib(n - 2); });
    return a + b;
}

int main() {
    std::vector<double> v(1'000'000);
    pel::parallel_for(0, v.size(), [&](std::size_t i) { v[i] = 0.5 * double(i); }); // work O(n), span O(log n)
    double sum = pel::parallel_reduce(0, v.size(), 0.0, [&](std::size_t i) { return v[i]; }, std::plus<>());

    pel::task_group group; // any number of tasks, waited for together
    for (int i = 0; i < 8; ++i) group.run([i, &v] { v[std::size_t(i)] = double(fib(15 + i)); });
    if (group.wait() != pel::group_status::completed) return 1;

    pel::thread_pool pool(2); // the free functions above use the default pool
    pel::future<long> answer = pool.submit([] { return fib(20); }).then([](long f) { return f + 1; });
    long here = pool.execute([] { return fib(20); }); // on this thread, with the pool's help
    std::printf("%.0f %.0f %ld %ld\n", sum, v[7], answer.get(), here);
}

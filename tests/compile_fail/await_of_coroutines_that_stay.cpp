// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What when_all() returns is awaited once.
// expect: pel::when_all: awaited once: say co_await std::move\(all\)
#include <pel/coro/when_all.hpp>

#include <utility>

pel::task<int> number() { co_return 1; }

pel::task<int> two() {
    auto all = pel::when_all(number(), number());
#ifdef PEL_COMPILE_FAIL
    auto [left, right] = co_await all;
#else
    auto [left, right] = co_await std::move(all);
#endif
    co_return left + right;
}

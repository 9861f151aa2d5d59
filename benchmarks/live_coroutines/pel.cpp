// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/pel_workers.hpp"
#include "workload.hpp"

#include <pel/coro/async_scope.hpp>
#include <pel/coro/sync_wait.hpp>
#include <pel/sync/event.hpp>
#include <pel/sync/latch.hpp>

#include <memory>

namespace {

pel::task<> live(pel::latch& not_begun, pel::event& end, std::uint32_t& number) {
    not_begun.count_down();
    co_await end;
    ++number;
}

pel::task<> live_all(workload::numbers& all, const std::function<void()>& are_alive) {
    pel::latch not_begun(std::ssize(all));
    pel::event end;
    pel::async_scope scope;
    for (std::uint32_t& number : all) scope.spawn(live(not_begun, end, number));
    co_await not_begun;
    are_alive();
    end.set();
    co_await scope.join();
}

workload::lives::live make(unsigned workers) {
    const auto pel = std::make_shared<bench::pel_workers>(workers);
    return [pel](workload::numbers& all, const std::function<void()>& are_alive) {
        pel->run([&] { pel::sync_wait(live_all(all, are_alive)); });
    };
}

const workload::lives one_worker("pel", 1, 1'000'000, 100'000, make);
const workload::lives two_workers("pel", 2, 1'000'000, 100'000, make);

} // namespace

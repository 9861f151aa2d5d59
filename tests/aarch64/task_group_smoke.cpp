// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// task_group: plain data written by many tasks is visible after wait, also in a tree of groups and after cancel.
#include "smoke.hpp"

#include <pel/task_group.hpp>
#include <pel/thread_pool.hpp>

#include <vector>

namespace {

long leaves(int depth) {
    if (depth == 0) {
        return 1;
    }
    long counts[3] = {};
    pel::task_group group;
    for (long& count : counts) {
        group.run([&count, depth] { count = leaves(depth - 1); });
    }
    smoke::check(group.wait() == pel::group_status::completed, "a group that nobody cancels completes");
    return counts[0] + counts[1] + counts[2];
}

} // namespace

int main() {
    pel::thread_pool pool(3);
    std::vector<long> squares(2000);
    for (int round = 0; round < 20; ++round) {
        pel::task_group group(pool);
        for (std::size_t i = 0; i < squares.size(); ++i) {
            group.run([&squares, i, round] { squares[i] = static_cast<long>(i * i) + round; });
        }
        smoke::check(group.wait() == pel::group_status::completed, "the group completes");
        for (std::size_t i = 0; i < squares.size(); ++i) {
            smoke::check(squares[i] == static_cast<long>(i * i) + round, "what a task wrote is seen after wait");
        }
    }
    smoke::check(pool.execute([] { return leaves(8); }) == 6561, "3^8 leaves");

    pel::task_group cancelled(pool);
    cancelled.cancel();
    cancelled.run([] { smoke::check(false, "a cancelled group runs nothing"); });
    smoke::check(cancelled.wait() == pel::group_status::cancelled, "wait says that the group was cancelled");
}

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: once
#include <pel/detail/sched/serving.hpp>

#include "support/watchdog.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace serving_test {

using pel::detail::job;
using pel::detail::scope;
using pel::detail::serving_record;

const job* task_of(std::uintptr_t i) { return reinterpret_cast<const job*>(i * 64); }
const scope* scope_of(std::uintptr_t i) { return reinterpret_cast<const scope*>(i * 64); }

TEST(serving_record, serves_nothing_at_first) {
    const serving_record record;
    EXPECT_TRUE(record.read().is_valid());
    EXPECT_EQ(record.read().task, nullptr);
}

TEST(serving_record, a_reader_sees_what_was_set_and_that_it_changed) {
    serving_record record;
    record.set(task_of(1), scope_of(2), 3);
    const serving_record::entry seen = record.read();
    EXPECT_TRUE(seen.is_valid());
    EXPECT_EQ(seen.task, task_of(1));
    EXPECT_EQ(seen.inside, scope_of(2));
    EXPECT_EQ(seen.base, 3U);
    EXPECT_TRUE(record.is_unchanged(seen));
    record.set(nullptr, nullptr, 0);
    EXPECT_FALSE(record.is_unchanged(seen));
    record.set(task_of(1), scope_of(2), 3);
    EXPECT_FALSE(record.is_unchanged(seen)) << "the count is never restored";
    EXPECT_EQ(record.get().task, task_of(1));
}

TEST(serving_record, stress_fields_of_two_jobs_are_never_taken_for_one) {
    const pel_test::watchdog guard;
    serving_record record;
    std::atomic<bool> is_over{false};
    std::thread owner([&] {
        for (std::uint32_t i = 1; i < pel_test::scaled(1'000'000); ++i) record.set(task_of(i), scope_of(i), i);
        is_over = true;
    });
    unsigned long consistent = 0;
    while (!is_over.load()) {
        const serving_record::entry seen = record.read();
        if (!seen.is_valid() || !record.is_unchanged(seen)) continue;
        ++consistent;
        ASSERT_EQ(seen.task, task_of(seen.base));
        ASSERT_EQ(seen.inside, scope_of(seen.base));
    }
    owner.join();
    SUCCEED() << consistent;
}

} // namespace serving_test

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Tests of limits: how many are inside at once, and whether they were ever too many.
#pragma once

#include <atomic>
#include <thread>

namespace pel_test {

/// Any thread.
class occupancy {
public:
    explicit occupancy(unsigned most) : most_(most) {}
    void come(unsigned units = 1) {
        if (inside_.fetch_add(units) + units > most_) ++too_many_;
        ++visits_;
    }
    void go(unsigned units = 1) { inside_ -= units; }
    void visit() {
        come();
        std::this_thread::yield();
        go();
    }
    unsigned too_many() const { return too_many_; }
    unsigned visits() const { return visits_; }

private:
    const unsigned most_;
    std::atomic<unsigned> inside_{0}, too_many_{0}, visits_{0};
};

} // namespace pel_test

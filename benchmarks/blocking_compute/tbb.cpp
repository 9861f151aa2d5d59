// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "workload.hpp"

#include <tbb/global_control.h>
#include <tbb/task_arena.h>

#include <atomic>

namespace {

/// TBB has no word for tasks that block. Those that compute are in an arena of TBB's own threads.
class by_arena {
public:
    static constexpr unsigned bound = 0;

    explicit by_arena(unsigned count, unsigned more = 0)
        : limit_(tbb::global_control::max_allowed_parallelism, count + more + 1),
          computing_(static_cast<int>(count), 0) {}
    ~by_arena() {
        while (const unsigned some = under_way_.load(std::memory_order_acquire)) under_way_.wait(some);
    }

    template <class F>
    void repeat(const F& f) {
        for (unsigned i = 0; i != 4 * workload::workers; ++i) enqueue_again(f);
    }
    template <class F>
    void block(const F& f) {
        enqueue_in(computing_, f);
    }

protected:
    template <class F>
    void enqueue_in(tbb::task_arena& arena, const F& f) {
        under_way_.fetch_add(1, std::memory_order_relaxed);
        arena.enqueue([this, f] {
            f();
            under_way_.fetch_sub(1, std::memory_order_release);
            under_way_.notify_all();
        });
    }

private:
    template <class F>
    void enqueue_again(const F& f) {
        enqueue_in(computing_, [this, f] {
            if (f()) enqueue_again(f);
        });
    }

    std::atomic<unsigned> under_way_{0};
    tbb::global_control limit_;
    tbb::task_arena computing_;
};

/// What its documentation does not forbid: threads for those that sleep.
class by_two_arenas : public by_arena {
public:
    explicit by_two_arenas(unsigned count) : by_arena(count, count) {}

    template <class F>
    void block(const F& f) {
        enqueue_in(sleeping_, f);
    }

private:
    tbb::task_arena sleeping_{static_cast<int>(workload::workers), 0};
};

const bool one = workload::add<by_arena>("blocking_compute", "tbb", workload::workers);
const bool two = workload::add<by_two_arenas>("blocking_compute", "tbb_arena", workload::workers);

} // namespace

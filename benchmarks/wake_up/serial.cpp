// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/serial_loops.hpp"
#include "workload.hpp"

#include <functional>
#include <semaphore>
#include <utility>

namespace {

/// One thread, which runs tasks as they come.
class plain_thread {
public:
    explicit plain_thread(unsigned) {}
    ~plain_thread() {
        post({});
        thread_.join();
    }
    plain_thread(const plain_thread&) = delete;
    plain_thread& operator=(const plain_thread&) = delete;

    void post(std::function<void()> task) {
        is_free_.acquire();
        task_ = std::move(task);
        has_task_.release();
    }

private:
    void run() {
        for (;;) {
            has_task_.acquire();
            if (!task_) return;
            task_();
            is_free_.release();
        }
    }

    std::binary_semaphore has_task_{0}, is_free_{1};
    std::function<void()> task_;
    std::thread thread_{[this] { run(); }};
};

const bool call = workload::register_post<bench::this_thread>("serial", 1, false,
                                                              [](bench::this_thread&, const auto& task) { task(); });
const bool plain = workload::register_post<plain_thread>(
    "plain", 2, true, [](plain_thread& thread, const auto& task) { thread.post(task); });

} // namespace

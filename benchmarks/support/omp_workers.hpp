// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// OpenMP with a given number of threads, all started.
#pragma once

#include "memory.hpp"
#include "work.hpp"

#include <optional>
#include <type_traits>

#include <omp.h>

namespace bench {

class omp_workers {
public:
    explicit omp_workers(unsigned count) : count_(static_cast<int>(count)) {
#pragma omp parallel num_threads(count_)
        spin_for(std::chrono::milliseconds(1));
        watch_.emplace();
    }
    /// Stops the threads, also those that wait actively: whoever is measured next is alone.
    ~omp_workers() {
        watch_.reset();
        omp_pause_resource_all(omp_pause_hard); // libomp does not always survive a soft one
    }
    omp_workers(const omp_workers&) = delete;
    omp_workers& operator=(const omp_workers&) = delete;

    /// For num_threads().
    int count() const noexcept { return count_; }

    /// Runs f on one thread of a team whose other threads run the tasks that f makes.
    template <class F>
    auto run(F&& f) {
        using result_type = std::invoke_result_t<F&>;
        if constexpr (std::is_void_v<result_type>) {
#pragma omp parallel num_threads(count_)
#pragma omp single nowait
            f();
        } else {
            result_type result{};
#pragma omp parallel num_threads(count_)
#pragma omp single nowait
            result = f();
            return result;
        }
    }

private:
    int count_;
    std::optional<memory_watch> watch_;
};

} // namespace bench

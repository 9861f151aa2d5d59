// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "workload.hpp"

#include <vector>

namespace {

/// A thread for everything.
class by_threads {
public:
    static constexpr unsigned bound = 0;

    explicit by_threads(unsigned) {}

    template <class F>
    void repeat(const F& f) {
        for (unsigned i = 0; i != workload::workers; ++i) {
            running_.emplace_back([f] {
                while (f()) {
                }
            });
        }
    }
    template <class F>
    void block(const F& f) {
        running_.emplace_back(f);
    }

private:
    std::vector<std::jthread> running_;
};

const bool threads = workload::add<by_threads>("blocking_compute", "plain", workload::workers);

} // namespace

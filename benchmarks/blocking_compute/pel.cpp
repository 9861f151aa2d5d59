// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/pel_workers.hpp"
#include "workload.hpp"

#include <pel/this_worker.hpp>

namespace {

/// The pool's destructor waits for what was posted.
class by_blocking {
public:
    static constexpr unsigned bound = 4 * workload::workers + 16;

    explicit by_blocking(unsigned count) : pel_(count) {}

    template <class F>
    void repeat(const F& f) {
        for (unsigned i = 0; i != 4 * workload::workers; ++i) post_again(f);
    }
    template <class F>
    void block(const F& f) {
        pel_.pool().post([f] { pel::blocking(f); });
    }

private:
    template <class F>
    void post_again(const F& f) {
        pel_.pool().post([this, f] {
            if (f()) post_again(f);
        });
    }

    bench::pel_workers pel_;
};

const bool some = workload::add<by_blocking>("blocking_compute", "pel", workload::workers);
const bool many = workload::add<by_blocking>("blocking_many", "pel", workload::many);

} // namespace

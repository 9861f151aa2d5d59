// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Loops that move elements about, and which nothing may cut short, or some would be lost: what a cancelled loop has not
// done is done here, and so are the phases after it; the cancellation arrives when all is in place.
#pragma once

#include <pel/detail/algorithm/blocks.hpp>
#include <pel/parallel_for.hpp>

#include <cstdint>
#include <exception>
#include <vector>

PEL_NAMESPACE_BEGIN
namespace detail {

class complete_phases {
public:
    /// Calls body(n) for all n in [0, count). Requires: it does not throw.
    template <class Policy, class Body>
    void run(const Policy& policy, std::uint64_t count, const Body& body) {
        std::vector<unsigned char> is_done(count); // each written by who does it
        if (error_ == nullptr) {
            call_guarded(
                [&] {
                    run_numbers(policy, count, [&](std::uint64_t n) {
                        body(n);
                        is_done[n] = 1;
                    });
                },
                [&](std::exception_ptr error) { error_ = std::move(error); });
        }
        for (std::uint64_t n = 0; error_ != nullptr && n < count; ++n) {
            if (is_done[n] == 0) body(n);
        }
    }
    /// After the last phase. Throws: operation_cancelled, if a loop was cancelled.
    void rethrow() const {
        if (error_ != nullptr) std::rethrow_exception(error_);
    }

private:
    std::exception_ptr error_;
};

} // namespace detail
PEL_NAMESPACE_END

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/pel_workers.hpp"
#include "support/sum.hpp"
#include "workload.hpp"

#include <pel/parallel_reduce.hpp>

#include <functional>

namespace {

double reduce(const pel::execution_policy auto& policy, const double* from, std::size_t n) {
    return pel::parallel_reduce(
        policy, std::size_t{0}, n, 0.0, [from](std::size_t i) { return from[i]; }, std::plus<>());
}

double fold(const pel::execution_policy auto& policy, const double* from, std::size_t n) {
    const auto stretch = [from](std::size_t first, std::size_t last, double before) {
        return before + bench::sum_of(from + first, from + last);
    };
    return pel::parallel_fold(policy, std::size_t{0}, n, 0.0, stretch, std::plus<>());
}

bool register_sums(const char* prefix, const char* runtime, auto sum) {
    return workload::register_sums<bench::pel_workers>(prefix, runtime, 2, sum);
}

const bool reduces = register_sums("reduce_", "pel", [](bench::pel_workers& pel, const double* from, std::size_t n) {
    return reduce(pel.policy(), from, n);
});
const bool deterministic_reduces =
    register_sums("reduce_", "pel_deterministic", [](bench::pel_workers& pel, const double* from, std::size_t n) {
        return reduce(pel.policy().deterministic(), from, n);
    });
const bool folds = register_sums("fold_", "pel", [](bench::pel_workers& pel, const double* from, std::size_t n) {
    return fold(pel.policy(), from, n);
});
const bool deterministic_folds =
    register_sums("fold_", "pel_deterministic", [](bench::pel_workers& pel, const double* from, std::size_t n) {
        return fold(pel.policy().deterministic(), from, n);
    });

} // namespace

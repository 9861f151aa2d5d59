// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/sum.hpp"
#include "support/tbb_workers.hpp"
#include "workload.hpp"

#include <tbb/blocked_range.h>
#include <tbb/parallel_reduce.h>

#include <functional>

namespace {

using range = tbb::blocked_range<std::size_t>;

/// Of the deterministic form, which cuts down to it.
constexpr std::size_t grain = 4'096;

double add(const double* from, const range& part, double sum) {
    for (std::size_t i = part.begin(); i != part.end(); ++i) sum += from[i];
    return sum;
}
double add_stretch(const double* from, const range& part, double sum) {
    return sum + bench::sum_of(from + part.begin(), from + part.end());
}

template <double (*Add)(const double*, const range&, double)>
void register_sums(const char* prefix) {
    workload::register_sums<bench::tbb_workers>(
        prefix, "tbb", 2, [](bench::tbb_workers& tbb, const double* from, std::size_t n) {
            const auto sum = [from](const range& part, double before) { return Add(from, part, before); };
            return tbb.run([&] { return tbb::parallel_reduce(range(0, n), 0.0, sum, std::plus<>()); });
        });
    workload::register_sums<bench::tbb_workers>(
        prefix, "tbb_deterministic", 2, [](bench::tbb_workers& tbb, const double* from, std::size_t n) {
            const auto sum = [from](const range& part, double before) { return Add(from, part, before); };
            return tbb.run(
                [&] { return tbb::parallel_deterministic_reduce(range(0, n, grain), 0.0, sum, std::plus<>()); });
        });
}

const bool sums = (register_sums<add>("reduce_"), register_sums<add_stretch>("fold_"), true);

} // namespace

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/omp_workers.hpp"
#include "workload.hpp"

namespace {

void meet(unsigned, std::uint32_t) {
#pragma omp barrier
}

void meet_in_team(workload::meeting& all) {
    const bench::omp_workers omp(all.members());
#pragma omp parallel num_threads(omp.count())
    workload::take_part(all, static_cast<unsigned>(omp_get_thread_num()), meet);
}

const bool barrier = workload::register_meetings("barrier", "omp", {2, 4}, meet_in_team);
const bench::openmp_processes others;

} // namespace

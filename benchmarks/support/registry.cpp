// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "registry.hpp"

#include <utility>

namespace bench {

settings& chosen() {
    static settings all;
    return all;
}
std::vector<variant>& variants() {
    static std::vector<variant> all;
    return all;
}
std::vector<rerun>& reruns() {
    static std::vector<rerun> all;
    return all;
}

std::uint64_t size(std::uint64_t full, std::uint64_t quick) {
    if (chosen().size != 0) return chosen().size;
    return is_quick() ? quick : full;
}
bool is_quick() { return chosen().is_quick; }

registration::registration(std::string workload, std::string runtime, unsigned workers, body run)
    : registration(std::move(workload), std::move(runtime), workers, 0, std::move(run)) {}

registration::registration(std::string workload, std::string runtime, unsigned workers, int iterations, body run) {
    variants().push_back({std::move(workload), std::move(runtime), workers, iterations, std::move(run)});
}

second_process::second_process(std::string environment, std::string suffix, std::string filter) {
    reruns().push_back({std::move(environment), std::move(suffix), std::move(filter), ""});
}

openmp_processes::openmp_processes() {
    const std::string filter = "/(serial|omp)", active = "OMP_WAIT_POLICY=active", libomp = BENCH_LIBOMP;
    reruns().push_back({active, "active", filter, ""});
    reruns().push_back({"", "libomp", filter, libomp}); // it has the functions that g++'s code calls, too
    reruns().push_back({active, "libomp_active", filter, libomp});
}

} // namespace bench

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "registry.hpp"

#include <algorithm>
#include <string_view>
#include <thread>
#include <tuple>
#include <utility>

namespace bench {
namespace {

std::vector<unsigned> worker_counts(const variant& what) {
    if (what.workers != each_count) return {what.workers};
    std::vector<unsigned> counts{1, 2};
    if (const unsigned all = std::thread::hardware_concurrency(); all > 2) counts.push_back(all);
    return counts;
}

std::vector<const variant*> in_order() {
    std::vector<std::string> workloads;
    const auto place = [&](const std::string& workload) {
        return std::find(workloads.begin(), workloads.end(), workload) - workloads.begin();
    };
    const auto rank = [](const std::string& runtime) { // pel_md is one of pel's
        return std::string_view("serial pel tbb omp").find(runtime.substr(0, runtime.find('_')));
    };
    std::vector<const variant*> all;
    for (const variant& what : variants()) {
        if (chosen().is_quick && what.when == runs::unless_quick) continue;
        if (place(what.workload) == std::ssize(workloads)) workloads.push_back(what.workload);
        all.push_back(&what);
    }
    const auto key = [&](const variant& what) {
        return std::tuple(place(what.workload), rank(what.runtime), what.runtime, what.workers);
    };
    std::sort(all.begin(), all.end(), [&](const auto* a, const auto* b) { return key(*a) < key(*b); });
    return all;
}

} // namespace

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

void for_each_name(const std::string& suffix,
                   const std::function<void(const variant&, unsigned, const std::string&)>& each) {
    for (const variant* what : in_order()) {
        const std::string workload = suffix.empty() ? what->workload : what->workload + "_" + suffix;
        for (const unsigned workers : worker_counts(*what))
            each(*what, workers, workload + "/" + what->runtime + "/" + std::to_string(workers));
    }
}

std::uint64_t size(std::uint64_t full, std::uint64_t quick) {
    if (chosen().size != 0) return chosen().size;
    return is_quick() ? quick : full;
}
bool is_quick() { return chosen().is_quick; }

registration::registration(std::string workload, std::string runtime, unsigned workers, body run, runs when) {
    variants().push_back({std::move(workload), std::move(runtime), workers, 0, std::move(run), when});
}

registration::registration(std::string workload, std::string runtime, unsigned workers, int iterations, body run,
                           runs when) {
    variants().push_back({std::move(workload), std::move(runtime), workers, iterations, std::move(run), when});
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

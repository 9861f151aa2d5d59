// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The process that works and then watches itself do nothing, and the one that asks it.
#include "workload.hpp"

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include <sys/resource.h>
#include <unistd.h>

namespace {

constexpr int items = 200;
constexpr double idle_seconds = 1;
constexpr int posts = 500; // one every millisecond
constexpr const char *begin_mark = "idle: begin\n", *end_mark = "idle: end\n";

std::atomic<int> done{0};

void do_nothing() { done.fetch_add(1, std::memory_order_relaxed); }
void work_once() {
    bench::spin_for(std::chrono::microseconds(200));
    do_nothing();
}
void work(int) { work_once(); }

double cpu_seconds() {
    std::timespec now{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

/// How often the threads of this process have gone to sleep.
long voluntary_switches() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    return usage.ru_nvcsw;
}

/// Visible in a trace of system calls.
void mark(const char* text) {
    if (::write(STDERR_FILENO, text, std::char_traits<char>::length(text)) < 0) std::exit(1);
}

/// Prints what the process costs in each of these seconds, which pass() lets pass. That returns how often it has slept.
template <class Pass>
void watch(double seconds, Pass pass) {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    mark(begin_mark);
    const double cpu = cpu_seconds();
    const long switches = voluntary_switches();
    const long own_sleeps = pass();
    const double cpu_after = cpu_seconds();
    const long switches_after = voluntary_switches();
    mark(end_mark);
    std::printf("%.9f %.3f\n", (cpu_after - cpu) / seconds,
                static_cast<double>(switches_after - switches - own_sleeps) / seconds);
}

void watch_idleness(const workload::idle_runtime::loop& run) {
    run(items, work);
    if (done.load() != items) std::exit(1);
    watch(idle_seconds, [] {
        std::this_thread::sleep_for(std::chrono::duration<double>(idle_seconds));
        return 1L;
    });
}

/// Ends the process if the tasks do not end.
void await_done(int tasks) {
    const bench::clock::time_point begin = bench::clock::now();
    while (done.load() != tasks) {
        if (bench::seconds_since(begin) > 60) std::exit(1);
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
}

void watch_posts(const workload::posted_runtime::post& post) {
    for (int i = 0; i != items; ++i) post(work_once);
    await_done(items);
    watch(posts / 1000.0, [&] {
        long sleeps = 0;
        bench::clock::time_point next = bench::clock::now();
        for (int i = 0; i != posts; ++i) {
            next += std::chrono::milliseconds(1);
            sleeps += bench::clock::now() < next ? 1 : 0;
            std::this_thread::sleep_until(next);
            post(do_nothing);
        }
        return sleeps;
    });
    await_done(items + posts);
}

/// The number of system calls in a trace between the two marks, but for those of the main thread that waits.
int calls_between_marks(const std::string& trace) {
    std::ifstream file(trace);
    std::string line;
    bool is_idle = false;
    int calls = 0;
    while (std::getline(file, line)) {
        if (line.find("idle: begin") != std::string::npos)
            is_idle = true;
        else if (line.find("idle: end") != std::string::npos)
            return calls;
        else if (is_idle && line.find("nanosleep") == std::string::npos &&
                 line.find("clock_gettime") == std::string::npos && line.find("getrusage") == std::string::npos) {
            ++calls;
        }
    }
    return -1;
}

/// Returns: -1 without strace, or where processes may not be traced.
int count_system_calls(const std::string& child) {
    if (std::system("command -v strace > /dev/null 2>&1") != 0) return -1;
    const std::filesystem::path trace =
        std::filesystem::temp_directory_path() / ("pel_idle_trace_" + std::to_string(::getpid()));
    int calls = -1;
    try {
        bench::run_child(child, "2> /dev/null strace -f -o '" + trace.string() + "'");
        calls = calls_between_marks(trace.string());
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
    }
    std::filesystem::remove(trace);
    return calls;
}

void ask_child(benchmark::State& state, const std::string& child, bool counts_calls) {
    double cpu = 0, switches = 0;
    for (auto _ : state) {
        std::istringstream answer(bench::run_child(child, "2> /dev/null"));
        if (!(answer >> cpu >> switches)) return bench::fail(state);
        state.SetIterationTime(cpu);
    }
    state.counters["cpu_percent"] = cpu * 100;
    state.counters["switches"] = switches;
    if (counts_calls) state.counters["system_calls"] = count_system_calls(child);
}

} // namespace

workload::idle_runtime::idle_runtime(const std::string& runtime, std::function<loop()> make_loop)
    : child_(runtime, [make_loop] { watch_idleness(make_loop()); }),
      variant_("idle", runtime, runtime == "serial" ? 1 : workers, 1,
               [runtime](benchmark::State& state, unsigned) { ask_child(state, runtime, true); }) {}

workload::posted_runtime::posted_runtime(const std::string& runtime, std::function<post()> make_post)
    : child_("posts_" + runtime, [make_post] { watch_posts(make_post()); }),
      variant_("idle_posts", runtime, runtime == "serial" ? 1 : workers, 1,
               [runtime](benchmark::State& state, unsigned) { ask_child(state, "posts_" + runtime, false); }) {}

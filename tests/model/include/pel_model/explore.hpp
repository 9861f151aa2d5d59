// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Explores every behaviour of a small concurrent program: model::explore(options, program) runs `program` again and
// again, each time in another order. The program builds its shared state, names its threads and says what must hold.
//   model::explore({.name = "store buffering"}, [](model::execution& run) {
//       auto& s = run.share<state>();
//       run.thread("left", [&] { … model::check(s.x == 1, "x is seen"); });
//       run.finally([&] { model::outcome(…); });
//   });
// README.md has the memory model and the limits. Programs must be deterministic but for model::choose().
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <new>
#include <set>
#include <string>
#include <utility>

namespace model {

enum class reduction : std::uint8_t {
    partial_order, // each class of equivalent interleavings once
    none,          // every interleaving; only to test the reduction itself
};

struct options {
    const char* name = "";
    reduction reduce = reduction::partial_order;
    bool store_buffers = true;         // false: sequentially consistent
    bool pure_spins = false;           // rounds ended by cpu_relax() only read: explore none that fails twice
    unsigned early_timeouts = 1;       // per thread: timed waits that end while others could still run
    unsigned idle_timeouts = 4;        // per thread: timed waits that end because nothing else can run any more
    unsigned spurious_wakeups = 0;     // per thread: waits that end without any reason
    unsigned step_limit = 3000;        // steps of one execution; more is reported as a livelock
    int preemptions = -1;              // at most this many, < 0: all. Bounded runs are not exhaustive.
    std::uint64_t execution_limit = 0; // 0: none
    unsigned from_bound = 0;           // large: explored only from this bound on, or when asked for by its whole name
    bool collect_classes = false;      // result::classes is wanted
};

struct result {
    bool violated = false;
    bool complete = false;        // every behaviour was explored
    std::string violation;        // what went wrong
    std::string trace;            // how
    std::uint64_t executions = 0; // ran to their end
    std::uint64_t redundant = 0;  // given up because equivalent to one explored before
    std::uint64_t unfair = 0;     // given up because a spinning thread did not look again (pure_spins)
    std::uint64_t steps = 0;
    std::map<std::string, std::uint64_t> outcomes;
    std::set<std::uint64_t> classes; // a hash for each class of equivalent executions met
    double seconds = 0;              // of CPU time
};

/// One execution of a program: where it says what runs.
class execution {
public:
    /// A thread that must come to its end.
    void thread(const char* name, std::function<void()> body) { add(name, std::move(body), false); }
    /// A thread that may be blocked for ever, such as an idle worker.
    void daemon(const char* name, std::function<void()> body) { add(name, std::move(body), true); }
    /// Runs once nothing can run any more.
    void finally(std::function<void()> body);

    /// Shared state that lives as long as the execution. Its destructor is not called.
    template <class T, class... Arguments>
    T& share(Arguments&&... arguments) {
        return *::new (allocate(sizeof(T), alignof(T))) T(std::forward<Arguments>(arguments)...);
    }

private:
    void add(const char* name, std::function<void()> body, bool may_block);
    static void* allocate(std::size_t size, std::size_t alignment);
};

using program = std::function<void(execution&)>;

result explore(const options& settings, const program& explored);

// ---- for programs, inside an execution -------------------------------------------------------------------------------

/// A violation unless `condition` holds.
void check(bool condition, const char* text);
/// One of 0 … alternatives - 1; all of them are explored.
unsigned choose(unsigned alternatives);
/// Adds to result::outcomes; to be called from finally().
void outcome(const std::string& text);
/// What the objects inside [object, object + size) are called in a trace.
void name(const void* object, std::size_t size, const char* text);
template <class T>
void name(const T& object, const char* text) {
    name(&object, sizeof(T), text);
}
/// Objects inside are mere statistics: accesses to them are no scheduling points, and nothing is checked.
void ignore(const void* object, std::size_t size);
/// The number of the calling modelled thread, in the order of execution::thread().
unsigned self();
/// A line in the trace, at this moment of the calling thread.
void note(const char* text, std::uint64_t value = 0);

} // namespace model

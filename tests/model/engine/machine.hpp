// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The modelled machine, x86-TSO: memory, a FIFO store buffer for each thread, heavy fences, futex queues; and for each
// thread the operation that it wants to carry out next. README.md has the rules.
#pragma once

#include "clock.hpp"
#include "fiber.hpp"
#include "happens_before.hpp"

#include <pel_model/explore.hpp>
#include <pel_model/operation.hpp>

#include <array>
#include <string>
#include <vector>

namespace model {

struct memory_location {
    const void* object = nullptr;
    std::uint8_t size = 0;
    bool alive = true;
    std::uint64_t value = 0;
    thread_clock message; // what its value releases
    moment born;
    std::array<std::uint16_t, max_threads> touched{}; // each thread's last access
    process_mask sleepers = 0;                        // threads in futex_wait
};

struct buffered_store {
    int location = -1;
    std::uint64_t value = 0;
    thread_clock message;
    int event = -1;  // the store in the trace
    int reader = -1; // the last load that took its value from here
    std::source_location where;
};

/// What a thread read since its last cpu_relax().
struct observation {
    int location;
    std::uint64_t value;
};

struct thread_state {
    std::string name;
    std::function<void()> body;
    bool daemon = false;
    bool finished = false;
    operation* pending = nullptr;
    int location = -1; // of the pending operation
    std::vector<buffered_store> buffer;
    process_mask fence_waits = 0;   // threads whose buffers its heavy fence has not seen empty
    std::vector<int> fence_cleared; // the drains that emptied them
    bool asleep = false;            // in futex_wait
    int waker = -1;                 // the event that woke it; -1: nobody did
    unsigned early_timeouts = 0, idle_timeouts = 0, spurious_wakeups = 0; // how many it has had
    std::vector<observation> observed;
    int started_by = -1;         // the event that started it; -1: it is there from the beginning
    std::int64_t clock = 0;      // nanoseconds
    bool has_read_clock = false; // since its last cpu_relax()
    unsigned idle_relaxes = 0;   // calls of cpu_relax() in a row
};

/// What the next step of a process touches: two steps with no conflict may change places.
struct footprint {
    std::uint8_t thread = 0;
    int location = -1;
    bool reads = false, writes = false; // memory; not the own buffer
    bool queue = false;                 // the location's sleepers
    bool forwarded = false;             // reads the own buffer
    bool enqueues = false, drains = false, fences = false;
    bool watches = false; // all that the thread has observed
    bool starts = false;  // a thread, which gets the next number
    bool drained = false; // only possible because the own buffer is empty
};

/// What a step did, for the trace.
struct step_record {
    std::uint64_t read = 0, wrote = 0;
    bool has_read = false, has_written = false, success = false;
};

/// Which location an address is; cleared in no time.
class address_index {
public:
    void clear() {
        ++round_;
        used_ = 0;
    }
    int find(const void* key) const {
        for (std::size_t at = home(key);; at = (at + 1) & (slots_.size() - 1)) {
            if (slots_[at].round != round_) return -1;
            if (slots_[at].key == key) return slots_[at].value;
        }
    }
    void set(const void* key, int value);

private:
    struct slot {
        const void* key = nullptr;
        std::uint32_t round = 0;
        int value = -1;
    };
    std::size_t home(const void* key) const {
        return (reinterpret_cast<std::uintptr_t>(key) * 0x9e3779b97f4a7c15 >> 32) & (slots_.size() - 1);
    }
    std::vector<slot> slots_ = std::vector<slot>(4096); // a power of two
    std::uint32_t round_ = 1;
    std::size_t used_ = 0;
};

class machine {
public:
    void reset(const options& settings);
    unsigned add_thread(const char* name, std::function<void()> body, bool daemon);
    unsigned thread_count() const { return thread_count_; }
    thread_state& thread(unsigned index) { return threads_[index]; }
    const thread_state& thread(unsigned index) const { return threads_[index]; }
    memory_location& location(int index) { return locations_[static_cast<std::size_t>(index)]; }
    const memory_location& location(int index) const { return locations_[static_cast<std::size_t>(index)]; }
    int location_count() const { return static_cast<int>(locations_.size()); }

    // Objects. `by` is max_threads outside of threads; the text says what is wrong, or is null.
    void born(const void* object, std::uint8_t size, std::uint64_t value, unsigned by);
    const char* dead(const void* object, unsigned by);
    const char* resolve(const operation& request, int& index);
    const char* touch(int index, unsigned by);
    int find(const void* object) const;

    // The processes: what can run, what it would touch.
    bool is_enabled(unsigned process) const;
    footprint next_step(unsigned process) const;
    bool are_dependent(const footprint& a, const footprint& b) const;
    bool is_early(unsigned thread) const;    // a wait that may end before it is woken
    bool sees_change(unsigned thread) const; // something observed has another value now
    process_mask fences_waiting_for(unsigned thread) const;
    buffered_store* newest_store(unsigned thread, int location); // in the thread's own buffer, or null
    const buffered_store* newest_store(unsigned thread, int location) const;

    // Steps.
    step_record drain(unsigned thread, int event);
    step_record run_operation(unsigned thread, int event);
    std::uint64_t run_directly(operation& request, memory_location& at);
    void fall_asleep(unsigned thread);
    void wake_up(unsigned thread, int event);

    happens_before order;

private:
    std::uint64_t view(unsigned thread, int location) const;
    void observe(unsigned thread, int location, std::uint64_t value);
    void buffer_emptied(unsigned thread, int event);
    step_record run_load(unsigned thread, int event);
    step_record run_store(unsigned thread, int event);
    step_record run_modify(unsigned thread);
    void run_heavy_fence(unsigned thread);
    void run_resume(unsigned thread);
    void run_relax(unsigned thread);
    bool needs_empty_buffer(const operation& request) const;
    footprint operation_step(unsigned thread) const;

    options settings_;
    std::vector<memory_location> locations_;
    address_index index_;
    std::array<thread_state, max_threads> threads_;
    unsigned thread_count_ = 0;
};

/// An operation on an object that is just its value: outside of explorations, and for what they ignore.
void perform_alone(operation& request);

/// The value that a modify operation leaves behind, and whether it changes memory at all.
std::uint64_t modified(const operation& request, std::uint64_t before, bool& writes);

} // namespace model

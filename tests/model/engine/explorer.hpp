// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The search: stateless depth-first exploration with source sets and sleep sets (Abdulla, Aronis, Jonsson, Sagonas,
// "Source Sets: A Foundation for Optimal Dynamic Partial Order Reduction", J. ACM 2017). Every execution starts from
// nothing, repeats the choices on the stack and goes on where they end.
#pragma once

#include "clock.hpp"
#include "fiber.hpp"
#include "machine.hpp"
#include "trace.hpp"

#include <pel_model/explore.hpp>

#include <memory>
#include <string>
#include <vector>

namespace model {

struct named_range {
    const char* begin;
    std::size_t size;
    const char* text;
};

class explorer {
public:
    explorer(const options& settings, const program& explored);
    ~explorer();
    result run();

    static explorer* current() { return current_; }

    // ---- called by the program, on a fiber ----
    void perform(operation& request);
    void add_thread(const char* name, std::function<void()> body, bool may_block);
    void set_finally(std::function<void()> body) { finally_ = std::move(body); }
    void born(const void* object, std::uint8_t size, std::uint64_t value);
    void dead(const void* object);
    std::int64_t read_clock();
    unsigned choose(unsigned alternatives);
    void add_outcome(const std::string& text) { ++result_.outcomes[text]; }
    void add_name(const void* object, std::size_t size, const char* text);
    void ignore(const void* object, std::size_t size);
    void add_note(std::string text);
    [[noreturn]] void fail_here(const std::string& text);
    unsigned running() const { return running_; } // max_threads: setup or finally
    happens_before& order() { return machine_.order; }

private:
    struct node { // one step of the current execution
        unsigned process = 0;
        process_mask enabled = 0, asleep = 0, backtrack = 0, explored = 0;
    };
    struct choice {
        std::size_t after; // steps before it
        unsigned value, alternatives;
    };
    enum class ending : std::uint8_t { complete, redundant, unfair };

    bool next_branch();
    void run_execution();
    void start_execution();
    ending run_steps();
    bool prepare_node(std::size_t depth, process_mask enabled);
    unsigned pick(process_mask allowed) const;
    process_mask preempting(process_mask candidates, std::size_t depth) const;
    void take_step(std::size_t depth);
    void execute(unsigned process, int index);
    process_mask still_asleep(const node& before, const footprint& step) const;
    void reverse_races();
    void consider_blocked();
    process_mask enabled_processes() const;
    process_mask idle_timeouts() const;
    void check_blocked();
    bool is_unfair();
    bool spins_on(unsigned thread);
    bool is_ignored(const void* object) const;
    void run_fiber(unsigned thread);
    void run_aside(const std::function<void()>& body);
    void accept_request(unsigned thread);
    void start_thread(unsigned by, int index);
    void wake_sleeper(unsigned thread, int index);
    void fail(const std::string& text);

    std::string describe() const;
    std::string describe_event(int index) const;
    std::string place_name(int location) const;
    std::string describe_blocked(unsigned thread) const;

    static explorer* current_;

    options settings_;
    const program& program_;
    std::function<void()> setup_, finally_;
    machine machine_;
    trace trace_;
    std::vector<node> nodes_;
    std::vector<choice> choices_;
    std::size_t choice_cursor_ = 0;
    std::size_t fresh_from_ = 0; // steps from here on are new: their races are not known yet
    process_mask next_asleep_ = 0;
    bool timing_out_ = false; // only time-outs can happen now
    unsigned running_ = max_threads;
    bool failed_ = false;
    std::vector<named_range> names_, ignored_;
    std::vector<std::unique_ptr<fiber>> fibers_;
    fiber aside_;
    result result_;
};

} // namespace model

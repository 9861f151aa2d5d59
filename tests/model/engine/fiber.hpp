// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A thread of execution that runs only when it is told to, on a stack of its own that is used again and again. A
// fiber may be abandoned half-way: nothing is unwound. Each has the program's thread_local variables for itself.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

namespace model {

class fiber {
public:
    fiber();
    ~fiber();
    fiber(const fiber&) = delete;
    fiber& operator=(const fiber&) = delete;

    /// Forgets what ran here; the next resume() begins `body`, which must stay alive.
    void restart(const std::function<void()>& body);
    /// Runs until suspend() or the end of the body.
    void resume();
    /// Called on the fiber: back to who resumed it.
    void suspend();
    /// Puts the machine thread's own exceptions and thread_locals back in place.
    static void release_context();
    /// The fiber that runs, or null.
    static const fiber* current() { return current_; }
    const char* stack_end() const { return static_cast<const char*>(stack_); }
    const char* stack_begin() const { return stack_end() + stack_size; }
    bool is_finished() const { return finished_; }

private:
    static void enter() noexcept;
    void prepare_stack();

    struct exception_state {
        void* caught = nullptr;
        unsigned uncaught = 0;
    };
    void take_over();
    void swap_context();

    static fiber* current_;
    static fiber* last_; // whose exceptions and thread_locals are in place

    static constexpr std::size_t stack_size = std::size_t{256} * 1024;
    void* stack_ = nullptr;
    void* self_context_ = nullptr;
    void* caller_context_ = nullptr;
    exception_state exceptions_;
    std::vector<char> thread_locals_; // the program's, while this fiber does not run
    const std::function<void()>* body_ = nullptr;
    bool finished_ = true;
};

} // namespace model

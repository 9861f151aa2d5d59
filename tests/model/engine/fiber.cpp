// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Context switch: by hand on x86-64 (some 5 ns), by ucontext elsewhere.
#include "fiber.hpp"

#include "program_data.hpp"

#include <cxxabi.h>
#include <sys/mman.h>
#if !defined(__x86_64__)
#include <ucontext.h>
#endif

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace model {

fiber* fiber::current_ = nullptr;
fiber* fiber::last_ = nullptr;

#if defined(__x86_64__)

// Saves the callee-saved registers on the old stack, and takes the new one's.
extern "C" void pel_model_switch(void** from, void* to);
asm(R"(
.text
.globl pel_model_switch
.type pel_model_switch, @function
pel_model_switch:
    pushq %rbp
    pushq %rbx
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    movq %rsp, (%rdi)
    movq %rsi, %rsp
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbx
    popq %rbp
    ret
.size pel_model_switch, .-pel_model_switch
)");

fiber::fiber() {
    stack_ = ::mmap(nullptr, stack_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (stack_ == MAP_FAILED) std::abort();
}
fiber::~fiber() { ::munmap(stack_, stack_size); }

void fiber::prepare_stack() {
    auto* top = reinterpret_cast<std::uintptr_t*>(static_cast<char*>(stack_) + stack_size);
    *--top = 0; // where enter() would return to; also aligns its frame
    *--top = reinterpret_cast<std::uintptr_t>(&fiber::enter);
    for (int saved = 0; saved < 6; ++saved) *--top = 0;
    self_context_ = top;
}

void fiber::resume() {
    fiber* const outer = std::exchange(current_, this);
    take_over();
    pel_model_switch(&caller_context_, self_context_);
    current_ = outer;
}

void fiber::suspend() { pel_model_switch(&self_context_, caller_context_); }

#else

fiber::fiber() {
    stack_ = ::mmap(nullptr, stack_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (stack_ == MAP_FAILED) std::abort();
    self_context_ = new ucontext_t;
    caller_context_ = new ucontext_t;
}
fiber::~fiber() {
    ::munmap(stack_, stack_size);
    delete static_cast<ucontext_t*>(self_context_);
    delete static_cast<ucontext_t*>(caller_context_);
}

void fiber::prepare_stack() {
    auto* context = static_cast<ucontext_t*>(self_context_);
    ::getcontext(context);
    context->uc_stack.ss_sp = stack_;
    context->uc_stack.ss_size = stack_size;
    context->uc_link = nullptr;
    ::makecontext(context, &fiber::enter, 0);
}

void fiber::resume() {
    fiber* const outer = std::exchange(current_, this);
    take_over();
    ::swapcontext(static_cast<ucontext_t*>(caller_context_), static_cast<ucontext_t*>(self_context_));
    current_ = outer;
}

void fiber::suspend() {
    ::swapcontext(static_cast<ucontext_t*>(self_context_), static_cast<ucontext_t*>(caller_context_));
}

#endif

void fiber::restart(const std::function<void()>& body) {
    body_ = &body;
    finished_ = false;
    if (last_ == this) release_context();
    exceptions_ = {};
    program_data::copy_initial_thread_locals(thread_locals_);
    prepare_stack();
}

void fiber::enter() noexcept {
    fiber& self = *current_;
    (*self.body_)();
    self.finished_ = true;
    self.suspend();
    std::abort();
}

void fiber::release_context() {
    if (last_ != nullptr) last_->swap_context();
    last_ = nullptr;
}

// What belongs to a thread stays in place until another fiber runs: the explorer itself uses none of it.
void fiber::take_over() {
    if (last_ == this) return;
    if (last_ != nullptr) last_->swap_context();
    swap_context();
    last_ = this;
}

// The exceptions being handled belong to a thread; here to a fiber. The layout is the Itanium C++ ABI's.
void fiber::swap_context() {
    program_data::swap_thread_locals(thread_locals_);
    auto* const globals = reinterpret_cast<char*>(abi::__cxa_get_globals());
    exception_state current;
    std::memcpy(&current.caught, globals, sizeof(void*));
    std::memcpy(&current.uncaught, globals + sizeof(void*), sizeof(unsigned));
    std::memcpy(globals, &exceptions_.caught, sizeof(void*));
    std::memcpy(globals + sizeof(void*), &exceptions_.uncaught, sizeof(unsigned));
    exceptions_ = current;
}

} // namespace model

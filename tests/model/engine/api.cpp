// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What programs and modelled primitives call, handed to the exploration under way.
#include "arena.hpp"
#include "explorer.hpp"

#include <pel_model/explore.hpp>
#include <pel_model/operation.hpp>
#include <pel_model/plain.hpp>

namespace model {

result explore(const options& settings, const program& explored) { return explorer(settings, explored).run(); }

void execution::add(const char* name, std::function<void()> body, bool may_block) {
    explorer::current()->add_thread(name, std::move(body), may_block);
}
void execution::finally(std::function<void()> body) { explorer::current()->set_finally(std::move(body)); }
void* execution::allocate(std::size_t size, std::size_t alignment) { return arena::allocate(size, alignment); }

void check(bool condition, const char* text) {
    if (!condition) explorer::current()->fail_here(text);
}
unsigned choose(unsigned alternatives) { return explorer::current()->choose(alternatives); }
void outcome(const std::string& text) {
    const arena::pause paused;
    explorer::current()->add_outcome(text);
}
void ignore(const void* object, std::size_t size) { explorer::current()->ignore(object, size); }
void name(const void* object, std::size_t size, const char* text) { explorer::current()->add_name(object, size, text); }
unsigned self() { return explorer::current()->running(); }
void note(const char* text, std::uint64_t value) {
    const arena::pause paused;
    explorer::current()->add_note(std::string(text) + " " + std::to_string(value));
}

// ---- primitives ----------------------------------------------------------------------------------------------------------

void perform_alone(operation& request) {
    std::uint64_t value = 0;
    if (request.object == nullptr) return;
    std::memcpy(&value, request.object, request.size);
    request.result = value;
    if (request.kind == op::load || request.kind >= op::full_fence) return;
    const std::uint64_t after = modified(request, value, request.success);
    if (request.success) std::memcpy(request.object, &after, request.size);
}

void perform(operation& request) {
    if (explorer* current = explorer::current())
        current->perform(request);
    else
        perform_alone(request);
}
std::int64_t read_clock() {
    static std::int64_t alone = 0;
    return explorer::current() != nullptr ? explorer::current()->read_clock() : ++alone;
}
void* allocate_zeroed(std::size_t bytes, std::size_t alignment) { return arena::allocate_zeroed(bytes, alignment); }

stack_range this_stack() {
    const fiber* const current = fiber::current();
    return current != nullptr ? stack_range{current->stack_end(), current->stack_begin()}
                              : stack_range{nullptr, nullptr};
}

void object_born(const void* object, std::uint8_t size, std::uint64_t value) {
    if (explorer* current = explorer::current()) current->born(object, size, value);
}
void object_dead(const void* object) {
    if (explorer* current = explorer::current()) current->dead(object);
}

// ---- plain variables -----------------------------------------------------------------------------------------------------

namespace {

bool is_ordered(unsigned thread, std::uint8_t by, std::uint16_t at) {
    return explorer::current()->order().is_ordered({by, at}, thread);
}

[[noreturn]] void report_race(const char* text, const std::source_location& where) {
    explorer::current()->fail_here(std::string("data race: ") + text + " at line " + std::to_string(where.line()));
}

} // namespace

void plain_read(access_record& record, const std::source_location& where) {
    if (explorer::current() == nullptr) return;
    const unsigned thread = self();
    if (thread >= max_threads) return;
    const arena::pause paused;
    if (!is_ordered(thread, record.writer, record.written_at))
        report_race("a read is not ordered after a write", where);
    record.read_at[thread] = explorer::current()->order().now(thread).at;
}

void plain_write(access_record& record, const std::source_location& where) {
    if (explorer::current() == nullptr) return;
    const unsigned thread = self();
    if (thread >= max_threads) return;
    const arena::pause paused;
    if (!is_ordered(thread, record.writer, record.written_at))
        report_race("a write is not ordered after a write", where);
    for (std::uint8_t other = 0; other < max_threads; ++other)
        if (!is_ordered(thread, other, record.read_at[other]))
            report_race("a write is not ordered after a read", where);
    record.writer = static_cast<std::uint8_t>(thread);
    record.written_at = explorer::current()->order().now(thread).at;
}

} // namespace model

// Destructors of thread_local objects belong to threads of the machine, and fibers are none.
extern "C" int __cxa_thread_atexit(void (*)(void*), void*, void*) { return 0; }

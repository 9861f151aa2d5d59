// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Traces for people: a line for every step, with what it read and wrote and where it stands in the source.
#include "explorer.hpp"

#include <cstdio>
#include <cstring>

namespace model {
namespace {

const char* text_of(op kind) {
    switch (kind) {
    case op::load: return "load";
    case op::store: return "store";
    case op::exchange: return "exchange";
    case op::compare_exchange: return "compare_exchange";
    case op::fetch_add: return "fetch_add";
    case op::fetch_sub: return "fetch_sub";
    case op::fetch_or: return "fetch_or";
    case op::fetch_and: return "fetch_and";
    case op::full_fence: return "full fence";
    case op::heavy_fence: return "heavy fence";
    case op::heavy_fence_end: return "heavy fence ends";
    case op::futex_wait: return "futex_wait";
    case op::futex_resume: return "futex_wait ends";
    case op::futex_wake: return "futex_wake";
    case op::relax: return "cpu_relax ends";
    case op::start_thread: return "start_thread";
    case op::join_thread: return "join_thread";
    case op::drain: return "(reaches memory)";
    }
    return "?";
}

const char* text_of(std::memory_order order) {
    switch (order) {
    case std::memory_order_relaxed: return "relaxed";
    case std::memory_order_acquire: return "acquire";
    case std::memory_order_release: return "release";
    case std::memory_order_acq_rel: return "acq_rel";
    case std::memory_order_seq_cst: return "seq_cst";
    default: return "";
    }
}

std::string number(std::uint64_t value) {
    char text[32];
    std::snprintf(text, sizeof(text), value < 100000 ? "%llu" : "0x%llx", static_cast<unsigned long long>(value));
    return text;
}

std::string padded(std::string text, std::size_t width) {
    if (text.size() < width) text.append(width - text.size(), ' ');
    return text + ' ';
}

std::string source_of(const std::source_location& where) {
    const char* file = where.file_name();
    if (const char* slash = std::strrchr(file, '/')) file = slash + 1;
    return std::string(file) + ':' + std::to_string(where.line());
}

std::string effect_of(const event& shown) {
    switch (shown.kind) {
    case op::load: return number(shown.done.read) + (shown.touched.forwarded ? " (own store)" : "");
    case op::store: return number(shown.done.wrote) + (shown.touched.enqueues ? " (into its buffer)" : "");
    case op::drain: return number(shown.done.wrote);
    case op::compare_exchange:
        if (!shown.done.success) return "expected " + number(shown.expected) + ", found " + number(shown.done.read);
        break;
    case op::futex_wait: return shown.touched.queue ? "sleeps" : "found " + number(shown.done.read);
    case op::futex_resume: return shown.timed_out ? "by itself" : "woken";
    case op::futex_wake: return shown.done.has_read ? "" : "nobody";
    default: break;
    }
    return shown.done.has_written ? number(shown.done.read) + " -> " + number(shown.done.wrote) : "";
}

} // namespace

std::string explorer::place_name(int location) const {
    if (location < 0) return "";
    const memory_location& at = machine_.location(location);
    const auto* const address = static_cast<const char*>(at.object);
    const named_range* best = nullptr;
    for (const named_range& range : names_)
        if (address >= range.begin && address < range.begin + range.size &&
            (best == nullptr || range.size <= best->size))
            best = &range;
    if (best == nullptr) return "atomic #" + std::to_string(location);
    const auto offset = static_cast<std::size_t>(address - best->begin);
    return best->text + (offset == 0 ? std::string() : "+" + std::to_string(offset));
}

std::string explorer::describe_event(int index) const {
    const event& shown = trace_[index];
    const thread_state& owner = machine_.thread(thread_of(shown.process));
    const bool has_order = shown.kind <= op::fetch_and;
    std::string what = text_of(shown.kind);
    if (shown.kind == op::futex_wake && shown.done.has_read)
        what += " " + machine_.thread(static_cast<unsigned>(shown.done.read)).name;
    std::string line = padded(std::to_string(index), 4) + padded(owner.name, 10) + padded(what, 17) +
                       padded(place_name(shown.location), 22) + padded(has_order ? text_of(shown.order) : "", 7) +
                       padded(effect_of(shown), 24) + source_of(shown.where) + '\n';
    return line;
}

std::string explorer::describe() const {
    std::string text;
    auto note = trace_.notes().begin();
    for (int index = 0; index < trace_.size(); ++index) {
        text += describe_event(index);
        for (; note != trace_.notes().end() && note->after <= index + 1; ++note) text += "     | " + note->text + '\n';
    }
    return text;
}

std::string explorer::describe_blocked(unsigned thread) const {
    const thread_state& state = machine_.thread(thread);
    return "\n  " + state.name + " waits in " + text_of(state.pending->kind) + " " + place_name(state.location) +
           " at " + source_of(state.pending->where);
}

} // namespace model

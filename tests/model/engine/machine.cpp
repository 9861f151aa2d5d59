// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "machine.hpp"

#include "arena.hpp"

#include <algorithm>

namespace model {
namespace {

std::uint64_t truncated(std::uint64_t value, std::uint8_t size) {
    return size >= 8 ? value : value & ((std::uint64_t{1} << (8 * size)) - 1);
}

} // namespace

std::uint64_t modified(const operation& request, std::uint64_t before, bool& writes) {
    writes = true;
    switch (request.kind) {
    case op::compare_exchange: writes = before == request.expected; return request.operand;
    case op::fetch_add: return truncated(before + request.operand, request.size);
    case op::fetch_sub: return truncated(before - request.operand, request.size);
    case op::fetch_or: return before | request.operand;
    case op::fetch_and: return before & request.operand;
    default: return request.operand;
    }
}

void machine::reset(const options& settings) {
    settings_ = settings;
    locations_.clear();
    index_.clear();
    thread_count_ = 0;
    order.reset();
}

unsigned machine::add_thread(const char* name, std::function<void()> body, bool daemon) {
    thread_state& added = threads_[thread_count_];
    auto buffer = std::move(added.buffer); // for its capacity
    auto observed = std::move(added.observed);
    added = thread_state{};
    added.name = name;
    added.body = std::move(body);
    added.daemon = daemon;
    added.buffer = std::move(buffer);
    added.observed = std::move(observed);
    added.buffer.clear();
    added.observed.clear();
    return thread_count_++;
}

// ---- objects ---------------------------------------------------------------------------------------------------------

void machine::born(const void* object, std::uint8_t size, std::uint64_t value, unsigned by) {
    memory_location& added = locations_.emplace_back();
    added.object = object;
    added.size = size;
    added.value = value;
    if (by < max_threads) {
        added.born = order.now(by);
        added.touched[by] = added.born.at;
    }
    index_.set(object, location_count() - 1);
}

void address_index::set(const void* key, int value) {
    if (2 * ++used_ > slots_.size()) {
        std::vector<slot> old(2 * slots_.size());
        old.swap(slots_);
        used_ = 1;
        for (const slot& each : old)
            if (each.round == round_) set(each.key, each.value);
    }
    std::size_t at = home(key);
    while (slots_[at].round == round_ && slots_[at].key != key) at = (at + 1) & (slots_.size() - 1);
    slots_[at] = {key, round_, value};
}

const char* machine::dead(const void* object, unsigned by) {
    const int index = find(object);
    if (index < 0) return nullptr;
    memory_location& at = location(index);
    at.alive = false;
    if (by >= max_threads) return nullptr;
    for (unsigned other = 0; other < thread_count(); ++other)
        if (!order.is_ordered({static_cast<std::uint8_t>(other), at.touched[other]}, by))
            return "an object is destroyed while another thread's access to it is not ordered before";
    return nullptr;
}

int machine::find(const void* object) const { return index_.find(object); }

// Objects that are initialised at compile time say nothing when they are born: they are met at their first use.
const char* machine::resolve(const operation& request, int& index) {
    index = -1;
    if (request.object == nullptr) return nullptr;
    index = find(request.object);
    if (index >= 0) return nullptr;
    if (arena::contains(request.object)) return "an access to memory where no atomic object was ever built";
    std::uint64_t value = 0;
    std::memcpy(&value, request.object, request.size);
    born(request.object, request.size, value, max_threads);
    index = location_count() - 1;
    return nullptr;
}

const char* machine::touch(int index, unsigned by) {
    memory_location& at = location(index);
    if (!at.alive) return "an access to an object that was destroyed";
    if (!order.is_ordered(at.born, by)) return "an access that the object's construction does not happen before";
    at.touched[by] = order.now(by).at;
    return nullptr;
}

// ---- what can run ------------------------------------------------------------------------------------------------------

bool machine::needs_empty_buffer(const operation& request) const {
    switch (request.kind) {
    case op::load:
    case op::relax:
    case op::heavy_fence_end:
    case op::join_thread:
    case op::futex_resume: return false;
    case op::store: return !settings_.store_buffers || request.order == std::memory_order_seq_cst;
    default: return true;
    }
}

bool machine::is_early(unsigned index) const {
    const thread_state& waiting = threads_[index];
    if (waiting.pending->timeout >= 0 && waiting.early_timeouts < settings_.early_timeouts) return true;
    return waiting.spurious_wakeups < settings_.spurious_wakeups;
}

bool machine::sees_change(unsigned index) const {
    const auto& observed = threads_[index].observed;
    return std::any_of(observed.begin(), observed.end(),
                       [&](const observation& seen) { return view(index, seen.location) != seen.value; });
}

bool machine::is_enabled(unsigned process) const {
    const thread_state& owner = threads_[thread_of(process)];
    if (is_buffer(process)) return !owner.buffer.empty();
    if (owner.finished) return false;
    switch (owner.pending->kind) {
    case op::heavy_fence_end: return owner.fence_waits == 0;
    case op::futex_resume: return owner.waker >= 0 || is_early(process);
    case op::join_thread: {
        const thread_state& joined = threads_[owner.pending->operand];
        return joined.finished && joined.buffer.empty();
    }
    case op::relax:
        return owner.has_read_clock || owner.observed.empty() || (!settings_.pure_spins && sees_change(process));
    default: return owner.buffer.empty() || !needs_empty_buffer(*owner.pending);
    }
}

process_mask machine::fences_waiting_for(unsigned index) const {
    process_mask waiting = 0;
    for (unsigned other = 0; other < thread_count(); ++other)
        if ((threads_[other].fence_waits & bit(index)) != 0) waiting |= bit(other);
    return waiting;
}

// ---- what it would touch -------------------------------------------------------------------------------------------------

footprint machine::next_step(unsigned process) const {
    if (!is_buffer(process)) return operation_step(process);
    footprint step;
    step.thread = static_cast<std::uint8_t>(thread_of(process));
    step.location = threads_[step.thread].buffer.front().location;
    step.writes = step.drains = true;
    return step;
}

footprint machine::operation_step(unsigned index) const {
    const thread_state& owner = threads_[index];
    const operation& request = *owner.pending;
    footprint step;
    step.thread = static_cast<std::uint8_t>(index);
    step.location = owner.location;
    step.drained = needs_empty_buffer(request);
    const std::uint64_t value = step.location < 0 ? 0 : locations_[static_cast<std::size_t>(step.location)].value;
    switch (request.kind) {
    case op::load:
        step.forwarded = newest_store(index, step.location) != nullptr;
        step.reads = !step.forwarded;
        break;
    case op::store:
        step.writes = step.drained;
        step.enqueues = !step.drained;
        break;
    case op::exchange:
    case op::compare_exchange:
    case op::fetch_add:
    case op::fetch_sub:
    case op::fetch_or:
    case op::fetch_and:
        modified(request, value, step.writes);
        step.reads = true;
        break;
    case op::heavy_fence: step.fences = true; break;
    case op::futex_wait:
        // Also where the value differs and nobody sleeps: whether it does may depend on a write that is independent
        // of futex_wake(), and dependence must not vanish with such a write.
        step.reads = step.queue = true;
        break;
    case op::futex_resume: step.queue = owner.waker < 0 || is_early(index); break;
    case op::futex_wake: step.queue = true; break;
    case op::relax: step.watches = !owner.has_read_clock; break;
    case op::start_thread: step.starts = true; break;
    default: break;
    }
    return step;
}

bool machine::are_dependent(const footprint& a, const footprint& b) const {
    if (a.thread == b.thread)
        return ((a.enqueues && b.drains) || (a.drains && b.enqueues)) && threads_[a.thread].buffer.size() == 1 &&
               fences_waiting_for(a.thread) != 0;
    if (a.location >= 0 && a.location == b.location) {
        const bool both = (a.reads || a.writes) && (b.reads || b.writes);
        if (both && (a.writes || b.writes)) return true;
        if (a.queue && b.queue) return true;
    }
    if (a.starts && b.starts) return true;
    if ((a.fences && (b.enqueues || b.drains)) || (b.fences && (a.enqueues || a.drains))) return true;
    const auto watched = [&](const footprint& watcher, const footprint& writer) {
        const auto& observed = threads_[watcher.thread].observed;
        return watcher.watches && writer.writes &&
               std::any_of(observed.begin(), observed.end(),
                           [&](const observation& seen) { return seen.location == writer.location; }) &&
               newest_store(watcher.thread, writer.location) == nullptr;
    };
    return watched(a, b) || watched(b, a);
}

// ---- steps ---------------------------------------------------------------------------------------------------------------

const buffered_store* machine::newest_store(unsigned index, int location) const {
    const auto& buffer = threads_[index].buffer;
    const auto found = std::find_if(buffer.rbegin(), buffer.rend(),
                                    [&](const buffered_store& store) { return store.location == location; });
    return found == buffer.rend() ? nullptr : &*found;
}

buffered_store* machine::newest_store(unsigned index, int location) {
    return const_cast<buffered_store*>(std::as_const(*this).newest_store(index, location)); // NOLINT(*-const-cast)
}

std::uint64_t machine::view(unsigned index, int location) const {
    const buffered_store* const own = newest_store(index, location);
    return own != nullptr ? own->value : locations_[static_cast<std::size_t>(location)].value;
}

void machine::observe(unsigned index, int location, std::uint64_t value) {
    auto& observed = threads_[index].observed;
    const auto known = std::find_if(observed.begin(), observed.end(),
                                    [&](const observation& seen) { return seen.location == location; });
    if (known != observed.end())
        known->value = value;
    else
        observed.push_back({location, value});
}

void machine::buffer_emptied(unsigned index, int event) {
    for (unsigned thread = 0; thread < thread_count(); ++thread) {
        thread_state& other = threads_[thread];
        if ((other.fence_waits & bit(index)) == 0) continue;
        other.fence_waits &= ~bit(index);
        other.fence_cleared.push_back(event);
    }
}

step_record machine::drain(unsigned index, int event) {
    auto& buffer = threads_[index].buffer;
    const buffered_store store = buffer.front();
    buffer.erase(buffer.begin());
    memory_location& at = location(store.location);
    step_record done;
    done.has_written = true;
    done.wrote = at.value = store.value;
    at.message = store.message;
    if (buffer.empty()) buffer_emptied(index, event);
    return done;
}

step_record machine::run_operation(unsigned index, int event) {
    thread_state& owner = threads_[index];
    step_record done;
    switch (owner.pending->kind) {
    case op::load: done = run_load(index, event); break;
    case op::store: done = run_store(index, event); break;
    case op::full_fence: order.fence(index); break;
    case op::heavy_fence: run_heavy_fence(index); break;
    case op::heavy_fence_end: owner.fence_cleared.clear(); break;
    case op::futex_wait:
        done.read = location(owner.location).value;
        done.has_read = true;
        break;
    case op::futex_resume: run_resume(index); break;
    case op::futex_wake: break;
    case op::relax: run_relax(index); break;
    case op::start_thread: break;
    case op::join_thread: order.join(index, static_cast<unsigned>(owner.pending->operand)); break;
    case op::drain: break;
    default: done = run_modify(index); break;
    }
    order.tick(index);
    return done;
}

step_record machine::run_load(unsigned index, int event) {
    thread_state& owner = threads_[index];
    step_record done;
    done.has_read = true;
    if (buffered_store* const own = newest_store(index, owner.location)) {
        own->reader = event;
        done.read = own->value;
    } else {
        memory_location& at = location(owner.location);
        order.read(index, owner.pending->order, at.message);
        done.read = at.value;
    }
    owner.pending->result = done.read;
    observe(index, owner.location, done.read);
    return done;
}

step_record machine::run_store(unsigned index, int event) {
    thread_state& owner = threads_[index];
    const operation& request = *owner.pending;
    step_record done;
    done.has_written = true;
    done.wrote = request.operand;
    if (needs_empty_buffer(request)) {
        memory_location& at = location(owner.location);
        at.value = request.operand;
        at.message = order.write(index, request.order);
    } else {
        buffered_store added;
        added.location = owner.location;
        added.value = request.operand;
        added.message = order.write(index, request.order);
        added.event = event;
        added.where = request.where;
        owner.buffer.push_back(added);
    }
    for (observation& seen : owner.observed)
        if (seen.location == owner.location) seen.value = request.operand;
    return done;
}

step_record machine::run_modify(unsigned index) {
    thread_state& owner = threads_[index];
    operation& request = *owner.pending;
    memory_location& at = location(owner.location);
    step_record done;
    done.has_read = true;
    done.read = request.result = at.value;
    const std::uint64_t after = modified(request, at.value, done.has_written);
    done.success = request.success = done.has_written;
    if (done.has_written) {
        order.modify(index, request.order, at.message);
        done.wrote = at.value = after;
    } else {
        order.read(index, request.order, at.message);
    }
    observe(index, owner.location, at.value);
    return done;
}

// The barrier of a thread whose buffer is empty now costs nothing; for the others the fence waits until it was.
void machine::run_heavy_fence(unsigned index) {
    thread_state& owner = threads_[index];
    for (unsigned other = 0; other < thread_count(); ++other)
        if (other != index && !threads_[other].buffer.empty()) owner.fence_waits |= bit(other);
}

void machine::fall_asleep(unsigned index) {
    thread_state& owner = threads_[index];
    location(owner.location).sleepers |= bit(index);
    owner.waker = -1;
    owner.asleep = true;
}

void machine::wake_up(unsigned index, int event) {
    thread_state& woken = threads_[index];
    location(woken.location).sleepers &= ~bit(index);
    woken.waker = event;
}

// Time passes while a thread spins or sleeps: more than any spin window has.
constexpr std::int64_t long_time = 20'000'000;

void machine::run_relax(unsigned index) {
    thread_state& owner = threads_[index];
    owner.observed.clear();
    owner.has_read_clock = false;
    owner.clock += long_time;
}

void machine::run_resume(unsigned index) {
    thread_state& owner = threads_[index];
    owner.asleep = false;
    owner.pending->success = owner.waker >= 0;
    owner.clock += std::max(long_time, owner.pending->timeout);
    if (owner.waker >= 0) return;
    location(owner.location).sleepers &= ~bit(index);
    if (owner.pending->timeout >= 0 && owner.early_timeouts < settings_.early_timeouts)
        ++owner.early_timeouts;
    else if (owner.spurious_wakeups < settings_.spurious_wakeups)
        ++owner.spurious_wakeups;
    else
        ++owner.idle_timeouts;
}

std::uint64_t machine::run_directly(operation& request, memory_location& at) {
    request.result = at.value;
    if (request.kind == op::load) return at.value;
    bool writes = false;
    const std::uint64_t after = modified(request, at.value, writes);
    request.success = writes;
    if (writes) {
        at.value = after;
        at.message = {};
    }
    return request.result;
}

} // namespace model

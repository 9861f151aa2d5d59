// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Hazard pointers with light and heavy fences, and without: nobody reads an object that has been freed, and every object is
// freed once, or still named.
#include <pel/detail/sync/hazard_domain.hpp>

#include <pel_model/plain.hpp>
#include <pel_model/program.hpp>

#include <array>
#include <string>

namespace {

using namespace pel::detail;

struct object : hazard_object {
    model::plain<unsigned> value{1};
    unsigned times_freed = 0;

    static void free(hazard_object& its) {
        auto& self = static_cast<object&>(its);
        model::check(self.times_freed++ == 0, "an object was freed twice");
        self.value.write(0); // a race, if a reader still has it
    }
};

struct world {
    hazard_domain domain;
    std::array<object, 3> objects;
    atomic<object*> source{&objects[0]};
    unsigned used = 1; // objects that have been there
    std::array<hazard_record*, 3> records{};
    std::array<hazard_slot*, 2> slots{};
    unsigned reads = 0; // that found an object

    explicit world(hazard_fences mode) : domain(mode) {
        model::name(domain, "domain");
        model::name(source, "source");
        model::name(objects, "objects");
        for (hazard_record*& each : records) each = domain.try_take_record();
        for (hazard_slot*& each : slots) each = domain.try_take_slot();
        for (hazard_slot* each : slots) model::name(*each, "slot");
    }

    void read(hazard_slot& slot, const atomic<object*>& from) {
        object* found = from.load(relaxed);
        while (!slot.try_protect(found, from)) {
        }
        if (found == nullptr) return;
        model::check(found->value.read() == 1, "an object was read after it was freed");
        ++reads;
    }
    void read_and_forget(hazard_slot& slot) {
        read(slot, source);
        slot.clear();
    }
    /// Puts `next` in the place of what is there.
    void replace(unsigned thread, object* next) {
        if (next != nullptr) ++used;
        object* const old = source.exchange(next, acq_rel);
        if (old == nullptr) return;
        domain.retire(*records[thread], *old, &object::free);
        domain.reclaim(*records[thread]);
    }
    void finish() {
        unsigned freed = 0;
        for (const object& each : objects) freed += each.times_freed;
        model::outcome(std::to_string(reads) + " read, " + std::to_string(freed) + " freed at once");
        domain.reclaim_all(*records[0]);
        freed = 0;
        for (const object& each : objects) freed += each.times_freed;
        const object* const left = source.load(relaxed);
        model::check(left == nullptr || left->times_freed == 0, "an object was freed that is still there");
        model::check(freed == used - (left == nullptr ? 0 : 1), "an object was lost");
    }
};

template <hazard_fences Mode>
void read_while_removed(model::execution& run) {
    auto& one = run.share<world>(Mode);
    run.thread("reader", [&one] { one.read_and_forget(*one.slots[0]); });
    run.thread("remover", [&one] { one.replace(0, nullptr); });
    run.finally([&one] { one.finish(); });
}

/// The same slot for one object after another.
template <hazard_fences Mode>
void read_twice(model::execution& run) {
    auto& one = run.share<world>(Mode);
    run.thread("reader", [&one] {
        one.read(*one.slots[0], one.source);
        one.read_and_forget(*one.slots[0]);
    });
    run.thread("remover", [&one] {
        one.replace(0, &one.objects[1]);
        one.replace(0, &one.objects[2]);
    });
    run.finally([&one] { one.finish(); });
}

/// A reader whose slot is new.
template <hazard_fences Mode>
void read_with_a_new_slot(model::execution& run) {
    auto& one = run.share<world>(Mode);
    run.thread("reader", [&one] { one.read_and_forget(*one.domain.try_take_slot()); });
    run.thread("remover", [&one] { one.replace(0, &one.objects[1]); });
    run.finally([&one] { one.finish(); });
}

/// Two that retire, and each may reclaim what the other has retired.
template <hazard_fences Mode>
void remove_twice(model::execution& run) {
    auto& one = run.share<world>(Mode);
    run.thread("reader", [&one] { one.read_and_forget(*one.slots[0]); });
    run.thread("first remover", [&one] { one.replace(0, &one.objects[1]); });
    run.thread("second remover", [&one] { one.replace(1, &one.objects[2]); });
    run.finally([&one] { one.finish(); });
}

constexpr auto light = hazard_fences::light, full = hazard_fences::full;

const model::registered programs[] = {
    {{.name = "hazard: one reads while one removes"},
     read_while_removed<light>,
     {.outcomes = {"0 read, 0 freed at once", "0 read, 1 freed at once", "1 read, 0 freed at once",
                   "1 read, 1 freed at once"}}},
    {{.name = "hazard: one reads while one removes, full fences"},
     read_while_removed<full>,
     {.outcomes = {"0 read, 0 freed at once", "0 read, 1 freed at once", "1 read, 0 freed at once",
                   "1 read, 1 freed at once"}}},
    {{.name = "hazard: one reads twice"}, read_twice<light>},
    {{.name = "hazard: one reads twice, full fences"}, read_twice<full>},
    {{.name = "hazard: one reads with a new slot"}, read_with_a_new_slot<light>},
    {{.name = "hazard: two remove"}, remove_twice<light>},
    {{.name = "hazard: two remove, full fences"}, remove_twice<full>},
};

} // namespace

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A call that is made once by one of several threads, while the others sleep; the first tries may fail.
#include <pel/detail/sync/once_word.hpp>

#include <pel_model/plain.hpp>
#include <pel_model/program.hpp>

#include "model/programs/impatient.hpp"

#include <string>

namespace {

using namespace pel::detail;
using pel_test::impatient;

struct one_call {
    once_word word;
    model::plain<unsigned> made, tried;
    unsigned failures;
    unsigned makers = 0; // a digit each

    explicit one_call(unsigned its_failures) : failures(its_failures) { model::name(word, "word"); }

    void call() {
        if (!word.is_done()) {
            impatient wait;
            if (word.begin(wait)) {
                const unsigned before = tried.read();
                tried.write(before + 1);
                const bool fails = before < failures;
                if (!fails) made.write(made.read() + 1);
                makers = makers * 10 + model::self() + 1;
                word.end(!fails);
                if (fails) return;
            }
        }
        model::check(made.read() == 1, "the call was not made once");
    }
};

template <unsigned Threads, unsigned Failures>
void call_from_all(model::execution& run) {
    auto& one = run.share<one_call>(Failures);
    constexpr const char* names[] = {"first", "second", "third", "fourth"};
    for (unsigned n = 0; n < Threads; ++n) run.thread(names[n], [&one] { one.call(); });
    run.finally([&one] { model::outcome(std::to_string(one.makers)); });
}

const model::registered programs[] = {
    {{.name = "call_once: 3 threads"}, call_from_all<3, 0>, {.outcomes = {"1", "2", "3"}}},
    {{.name = "call_once: 3 threads, the first try fails"}, call_from_all<3, 1>},
    {{.name = "call_once: 3 threads, two tries fail", .spurious_wakeups = 1, .preemptions = 4}, call_from_all<3, 2>},
    {{.name = "call_once: 4 threads, the first try fails", .preemptions = 3}, call_from_all<4, 1>},
};

} // namespace

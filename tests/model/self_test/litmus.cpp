// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The classic litmus tests: which outcomes the modelled machine (x86-TSO) has, and in how many classes of executions.
#include <pel/detail/platform/asymmetric_fence.hpp>
#include <pel/detail/sync/atomic.hpp>

#include <pel_model/program.hpp>

#include <string>

namespace {

using namespace pel::detail;

struct memory {
    atomic<int> x{0}, y{0};
    int r[4] = {};

    void say(int count) const {
        std::string text;
        for (int i = 0; i < count; ++i) text += std::to_string(r[i]) + " ";
        text.pop_back();
        model::outcome(text);
    }
};

void full_fence() {
    model::operation request;
    request.kind = model::op::full_fence;
    model::perform(request);
}

void store_buffering(model::execution& run, void (*left)(), void (*right)()) {
    auto& m = run.share<memory>();
    run.thread("left", [&m, left] {
        m.x.store(1, relaxed);
        left();
        m.r[0] = m.y.load(relaxed);
    });
    run.thread("right", [&m, right] {
        m.y.store(1, relaxed);
        right();
        m.r[1] = m.x.load(relaxed);
    });
    run.finally([&m] { m.say(2); });
}

void nothing() {}
void light() { asymmetric_fence_light(); }
void heavy() { asymmetric_fence_heavy(); }

const model::registered sb{{.name = "SB"},
                           [](model::execution& run) { store_buffering(run, nothing, nothing); },
                           {.outcomes = {"0 0", "0 1", "1 0", "1 1"}, .executions = 4}};
const model::registered sb_sc{{.name = "SB, no store buffers", .store_buffers = false},
                              [](model::execution& run) { store_buffering(run, nothing, nothing); },
                              {.outcomes = {"0 1", "1 0", "1 1"}, .executions = 3}};
const model::registered dekker{{.name = "Dekker, full fences"},
                               [](model::execution& run) { store_buffering(run, full_fence, full_fence); },
                               {.outcomes = {"0 1", "1 0", "1 1"}, .executions = 3}};
const model::registered one_fence{{.name = "Dekker, one full fence"},
                                  [](model::execution& run) { store_buffering(run, full_fence, nothing); },
                                  {.outcomes = {"0 0", "0 1", "1 0", "1 1"}, .executions = 4}};
const model::registered asymmetric{{.name = "Dekker, asymmetric fences"},
                                   [](model::execution& run) { store_buffering(run, light, heavy); },
                                   {.outcomes = {"0 1", "1 0", "1 1"}}};
const model::registered two_lights{{.name = "Dekker, two light fences"},
                                   [](model::execution& run) { store_buffering(run, light, light); },
                                   {.outcomes = {"0 0", "0 1", "1 0", "1 1"}, .executions = 4}};

const model::registered sc_stores{{.name = "Dekker, seq_cst stores"},
                                  [](model::execution& run) {
                                      auto& m = run.share<memory>();
                                      run.thread("left", [&] {
                                          m.x.store(1, seq_cst);
                                          m.r[0] = m.y.load(seq_cst);
                                      });
                                      run.thread("right", [&] {
                                          m.y.store(1, seq_cst);
                                          m.r[1] = m.x.load(seq_cst);
                                      });
                                      run.finally([&] { m.say(2); });
                                  },
                                  {.outcomes = {"0 1", "1 0", "1 1"}, .executions = 3}};

const model::registered mp{{.name = "MP"},
                           [](model::execution& run) {
                               auto& m = run.share<memory>();
                               run.thread("writer", [&] {
                                   m.x.store(1, relaxed);
                                   m.y.store(1, release);
                               });
                               run.thread("reader", [&] {
                                   m.r[0] = m.y.load(acquire);
                                   m.r[1] = m.x.load(relaxed);
                               });
                               run.finally([&] { m.say(2); });
                           },
                           {.outcomes = {"0 0", "0 1", "1 1"}, .executions = 3}};

const model::registered lb{{.name = "LB"},
                           [](model::execution& run) {
                               auto& m = run.share<memory>();
                               run.thread("left", [&] {
                                   m.r[0] = m.y.load(relaxed);
                                   m.x.store(1, relaxed);
                               });
                               run.thread("right", [&] {
                                   m.r[1] = m.x.load(relaxed);
                                   m.y.store(1, relaxed);
                               });
                               run.finally([&] { m.say(2); });
                           },
                           {.outcomes = {"0 0", "0 1", "1 0"}, .executions = 3}};

// Two readers never disagree on the order of two writes: 15 of the 16 outcomes.
const model::registered iriw{{.name = "IRIW"},
                             [](model::execution& run) {
                                 auto& m = run.share<memory>();
                                 run.thread("write x", [&] { m.x.store(1, relaxed); });
                                 run.thread("write y", [&] { m.y.store(1, relaxed); });
                                 run.thread("read xy", [&] {
                                     m.r[0] = m.x.load(acquire);
                                     m.r[1] = m.y.load(acquire);
                                 });
                                 run.thread("read yx", [&] {
                                     m.r[2] = m.y.load(acquire);
                                     m.r[3] = m.x.load(acquire);
                                 });
                                 run.finally([&] {
                                     model::check(!(m.r[0] == 1 && m.r[1] == 0 && m.r[2] == 1 && m.r[3] == 0),
                                                  "the readers disagree");
                                     m.say(4);
                                 });
                             },
                             {.executions = 15}};

// Owens, Sarkar, Sewell 2009: forbidden by the x86 white paper's principles, but seen on machines.
const model::registered n6{{.name = "n6"},
                           [](model::execution& run) {
                               auto& m = run.share<memory>();
                               run.thread("left", [&] {
                                   m.x.store(1, relaxed);
                                   m.r[0] = m.x.load(relaxed);
                                   m.r[1] = m.y.load(relaxed);
                               });
                               run.thread("right", [&] {
                                   m.y.store(2, relaxed);
                                   m.x.store(2, relaxed);
                               });
                               run.finally([&] {
                                   m.r[2] = m.x.load(relaxed);
                                   m.say(3);
                               });
                           },
                           {.outcomes = {"1 0 1", "1 0 2", "1 2 1", "1 2 2", "2 2 2"}}};

} // namespace

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Requests for work: an owner whose forks test one word, and askers who set it after they have written why they ask. When
// all is quiet, a reason that was not seen means that the request still stands.
#include <pel/detail/queue/split_deque.hpp>

#include <pel_model/plain.hpp>
#include <pel_model/program.hpp>

namespace {

using namespace pel::detail;

struct desk {
    split_deque deque{nullptr, 4};
    atomic<int> reason[2];
    bool seen[2] = {};

    desk() {
        model::name(deque, "deque");
        model::name(reason, "reason");
        deque.clear_request();
    }
    void fork() {
        if (!deque.is_asked()) return;
        deque.clear_request();
        for (int i = 0; i < 2; ++i) seen[i] = seen[i] || reason[i].load(relaxed) != 0;
    }
    void ask(int who) {
        reason[who].store(1, relaxed);
        deque.request();
    }
};

const model::registered requests{{.name = "requests: 2 askers, 3 forks"}, [](model::execution& run) {
                                     auto& d = run.share<desk>();
                                     run.thread("owner", [&d] {
                                         for (unsigned i = 0; i < 3 + model::bound(); ++i) d.fork();
                                     });
                                     run.thread("first", [&d] { d.ask(0); });
                                     run.thread("second", [&d] { d.ask(1); });
                                     run.finally([&d] {
                                         for (const bool seen : d.seen)
                                             model::check(seen || d.deque.is_asked(), "a request was lost");
                                     });
                                 }};

/// A request also publishes: what the asker wrote before is visible to the owner that takes it down.
const model::registered publishing{{.name = "requests: what the asker wrote"}, [](model::execution& run) {
                                       struct letter : desk {
                                           model::plain<int> text{0};
                                       };
                                       auto& d = run.share<letter>();
                                       run.thread("owner", [&d] {
                                           if (d.deque.clear_request())
                                               model::check(d.text.read() == 1, "the asker's write is not visible");
                                       });
                                       run.thread("asker", [&d] {
                                           d.text.write(1);
                                           d.deque.request();
                                       });
                                   }};

} // namespace

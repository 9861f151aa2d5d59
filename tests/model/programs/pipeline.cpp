// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Serial stages of a pipeline: tokens that come at any time, each with a thread of its own, run one at a time, and in
// order where they should; none is lost, though no thread waits. And a limit that is raised while tokens are made.
#include <pel/detail/pipeline/free_lines.hpp>
#include <pel/detail/pipeline/place.hpp>

#include <pel_model/plain.hpp>
#include <pel_model/program.hpp>

#include <array>
#include <cstdint>
#include <string>
#include <type_traits>

namespace {

using namespace pel::detail;

struct token : gate_waiter {
    std::uint64_t order = 0;
    model::plain<std::uint64_t> value;
};

/// One stage; who runs a token takes the next one along.
template <class Place, unsigned Count>
class stage {
public:
    stage() {
        for (unsigned n = 0; n < Count; ++n) tokens_[n].order = n;
        model::name(place_, "place");
    }
    void bring(unsigned number) {
        tokens_[number].value.write(number + 1);
        for (token* one = place_.arrive(tokens_[number]); one != nullptr; one = place_.depart()) {
            model::check(one->value.read() == one->order + 1, "a token came without its value");
            const std::uint64_t runs = runs_.read();
            model::check(!is_ordered || runs == one->order, "a token is out of turn");
            runs_.write(runs + 1);
            runners_[one->order] = number;
        }
    }
    void finish() {
        model::check(total() == Count, "a token was lost");
        std::string text = "run by";
        for (const unsigned runner : runners_) text += ' ' + std::to_string(runner);
        model::outcome(text);
    }

private:
    static constexpr bool is_ordered = std::is_same_v<Place, ordered_place<token>>;
    /// (No edge leads from the threads to here.)
    std::uint64_t total() const {
        std::uint64_t sum = 0;
        for (const unsigned runner : runners_) sum += runner != nobody;
        return sum;
    }
    static constexpr unsigned nobody = ~0u;

    static constexpr std::array<unsigned, Count> none() {
        std::array<unsigned, Count> all{};
        all.fill(nobody);
        return all;
    }

    Place place_;
    std::array<token, Count> tokens_;
    model::plain<std::uint64_t> runs_;
    std::array<unsigned, Count> runners_ = none();
};

template <class Place, unsigned Count>
void bring_all(model::execution& run) {
    auto& one = run.share<stage<Place, Count>>();
    constexpr const char* names[] = {"of 0", "of 1", "of 2"};
    for (unsigned n = 0; n < Count; ++n) run.thread(names[n], [&one, n] { one.bring(n); });
    run.finally([&one] { one.finish(); });
}

/// A first stage that makes a token for each line; no line comes back, so a higher limit is all that makes another.
class first_stage {
public:
    first_stage() { model::name(gate_, "gate"); }

    void begin() {
        if (gate_.call()) make_tokens(1);
    }
    void raise() {
        limit_.store(2, relaxed);
        if (gate_.call()) make_tokens(2);
    }
    void finish() const {
        model::check(makers_[0] != 0 && makers_[1] != 0, "a token was not made");
        model::outcome("made by " + std::to_string(makers_[0]) + ", " + std::to_string(makers_[1]));
    }

private:
    void make_tokens(unsigned maker) {
        const auto limit = [this] { return limit_.load(relaxed); };
        while (free_.take(gate_, limit, [this]() -> token& { return lines_[lines_used_++]; }) != nullptr) {
            const unsigned made = made_.read();
            made_.write(made + 1);
            model::check(made < 2, "more tokens than lines");
            makers_[made] = maker;
        }
    }

    serial_gate gate_;
    free_lines<token> free_;
    atomic<std::size_t> limit_{1};
    model::plain<unsigned> made_;
    unsigned lines_used_ = 0;
    std::array<token, 2> lines_;
    std::array<unsigned, 2> makers_{};
};

void raise_limit(model::execution& run) {
    auto& one = run.share<first_stage>();
    run.thread("maker", [&one] { one.begin(); });
    run.thread("raiser", [&one] { one.raise(); });
    run.finally([&one] { one.finish(); });
}

const model::registered programs[] = {
    {{.name = "pipeline: 2 tokens in order"},
     bring_all<ordered_place<token>, 2>,
     {.outcomes = {"run by 0 0", "run by 0 1", "run by 1 1"}}},
    {{.name = "pipeline: 3 tokens in order"}, bring_all<ordered_place<token>, 3>},
    {{.name = "pipeline: 3 tokens in any order"}, bring_all<unordered_place<token>, 3>},
    {{.name = "pipeline: the limit is raised"},
     raise_limit,
     {.outcomes = {"made by 1, 1", "made by 1, 2", "made by 2, 2"}}},
};

} // namespace

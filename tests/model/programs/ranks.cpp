// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Ranks that are handed from chunk to chunk as these are counted: none is lost, none is handed twice.
#include <pel/detail/algorithm/rank_chain.hpp>

#include <pel_model/program.hpp>

#include <array>
#include <cstdint>
#include <string>

namespace {

using pel::detail::rank_chain;

struct chunk {
    std::uint64_t begin, end, items, rank;
};
constexpr std::array<chunk, 4> chunks{{{0, 1, 3, 0}, {1, 4, 5, 3}, {4, 5, 0, 8}, {5, 6, 1, 8}}};

struct chain {
    rank_chain ranks{6};
    std::array<bool, chunks.size()> was_known{};

    chain() { model::name(ranks, "ranks"); }

    /// Returns: whether the chunk's rank is known, and was right then.
    bool look(std::size_t number) const {
        const chunk& its = chunks[number];
        if (!ranks.is_known(its.begin)) return false;
        model::check(ranks.rank(its.begin) == its.rank, "a rank is wrong");
        return true;
    }
    void count(std::size_t number) {
        ranks.count(chunks[number].begin, chunks[number].end, chunks[number].items);
        was_known[number] = look(number);
    }
    void finish() const {
        std::string known;
        for (std::size_t number = 0; number < chunks.size(); ++number) {
            model::check(look(number), "a rank was lost");
            known += was_known[number] ? " at once" : " later";
        }
        model::check(ranks.is_known(6) && ranks.rank(6) == 9, "the sum was lost");
        model::outcome("known" + known);
    }
};

/// Each chunk is counted by one of three threads; the first chunk's comes last in its own order of things.
void hand_on(model::execution& run) {
    auto& all = run.share<chain>();
    run.thread("of 1 and 0", [&all] {
        all.count(1);
        all.count(0);
    });
    run.thread("of 2", [&all] { all.count(2); });
    run.thread("of 3", [&all] { all.count(3); });
    run.finally([&all] { all.finish(); });
}

const model::registered programs[] = {
    {{.name = "ranks: counted by three threads"}, hand_on},
};

} // namespace

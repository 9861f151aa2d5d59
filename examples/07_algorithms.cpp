// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Words of a text, counted and sorted: algorithms as std has them, in parallel. Work O(n log n), span O(log² n).
#include <pel/algorithm/find.hpp>
#include <pel/algorithm/group_by.hpp>
#include <pel/algorithm/reduce.hpp>
#include <pel/algorithm/sort.hpp>
#include <pel/algorithm/transform.hpp>

#include <cstdio>
#include <functional>
#include <ranges>
#include <string>
#include <utility>
#include <vector>

struct word {
    std::string text;
    std::size_t times;
};

int main() {
    std::vector<std::string> words;
    for (int i = 0; i < 20'000; ++i) words.push_back("w" + std::to_string(i * i % 1009));

    auto groups = pel::group_by(words, std::identity()); // pairs of a word and its copies, in the order of the text
    std::vector<word> counted(groups.size());
    pel::transform(groups, counted.begin(), [](const auto& group) { return word{group.first, group.second.size()}; });
    pel::sort(counted, std::ranges::greater(), [](const word& w) { return std::pair(w.times, w.text); });

    auto rare = pel::find_if(counted, [](const word& w) { return w.times < 20; });
    auto squares = std::views::iota(1L, 1'000'001L) | std::views::transform([](long i) { return i * i; });
    long sum = pel::reduce(pel::par.grain(1000), squares, 0L); // nothing is stored in between
    std::printf("%zu words, %s %zu times, %td often; %ld\n", counted.size(), counted[0].text.c_str(), counted[0].times,
                rare - counted.begin(), sum);
    return sum == 333'333'833'333'500'000 ? 0 : 1;
}

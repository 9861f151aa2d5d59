// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: graph
#include <pel/graph/graph.hpp>

#include "support/graph_of_shape.hpp"
#include "support/with_threads.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <vector>

namespace random_graph_test {

using pel::par;

std::size_t below(std::mt19937_64& random, std::size_t limit) { return random() % limit; }

class random_graph_with : public pel_test::with_threads {};
PEL_WITH_ALL_THREADS(random_graph_with);

TEST_P(random_graph_with, a_graph_does_what_an_interpreter_does) {
    const auto seed = std::random_device{}();
    std::mt19937_64 random(seed);
    const auto random_below = [&](std::size_t limit) { return below(random, limit); };
    const unsigned long wanted = pel_test::scaled(GetParam() < 3 ? 30'000 : 20'000); // 10^5 over all pools
    unsigned long shapes = 0, valid = 0;
    for (; valid != wanted && shapes <= 2 * wanted + 100; ++shapes) {
        const pel_test::graph_shape all = pel_test::shape_maker(random_below).make();
        valid += pel_test::check_shape(all, pool, shapes);
        ASSERT_FALSE(HasFailure()) << "seed " << seed << ", shape " << shapes;
    }
    EXPECT_EQ(valid, wanted) << "of " << shapes << " too few are valid";
}

TEST_P(random_graph_with, what_predecessors_have_written_is_there) {
    std::mt19937_64 random(std::random_device{}());
    for (unsigned long round = 0; round != pel_test::scaled(200); ++round) {
        const std::size_t n = 1 + below(random, 200);
        std::vector<std::uint64_t> written(n), expected(n, 1);
        std::vector<std::vector<std::size_t>> before(n);
        pel::graph g;
        std::vector<pel::node_ref> nodes;
        for (std::size_t i = 0; i != n; ++i) {
            for (std::size_t e = below(random, 4); i != 0 && e != 0; --e) before[i].push_back(below(random, i));
            for (const std::size_t each : before[i]) expected[i] += expected[each];
            nodes.push_back(g.emplace([&, i] {
                std::uint64_t sum = 1; // plain memory: a missing edge would be a race
                for (const std::size_t each : before[i]) sum += written[each];
                written[i] = sum;
            }));
            for (const std::size_t each : before[i]) nodes[each].precede(nodes[i]);
        }
        for (int run = 0; run != 3; ++run) {
            std::fill(written.begin(), written.end(), 0);
            g.run(par.on(pool));
            ASSERT_EQ(written, expected);
        }
    }
}

} // namespace random_graph_test

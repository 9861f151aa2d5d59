// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What is true of every machine, whatever it looks like.
#pragma once

#include <pel/topology.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <set>
#include <string>
#include <utility>

namespace pel_test {

class machine_invariants {
public:
    explicit machine_invariants(const pel::topology& checked)
        : topology_(checked), machine_(pel::detail::topology_access::machine_of(checked)) {}

    void check() const {
        check_pus();
        check_domains();
        check_objects("core", topology_.cores());
        check_objects("package", topology_.packages());
        for (unsigned level = 0; level < 8; ++level) check_objects("cache", topology_.caches(level));
        check_nodes();
        check_homes();
        check_distances();
        check_text();
    }

private:
    using domain = pel::detail::domain;

    void check_pus() const {
        const auto& limits = pel::detail::topology_access::limits(topology_);
        unsigned expected = 0;
        std::set<unsigned> numbers;
        for (const pel::pu& one : topology_.pus()) {
            EXPECT_EQ(one.logical_index(), expected++);
            EXPECT_TRUE(limits.allowed.contains(one.os_index())) << one.os_index();
            EXPECT_TRUE(machine_.online.contains(one.os_index())) << one.os_index();
            numbers.insert(one.os_index());
        }
        EXPECT_EQ(numbers.size(), topology_.pus().size());
        EXPECT_EQ(limits.allowed.count(), topology_.pus().size());
        EXPECT_GE(topology_.pus().size(), 1U);
        EXPECT_GE(topology_.concurrency(), 1U);
        EXPECT_LE(topology_.concurrency(), topology_.pus().size());
    }

    void check_domains() const {
        const std::size_t pus = machine_.pus.size();
        const auto& all = machine_.domains;
        ASSERT_EQ(all.empty(), pus < 2);
        if (pus < 2) return;
        EXPECT_TRUE((all.back() == domain{0, static_cast<unsigned>(pus)}));
        for (std::size_t i = 0; i < all.size(); ++i) {
            ASSERT_GE(all[i].count, 2U);
            ASSERT_LE(all[i].first + all[i].count, pus);
            for (std::size_t j = i + 1; j < all.size(); ++j) {
                const bool are_apart =
                    all[i].first + all[i].count <= all[j].first || all[j].first + all[j].count <= all[i].first;
                const bool is_inside = all[j].first <= all[i].first &&
                                       all[i].first + all[i].count <= all[j].first + all[j].count &&
                                       all[i].count < all[j].count;
                ASSERT_TRUE(are_apart || is_inside) << i << " and " << j;
            }
        }
    }

    /// Runs lie inside the PUs, and those that hold two or more are domains.
    bool check_run(const pel::pu_range& run) const {
        const pel::pu* first = machine_.pus.data();
        if (run.empty()) return false;
        EXPECT_GE(run.begin(), first);
        EXPECT_LE(run.end(), first + machine_.pus.size());
        if (run.size() < 2) return true;
        const domain expected{run[0].logical_index(), static_cast<unsigned>(run.size())};
        bool is_found = false;
        for (const domain& one : machine_.domains) is_found = is_found || one == expected;
        EXPECT_TRUE(is_found) << expected.first << " " << expected.count;
        return true;
    }

    template <class T>
    void check_objects(const char* what, const pel::topology_range<T>& objects) const {
        SCOPED_TRACE(what);
        unsigned expected = 0;
        std::size_t end = 0;
        for (const T& one : objects) {
            EXPECT_EQ(one.logical_index(), expected++);
            ASSERT_TRUE(check_run(one.pus()));
            EXPECT_GE(one.pus()[0].logical_index(), end);
            end = one.pus()[one.pus().size() - 1].logical_index() + 1;
        }
    }

    void check_nodes() const {
        unsigned expected = 0;
        std::set<unsigned> numbers;
        for (const pel::numa_node_info& one : topology_.numa_nodes()) {
            EXPECT_EQ(one.logical_index(), expected++);
            numbers.insert(one.os_index());
            check_run(one.pus());
            EXPECT_FALSE(one.pus().empty() && one.memory() == 0) << "node " << one.logical_index() << " is of no use";
            EXPECT_FALSE(one.pus().empty() && one.is_home()) << "node " << one.logical_index() << " is nobody's home";
        }
        EXPECT_EQ(numbers.size(), machine_.nodes.size());
    }

    void check_homes() const {
        const std::size_t none = machine_.nodes.size();
        std::set<unsigned> homes;
        ASSERT_EQ(machine_.home_nodes.size(), machine_.pus.size());
        for (const unsigned home : machine_.home_nodes) {
            ASSERT_LE(home, none);
            homes.insert(home);
        }
        for (const pel::numa_node_info& one : topology_.numa_nodes()) {
            EXPECT_EQ(one.is_home(), homes.count(one.logical_index()) != 0) << one.logical_index();
            for (const pel::pu& unit : one.pus()) {
                const bool has_home = machine_.home_nodes[unit.logical_index()] != none;
                EXPECT_TRUE(has_home || one.memory() == 0) << unit.os_index();
            }
        }
    }

    void check_distances() const {
        const auto nodes = static_cast<unsigned>(machine_.nodes.size());
        ASSERT_EQ(machine_.distances.size(), std::size_t{nodes} * nodes);
        for (unsigned from = 0; from < nodes; ++from) {
            EXPECT_GE(topology_.distance(from, from), 10U);
            for (unsigned to = 0; to < nodes; ++to) {
                EXPECT_GT(topology_.distance(from, to), 0U) << from << " " << to;
                EXPECT_EQ(topology_.distance(from, to), machine_.distance(from, to));
            }
        }
    }

    void check_text() const {
        const std::string text = topology_.explain();
        EXPECT_EQ(text.find("concurrency " + std::to_string(topology_.concurrency()) + ": "), 0U) << text;
        EXPECT_NE(text.find("machine (source: " + topology_.source() + ")"), std::string::npos) << text;
        EXPECT_NE(text.find(std::to_string(topology_.pus().size()) + " PU"), std::string::npos) << text;
        for (const pel::numa_node_info& one : topology_.numa_nodes()) {
            const std::string name = "NUMA node " + std::to_string(one.logical_index()) + " (OS " +
                                     std::to_string(one.os_index());
            EXPECT_NE(text.find(name), std::string::npos) << name << " in:\n" << text;
        }
        EXPECT_EQ(machine_.nodes.size() > 1, text.find("distances") != std::string::npos) << text;
        EXPECT_EQ(text.back(), '\n');
    }

    const pel::topology& topology_;
    const pel::detail::machine& machine_;
};

} // namespace pel_test

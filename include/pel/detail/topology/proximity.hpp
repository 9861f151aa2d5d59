// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How near two PUs of a machine are: one number, the tier. It orders whom to steal from and whom to wake, and steals are
// counted by it. Immutable; any thread. Inside a NUMA node the tree decides: the smallest core, cache, cluster or package
// that holds both. Beyond it the distance matrix decides, and where that sees no difference the tree again: two nodes
// under one cache, or in one package, are nearer than others.
// I1  tier(a, b) == tier(b, a). A steal goes there and back (request, claim, frame; then the result), so of an
//     asymmetric matrix the mean of both directions counts.
// I2  a tier means the same for all PUs, and each has at least one pair of PUs in it.
// I3  a domain of a smaller tier that holds a PU lies inside each of a larger tier that holds it.
#pragma once

#include <pel/detail/platform/config.hpp>
#include <pel/detail/platform/plain_array.hpp>
#include <pel/detail/topology/machine.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdio>

PEL_NAMESPACE_BEGIN
namespace detail {

/// What the PUs of a tier have in common, the smallest such thing. In the order in which one may hold another.
enum class shared_by : unsigned char { core, l1, l2, cluster, l3, l4, l5, group, package, node, machine };

class proximity {
public:
    static constexpr unsigned most_tiers = 12, most_inner_tiers = 7;
    static constexpr unsigned no_domain = ~0U;

    /// PUs with one NUMA node, or a part of one, in common: [first, first + count).
    struct domain {
        unsigned first, count;
        unsigned tier;
        unsigned parent; // the next larger one, or no_domain
        bool contains(unsigned pu) const noexcept { return pu - first < count; }
    };
    struct tier_info {
        shared_by what = shared_by::machine;
        unsigned least_distance = 10, greatest_distance = 10; // as in machine::distances
        char name[24] = "";                                   // for people: "core", "L3", "package", "remote 21"
    };

    /// Throws: std::bad_alloc. Cost: some ms for 1024 PUs.
    explicit proximity(const machine& of);

    unsigned pus() const noexcept { return static_cast<unsigned>(innermost_.size()); }
    /// Returns: how many tiers there are; at least 1.
    unsigned tiers() const noexcept { return static_cast<unsigned>(tiers_.size()); }
    /// Returns: how many of them, from the first, stay inside a NUMA node.
    unsigned inner_tiers() const noexcept { return inner_tiers_; }
    const tier_info& tier_at(unsigned tier) const noexcept { return tiers_[tier]; }

    /// Returns: the tier of two different PUs, by logical index; 0 for one and the same. Cost: one step per inner tier.
    unsigned tier(unsigned from, unsigned to) const noexcept {
        if (from == to) return 0;
        for (unsigned at = innermost_[from]; at != no_domain; at = domains_[at].parent) {
            if (domains_[at].contains(to)) return domains_[at].tier;
        }
        return unit_tier(unit_of(from), unit_of(to));
    }

    /// PUs come in units: runs with the same home node. (Usually a unit is a node; PUs without one make their own.)
    unsigned units() const noexcept { return static_cast<unsigned>(unit_ends_.size()); }
    unsigned unit_of(unsigned pu) const noexcept { return unit_of_[pu]; }
    /// Returns: one past the last PU of a unit, which is the first of the next.
    unsigned unit_end(unsigned unit) const noexcept { return unit_ends_[unit]; }
    /// Requires: different units, or PUs of one that have no domain in common.
    unsigned unit_tier(unsigned from, unsigned to) const noexcept { return unit_tiers_[from * units() + to]; }

    /// Returns: the smallest domain that holds a PU, or no_domain.
    unsigned innermost(unsigned pu) const noexcept { return innermost_[pu]; }
    const domain& domain_at(unsigned index) const noexcept { return domains_[index]; }

private:
    friend class proximity_builder;

    unsigned inner_tiers_ = 0;
    plain_array<domain> domains_; // inner ones before outer ones
    plain_array<unsigned> innermost_, unit_of_, unit_ends_;
    plain_array<std::uint8_t> unit_tiers_;
    plain_array<tier_info> tiers_;
};

/// Builds a proximity; of no use afterwards.
class proximity_builder {
public:
    proximity_builder(const machine& of, proximity& result) : machine_(of), result_(result) {}

    void build() {
        link_domains();
        label_domains();
        find_units();
        make_inner_tiers();
        make_outer_tiers();
        if (result_.tiers() != 0) return;
        add_tier(shared_by::machine, local, local); // one PU
        result_.inner_tiers_ = 1;
    }

private:
    /// All domains of the machine, while it is not known yet which of them lie inside a node.
    struct node_of_tree {
        unsigned first, count;
        unsigned parent = proximity::no_domain;
        shared_by what = shared_by::machine;
        bool is_labelled = false;
        unsigned rank = 0; // rises from inner to outer ones (I3)
    };
    /// What tells tiers beyond a node apart, nearest first.
    struct outer_class {
        unsigned least, greatest; // distance
        unsigned rank;            // of the smallest domain in common
        shared_by what;
        bool operator<(const outer_class& other) const noexcept {
            return least != other.least ? least < other.least : rank < other.rank;
        }
    };

    static constexpr unsigned local = machine::local_distance;

    unsigned pus() const noexcept { return static_cast<unsigned>(machine_.pus.size()); }
    static constexpr unsigned rank_of(shared_by what) noexcept { return static_cast<unsigned>(what) * 16; }

    /// Domains come inner ones first: whatever held a PU last lies inside the next that holds it.
    void link_domains() {
        plain_array<unsigned> outermost(pus(), proximity::no_domain);
        innermost_.assign(pus(), proximity::no_domain);
        for (const auto& each : machine_.domains) {
            const auto index = static_cast<unsigned>(tree_.size());
            tree_.push_back({each.first, each.count});
            for (unsigned pu = each.first; pu < each.first + each.count; ++pu) {
                if (outermost[pu] == proximity::no_domain)
                    innermost_[pu] = index;
                else if (outermost[pu] != index)
                    tree_[outermost[pu]].parent = index;
                outermost[pu] = index;
            }
        }
    }

    /// Names the domain with exactly these PUs, unless something smaller has: what they share first is what counts.
    void label(const pu_range& pus, shared_by what) {
        if (pus.size() < 2) return;
        unsigned at = innermost_[pus[0].logical_index()];
        while (at != proximity::no_domain && tree_[at].count < pus.size()) at = tree_[at].parent;
        if (at == proximity::no_domain || tree_[at].count != pus.size()) return;
        if (!tree_[at].is_labelled || what < tree_[at].what) tree_[at].what = what;
        tree_[at].is_labelled = true;
    }
    void label_domains() {
        for (const core& each : machine_.cores) label(each.pus(), shared_by::core);
        for (const cache& each : machine_.caches) label(each.pus(), cache_of(each.level()));
        for (const package& each : machine_.packages) label(each.pus(), shared_by::package);
        for (const numa_node_info& each : machine_.nodes) label(each.pus(), shared_by::node);
        for (node_of_tree& each : tree_) {
            if (!each.is_labelled && each.count != pus())
                each.what = each.rank > rank_of(shared_by::l3) ? shared_by::group : shared_by::cluster;
            if (each.rank < rank_of(each.what)) each.rank = rank_of(each.what);
            if (each.parent == proximity::no_domain) continue;
            node_of_tree& parent = tree_[each.parent];
            if (parent.rank <= each.rank) parent.rank = each.rank + 1;
        }
    }
    static constexpr shared_by cache_of(unsigned level) noexcept {
        constexpr shared_by by_level[] = {shared_by::l1, shared_by::l1, shared_by::l2, shared_by::l3, shared_by::l4};
        return level < 5 ? by_level[level] : shared_by::l5;
    }

    unsigned home_of(unsigned pu) const noexcept { return machine_.home_nodes[pu]; }
    bool has_home(unsigned pu) const noexcept { return home_of(pu) < machine_.nodes.size(); }

    void find_units() {
        result_.unit_of_.resize(pus());
        for (unsigned pu = 0; pu < pus(); ++pu) has_homes_ = has_homes_ || has_home(pu);
        for (unsigned pu = 0; pu < pus(); ++pu) {
            if (pu != 0 && !is_same_unit(pu - 1, pu)) result_.unit_ends_.push_back(pu);
            result_.unit_of_[pu] = result_.units();
        }
        result_.unit_ends_.push_back(pus());
    }
    /// Whether neighbours in machine order belong together. Where none has a node all do; beside nodes, those of one package.
    bool is_same_unit(unsigned left, unsigned right) const noexcept {
        if (!has_homes_) return true;
        if (has_home(left) || has_home(right)) return home_of(left) == home_of(right);
        const unsigned common = common_domain(left, right);
        return common != proximity::no_domain && tree_[common].count < pus();
    }
    unsigned common_domain(unsigned a, unsigned b) const noexcept {
        unsigned at = innermost_[a];
        while (at != proximity::no_domain && b - tree_[at].first >= tree_[at].count) at = tree_[at].parent;
        return at;
    }

    bool is_inside_unit(const node_of_tree& one) const noexcept {
        return result_.unit_of_[one.first] == result_.unit_of_[one.first + one.count - 1];
    }

    /// One tier for each rank that occurs inside a node; and one for PUs of a node that have nothing else in common.
    void make_inner_tiers() {
        plain_array<unsigned> ranks;
        for (const node_of_tree& each : tree_) {
            if (is_inside_unit(each)) insert_sorted(ranks, each.rank);
        }
        const unsigned needs_node_tier = rank_of(shared_by::node) + 15; // after all that may lie inside
        if (has_loose_units()) insert_sorted(ranks, needs_node_tier);
        while (ranks.size() > proximity::most_inner_tiers) ranks.erase(1);
        for (const unsigned rank : ranks) {
            add_tier(what_at(rank), local, local);
        }
        result_.inner_tiers_ = result_.tiers();
        copy_domains(ranks);
    }
    /// The ranks that were left out belong to the next one above.
    static unsigned tier_of_rank(const plain_array<unsigned>& ranks, unsigned rank) noexcept {
        unsigned tier = 0;
        while (tier + 1 < ranks.size() && ranks[tier] < rank) ++tier;
        return tier;
    }
    shared_by what_at(unsigned rank) const noexcept {
        for (const node_of_tree& each : tree_) {
            if (each.rank == rank && is_inside_unit(each)) return each.what;
        }
        return shared_by::node;
    }
    void copy_domains(const plain_array<unsigned>& ranks) {
        plain_array<unsigned> moved(tree_.size(), proximity::no_domain);
        for (std::size_t i = tree_.size(); i-- != 0;) { // outer ones first, so that parents are known
            if (is_inside_unit(tree_[i])) moved[i] = kept_++;
        }
        result_.domains_.resize(kept_);
        for (std::size_t i = 0; i < tree_.size(); ++i) {
            if (moved[i] == proximity::no_domain) continue;
            const node_of_tree& from = tree_[i];
            const unsigned parent = from.parent == proximity::no_domain ? proximity::no_domain : moved[from.parent];
            result_.domains_[moved[i]] = {from.first, from.count, tier_of_rank(ranks, from.rank), parent};
        }
        result_.innermost_ = innermost_;
        for (unsigned& each : result_.innermost_) {
            if (each != proximity::no_domain) each = moved[each];
        }
    }
    /// Whether some home node's PUs are not all inside one domain of the tree.
    bool has_loose_units() const noexcept {
        for (unsigned unit = 0, first = 0; unit < result_.units(); first = result_.unit_ends_[unit++]) {
            const unsigned last = result_.unit_ends_[unit] - 1;
            const unsigned common = first == last ? proximity::no_domain : common_domain(first, last);
            if (first != last && (common == proximity::no_domain || !is_inside_unit(tree_[common]))) return true;
            for (unsigned other = unit + 1; has_home(first) && other < result_.units(); ++other) {
                if (home_of(result_.unit_ends_[other] - 1) == home_of(first)) return true;
            }
        }
        return false;
    }

    void make_outer_tiers() {
        const unsigned units = result_.units();
        const unsigned node_tier = result_.inner_tiers() == 0 ? 0 : result_.inner_tiers() - 1;
        result_.unit_tiers_.assign(std::size_t{units} * units, static_cast<std::uint8_t>(node_tier));
        for (const unsigned each : machine_.distances)
            greatest_distance_ = each > greatest_distance_ ? each : greatest_distance_;
        plain_array<outer_class> classes;
        for_each_far_pair([&](unsigned a, unsigned b) { insert_sorted(classes, class_of(a, b)); });
        while (classes.size() > proximity::most_tiers - result_.inner_tiers()) merge_nearest(classes);
        for (const outer_class& each : classes) name_outer(add_tier(each.what, each.least, each.greatest), classes);
        for_each_far_pair([&](unsigned a, unsigned b) {
            const auto tier = static_cast<std::uint8_t>(tier_of_class(classes, class_of(a, b)));
            result_.unit_tiers_[std::size_t{a} * units + b] = tier; // I1
            result_.unit_tiers_[std::size_t{b} * units + a] = tier;
        });
    }
    /// Calls visit(a, b) for the pairs of units a < b with different homes, square by square: as matrices are looked at both
    /// ways, whole rows would miss the cache with every step. Cost: some ms for 1024 units (benchmarks/large_machine).
    template <class Visit>
    void for_each_far_pair(const Visit& visit) const {
        constexpr unsigned side = 32;
        const unsigned units = result_.units();
        for (unsigned top = 0; top < units; top += side) {
            for (unsigned left = top; left < units; left += side) {
                for (unsigned a = top; a < top + side && a < units; ++a) {
                    for (unsigned b = a < left ? left : a + 1; b < left + side && b < units; ++b) {
                        if (!has_same_home(a, b)) visit(a, b);
                    }
                }
            }
        }
    }
    unsigned first_pu(unsigned unit) const noexcept { return unit == 0 ? 0 : result_.unit_ends_[unit - 1]; }
    bool has_same_home(unsigned a, unsigned b) const noexcept {
        return a == b || (has_home(first_pu(a)) && home_of(first_pu(a)) == home_of(first_pu(b)));
    }
    outer_class class_of(unsigned a, unsigned b) const noexcept {
        const unsigned common = common_domain(first_pu(a), first_pu(b));
        const bool is_known = common != proximity::no_domain;
        const unsigned distance = distance_between(home_of(first_pu(a)), home_of(first_pu(b)));
        return {distance, distance, is_known ? tree_[common].rank : ~0U,
                is_known ? tree_[common].what : shared_by::machine};
    }
    /// I1. Of a PU without a home node nothing is known: as far as anything.
    unsigned distance_between(unsigned a, unsigned b) const noexcept {
        const std::size_t nodes = machine_.nodes.size();
        if (a >= nodes || b >= nodes) return greatest_distance_;
        return (machine_.distance(a, b) + machine_.distance(b, a) + 1) / 2;
    }
    /// Those of which one is the fewest per cent farther than the other become one tier.
    static void merge_nearest(plain_array<outer_class>& classes) {
        std::size_t best = 1;
        const auto gap = [&](std::size_t i) {
            return (classes[i].least - classes[i - 1].greatest) * 1000ULL / (classes[i].least + 1);
        };
        for (std::size_t i = 2; i < classes.size(); ++i) {
            if (gap(i) < gap(best)) best = i;
        }
        outer_class& merged = classes[best - 1];
        merged.greatest = classes[best].greatest;
        if (merged.what < classes[best].what) merged.what = classes[best].what;
        classes.erase(best);
    }
    /// Classes are intervals of (distance, rank): the last one that does not begin above it.
    unsigned tier_of_class(const plain_array<outer_class>& classes, const outer_class& one) const noexcept {
        std::size_t at = classes.size() - 1;
        while (at != 0 && one < classes[at]) --at;
        return result_.inner_tiers() + static_cast<unsigned>(at);
    }

    template <class T>
    static void insert_sorted(plain_array<T>& all, const T& one) {
        std::size_t at = 0;
        for (std::size_t end = all.size(); at != end;) {
            const std::size_t middle = (at + end) / 2;
            if (all[middle] < one)
                at = middle + 1;
            else
                end = middle;
        }
        if (at == all.size() || one < all[at]) all.insert(at, one);
    }

    proximity::tier_info& add_tier(shared_by what, unsigned least, unsigned greatest) {
        result_.tiers_.push_back({what, least, greatest});
        proximity::tier_info& fresh = result_.tiers_.back();
        std::snprintf(fresh.name, sizeof fresh.name, "%s", name_of(what));
        return fresh;
    }
    static const char* name_of(shared_by what) noexcept {
        constexpr const char* names[] = {"core", "L1",    "L2",      "cluster", "L3",     "L4",
                                         "L5",   "group", "package", "node",    "machine"};
        return names[static_cast<unsigned>(what)];
    }
    /// Nodes that have something less than the machine in common are named by that; with the distance, if it alone does
    /// not tell.
    static void name_outer(proximity::tier_info& one, const plain_array<outer_class>& all) noexcept {
        const bool is_remote = one.what >= shared_by::node;
        unsigned alike = 0;
        for (const outer_class& each : all) alike += each.what == one.what ? 1 : 0;
        if (!is_remote && alike == 1) return;
        const char* const base = is_remote ? "remote" : name_of(one.what);
        if (one.greatest_distance == one.least_distance)
            std::snprintf(one.name, sizeof one.name, "%s %u", base, shown(one.least_distance));
        else
            std::snprintf(one.name, sizeof one.name, "%s %u-%u", base, shown(one.least_distance),
                          shown(one.greatest_distance));
    }
    static unsigned shown(unsigned distance) noexcept { return distance < 100'000 ? distance : 99'999; }

    const machine& machine_;
    proximity& result_;
    plain_array<node_of_tree> tree_;
    plain_array<unsigned> innermost_; // of tree_, by PU
    bool has_homes_ = false;          // some PU has
    unsigned kept_ = 0;
    unsigned greatest_distance_ = local;
};

inline proximity::proximity(const machine& of) { proximity_builder(of, *this).build(); }

} // namespace detail
PEL_NAMESPACE_END

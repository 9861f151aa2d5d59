// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "report.hpp"

#include "support/errors.hpp"
#include "support/report_text.hpp"

#include <cinttypes>
#include <cstdio>

namespace heat3d {

namespace {

using support::line;
using support::plural;

double percent(double part, double whole) { return 100 * part / whole; }

std::string result_text(const findings& found) {
    return line("off the scheme's exact solution by at most %.1e (rounding: up to %.1e)", found.worst.from_scheme,
                found.rounding_bound) +
           line("off the equation's exact solution by at most %.1e (discretisation: up to %.1e)",
                found.worst.from_equation, found.discretisation_bound) +
           line("same bits each time: %016" PRIx64, found.fingerprint);
}

class throughput_table {
public:
    explicit throughput_table(std::size_t n)
        : cells_(static_cast<double>(n) * static_cast<double>(n) * static_cast<double>(n)),
          text_(line("%-14s %12s %8s   %s", "", "Mcells/s", "GB/s", "of streaming")) {}

    /// As STREAM counts: a cell is read once and written once.
    void add(const std::string& who, const phase_seconds& seconds) {
        const double rate = cells_ / seconds.step;
        std::string share;
        if (seconds.stream != 0) {
            char text[64];
            std::snprintf(text, sizeof text, "   %.0f %% of %.1f", percent(seconds.stream, seconds.step),
                          16e-9 * cells_ / seconds.stream);
            share = text;
        }
        text_ += line("%-14s %12.0f %8.1f%s", who.c_str(), rate / 1e6, 16e-9 * rate, share.c_str());
    }
    std::string text() const { return text_; }

private:
    double cells_;
    std::string text_;
};

std::string throughput_text(const findings& found, std::size_t n) {
    throughput_table table(n);
    table.add("plain loops", found.plain);
    if (found.workers == 1) {
        table.add("1 worker", found.with_all);
        return table.text();
    }
    table.add("1 worker", found.with_one);
    table.add(std::to_string(found.workers) + " workers", found.with_all);
    return table.text() +
           line("ratio of %u workers to 1: %.2f", found.workers, found.with_one.step / found.with_all.step);
}

std::string placement_text(const placement_summary& placed) {
    std::string pages;
    if (placed.known_pages == 0) {
        pages = line("pages: the system does not say on which nodes they are");
    } else {
        pages = line("pages on the node of the thread that worked on them: %.1f %% of %" PRIu64 " looks, %zu node%s",
                     percent(static_cast<double>(placed.local_pages), static_cast<double>(placed.known_pages)),
                     placed.known_pages, placed.nodes, plural(placed.nodes));
        if (placed.unknown_pages != 0)
            pages += line("pages of which it is not known: %" PRIu64 " looks", placed.unknown_pages);
    }
    return pages + line("pieces with the thread that wrote them first: %.1f %%",
                        percent(static_cast<double>(placed.kept_strips), static_cast<double>(placed.strips)));
}

/// How far jobs went: ": 12 core, 3 L3, 1 remote 21", or that the pool has not needed to tell any apart.
std::string tiers_text(const findings& found) {
    if (found.tiers.empty()) return " (one tier)";
    std::string text;
    for (std::size_t tier = 0; tier < found.tiers.size(); ++tier) {
        text += tier == 0 ? ": " : ", ";
        text += std::to_string(found.stats.stolen_by_tier[tier]) + ' ' + found.tiers[tier];
    }
    return text;
}

/// One line for each kind of counter.
std::string counters_text(const findings& found) {
    const pel::pool_stats& stats = found.stats;
    return line("steals: %" PRIu64 "%s; of these from busy threads: %" PRIu64, stats.stolen, tiers_text(found).c_str(),
                stats.deep_steals) +
           line("sleeps: %" PRIu64 ", wake-ups: %" PRIu64 ", threads started: %" PRIu64, stats.parks, stats.wakes,
                stats.threads_started);
}

std::string slice_text(const findings& found, const settings& chosen) {
    if (!found.drawn) return "";
    char text[128];
    std::snprintf(text, sizeof text, "layer z = %zu, from %.4f to %.4f: ", chosen.n / 2, found.drawn->coldest,
                  found.drawn->warmest);
    return text + support::printable(chosen.slice) + '\n';
}

} // namespace

std::string report_text(const findings& found, const settings& chosen) {
    std::string text = line("%zu^3 cells, %" PRIu64 " step%s, %u worker%s", chosen.n, chosen.steps,
                            plural(chosen.steps), found.workers, plural(found.workers)) +
                       result_text(found);
    if (!chosen.only_check)
        text += throughput_text(found, chosen.n) + placement_text(found.placement) + counters_text(found);
    return text + slice_text(found, chosen);
}

} // namespace heat3d

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "report.hpp"

#include "support/report_text.hpp"

namespace wavefront {

namespace {

constexpr std::size_t most_letters = 100; // of the edits

using support::line;
using support::plural;

/// In the numbers of the file.
std::string stretch_text(const char* which, const stretch& aligned, const std::optional<slice>& cut) {
    const std::size_t begin = aligned.begin + (cut ? cut->begin : 1);
    return line("%-7s %zu to %zu, %zu base%s", which, begin, begin + aligned.size() - 1, aligned.size(),
                plural(aligned.size()));
}

std::string edits_text(const alignment& path) {
    std::string edits = path.text();
    if (edits.size() > most_letters) edits = edits.substr(0, most_letters) + "...";
    return "edits   " + edits + '\n';
}

std::string alignment_text(const alignment& path, const settings& chosen) {
    const std::size_t matches = path.count(edit::match), mismatches = path.count(edit::mismatch), gaps = path.gaps();
    const std::size_t missing = path.columns() - matches - mismatches;
    return stretch_text("first", path.first, chosen.first) + stretch_text("second", path.second, chosen.second) +
           line("columns %zu: %zu match%s (%.1f %%), %zu mismatch%s, %zu gap%s of %zu base%s", path.columns(), matches,
                matches == 1 ? "" : "es", 100.0 * static_cast<double>(matches) / static_cast<double>(path.columns()),
                mismatches, mismatches == 1 ? "" : "es", gaps, plural(gaps), missing, plural(missing)) +
           edits_text(path);
}

std::string rate_line(const std::string& who, double cells, double seconds, double plain) {
    return line("%-14s %10.3f %10.0f %8.2f", who.c_str(), seconds, cells / seconds / 1e6, plain / seconds);
}

std::string time_text(const problem& of, const findings& found, const settings& chosen) {
    const double cells = static_cast<double>(of.first.size()) * static_cast<double>(of.second.size());
    const std::string workers = std::to_string(found.workers) + " worker" + plural(found.workers);
    std::string text = line("%-14s %10s %10s %8s", "", "seconds", "Mcells/s", "speed-up");
    text += rate_line("plain loops", cells, found.plain, found.plain);
    if (found.workers != 1) text += rate_line("1 worker", cells, found.with_one, found.plain);
    text += rate_line(workers, cells, found.with_all, found.plain);
    text += line("graph: built in %.4f s, run %u time%s", found.building, chosen.repeat * (found.workers == 1 ? 1 : 2),
                 plural(chosen.repeat * (found.workers == 1 ? 1 : 2)));
    if (found.found)
        text += line("traceback: %.3f s, %zu block%s and %zu tile%s again", found.tracing, found.found->blocks,
                     plural(found.found->blocks), found.found->tiles, plural(found.found->tiles));
    return text;
}

} // namespace

std::string report_text(const problem& of, const findings& found, const settings& chosen) {
    const tiling& cut = of.cut;
    std::string text = line("%zu x %zu bases, %zu x %zu tiles of %zu, %u worker%s", of.first.size(), of.second.size(),
                            cut.tile_rows(), cut.tile_columns(), cut.tile_size(), found.workers, plural(found.workers));
    text += line("score   %d%s", found.end.worth, chosen.only_check ? ", and by the serial program" : "");
    text += found.found ? alignment_text(found.found->path, chosen) : line("no alignment: no two bases are equal");
    return chosen.only_check ? text : text + time_text(of, found, chosen);
}

} // namespace wavefront

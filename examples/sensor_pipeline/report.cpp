// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "report.hpp"

#include "support/errors.hpp"
#include "support/report_text.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace sensor_pipeline {

namespace {

using support::line;
using support::plural;
using count = unsigned long long;

double percent(double part, double whole) { return whole == 0 ? 100 : 100 * part / whole; }

std::string counts_text(const findings& found) {
    const reading_counts& read = found.read;
    return line("frames     %llu read, %llu damaged, %llu late, %llu repeated, %llu strange; %llu missing",
                count{read.frames}, count{found.damaged}, count{found.fused.late}, count{found.fused.repeated},
                count{found.strange}, count{read.missing}) +
           line("damage     %llu byte%s skipped at %llu place%s", count{read.skipped_bytes}, plural(read.skipped_bytes),
                count{read.skips}, plural(read.skips));
}

std::string fused_text(const outcome& of) {
    std::vector<count> by_sensors(of.form.sensors + 1);
    for (const finding& each : of.found.instants) ++by_sensors[each.sensors];
    std::string text = "fused     ";
    for (std::size_t sensors = by_sensors.size(); sensors-- > 0;) {
        if (by_sensors[sensors] == 0) continue;
        text += text.ends_with(' ') ? " " : ", ";
        text += std::to_string(by_sensors[sensors]) + " of " + std::to_string(sensors) + " sensor" + plural(sensors);
    }
    return text + '\n';
}

std::string score_line(const char* what, const score& of) {
    const auto right = static_cast<double>(of.right), wrong = static_cast<double>(of.wrong);
    const auto missed = static_cast<double>(of.missed);
    return line("%-10s %llu right, %llu wrong, %llu missed: precision %.1f %%, recall %.1f %%, off by %.2f m", what,
                count{of.right}, count{of.wrong}, count{of.missed}, percent(right, right + wrong),
                percent(right, right + missed), of.right == 0 ? 0 : std::sqrt(of.square_errors / right));
}

std::string scores_text(const findings& found) {
    const scores result = compare_with_truth(found);
    std::string text = score_line("detections", result.detections) + score_line("tracks", result.tracks) +
                       line("           %u track%s of %llu target%s", found.tracks, plural(found.tracks),
                            count{result.targets}, plural(result.targets));
    if (result.unknown != 0)
        text += line("           %llu instant%s without ground truth", count{result.unknown}, plural(result.unknown));
    return text;
}

std::string rate_line(const std::string& who, const outcome& of, const timing& timed) {
    const auto frames = static_cast<double>(of.found.read.frames), size = static_cast<double>(of.found.read.bytes);
    return line("%-12s %9.3f %9.0f %9.1f %9.2f", who.c_str(), timed.seconds, frames / timed.seconds,
                size / timed.seconds / 1e6, of.plain.seconds / timed.seconds);
}

std::string rates_text(const outcome& of) {
    std::string text = line("%-12s %9s %9s %9s %9s", "", "seconds", "frames/s", "MB/s", "speed-up");
    text += rate_line("plain loop", of, of.plain);
    if (of.workers != 1) text += rate_line("1 worker", of, of.with_one);
    return text + rate_line(std::to_string(of.workers) + " worker" + plural(of.workers), of, of.with_all);
}

std::string distribution_line(const char* what, std::vector<double> times, const char* of_what) {
    if (times.empty()) return "";
    std::sort(times.begin(), times.end());
    const std::size_t last = times.size() - 1;
    return line("%-10s %8.2f %8.2f %8.2f %8.2f   %s", what, times.front(), times[last / 2], times[last - last / 100],
                times.back(), of_what);
}

/// As long as a token is in the pipeline at most tokens - 1 others are before it, and as many come after it.
std::string bound_line(const outcome& of) {
    const timing& timed = of.with_all;
    const double bound = static_cast<double>(2 * of.tokens - 1) * timed.longest_work_ms;
    return line(
        "bound      %.2f ms: (2 x %zu - 1) tokens of at most %.2f ms of work; longest stay %.2f ms, %.0f %% of it",
        bound, of.tokens, timed.longest_work_ms, timed.longest_stay_ms, percent(timed.longest_stay_ms, bound));
}

std::string deadline_line(const std::vector<double>& times, unsigned deadline_ms) {
    const auto missed = std::count_if(times.begin(), times.end(), [&](double each) { return each > deadline_ms; });
    if (missed == 0) return line("deadline   %u ms: kept by all %zu", deadline_ms, times.size());
    return line("deadline   %u ms: missed by %zu of %zu", deadline_ms, static_cast<std::size_t>(missed), times.size());
}

std::string latency_text(const outcome& of, const settings& chosen) {
    const timing& timed = of.with_all;
    std::string text = line("%-10s %8s %8s %8s %8s", "ms", "min", "median", "99 %", "max");
    text += distribution_line("latency", timed.latency_ms,
                              "from the frame that makes an instant ready until it is written");
    text += distribution_line("age", timed.age_ms, "from an instant's first frame");
    text += bound_line(of);
    if (chosen.deadline_ms != 0) text += deadline_line(timed.latency_ms, chosen.deadline_ms);
    return text;
}

std::string list_text(const outcome& of, bool has_times) {
    std::string text;
    std::size_t with_frames = 0;
    for (std::size_t instant = 0; instant < of.found.instants.size(); ++instant) {
        const finding& found = of.found.instants[instant];
        if (has_times && found.sensors != 0) {
            text += line("instant %zu: %zu sensor%s, latency %.2f ms, age %.2f ms", instant, found.sensors,
                         plural(found.sensors), of.with_all.latency_ms[with_frames], of.with_all.age_ms[with_frames]);
            ++with_frames;
        } else {
            text += line("instant %zu: %zu sensor%s", instant, found.sensors, plural(found.sensors));
        }
        for (const detection& each : found.detections)
            text += line("  detection %8.2f %8.2f m, %5.1f dB", each.at.x, each.at.y, each.decibels);
        for (const track& each : found.tracks)
            text += line("  track %-4u %7.2f %8.2f m, %6.2f %6.2f m/s", each.id, each.at.x, each.at.y, each.velocity.x,
                         each.velocity.y);
    }
    return text;
}

} // namespace

std::string report_text(const outcome& of, const settings& chosen) {
    const layout& form = of.form;
    std::string text =
        line("recording  %u instant%s, one every %g ms, by %u sensor%s of %u x %u samples", form.instants,
             plural(form.instants), 1e-3 * form.period_us, form.sensors, plural(form.sensors), form.beams, form.bins);
    text += counts_text(of.found) + fused_text(of) + scores_text(of.found);
    if (chosen.only_check) {
        text += line("the serial program found the same");
    } else {
        text += line("%u worker%s, %zu token%s%s", of.workers, plural(of.workers), of.tokens, plural(of.tokens),
                     chosen.processed.rate == 0
                         ? ""
                         : (", played at " + std::to_string(chosen.processed.rate) + " times its speed").c_str());
        text += latency_text(of, chosen);
        if (chosen.processed.rate == 0) text += rates_text(of);
    }
    return chosen.list ? text + list_text(of, !chosen.only_check) : text;
}

std::string report_text(const generated& made, const settings& chosen) {
    return support::printable(chosen.to_generate) +
           line(": %llu frame%s, %llu damaged and %llu delayed; %llu lost; %.1f MB", count{made.frames},
                plural(made.frames), count{made.damaged}, count{made.delayed}, count{made.lost},
                1e-6 * static_cast<double>(made.bytes));
}

} // namespace sensor_pipeline

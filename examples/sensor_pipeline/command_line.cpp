// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "command_line.hpp"

#include "support/argument_reader.hpp"
#include "support/errors.hpp"

#include <cstdint>

namespace sensor_pipeline {

const std::string_view help_text =
    "Usage: sensor_pipeline FILE[.gz] [--workers N] [--tokens N] [--rate N] [--deadline MS]\n"
    "       sensor_pipeline --generate FILE [--seed N] [--instants N] [--sensors N] [--targets N]\n"
    "\n"
    "Finds and follows targets in a recording of several radars, in a pipeline: read, decode, calibrate, fuse, "
    "detect,\n"
    "track. Or simulates a scene and writes such a recording, with the ground truth in it.\n"
    "\n"
    "  --rate N           play the recording at N times the speed of its clock, 1 to 1000 (default: as fast as it "
    "goes)\n"
    "  --deadline MS      say whether instants were written in that time, 1 to 60000\n"
    "  --tokens N         frames in the pipeline at once, 1 to 10000 (default: 4 for each worker)\n"
    "  -t, --workers N    1 to 1024 (default: all CPUs that this process may use)\n"
    "  --wait MS          how long after an instant its frames may arrive, 1 to 10000 (default 50)\n"
    "  --threshold DB     how much a target stands out, 1 to 60 (default 10)\n"
    "  --check            only check: run once, compare with a serial program, and print nothing that depends on time\n"
    "  --list             also print of each instant the detections, the tracks and, but for --check, its latency\n"
    "\n"
    "  --generate FILE    write a simulated recording; the same for the same of the following\n"
    "  --seed N           0 to 1000000000 (default 1)\n"
    "  --instants N       20 of them are a second, 1 to 100000 (default 200)\n"
    "  --sensors N        1 to 16 (default 3)\n"
    "  --targets N        0 to 100 (default 6)\n"
    "  --lose N           of 1000 frames never arrive (default 10)\n"
    "  --damage N         of 1000 frames are damaged (default 10)\n"
    "  --delay N          of 1000 frames arrive late, perhaps too late (default 20)\n"
    "\n"
    "  -h, --help         print this text\n"
    "\n"
    "The report goes to stdout, progress to stderr if that is a terminal.\n"
    "Exit status: 0, or 2 if the command line or a file is at fault, or 1 for any other failure, a wrong result too.\n";

namespace {

constexpr support::number_range rate_range{1, 1000};
constexpr support::number_range deadline_range{1, 60'000};
constexpr support::number_range tokens_range{1, 10'000};
constexpr support::number_range worker_range{1, 1024};
constexpr support::number_range wait_range{1, 10'000};
constexpr support::number_range threshold_range{1, 60};
constexpr support::number_range seed_range{0, 1'000'000'000};
constexpr support::number_range instants_range{1, 100'000};
constexpr support::number_range sensors_range{1, 16};
constexpr support::number_range targets_range{0, 100};
constexpr support::number_range per_mille_range{0, 1000};

/// Which option of each kind of call was met, to tell when they do not go together.
struct met_options {
    std::string_view of_scene, of_processing;
};

unsigned number_of(support::argument_reader& argument, support::number_range allowed) {
    return static_cast<unsigned>(argument.number(allowed));
}

/// Returns: whether it is an option of a scene.
bool read_scene_option(scene_settings& chosen, support::argument_reader& argument) {
    const std::string_view name = argument.name();
    if (name == "--seed")
        chosen.seed = argument.number(seed_range);
    else if (name == "--instants")
        chosen.instants = number_of(argument, instants_range);
    else if (name == "--sensors")
        chosen.sensors = number_of(argument, sensors_range);
    else if (name == "--targets")
        chosen.targets = number_of(argument, targets_range);
    else if (name == "--lose")
        chosen.lost = number_of(argument, per_mille_range);
    else if (name == "--damage")
        chosen.damaged = number_of(argument, per_mille_range);
    else if (name == "--delay")
        chosen.delayed = number_of(argument, per_mille_range);
    else
        return false;
    return true;
}

/// Returns: whether it is an option of processing a recording.
bool read_processing_option(settings& chosen, support::argument_reader& argument) {
    const std::string_view name = argument.name();
    if (name == "--rate")
        chosen.processed.rate = number_of(argument, rate_range);
    else if (name == "--deadline")
        chosen.deadline_ms = number_of(argument, deadline_range);
    else if (name == "--tokens")
        chosen.tokens = argument.number(tokens_range);
    else if (name == "--wait")
        chosen.processed.wait_us = 1000 * number_of(argument, wait_range);
    else if (name == "--threshold")
        chosen.processed.threshold = number_of(argument, threshold_range);
    else if (name == "--check" || name == "--list")
        argument.expect_no_value();
    else
        return false;
    chosen.only_check |= name == "--check";
    chosen.list |= name == "--list";
    return true;
}

void read_option(settings& chosen, support::argument_reader& argument, met_options& met) {
    const std::string_view name = argument.name();
    if (read_scene_option(chosen.scene, argument)) {
        met.of_scene = name;
    } else if (read_processing_option(chosen, argument)) {
        met.of_processing = name;
    } else if (name == "--generate") {
        chosen.to_generate = argument.value();
        if (chosen.to_generate.empty()) throw support::input_error("the name of the file to generate is empty");
    } else if (name == "-t" || name == "--workers") {
        chosen.workers = number_of(argument, worker_range);
    } else if (name == "-h" || name == "--help") {
        argument.expect_no_value();
        chosen.help = true;
    } else {
        throw support::input_error("unknown option '" + support::printable(name) + "' (--help lists them)");
    }
}

void set_recording(settings& chosen, std::string_view path) {
    if (path.empty()) throw support::input_error("the name of the recording is empty");
    if (!chosen.recording.empty())
        throw support::input_error("one recording, not also '" + support::printable(path) + "'");
    chosen.recording = path;
}

void check_together(const settings& chosen, const met_options& met) {
    const bool generates = !chosen.to_generate.empty();
    if (!generates && chosen.recording.empty())
        throw support::input_error("no recording given (--generate FILE makes one)");
    if (!generates && !met.of_scene.empty())
        throw support::input_error("option " + std::string(met.of_scene) + " goes with --generate only");
    if (generates && !chosen.recording.empty())
        throw support::input_error("--generate takes no recording, not '" + support::printable(chosen.recording) + "'");
    if (generates && !met.of_processing.empty())
        throw support::input_error("option " + std::string(met.of_processing) + " does not go with --generate");
}

} // namespace

settings parse_command_line(std::span<char* const> arguments) {
    settings chosen;
    met_options met;
    support::argument_reader argument(arguments);
    while (argument.next()) {
        if (argument.is_option())
            read_option(chosen, argument, met);
        else
            set_recording(chosen, argument.name());
        if (chosen.help) return chosen;
    }
    check_together(chosen, met);
    return chosen;
}

} // namespace sensor_pipeline

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// sensor_pipeline: finds and follows targets in a recording of several radars, as a pipeline. README.md explains the
// design. Work: that of the frames. Span: reading the recording, which is serial, and one frame of it.
#include "command_line.hpp"
#include "comparison.hpp"
#include "generating.hpp"
#include "report.hpp"
#include "support/program.hpp"

#include <span>

namespace {

void run(std::span<char* const> arguments) {
    const sensor_pipeline::settings chosen = sensor_pipeline::parse_command_line(arguments);
    if (chosen.help) return support::print(sensor_pipeline::help_text);
    if (chosen.to_generate.empty()) return support::print(report_text(sensor_pipeline::run_all(chosen), chosen));
    pel::thread_pool pool(chosen.workers);
    support::print(report_text(sensor_pipeline::generate(chosen.to_generate, chosen.scene, pool), chosen));
}

} // namespace

int main(int argument_count, char** arguments) {
    return support::run_program("sensor_pipeline", argument_count, arguments, run);
}

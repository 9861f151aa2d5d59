// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "pipeline.hpp"

#include <pel/parallel_for.hpp>
#include <pel/parallel_pipeline.hpp>

#include <utility>

namespace sensor_pipeline {

namespace {

/// for_each(instants, call): calls call(i) for all numbers below that.
template <class ForEach>
detected_frames detect_all(const station& at, fused_frames&& fused, ForEach for_each) {
    const clock::time_point begin = clock::now();
    detected_frames detected{fused.head, std::vector<detected_instant>(fused.instants.size())};
    for_each(fused.instants.size(),
             [&](std::size_t i) { detected.instants[i] = at.detect(std::move(fused.instants[i])); });
    detected.head.work += clock::now() - begin;
    return detected;
}

} // namespace

void run_pipeline(station& at, pel::thread_pool& pool, std::size_t tokens) {
    const auto read = [&] { return at.read(); };
    const auto decode = [&](read_frame&& frame) { return at.decode(std::move(frame)); };
    const auto calibrate = [&](decoded_frame&& frame) { return at.calibrate(std::move(frame)); };
    const auto fuse = [&](calibrated_frame&& frame) { return at.fuse(std::move(frame)); };
    const auto detect = [&](fused_frames&& fused) { // of one instant, nearly always
        return detect_all(at, std::move(fused),
                          [](std::size_t count, auto call) { pel::parallel_for(std::size_t{0}, count, call); });
    };
    const auto write = [&](detected_frames&& detected) { at.write(std::move(detected)); };

    at.begin();
    pel::parallel_pipeline(pel::par.on(pool), tokens, pel::serial(read), pel::parallel(decode),
                           pel::parallel(calibrate), pel::serial(fuse), pel::parallel(detect), pel::serial(write));
}

void run_plainly(station& at) {
    at.begin();
    while (auto frame = at.read()) {
        auto decoded = at.decode(std::move(*frame));
        if (!decoded) continue;
        auto calibrated = at.calibrate(std::move(*decoded));
        if (!calibrated) continue;
        auto fused = at.fuse(std::move(*calibrated));
        if (!fused) continue;
        at.write(detect_all(at, std::move(*fused), [](std::size_t count, auto call) {
            for (std::size_t i = 0; i < count; ++i) call(i);
        }));
    }
}

} // namespace sensor_pipeline

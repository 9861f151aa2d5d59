// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "station.hpp"

#include "detecting.hpp"

#include <pel/this_worker.hpp>

#include <algorithm>
#include <thread>
#include <utility>

namespace sensor_pipeline {

station::station(const std::string& path, const processing& chosen, std::string who)
    : chosen_(chosen), who_(std::move(who)), source_(path), fusion_(source_.form(), chosen.wait_us),
      tracking_(source_.form()) {
    for (const sensor_description& each : source_.sensors()) calibrations_.emplace_back(each, source_.form());
    found_.instants.reserve(source_.form().instants);
}

std::optional<read_frame> station::read() {
    if (has_ended_) return std::nullopt;
    clock::time_point begin = clock::now();
    read_frame token;
    if (auto raw = source_.next()) {
        token.raw = std::move(*raw);
        token.head.arrived_us = token.raw.header.arrived_us;
    } else {
        has_ended_ = token.head.is_last = true;
    }
    token.head.work = clock::now() - begin;
    token.head.due = begin;
    if (chosen_.rate != 0 && !has_ended_) wait_for(token.raw, token.head);
    token.head.read = clock::now();
    return token;
}

// A recorder has a frame when it arrives, not before; so its thread is free until then.
void station::wait_for(const raw_frame& frame, token_head& head) const {
    head.due = start_ + std::chrono::microseconds(frame.header.arrived_us / chosen_.rate);
    if (head.due > clock::now()) pel::blocking([&] { std::this_thread::sleep_until(head.due); });
}

std::optional<decoded_frame> station::decode(read_frame&& frame) {
    const clock::time_point begin = clock::now();
    const record_header& header = frame.raw.header;
    decoded_frame decoded{frame.head, header.sensor, header.taken_us, {}};
    if (!frame.head.is_last) {
        if (checksum(frame.raw.payload) != frame.raw.expected_checksum) {
            damaged_.fetch_add(1, std::memory_order_relaxed);
            return ended(frame.head, begin);
        }
        decoded.samples.resize(source_.form().samples());
        unpack(frame.raw.payload, decoded.samples);
    }
    return passed(std::move(decoded), begin);
}

std::optional<calibrated_frame> station::calibrate(decoded_frame&& frame) {
    const clock::time_point begin = clock::now();
    calibrated_frame calibrated{frame.head, frame.sensor, 0, {}};
    if (!frame.head.is_last) {
        const calibration& its = calibrations_[frame.sensor];
        const auto instant = its.instant_of(frame.taken_us, frame.head.arrived_us);
        if (!instant) {
            strange_.fetch_add(1, std::memory_order_relaxed);
            return ended(frame.head, begin);
        }
        calibrated.instant = *instant;
        calibrated.seen = its.apply(frame.samples);
    }
    return passed(std::move(calibrated), begin);
}

std::optional<fused_frames> station::fuse(calibrated_frame&& frame) {
    const clock::time_point begin = clock::now();
    const token_head head = frame.head;
    std::optional<fused_frames> fused = fusion_.add(std::move(frame));
    if (!fused) return ended(head, begin);
    return passed(std::move(*fused), begin);
}

detected_instant station::detect(fused_instant&& fused) const {
    return {fused.instant, fused.first_due, fused.planes.size(),
            sensor_pipeline::detect(fused.planes, chosen_.threshold)};
}

void station::write(detected_frames&& detected) {
    const clock::time_point begin = clock::now();
    for (detected_instant& each : detected.instants) {
        tracking_.add(each.detections, each.sensors != 0);
        found_.instants.push_back({each.sensors, std::move(each.detections), tracking_.counted()});
    }
    const clock::time_point end = clock::now();
    for (const detected_instant& each : detected.instants) {
        if (each.sensors == 0) continue;
        timed_.latency_ms.push_back(milliseconds(end - detected.head.due));
        timed_.age_ms.push_back(milliseconds(end - each.first_due));
    }
    timed_.longest_stay_ms = std::max(timed_.longest_stay_ms, milliseconds(end - detected.head.read));
    longest_work_.note(detected.head.work + (end - begin));
    show(found_.instants.size());
}

void station::show(std::size_t instants) {
    progress_.show([&] {
        return who_ + ": instant " + std::to_string(instants) + " of " + std::to_string(source_.form().instants);
    });
}

findings station::take_findings() {
    found_.tracks = tracking_.count();
    found_.damaged = damaged_;
    found_.strange = strange_;
    found_.fused = fusion_.counts();
    found_.read = source_.counts();
    found_.truth = source_.truth();
    return std::move(found_);
}

timing station::take_timing() {
    timed_.seconds = std::chrono::duration<double>(clock::now() - start_).count();
    timed_.longest_work_ms = milliseconds(longest_work_.get());
    return std::move(timed_);
}

} // namespace sensor_pipeline

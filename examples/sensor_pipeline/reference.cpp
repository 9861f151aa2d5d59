// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "reference.hpp"

#include "calibration.hpp"
#include "detecting.hpp"
#include "errors.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace sensor_pipeline {

namespace {

std::vector<std::uint16_t> unpacked(byte_view packed, std::size_t count) {
    std::vector<std::uint16_t> samples;
    std::uint32_t bits = 0;
    unsigned held = 0;
    for (std::size_t byte = 0; samples.size() < count; ++byte) {
        bits |= std::uint32_t{packed[byte]} << held;
        held += 8;
        if (held < 12) continue;
        samples.push_back(static_cast<std::uint16_t>(bits & most_code));
        bits >>= 12;
        held -= 12;
    }
    return samples;
}

class serial_program {
public:
    serial_program(const std::string& path, const processing& chosen)
        : chosen_(chosen), source_(path), tracking_(source_.form()) {
        for (const sensor_description& each : source_.sensors()) calibrations_.emplace_back(each, source_.form());
    }

    findings run() {
        while (const auto frame = source_.next()) take(*frame);
        while (found_.instants.size() < source_.form().instants) finish_instant();
        found_.tracks = tracking_.count();
        found_.read = source_.counts();
        found_.truth = source_.truth();
        return std::move(found_);
    }

private:
    void take(const raw_frame& frame) {
        const record_header& header = frame.header;
        if (checksum(frame.payload) != frame.expected_checksum) {
            ++found_.damaged;
            return;
        }
        const calibration& its = calibrations_[header.sensor];
        const auto instant = its.instant_of(header.taken_us, header.arrived_us);
        if (!instant) {
            ++found_.strange;
            return;
        }
        while (found_.instants.size() < source_.form().instants && end_of(found_.instants.size()) <= header.arrived_us)
            finish_instant();
        if (*instant < found_.instants.size())
            ++found_.fused.late;
        else if (!frames_[*instant].emplace(header.sensor, its.apply(unpacked(frame.payload, samples()))).second)
            ++found_.fused.repeated;
    }

    void finish_instant() {
        std::vector<plane> planes;
        for (auto& [sensor, seen] : frames_[static_cast<std::uint32_t>(found_.instants.size())])
            planes.push_back(std::move(seen));
        frames_.erase(static_cast<std::uint32_t>(found_.instants.size()));
        std::vector<detection> detections = detect(planes, chosen_.threshold);
        tracking_.add(detections, !planes.empty());
        found_.instants.push_back({planes.size(), std::move(detections), tracking_.counted()});
    }

    std::uint64_t end_of(std::size_t instant) const {
        return instant * std::uint64_t{source_.form().period_us} + chosen_.wait_us;
    }
    std::size_t samples() const { return source_.form().samples(); }

    const processing& chosen_;
    recording source_;
    std::vector<calibration> calibrations_;
    tracking tracking_;
    std::map<std::uint32_t, std::map<unsigned, plane>> frames_; // [instant][sensor]
    findings found_;
};

bool is_same(const track& a, const track& b) { return a.id == b.id && a.at.x == b.at.x && a.at.y == b.at.y; }

bool is_same(const finding& a, const finding& b) {
    return a.sensors == b.sensors && a.detections == b.detections &&
           std::equal(a.tracks.begin(), a.tracks.end(), b.tracks.begin(), b.tracks.end(),
                      [](const track& one, const track& other) { return is_same(one, other); });
}

std::vector<std::pair<const char*, std::uint64_t>> counts_of(const findings& of) {
    return {{"instants", of.instants.size()},
            {"damaged frames", of.damaged},
            {"strange frames", of.strange},
            {"late frames", of.fused.late},
            {"repeated frames", of.fused.repeated},
            {"frames", of.read.frames},
            {"tracks", of.tracks}};
}

} // namespace

findings find_serially(const std::string& path, const processing& chosen) { return serial_program(path, chosen).run(); }

void expect_same(const findings& found, const findings& expected, const std::string& who) {
    const auto counts = counts_of(found), others = counts_of(expected);
    for (std::size_t i = 0; i < counts.size(); ++i) {
        if (counts[i] != others[i])
            throw wrong_result(who + " found " + std::to_string(counts[i].second) + ' ' + counts[i].first + ", not " +
                               std::to_string(others[i].second));
    }
    for (std::size_t i = 0; i < found.instants.size(); ++i)
        if (!is_same(found.instants[i], expected.instants[i]))
            throw wrong_result(who + " found something else at instant " + std::to_string(i));
}

} // namespace sensor_pipeline

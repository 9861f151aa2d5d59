// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "recording.hpp"

#include <algorithm>

namespace sensor_pipeline {

namespace {

constexpr std::size_t buffer_size = 1 << 20;
constexpr std::size_t truth_size = 12; // of a target
constexpr std::size_t most_targets = 1000;

constexpr std::uint32_t most_sensors = 16, least_beams = 8, most_beams = 1024, least_bins = 16, most_bins = 4096;
constexpr std::uint32_t most_bin_mm = 100'000, least_period_us = 1'000, most_period_us = 60'000'000;
constexpr std::uint32_t most_instants = 200'000;
constexpr std::uint64_t latest_us = 60'000'000; // after the last instant

bool is_within(std::uint32_t number, std::uint32_t least, std::uint32_t most) {
    return number >= least && number <= most;
}

} // namespace

recording::recording(const std::string& path) : source_(path), buffer_(2 * buffer_size) {
    read_layout();
    sequences_.resize(form_.sensors);
    received_.resize(form_.sensors);
    truth_.resize(form_.instants);
    while (sensors_.size() < form_.sensors) {
        const std::uint64_t at = offset_;
        const auto header = decode_record_header(need(record_header_size, "the description of a sensor"));
        if (!header || header->kind != record_kind::description || header->sensor != sensors_.size())
            fail("sensor " + std::to_string(sensors_.size()) + " is not described where it should be", at);
        read_description(*header);
    }
}

void recording::read_layout() {
    const byte_view start = peek(file_header_size);
    if (start.size() < file_magic.size() || !std::equal(file_magic.begin(), file_magic.end(), start.begin()))
        source_.file().fail("not a recording: it does not begin with " + std::string(file_magic));
    const auto form = decode_layout(need(file_header_size, "its header"));
    if (!form) fail("the file's header is damaged", 0);
    form_ = *form;
    check_layout();
    skip(file_header_size);
}

void recording::check_layout() const {
    const layout& of = form_;
    if (!is_within(of.sensors, 1, most_sensors)) fail(std::to_string(of.sensors) + " sensors", 8);
    if (!is_within(of.beams, least_beams, most_beams)) fail(std::to_string(of.beams) + " beams", 12);
    if (!is_within(of.bins, least_bins, most_bins)) fail(std::to_string(of.bins) + " bins of a beam", 16);
    if (!is_within(of.bin_mm, 1, most_bin_mm)) fail("bins of " + std::to_string(of.bin_mm) + " mm", 20);
    if (!is_within(of.period_us, least_period_us, most_period_us))
        fail("an instant every " + std::to_string(of.period_us) + " us", 24);
    if (!is_within(of.instants, 1, most_instants)) fail(std::to_string(of.instants) + " instants", 28);
}

std::optional<raw_frame> recording::next() {
    while (!has_ended_) {
        const auto header = next_header();
        if (!header) fail("the recording ends without its end record", offset_);
        switch (header->kind) {
        case record_kind::frame: return read_frame(*header);
        case record_kind::truth: read_truth(*header); break;
        case record_kind::end:
            expect_size(*header, 0);
            end();
            break;
        default: fail("a record of kind " + std::to_string(static_cast<unsigned>(header->kind)), offset_);
        }
    }
    return std::nullopt;
}

// After a damaged header its size is not known: the next one is where it looks like one, checksum and all.
std::optional<record_header> recording::next_header() {
    std::uint64_t skipped = 0;
    for (;;) {
        const byte_view start = peek(record_header_size);
        if (start.size() < record_header_size) {
            skip(start.size());
            return std::nullopt;
        }
        if (const auto header = decode_record_header(start)) {
            counts_.skips += skipped != 0;
            counts_.skipped_bytes += skipped;
            return header;
        }
        skip(1);
        ++skipped;
    }
}

void recording::expect_size(const record_header& header, std::size_t size) const {
    if (header.size != size)
        fail("a record of " + std::to_string(header.size) + " bytes that should have " + std::to_string(size), offset_);
}

byte_view recording::checked_payload(const record_header& header, const char* what) {
    const byte_view record = need(record_header_size + header.size + checksum_size, what);
    const byte_view payload = record.subspan(record_header_size, header.size);
    const auto expected = byte_reader(record.subspan(record_header_size + header.size)).take<std::uint32_t>();
    if (checksum(payload) != expected) fail(std::string(what) + " is damaged", offset_);
    return payload;
}

void recording::read_description(const record_header& header) {
    expect_size(header, description_size(form_));
    const sensor_description read = decode_description(checked_payload(header, "the description of a sensor"), form_);
    if (read.sector_urad <= 0 || read.range_scale_ppm <= -1'000'000)
        fail("sensor " + std::to_string(sensors_.size()) + " is described as one that cannot be", offset_);
    sensors_.push_back(read);
    skip(record_header_size + header.size + checksum_size);
}

void recording::read_truth(const record_header& header) {
    if (header.size % truth_size != 0 || header.size > truth_size * most_targets || header.sequence >= form_.instants)
        fail("a record of ground truth that cannot be one", offset_);
    byte_reader reader(checked_payload(header, "the ground truth"));
    std::vector<true_target> targets(header.size / truth_size);
    for (true_target& each : targets) {
        each.id = reader.take<std::uint32_t>();
        each.at.x = 1e-3 * reader.take<std::int32_t>();
        each.at.y = 1e-3 * reader.take<std::int32_t>();
    }
    truth_[header.sequence] = std::move(targets);
    skip(record_header_size + header.size + checksum_size);
}

raw_frame recording::read_frame(const record_header& header) {
    expect_size(header, form_.frame_size());
    if (header.sensor >= form_.sensors) fail("a frame of sensor " + std::to_string(header.sensor), offset_);
    if (header.arrived_us > std::uint64_t{form_.instants} * form_.period_us + latest_us)
        fail("a frame that arrived long after the last instant", offset_);
    const std::size_t size = record_header_size + header.size + checksum_size;
    const byte_view record = need(size, "a frame");
    const byte_view payload = record.subspan(record_header_size, header.size);
    raw_frame read{header, bytes(payload.begin(), payload.end()),
                   byte_reader(record.last(checksum_size)).take<std::uint32_t>()};
    skip(size);
    std::uint64_t& next = sequences_[header.sensor];
    next = std::max(next, std::uint64_t{header.sequence} + 1);
    ++received_[header.sensor];
    ++counts_.frames;
    counts_.bytes = offset_;
    return read;
}

void recording::end() {
    skip(record_header_size + checksum_size);
    if (!peek(1).empty()) fail("something follows the end record", offset_);
    counts_.bytes = offset_;
    for (std::size_t sensor = 0; sensor < sequences_.size(); ++sensor)
        counts_.missing += sequences_[sensor] - std::min(sequences_[sensor], received_[sensor]);
    has_ended_ = true;
}

byte_view recording::peek(std::size_t size) {
    if (end_ - begin_ < size) {
        std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(begin_),
                  buffer_.begin() + static_cast<std::ptrdiff_t>(end_), buffer_.begin());
        end_ -= begin_;
        begin_ = 0;
        if (buffer_.size() < size) buffer_.resize(size + buffer_size);
        const std::span<char> room(reinterpret_cast<char*>(buffer_.data()) + end_, buffer_.size() - end_);
        end_ += source_.read(room.first(std::min(room.size(), std::max(size - end_, buffer_size))));
    }
    return byte_view(buffer_).subspan(begin_, std::min(size, end_ - begin_));
}

byte_view recording::need(std::size_t size, const char* inside) {
    const byte_view found = peek(size);
    if (found.size() < size) fail(std::string("the file ends inside ") + inside, offset_);
    return found;
}

void recording::skip(std::size_t size) {
    begin_ += size;
    offset_ += size;
}

void recording::fail(const std::string& problem, std::uint64_t offset) const {
    source_.file().fail(problem + ", at offset " + std::to_string(offset));
}

} // namespace sensor_pipeline

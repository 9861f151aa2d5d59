// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "format.hpp"

#include <zlib.h>

#include <algorithm>

namespace sensor_pipeline {

namespace {

constexpr std::uint32_t sync_word = 0x7e5a'c0de;

bool is_valid(byte_view with_checksum) {
    const std::size_t size = with_checksum.size() - checksum_size;
    return byte_reader(with_checksum.subspan(size)).take<std::uint32_t>() == checksum(with_checksum.first(size));
}

} // namespace

std::uint32_t checksum(byte_view of) {
    return static_cast<std::uint32_t>(::crc32_z(::crc32_z(0, nullptr, 0), of.data(), of.size()));
}

bytes encode(const layout& of) {
    bytes to(file_magic.begin(), file_magic.end());
    byte_writer(to).put(of.sensors).put(of.beams).put(of.bins).put(of.bin_mm).put(of.period_us).put(of.instants);
    byte_writer(to).put(checksum(to));
    return to;
}

std::optional<layout> decode_layout(byte_view from) {
    if (!std::equal(file_magic.begin(), file_magic.end(), from.begin())) return std::nullopt;
    if (!is_valid(from.first(file_header_size))) return std::nullopt;
    byte_reader reader(from.subspan(file_magic.size()));
    layout of;
    for (std::uint32_t* const each : {&of.sensors, &of.beams, &of.bins, &of.bin_mm, &of.period_us, &of.instants}) {
        *each = reader.take<std::uint32_t>();
    }
    return of;
}

bytes encode(const record_header& of, byte_view payload) {
    bytes to;
    to.reserve(record_header_size + payload.size() + checksum_size);
    byte_writer(to).put(sync_word).put(of.kind).put(of.sensor).put(std::uint16_t{0});
    byte_writer(to)
        .put(static_cast<std::uint32_t>(payload.size()))
        .put(of.sequence)
        .put(of.taken_us)
        .put(of.arrived_us);
    byte_writer(to).put(checksum(to));
    to.insert(to.end(), payload.begin(), payload.end());
    byte_writer(to).put(checksum(payload));
    return to;
}

std::optional<record_header> decode_record_header(byte_view from) {
    byte_reader reader(from);
    if (reader.take<std::uint32_t>() != sync_word || !is_valid(from.first(record_header_size))) return std::nullopt;
    record_header of;
    of.kind = reader.take<record_kind>();
    of.sensor = reader.take<std::uint8_t>();
    (void)reader.take<std::uint16_t>();
    of.size = reader.take<std::uint32_t>();
    of.sequence = reader.take<std::uint32_t>();
    of.taken_us = reader.take<std::int64_t>();
    of.arrived_us = reader.take<std::uint64_t>();
    return of;
}

bytes pack(std::span<const std::uint16_t> samples) {
    bytes packed;
    packed.reserve((samples.size() * 12 + 7) / 8);
    for (std::size_t i = 0; i < samples.size(); i += 2) {
        const unsigned first = samples[i], second = i + 1 < samples.size() ? samples[i + 1] : 0;
        packed.push_back(static_cast<std::uint8_t>(first));
        packed.push_back(static_cast<std::uint8_t>(first >> 8 | (second & 15) << 4));
        if (i + 1 < samples.size()) packed.push_back(static_cast<std::uint8_t>(second >> 4));
    }
    return packed;
}

void unpack(byte_view packed, std::span<std::uint16_t> samples) {
    const std::size_t pairs = samples.size() / 2;
    for (std::size_t pair = 0; pair < pairs; ++pair) {
        const unsigned low = packed[3 * pair], middle = packed[3 * pair + 1], high = packed[3 * pair + 2];
        samples[2 * pair] = static_cast<std::uint16_t>(low | (middle & 15) << 8);
        samples[2 * pair + 1] = static_cast<std::uint16_t>(middle >> 4 | high << 4);
    }
    if (samples.size() % 2 != 0)
        samples.back() = static_cast<std::uint16_t>(packed[3 * pairs] | (packed[3 * pairs + 1] & 15u) << 8);
}

} // namespace sensor_pipeline

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The recording as bytes: README.md has the table. All numbers are little-endian. A header has a checksum of its own,
// so that a damaged payload costs a frame, and a damaged header what lies between it and the next good one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace sensor_pipeline {

using bytes = std::vector<std::uint8_t>;
using byte_view = std::span<const std::uint8_t>;

inline constexpr std::string_view file_magic = "PELSENS1";
inline constexpr std::size_t file_header_size = 36, record_header_size = 36, checksum_size = 4;

/// How a recording is laid out: the file's header.
struct layout {
    std::uint32_t sensors = 0;
    std::uint32_t beams = 0; // of a sensor, across its sector
    std::uint32_t bins = 0;  // of a beam
    std::uint32_t bin_mm = 0;
    std::uint32_t period_us = 0; // from one instant to the next
    std::uint32_t instants = 0;

    std::size_t samples() const noexcept { return std::size_t{beams} * bins; }
    /// Samples of 12 bits, two in three bytes.
    std::size_t frame_size() const noexcept { return (samples() * 12 + 7) / 8; }
};

enum class record_kind : std::uint8_t { description = 1, frame = 2, truth = 3, end = 4 };

struct record_header {
    record_kind kind{};
    std::uint8_t sensor = 0;
    std::uint32_t size = 0;       // of the payload
    std::uint32_t sequence = 0;   // of a frame: counts what the sensor has sent; of truth: the instant
    std::int64_t taken_us = 0;    // by the sensor's clock
    std::uint64_t arrived_us = 0; // by the recorder's clock
};

/// Appends numbers to bytes.
class byte_writer {
public:
    explicit byte_writer(bytes& to) : to_(to) {}

    template <class Number>
    byte_writer& put(Number number) {
        for (std::size_t i = 0; i < sizeof number; ++i)
            to_.push_back(static_cast<std::uint8_t>(static_cast<std::uint64_t>(number) >> (8 * i)));
        return *this;
    }

private:
    bytes& to_;
};

/// Takes numbers off bytes. Requires: they are there.
class byte_reader {
public:
    explicit byte_reader(byte_view from) : from_(from) {}

    template <class Number>
    Number take() {
        std::uint64_t number = 0;
        for (std::size_t i = 0; i < sizeof(Number); ++i) number |= std::uint64_t{from_[i]} << (8 * i);
        from_ = from_.subspan(sizeof(Number));
        return static_cast<Number>(number);
    }

private:
    byte_view from_;
};

std::uint32_t checksum(byte_view of);

bytes encode(const layout& of);
/// Returns: none if magic or checksum is wrong. Requires: file_header_size bytes.
std::optional<layout> decode_layout(byte_view from);

/// A record: header, payload, the payload's checksum.
bytes encode(const record_header& of, byte_view payload);
/// Returns: none if there is no record. Requires: record_header_size bytes.
std::optional<record_header> decode_record_header(byte_view from);

/// Packs samples of 12 bits.
bytes pack(std::span<const std::uint16_t> samples);
/// Requires: as many bytes as pack() makes of that many samples.
void unpack(byte_view packed, std::span<std::uint16_t> samples);

} // namespace sensor_pipeline

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Reads a recording, plain or gzip, record by record. One thread at a time.
#pragma once

#include "format.hpp"
#include "sensor.hpp"
#include "support/text_source.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace sensor_pipeline {

/// Where a target was at an instant.
struct true_target {
    std::uint32_t id = 0;
    point at;
};

/// As it is in the file: only its header is known to be right.
struct raw_frame {
    record_header header;
    bytes payload;
    std::uint32_t expected_checksum = 0;
};

/// What was read so far.
struct reading_counts {
    std::uint64_t frames = 0, bytes = 0;
    std::uint64_t missing = 0;                  // numbers of frames that no frame had
    std::uint64_t skips = 0, skipped_bytes = 0; // between a damaged header and the next good one
};

class recording {
public:
    /// Reads what comes before the first frame.
    /// Throws: support::input_error, which names file and offset, here and below.
    explicit recording(const std::string& path);

    const layout& form() const noexcept { return form_; }
    std::span<const sensor_description> sensors() const noexcept { return sensors_; }

    /// Returns: the next frame; none after the last one.
    std::optional<raw_frame> next();

    /// What has come before the frames read so far. [instant]: the targets; none if there is no record of it.
    const std::vector<std::optional<std::vector<true_target>>>& truth() const noexcept { return truth_; }
    const reading_counts& counts() const noexcept { return counts_; }

private:
    void read_layout();
    void check_layout() const;
    std::optional<record_header> next_header();
    void expect_size(const record_header& header, std::size_t size) const;
    byte_view checked_payload(const record_header& header, const char* what);
    void read_description(const record_header& header);
    void read_truth(const record_header& header);
    raw_frame read_frame(const record_header& header);
    void end();

    /// Returns: what comes next, without taking it; less than `size` only at the file's end.
    byte_view peek(std::size_t size);
    /// Throws: support::input_error unless that many bytes are left.
    byte_view need(std::size_t size, const char* inside);
    void skip(std::size_t size);
    [[noreturn]] void fail(const std::string& problem, std::uint64_t offset) const;

    support::text_source source_;
    bytes buffer_;
    std::size_t begin_ = 0, end_ = 0; // of what is in the buffer and not taken
    std::uint64_t offset_ = 0;        // of begin_

    layout form_;
    std::vector<sensor_description> sensors_;
    std::vector<std::optional<std::vector<true_target>>> truth_;
    std::vector<std::uint64_t> sequences_; // [sensor]: one more than the highest so far
    std::vector<std::uint64_t> received_;  // [sensor]
    reading_counts counts_;
    bool has_ended_ = false;
};

} // namespace sensor_pipeline

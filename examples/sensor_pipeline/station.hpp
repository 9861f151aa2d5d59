// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The stages that a frame goes through, and what they keep; how they are called, and by whom, is another's business
// (pipeline.hpp). read(), fuse() and write(): one thread at a time, in the order of the recording. decode(),
// calibrate() and detect(): any thread.
#pragma once

#include "calibration.hpp"
#include "findings.hpp"
#include "fusion.hpp"
#include "recording.hpp"
#include "support/progress_line.hpp"
#include "timing.hpp"
#include "tracking.hpp"

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace sensor_pipeline {

struct processing {
    std::uint32_t wait_us = 50'000;
    double threshold = 10; // dB
    unsigned rate = 0;     // times the recorded speed; 0: as fast as it goes
};

class station {
public:
    /// Reads what comes before the first frame. Throws: support::input_error, here and from read().
    station(const std::string& path, const processing& chosen, std::string who);

    /// Returns: the next frame, when its time has come; after the last frame one token more, then none.
    std::optional<read_frame> read();
    /// Returns: none for a damaged frame.
    std::optional<decoded_frame> decode(read_frame&& frame);
    /// Returns: none if there is no instant that the frame can be of.
    std::optional<calibrated_frame> calibrate(decoded_frame&& frame);
    /// Returns: none unless the frame makes an instant ready.
    std::optional<fused_frames> fuse(calibrated_frame&& frame);
    detected_instant detect(fused_instant&& fused) const;
    /// Follows targets, and keeps what was found.
    void write(detected_frames&& detected);

    const layout& form() const noexcept { return source_.form(); }
    /// Starts the clock that recordings are played by.
    void begin() { start_ = clock::now(); }
    /// When all is done.
    findings take_findings();
    timing take_timing();

private:
    void wait_for(const raw_frame& frame, token_head& head) const;
    /// Adds what the stage took, to the token that it passes on.
    template <class Token>
    std::optional<Token> passed(Token&& token, clock::time_point begin) {
        token.head.work += clock::now() - begin;
        return std::move(token);
    }
    std::nullopt_t ended(const token_head& head, clock::time_point begin) {
        longest_work_.note(head.work + (clock::now() - begin));
        return std::nullopt;
    }
    void show(std::size_t instants);

    const processing chosen_;
    const std::string who_;
    recording source_;
    std::vector<calibration> calibrations_; // [sensor]
    fusion fusion_;
    tracking tracking_;
    support::progress_line progress_;

    bool has_ended_ = false; // read() has made the last token
    clock::time_point start_;
    std::atomic<std::uint64_t> damaged_ = 0, strange_ = 0; // counts; read when all stages have ended
    longest_time longest_work_;
    findings found_;
    timing timed_;
};

} // namespace sensor_pipeline

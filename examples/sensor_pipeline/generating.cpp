// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "generating.hpp"

#include "random_numbers.hpp"
#include "support/errors.hpp"
#include "support/progress_line.hpp"

#include <pel/parallel_pipeline.hpp>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <optional>
#include <system_error>
#include <tuple>
#include <vector>

namespace sensor_pipeline {

namespace {

constexpr std::size_t records_per_worker = 4;
constexpr std::int32_t jitter_us = 3'000;
constexpr double least_way_us = 4'000, usual_way_us = 3'000; // from the sensor to the recorder

/// What happens at the recorder: a frame arrives, or what is true of an instant is noted.
struct event {
    record_header header;
    std::uint32_t instant = 0;
    std::int64_t taken_us = 0; // by the world's clock
    bool is_damaged = false;
};

class output_file {
public:
    explicit output_file(const std::string& path) : path_(path), file_(std::fopen(path.c_str(), "wb")) {
        if (!file_)
            throw support::input_error(support::printable(path) + ": " + std::generic_category().message(errno));
    }
    void write(byte_view of) {
        if (std::fwrite(of.data(), 1, of.size(), file_.get()) != of.size()) fail();
        size_ += of.size();
    }
    void close() {
        if (std::fclose(file_.release()) != 0) fail();
    }
    std::uint64_t size() const noexcept { return size_; }

private:
    struct closer {
        void operator()(std::FILE* file) const noexcept { std::fclose(file); }
    };
    [[noreturn]] void fail() const {
        throw std::system_error(errno, std::generic_category(), support::printable(path_));
    }

    std::string path_;
    std::unique_ptr<std::FILE, closer> file_;
    std::uint64_t size_ = 0;
};

class generator {
public:
    generator(const scene_settings& chosen) : chosen_(chosen), world_(chosen) {
        for (std::uint32_t instant = 0; instant < chosen.instants; ++instant) {
            event truth;
            truth.header.kind = record_kind::truth;
            truth.header.sequence = truth.instant = instant;
            truth.header.arrived_us = std::uint64_t{instant} * world_.form().period_us;
            events_.push_back(truth);
            for (unsigned sensor = 0; sensor < chosen.sensors; ++sensor) add_frame(sensor, instant);
        }
        std::sort(events_.begin(), events_.end(), [](const event& a, const event& b) { return key(a) < key(b); });
        for (const event& each : events_) made_.frames += each.header.kind == record_kind::frame;
    }

    void write_start(output_file& file) const {
        file.write(encode(world_.form()));
        for (std::uint8_t sensor = 0; sensor < chosen_.sensors; ++sensor) {
            record_header header;
            header.kind = record_kind::description;
            header.sensor = sensor;
            file.write(encode(header, encode(world_.sensors()[sensor])));
        }
    }
    static void write_end(output_file& file) {
        record_header header;
        header.kind = record_kind::end;
        file.write(encode(header, {}));
    }

    const std::vector<event>& events() const noexcept { return events_; }
    bytes record_of(const event& of) const {
        if (of.header.kind == record_kind::truth) return truth_record(of);
        bytes record = encode(of.header, pack(world_.samples(of.header.sensor, of.taken_us, stream_of(of, 0))));
        if (of.is_damaged) damage(record, random_numbers(chosen_.seed, stream_of(of, 1)));
        return record;
    }
    const generated& made() const noexcept { return made_; }

private:
    static std::tuple<std::uint64_t, std::uint8_t, std::uint32_t> key(const event& of) {
        const bool is_frame = of.header.kind == record_kind::frame;
        return {of.header.arrived_us, is_frame ? of.header.sensor + 1 : 0, of.instant};
    }
    static std::uint64_t stream_of(std::uint32_t instant, unsigned sensor, unsigned use) {
        return 10'000 + (std::uint64_t{instant} * 16 + sensor) * 4 + use;
    }
    static std::uint64_t stream_of(const event& of, unsigned use) {
        return stream_of(of.instant, of.header.sensor, use);
    }

    void add_frame(unsigned sensor, std::uint32_t instant) {
        random_numbers numbers(chosen_.seed, stream_of(instant, sensor, 2));
        const double way = least_way_us + usual_way_us * numbers.exponential();
        const bool is_lost = numbers.happens(chosen_.lost), is_damaged = numbers.happens(chosen_.damaged);
        const bool is_delayed = numbers.happens(chosen_.delayed);
        event its;
        its.instant = instant;
        its.is_damaged = is_damaged;
        its.taken_us = std::int64_t{instant} * world_.form().period_us + numbers.whole_between(-jitter_us, jitter_us);
        its.header.kind = record_kind::frame;
        its.header.sensor = static_cast<std::uint8_t>(sensor);
        its.header.sequence = instant;
        its.header.taken_us = its.taken_us + world_.sensors()[sensor].clock_offset_us;
        const double delay = is_delayed ? numbers.between(20'000, 120'000) : 0;
        its.header.arrived_us = static_cast<std::uint64_t>(static_cast<double>(its.taken_us) + way + delay);
        made_.lost += is_lost;
        if (is_lost) return;
        made_.damaged += is_damaged;
        made_.delayed += is_delayed;
        events_.push_back(its);
    }

    bytes truth_record(const event& of) const {
        bytes payload;
        for (const true_target& each : world_.truth(of.instant))
            byte_writer(payload)
                .put(each.id)
                .put(static_cast<std::int32_t>(1e3 * each.at.x))
                .put(static_cast<std::int32_t>(1e3 * each.at.y));
        return encode(of.header, payload);
    }

    // Some bytes of the payload are others, or one of the header is, or some are missing.
    static void damage(bytes& record, random_numbers numbers) {
        const auto flip = [&](std::size_t first, std::size_t count) {
            record[first + numbers.below(count)] ^= static_cast<std::uint8_t>(1 + numbers.below(255));
        };
        switch (numbers.below(3)) {
        case 0:
            for (int i = 0; i < 5; ++i) flip(record_header_size, record.size() - record_header_size - checksum_size);
            break;
        case 1: flip(0, record_header_size); break;
        default: record.resize(record.size() - 1 - numbers.below(record.size() / 2)); break;
        }
    }

    scene_settings chosen_;
    scene world_;
    std::vector<event> events_;
    generated made_;
};

} // namespace

generated generate(const std::string& path, const scene_settings& chosen, pel::thread_pool& pool) {
    generator simulated(chosen);
    output_file file(path);
    support::progress_line progress;
    const std::vector<event>& events = simulated.events();
    std::size_t begun = 0, done = 0;
    simulated.write_start(file);

    const auto take = [&] { return begun < events.size() ? std::optional(&events[begun++]) : std::nullopt; };
    const auto simulate = [&](const event* of) { return simulated.record_of(*of); };
    const auto write = [&](const bytes& record) {
        file.write(record);
        ++done;
        progress.show([&] {
            return "generating: " + std::to_string(done) + " of " + std::to_string(events.size()) + " records";
        });
    };
    pel::parallel_pipeline(pel::par.on(pool), records_per_worker * pool.concurrency(), pel::serial(take),
                           pel::parallel(simulate), pel::serial(write));

    generator::write_end(file);
    file.close();
    generated made = simulated.made();
    made.bytes = file.size();
    return made;
}

} // namespace sensor_pipeline

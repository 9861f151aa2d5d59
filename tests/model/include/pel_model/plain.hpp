// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A shared variable that is not atomic. Two accesses, one of them a write, that are not ordered by the declared memory
// orders (happens-before of C++20) are a violation, whether or not the modelled machine would show a difference.
#pragma once

#include <cstdint>
#include <source_location>
#include <utility>

namespace model {

/// The accesses of a plain variable, as far as a later one can race with them.
struct access_record {
    std::uint16_t read_at[8] = {}; // the moment of each thread's last read; 0: none
    std::uint16_t written_at = 0;
    std::uint8_t writer = 0;
};

void plain_read(access_record& record, const std::source_location& where);
void plain_write(access_record& record, const std::source_location& where);

template <class T>
class plain {
    using place = std::source_location;

public:
    plain(place where = place::current()) : plain(T{}, where) {}
    plain(T value, place where = place::current()) : value_(std::move(value)) { plain_write(record_, where); }
    plain(const plain&) = delete;
    plain& operator=(const plain&) = delete;
    ~plain() { plain_write(record_, place::current()); }

    T read(place where = place::current()) const {
        plain_read(record_, where);
        return value_;
    }
    void write(T value, place where = place::current()) {
        plain_write(record_, where);
        value_ = std::move(value);
    }

private:
    T value_;
    mutable access_record record_;
};

} // namespace model

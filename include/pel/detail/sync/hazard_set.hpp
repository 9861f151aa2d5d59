// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Addresses to be found again: an open hash table of fixed size. Plain value.
#pragma once

#include <pel/detail/platform/config.hpp>

#include <bit>
#include <cstdint>
#include <memory>
#include <new>

PEL_NAMESPACE_BEGIN
namespace detail {

class hazard_set {
public:
    /// Room for `count` of them; none if there is no memory.
    explicit hazard_set(std::size_t count) noexcept {
        std::size_t size = few;
        while (size < 2 * count) size *= 2;
        if (size > few) {
            more_.reset(new (std::nothrow) std::uintptr_t[size]());
            table_ = more_.get();
        }
        shift_ = 64 - std::countr_zero(size);
        mask_ = size - 1;
    }
    hazard_set(const hazard_set&) = delete;
    hazard_set& operator=(const hazard_set&) = delete;

    bool has_room() const noexcept { return table_ != nullptr; }
    /// Requires: there is room. 0 is no address.
    void insert(std::uintptr_t address) noexcept {
        if (address != 0) table_[find(address)] = address;
    }
    bool has(std::uintptr_t address) const noexcept { return table_[find(address)] == address; }

private:
    static constexpr std::size_t few = 128;

    std::size_t find(std::uintptr_t address) const noexcept {
        std::size_t place = address * std::uint64_t{0x9e3779b97f4a7c15} >> shift_; // Fibonacci hashing
        while (table_[place] != 0 && table_[place] != address) place = (place + 1) & mask_;
        return place;
    }

    std::uintptr_t few_[few] = {};
    std::unique_ptr<std::uintptr_t[]> more_;
    std::uintptr_t* table_ = few_;
    int shift_ = 0;
    std::size_t mask_ = 0;
};

} // namespace detail
PEL_NAMESPACE_END

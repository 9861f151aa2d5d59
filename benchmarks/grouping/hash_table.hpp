// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the serial code uses: values by keys that are not negative.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace workload {

/// Open addressing, linear probing, at most half full.
template <class Value>
class hash_table {
public:
    /// Returns: the value of a key, which is `first` if the key is new.
    Value& find_or_add(std::int64_t key, Value first) {
        slot* found = place_of(key);
        if (found->key == none) {
            if (2 * ++size_ > slots_.size()) {
                grow();
                found = place_of(key);
            }
            *found = {key, first};
        }
        return found->value;
    }
    void for_each(const auto& call) const {
        for (const slot& one : slots_) {
            if (one.key != none) call(one.key, one.value);
        }
    }

private:
    static constexpr std::int64_t none = -1;
    struct slot {
        std::int64_t key = none;
        Value value{};
    };

    /// Returns: the slot of the key, or the one that it can have.
    slot* place_of(std::int64_t key) {
        std::size_t place = static_cast<std::uint64_t>(key) * 0x9e37'79b9'7f4a'7c15 >> shift_;
        while (slots_[place].key != key && slots_[place].key != none) place = (place + 1) & (slots_.size() - 1);
        return &slots_[place];
    }
    void grow() {
        const std::vector<slot> before = std::exchange(slots_, std::vector<slot>(2 * slots_.size()));
        --shift_;
        for (const slot& one : before) {
            if (one.key != none) *place_of(one.key) = one;
        }
    }

    unsigned shift_ = 64 - 10;
    std::vector<slot> slots_ = std::vector<slot>(1 << 10);
    std::size_t size_ = 0;
};

} // namespace workload

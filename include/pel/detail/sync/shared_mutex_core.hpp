// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The fast paths of a shared mutex. Any thread; unlock…(): holders.
#pragma once

#include <pel/detail/sync/barging_core.hpp>

PEL_NAMESPACE_BEGIN
namespace detail {

template <class Tuning>
class basic_shared_mutex_core : public barging_core<Tuning, true> {
    using base = barging_core<Tuning, true>;

public:
    /// False may be wrong; try_lock_shared() knows more.
    bool try_lock_shared_at_once() noexcept {
        std::uint32_t seen = this->word_.load(relaxed); // a guess for the CAS
        return (seen & (base::writer | base::wanted | base::waiting)) == 0 &&
               this->word_.compare_exchange(seen, seen + base::reader, acquire); // sync(MX1) acquire: writers before
    }
    /// As unlock().
    void unlock_shared() noexcept {
        std::uint32_t seen = this->word_.load(relaxed); // a guess for the CAS
        const bool is_awaited = (seen & base::waiting) != 0;
        // sync(MX1) release: to the next holders
        if (is_awaited || !this->word_.compare_exchange(seen, seen - base::reader, release)) [[unlikely]]
            this->give_back(base::reader);
    }
};

using shared_mutex_core = basic_shared_mutex_core<lock_tuning>;

} // namespace detail
PEL_NAMESPACE_END

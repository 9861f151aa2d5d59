// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A job of a group that needs units of resources: it runs when it has them. Until then it is part of the group, which is
// not complete before. If the group, or something around it, is cancelled meanwhile, it waits no more: it is run, and sees
// that, so a group that is cancelled never waits for who else has the units.
//   who makes it: try_take_all(), wait_for_units(); who runs the job: end_claim().
#pragma once

#include <pel/detail/graph/resource_core.hpp>
#include <pel/task_group.hpp>

#include <exception>
#include <optional>
#include <stop_token>

PEL_NAMESPACE_BEGIN
namespace detail {

class group_claim : public group_job, public resource_claim {
public:
    /// Requires: the needs are there until end_claim() has returned.
    group_claim(stoppable_group& owner, const resource_need* needs, std::size_t count, job_function act) noexcept
        : group_job(owner), resource_claim(needs, count, &resume), act_(act) {}

    /// Requires: try_take_all() has said no, and the group is held for the job. Returns: as try_acquire(). (Where there is no
    /// memory to be told of a cancellation it waits as long as it takes.)
    bool wait_for_units() noexcept;
    /// Whether the function of the job is to be called.
    bool may_run() const noexcept { return has_all() && !owner().is_cancelled(); }
    /// Gives the units back. withdraw() is over, or is not called any more.
    void end_claim() noexcept;

protected:
    ~group_claim() = default;
    stoppable_group& owner() const noexcept { return static_cast<stoppable_group&>(group()); }

private:
    struct withdrawal {
        group_claim& claim;
        void operator()() const noexcept { claim.withdraw(); }
    };
    static void resume(resource_claim& claim) noexcept {
        auto& self = static_cast<group_claim&>(claim);
        self.group().push_held(self, self.act_);
    }

    const job_function act_;
    std::optional<std::stop_callback<withdrawal>> cancellation_; // of one that waits
};

} // namespace detail
PEL_NAMESPACE_END

#if PEL_HEADER_ONLY
PEL_NAMESPACE_BEGIN
namespace detail {

PEL_INLINE bool group_claim::wait_for_units() noexcept {
    call_guarded([this] { cancellation_.emplace(owner().token(), withdrawal{*this}); },
                 [](const std::exception_ptr&) noexcept {});
    return try_acquire();
}

PEL_INLINE void group_claim::end_claim() noexcept {
    cancellation_.reset();
    release();
}

} // namespace detail
PEL_NAMESPACE_END
#endif

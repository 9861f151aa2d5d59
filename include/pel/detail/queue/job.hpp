// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A job: what a deque slot or list node points to, and the completion word through which its thief tells its forker.
// A forked job lives on the forker's stack, so the thief's exchange in finish() is its last access to it, and the permit
// goes to the forker's record, which is never freed.
//   D3: finish()'s exchange -> is_done(), try_mark_parked() of the forker: result, exception and effects of the job.
// States: unfinished -> done (thief); unfinished -> parked (forker) -> done (thief, which then posts a permit);
//         unfinished or parked -> returned (leapfrogger that gives it back, which happens once) -> done (who claimed it),
//         parked (forker) in between if need be.
#pragma once

#include <pel/detail/sync/atomic.hpp>

#include <cstdint>

PEL_NAMESPACE_BEGIN
namespace detail {

class scope;

enum class job_state : std::uint32_t { unfinished = 0, parked, returned, done };

/// The completion word of one job.
class completion {
public:
    bool is_done() const noexcept { return load() == job_state::done; }
    /// Done or returned: one look, because it may turn from the one to the other in between.
    bool is_settled() const noexcept {
        const job_state seen = load();
        return seen == job_state::done || seen == job_state::returned;
    }

    /// Thief: the job is done. Last access. Returns: whether the forker is parked and needs a permit.
    [[nodiscard]] bool finish() noexcept {
        // sync(D3) acq_rel: result and effects, to the forker; acquire for its parking before
        return state_.exchange(job_state::done, acq_rel) == job_state::parked;
    }
    /// Leapfrogger: the job was put into the injector. Last access. Returns: as finish().
    [[nodiscard]] bool give_back() noexcept {
        return state_.exchange(job_state::returned, acq_rel) == job_state::parked; // sync(D3) acq_rel: as finish()
    }
    /// Forker: from now on finish() says that it is parked. False when there is news to look at instead.
    bool try_mark_parked(job_state from) noexcept {
        return state_.compare_exchange(from, job_state::parked, acq_rel); // sync(D3) acq_rel: a failure reads done
    }
    bool is_parked() const noexcept { return load() == job_state::parked; }

private:
    job_state load() const noexcept { return state_.load(acquire); } // sync(D3) acquire: the thief's last access

    atomic<job_state> state_{job_state::unfinished};
};

/// Base of everything that can be stolen or listed.
struct job {
    constexpr explicit job(scope* inside) noexcept : home(inside) {}
    /// For one that nobody joins, and whose home is written before others can see it.
    job() noexcept {}

    completion state;
    atomic<std::uint32_t> thief{0}; // id of the record that runs it, 0: nobody said so yet; a hint for leapfrogging
    scope* home;                    // the innermost scope where it was forked: cancellation, and what a wait may run
};

} // namespace detail
PEL_NAMESPACE_END

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cube.hpp"

#include "stencil.hpp"
#include "support/fingerprint.hpp"

#include <pel/parallel_phases.hpp>
#include <pel/parallel_reduce.hpp>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

namespace heat3d {

namespace {

constexpr std::uint64_t before_streams = 3;    // phases
constexpr std::size_t worth_placing = 1 << 16; // cells of a grid: some pages for some threads

double seconds_between(std::chrono::steady_clock::time_point begin, std::chrono::steady_clock::time_point end) {
    return std::chrono::duration<double>(end - begin).count();
}

mode_factors operator*(const mode_factors& a, const mode_factors& b) {
    mode_factors product;
    for (std::size_t one = 0; one != mode_count; ++one) product[one] = a[one] * b[one];
    return product;
}

double larger(double worst, double difference) {
    if (difference <= worst) return worst;
    return std::isnan(difference) ? std::numeric_limits<double>::infinity() : difference;
}

} // namespace

cube::cube(const exact_solution& exact, std::size_t n, const plan& chosen)
    : exact_(exact), n_(n), plan_(chosen), strips_(n), grids_{grid(n), grid(n)}, rows_(n * n),
      placement_(strips_.size(), chosen.steps) {
    for (auto& begins : begins_) begins.resize(strips_.size());
}

void cube::prepare(const strip& where) {
    for (std::size_t y = where.first_y; y != where.last_y; ++y)
        rows_[where.z * n_ + y] = exact_.row_at_start(where.z, y);
}

// A strip at the surface has the cold rows next to it, and every row its own two cold ends.
void cube::write_first(const strip& where) {
    const auto z = static_cast<std::ptrdiff_t>(where.z), n = static_cast<std::ptrdiff_t>(n_);
    for (std::size_t at = where.first_y; at != where.last_y; ++at) {
        const auto y = static_cast<std::ptrdiff_t>(at);
        double* const row = grids_[0].row(z, y);
        const mode_factors factors = rows_[where.z * n_ + at];
        row[-1] = row[n] = 0;
        for (std::size_t x = 0; x != n_; ++x) row[x] = exact_.value(factors, x);
        std::fill_n(grids_[1].row(z, y) - 1, n + 2, 0.0);
        if (z == 0) write_cold(-1, y);
        if (z == n - 1) write_cold(n, y);
    }
    if (where.first_y == 0) write_cold(z, -1);
    if (where.last_y == n_) write_cold(z, n);
}

void cube::write_cold(std::ptrdiff_t z, std::ptrdiff_t y) {
    for (grid& each : grids_) std::fill_n(each.row(z, y), n_, 0.0);
}

void cube::run_strip(std::uint64_t phase, std::size_t at, gathering& threads, progress_line& progress) {
    const strip where = strips_[at];
    const std::uint64_t before_steps = before_streams + plan_.streams;
    if (phase == before_streams) begins_[first_stream][at] = clock::now();
    if (phase == before_steps) begins_[first_step][at] = clock::now();
    if (phase == 0) return prepare(where);
    if (phase == 1) return threads.wait();
    if (phase == 2) {
        placement_.record_first_write(at);
        return write_first(where);
    }
    if (phase < before_steps) return stream(grids_[0], grids_[1], where);
    const std::uint64_t step = phase - before_steps;
    if (at == 0) progress.show(step);
    placement_.record_step(step, at);
    conduct(grids_[step % 2], grids_[1 - step % 2], where);
}

cube::clock::time_point cube::begin_of(boundary which) const {
    return *std::min_element(begins_[which].begin(), begins_[which].end());
}

void cube::run(pel::thread_pool& pool, progress_line& progress) {
    gathering threads(grid::size_of(n_) < worth_placing ? 0 : pool.concurrency());
    pel::parallel_phases(pel::par.on(pool), before_streams + plan_.streams + plan_.steps, std::size_t{0},
                         strips_.size(),
                         [&](std::uint64_t phase, std::size_t at) { run_strip(phase, at, threads, progress); });
    const clock::time_point end = clock::now();
    seconds_.step = seconds_between(begin_of(first_step), end) / static_cast<double>(plan_.steps);
    if (plan_.streams == 0) return;
    seconds_.stream =
        seconds_between(begin_of(first_stream), begin_of(first_step)) / static_cast<double>(plan_.streams);
}

void cube::run_plainly(progress_line& progress) {
    for (std::size_t at = 0; at != strips_.size(); ++at) prepare(strips_[at]);
    for (std::size_t at = 0; at != strips_.size(); ++at) write_first(strips_[at]);
    const clock::time_point begin = clock::now();
    for (std::uint64_t step = 0; step != plan_.steps; ++step) {
        progress.show(step);
        conduct_plainly(grids_[step % 2], grids_[1 - step % 2]);
    }
    seconds_.step = seconds_between(begin, clock::now()) / static_cast<double>(plan_.steps);
}

placement_summary cube::placement() const { return placement_.summarize(strips_, grids_[0].view(), grids_[1].view()); }

deviation cube::measure_deviation(pel::thread_pool& pool) const {
    const mode_factors left_by_scheme = exact_.left_by_scheme(plan_.steps);
    const mode_factors left_by_equation = exact_.left_by_equation(plan_.steps);
    const auto of_row = [&, result = temperatures()](std::size_t at) {
        const mode_factors by_scheme = rows_[at] * left_by_scheme, by_equation = rows_[at] * left_by_equation;
        const double* const row = result.row(at / n_, at % n_);
        deviation worst;
        for (std::size_t x = 0; x != n_; ++x) {
            worst.from_scheme = larger(worst.from_scheme, std::abs(row[x] - exact_.value(by_scheme, x)));
            worst.from_equation = larger(worst.from_equation, std::abs(row[x] - exact_.value(by_equation, x)));
        }
        return worst;
    };
    const auto worse = [](const deviation& a, const deviation& b) {
        return deviation{std::max(a.from_scheme, b.from_scheme), std::max(a.from_equation, b.from_equation)};
    };
    return pel::parallel_reduce(pel::par.on(pool), std::size_t{0}, n_ * n_, deviation{}, of_row, worse);
}

std::uint64_t cube::fingerprint(pel::thread_pool& pool) const {
    const auto of_row = [&, result = temperatures()](std::size_t at) {
        const double* const row = result.row(at / n_, at % n_);
        std::uint64_t hash = at;
        for (std::size_t x = 0; x != n_; ++x) hash = support::add_bits(hash, row[x]);
        return hash;
    };
    return pel::parallel_reduce(pel::par.on(pool), std::size_t{0}, n_ * n_, std::uint64_t{0}, of_row, std::plus<>());
}

} // namespace heat3d

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// cholesky: A = L L^T of a symmetric matrix of doubles in tiles of 64 × 64: for each column of tiles, its diagonal one
// is factorised, then a parallel loop solves for those below it, then another one updates all tiles to the right.
// cholesky_graph: the same tiles, each step of each a node of a task graph that is run again for each matrix.
// Work: n³ / 3 multiplications. Span: 3 n / 64 tiles.
#pragma once

#include "support/benchmark.hpp"
#include "support/dag.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace workload {

inline constexpr std::size_t side = 64;

/// Column by column.
using tile = std::array<double, side * side>;

// In serial.cpp: the same machine code for all variants.
/// a = L, where a = L L^T. What is above the diagonal stays as it is.
void factorise(tile& a);
/// a = X, where a = X L^T.
void solve(tile& a, const tile& l);
/// a -= x y^T.
void update(tile& a, const tile& x, const tile& y);

/// What is done to one tile: factorise(to); with `left`, solve(to, left); with both, update(to, left, right).
struct step {
    tile* to;
    const tile* left;
    const tile* right;

    void operator()() const {
        if (left == nullptr)
            factorise(*to);
        else if (right == nullptr)
            solve(*to, *left);
        else
            update(*to, *left, *right);
    }
};

/// A matrix whose L is known: u(i) v(j) below the diagonal, d(i) on it. These are small whole numbers, d powers of two,
/// which makes all that is ever computed exact.
class matrix {
public:
    matrix();

    /// The lower half of the matrix that is to be factorised.
    void restore() { tiles_ = original_; }
    bool is_factorised() const;

    /// All that is to be done, in an order in which it can be. Requires: restore() was called, and then as long as this is there.
    std::vector<step> steps();
    /// Which of these come before which.
    bench::dag order_of(const std::vector<step>& steps) const;

    /// Calls loop(n, body) for each parallel loop.
    template <class Loop>
    void factorise_by(const Loop& loop) {
        for (std::size_t k = 0; k != rows_; ++k) {
            const std::size_t below = rows_ - k - 1;
            factorise(at(k, k));
            loop(below, [this, k](std::size_t i) { solve(at(k + 1 + i, k), at(k, k)); });
            loop(below * (below + 1) / 2, [this, k](std::size_t which) {
                const auto [row, column] = places_[which];
                update(at(k + 1 + row, k + 1 + column), at(k + 1 + row, k), at(k + 1 + column, k));
            });
        }
    }

private:
    tile& at(std::size_t row, std::size_t column) { return tiles_[row * (row + 1) / 2 + column]; }

    std::size_t rows_ = bench::size(2048, 512) / side;
    std::vector<std::pair<std::size_t, std::size_t>> places_; ///< row and column of each tile
    std::vector<tile> original_, tiles_;
};

/// Registers factorise_by() with loop(workers, n, body).
template <class Loop>
bool register_loop(const char* runtime, unsigned counts, const Loop& loop) {
    const bench::registration one("cholesky", runtime, counts, [loop](benchmark::State& state, unsigned count) {
        matrix a;
        typename Loop::workers workers(count);
        bench::measure_changes(
            state, [&] { a.restore(); },
            [&] { a.factorise_by([&](std::size_t n, const auto& body) { loop(workers, n, body); }); },
            [&] { return a.is_factorised(); });
    });
    return true;
}

/// Registers a graph of the steps.
template <class Graphs>
bool register_graph(const char* runtime, unsigned counts) {
    const bench::registration one("cholesky_graph", runtime, counts, [](benchmark::State& state, unsigned count) {
        matrix a;
        a.restore();
        const std::vector<step> steps = a.steps();
        const bench::dag order = a.order_of(steps);
        const auto function = [&steps](std::uint32_t number) { return steps[number]; };
        typename Graphs::workers workers(count);
        typename Graphs::template graph<decltype(function)> graph(workers, order, function);
        bench::measure_changes(state, [&] { a.restore(); }, [&] { graph.run(); }, [&] { return a.is_factorised(); });
    });
    return true;
}

} // namespace workload

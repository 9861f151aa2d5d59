// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/serial_graphs.hpp"
#include "support/serial_loops.hpp"
#include "workload.hpp"

#include <cmath>
#include <initializer_list>
#include <map>

namespace workload {
namespace {

/// to -= factor * from, for the rows from `first` on.
inline void subtract(double* to, const double* from, double factor, std::size_t first = 0) {
    for (std::size_t i = first; i != side; ++i) to[i] -= factor * from[i];
}

/// What L is made of.
double u(std::size_t i) { return static_cast<double>(i % 3 + 1); }
double v(std::size_t j) { return static_cast<double>(j % 4) - 1; }
double d(std::size_t i) { return static_cast<double>(1u << i % 3); }

/// Calls each(value, row, column) for the values of the tiles in a lower triangle, row and column in the whole matrix.
template <class Tiles, class Each>
void for_each_value(Tiles& tiles, const std::vector<std::pair<std::size_t, std::size_t>>& places, const Each& each) {
    for (std::size_t which = 0; which != tiles.size(); ++which) {
        const auto [row, column] = places[which];
        for (std::size_t at = 0; at != side * side; ++at)
            each(tiles[which][at], row * side + at % side, column * side + at / side);
    }
}

} // namespace

void factorise(tile& a) {
    for (std::size_t j = 0; j != side; ++j) {
        double* const column = &a[j * side];
        for (std::size_t k = 0; k != j; ++k) subtract(column, &a[k * side], a[k * side + j], j);
        const double root = std::sqrt(column[j]);
        for (std::size_t i = j; i != side; ++i) column[i] /= root;
    }
}

void solve(tile& a, const tile& l) {
    for (std::size_t j = 0; j != side; ++j) {
        double* const column = &a[j * side];
        for (std::size_t k = 0; k != j; ++k) subtract(column, &a[k * side], l[k * side + j]);
        for (std::size_t i = 0; i != side; ++i) column[i] /= l[j * side + j];
    }
}

void update(tile& a, const tile& x, const tile& y) {
    for (std::size_t j = 0; j != side; ++j) {
        for (std::size_t k = 0; k != side; ++k) subtract(&a[j * side], &x[k * side], y[k * side + j]);
    }
}

matrix::matrix() {
    for (std::size_t row = 0; row != rows_; ++row) {
        for (std::size_t column = 0; column <= row; ++column) places_.emplace_back(row, column);
    }
    original_.resize(places_.size());
    std::vector<double> squares{0}; // of v, added up
    for (std::size_t j = 0; j != rows_ * side; ++j) squares.push_back(squares.back() + v(j) * v(j));
    for_each_value(original_, places_, [&](double& value, std::size_t i, std::size_t j) {
        if (i < j) return;
        value = u(i) * u(j) * squares[j] + (i == j ? d(i) : u(i) * v(j)) * d(j);
    });
}

std::vector<step> matrix::steps() {
    std::vector<step> all;
    for (std::size_t k = 0; k != rows_; ++k) {
        all.push_back({&at(k, k), nullptr, nullptr});
        for (std::size_t row = k + 1; row != rows_; ++row) all.push_back({&at(row, k), &at(k, k), nullptr});
        for (std::size_t row = k + 1; row != rows_; ++row) {
            for (std::size_t column = k + 1; column <= row; ++column)
                all.push_back({&at(row, column), &at(row, k), &at(column, k)});
        }
    }
    return all;
}

bench::dag matrix::order_of(const std::vector<step>& steps) const {
    bench::dag order;
    std::map<const tile*, std::uint32_t> last; // that changed it; what is read only is not changed any more
    for (const step& each : steps) {
        std::vector<std::uint32_t> before;
        for (const tile* const needed : std::initializer_list<const tile*>{each.to, each.left, each.right}) {
            if (const auto found = last.find(needed); found != last.end()) before.push_back(found->second);
        }
        last[each.to] = order.size();
        order.add(before);
    }
    return order;
}

bool matrix::is_factorised() const {
    bool is_right = true;
    for_each_value(tiles_, places_, [&](double value, std::size_t i, std::size_t j) {
        if (i >= j && value != (i == j ? d(i) : u(i) * v(j))) is_right = false;
    });
    return is_right;
}

} // namespace workload

namespace {

const bool loop = workload::register_loop("serial", 1, bench::serial_loop());
const bool graph = workload::register_graph<bench::serial_graphs>("serial", 1);

} // namespace

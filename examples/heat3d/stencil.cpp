// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "stencil.hpp"

namespace heat3d {

namespace {

// Always in this order, so that all ways make the same bits.
inline double conducted(double own, double left, double right, double front, double back, double below, double above) {
    return (1 - 6 * ratio) * own + ratio * (((left + right) + (front + back)) + (below + above));
}

// The two do not overlap: the loop is one of vector instructions.
void conduct_row(const double* __restrict from, double* __restrict to, std::ptrdiff_t n, std::ptrdiff_t row,
                 std::ptrdiff_t plane) {
    for (std::ptrdiff_t x = 0; x < n; ++x) {
        to[x] = conducted(from[x], from[x - 1], from[x + 1], from[x - row], from[x + row], from[x - plane],
                          from[x + plane]);
    }
}

void stream_row(const double* __restrict from, double* __restrict to, std::ptrdiff_t n) {
    for (std::ptrdiff_t x = 0; x < n; ++x) to[x] = 0.5 * from[x];
}

template <class Row>
void for_each_row(const grid& from, grid& to, const strip& where, Row row) {
    const field source = from.view();
    for (std::size_t y = where.first_y; y != where.last_y; ++y)
        row(source.row(where.z, y), to.row(static_cast<std::ptrdiff_t>(where.z), static_cast<std::ptrdiff_t>(y)));
}

} // namespace

void conduct(const grid& from, grid& to, const strip& where) {
    const field source = from.view();
    for_each_row(from, to, where, [&](const double* old_row, double* new_row) {
        conduct_row(old_row, new_row, static_cast<std::ptrdiff_t>(source.n), source.next_row, source.next_plane);
    });
}

void stream(const grid& from, grid& to, const strip& where) {
    const auto n = static_cast<std::ptrdiff_t>(from.view().n);
    for_each_row(from, to, where, [n](const double* old_row, double* new_row) { stream_row(old_row, new_row, n); });
}

void conduct_plainly(const grid& from, grid& to) {
    const auto n = static_cast<std::ptrdiff_t>(from.view().n);
    const double* const u = from.view().first;
    double* const next = to.row(0, 0);
    const std::ptrdiff_t row = from.next_row(), plane = from.next_plane();
    for (std::ptrdiff_t z = 0; z < n; ++z) {
        for (std::ptrdiff_t y = 0; y < n; ++y) {
            for (std::ptrdiff_t x = 0; x < n; ++x) {
                const std::ptrdiff_t at = z * plane + y * row + x;
                next[at] =
                    conducted(u[at], u[at - 1], u[at + 1], u[at - row], u[at + row], u[at - plane], u[at + plane]);
            }
        }
    }
}

} // namespace heat3d

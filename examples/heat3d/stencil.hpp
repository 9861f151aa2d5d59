// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// One explicit step of the heat equation, u' = u + r (the six neighbours - 6 u), with r = 1/8: stable, as it is at most
// 1/6, and the factors are exact. By strips, and by plain loops for comparison; both make the same bits.
#pragma once

#include "grid.hpp"

namespace heat3d {

/// The step's length in time, dt = ratio · h² for cells h apart.
inline constexpr double ratio = 0.125;

/// A strip of one step.
void conduct(const grid& from, grid& to, const strip& where);

/// Writes half of each value to the other grid: the least traffic that a step could have, one stream read and one
/// written.
void stream(const grid& from, grid& to, const strip& where);

/// A whole step as one would write it down.
void conduct_plainly(const grid& from, grid& to);

} // namespace heat3d

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Colours for numbers: from dark blue over red to light yellow, perceptually uniform. Each step of the scale changes the
// colour by the same distance in Oklab (Björn Ottosson, 2020), where equal distances look equal, and makes it lighter,
// so that the order is right in grey and for the colour-blind too.
#pragma once

#include <array>
#include <cstdint>

namespace heat3d {

struct rgb {
    std::uint8_t red, green, blue;
};
using colour_map = std::array<rgb, 256>;

colour_map make_colour_map();

} // namespace heat3d

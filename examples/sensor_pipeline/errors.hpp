// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What can go wrong, apart from bad input (support::input_error) and running out of memory.
#pragma once

#include <stdexcept>

namespace sensor_pipeline {

/// The result is wrong: a defect of this program or of PEL, never of the input. Exit status 1.
class wrong_result : public std::logic_error {
public:
    using std::logic_error::logic_error;
};

} // namespace sensor_pipeline

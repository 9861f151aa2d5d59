// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// PEL's version as numbers that the preprocessor can compare. The build reads it from these three lines.
#pragma once

#define PEL_VERSION_MAJOR 0
#define PEL_VERSION_MINOR 1
#define PEL_VERSION_PATCH 0

/// One number that grows with every release: major * 10000 + minor * 100 + patch.
#define PEL_VERSION (PEL_VERSION_MAJOR * 10000 + PEL_VERSION_MINOR * 100 + PEL_VERSION_PATCH)

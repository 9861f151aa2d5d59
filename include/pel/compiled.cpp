// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The file that compiled mode compiles once (README.md). Everything else of the program is compiled with PEL_COMPILED.
#define PEL_COMPILED_SOURCE
#include <pel/pel.hpp>

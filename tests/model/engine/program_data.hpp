// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The global and thread_local variables of the program, that is of the executable; the explorer is a shared object and
// has its own. Every execution finds the globals as they were before the first, and every fiber the thread_locals.
#pragma once

#include <vector>

namespace model::program_data {

/// Remembers everything as it is now.
void remember();
/// The globals are as they were.
void restore_globals();

void copy_initial_thread_locals(std::vector<char>& to);
void swap_thread_locals(std::vector<char>& other);

} // namespace model::program_data

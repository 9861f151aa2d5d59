// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the parts of the program say of the runtime that they have.
#pragma once

namespace header_only {
const void* pool();
const void* worker();
int sum(int n);
} // namespace header_only

namespace shared_object {
const void* pool();
const void* worker();
int sum(int n);
} // namespace shared_object

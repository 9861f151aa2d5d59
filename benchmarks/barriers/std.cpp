// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "workload.hpp"

#include <barrier>
#include <latch>

namespace {

const bool all = workload::register_types<std::barrier<>, std::latch>("std");

} // namespace

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "workload.hpp"

namespace {

using workload::locks, workload::register_locks, workload::use;

const bool mutexes = register_locks<locks<std::mutex>>(workload::mutex, "std");
const bool timed = register_locks<locks<std::timed_mutex>>(workload::timed_mutex, "std");
const bool recursive = register_locks<locks<std::recursive_mutex>>(workload::recursive_mutex, "std");
const bool shared = register_locks<locks<std::shared_mutex>>(workload::shared_mutex, "std");
const bool reading = register_locks<locks<std::shared_mutex>, use::read>(workload::shared_mutex_read, "std");
const bool mixed = register_locks<locks<std::shared_mutex>, use::mixed>(workload::shared_mutex_mixed, "std");

} // namespace

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a call that was cut short throws, so that nothing is silently short: pel::operation_cancelled.
#pragma once

#include <pel/detail/sched/operation_cancelled.hpp>

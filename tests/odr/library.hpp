// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

/// The sum of 1..n, computed in parallel inside the shared object.
long sum_in_library(long n);

/// The address of the default pool as the shared object sees it.
const void* default_pool_in_library();

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Everything. Include single headers instead to compile less.
#pragma once

#include <pel/cancellation.hpp>
#include <pel/future.hpp>
#include <pel/md_range.hpp>
#include <pel/memory/first_touch.hpp>
#include <pel/memory/node_of.hpp>
#include <pel/memory/numa_allocator.hpp>
#include <pel/memory/numa_vector.hpp>
#include <pel/parallel_for.hpp>
#include <pel/parallel_for_each.hpp>
#include <pel/parallel_invoke.hpp>
#include <pel/parallel_phases.hpp>
#include <pel/parallel_reduce.hpp>
#include <pel/parallel_scan.hpp>
#include <pel/policy.hpp>
#include <pel/stop_token.hpp>
#include <pel/task_group.hpp>
#include <pel/this_worker.hpp>
#include <pel/thread_pool.hpp>
#include <pel/topology.hpp>
#include <pel/version.hpp>
#include <pel/worker_local.hpp>

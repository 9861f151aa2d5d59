// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "support/serial_graphs.hpp"

#include "hidden_chain.hpp"
#include "requests.hpp"
#include "workload.hpp"

namespace {

const bool runs = workload::register_runs<bench::serial_graphs>("serial", 1);
const bool requests = workload::register_requests<workload::graph_of_each<bench::serial_graphs>>("serial", 1);
const bool hidden_chain = workload::register_hidden_chain<bench::serial_graphs>("serial", 1);

} // namespace

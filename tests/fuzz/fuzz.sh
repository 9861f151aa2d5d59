#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# fuzz.sh RUNS PROGRAM [ARGUMENT…]: runs a program of libFuzzer so often, or for PEL_FUZZ_SECONDS.
set -euo pipefail
runs=$1
shift
if [[ -n ${PEL_FUZZ_SECONDS:-} ]]; then
    exec "$@" "-max_total_time=$PEL_FUZZ_SECONDS"
fi
exec "$@" "-runs=$runs"

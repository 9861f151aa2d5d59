#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
set -euo pipefail

usage() {
    cat << 'END'
usage: cmake/run.sh demo                  count the k-mers of a bacterial genome in parallel
       cmake/run.sh test [--everything]   run all tests; --everything: in every configuration (takes long)
       cmake/run.sh bench [--quick] [NAME...]
                                          run the benchmarks, or those named, compare with what has to be reached, and write
                                          a page with charts; --quick: all of them in 3 minutes after they are built

Debian packages that are missing are named and installed first (as root or with sudo).
PEL_JOBS=N sets how many compilers and tests run at a time, CXX=clang++-19 another compiler than g++.
END
}

bad_usage() {
    printf 'error: %s\n\n' "$1" >&2
    usage >&2
    exit 2
}

demo() {
    need_to_build
    need_genome
    install_missing
    local genome
    genome=$(dpkg -L bowtie-examples 2> /dev/null | grep -E '/NC_008253\.(fna|fa|fasta)(\.gz)?$' | head -n 1) || true
    [[ -r $genome ]] || die "bowtie-examples holds no NC_008253 genome (only Debian's package does)"
    configure release -B build/demo -DPEL_BUILD_TESTS=OFF
    visibly "build kmer_count" cmake --build build/demo --parallel "$jobs" --target kmer_count
    say "kmer_count -k 21 --top 20 $genome"
    "$(find build/demo/examples -name kmer_count -type f -perm -u+x)" -k 21 --top 20 "$genome"
}

# test_preset PRESET: both fence modes.
test_preset() {
    local preset=$1 status=0
    configure "$preset" && build "$preset" || return 1
    run_tests "$preset" default || status=1
    if [[ $preset != model ]]; then
        run_tests "$preset" no-membarrier || status=1
    fi
    return $status
}

run_all_tests() {
    local presets=(release) preset status=0
    need_to_test
    if [[ ${1:-} == --everything ]]; then
        presets=(release debug no-hwloc clang clang-debug tsan tsan-clang asan aarch64) # model is a part of release
        need_clang
        need_aarch64
        export PEL_FUZZ_SECONDS=60
    fi
    install_missing
    [[ ${1:-} != --everything ]] || get_numa_vm
    : > "$closing_lines"
    for preset in "${presets[@]}"; do
        say "$preset"
        test_preset "$preset" || status=1
    done
    echo
    cat "$closing_lines"
    if ((status)); then
        fail "not everything passed; the logs are in $logs"
    else
        say "all passed"
    fi
    return $status
}

# Each of the arguments is to be a benchmark: a folder with its programs, or compile_time, which needs none.
check_names() {
    local name known
    mapfile -t known < <(printf 'compile_time\n'; find benchmarks -mindepth 1 -maxdepth 1 -type d ! -name report ! -name support -printf '%f\n' | sort)
    for name in "$@"; do
        [[ " ${known[*]} " == *" $name "* ]] || die "there is no benchmark '$name'; there are: ${known[*]}"
    done
}

# bench [--quick] [NAME...]
bench() {
    local options=(--build=build/bench)
    if [[ ${1:-} == --quick ]]; then
        options+=(--quick)
        shift
    fi
    check_names "$@"
    need_to_bench
    need "counts the system calls of an idle pool" strace
    need "clang's OpenMP, beside that of g++" libomp-19-dev
    if (($# == 0)); then
        need_clang
    fi
    install_missing
    configure bench
    build bench
    if (($# == 0)); then
        configure bench-clang
        build bench-clang bench_fib bench_fib_shared bench_coroutine_fib
        options+=(--clang=build/bench-clang)
    fi
    python3 benchmarks/report run "${options[@]}" "$@" || die "a benchmark failed or had a wrong result"
}

case ${1:-} in
    demo) [[ $# -eq 1 ]] || bad_usage "demo takes no argument" ;;
    test) [[ $# -eq 1 || ($# -eq 2 && $2 == --everything) ]] || bad_usage "test takes nothing but --everything" ;;
    bench) [[ " ${*:2}" =~ ^(\ --quick)?(\ [a-z0-9_]+)*\ ?$ ]] || bad_usage "bench takes --quick and the names of benchmarks" ;;
    -h | --help | help) usage; exit 0 ;;
    '') bad_usage "say what to run" ;;
    *) bad_usage "unknown command '$1'" ;;
esac

# shellcheck source=cmake/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
case $1 in
    demo) demo ;;
    test) run_all_tests "${@:2}" ;;
    bench) bench "${@:2}" ;;
esac

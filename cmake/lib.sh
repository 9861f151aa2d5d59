# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# shellcheck shell=bash
# What cmake/run.sh and the scripts in .ci/ share. Source it; it goes to the top folder of the project.

cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
jobs=${PEL_JOBS:-$(nproc)}
logs=build/logs
mkdir -p "$logs"

bold='' red='' green='' plain=''
if [[ -t 1 && -z ${NO_COLOR:-} ]]; then
    bold=$'\e[1m' red=$'\e[31m' green=$'\e[32m' plain=$'\e[0m'
fi

say() { printf '%s%s%s\n' "$bold" "$*" "$plain"; }
fail() { printf '%serror:%s %s\n' "$red" "$plain" "$*" >&2; }
die() { fail "$@"; exit 1; }

# --- Debian packages -------------------------------------------------------------------------------------------------
missing=()

# need REASON PACKAGE…: notes those that are not installed.
need() {
    local reason=$1 package
    shift
    command -v dpkg-query > /dev/null || return 0
    for package in "$@"; do
        if [[ " ${missing[*]} " != *" $package "* &&
            $(dpkg-query -W -f='${db:Status-Status}' "$package" 2> /dev/null) != installed ]]; then
            printf 'missing: %-26s %s\n' "$package" "($reason)"
            missing+=("$package")
        fi
    done
}

# Installs what need() found missing, as root or with sudo.
install_missing() {
    ((${#missing[@]})) || return 0
    local as_root=()
    if ((EUID != 0)); then
        command -v sudo > /dev/null || die "these packages are missing, and without root or sudo they cannot be installed: ${missing[*]}"
        as_root=(sudo)
    fi
    export DEBIAN_FRONTEND=noninteractive
    quietly "package lists" "${as_root[@]}" apt-get update || die "apt-get update failed; PEL needs: ${missing[*]}"
    quietly "installing ${#missing[@]} packages" "${as_root[@]}" apt-get install -y --no-install-recommends "${missing[@]}" \
        || die "apt-get install failed; PEL needs: ${missing[*]}"
    missing=()
}

need_to_build() { need "to configure and build" cmake ninja-build g++ pkg-config libhwloc-dev zlib1g-dev; }
need_genome() { need "the genome of E. coli 536" bowtie-examples; }
need_to_test() { need_to_build; need "the tests' framework" libgtest-dev; need_genome; }
need_clang() { need "the second compiler and its sanitizers" clang-19 libclang-rt-19-dev; }
need_to_bench() {
    need_to_build
    need "what PEL is compared with, and how" libbenchmark-dev libtbb-dev python3
    need "counts instructions" valgrind
    need "fibers, beside coroutines" libboost-fiber-dev
}
need_checkers() { need "format, names and other checks" clang-format-19 clang-tidy-19 python3 git; }
need_aarch64() { need "AArch64 cross-build and emulator" g++-aarch64-linux-gnu qemu-user; }

# --- Steps -----------------------------------------------------------------------------------------------------------
# quietly TITLE COMMAND…: one line with the time it took; the output goes to a log and is shown if the command fails.
quietly() {
    local title=$1 log started=$SECONDS
    shift
    log=$logs/$(printf '%s' "$title" | tr -cs '[:alnum:].' '-').log
    printf '  %-58s ' "$title"
    if "$@" > "$log" 2>&1 < /dev/null; then
        printf '%sok%s %5ds\n' "$green" "$plain" $((SECONDS - started))
    else
        printf '%sFAILED%s %ds, the end of %s:\n' "$red" "$plain" $((SECONDS - started)) "$log"
        { grep -v -E '^ +Start +[0-9]+:|  Passed  |^\[[0-9]+/[0-9]+\] |^ninja: ' "$log" || true; } | tail -n 150 | cut -c1-1000 | sed 's/^/    /'
        return 1
    fi
}

# What the tests in an emulated machine with NUMA nodes need; without it they are skipped, and say so.
get_numa_vm() {
    if ! (need "an emulated machine with NUMA nodes" qemu-system-x86 busybox-static cpio && install_missing) || ! fetch_kernel; then
        fail "there is no emulated machine with NUMA nodes: its tests will be skipped"
    fi
}
# Out of Debian's package, which is not installed: nothing here is to boot it, as its scripts would prepare.
fetch_kernel() {
    [[ -r build/numa_vm/vmlinuz || -n ${PEL_NUMA_VM_KERNEL:-} ]] || quietly "fetch a kernel for the emulated machine" unpack_kernel build/numa_vm
}
unpack_kernel() {
    local package
    package=$(apt-cache depends --important linux-image-cloud-amd64 | awk '$1 == "Depends:" { print $2; exit }')
    rm -rf "$1" && mkdir -p "$1" && (cd "$1" && apt-get download "${package:-linux-image-cloud-amd64}") &&
        dpkg-deb --fsys-tarfile "$1"/*.deb | tar -xO --wildcards './boot/vmlinuz-*' > "$1/unpacked" &&
        mv "$1/unpacked" "$1/vmlinuz" && rm "$1"/*.deb
}

# Like quietly, but a person at a terminal sees the tool's own progress.
visibly() {
    if [[ -t 1 ]]; then
        printf '%s\n' "  $1"
        shift
        "$@"
    else
        quietly "$@"
    fi
}

# ThreadSanitizer of gcc 12 needs its address ranges free: no address randomisation, where that may be switched off.
fixed_addresses() {
    if setarch "$(uname -m)" -R true 2> /dev/null; then
        setarch "$(uname -m)" -R "$@"
    else
        "$@"
    fi
}

# What is too much for every run takes turns: the number of commits says whose it is.
count_commits() { git rev-list --count HEAD 2> /dev/null || echo 0; }

# configure PRESET [-B FOLDER] [CMAKE ARGUMENT…]
configure() {
    local preset=$1 folder=build/$1 arguments=() known
    shift
    # Presets of a certain compiler or sanitizer say which one; the others take the user's.
    if [[ $preset =~ ^(release|debug|bench)$ ]]; then
        [[ ${1:-} != -B ]] || folder=$2
        arguments=("-DCMAKE_CXX_COMPILER=${CXX:-g++}")
        # With another one CMake deletes what it knows of a folder, and would go on without the preset's values.
        known=$(sed -n 's/^CMAKE_CXX_COMPILER:[A-Z]*=//p' "$folder/CMakeCache.txt" 2> /dev/null) || true
        [[ $(command -v "${known:-none}") == "$(command -v "${CXX:-g++}")" ]] || arguments+=(--fresh)
    fi
    quietly "configure $preset${*:+: $*}" cmake --preset "$preset" "${arguments[@]}" "$@"
}

# build PRESET [TARGET…]
build() {
    local preset=$1
    shift
    visibly "build $preset${*:+: $*}" fixed_addresses cmake --build "build/$preset" --parallel "$jobs" ${@:+--target "$@"}
}

# run_tests PRESET default|no-membarrier [CTEST ARGUMENT…]. Remembers CTest's closing line in $closing_lines.
closing_lines=$logs/closing-lines
run_tests() {
    local preset=$1 fences=$2 log=$PWD/$logs/ctest-$1-$2.log status=0 environment=() arguments=(--preset "$1" -j "$jobs")
    rm -f "$log"
    shift 2
    if [[ $fences == no-membarrier ]]; then
        environment=(PEL_NO_MEMBARRIER=1)
        arguments+=(-LE '^(once|huge|model)$')
    elif [[ -n ${PEL_WITHOUT_HUGE:-} ]]; then
        arguments+=(-E "^unit\.huge\..*($PEL_WITHOUT_HUGE)") # a part of their names
    fi
    if [[ -t 1 ]]; then
        printf '  %s\n' "test $preset, fences: $fences"
        fixed_addresses env "${environment[@]}" ctest "${arguments[@]}" "$@" --progress --output-log "$log" || status=1
    else
        quietly "test $preset, fences: $fences" fixed_addresses env "${environment[@]}" ctest "${arguments[@]}" "$@" --output-log "$log" \
            || status=1
    fi
    printf '%s, fences: %s:\n%s\n' "$preset" "$fences" "$(grep -E 'tests passed, .* out of' "$log" || echo 'CTest did not finish')" \
        >> "$closing_lines"
    grep '^skipped: ' "build/$preset/Testing/Temporary/LastTest.log" 2> /dev/null | sort -u >> "$closing_lines" # by scripts, which say why
    return $status
}

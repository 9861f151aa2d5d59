#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Runs a program as root of a small machine with several NUMA nodes, emulated by QEMU: without root, KVM or network here.
set -euo pipefail

usage() {
    cat << 'END_OF_USAGE'
usage: tests/numa_vm/run.sh MACHINE PROGRAM [ARGUMENT...]

four_nodes    8 CPUs; nodes 0 to 3 with 2 CPUs and 256 MiB each; 0 and 1 are near each other, and 2 and 3
uneven_nodes  4 CPUs; node 0 with CPUs 0 and 1 and 256 MiB, node 1 with CPUs 2 and 3 and no memory, node 2 with 192 MiB and no CPUs

The program finds its shared libraries, /proc, /sys, /dev, an empty /tmp, the cgroups of version 2, and busybox's commands.
Ends as the program does; with 77 if QEMU, busybox, cpio or a kernel is missing here, or with 1 if PEL_NUMA_VM=required; with 124
when PEL_NUMA_VM_TIMEOUT seconds (240) have passed, with 125 if the machine failed. The kernel is PEL_NUMA_VM_KERNEL, or
build/numa_vm/vmlinuz, which .ci/run fetches, or the newest in /boot. PEL_NUMA_VM_VERBOSE=1 shows what it says.
END_OF_USAGE
}

give_up() {
    printf 'skipped: %s\n' "$1" >&2
    [[ ${PEL_NUMA_VM:-} != required ]] || exit 1
    exit 77
}

# node CPUS MIB: one more node; - for no CPUs, 0 for no memory.
nodes=() memory=0
node() {
    local index=${#nodes[@]} options
    options=node,nodeid=$index
    [[ $1 == - ]] || options+=,cpus=$1
    if (($2 > 0)); then
        qemu+=(-object "memory-backend-ram,id=memory$index,size=$2M")
        options+=,memdev=memory$index
        memory=$((memory + $2))
    fi
    nodes+=("$options")
}

# distances ROW...: of each node to all, separated by commas.
distances() {
    local from=0 to row values
    for options in "${nodes[@]}"; do qemu+=(-numa "$options"); done
    for row in "$@"; do
        IFS=, read -ra values <<< "$row"
        for to in "${!values[@]}"; do qemu+=(-numa "dist,src=$from,dst=$to,val=${values[to]}"); done
        from=$((from + 1))
    done
}

[[ $# -ge 2 ]] || { usage >&2; exit 126; }
machine=$1 program=$(realpath -- "$2")
shift 2
# An Intel processor, because QEMU's default one hides from Linux which CPUs share a package.
qemu=(qemu-system-x86_64 -accel 'tcg,thread=single' -machine pc -nodefaults -no-user-config -display none -no-reboot
    -cpu 'max,vendor=GenuineIntel,family=6,model=106,stepping=6')
case $machine in
    four_nodes)
        qemu+=(-smp '8,sockets=4,cores=2')
        node 0-1 256; node 2-3 256; node 4-5 256; node 6-7 256
        distances 10,16,28,28 16,10,28,28 28,28,10,16 28,28,16,10 ;;
    uneven_nodes)
        qemu+=(-smp '4,sockets=2,cores=2')
        node 0-1 256; node 2-3 0; node - 192
        distances 10,20,17 20,10,28 17,28,10 ;;
    *) usage >&2; exit 126 ;;
esac

# --- What has to be here ---------------------------------------------------------------------------------------------
[[ $(uname -m) == x86_64 ]] || give_up "the emulated machine is an x86-64 one, and programs of this one would not run on it"
for command in qemu-system-x86_64:qemu-system-x86 busybox:busybox-static cpio:cpio; do
    command -v "${command%:*}" > /dev/null || give_up "${command%:*} is missing (Debian's ${command#*:})"
done
top=$(dirname "${BASH_SOURCE[0]}")/../..
kernel=${PEL_NUMA_VM_KERNEL:-$top/build/numa_vm/vmlinuz}
[[ -n ${PEL_NUMA_VM_KERNEL:-} || -r $kernel ]] || kernel=$(find /boot -name 'vmlinuz-*' -readable 2> /dev/null | sort -V | tail -n 1)
[[ -r $kernel ]] || give_up "there is no kernel ${kernel:+at $kernel }to boot: .ci/run fetches Debian's, or set PEL_NUMA_VM_KERNEL"

# --- The files of that machine ---------------------------------------------------------------------------------------
work=$(mktemp -d "${TMPDIR:-/tmp}/pel-numa-vm.XXXXXX")
trap 'rm -rf "$work"' EXIT
root=$work/root
mkdir -p "$root"/{bin,dev,proc,sys,tmp}
cp -L -- "$program" "$root/program"
cp -L -- "$(command -v busybox)" "$root/bin/busybox"
# Each library under the name by which the loader looks for it.
{ ldd "$program" "$(command -v busybox)" 2> /dev/null || true; } | { grep -oE '(^|[[:space:]])/[^ :]+ ' || true; } | sort -u |
    while read -r library; do cp -L --parents -- "$library" "$root"; done
arguments=''
(($# == 0)) || arguments=$(printf " '%s'" "${@//\'/\'\\\'\'}")
cat > "$root/init" << END_OF_INIT
#!/bin/busybox sh
export PATH=/bin HOME=/tmp TERM=dumb
/bin/busybox --install -s /bin
mount -t proc none /proc
mount -t sysfs none /sys
mount -t devtmpfs none /dev
mount -t cgroup2 none /sys/fs/cgroup
cd /tmp
/program$arguments < /dev/null > /dev/ttyS1 2>&1
echo "ended with \$?" > /dev/ttyS2
poweroff -f
END_OF_INIT
chmod +x "$root/init"
(cd "$root" && find . | cpio --quiet -o -H newc) > "$work/files"

# --- Boot ------------------------------------------------------------------------------------------------------------
# Pages stay where they were put: the kernel neither moves them after their users nor joins them to huge ones. The rest
# spares it measuring a clock that is emulated.
qemu+=(-m "${memory}M" -kernel "$kernel" -initrd "$work/files"
    -append "console=ttyS0 panic=-1 numa_balancing=disable transparent_hugepage=never mitigations=off nokaslr tsc=reliable lpj=1000000"
    -serial "file:$work/console" -serial "file:$work/output" -serial "file:$work/result")
status=0
timeout --kill-after 5 "${PEL_NUMA_VM_TIMEOUT:-240}" "${qemu[@]}" < /dev/null > "$work/emulator" 2>&1 || status=$?

touch "$work"/{console,output,result}
[[ -z ${PEL_NUMA_VM_VERBOSE:-} ]] || tr -d '\r' < "$work/console"
tr -d '\r' < "$work/output"
if [[ $(< "$work/result") =~ ended\ with\ ([0-9]+) ]]; then
    exit "${BASH_REMATCH[1]}"
fi
cat "$work/emulator"
tail -n 20 "$work/console" | tr -d '\r'
if ((status == 124 || status == 137)); then
    echo "the machine has not come to an end in time"
    exit 124
fi
echo "the machine failed (QEMU ended with $status)"
exit 125

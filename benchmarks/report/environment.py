# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""On what machine, and with what compilers and libraries, was this measured? What cannot be found out is left out."""

import os
import platform
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def output_of(*command):
    """The first line of what a command prints, or "" if it cannot be run."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    except (OSError, subprocess.CalledProcessError):
        return ""
    return done.stdout.strip().split("\n")[0]


def text_of(path):
    try:
        return Path(path).read_text().strip()
    except OSError:
        return ""


def package_version(name):
    """Of a Debian package, without the packager's part."""
    return re.sub(r"^\d+:|-[^-]*$", "", output_of("dpkg-query", "-W", "-f=${Version}", name))


def numa_nodes():
    return len([one for one in Path("/sys/devices/system/node").glob("node[0-9]*") if one.is_dir()]) or 1


def caches():
    """Such as "L1d 32K, L2 512K, L3 32768K", of the first CPU."""
    found = []
    for index in sorted(Path("/sys/devices/system/cpu/cpu0/cache").glob("index*")):
        kind = text_of(index / "type")
        if kind != "Instruction":
            found.append(f"L{text_of(index / 'level')}{'d' if kind == 'Data' else ''} {text_of(index / 'size')}")
    return ", ".join(found)


def machine():
    cpu = text_of("/proc/cpuinfo")
    model = re.search(r"^(?:model name|Model|cpu)\s*:\s*(.+)$", cpu, re.MULTILINE)
    memory = re.search(r"MemTotal:\s+(\d+) kB", text_of("/proc/meminfo"))
    system = re.search(r'^PRETTY_NAME="?([^"\n]+)', text_of("/etc/os-release"), re.MULTILINE)
    found = {
        "cpu": model[1] if model else platform.machine(),
        "cpus": os.cpu_count(),
        "cpus_allowed": len(os.sched_getaffinity(0)),
        "numa_nodes": numa_nodes(),
        "caches": caches(),
        "memory_gib": round(int(memory[1]) / 2**20, 1) if memory else None,
        "hypervisor": "hypervisor" in cpu,
        "governor": text_of("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"),
        "kernel": platform.release(),
        "system": system[1] if system else "",
    }
    return {name: value for name, value in found.items() if value not in ("", None)}


def compilers(paths):
    """{what it is called in targets.txt: its version line}."""
    return {name: line for name, line in ((name, output_of(path, "--version")) for name, path in paths.items()) if line}


def libraries(compiler):
    found = {
        "oneTBB": output_of("pkg-config", "--modversion", "tbb") or package_version("libtbb-dev"),
        "libgomp": output_of(compiler, "-dumpfullversion"),
        "libomp": package_version("libomp5-19"),
        "Boost": package_version("libboost-fiber-dev"),
        "hwloc": output_of("pkg-config", "--modversion", "hwloc"),
        "Google Benchmark": output_of("pkg-config", "--modversion", "benchmark") or package_version("libbenchmark-dev"),
    }
    return {name: version for name, version in found.items() if version}


def commit():
    """With a + where files differ from it; "" outside a repository."""
    name = output_of("git", "rev-parse", "--short=12", "HEAD")
    return name + ("+" if name and output_of("git", "status", "--porcelain", "--untracked-files=no") else "")


def compiler_of(build):
    """The compiler that a CMake build folder was configured with."""
    found = re.search(r"^CMAKE_CXX_COMPILER:\w+=(.+)$", text_of(Path(build) / "CMakeCache.txt"), re.MULTILINE)
    return found[1] if found else "g++"


def describe(builds):
    """`builds`: {name of the compiler in targets.txt, "" for the first one: build folder}."""
    paths = {name or "first": compiler_of(build) for name, build in builds.items()}
    return {"commit": commit(), "machine": machine(), "compilers": compilers(paths), "libraries": libraries(paths["first"])}

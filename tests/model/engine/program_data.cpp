// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "program_data.hpp"

#include <link.h>

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace model::program_data {
namespace {

struct range {
    char* begin = nullptr;
    std::size_t size = 0;
};

struct image {
    std::vector<range> globals;
    range thread_locals;
    std::vector<char> initial_globals, initial_thread_locals;
};

image program;

// Leaves out what the loader has made read-only: it does not change.
void add_writable(const ElfW(Addr) base, const ElfW(Phdr) & header, const range& read_only) {
    char* begin = reinterpret_cast<char*>(base + header.p_vaddr);
    char* const end = begin + header.p_memsz;
    if (read_only.begin != nullptr && read_only.begin + read_only.size > begin && read_only.begin <= begin)
        begin = std::min(end, read_only.begin + read_only.size);
    if (begin < end) program.globals.push_back({begin, static_cast<std::size_t>(end - begin)});
}

int take_executable(dl_phdr_info* info, std::size_t, void*) {
    range read_only;
    for (int i = 0; i < info->dlpi_phnum; ++i) {
        const ElfW(Phdr)& header = info->dlpi_phdr[i];
        if (header.p_type != PT_GNU_RELRO) continue;
        read_only = {reinterpret_cast<char*>(info->dlpi_addr + header.p_vaddr), (header.p_memsz + 4095) / 4096 * 4096};
        const auto end = reinterpret_cast<std::uintptr_t>(read_only.begin + header.p_memsz) / 4096 * 4096;
        read_only.size = end - reinterpret_cast<std::uintptr_t>(read_only.begin); // whole pages only
    }
    for (int i = 0; i < info->dlpi_phnum; ++i) {
        const ElfW(Phdr)& header = info->dlpi_phdr[i];
        if (header.p_type == PT_LOAD && (header.p_flags & PF_W) != 0) add_writable(info->dlpi_addr, header, read_only);
        if (header.p_type == PT_TLS) program.thread_locals = {static_cast<char*>(info->dlpi_tls_data), header.p_memsz};
    }
    return 1; // the first object is the executable
}

} // namespace

void remember() {
    program.globals.clear();
    program.initial_globals.clear();
    program.thread_locals = {};
    ::dl_iterate_phdr(&take_executable, nullptr);
    for (const range& each : program.globals)
        program.initial_globals.insert(program.initial_globals.end(), each.begin, each.begin + each.size);
    const range& locals = program.thread_locals;
    program.initial_thread_locals.assign(locals.begin, locals.begin + locals.size);
}

void restore_globals() {
    const char* from = program.initial_globals.data();
    for (const range& each : program.globals) {
        std::memcpy(each.begin, from, each.size);
        from += each.size;
    }
}

void copy_initial_thread_locals(std::vector<char>& to) { to = program.initial_thread_locals; }

void swap_thread_locals(std::vector<char>& other) {
    char* const mine = program.thread_locals.begin;
    std::size_t at = 0;
    for (; at + sizeof(std::uint64_t) <= other.size(); at += sizeof(std::uint64_t)) {
        std::uint64_t a = 0, b = 0;
        std::memcpy(&a, mine + at, sizeof(a));
        std::memcpy(&b, other.data() + at, sizeof(b));
        std::memcpy(mine + at, &b, sizeof(b));
        std::memcpy(other.data() + at, &a, sizeof(a));
    }
    for (; at < other.size(); ++at) std::swap(mine[at], other[at]);
}

} // namespace model::program_data

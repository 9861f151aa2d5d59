// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Forbids a system call, as the seccomp filters of containers do.
#pragma once

#include <cstddef>

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>

namespace pel_test {

/// From now on the call fails with `error` in this thread and those that it starts. There is no way back.
/// Returns: false if the system has no such filters.
inline bool forbid_call(long number, int error) {
    sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<unsigned>(number), 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | static_cast<unsigned>(error)),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    const sock_fprog filter{sizeof code / sizeof *code, code};
    return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

/// Returns: how often `part` stands in `text`.
template <class Text>
std::size_t count_of(const Text& text, const Text& part) {
    std::size_t count = 0;
    for (auto at = text.find(part); at != Text::npos; at = text.find(part, at + part.size())) ++count;
    return count;
}

} // namespace pel_test

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The floating-point environment: rounding, flush-to-zero, traps. Read and written as the control registers themselves:
// fegetenv() takes ten times as long.
#pragma once

#include <pel/detail/platform/config.hpp>

#include <cstdint>

PEL_NAMESPACE_BEGIN
namespace detail {

#if defined(__x86_64__)
/// MXCSR without its sticky flags, and the x87 control word.
inline std::uint64_t read_fp_environment() noexcept {
    std::uint16_t control;
    asm volatile("fnstcw %0" : "=m"(control));
    return std::uint64_t{control} << 32 | (__builtin_ia32_stmxcsr() & ~0x3fU);
}
inline void write_fp_environment(std::uint64_t environment) noexcept {
    const auto control = static_cast<std::uint16_t>(environment >> 32);
    asm volatile("fldcw %0" : : "m"(control));
    __builtin_ia32_ldmxcsr(static_cast<std::uint32_t>(environment) | (__builtin_ia32_stmxcsr() & 0x3fU));
}
#elif defined(__aarch64__)
inline std::uint64_t read_fp_environment() noexcept {
    std::uint64_t control;
    asm volatile("mrs %0, fpcr" : "=r"(control));
    return control;
}
inline void write_fp_environment(std::uint64_t environment) noexcept {
    asm volatile("msr fpcr, %0" : : "r"(environment));
}
#else
inline std::uint64_t read_fp_environment() noexcept { return 0; }
inline void write_fp_environment(std::uint64_t) noexcept {}
#endif

} // namespace detail
PEL_NAMESPACE_END

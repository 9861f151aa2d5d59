// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What every other header needs to know of the compiler: the ABI namespace, hot and cold paths, exceptions.
// Sanitizers and model-checking builds are recognised here and nowhere else; they never select a lock.
#pragma once

#include <cstddef>

#if !defined(__linux__)
#error "PEL needs Linux"
#elif !defined(__x86_64__) && !defined(__aarch64__)
#error "PEL needs an x86-64 or AArch64 processor"
#elif __cplusplus < 202002L
#error "PEL needs C++20: compile with -std=c++20 or later"
#elif !defined(__clang__) && defined(__GNUC__) && __GNUC__ < 12
#error "PEL needs g++ 12 or later, or clang++ 19 or later"
#endif

// One inline namespace per ABI. A model-checking build has its own, so that the two cannot be linked together.
#ifdef PEL_MODEL
#define PEL_ABI model
#else
#define PEL_ABI v1
#endif

// Everything here is visible to other shared objects, whatever -fvisibility says: they and the program have one runtime.
// clang-format off
#define PEL_NAMESPACE_BEGIN namespace pel __attribute__((visibility("default"))) { inline namespace PEL_ABI {
#define PEL_NAMESPACE_END } }
// clang-format on

// Compiled mode (PEL_COMPILED, README.md in include/pel): what is neither a template nor on a hot path is compiled once,
// in pel/compiled.cpp; other files see its declarations only. So in headers such functions are declared, and a file of
// their definitions, which are PEL_INLINE, is included where PEL_HEADER_ONLY says so. With g++ they are inline in the one file,
// too; clang++ leaves out constructors that nobody calls there. A program may have files of both kinds: the linker keeps
// one of each.
#if !defined(PEL_COMPILED_SOURCE)
#define PEL_INLINE inline
#elif defined(__clang__)
#define PEL_INLINE
#else
#define PEL_INLINE [[gnu::used]] inline
#endif
#if defined(PEL_COMPILED) && !defined(PEL_COMPILED_SOURCE)
#define PEL_HEADER_ONLY 0
#else
#define PEL_HEADER_ONLY 1
#endif

#define PEL_COLD [[gnu::cold, gnu::noinline]]
#define PEL_NOINLINE [[gnu::noinline]]
#define PEL_ALWAYS_INLINE [[gnu::always_inline]] inline

// For a class that may be moved by copying its bytes: passed by value, it stays in registers. g++ knows nothing like it.
#if defined(__clang__)
#define PEL_TRIVIAL_ABI [[clang::trivial_abi]]
#else
#define PEL_TRIVIAL_ABI
#endif

#if defined(__cpp_exceptions)
#define PEL_EXCEPTIONS 1
#else
#define PEL_EXCEPTIONS 0
#endif

#if defined(__SANITIZE_ADDRESS__)
#define PEL_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define PEL_ASAN 1
#endif
#endif
#ifndef PEL_ASAN
#define PEL_ASAN 0
#endif

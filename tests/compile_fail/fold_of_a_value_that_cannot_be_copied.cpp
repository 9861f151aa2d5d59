// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A fold needs an identity for each stretch: of values that cannot be copied, a function that makes them.
// expect: pel::parallel_fold: identity cannot be copied: give a function
#include <pel/parallel_reduce.hpp>

struct value {
    explicit value(int start) : number(start) {}
    value(value&&) = default;
    value& operator=(value&&) = default;
    int number;
};

int count() {
#ifdef PEL_COMPILE_FAIL
    value identity(0);
#else
    const auto identity = [] { return value(0); };
#endif
    const auto chunk = [](int i0, int i1, value before) { return value(before.number + i1 - i0); };
    const auto combine = [](value a, const value& b) { return value(a.number + b.number); };
    const value sum = pel::parallel_fold(0, 10, std::move(identity), chunk, combine);
    return sum.number;
}

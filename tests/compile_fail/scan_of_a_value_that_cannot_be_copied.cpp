// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What stands before a stretch is kept while the scan goes on: T is copied.
// expect: pel::parallel_scan: T, the type of init, must be copyable
#include <pel/parallel_scan.hpp>

struct value {
    explicit value(int start) : number(start) {}
    value(value&&) = default;
    value& operator=(value&&) = default;
#ifndef PEL_COMPILE_FAIL
    value(const value&) = default;
#endif
    int number;
};

int count() {
    const auto reduce = [](int i0, int i1) { return value(i1 - i0); };
    const auto scan = [](int i0, int i1, value before) { return value(before.number + i1 - i0); };
    const auto combine = [](value a, const value& b) { return value(a.number + b.number); };
    const value total = pel::parallel_scan(0, 10, value(0), reduce, scan, combine);
    return total.number;
}

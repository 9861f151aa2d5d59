// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a call says is wrong.
#pragma once

#include <string>

namespace pel_test {

/// Returns: the text of the Error that f() throws, "no error" if it throws none.
template <class Error, class F>
std::string error_of(F&& f) {
    try {
        f();
    } catch (const Error& error) {
        return error.what();
    }
    return "no error";
}

} // namespace pel_test

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A key is a number.
// expect: pel::integer_sort: takes .*key\(element\) must be a number
#include <pel/algorithm/integer_sort.hpp>

#include <string>
#include <vector>

void sort(std::vector<std::string>& words) {
#ifdef PEL_COMPILE_FAIL
    const auto key = [](const std::string& word) { return word.c_str(); };
#else
    const auto key = [](const std::string& word) { return word.size(); };
#endif
    pel::integer_sort(words, key);
}

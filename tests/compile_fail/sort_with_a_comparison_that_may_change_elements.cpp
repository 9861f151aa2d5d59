// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A comparison takes constants.
// expect: pel::sort: takes \(\[policy\], range
#include <pel/algorithm/sort.hpp>

#include <string>
#include <vector>

#ifdef PEL_COMPILE_FAIL
bool is_less(std::string& a, std::string& b) { return a < b; }
#else
bool is_less(const std::string& a, const std::string& b) { return a < b; }
#endif

void sort(std::vector<std::string>& texts) { pel::sort(texts.begin(), texts.end(), is_less); }

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A comparison takes constants, also of nth_element, which takes elements out of their places.
// expect: pel::nth_element: takes \(\[policy\], range
#include <pel/algorithm/nth_element.hpp>

#include <string>
#include <vector>

#ifdef PEL_COMPILE_FAIL
bool is_less(std::string& a, std::string& b) { return a < b; }
#else
bool is_less(const std::string& a, const std::string& b) { return a < b; }
#endif

void part(std::vector<std::string>& texts) { pel::nth_element(texts, texts.begin(), is_less); }

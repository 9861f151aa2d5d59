// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// std::chrono::duration without the rest of <chrono>: in libstdc++ calendars and streams are 15,000 lines that every user
// of a pool would compile. Who writes a duration includes <chrono>.
#pragma once

#include <version>

#if defined(__GLIBCXX__) && __has_include(<bits/chrono.h>)
#include <bits/chrono.h>
#else
#include <chrono>
#endif

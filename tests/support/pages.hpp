// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Which pages of an array the kernel has given memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <fstream>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include <sys/mman.h>
#include <unistd.h>

namespace pel_test {

inline std::size_t page_size() { return static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)); }

/// Returns: the start of each page that has a byte of the array.
template <class T>
std::vector<char*> pages_of(std::span<T> array) {
    const std::size_t size = page_size();
    const auto begin = reinterpret_cast<std::uintptr_t>(array.data());
    std::vector<char*> pages;
    for (std::uintptr_t page = begin / size * size; page < begin + array.size_bytes(); page += size) {
        pages.push_back(reinterpret_cast<char*>(page));
    }
    return pages;
}

template <class T>
std::size_t count_pages(std::span<T> array) {
    return pages_of(array).size();
}

template <class T>
std::size_t count_resident_pages(std::span<T> array) {
    const std::vector<char*> pages = pages_of(array);
    std::vector<unsigned char> residency(pages.size());
    if (pages.empty()) return 0;
    if (::mincore(pages.front(), pages.size() * page_size(), residency.data()) != 0) {
        throw std::runtime_error("mincore failed");
    }
    std::size_t count = 0;
    for (const unsigned char each : residency) count += each & 1U;
    return count;
}

/// Whether touching a byte may bring more than its page.
inline bool has_huge_pages() {
    std::ifstream file("/sys/kernel/mm/transparent_hugepage/enabled");
    std::string text;
    std::getline(file, text);
    return text.find("[always]") != std::string::npos;
}

} // namespace pel_test

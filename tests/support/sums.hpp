// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What sums are tried on: numbers that show every change of grouping, and elements that are made as they are read.
#pragma once

#include <cmath>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

namespace pel_test {

/// Returns: numbers of both signs and of wild magnitude: any two groupings of them differ.
inline std::vector<double> wild_numbers(std::uint64_t n, std::mt19937_64& random) {
    std::vector<double> numbers(n);
    for (double& each : numbers) {
        const double mantissa = static_cast<double>(random() % 2'000'003) - 1'000'001;
        each = std::ldexp(mantissa, static_cast<int>(random() % 80) - 40);
    }
    return numbers;
}

constexpr std::uint64_t sum_of_squares(std::uint64_t n) { return n == 0 ? 0 : (n - 1) * n * (2 * n - 1) / 6; }

/// Two ranges at once; its elements are made as they are read.
template <class A, class B>
class zip_iterator {
public:
    struct row {
        A& first;
        B& second;
    };
    using value_type = row;
    using difference_type = std::ptrdiff_t;

    zip_iterator() = default;
    zip_iterator(A* a, B* b) : a_(a), b_(b) {}

    row operator*() const { return {*a_, *b_}; }
    row operator[](std::ptrdiff_t n) const { return *(*this + n); }
    zip_iterator& operator+=(std::ptrdiff_t n) {
        a_ += n;
        b_ += n;
        return *this;
    }
    zip_iterator& operator-=(std::ptrdiff_t n) { return *this += -n; }
    zip_iterator& operator++() { return *this += 1; }
    zip_iterator& operator--() { return *this -= 1; }
    zip_iterator operator++(int) {
        zip_iterator old = *this;
        ++*this;
        return old;
    }
    zip_iterator operator--(int) {
        zip_iterator old = *this;
        --*this;
        return old;
    }
    friend zip_iterator operator+(zip_iterator i, std::ptrdiff_t n) { return i += n; }
    friend zip_iterator operator+(std::ptrdiff_t n, zip_iterator i) { return i += n; }
    friend zip_iterator operator-(zip_iterator i, std::ptrdiff_t n) { return i -= n; }
    friend std::ptrdiff_t operator-(const zip_iterator& a, const zip_iterator& b) { return a.a_ - b.a_; }
    friend bool operator==(const zip_iterator& a, const zip_iterator& b) { return a.a_ == b.a_; }
    friend std::strong_ordering operator<=>(const zip_iterator& a, const zip_iterator& b) { return a.a_ <=> b.a_; }

private:
    A* a_ = nullptr;
    B* b_ = nullptr;
};

} // namespace pel_test

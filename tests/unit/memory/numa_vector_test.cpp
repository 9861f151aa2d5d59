// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: machine
#include <pel/memory/numa_vector.hpp>

#include "support/pages.hpp"
#include "support/scale.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <complex>
#include <cstddef>
#include <functional>
#include <memory>
#include <ranges>
#include <span>
#include <sstream>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace numa_vector_test {

using pel::numa_allocator;
using pel::numa_interleave;
using pel::numa_node;
using pel::numa_vector;

// --- The interface, beside std::vector's -----------------------------------------------------------------------------

template <class T>
using std_vector = std::vector<T>;

template <class Ours, class Standard>
constexpr bool is_made_alike =
    std::is_default_constructible_v<Ours> == std::is_default_constructible_v<Standard> &&
    std::is_nothrow_default_constructible_v<Ours> == std::is_nothrow_default_constructible_v<Standard> &&
    std::is_nothrow_move_constructible_v<Ours> == std::is_nothrow_move_constructible_v<Standard> &&
    std::is_nothrow_move_assignable_v<Ours> == std::is_nothrow_move_assignable_v<Standard> &&
    std::is_nothrow_swappable_v<Ours> == std::is_nothrow_swappable_v<Standard> &&
    std::is_convertible_v<std::size_t, Ours> == std::is_convertible_v<std::size_t, Standard>;

template <template <class> class Vector>
constexpr bool has_same_types =
    std::ranges::contiguous_range<Vector<int>> && std::is_same_v<typename Vector<int>::value_type, int> &&
    std::is_same_v<typename Vector<int>::reference, int&> && std::is_same_v<typename Vector<int>::pointer, int*> &&
    std::is_same_v<typename Vector<int>::size_type, std::size_t>;

static_assert(is_made_alike<numa_vector<int>, std::vector<int>>);
static_assert(is_made_alike<numa_vector<std::unique_ptr<int>>, std::vector<std::unique_ptr<int>>>);
static_assert(has_same_types<numa_vector> && has_same_types<std_vector>);
static_assert(std::uses_allocator_v<numa_vector<int>, numa_allocator<int>>);
static_assert(std::is_convertible_v<numa_vector<int>::allocator_type, numa_allocator<int>>);
static_assert(std::is_same_v<decltype(numa_vector(3, 0.5)), numa_vector<double>>);
static_assert(std::is_same_v<decltype(numa_vector({1, 2}, numa_node{0})), numa_vector<int>>);
static_assert(std::is_same_v<decltype(numa_vector(std::declval<char*>(), std::declval<char*>())), numa_vector<char>>);
static_assert(std::is_same_v<decltype(numa_vector(std::declval<numa_vector<long>>())), numa_vector<long>>);

/// Elements, size and what calls return, as text.
class trace {
public:
    template <class Vector>
    void add(const char* what, const Vector& vector) {
        text_ << what << ':';
        for (const auto& element : vector) text_ << ' ' << element;
        text_ << " (" << vector.size() << (vector.empty() ? " empty" : "") << ")\n";
    }
    void note(auto value) { text_ << "= " << value << '\n'; }
    std::string text() const { return text_.str(); }

private:
    std::ostringstream text_;
};

template <class Vector, class Make>
void trace_constructors(trace& steps, Make make) {
    const Vector three(3, make(7));
    Vector listed{make(1), make(2), make(3), make(4)};
    steps.add("n values", three);
    steps.add("list", listed);
    steps.add("iterators", Vector(listed.begin() + 1, listed.end()));
    steps.add("copy", Vector(listed));
    Vector moved(std::move(listed));
    steps.add("moved", moved);
    steps.add("moved from", listed); // NOLINT(bugprone-use-after-move): that is the question
    listed = three;
    steps.add("copy assigned", listed);
    listed = std::move(moved);
    steps.add("move assigned", listed);
    listed = {make(9), make(8)};
    steps.add("list assigned", listed);
    listed.assign(2, make(5));
    steps.add("assigned n", listed);
    listed.assign(three.begin(), three.end());
    steps.add("assigned iterators", listed);
    listed.assign({make(4), make(3)});
    steps.add("assigned list", listed);
}

template <class Vector, class Make>
void trace_elements(trace& steps, Make make) {
    Vector vector{make(1), make(2), make(3)};
    steps.note(vector.front());
    steps.note(vector.back());
    steps.note(vector[1]);
    steps.note(vector.at(2));
    steps.note(*vector.data());
    steps.note(*vector.rbegin());
    steps.note(vector.cend() - vector.cbegin());
    steps.note(vector.crend() - vector.crbegin());
    try {
        steps.note(vector.at(3));
    } catch (const std::out_of_range&) {
        steps.note("out of range");
    }
    steps.note(vector == Vector{make(1), make(2), make(3)});
    steps.note(vector < Vector{make(1), make(3)});
    steps.note((vector <=> Vector{make(1)}) > 0);
}

template <class Vector, class Make>
void trace_changes(trace& steps, Make make) {
    Vector vector;
    for (int i = 0; i < 20; ++i) vector.push_back(make(i));
    vector.emplace_back(make(20));
    vector.push_back(vector.front());
    steps.add("pushed", vector);
    steps.note(*vector.insert(vector.begin() + 3, make(33)));
    steps.note(*vector.insert(vector.end(), 2, make(44)));
    const std::vector more{make(55), make(56)};
    steps.note(*vector.insert(vector.begin(), more.begin(), more.end()));
    steps.note(*vector.insert(vector.begin() + 1, {make(66), make(67)}));
    steps.note(*vector.emplace(vector.begin() + 2, make(77)));
    steps.add("inserted", vector);
    steps.note(*vector.erase(vector.begin()));
    steps.note(*vector.erase(vector.begin() + 1, vector.begin() + 4));
    vector.pop_back();
    steps.add("erased", vector);
    steps.note(std::erase(vector, make(44)));
    steps.note(std::erase_if(vector, [&](const auto& element) { return element == make(5); }));
    vector.resize(9, make(0));
    vector.resize(12, make(88));
    steps.add("resized", vector);
    vector.reserve(500);
    steps.note(vector.capacity() >= 500);
    vector.shrink_to_fit();
    Vector other(2, make(1));
    vector.swap(other);
    swap(vector, other);
    std::swap(vector, other);
    steps.add("swapped", vector);
    std::ranges::sort(other, std::greater<>());
    steps.add("sorted", other);
    other.clear();
    steps.add("cleared", other);
    steps.note(other.max_size() > 1'000'000'000);
}

template <class Vector, class Make>
std::string trace_all(Make make) {
    trace steps;
    trace_constructors<Vector>(steps, make);
    trace_elements<Vector>(steps, make);
    trace_changes<Vector>(steps, make);
    return steps.text();
}

TEST(numa_vector, does_all_that_std_vector_does) {
    const auto number = [](int i) { return static_cast<long>(i); };
    EXPECT_EQ((trace_all<numa_vector<long>>(number)), (trace_all<std::vector<long>>(number)));
    const auto text = [](int i) { return "a text too long to be stored in place, number " + std::to_string(i); };
    EXPECT_EQ((trace_all<numa_vector<std::string>>(text)), (trace_all<std::vector<std::string>>(text)));
}

TEST(numa_vector, holds_elements_that_can_only_be_moved) {
    numa_vector<std::unique_ptr<int>> vector(2);
    EXPECT_EQ(vector[0], nullptr) << "made by its constructor";
    for (int i = 0; i < 100; ++i) vector.push_back(std::make_unique<int>(i));
    numa_vector<std::unique_ptr<int>> other = std::move(vector);
    other.erase(other.begin(), other.begin() + 2);
    EXPECT_EQ(*other[99], 99);
}

/// Throws when the copies that it may make are used up.
struct fragile {
    explicit fragile(int number) : value(number) { ++alive; }
    fragile(const fragile& other) : value(other.value) {
        if (copies_left-- == 0) throw std::runtime_error("no copy");
        ++alive;
    }
    fragile& operator=(const fragile&) = default;
    ~fragile() { --alive; }

    int value;
    static inline int alive = 0;
    static inline int copies_left = 0;
};

/// Returns: for each number of copies until the one that throws, what the calls leave.
template <class Vector>
std::string trace_exceptions() {
    std::ostringstream text;
    for (int copies = 0; copies < 12; ++copies) {
        fragile::copies_left = 1000;
        Vector vector;
        for (int i = 0; i < 4; ++i) vector.emplace_back(i);
        vector.shrink_to_fit();
        for (int step = 0; step < 4; ++step) {
            fragile::copies_left = copies;
            try {
                if (step == 0) vector.push_back(vector.front());
                if (step == 1) vector.reserve(vector.capacity() + 1);
                if (step == 2) Vector copy(vector);
                if (step == 3) vector.resize(vector.size() + 3, vector.back());
                text << "done ";
            } catch (const std::runtime_error&) {
                text << "thrown ";
            }
            for (const fragile& element : vector) text << element.value << ' ';
            text << "of " << fragile::alive << '\n';
        }
    }
    text << "in the end " << fragile::alive << '\n';
    return text.str();
}

TEST(numa_vector, leaves_what_std_vector_leaves_when_a_copy_throws) {
    const std::string expected = trace_exceptions<std::vector<fragile>>();
    EXPECT_EQ(trace_exceptions<numa_vector<fragile>>(), expected);
    EXPECT_NE(expected.find("in the end 0"), std::string::npos) << expected;
}

// --- Untouched elements ----------------------------------------------------------------------------------------------

TEST(numa_vector, of_a_gibibyte_touches_no_page) {
    const std::size_t size = pel_test::scaled((std::size_t{1} << 30) / sizeof(double));
    const std::size_t less = size / 64;
    numa_vector<double> vector(less);
    EXPECT_EQ(pel_test::count_resident_pages(std::span(vector)), 0U);
    vector[0] = 1;
    vector[less - 1] = 2;
    const std::size_t touched = pel_test::count_resident_pages(std::span(vector));
    EXPECT_GT(touched, 0U);
    numa_vector<double> resized;
    resized.resize(size);
    EXPECT_EQ(pel_test::count_resident_pages(std::span(resized)), 0U);
    resized.clear();
    resized.resize(less);
    EXPECT_EQ(pel_test::count_resident_pages(std::span(resized)), 0U);
    EXPECT_EQ(pel_test::count_resident_pages(std::span(vector)), touched);
}

TEST(numa_vector, writes_elements_that_are_not_trivial_and_values_that_are_given) {
    struct point {
        double x, y;
    };
    constexpr std::size_t size = 100'000;
    const numa_vector<point> trivial(size);
    EXPECT_EQ(pel_test::count_resident_pages(std::span(trivial)), 0U);
    const numa_vector<std::complex<double>> zeros(size);
    EXPECT_EQ(std::ranges::count(zeros, std::complex<double>()), static_cast<std::ptrdiff_t>(size));
    numa_vector<double> given(size, 0.0);
    given.resize(2 * size, 1.0);
    EXPECT_EQ(std::ranges::count(given, 0.0), static_cast<std::ptrdiff_t>(size));
    EXPECT_EQ(std::ranges::count(given, 1.0), static_cast<std::ptrdiff_t>(size));
}

TEST(numa_vector, keeps_its_values_when_it_grows) {
    numa_vector<int> vector;
    for (int i = 0; i < 200'000; ++i) vector.push_back(i);
    vector.resize(1'000'000);
    for (int i = 0; i < 200'000; ++i) ASSERT_EQ(vector[static_cast<std::size_t>(i)], i);
}

// --- Placement -------------------------------------------------------------------------------------------------------

TEST(numa_vector, takes_a_node_or_all_wherever_std_vector_takes_an_allocator) {
    const numa_allocator<int> on_node(numa_node{0}), on_all(numa_interleave);
    EXPECT_EQ(numa_vector<int>(numa_node{0}).get_allocator(), on_node);
    EXPECT_EQ(numa_vector<int>(10, numa_node{0}).get_allocator(), on_node);
    EXPECT_EQ(numa_vector<int>(10, 1, numa_interleave).get_allocator(), on_all);
    EXPECT_EQ(numa_vector<int>({1, 2}, numa_interleave).get_allocator(), on_all);
    const numa_vector<int> source(10, on_node);
    EXPECT_EQ(source.get_allocator(), on_node);
    EXPECT_EQ(numa_vector<int>(source.begin(), source.end(), numa_interleave).get_allocator(), on_all);
    EXPECT_EQ(numa_vector<int>(source, numa_interleave).get_allocator(), on_all);
    EXPECT_EQ(numa_vector<int>(10).get_allocator(), numa_allocator<int>());
}

TEST(numa_vector, has_its_placement_for_itself) {
    const numa_allocator<int> on_node(numa_node{0}), on_all(numa_interleave);
    const numa_vector<int> source({1, 2, 3}, numa_node{0});
    EXPECT_EQ(numa_vector<int>(source).get_allocator(), on_node) << "a copy is placed alike";

    numa_vector<int> assigned(numa_interleave);
    assigned = source;
    EXPECT_EQ(assigned.get_allocator(), on_all) << "assigning copies elements only";
    EXPECT_EQ(assigned, source);

    numa_vector<int> taken;
    const int* const place = assigned.data();
    taken = std::move(assigned);
    EXPECT_EQ(taken.get_allocator(), on_all) << "moving takes the memory along";
    EXPECT_EQ(taken.data(), place);

    numa_vector<int> other(source);
    other.swap(taken);
    EXPECT_EQ(other.data(), place);
    EXPECT_EQ(other.get_allocator(), on_all);
    EXPECT_EQ(taken.get_allocator(), on_node);

    const numa_vector<int> elsewhere(std::move(other), numa_node{0});
    EXPECT_NE(elsewhere.data(), place) << "memory of another placement is no use";
    EXPECT_EQ(elsewhere, source);
}

} // namespace numa_vector_test

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// test label: sync
// A user's function templates are called, not the library's own of the same names: its bases and default arguments are
// in no namespace that has functions.
#include <pel/algorithm/sort.hpp>
#include <pel/graph/resource.hpp>
#include <pel/sync/barrier.hpp>
#include <pel/sync/event.hpp>
#include <pel/sync/hazard_pointer.hpp>
#include <pel/sync/mutex.hpp>
#include <pel/sync/shared_mutex.hpp>

#include <gtest/gtest.h>

#include <functional>
#include <mutex>
#include <vector>

namespace functions_of_users_test {

template <class T>
int block(T&) {
    return 1;
}
template <class T>
int pass(T&&) { // the library's would be the better match
    return 1;
}
template <class T>
int spins_through(T&, unsigned) {
    return 1;
}
template <class F, class G>
int call_guarded(F&&, G&&) {
    return 1;
}
template <class F, class G>
int fork_join(F&, G&) {
    return 1;
}
template <class I, class Less>
int quick_sort(I, I, const Less&) {
    return 1;
}

template <class Primitive>
void expect_own_functions(Primitive& its) {
    EXPECT_EQ(block(its), 1);
    EXPECT_EQ(pass(its), 1);
    EXPECT_EQ(spins_through(its, 1U), 1);
    EXPECT_EQ(call_guarded(its, its), 1);
    EXPECT_EQ(fork_join(its, its), 1);
    std::vector<Primitive*> all{&its};
    EXPECT_EQ(quick_sort(all.begin(), all.end(), std::less<>()), 1);
}

struct node : pel::hazard_pointer_obj_base<node> {};

TEST(functions_of_users, are_meant_where_they_are_called) {
    pel::mutex mutex;
    expect_own_functions(mutex);
    std::unique_lock lock(mutex);
    expect_own_functions(lock);
    pel::timed_mutex timed;
    expect_own_functions(timed);
    pel::recursive_mutex recursive;
    expect_own_functions(recursive);
    pel::recursive_timed_mutex recursive_timed;
    expect_own_functions(recursive_timed);
    pel::shared_mutex shared;
    expect_own_functions(shared);
    pel::shared_timed_mutex shared_timed;
    expect_own_functions(shared_timed);
    pel::event event;
    expect_own_functions(event);
    pel::auto_reset_event each;
    expect_own_functions(each);
    pel::barrier<> barrier(1);
    expect_own_functions(barrier);
    node of_a_user;
    expect_own_functions(of_a_user);
    pel::resource resource(1);
    pel::resource_lock units(resource);
    expect_own_functions(units);
}

} // namespace functions_of_users_test

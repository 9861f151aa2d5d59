// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Measurements that need a process of their own: the same executable runs one registered function and exits.
#pragma once

#include <functional>
#include <string>

namespace bench {

/// What a child process named `name` does; it prints what it measured. Static objects of this type.
struct child {
    child(std::string name, std::function<void()> run);
};

/// Runs the child `name` and returns what it printed. `launcher` is shell text before the executable.
std::string run_child(const std::string& name, const std::string& launcher = "");

/// Runs this executable with these arguments. Returns: what it printed. Throws: std::runtime_error if it failed.
std::string run_self(const std::string& launcher, const std::string& arguments);

/// For main(): runs the function of that name. Returns: whether there is one.
bool be_child(const std::string& name);

} // namespace bench

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "child.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <stdexcept>
#include <utility>

namespace bench {
namespace {

std::map<std::string, std::function<void()>>& children() {
    static std::map<std::string, std::function<void()>> all;
    return all;
}

} // namespace

child::child(std::string name, std::function<void()> run) { children().emplace(std::move(name), std::move(run)); }

std::string run_child(const std::string& name, const std::string& launcher) {
    return run_self(launcher, "--child=" + name);
}

std::string run_self(const std::string& launcher, const std::string& arguments) {
    const std::string self = std::filesystem::read_symlink("/proc/self/exe").string();
    const std::string command = "exec " + launcher + " '" + self + "' " + arguments;
    std::fflush(nullptr);
    std::FILE* const pipe = ::popen(command.c_str(), "r");
    if (pipe == nullptr) throw std::runtime_error("cannot run " + command);
    std::string output;
    std::array<char, 4096> buffer{};
    while (const std::size_t length = std::fread(buffer.data(), 1, buffer.size(), pipe))
        output.append(buffer.data(), length);
    if (::pclose(pipe) != 0) throw std::runtime_error("failed: " + command);
    return output;
}

bool be_child(const std::string& name) {
    const auto found = children().find(name);
    if (found == children().end()) return false;
    found->second();
    return true;
}

} // namespace bench

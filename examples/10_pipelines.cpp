// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A pipeline: lines are read one after the other, worked on by all threads, and written in the order in which they were
// read. Work: that of the stages. Span: that of the slowest serial stage, or of one line.
#include <pel/parallel_pipeline.hpp>

#include <algorithm>
#include <cctype>
#include <iostream>
#include <optional>
#include <sstream>
#include <string>

int main() {
    std::istringstream input("never\nodd\nor even\n\nlevel\n");
    std::ostringstream output;

    const auto read = [&]() -> std::optional<std::string> {
        std::string line;
        if (!std::getline(input, line)) return std::nullopt; // the stream ends
        return line;
    };
    const auto turn_around = [](std::string&& line) -> std::optional<std::string> {
        if (line.empty()) return std::nullopt; // this token goes no further
        std::reverse(line.begin(), line.end());
        return std::move(line);
    };
    const auto write = [&](const std::string& line, pel::pipeline_control& token) {
        output << token.number() << ' ' << line << '\n';
    };
    pel::parallel_pipeline(16, pel::serial(read), pel::parallel(turn_around), pel::serial(write));

    std::cout << output.str();
    return output.str() == "0 reven\n1 ddo\n2 neve ro\n4 level\n" ? 0 : 1;
}

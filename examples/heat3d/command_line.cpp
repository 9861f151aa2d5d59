// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "command_line.hpp"

#include "errors.hpp"

#include <charconv>
#include <optional>

namespace heat3d {

const std::string_view help_text =
    "Usage: heat3d [-n 192] [-s 100] [-t workers] [--slice FILE.png|FILE.ppm] [--check]\n"
    "\n"
    "Conducts heat through a cube of n x n x n cells whose surface is kept cold, by explicit steps of seven points, "
    "and\n"
    "compares the result with the exact solution. Prints throughput with plain loops, 1 worker and all, and how much "
    "of\n"
    "the memory is near to the threads that work on it.\n"
    "\n"
    "  -n N          cells along each edge, 1 to 4096 (default 192); takes 16 n^3 bytes of memory\n"
    "  -s N          steps, 1 to 1000000000 (default 100)\n"
    "  -t N          workers, 1 to 1024 (default: all CPUs that this process may use)\n"
    "  --slice FILE  write the temperatures of the middle layer as a picture, .png or .ppm\n"
    "  --check       only check: each variant runs once, and nothing is printed that depends on time\n"
    "  -h, --help    print this text\n"
    "\n"
    "The report goes to stdout, progress to stderr if that is a terminal.\n"
    "Exit status: 0, or 2 if the command line or the file is at fault, or 1 for any other failure, a wrong result "
    "too.\n";

namespace {

struct range {
    std::uint64_t least;
    std::uint64_t most;
};

constexpr range n_range{1, 4096};
constexpr range step_range{1, 1'000'000'000};
constexpr range worker_range{1, 1024};

std::uint64_t to_number(std::string_view option, std::string_view text, range allowed) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool is_number = error == std::errc{} && end == text.data() + text.size();
    if (!is_number || value < allowed.least || value > allowed.most) {
        throw input_error("option " + std::string(option) + " takes a number from " + std::to_string(allowed.least) +
                          " to " + std::to_string(allowed.most) + ", not '" + printable(text) + "'");
    }
    return value;
}

/// Walks over the arguments: `--name=value`, `--name value`, `-x value` and `-xvalue`.
class argument_reader {
public:
    explicit argument_reader(std::span<char* const> arguments) : arguments_(arguments) {}

    bool next() {
        if (position_ == arguments_.size()) return false;
        name_ = arguments_[position_++];
        value_.reset();
        const bool is_long = name_.starts_with("--");
        const std::size_t end = is_long ? name_.find('=') : name_.starts_with('-') ? 2 : std::string_view::npos;
        if (end < name_.size()) {
            value_ = name_.substr(is_long ? end + 1 : end);
            name_ = name_.substr(0, end);
        }
        return true;
    }

    std::string_view name() const { return name_; }

    std::string_view value() {
        if (value_) return *value_;
        if (position_ == arguments_.size()) throw input_error("option " + printable(name_) + " needs a value");
        return arguments_[position_++];
    }

    std::uint64_t number(range allowed) { return to_number(name_, value(), allowed); }

    void expect_no_value() const {
        if (value_)
            throw input_error("option " + printable(name_) + " takes no value, not '" + printable(*value_) + "'");
    }

private:
    std::span<char* const> arguments_;
    std::size_t position_ = 0;
    std::string_view name_;
    std::optional<std::string_view> value_;
};

void read_option(settings& chosen, argument_reader& argument) {
    const std::string_view name = argument.name();
    if (name == "-n") {
        chosen.n = argument.number(n_range);
    } else if (name == "-s") {
        chosen.steps = argument.number(step_range);
    } else if (name == "-t") {
        chosen.workers = static_cast<unsigned>(argument.number(worker_range));
    } else if (name == "--slice") {
        chosen.slice = argument.value();
        if (chosen.slice.empty()) throw input_error("the name of the file is empty");
    } else if (name == "--check") {
        argument.expect_no_value();
        chosen.only_check = true;
    } else if (name == "-h" || name == "--help") {
        argument.expect_no_value();
        chosen.help = true;
    } else if (name.starts_with('-')) {
        throw input_error("unknown option '" + printable(name) + "' (--help lists them)");
    } else {
        throw input_error("'" + printable(name) + "' is no option (--help lists them)");
    }
}

} // namespace

settings parse_command_line(std::span<char* const> arguments) {
    settings chosen;
    argument_reader argument(arguments);
    while (argument.next()) {
        read_option(chosen, argument);
        if (chosen.help) return chosen;
    }
    return chosen;
}

} // namespace heat3d

// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "command_line.hpp"

#include "errors.hpp"
#include "kmer.hpp"

#include <charconv>
#include <cstdint>
#include <optional>
#include <utility>

namespace kmer_count {

const std::string_view help_text =
    "Usage: kmer_count [-k 21] [-t workers] [--top 20] [--histogram] FILE.fa[.gz]\n"
    "\n"
    "Counts the canonical k-mers of a FASTA file in parallel: a k-mer and its reverse complement are one.\n"
    "Lower case counts as upper case; letters other than ACGT and the ends of records break a k-mer.\n"
    "\n"
    "  -k N           bases per k-mer, 1 to 32 (default 21)\n"
    "  -t N           workers, 1 to 1024 (default: all CPUs that this process may use)\n"
    "  --top N        list the N most frequent k-mers: by count, then alphabetically (default 20)\n"
    "  --histogram    print lines \"multiplicity distinct_kmers\" in place of the list (with --top: before it)\n"
    "  --quiet        count once, with all workers: no comparison with 1 worker, no progress, nothing on stderr\n"
    "  --block BYTES  text per task, 1 to 16777216 (default: from the size of the file); for tests and tuning\n"
    "  -h, --help     print this text\n"
    "\n"
    "The report goes to stdout, progress and throughput (1 worker against all) to stderr.\n"
    "FILE may be plain or gzip, whatever it is called, and /dev/stdin for a pipe (then without comparison).\n"
    "Exit status: 0, or 2 if the command line or the file is at fault, or 1 for any other failure.\n";

namespace {

struct range {
    std::uint64_t least;
    std::uint64_t most;
};

constexpr range k_range{1, max_k};
constexpr range worker_range{1, 1024};
constexpr range top_range{0, 1'000'000'000};
constexpr range block_range{1, 16 << 20};

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

/// Walks over the arguments: `--name=value`, `--name value`, `-x value`, `-xvalue`, and plain words.
class argument_reader {
public:
    explicit argument_reader(std::span<char* const> arguments) : arguments_(arguments) {}

    bool next() {
        if (position_ == arguments_.size()) return false;
        name_ = arguments_[position_++];
        value_.reset();
        is_option_ = !only_words_ && name_.size() > 1 && name_.front() == '-';
        if (!is_option_) return true;
        if (name_ == "--") {
            only_words_ = true;
            return next();
        }
        split_value();
        return true;
    }

    bool is_option() const { return is_option_; }
    std::string_view name() const { return name_; }

    std::uint64_t number(range allowed) { return to_number(name_, value(), allowed); }

    void expect_no_value() const {
        if (value_)
            throw input_error("option " + printable(name_) + " takes no value, not '" + printable(*value_) + "'");
    }

private:
    void split_value() {
        const bool is_long = name_.starts_with("--");
        const std::size_t end = is_long ? name_.find('=') : 2;
        if (end >= name_.size()) return;
        value_ = name_.substr(is_long ? end + 1 : end);
        name_ = name_.substr(0, end);
    }

    std::string_view value() {
        if (value_) return *value_;
        if (position_ == arguments_.size()) throw input_error("option " + printable(name_) + " needs a value");
        return arguments_[position_++];
    }

    std::span<char* const> arguments_;
    std::size_t position_ = 0;
    std::string_view name_;
    std::optional<std::string_view> value_;
    bool is_option_ = false;
    bool only_words_ = false;
};

void set_path(settings& chosen, std::string_view path) {
    if (path.empty()) throw input_error("the name of the file is empty");
    if (!chosen.path.empty()) {
        throw input_error("one file at a time, not '" + printable(chosen.path) + "' and '" + printable(path) + "'");
    }
    chosen.path = path;
}

struct report_choice {
    bool top = false;
    bool histogram = false;
};

void read_option(settings& chosen, report_choice& report, argument_reader& argument) {
    const std::string_view name = argument.name();
    if (name == "-k") {
        chosen.k = static_cast<unsigned>(argument.number(k_range));
    } else if (name == "-t") {
        chosen.workers = static_cast<unsigned>(argument.number(worker_range));
    } else if (name == "--top") {
        chosen.top = argument.number(top_range);
        report.top = true;
    } else if (name == "--block") {
        chosen.block_size = argument.number(block_range);
    } else if (name == "--histogram") {
        argument.expect_no_value();
        report.histogram = true;
    } else if (name == "--quiet") {
        argument.expect_no_value();
        chosen.quiet = true;
    } else if (name == "-h" || name == "--help") {
        argument.expect_no_value();
        chosen.help = true;
    } else {
        throw input_error("unknown option '" + printable(name) + "' (--help lists them)");
    }
}

} // namespace

settings parse_command_line(std::span<char* const> arguments) {
    settings chosen;
    report_choice report;
    argument_reader argument(arguments);
    while (argument.next()) {
        if (argument.is_option()) {
            read_option(chosen, report, argument);
            if (chosen.help) return chosen;
        } else {
            set_path(chosen, argument.name());
        }
    }
    if (chosen.path.empty()) throw input_error("no FASTA file given (--help explains)");
    chosen.show_histogram = report.histogram;
    chosen.show_top = report.top || !report.histogram;
    return chosen;
}

} // namespace kmer_count

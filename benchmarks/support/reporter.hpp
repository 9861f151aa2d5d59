// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Keeps the repetitions of every variant and prints, for each, the median time and its ratios to the serial code and to
// the best other library with as many workers.
#pragma once

#include <benchmark/benchmark.h>

#include <iosfwd>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace bench {

/// What the repetitions of one variant measured.
struct measurement {
    std::vector<double> times;      ///< ns of one iteration
    std::vector<double> iterations; ///< of each repetition
    std::map<std::string, std::vector<double>> counters;
    std::string error;

    double time() const;
    /// Of the repetition that was disturbed least.
    double fastest() const;
    /// Half the distance of the quartiles, in parts of the median.
    double spread() const;
    /// The median; of a counter called worst…, the maximum.
    double counter(const std::string& name) const;
};

class table_reporter final : public benchmark::BenchmarkReporter {
public:
    /// Prints in this order.
    explicit table_reporter(std::vector<std::string> order);

    bool ReportContext(const Context& context) override;
    void ReportRuns(const std::vector<Run>& runs) override;

    /// A value found elsewhere.
    void add_counter(const std::string& variant, const std::string& name, double value);
    bool has(const std::string& variant) const { return found_.contains(variant); }
    bool has_failures() const;
    /// Returns: the names of variants whose repetitions take longer, with commas between.
    std::string slower_than(double seconds) const;
    void print() const;
    /// Writes every repetition's values, in lines "variant, tab, metric, tab, value": the metric is `time` (ns), `iterations`,
    /// `error`, or a counter's name; or `left_out`, of a variant that never ran.
    void write(std::ostream& to) const;
    /// Adds what write() of another process wrote.
    void read(const std::string& text);
    /// The same, appended to a file.
    void append_to(const std::string& path) const;

private:
    std::vector<std::string> order_;
    std::map<std::string, measurement> found_;
    std::set<std::string> left_out_; ///< in some pass
};

/// The error of a repetition for which there was no time.
inline constexpr const char* left_out = "left out";

} // namespace bench

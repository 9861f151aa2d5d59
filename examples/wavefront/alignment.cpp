// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "alignment.hpp"

#include "errors.hpp"

namespace wavefront {

namespace {

bool is_gap(edit kind) { return kind == edit::only_first || kind == edit::only_second; }

/// Walks over the columns, and looks what stands there.
class column_reader {
public:
    column_reader(const alignment& aligned, const problem& of)
        : of_(of), row_(aligned.first.begin), column_(aligned.second.begin) {}

    /// Returns: what the run is worth.
    score read(const edit_run& run) {
        if (is_gap(run.kind)) {
            (run.kind == edit::only_first ? row_ : column_) += run.length;
            return -of_.costs.gap_open - static_cast<score>(run.length) * of_.costs.gap_extend;
        }
        for (std::size_t i = 0; i < run.length; ++i) {
            if ((of_.first.at(row_++) == of_.second.at(column_++)) != (run.kind == edit::match))
                throw wrong_result("the alignment has a column that is not in the sequences");
        }
        return static_cast<score>(run.length) * (run.kind == edit::match ? of_.costs.match : -of_.costs.mismatch);
    }

    void expect_end(const alignment& aligned) const {
        if (row_ != aligned.first.end || column_ != aligned.second.end)
            throw wrong_result("the alignment does not end where the scores do");
    }

private:
    const problem& of_;
    std::size_t row_, column_;
};

} // namespace

std::size_t alignment::columns() const {
    std::size_t sum = 0;
    for (const edit_run& run : edits) sum += run.length;
    return sum;
}

std::size_t alignment::count(edit kind) const {
    std::size_t sum = 0;
    for (const edit_run& run : edits) sum += run.kind == kind ? run.length : 0;
    return sum;
}

std::size_t alignment::gaps() const {
    std::size_t sum = 0;
    for (const edit_run& run : edits) sum += is_gap(run.kind);
    return sum;
}

std::string alignment::text() const {
    std::string all;
    for (const edit_run& run : edits) all += std::to_string(run.length) + static_cast<char>(run.kind);
    return all;
}

score worth_of(const alignment& aligned, const problem& of) {
    column_reader reader(aligned, of);
    score sum = 0;
    for (const edit_run& run : aligned.edits) sum += reader.read(run);
    reader.expect_end(aligned);
    return sum;
}

} // namespace wavefront

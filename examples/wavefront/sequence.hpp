// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The two sequences, as codes of bases: slices of FASTA files.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace wavefront {

/// A, C, G and T are 0 to 3. Letters of any other kind equal nothing, not even themselves.
using base = std::uint8_t;
inline constexpr base strange_in_first = 4, strange_in_second = 5;

/// Which bases of a file; all records of the file are counted through, from 1 on.
struct slice {
    std::size_t begin = 1;
    std::size_t length = 0;
};

/// A FASTA file, plain or gzip.
class genome {
public:
    /// Throws: support::input_error if it cannot be read or is no FASTA file.
    explicit genome(const std::string& path);

    std::size_t size() const noexcept { return bases_.size(); }

    /// Returns: the bases of `wanted`, all without it; other letters as `strange`.
    /// Throws: support::input_error, which begins with `option`, if they are not all there and in one record.
    std::vector<base> cut(const std::optional<slice>& wanted, const std::string& option, base strange) const;

private:
    struct record {
        std::string name;
        std::size_t begin;
    };

    void parse(std::span<const char> text);
    /// Returns: one that begins behind the first base of `part`, or nullptr.
    const record* record_that_begins_in(const slice& part) const;

    std::string path_;
    std::vector<base> bases_;
    std::vector<record> records_;
};

} // namespace wavefront

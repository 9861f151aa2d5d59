// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "text_drawing.hpp"

#include <algorithm>
#include <vector>

namespace pel_topology {

namespace {

std::string count_of(std::size_t count, const std::string& noun) {
    return std::to_string(count) + ' ' + noun + (count == 1 ? "" : "s");
}

bool is_leaf(const box& one) { return one.kind == box_kind::core || one.kind == box_kind::pu; }

class text_writer {
public:
    explicit text_writer(const pel::topology& machine) : machine_(machine) {
        for (const pel::core& core : machine.cores()) has_kinds_ = has_kinds_ || core.kind() != 0;
    }

    std::string write(const box& whole) && {
        text_ = "machine: " + count_of(whole.count, "PU") + '\n';
        std::vector<std::string> lines;
        for (const memory& one : whole.memories) lines.push_back(one.label + ", memory only");
        write_children(whole, "", lines);
        return std::move(text_);
    }

private:
    /// Cores and PUs that are alike and neighbours share a line.
    static std::size_t end_of_alike(const std::vector<box>& boxes, std::size_t i) {
        std::size_t end = i + 1;
        while (end < boxes.size() && is_leaf(boxes[i]) && boxes[end].kind == boxes[i].kind &&
               boxes[end].count == boxes[i].count &&
               (boxes[i].kind == box_kind::pu || boxes[end].number == boxes[i].number)) {
            ++end;
        }
        return end;
    }

    std::string describe_leaves(const box& first, std::size_t count) const {
        std::string line;
        if (first.kind == box_kind::core) {
            line = count_of(count, "core");
            if (first.count > 1) line += " of " + count_of(first.count, "PU");
            if (has_kinds_) line += ", kind " + std::to_string(first.number);
            line += ": ";
        }
        const std::size_t pus = count * first.count;
        return line + (pus == 1 ? "CPU " : "CPUs ") + to_list(machine_, first.first, pus);
    }

    static std::string describe(const box& one) {
        std::string line = one.label;
        for (const memory& part : one.memories) {
            line += (line.empty() ? "" : "; ") + part.label + (part.is_usual || one.memories.size() == 1 ? "" : ", on request");
        }
        return line;
    }

    void write_line(const std::string& indent, bool is_last, const std::string& line) {
        text_ += indent + (is_last ? "└─ " : "├─ ") + line + '\n';
    }

    void write_children(const box& outer, const std::string& indent, const std::vector<std::string>& more) {
        for (std::size_t i = 0; i < outer.children.size();) {
            const box& child = outer.children[i];
            const std::size_t end = end_of_alike(outer.children, i);
            const bool is_last = end == outer.children.size() && more.empty();
            if (is_leaf(child)) {
                write_line(indent, is_last, describe_leaves(child, end - i));
            } else {
                write_inner(child, indent, is_last);
            }
            i = end;
        }
        for (const std::string& line : more) write_line(indent, &line == &more.back(), line);
    }

    /// What holds only cores that are alike fits on one line with them.
    void write_inner(const box& one, const std::string& indent, bool is_last) {
        const bool is_simple = is_leaf(one.children[0]) && end_of_alike(one.children, 0) == one.children.size();
        std::string line = describe(one);
        if (is_simple) line += ": " + describe_leaves(one.children[0], one.children.size());
        write_line(indent, is_last, line);
        if (!is_simple) write_children(one, indent + (is_last ? "   " : "│  "), {});
    }

    const pel::topology& machine_;
    std::string text_;
    bool has_kinds_ = false;
};

} // namespace

std::string draw_text(const box& whole, const pel::topology& machine) { return text_writer(machine).write(whole); }

} // namespace pel_topology

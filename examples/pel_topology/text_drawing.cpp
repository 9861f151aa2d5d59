// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "text_drawing.hpp"

#include <algorithm>
#include <vector>

namespace pel_topology {

namespace {

bool is_leaf(const box& one) { return one.kind == box_kind::core || one.kind == box_kind::pu; }

class text_writer {
public:
    text_writer(const pel::topology& machine, const workers& pool) : machine_(machine), workers_(pool) {
        for (const pel::core& core : machine.cores()) has_kinds_ = has_kinds_ || core.kind() != 0;
    }

    std::string write(const box& whole) && {
        text_ = "machine: " + count_of(whole.count, "PU") + '\n';
        write_children(whole, "", further_memories(whole));
        text_ += '\n' + workers_.summary() + '\n' + workers_.tier_table();
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
        return line + cpus(to_list(machine_, first.first, pus), pus) + describe_workers(first.first, pus);
    }

    static std::string cpus(const std::string& list, std::size_t count) {
        return (count == 1 ? "CPU " : "CPUs ") + list;
    }

    /// Who is on PUs [first, first + count). Where, unless each PU has somebody.
    std::string describe_workers(std::size_t first, std::size_t count) const {
        const workers::run here = workers_.on(first, count);
        if (here.size() == 0) return "";
        std::vector<unsigned> taken;
        const auto pus = machine_.pus();
        for (std::size_t i = here.begin; i < here.end; ++i) {
            if (i == here.begin || workers_.pu_of(i) != workers_.pu_of(i - 1))
                taken.push_back(pus[workers_.pu_of(i)].os_index());
        }
        const std::size_t places = taken.size();
        std::string text = (here.size() == 1 ? "; worker " : "; workers ") + to_text(here);
        if (places != count) text += " on " + cpus(to_list(std::move(taken)), places);
        return text;
    }

    /// Memory that is used on request only goes below the box that it belongs to.
    static std::vector<std::string> further_memories(const box& one) {
        std::vector<std::string> lines;
        for (std::size_t i = one.kind == box_kind::node ? 1 : 0; i < one.memories.size(); ++i) {
            lines.push_back(one.memories[i].label + (one.memories[i].is_usual ? "" : ": memory on request"));
        }
        return lines;
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
        std::string line = one.kind == box_kind::node ? one.memories[0].label : one.label;
        if (is_simple) line += ": " + describe_leaves(one.children[0], one.children.size());
        write_line(indent, is_last, line);
        const std::string deeper = indent + (is_last ? "   " : "│  ");
        const std::vector<std::string> lines = further_memories(one);
        if (!is_simple) return write_children(one, deeper, lines);
        for (const std::string& more : lines) write_line(deeper, &more == &lines.back(), more);
    }

    const pel::topology& machine_;
    const workers& workers_;
    std::string text_;
    bool has_kinds_ = false;
};

} // namespace

std::string draw_text(const box& whole, const pel::topology& machine, const workers& pool) {
    return text_writer(machine, pool).write(whole);
}

} // namespace pel_topology

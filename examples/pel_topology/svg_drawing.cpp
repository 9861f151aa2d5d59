// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Every box is first given a size, from the inside out: children go into rows, as many in a row as bring the box nearest
// to a pleasant shape. Then boxes are placed from the outside in.
#include "svg_drawing.hpp"

#include <algorithm>
#include <cmath>
#include <string_view>

namespace pel_topology {

namespace {

constexpr int gap = 6;
constexpr int padding = 8;
constexpr int line_height = 18;
constexpr int least_pu_width = 30;
constexpr int pu_height = 20;
constexpr int worker_height = 14;
constexpr int border = 20;
constexpr double pleasant_ratio = 1.7;

constexpr std::string_view style = R"(
  text { font-family: system-ui, "DejaVu Sans", sans-serif; font-size: 12px; fill: #1f2937; }
  .title { font-size: 20px; font-weight: 600; }
  .note { fill: #6b7280; }
  rect { stroke-width: 1; }
  .machine { fill: #ffffff; stroke: #9ca3af; }
  .package { fill: #eef0f3; stroke: #8b95a3; }
  .node { fill: #dfecf9; stroke: #5b8fc7; }
  .memory { fill: #5b8fc7; stroke: none; }
  .other { fill: #c0762b; stroke: none; }
  .memory-text { fill: #ffffff; font-weight: 600; }
  .cache { fill: #e4f3e6; stroke: #77a97c; }
  .core { fill: #ffffff; stroke: #b6bcc6; }
  .weak { fill: #dccbf5; stroke: #8a68bf; }
  .pu { fill: #fbe7a9; stroke: #d0a93a; }
  .taken { fill: #f7b267; stroke: #c0762b; }
  .loose { fill: #fad9ae; stroke: #c0762b; stroke-dasharray: 3 2; }
  .number { font-size: 11px; text-anchor: middle; }
  .worker { font-size: 10px; font-weight: 600; text-anchor: middle; }
  .cell { stroke: #ffffff; }
)";

std::string escape(std::string_view text) {
    std::string safe;
    for (const char c : text) {
        switch (c) {
        case '&': safe += "&amp;"; break;
        case '<': safe += "&lt;"; break;
        case '>': safe += "&gt;"; break;
        case '"': safe += "&quot;"; break;
        default: safe += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
        }
    }
    return safe;
}

/// Roughly, for letters of 12 pixels.
int width_of(std::string_view text) { return static_cast<int>(text.size()) * 7 + 2 * padding; }
int width_of_bold(std::string_view text) { return static_cast<int>(text.size()) * 8 + 2 * padding; }

struct area {
    int x = 0, y = 0, width = 0, height = 0;
};

/// A box with its place; children relative to it.
struct placed {
    const box* what;
    area where;
    std::vector<placed> children;
};

class svg_writer {
public:
    svg_writer(const pel::topology& machine, const workers& pool) : machine_(machine), workers_(pool) {
        for (const pel::core& core : machine.cores()) strongest_ = std::max(strongest_, core.kind());
        for (std::size_t pu = 0; pu < machine.pus().size(); ++pu)
            pu_width_ = std::max(pu_width_, static_cast<int>(name_on(pu).size()) * 7 + 7);
    }

    std::string write(const box& whole, const std::string& title) && {
        placed root = measure(whole);
        root.where.x = border;
        root.where.y = border + 4 * line_height;
        width_ = root.where.width;
        draw(root, 0, 0);
        int bottom = root.where.y + root.where.height + gap;
        bottom = draw_legend(bottom + line_height);
        if (machine_.numa_nodes().size() > 1) bottom = draw_distances(bottom + line_height);
        std::string top = text(border, border + 8, title, "title");
        width_ = std::max(width_, static_cast<int>(title.size()) * 12);
        int y = border + 12;
        for (const std::string& note : {summary(), workers_.summary()}) {
            y += line_height;
            top += text(border, y, note, "note");
            width_ = std::max(width_, width_of(note));
        }
        return head(bottom + border) + top + body_ + "</svg>\n";
    }

private:
    // --- Sizes --------------------------------------------------------------------------------------------------------
    int header_of(const box& one) const {
        const int lines = static_cast<int>(one.memories.size()) + (one.label.empty() ? 0 : 1);
        if (one.kind == box_kind::core) return 0;
        return lines * (line_height + 2) + (one.memories.empty() ? 0 : 4);
    }

    int padding_of(const box& one) const { return one.kind == box_kind::core ? 3 : padding; }
    int gap_of(const box& one) const { return one.kind == box_kind::core ? 2 : gap; }

    placed measure(const box& one) const {
        placed result{&one, {}, {}};
        if (one.kind == box_kind::pu) {
            result.where.width = pu_width_;
            result.where.height = pu_height + worker_height;
            return result;
        }
        for (const box& child : one.children) result.children.push_back(measure(child));
        std::size_t best = 1;
        double least = 0;
        for (std::size_t columns = 1; columns <= result.children.size(); ++columns) {
            arrange(result, columns);
            const double cost = cost_of(result, columns);
            if (columns > 1 && cost >= least) continue;
            least = cost;
            best = columns;
        }
        arrange(result, best);
        return result;
    }

    /// A small area in a pleasant shape is best, and rows that are full look better.
    static double cost_of(const placed& arranged, std::size_t columns) {
        const double width = arranged.where.width;
        const double height = arranged.where.height;
        const double wanted = arranged.what->kind == box_kind::core ? 8 : pleasant_ratio;
        const double ragged = arranged.children.size() % columns == 0 ? 1 : 1.25;
        return width * height * ragged * std::exp(std::abs(std::log(width / height / wanted)) / 2);
    }

    void arrange(placed& outer, std::size_t columns) const {
        const box& one = *outer.what;
        const int inset = padding_of(one);
        const int between = gap_of(one);
        int y = inset + header_of(one);
        int right = 0;
        for (std::size_t i = 0; i < outer.children.size();) {
            int x = inset;
            int height = 0;
            for (std::size_t end = std::min(i + columns, outer.children.size()); i < end; ++i) {
                area& where = outer.children[i].where;
                where.x = x;
                where.y = y;
                x += where.width + between;
                height = std::max(height, where.height);
            }
            right = std::max(right, x - between);
            y += height + between;
        }
        outer.where.width = right + inset;
        outer.where.height = y - between + inset;
        if (one.kind == box_kind::core) return;
        outer.where.width = std::max(outer.where.width, width_of(one.label) + inset);
        for (const memory& part : one.memories) {
            outer.where.width = std::max(outer.where.width, width_of_bold(part.label) + 2 * inset);
        }
    }

    // --- Drawing ------------------------------------------------------------------------------------------------------
    void draw(const placed& one, int x, int y) {
        const box& what = *one.what;
        x += one.where.x;
        y += one.where.y;
        if (what.kind == box_kind::pu) return draw_pu(what, {x, y, one.where.width, one.where.height});
        std::string tip = what.label;
        if (what.kind == box_kind::core && strongest_ > 0) tip += ", kind " + std::to_string(what.number);
        body_ += rect({x, y, one.where.width, one.where.height}, class_of(what),
                      (tip.empty() ? "" : tip + ": ") + "CPUs " + to_list(machine_, what.first, what.count));
        int line = y + padding;
        if (what.kind != box_kind::core && !what.label.empty()) {
            body_ += text(x + padding, line + 12, what.label);
            line += line_height + 2;
        }
        for (const memory& part : what.memories) {
            const area strip{x + padding, line, one.where.width - 2 * padding, line_height};
            body_ += rect(strip, part.is_usual ? "memory" : "other");
            body_ += text(strip.x + padding, line + 13, part.label, "memory-text");
            line += line_height + 2;
        }
        for (const placed& child : one.children) draw(child, x, y);
    }

    std::string class_of(const box& what) const {
        switch (what.kind) {
        case box_kind::machine: return "machine";
        case box_kind::package: return "package";
        case box_kind::node: return "node";
        case box_kind::cache: return "cache";
        case box_kind::core: return what.number < strongest_ ? "core weak" : "core";
        case box_kind::pu: break;
        }
        return "pu";
    }

    void draw_pu(const box& what, area where) {
        const workers::run here = workers_.on(what.first, 1);
        const int middle = where.x + where.width / 2;
        if (here.size() == 0) {
            body_ += rect(where, "pu", what.label) + text(middle, where.y + 14, std::to_string(what.number), "number");
            return;
        }
        const std::string tip = what.label + (here.size() == 1 ? ": worker " : ": workers ") + to_text(here);
        body_ += rect(where, workers_.is_bound(here.begin) ? "pu taken" : "pu loose", tip);
        body_ += text(middle, where.y + 14, std::to_string(what.number), "number");
        body_ += text(middle, where.y + 14 + worker_height, name_on(what.first), "worker");
    }

    /// Returns: "w3", "w4-7", "".
    std::string name_on(std::size_t pu) const {
        const workers::run here = workers_.on(pu, 1);
        if (here.size() == 0) return {};
        std::string name = to_text(here);
        name.insert(name.begin(), 'w');
        return name;
    }

    int draw_legend(int y) {
        struct entry {
            const char* style;
            const char* meaning;
            bool is_shown;
        };
        const auto has = [&](const char* wanted) {
            return body_.find("class=\"" + std::string(wanted) + "\"") != std::string::npos;
        };
        const entry entries[] = {{"pu", "PU, with its number in the system", true},
                                 {"pu taken", "PU with a worker, bound", has("pu taken")},
                                 {"pu loose", "PU with a worker, not bound", has("pu loose")},
                                 {"core", "core", !machine_.cores().empty()},
                                 {"core weak", "core of a less powerful kind", strongest_ > 0},
                                 {"cache", "shared cache", has("cache")},
                                 {"memory", "memory of a NUMA node", true},
                                 {"other", "memory that is used on request only", has("other")}};
        int x = border;
        for (const entry& one : entries) {
            if (!one.is_shown) continue;
            if (x > border && x + 24 + width_of(one.meaning) > border + std::max(width_, 480)) {
                x = border;
                y += line_height + gap;
            }
            body_ += rect({x, y, 18, 14}, one.style) + text(x + 24, y + 11, one.meaning);
            x += 24 + width_of(one.meaning);
            width_ = std::max(width_, x - border);
        }
        return y + line_height;
    }

    int draw_distances(int y) {
        const auto nodes = static_cast<unsigned>(machine_.numa_nodes().size());
        const bool has_numbers = nodes <= 24;
        const int width = has_numbers ? 34 : 10;
        const int height = has_numbers ? 20 : 10;
        unsigned most = 0;
        for (unsigned i = 0; i < nodes * nodes; ++i) most = std::max(most, machine_.distance(i / nodes, i % nodes));
        body_ += text(border, y + 12, "Distances: row = whose CPUs, column = whose memory, 10 = local");
        y += line_height + gap;
        for (unsigned from = 0; from < nodes; ++from) {
            const int top = y + static_cast<int>(from + 1) * height;
            if (has_numbers) {
                body_ += text(border + width / 2, top + 14, std::to_string(from), "number");
                body_ += text(border + static_cast<int>(from + 1) * width + width / 2, y + 14, std::to_string(from),
                              "number");
            }
            for (unsigned to = 0; to < nodes; ++to) {
                const unsigned distance = machine_.distance(from, to);
                const area where{border + static_cast<int>(to + 1) * width, top, width, height};
                body_ += cell(where, shade(distance, most),
                              std::to_string(from) + " to " + std::to_string(to) + ": " + std::to_string(distance));
                if (has_numbers) body_ += text(where.x + width / 2, top + 14, std::to_string(distance), "number");
            }
        }
        width_ = std::max(width_, static_cast<int>(nodes + 1) * width);
        return y + static_cast<int>(nodes + 1) * height;
    }

    /// Returns: from light green for local to orange for the farthest.
    static std::string shade(unsigned distance, unsigned most) {
        constexpr unsigned local = 10;
        const unsigned far = most > local ? most - local : 1;
        const unsigned part = distance > local ? (distance - local) * 100 / far : 0;
        const auto mix = [&](unsigned near_value, unsigned far_value) {
            return std::to_string((near_value * (100 - part) + far_value * part) / 100);
        };
        return "rgb(" + mix(205, 246) + ',' + mix(233, 190) + ',' + mix(208, 140) + ')';
    }

    std::string summary() const {
        std::string line = count_of(machine_.pus().size(), "PU");
        if (!machine_.cores().empty()) line += ", " + count_of(machine_.cores().size(), "core");
        line += ", " + count_of(machine_.numa_nodes().size(), "NUMA node");
        if (!machine_.packages().empty()) line += ", " + count_of(machine_.packages().size(), "package");
        return line + "; concurrency " + std::to_string(machine_.concurrency());
    }

    // --- Elements -----------------------------------------------------------------------------------------------------
    std::string head(int height) const {
        const std::string width = std::to_string(width_ + 2 * border);
        return "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + width + "\" height=\"" + std::to_string(height) +
               "\" viewBox=\"0 0 " + width + ' ' + std::to_string(height) + "\">\n<style>" + std::string(style) +
               "</style>\n<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n";
    }

    static std::string position(area where) {
        return " x=\"" + std::to_string(where.x) + "\" y=\"" + std::to_string(where.y) + "\" width=\"" +
               std::to_string(where.width) + "\" height=\"" + std::to_string(where.height) + '"';
    }

    static std::string close(std::string_view tip) {
        return tip.empty() ? "/>\n" : "><title>" + escape(tip) + "</title></rect>\n";
    }

    static std::string rect(area where, const std::string& style_class, std::string_view tip = {}) {
        return "<rect rx=\"4\" class=\"" + style_class + '"' + position(where) + close(tip);
    }

    static std::string cell(area where, const std::string& color, std::string_view tip) {
        return "<rect class=\"cell\" fill=\"" + color + '"' + position(where) + close(tip);
    }

    static std::string text(int x, int y, std::string_view content, const std::string& style_class = {}) {
        return "<text" + (style_class.empty() ? std::string() : " class=\"" + style_class + '"') + " x=\"" +
               std::to_string(x) + "\" y=\"" + std::to_string(y) + "\">" + escape(content) + "</text>\n";
    }

    const pel::topology& machine_;
    const workers& workers_;
    int pu_width_ = least_pu_width;
    unsigned strongest_ = 0;
    int width_ = 0;
    std::string body_;
};

} // namespace

std::string draw_svg(const box& whole, const pel::topology& machine, const std::string& title, const workers& pool) {
    return svg_writer(machine, pool).write(whole, title);
}

} // namespace pel_topology

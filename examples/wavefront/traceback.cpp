// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "traceback.hpp"

#include "pass.hpp"
#include "tile_graph.hpp"
#include "tile_tracer.hpp"

#include <algorithm>
#include <utility>

namespace wavefront {

namespace {

/// The cells that an alignment goes through, last one first.
class walk {
public:
    walk(const problem& of, const borders& kept, pel::thread_pool& pool)
        : of_(of), kept_(kept), pool_(pool), graph_(of.cut.tiles_per_block(), of.cut.tiles_per_block()) {}

    traced run(const local_end& end) {
        cursor at{end.row + 1, end.column + 1, layer::best};
        while (!at.is_over()) cross_block(at);
        result_.path.first = {at.row, end.row + 1};
        result_.path.second = {at.column, end.column + 1};
        std::ranges::reverse(result_.path.edits);
        return std::move(result_);
    }

private:
    place tile_of(const cursor& at) const { return of_.cut.tile_of_cell(at.row - 1, at.column - 1); }
    place block_of(place tile) const {
        return {tile.row / of_.cut.tiles_per_block(), tile.column / of_.cut.tiles_per_block()};
    }

    void cross_block(cursor& at) {
        const place block = block_of(tile_of(at));
        pass scored(of_, block, kept_, tile_of(at));
        graph_.run(pool_, scored);
        ++result_.blocks;
        while (!at.is_over() && block_of(tile_of(at)) == block) {
            const place tile = tile_of(at);
            trace_tile(of_, tile, scored.around().of(tile), at, result_.path.edits);
            ++result_.tiles;
        }
    }

    const problem& of_;
    const borders& kept_;
    pel::thread_pool& pool_;
    tile_graph graph_; // of a block
    traced result_;
};

} // namespace

traced trace_back(const problem& of, const borders& kept, const local_end& end, pel::thread_pool& pool) {
    return walk(of, kept, pool).run(end);
}

} // namespace wavefront

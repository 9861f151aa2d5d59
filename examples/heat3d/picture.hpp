// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A layer of the cube as a picture: PNG, or PPM, which any program can read and write.
#pragma once

#include "grid.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

namespace heat3d {

/// A shade, 0 to 255, for each cell: x to the right, y upwards, the coldest cell 0 and the warmest 255.
struct picture {
    std::size_t width, height;
    std::vector<std::uint8_t> shades; // from the top
    double coldest, warmest;
};

/// Of the layer in the middle.
picture make_picture(const field& temperatures);

/// A file for a picture, of the kind that its name's end says.
class picture_file {
public:
    /// Effects: creates or empties the file, so that it is known in time that this works. An empty path: no file.
    /// Throws: input_error.
    explicit picture_file(const std::string& path);

    bool is_wanted() const { return file_ != nullptr; }
    const std::string& path() const { return path_; }
    /// Throws: std::system_error that names the file.
    void write(const picture& drawn);

private:
    struct closer {
        void operator()(std::FILE* file) const { std::fclose(file); }
    };

    std::string path_;
    bool is_png_ = false;
    std::unique_ptr<std::FILE, closer> file_;
};

} // namespace heat3d

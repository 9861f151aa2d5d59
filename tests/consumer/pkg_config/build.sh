#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# build.sh COMPILER PKGCONFIG_FOLDER BUILD_FOLDER: builds and runs the consumer with pkg-config alone.
set -eu
PKG_CONFIG_PATH=$2${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}
export PKG_CONFIG_PATH
mkdir -p "$3"
# shellcheck disable=SC2046  # the flags are words
"$1" -std=c++20 "$(dirname "$0")/../consumer.cpp" -o "$3/consumer" $(pkg-config --cflags --libs pel)
exec "$3/consumer"

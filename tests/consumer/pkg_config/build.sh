#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# build.sh COMPILER PKGCONFIG_FOLDER BUILD_FOLDER [compiled]: builds and runs the consumer with pkg-config alone.
set -eu
PKG_CONFIG_PATH=$2${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}
export PKG_CONFIG_PATH
mkdir -p "$3"
compiled=
[ "${4-}" != compiled ] || compiled="-DPEL_COMPILED $(pkg-config --variable=compiled_source pel)"
# shellcheck disable=SC2046,SC2086  # the flags are words
"$1" -std=c++20 "$(dirname "$0")/../consumer.cpp" $compiled -o "$3/consumer" $(pkg-config --cflags --libs pel)
exec "$3/consumer"

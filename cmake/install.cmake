# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Installs the headers, a CMake package and a pkg-config file; all of it may be moved after the installation.
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)
set(package_dir ${CMAKE_INSTALL_DATADIR}/cmake/pel)
set(pkgconfig_dir ${CMAKE_INSTALL_DATADIR}/pkgconfig)

install(TARGETS pel EXPORT pel-targets FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(EXPORT pel-targets NAMESPACE pel:: DESTINATION ${package_dir})
install(FILES include/pel/compiled.cpp DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/pel)
install(FILES cmake/compiled.cmake DESTINATION ${package_dir} RENAME pel-compiled.cmake)
configure_package_config_file(cmake/pel-config.cmake.in pel-config.cmake
    INSTALL_DESTINATION ${package_dir} PATH_VARS CMAKE_INSTALL_INCLUDEDIR NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(pel-config-version.cmake COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/pel-config.cmake ${CMAKE_CURRENT_BINARY_DIR}/pel-config-version.cmake
    DESTINATION ${package_dir})

# pkg-config knows where its file is; the include folder is named from there.
if(IS_ABSOLUTE "${pkgconfig_dir}")
    set(pc_prefix "${CMAKE_INSTALL_PREFIX}")
else()
    string(REGEX REPLACE "[^/]+" ".." up_to_prefix "${pkgconfig_dir}")
    set(pc_prefix "\${pcfiledir}/${up_to_prefix}")
endif()
set(pc_includedir "\${prefix}")
cmake_path(APPEND pc_includedir "${CMAKE_INSTALL_INCLUDEDIR}")
if(PEL_NO_HWLOC)
    set(pc_requires "")
    set(pc_cflags "-DPEL_NO_HWLOC ")
else()
    set(pc_requires "hwloc >= 2.0")
    set(pc_cflags "")
endif()
configure_file(cmake/pel.pc.in pel.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/pel.pc DESTINATION ${pkgconfig_dir})

# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# pel_add_compiled(SOURCE): the target pel::compiled, pel::pel with its runtime compiled once. It is compiled by the project
# that links it, with that project's flags, and only if it does. Also an installed package includes this file.
function(pel_add_compiled source)
    if(TARGET pel_compiled)
        return()
    endif()
    add_library(pel_compiled STATIC EXCLUDE_FROM_ALL ${source})
    add_library(pel::compiled ALIAS pel_compiled)
    target_link_libraries(pel_compiled PUBLIC pel::pel)
    target_compile_definitions(pel_compiled PUBLIC PEL_COMPILED)
    set_target_properties(pel_compiled PROPERTIES UNITY_BUILD OFF)
endfunction()
